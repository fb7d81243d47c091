#include "rule_analysis.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <memory>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "cel_functions.h"
#include "frontdesk/rules/analysis.h"

namespace frontdesk::python {
namespace {

using InputPointer = std::shared_ptr<const google::protobuf::Message>;

py::object InputOf(const InputPointer& input) {
  if (input == nullptr) return py::none();
  return py::bytes(input->SerializePartialAsString());
}

py::object InstantOf(const absl::optional<absl::Time>& time) {
  if (!time.has_value()) return py::none();
  return py::cast(FromTime(*time));
}

}  // namespace

py::tuple AnalyzeRules(const rules::RuleSet& rule_set, bool find_overlaps, bool find_gap,
                       int64_t max_overlaps, int64_t max_steps) {
  rules::AnalysisOptions options;
  options.find_overlaps = find_overlaps;
  options.find_gap = find_gap;
  options.max_overlaps = static_cast<size_t>(std::max<int64_t>(max_overlaps, 0));
  options.max_steps = max_steps;
  const rules::Analysis analysis =
      RunExpressions([&] { return rules::Analyze(rule_set, options); });
  py::list all, overlaps;
  for (const rules::RuleAnalysis& rule : analysis.rules) {
    const bool is_reached = rule.reached != nullptr;
    all.append(py::make_tuple(
        rule.rule_id, static_cast<int>(rule.condition), static_cast<int>(rule.reach),
        InputOf(is_reached ? rule.reached : rule.holds), InstantOf(rule.reached_time),
        py::cast(rule.covering_rule_ids), rule.duplicate_of, Str(rule.witness_text)));
  }
  for (const rules::RuleOverlap& overlap : analysis.overlaps) {
    overlaps.append(py::make_tuple(overlap.rule_id, overlap.other_rule_id, overlap.is_violation,
                                   py::cast(overlap.differences), InputOf(overlap.input),
                                   InstantOf(overlap.time), Str(overlap.witness_text)));
  }
  return py::make_tuple(
      all, overlaps, py::make_tuple(analysis.are_overlaps_complete, analysis.undecided_overlaps),
      py::make_tuple(static_cast<int>(analysis.gap_verdict), InputOf(analysis.gap),
                     InstantOf(analysis.gap_time), Str(analysis.gap_text)),
      analysis.is_complete);
}

}  // namespace frontdesk::python
