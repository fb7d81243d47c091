// Random rule sets against a slow and obvious reading of policy.proto and decision.proto.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

enum class Truth { kFalse, kTrue, kError };

// A condition in CEL, and its meaning.
struct Atom {
  std::string text;
  std::function<Truth(const bakery::Input&)> meaning;
};

Truth Of(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

std::vector<Atom> Atoms() {
  std::vector<Atom> atoms = {
      {"order.express", [](const bakery::Input& in) { return Of(in.order().express()); }},
      {"!order.express", [](const bakery::Input& in) { return Of(!in.order().express()); }},
      {"order.state in [Order.State.STATE_PLACED, Order.State.STATE_BAKED]",
       [](const bakery::Input& in) {
         return Of(in.order().state() == 1 || in.order().state() == 2);
       }},
      {"customer.tier == Tier.TIER_GOLD",
       [](const bakery::Input& in) { return Of(in.customer().tier() == 2); }},
      {"has(order.delivered_time)",
       [](const bakery::Input& in) { return Of(in.order().has_delivered_time()); }},
      {"size(order.lines) > 1",
       [](const bakery::Input& in) { return Of(in.order().lines_size() > 1); }},
      {"10 / order.total_units > 2",
       [](const bakery::Input& in) {
         return in.order().total_units() == 0 ? Truth::kError
                                              : Of(10 / in.order().total_units() > 2);
       }},
      {"order.lines[1].quantity > 2",
       [](const bakery::Input& in) {
         return in.order().lines_size() < 2 ? Truth::kError
                                            : Of(in.order().lines(1).quantity() > 2);
       }},
  };
  for (int i = 0; i < 6; ++i) {
    atoms.push_back({absl::StrCat("order.total_units >= ", i),
                     [i](const bakery::Input& in) { return Of(in.order().total_units() >= i); }});
  }
  return atoms;
}

struct Rule {
  int order = 0;
  v1::PolicyOutcome outcome = v1::POLICY_OUTCOME_ALLOW;
  std::vector<Atom> atoms;
  std::string authority;
  int64_t from = INT64_MIN;
  int64_t to = INT64_MAX;
  bool erring_detail = false;  // A detail that errs when total_units is 0.

  std::string id() const { return absl::StrCat("r", order); }
};

struct Expected {
  v1::PolicyOutcome outcome = v1::POLICY_OUTCOME_REFUSE;
  std::vector<std::string> fired;
  bool by_default = false;
};

// The reference: evaluates every rule, then reads the list from the front.
class Reference {
 public:
  Reference(std::vector<Rule> rules, bool all, v1::PolicyOutcome default_outcome)
      : rules_(std::move(rules)), all_(all), default_(default_outcome) {
    std::sort(rules_.begin(), rules_.end(),
              [](const Rule& a, const Rule& b) { return a.order < b.order; });
  }

  Expected Decide(const bakery::Input& input, int64_t now,
                  const std::vector<std::string>& granted) const {
    std::vector<std::string> approved;
    std::vector<const Rule*> matches;  // Those that count, in order; an erring one with `errs`.
    std::vector<bool> errs;
    for (const Rule& rule : rules_) {
      if (now < rule.from || now >= rule.to) continue;
      const Truth truth = Condition(rule, input);
      if (truth == Truth::kFalse) continue;
      const bool hold = rule.outcome == v1::POLICY_OUTCOME_HOLD;
      if (truth == Truth::kTrue && hold &&
          std::count(granted.begin(), granted.end(), rule.authority) > 0) {
        approved.push_back(rule.id());
        continue;
      }
      matches.push_back(&rule);
      errs.push_back(truth == Truth::kError);
    }
    Expected expected = all_ ? All(matches, errs, input) : First(matches, errs, input);
    if (!expected.fired.empty()) return expected;
    if (!approved.empty()) return {v1::POLICY_OUTCOME_ALLOW, approved, false};
    if (default_ != v1::POLICY_OUTCOME_UNSPECIFIED) return {default_, {}, true};
    return {v1::POLICY_OUTCOME_REFUSE, {}, false};
  }

 private:
  static Truth Condition(const Rule& rule, const bakery::Input& input) {
    Truth all = Truth::kTrue;
    for (const Atom& atom : rule.atoms) {
      const Truth truth = atom.meaning(input);
      if (truth == Truth::kFalse) return Truth::kFalse;
      if (truth == Truth::kError) all = Truth::kError;
    }
    return all;
  }

  static bool DetailErrs(const Rule& rule, const bakery::Input& input) {
    return rule.erring_detail && input.order().total_units() == 0;
  }

  static Expected First(const std::vector<const Rule*>& matches, const std::vector<bool>& errs,
                        const bakery::Input& input) {
    if (matches.empty()) return {};
    const Rule& leading = *matches[0];
    const bool leading_errs = errs[0] || DetailErrs(leading, input);
    Expected expected{
        leading_errs ? v1::POLICY_OUTCOME_REFUSE : leading.outcome, {leading.id()}, false};
    if (expected.outcome != v1::POLICY_OUTCOME_REFUSE) return expected;
    if (!errs[0] && leading.outcome == v1::POLICY_OUTCOME_ALLOW) return expected;
    for (size_t i = 1; i < matches.size(); ++i) {
      if (errs[i]) continue;
      if (matches[i]->outcome == v1::POLICY_OUTCOME_ALLOW) break;
      if (matches[i]->outcome == v1::POLICY_OUTCOME_REFUSE && !DetailErrs(*matches[i], input)) {
        expected.fired.push_back(matches[i]->id());
      }
    }
    return expected;
  }

  static Expected All(const std::vector<const Rule*>& matches, const std::vector<bool>& errs,
                      const bakery::Input& input) {
    Expected expected;
    for (size_t i = 0; i < matches.size(); ++i) {
      if (errs[i] || matches[i]->outcome == v1::POLICY_OUTCOME_REFUSE)
        expected.fired.push_back(matches[i]->id());
    }
    if (!expected.fired.empty()) return expected;
    for (const v1::PolicyOutcome outcome : {v1::POLICY_OUTCOME_HOLD, v1::POLICY_OUTCOME_ALLOW}) {
      std::vector<std::string> erring;
      for (const Rule* rule : matches) {
        if (rule->outcome != outcome) continue;
        expected.fired.push_back(rule->id());
        if (DetailErrs(*rule, input)) erring.push_back(rule->id());
      }
      if (!erring.empty()) return {v1::POLICY_OUTCOME_REFUSE, erring, false};
      if (!expected.fired.empty()) {
        expected.outcome = outcome;
        return expected;
      }
    }
    return expected;
  }

  std::vector<Rule> rules_;
  bool all_;
  v1::PolicyOutcome default_;
};

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed), atoms_(Atoms()) {}

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }

  std::vector<Rule> Rules() {
    std::vector<int> orders(40);
    for (int i = 0; i < 40; ++i) orders[i] = i - 20;
    std::shuffle(orders.begin(), orders.end(), random_);
    std::vector<Rule> rules(Below(9));
    for (size_t i = 0; i < rules.size(); ++i) {
      Rule& rule = rules[i];
      rule.order = orders[i];
      rule.outcome = static_cast<v1::PolicyOutcome>(1 + Below(3));
      if (rule.outcome == v1::POLICY_OUTCOME_HOLD)
        rule.authority = Below(2) == 0 ? "boss" : "chief";
      for (int n = 1 + Below(3); n > 0; --n)
        rule.atoms.push_back(atoms_[Below(static_cast<int>(atoms_.size()))]);
      rule.erring_detail = Below(6) == 0;
      if (Below(4) == 0) {
        rule.from = Below(10);
        rule.to = rule.from + 1 + Below(10);
      }
    }
    return rules;
  }

  bakery::Input Input() {
    bakery::Input input;
    input.mutable_order()->set_total_units(Below(6));
    input.mutable_order()->set_express(Below(2) == 0);
    input.mutable_order()->set_state(static_cast<bakery::Order::State>(Below(4)));
    input.mutable_customer()->set_tier(static_cast<bakery::Tier>(Below(3)));
    if (Below(2) == 0) input.mutable_order()->mutable_delivered_time();
    for (int n = Below(4); n > 0; --n) input.mutable_order()->add_lines()->set_quantity(Below(5));
    return input;
  }

 private:
  std::mt19937 random_;
  std::vector<Atom> atoms_;
};

