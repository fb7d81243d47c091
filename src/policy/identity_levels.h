// The section of a pack that says which level of identity commands need, compiled to a rule before all others. Private.
#ifndef FRONTDESK_POLICY_IDENTITY_LEVELS_H_
#define FRONTDESK_POLICY_IDENTITY_LEVELS_H_

#include <map>
#include <memory>

#include "absl/strings/string_view.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// The id of that rule in decisions and traces.
inline constexpr absl::string_view kIdentityLevelRuleId = "min_identity_level";

// The level that the command needs; 0: none. "*" counts where no other requirement names the command, for neither the commands that begin a
// customer nor the verification itself.
int FindIdentityLevel(const v1::PolicyPack& pack, const domain::CommandInfo& command);

// A set of the one rule that demands a level, as an author would write it.
v1::RuleSet MakeIdentityRule(int level);

// For each command that needs a level, a set of that one rule, by the message of the command.
using IdentityRules =
    std::map<const google::protobuf::Descriptor*, std::shared_ptr<const rules::RuleSet>>;

// Compiles the section. The result is whole when `issues` has no errors.
IdentityRules CompileIdentityLevels(const v1::PolicyPack& pack, PackIssues* issues);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_IDENTITY_LEVELS_H_
