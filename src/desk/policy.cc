#include "frontdesk/desk/policy.h"

#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "desk/attribute_functions.h"
#include "desk/case_policy.h"
#include "desk/decision_inputs.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/verbs.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/v1/accessors.h"
#include "internal/canonical.h"
#include "internal/message_utf8.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

constexpr absl::string_view kFallback = "*";
// A decision point that is no verb; it reads the input of AddCasePart.
constexpr absl::string_view kReopenOnMessage = "ReopenOnMessage";

bool Names(const v1::RuleSet& source, absl::string_view decision_point) {
  for (const std::string& name : source.decision_points()) {
    if (name == decision_point) return true;
  }
  return false;
}

// The verb's table entry when policy decides it, else null.
const domain::VerbInfo* FindDecidedVerb(absl::string_view name) {
  const domain::VerbInfo* verb = domain::FindVerbByName(name);
  if (verb == nullptr || domain::DecisionInputDescriptor(verb->verb) == nullptr) return nullptr;
  return verb;
}

}  // namespace

absl::Status PolicyResult::status() const { return rules::IssuesToStatus(issues); }

struct Policy::Compiled {
  v1::PolicyPack pack;
  std::string hash;
  // By number of the verb in v1::Command; null where the fallback counts.
  std::map<int, std::shared_ptr<const rules::RuleSet>> by_verb;
  std::shared_ptr<const rules::RuleSet> fallback;
  std::shared_ptr<const rules::RuleSet> reopen_on_message;
};

// Compiles a pack that was read, with the map of where its fields stood.
class PolicyCompiler {
 public:
  PolicyCompiler(const v1::PolicyPack& pack, const PolicyOptions& options, absl::string_view file,
                 rules::SourceMap source)
      : pack_(pack), options_(options), file_(file), source_(std::move(source)) {}

  PolicyResult Compile() {
    auto compiled = std::make_unique<Policy::Compiled>();
    CheckPack();
    if (!rules::HasErrors(issues_)) {
      for (int i = 0; i < pack_.rule_sets_size(); ++i) CompileRuleSet(i, compiled.get());
      CheckIdentityLevels();
      CheckRegion();
      for (internal::DefinitionFinding& finding : internal::CheckAttributeDefinitions(pack_)) {
        AddError(finding.reason, std::move(finding.field), std::move(finding.text));
      }
      internal::CheckCasePolicy(
          pack_.cases(), [this](absl::string_view reason, std::string field, std::string text) {
            AddError(reason, std::move(field), std::move(text));
          });
    }
    PolicyResult result;
    result.issues = std::move(issues_);
    if (rules::HasErrors(result.issues)) return result;
    compiled->pack = pack_;
    compiled->hash = internal::Sha256(internal::CanonicalBytes(pack_));
    result.policy = std::shared_ptr<const Policy>(new Policy(std::move(compiled)));
    return result;
  }

 private:
  void AddError(absl::string_view reason, std::string field, std::string text) {
    v1::Issue issue;
    issue.set_severity(v1::Issue::SEVERITY_ERROR);
    issue.set_reason(std::string(reason));
    issue.set_text(std::move(text));
    issue.set_file(file_);
    // A field that is not there is told at what should have it.
    absl::string_view place = field;
    absl::optional<rules::SourcePosition> position = source_.Find(place);
    while (!position.has_value() && !place.empty()) {
      const size_t end = place.find_last_of(".[");
      place = place.substr(0, end == absl::string_view::npos ? 0 : end);
      position = source_.Find(place);
    }
    if (position.has_value()) {
      issue.set_line(position->line);
      issue.set_column(position->column);
      issue.set_snippet(source_.Snippet(*position));
    }
    issue.set_field(std::move(field));
    issues_.push_back(std::move(issue));
  }

  // What makes it pointless to look further.
  void CheckPack() {
    for (std::string& field : internal::FieldsWithInvalidUtf8(pack_)) {
      AddError(kReasonPolicyTextEncoding, std::move(field), "the text is not UTF-8");
    }
    if (pack_.rule_sets_size() > options_.max_rule_sets) {
      AddError(kReasonPolicyLimitRuleSets, "rule_sets",
               absl::StrCat("a pack has at most ", options_.max_rule_sets, " rule sets"));
    }
    if (pack_.attribute_definitions_size() > options_.max_attribute_definitions) {
      AddError(kReasonPolicyLimitAttributes, "attribute_definitions",
               absl::StrCat("a pack has at most ", options_.max_attribute_definitions,
                            " definitions of attributes"));
    }
    int64_t steps = pack_.cases().escalation_chains_size();  // A chain counts like a step.
    for (const v1::EscalationChain& chain : pack_.cases().escalation_chains()) {
      steps += chain.steps_size();
    }
    if (steps > options_.max_escalation_steps) {
      AddError(kReasonPolicyLimitEscalationSteps, "cases.escalation_chains",
               absl::StrCat("the chains of a pack and their steps are at most ",
                            options_.max_escalation_steps));
    }
    if (pack_.cases().remedies_size() > options_.max_remedies) {
      AddError(kReasonPolicyLimitRemedies, "cases.remedies",
               absl::StrCat("a pack has at most ", options_.max_remedies, " remedies"));
    }
  }