v1::RuleSet SourceOf(const std::vector<Rule>& rules, bool all, v1::PolicyOutcome default_outcome) {
  v1::RuleSet set;
  set.set_id("random");
  set.set_hit_policy(all ? v1::HIT_POLICY_ALL : v1::HIT_POLICY_FIRST);
  set.set_default_outcome(default_outcome);
  for (const Rule& rule : rules) {
    v1::Rule* added = set.add_rules();
    added->set_id(rule.id());
    added->set_order(rule.order);
    added->set_outcome(rule.outcome);
    added->set_reason("REASON");
    added->set_authority(rule.authority);
    added->set_condition(absl::StrJoin(
        rule.atoms, " && ", [](std::string* out, const Atom& atom) { *out += atom.text; }));
    if (rule.from != INT64_MIN) added->mutable_effective_time()->set_seconds(rule.from);
    if (rule.to != INT64_MAX) added->mutable_expire_time()->set_seconds(rule.to);
    if (rule.erring_detail) {
      added->add_details()->set_name("share");
      added->mutable_details(0)->set_expression("100 / order.total_units");
    }
  }
  return set;
}

void ExpectSame(const v1::Decision& decision, const Expected& expected) {
  EXPECT_EQ(decision.outcome(), expected.outcome);
  EXPECT_EQ(
      std::vector<std::string>(decision.fired_rule_ids().begin(), decision.fired_rule_ids().end()),
      expected.fired);
  EXPECT_EQ(decision.by_default(), expected.by_default);
}

