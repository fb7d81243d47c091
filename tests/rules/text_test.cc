// Reading policies from text format and JSON: places, encodings, and every issue of a text.
#include "frontdesk/rules/text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "bakery.pb.h"
#include "frontdesk/rules/issues.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Reasons;
using ::testing::SizeIs;

std::string At(const absl::optional<SourcePosition>& position) {
  return position.has_value() ? absl::StrCat(position->line, ":", position->column) : "nowhere";
}

constexpr char kText[] =
    "name: 'shop'  # the \"name\"\n"
    "rule_sets {\n"
    "  id: \"one\" decision_points: ['A', 'B'], decision_points: 'C';\n"
    "  rules {\n"
    "\tid: 'r\xC3\xA9gle' order: 1\n"
    "    condition: \"a < 1 && \"  # first\n"
    "               'b \\'x\\' == \"y\"'\n"
    "    outcome: POLICY_OUTCOME_ALLOW\n"
    "  }\n"
    "  rules: [{ id: 'r2' }, <id: 'r3'>]\n"
    "  rules { id: 'r4' }\n"
    "}\n"
    "rule_sets: { id: 'two' }";

TEST(ParsePolicyText, KnowsThePlaceOfEachField) {
  v1::PolicyPack pack;
  SourceMap source;
  ASSERT_THAT(ParsePolicyText(kText, "shop.textproto", &pack, &source), IsEmpty());
  EXPECT_EQ(source.file(), "shop.textproto");
  EXPECT_EQ(At(source.Find("name")), "1:1");
  EXPECT_EQ(At(source.Find("rule_sets[0]")), "2:1");
  EXPECT_EQ(At(source.Find("rule_sets[0].id")), "3:3");
  EXPECT_EQ(At(source.Find("rule_sets[0].decision_points[0]")), "3:31");
  EXPECT_EQ(At(source.Find("rule_sets[0].decision_points[1]")), "3:36");
  EXPECT_EQ(At(source.Find("rule_sets[0].decision_points[2]")), "3:42");
  EXPECT_EQ(At(source.Find("rule_sets[0].rules[0].id")), "5:2");
  EXPECT_EQ(At(source.Find("rule_sets[0].rules[0].order")), "5:14");
  EXPECT_EQ(At(source.Find("rule_sets[0].rules[1]")), "10:11");
  EXPECT_EQ(At(source.Find("rule_sets[0].rules[1].id")), "10:13");
  EXPECT_EQ(At(source.Find("rule_sets[0].rules[2].id")), "10:26");
  EXPECT_EQ(At(source.Find("rule_sets[0].rules[3].id")), "11:11");
  EXPECT_EQ(At(source.Find("rule_sets[1].id")), "13:14");
  EXPECT_EQ(At(source.Find("rule_sets[1].rules[0]")), "nowhere");
  // The message that was read agrees.
  EXPECT_EQ(pack.rule_sets(0).rules(2).id(), "r3");
  EXPECT_EQ(pack.rule_sets(0).rules(0).condition(), "a < 1 && b 'x' == \"y\"");
}

TEST(ParsePolicyText, FindsPlacesInsideStringsAcrossPiecesAndEscapes) {
  v1::PolicyPack pack;
  SourceMap source;
  ASSERT_THAT(ParsePolicyText(kText, "", &pack, &source), IsEmpty());
  const std::string path = "rule_sets[0].rules[0].condition";
  const std::string value = pack.rule_sets(0).rules(0).condition();
  EXPECT_EQ(At(source.FindInside(path, 0)), "6:17");
  EXPECT_EQ(At(source.FindInside(path, static_cast<int32_t>(value.find("&&")))), "6:23");
  EXPECT_EQ(At(source.FindInside(path, static_cast<int32_t>(value.find("b ")))), "7:17");
  EXPECT_EQ(At(source.FindInside(path, static_cast<int32_t>(value.find("'x'")))), "7:19");
  EXPECT_EQ(At(source.FindInside(path, static_cast<int32_t>(value.find("x'")))), "7:21");
  EXPECT_EQ(At(source.FindInside(path, static_cast<int32_t>(value.find("==")))), "7:25");
  EXPECT_EQ(At(source.FindInside(path, static_cast<int32_t>(value.size()))), "7:31");
  EXPECT_EQ(At(source.FindInside(path, 100000)), "7:31");
  EXPECT_EQ(At(source.FindInside(path, -1)), "6:17");
  EXPECT_EQ(At(source.FindInside("rule_sets[0].rules[0].order", 0)), "nowhere");
  EXPECT_EQ(At(SourceMap().FindInside(path, 0)), "nowhere");
}