  // Nobody who is only begun can have been verified.
  void CheckIdentityLevels() {
    for (const absl::string_view verb : {"CreateCustomer", "ImportCustomer"}) {
      auto decides = decision_points_.find(std::string(verb));
      if (decides == decision_points_.end())
        decides = decision_points_.find(std::string(kFallback));
      if (decides == decision_points_.end()) continue;
      if (pack_.rule_sets(decides->second).min_identity_level() <= 0) continue;
      AddError(kReasonPolicyIdentityLevelCreates,
               absl::StrCat("rule_sets[", decides->second, "].min_identity_level"),
               absl::StrCat("the rule set decides ", verb, ", which begins a customer"));
    }
  }

  void CheckRegion() {
    const std::string& region = pack_.default_region_code();
    if (region.empty()) return;
    if (region.size() != 2 || !absl::ascii_isupper(region[0]) || !absl::ascii_isupper(region[1])) {
      AddError(kReasonPolicyRegionMalformed, "default_region_code",
               "a region is two upper-case letters, as ISO 3166 has them");
    }
  }

  void CompileRuleSet(int index, Policy::Compiled* compiled) {
    const v1::RuleSet& source = pack_.rule_sets(index);
    const std::string path = absl::StrCat("rule_sets[", index, "]");
    if (!source.id().empty() && !ids_.insert(source.id()).second) {
      AddError(kReasonPolicyRuleSetIdDuplicate, absl::StrCat(path, ".id"),
               "an earlier rule set has this id");
    }
    std::vector<int> verbs;
    const google::protobuf::Descriptor* input = CheckDecisionPoints(source, path, index, &verbs);
    const bool is_fallback = Names(source, kFallback);
    const bool reopens = Names(source, kReopenOnMessage);
    if (reopens) CheckNoHold(source, path);
    // Without a known verb there is nothing to check conditions against; that is an issue already.
    if (input == nullptr && !is_fallback && source.rules_size() > 0 &&
        source.decision_points_size() > 0)
      return;

    rules::CompileOptions options;
    options.file = file_;
    options.source = source_;
    options.field_path = path;
    options.container = "frontdesk.v1";
    options.functions = internal::AttributeFunctions();
    options.functions.insert(options.functions.end(), options_.functions.begin(),
                             options_.functions.end());
    options.expression_check = internal::MakeAttributeCheck(pack_);
    options.accessors = &v1::Accessors();
    options.time_zones = options_.time_zones ? options_.time_zones : cel::SystemTimeZones();
    options.limits = options_.rule_limits;
    options.expression_limits = options_.expression_limits;
    // A set that speaks for verbs of any kind has no rules, and so no input.
    rules::CompileResult result =
        rules::RuleSet::Compile(source, is_fallback ? nullptr : input, options);
    for (v1::Issue& issue : result.issues) {
      // That rules of a fallback have nothing to read follows from their not being allowed at all.
      if (is_fallback && issue.reason() == kReasonRuleSetInputMissing) continue;
      issues_.push_back(std::move(issue));
    }
    for (int verb : verbs) compiled->by_verb[verb] = result.rule_set;
    if (is_fallback) compiled->fallback = result.rule_set;
    if (reopens) compiled->reopen_on_message = result.rule_set;
  }

  // What is asked on the way of another command cannot wait for somebody to approve it.
  void CheckNoHold(const v1::RuleSet& source, const std::string& path) {
    for (int i = 0; i < source.rules_size(); ++i) {
      if (source.rules(i).outcome() != v1::POLICY_OUTCOME_HOLD) continue;
      AddError(kReasonPolicyHoldNotPossible, absl::StrCat(path, ".rules[", i, "].outcome"),
               "ReopenOnMessage is allowed or refused, and never held");
    }
  }

  // Adds the verbs of a rule set to `verbs` and returns the decision input that they share, if any.
  const google::protobuf::Descriptor* CheckDecisionPoints(const v1::RuleSet& source,
                                                          const std::string& path, int index,
                                                          std::vector<int>* verbs) {
    const google::protobuf::Descriptor* input = nullptr;
    for (int i = 0; i < source.decision_points_size(); ++i) {
      const std::string& name = source.decision_points(i);
      const std::string field = absl::StrCat(path, ".decision_points[", i, "]");
      if (name.empty()) continue;  // The rule set's own compilation tells.
      const auto [taken, is_new] = decision_points_.emplace(name, index);
      if (!is_new && taken->second != index) {
        AddError(kReasonPolicyDecisionPointDuplicate, field,
                 "an earlier rule set decides this already");
      }
      if (name == kFallback) continue;
      const bool is_message = name == kReopenOnMessage;
      const domain::VerbInfo* verb = FindDecidedVerb(is_message ? "AddCasePart" : name);
      if (verb == nullptr) {
        AddError(kReasonPolicyDecisionPointUnknown, field,
                 "no verb that policy decides is called so; a verb is written as CancelOrder is");
        continue;
      }
      const google::protobuf::Descriptor* own = domain::DecisionInputDescriptor(verb->verb);
      if (input != nullptr && own != input) {
        AddError(kReasonPolicyDecisionPointsMixed, field,
                 absl::StrCat("decided on ", own->name(), ", those before it on ", input->name()));
        continue;
      }
      input = own;
      if (!is_message) verbs->push_back(verb->verb);
    }
    return input;
  }

