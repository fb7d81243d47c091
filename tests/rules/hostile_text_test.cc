// Ids, values and texts that try to look like lines of a decision, to turn its lines round, or to be cut inside a character.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MakeInput;
using testing::MustCompile;
using testing::MustDecide;
using ::testing::Not;
using testing::OneRule;
using testing::Reasons;

// A line break, a right-to-left override, a paragraph separator, an escape sequence of a terminal, quotes and a backslash.
constexpr absl::string_view kHostile = "x\n  rule r9 allowed\xe2\x80\xae\xe2\x80\xa9\x1b[2J\r'\"\\";
constexpr absl::string_view kEscaped =
    "x\\n  rule r9 allowed\\u202e\\u2029\\u001b[2J\\r\\'\\\"\\\\";

// The lines that are the formatter's own: lines that continue a text are marked.
std::vector<std::string> OwnLines(absl::string_view text) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const size_t begin = line.find_first_not_of(' ');
    if (begin != absl::string_view::npos && line.substr(begin, 2) == "| ") continue;
    lines.emplace_back(line);
  }
  return lines;
}

void ExpectNothingHidden(absl::string_view text) {
  for (const absl::string_view hidden : {"\xe2\x80\xae", "\xe2\x80\xa9", "\x1b", "\r"}) {
    EXPECT_THAT(std::string(text), Not(HasSubstr(std::string(hidden))));
  }
}

// A decision with the same text in every place.
v1::Decision DecisionOf(absl::string_view given) {
  const std::string word(given);
  v1::Decision decision;
  decision.set_decision_point(word);
  decision.set_outcome(v1::POLICY_OUTCOME_HOLD);
  decision.add_fired_rule_ids(word);
  for (const v1::RuleTrace::Result result :
       {v1::RuleTrace::RESULT_FIRED, v1::RuleTrace::RESULT_APPROVED, v1::RuleTrace::RESULT_ERROR}) {
    v1::RuleTrace& rule = *decision.add_rules();
    rule.set_rule_id(result == v1::RuleTrace::RESULT_FIRED ? word : absl::StrCat(word, result));
    rule.set_result(result);
    rule.set_outcome(v1::POLICY_OUTCOME_HOLD);
    rule.set_reason(word);
    rule.set_text(word);
    rule.set_authority(word);
    if (result == v1::RuleTrace::RESULT_ERROR) rule.set_error(word);
    v1::ConjunctTrace& conjunct = *rule.add_conjuncts();
    conjunct.set_text(word);
    conjunct.set_result(v1::ConjunctTrace::RESULT_TRUE);
    conjunct.set_counterfactual(absl::StrCat(word, "!"));
    if (result != v1::RuleTrace::RESULT_ERROR) conjunct.set_error(word);
    v1::ValueRead& read = *conjunct.add_reads();
    read.set_path(word);
    read.set_value(word);
    v1::DetailValue& detail = *rule.add_details();
    detail.set_name(word);
    detail.set_value(word);
  }
  return decision;
}

TEST(HostileTextTest, NoPlaceOfADecisionForgesALine) {
  const std::string plain = FormatDecision(DecisionOf("word"));
  const std::string hostile = FormatDecision(DecisionOf(kHostile));
  EXPECT_EQ(OwnLines(hostile).size(), OwnLines(plain).size()) << hostile;
  for (const std::string& line : OwnLines(hostile)) {
    EXPECT_THAT(line, Not(::testing::StartsWith("  rule r9 allowed")));
  }
  ExpectNothingHidden(hostile);
  EXPECT_THAT(hostile, HasSubstr(absl::StrCat("(rule ", kEscaped, ")")));
  EXPECT_THAT(hostile, HasSubstr(absl::StrCat("until approved by '", kEscaped, "'")));
}

TEST(HostileTextTest, AConditionOfSeveralLinesIsMarked) {
  const auto set = OneRule("order.total_units > 1 ||\n  order.express");
  const std::string text = FormatDecision(MustDecide(*set, MakeInput("order { total_units: 5 }")));
  EXPECT_THAT(text, HasSubstr("    yes   order.total_units > 1 ||\n          |   order.express\n"));
}

