#include "rules/analyzer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "rules/compact_set.h"
#include "rules/evaluator.h"

namespace frontdesk {
namespace rules {
namespace {

using cel::Expr;
using google::protobuf::Message;

// Points by which a rule is found.
constexpr size_t kMaxKeyPoints = 16;
// Earlier rules that together decide in the place of another.
constexpr size_t kMaxCovering = 64;
// Beyond, the list of them may have rules that it could do without.
constexpr size_t kMaxReduced = 16;
// Periods with the same rules in effect that one rule is looked at in.
constexpr size_t kMaxInstants = 32;
// Steps that running a rule costs.
constexpr int64_t kRunSteps = 20;

// A condition as a set of its conjuncts, and the result of its rule.
std::string DuplicateKey(const CompiledRule& rule) {
  std::vector<std::string> parts;
  for (const CompiledConjunct& conjunct : rule.conjuncts) {
    parts.push_back(ToDebugString(conjunct.program.expr()));
  }
  std::sort(parts.begin(), parts.end());
  parts.push_back(absl::StrCat(rule.rule->outcome()));
  parts.push_back(rule.rule->reason());
  parts.push_back(rule.rule->authority());
  for (const CompiledOutput& output : rule.outputs) {
    parts.push_back(absl::StrCat(output.name, "=", ToDebugString(output.program->expr())));
  }
  return absl::StrJoin(parts, "\n");
}

// Whether a second rule with the same condition and result changes nothing.
bool CountsOnce(v1::HitPolicy policy) {
  return policy == v1::HIT_POLICY_FIRST || policy == v1::HIT_POLICY_ALL ||
         policy == v1::HIT_POLICY_ANY || policy == v1::HIT_POLICY_PRIORITY;
}

void CollectOperands(const Expr& expr, cel::Operator op, std::vector<Expr>* operands) {
  if (expr.op() != op) {
    operands->push_back(expr);
    return;
  }
  for (size_t i = 0; i < expr.child_count(); ++i) CollectOperands(expr.child(i), op, operands);
}

}  // namespace

Analyzer::Analyzer(const CompiledRuleSet& set, const AnalysisOptions& options)
    : set_(set),
      options_(options),
      facts_(FindFacts(options.facts, *set.input)),
      maker_(set.input),
      table_(set.ordered_messages),
      solver_(table_, facts_),
      steps_(options.max_steps) {}

Analysis Analyzer::Run() {
  Prepare();
  Analysis analysis;
  analysis.rules.resize(rules_.size());
  for (size_t i = 0; i < rules_.size(); ++i) analysis.rules[i].rule_id = set_.rules[i].rule->id();
  if (CountsOnce(set_.hit_plan.policy)) FindDuplicates(&analysis);
  FindPlaces();
  for (size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].conjuncts.empty()) continue;
    if (steps_ < 0) {
      analysis.is_complete = false;
      break;
    }
    RuleAnalysis& rule = analysis.rules[i];
    AnalyzeCondition(i, &rule);
    if (rule.condition == ConditionVerdict::kNever || set_.rules[i].effective.is_empty()) continue;
    if (decides_by_place() && (i > 0 || !places_.empty())) {
      AnalyzeReach(i, &rule);
    } else if (rule.holds != nullptr) {
      rule.reach = Reach::kReached;
      rule.reached = rule.holds;
      if (set_.has_effective_times) rule.reached_time = InstantOf(set_.rules[i].effective.from);
    }
  }
  FindOverlaps(&analysis);
  if (options_.find_gap || set_.source.default_outcome() == v1::POLICY_OUTCOME_UNSPECIFIED) {
    FindGap(&analysis);
  }
  analysis.is_complete = analysis.is_complete && steps_ >= 0;
  return analysis;
}

void Analyzer::Prepare() {
  rules_.resize(set_.rules.size());
  for (const auto& variable : set_.variables) {
    if (variable != nullptr && variable->is_pure) {
      table_.DefineVariable(variable->name, variable->program->expr());
    }
  }
  for (size_t i = 0; i < rules_.size(); ++i) {
    RuleData& rule = rules_[i];
    for (const CompiledConjunct& conjunct : set_.rules[i].conjuncts) {
      rule.conjuncts.push_back(table_.Add(conjunct.program.expr()));
    }
    if (rule.conjuncts.empty()) continue;
    rule.node = table_.AddAll(rule.conjuncts);
    // Under PRIORITY an approved HOLD keeps its place.
    const bool is_hold = set_.rules[i].rule->outcome() == v1::POLICY_OUTCOME_HOLD;
    if (is_hold && set_.hit_plan.policy != v1::HIT_POLICY_PRIORITY) rule.stops = kFails;
    const EffectiveRange& effective = set_.rules[i].effective;
    if (effective.is_empty()) continue;  // It decides nothing.
    FindKey(i);
    bounds_.insert(effective.from);
    bounds_.insert(effective.to);
  }
}

