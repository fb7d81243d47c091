#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/utility/utility.h"
#include "frontdesk/base/error.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/rules/rule_set.h"
#include "internal/status_macros.h"
#include "rules/compact_set.h"
#include "rules/compiled_rule.h"
#include "rules/hit_policies.h"
#include "rules/rule_index.h"
#include "rules/trace.h"

namespace frontdesk {
namespace rules {
namespace {

// The cost of one part of a decision: its own limit, and the rest of the budget that decisions share.
class CostShare {
 public:
  CostShare(int64_t limit, cel::Budget* shared, cel::Scratch& scratch)
      : shared_(shared), scratch_(scratch), outer_(scratch.budget()) {
    begin_ = std::max<int64_t>(0, limit);
    if (shared_ != nullptr) begin_ = std::min(begin_, shared_->left);
    budget_.left = begin_;
    scratch_.SetBudget(&budget_);
  }
  ~CostShare() {
    scratch_.SetBudget(outer_);
    if (shared_ != nullptr) shared_->left -= begin_ - budget_.left;
  }
  CostShare(const CostShare&) = delete;
  CostShare& operator=(const CostShare&) = delete;

  bool is_spent() const { return budget_.left <= 0; }

 private:
  cel::Budget* shared_;
  cel::Scratch& scratch_;
  cel::Budget* outer_;
  int64_t begin_;
  cel::Budget budget_;
};

absl::Status MismatchError(const RuleSet& rule_set, const CompiledRuleSet& set,
                           const google::protobuf::Message& input) {
  return MakeError(kReasonRulesInputMismatch,
                   absl::StrCat("rule set '", rule_set.id(), "' reads ",
                                set.input == nullptr ? "nothing" : set.input->full_name(),
                                " and was given ", input.GetDescriptor()->full_name()));
}

// Whether the set can be asked so.
absl::Status CheckQuestion(const RuleSet& rule_set, const CompiledRuleSet& set,
                           const google::protobuf::Message& input, const DecideOptions& options) {
  const bool is_known = set.input_type != nullptr && &typeid(input) == set.input_type;
  if (!is_known && set.input != nullptr && input.GetDescriptor() != set.input) {
    return MismatchError(rule_set, set, input);
  }
  if (set.has_effective_times && !options.now.has_value() && !options.as_of.has_value()) {
    return MakeError(kReasonRulesTimeMissing,
                     absl::StrCat("rule set '", rule_set.id(),
                                  "' has rules with effective times and was given no time"));
  }
  return absl::OkStatus();
}

}  // namespace

// One decision. First the rules that fire are found, rule by rule as the hit policy has it. Then the trace is written.
class Decider {
 public:
  Decider(const CompiledRuleSet& set, const google::protobuf::Message& input,
          const DecideOptions& options, cel::Scratch& scratch, v1::Decision* decision)
      : set_(set),
        options_(options),
        instant_(options.as_of.has_value() ? *options.as_of
                                           : options.now.value_or(absl::UnixEpoch())),
        scratch_(scratch),
        evaluator_(set, input, scratch),
        writer_(set, evaluator_),
        decision_(*decision),
        matches_(set.rules.size(), Match::kUnknown) {}

  void Run() {
    {
      const CostShare share(set_.limits.max_decision_cost, options_.budget, scratch_);
      Choose();
    }
    const CostShare share(2 * set_.limits.max_decision_cost, options_.budget, scratch_);
    Write();
  }

 private:
  struct FiredRule {
    std::vector<v1::DetailValue> details;
    std::vector<v1::OutputValue> outputs;
    std::string error;

    void Clear() {
      details.clear();
      outputs.clear();
    }
  };

  void Choose() {
    std::vector<int32_t> candidates;
    Matcher matcher(set_, evaluator_, &candidates);
    matcher_ = &matcher;
    if (set_.hit_plan.asks_all()) {
      TakeHits();
    } else if (set_.source.hit_policy() == v1::HIT_POLICY_ALL) {
      TakeAll();
    } else {
      TakeFirst();
    }
    matcher_ = nullptr;
    if (fired_.empty() && !decision_.has_hit_policy_error()) TakeDefault();
  }

  ABSL_ATTRIBUTE_ALWAYS_INLINE bool InEffect(const CompiledRule& rule) const {
    return set_.counts_always || rule.effective.Holds(instant_);
  }

  // The next rule to evaluate, from `index` on; the number of rules at the end. Those between do not match.
  size_t Next(size_t index) {
    const size_t next = matcher_->Next(index);
    // A trace of all rules has their results.
    for (size_t i = index; i < next && options_.trace == TraceLevel::kFull; ++i) {
      matches_[i] = InEffect(set_.rules[i]) ? Match::kNo : Match::kNotInEffect;
    }
    return next;
  }

