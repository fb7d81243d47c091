// Values by themselves: equality, order, text, arenas, conversion to and from messages.
#include <cmath>
#include <limits>

#include "cel/shop.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/wrappers.pb.h"

namespace frontdesk::cel::testing {
namespace {

TEST(ValueTest, Equality) {
  ValueArena arena;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<Value, Value>> equal = {
      {Value::Null(), Value::Null()},
      {Value::Int(1), Value::Uint(1)},
      {Value::Int(1), Value::Double(1)},
      {Value::Uint(1), Value::Double(1)},
      {Value::String("a"), Value::String("a")},
      {Value::Bytes("a"), Value::Bytes("a")},
      {Value::DurationNanos(5), Value::DurationNanos(5)},
      {arena.NewList({Value::Int(1)}), arena.NewList({Value::Double(1)})},
      {arena.NewMap({{Value::Int(1), Value::Int(2)}, {Value::String("a"), Value::Null()}}),
       arena.NewMap({{Value::String("a"), Value::Null()}, {Value::Uint(1), Value::Int(2)}})},
      {Value::OptionalNone(), Value::OptionalNone()},
      {arena.NewOptional(Value::Int(1)), arena.NewOptional(Value::Int(1))},
  };
  for (const auto& [a, b] : equal) {
    EXPECT_TRUE(Equals(a, b)) << ToText(a) << " " << ToText(b);
    EXPECT_TRUE(Equals(b, a));
  }
  const std::vector<std::pair<Value, Value>> different = {
      {Value::Double(nan), Value::Double(nan)},
      {Value::Int(1), Value::String("1")},
      {Value::String("a"), Value::Bytes("a")},
      {Value::Int(-1), Value::Uint(18446744073709551615u)},
      {Value::Null(), Value::Int(0)},
      {Value::Bool(true), Value::Int(1)},
      {arena.NewList({Value::Int(1)}), arena.NewList({Value::Int(1), Value::Int(2)})},
      {arena.NewMap({{Value::Int(1), Value::Int(2)}}),
       arena.NewMap({{Value::Int(1), Value::Int(3)}})},
      {Value::OptionalNone(), arena.NewOptional(Value::Null())},
  };
  for (const auto& [a, b] : different) EXPECT_FALSE(Equals(a, b)) << ToText(a) << " " << ToText(b);
}

TEST(ValueTest, Order) {
  EXPECT_EQ(Compare(Value::Int(-1), Value::Uint(18446744073709551615u)), -1);
  EXPECT_EQ(Compare(Value::Double(1.5), Value::Int(1)), 1);
  EXPECT_EQ(Compare(Value::String("a"), Value::String("b")), -1);
  EXPECT_EQ(Compare(Value::Bool(false), Value::Bool(true)), -1);
  EXPECT_EQ(Compare(Value::TimestampParts(1, 5), Value::TimestampParts(1, 4)), 1);
  EXPECT_EQ(Compare(Value::DurationNanos(1), Value::DurationNanos(1)), 0);
  EXPECT_FALSE(Compare(Value::Int(1), Value::String("a")).has_value());
  EXPECT_FALSE(Compare(Value::Double(std::nan("")), Value::Int(1)).has_value());
  EXPECT_FALSE(Compare(Value::Null(), Value::Null()).has_value());
}

TEST(ValueTest, LargeMapsAreIndexed) {
  ValueArena arena;
  std::vector<std::pair<Value, Value>> entries;
  for (int i = 0; i < 1000; ++i) {
    entries.emplace_back(Value::Int(i), Value::Int(i * 2));
    entries.emplace_back(arena.NewString(std::to_string(i)), Value::Int(i));
  }
  const Value map = arena.NewMap(entries);
  EXPECT_EQ(map.map_size(), 2000u);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(map.map_find(Value::Int(i))->int_value(), i * 2);
    EXPECT_EQ(map.map_find(Value::Double(i))->int_value(), i * 2);
    EXPECT_EQ(map.map_find(Value::String(std::to_string(i)))->int_value(), i);
  }
  EXPECT_FALSE(map.map_find(Value::Int(1000)).has_value());
  EXPECT_FALSE(map.map_find(Value::Double(0.5)).has_value());
  EXPECT_FALSE(map.map_find(Value::Bool(true)).has_value());
}

TEST(ValueTest, Text) {
  ValueArena arena;
  Money money;
  money.set_units(3);
  const std::pair<Value, std::string> cases[] = {
      {Value::Null(), "null"},
      {Value::Int(-5), "-5"},
      {Value::Uint(5), "5u"},
      {Value::Double(1), "1.0"},
      {Value::Double(0.1), "0.1"},
      {Value::Double(1e300), "1e+300"},
      {Value::Double(std::nan("")), "double(\"NaN\")"},
      {Value::String("a\"\\\n\x01"), "\"a\\\"\\\\\\n\\u0001\""},
      {Value::Bytes(absl::string_view("\0a", 2)), "b\"\\x00a\""},
      {Value::TimestampParts(0, 500000000), "timestamp(\"1970-01-01T00:00:00.5Z\")"},
      {Value::DurationNanos(-1500000000), "duration(\"-1.5s\")"},
      {Value::Message(&money), "frontdesk.cel.testing.Money{units: 3}"},
      {Value::TypeName("int"), "int"},
      {arena.NewOptional(Value::Int(1)), "optional.of(1)"},
      {arena.NewMap({{Value::Int(1), arena.NewList({Value::Null()})}}), "{1: [null]}"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(ToText(value), text);
  std::vector<Value> many(1000, Value::Int(1234567));
  EXPECT_LT(ToText(arena.NewList(many), 100).size(), 130u);
  EXPECT_LT(ToText(Value::String(std::string(5000, 'x')), 100).size(), 130u);
}

TEST(ValueTest, TimesAndRanges) {
  EXPECT_EQ(Value::Timestamp(absl::FromUnixSeconds(-1) + absl::Nanoseconds(5)).timestamp_nanos(),
            5);
  EXPECT_EQ(Value::Timestamp(absl::InfiniteFuture()).error_reason(), "TIMESTAMP_OUT_OF_RANGE");
  EXPECT_EQ(Value::Duration(absl::Hours(24 * 365 * 300)).error_reason(), "DURATION_OUT_OF_RANGE");
  EXPECT_EQ(Value::Duration(absl::InfiniteDuration()).error_reason(), "DURATION_OUT_OF_RANGE");
  EXPECT_EQ(Value::Duration(absl::Seconds(3)).duration_value(), absl::Seconds(3));
}

TEST(ValueTest, AccessorsOfOtherKindsAreZero) {
  const Value value = Value::String("x");
  EXPECT_EQ(value.int_value(), 0);
  EXPECT_FALSE(value.bool_value());
  EXPECT_EQ(value.bytes_value(), "");
  EXPECT_EQ(value.list_size(), 0u);
  EXPECT_TRUE(value.list_at(3).is_null());
  EXPECT_EQ(value.map_size(), 0u);
  EXPECT_FALSE(value.map_find(value).has_value());
  EXPECT_FALSE(value.optional_has_value());
  EXPECT_EQ(value.error_reason(), "");
}

TEST(ValueTest, OwnedValueOutlivesItsSource) {
  OwnedValue kept;
  {
    ValueArena arena;
    std::string text = "hello";
    Money money;
    money.set_units(4);
    kept = OwnedValue(arena.NewList({Value::String(text), Value::Message(&money),
                                     arena.NewMap({{Value::String(text), Value::Int(1)}})}));
    text = "xxxxx";
    money.set_units(5);
  }
  EXPECT_EQ(ToText(kept.value()),
            "[\"hello\", frontdesk.cel.testing.Money{units: 4}, {\"hello\": 1}]");
}

TEST(ValueTest, ToMessage) {
  ValueArena arena;
  google::protobuf::Value json;
  const Value list = arena.NewList({Value::Int(1), Value::String("a"), Value::Null()});
  ASSERT_TRUE(ToMessage(list, &json).ok());
  EXPECT_TRUE(Equals(FromMessage(json, arena), list));
  google::protobuf::Timestamp time;
  ASSERT_TRUE(ToMessage(Value::TimestampParts(5, 6), &time).ok());
  EXPECT_EQ(time.nanos(), 6);
  google::protobuf::Int32Value wrapper;
  EXPECT_TRUE(ToMessage(Value::Int(7), &wrapper).ok());
  EXPECT_EQ(wrapper.value(), 7);
  EXPECT_FALSE(ToMessage(Value::Int(int64_t{1} << 40), &wrapper).ok());
  EXPECT_FALSE(ToMessage(Value::String("a"), &wrapper).ok());
  google::protobuf::Any any;
  Money money;
  money.set_units(9);
  ASSERT_TRUE(ToMessage(Value::Message(&money), &any).ok());
  EXPECT_TRUE(any.Is<Money>());
  EXPECT_EQ(FromMessage(any, arena).message_value().SerializeAsString(), money.SerializeAsString());
  Money copy;
  ASSERT_TRUE(ToMessage(Value::Message(&money), &copy).ok());
  EXPECT_EQ(copy.units(), 9);
  EXPECT_FALSE(ToMessage(Value::Int(1), &copy).ok());
}

TEST(TypeTest, ToStringAndEquality) {
  EXPECT_EQ(Type::Map(Type::String(), Type::List(Type::Int())).ToString(),
            "map(string, list(int))");
  EXPECT_EQ(Type::List(Type::Int()), Type::List(Type::Int()));
  EXPECT_NE(Type::List(Type::Int()), Type::List(Type::Uint()));
  EXPECT_EQ(Type::Message(Money::descriptor()).descriptor(), Money::descriptor());
  EXPECT_EQ(Type::Message(google::protobuf::Struct::descriptor()).ToString(), "map(string, dyn)");
  EXPECT_EQ(Type::OfField(Order::descriptor()->FindFieldByName("lines_by_number")).ToString(),
            "map(int, frontdesk.cel.testing.Line)");
  EXPECT_EQ(Type::Wrapper(Type::List(Type::Int())), Type::Dyn());
  Type moved = Type::List(Type::Bool());
  const Type target = std::move(moved);
  moved = target;
  EXPECT_EQ(moved.ToString(), "list(bool)");
}

// A text from outside cannot make a line of its own, or turn around what is written behind it.
TEST(ValueTest, TextsAreEscaped) {
  EXPECT_EQ(ToText(Value::String("a\nb\r\t\"\\")), R"("a\nb\r\t\"\\")");
  EXPECT_EQ(ToText(Value::String("a\xE2\x80\xA8z\xE2\x80\xAE\xD8\x9C")),
            R"("a\u2028z\u202e\u061c")");
  EXPECT_EQ(ToText(Value::String("\xEF\xBB\xBF\xE2\x81\xA6\xC2\x85\x7F")),
            R"("\ufeff\u2066\u0085\u007f")");
  EXPECT_EQ(ToText(Value::String("\xF3\xA0\x81\x81")), R"("\U000e0041")");
  // Joiners belong to words of some languages.
  EXPECT_EQ(ToText(Value::String("\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xB1")),
            "\"\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xB1\"");
}

}  // namespace
}  // namespace frontdesk::cel::testing
