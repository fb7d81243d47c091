// The conditions of a set, asked together. Private to rules/.
#ifndef FRONTDESK_RULES_RULE_INDEX_H_
#define FRONTDESK_RULES_RULE_INDEX_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "frontdesk/cel/condition_index.h"
#include "frontdesk/cel/program.h"
#include "rules/evaluator.h"

namespace frontdesk {
namespace rules {

// Immutable.
class RuleIndex {
 public:
  // A conjunct that the index does not know.
  struct Rest {
    int32_t conjunct;
    // The number of its text among those that several rules have; -1: no other rule has it.
    int32_t shared;
  };

  explicit RuleIndex(const std::vector<CompiledRule>& rules);

  const cel::ConditionIndex& conditions() const { return conditions_; }
  // In the order of the text.
  absl::Span<const Rest> RestOf(size_t rule) const {
    return absl::MakeSpan(rest_).subspan(first_rest_[rule],
                                         first_rest_[rule + 1] - first_rest_[rule]);
  }
  size_t shared_count() const { return shared_count_; }

 private:
  const cel::ConditionIndex conditions_;
  std::vector<Rest> rest_;
  std::vector<uint32_t> first_rest_;
  size_t shared_count_ = 0;
};

enum class Match : uint8_t { kUnknown, kNo, kYes, kError, kNotInEffect };

// Asks the conditions of the rules of a set about one input: those that the index leaves, one by one. Rules between two candidates do not
// match; their effective times are the caller's. Thread-compatible.
class Matcher {
 public:
  // The arguments are referred to. `candidates` is memory for those of the index.
  Matcher(const CompiledRuleSet& set, const Evaluator& evaluator, std::vector<int32_t>* candidates);

  // The first rule from `rule` on that may match, in growing order from call to call; the number of rules when there is none.
  size_t Next(size_t rule);
  // Whether the condition of `rule`, which Next() gave, holds. `on_error` is called with its first conjunct that errs, just evaluated: the
  // scratch has its error.
  using OnError = absl::FunctionRef<void(const CompiledConjunct&)>;
  Match Ask(size_t rule, OnError on_error);

 private:
  cel::BoolOutcome Evaluate(const CompiledConjunct& conjunct) const {
    return evaluator_.EvaluateBool(conjunct.program, conjunct.reads_variables);
  }
  cel::BoolOutcome Shared(const CompiledConjunct& conjunct, int32_t number);

  const CompiledRuleSet& set_;
  const Evaluator& evaluator_;
  const RuleIndex* const index_;
  std::vector<int32_t>& candidates_;
  size_t next_candidate_ = 0;
  bool is_certain_ = false;
  // The outcomes of shared conjuncts: the outcome and 1, 0 for one that was not evaluated.
  std::vector<uint8_t> shared_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_RULE_INDEX_H_
