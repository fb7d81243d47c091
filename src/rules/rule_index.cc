#include "rules/rule_index.h"

#include <string>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/container/flat_hash_map.h"
#include "rules/compact_set.h"

namespace frontdesk {
namespace rules {
namespace {

// The conjuncts of each rule; the programs must be together.
class ConjunctLists {
 public:
  explicit ConjunctLists(const std::vector<CompiledRule>& rules) {
    for (const CompiledRule& rule : rules) {
      firsts_.push_back(programs_.size());
      for (const CompiledConjunct& conjunct : rule.conjuncts) programs_.push_back(conjunct.program);
    }
    firsts_.push_back(programs_.size());
    for (size_t i = 0; i < rules.size(); ++i) {
      lists_.push_back(absl::MakeSpan(programs_).subspan(firsts_[i], firsts_[i + 1] - firsts_[i]));
    }
  }
  absl::Span<const absl::Span<const cel::Program>> lists() const { return lists_; }

 private:
  std::vector<cel::Program> programs_;
  std::vector<size_t> firsts_;
  std::vector<absl::Span<const cel::Program>> lists_;
};

}  // namespace

RuleIndex::RuleIndex(const std::vector<CompiledRule>& rules)
    : conditions_(ConjunctLists(rules).lists()) {
  // The conjuncts that are left, by their text: where two rules have it they share an outcome.
  absl::flat_hash_map<absl::string_view, std::pair<int32_t, int32_t>> texts;
  for (size_t i = 0; i < rules.size(); ++i) {
    first_rest_.push_back(static_cast<uint32_t>(rest_.size()));
    const std::vector<CompiledConjunct>& conjuncts = rules[i].conjuncts;
    for (size_t j = 0; j < conjuncts.size(); ++j) {
      if (conditions_.Knows(static_cast<int32_t>(i), static_cast<int32_t>(j))) continue;
      const auto number = static_cast<int32_t>(rest_.size());
      rest_.push_back({static_cast<int32_t>(j), -1});
      // A function that is not pure may have another value for each rule.
      if (!rules[i].is_pure) continue;
      const auto [entry, is_new] =
          texts.try_emplace(conjuncts[j].program.text(), number, int32_t{-1});
      if (is_new) continue;
      auto& [first, shared] = entry->second;
      if (shared < 0) shared = static_cast<int32_t>(shared_count_++);
      rest_[static_cast<size_t>(first)].shared = shared;
      rest_.back().shared = shared;
    }
  }
  first_rest_.push_back(static_cast<uint32_t>(rest_.size()));
}

Matcher::Matcher(const CompiledRuleSet& set, const Evaluator& evaluator,
                 std::vector<int32_t>* candidates)
    : set_(set), evaluator_(evaluator), index_(set.index.get()), candidates_(*candidates) {
  if (index_ == nullptr) return;
  is_certain_ = index_->conditions().Find(evaluator.input(), evaluator.scratch(), candidates) ==
                cel::ConditionIndex::Answer::kCertain;
  shared_.resize(index_->shared_count());
}

size_t Matcher::Next(size_t rule) {
  if (index_ == nullptr) return rule;
  while (next_candidate_ < candidates_.size() &&
         static_cast<size_t>(candidates_[next_candidate_]) < rule) {
    ++next_candidate_;
  }
  return next_candidate_ == candidates_.size() ? set_.rules.size()
                                               : static_cast<size_t>(candidates_[next_candidate_]);
}

namespace {

// The result of a condition by the outcomes of its conjuncts, asked in their order: one that is false decides.
class ConditionResult {
 public:
  explicit ConditionResult(Matcher::OnError on_error) : on_error_(on_error) {}

  // False when the result is known.
  bool Add(cel::BoolOutcome outcome, const CompiledConjunct& conjunct) {
    if (outcome == cel::BoolOutcome::kFalse) {
      match_ = Match::kNo;
      return false;
    }
    if (ABSL_PREDICT_FALSE(outcome == cel::BoolOutcome::kError)) {
      if (match_ == Match::kYes) on_error_(conjunct);
      match_ = Match::kError;
    }
    return true;
  }
  Match match() const { return match_; }

 private:
  const Matcher::OnError on_error_;
  Match match_ = Match::kYes;
};

}  // namespace

Match Matcher::Ask(size_t rule, OnError on_error) {
  ConditionResult result(on_error);
  if (is_certain_) {
    for (const RuleIndex::Rest& rest : index_->RestOf(rule)) {
      const CompiledConjunct& conjunct =
          set_.rules[rule].conjuncts[static_cast<size_t>(rest.conjunct)];
      if (!result.Add(rest.shared < 0 ? Evaluate(conjunct) : Shared(conjunct, rest.shared),
                      conjunct)) {
        break;
      }
    }
  } else {
    const RuleConjuncts conjuncts(set_, set_.rules[rule]);
    for (const CompiledConjunct& conjunct : *conjuncts) {
      if (!result.Add(Evaluate(conjunct), conjunct)) break;
    }
  }
  return result.match();
}

cel::BoolOutcome Matcher::Shared(const CompiledConjunct& conjunct, int32_t number) {
  uint8_t& kept = shared_[static_cast<size_t>(number)];
  // The error of another rule is at another place: this rule's own is needed.
  constexpr auto kKeptError = static_cast<uint8_t>(1 + static_cast<int>(cel::BoolOutcome::kError));
  if (kept == 0 || kept == kKeptError) {
    kept = static_cast<uint8_t>(1 + static_cast<int>(Evaluate(conjunct)));
  }
  return static_cast<cel::BoolOutcome>(kept - 1);
}

}  // namespace rules
}  // namespace frontdesk
