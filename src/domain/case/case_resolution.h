// Whether a command corrects what a case has: shared by its assessment and its decision. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_CORRECTIONS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_CORRECTIONS_H_

#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_commands.pb.h"
#include "frontdesk/v1/case_input.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace frontdesk {
namespace domain {

using ExternalIds = google::protobuf::RepeatedPtrField<v1::ExternalId>;

// The resolution that a resolved or closed case ended with; null for a case that was closed without one.
const v1::Resolution* CorrectableResolution(const v1::Case& one);

// Whether the command in `input` would change nothing: the case ended with that very resolution; it has the ids, and none is to be
// removed.
bool IsCorrectResolutionUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&);
bool IsChangeCaseExternalIdsUnchanged(const v1::CaseDecisionInput& input,
                                      const v1::CaseAssessment&);

// Whether the list has the id of that system.
bool HasExternalId(const ExternalIds& external_ids, const v1::ExternalId& external_id);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_CORRECTIONS_H_
