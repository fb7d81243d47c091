#include "agents/offer.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "frontdesk/cel/activation.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"
#include "frontdesk/policy/command_rules.h"
#include "frontdesk/v1/policy.pb.h"
#include "frontdesk/v1/rule.pb.h"

namespace frontdesk {
namespace agents {
namespace {

enum class Matches { kNever, kMaybe, kAlways };

// Asks conditions about one actor.
class ActorConditions {
 public:
  explicit ActorConditions(const v1::Actor& actor) : actor_(actor) {
    cel::EnvironmentBuilder builder;
    builder.SetContainer("frontdesk.v1");
    builder.AddVariable("actor", cel::Type::Message(v1::Actor::descriptor()));
    if (auto built = builder.Build(); built.ok()) environment_ = *std::move(built);
  }

  // A condition that reads anything else does not compile here.
  Matches Ask(const std::string& condition) const {
    if (condition.empty()) return Matches::kAlways;
    if (environment_ == nullptr) return Matches::kMaybe;
    const cel::CompileResult compiled = environment_->Compile(condition);
    if (!compiled.ok()) return Matches::kMaybe;
    cel::Activation activation(environment_);
    if (!activation.Set("actor", cel::Value::Message(&actor_)).ok()) return Matches::kMaybe;
    cel::Scratch scratch;
    switch (compiled.program->EvaluateBool(activation, scratch)) {
      case cel::BoolOutcome::kFalse:
        return Matches::kNever;
      case cel::BoolOutcome::kTrue:
        return Matches::kAlways;
      default:
        return Matches::kMaybe;
    }
  }

 private:
  const v1::Actor& actor_;
  std::shared_ptr<const cel::Environment> environment_;
};

bool Passes(v1::PolicyOutcome outcome) {
  return outcome == v1::POLICY_OUTCOME_ALLOW || outcome == v1::POLICY_OUTCOME_HOLD;
}

}  // namespace

bool MayEverPass(const Policy& policy, const domain::CommandInfo& info, const v1::Actor& actor) {
  const auto rules = ListCommandRules(policy.pack(), info.name);
  if (!rules.ok()) return true;
  const v1::RuleSet* const set = FindRuleSet(policy.pack(), info.name);
  if (set == nullptr) return false;
  const ActorConditions conditions(actor);
  bool may_pass = Passes(set->default_outcome());
  for (const CommandRule& rule : *rules) {
    if (rule.check != CommandCheck::kRule || rule.rule_id.empty()) continue;
    const auto source =
        std::find_if(set->rules().begin(), set->rules().end(),
                     [&](const v1::Rule& each) { return each.id() == rule.rule_id; });
    // A rule that is not always in effect may match, or not.
    const bool in_effect = source != set->rules().end() && !source->disabled() &&
                           source->group_id().empty() && !source->has_effective_time() &&
                           !source->has_expire_time();
    Matches matches = conditions.Ask(rule.condition);
    if (!in_effect && matches == Matches::kAlways) matches = Matches::kMaybe;
    if (matches == Matches::kNever) continue;
    if (Passes(rule.outcome)) {
      if (set->hit_policy() != v1::HIT_POLICY_ALL) return true;
      may_pass = true;
    } else if (matches == Matches::kAlways) {
      return false;
    }
  }
  return may_pass;
}

}  // namespace agents
}  // namespace frontdesk