TEST(HostileTextTest, ValuesReadAreLiteralsInOneLine) {
  v1::Decision decision;
  bakery::Input input;
  input.mutable_order()->set_order_id(std::string(kHostile));
  (*input.mutable_order()->mutable_labels())[std::string(kHostile)] = std::string(kHostile);
  const auto set = MustCompile(absl::StrCat(R"(
    id: 'one' rules { id: 'r1' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: 'REFUSED'
      condition: 'order.order_id != "" && order.labels[order.order_id] != ""'
      details { name: 'text' expression: 'order.order_id' }
      details { name: 'list' expression: '[order.order_id]' }
      details { name: 'all' expression: 'order' } })"));
  decision = MustDecide(*set, input);
  const std::string text = FormatDecision(decision);
  ExpectNothingHidden(text);
  EXPECT_THAT(text, HasSubstr("order.order_id is \"x\\n  rule r9 allowed\\u202e\\u2029\\u001b"));
  EXPECT_EQ(OwnLines(text).size(),
            static_cast<size_t>(std::count(text.begin(), text.end(), '\n') + 1));
  for (const v1::RuleTrace& rule : decision.rules()) {
    for (const v1::ConjunctTrace& conjunct : rule.conjuncts()) {
      for (const v1::ValueRead& read : conjunct.reads()) {
        ExpectNothingHidden(read.path());
        ExpectNothingHidden(read.value());
        EXPECT_THAT(read.path() + read.value(), Not(HasSubstr("\n")));
      }
    }
    // A text that a rule hands out is the host's to show: it is as it was.
    EXPECT_EQ(rule.details(0).value(), kHostile);
    ExpectNothingHidden(rule.details(1).value());
    ExpectNothingHidden(rule.details(2).value());
  }
}

// An id of 2,000 characters of two bytes is longer than every limit of a trace.
TEST(HostileTextTest, TextsAreCutBetweenCharacters) {
  for (const absl::string_view letter : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    for (int shift = 0; shift < 4; ++shift) {
      std::string id(static_cast<size_t>(shift), 'a');
      for (int i = 0; i < 2000; ++i) absl::StrAppend(&id, letter);
      const auto set = MustCompile(absl::StrCat(
          "id: 'one' rules { id: 'r1' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: 'REFUSED' "
          "condition: 'order.order_id != \"",
          id, "!\" && order.labels[order.order_id] != \"\"' ",
          "details { name: 'text' expression: 'order.order_id' } ",
          "details { name: 'list' expression: '[order.order_id]' } ",
          "details { name: 'all' expression: 'order' } }"));
      bakery::Input input;
      input.mutable_order()->set_order_id(id);
      (*input.mutable_order()->mutable_labels())[id] = id;
      const v1::Decision decision = MustDecide(*set, input);
      ASSERT_EQ(decision.outcome(), v1::POLICY_OUTCOME_REFUSE);
      // A text that is not UTF-8 does not survive the way through bytes.
      v1::Decision read;
      ASSERT_TRUE(read.ParseFromString(decision.SerializeAsString()));
      const v1::RuleTrace& rule = decision.rules(0);
      ASSERT_EQ(rule.details_size(), 3);
      for (const v1::DetailValue& detail : rule.details()) {
        EXPECT_THAT(detail.value(), ::testing::EndsWith("..."));
        EXPECT_LE(detail.value().size(), RuleLimits().max_detail_bytes);
        EXPECT_GT(detail.value().size(), RuleLimits().max_detail_bytes - 4);
      }
    }
  }
}

TEST(HostileTextTest, NamesInARuleSetFollowTheRuleForIds) {
  constexpr absl::string_view kMark = "\xe2\x80\xae";
  struct Case {
    const char* text;
    const char* field;
  };
  const Case cases[] = {
      {"id: 'a@'", "id"},
      {"id: 'a' decision_points: 'Cancel@'", "decision_points[0]"},
      {"id: 'a' rules { id: 'r@' order: 1 outcome: POLICY_OUTCOME_ALLOW condition: 'true' }",
       "rules[0].id"},
      {"id: 'a' rules { id: 'r' order: 1 outcome: POLICY_OUTCOME_HOLD reason: 'R' authority: 'b@' "
       "condition: 'true' }",
       "rules[0].authority"},
      {"id: 'a' rules { id: 'r' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: 'R@' "
       "condition: 'true' }",
       "rules[0].reason"},
  };
  for (const Case& each : cases) {
    std::string text = each.text;
    text.replace(text.find('@'), 1, kMark.data(), kMark.size());
    const CompileResult result = CompileText(text, bakery::Input::descriptor());
    const auto issue =
        std::find_if(result.issues.begin(), result.issues.end(),
                     [](const v1::Issue& one) { return one.reason() == kReasonIdCharacter; });
    ASSERT_NE(issue, result.issues.end()) << each.text << FormatIssues(result.issues);
    EXPECT_EQ(issue->field(), each.field);
    EXPECT_FALSE(result.ok());
    ExpectNothingHidden(FormatIssues(result.issues));
    ExpectNothingHidden(std::string(IssuesToStatus(result.issues).message()));
  }
}

TEST(HostileTextTest, IssuesQuoteInOneLine) {
  v1::Issue issue;
  issue.set_severity(v1::Issue::SEVERITY_ERROR);
  issue.set_reason("R\n1:1: error: forged");
  issue.set_text("no 'x\n1:1: error: forged\xe2\x80\xae'");
  issue.set_file("a.txt\n1:1: error: forged");
  issue.set_field("rules\n[0]");
  issue.set_snippet("line \xe2\x80\xae\n     ^");
  EXPECT_EQ(FormatIssue(issue),
            "a.txt\\n1:1: error: forged:rules\\n[0]: error: no 'x\\n1:1: error: forged\\u202e' "
            "[R\\n1:1: error: forged]\n  | line \xef\xbf\xbd\n  |      ^\n");
  const absl::Status status = IssuesToStatus({issue});
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
