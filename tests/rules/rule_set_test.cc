// A rule set as a stranger makes and asks one, and every issue of one built in memory.
#include "frontdesk/rules/rule_set.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "bakery.pb.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/base/error.h"
#include "frontdesk/cel/time_zone.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::Rule* AddRule(v1::RuleSet* set, const std::string& id, int order, const std::string& condition,
                  v1::PolicyOutcome outcome, const std::string& reason) {
  v1::Rule* rule = set->add_rules();
  rule->set_id(id);
  rule->set_order(order);
  rule->set_condition(condition);
  rule->set_outcome(outcome);
  rule->set_reason(reason);
  return rule;
}

v1::RuleSet Example() {
  v1::RuleSet set;
  set.set_id("canceling");
  set.add_decision_points("CancelOrder");
  AddRule(&set, "delivered", 20, "order.state == Order.State.STATE_DELIVERED",
          v1::POLICY_OUTCOME_REFUSE, "ORDER_DELIVERED");
  AddRule(&set, "gold", 10, "customer.tier == Tier.TIER_GOLD", v1::POLICY_OUTCOME_ALLOW, "");
  set.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  return set;
}

TEST(RuleSet, IsCompiledOnceAndAskedManyTimes) {
  const CompileResult compiled = RuleSet::Compile(Example(), bakery::Input::descriptor());
  ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
  EXPECT_THAT(compiled.issues, IsEmpty());
  const RuleSet& rules = *compiled.rule_set;
  EXPECT_EQ(rules.id(), "canceling");
  EXPECT_EQ(rules.input(), bakery::Input::descriptor());
  EXPECT_FALSE(rules.has_effective_times());

  bakery::Input input;
  input.mutable_order()->set_state(bakery::Order::STATE_DELIVERED);
  DecideOptions options;
  options.decision_point = "CancelOrder";
  absl::StatusOr<v1::Decision> decision = rules.Decide(input, options);
  ASSERT_TRUE(decision.ok());
  EXPECT_EQ(decision->outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(decision->decision_point(), "CancelOrder");
  EXPECT_EQ(decision->rule_set_id(), "canceling");
  EXPECT_EQ(decision->rule_set_hash(), rules.hash());
  EXPECT_THAT(decision->fired_rule_ids(), ElementsAre("delivered"));
  ASSERT_THAT(DecisionReasons(*decision), SizeIs(1));
  EXPECT_EQ(DecisionReasons(*decision)[0].reason, "ORDER_DELIVERED");

  input.mutable_customer()->set_tier(bakery::TIER_GOLD);
  decision = rules.Decide(input, options);
  ASSERT_TRUE(decision.ok());
  EXPECT_EQ(decision->outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_THAT(decision->fired_rule_ids(), ElementsAre("gold"));
}

TEST(RuleSet, SetsWithTheSameInputShareAnEnvironment) {
  std::map<const google::protobuf::Descriptor*, std::shared_ptr<const cel::Environment>> made;
  CompileOptions options;
  options.environments = &made;
  const CompileResult first = RuleSet::Compile(Example(), bakery::Input::descriptor(), options);
  ASSERT_TRUE(first.ok());
  ASSERT_THAT(made, SizeIs(1));
  const std::weak_ptr<const cel::Environment> environment = made.begin()->second;
  const CompileResult second = RuleSet::Compile(Example(), bakery::Input::descriptor(), options);
  ASSERT_TRUE(second.ok());
  EXPECT_THAT(made, SizeIs(1));
  EXPECT_EQ(made.begin()->second, environment.lock());
  // A set with another input has an environment of its own: it has no field `customer`.
  const CompileResult other = RuleSet::Compile(Example(), bakery::Order::descriptor(), options);
  EXPECT_FALSE(other.ok());
  EXPECT_THAT(made, SizeIs(2));
  // The sets hold what they share.
  made.clear();
  EXPECT_FALSE(environment.expired());
  bakery::Input input;
  input.mutable_order()->set_state(bakery::Order::STATE_DELIVERED);
  for (const CompileResult* compiled : {&first, &second}) {
    const auto decision = compiled->rule_set->Decide(input, {});
    ASSERT_TRUE(decision.ok());
    EXPECT_EQ(decision->outcome(), v1::POLICY_OUTCOME_REFUSE);
  }
}

TEST(RuleSet, SourceIsNormalized) {
  v1::RuleSet set = Example();
  set.add_decision_points("AddItem");
  const CompileResult compiled = RuleSet::Compile(set, bakery::Input::descriptor());
  ASSERT_TRUE(compiled.ok());
  const v1::RuleSet& source = compiled.rule_set->source();
  EXPECT_EQ(source.hit_policy(), v1::HIT_POLICY_FIRST);
  EXPECT_THAT(source.decision_points(), ElementsAre("AddItem", "CancelOrder"));
  ASSERT_EQ(source.rules_size(), 2);
  EXPECT_EQ(source.rules(0).id(), "gold");
}

TEST(RuleSet, HashIsOfTheMeaningAndNotOfTheWriting) {
  const auto hash_of = [](const v1::RuleSet& set) {
    const CompileResult compiled = RuleSet::Compile(set, bakery::Input::descriptor());
    return compiled.ok() ? compiled.rule_set->hash() : std::string();
  };
  const std::string hash = hash_of(Example());
  EXPECT_EQ(hash.size(), 32u);
  v1::RuleSet same = Example();
  same.mutable_rules()->SwapElements(0, 1);
  same.set_hit_policy(v1::HIT_POLICY_FIRST);
  EXPECT_EQ(hash_of(same), hash);

  const std::vector<std::function<void(v1::RuleSet*)>> changes = {
      [](v1::RuleSet* set) { set->set_id("other"); },
      [](v1::RuleSet* set) { set->add_decision_points("Other"); },
      [](v1::RuleSet* set) { set->set_hit_policy(v1::HIT_POLICY_ALL); },
      [](v1::RuleSet* set) { set->set_default_outcome(v1::POLICY_OUTCOME_REFUSE); },
      [](v1::RuleSet* set) { set->mutable_rules(0)->set_text("other"); },
      [](v1::RuleSet* set) { set->mutable_rules(0)->set_order(5); },
      [](v1::RuleSet* set) { set->mutable_rules(0)->set_condition("true"); },
      [](v1::RuleSet* set) { set->mutable_rules(0)->mutable_expire_time()->set_seconds(1); },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    v1::RuleSet other = Example();
    changes[i](&other);
    EXPECT_NE(hash_of(other), hash) << "change " << i;
  }
}

// One defect of an otherwise valid set, and its issue.
struct WrongSet {
  const char* name;
  std::function<void(v1::RuleSet*)> change;
  const char* reason;
  const char* field;
};

std::vector<WrongSet> WrongSets() {
  const auto rule = [](v1::RuleSet* set) { return set->mutable_rules(0); };
  return {
      {"no id", [](v1::RuleSet* s) { s->clear_id(); }, "RULE_SET_ID_MISSING", "id"},
      {"long id", [](v1::RuleSet* s) { s->set_id(std::string(300, 'x')); }, "RULE_LIMIT_NAME_BYTES",
       "id"},
      {"empty point", [](v1::RuleSet* s) { s->add_decision_points(""); },
       "RULE_SET_DECISION_POINT_EMPTY", "decision_points[1]"},
      {"same point", [](v1::RuleSet* s) { s->add_decision_points("CancelOrder"); },
       "RULE_SET_DECISION_POINT_DUPLICATE", "decision_points[1]"},
      {"wildcard", [](v1::RuleSet* s) { s->set_decision_points(0, "*"); },
       "RULE_SET_WILDCARD_RULES", "decision_points[0]"},
      {"hit policy", [](v1::RuleSet* s) { s->set_hit_policy(static_cast<v1::HitPolicy>(77)); },
       "RULE_SET_HIT_POLICY_UNKNOWN", "hit_policy"},
      {"default",
       [](v1::RuleSet* s) { s->set_default_outcome(static_cast<v1::PolicyOutcome>(77)); },
       "RULE_SET_DEFAULT_UNKNOWN", "default_outcome"},
      {"default hold", [](v1::RuleSet* s) { s->set_default_outcome(v1::POLICY_OUTCOME_HOLD); },
       "RULE_SET_DEFAULT_HOLD", "default_outcome"},
      {"no rule id", [=](v1::RuleSet* s) { rule(s)->clear_id(); }, "RULE_ID_MISSING",
       "rules[0].id"},
      {"same rule id", [](v1::RuleSet* s) { s->mutable_rules(1)->set_id("delivered"); },
       "RULE_ID_DUPLICATE", "rules[1].id"},
      {"same order", [](v1::RuleSet* s) { s->mutable_rules(1)->set_order(20); },
       "RULE_ORDER_DUPLICATE", "rules[1].order"},
      {"no condition", [=](v1::RuleSet* s) { rule(s)->clear_condition(); },
       "RULE_CONDITION_MISSING", "rules[0].condition"},
      {"int condition", [=](v1::RuleSet* s) { rule(s)->set_condition("1 + 1"); },
       "RULE_CONDITION_NOT_BOOL", "rules[0].condition"},
      {"syntax", [=](v1::RuleSet* s) { rule(s)->set_condition("order.state =="); },
       "CEL_SYNTAX_ERROR", "rules[0].condition"},
      {"unknown field", [=](v1::RuleSet* s) { rule(s)->set_condition("order.stat == 1"); },
       "CEL_UNKNOWN_FIELD", "rules[0].condition"},
      {"no outcome", [=](v1::RuleSet* s) { rule(s)->clear_outcome(); }, "RULE_OUTCOME_MISSING",
       "rules[0].outcome"},
      {"unknown outcome",
       [=](v1::RuleSet* s) { rule(s)->set_outcome(static_cast<v1::PolicyOutcome>(9)); },
       "RULE_OUTCOME_UNKNOWN", "rules[0].outcome"},
      {"no reason", [=](v1::RuleSet* s) { rule(s)->clear_reason(); }, "RULE_REASON_MISSING",
       "rules[0].reason"},
      {"reason", [=](v1::RuleSet* s) { rule(s)->set_reason("Order-delivered"); },
       "RULE_REASON_MALFORMED", "rules[0].reason"},
      {"long text", [=](v1::RuleSet* s) { rule(s)->set_text(std::string(5000, 'x')); },
       "RULE_LIMIT_TEXT_BYTES", "rules[0].text"},
      {"authority", [=](v1::RuleSet* s) { rule(s)->set_authority("boss"); },
       "RULE_AUTHORITY_UNEXPECTED", "rules[0].authority"},
      {"no authority", [=](v1::RuleSet* s) { rule(s)->set_outcome(v1::POLICY_OUTCOME_HOLD); },
       "RULE_AUTHORITY_MISSING", "rules[0].authority"},
      {"detail without name", [=](v1::RuleSet* s) { rule(s)->add_details()->set_expression("1"); },
       "RULE_DETAIL_NAME_MISSING", "rules[0].details[0].name"},
      {"detail name",
       [=](v1::RuleSet* s) {
         rule(s)->add_details()->set_name("Days");
         rule(s)->mutable_details(0)->set_expression("1");
       },
       "RULE_DETAIL_NAME_MALFORMED", "rules[0].details[0].name"},
      {"same detail",
       [=](v1::RuleSet* s) {
         for (int i = 0; i < 2; ++i) {
           v1::RuleDetail* detail = rule(s)->add_details();
           detail->set_name("days");
           detail->set_expression("1");
         }
       },
       "RULE_DETAIL_NAME_DUPLICATE", "rules[0].details[1].name"},
      {"detail without expression",
       [=](v1::RuleSet* s) { rule(s)->add_details()->set_name("days"); },
       "RULE_DETAIL_EXPRESSION_MISSING", "rules[0].details[0].expression"},
      {"detail expression",
       [=](v1::RuleSet* s) {
         rule(s)->add_details()->set_name("days");
         rule(s)->mutable_details(0)->set_expression("nowhere");
       },
       "CEL_UNKNOWN_NAME", "rules[0].details[0].expression"},
      {"many details",
       [=](v1::RuleSet* s) {
         for (int i = 0; i < 33; ++i) {
           rule(s)->add_details()->set_name("d" + std::to_string(i));
           rule(s)->mutable_details(i)->set_expression("1");
         }
       },
       "RULE_LIMIT_DETAILS", "rules[0].details"},
      {"time", [=](v1::RuleSet* s) { rule(s)->mutable_effective_time()->set_nanos(-1); },
       "RULE_EFFECTIVE_TIME_INVALID", "rules[0].effective_time"},
      {"reversed",
       [=](v1::RuleSet* s) {
         rule(s)->mutable_effective_time()->set_seconds(10);
         rule(s)->mutable_expire_time()->set_seconds(10);
       },
       "RULE_EFFECTIVE_RANGE_REVERSED", "rules[0].expire_time"},
      {"encoding", [=](v1::RuleSet* s) { rule(s)->set_text("\xff"); }, "RULE_SET_ENCODING",
       "rules[0].text"},
  };
}

TEST(RuleSet, ReportsEachIssue) {
  for (const WrongSet& wrong : WrongSets()) {
    v1::RuleSet set = Example();
    wrong.change(&set);
    const CompileResult compiled = RuleSet::Compile(set, bakery::Input::descriptor());
    EXPECT_FALSE(compiled.ok()) << wrong.name;
    ASSERT_THAT(compiled.issues, SizeIs(1)) << wrong.name << "\n" << FormatIssues(compiled.issues);
    EXPECT_EQ(compiled.issues[0].reason(), wrong.reason) << wrong.name;
    EXPECT_EQ(compiled.issues[0].field(), wrong.field) << wrong.name;
    EXPECT_EQ(compiled.issues[0].severity(), v1::Issue::SEVERITY_ERROR) << wrong.name;
    EXPECT_EQ(compiled.issues[0].line(), 0) << wrong.name;
    // Every reason of our own is in the table of reasons.
    if (compiled.issues[0].reason().compare(0, 4, "CEL_") != 0) {
      EXPECT_NE(FindReason(wrong.reason), nullptr) << wrong.reason;
    }
  }
}

TEST(RuleSet, ReportsAllIssuesAtOnce) {
  v1::RuleSet set = Example();
  set.clear_id();
  set.mutable_rules(0)->set_condition("order.stat == 1 && customer.tir == 2");
  set.mutable_rules(1)->set_id("delivered");
  set.mutable_rules(1)->set_order(20);
  set.mutable_rules(1)->set_condition("size(");
  set.mutable_rules(1)->clear_outcome();
  const CompileResult compiled = RuleSet::Compile(set, bakery::Input::descriptor());
  EXPECT_FALSE(compiled.ok());
  std::vector<std::string> reasons = testing::Reasons(compiled.issues);
  EXPECT_THAT(reasons, Contains("RULE_SET_ID_MISSING"));
  EXPECT_THAT(reasons, Contains("RULE_ID_DUPLICATE"));
  EXPECT_THAT(reasons, Contains("RULE_ORDER_DUPLICATE"));
  EXPECT_THAT(reasons, Contains("RULE_OUTCOME_MISSING"));
  EXPECT_THAT(reasons, Contains("CEL_SYNTAX_ERROR"));
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "CEL_UNKNOWN_FIELD"), 2);
}