TEST(ParsePolicyText, DecodesEscapesAsProtobufDoes) {
  const std::string text = R"(name: "a\n\t\x41\101\u00e9\U0001F600\\\"b" version: '\'')";
  v1::PolicyPack pack;
  SourceMap source;
  ASSERT_THAT(ParsePolicyText(text, "", &pack, &source), IsEmpty());
  // The place of each last character says that every byte was counted.
  EXPECT_EQ(At(source.FindInside("name", static_cast<int32_t>(pack.name().size()) - 1)),
            absl::StrCat("1:", text.find("b\"") + 1));
}

TEST(SourceMap, SnippetsPointAtThePlace) {
  v1::PolicyPack pack;
  SourceMap source;
  ASSERT_THAT(ParsePolicyText(kText, "", &pack, &source), IsEmpty());
  EXPECT_EQ(source.Snippet({13, 14}), "rule_sets: { id: 'two' }\n             ^");
  EXPECT_EQ(source.Snippet({5, 14}), "\tid: 'r\xC3\xA9gle' order: 1\n\t            ^");
  EXPECT_EQ(source.Snippet({99, 1}), "");
  EXPECT_EQ(source.Snippet({0, 0}), "");
}

TEST(ParsePolicyText, ReportsAllUnknownNamesAndValuesAtOnce) {
  v1::PolicyPack pack;
  SourceMap source;
  const std::vector<v1::Issue> issues = ParsePolicyText(
      "nam: 'x'\n"
      "rule_sets {\n"
      "  rules { id: 'r1' conditon: 'true' outcome: POLICY_OUTCOME_REFUS order: abc }\n"
      "  rules { id: 'r2' id: 'r3' text: 5 details: 7 reason { } order: 99999999999 }\n"
      "  decision_points: ['A', 3, 'B'] colour { shade: 1 }\n"
      "}\n"
      "version: ['1']\n",
      "shop.textproto", &pack, &source);
  std::vector<std::string> told;
  for (const v1::Issue& issue : issues) {
    told.push_back(
        absl::StrCat(issue.line(), ":", issue.column(), " ", issue.reason(), " ", issue.field()));
  }
  EXPECT_THAT(told, ElementsAre("1:1 POLICY_TEXT_UNKNOWN_FIELD nam",
                                "3:20 POLICY_TEXT_UNKNOWN_FIELD rule_sets[0].rules[0].conditon",
                                "3:46 POLICY_TEXT_VALUE rule_sets[0].rules[0].outcome",
                                "3:74 POLICY_TEXT_VALUE rule_sets[0].rules[0].order",
                                "4:20 POLICY_TEXT_DUPLICATE_FIELD rule_sets[0].rules[1].id",
                                "4:35 POLICY_TEXT_VALUE rule_sets[0].rules[1].text",
                                "4:46 POLICY_TEXT_VALUE rule_sets[0].rules[1].details[0]",
                                "4:55 POLICY_TEXT_VALUE rule_sets[0].rules[1].reason",
                                "4:66 POLICY_TEXT_VALUE rule_sets[0].rules[1].order",
                                "5:26 POLICY_TEXT_VALUE rule_sets[0].decision_points[1]",
                                "5:34 POLICY_TEXT_UNKNOWN_FIELD rule_sets[0].colour",
                                "7:10 POLICY_TEXT_VALUE version"));
  EXPECT_THAT(issues.at(0).text(), HasSubstr("did you mean 'name'?"));
  EXPECT_THAT(issues.at(1).text(), HasSubstr("did you mean 'condition'?"));
  EXPECT_THAT(issues.at(2).text(), HasSubstr("did you mean 'POLICY_OUTCOME_REFUSE'?"));
  // The rest was read.
  ASSERT_EQ(pack.rule_sets_size(), 1);
  ASSERT_EQ(pack.rule_sets(0).rules_size(), 2);
  EXPECT_EQ(pack.rule_sets(0).rules(0).id(), "r1");
  EXPECT_EQ(pack.rule_sets(0).rules(1).id(), "r2");
  EXPECT_EQ(At(source.Find("rule_sets[0].rules[1].id")), "4:11");
}

