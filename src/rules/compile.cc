#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/rules/rule_set.h"
#include "internal/canonical.h"
#include "internal/escape_text.h"
#include "internal/sha256.h"
#include "internal/time.h"
#include "rules/absence.h"
#include "rules/compiled_rule.h"
#include "rules/counterfactual.h"
#include "rules/enum_checks.h"
#include "rules/issue_list.h"
#include "rules/rule_checks.h"
#include "rules/sense_checks.h"

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
  return normal;
}

// The field that a path reads; null for any other expression.
const google::protobuf::FieldDescriptor* FieldOfPath(const cel::Expr& expr) {
  const bool path =
      expr.kind() == cel::ExprKind::kSelect || expr.kind() == cel::ExprKind::kIdentifier;
  return path ? expr.field() : nullptr;
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
    for (const auto& [name, overload] : options.functions) {
      if (!overload.pure) impure_functions_.insert(name);
    }
    if (options.container.has_value()) {
      rep_->container = *options.container;
    } else if (input != nullptr) {
      rep_->container = input->file()->package();
    }
  }

  CompileResult Run() {
    if (!Acceptable()) return {nullptr, issues_.Take()};
    CheckRuleSet(source_, options_.limits, report_);
    if (!source_.rules().empty() && MakeEnvironment()) {
      absence_.emplace(options_.facts == nullptr ? no_facts_ : *options_.facts, *environment_,
                       *rep_->input, impure_functions_);
      for (int i = 0; i < source_.rules_size(); ++i) CompileRule(i);
    }
    if (issues_.has_errors()) return {nullptr, issues_.Take()};
    Finish();
    CheckSense(*rep_, options_, report_);
    std::vector<v1::Issue> issues = issues_.Take();
    return {std::shared_ptr<const RuleSet>(new RuleSet(std::move(rep_))), std::move(issues)};
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
    if (options_.environments != nullptr) {
      const auto made = options_.environments->find(rep_->input);
      if (made != options_.environments->end()) {
        environment_ = made->second;
        return true;
      }
    }
    cel::EnvironmentBuilder builder;
    const google::protobuf::DescriptorPool* pool = rep_->input->file()->pool();
    if (pool != google::protobuf::DescriptorPool::generated_pool()) builder.SetDescriptorPool(pool);
    builder.SetRootMessage(rep_->input);
    builder.SetContainer(rep_->container);
    builder.SetLimits(options_.expression_limits);
    if (options_.time_zones != nullptr) builder.SetTimeZones(options_.time_zones);
    if (options_.accessors != nullptr) builder.AddAccessors(*options_.accessors);
    for (const auto& [name, overload] : options_.functions) builder.AddFunction(name, overload);
    for (const auto& [op, overload] : options_.operators) builder.AddOperator(op, overload);
    for (const CompileOptions::LiteralHint& hint : options_.literal_hints) {
      builder.AddLiteralHint(hint.message, hint.text, hint.example);
    }
    absl::StatusOr<std::shared_ptr<const cel::Environment>> environment = builder.Build();
    if (!environment.ok()) {
      report_.Error("rules", kReasonRuleSetEnvironment, environment.status().message());
      return false;
    }
    environment_ = *std::move(environment);
    if (options_.environments != nullptr) {
      options_.environments->emplace(rep_->input, environment_);
    }
    return true;
  }

  // The program of `text`, or null after reporting its issues.
  std::shared_ptr<const cel::Program> CompileExpression(const std::string& path,
                                                        const std::string& text) {
    cel::CompileResult compiled = environment_->Compile(text);
    for (const cel::Issue& issue : compiled.issues) report_.InExpression(path, issue);
    if (compiled.program == nullptr) return nullptr;
    const cel::Expr root = compiled.program->expr();
    std::vector<ExpressionFinding> findings;
    if (options_.expression_check != nullptr) findings = options_.expression_check(root);
    CheckEnums(root, rep_->container, *rep_->input->file()->pool(), &findings);
    ReportFindings(path, *compiled.program, findings);
    last_has_errors_ = absl::c_any_of(findings, [](const ExpressionFinding& finding) {
      return finding.severity == v1::Issue::SEVERITY_ERROR;
    });
    return std::move(compiled.program);
  }

  void ReportFindings(const std::string& path, const cel::Program& program,
                      const std::vector<ExpressionFinding>& findings) const {
    for (const ExpressionFinding& finding : findings) {
      const cel::Severity severity = finding.severity == v1::Issue::SEVERITY_WARNING
                                         ? cel::Severity::kWarning
                                         : cel::Severity::kError;
      report_.InExpression(
          path, cel::MakeIssue(severity, "", program.source(), finding.expr.range(), finding.text),
          finding.reason);
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
    if (rule.has_effective_time()) {
      compiled.effective_from =
          internal::DecodeTime(rule.effective_time()).value_or(absl::InfinitePast());
    }
    if (rule.has_expire_time()) {
      compiled.effective_to =
          internal::DecodeTime(rule.expire_time()).value_or(absl::InfiniteFuture());
    }
    rep_->has_effective_times =
        rep_->has_effective_times || rule.has_effective_time() || rule.has_expire_time();
    rep_->rules.push_back(std::move(compiled));
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
    compiled->is_pure = !CallsOneOf(impure_functions_, program->expr());
    compiled->exposures = std::make_unique<const ExposureTable>(program->expr(), rep_->data_class);
    for (const cel::Program& conjunct : program->conjuncts()) {
      compiled->conjuncts.push_back(
          {conjunct, internal::CutText(conjunct.text(), options_.limits.max_conjunct_bytes),
           NegationOf(conjunct.expr(), options_.limits.max_counterfactual_bytes),
           AffirmationOf(conjunct.expr(), options_.limits.max_counterfactual_bytes)});
    }
  }

  void CompileDetail(const std::string& path, const v1::RuleDetail& detail,
                     CompiledRule* compiled) {
    if (detail.expression().empty()) return;
    std::shared_ptr<const cel::Program> program = CompileExpression(path, detail.expression());
    if (program == nullptr) return;
    const ExposureTable exposures(program->expr(), rep_->data_class);
    const google::protobuf::FieldDescriptor* field = FieldOfPath(program->expr());
    compiled->details.push_back({std::move(program), exposures.root(), field});
  }

  void Finish() {
    rep_->source = Normalized(source_);
    rep_->hash = internal::Sha256(internal::CanonicalBytes(rep_->source));
    absl::c_sort(rep_->rules, [](const CompiledRule& a, const CompiledRule& b) {
      return a.rule->order() < b.rule->order();
    });
    for (size_t i = 0; i < rep_->rules.size(); ++i)
      rep_->rules[i].rule = &rep_->source.rules(static_cast<int>(i));
  }

  const v1::RuleSet& source_;
  const CompileOptions& options_;
  IssueList issues_;
  IssueReporter report_;
  std::unique_ptr<CompiledRuleSet> rep_;
  std::shared_ptr<const cel::Environment> environment_;
  bool last_has_errors_ = false;
  const InputFacts no_facts_;
  // Names of functions that are not pure.
  std::set<std::string> impure_functions_;
  absl::optional<AbsenceCheck> absence_;
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

}  // namespace rules
}  // namespace frontdesk
