// The kinds of links between cases.
//
//   frontdesk::domain::CounterpartOf(frontdesk::v1::CaseLink::KIND_PARENT);  // KIND_CHILD
#ifndef FRONTDESK_DOMAIN_CASE_CASE_LINKS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_LINKS_H_

#include "frontdesk/v1/case.pb.h"

namespace frontdesk {
namespace domain {

// The kind of the same link as the other case has it. KIND_UNSPECIFIED for kinds that are not known. Static.
v1::CaseLink::Kind CounterpartOf(v1::CaseLink::Kind kind);

// Whether the other case of such a link is above this one: PARENT, DUPLICATE_OF, CAUSED_BY, FOLLOW_UP_OF.
bool IsUpward(v1::CaseLink::Kind kind);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_LINKS_H_
