#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/rules/rule_set.h"
#include "internal/canonical.h"
#include "internal/escape_text.h"
#include "internal/sha256.h"
#include "internal/time.h"
#include "rules/absence.h"
#include "rules/compact_set.h"
#include "rules/compiled_rule.h"
#include "rules/counterfactual.h"
#include "rules/enum_checks.h"
#include "rules/hit_policy_checks.h"
#include "rules/issue_list.h"
#include "rules/rule_checks.h"
#include "rules/rule_environment.h"
#include "rules/rule_index.h"
#include "rules/sense_checks.h"
#include "rules/variable_table.h"

namespace frontdesk {
namespace rules {
namespace {

// The rule set with its rules by order number, its decision points sorted, what has a meaning when unset set.
v1::RuleSet Normalized(const v1::RuleSet& source) {
  v1::RuleSet normal = source;
  normal.DiscardUnknownFields();
  if (normal.hit_policy() == v1::HIT_POLICY_UNSPECIFIED)
    normal.set_hit_policy(v1::HIT_POLICY_FIRST);
  absl::c_stable_sort(*normal.mutable_rules(),
                      [](const v1::Rule& a, const v1::Rule& b) { return a.order() < b.order(); });
  absl::c_sort(*normal.mutable_decision_points());
  const auto by_name = [](const v1::RuleOutput& a, const v1::RuleOutput& b) {
    return a.name() < b.name();
  };
  absl::c_stable_sort(*normal.mutable_default_outputs(), by_name);
  absl::c_sort(*normal.mutable_groups(),
               [](const v1::RuleGroup& a, const v1::RuleGroup& b) { return a.id() < b.id(); });
  for (v1::Rule& rule : *normal.mutable_rules()) {
    absl::c_stable_sort(*rule.mutable_outputs(), by_name);
  }
  return normal;
}

// The generated class of messages of that type; null where there is none.
const std::type_info* GeneratedTypeOf(const google::protobuf::Descriptor* type) {
  if (type == nullptr ||
      type->file()->pool() != google::protobuf::DescriptorPool::generated_pool()) {
    return nullptr;
  }
  const google::protobuf::Message* const prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  return prototype == nullptr ? nullptr : &typeid(*prototype);
}

}  // namespace

std::string ErrorText(const cel::Issue& issue) {
  return absl::StrCat(issue.line, ":", issue.column, ": ", internal::EscapeText(issue.message),
                      " [CEL_", issue.code, "]");
}

// Compiles one rule set.
class RuleSetCompiler {
 public:
  RuleSetCompiler(const v1::RuleSet& source, const google::protobuf::Descriptor* input,
                  const CompileOptions& options)
      : source_(source),
        options_(options),
        issues_(options.limits.max_issues),
        report_(options, &issues_),
        rep_(std::make_unique<CompiledRuleSet>()) {
    rep_->input = input;
    rep_->limits = options.limits;
    rep_->data_class = options.data_class == nullptr ? DataClassOf : options.data_class;
    rep_->absence_text = options.absence_text;
    rep_->reading_functions = options.reading_functions;
    rep_->ordered_messages = options.ordered_messages;
    for (const auto& [name, overload] : options.functions) {
      if (!overload.pure) impure_functions_.insert(name);
    }
    rep_->container = ContainerOf(options, input);
  }