  Match Evaluate(const CompiledRule& rule, size_t index) {
    if (!InEffect(rule)) return matches_[index] = Match::kNotInEffect;
    return matches_[index] = matcher_->Ask(index, [&](const CompiledConjunct& conjunct) {
      errors_.emplace(index, ErrorText(conjunct.program.LastError(scratch_).issue()));
    });
  }

  bool IsApproved(const CompiledRule& rule) const {
    if (rule.rule->outcome() != v1::POLICY_OUTCOME_HOLD) return false;
    return absl::c_linear_search(options_.granted_authorities, rule.rule->authority()) ||
           absl::c_any_of(options_.granted_rules, [&rule](const RuleGrant& grant) {
             return grant.rule_id == rule.rule->id() && grant.authority == rule.rule->authority();
           });
  }

  // Lets the rule hand out its details; false when one of them cannot be evaluated: then the rule errs.
  bool Fire(size_t index) {
    FiredRule& fired = details_[index];
    const CompiledRule& rule = set_.rules[index];
    return writer_.EvaluateDetails(rule, &fired.details, &fired.error) &&
           EvaluateOutputs(rule, &fired);
  }

  // False when one of them cannot be evaluated: then the rule errs, and gives nothing.
  bool EvaluateOutputs(const CompiledRule& rule, FiredRule* fired) {
    if (writer_.EvaluateOutputs(rule.outputs, rule.rule->id(), &fired->outputs, &fired->error)) {
      return true;
    }
    fired->details.clear();
    return false;
  }

  // Passes over a HOLD rule that is approved; false when one of its outputs errs.
  bool PassOver(size_t index) {
    const CompiledRule& rule = set_.rules[index];
    if (!rule.outputs.empty() && !EvaluateOutputs(rule, &details_[index])) return false;
    approved_.push_back(index);
    return true;
  }

  void TakeFirst() {
    // One has decided, by refusing or erring: others that refuse are reported as well.
    bool refused = false;
    for (size_t i = Next(0); i < set_.rules.size(); i = Next(i + 1)) {
      const CompiledRule& rule = set_.rules[i];
      const v1::PolicyOutcome says = rule.rule->outcome();
      if (refused && says == v1::POLICY_OUTCOME_HOLD) continue;
      const Match match = Evaluate(rule, i);
      if (match == Match::kNo || match == Match::kNotInEffect) continue;
      if (refused) {
        if (match == Match::kYes && says == v1::POLICY_OUTCOME_ALLOW) return;
        if (match == Match::kYes && Fire(i)) fired_.push_back(i);
        continue;
      }
      const bool is_approved = match == Match::kYes && IsApproved(rule);
      if (is_approved && PassOver(i)) continue;
      fired_.push_back(i);
      const bool errs = is_approved || match == Match::kError || !Fire(i);
      decision_.set_outcome(errs ? v1::POLICY_OUTCOME_REFUSE : says);
      if (decision_.outcome() != v1::POLICY_OUTCOME_REFUSE) return;
      if (match == Match::kYes && says == v1::POLICY_OUTCOME_ALLOW) return;
      refused = true;
    }
  }

  void TakeAll() {
    std::vector<size_t> allow, hold, refuse;
    for (size_t i = Next(0); i < set_.rules.size(); i = Next(i + 1)) {
      const CompiledRule& rule = set_.rules[i];
      const Match match = Evaluate(rule, i);
      if (match == Match::kNo || match == Match::kNotInEffect) continue;
      const v1::PolicyOutcome says = rule.rule->outcome();
      if (match == Match::kError || says == v1::POLICY_OUTCOME_REFUSE) {
        if (match == Match::kYes) Fire(i);  // If it errs it refuses all the same.
        refuse.push_back(i);
      } else if (IsApproved(rule)) {
        if (!PassOver(i)) refuse.push_back(i);
      } else {
        (says == v1::POLICY_OUTCOME_HOLD ? hold : allow).push_back(i);
      }
    }
    std::vector<size_t>& strongest = !refuse.empty() ? refuse : !hold.empty() ? hold : allow;
    if (strongest.empty()) return;
    if (refuse.empty()) {
      std::vector<size_t> erring;
      for (const size_t i : strongest) {
        if (!Fire(i)) erring.push_back(i);
      }
      if (!erring.empty()) {
        for (const size_t i : strongest) details_[i].Clear();
        strongest = erring;
        refuse = strongest;
      }
    }
    fired_ = strongest;
    decision_.set_outcome(!refuse.empty()       ? v1::POLICY_OUTCOME_REFUSE
                          : &strongest == &hold ? v1::POLICY_OUTCOME_HOLD
                                                : v1::POLICY_OUTCOME_ALLOW);
  }