void Analyzer::FindDuplicates(Analysis* analysis) const {
  absl::flat_hash_map<std::string, size_t> first;
  for (size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].conjuncts.empty() || set_.rules[i].effective.is_empty()) continue;
    const auto [found, is_new] = first.try_emplace(DuplicateKey(set_.rules[i]), i);
    if (!is_new && set_.rules[found->second].effective.Covers(set_.rules[i].effective)) {
      analysis->rules[i].duplicate_of = analysis->rules[found->second].rule_id;
    }
  }
}

void Analyzer::FindKey(size_t index) {
  RuleData& rule = rules_[index];
  for (const int32_t conjunct : rule.conjuncts) {
    const FormulaNode& node = table_.node(conjunct);
    if (node.junction != Junction::kAtom) continue;
    const Atom& atom = table_.atom(node.atom);
    const bool is_key = (atom.op == cel::Operator::kEqual || atom.op == cel::Operator::kIn) &&
                        atom.constants.size() <= kMaxKeyPoints &&
                        table_.term(atom.term).line != Line::kDouble;
    if (!is_key) continue;
    rule.key_term = atom.term;
    const auto [place, is_new] = index_of_term_.try_emplace(atom.term, index_.size());
    if (is_new) index_.push_back({atom.term, {}});
    for (const Point& point : atom.constants) {
      std::vector<size_t>& rules = index_[place->second].second[PointKey(point)];
      if (rules.empty() || rules.back() != index) rules.push_back(index);
    }
    // A term that fails makes the rule fail.
    if (table_.term(atom.term).may_fail) {
      index_[place->second].second[PointKey(Point::Error())].push_back(index);
    }
    return;
  }
  without_key_.push_back(index);
}

SolveResult Analyzer::Ask(const std::vector<Demand>& demands, Model* model) {
  int64_t steps = std::min(options_.max_question_steps, std::max<int64_t>(steps_, 0));
  const int64_t given = steps;
  const SolveResult result = solver_.Solve(demands, model, &steps);
  steps_ -= given - steps;
  return result;
}

Outcomes Analyzer::RunRule(size_t index, const Message& input) {
  steps_ -= kRunSteps;
  if (!set_.rules[index].is_pure) return 0;
  bool fails = false;
  const Evaluator evaluator(set_, input, scratch_);
  for (const CompiledConjunct& conjunct : set_.rules[index].conjuncts) {
    const cel::BoolOutcome outcome =
        evaluator.EvaluateBool(conjunct.program, conjunct.reads_variables);
    if (outcome == cel::BoolOutcome::kFalse) return kFalse;
    fails = fails || outcome == cel::BoolOutcome::kError;
  }
  return fails ? kFails : kTrue;
}

std::string Analyzer::DescribeWitness(const Model& model) const {
  return DescribeModel(table_, model, set_.container);
}

void Analyzer::AnalyzeCondition(size_t index, RuleAnalysis* rule) {
  const int32_t node = rules_[index].node;
  Model holds, fails;
  const SolveResult can_hold = Ask({{node, kTrue}}, &holds);
  if (can_hold == SolveResult::kNoModel) {
    rule->condition = ConditionVerdict::kNever;
    return;
  }
  if (can_hold == SolveResult::kModel) {
    std::shared_ptr<const Message> input = maker_.Make(table_, facts_, holds);
    if (input != nullptr && RunRule(index, *input) == kTrue) {
      rule->holds = std::move(input);
      rule->witness_text = DescribeWitness(holds);
    }
  }
  const SolveResult can_fail = Ask({{node, kFalse | kFails}}, &fails);
  if (can_fail == SolveResult::kNoModel) {
    rule->condition = ConditionVerdict::kAlways;
  } else if (can_fail == SolveResult::kModel && rule->holds != nullptr) {
    const std::shared_ptr<const Message> input = maker_.Make(table_, facts_, fails);
    if (input != nullptr && RunRule(index, *input) != kTrue) {
      rule->condition = ConditionVerdict::kSometimes;
    }
  }
}

std::vector<Demand> Analyzer::DemandsOf(size_t index, const std::vector<size_t>& before) const {
  std::vector<Demand> demands = {{rules_[index].node, kTrue}};
  for (const size_t earlier : before) {
    const Outcomes all = kTrue | kFalse | kFails;
    demands.push_back({rules_[earlier].node, static_cast<Outcomes>(all & ~rules_[earlier].stops)});
  }
  return demands;
}

