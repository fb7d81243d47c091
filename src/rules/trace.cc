#include "rules/trace.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/v1/money.pb.h"
#include "internal/escape_text.h"
#include "internal/message_utf8.h"
#include "rules/compact_set.h"
#include "rules/counterfactual.h"
#include "rules/presence.h"

namespace frontdesk {
namespace rules {
namespace {

// has() of a path below the input, somewhere inside `conjunct` (when it is all of it, its result says the same). In a macro
// the path would name no element.
bool IsPresenceTest(const cel::Step& step, const cel::Expr& conjunct) {
  if (step.expr.kind() != cel::ExprKind::kHas || !step.value.is_bool()) return false;
  const bool negated =
      conjunct.kind() == cel::ExprKind::kCall && conjunct.op() == cel::Operator::kNot;
  if (step.expr == conjunct || (negated && step.expr == conjunct.child(0))) return false;
  if (step.expr.child_count() == 0) return true;
  cel::Expr part = step.expr.child(0);
  while (part.kind() == cel::ExprKind::kSelect) part = part.child(0);
  return part.kind() == cel::ExprKind::kIdentifier &&
         (part.reference() == cel::ReferenceKind::kRootField ||
          part.reference() == cel::ReferenceKind::kVariable);
}

bool IsSum(const cel::Expr& expr) {
  return expr.op() == cel::Operator::kAdd || expr.op() == cel::Operator::kSubtract;
}

// The parts of an expression that functions read by a name, and the largest sums of them.
class NamedReads {
 public:
  NamedReads(const std::set<std::string>& functions, const cel::Expr& root)
      : functions_(functions) {
    if (!functions_.empty()) Visit(root, /*is_in_sum=*/false);
  }

  // Whether the value of a part is shown; of a field that one of them reads, whether it is not.
  bool IsShown(const cel::Expr& expr) const { return shown_.count(expr.id()) > 0; }
  bool IsHidden(const cel::Expr& expr) const { return hidden_.count(expr.id()) > 0; }

 private:
  // Returns whether one of them is in it. Its depth is limited, so is that of the recursion.
  bool Visit(const cel::Expr& expr, bool is_in_sum) {
    if (expr.kind() == cel::ExprKind::kCall && expr.is_member() && expr.child_count() > 1 &&
        expr.child(0).reference() == cel::ReferenceKind::kRootField &&
        functions_.count(std::string(expr.name())) > 0) {
      shown_.insert(expr.id());
      hidden_.insert(expr.child(0).id());
      return true;
    }
    bool has_one = false;
    for (size_t i = 0; i < expr.child_count(); ++i) {
      has_one = Visit(expr.child(i), IsSum(expr)) || has_one;
    }
    if (has_one && IsSum(expr) && !is_in_sum) shown_.insert(expr.id());
    return has_one && IsSum(expr);
  }

