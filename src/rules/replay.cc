#include "frontdesk/rules/replay.h"

#include <utility>
#include <vector>

#include "frontdesk/base/error.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/reasons.h"
#include "internal/status_macros.h"
#include "rules/comparison.h"

namespace frontdesk {
namespace rules {
namespace {

DecidedSide SideOf(const v1::Decision& decision) {
  DecidedSide side;
  side.verdict = decision.outcome();
  for (DecisionReason& reason : DecisionReasons(decision)) {
    side.reasons.emplace_back(std::move(reason.reason), std::move(reason.rule_id));
  }
  return side;
}

Compared CompareInput(ReplayInput& input, const DecideInput& before, const DecideInput& after,
                      cel::Scratch& scratch) {
  Compared compared;
  if (input.message == nullptr) {
    compared.status = MakeError(kReasonRulesInputMismatch, "the input has no message");
    return compared;
  }
  const absl::StatusOr<v1::Decision> old = before(input, scratch);
  if (old.ok() && input.options.decision_point.empty()) {
    input.options.decision_point = old->decision_point();
  }
  const absl::StatusOr<v1::Decision> now =
      old.ok() ? after(input, scratch) : absl::StatusOr<v1::Decision>(old.status());
  if (!now.ok()) {
    compared.status = now.status();
    return compared;
  }
  compared.before = SideOf(*old);
  compared.after = SideOf(*now);
  return compared;
}

// Fills a group; false: there are no more.
absl::StatusOr<bool> ReadGroup(const ReplayInputs& inputs, int size,
                               std::vector<ReplayInput>* group) {
  group->resize(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) {
    ReplayInput& input = (*group)[i];
    input = ReplayInput();
    FRONTDESK_ASSIGN_OR_RETURN(const bool is_there, inputs(&input));
    if (!is_there) {
      group->resize(static_cast<std::size_t>(i));
      return false;
    }
    input.options.trace = TraceLevel::kFired;
    input.options.budget = nullptr;
  }
  return true;
}

DecideInput By(const RuleSet& rule_set) {
  return [&rule_set](const ReplayInput& input, cel::Scratch& scratch) {
    return rule_set.Decide(*input.message, input.options, scratch);
  };
}

}  // namespace

absl::StatusOr<v1::ReplayReport> Replay(const ReplayInputs& inputs, const DecideInput& before,
                                        const DecideInput& after, const ReplayOptions& options) {
  if (!inputs || !before || !after || !IsValid(options)) {
    return MakeError(kReasonRulesReplayOptionsInvalid,
                     "inputs and both rules are needed, and limits that are positive");
  }
  Comparison comparison(options);
  FRONTDESK_RETURN_IF_ERROR(CompareGroups<ReplayInput>(
      options,
      [&](std::vector<ReplayInput>* group) { return ReadGroup(inputs, options.group_size, group); },
      [&](ReplayInput& input, cel::Scratch& scratch) {
        return CompareInput(input, before, after, scratch);
      },
      [&](const ReplayInput& input, const Compared& compared) {
        return comparison.Add(input.id, input.options.decision_point, compared);
      }));
  v1::ReplayReport report;
  report.set_input_count(comparison.decided_count() + comparison.undecided_count());
  report.set_decided_count(comparison.decided_count());
  report.set_undecided_count(comparison.undecided_count());
  report.set_changed_count(comparison.changed_count());
  PutVerdicts(comparison.all(), report.mutable_outcomes());
  for (const auto& [name, table] : comparison.points()) {
    v1::DecisionPointChanges& point = *report.add_decision_points();
    point.set_decision_point(std::string(name));
    PutVerdicts(*table, point.mutable_outcomes());
  }
  comparison.PutReasons(report.mutable_reasons());
  comparison.PutUndecided(report.mutable_undecided());
  return report;
}

absl::StatusOr<v1::ReplayReport> Replay(const ReplayInputs& inputs, const RuleSet& before,
                                        const RuleSet& after, const ReplayOptions& options) {
  FRONTDESK_ASSIGN_OR_RETURN(v1::ReplayReport report,
                             Replay(inputs, By(before), By(after), options));
  report.set_before_hash(before.hash());
  report.set_after_hash(after.hash());
  return report;
}

}  // namespace rules
}  // namespace frontdesk