  const v1::PolicyPack& pack_;
  const PolicyOptions& options_;
  const std::string file_;
  const rules::SourceMap source_;
  std::vector<v1::Issue> issues_;
  std::set<std::string> ids_;
  std::map<std::string, int> decision_points_;  // to the rule set that has it
};

Policy::Policy(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Policy::~Policy() = default;

PolicyResult Policy::Compile(const v1::PolicyPack& pack, const PolicyOptions& options) {
  return PolicyCompiler(pack, options, "", {}).Compile();
}

PolicyResult Policy::FromText(absl::string_view text, absl::string_view file,
                              const PolicyOptions& options) {
  v1::PolicyPack pack;
  rules::SourceMap source;
  PolicyResult result;
  result.issues = rules::ParsePolicyText(text, file, &pack, &source, options.text_limits);
  if (rules::HasErrors(result.issues)) return result;
  PolicyResult compiled = PolicyCompiler(pack, options, file, std::move(source)).Compile();
  compiled.issues.insert(compiled.issues.begin(), result.issues.begin(), result.issues.end());
  return compiled;
}

PolicyResult Policy::FromJson(absl::string_view json, absl::string_view file,
                              const PolicyOptions& options) {
  v1::PolicyPack pack;
  rules::SourceMap source;
  PolicyResult result;
  result.issues = rules::ParsePolicyJson(json, file, &pack, &source, options.text_limits);
  if (rules::HasErrors(result.issues)) return result;
  PolicyResult compiled = PolicyCompiler(pack, options, file, std::move(source)).Compile();
  compiled.issues.insert(compiled.issues.begin(), result.issues.begin(), result.issues.end());
  return compiled;
}

const v1::PolicyPack& Policy::pack() const { return compiled_->pack; }
const std::string& Policy::hash() const { return compiled_->hash; }

namespace {

// The options under which a rule set decides on `input`, whose arm the verb `verb` reads.
absl::StatusOr<rules::DecideOptions> MakeOptions(const v1::DecisionInput& input,
                                                 v1::Command::VerbCase verb,
                                                 absl::string_view decision_point) {
  const google::protobuf::Message* arm = internal::InputArm(input);
  if (arm == nullptr || arm->GetDescriptor() != domain::DecisionInputDescriptor(verb)) {
    return MakeError(kReasonDecisionInputMismatch,
                     "the decision input is not the one that the verb is decided on");
  }
  rules::DecideOptions options;
  options.decision_point = std::string(decision_point);
  options.now = internal::DecodeTime(internal::InputNow(input));
  if (!options.now.has_value()) return MakeError(kReasonCommandMalformed, "now is no valid time");
  return options;
}

}  // namespace

absl::StatusOr<v1::Decision> Policy::Decide(
    const v1::DecisionInput& input, absl::Span<const std::string> granted_authorities) const {
  const v1::Command::VerbCase verb = internal::InputCommand(input).verb_case();
  FRONTDESK_ASSIGN_OR_RETURN(rules::DecideOptions options,
                             MakeOptions(input, verb, domain::VerbName(verb)));
  options.granted_authorities.assign(granted_authorities.begin(), granted_authorities.end());
  const auto found = compiled_->by_verb.find(verb);
  const rules::RuleSet* rule_set =
      found != compiled_->by_verb.end() ? found->second.get() : compiled_->fallback.get();
  if (rule_set != nullptr) return rule_set->Decide(*internal::InputArm(input), options);
  v1::Decision decision;
  decision.set_decision_point(options.decision_point);
  decision.set_outcome(v1::POLICY_OUTCOME_REFUSE);
  return decision;
}

absl::StatusOr<absl::optional<v1::Decision>> Policy::DecideReopenOnMessage(
    const v1::DecisionInput& input) const {
  if (!internal::InputCommand(input).has_add_case_part()) {
    return MakeError(kReasonDecisionInputMismatch, "a message is added by AddCasePart");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const rules::DecideOptions options,
                             MakeOptions(input, v1::Command::kAddCasePart, kReopenOnMessage));
  if (compiled_->reopen_on_message == nullptr) return absl::optional<v1::Decision>();
  FRONTDESK_ASSIGN_OR_RETURN(v1::Decision decision, compiled_->reopen_on_message->Decide(
                                                        *internal::InputArm(input), options));
  return absl::optional<v1::Decision>(std::move(decision));
}

}  // namespace frontdesk
