// Two rule sets, or two policies, asked about the same inputs: which outcomes and reasons differ. For messages of any kind.
//
//   std::size_t next = 0;
//   const frontdesk::rules::ReplayInputs inputs =
//       [&](frontdesk::rules::ReplayInput* input) -> absl::StatusOr<bool> {
//     if (next == orders.size()) return false;
//     input->id = absl::StrCat("order ", next);
//     input->message = orders[next++];
//     return true;
//   };
//   absl::StatusOr<frontdesk::v1::ReplayReport> report =
//       frontdesk::rules::Replay(inputs, *before, *after);
//   if (!report.ok()) return report.status();
//   std::printf("%d inputs with another outcome\n", static_cast<int>(report->changed_count()));
//
// The report is described in frontdesk/v1/replay.proto. The recorded commands of a desk are tried by frontdesk/report/backtest.h.
#ifndef FRONTDESK_RULES_REPLAY_H_
#define FRONTDESK_RULES_REPLAY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/replay.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace rules {

// Calls `work` once for each number from 0 to below `count`, on any threads of the caller, and returns when all calls have ended. The
// calls do not depend on each other.
using Executor = std::function<void(int count, const std::function<void(int index)>& work)>;

// How inputs are compared. A plain struct.
struct ReplayOptions {
  // Most examples for a pair of outcomes, for a reason, and for an error. Not negative.
  int max_examples = 5;
  // Inputs that are in memory at a time. Positive.
  int group_size = 256;
  // Most decision points that the inputs name. Beyond: RESOURCE_EXHAUSTED RULES_REPLAY_LIMIT_DECISION_POINTS. Not negative.
  std::size_t max_decision_points = 10'000;
  // Where inputs are decided. Null: on the calling thread.
  Executor executor;
  // Called after each group with the number of inputs so far. False: the report ends here.
  std::function<bool(std::int64_t inputs)> progress;
};

// An input, and how it is asked about. A plain struct.
struct ReplayInput {
  // Names the input among examples.
  std::string id;
  // Never changed. It is read until the group that it is in has ended.
  std::shared_ptr<const google::protobuf::Message> message;
  // Decision point, time and granted authorities. `trace` and `budget` have no effect. An input without a decision point counts for the
  // one that its decision under the rules of before names.
  DecideOptions options;
};

// Gives the next input, or false at the end. `input` is empty. Called on the calling thread.
using ReplayInputs = std::function<absl::StatusOr<bool>(ReplayInput* input)>;

// Decides an input by rules of any kind: by a frontdesk::Policy, for example. Called on the threads of the executor; a scratch is used by
// one call at a time. The decision needs no more than the rules that decided (TraceLevel::kFired).
using DecideInput =
    std::function<absl::StatusOr<v1::Decision>(const ReplayInput& input, cel::Scratch& scratch)>;

// Decides each input under both, and compares. An input whose decision is an error under one of them, or that has no message, is counted
// with the reason of the error, that of `before` first. A hold for an authority that the input grants is satisfied under both. An input is
// decided as it is: a changed outcome would have changed later inputs, which is not followed up. The report is the same for each
// executor and group size.
//
// Errors, in this order: INVALID_ARGUMENT RULES_REPLAY_OPTIONS_INVALID; that of `inputs`; RESOURCE_EXHAUSTED
// RULES_REPLAY_LIMIT_DECISION_POINTS. Costs two decisions an input, without traces; holds one group, and the counts.
absl::StatusOr<v1::ReplayReport> Replay(const ReplayInputs& inputs, const RuleSet& before,
                                        const RuleSet& after, const ReplayOptions& options = {});
absl::StatusOr<v1::ReplayReport> Replay(const ReplayInputs& inputs, const DecideInput& before,
                                        const DecideInput& after,
                                        const ReplayOptions& options = {});

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_REPLAY_H_
