// Errors of evaluations point at the sub-expression that failed, whatever it is part of.
#include <string>

#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

// An order with many invalid fields.
Input Broken() {
  Input input = GoldOrder();
  input.mutable_now()->set_seconds(int64_t{1} << 60);
  input.mutable_order()->mutable_grace()->set_seconds(int64_t{1} << 60);
  input.mutable_order()->add_events()->set_seconds(int64_t{1} << 60);
  input.mutable_extra()->set_type_url("type.googleapis.com/no.Such");
  input.set_note("(");
  input.set_small(0);
  return input;
}

constexpr Case kCases[] = {
    {"count > 5 || 1 / (count - 3) > 0", "DIVISION_BY_ZERO 1:16"},
    {"5 % (count - 3)", "DIVISION_BY_ZERO 1:3"},
    {"5u / small", "DIVISION_BY_ZERO 1:4"},
    {"count + 9223372036854775807", "INTEGER_OVERFLOW 1:7"},
    {"-(count - 3 - 9223372036854775807 - 1)", "INTEGER_OVERFLOW 1:1"},
    {"[1, count * 4611686018427387904]", "INTEGER_OVERFLOW 1:11"},
    {"uint(count - 9)", "INTEGER_OVERFLOW 1:1"},
    {"order.lines[count].quantity", "INDEX_OUT_OF_RANGE 1:12"},
    {"{'x': order.lines[7]}", "INDEX_OUT_OF_RANGE 1:18"},
    {"customer.attributes['none']", "NO_SUCH_KEY 1:20"},
    {"order.lines_by_number[9].quantity > 0", "NO_SUCH_KEY 1:22"},
    {"{'a': 1}[note] > 0", "NO_SUCH_KEY 1:9"},
    {"dyn(order).none", "NO_SUCH_FIELD 1:12"},
    {"dyn({'a': 1}).b", "NO_SUCH_FIELD 1:15"},
    {"has(dyn(order).none)", "NO_SUCH_FIELD 1:16"},
    {"dyn(1).a", "NOT_SELECTABLE 1:8"},
    {"dyn(1) + dyn('a') == dyn(2)", "NO_MATCHING_OVERLOAD 1:8"},
    {"dyn(1).size() > 0", "NO_MATCHING_OVERLOAD 1:8"},
    {"[1].all(x, dyn(x) == 1 && size(dyn(x)) > 0)", "NO_MATCHING_OVERLOAD 1:27"},
    {"flag && dyn(count)", "NOT_BOOL 1:9"},
    {"dyn(count) ? 1 : 2", "NOT_BOOL 1:1"},
    {"now", "TIMESTAMP_OUT_OF_RANGE 1:1"},
    {"order.delivered_time < now", "TIMESTAMP_OUT_OF_RANGE 1:24"},
    {"flag && now - order.delivered_time < duration('1h')", "TIMESTAMP_OUT_OF_RANGE 1:9"},
    {"order.grace < duration('1h') && count == 3", "DURATION_OUT_OF_RANGE 1:7"},
    {"order.events[0] == now || flag == false", "TIMESTAMP_OUT_OF_RANGE 1:13"},
    {"order.events.all(e, e > order.delivered_time)", "TIMESTAMP_OUT_OF_RANGE 1:7"},
    {"order.delivered_time in order.events", "TIMESTAMP_OUT_OF_RANGE 1:22"},
    {"duration('9000000000s') + duration(string(count + 9000000000) + 's')",
     "DURATION_OUT_OF_RANGE 1:25"},
    {"timestamp('9999-12-31T23:59:59Z') + duration(string(count) + 's')",
     "TIMESTAMP_OUT_OF_RANGE 1:35"},
    {"extra == 1", "INVALID_ANY 1:1"},
    {"int(note) > 0", "CONVERSION_FAILED 1:1"},
    {"note.size() + int(note)", "CONVERSION_FAILED 1:15"},
    {"timestamp(note) > order.delivered_time", "CONVERSION_FAILED 1:1"},
    {"'a'.matches(note)", "INVALID_REGEX 1:5"},
    {"string(b'\\xff' + bytes(note))", "INVALID_UNICODE 1:1"},
    {"'%d'.format([note])", "INVALID_ARGUMENT 1:6"},
    {"note.substring(count)", "INDEX_OUT_OF_RANGE 1:6"},
    {"[note, note.charAt(7)]", "INDEX_OUT_OF_RANGE 1:13"},
    {"optional.of(count).optMap(x, x / (x - 3))", "DIVISION_BY_ZERO 1:32"},
    {"order.lines[?9].value().quantity", "OPTIONAL_EMPTY 1:17"},
    {"order.lines.map(l, l.quantity / (l.quantity - 2))", "DIVISION_BY_ZERO 1:31"},
    {"order.lines.filter(l, 1 / (l.quantity - 2) > 0)", "DIVISION_BY_ZERO 1:25"},
    {"order.lines.all(l, 1 / (l.quantity - 2) > -5)", "DIVISION_BY_ZERO 1:22"},
    {"order.lines.exists_one(l, 1 / (l.quantity - 2) > 0)", "DIVISION_BY_ZERO 1:29"},
    {"customer.attributes.transformMap(k, v, int(v))", "CONVERSION_FAILED 1:40"},
    {"cel.bind(x, 1 / (count - 3), flag && x > 1)", "DIVISION_BY_ZERO 1:15"},
    {"Money{units: 1 / (count - 3)}", "DIVISION_BY_ZERO 1:16"},
    {"Line{quantity: count + 9999999999}", "FIELD_VALUE 1:22"},
    {"{note: 1, note: 2}", "DUPLICATE_KEY 1:1"},
    {"{dyn(1.5): 2}", "UNSUPPORTED_KEY 1:1"},
    {"order.delivered_time.getHours(note)", "UNKNOWN_TIME_ZONE 1:22"},
    {"flag\n  && 'é' == note + '!' || 1 / (count - 3) > 0", "DIVISION_BY_ZERO 2:29"},
};

TEST(ErrorPositionTest, TheSubExpressionThatFailed) {
  const Input input = Broken();
  for (const bool accessors : {false, true}) {
    const auto environment = Shop(accessors);
    for (const Case& test : kCases) {
      const std::string outcome = Outcome(*environment, test.text, input);
      EXPECT_EQ(outcome, absl::StrCat("error ", test.outcome)) << test.text;
    }
  }
}

// The failed expression itself, for tools: its text is at the caret.
TEST(ErrorPositionTest, FailedIsTheNode) {
  const auto program = CompileOrDie(*Shop(), "flag && 10 / (count - 3) == order.total.units");
  Scratch scratch;
  const EvalResult result = program->Evaluate(GoldOrder(), scratch);
  EXPECT_EQ(result.failed().text(), "10 / (count - 3)");
  EXPECT_EQ(result.failed().op(), Operator::kDivide);
  EXPECT_EQ(program->EvaluateBool(GoldOrder(), scratch), BoolOutcome::kError);
  EXPECT_EQ(program->LastError(scratch).failed().text(), "10 / (count - 3)");
  EXPECT_EQ(program->conjuncts()[1].Evaluate(GoldOrder(), scratch).issue().column, 12);
}

}  // namespace
}  // namespace frontdesk::cel::testing
