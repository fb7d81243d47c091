// Reading a decision: its reasons for programs, and the whole of it as text for people.
//
//   absl::StatusOr<frontdesk::v1::Decision> decision = rule_set->Decide(input);
//   std::cout << frontdesk::rules::FormatDecision(*decision);
//   // CancelOrder is refused: ORDER_NOT_PENDING (rule cancel.not_pending)
//   //   Only orders that are not yet processed can be canceled.
//   // …
#ifndef FRONTDESK_RULES_DECISION_H_
#define FRONTDESK_RULES_DECISION_H_

#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace rules {

// A reason of a decision: a rule that decided, or a reason that no rule gave.
struct DecisionReason {
  // The rule; empty when none decided.
  std::string rule_id;
  // The rule's reason (may be empty for one that allows). POLICY_ERROR for a rule, or a default output, that could not be
  // evaluated. POLICY_NO_RULE when no rule matched and there is no default, POLICY_DEFAULT when the
  // default refused. That of Decision.hit_policy_error when there is one; then it is the only one.
  std::string reason;
  // The same for people.
  std::string text;
  // For HOLD: who can approve.
  std::string authority;
  // The details of the rule.
  std::vector<v1::DetailValue> details;
};

// The reasons, leading one first: one for each rule that decided, or the only one when no rule did. Empty when the
// default allowed. Works with and without a full trace.
std::vector<DecisionReason> DecisionReasons(const v1::Decision& decision);

// The trace of a rule, or null when the decision has none of it.
const v1::RuleTrace* FindRule(const v1::Decision& decision ABSL_ATTRIBUTE_LIFETIME_BOUND,
                              absl::string_view rule_id);

// Whether the word is a reason of v1::HitPolicyError: several rules match that do not go together under the hit policy of their set.
bool IsHitPolicyReason(absl::string_view reason);

// The output of that name, or null when the decision has none.
const v1::OutputValue* FindOutput(const v1::Decision& decision ABSL_ATTRIBUTE_LIFETIME_BOUND,
                                  absl::string_view name);

// The value of an output for people and texts: a text as it is, "12.34 EUR", "2026-05-01T08:00:00Z", "36h", "true". "" when it
// has none.
std::string OutputText(const v1::OutputValue& output);

// The parts that FormatDecision leaves out.
struct FormatOptions {
  // Rules that did not fire: the conjunct that stopped each. False: only what decided.
  bool why_not = true;
  // Rules shown under "why not"; the rest is counted.
  int max_rules = 50;
};

// The decision as text for people, several lines, newline-terminated. First come the outcome, the outputs, and the rules that
// decided, with the values they read and the values that would have stopped them. Then comes every other rule, the nearest misses first, with the
// conjunct that stopped it and the values that would have made it hold. Holds nothing that the decision does not hold; deterministic.
std::string FormatDecision(const v1::Decision& decision, const FormatOptions& options = {});

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_DECISION_H_