std::vector<size_t> Analyzer::Rivals(size_t index, const Model& model, const Message* input) const {
  std::vector<size_t> rivals;
  const auto add = [&](const std::vector<size_t>& rules) {
    for (const size_t rule : rules) {
      if (index == rules_.size() || ComesBefore(rule, index)) rivals.push_back(rule);
    }
  };
  add(without_key_);
  const auto add_at = [&](size_t place, const Point& point) {
    const auto found = index_[place].second.find(PointKey(point));
    if (found != index_[place].second.end()) add(found->second);
  };
  if (input == nullptr) {
    for (const auto& [term, point] : model.points) {
      const auto place = index_of_term_.find(term);
      if (place != index_of_term_.end()) add_at(place->second, point);
    }
  } else {
    for (size_t place = 0; place < index_.size(); ++place) {
      if (const absl::optional<Point> point = ReadTerm(table_.term(index_[place].first), *input)) {
        add_at(place, *point);
        continue;
      }
      for (const auto& each : index_[place].second) add(each.second);
    }
  }
  std::sort(rivals.begin(), rivals.end());
  rivals.erase(std::unique(rivals.begin(), rivals.end()), rivals.end());
  return rivals;
}

std::vector<absl::Time> Analyzer::InstantsOf(size_t index) const {
  const EffectiveRange& effective = set_.rules[index].effective;
  std::vector<absl::Time> instants = {effective.from};
  for (auto bound = bounds_.upper_bound(effective.from);
       bound != bounds_.end() && *bound < effective.to && instants.size() <= kMaxInstants;
       ++bound) {
    instants.push_back(*bound);
  }
  return instants;
}

absl::Time Analyzer::InstantOf(absl::Time begin) const {
  if (begin != absl::InfinitePast()) return begin;
  const auto first = bounds_.upper_bound(absl::InfinitePast());
  const bool has_bound = first != bounds_.end() && *first != absl::InfiniteFuture();
  return has_bound ? *first - absl::Seconds(1) : absl::UnixEpoch();
}

void Analyzer::AnalyzeReach(size_t index, RuleAnalysis* rule) {
  const std::vector<absl::Time> instants = InstantsOf(index);
  std::set<size_t> covering;
  bool is_never = true;
  const auto ask = [&](const std::function<bool(size_t)>& counts, RuleAnalysis* written) {
    std::vector<size_t> before;
    const Reach reach = ReachAmong(index, counts, &before, written);
    covering.insert(before.begin(), before.end());
    is_never = is_never && reach == Reach::kNever;
    return reach == Reach::kReached;
  };
  if (instants.size() > kMaxInstants) {
    // Too many periods: only the rules that count whenever this one does, which cannot show that it is reached.
    RuleAnalysis unused;
    ask(
        [&](size_t rival) {
          return set_.rules[rival].effective.Covers(set_.rules[index].effective);
        },
        &unused);
  } else {
    for (const absl::Time instant : instants) {
      const auto counts = [&](size_t rival) { return set_.rules[rival].effective.Holds(instant); };
      if (!ask(counts, rule)) continue;
      rule->reach = Reach::kReached;
      if (set_.has_effective_times) rule->reached_time = InstantOf(instant);
      return;
    }
  }
  if (!is_never) return;
  rule->reach = Reach::kNever;
  for (const size_t earlier : covering) {
    rule->covering_rule_ids.push_back(set_.rules[earlier].rule->id());
  }
}

Reach Analyzer::ReachAmong(size_t index, const std::function<bool(size_t)>& counts,
                           std::vector<size_t>* covering, RuleAnalysis* rule) {
  std::vector<size_t>& before = *covering;
  Assignment assignment;
  while (before.size() <= kMaxCovering && steps_ > 0) {
    Model model;
    const SolveResult result = Ask(DemandsOf(index, before), &model);
    if (result == SolveResult::kNotDecided) return Reach::kNotDecided;
    if (result == SolveResult::kNoModel) {
      DropNeedless(index, &before);
      return Reach::kNever;
    }
    for (const auto& [term, point] : model.points) assignment.Set(term, &point);
    // First those that decide for certain, whatever the terms are that this question has not asked for.
    const auto find = [&](const std::vector<size_t>& rivals, auto stops) {
      return std::find_if(rivals.begin(), rivals.end(), [&](size_t rival) {
        --steps_;
        return counts(rival) && stops(rival);
      });
    };
    std::vector<size_t> rivals = Rivals(index, model, nullptr);
    auto found = find(rivals, [&](size_t rival) {
      const Outcomes outcomes = table_.Evaluate(rules_[rival].node, assignment, &steps_);
      return (outcomes & ~rules_[rival].stops) == 0;
    });
    for (const auto& [term, point] : model.points) assignment.Set(term, nullptr);
    if (found == rivals.end()) {
      std::shared_ptr<const Message> input = maker_.Make(table_, facts_, model);
      if (input == nullptr || RunRule(index, *input) != kTrue) return Reach::kNotDecided;
      rivals = Rivals(index, model, input.get());
      const bool is_unknown = std::any_of(rivals.begin(), rivals.end(), [&](size_t rival) {
        return !set_.rules[rival].is_pure && counts(rival);
      });
      if (is_unknown) return Reach::kNotDecided;
      found = find(rivals, [&](size_t rival) {
        return (RunRule(rival, *input) & rules_[rival].stops) != 0;
      });
      if (found == rivals.end()) {
        if (!places_.empty() && AnyFails(*input, model, counts)) return Reach::kNotDecided;
        rule->reached = std::move(input);
        rule->witness_text = DescribeWitness(model);
        return Reach::kReached;
      }
    }
    // The model says that it does not decide: the terms of the condition are not independent.
    if (std::find(before.begin(), before.end(), *found) != before.end()) return Reach::kNotDecided;
    before.push_back(*found);
  }
  return Reach::kNotDecided;
}

