#include "frontdesk/policy/policy.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/time_zone_name.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/service_level.pb.h"
#include "internal/canonical.h"
#include "internal/message_utf8.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "policy/approval_policy.h"
#include "policy/attribute_definitions.h"
#include "policy/case_policy.h"
#include "policy/compile_service_levels.h"
#include "policy/customer_texts.h"
#include "policy/identity_levels.h"
#include "policy/input_arms.h"
#include "policy/pack_calendars.h"
#include "policy/pack_expressions.h"
#include "policy/pack_issues.h"
#include "policy/rule_sets.h"
#include "policy/service_level_checks.h"
#include "policy/totals.h"
#include "policy/unique_ids.h"
#include "policy/vocabulary.h"

namespace frontdesk {

absl::Status PolicyResult::status() const { return rules::IssuesToStatus(issues); }

struct Policy::Compiled {
  v1::PolicyPack pack;
  PolicyOptions options;
  v1::KeptPolicy functions;  // Without the pack.
  std::string hash;
  internal::CompiledRuleSets rule_sets;
  internal::IdentityRules identity_rules;
  internal::UniqueIds unique_ids;
  std::vector<PolicyTotal> totals;
  // By the message of the command: the totals that its rules read. Only commands that have one.
  std::map<const google::protobuf::Descriptor*, std::vector<const PolicyTotal*>> totals_of;
  cel::TimeZoneSource time_zones;
  ServiceLevels service_levels;
};

// Compiles a pack that was read, with the map of its fields, section by section.
class PolicyCompiler {
 public:
  PolicyCompiler(const v1::PolicyPack& pack, const PolicyOptions& options, absl::string_view file,
                 rules::SourceMap source)
      : pack_(pack),
        options_(options),
        file_(file),
        source_(std::move(source)),
        issues_(file_, source_) {}

  // Reads a text in the form of `parse`, and compiles it.
  static PolicyResult Read(decltype(rules::ParsePolicyText) parse, absl::string_view text,
                           absl::string_view file, const PolicyOptions& options) {
    v1::PolicyPack pack;
    rules::SourceMap source;
    PolicyResult result;
    if (text.empty()) {
      result.issues.push_back(TextEmpty(file, "the text is empty: was the file read?"));
      return result;
    }
    result.issues = parse(text, file, &pack, &source, options.text_limits);
    if (rules::HasErrors(result.issues)) return result;
    if (pack.ByteSizeLong() == 0) {
      // Its policy would refuse every command, also the one that activates another policy.
      result.issues.push_back(TextEmpty(file, "the text sets no field of a policy"));
      return result;
    }
    PolicyResult compiled = PolicyCompiler(pack, options, file, std::move(source)).Compile();
    compiled.issues.insert(compiled.issues.begin(), result.issues.begin(), result.issues.end());
    return compiled;
  }

  PolicyResult Compile() {
    auto compiled = std::make_unique<Policy::Compiled>();
    CheckPack();
    if (!issues_.HasErrors()) {
      compiled->pack = pack_;
      compiled->totals = internal::CompileTotals(compiled->pack, options_, &issues_);
      internal::PackCalendars calendars(compiled->pack, options_, &issues_);
      CompileExpressions(compiled.get(), &calendars);
      compiled->identity_rules = internal::CompileIdentityLevels(pack_, &issues_);
      CheckRegion();
      issues_.CheckName(pack_.name(), "name");
      issues_.CheckName(pack_.version(), "version");
      internal::CheckAttributeDefinitions(pack_, &issues_);
      internal::CheckApprovalPolicy(pack_.approvals(), &calendars, &issues_);
      internal::CheckCasePolicy(pack_.cases(), &issues_);
      compiled->unique_ids = internal::UniqueIds::Compile(pack_, &issues_);
      internal::CheckCustomerTexts(pack_, &issues_);
      internal::CheckVocabulary(pack_, &issues_);
      if (!issues_.HasErrors()) {
        internal::CheckUnreadTotals(pack_, compiled->rule_sets.read_totals, &issues_);
        internal::CheckUndecided(pack_, &issues_);
      }
    }
    PolicyResult result;
    result.issues = issues_.Take();
    if (rules::HasErrors(result.issues)) return result;
    result.notes = std::move(compiled->rule_sets.notes);
    ListTotalsOf(compiled.get());
    compiled->options = options_;
    compiled->time_zones = options_.time_zones ? options_.time_zones : cel::SystemTimeZones();
    compiled->functions = Functions();
    compiled->hash = internal::Sha256(internal::CanonicalBytes(pack_) +
                                      internal::CanonicalBytes(compiled->functions));
    result.policy = std::shared_ptr<const Policy>(new Policy(std::move(compiled)));
    return result;
  }