  CompileResult Run() {
    if (!Acceptable()) return {nullptr, issues_.Take(), {}};
    CheckRuleSet(source_, options_.limits, report_);
    const bool has_orders = CheckHitPolicy(source_, options_.limits, report_);
    OrderPrograms orders;
    const bool has_expressions = !source_.rules().empty() || !source_.default_outputs().empty();
    if (has_expressions && MakeEnvironment()) {
      absence_.emplace(options_.facts == nullptr ? no_facts_ : *options_.facts, *environment_,
                       *rep_->input, impure_functions_);
      for (int i = 0; i < source_.rules_size(); ++i) CompileRule(i);
      CompileOutputs("default_outputs", source_.default_outputs(), &rep_->default_outputs);
      if (has_orders) orders = CompileOrders();
    }
    CompileHitPolicy(source_, orders, output_types_, report_, rep_.get());
    if (issues_.has_errors() || has_broken_variable_) return {nullptr, issues_.Take(), {}};
    Finish();
    IssueList notes(options_.limits.max_issues);
    // Answers about a faulty text are no help.
    if (!has_faulty_variable_) {
      CheckSense(*rep_, options_, report_, IssueReporter(options_, &notes));
    }
    if (IsAtLeast(options_.min_compact_rules)) MakeCompact(environment_, rep_.get());
    CompileResult result;
    result.issues = issues_.Take();
    result.notes = notes.Take();
    for (v1::Issue& note : result.notes) note.clear_severity();
    result.rule_set = std::shared_ptr<const RuleSet>(new RuleSet(std::move(rep_)));
    return result;
  }

 private:
  bool Acceptable() {
    if (!CheckEncoding(source_, report_)) return false;
    if (source_.rules_size() > options_.limits.max_rules) {
      report_.Error("rules", kReasonRuleSetLimitRules,
                    absl::StrCat("the rule set has ", source_.rules_size(), " rules, and at most ",
                                 options_.limits.max_rules, " (max_rules) are accepted"));
      return false;
    }
    return true;
  }

  bool MakeEnvironment() {
    if (rep_->input == nullptr) {
      report_.Error("rules", kReasonRuleSetInputMissing,
                    "rules need a type of input message to read");
      return false;
    }
    absl::StatusOr<std::shared_ptr<const cel::Environment>> environment =
        options_.variables == nullptr
            ? MakeRuleEnvironment(options_, options_.environments, *rep_->input)
            : MakeRuleEnvironment(options_, options_.variables->rep_->environments(), *rep_->input);
    if (!environment.ok()) {
      report_.Error("rules", kReasonRuleSetEnvironment, environment.status().message());
      return false;
    }
    environment_ = *std::move(environment);
    return true;
  }

  // The program of `text`, or null after reporting its issues.
  std::shared_ptr<const cel::Program> CompileExpression(const std::string& path,
                                                        const std::string& text) {
    cel::CompileOptions compile_options;
    if (!DeclareVariables(path, text, &compile_options.variables)) return nullptr;
    cel::CompileResult compiled = environment_->Compile(text, compile_options);
    for (const cel::Issue& issue : compiled.issues) report_.InExpression(path, issue);
    if (compiled.program == nullptr) return nullptr;
    const cel::Expr root = compiled.program->expr();
    std::vector<ExpressionFinding> findings;
    if (options_.expression_check != nullptr) findings = options_.expression_check(root);
    CheckEnums(root, rep_->container, *rep_->input->file()->pool(), &findings);
    CheckNulls(root, &findings);
    ReportFindings(path, *compiled.program, findings);
    last_has_errors_ = HasErrors(findings);
    return std::move(compiled.program);
  }

  // The variables that an expression reads. False when one of them cannot be read.
  bool DeclareVariables(const std::string& path, const std::string& text,
                        std::vector<cel::SourceVariable>* variables) {
    if (options_.variables == nullptr) return true;
    VariableCompiler& table = *options_.variables->rep_;
    std::set<int32_t> used;
    std::vector<ExpressionIssue> found;
    if (!table.Declare(text, *rep_->input, *environment_, variables, &used, &found)) {
      for (const ExpressionIssue& issue : found) {
        report_.InExpression(path, issue.issue, issue.reason);
      }
      has_broken_variable_ = true;
      return false;
    }
    for (const int32_t number : used) {
      if (!used_.insert(number).second) continue;
      const CompiledVariable& variable = *table.Compiled(*rep_->input)[number];
      rep_->variable_exposures.emplace(variable.name, variable.exposure);
      if (!variable.is_pure) impure_variables_.insert(variable.name);
      if (options_.expression_check != nullptr &&
          !table.Check(variable, options_.expression_check)) {
        has_faulty_variable_ = true;
      }
    }
    return true;
  }

