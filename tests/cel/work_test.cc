// Work is charged while it is done, also by calls that fail in the end.
#include <limits>
#include <string>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/struct.pb.h"

namespace frontdesk::cel::testing {
namespace {

// Units that `text` takes over `input`, and how it ends.
struct Spent {
  int64_t units = 0;
  std::string reason;
};

Spent Measure(absl::string_view text, const Input& input, int64_t max_cost = 10000000) {
  EnvironmentBuilder builder;
  Prepare(builder);
  Limits limits;
  limits.max_cost = max_cost;
  builder.SetLimits(limits);
  const auto program = CompileOrDie(*BuildOrDie(builder), text);
  if (program == nullptr) return {};
  Scratch scratch;
  const EvalResult result = program->Evaluate(input, scratch);
  Spent spent;
  spent.reason = std::string(result.reason());
  spent.units = program->fixed_cost() + scratch.metered_cost();
  return spent;
}

Input WithNote(size_t bytes, char letter = 'a') {
  Input input = GoldOrder();
  input.set_note(std::string(bytes, letter));
  return input;
}

// Ten times as much to look at costs about ten times as much, whether the call succeeds or fails.
TEST(WorkTest, CostGrowsWithTheWork) {
  const struct {
    const char* text;
    const char* reason;
  } calls[] = {
      {"'%s%d'.format([note, 1])", ""},
      {"'%s%d'.format([note, 'no number'])", "INVALID_ARGUMENT"},
      {"'%s%s'.format([note])", "INVALID_ARGUMENT"},
      {"'%x'.format([note])", ""},
      {"'%s'.format([bytes(note)])", ""},
      {"(note + '%d').format(['no number'])", "INVALID_ARGUMENT"},
      {"note.replace('a', 'bb')", ""},
      {"note.replace('a', '')", ""},
      {"note.replace('', '-')", ""},
      {"note.split('a')", ""},
      {"note.split('')", ""},
      {"[note, note].join('-')", ""},
      {"dyn([note, note, 1]).join('-')", "NO_MATCHING_OVERLOAD"},
      {"note.matches('(a|aa)*b')", ""},
      {"note.lowerAscii()", ""},
      {"note.reverse()", ""},
      {"note.trim()", ""},
      {"note.charAt(3)", ""},
      {"note.indexOf('b')", ""},
      {"note + note", ""},
      {"note == note + ''", ""},
      {"int(note) == 1", "CONVERSION_FAILED"},
      {"double(note) == 1.0", "CONVERSION_FAILED"},
      {"timestamp(note) == now", "CONVERSION_FAILED"},
      {"duration(note) == order.grace", "CONVERSION_FAILED"},
      {"string(bytes(note)) == note", ""},
      {"base64.decode(note) == b''", ""},
      {"base64.encode(bytes(note)) == ''", ""},
      {"strings.quote(note) == ''", ""},
      {"{note: 1}[note]", ""},
      {"note in {note: 1}", ""},
      {"note in ['b', note]", ""},
      {"Customer{id: note}.id == 'x'", ""},
      {"Customer{id: note} == Customer{id: note}", ""},
      {"google.protobuf.Any{type_url: 'x', value: bytes(note)} == 1", "INVALID_ANY"},
      {"[note].exists(x, x == note)", ""},
  };
  for (const auto& call : calls) {
    // Sizes whose remainder by four suits base64.
    const Spent little = Measure(call.text, WithNote(20000)),
                much = Measure(call.text, WithNote(200000));
    EXPECT_EQ(little.reason, call.reason) << call.text;
    EXPECT_EQ(much.reason, call.reason) << call.text;
    EXPECT_GT(much.units, 200000 / 20) << call.text;
    EXPECT_GT(much.units, little.units * 7) << call.text;
    EXPECT_LT(much.units, little.units * 13) << call.text;
  }
}

TEST(WorkTest, ManyElementsAreManySteps) {
  const auto fill = [](int count) {
    Input input = GoldOrder();
    for (int i = 0; i < count; ++i) {
      input.mutable_order()->add_points(i + 100);
      input.mutable_order()->add_lines()->set_product("p");
      (*input.mutable_scores())[absl::StrCat("key", i)] = i;
      input.mutable_customer()->add_tags("t");
      (*input.mutable_facts()->mutable_fields())[absl::StrCat("key", i)].set_number_value(i);
    }
    return input;
  };
  const char* const texts[] = {
      "order.points == order.points",
      "order.lines == order.lines",
      "order == order",
      "scores == scores",
      "facts == facts",
      "3 in order.points",
      "order.points[order.points.size() - 1] in order.points",
      "scores['none'] == 1 || true",
      "'none' in scores",
      "has(scores.none)",
      "scores.all(k, k != '')",
      "scores.transformMap(k, v, v + 1).size() == 1",
      "customer.tags.join() == ''",
      "'%s'.format([order.points]) == ''",
      "'%s'.format([scores]) == ''",
      "order.points.map(p, p + 1).size() == 1",
      "order.points.filter(p, p > 5) == [1]",
      "order.points + order.points == [1]",
      "math.greatest(order.points.map(p, p)) == 1",
      "Order{points: order.points}.id == ''",
      "Order{lines: order.lines}.id == ''",
      "order.points.exists_one(p, p == 1)",
  };
  const Input little = fill(300), much = fill(3000);
  for (const char* text : texts) {
    const Spent a = Measure(text, little), b = Measure(text, much);
    EXPECT_EQ(a.reason, "") << text;
    EXPECT_GT(b.units, 3000) << text;
    EXPECT_GT(b.units, a.units * 7) << text;
    EXPECT_LT(b.units, a.units * 16)
        << text;  // Sorting takes a little more than ten times as long.
  }
}

// 24 x 24 rounds of a call that always fails end at the limit.
TEST(WorkTest, ALoopOfFailingCallsEndsAtTheLimit) {
  std::string numbers = "[";
  for (int i = 0; i < 24; ++i) absl::StrAppend(&numbers, i == 0 ? "" : ", ", i);
  numbers += "]";
  const Input input = WithNote(100000);
  for (const char* call :
       {"'%s%d'.format([note, 'x'])", "dyn([note, note, 1]).join(note)", "(note + '%').format([])",
        "string(note.replace('a', note).size())", "dyn(note.matches(note))"}) {
    const std::string text =
        absl::StrCat(numbers, ".exists(a, ", numbers, ".exists(b, ", call, " == 'x'))");
    const Spent spent = Measure(text, input, 50000);
    EXPECT_TRUE(spent.reason == "LIMIT_COST" || spent.reason == "LIMIT_RESULT_SIZE" ||
                spent.reason == "LIMIT_REGEX_SIZE")
        << text << " " << spent.reason;
    EXPECT_LT(spent.units, 50000 + 300000) << text;
  }
}

TEST(WorkTest, NoOperatorHidesALimit) {
  const Input input = WithNote(3000);
  EnvironmentBuilder builder;
  Prepare(builder);
  Limits limits;
  limits.max_result_size = 5000;
  limits.max_value_depth = 3;
  limits.max_regex_bytes = 10;
  builder.SetLimits(limits);
  const auto environment = BuildOrDie(builder);
  const struct {
    const char* failing;
    const char* code;
  } limits_reached[] = {
      {"note + note == 'x'", "LIMIT_RESULT_SIZE"},
      {"note.replace('a', 'bb') == 'x'", "LIMIT_RESULT_SIZE"},
      {"'%s%s'.format([note, note]) == 'x'", "LIMIT_RESULT_SIZE"},
      {"[note, note].join() == 'x'", "LIMIT_RESULT_SIZE"},
      {"[[[[[[count]]]]]] == [[[[[[count]]]]]]", "LIMIT_VALUE_DEPTH"},
      {"'%s'.format([[[[[[count]]]]]]) == 'x'", "LIMIT_VALUE_DEPTH"},
      {"'a'.matches(note)", "LIMIT_REGEX_SIZE"},
  };
  for (const auto& limit : limits_reached) {
    const std::string f = absl::StrCat("(", limit.failing, ")");
    for (const std::string& text : {
             absl::StrCat(f, " || flag"),
             absl::StrCat("!flag && true || ", f, " || flag"),
             absl::StrCat("!(", f, " && !flag)"),
             absl::StrCat("[1, 2].exists(i, i == 2 || ", f, ")"),
             absl::StrCat("!([1, 2].all(i, i == 2 ? false : ", f, "))"),
             absl::StrCat(f, " ? true : true"),
             absl::StrCat("optional.of(", f, ").orValue(true)"),
             absl::StrCat("[", f, "][?0].orValue(true)"),
             absl::StrCat("cel.bind(unused, ", f, ", true)"),
             absl::StrCat("has({'a': {'b': ", f, "}}.a.b) || true"),
             absl::StrCat("[1, 2].exists_one(i, ", f, " || true)"),
             absl::StrCat("[1, 2].filter(i, ", f, " || true).size() == 2"),
         }) {
      const std::string outcome = Outcome(*environment, text, input);
      EXPECT_TRUE(absl::StartsWith(outcome, absl::StrCat("error ", limit.code, " ")))
          << text << ": " << outcome;
    }
  }
}

// An Any in an Any, over and over: each layer is parsed again.
TEST(WorkTest, NestedAnysAreCharged) {
  google::protobuf::Any any;
  google::protobuf::Value text;
  text.set_string_value(std::string(2000, 'x'));
  any.PackFrom(text);
  for (int i = 0; i < 50; ++i) {
    google::protobuf::Any outer;
    outer.PackFrom(any);
    any = outer;
  }
  Input input = GoldOrder();
  *input.mutable_extra() = any;
  const Spent once = Measure("extra == 'a'", input);
  EXPECT_EQ(once.reason, "");
  EXPECT_GT(once.units, 50 * 2000 / 10);
  EXPECT_EQ(Measure("order.points.all(p, extra != 'a')", input, once.units).reason, "LIMIT_COST");
  // Deeper than values may be.
  for (int i = 0; i < 200; ++i) {
    google::protobuf::Any outer;
    outer.PackFrom(any);
    any = outer;
  }
  *input.mutable_extra() = any;
  EXPECT_THAT(Measure("extra == 'a'", input).reason, ::testing::StartsWith("LIMIT_"));
}

// Of messages that hold Anys of Anys no comparison goes deeper than values may be.
TEST(WorkTest, ComparedMessagesAreBounded) {
  google::protobuf::Any any;
  any.PackFrom(GoldOrder());
  for (int i = 0; i < 20000 && any.ByteSizeLong() < 900000; ++i) {
    google::protobuf::Any outer;
    outer.PackFrom(any);
    outer.set_type_url(absl::StrCat("type.googleapis.com/", any.GetDescriptor()->full_name()));
    any = outer;
  }
  Input a = GoldOrder(), b = GoldOrder();
  *a.mutable_extra() = any;
  any.mutable_value()->back() ^= 1;
  *b.mutable_extra() = any;
  ValueArena arena;
  EXPECT_FALSE(Equals(FromMessage(a, arena), FromMessage(b, arena)));
}

TEST(WorkTest, MessagesCompareFieldByField) {
  const auto equal = [](const Input& a, const Input& b) {
    ValueArena arena;
    const bool one = Equals(FromMessage(a, arena), FromMessage(b, arena));
    EXPECT_EQ(one, Equals(FromMessage(b, arena), FromMessage(a, arena)));
    return one;
  };
  Input a = GoldOrder(), b = GoldOrder();
  EXPECT_TRUE(equal(a, b));
  b.mutable_order()->mutable_lines(1)->set_weight(1.5);
  EXPECT_FALSE(equal(a, b));
  a.mutable_order()->mutable_lines(1)->set_weight(1.5);
  EXPECT_TRUE(equal(a, b));
  a.set_ratio(std::numeric_limits<double>::quiet_NaN());
  b.set_ratio(std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(equal(a, b)) << "NaN equals nothing";
  a.set_ratio(0);
  b.set_ratio(0);
  // Set and unset differ where the field has presence.
  a.mutable_order()->mutable_cash();
  EXPECT_FALSE(equal(a, b));
  b.mutable_order()->mutable_cash();
  a.mutable_customer()->set_age(0);
  EXPECT_FALSE(equal(a, b));
  b.mutable_customer()->set_age(0);
  EXPECT_TRUE(equal(a, b));
  // Maps by key, whatever their order.
  for (int i = 0; i < 50; ++i) {
    (*a.mutable_scores())[absl::StrCat("k", i)] = i;
    (*b.mutable_scores())[absl::StrCat("k", 49 - i)] = 49 - i;
  }
  EXPECT_TRUE(equal(a, b));
  (*b.mutable_scores())["k7"] = 8;
  EXPECT_FALSE(equal(a, b));
  (*b.mutable_scores())["k7"] = 7;
  (*b.mutable_scores())["other"] = 7;
  EXPECT_FALSE(equal(a, b));
  (*a.mutable_scores())["another"] = 7;
  EXPECT_FALSE(equal(a, b));
  b.clear_scores();
  a.clear_scores();
  // An Any is what is packed in it: here one field comes in two orders.
  a.mutable_extra()->set_type_url("type.googleapis.com/frontdesk.cel.testing.Money");
  a.mutable_extra()->set_value(
      std::string("\x0a\x01"
                  "E\x10\x05",
                  5));
  *b.mutable_extra() = a.extra();
  b.mutable_extra()->set_value(
      std::string("\x10\x05\x0a\x01"
                  "E",
                  5));
  EXPECT_TRUE(equal(a, b));
  b.mutable_extra()->set_value(
      std::string("\x10\x06\x0a\x01"
                  "E",
                  5));
  EXPECT_FALSE(equal(a, b));
  // Of an unknown type the bytes count.
  a.mutable_extra()->set_type_url("type.googleapis.com/no.Such");
  b.mutable_extra()->set_type_url("type.googleapis.com/no.Such");
  EXPECT_FALSE(equal(a, b));
  b.mutable_extra()->set_value(a.extra().value());
  EXPECT_TRUE(equal(a, b));
  // Unknown fields count, those of one number in their order.
  const auto unknown = [](Input* input) {
    return input->GetReflection()->MutableUnknownFields(input);
  };
  unknown(&a)->AddVarint(1000, 1);
  EXPECT_FALSE(equal(a, b));
  unknown(&a)->AddLengthDelimited(999, "x");
  unknown(&b)->AddLengthDelimited(999, "x");
  unknown(&b)->AddVarint(1000, 1);
  EXPECT_TRUE(equal(a, b));
  unknown(&a)->AddVarint(1000, 2);
  unknown(&b)->AddVarint(1000, 3);
  EXPECT_FALSE(equal(a, b));
}

// A double near 2^62 equals many integers after rounding.
TEST(MapKeyTest, KeysNearTwoToThe62AreFoundQuickly) {
  ValueArena arena;
  std::vector<std::pair<Value, Value>> entries;
  const int64_t base = int64_t{1} << 62;
  for (int64_t i = 0; i < 20000; ++i) {
    entries.emplace_back(Value::Int(base + i), Value::Int(i));
  }
  const Value map = arena.NewMap(entries);
  for (int64_t i = 0; i < 20000; ++i) {
    const auto found = map.map_find(Value::Int(base + i));
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->int_value(), i);
    ASSERT_EQ(map.map_find(Value::Uint(static_cast<uint64_t>(base + i)))->int_value(), i);
  }
  EXPECT_FALSE(map.map_find(Value::Int(base - 1)).has_value());
  EXPECT_FALSE(map.map_find(Value::Int(base + 20000)).has_value());
  // A double finds the one that it equals exactly.
  EXPECT_EQ(map.map_find(Value::Double(4611686018427387904.0))->int_value(), 0);
  EXPECT_FALSE(map.map_find(Value::Double(0.5)).has_value());
  EXPECT_FALSE(map.map_find(Value::Double(1e300)).has_value());
  EXPECT_FALSE(map.map_find(Value::Double(-1e300)).has_value());
}

// Keys that all hash to one place: as many as there are, none is far away.
TEST(MapKeyTest, ChosenKeysAreFoundByOrder) {
  ValueArena arena;
  std::vector<std::pair<Value, Value>> entries;
  const auto same_place = [](size_t hash) { return (hash & 0xFFF) == 7; };
  for (int64_t i = 0; entries.size() < 400; ++i) {
    if (same_place(absl::HashOf(i))) {
      entries.emplace_back(Value::Int(i), Value::Int(static_cast<int64_t>(entries.size())));
    }
  }
  for (int64_t i = 0; entries.size() < 800; ++i) {
    const std::string text = absl::StrCat("key ", i);
    if (same_place(absl::HashOf(absl::string_view(text)))) {
      entries.emplace_back(arena.NewString(text), Value::Int(static_cast<int64_t>(entries.size())));
    }
  }
  entries.emplace_back(Value::Bool(true), Value::Int(800));
  entries.emplace_back(Value::Uint(uint64_t{1} << 63), Value::Int(801));
  const Value map = arena.NewMap(entries);
  ASSERT_EQ(map.map_size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto found = map.map_find(entries[i].first);
    ASSERT_TRUE(found.has_value()) << ToText(entries[i].first);
    EXPECT_EQ(found->int_value(), static_cast<int64_t>(i));
    // The order of the entries is as it was.
    EXPECT_TRUE(Equals(map.map_key(i), entries[i].first));
  }
  for (const Value& missing :
       {Value::Int(-1), Value::Int(entries[0].first.int_value() + 1), Value::String("key"),
        Value::Bool(false), Value::Uint(uint64_t{1} << 62), Value::Double(0.5), Value::Null()}) {
    EXPECT_FALSE(map.map_find(missing).has_value()) << ToText(missing);
  }
  EXPECT_TRUE(
      map.map_find(Value::Double(static_cast<double>(entries[3].first.int_value()))).has_value());
  // Of a key that comes twice the first is found.
  entries.emplace_back(entries[5].first, Value::Int(-1));
  EXPECT_EQ(arena.NewMap(entries).map_find(entries[5].first)->int_value(), 5);
}

}  // namespace
}  // namespace frontdesk::cel::testing