struct BrokenText {
  const char* text;
  const char* reason;
  const char* place;
};

TEST(ParsePolicyText, RefusesBrokenTextsWithAPlace) {
  const BrokenText cases[] = {
      {"name: 'x", "POLICY_TEXT_SYNTAX", "1:9"},
      {"name: 'x'\nrule_sets { id: 'a'", "POLICY_TEXT_SYNTAX", "2:20"},
      {"name: 'x' }", "POLICY_TEXT_SYNTAX", "1:11"},
      {"name 'x'", "POLICY_TEXT_SYNTAX", "1:6"},
      {"name: 'a\nb'", "POLICY_TEXT_SYNTAX", "1:9"},
      {"rule_sets { rules [ { id: 'a' ] }", "POLICY_TEXT_SYNTAX", "1:31"},
      {"name: 'x'\n  $", "POLICY_TEXT_SYNTAX", "2:3"},
      {"name:", "POLICY_TEXT_SYNTAX", "1:6"},
      {"\t\tname: = 3", "POLICY_TEXT_SYNTAX", "1:9"},
      {"version: '\xC3\xA9' name 'x'", "POLICY_TEXT_SYNTAX", "1:19"},
      {"name: 'caf\xC3\xA9'\nversion: 'a\xFF'", "POLICY_TEXT_ENCODING", "2:12"},
      {"name: '\\xff'", "POLICY_TEXT_ENCODING", "1:1"},
  };
  for (const BrokenText& test : cases) {
    v1::PolicyPack pack;
    SourceMap source;
    ::testing::internal::CaptureStderr();
    const std::vector<v1::Issue> issues = ParsePolicyText(test.text, "f", &pack, &source);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << test.text;
    ASSERT_FALSE(issues.empty()) << test.text;
    EXPECT_EQ(issues.back().reason(), test.reason) << test.text;
    EXPECT_EQ(absl::StrCat(issues.back().line(), ":", issues.back().column()), test.place)
        << test.text;
    EXPECT_FALSE(CanCompile(issues)) << test.text;
    EXPECT_EQ(issues.back().file(), "f");
  }
}

TEST(ParsePolicyText, ToleratesAByteOrderMark) {
  v1::PolicyPack pack;
  EXPECT_THAT(ParsePolicyText("\xEF\xBB\xBFname: 'x'", "f", &pack, nullptr), IsEmpty());
  EXPECT_EQ(pack.name(), "x");
}

TEST(ParsePolicy, LimitsHaveNames) {
  v1::PolicyPack pack;
  TextLimits limits;
  limits.max_text_bytes = 10;
  EXPECT_THAT(Reasons(ParsePolicyText("name: 'abcdef'", "f", &pack, nullptr, limits)),
              ElementsAre("POLICY_TEXT_LIMIT_BYTES"));
  EXPECT_THAT(Reasons(ParsePolicyJson("{\"name\": \"abcdef\"}", "f", &pack, nullptr, limits)),
              ElementsAre("POLICY_TEXT_LIMIT_BYTES"));

  const auto repeated = [](absl::string_view piece, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) absl::StrAppend(&text, piece);
    return text;
  };
  // Also deep in an unknown field, and far beyond any stack.
  for (const std::string& deep :
       {repeated("x { ", 100000), absl::StrCat("x: ", repeated("[", 100000)),
        repeated("rule_sets < ", 33)}) {
    EXPECT_THAT(Reasons(ParsePolicyText(deep, "f", &pack, nullptr)),
                ElementsAre("POLICY_TEXT_LIMIT_NESTING"));
  }
  EXPECT_THAT(Reasons(ParsePolicyJson(repeated("{\"a\":", 100000), "f", &pack, nullptr)),
              ElementsAre("POLICY_TEXT_LIMIT_NESTING"));
  EXPECT_THAT(
      Reasons(ParsePolicyJson(absl::StrCat("{\"a\":", repeated("[", 100000)), "f", &pack, nullptr)),
      ElementsAre("POLICY_TEXT_LIMIT_NESTING"));

  limits = {};
  limits.max_issues = 3;
  EXPECT_THAT(Reasons(ParsePolicyText(repeated("a: 1\n", 50), "f", &pack, nullptr, limits)),
              ElementsAre("POLICY_TEXT_UNKNOWN_FIELD", "POLICY_TEXT_UNKNOWN_FIELD",
                          "POLICY_TEXT_UNKNOWN_FIELD", "POLICY_LIMIT_ISSUES"));
}