  const std::set<std::string>& functions_;
  std::set<int32_t> shown_, hidden_;
};

// The place of a read in its trace: a sum comes after its parts.
int32_t PlaceOf(const cel::Read& read) {
  return IsSum(read.expr) ? read.expr.range().end : read.expr.range().begin;
}

std::string PresencePath(const cel::Expr& expr) { return absl::StrCat("has(", expr.path(), ")"); }

// Whether `read` is a list, map or message of which parts were read too: then the parts say more.
bool IsWholeOfParts(const cel::Read& read, const std::vector<cel::Read>& reads) {
  if (!read.value.is_list() && !read.value.is_map() && !read.value.is_message()) return false;
  return absl::c_any_of(reads, [&read](const cel::Read& part) {
    return part.path.size() > read.path.size() && absl::StartsWith(part.path, read.path) &&
           (part.path[read.path.size()] == '[' || part.path[read.path.size()] == '.');
  });
}

}  // namespace

void TraceWriter::WriteHead(const CompiledRule& rule, v1::RuleTrace* trace) const {
  trace->set_rule_id(rule.rule->id());
  trace->set_outcome(rule.rule->outcome());
  trace->set_reason(rule.rule->reason());
  trace->set_text(rule.rule->text());
  trace->set_authority(rule.rule->authority());
}

v1::RuleTrace::Result TraceWriter::WriteConjuncts(const CompiledRule& rule, bool conjuncts,
                                                  v1::RuleTrace* trace) {
  std::string first_error;
  bool is_cut = false;
  int misses = 0;  // That erred before the one that stops the rule.
  const RuleConjuncts parts(set_, rule);
  for (size_t i = 0; i < (*parts).size(); ++i) {
    const CompiledConjunct& conjunct = (*parts)[i];
    const cel::BoolOutcome outcome =
        evaluator_.EvaluateBool(conjunct.program, conjunct.reads_variables);
    std::string error;
    if (outcome == cel::BoolOutcome::kError)
      error = ErrorText(conjunct.program.LastError(evaluator_.scratch()).issue());
    // Beyond the limit of one rule only the conjunct that stops the rule is recorded, beyond that of the trace none.
    const bool within = i < set_.limits.max_traced_conjuncts && bytes_left_ > 0;
    const bool stops =
        outcome == cel::BoolOutcome::kFalse || (!error.empty() && first_error.empty());
    if (conjuncts && !within && !is_cut) {
      is_cut = true;
      trace->add_conjuncts()->set_text("...");
    }
    if (conjuncts && bytes_left_ > 0 && (within || stops)) {
      v1::ConjunctTrace* written = trace->add_conjuncts();
      WriteResult(conjunct, outcome, written);
      written->set_error(error);
      WriteReads(conjunct, written);
      bytes_left_ -= std::min(bytes_left_, written->ByteSizeLong());
    }
    if (outcome == cel::BoolOutcome::kFalse) {
      if (conjuncts) trace->set_miss_count(misses + MissesFrom(*parts, i));
      return v1::RuleTrace::RESULT_NOT_MATCHED;
    }
    if (outcome == cel::BoolOutcome::kError) ++misses;
    if (first_error.empty()) first_error = std::move(error);
  }
  if (first_error.empty()) return v1::RuleTrace::RESULT_MATCHED;
  trace->set_error(first_error);
  return v1::RuleTrace::RESULT_ERROR;
}

int TraceWriter::MissesFrom(const std::vector<CompiledConjunct>& conjuncts, size_t first) const {
  int misses = 1;
  for (size_t i = first + 1; i < conjuncts.size(); ++i) {
    const CompiledConjunct& conjunct = conjuncts[i];
    const cel::BoolOutcome outcome =
        evaluator_.EvaluateBool(conjunct.program, conjunct.reads_variables);
    misses += outcome == cel::BoolOutcome::kTrue ? 0 : 1;
  }
  return misses;
}

void TraceWriter::WriteResult(const CompiledConjunct& conjunct, cel::BoolOutcome outcome,
                              v1::ConjunctTrace* trace) const {
  const cel::Program& program = conjunct.program;
  const RuleLimits& limits = set_.limits;
  trace->set_text(internal::CutText(program.text(), limits.max_conjunct_bytes));
  switch (outcome) {
    case cel::BoolOutcome::kTrue:
      trace->set_result(v1::ConjunctTrace::RESULT_TRUE);
      trace->set_counterfactual(NegationOf(program.expr(), limits.max_counterfactual_bytes));
      break;
    case cel::BoolOutcome::kFalse:
      trace->set_result(v1::ConjunctTrace::RESULT_FALSE);
      trace->set_counterfactual(AffirmationOf(program.expr(), limits.max_counterfactual_bytes));
      break;
    case cel::BoolOutcome::kError:
      trace->set_result(v1::ConjunctTrace::RESULT_ERROR);
      break;
  }
}

void TraceWriter::WriteReads(const CompiledConjunct& conjunct, v1::ConjunctTrace* trace) {
  const ExposureTable exposures(conjunct.program.expr(), set_.data_class, set_.variable_exposures);
  cel::ExplainOptions options;
  options.max_reads =
      set_.limits.max_reads + 2;  // One may be left out below, one says that there are more.
  options.max_steps = 4 * set_.limits.max_reads;
  cel::Explanation explanation =
      evaluator_.Explain(conjunct.program, conjunct.reads_variables, options);
  std::vector<cel::Read> reads = std::move(explanation.reads);
  const NamedReads named(set_.reading_functions, conjunct.program.expr());
  reads.erase(std::remove_if(reads.begin(), reads.end(),
                             [&named](const cel::Read& read) { return named.IsHidden(read.expr); }),
              reads.end());
  for (const cel::Step& step : explanation.steps) {
    if (named.IsShown(step.expr) && !step.value.is_error()) {
      reads.push_back({std::string(step.expr.text()), nullptr, step.value, step.expr});
    }
    if (IsPresenceTest(step, conjunct.program.expr()))
      reads.push_back({PresencePath(step.expr), nullptr, step.value, step.expr});
  }
  // In the order of the text; what one place read for several elements stays in their order.
  absl::c_stable_sort(
      reads, [](const cel::Read& a, const cel::Read& b) { return PlaceOf(a) < PlaceOf(b); });
  for (const cel::Read& read : reads) {
    if (IsWholeOfParts(read, reads)) continue;
    v1::ValueRead* written = trace->add_reads();
    if (static_cast<size_t>(trace->reads_size()) > set_.limits.max_reads) {
      written->set_path("...");
      break;
    }
    written->set_path(MaskingPrinter::PrintPath(read, exposures, set_.limits.max_value_bytes));
    written->set_value(ValueText(exposures, read));
    written->set_amount(AmountOf(exposures, read));
  }
}

const CompiledVariable* TraceWriter::VariableOf(const cel::Read& read) const {
  if (read.expr.kind() != cel::ExprKind::kIdentifier ||
      read.expr.reference() != cel::ReferenceKind::kVariable) {
    return nullptr;
  }
  const auto found = absl::c_find_if(
      set_.variables, [&](const auto& variable) { return variable->name == read.expr.name(); });
  return found == set_.variables.end() ? nullptr : found->get();
}

std::string TraceWriter::ValueText(const ExposureTable& exposures, const cel::Read& read) const {
  const bool presence = read.expr.kind() == cel::ExprKind::kHas;
  // The value of a function is one, also where it is zero.
  const bool is_value = presence || set_.reading_functions.count(std::string(read.expr.name())) > 0;
  const google::protobuf::FieldDescriptor* unset = is_value ? nullptr : FindUnset(input_, read);
  cel::Read shown = read;
  if (const CompiledVariable* variable = VariableOf(read); variable != nullptr) {
    // One that is a field shows the names of its enum, and whether it is set.
    shown.field = variable->field;
    const cel::Expr expr = variable->program->expr();
    if (shown.field != nullptr) {
      unset = FindUnset(input_, {expr.path(), shown.field, read.value, expr});
    }
  }
  if (unset == nullptr) return printer_.PrintRead(shown, exposures, set_.limits.max_value_bytes);
  const std::string meaning = set_.absence_text == nullptr ? "" : set_.absence_text(*unset);
  return internal::CutText(meaning.empty() ? "not set" : absl::StrCat("not set: ", meaning),
                           set_.limits.max_value_bytes);
}

std::string TraceWriter::AmountOf(const ExposureTable& exposures, const cel::Read& read) const {
  if (read.field == nullptr || read.expr.kind() == cel::ExprKind::kHas) return "";
  const google::protobuf::Descriptor* type = read.field->containing_type();
  if (type != v1::Money::descriptor() && type != v1::UnitPrice::descriptor()) return "";
  const google::protobuf::Message* amount = FindHolder(input_, read);
  return amount == nullptr ? "" : MaskingPrinter::PrintAmount(*amount, read, exposures);
}

// A text that is not set is an empty text for those who read details.
bool TraceWriter::IsUnsetField(const CompiledDetail& detail, const cel::Value& value) const {
  if (detail.field == nullptr || value.is_string() || value.is_bytes()) return false;
  const cel::Expr expr = detail.program->expr();
  return FindUnset(input_, {expr.path(), detail.field, value, expr}) != nullptr;
}

bool TraceWriter::EvaluateDetails(const CompiledRule& rule, std::vector<v1::DetailValue>* details,
                                  std::string* error) {
  details->clear();
  for (size_t i = 0; i < rule.details.size(); ++i) {
    const CompiledDetail& detail = rule.details[i];
    const std::string& name = rule.rule->details(static_cast<int>(i)).name();
    const cel::EvalResult result = evaluator_.Evaluate(*detail.program, detail.reads_variables);
    if (!result.ok()) {
      *error = absl::StrCat("detail '", name, "': ", ErrorText(result.issue()));
      details->clear();
      return false;
    }
    v1::DetailValue value;
    value.set_name(name);
    if (IsUnsetField(detail, result.value())) {
      value.set_value("not set");
      details->push_back(std::move(value));
      continue;
    }
    const bool plain_text =
        result.value().is_string() && detail.exposure.exposure == Exposure::kShown;
    value.set_value(
        plain_text ? internal::CutText(internal::ReplaceInvalidUtf8(result.value().string_value()),
                                       set_.limits.max_detail_bytes)
                   : printer_.Print(result.value(), detail.exposure, detail.field,
                                    set_.limits.max_detail_bytes));
    details->push_back(std::move(value));
  }
  return true;
}

bool TraceWriter::HasNoValue(const CompiledOutput& output, const cel::Value& value,
                             const v1::OutputValue& written) const {
  if (written.has_money_value() && written.money_value().currency_code().empty() &&
      written.money_value().units() == 0) {
    return true;
  }
  if (output.field == nullptr) return false;
  const cel::Expr expr = output.program->expr();
  return FindUnset(input_, {expr.path(), output.field, value, expr}) != nullptr;
}

bool TraceWriter::EvaluateOutputs(const std::vector<CompiledOutput>& outputs,
                                  const std::string& rule_id, std::vector<v1::OutputValue>* values,
                                  std::string* error) {
  for (const CompiledOutput& output : outputs) {
    const cel::EvalResult result = evaluator_.Evaluate(*output.program, output.reads_variables);
    v1::OutputValue value;
    std::string fault;
    if (!result.ok()) {
      fault = ErrorText(result.issue());
    } else if (WriteOutput(output.type, result.value(), set_.limits.max_output_bytes, &value,
                           &fault)) {
      if (HasNoValue(output, result.value(), value)) continue;
      value.set_name(output.name);
      value.set_rule_id(rule_id);
      values->push_back(std::move(value));
      continue;
    }
    *error = absl::StrCat("output '", output.name, "': ", fault);
    values->clear();
    return false;
  }
  return true;
}

}  // namespace rules
}  // namespace frontdesk
