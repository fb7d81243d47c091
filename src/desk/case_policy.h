// What is wrong with the CasePolicy of a pack. Private.
#ifndef FRONTDESK_SRC_DESK_CASE_POLICY_H_
#define FRONTDESK_SRC_DESK_CASE_POLICY_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace internal {

// Tells one issue: its reason, the path of the field in the pack, the text.
using IssueSink = std::function<void(absl::string_view, std::string, std::string)>;

// Everything that is wrong with `policy`, in the order of its fields.
void CheckCasePolicy(const v1::CasePolicy& policy, const IssueSink& add_error);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_CASE_POLICY_H_
