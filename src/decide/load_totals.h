// Reading the totals of a command's decision. Private.
#ifndef FRONTDESK_SRC_DECIDE_LOAD_TOTALS_H_
#define FRONTDESK_SRC_DECIDE_LOAD_TOTALS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "decide/asked.h"
#include "decide/state_source.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/policy/total.h"
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

// The customers whose commands a total of that customer counts: the customer, the survivors of its merges, and all that were merged into
// the last of them. The id alone for a customer that the desk does not know. RESOURCE_EXHAUSTED RELATED_TOO_MANY above `most`.
absl::StatusOr<std::vector<std::string>> CountedCustomerIds(const std::string& customer_id,
                                                            int most, StateSource* source);

// The value of the total at `now` for the ids of its subject, as PolicyTotal::KeysFor() has them. A sum that is too large has the error of
// AddMoney.
absl::StatusOr<v1::Total> SumOf(const PolicyTotal& total, absl::Span<const std::string> ids,
                                absl::string_view reason, absl::Time now, StateSource* source);

// The totals in the input; none of them when it has none.
const v1::Totals& InputTotals(const v1::DecisionInput& input);

// Sets the currency of the totals in an assessed `input`: that of the amount that the command is about. An input without totals stays as
// it is.
void SetTotalsCurrency(const v1::Command& command, v1::DecisionInput* input);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_LOAD_TOTALS_H_
