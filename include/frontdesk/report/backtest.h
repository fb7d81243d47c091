// A policy tried on the recorded work of a desk: what would have been decided otherwise.
//
//   absl::StatusOr<frontdesk::v1::BacktestReport> report =
//       frontdesk::report::Backtest(reader, policy);
//   if (!report.ok()) return report.status();
//   std::cout << frontdesk::report::FormatBacktest(*report);
//
// The messages are described in frontdesk/v1/backtest.proto.
#ifndef FRONTDESK_REPORT_BACKTEST_H_
#define FRONTDESK_REPORT_BACKTEST_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/replay.h"
#include "frontdesk/v1/backtest.pb.h"
#include "frontdesk/v1/money.pb.h"

namespace frontdesk {
namespace report {

// How a policy is tried. Beside what is here: examples, size of the groups, executor, and progress, which is called with the number of records
// so far, that reached policy. A plain struct.
struct BacktestOptions : rules::ReplayOptions {
  // The policy to compare with. Null: each command as it was recorded, by the policy of then.
  std::shared_ptr<const Policy> before;
  // The records to look at: those behind the first sequence, up to the last one.
  std::int64_t after_sequence = 0;
  std::int64_t last_sequence = std::numeric_limits<std::int64_t>::max();
  // How much of a command is accepted: as the desk's options have it.
  CommandLimits limits;
};

// Decides each command of the journal that reached policy on the input of then, made again from the log, under the policy `after`, and
// compares. Two things a report cannot show, and says so in its notes:
//   - A changed verdict would have changed the commands after it. That is not followed up.
//   - A command that was approved is there twice: when it was held, and when it was decided again. The approval counts under both policies,
//     for the authorities that it granted.
// The desk may go on meanwhile: records that it adds are looked at too, unless `last_sequence` excludes them. A record that cannot be
// decided, because a function of the host is missing for example, is counted with its reason. Costs a rebuilt input and one or two
// decisions a record; holds one group.
//
// INVALID_ARGUMENT REPORT_OPTIONS_INVALID; errors of the store; OUT_OF_RANGE MONEY_OVERFLOW for a sum that is too large;
// RESOURCE_EXHAUSTED RULES_REPLAY_LIMIT_DECISION_POINTS.
absl::StatusOr<v1::BacktestReport> Backtest(const Reader& reader,
                                            const std::shared_ptr<const Policy>& after,
                                            const BacktestOptions& options = {});

// The amount that a command is about, as the decision about `command` on `input` sees it:
//   - the output `amount` or `remedy_amount` of `outcome`;
//   - else, of an order, the assessed amount to refund;
//   - else the amount that the command names.
// Nothing for any other.
absl::optional<v1::Money> AmountOf(const v1::DecisionInput& input, const v1::Command& command,
                                   const v1::Outcome& outcome);

// The report as text for people: a table of the verdicts, of the reasons, and the examples. Deterministic.
std::string FormatBacktest(const v1::BacktestReport& report);

// The same as one page of HTML, without scripts.
std::string FormatBacktestHtml(const v1::BacktestReport& report);

}  // namespace report
}  // namespace frontdesk

#endif  // FRONTDESK_REPORT_BACKTEST_H_
