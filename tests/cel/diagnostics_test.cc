// The form of issues: positions, carets, and the contents that they show or hide.
#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

TEST(IssueTest, Format) {
  const CompileResult compiled = Shop()->Compile("order.totl > 5");
  ASSERT_EQ(compiled.issues.size(), 1u);
  EXPECT_EQ(FormatIssue(compiled.issues[0], "policy.cel"),
            "policy.cel:1:7: error: message 'frontdesk.cel.testing.Order' has no field 'totl'; did "
            "you mean 'total'? [UNKNOWN_FIELD]\n"
            "  | order.totl > 5\n"
            "  |       ^~~~\n");
  EXPECT_EQ(FormatIssue(compiled.issues[0]).substr(0, 11), "1:7: error:");
}

TEST(IssueTest, ColumnsCountCodePoints) {
  const CompileResult compiled =
      Shop()->Compile("note == 'gr\u00fc\u00df\U0001F600' && \n\t ordr.id == ''");
  ASSERT_EQ(compiled.issues.size(), 1u);
  EXPECT_EQ(compiled.issues[0].line, 2);
  EXPECT_EQ(compiled.issues[0].column, 3);
  EXPECT_EQ(compiled.issues[0].snippet, "\t ordr.id == ''\n\t ^~~~");
  const CompileResult same_line = Shop()->Compile("'\u00fc\U0001F600' == x");
  ASSERT_EQ(same_line.issues.size(), 1u);
  EXPECT_EQ(same_line.issues[0].column, 9);
  EXPECT_EQ(same_line.issues[0].snippet, "'\u00fc\U0001F600' == x\n        ^");
}

TEST(IssueTest, LongLinesAreShortened) {
  const std::string blanks(500, ' ');
  const std::string text = absl::StrCat(blanks, "ordr", blanks, "== 1");
  const CompileResult compiled = Shop()->Compile(text);
  ASSERT_FALSE(compiled.issues.empty());
  EXPECT_EQ(compiled.issues[0].column, 501);
  EXPECT_LT(compiled.issues[0].snippet.size(), 400u);
  EXPECT_THAT(compiled.issues[0].snippet, ::testing::HasSubstr("ordr"));
}

TEST(IssueTest, ControlCharactersAreNotPrinted) {
  const CompileResult compiled = Shop()->Compile("'a\x1b[31mb' + 1");
  ASSERT_FALSE(compiled.issues.empty());
  EXPECT_EQ(compiled.issues[0].snippet.find('\x1b'), std::string::npos);
}

TEST(IssueTest, AtTheEnd) {
  const CompileResult compiled = Shop()->Compile("count >");
  ASSERT_EQ(compiled.issues.size(), 1u);
  EXPECT_EQ(compiled.issues[0].column, 8);
  EXPECT_EQ(compiled.issues[0].snippet, "count >\n       ^");
}

TEST(IssueTest, LocateOffset) {
  int32_t line, column;
  LocateOffset("a\nb\u00fcc\n", 5, &line, &column);
  EXPECT_EQ(line, 2);
  EXPECT_EQ(column, 3);
  LocateOffset("abc", 100, &line, &column);
  EXPECT_EQ(column, 4);
  LocateOffset("", -1, &line, &column);
  EXPECT_EQ(line, 1);
  EXPECT_EQ(column, 1);
}

TEST(IssueTest, CodesAreListedOnce) {
  std::set<std::string> seen;
  for (const IssueCode& code : IssueCodes()) {
    EXPECT_TRUE(seen.insert(std::string(code.code)).second) << code.code;
    EXPECT_FALSE(code.meaning.empty());
  }
  EXPECT_TRUE(seen.count("DIVISION_BY_ZERO"));
  EXPECT_TRUE(seen.count("UNKNOWN_FIELD"));
}

TEST(IssueTest, AnOperationThatAlwaysFailsIsNamed) {
  const CompileResult compiled = Bare()->Compile("math.bitShiftLeft(1u, -1)");
  ASSERT_EQ(compiled.issues.size(), 1u);
  EXPECT_EQ(compiled.issues[0].code, "CONSTANT_ERROR");
  EXPECT_THAT(compiled.issues[0].message, ::testing::HasSubstr("'math.bitShiftLeft'"));
}

TEST(IssueTest, ManyIssuesAreCutOffAloud) {
  std::string text = "x0";
  for (int i = 1; i < 30; ++i) text += " + x" + std::to_string(i);
  const CompileResult compiled = Shop()->Compile(text);
  ASSERT_EQ(compiled.issues.size(), 21u);
  EXPECT_EQ(compiled.issues.back().code, "LIMIT_ISSUES");
}

// Errors of evaluation name fields and functions; what a message holds does not come out.
TEST(EvalErrorTest, HoldsNoValues) {
  const auto environment = Shop();
  Input input = GoldOrder();
  input.set_note("SECRET-4111111111111111");
  input.mutable_order()->set_card("SECRET-4111111111111111");
  (*input.mutable_customer()->mutable_attributes())["SECRET-KEY"] = "SECRET";
  const char* texts[] = {
      "int(note) > 0",
      "timestamp(note) > now",
      "duration(note) > order.grace",
      "double(note) > 0.0",
      "bool(note)",
      "customer.attributes[note] == 'x'",
      "note.charAt(100) == ''",
      "note.matches(note + '(')",
      "now.getHours(note) == 1",
      "{note: 1, note: 2}.size() == 1",
      "order.lines[int(note.size())].quantity == 1",
      "'%d'.format([note]) == ''",
      "dyn(note) + 1 == 2",
      "dyn(note).field",
      "dyn(customer)[note]",
  };
  Scratch scratch;
  for (const char* text : texts) {
    const auto program = CompileOrDie(*environment, text);
    const EvalResult result = program->Evaluate(input, scratch);
    ASSERT_FALSE(result.ok()) << text;
    const std::string shown = FormatIssue(result.issue()) + result.status().ToString();
    EXPECT_EQ(shown.find("SECRET"), std::string::npos) << shown;
    EXPECT_GT(result.issue().line, 0) << text;
    EXPECT_TRUE(result.failed().valid());
  }
}

TEST(EvalErrorTest, PointsAtWhatFailed) {
  const auto environment = Shop();
  const auto program = CompileOrDie(
      *environment, "flag &&\n  order.lines.map(l, 10 / (l.quantity - 2)).size() == 3");
  Scratch scratch;
  const EvalResult result = program->Evaluate(GoldOrder(), scratch);
  EXPECT_EQ(result.reason(), "DIVISION_BY_ZERO");
  EXPECT_EQ(result.issue().line, 2);
  EXPECT_EQ(result.issue().column, 25);
  EXPECT_EQ(result.failed().text(), "10 / (l.quantity - 2)");
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace frontdesk::cel::testing
