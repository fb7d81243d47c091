#include "frontdesk/policy/command_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/account/reasons.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/lifecycle.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/order/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/v1/command_options.pb.h"
#include "internal/enum_label.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "policy/identity_levels.h"
#include "policy/rule_sets.h"

namespace frontdesk {
namespace {

using domain::CommandInfo;

constexpr absl::string_view kEveryOther = "*";

// The reasons of the invariants of one kind of entity.
absl::Span<const Reason> ReasonsOf(v1::EntityKind kind) {
  switch (kind) {
    case v1::ENTITY_KIND_CUSTOMER:
      return kCustomerReasons;
    case v1::ENTITY_KIND_INTERACTION:
      return kInteractionReasons;
    case v1::ENTITY_KIND_ORDER:
      return kOrderReasons;
    case v1::ENTITY_KIND_ACCOUNT:
      return kAccountReasons;
    case v1::ENTITY_KIND_CASE:
      return kCaseReasons;
    default:
      return kDeskCommandReasons;
  }
}

const domain::Lifecycle* LifecycleOf(v1::EntityKind kind) {
  switch (kind) {
    case v1::ENTITY_KIND_CUSTOMER:
      return &domain::CustomerLifecycle();
    case v1::ENTITY_KIND_INTERACTION:
      return &domain::InteractionLifecycle();
    case v1::ENTITY_KIND_ORDER:
      return &domain::OrderLifecycle();
    case v1::ENTITY_KIND_ACCOUNT:
      return &domain::AccountLifecycle();
    case v1::ENTITY_KIND_CASE:
      return &domain::CaseLifecycle();
    default:
      return nullptr;
  }
}

class RuleList {
 public:
  RuleList(const v1::PolicyPack& pack, const CommandInfo& command, absl::optional<absl::Time> as_of)
      : pack_(pack), command_(command), as_of_(as_of) {}

  std::vector<CommandRule> Make() {
    AddReasons(CommandCheck::kArgument, kDomainReasons, "ARGUMENT_");
    AddReferences();
    AddIdentityLevel();
    AddRules();
    AddInvariants();
    return std::move(rules_);
  }

 private:
  CommandRule& Add(CommandCheck check, absl::string_view reason, absl::string_view text) {
    CommandRule& rule = rules_.emplace_back();
    rule.check = check;
    rule.reason = std::string(reason);
    rule.text = std::string(text);
    return rule;
  }

  void AddReasons(CommandCheck check, absl::Span<const Reason> reasons, absl::string_view prefix) {
    for (const Reason& reason : reasons) {
      if (absl::StartsWith(reason.word, prefix) && !absl::EndsWith(reason.word, "_NOT_FOUND")) {
        Add(check, reason.word, reason.text);
      }
    }
  }

  void AddReferences() {
    if (!command_.id_path.empty()) {
      const bool is_any = command_.entity_kind == v1::ENTITY_KIND_UNSPECIFIED;
      const absl::string_view noun =
          is_any ? "entity" : domain::EntityKindNoun(command_.entity_kind);
      const absl::string_view kind =
          is_any ? "<KIND>" : domain::EntityKindName(command_.entity_kind);
      Add(CommandCheck::kReference, absl::StrCat(kind, command_.creates ? "_EXISTS" : "_NOT_FOUND"),
          absl::StrCat("There is ", command_.creates ? "already one " : "no ", noun,
                       " of the id in ", command_.id_path, "."));
    }
    for (const v1::CommandReference& reference : command_.options->references()) {
      if (!reference.must_exist()) continue;
      const bool is_any = reference.entity_kind() == v1::ENTITY_KIND_UNSPECIFIED;
      Add(CommandCheck::kReference,
          absl::StrCat(is_any ? "<KIND>" : domain::EntityKindName(reference.entity_kind()),
                       "_NOT_FOUND"),
          absl::StrCat("There is no ",
                       is_any ? "entity" : domain::EntityKindNoun(reference.entity_kind()),
                       " of the id in ", reference.field(), "."));
    }
  }

