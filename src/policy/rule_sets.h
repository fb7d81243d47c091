// The section of a pack that holds its rule sets: which decision points they decide, compiled. Private.
#ifndef FRONTDESK_POLICY_RULE_SETS_H_
#define FRONTDESK_POLICY_RULE_SETS_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_expressions.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// A decision point that is not a command; it reads the input of AddCasePart.
inline constexpr absl::string_view kReopenOnMessage = "ReopenOnMessage";

struct CompiledRuleSets {
  // By the message of the command. A command that is not there is for the fallback.
  std::map<const google::protobuf::Descriptor*, std::shared_ptr<const rules::RuleSet>> by_command;
  std::shared_ptr<const rules::RuleSet> fallback;
  std::shared_ptr<const rules::RuleSet> reopen_on_message;
  // By the message of the command: the outputs that it knows and its rule set computes. Only commands that have one.
  std::map<const google::protobuf::Descriptor*, std::set<std::string, std::less<>>> outputs;
  // By the message of the command: the places of the totals that its rules read, ascending. Only commands that have one.
  std::map<const google::protobuf::Descriptor*, std::set<int>> totals;
  // All totals that a rule reads, by their place.
  std::set<int> read_totals;
  // Of all sets, in the order of the text.
  std::vector<v1::Issue> notes;
};

// The command of that name when policy decides it, else null.
const domain::CommandInfo* FindDecidedCommand(absl::string_view name);

// "; did you mean 'CancelOrder'?" for a name that is near to that of such a command, else the hint at an example.
std::string NearCommandHint(absl::string_view name);

// Warns of commands that no rule set of `pack` decides.
void CheckUndecided(const v1::PolicyPack& pack, PackIssues* issues);

// Reports a pack with more rule sets than the options allow.
void CheckRuleSetLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                        PackIssues* issues);

// The decision inputs of the sets of `pack`, each once.
std::vector<const google::protobuf::Descriptor*> ListDecisionInputs(const v1::PolicyPack& pack);

// Compiles the rule sets of `pack`, with its totals. The result is complete when `issues` has no errors, and `expressions` is finished
// without one.
CompiledRuleSets CompileRuleSets(const v1::PolicyPack& pack, const std::vector<PolicyTotal>& totals,
                                 const PackExpressions& expressions, PackIssues* issues);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_RULE_SETS_H_
