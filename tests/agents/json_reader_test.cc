#include "agents/json_reader.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace agents {
namespace {

std::string ReasonOfJson(absl::string_view json, const ToolsetLimits& limits = {}) {
  JsonValue value;
  Violation violation;
  return ReadJson(json, limits, &value, &violation) ? "" : std::string(violation.reason);
}

TEST(JsonReaderTest, ReadsEveryKindOfValue) {
  JsonValue value;
  Violation violation;
  ASSERT_TRUE(
      ReadJson(R"( {"a": [1, -2.5e3, true, false, null], "b/~": "x\"\\\/\n\u00e9\ud83d\ude00"} )",
               {}, &value, &violation))
      << violation.text;
  ASSERT_EQ(value.members.size(), 2u);
  const JsonValue& list = value.members[0].second;
  ASSERT_EQ(list.items.size(), 5u);
  EXPECT_EQ(list.items[0].text, "1");
  EXPECT_EQ(list.items[1].text, "-2.5e3");
  EXPECT_TRUE(list.items[2].flag);
  EXPECT_FALSE(list.items[3].flag);
  EXPECT_EQ(list.items[3].type, JsonValue::Type::kBool);
  EXPECT_EQ(list.items[4].type, JsonValue::Type::kNull);
  EXPECT_EQ(value.members[1].second.text, "x\"\\/\n\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(PointerTo("/a", "b/~"), "/a/b~1~0");
}

TEST(JsonReaderTest, RefusesWhatIsNoJson) {
  for (const absl::string_view json : {"",
                                       " ",
                                       "{",
                                       "}",
                                       "[1,]",
                                       "{\"a\":1,}",
                                       "{'a':1}",
                                       "{a:1}",
                                       "01",
                                       "1.",
                                       ".5",
                                       "+1",
                                       "1e",
                                       "- 1",
                                       "NaN",
                                       "Infinity",
                                       "tru",
                                       "\"a",
                                       "\"\\x\"",
                                       "\"\\u12\"",
                                       "\"\\ud800\"",
                                       "\"\\udc00\"",
                                       "\"\\ud800\\u0041\"",
                                       "{\"a\" 1}",
                                       "[1 2]",
                                       "1 2",
                                       "{} {}",
                                       "// no\n1",
                                       "\"a\nb\"",
                                       "\xff",
                                       "\"\xed\xa0\x80\"",
                                       "nul",
                                       "[",
                                       "{\"a\":"}) {
    EXPECT_EQ(ReasonOfJson(json), "AGENT_ARGUMENTS_MALFORMED") << json;
  }
}

TEST(JsonReaderTest, RefusesAMemberThatIsThereTwice) {
  EXPECT_EQ(ReasonOfJson(R"({"a": {"b": 1, "b": 2}})"), "AGENT_ARGUMENT_DUPLICATE");
  EXPECT_EQ(ReasonOfJson(R"({"a": 1, "\u0061": 2})"), "AGENT_ARGUMENT_DUPLICATE");
  EXPECT_EQ(ReasonOfJson(R"({"a": {"b": 1}, "c": {"b": 1}})"), "");
}

TEST(JsonReaderTest, HasLimits) {
  ToolsetLimits limits;
  limits.max_depth = 3;
  EXPECT_EQ(ReasonOfJson("[[1]]", limits), "");
  EXPECT_EQ(ReasonOfJson("[[[1]]]", limits), "AGENT_ARGUMENTS_TOO_LARGE");
  limits = {};
  limits.max_values = 3;
  EXPECT_EQ(ReasonOfJson("[1,2]", limits), "");
  EXPECT_EQ(ReasonOfJson("[1,2,3]", limits), "AGENT_ARGUMENTS_TOO_LARGE");
  limits = {};
  limits.max_arguments_bytes = 4;
  EXPECT_EQ(ReasonOfJson("[10]", limits), "");
  EXPECT_EQ(ReasonOfJson("[100]", limits), "AGENT_ARGUMENTS_TOO_LARGE");
  EXPECT_EQ(ReasonOfJson(std::string(100'000, '[')), "AGENT_ARGUMENTS_TOO_LARGE");
}

}  // namespace
}  // namespace agents
}  // namespace frontdesk