  // The hit policies of DMN: every rule is asked, then those that match are looked at together.
  void TakeHits() {
    std::vector<Hit> hits;
    std::vector<size_t> erring;
    for (size_t i = Next(0); i < set_.rules.size(); i = Next(i + 1)) {
      const CompiledRule& rule = set_.rules[i];
      const Match match = Evaluate(rule, i);
      if (match == Match::kNo || match == Match::kNotInEffect) continue;
      Hit hit{i, rule.rule, IsApproved(rule), {}};
      if (match == Match::kError ||
          (!rule.outputs.empty() && !EvaluateHitOutputs(rule, &hit.outputs))) {
        erring.push_back(i);
      } else {
        hits.push_back(std::move(hit));
      }
    }
    if (erring.empty()) erring = ChooseHits(hits);
    if (erring.empty()) return;
    for (auto& fired : details_) fired.second.Clear();
    fired_ = std::move(erring);
    decision_.set_outcome(v1::POLICY_OUTCOME_REFUSE);
  }

  // Lets the policy choose among the rules that match. Returns those that decide and have a detail that errs.
  std::vector<size_t> ChooseHits(const std::vector<Hit>& hits) {
    HitResult result = ApplyHitPolicy(set_.hit_plan, hits);
    if (result.error.has_value()) {
      *decision_.mutable_hit_policy_error() = *std::move(result.error);
      decision_.set_outcome(v1::POLICY_OUTCOME_REFUSE);
      for (const Hit& hit : hits) WriteHit(hit);
      return {};
    }
    std::vector<size_t> deciding, erring;
    for (const size_t number : result.deciding) {
      const size_t i = hits[number].index;
      deciding.push_back(i);
      FiredRule& fired = details_[i];  // Every rule that decides has an entry.
      const bool is_ok = writer_.EvaluateDetails(set_.rules[i], &fired.details, &fired.error);
      if (!is_ok) erring.push_back(i);
    }
    if (!erring.empty()) return erring;
    fired_ = std::move(deciding);
    decision_.set_outcome(result.outcome);
    if (result.aggregate.has_value()) {
      *decision_.mutable_aggregate() = *result.aggregate;
      first_outputs_.push_back(*std::move(result.aggregate));
    }
    for (const size_t number : result.counting) {
      WriteHit(hits[number]);
      const std::vector<v1::OutputValue>& outputs = hits[number].outputs;
      first_outputs_.insert(first_outputs_.end(), outputs.begin(), outputs.end());
    }
    return {};
  }

  // False when one of them errs; then the error is kept.
  bool EvaluateHitOutputs(const CompiledRule& rule, std::vector<v1::OutputValue>* outputs) {
    std::string error;
    if (writer_.EvaluateOutputs(rule.outputs, rule.rule->id(), outputs, &error)) return true;
    details_[&rule - set_.rules.data()].error = std::move(error);
    return false;
  }

  void WriteHit(const Hit& hit) {
    v1::RuleHit* written = decision_.add_hits();
    written->set_rule_id(hit.rule->id());
    written->set_outcome(hit.rule->outcome());
    for (const v1::OutputValue& value : hit.outputs) *written->add_outputs() = value;
    if (decision_.has_hit_policy_error()) clashing_.push_back(hit.index);
  }

  // No rule decided: a hold that is approved allows; otherwise the default, or its absence, counts.
  void TakeDefault() {
    if (!approved_.empty()) {
      fired_ = approved_;
      decision_.set_outcome(v1::POLICY_OUTCOME_ALLOW);
      return;
    }
    if (!set_.default_outputs.empty() && !EvaluateDefaults()) {
      decision_.set_outcome(v1::POLICY_OUTCOME_REFUSE);
      decision_.clear_aggregate();
      first_outputs_.clear();
    } else if (set_.source.default_outcome() != v1::POLICY_OUTCOME_UNSPECIFIED) {
      decision_.set_outcome(set_.source.default_outcome());
      decision_.set_by_default(true);
    } else {
      decision_.set_outcome(v1::POLICY_OUTCOME_REFUSE);
    }
  }