  bool IsPure(const cel::Expr& expr) const {
    return !CallsOneOf(impure_functions_, expr) && !ReadsOneOf(impure_variables_, expr);
  }

  void ReportFindings(const std::string& path, const cel::Program& program,
                      const std::vector<ExpressionFinding>& findings) const {
    for (const ExpressionFinding& finding : findings) {
      report_.InExpression(path, IssueOf(finding, program.source()), finding.reason);
    }
  }

  void CompileRule(int index) {
    const v1::Rule& rule = source_.rules(index);
    const std::string path = absl::StrCat("rules[", index, "]");
    CompiledRule compiled;
    compiled.rule = &rule;  // Until Finish().
    compiled.index = index;
    CompileCondition(absl::StrCat(path, ".condition"), rule, &compiled);
    if (rule.details_size() <= options_.limits.max_details) {
      for (int i = 0; i < rule.details_size(); ++i) {
        CompileDetail(absl::StrCat(path, ".details[", i, "].expression"), rule.details(i),
                      &compiled);
      }
    }
    CompileOutputs(absl::StrCat(path, ".outputs"), rule.outputs(), &compiled.outputs);
    compiled.effective = EffectiveRangeOf(rule);
    bool is_disabled = rule.disabled();
    if (const v1::RuleGroup* group = FindGroup(rule.group_id()); group != nullptr) {
      compiled.effective = compiled.effective.Intersect(EffectiveRangeOf(*group));
      is_disabled = is_disabled || group->disabled();
    }
    // Rules that never count need no time.
    if (is_disabled) compiled.effective = EffectiveRange::Empty();
    rep_->has_effective_times =
        rep_->has_effective_times || (!is_disabled && !compiled.effective.is_always());
    rep_->counts_always = rep_->counts_always && compiled.effective.is_always();
    rep_->rules.push_back(std::move(compiled));
  }

  const v1::RuleGroup* FindGroup(const std::string& id) const {
    const auto found = absl::c_find_if(
        source_.groups(), [&](const v1::RuleGroup& group) { return group.id() == id; });
    return id.empty() || found == source_.groups().end() ? nullptr : &*found;
  }

  void CompileCondition(const std::string& path, const v1::Rule& rule, CompiledRule* compiled) {
    if (rule.condition().empty()) {
      report_.Error(path, kReasonRuleConditionMissing,
                    "the rule has no condition; write `true` for one that always holds");
      return;
    }
    const std::shared_ptr<const cel::Program> program = CompileExpression(path, rule.condition());
    if (program == nullptr) return;
    const cel::Type& type = program->result_type();
    if (type.kind() != cel::TypeKind::kBool && type.kind() != cel::TypeKind::kDyn) {
      report_.InExpression(
          path,
          cel::MakeIssue(
              cel::Severity::kError, "", program->source(), program->expr().range(),
              absl::StrCat("a condition is of type bool, and this is of type ", type.ToString())),
          kReasonRuleConditionNotBool);
      return;
    }
    // Where an expression has an error its author looks at that first.
    if (!last_has_errors_) {
      std::vector<ExpressionFinding> findings;
      absence_->Run(program->expr(), &findings);
      ReportFindings(path, *program, findings);
    }
    compiled->is_pure = IsPure(program->expr());
    compiled->condition = program;
    compiled->conjuncts.reserve(program->conjuncts().size());
    for (const cel::Program& conjunct : program->conjuncts()) {
      compiled->conjuncts.push_back({conjunct, ReadsVariables(conjunct.expr())});
    }
  }