TEST(RuleSet, PlacesIssuesInsideExpressions) {
  v1::RuleSet set = Example();
  set.mutable_rules(0)->set_condition("customer.name == 'Zo\u00eb' &&\n  order.stat == 1");
  const CompileResult compiled = RuleSet::Compile(set, bakery::Input::descriptor());
  ASSERT_THAT(compiled.issues, SizeIs(1));
  EXPECT_EQ(compiled.issues[0].expression_line(), 2);
  EXPECT_EQ(compiled.issues[0].expression_column(), 9);
  EXPECT_THAT(compiled.issues[0].snippet(), HasSubstr("order.stat == 1"));
  EXPECT_THAT(compiled.issues[0].snippet(), HasSubstr("^"));
}

TEST(RuleSet, StatusCarriesAllIssues) {
  v1::RuleSet set = Example();
  set.clear_id();
  set.mutable_rules(0)->clear_reason();
  const CompileResult compiled = RuleSet::Compile(set, bakery::Input::descriptor());
  const absl::Status status = IssuesToStatus(compiled.issues);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetReason(status), kReasonPolicyInvalid);
  ASSERT_TRUE(GetErrorDetail(status).has_value());
  EXPECT_EQ(GetErrorDetail(status).value().issues_size(), 2);
  EXPECT_TRUE(IssuesToStatus({}).ok());
}

