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
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/backtest.pb.h"
#include "frontdesk/v1/money.pb.h"

namespace frontdesk {
namespace report {

// Calls `work` once for each number from 0 to below `count`, on any threads of the caller, and returns when all calls have ended. The
// calls do not depend on each other.
using Executor = std::function<void(int count, const std::function<void(int index)>& work)>;

// How a policy is tried. A plain struct.
struct BacktestOptions {
  // The policy to compare with. Null: each command as it was recorded, by the policy of then.
  std::shared_ptr<const Policy> before;
  // The records to look at: those behind the first sequence, up to the last one.
  std::int64_t after_sequence = 0;
  std::int64_t last_sequence = std::numeric_limits<std::int64_t>::max();
  // Most examples for a pair of verdicts, and for a reason. Not negative.
  int max_examples = 5;
  // Records that are in memory at a time. Positive.
  int group_size = 256;
  // Where commands are decided. Null: on the calling thread.
  Executor executor;
  // Called after each group with the number of records so far. False: the report ends here.
  std::function<bool(std::int64_t records)> progress;
  // How much of a command is accepted: as the desk's options have it.
  CommandLimits limits;
};

// Decides each command of the journal that reached policy on the input of then, made again from the log, under the policy `after`, and
// compares. The desk may go on meanwhile: records that it adds are looked at too, unless `last_sequence`
// excludes them. A record that cannot be decided, because a function of
// the host is missing for example, is counted with its reason. Costs a rebuilt input and one or two decisions a record; holds one group.
// INVALID_ARGUMENT REPORT_OPTIONS_INVALID; errors of the store.
absl::StatusOr<v1::BacktestReport> Backtest(const Reader& reader,
                                            const std::shared_ptr<const Policy>& after,
                                            const BacktestOptions& options = {});

// The amount that a command is about, as the decision about `command` on `input` sees it:
//   - the amount that it gives (frontdesk/decide/amounts.h);
//   - else, of an order, the assessed amount to refund, unless that is zero;
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
