// Custom attributes: how a pack defines them, how commands set them, how rules read them.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Reasons;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kDefinitions = R"pb(
  attribute_definitions {
    entity_kind: ENTITY_KIND_CUSTOMER
    name: "segment"
    type: TYPE_STRING
    allowed_values: "home"
    allowed_values: "work"
  }
  attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "visits" type: TYPE_INT }
  attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "vip" type: TYPE_BOOL }
  attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "since" type: TYPE_TIME }
  attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "spent" type: TYPE_MONEY }
  attribute_definitions { entity_kind: ENTITY_KIND_CASE name: "vip" type: TYPE_STRING }
  attribute_definitions { entity_kind: ENTITY_KIND_CASE name: "model" type: TYPE_STRING }
)pb";

std::string PackWith(const std::string& condition, const std::string& verb = "RecordConsent") {
  return absl::StrCat(
      kDefinitions,
      "rule_sets { id: 'rest' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }\n",
      "rule_sets { id: 'asked' decision_points: '", verb,
      "' default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'r' order: 1 outcome: "
      "POLICY_OUTCOME_REFUSE reason: 'FITS'\ncondition: \"",
      condition, "\" } }");
}

v1::Command AskAnna(const std::string& verb) { return testing::AskInText(verb, 200); }

bool Fits(const std::string& condition, bool with_attributes) {
  auto desk = MustOpen(PackWith(condition));
  MustDo(*desk, AskAnna("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  if (with_attributes) {
    MustDo(*desk, AskAnna("edit_customer { customer_id: 'c1' base_version: 1 "
                          "set_attributes { name: 'segment' string_value: 'home' } "
                          "set_attributes { name: 'visits' int_value: 7 } "
                          "set_attributes { name: 'vip' bool_value: true } "
                          "set_attributes { name: 'since' time_value { seconds: 86400 } } "
                          "set_attributes { name: 'spent' money_value { units: 990 currency_code: "
                          "'USD' } } }"));
  }
  const auto outcome = desk->Execute(AskAnna(
      "record_consent { customer_id: 'c1' consent { purpose: 'x' answer: ANSWER_GIVEN } }"));
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  const std::vector<std::string> reasons = Reasons(*outcome);
  EXPECT_TRUE(reasons.empty() || reasons == std::vector<std::string>{"FITS"}) << reasons.at(0);
  return !reasons.empty();
}

TEST(AttributesTest, RulesReadThemByNameAndType) {
  const struct {
    const char* condition;
    bool with;
    bool without;
  } kCases[] = {
      {"customer.attributes.text('segment') == 'home'", true, false},
      {"customer.attributes.text('segment') == ''", false, true},
      {"customer.attributes.number('visits') > 5", true, false},
      {"customer.attributes.number('visits') == 0", false, true},
      {"customer.attributes.flag('vip')", true, false},
      {"customer.attributes.time('since') == timestamp('1970-01-02T00:00:00Z')", true, false},
      {"customer.attributes.time('since') == timestamp('1970-01-01T00:00:00Z')", false, true},
      {"customer.attributes.money('spent').units >= 990", true, false},
      {"customer.attributes.money('spent').currency_code == ''", false, true},
      {"customer.attributes.hasAttribute('visits')", true, false},
      // A name that is made up is not known when the policy is loaded.
      {"customer.attributes.hasAttribute('vis' + command.record_consent.consent.purpose)", false,
       false},
      {"['segment', 'nothing'].exists(n, customer.attributes.text(n) == 'home')", true, false},
      {"customer.attributes.filter(a, a.name != 'vip').hasAttribute('vip')", false, false},
      {"[Attribute{name: 'vip', bool_value: true}].flag('vip')", true, true},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Fits(c.condition, true), c.with) << c.condition;
    EXPECT_EQ(Fits(c.condition, false), c.without) << c.condition;
  }
}

std::vector<std::string> PackIssues(const std::string& text) {
  std::vector<std::string> issues;
  for (const v1::Issue& issue : Policy::FromText(text, "p.textproto").issues) {
    issues.push_back(absl::StrCat(issue.reason(), " ", issue.expression_line(), ":",
                                  issue.expression_column(), " ", issue.field(), ": ",
                                  issue.text()));
    EXPECT_GT(issue.line(), 0) << issue.text();
    EXPECT_FALSE(issue.snippet().empty()) << issue.text();
  }
  return issues;
}