  void CompileDetail(const std::string& path, const v1::RuleDetail& detail,
                     CompiledRule* compiled) {
    if (detail.expression().empty()) return;
    std::shared_ptr<const cel::Program> program = CompileExpression(path, detail.expression());
    if (program == nullptr) return;
    const ExposureTable exposures(program->expr(), rep_->data_class, rep_->variable_exposures);
    const google::protobuf::FieldDescriptor* field = FieldOfPath(program->expr());
    const bool reads_variables = ReadsVariables(program->expr());
    compiled->details.push_back({std::move(program), reads_variables, exposures.root(), field});
  }

  void CompileOutputs(const std::string& path,
                      const google::protobuf::RepeatedPtrField<v1::RuleOutput>& outputs,
                      std::vector<CompiledOutput>* compiled) {
    if (outputs.size() > options_.limits.max_outputs) return;
    for (int i = 0; i < outputs.size(); ++i) {
      CompileOutput(absl::StrCat(path, "[", i, "]"), outputs[i], compiled);
    }
    // In the order of the names, as in the normal form of the source.
    absl::c_sort(*compiled,
                 [](const CompiledOutput& a, const CompiledOutput& b) { return a.name < b.name; });
  }

  void CompileOutput(const std::string& path, const v1::RuleOutput& output,
                     std::vector<CompiledOutput>* compiled) {
    if (output.expression().empty()) return;
    const std::string field = absl::StrCat(path, ".expression");
    std::shared_ptr<const cel::Program> program = CompileExpression(field, output.expression());
    if (program == nullptr) return;
    const auto report = [&](const Reason& reason, absl::string_view text) {
      report_.InExpression(field,
                           cel::MakeIssue(cel::Severity::kError, "", program->source(),
                                          program->expr().range(), text),
                           reason.word);
    };
    const absl::optional<OutputType> type = OutputTypeOf(program->result_type());
    if (!type.has_value()) {
      report(kReasonRuleOutputType, OutputTypeText(program->result_type()));
      return;
    }
    const auto [first, is_new] = output_types_.try_emplace(output.name(), *type, path);
    if (!is_new && first->second.first != *type) {
      report(kReasonRuleOutputTypeConflict,
             absl::StrCat("output '", internal::EscapeValue(output.name()), "' is ",
                          OutputTypeName(first->second.first), " in ", first->second.second,
                          report_.LineOf(first->second.second), ", and ", OutputTypeName(*type),
                          " here; give one of them another name"));
      return;
    }
    const ExposureTable exposures(program->expr(), rep_->data_class, rep_->variable_exposures);
    const std::string class_text = OutputClassText(exposures.root());
    if (!class_text.empty()) {
      report(kReasonRuleOutputClass, class_text);
      return;
    }
    const google::protobuf::FieldDescriptor* read = FieldOfPath(program->expr());
    const bool reads_variables = ReadsVariables(program->expr());
    const bool is_pure = IsPure(program->expr());
    compiled->push_back({output.name(), *type, std::move(program), reads_variables, read, is_pure});
  }

  OrderPrograms CompileOrders() {
    OrderPrograms programs(source_.output_orders_size());
    for (size_t i = 0; i < programs.size(); ++i) {
      const v1::OutputOrder& order = source_.output_orders(static_cast<int>(i));
      for (int k = 0; k < order.values_size(); ++k) {
        programs[i].push_back(CompileExpression(
            absl::StrCat("output_orders[", i, "].values[", k, "]"), order.values(k)));
      }
    }
    return programs;
  }