TEST(Reference, RandomRuleSetsDecideAsTheReferenceDoes) {
  const uint32_t seed = static_cast<uint32_t>(testing::RandomSeed());
  Generator generator(seed);
  const std::vector<std::vector<std::string>> grants = {{}, {"boss"}, {"chief", "boss"}};
  int64_t refused = 0, held = 0, allowed = 0;
  for (int round = 0; round < 400; ++round) {
    const std::vector<Rule> rules = generator.Rules();
    const bool all = generator.Below(2) == 0;
    const auto default_outcome = static_cast<v1::PolicyOutcome>(generator.Below(3));
    const v1::RuleSet source = SourceOf(rules, all, default_outcome);
    const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor());
    ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
    const Reference reference(rules, all, default_outcome);
    cel::Scratch scratch;
    for (int i = 0; i < 20; ++i) {
      const bakery::Input input = generator.Input();
      const int64_t now = generator.Below(24) - 2;
      DecideOptions options;
      options.now = absl::FromUnixSeconds(now);
      options.granted_authorities = grants[generator.Below(3)];
      const Expected expected = reference.Decide(input, now, options.granted_authorities);
      const absl::StatusOr<v1::Decision> full = compiled.rule_set->Decide(input, options, scratch);
      ASSERT_TRUE(full.ok());
      options.trace = TraceLevel::kFired;
      const absl::StatusOr<v1::Decision> brief = compiled.rule_set->Decide(input, options, scratch);
      ASSERT_TRUE(brief.ok());
      ExpectSame(*full, expected);
      ExpectSame(*brief, expected);
      EXPECT_EQ(full->rules_size(), source.rules_size());
      refused += expected.outcome == v1::POLICY_OUTCOME_REFUSE;
      held += expected.outcome == v1::POLICY_OUTCOME_HOLD;
      allowed += expected.outcome == v1::POLICY_OUTCOME_ALLOW;
      if (::testing::Test::HasFailure()) {
        FAIL() << "seed " << seed << "\n"
               << source.DebugString() << input.DebugString() << "now " << now;
      }
    }
  }
  // The generator reaches every outcome.
  EXPECT_GT(refused, 100);
  EXPECT_GT(held, 100);
  EXPECT_GT(allowed, 100);
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
