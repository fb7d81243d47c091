// Values in the words of an author: money, ages, roles, consent.
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/money.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kDay = 86400;

std::string Escaped(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// A policy with one rule on CancelOrder, which hands out `expression`.
PolicyResult Compile(absl::string_view expression) {
  return Policy::FromText(
      absl::StrCat(
          R"(rule_sets { id: "s" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
           rules { id: "r" order: 1 condition: "true" outcome: POLICY_OUTCOME_REFUSE reason: "R"
                   details { name: "value" expression: ")",
          Escaped(expression), R"(" } } })"),
      "values.textproto");
}

v1::Money Eur(int64_t units, const std::string& currency = "EUR") {
  v1::Money money;
  money.set_units(units);
  money.set_currency_code(currency);
  return money;
}

// CancelOrder of an order of 500.00 EUR, placed 40 days and delivered 31 days before now.
v1::DecisionInput Input() {
  v1::DecisionInput input;
  v1::OrderDecisionInput* order = input.mutable_order();
  const v1::Command command = testing::CancelOrder("o1");
  *order->mutable_command() = command.order();
  *order->mutable_actor() = command.actor();
  order->mutable_actor()->add_roles("agent");
  order->mutable_actor()->add_authorities("goodwill");
  order->mutable_now()->set_seconds(1'715'785'200);
  order->mutable_order()->set_order_id("o1");
  order->mutable_order()->mutable_place_time()->set_seconds(order->now().seconds() - 40 * kDay);
  order->mutable_order()->mutable_deliver_time()->set_seconds(order->now().seconds() - 31 * kDay);
  *order->mutable_order()->mutable_totals()->mutable_total() = Eur(50000);
  for (const int64_t units : {1000, 2050, 300}) {
    v1::OrderLine* line = order->mutable_order()->add_lines();
    line->mutable_unit_price()->set_value(units * 100);
    line->mutable_unit_price()->set_scale(4);
    line->mutable_unit_price()->set_currency_code("EUR");
    *line->mutable_net_amount() = Eur(units * 2);
  }
  return input;
}

// The value as it is shown, "error TEXT" or "issue TEXT".
std::string Value(absl::string_view expression, const v1::DecisionInput& input = Input()) {
  const PolicyResult result = Compile(expression);
  if (result.policy == nullptr) {
    return absl::StrCat("issue ", result.issues.empty() ? "" : result.issues[0].text());
  }
  const auto decision = result.policy->Decide(input);
  if (!decision.ok()) return std::string(decision.status().message());
  const v1::RuleTrace& rule = decision->rules(0);
  if (!rule.error().empty()) return absl::StrCat("error ", rule.error());
  return rule.details_size() == 0 ? "nothing" : rule.details(0).value();
}

struct Case {
  const char* expression;
  const char* value;
};

TEST(ValuesTest, MoneyIsWrittenAndShownInMajorUnits) {
  const Case cases[] = {
      {"money('500 EUR')", "500.00 EUR"},
      {"money('500.5 EUR')", "500.50 EUR"},
      {"money('-0.01 EUR')", "-0.01 EUR"},
      {"money('5800 JPY')", "5800 JPY"},
      {"money('1.234 BHD')", "1.234 BHD"},
      {"order.totals.total", "500.00 EUR"},
      {"[order.totals.total]", "[500.00 EUR]"},
      {"order.totals.total > money('499.99 EUR')", "true"},
      {"order.totals.total >= money('500 EUR') && order.totals.total <= money('500 EUR')", "true"},
      {"order.totals.total < money('500 EUR') || order.totals.total > money('500 EUR')", "false"},
      {"order.totals.total == money('500 EUR')", "true"},
      {"order.totals.total != money('500 USD')", "true"},
      {"order.totals.total == money('500 USD')", "false"},
      {"order.totals.total + money('0.01 EUR') - money('1 EUR')", "499.01 EUR"},
      {"order.totals.total * 3", "1500.00 EUR"},
      {"3 * order.totals.total", "1500.00 EUR"},
      {"-order.totals.total", "-500.00 EUR"},
      {"order.totals.total / 3", "166.67 EUR"},
      {"money('0.05 EUR') / 2", "0.03 EUR"},
      {"-money('0.05 EUR') / 2", "-0.03 EUR"},
      {"percent(order.totals.total, 15)", "75.00 EUR"},
      {"percent(money('0.10 EUR'), 5)", "0.01 EUR"},
      {"order.totals.total * 125 / 1000", "62.50 EUR"},
      {"sum(order.lines.map(l, l.net_amount)).orValue(money('0 EUR'))", "67.00 EUR"},
      {"order.lines.map(l, l.net_amount).sum() > money('66.99 EUR')", "true"},
      {"max(order.lines.map(l, l.net_amount)).value()", "41.00 EUR"},
      {"min(order.lines.map(l, l.net_amount)) < money('6.01 EUR')", "true"},
      {"avg(order.lines.map(l, l.net_amount)).value()", "22.33 EUR"},
      {"sum(order.lines.filter(l, false).map(l, l.net_amount)).orValue(money('0 EUR'))",
       "0.00 EUR"},
      {"order.lines.exists(l, l.unit_price > money('20.49 EUR'))", "true"},
      {"order.lines.exists(l, money('20.50 EUR') < l.unit_price)", "false"},
      {"order.lines.map(l, l.unit_price).max().value()", "20.5000 EUR"},
  };
  for (const Case& each : cases) EXPECT_EQ(Value(each.expression), each.value) << each.expression;
}

TEST(ValuesTest, AFaultOfALiteralIsAnIssueWithItsPlace) {
  const Case cases[] = {
      {"money('500')", "money('500 EUR')"},
      {"money('EUR 500')", "money('500 EUR')"},
      {"money('500 eur')", "capitals: EUR"},
      {"money('500 ABC')", "no currency of ISO 4217"},
      {"money('500.005 EUR')", "an amount in EUR has 2 decimals at most"},
      {"money('500.5 JPY')", "an amount in JPY has no decimals"},
      {"money('99999999999999999999 EUR')", "too large"},
      {"money('5 EUR') + money('5 USD')", "two currencies"},
      {"money('5 EUR') / 0", "division by zero"},
      {"order.totals.total > 500", "write money('500 EUR')"},
      {"order.totals.total == 500", "write money('500 EUR')"},
      {"order.totals.total > '500 EUR'", "write money('500 EUR')"},
      {"order.totals.total * order.totals.total", "'*' does not take"},
      {"days('5')", "there is no days(string)"},
      {"since(order.totals)", "there is no since(frontdesk.v1.OrderTotals)"},
      {"age(5)", "there is no age(int)"},
      {"since(order.deliver_time) == days(3)", "orValue()"},
  };
  for (const Case& each : cases) {
    EXPECT_THAT(Value(each.expression), HasSubstr("issue ")) << each.expression;
    EXPECT_THAT(Value(each.expression), HasSubstr(each.value)) << each.expression;
  }
  const PolicyResult result = Compile("order.totals.total > money('500 ABC')");
  ASSERT_EQ(result.issues.size(), 1u);
  EXPECT_EQ(result.issues[0].expression_column(), 22);
}

TEST(ValuesTest, AnErrorNamesWhatIsNotSet) {
  v1::DecisionInput input = Input();
  input.mutable_order()->mutable_order()->clear_totals();
  input.mutable_order()->mutable_order()->clear_deliver_time();
  input.mutable_order()->mutable_order()->mutable_lines(0)->mutable_net_amount()->set_currency_code(
      "USD");
  const Case cases[] = {
      {"order.totals.total > money('5 EUR')", "order.totals.total is not set"},
      {"money('5 EUR') > order.totals.total", "order.totals.total is not set"},
      {"order.totals.total * 2", "order.totals.total is not set"},
      {"percent(order.totals.total, 2)", "order.totals.total is not set"},
      {"money('5 EUR') - order.totals.total", "order.totals.total is not set"},
      {"order.lines[0].net_amount > money('5 EUR')",
       "order.lines[0].net_amount and money('5 EUR') are amounts of two"},
      {"sum(order.lines.map(l, l.net_amount)) > money('5 EUR')", "two currencies"},
      {"money(order.order_id) > money('5 EUR')", "money('500 EUR')"},
      {"since(order.deliver_time) > days(30)", "order.deliver_time is not set"},
      {"order.lines[0].net_amount * 9223372036854775807", "too large"},
  };
  EXPECT_EQ(Value("order.deliver_time", input), "not set");
  EXPECT_EQ(Value("order.totals.total", input), "not set");
  EXPECT_EQ(Value("order.lines", Input()).substr(0, 10), "[OrderLine");
  EXPECT_EQ(Value("order.place_time", input), "timestamp(\"2024-04-05T15:00:00Z\")");
  EXPECT_EQ(Value("order.order_number", input), "");
  for (const Case& each : cases) {
    EXPECT_THAT(Value(each.expression, input), HasSubstr("error ")) << each.expression;
    EXPECT_THAT(Value(each.expression, input), HasSubstr(each.value)) << each.expression;
    EXPECT_THAT(Value(each.expression, input), ::testing::Not(HasSubstr("1970")));
  }
}

TEST(ValuesTest, AgesAreAbsentWithTheTime) {
  const Case set[] = {
      {"since(order.deliver_time).orValue(days(0)) > days(30)", "true"},
      {"since(order.deliver_time) > days(31)", "false"},
      {"since(order.deliver_time) == age(order.deliver_time)", "true"},
      {"age(order) == optional.of(days(40))", "true"},
      {"age(customer).hasValue()", "false"},
      {"age(interaction).when_absent(hours(4)) == hours(4)", "true"},
      {"age(approval).hasValue()", "false"},
      {"when_absent(customer.tier, 'none')", "none"},
      {"when_absent(order.cancel_time, now) == now", "true"},
      {"order.deliver_time.when_absent(now) < now", "true"},
      {"when_absent(since(order.cancel_time), minutes(5)) == minutes(5)", "true"},
      {"since(now + days(1)).value() == days(-1)", "true"},
      {"duration('30d') == days(30) && hours(24) == days(1)", "true"},
  };
  for (const Case& each : set)
    EXPECT_THAT(Value(each.expression), HasSubstr(each.value)) << each.expression;
}

TEST(ValuesTest, RolesAndAuthorities) {
  EXPECT_EQ(Value("actor.has_role('agent')"), "true");
  EXPECT_EQ(Value("actor.has_role('goodwill') || actor.has_role('Agent')"), "false");
  EXPECT_EQ(Value("actor.has_authority('goodwill') && !actor.has_authority('agent')"), "true");
}

// ---- Consent, against a list of what every instant means ----

v1::Consent Answer(const std::string& channel, v1::Consent::Answer answer, int64_t recorded,
                   int64_t expire = 0) {
  v1::Consent consent;
  consent.set_purpose("marketing");
  consent.set_channel(channel);
  consent.set_answer(answer);
  consent.mutable_record_time()->set_seconds(recorded);
  if (expire != 0) consent.mutable_expire_time()->set_seconds(expire);
  return consent;
}

TEST(ValuesTest, ConsentOfAPurposeAndChannel) {
  constexpr auto kGiven = v1::Consent::ANSWER_GIVEN, kRefused = v1::Consent::ANSWER_REFUSED;
  const int64_t now = Input().order().now().seconds();
  struct Row {
    std::vector<v1::Consent> consents;
    bool email;
    bool phone;
  };
  v1::Consent late = Answer("email", kRefused, 300);
  late.mutable_occur_time()->set_seconds(50);
  const Row rows[] = {
      {{}, false, false},
      {{Answer("email", kGiven, 100)}, true, false},
      {{Answer("", kGiven, 100)}, true, true},
      {{Answer("", kGiven, 100), Answer("email", kRefused, 200)}, false, true},
      {{Answer("email", kGiven, 100), Answer("", kRefused, 200)}, false, false},
      {{Answer("", kRefused, 100), Answer("email", kGiven, 200)}, true, false},
      {{Answer("", kRefused, 100), Answer("email", kGiven, 100)}, false, false},
      {{Answer("email", kGiven, 100), Answer("", kRefused, 100)}, false, false},
      {{Answer("email", kGiven, 100, now)}, false, false},
      {{Answer("email", kGiven, 100, now + 1)}, true, false},
      {{Answer("", kGiven, 100), Answer("email", kRefused, 200, now)}, true, true},
      {{Answer("email", v1::Consent::ANSWER_UNSPECIFIED, 100)}, false, false},
      {{Answer("", kGiven, 100), late}, true, true},
  };
  int row = 0;
  for (const Row& each : rows) {
    v1::DecisionInput input = Input();
    for (const v1::Consent& consent : each.consents) {
      *input.mutable_order()->mutable_customer()->add_consents() = consent;
    }
    const auto allows = [&](const char* arguments) {
      // Compared, because the results of functions over personal data are masked.
      return Value(absl::StrCat("customer.consents.allows(", arguments, ", now) == true"), input);
    };
    EXPECT_EQ(allows("'marketing', 'email'"), each.email ? "true" : "false") << row;
    EXPECT_EQ(allows("'marketing', 'phone'"), each.phone ? "true" : "false") << row;
    EXPECT_EQ(allows("'recording', 'email'"), "false") << row++;
  }
}

// ---- Laws of money, against exact integers ----

TEST(ValuesTest, MoneyIsExact) {
  const uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  const auto amount = [&] {
    // Small ones, and some at the ends of the range.
    const int64_t bits = static_cast<int64_t>(random());
    return random() % 8 == 0 ? bits : bits >> (20 + random() % 40);
  };
  // All at once: one policy a property would cost the time.
  const PolicyResult compiled = Policy::FromText(
      R"pb(
        rule_sets {
          id: "s"
          decision_points: "CancelOrder"
          default_outcome: POLICY_OUTCOME_ALLOW
          hit_policy: HIT_POLICY_ALL
          rules {
            id: "add"
            order: 1
            condition: "true"
            outcome: POLICY_OUTCOME_REFUSE
            reason: "R"
            details { name: "v" expression: "order.totals.total + order.totals.shipping" }
          }
          rules {
            id: "subtract"
            order: 2
            condition: "true"
            outcome: POLICY_OUTCOME_REFUSE
            reason: "R"
            details { name: "v" expression: "order.totals.total - order.totals.shipping" }
          }
          rules {
            id: "multiply"
            order: 3
            condition: "true"
            outcome: POLICY_OUTCOME_REFUSE
            reason: "R"
            details { name: "v" expression: "order.totals.total * order.item_change_count" }
          }
          rules {
            id: "divide"
            order: 4
            condition: "true"
            outcome: POLICY_OUTCOME_REFUSE
            reason: "R"
            details { name: "v" expression: "order.totals.total / order.item_change_count" }
          }
          rules {
            id: "percent"
            order: 5
            condition: "true"
            outcome: POLICY_OUTCOME_REFUSE
            reason: "R"
            details { name: "v" expression: "percent(order.totals.total, order.item_change_count)" }
          }
          rules {
            id: "less"
            order: 6
            condition: "true"
            outcome: POLICY_OUTCOME_REFUSE
            reason: "R"
            details { name: "v" expression: "order.totals.total < order.totals.shipping" }
          }
          rules {
            id: "sum"
            order: 7
            condition: "true"
            outcome: POLICY_OUTCOME_REFUSE
            reason: "R"
            details {
              name: "v"
              expression: "[order.totals.total, order.totals.shipping].sum().value()"
            }
          }
          rules {
            id: "max"
            order: 8
            condition: "true"
            outcome: POLICY_OUTCOME_REFUSE
            reason: "R"
            details {
              name: "v"
              expression: "[order.totals.total, order.totals.shipping].max().value()"
            }
          }
        })pb",
      "values.textproto");
  ASSERT_NE(compiled.policy, nullptr) << rules::FormatIssues(compiled.issues);
  // Rounded to the nearest, ties away from zero: of the doubled quotient, by its sign.
  const auto rounded = [](__int128 numerator, __int128 denominator) {
    if (denominator < 0) numerator = -numerator, denominator = -denominator;
    const bool negative = numerator < 0;
    const __int128 absolute = negative ? -numerator : numerator;
    __int128 quotient = absolute / denominator;
    if ((absolute % denominator) * 2 >= denominator) ++quotient;
    return negative ? -quotient : quotient;
  };
  int errors = 0;
  for (int i = 0; i < 3000; ++i) {
    const int64_t a = amount(), b = amount();
    const int32_t n = static_cast<int32_t>(random()) >> (random() % 31);
    v1::DecisionInput input = Input();
    v1::Order& order = *input.mutable_order()->mutable_order();
    *order.mutable_totals()->mutable_total() = Eur(a);
    *order.mutable_totals()->mutable_shipping() = Eur(b);
    order.set_item_change_count(n);
    const auto decision = compiled.policy->Decide(input);
    ASSERT_TRUE(decision.ok());
    const auto text = [](__int128 units) -> std::string {
      if (units < std::numeric_limits<int64_t>::min() ||
          units > std::numeric_limits<int64_t>::max()) {
        return "error";
      }
      return FormatMoney(Eur(static_cast<int64_t>(units)));
    };
    const __int128 x = a, y = b;
    const std::vector<std::pair<std::string, std::string>> wanted = {
        {"add", text(x + y)},
        {"subtract", text(x - y)},
        {"multiply", text(x * n)},
        {"divide", n == 0 ? "error" : text(rounded(x, n))},
        {"percent", text(rounded(x * n, 100))},
        {"less", a < b ? "true" : "false"},
        {"sum", text(x + y)},
        {"max", text(a > b ? x : y)}};
    for (const auto& [rule, value] : wanted) {
      const v1::RuleTrace* trace = rules::FindRule(*decision, rule);
      ASSERT_NE(trace, nullptr) << rule;
      const std::string got = trace->error().empty() ? trace->details(0).value() : "error";
      ASSERT_EQ(got, value) << rule << " of " << a << ", " << b << ", " << n << ": "
                            << trace->error();
      errors += got == "error";
    }
  }
  EXPECT_GT(errors, 10);
}

