// The place of an error inside an expression that a policy text spells with escapes, and the part that stopped a rule.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bakery.pb.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using testing::MakeInput;
using testing::MustDecide;
using testing::OneRule;

TEST(Places, AnErrorBehindAnEscapeIsWhereItIsWritten) {
  // Each spells a text; the unknown name behind it is the error.
  for (const char* spelled :
       {"a", "\\x41", "\\101", "\\u0041", "\\u00e9", "\\u20ac", "\\U0001F600",
        "\\u00e9\\u20ac\\U0001F600", "\\\\t", "\\\"", "\xC3\xA9", "\xE2\x82\xAC\xF0\x9F\x98\x80"}) {
    const std::string before = absl::StrCat(
        "id: 's' rules { id: 'r' order: 1 outcome: POLICY_OUTCOME_ALLOW condition: \"'", spelled,
        "' == ");
    const CompileResult result =
        CompileText(before + "nothing\" }", bakery::Input::descriptor(), CompileOptions());
    ASSERT_EQ(result.issues.size(), 1u) << spelled << "\n" << FormatIssues(result.issues);
    size_t characters = 0;
    for (const char c : before) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    EXPECT_EQ(result.issues.at(0).reason(), "CEL_UNKNOWN_NAME") << spelled;
    EXPECT_EQ(result.issues.at(0).line(), 1) << spelled;
    EXPECT_EQ(result.issues.at(0).column(), static_cast<int>(characters) + 1) << spelled;
  }
}

TEST(Places, WhyNotShowsTheFalsePartAndNotAnErrorBeforeIt) {
  const auto set = OneRule("1 / order.total_units == 1 && order.express");
  ASSERT_NE(set, nullptr);
  FormatOptions options;
  options.why_not = true;
  const std::string text = FormatDecision(MustDecide(*set, MakeInput("")), options);
  EXPECT_TRUE(absl::StrContains(text, "no    order.express")) << text;
  EXPECT_FALSE(absl::StrContains(text, "DIVISION_BY_ZERO")) << text;
}

TEST(Places, WhyNotShowsEveryErrorOfARuleThatErred) {
  const auto set = OneRule("1 / order.total_units == 1 && !order.express");
  ASSERT_NE(set, nullptr);
  const std::string text = FormatDecision(MustDecide(*set, MakeInput("")));
  EXPECT_TRUE(absl::StrContains(text, "DIVISION_BY_ZERO")) << text;
  EXPECT_TRUE(absl::StrContains(text, "POLICY_ERROR")) << text;
}

TEST(Places, PartsThatBindLessTightlyKeepTheirParentheses) {
  const struct {
    const char* condition;
    const char* counterfactual;
  } cases[] = {
      {"order.total_units - (10 - order.total_units) > 5",
       "order.total_units - (10 - order.total_units) <= 5"},
      {"order.total_units - 10 - 5 > 5", "order.total_units - 10 - 5 <= 5"},
      {"order.total_units * (10 + 5) < 5", "order.total_units * (10 + 5) >= 5"},
      {"-(order.total_units + 1) <= 5", "-(order.total_units + 1) > 5"},
      {"order.total_units / (10 / 5) >= 5", "order.total_units / (10 / 5) < 5"},
  };
  for (const auto& test : cases) {
    const auto set = OneRule(test.condition);
    ASSERT_NE(set, nullptr) << test.condition;
    bakery::Input input;
    for (const int units : {-100, 0, 100}) {
      input.mutable_order()->set_total_units(units);
      const v1::Decision decision = MustDecide(*set, input);
      ASSERT_EQ(decision.rules_size(), 1);
      ASSERT_EQ(decision.rules(0).conjuncts_size(), 1);
      const v1::ConjunctTrace& conjunct = decision.rules(0).conjuncts(0);
      // Of one that does not hold it is the condition itself.
      const bool holds = conjunct.result() == v1::ConjunctTrace::RESULT_TRUE;
      EXPECT_EQ(conjunct.counterfactual(), holds ? test.counterfactual : test.condition);
    }
  }
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