constexpr char kJson[] =
    "{\n"
    "  \"name\": \"shop\",\n"
    "  \"ruleSets\": [\n"
    "    {\"id\": \"one\", \"decision_points\": [\"A\", \"B\"], \"rules\": [\n"
    "      {\"id\": \"r1\", \"order\": 1, \"condition\": \"a\\n\\u00e9 \\uD83D\\uDE00 && b\",\n"
    "       \"effectiveTime\": \"2024-01-01T00:00:00Z\"}\n"
    "    ]}\n"
    "  ]\n"
    "}\n";

TEST(ParsePolicyJson, KnowsThePlaceOfEachField) {
  v1::PolicyPack pack;
  SourceMap source;
  const std::vector<v1::Issue> issues = ParsePolicyJson(kJson, "shop.json", &pack, &source);
  ASSERT_THAT(issues, IsEmpty()) << FormatIssues(issues);
  EXPECT_EQ(source.file(), "shop.json");
  EXPECT_EQ(At(source.Find("name")), "2:3");
  EXPECT_EQ(At(source.Find("rule_sets[0]")), "4:5");
  EXPECT_EQ(At(source.Find("rule_sets[0].decision_points[1]")), "4:44");
  EXPECT_EQ(At(source.Find("rule_sets[0].rules[0].condition")), "5:32");
  const std::string& value = pack.rule_sets(0).rules(0).condition();
  EXPECT_EQ(value, "a\n\xC3\xA9 \xF0\x9F\x98\x80 && b");
  EXPECT_EQ(At(source.FindInside("rule_sets[0].rules[0].condition",
                                 static_cast<int32_t>(value.find("&&")))),
            "5:69");
  EXPECT_EQ(pack.rule_sets(0).rules(0).effective_time().seconds(), 1704067200);
}

TEST(ParsePolicyJson, ReportsAllUnknownNamesAndValuesAtOnce) {
  v1::PolicyPack pack;
  SourceMap source;
  const std::vector<v1::Issue> issues = ParsePolicyJson(
      "{\"nam\": 1,\n"
      " \"rule_sets\": [\n"
      "  {\"rules\": [{\"id\": \"r1\", \"conditon\": \"true\", \"outcome\": "
      "\"POLICY_OUTCOME_REFUS\", \"order\": \"abc\"},\n"
      "            {\"id\": \"r2\", \"id\": \"r3\", \"text\": 5, \"details\": 7, \"reason\": {}, "
      "\"order\": 99999999999}],\n"
      "   \"decisionPoints\": [\"A\", {\"b\": 1}, null]}],\n"
      " \"version\": [\"1\"], \"approvals\": true}",
      "shop.json", &pack, &source);
  std::vector<std::string> told;
  for (const v1::Issue& issue : issues) {
    told.push_back(
        absl::StrCat(issue.line(), ":", issue.column(), " ", issue.reason(), " ", issue.field()));
  }
  EXPECT_THAT(told,
              ElementsAre("1:2 POLICY_TEXT_UNKNOWN_FIELD nam",
                          "3:27 POLICY_TEXT_UNKNOWN_FIELD rule_sets[0].rules[0].conditon",
                          "3:58 POLICY_TEXT_VALUE rule_sets[0].rules[0].outcome",
                          "3:91 POLICY_TEXT_VALUE rule_sets[0].rules[0].order",
                          "4:26 POLICY_TEXT_DUPLICATE_FIELD rule_sets[0].rules[1].id",
                          "4:46 POLICY_TEXT_VALUE rule_sets[0].rules[1].text",
                          "4:60 POLICY_TEXT_VALUE rule_sets[0].rules[1].details",
                          "4:73 POLICY_TEXT_VALUE rule_sets[0].rules[1].reason",
                          "4:86 POLICY_TEXT_VALUE rule_sets[0].rules[1].order",
                          "5:28 POLICY_TEXT_VALUE rule_sets[0].decision_points[1]",
                          "5:38 POLICY_TEXT_VALUE rule_sets[0].decision_points[2]",
                          "6:13 POLICY_TEXT_VALUE version", "6:33 POLICY_TEXT_VALUE approvals"));
  EXPECT_TRUE(CanCompile(issues));
  ASSERT_EQ(pack.rule_sets_size(), 1);
  EXPECT_EQ(pack.rule_sets(0).rules_size(), 2);
}

