// The section of a pack that says which level of identity commands need, compiled to a rule before all others. Private.
#ifndef FRONTDESK_POLICY_IDENTITY_LEVELS_H_
#define FRONTDESK_POLICY_IDENTITY_LEVELS_H_

#include <map>
#include <memory>

#include "absl/strings/string_view.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// The id of that rule in decisions and traces.
inline constexpr absl::string_view kIdentityLevelRuleId = "min_identity_level";

// For each command that needs a level, a set of that one rule, by the message of the command.
using IdentityRules =
    std::map<const google::protobuf::Descriptor*, std::shared_ptr<const rules::RuleSet>>;

// Compiles the section. The result is whole when `issues` has no errors.
IdentityRules CompileIdentityLevels(const v1::PolicyPack& pack, PackIssues* issues);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_IDENTITY_LEVELS_H_