bool Analyzer::AnyFails(const Message& input, const Model& model,
                        const std::function<bool(size_t)>& counts) {
  const std::vector<size_t> all = Rivals(rules_.size(), model, &input);
  return std::any_of(all.begin(), all.end(), [&](size_t rival) {
    return counts(rival) && (!set_.rules[rival].is_pure || RunRule(rival, input) == kFails);
  });
}

void Analyzer::DropNeedless(size_t index, std::vector<size_t>* before) {
  std::sort(before->begin(), before->end());
  if (before->size() > kMaxReduced) return;
  for (size_t i = before->size(); i-- > 0 && before->size() > 1;) {
    std::vector<size_t> fewer = *before;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    Model model;
    if (Ask(DemandsOf(index, fewer), &model) == SolveResult::kNoModel) *before = std::move(fewer);
  }
}

bool Analyzer::IsNeverFalse(size_t index) {
  Model model;
  return Ask({{rules_[index].node, kFalse}}, &model) == SolveResult::kNoModel;
}

std::vector<PartVerdict> Analyzer::FindParts(size_t index) {
  std::vector<PartVerdict> parts;
  const std::vector<CompiledConjunct>& conjuncts = set_.rules[index].conjuncts;
  Model model;
  for (size_t i = 0; i < conjuncts.size(); ++i) {
    const Expr expr = conjuncts[i].program.expr();
    if (conjuncts.size() > 1 && expr.constant() == nullptr &&
        Ask({{rules_[index].conjuncts[i], kFalse | kFails}}, &model) == SolveResult::kNoModel) {
      parts.push_back({expr, true});
      continue;
    }
    if (expr.op() != cel::Operator::kOr) continue;
    std::vector<Expr> operands;
    CollectOperands(expr, cel::Operator::kOr, &operands);
    for (const Expr& operand : operands) {
      if (operand.constant() != nullptr) continue;
      if (Ask({{table_.Add(operand), kTrue}}, &model) == SolveResult::kNoModel) {
        parts.push_back({operand, false});
      }
    }
  }
  return parts;
}

std::vector<Expr> Analyzer::FindConflict(size_t index) {
  std::vector<size_t> kept(rules_[index].conjuncts.size());
  for (size_t i = 0; i < kept.size(); ++i) kept[i] = i;
  for (size_t i = kept.size(); i-- > 0 && kept.size() > 1;) {
    std::vector<Demand> demands;
    for (size_t k = 0; k < kept.size(); ++k) {
      if (k != i) demands.push_back({rules_[index].conjuncts[kept[k]], kTrue});
    }
    Model model;
    if (Ask(demands, &model) == SolveResult::kNoModel) {
      kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  std::vector<Expr> exprs;
  for (const size_t i : kept) exprs.push_back(set_.rules[index].conjuncts[i].program.expr());
  return exprs;
}

Expr Analyzer::FindUnknown(size_t index) const {
  const RuleData& rule = rules_[index];
  for (size_t i = 0; i < rule.conjuncts.size(); ++i) {
    std::vector<int32_t> atoms;
    table_.CollectAtoms(rule.conjuncts[i], &atoms);
    const bool is_known = std::all_of(atoms.begin(), atoms.end(), [&](int32_t atom) {
      return !table_.term(table_.atom(atom).term).path.empty();
    });
    if (!is_known) return set_.rules[index].conjuncts[i].program.expr();
  }
  return Expr();
}

Analysis Analyze(const RuleSet& rule_set, const AnalysisOptions& options) {
  const CompiledRuleSet& set = RuleSetAccess::Get(rule_set);
  if (set.input == nullptr || set.rules.empty()) return {};
  if (set.is_compact) return Analyzer(*MakeWhole(set), options).Run();
  return Analyzer(set, options).Run();
}

}  // namespace rules
}  // namespace frontdesk