TEST(AttributesTest, NamesAndTypesInRulesAreCheckedWhenLoaded) {
  const std::string kField = " rule_sets[1].rules[0].condition: ";
  EXPECT_THAT(PackIssues(PackWith("customer.attributes.text('segmnet') == 'home'")),
              ElementsAre("POLICY_ATTRIBUTE_UNKNOWN 1:26" + kField +
                          "the pack defines no attribute 'segmnet' for a customer; did you mean "
                          "'segment'?"));
  EXPECT_THAT(PackIssues(PackWith("true && customer.attributes.text('visits') == '1' && "
                                  "customer.attributes.flag('shoe_size')")),
              ElementsAre("POLICY_ATTRIBUTE_TYPE 1:9" + kField +
                              "attribute 'visits' is read with number(), not with text()",
                          "POLICY_ATTRIBUTE_UNKNOWN 1:79" + kField +
                              "the pack defines no attribute 'shoe_size' for a customer; add it to "
                              "attribute_definitions"));
  // Another entity's attribute is none of this one's.
  EXPECT_THAT(PackIssues(PackWith("case.attributes.text('vip') == 'x' || "
                                  "case.attributes.hasAttribute('segment')",
                                  "CloseCase")),
              ElementsAre(AllOf(HasSubstr("POLICY_ATTRIBUTE_UNKNOWN 1:"), HasSubstr("'segment'"),
                                HasSubstr("for a case"))));
  EXPECT_THAT(PackIssues(PackWith("customer.attributes.flag('vip') && "
                                  "case.attributes.text('vip') == 'x'",
                                  "CloseCase")),
              IsEmpty());
  EXPECT_THAT(PackIssues(PackWith("command.edit_customer.set_attributes.hasAttribute('nothing')",
                                  "EditCustomer")),
              ElementsAre(HasSubstr("POLICY_ATTRIBUTE_UNKNOWN")));
  // Where their owner is not known, any definition will do.
  EXPECT_THAT(PackIssues(PackWith("customer.attributes.filter(a, true).text('model') == 'x'")),
              IsEmpty());
}

TEST(AttributesTest, DefinitionsAreChecked) {
  std::vector<std::string> issues;
  for (const v1::Issue& issue :
       Policy::FromText(
           R"(attribute_definitions { entity_kind: ENTITY_KIND_ORDER name: 'a' type: TYPE_INT }
              attribute_definitions { name: 'Bad Name' }
              attribute_definitions { entity_kind: ENTITY_KIND_CASE name: 'b' type: TYPE_INT
                allowed_values: 'x' }
              attribute_definitions { entity_kind: ENTITY_KIND_CASE name: 'b' type: TYPE_STRING
                allowed_values: 'x' allowed_values: 'x' }
              attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'b' type: TYPE_INT })",
           "p.textproto")
           .issues) {
    issues.push_back(absl::StrCat(issue.line(), " ", issue.reason(), " ", issue.field()));
  }
  EXPECT_THAT(issues, ElementsAre("1 POLICY_ATTRIBUTE_KIND attribute_definitions[0].entity_kind",
                                  "2 POLICY_ATTRIBUTE_KIND attribute_definitions[1].entity_kind",
                                  "2 POLICY_ATTRIBUTE_NAME attribute_definitions[1].name",
                                  "2 POLICY_ATTRIBUTE_TYPE_MISSING attribute_definitions[1].type",
                                  "4 POLICY_ATTRIBUTE_ALLOWED_VALUES "
                                  "attribute_definitions[2].allowed_values[0]",
                                  "5 POLICY_ATTRIBUTE_DUPLICATE attribute_definitions[3].name",
                                  "6 POLICY_ATTRIBUTE_ALLOWED_VALUES "
                                  "attribute_definitions[3].allowed_values[1]"));
  PolicyOptions options;
  options.max_attribute_definitions = 6;
  const PolicyResult many = Policy::FromText(kDefinitions, "p.textproto", options);
  ASSERT_EQ(many.issues.size(), 1u);
  EXPECT_EQ(many.issues[0].reason(), "POLICY_LIMIT_ATTRIBUTES");
}

TEST(AttributesTest, CommandsSetOnlyWhatIsDefined) {
  auto desk = MustOpen(PackWith("false"));
  MustDo(*desk, AskAnna("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  const auto outcome =
      desk->Execute(AskAnna("edit_customer { customer_id: 'c1' base_version: 1 "
                            "set_attributes { name: 'model' string_value: 'x' } "
                            "set_attributes { name: 'vip' string_value: 'x' } "
                            "set_attributes { name: 'segment' string_value: 'secret-value' } }"));
  ASSERT_TRUE(outcome.ok());
  EXPECT_THAT(Reasons(*outcome),
              ElementsAre("ATTRIBUTE_UNDEFINED", "ATTRIBUTE_TYPE", "ATTRIBUTE_VALUE"));
  for (const v1::Refusal& refusal : outcome->refusals()) {
    EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_INVARIANT);
    EXPECT_EQ(refusal.text().find("secret"), std::string::npos);
  }
  const v1::DecisionInput input = desk->DecisionInputOf(outcome->record_id())->input();
  EXPECT_EQ(input.customer().attribute_definitions_size(), 5);
}

TEST(AttributesTest, ValuesThatRulesReadAreMaskedInTraces) {
  auto desk = MustOpen(PackWith("customer.attributes.text('segment') == 'home'"));
  MustDo(*desk, AskAnna("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  MustDo(*desk, AskAnna("edit_customer { customer_id: 'c1' base_version: 1 "
                        "set_attributes { name: 'segment' string_value: 'work' } }"));
  const v1::Outcome outcome = MustDo(
      *desk,
      AskAnna(
          "record_consent { customer_id: 'c1' consent { purpose: 'x' answer: ANSWER_GIVEN } }"));
  const v1::Explanation why = *desk->Explain(outcome.record_id());
  EXPECT_NE(why.text().find("segment"), std::string::npos) << why.text();
  EXPECT_EQ(why.DebugString().find("work"), std::string::npos);
}

}  // namespace
}  // namespace frontdesk