// ---- Explanations ----

std::string Explained(absl::string_view condition, const v1::DecisionInput& input) {
  const PolicyResult result = Policy::FromText(
      absl::StrCat(
          R"(rule_sets { id: "s" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
           rules { id: "r" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "R" condition: ")",
          Escaped(condition), R"(" } })"),
      "values.textproto");
  if (result.policy == nullptr) return rules::FormatIssues(result.issues);
  const auto decision = result.policy->Decide(input);
  return decision.ok() ? rules::FormatDecision(*decision)
                       : std::string(decision.status().message());
}

TEST(ValuesTest, UnsetFieldsAreExplainedAsNotSet) {
  v1::DecisionInput input = Input();
  v1::Order* order = input.mutable_order()->mutable_order();
  order->clear_deliver_time();
  EXPECT_THAT(Explained("now - order.deliver_time > duration('720h')", input),
              HasSubstr("order.deliver_time is not set\n"));
  EXPECT_THAT(Explained("now - order.deliver_time > duration('720h')", input),
              HasSubstr("would not hold if order.deliver_time were set, and now - "));
  EXPECT_THAT(Explained("since(order.deliver_time) > days(30)", input),
              HasSubstr("order.deliver_time is not set\n"));
  EXPECT_THAT(Explained("customer.tier != 'gold'", input),
              HasSubstr("customer.tier is not set: the desk does not know this customer\n"));
  EXPECT_THAT(
      Explained("customer.preferences.channel == 'phone'", input),
      HasSubstr("customer.preferences.channel is not set: the desk does not know this customer\n"));
  EXPECT_THAT(Explained("size(customer.addresses) == 0", input),
              HasSubstr("customer.addresses is not set: the desk does not know this customer\n"));
  EXPECT_THAT(Explained("order.lines.exists(l, l.refunded_amount.units > 5)", input),
              HasSubstr("order.lines[2].refunded_amount.units is not set\n"));
  EXPECT_THAT(Explained("order.shipping_address.country_code == 'DE'", input),
              HasSubstr("order.shipping_address.country_code is not set\n"));
  EXPECT_THAT(Explained("order.state == Order.State.STATE_PLACED", input),
              HasSubstr("order.state is not set\n"));
  EXPECT_THAT(Explained("order.order_number == 'x'", input),
              HasSubstr("order.order_number is empty\n"));
  EXPECT_THAT(Explained("order.item_change_count > 0", input),
              HasSubstr("order.item_change_count is 0\n"));
  // The variable of a macro whose range is computed has the name of a field.
  EXPECT_THAT(
      Explained("[1, 2].map(x, order).exists(customer, customer.item_change_count == 7)", input),
      HasSubstr("customer.item_change_count is 0\n"));
  // Values that are set are shown as before.
  order->set_order_number("7");
  order->set_state(v1::Order::STATE_PLACED);
  EXPECT_THAT(Explained("order.order_number == 'x'", input),
              HasSubstr("order.order_number is \"7\"\n"));
  EXPECT_THAT(Explained("order.totals.total > money('600 EUR')", input),
              HasSubstr("order.totals.total is 500.00 EUR\n"));
  EXPECT_THAT(Explained("order.lines[1].net_amount > money('600 EUR')", input),
              HasSubstr("order.lines[1].net_amount is 41.00 EUR\n"));
}

}  // namespace
}  // namespace frontdesk