  bool EvaluateDefaults() {
    std::vector<v1::OutputValue> values;
    if (!writer_.EvaluateOutputs(set_.default_outputs, "", &values,
                                 decision_.mutable_default_error())) {
      return false;
    }
    first_outputs_.insert(first_outputs_.end(), values.begin(), values.end());
    return true;
  }

  void WriteHead() {
    decision_.set_rule_set_id(set_.source.id());
    decision_.set_rule_set_hash(set_.hash);
    decision_.set_decision_point(options_.decision_point);
  }

  // The values of the rules that decided, and of those passed over before them, the first of each name.
  void WriteOutputs() {
    std::vector<v1::OutputValue> values = std::move(first_outputs_);
    std::vector<size_t> rules = fired_;
    rules.insert(rules.end(), approved_.begin(), approved_.end());
    absl::c_sort(rules);
    for (const size_t i : rules) {
      const auto fired = details_.find(i);
      if (fired == details_.end()) continue;
      // A rule can be both: one that is approved, where no other decides.
      for (v1::OutputValue& value : fired->second.outputs) values.push_back(std::move(value));
      fired->second.outputs.clear();
    }
    absl::c_stable_sort(values, [](const v1::OutputValue& a, const v1::OutputValue& b) {
      return a.name() < b.name();
    });
    for (v1::OutputValue& value : values) {
      const int count = decision_.outputs_size();
      if (count > 0 && decision_.outputs(count - 1).name() == value.name()) continue;
      *decision_.add_outputs() = std::move(value);
    }
  }

  void Write() {
    WriteHead();
    if (set_.has_outputs) WriteOutputs();
    is_fired_.resize(set_.rules.size());
    for (const size_t i : fired_) {
      is_fired_[i] = true;
      decision_.add_fired_rule_ids(set_.rules[i].rule->id());
    }
    if (options_.trace == TraceLevel::kFired) {
      for (const size_t i : fired_) WriteRule(i, false);
      for (const size_t i : clashing_) WriteRule(i, false);
    } else {
      for (size_t i = 0; i < set_.rules.size(); ++i) WriteRule(i, true);
    }
  }

  void WriteRule(size_t index, bool conjuncts) {
    const CompiledRule& rule = set_.rules[index];
    v1::RuleTrace* trace = decision_.add_rules();
    writer_.WriteHead(rule, trace);
    if (!InEffect(rule)) {
      trace->set_result(v1::RuleTrace::RESULT_NOT_IN_EFFECT);
      return;
    }
    const bool is_known = matches_[index] != Match::kUnknown;
    if (conjuncts || !is_known) {
      trace->set_result(writer_.WriteConjuncts(rule, conjuncts, trace));
    }
    KeepResult(index, trace);
    if (trace->result() != v1::RuleTrace::RESULT_MATCHED) return;
    const auto fired = details_.find(index);
    if (fired != details_.end() && !fired->second.error.empty()) {
      trace->set_result(v1::RuleTrace::RESULT_ERROR);
      trace->set_error(fired->second.error);
    } else if (IsApproved(rule)) {
      trace->set_result(v1::RuleTrace::RESULT_APPROVED);
    } else if (is_fired_[index]) {
      trace->set_result(v1::RuleTrace::RESULT_FIRED);
      for (v1::DetailValue& detail : fired->second.details)
        *trace->add_details() = std::move(detail);
    }
  }

  // The result of the rule stays as it was decided: the trace has limits of its own.
  void KeepResult(size_t index, v1::RuleTrace* trace) const {
    switch (matches_[index]) {
      case Match::kYes:
        trace->set_result(v1::RuleTrace::RESULT_MATCHED);
        trace->clear_error();
        return;
      case Match::kNo:
        trace->set_result(v1::RuleTrace::RESULT_NOT_MATCHED);
        trace->clear_error();
        return;
      case Match::kError:
        trace->set_result(v1::RuleTrace::RESULT_ERROR);
        trace->set_error(errors_.at(index));
        return;
      default:
        return;
    }
  }

