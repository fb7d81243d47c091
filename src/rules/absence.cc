#include "rules/absence.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
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

bool IsTest(const Expr& expr) {
  return expr.kind() == ExprKind::kHas ||
         (expr.kind() == ExprKind::kCall && expr.name() == "hasAttribute");
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

void AbsenceCheck::CollectOptionals(const Expr& expr, std::vector<Optional>* found) const {
  if (IsTest(expr) || HandlesAbsence(expr)) return;
  const FieldPath path = PathOf(expr);
  if (path.empty()) {
    for (size_t i = 0; i < expr.child_count(); ++i) CollectOptionals(expr.child(i), found);
    return;
  }
  // A list of an entity that is not there has no elements, as its author would expect.
  if (path.back()->is_repeated()) return;
  const auto is_new = [&](const FieldPath& other) {
    return std::none_of(found->begin(), found->end(),
                        [&](const Optional& each) { return each.path == other; });
  };
  for (const auto& [optional, advice] : optional_) {
    if (!IsBelow(optional, path) || !is_new(optional)) continue;
    Expr part = expr;
    for (size_t i = optional.size(); i < path.size(); ++i) part = part.child(0);
    found->push_back({optional, std::string(part.text()), advice});
  }
  const bool is_time = expr.type().kind() == TypeKind::kTimestamp;
  const bool is_known = std::any_of(present_.begin(), present_.end(),
                                    [&](const FieldFact& fact) { return fact.path == path; });
  if (is_time && !is_known && is_new(path)) found->push_back({path, std::string(expr.text()), ""});
}

void AbsenceCheck::CheckPart(const Expr& part, bool is_positive) {
  if (part.constant() != nullptr || IsTest(part)) return;
  CheckIndices(part);
  // The fields that a variable reads are not looked at.
  if (facts_.typical == nullptr || ReadsVariables(part)) return;
  // Whoever asks for the value that a field has when it is not set means that.
  if (is_positive && (part.op() == Operator::kEqual || part.op() == Operator::kIn)) return;
  std::vector<Optional> optionals;
  CollectOptionals(part, &optionals);
  for (const Optional& optional : optionals) {
    const size_t before = findings_->size();
    CheckOptional(part, is_positive, optional);
    if (findings_->size() > before) return;
  }
}

void AbsenceCheck::CheckOptional(const Expr& part, bool is_positive, const Optional& optional) {
  if (IsGuarded(optional.path) || !HoldsByAbsence(part, is_positive)) return;
  ExpressionFinding finding;
  finding.expr = part;
  finding.severity = v1::Issue::SEVERITY_WARNING;
  finding.reason = std::string(kReasonRuleAbsentRead.word);
  if (optional.advice.empty()) {
    const std::string since = SinceText(part);
    finding.text =
        absl::StrCat("'", optional.text, "' may not be set, and this part is then true; ",
                     since.empty() ? "" : absl::StrCat("write `", since, "`, or "), "add `has(",
                     optional.text, ") &&`");
  } else {
    finding.text =
        absl::StrCat(optional.advice, ", and this part is then true; add `has(", optional.text,
                     ") &&`, or `!has(", optional.text, ") ||` where it is meant to be true");
  }
  findings_->push_back(std::move(finding));
}

bool AbsenceCheck::IsGuarded(const FieldPath& absent) {
  for (const Context& context : contexts_) {
    // A variable may be the test.
    if (steps_ <= 0 || ReadsVariables(context.part)) return true;
    FormulaTable table;
    const int32_t node = table.Add(context.part);
    steps_ -= table.node_count();
    Assignment assignment;
    std::vector<Point> points(static_cast<size_t>(table.term_count()));
    for (int32_t i = 0; i < table.term_count(); ++i) {
      const Term& term = table.term(i);
      if (!term.path.empty() && IsBelow(absent, term.path)) {
        points[i] = term.role == TermRole::kValue ? term.unset : Point();
      } else if (!term.over_list.empty() && IsBelow(absent, term.over_list)) {
        points[i] = Point::Whole(term.holds_for_empty_list ? 1 : 0);
      } else {
        continue;
      }
      assignment.Set(i, &points[i]);
    }
    const Outcomes outcomes = table.Evaluate(node, assignment, &steps_);
    if ((outcomes & (context.wanted ? kTrue : kFalse)) == 0) return true;
  }
  return false;
}

bool AbsenceCheck::HoldsByAbsence(const Expr& part, bool is_positive) {
  if (CallsOneOf(impure_functions_, part)) return false;
  const cel::CompileResult compiled = environment_.Compile(part.text());
  if (compiled.program == nullptr) return false;
  const cel::BoolOutcome outcome = compiled.program->EvaluateBool(*facts_.typical, scratch_);
  return outcome == cel::BoolOutcome::kError || (outcome == cel::BoolOutcome::kTrue) == is_positive;
}

void AbsenceCheck::CheckIndices(const Expr& part) {
  // In a macro the condition of a filter before it may be the guard.
  if (part.kind() == ExprKind::kComprehension || part.kind() == ExprKind::kBind) return;
  for (size_t i = 0; i < part.child_count(); ++i) CheckIndices(part.child(i));
  if (part.op() != Operator::kIndex || part.child(1).constant() == nullptr) return;
  const Expr list = part.child(0);
  const FieldPath path = PathOf(list);
  const cel::Value* index = part.child(1).constant();
  // One below zero fails whatever the list has, which the language reports.
  if (path.empty() || list.type().kind() != TypeKind::kList || index->int_value() < 0 ||
      IsGuarded(path)) {
    return;
  }
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