TEST(ParsePolicyJson, RefusesBrokenTextsWithAPlace) {
  const BrokenText cases[] = {
      {"", "POLICY_TEXT_SYNTAX", "1:1"},
      {"[]", "POLICY_TEXT_SYNTAX", "1:1"},
      {"{\"name\": }", "POLICY_TEXT_SYNTAX", "1:10"},
      {"{\"name\": \"x\"", "POLICY_TEXT_SYNTAX", "1:13"},
      {"{\"name\" \"x\"}", "POLICY_TEXT_SYNTAX", "1:9"},
      {"{\n'name': 'x'}", "POLICY_TEXT_SYNTAX", "2:1"},
      {"{\"name\": \"x\",}", "POLICY_TEXT_SYNTAX", "1:14"},
      {"{\"name\": \"x\"} {}", "POLICY_TEXT_SYNTAX", "1:15"},
      {"{\"name\": \"\\q\"}", "POLICY_TEXT_SYNTAX", "1:12"},
      {"{\"name\": \"\\ud800\"}", "POLICY_TEXT_SYNTAX", "1:17"},
      {"{\"name\": \"a\nb\"}", "POLICY_TEXT_SYNTAX", "1:12"},
      {"{\"name\": 01}", "POLICY_TEXT_SYNTAX", "1:11"},
      {"{\"name\": truely}", "POLICY_TEXT_SYNTAX", "1:14"},
      {"{\"rule_sets\": [{}, ]}", "POLICY_TEXT_SYNTAX", "1:20"},
      {"{\"name\": \"\xFF\"}", "POLICY_TEXT_ENCODING", "1:11"},
  };
  for (const BrokenText& test : cases) {
    v1::PolicyPack pack;
    SourceMap source;
    ::testing::internal::CaptureStderr();
    const std::vector<v1::Issue> issues = ParsePolicyJson(test.text, "f", &pack, &source);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << test.text;
    ASSERT_THAT(issues, SizeIs(1)) << test.text;
    EXPECT_EQ(issues[0].reason(), test.reason) << test.text;
    EXPECT_EQ(absl::StrCat(issues[0].line(), ":", issues[0].column()), test.place) << test.text;
    EXPECT_FALSE(CanCompile(issues)) << test.text;
  }
}

TEST(CompileText, PlacesIssuesOfExpressionsInTheFile) {
  const std::string text =
      "id: 'set'\n"
      "rules {\n"
      "  id: 'r1' order: 1 outcome: POLICY_OUTCOME_ALLOW\n"
      "  condition: \"order.express && \"\n"
      "             \"order.totl == 5\"\n"
      "}\n";
  CompileOptions options;
  options.file = "set.textproto";
  const CompileResult compiled = CompileText(text, bakery::Input::descriptor(), options);
  ASSERT_THAT(compiled.issues, SizeIs(1));
  const v1::Issue& issue = compiled.issues[0];
  EXPECT_EQ(issue.reason(), "CEL_UNKNOWN_FIELD");
  EXPECT_EQ(issue.file(), "set.textproto");
  EXPECT_EQ(issue.line(), 5);
  EXPECT_EQ(issue.column(), 21);
  EXPECT_EQ(issue.field(), "rules[0].condition");
  EXPECT_EQ(issue.expression_line(), 1);
  EXPECT_EQ(issue.expression_column(), 24);
  EXPECT_EQ(issue.snippet(),
            "             \"order.totl == 5\"\n"
            "                    ^");
}