  const CompiledRuleSet& set_;
  const DecideOptions& options_;
  const absl::Time instant_;  // That rules count at.
  cel::Scratch& scratch_;
  const Evaluator evaluator_;
  Matcher* matcher_ = nullptr;  // While rules are chosen.
  TraceWriter writer_;
  v1::Decision& decision_;
  std::vector<size_t> fired_;   // Leading one first.
  std::vector<bool> is_fired_;  // The same, by rule.
  std::vector<size_t> approved_;
  std::vector<Match> matches_;                       // The results of the rules that were asked.
  absl::flat_hash_map<size_t, std::string> errors_;  // Of those that err.
  absl::flat_hash_map<size_t, FiredRule> details_;   // And outputs.
  // The defaults, or the outputs of hits in the order of the policy, before those of details_.
  std::vector<v1::OutputValue> first_outputs_;
  std::vector<size_t> clashing_;  // The rules that violate the hit policy.
};

absl::StatusOr<v1::Decision> RuleSet::Decide(const google::protobuf::Message& input,
                                             const DecideOptions& options) const {
  cel::Scratch scratch;
  return Decide(input, options, scratch);
}

absl::StatusOr<v1::Decision> RuleSet::Decide(const google::protobuf::Message& input,
                                             const DecideOptions& options,
                                             cel::Scratch& scratch) const {
  FRONTDESK_RETURN_IF_ERROR(CheckQuestion(*this, *rep_, input, options));
  absl::StatusOr<v1::Decision> decision(absl::in_place);
  Decider(*rep_, input, options, scratch, &*decision).Run();
  return decision;
}

// All conditions of a set without an index.
void FindAmongFew(const CompiledRuleSet& set, const Evaluator& evaluator, absl::Time instant,
                  RuleMatches* matches) {
  absl::InlinedVector<cel::BoolOutcome, 64> outcomes(set.rules.size());
  cel::Program::EvaluateBools(set.conditions, evaluator.input(), evaluator.scratch(),
                              outcomes.data());
  matches->holding.clear();
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (ABSL_PREDICT_TRUE(outcomes[i] == cel::BoolOutcome::kFalse)) continue;
    if (!set.counts_always && !set.rules[i].effective.Holds(instant)) continue;
    const bool errs = outcomes[i] == cel::BoolOutcome::kError;
    (errs ? matches->erring : matches->holding).push_back(static_cast<int32_t>(i));
  }
}

absl::Status RuleSet::FindMatches(const google::protobuf::Message& input,
                                  const DecideOptions& options, cel::Scratch& scratch,
                                  RuleMatches* matches) const {
  FRONTDESK_RETURN_IF_ERROR(CheckQuestion(*this, *rep_, input, options));
  const CostShare share(rep_->limits.max_decision_cost, options.budget, scratch);
  const absl::Time instant =
      options.as_of.has_value() ? *options.as_of : options.now.value_or(absl::UnixEpoch());
  const Evaluator evaluator(*rep_, input, scratch);
  matches->erring.clear();
  std::vector<int32_t>& found = matches->holding;
  if (!rep_->conditions.empty()) {
    FindAmongFew(*rep_, evaluator, instant, matches);
    return absl::OkStatus();
  }
  Matcher matcher(*rep_, evaluator, &found);
  // The candidates are read faster than matches replace them.
  size_t holding = 0;
  for (size_t i = matcher.Next(0); i < rep_->rules.size(); i = matcher.Next(i + 1)) {
    if (!rep_->counts_always && !rep_->rules[i].effective.Holds(instant)) continue;
    const Match match = matcher.Ask(i, [](const CompiledConjunct&) {});
    if (match == Match::kError) matches->erring.push_back(static_cast<int32_t>(i));
    if (match != Match::kYes) continue;
    if (holding == found.size()) found.emplace_back();
    found[holding++] = static_cast<int32_t>(i);
  }
  found.resize(holding);
  return absl::OkStatus();
}

absl::StatusOr<int> RuleSet::FindMatch(const google::protobuf::Message& input, cel::Budget* budget,
                                       cel::Scratch& scratch, int first, int last) const {
  if (input.GetDescriptor() != rep_->input) return MismatchError(*this, *rep_, input);
  const CostShare share(rep_->limits.max_decision_cost, budget, scratch);
  const Evaluator evaluator(*rep_, input, scratch);
  last = std::min(last, static_cast<int>(rep_->rules.size()));
  for (int i = std::max(first, 0); i < last; ++i) {
    bool holds = true;
    const RuleConjuncts conjuncts(*rep_, rep_->rules[static_cast<size_t>(i)]);
    for (const CompiledConjunct& conjunct : *conjuncts) {
      const cel::BoolOutcome outcome =
          evaluator.EvaluateBool(conjunct.program, conjunct.reads_variables);
      if (ABSL_PREDICT_FALSE(outcome == cel::BoolOutcome::kError) && share.is_spent()) {
        return MakeError(kReasonRulesBudgetExhausted,
                         absl::StrCat("the conditions of '", id(), "' cost more than is left"));
      }
      holds = outcome == cel::BoolOutcome::kTrue;
      if (!holds) break;
    }
    if (holds) return i;
  }
  return -1;
}

}  // namespace rules
}  // namespace frontdesk
