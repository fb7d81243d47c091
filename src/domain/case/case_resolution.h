// The resolution of a case, as far as ResolveCase and CorrectResolution have it in common. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_RESOLUTION_H_
#define FRONTDESK_DOMAIN_CASE_CASE_RESOLUTION_H_

#include "frontdesk/v1/case.pb.h"

namespace frontdesk {
namespace domain {

// The resolution that a resolved or closed case ended with; null for a case that was closed without one.
const v1::Resolution* CorrectableResolution(const v1::Case& one);

// Sets all that the command says of the resolution. The times, and who resolved the case, stay.
template <typename Verb>
void SetResolution(const Verb& verb, v1::Resolution* resolution) {
  resolution->set_code(verb.code());
  resolution->set_root_cause(verb.root_cause());
  resolution->set_remedy(verb.remedy());
  resolution->clear_remedy_amount();
  if (verb.has_remedy_amount()) *resolution->mutable_remedy_amount() = verb.remedy_amount();
  resolution->set_note(verb.note());
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_RESOLUTION_H_
