// Reading the totals of a command's decision. Private.
#ifndef FRONTDESK_SRC_DECIDE_LOAD_TOTALS_H_
#define FRONTDESK_SRC_DECIDE_LOAD_TOTALS_H_

#include "absl/status/status.h"
#include "decide/asked.h"
#include "decide/state_source.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/total.pb.h"

namespace frontdesk {
namespace internal {

// Puts the totals that the rules of `policy` read for the command into the filled `input`, in place of any others. They are in the order
// of the pack; one whose subject or reason the command lacks is left out. A rule that reads none leaves the input without totals.
// RESOURCE_EXHAUSTED RELATED_TOO_MANY for a customer into which too many are merged. A sum that is too large has the error of AddMoney.
absl::Status LoadTotals(const Asked& asked, const Policy& policy, const CommandLimits& limits,
                        StateSource* source, v1::DecisionInput* input);

// The totals in the input; none of them when it has none.
const v1::Totals& InputTotals(const v1::DecisionInput& input);

// Sets the currency of the totals in an assessed `input`: that of the amount that the command is about. An input without totals stays as
// it is.
void SetTotalsCurrency(const v1::Command& command, v1::DecisionInput* input);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_LOAD_TOTALS_H_