TEST(CompileText, ReportsIssuesOfTextAndOfRulesTogether) {
  const CompileResult compiled = CompileText(
      "id: 'set'\n"
      "rules { id: 'r1' order: 1 outcome: POLICY_OUTCOME_ALOW condition: 'order.totl == 5' }\n"
      "rules { id: 'r2' order: 1 outcome: POLICY_OUTCOME_ALLOW conditio: 'true' }\n",
      bakery::Input::descriptor());
  EXPECT_FALSE(compiled.ok());
  // The outcome that could not be read, and the misspelled condition, are reported once.
  EXPECT_THAT(Reasons(compiled.issues),
              ElementsAre("POLICY_TEXT_VALUE", "CEL_UNKNOWN_FIELD", "RULE_ORDER_DUPLICATE",
                          "POLICY_TEXT_UNKNOWN_FIELD"));
}

TEST(CompileJson, PlacesIssuesByFieldAndInTheFile) {
  CompileOptions options;
  options.file = "set.json";
  const CompileResult compiled = CompileJson(
      "{\"id\": \"set\", \"rules\": [\n"
      "  {\"id\": \"r1\", \"order\": 1, \"outcome\": \"POLICY_OUTCOME_ALLOW\", \"condition\": "
      "\"order.totl == 5\"}]}",
      bakery::Input::descriptor(), options);
  ASSERT_THAT(compiled.issues, SizeIs(1));
  EXPECT_EQ(compiled.issues[0].field(), "rules[0].condition");
  EXPECT_EQ(compiled.issues[0].expression_column(), 7);
  EXPECT_EQ(compiled.issues[0].line(), 2);
  EXPECT_EQ(compiled.issues[0].column(), 83);
}

TEST(CompileJson, MakesTheSameSetAsText) {
  const CompileResult text = CompileText(
      "id: 'set' rules { id: 'r1' order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "
      "'order.express' }",
      bakery::Input::descriptor());
  const CompileResult json = CompileJson(
      "{\"id\": \"set\", \"hitPolicy\": \"HIT_POLICY_FIRST\", \"rules\": [{\"id\": \"r1\", "
      "\"order\": 1, "
      "\"outcome\": \"POLICY_OUTCOME_ALLOW\", \"condition\": \"order.express\"}]}",
      bakery::Input::descriptor());
  ASSERT_TRUE(text.ok()) << FormatIssues(text.issues);
  ASSERT_TRUE(json.ok()) << FormatIssues(json.issues);
  EXPECT_EQ(text.rule_set->hash(), json.rule_set->hash());
}

TEST(ParsePolicyText, AnyByteAnywhereIsRefusedOrReadQuietly) {
  const std::string text = "name: 'x' rule_sets { id: 'a' rules [ { id: 'r' order: 1 } ] }";
  const std::string json = R"({"name": "x", "ruleSets": [{"id": "a", "rules": [{"order": 1}]}]})";
  ::testing::internal::CaptureStderr();
  for (size_t at = 0; at <= std::max(text.size(), json.size()); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      const std::string inserted(1, static_cast<char>(byte));
      v1::PolicyPack pack;
      SourceMap source;
      ParsePolicyText(std::string(text).insert(std::min(at, text.size()), inserted), "f", &pack,
                      &source);
      ParsePolicyJson(std::string(json).insert(std::min(at, json.size()), inserted), "f", &pack,
                      &source);
    }
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  // A zero byte ends nothing.
  v1::PolicyPack pack;
  SourceMap source;
  const auto issues =
      ParsePolicyText(std::string("name: 'x' \0 version: '1'", 24), "f", &pack, &source);
  ASSERT_FALSE(issues.empty());
  EXPECT_EQ(issues.back().reason(), "POLICY_TEXT_SYNTAX");
}

TEST(ParsePolicyText, EveryPrefixAndEveryMissingByteIsRefusedOrReadQuietly) {
  const std::string text(kText);
  ::testing::internal::CaptureStderr();
  for (size_t i = 0; i < text.size(); ++i) {
    v1::PolicyPack pack;
    SourceMap source;
    ParsePolicyText(text.substr(0, i), "f", &pack, &source);
    std::string without = text;
    without.erase(i, 1);
    ParsePolicyText(without, "f", &pack, &source);
    ParsePolicyJson(std::string(kJson).substr(0, std::min(i, sizeof(kJson) - 1)), "f", &pack,
                    &source);
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
