// The analysis of a compiled set, and the details that issues show. Private to rules/.
#ifndef FRONTDESK_RULES_ANALYZER_H_
#define FRONTDESK_RULES_ANALYZER_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/rules/analysis.h"
#include "rules/compiled_rule.h"
#include "rules/formula.h"
#include "rules/rule_boxes.h"
#include "rules/solver.h"
#include "rules/witness.h"

namespace frontdesk {
namespace rules {

// A part of a condition that never holds, or always.
struct PartVerdict {
  cel::Expr part;
  bool always = false;
};

class Analyzer {
 public:
  // `rules` are by order number and complete but for those without conjuncts, which are left out. Everything is referred to.
  Analyzer(const CompiledRuleSet& set, const AnalysisOptions& options);

  Analysis Run();

  // After Run(): the operands of && and || of rule `index` that make no difference. Empty when the whole condition never holds.
  std::vector<PartVerdict> FindParts(size_t index);
  // After Run(): whether the condition of rule `index` holds for every input for which it does not fail.
  bool IsNeverFalse(size_t index);
  // After Run(), for a condition that never holds: the fewest of its conjuncts that exclude each other.
  std::vector<cel::Expr> FindConflict(size_t index);
  // After Run(): the first conjunct with something other than a comparison of a field with constants; not valid: none.
  cel::Expr FindUnknown(size_t index) const;
  // Whether steps are left.
  bool has_steps() const { return steps_ > 0; }

 private:
  struct RuleData {
    int32_t node = -1;
    std::vector<int32_t> conjuncts;
    Outcomes stops = kTrue | kFails;  // The outcomes with which it decides.
    int32_t key_term = -1;  // A conjunct needs it to have one of the points it is indexed by.
  };

  void Prepare();
  void FindDuplicates(Analysis* analysis) const;
  void FindKey(size_t index);
  void AnalyzeCondition(size_t index, RuleAnalysis* rule);
  // The beginning of each period in which the rule is in effect, and the same others are; of the first few.
  std::vector<absl::Time> InstantsOf(size_t index) const;
  // An instant of the period that begins then: `begin`, or one before all bounds.
  absl::Time InstantOf(absl::Time begin) const;
  void AnalyzeReach(size_t index, RuleAnalysis* rule);
  // The same among the rules that count: kNever with the rules that decide in `covering`, kReached with the witness in `rule`.
  Reach ReachAmong(size_t index, const std::function<bool(size_t)>& counts,
                   std::vector<size_t>* covering, RuleAnalysis* rule);
  // Whether a rule that counts errs on `input`, of whatever place: it decides then.
  bool AnyFails(const google::protobuf::Message& input, const Model& model,
                const std::function<bool(size_t)>& counts);
  std::vector<Demand> DemandsOf(size_t index, const std::vector<size_t>& before) const;
  void DropNeedless(size_t index, std::vector<size_t>* before);
  // The rules before `index` that can decide in its place where their key has a point of `model`, or of `input` if there is one.
  std::vector<size_t> Rivals(size_t index, const Model& model,
                             const google::protobuf::Message* input) const;
  // No outcome for a rule that is not pure, which is not run.
  Outcomes RunRule(size_t index, const google::protobuf::Message& input);
  SolveResult Ask(const std::vector<Demand>& demands, Model* model);

  // Overlaps and gaps: analyzer_overlaps.cc.
  void FindOverlaps(Analysis* analysis);
  // Whether an overlap of the two would be listed, as far as that is known without an input.
  bool IsOfInterest(size_t first, size_t second) const;
  // Whether the results of both are equal for every input.
  bool HaveEqualResults(size_t first, size_t second) const;
  // Lists the overlap if there is one; false when that is not decided.
  bool AddOverlap(size_t first, size_t second, Analysis* analysis);
  // The parts of the results that differ on `input`; nothing when an output cannot be evaluated.
  absl::optional<std::vector<std::string>> DifferencesOn(size_t first, size_t second,
                                                         const google::protobuf::Message& input);
  void FindGap(Analysis* analysis);
  GapVerdict FindGapAmong(const std::function<bool(size_t)>& counts, Analysis* analysis);
  // A rule that has no part in a gap at `model`, or on `input` if there is one: it matches or errs. rules_.size(): none. Nothing when that
  // is not decided.
  absl::optional<size_t> FindCovering(const std::function<bool(size_t)>& counts, const Model& model,
                                      const google::protobuf::Message* input);

  // Under PRIORITY, where all orders are of constants: the place of each rule.
  void FindPlaces();
  bool ComesBefore(size_t rule, size_t other) const {
    return places_.empty() ? rule < other : places_[rule] < places_[other];
  }
  // Whether the rule that comes first decides.
  bool decides_by_place() const {
    return set_.hit_plan.policy == v1::HIT_POLICY_FIRST || !places_.empty();
  }
  std::string DescribeWitness(const Model& model) const;

  const CompiledRuleSet& set_;
  const AnalysisOptions& options_;
  const std::vector<FieldFact> facts_;
  const WitnessMaker maker_;
  FormulaTable table_;
  Solver solver_;
  std::vector<RuleData> rules_;
  // Rules by the point of their key, by its term; and those without a key.
  std::vector<std::pair<int32_t, absl::flat_hash_map<std::string, std::vector<size_t>>>> index_;
  absl::flat_hash_map<int32_t, size_t> index_of_term_;
  std::vector<size_t> without_key_;
  std::vector<size_t> places_;   // Empty: by order number.
  std::set<absl::Time> bounds_;  // When rules begin or cease to count.
  cel::Scratch scratch_;
  int64_t steps_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ANALYZER_H_
