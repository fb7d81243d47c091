#include "rules/variable_table.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"
#include "internal/near_name.h"
#include "rules/enum_checks.h"
#include "rules/formula.h"
#include "rules/name_checks.h"
#include "rules/rule_environment.h"

namespace frontdesk {
namespace rules {
namespace {

using google::protobuf::Descriptor;

ExpressionIssue MakeExpressionIssue(absl::string_view text, const cel::Expr& expr,
                                    const Reason& reason, absl::string_view message) {
  return {cel::MakeIssue(cel::Severity::kError, "", text, expr.range(), message),
          std::string(reason.word)};
}

std::string TestText(const std::string& name) {
  return absl::StrCat("has() tests a field, and variables.", name,
                      " is a variable, which always has a value; test the field that it reads");
}

bool IsMentioned(const std::string& text) { return absl::StrContains(text, kVariables); }

CompileOptions OptionsOf(const CompileOptions& options) {
  CompileOptions own = options;
  own.field_path.clear();
  own.variables = nullptr;
  return own;
}

}  // namespace

VariableCompiler::VariableCompiler(
    const google::protobuf::RepeatedPtrField<v1::Variable>& variables,
    std::vector<const Descriptor*> inputs, const CompileOptions& options)
    : variables_(variables),
      inputs_(std::move(inputs)),
      options_(OptionsOf(options)),
      issues_(options.limits.max_issues),
      report_(options_, &issues_) {
  if (options_.environments == nullptr) options_.environments = &own_environments_;
  for (const auto& [name, overload] : options_.functions) {
    if (!overload.pure) impure_functions_.insert(name);
  }
  if (variables_.size() > options_.limits.max_variables) {
    report_.Error("variables", kReasonRuleLimitVariables,
                  absl::StrCat("there are ", variables_.size(), " variables, and at most ",
                               options_.limits.max_variables, " (max_variables) are accepted"));
  }
  CheckNames();
  FindReads();
  std::vector<int> chain;
  for (size_t i = 0; i < sources_.size(); ++i) Measure(static_cast<int>(i), &chain);
}

void VariableCompiler::CheckNames() {
  sources_.resize(static_cast<size_t>(std::min(variables_.size(), options_.limits.max_variables)));
  for (size_t i = 0; i < sources_.size(); ++i) {
    const v1::Variable& variable = variables_[static_cast<int>(i)];
    sources_[i].variable = &variable;
    sources_[i].path = absl::StrCat("variables[", i, "].expression");
    const bool is_new = by_name_.try_emplace(variable.name(), static_cast<int>(i)).second;
    sources_[i].is_broken = variable.expression().empty() || !is_new;
    sources_[i].is_read = !is_new;  // Its name is the issue.
  }
  static constexpr NamedReasons kReasons = {
      "variable", &kReasonRuleVariableNameMissing, &kReasonRuleVariableNameMalformed,
      &kReasonRuleVariableNameDuplicate, &kReasonRuleVariableExpressionMissing};
  const NameChecker checker(options_.limits, report_);
  checker.CheckNamed(variables_, static_cast<int>(sources_.size()), "variables", kReasons);
  for (size_t i = 0; i < sources_.size(); ++i) {
    checker.CheckText(absl::StrCat("variables[", i, "].documentation"),
                      sources_[i].variable->documentation());
  }
}

void VariableCompiler::FindReads() {
  const bool has_reads = absl::c_any_of(
      sources_, [](const Source& each) { return IsMentioned(each.variable->expression()); });
  if (!has_reads || inputs_.empty()) return;
  const auto environment = MakeRuleEnvironment(options_, options_.environments, *inputs_[0]);
  if (!environment.ok()) return;  // Each set reports it.
  for (Source& source : sources_) {
    const std::string& text = source.variable->expression();
    if (!IsMentioned(text)) continue;
    const cel::AstResult parsed = (*environment)->Parse(text);
    if (!parsed.ok()) continue;  // It fits no input.
    for (const VariableRead& read : FindVariableReads(parsed.ast->root())) {
      const auto found = by_name_.find(read.name);
      if (found != by_name_.end() && !read.is_test) {
        source.reads.push_back(read.name);
        sources_[static_cast<size_t>(found->second)].is_read = true;
        continue;
      }
      source.is_broken = true;
      Report(source.path, read.is_test
                              ? MakeExpressionIssue(text, read.expr, kReasonRuleVariableTest,
                                                    TestText(read.name))
                              : MakeExpressionIssue(text, read.expr, kReasonRuleVariableUnknown,
                                                    UnknownText(read.name)));
    }
  }
}

// Finds the depth of a variable, and cycles. `chain` are the variables that lead to it; limits keep it short.
void VariableCompiler::Measure(int index, std::vector<int>* chain) {
  Source& source = sources_[static_cast<size_t>(index)];
  if (source.depth > 0) return;
  if (static_cast<int>(chain->size()) >= options_.limits.max_variable_depth) {
    ReportDepth(&sources_[static_cast<size_t>(chain->front())]);
    for (const int each : *chain) sources_[static_cast<size_t>(each)].is_broken = true;
    source.is_broken = true;
    return;
  }
  source.is_open = true;
  chain->push_back(index);
  int deepest = 0;
  for (const std::string& name : source.reads) {
    const int other = by_name_.at(name);
    if (sources_[static_cast<size_t>(other)].is_open) {
      ReportCycle(*chain, other);
      continue;
    }
    Measure(other, chain);
    deepest = std::max(deepest, sources_[static_cast<size_t>(other)].depth);
    source.is_broken = source.is_broken || sources_[static_cast<size_t>(other)].is_broken;
  }
  chain->pop_back();
  source.is_open = false;
  source.depth = deepest + 1;
  if (source.depth > options_.limits.max_variable_depth) ReportDepth(&source);
}

void VariableCompiler::ReportDepth(Source* source) {
  if (source->is_broken) return;
  source->is_broken = true;
  report_.Error(
      source->path, kReasonRuleLimitVariableDepth,
      absl::StrCat("the variable reads variables that read others, more than ",
                   options_.limits.max_variable_depth, " (max_variable_depth) one in the other"));
}

void VariableCompiler::ReportCycle(const std::vector<int>& chain, int index) {
  std::vector<std::string> names;
  for (auto each = absl::c_find(chain, index); each != chain.end(); ++each) {
    Source& source = sources_[static_cast<size_t>(*each)];
    source.is_broken = true;
    names.push_back(absl::StrCat("'", internal::EscapeValue(source.variable->name()), "'"));
  }
  const std::string first = names[0];
  report_.Error(sources_[static_cast<size_t>(index)].path, kReasonRuleVariableCycle,
                names.size() == 1 ? absl::StrCat("variable ", first, " reads itself")
                                  : absl::StrCat("variable ", first,
                                                 " reads itself: ", absl::StrJoin(names, " reads "),
                                                 " reads ", first));
}

std::string VariableCompiler::UnknownText(const std::string& name) const {
  internal::NearName near(name);
  for (const Source& source : sources_) near.Consider(source.variable->name());
  return absl::StrCat("there is no variable '", name, "'", near.Hint());
}

void VariableCompiler::Report(const std::string& path, const ExpressionIssue& issue) {
  const std::string reason =
      issue.reason.empty() ? absl::StrCat("CEL_", issue.issue.code) : issue.reason;
  if (!reported_.emplace(path, reason, issue.issue.range.begin).second) return;
  report_.InExpression(path, issue.issue, reason);
}

bool VariableCompiler::Declare(const std::string& text, const Descriptor& input,
                               const cel::Environment& environment,
                               std::vector<cel::SourceVariable>* declared, std::set<int32_t>* used,
                               std::vector<ExpressionIssue>* issues) {
  if (!IsMentioned(text)) return true;
  const cel::AstResult parsed = environment.Parse(text);
  if (!parsed.ok()) return true;  // Compiling it says why.
  bool can_read = true;
  std::set<std::string> seen;
  for (const VariableRead& read : FindVariableReads(parsed.ast->root())) {
    const auto found = by_name_.find(read.name);
    if (found != by_name_.end()) sources_[static_cast<size_t>(found->second)].is_read = true;
    // A host's input may have a field of that name.
    if (found == by_name_.end() && input.FindFieldByName(std::string(kVariables)) != nullptr) {
      continue;
    }
    if (found == by_name_.end() || read.is_test) {
      can_read = false;
      issues->push_back(
          read.is_test && found != by_name_.end()
              ? MakeExpressionIssue(text, read.expr, kReasonRuleVariableTest, TestText(read.name))
              : MakeExpressionIssue(text, read.expr, kReasonRuleVariableUnknown,
                                    UnknownText(read.name)));
      continue;
    }
    if (!seen.insert(read.name).second) continue;
    const Source& source = sources_[static_cast<size_t>(found->second)];
    if (source.is_broken) {
      can_read = false;
      continue;
    }
    const Entry& entry = Compile(found->second, input, environment);
    if (entry.number < 0) {
      can_read = false;
      if (!FitsAny(found->second)) continue;  // Finish() reports the variable.
      issues->push_back(MakeExpressionIssue(
          text, read.expr, kReasonRuleVariableInput,
          absl::StrCat("variable '", read.name, "'", report_.LineOf(source.path),
                       " does not fit these rules, which read ", input.name(), ": ",
                       entry.issues[0].issue.message)));
      continue;
    }
    const CompiledVariable& variable =
        *by_input_[&input].compiled[static_cast<size_t>(entry.number)];
    declared->push_back({variable.name, variable.program->result_type(), entry.number});
    used->insert(entry.number);
    used->insert(variable.reads.begin(), variable.reads.end());
  }
  return can_read;
}

const VariableCompiler::Entry& VariableCompiler::Compile(int index, const Descriptor& input,
                                                         const cel::Environment& environment) {
  Entry& entry = by_input_[&input].entries[index];
  if (entry.is_compiled) return entry;
  entry.is_compiled = true;
  const Source& source = sources_[static_cast<size_t>(index)];
  const std::string& text = source.variable->expression();
  cel::CompileOptions options;
  std::set<int32_t> used;
  if (!Declare(text, input, environment, &options.variables, &used, &entry.issues)) {
    // One that it reads fits no input at all.
    if (entry.issues.empty()) {
      entry.issues.push_back({cel::MakeIssue(cel::Severity::kError, "", text, {0, 0},
                                             "a variable that it reads has an error"),
                              std::string(kReasonRuleVariableInput.word)});
    }
    return entry;
  }
  cel::CompileResult compiled = environment.Compile(text, options);
  for (const cel::Issue& issue : compiled.issues) {
    if (compiled.program == nullptr) {
      entry.issues.push_back({issue, ""});
    } else {
      Report(source.path, {issue, ""});
    }
  }
  if (compiled.program != nullptr) Keep(index, input, std::move(compiled.program), used, &entry);
  return entry;
}

void VariableCompiler::Keep(int index, const Descriptor& input,
                            std::shared_ptr<const cel::Program> program,
                            const std::set<int32_t>& used, Entry* entry) {
  ByInput& by_input = by_input_[&input];
  const Source& source = sources_[static_cast<size_t>(index)];
  auto variable = std::make_shared<CompiledVariable>();
  variable->name = absl::StrCat(kVariables, ".", source.variable->name());
  variable->path = source.path;
  variable->reads_variables = !used.empty();
  variable->reads.assign(used.begin(), used.end());
  const cel::Expr root = program->expr();
  variable->is_pure = !CallsOneOf(impure_functions_, root);
  VariableExposures exposures;
  for (const int32_t number : used) {
    const CompiledVariable& other = *by_input.compiled[static_cast<size_t>(number)];
    variable->is_pure = variable->is_pure && other.is_pure;
    exposures.emplace(other.name, other.exposure);
  }
  const DataClassSource data_class =
      options_.data_class == nullptr ? DataClassSource(DataClassOf) : options_.data_class;
  variable->exposure = ExposureTable(root, data_class, exposures).root();
  variable->field = FieldOfPath(root);
  std::vector<ExpressionFinding> findings;
  CheckEnums(root, ContainerOf(options_, &input), *input.file()->pool(), &findings);
  CheckNulls(root, &findings);
  variable->program = std::move(program);
  entry->number = static_cast<int32_t>(by_input.compiled.size());
  by_input.compiled.push_back(variable);
  ReportFindings(*variable, findings);
}

void VariableCompiler::ReportFindings(const CompiledVariable& variable,
                                      const std::vector<ExpressionFinding>& findings) {
  for (const ExpressionFinding& finding : findings) {
    Report(variable.path, {IssueOf(finding, variable.program->source()), finding.reason});
  }
}

bool VariableCompiler::Check(const CompiledVariable& variable, const ExpressionCheck& check) {
  const std::vector<ExpressionFinding> findings = check(variable.program->expr());
  ReportFindings(variable, findings);
  return !HasErrors(findings);
}

bool VariableCompiler::FitsAny(int index) {
  return absl::c_any_of(inputs_, [&](const Descriptor* input) {
    const auto environment = MakeRuleEnvironment(options_, options_.environments, *input);
    return environment.ok() && Compile(index, *input, **environment).number >= 0;
  });
}

// The issues for the input that it fits best: the fewest, and the farthest from its beginning.
void VariableCompiler::ReportMisfit(int index) {
  const Entry* best = nullptr;
  for (const Descriptor* input : inputs_) {
    const auto found = by_input_[input].entries.find(index);
    if (found == by_input_[input].entries.end()) continue;
    const Entry& entry = found->second;
    const auto rank = [](const Entry& each) {
      return std::make_pair(each.issues.size(), -each.issues[0].issue.range.begin);
    };
    if (best == nullptr || rank(entry) < rank(*best)) best = &entry;
  }
  if (best == nullptr) return;
  for (const ExpressionIssue& issue : best->issues) {
    Report(sources_[static_cast<size_t>(index)].path, issue);
  }
}

std::vector<v1::Issue> VariableCompiler::Finish() {
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    if (!source.is_broken && !inputs_.empty() && !FitsAny(static_cast<int>(i))) {
      ReportMisfit(static_cast<int>(i));
    } else if (!source.is_read && !source.variable->name().empty()) {
      report_.Warning(
          absl::StrCat("variables[", i, "]"), kReasonRuleVariableUnread,
          absl::StrCat("nothing reads variable '", internal::EscapeValue(source.variable->name()),
                       "'; write variables.", internal::EscapeValue(source.variable->name()),
                       " in a rule, or remove it"));
    }
  }
  return issues_.Take();
}

VariableTable::VariableTable(const google::protobuf::RepeatedPtrField<v1::Variable>& variables,
                             std::vector<const Descriptor*> inputs, const CompileOptions& options)
    : rep_(std::make_unique<VariableCompiler>(variables, std::move(inputs), options)) {}
VariableTable::~VariableTable() = default;

std::vector<v1::Issue> VariableTable::Finish() { return rep_->Finish(); }

}  // namespace rules
}  // namespace frontdesk