 private:
  // The sections with expressions.
  void CompileExpressions(Policy::Compiled* compiled, internal::PackCalendars* calendars) {
    std::vector<const google::protobuf::Descriptor*> inputs = internal::ListDecisionInputs(pack_);
    if (!pack_.service_levels().empty() || !pack_.milestones().empty()) {
      inputs.push_back(v1::ServiceLevelInput::descriptor());
    }
    const internal::PackExpressions expressions(pack_, options_, file_, source_, inputs);
    compiled->rule_sets = internal::CompileRuleSets(pack_, compiled->totals, expressions, &issues_);
    compiled->service_levels = internal::CompileServiceLevels(
        compiled->pack, expressions, calendars, &issues_, &compiled->rule_sets.notes);
    expressions.Finish(&issues_);
  }

  static v1::Issue TextEmpty(absl::string_view file, std::string text) {
    const rules::SourceMap nowhere;
    internal::PackIssues issues(file, nowhere);
    issues.AddError(kReasonPolicyTextEmpty, "", std::move(text));
    v1::Issue issue = issues.Take().front();
    issue.set_line(1);
    issue.set_column(1);
    return issue;
  }

  // The totals of each command, from the places of those that its rules read.
  static void ListTotalsOf(Policy::Compiled* compiled) {
    for (const auto& [command, places] : compiled->rule_sets.totals) {
      std::vector<const PolicyTotal*>& totals = compiled->totals_of[command];
      for (const int place : places)
        totals.push_back(&compiled->totals[static_cast<size_t>(place)]);
    }
  }

  // The functions of the host, in an order of their own.
  v1::KeptPolicy Functions() const {
    v1::KeptPolicy kept;
    for (const auto& [name, overload] : options_.functions) {
      v1::PolicyFunction& function = *kept.add_functions();
      function.set_name(name);
      function.set_overload_id(overload.id);
      function.set_version(overload.version);
    }
    std::sort(kept.mutable_functions()->begin(), kept.mutable_functions()->end(),
              [](const v1::PolicyFunction& a, const v1::PolicyFunction& b) {
                return std::tie(a.name(), a.overload_id()) < std::tie(b.name(), b.overload_id());
              });
    return kept;
  }

  // The checks after which nothing else is worth checking.
  void CheckPack() {
    for (std::string& field : internal::FieldsWithInvalidUtf8(pack_)) {
      issues_.AddError(kReasonPolicyTextEncoding, std::move(field), "the text is not UTF-8");
    }
    internal::CheckRuleSetLimits(pack_, options_, &issues_);
    internal::CheckAttributeLimits(pack_, options_, &issues_);
    internal::CheckCasePolicyLimits(pack_.cases(), options_, &issues_);
    internal::CheckVocabularyLimits(pack_, options_, &issues_);
    internal::CheckTotalLimits(pack_, options_, &issues_);
    internal::CheckServiceLevelLimits(pack_, options_, &issues_);
  }

  void CheckRegion() {
    const std::string& region = pack_.default_region_code();
    if (region.empty()) return;
    if (region.size() != 2 || !absl::ascii_isupper(region[0]) || !absl::ascii_isupper(region[1])) {
      issues_.AddError(kReasonPolicyRegionMalformed, "default_region_code",
                       "the region is not two upper-case letters, as in ISO 3166");
    }
  }