TEST(RuleSet, LimitsHaveNames) {
  CompileOptions options;
  options.limits.max_rules = 1;
  EXPECT_THAT(
      testing::Reasons(RuleSet::Compile(Example(), bakery::Input::descriptor(), options).issues),
      ElementsAre("RULE_SET_LIMIT_RULES"));

  options = {};
  options.limits.max_issues = 2;
  v1::RuleSet set = Example();
  for (int i = 0; i < 5; ++i) AddRule(&set, "", 100 + i, "true", v1::POLICY_OUTCOME_ALLOW, "");
  const CompileResult compiled = RuleSet::Compile(set, bakery::Input::descriptor(), options);
  EXPECT_THAT(testing::Reasons(compiled.issues),
              ElementsAre("RULE_ID_MISSING", "RULE_ID_MISSING", "POLICY_LIMIT_ISSUES"));

  options = {};
  options.expression_limits.max_expression_bytes = 10;
  EXPECT_THAT(
      testing::Reasons(RuleSet::Compile(Example(), bakery::Input::descriptor(), options).issues),
      Contains("CEL_LIMIT_EXPRESSION_BYTES"));
}

TEST(RuleSet, WithoutRulesNeedsNoInput) {
  v1::RuleSet set;
  set.set_id("rest");
  set.add_decision_points("*");
  set.set_default_outcome(v1::POLICY_OUTCOME_REFUSE);
  const CompileResult compiled = RuleSet::Compile(set, nullptr);
  ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
  absl::StatusOr<v1::Decision> decision = compiled.rule_set->Decide(bakery::Line());
  ASSERT_TRUE(decision.ok());
  EXPECT_EQ(decision->outcome(), v1::POLICY_OUTCOME_REFUSE);
  EXPECT_TRUE(decision->by_default());

  EXPECT_THAT(testing::Reasons(RuleSet::Compile(Example(), nullptr).issues),
              ElementsAre("RULE_SET_INPUT_MISSING"));
  set.clear_default_outcome();
  const CompileResult empty = RuleSet::Compile(set, nullptr);
  EXPECT_TRUE(empty.ok());
  ASSERT_THAT(testing::Reasons(empty.issues), ElementsAre("RULE_SET_EMPTY"));
  EXPECT_EQ(empty.issues[0].severity(), v1::Issue::SEVERITY_WARNING);
}