  void AddIdentityLevel() {
    const int level = internal::FindIdentityLevel(pack_, command_);
    if (level == 0) return;
    const v1::RuleSet set = internal::MakeIdentityRule(level);
    const v1::Rule& source = set.rules(0);
    CommandRule& rule = Add(CommandCheck::kRule, source.reason(), source.text());
    rule.outcome = source.outcome();
    rule.condition = source.condition();
  }

  void AddRules() {
    const v1::RuleSet* const set = FindRuleSet(pack_, command_.name);
    if (set == nullptr) {
      Add(CommandCheck::kRule, kReasonPolicyNoRule, "No rule set decides the command.").outcome =
          v1::POLICY_OUTCOME_REFUSE;
      return;
    }
    std::vector<const v1::Rule*> by_order;
    for (const v1::Rule& rule : set->rules()) {
      if (!as_of_.has_value() || IsInEffect(*set, rule)) by_order.push_back(&rule);
    }
    std::stable_sort(by_order.begin(), by_order.end(),
                     [](const v1::Rule* a, const v1::Rule* b) { return a->order() < b->order(); });
    for (const v1::Rule* source : by_order) {
      CommandRule& rule =
          Add(CommandCheck::kRule, source->reason(),
              source->text().empty() ? absl::StrCat("When ", source->condition(), ".")
                                     : source->text());
      rule.outcome = source->outcome();
      rule.rule_set_id = set->id();
      rule.rule_id = source->id();
      rule.condition = source->condition();
      rule.authority = source->authority();
    }
    AddHitPolicy(*set);
    AddDefault(*set);
    AddOutputs(*set, by_order);
  }

  // The ways in which rules that match together refuse.
  void AddHitPolicy(const v1::RuleSet& set) {
    const auto add = [&](const Reason& reason) {
      CommandRule& rule = Add(CommandCheck::kRule, reason, reason.text);
      rule.outcome = v1::POLICY_OUTCOME_REFUSE;
      rule.rule_set_id = set.id();
    };
    switch (set.hit_policy()) {
      case v1::HIT_POLICY_UNIQUE:
        return add(kReasonPolicyUniqueViolated);
      case v1::HIT_POLICY_ANY:
        return add(kReasonPolicyAnyViolated);
      case v1::HIT_POLICY_PRIORITY:
      case v1::HIT_POLICY_OUTPUT_ORDER:
        return add(kReasonPolicyOutputUnranked);
      default:
        break;
    }
    const bool computes = set.aggregator() == v1::HIT_AGGREGATOR_SUM ||
                          set.aggregator() == v1::HIT_AGGREGATOR_MIN ||
                          set.aggregator() == v1::HIT_AGGREGATOR_MAX;
    if (computes) add(kReasonPolicyAggregateCurrency);
    if (set.aggregator() == v1::HIT_AGGREGATOR_SUM) add(kReasonPolicyAggregateOverflow);
  }

  void AddDefault(const v1::RuleSet& set) {
    if (set.default_outcome() == v1::POLICY_OUTCOME_ALLOW) return;
    const bool is_default = set.default_outcome() == v1::POLICY_OUTCOME_REFUSE;
    CommandRule& rule =
        Add(CommandCheck::kRule, is_default ? kReasonPolicyDefault : kReasonPolicyNoRule,
            is_default ? "No rule matches, and the rule set refuses by default."
                       : "No rule matches, and the rule set has no default.");
    rule.outcome = v1::POLICY_OUTCOME_REFUSE;
    rule.rule_set_id = set.id();
  }

  // An output of the rules may be a value with which it is not possible.
  void AddOutputs(const v1::RuleSet& set, const std::vector<const v1::Rule*>& rules) {
    std::set<std::string> computed;
    const auto add = [&computed](const v1::RuleOutput& output) { computed.insert(output.name()); };
    for (const v1::Rule* rule : rules) absl::c_for_each(rule->outputs(), add);
    absl::c_for_each(set.default_outputs(), add);
    std::vector<std::string> known;
    for (const domain::OutputInfo& output : command_.outputs) {
      if (computed.count(std::string(output.name)) > 0) known.emplace_back(output.name);
    }
    if (known.empty()) return;
    CommandRule& rule =
        Add(CommandCheck::kRule, kReasonPolicyOutputNotPossible,
            absl::StrCat("The command is not possible with a value that the rules compute: ",
                         absl::StrJoin(known, ", "), "."));
    rule.outcome = v1::POLICY_OUTCOME_REFUSE;
    rule.rule_set_id = set.id();
  }