  void Finish() {
    rep_->input_type = GeneratedTypeOf(rep_->input);
    rep_->has_outputs =
        !rep_->default_outputs.empty() ||
        rep_->hit_plan.aggregator != v1::HIT_AGGREGATOR_UNSPECIFIED ||
        absl::c_any_of(rep_->rules, [](const CompiledRule& rule) { return !rule.outputs.empty(); });
    rep_->source = Normalized(source_);
    rep_->hash = internal::Sha256(internal::CanonicalBytes(rep_->source));
    if (!used_.empty()) KeepVariables();
    absl::c_sort(rep_->rules, [](const CompiledRule& a, const CompiledRule& b) {
      return a.rule->order() < b.rule->order();
    });
    for (size_t i = 0; i < rep_->rules.size(); ++i)
      rep_->rules[i].rule = &rep_->source.rules(static_cast<int>(i));
    if (IsAtLeast(options_.min_indexed_rules)) {
      rep_->index = std::make_shared<const RuleIndex>(rep_->rules);
    } else if (used_.empty()) {
      for (const CompiledRule& rule : rep_->rules) rep_->conditions.push_back(*rule.condition);
    }
    for (CompiledRule& rule : rep_->rules) rule.condition = nullptr;
  }

  bool IsAtLeast(int32_t rules) const {
    return !rep_->rules.empty() && static_cast<int64_t>(rep_->rules.size()) >= rules;
  }

  // The variables are a part of the set's meaning, and so of its hash.
  void KeepVariables() {
    rep_->environment = environment_;
    rep_->variables = options_.variables->rep_->Compiled(*rep_->input);
    std::map<std::string, std::string> expressions;
    for (const int32_t number : used_) {
      const CompiledVariable& variable = *rep_->variables[number];
      expressions.emplace(variable.name, variable.program->source());
    }
    v1::PolicyPack read;
    for (const auto& [name, expression] : expressions) {
      read.add_variables()->set_name(name);
      read.mutable_variables(read.variables_size() - 1)->set_expression(expression);
    }
    rep_->hash = internal::Sha256(rep_->hash + internal::CanonicalBytes(read));
  }

  const v1::RuleSet& source_;
  const CompileOptions& options_;
  IssueList issues_;
  IssueReporter report_;
  std::unique_ptr<CompiledRuleSet> rep_;
  std::shared_ptr<const cel::Environment> environment_;
  bool last_has_errors_ = false;
  OutputTypes output_types_;
  const InputFacts no_facts_;
  // Names of functions that are not pure.
  std::set<std::string> impure_functions_;
  absl::optional<AbsenceCheck> absence_;
  // Variables: the numbers of those that the set reads, and the names of those that are not pure.
  std::set<int32_t> used_;
  std::set<std::string> impure_variables_;
  bool has_broken_variable_ = false;
  bool has_faulty_variable_ = false;  // It compiles, and its check finds an error.
};

CompileResult RuleSet::Compile(const v1::RuleSet& source, const google::protobuf::Descriptor* input,
                               const CompileOptions& options) {
  return RuleSetCompiler(source, input, options).Run();
}

RuleSet::RuleSet(std::unique_ptr<const CompiledRuleSet> rep) : rep_(std::move(rep)) {}
RuleSet::~RuleSet() = default;

const std::string& RuleSet::id() const { return rep_->source.id(); }
const std::string& RuleSet::hash() const { return rep_->hash; }
const v1::RuleSet& RuleSet::source() const { return rep_->source; }
const google::protobuf::Descriptor* RuleSet::input() const { return rep_->input; }
bool RuleSet::has_effective_times() const { return rep_->has_effective_times; }

std::vector<OutputKind> RuleSet::output_kinds() const {
  std::map<std::string, int> kinds;
  if (rep_->hit_plan.aggregator == v1::HIT_AGGREGATOR_COUNT) {
    kinds.emplace(rep_->hit_plan.aggregate_output, v1::OutputValue::kIntValue);
  }
  const auto add = [&kinds](const std::vector<CompiledOutput>& outputs) {
    for (const CompiledOutput& output : outputs) {
      kinds.emplace(output.name, OutputCase(output.type));
    }
  };
  for (const CompiledRule& rule : rep_->rules) add(rule.outputs);
  add(rep_->default_outputs);
  std::vector<OutputKind> result;
  for (const auto& [name, value_case] : kinds) result.push_back({name, value_case});
  return result;
}

}  // namespace rules
}  // namespace frontdesk