TEST(RuleSet, HostsAddFunctions) {
  CompileOptions options;
  cel::FunctionOverload overload;
  overload.id = "twice_int";
  overload.parameters = {cel::Type::Int()};
  overload.result = cel::Type::Int();
  overload.implementation = [](absl::Span<const cel::Value> arguments,
                               cel::ValueArena&) -> absl::StatusOr<cel::Value> {
    return cel::Value::Int(2 * arguments[0].int_value());
  };
  options.functions.push_back({"twice", overload});
  const auto rules = testing::OneRule("twice(order.total_units) > 10", options);
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(testing::MustDecide(*rules, testing::MakeInput("order { total_units: 6 }")).outcome(),
            v1::POLICY_OUTCOME_REFUSE);
  EXPECT_EQ(testing::MustDecide(*rules, testing::MakeInput("order { total_units: 5 }")).outcome(),
            v1::POLICY_OUTCOME_ALLOW);
}

TEST(RuleSet, HostsGiveTimeZones) {
  const std::string condition = "order.delivered_time.getHours('Europe/Paris') == 13";
  CompileOptions options;
  options.time_zones = cel::SystemTimeZones();
  const auto rules = testing::OneRule(condition, options);
  ASSERT_NE(rules, nullptr);
  // 2024-07-01T11:00:00Z
  const bakery::Input input =
      testing::MakeInput("order { delivered_time { seconds: 1719831600 } }");
  EXPECT_EQ(testing::MustDecide(*rules, input).outcome(), v1::POLICY_OUTCOME_REFUSE);
}

TEST(RuleSet, TheScopeOfNamesCanBeChosen) {
  CompileOptions options;
  options.container = "";
  const auto rules = testing::OneRule("order.state == bakery.Order.State.STATE_BAKED", options);
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(
      testing::MustDecide(*rules, testing::MakeInput("order { state: STATE_BAKED }")).outcome(),
      v1::POLICY_OUTCOME_REFUSE);
}

TEST(RuleSet, DecideRefusesWhatItCannotRead) {
  const CompileResult compiled = RuleSet::Compile(Example(), bakery::Input::descriptor());
  ASSERT_TRUE(compiled.ok());
  const absl::Status mismatch = compiled.rule_set->Decide(bakery::Order()).status();
  EXPECT_EQ(mismatch.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetReason(mismatch), kReasonRulesInputMismatch);

  v1::RuleSet set = Example();
  set.mutable_rules(0)->mutable_effective_time()->set_seconds(10);
  const CompileResult timed = RuleSet::Compile(set, bakery::Input::descriptor());
  ASSERT_TRUE(timed.ok());
  EXPECT_TRUE(timed.rule_set->has_effective_times());
  const absl::Status missing = timed.rule_set->Decide(bakery::Input()).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetReason(missing), kReasonRulesTimeMissing);
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
