#include <algorithm>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "rules/analyzer.h"
#include "rules/evaluator.h"
#include "rules/trace.h"

namespace frontdesk {
namespace rules {
namespace {

using google::protobuf::Message;

// Rules that together leave no gap; a gap among more is not decided.
constexpr size_t kMaxGapRules = 2000;
// Periods with the same rules in effect that are looked at for a gap.
constexpr size_t kMaxGapInstants = 32;
// The share of the steps left that one period gets: the rest is for others.
constexpr int64_t kGapShare = 4;
// Steps that evaluating the outputs of two rules costs.
constexpr int64_t kOutputSteps = 40;

const CompiledOutput* FindOutput(const CompiledRule& rule, const std::string& name) {
  const auto found = absl::c_find_if(
      rule.outputs, [&](const CompiledOutput& output) { return output.name == name; });
  return found == rule.outputs.end() ? nullptr : &*found;
}

// The parts of two results that are no outputs.
std::vector<std::string> WrittenDifferences(const v1::Rule& a, const v1::Rule& b) {
  std::vector<std::string> differences;
  if (a.outcome() != b.outcome()) differences.push_back("outcome");
  if (a.reason() != b.reason()) differences.push_back("reason");
  if (a.authority() != b.authority()) differences.push_back("authority");
  return differences;
}

}  // namespace

void Analyzer::FindPlaces() {
  const HitPlan& plan = set_.hit_plan;
  if (plan.policy != v1::HIT_POLICY_PRIORITY) return;
  std::vector<std::vector<size_t>> ranks(rules_.size());
  for (size_t i = 0; i < rules_.size(); ++i) {
    for (const ValueOrder& order : plan.orders) {
      const CompiledOutput* output = FindOutput(set_.rules[i], order.name);
      const cel::Value* constant = output == nullptr ? nullptr : output->program->expr().constant();
      v1::OutputValue value;
      std::string error;
      if (constant == nullptr ||
          !WriteOutput(output->type, *constant, set_.limits.max_output_bytes, &value, &error)) {
        return;
      }
      const auto place = order.places.find(ValueKey(value));
      if (place == order.places.end()) return;
      ranks[i].push_back(place->second);
    }
  }
  std::vector<size_t> sorted(rules_.size());
  for (size_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
  absl::c_stable_sort(sorted, [&](size_t a, size_t b) { return ranks[a] < ranks[b]; });
  places_.resize(sorted.size());
  for (size_t i = 0; i < sorted.size(); ++i) places_[sorted[i]] = i;
}

// ---- Overlaps ----

bool Analyzer::HaveEqualResults(size_t first, size_t second) const {
  const CompiledRule& a = set_.rules[first];
  const CompiledRule& b = set_.rules[second];
  if (!WrittenDifferences(*a.rule, *b.rule).empty()) return false;
  if (a.outputs.size() != b.outputs.size()) return false;
  for (size_t i = 0; i < a.outputs.size(); ++i) {
    if (a.outputs[i].name != b.outputs[i].name || ToDebugString(a.outputs[i].program->expr()) !=
                                                      ToDebugString(b.outputs[i].program->expr())) {
      return false;
    }
  }
  return true;
}

bool Analyzer::IsOfInterest(size_t first, size_t second) const {
  const CompiledRule& a = set_.rules[first];
  const CompiledRule& b = set_.rules[second];
  if (a.effective.Intersect(b.effective).is_empty()) return false;
  switch (set_.hit_plan.policy) {
    case v1::HIT_POLICY_UNIQUE:
      return true;
    case v1::HIT_POLICY_ANY:
      return !HaveEqualResults(first, second);
    default:
      return a.rule->outcome() != b.rule->outcome();
  }
}

absl::optional<std::vector<std::string>> Analyzer::DifferencesOn(size_t first, size_t second,
                                                                 const Message& input) {
  const CompiledRule& a = set_.rules[first];
  const CompiledRule& b = set_.rules[second];
  std::vector<std::string> differences = WrittenDifferences(*a.rule, *b.rule);
  std::set<std::string> names;
  for (const CompiledRule* rule : {&a, &b}) {
    for (const CompiledOutput& output : rule->outputs) {
      if (!output.is_pure) return absl::nullopt;
      names.insert(output.name);
    }
  }
  if (names.empty()) return differences;
  steps_ -= kOutputSteps;
  const Evaluator evaluator(set_, input, scratch_);
  TraceWriter writer(set_, evaluator);
  std::vector<v1::OutputValue> of_a, of_b;
  std::string error;
  if (!writer.EvaluateOutputs(a.outputs, "", &of_a, &error) ||
      !writer.EvaluateOutputs(b.outputs, "", &of_b, &error)) {
    return absl::nullopt;
  }
  for (const std::string& name : names) {
    const v1::OutputValue* one = FindValue(of_a, name);
    const v1::OutputValue* other = FindValue(of_b, name);
    const bool is_same =
        one == nullptr || other == nullptr ? one == other : ValueKey(*one) == ValueKey(*other);
    if (!is_same) differences.push_back(absl::StrCat("output ", name));
  }
  return differences;
}

bool Analyzer::AddOverlap(size_t first, size_t second, Analysis* analysis) {
  Model model;
  const SolveResult result =
      Ask({{rules_[first].node, kTrue}, {rules_[second].node, kTrue}}, &model);
  if (result == SolveResult::kNoModel) return true;
  if (result == SolveResult::kNotDecided) return false;
  std::shared_ptr<const Message> input = maker_.Make(table_, facts_, model);
  if (input == nullptr || RunRule(first, *input) != kTrue || RunRule(second, *input) != kTrue) {
    return false;
  }
  const absl::optional<std::vector<std::string>> differences = DifferencesOn(first, second, *input);
  const v1::HitPolicy policy = set_.hit_plan.policy;
  if (!differences.has_value() && policy != v1::HIT_POLICY_UNIQUE) return false;
  // Computed outputs may differ on another input.
  if (policy == v1::HIT_POLICY_ANY && differences->empty()) return false;
  RuleOverlap& overlap = analysis->overlaps.emplace_back();
  overlap.rule_id = set_.rules[first].rule->id();
  overlap.other_rule_id = set_.rules[second].rule->id();
  overlap.is_violation = policy == v1::HIT_POLICY_UNIQUE || policy == v1::HIT_POLICY_ANY;
  if (differences.has_value()) overlap.differences = *differences;
  overlap.input = std::move(input);
  if (set_.has_effective_times) {
    overlap.time =
        InstantOf(set_.rules[first].effective.Intersect(set_.rules[second].effective).from);
  }
  overlap.witness_text = DescribeWitness(model);
  return true;
}

void Analyzer::FindOverlaps(Analysis* analysis) {
  const v1::HitPolicy policy = set_.hit_plan.policy;
  if (!options_.find_overlaps && policy != v1::HIT_POLICY_UNIQUE && policy != v1::HIT_POLICY_ANY) {
    return;
  }
  RuleBoxes boxes(table_);
  for (size_t i = 0; i < rules_.size(); ++i) {
    const bool counts = !rules_[i].conjuncts.empty() && !set_.rules[i].effective.is_empty() &&
                        analysis->rules[i].condition != ConditionVerdict::kNever;
    counts ? boxes.Add(rules_[i].conjuncts) : boxes.AddNone();
  }
  for (size_t second = 1; second < rules_.size(); ++second) {
    const bool goes_on = boxes.ForEachBefore(
        second, [&](size_t first) { return IsOfInterest(first, second); },
        [&](size_t first) {
          if (steps_ <= 0 || analysis->overlaps.size() >= options_.max_overlaps) return false;
          if (!AddOverlap(first, second, analysis)) ++analysis->undecided_overlaps;
          return true;
        },
        &steps_);
    if (goes_on && steps_ > 0) continue;
    analysis->are_overlaps_complete = false;
    return;
  }
}

// ---- Gaps ----

absl::optional<size_t> Analyzer::FindCovering(const std::function<bool(size_t)>& counts,
                                              const Model& model, const Message* input) {
  Assignment assignment;
  for (const auto& [term, point] : model.points) assignment.Set(term, &point);
  for (const size_t rule : Rivals(rules_.size(), model, input)) {
    --steps_;
    if (!counts(rule)) continue;
    if (input != nullptr && !set_.rules[rule].is_pure) return absl::nullopt;
    const Outcomes outcomes = input == nullptr
                                  ? table_.Evaluate(rules_[rule].node, assignment, &steps_)
                                  : RunRule(rule, *input);
    if ((outcomes & kFalse) == 0) return rule;
  }
  return rules_.size();
}

GapVerdict Analyzer::FindGapAmong(const std::function<bool(size_t)>& counts, Analysis* analysis) {
  std::vector<Demand> demands;
  std::set<size_t> covering;
  const int64_t kept = std::max<int64_t>(0, steps_ - steps_ / kGapShare);
  while (covering.size() < kMaxGapRules && steps_ > kept) {
    Model model;
    // No rule yet: the input of the facts alone.
    const SolveResult result = demands.empty() ? SolveResult::kModel : Ask(demands, &model);
    if (result == SolveResult::kNotDecided) return GapVerdict::kNotDecided;
    if (result == SolveResult::kNoModel) return GapVerdict::kNone;
    absl::optional<size_t> found = FindCovering(counts, model, nullptr);
    if (found == rules_.size()) {
      std::shared_ptr<const Message> input = maker_.Make(table_, facts_, model);
      if (input == nullptr) return GapVerdict::kNotDecided;
      found = FindCovering(counts, model, input.get());
      if (!found.has_value()) return GapVerdict::kNotDecided;
      if (*found == rules_.size()) {
        analysis->gap = std::move(input);
        analysis->gap_text = DescribeWitness(model);
        return GapVerdict::kFound;
      }
    }
    // The model says that it does not match: the terms of the condition are not independent.
    if (!found.has_value() || !covering.insert(*found).second) return GapVerdict::kNotDecided;
    demands.push_back({rules_[*found].node, kFalse});
  }
  return GapVerdict::kNotDecided;
}

void Analyzer::FindGap(Analysis* analysis) {
  if (bounds_.size() > kMaxGapInstants) {
    // Too many periods: only a proof by the rules that always count.
    const GapVerdict verdict =
        FindGapAmong([&](size_t rule) { return set_.rules[rule].effective.is_always(); }, analysis);
    analysis->gap_verdict = verdict == GapVerdict::kNone ? verdict : GapVerdict::kNotDecided;
    analysis->gap = nullptr;
    analysis->gap_text.clear();
    return;
  }
  std::set<absl::Time> instants = bounds_;
  instants.insert(absl::InfinitePast());
  instants.erase(absl::InfiniteFuture());
  analysis->gap_verdict = GapVerdict::kNone;
  for (const absl::Time instant : instants) {
    const GapVerdict verdict = FindGapAmong(
        [&](size_t rule) { return set_.rules[rule].effective.Holds(instant); }, analysis);
    if (verdict == GapVerdict::kNone) continue;
    analysis->gap_verdict = verdict;
    if (verdict != GapVerdict::kFound) continue;
    if (set_.has_effective_times) analysis->gap_time = InstantOf(instant);
    return;
  }
}

}  // namespace rules
}  // namespace frontdesk
