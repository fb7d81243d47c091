#include "policy/identity_levels.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/v1/accessors.h"
#include "frontdesk/v1/customer_commands.pb.h"
#include "google/protobuf/descriptor.h"
#include "policy/rule_sets.h"

namespace frontdesk {
namespace internal {
namespace {

constexpr absl::string_view kEveryOther = "*";

bool BeginsCustomer(const domain::CommandInfo& command) {
  return command.creates && command.entity_kind == v1::ENTITY_KIND_CUSTOMER;
}

std::shared_ptr<const rules::RuleSet> CompileIdentityRule(const google::protobuf::Descriptor* input,
                                                          int level) {
  rules::CompileOptions options;
  options.container = "frontdesk.v1";
  options.accessors = &v1::Accessors();
  options.limits.max_analysis_steps = 0;  // Nobody wrote the rule: there is nothing to find.
  return rules::RuleSet::Compile(MakeIdentityRule(level), input, options).rule_set;
}

}  // namespace

int FindIdentityLevel(const v1::PolicyPack& pack, const domain::CommandInfo& command) {
  int of_every_other = 0;
  for (const v1::IdentityRequirement& required : pack.identity_requirements()) {
    for (const std::string& name : required.decision_points()) {
      if (name == command.name) return required.min_level();
      if (name == kEveryOther) of_every_other = required.min_level();
    }
  }
  // Whoever has no level yet has to reach one.
  const bool is_exempt =
      BeginsCustomer(command) || command.message == v1::VerifyIdentity::descriptor();
  return is_exempt ? 0 : of_every_other;
}

v1::RuleSet MakeIdentityRule(int level) {
  v1::RuleSet set;
  set.set_id(std::string(kIdentityLevelRuleId));
  set.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  v1::Rule& rule = *set.add_rules();
  rule.set_id(std::string(kIdentityLevelRuleId));
  rule.set_order(1);
  rule.set_condition(absl::StrCat("identity_level < ", level));
  rule.set_outcome(v1::POLICY_OUTCOME_REFUSE);
  rule.set_reason(std::string(kReasonIdentityLevelTooLow.word));
  rule.set_text(
      absl::StrCat("The customer's identity must be verified to level ", level, " before this."));
  v1::RuleDetail& demanded = *rule.add_details();
  demanded.set_name("demanded");
  demanded.set_expression(absl::StrCat("'", level, "'"));
  v1::RuleDetail& reached = *rule.add_details();
  reached.set_name("reached");
  reached.set_expression("string(identity_level)");
  return set;
}

IdentityRules CompileIdentityLevels(const v1::PolicyPack& pack, PackIssues* issues) {
  std::set<absl::string_view> named;
  for (int i = 0; i < pack.identity_requirements_size(); ++i) {
    const v1::IdentityRequirement& required = pack.identity_requirements(i);
    const std::string path = absl::StrCat("identity_requirements[", i, "]");
    if (required.min_level() < 1) {
      // A number that is not set has no place of its own.
      issues->AddError(kReasonPolicyIdentityLevel,
                       required.min_level() == 0 ? path : absl::StrCat(path, ".min_level"),
                       "a level is at least 1");
    }
    if (required.decision_points().empty()) {
      issues->AddError(kReasonPolicyDecisionPointUnknown, path, "a requirement names commands");
    }
    for (int k = 0; k < required.decision_points_size(); ++k) {
      const std::string& name = required.decision_points(k);
      const std::string field = absl::StrCat(path, ".decision_points[", k, "]");
      const domain::CommandInfo* command = FindDecidedCommand(name);
      const bool is_known =
          name == kEveryOther || (command != nullptr && !BeginsCustomer(*command));
      if (is_known && !named.insert(name).second) {
        issues->AddError(kReasonPolicyDecisionPointDuplicate, field,
                         "an earlier requirement names this");
      } else if (is_known) {
        continue;
      } else if (command == nullptr) {
        issues->AddError(
            kReasonPolicyDecisionPointUnknown, field,
            absl::StrCat("policy decides no command '", name, "'", NearCommandHint(name)));
      } else {
        issues->AddError(kReasonPolicyIdentityLevelCreates, field,
                         absl::StrCat(name, " begins a customer"));
      }
    }
  }
  IdentityRules compiled;
  if (issues->HasErrors()) return compiled;
  // Commands with the same input and level share one.
  std::map<std::pair<const google::protobuf::Descriptor*, int>,
           std::shared_ptr<const rules::RuleSet>>
      made;
  for (const domain::CommandInfo& command : domain::Commands()) {
    if (FindDecidedCommand(command.name) == nullptr) continue;
    const int level = FindIdentityLevel(pack, command);
    if (level <= 0) continue;
    const google::protobuf::Descriptor* input =
        domain::DecisionInputDescriptor(command.entity_kind);
    std::shared_ptr<const rules::RuleSet>& rule = made[{input, level}];
    if (rule == nullptr) rule = CompileIdentityRule(input, level);
    compiled[command.message] = rule;
  }
  return compiled;
}

}  // namespace internal
}  // namespace frontdesk
