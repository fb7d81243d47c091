// Everything that can refuse a command, in the order of the checks: the list behind `frontdesk rules`.
//
//   const auto rules = frontdesk::ListCommandRules(policy->pack(), "CancelOrder");
//   if (!rules.ok()) return rules.status();
//   for (const frontdesk::CommandRule& rule : *rules) {
//     std::cout << frontdesk::CheckName(rule.check) << " " << rule.reason << ": " << rule.text << "\n";
//   }
#ifndef FRONTDESK_POLICY_COMMAND_RULES_H_
#define FRONTDESK_POLICY_COMMAND_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/policy/total.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {

class Policy;

// The check that refuses, in their order.
enum class CommandCheck : uint8_t {
  kArgument,   // A field of the command is not valid.
  kReference,  // An entity does not exist, or exists already.
  kRule,       // The policy.
  kInvariant,  // It would be nonsense in any company.
};

// "argument" of kArgument.
absl::string_view CheckName(CommandCheck check);

// One line of the list. A plain struct.
struct CommandRule {
  CommandCheck check = CommandCheck::kArgument;
  // Empty for a rule that allows without one.
  std::string reason;
  // For people. Of a rule without a text its condition.
  std::string text;
  // Of kRule; else UNSPECIFIED.
  v1::PolicyOutcome outcome = v1::POLICY_OUTCOME_UNSPECIFIED;
  // Of kRule, when a rule of the pack decides: its set, its id, its condition, and for HOLD who can approve.
  std::string rule_set_id;
  std::string rule_id;
  std::string condition;
  std::string authority;
};

// The rule set of `pack` that decides the command of that name: the one that names it, or else that for "*". Null: none does. Linear in the
// decision points.
const v1::RuleSet* FindRuleSet(const v1::PolicyPack& pack, absl::string_view command);

// The list for the command of that name under `pack`, which need not be compiled. The rules are by order number; those that allow are
// among them, because the first that matches may decide. The default is behind them, and POLICY_OUTPUT_NOT_POSSIBLE where the set computes
// an output that the command knows. A set for "*" counts where no other names the command.
//
// `as_of` leaves out the rules that are not in effect at that instant: they, or their groups, are disabled, or not effective then. Without
// it all are listed.
//
// INVALID_ARGUMENT POLICY_DECISION_POINT_UNKNOWN: policy decides no command of that name; the text has a near one. Linear in the pack.
absl::StatusOr<std::vector<CommandRule>> ListCommandRules(
    const v1::PolicyPack& pack, absl::string_view command,
    absl::optional<absl::Time> as_of = absl::nullopt);

// The totals that the rules read which decide the command of that name (Policy::TotalsOf). They live as long as the policy.
// INVALID_ARGUMENT POLICY_DECISION_POINT_UNKNOWN, as above.
absl::StatusOr<absl::Span<const PolicyTotal* const>> ListCommandTotals(
    const Policy& policy ABSL_ATTRIBUTE_LIFETIME_BOUND, absl::string_view command);

}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_COMMAND_RULES_H_