  bool IsInEffect(const v1::RuleSet& set, const v1::Rule& rule) const {
    if (!IsInEffect(rule)) return false;
    for (const v1::RuleGroup& group : set.groups()) {
      if (!rule.group_id().empty() && group.id() == rule.group_id()) return IsInEffect(group);
    }
    return true;
  }

  // Of a rule, or a group.
  template <typename Dated>
  bool IsInEffect(const Dated& dated) const {
    if (dated.disabled()) return false;
    const auto is_before = [this](const google::protobuf::Timestamp& time) {
      const absl::optional<absl::Time> instant = internal::DecodeTime(time);
      return instant.has_value() && *as_of_ < *instant;
    };
    if (dated.has_effective_time() && is_before(dated.effective_time())) return false;
    return !dated.has_expire_time() || is_before(dated.expire_time());
  }

  void AddInvariants() {
    std::string refusal;
    if (const domain::Lifecycle* lifecycle = LifecycleOf(command_.entity_kind)) {
      std::vector<std::string> states;
      for (const domain::Transition& cell : lifecycle->transitions()) {
        if (cell.command != &command_ || cell.from == 0) continue;
        if (cell.to.empty()) {
          refusal = std::string(cell.refusal_reason->word);
        } else {
          states.push_back(internal::EnumLabel(*lifecycle->states()->FindValueByNumber(cell.from)));
        }
      }
      if (!command_.creates && !refusal.empty()) {
        Add(CommandCheck::kInvariant, refusal,
            absl::StrCat("The state is none of ", absl::StrJoin(states, ", "), "."));
      }
    }
    for (const Reason& reason : ReasonsOf(command_.entity_kind)) {
      if (reason.word != refusal && !absl::EndsWith(reason.word, "_NOT_FOUND") &&
          domain::IsReasonOf(command_, reason.word)) {
        Add(CommandCheck::kInvariant, reason.word, reason.text);
      }
    }
  }

  const v1::PolicyPack& pack_;
  const CommandInfo& command_;
  const absl::optional<absl::Time> as_of_;
  std::vector<CommandRule> rules_;
};

absl::StatusOr<const CommandInfo*> DecidedCommand(absl::string_view name) {
  const CommandInfo* info = internal::FindDecidedCommand(name);
  if (info != nullptr) return info;
  return MakeError(
      kReasonPolicyDecisionPointUnknown,
      absl::StrCat("policy decides no command '", name, "'", internal::NearCommandHint(name)));
}

}  // namespace

absl::string_view CheckName(CommandCheck check) {
  switch (check) {
    case CommandCheck::kArgument:
      return "argument";
    case CommandCheck::kReference:
      return "reference";
    case CommandCheck::kRule:
      return "rule";
    case CommandCheck::kInvariant:
      return "invariant";
  }
  return "";
}

const v1::RuleSet* FindRuleSet(const v1::PolicyPack& pack, absl::string_view command) {
  const v1::RuleSet* of_every_other = nullptr;
  for (const v1::RuleSet& set : pack.rule_sets()) {
    for (const std::string& name : set.decision_points()) {
      if (name == command) return &set;
      if (name == kEveryOther) of_every_other = &set;
    }
  }
  return of_every_other;
}

absl::StatusOr<std::vector<CommandRule>> ListCommandRules(const v1::PolicyPack& pack,
                                                          absl::string_view command,
                                                          absl::optional<absl::Time> as_of) {
  FRONTDESK_ASSIGN_OR_RETURN(const CommandInfo* info, DecidedCommand(command));
  return RuleList(pack, *info, as_of).Make();
}

absl::StatusOr<absl::Span<const PolicyTotal* const>> ListCommandTotals(const Policy& policy,
                                                                       absl::string_view command) {
  FRONTDESK_ASSIGN_OR_RETURN(const CommandInfo* info, DecidedCommand(command));
  return policy.TotalsOf(*info);
}

}  // namespace frontdesk