  const v1::PolicyPack& pack_;
  const PolicyOptions& options_;
  const std::string file_;
  const rules::SourceMap source_;
  internal::PackIssues issues_;
};

Policy::Policy(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Policy::~Policy() = default;

PolicyResult Policy::Compile(const v1::PolicyPack& pack, const PolicyOptions& options) {
  return PolicyCompiler(pack, options, "", {}).Compile();
}

PolicyResult Policy::FromText(absl::string_view text, absl::string_view file,
                              const PolicyOptions& options) {
  return PolicyCompiler::Read(rules::ParsePolicyText, text, file, options);
}

PolicyResult Policy::FromJson(absl::string_view json, absl::string_view file,
                              const PolicyOptions& options) {
  return PolicyCompiler::Read(rules::ParsePolicyJson, json, file, options);
}

const v1::PolicyPack& Policy::pack() const { return compiled_->pack; }
const PolicyOptions& Policy::options() const { return compiled_->options; }

v1::KeptPolicy Policy::kept() const {
  v1::KeptPolicy kept = compiled_->functions;
  *kept.mutable_pack() = compiled_->pack;
  return kept;
}

const std::string& Policy::hash() const { return compiled_->hash; }

bool Policy::KnowsTimeZone(absl::string_view name) const {
  return IsTimeZoneName(name) && compiled_->time_zones(name).has_value();
}

bool Policy::Computes(const domain::CommandInfo& command, absl::string_view output) const {
  const auto found = compiled_->rule_sets.outputs.find(command.message);
  return found != compiled_->rule_sets.outputs.end() && found->second.count(output) > 0;
}

bool Policy::Computes(const domain::CommandInfo& command) const {
  return compiled_->rule_sets.outputs.count(command.message) > 0;
}

absl::optional<v1::UniqueExternalId::Duplicate> Policy::FindUniqueId(
    v1::EntityKind kind, bool of_parts, const std::string& system) const {
  return compiled_->unique_ids.Find(kind, of_parts, system);
}

const ServiceLevels& Policy::service_levels() const { return compiled_->service_levels; }

absl::Span<const PolicyTotal> Policy::totals() const { return compiled_->totals; }

const PolicyTotal* Policy::FindTotal(absl::string_view name) const {
  for (const PolicyTotal& total : compiled_->totals) {
    if (total.definition->name() == name) return &total;
  }
  return nullptr;
}

absl::Span<const PolicyTotal* const> Policy::TotalsOf(const domain::CommandInfo& command) const {
  const auto found = compiled_->totals_of.find(command.message);
  if (found == compiled_->totals_of.end()) return {};
  return found->second;
}

namespace {

// The options under which a rule set decides on `input`.
absl::StatusOr<rules::DecideOptions> MakeOptions(const v1::DecisionInput& input,
                                                 absl::string_view decision_point,
                                                 absl::optional<absl::Time> as_of) {
  rules::DecideOptions options;
  options.decision_point = std::string(decision_point);
  options.now = internal::DecodeTime(internal::InputNow(input));
  if (!options.now.has_value())
    return MakeError(kReasonCommandMalformed, "now is not a valid time");
  options.as_of = as_of;
  return options;
}

}  // namespace

absl::StatusOr<v1::Decision> Policy::Decide(const v1::DecisionInput& input,
                                            absl::Span<const std::string> granted_authorities,
                                            cel::Budget* budget, rules::TraceLevel trace,
                                            absl::optional<absl::Time> as_of) const {
  const v1::Approval& approval = internal::InputApproval(input);
  std::vector<rules::RuleGrant> granted_rules;
  if (approval.state() == v1::Approval::STATE_APPROVED) {
    for (const v1::ApprovalGrant& grant : approval.grants()) {
      granted_rules.push_back({grant.rule_id(), grant.authority()});
    }
  }
  return DecideGranted(input, granted_authorities, std::move(granted_rules), budget, trace, as_of);
}

absl::StatusOr<PolicyHolds> Policy::FindHolds(const v1::DecisionInput& input, int max_holds,
                                              cel::Budget* budget,
                                              absl::optional<absl::Time> as_of) const {
  PolicyHolds found;
  std::vector<rules::RuleGrant> granted;
  for (;;) {
    FRONTDESK_ASSIGN_OR_RETURN(found.decision, DecideGranted(input, {}, granted, budget,
                                                             rules::TraceLevel::kFired, as_of));
    if (found.decision.outcome() != v1::POLICY_OUTCOME_HOLD) break;
    const rules::RuleSet* const rule_set = RuleSetOf(*internal::InputCommand(input));
    const std::size_t known = found.holds.size();
    for (const v1::RuleTrace& rule : found.decision.rules()) {
      if (rule.result() != v1::RuleTrace::RESULT_FIRED) continue;
      if (static_cast<int>(found.holds.size()) >= max_holds) return found;
      granted.push_back({rule.rule_id(), rule.authority()});
      found.holds.push_back({rule.rule_id(), rule.authority(), rule.reason(), rule.text(),
                             rule_set->FieldsReadBy(rule.rule_id())});
    }
    if (found.holds.size() == known) break;
  }
  return found;
}

const rules::RuleSet* Policy::RuleSetOf(const domain::CommandInfo& command) const {
  const auto found = compiled_->rule_sets.by_command.find(command.message);
  return found != compiled_->rule_sets.by_command.end() ? found->second.get()
                                                        : compiled_->rule_sets.fallback.get();
}

absl::StatusOr<v1::Decision> Policy::DecideGranted(
    const v1::DecisionInput& input, absl::Span<const std::string> granted_authorities,
    std::vector<rules::RuleGrant> granted_rules, cel::Budget* budget, rules::TraceLevel trace,
    absl::optional<absl::Time> as_of) const {
  const domain::CommandInfo* command = internal::InputCommand(input);
  if (command == nullptr) {
    return MakeError(kReasonDecisionInputMismatch, "the decision input has no command");
  }
  FRONTDESK_ASSIGN_OR_RETURN(rules::DecideOptions options,
                             MakeOptions(input, command->name, as_of));
  options.budget = budget;
  options.trace = trace;
  options.granted_authorities.assign(granted_authorities.begin(), granted_authorities.end());
  options.granted_rules = std::move(granted_rules);
  const rules::RuleSet* const rule_set = RuleSetOf(*command);
  const auto required = compiled_->identity_rules.find(command->message);
  absl::optional<v1::Decision> identity;
  if (required != compiled_->identity_rules.end()) {
    FRONTDESK_ASSIGN_OR_RETURN(identity,
                               required->second->Decide(*internal::InputArm(input), options));
  }
  const bool too_low = identity.has_value() && identity->outcome() == v1::POLICY_OUTCOME_REFUSE;
  if (rule_set == nullptr || too_low) {
    v1::Decision decision;
    if (identity.has_value()) decision = *std::move(identity);
    decision.set_decision_point(options.decision_point);
    decision.set_outcome(v1::POLICY_OUTCOME_REFUSE);
    if (!too_low) decision.clear_by_default();
    decision.set_rule_set_id(rule_set == nullptr ? "" : rule_set->id());
    decision.set_rule_set_hash(rule_set == nullptr ? "" : rule_set->hash());
    return decision;
  }
  absl::StatusOr<v1::Decision> decision = rule_set->Decide(*internal::InputArm(input), options);
  if (!decision.ok() || !identity.has_value() || identity->rules().empty()) return decision;
  // Its trace comes before that of the other rules.
  for (v1::RuleTrace& rule : *decision->mutable_rules()) *identity->add_rules() = std::move(rule);
  decision->mutable_rules()->Swap(identity->mutable_rules());
  return decision;
}

absl::StatusOr<absl::optional<v1::Decision>> Policy::DecideReopenOnMessage(
    const v1::DecisionInput& input, cel::Budget* budget, rules::TraceLevel trace,
    absl::optional<absl::Time> as_of) const {
  if (!input.case_().command().has_add_case_part()) {
    return MakeError(kReasonDecisionInputMismatch,
                     "the command is not AddCasePart, which adds a message");
  }
  FRONTDESK_ASSIGN_OR_RETURN(rules::DecideOptions options,
                             MakeOptions(input, internal::kReopenOnMessage, as_of));
  options.budget = budget;
  options.trace = trace;
  if (compiled_->rule_sets.reopen_on_message == nullptr) return absl::optional<v1::Decision>();
  FRONTDESK_ASSIGN_OR_RETURN(v1::Decision decision, compiled_->rule_sets.reopen_on_message->Decide(
                                                        *internal::InputArm(input), options));
  return absl::optional<v1::Decision>(std::move(decision));
}

}  // namespace frontdesk
