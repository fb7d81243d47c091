#include "rules/absence.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "frontdesk/rules/reasons.h"
#include "rules/variable_reads.h"

namespace frontdesk {
namespace rules {
namespace {

using cel::Expr;
using cel::ExprKind;
using cel::Operator;
using cel::TypeKind;

bool IsBelow(const FieldPath& path, const FieldPath& longer) {
  return path.size() <= longer.size() && std::equal(path.begin(), path.end(), longer.begin());
}

// `days(30)` or `hours(4)`; empty for a span that is neither.
std::string SpanText(int64_t nanos) {
  constexpr int64_t kHour = int64_t{3600} * 1000000000;
  if (nanos % (24 * kHour) == 0) return absl::StrCat("days(", nanos / (24 * kHour), ")");
  if (nanos % kHour == 0) return absl::StrCat("hours(", nanos / kHour, ")");
  return "";
}

// For `now - time > duration('720h')`, the same with since(); empty for any other part. A span that is not known is the least.
std::string SinceText(const Expr& part) {
  if (part.child_count() != 2 || part.kind() != ExprKind::kCall) return "";
  const Expr difference = part.child(0);
  const cel::Value* span = part.child(1).constant();
  if (difference.op() != Operator::kSubtract || span == nullptr || !span->is_duration() ||
      difference.child(0).text() != "now" ||
      difference.child(1).type().kind() != TypeKind::kTimestamp) {
    return "";
  }
  const std::string text = SpanText(span->duration_nanos());
  const absl::string_view between(
      difference.text().data() + difference.text().size(),
      static_cast<size_t>(part.child(1).text().data() - difference.text().data() -
                          difference.text().size()));
  return absl::StrCat("since(", difference.child(1).text(), ").orValue(days(0))", between,
                      text.empty() ? std::string(part.child(1).text()) : text);
}

// A comparison with null is reported as such.
bool IsNullTest(const Expr& part) {
  if (!cel::IsEquality(part.op())) return false;
  for (size_t i = 0; i < 2; ++i) {
    const cel::Value* value = part.child(i).constant();
    if (value != nullptr && value->is_null()) return true;
  }
  return false;
}

// The list that an expression is, or that its macros make a list of; empty for any other.
FieldPath ListPathOf(const Expr& expr) {
  const bool makes_list = expr.kind() == ExprKind::kComprehension &&
                          (expr.macro() == cel::Macro::kFilter || expr.macro() == cel::Macro::kMap);
  return makes_list ? ListPathOf(expr.child(0)) : PathOf(expr);
}

// A value that a read of nothing has.
Point DefaultOf(TypeKind type) {
  if (type == TypeKind::kString) return Point::Text("");
  if (type == TypeKind::kDouble) return Point::Real(0);
  return Point();
}

}  // namespace

AbsenceCheck::AbsenceCheck(const InputFacts& facts, const cel::Environment& environment,
                           const google::protobuf::Descriptor& input,
                           const std::set<std::string>& impure_functions)
    : facts_(facts), environment_(environment), impure_functions_(impure_functions) {
  for (FieldFact& fact : FindFacts(facts.presence, input)) {
    if (fact.is_present) present_.push_back(std::move(fact));
  }
  for (const OptionalField& field : facts.optional) {
    std::vector<FieldFact> found = FindFacts({{field.path, true}}, input);
    if (!found.empty()) optional_.emplace_back(std::move(found[0].path), field.advice);
  }
}

void AbsenceCheck::Run(const Expr& condition, std::vector<ExpressionFinding>* findings) {
  findings_ = findings;
  contexts_.clear();
  advised_.clear();
  Visit(condition, true);
}

void AbsenceCheck::Visit(const Expr& expr, bool is_positive) {
  switch (expr.op()) {
    case Operator::kAnd:
      VisitOperands(expr, is_positive, true);
      return;
    case Operator::kOr:
      VisitOperands(expr, is_positive, false);
      return;
    case Operator::kNot:
      Visit(expr.child(0), !is_positive);
      return;
    case Operator::kConditional:
      Visit(expr.child(0), is_positive);
      for (size_t i = 1; i < 3; ++i) {
        contexts_.push_back({expr.child(0), i == 1});
        Visit(expr.child(i), is_positive);
        contexts_.pop_back();
      }
      return;
    default:
      CheckPart(expr, is_positive);
  }
}

void AbsenceCheck::VisitOperands(const Expr& expr, bool is_positive, bool wanted) {
  for (size_t i = 0; i < expr.child_count(); ++i) {
    const size_t outer = contexts_.size();
    for (size_t k = 0; k < expr.child_count(); ++k) {
      if (k != i) contexts_.push_back({expr.child(k), wanted});
    }
    Visit(expr.child(i), is_positive);
    contexts_.resize(outer);
  }
}

bool AbsenceCheck::HandlesAbsence(const Expr& expr) const {
  if (expr.op() == Operator::kOptionalSelect || expr.op() == Operator::kOptionalIndex) return true;
  return expr.kind() == ExprKind::kCall &&
         std::find(facts_.absence_functions.begin(), facts_.absence_functions.end(), expr.name()) !=
             facts_.absence_functions.end();
}

const DefaultedFunction* AbsenceCheck::FindDefaulted(const Expr& expr) const {
  if (expr.kind() != ExprKind::kCall || !expr.is_member() || expr.child_count() != 2 ||
      PathOf(expr.child(0)).empty()) {
    return nullptr;
  }
  for (const DefaultedFunction& function : facts_.defaulted_functions) {
    if (function.name == expr.name()) return &function;
  }
  return nullptr;
}

bool AbsenceCheck::IsTest(const Expr& expr) const {
  return expr.kind() == ExprKind::kHas ||
         (expr.kind() == ExprKind::kCall &&
          std::any_of(facts_.defaulted_functions.begin(), facts_.defaulted_functions.end(),
                      [&](const DefaultedFunction& each) { return each.test == expr.name(); }));
}

void AbsenceCheck::CollectOptionals(const Expr& expr, std::vector<Optional>* found) {
  if (IsTest(expr) || HandlesAbsence(expr)) return;
  if (const DefaultedFunction* function = FindDefaulted(expr)) {
    Optional optional;
    optional.text = std::string(expr.text());
    optional.test =
        absl::StrCat(expr.child(0).text(), ".", function->test, "(", expr.child(1).text(), ")");
    optional.call = expr;
    optional.function = function;
    found->push_back(std::move(optional));
    return;
  }
  const FieldPath path = PathOf(expr);
  if (!path.empty()) {
    CollectOfPath(expr, path, found);
    return;
  }
  Expr root = expr;
  FieldPath below;
  for (; root.kind() == ExprKind::kSelect && root.field() != nullptr; root = root.child(0)) {
    below.insert(below.begin(), root.field());
  }
  for (auto each = elements_.rbegin(); each != elements_.rend() && !below.empty(); ++each) {
    if (root.reference() != cel::ReferenceKind::kLocal || root.name() != each->first) continue;
    if (expr.type().kind() == TypeKind::kTimestamp) {
      Optional optional;
      optional.path = each->second;
      optional.path.insert(optional.path.end(), below.begin(), below.end());
      optional.text = std::string(expr.text());
      optional.test = absl::StrCat("has(", expr.text(), ")");
      optional.is_of_element = true;
      found->push_back(std::move(optional));
    }
    return;
  }
  const FieldPath list =
      expr.kind() == ExprKind::kComprehension ? PathOf(expr.child(0)) : FieldPath();
  const bool is_known = !list.empty() && list.back()->is_repeated() && !list.back()->is_map();
  if (is_known) {
    elements_.emplace_back(expr.variable(expr.variable(1).empty() ? 0 : 1), list);
  }
  for (size_t i = 0; i < expr.child_count(); ++i) CollectOptionals(expr.child(i), found);
  if (is_known) elements_.pop_back();
}

void AbsenceCheck::CollectOfPath(const Expr& expr, const FieldPath& path,
                                 std::vector<Optional>* found) {
  // A list of an entity that is not there has no elements, as its author would expect.
  if (path.back()->is_repeated()) return;
  const auto is_new = [&](const FieldPath& other) {
    return std::none_of(found->begin(), found->end(),
                        [&](const Optional& each) { return each.path == other; });
  };
  const auto add = [&](const FieldPath& optional_path, absl::string_view text,
                       const std::string& advice) {
    Optional optional;
    optional.path = optional_path;
    optional.text = std::string(text);
    optional.advice = advice;
    optional.test = absl::StrCat("has(", text, ")");
    found->push_back(std::move(optional));
  };
  for (const auto& [optional, advice] : optional_) {
    if (!IsBelow(optional, path) || !is_new(optional)) continue;
    Expr part = expr;
    for (size_t i = optional.size(); i < path.size(); ++i) part = part.child(0);
    add(optional, part.text(), advice);
  }
  const bool is_time = expr.type().kind() == TypeKind::kTimestamp;
  const bool is_known = std::any_of(present_.begin(), present_.end(),
                                    [&](const FieldFact& fact) { return fact.path == path; });
  if (is_time && !is_known && is_new(path)) add(path, expr.text(), "");
}

void AbsenceCheck::CheckPart(const Expr& part, bool is_positive) {
  if (part.constant() != nullptr || IsTest(part) || IsNullTest(part)) return;
  CheckIndices(part);
  // The fields that a variable reads are not looked at.
  if (facts_.typical == nullptr || ReadsVariables(part)) return;
  // Whoever asks for the value that a field has when it is not set means that.
  if (is_positive && (part.op() == Operator::kEqual || part.op() == Operator::kIn)) return;
  std::vector<Optional> optionals;
  CollectOptionals(part, &optionals);
  if (optionals.empty() || CallsOneOf(impure_functions_, part)) return;
  const cel::CompileResult compiled = environment_.Compile(part.text());
  if (compiled.program == nullptr) return;
  Effect plain = EffectOn(*facts_.typical, *compiled.program, is_positive);
  if (plain == Effect::kNone && is_positive && IsUnequalToOther(part, optionals)) {
    plain = Effect::kHolds;
  }
  Effect with_elements = Effect::kNone;
  if (const auto input = WithElements(part)) {
    with_elements = EffectOn(*input, *compiled.program, is_positive);
  }
  for (const Optional& optional : optionals) {
    const Effect effect = optional.is_of_element || plain == Effect::kNone ? with_elements : plain;
    if (effect == Effect::kNone || IsGuarded(optional)) continue;
    // One test is enough for a condition.
    if (!optional.advice.empty() && !advised_.insert(optional.test).second) return;
    ExpressionFinding finding;
    finding.expr = part;
    finding.severity = v1::Issue::SEVERITY_WARNING;
    finding.reason = std::string(kReasonRuleAbsentRead.word);
    finding.text = TextOf(part, optional, effect);
    findings_->push_back(std::move(finding));
    return;
  }
}

// Whether `part` asks whether a field below an absent message differs from one that is there, which has a value in general.
bool AbsenceCheck::IsUnequalToOther(const Expr& part,
                                    const std::vector<Optional>& optionals) const {
  if (part.op() != Operator::kNotEqual) return false;
  const auto is_absent = [&](const FieldPath& path) {
    return std::any_of(optionals.begin(), optionals.end(), [&](const Optional& each) {
      return each.function == nullptr && !each.is_of_element && IsBelow(each.path, path);
    });
  };
  const FieldPath left = PathOf(part.child(0)), right = PathOf(part.child(1));
  return !left.empty() && !right.empty() && is_absent(left) != is_absent(right);
}

std::string AbsenceCheck::TextOf(const Expr& part, const Optional& optional, Effect effect) const {
  const absl::string_view consequence =
      effect == Effect::kFails ? "the rule then fails, which refuses" : "this part is then true";
  const std::string test = absl::StrCat("`", optional.test, " &&`");
  if (!optional.advice.empty()) {
    return absl::StrCat(optional.advice, ", and ", consequence, "; add ", test, ", or `!",
                        optional.test, " ||` where it is meant to be true");
  }
  if (optional.function != nullptr) {
    return absl::StrCat("'", optional.text, "' reads a default where nothing is set, and ",
                        consequence, "; add ", test);
  }
  const std::string since = SinceText(part);
  return absl::StrCat("'", optional.text, "' may not be set, and ", consequence, "; ",
                      since.empty() ? "" : absl::StrCat("write `", since, "`, or "), "add ", test,
                      optional.is_of_element ? " inside of the macro" : "");
}

bool AbsenceCheck::IsGuarded(const Optional& absent) {
  for (const Context& context : contexts_) {
    // A variable may be the test.
    if (steps_ <= 0 || ReadsVariables(context.part)) return true;
    const Outcomes outcomes = OutcomesWithout(absent, context.part);
    if ((outcomes & (context.wanted ? kTrue : kFalse)) == 0) return true;
  }
  return false;
}

Outcomes AbsenceCheck::OutcomesWithout(const Optional& absent, const Expr& part) {
  FormulaTable table;
  const int32_t node = table.Add(part);
  steps_ -= table.node_count();
  std::string value_key, test_key;
  if (absent.function != nullptr) {
    value_key = ToDebugString(absent.call);
    test_key = value_key;
    // The calls differ in the name of the function only.
    const size_t name = test_key.find(absl::StrCat(".", absent.function->name, "("));
    if (name != std::string::npos) {
      test_key.replace(name + 1, absent.function->name.size(), absent.function->test);
    }
  }
  Assignment assignment;
  std::vector<Point> points(static_cast<size_t>(table.term_count()));
  for (int32_t i = 0; i < table.term_count(); ++i) {
    const Term& term = table.term(i);
    if (absent.function != nullptr) {
      if (term.key != value_key && term.key != test_key) continue;
      if (term.key == value_key) points[i] = DefaultOf(term.type);
    } else if (!term.path.empty() && IsBelow(absent.path, term.path)) {
      points[i] = term.role == TermRole::kValue ? term.unset : Point();
    } else if (!term.over_list.empty() && IsBelow(absent.path, term.over_list)) {
      points[i] = Point::Whole(term.holds_for_empty_list ? 1 : 0);
    } else {
      continue;
    }
    assignment.Set(i, &points[i]);
  }
  return table.Evaluate(node, assignment, &steps_);
}

AbsenceCheck::Effect AbsenceCheck::EffectOn(const google::protobuf::Message& input,
                                            const cel::Program& part, bool is_positive) {
  const cel::BoolOutcome outcome = part.EvaluateBool(input, scratch_);
  if (outcome == cel::BoolOutcome::kError) return Effect::kFails;
  return (outcome == cel::BoolOutcome::kTrue) == is_positive ? Effect::kHolds : Effect::kNone;
}

std::unique_ptr<google::protobuf::Message> AbsenceCheck::WithElements(const Expr& part) {
  std::vector<FieldPath> lists;
  const auto collect = [&lists](const Expr& expr, const auto& self) -> void {
    if (expr.kind() == ExprKind::kComprehension) {
      FieldPath list = PathOf(expr.child(0));
      if (!list.empty() && list.back()->is_repeated() && !list.back()->is_map() &&
          list.back()->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        lists.push_back(std::move(list));
      }
    }
    for (size_t i = 0; i < expr.child_count(); ++i) self(expr.child(i), self);
  };
  collect(part, collect);
  if (lists.empty()) return nullptr;
  std::unique_ptr<google::protobuf::Message> input(facts_.typical->New());
  input->CopyFrom(*facts_.typical);
  for (const FieldPath& list : lists) {
    google::protobuf::Message* holder = input.get();
    for (size_t i = 0; i + 1 < list.size(); ++i) {
      holder = holder->GetReflection()->MutableMessage(holder, list[i]);
    }
    holder->GetReflection()->AddMessage(holder, list.back());
  }
  return input;
}

bool AbsenceCheck::IsReadByContext(const FieldPath& list) const {
  const auto reads = [&list](const Expr& expr, const auto& self) -> bool {
    if (PathOf(expr) == list) return true;
    for (size_t i = 0; i < expr.child_count(); ++i) {
      if (self(expr.child(i), self)) return true;
    }
    return false;
  };
  return std::any_of(contexts_.begin(), contexts_.end(), [&](const Context& context) {
    return ReadsVariables(context.part) || reads(context.part, reads);
  });
}

void AbsenceCheck::CheckIndices(const Expr& part) {
  // In a macro the condition of a filter before it may be the guard.
  if (part.kind() == ExprKind::kComprehension || part.kind() == ExprKind::kBind) return;
  for (size_t i = 0; i < part.child_count(); ++i) CheckIndices(part.child(i));
  if (part.op() != Operator::kIndex || part.child(1).constant() == nullptr) return;
  const Expr list = part.child(0);
  const FieldPath path = ListPathOf(list);
  const cel::Value* index = part.child(1).constant();
  // One below zero fails whatever the list has, which the language reports.
  if (path.empty() || list.type().kind() != TypeKind::kList || index->int_value() < 0) return;
  Optional elements;
  elements.path = path;
  const bool is_made = list.kind() == ExprKind::kComprehension;
  // A test of the elements that a filter leaves is not understood: whatever reads the list may be one.
  if (is_made ? IsReadByContext(path) : IsGuarded(elements)) return;
  ExpressionFinding finding;
  finding.expr = part;
  finding.severity = v1::Issue::SEVERITY_WARNING;
  finding.reason = std::string(kReasonRuleIndexUnchecked.word);
  finding.text = absl::StrCat("'", list.text(), "' may have no element ", cel::ToText(*index),
                              ", and the rule then fails; add `size(", list.text(), ") > ",
                              cel::ToText(*index), " &&`, or write `", list.text(), ".exists(…)`");
  findings_->push_back(std::move(finding));
}

}  // namespace rules
}  // namespace frontdesk
