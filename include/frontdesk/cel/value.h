// A value of the language: null, bool, int, uint, double, string, bytes, list, map, message,
// timestamp, duration, type or optional.
//
//   using frontdesk::cel::Value;
//   Value five = Value::Int(5);
//   five.int_value();                                       // 5
//   frontdesk::cel::Equals(five, Value::Double(5.0));       // true: numbers share one line
//   frontdesk::cel::ToText(Value::String("it's"));          // "it's" in double quotes
//
// A value is small and does not own a string's bytes, a list's elements or a message. They live in
// the message that was read, in the program (constants), in a ValueArena, or with the caller that
// made the value. OwnedValue keeps a copy of its own.
#ifndef FRONTDESK_CEL_VALUE_H_
#define FRONTDESK_CEL_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/cel/limits.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace cel {

namespace cel_internal {
class ListData;
class MapData;
struct ErrorData;
struct ValueAccess;
}  // namespace cel_internal

enum class ValueKind : uint8_t {
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kList,
  kMap,
  kMessage,
  kType,
  kOptional,
  kError,  // Only in explanations: the sub-expression failed.
};

// "int", "string", "list", ...: for error texts and tests.
absl::string_view KindName(ValueKind kind);

// Immutable, trivially copyable, 16 bytes. Thread-safe in itself; what a list or map refers to is read
// through the arena it was made in, so those belong to one thread at a time. An accessor called on a
// value of another kind returns that accessor's zero (0, "", an invalid message is a fatal error only in
// message_value()).
class Value {
 public:
  // null
  constexpr Value() noexcept : kind_(ValueKind::kNull), aux_(0), bits_{0} {}

  static Value Null() { return Value(); }
  static Value Bool(bool value) { return Value(ValueKind::kBool, 0, value ? 1 : 0); }
  static Value Int(int64_t value) { return Value(ValueKind::kInt, 0, value); }
  static Value Uint(uint64_t value) {
    return Value(ValueKind::kUint, 0, static_cast<int64_t>(value));
  }
  static Value Double(double value);
  // Refers to `text`, which must be valid UTF-8 and below 2^31 bytes (longer is cut), and outlive the value.
  static Value String(absl::string_view text) { return Text(ValueKind::kString, text); }
  static Value Bytes(absl::string_view bytes) { return Text(ValueKind::kBytes, bytes); }
  // Outside years 1 to 9999: an error value TIMESTAMP_OUT_OF_RANGE.
  static Value Timestamp(absl::Time time);
  // `seconds` and `nanos` as in google.protobuf.Timestamp; not checked.
  static Value TimestampParts(int64_t seconds, int32_t nanos) {
    return Value(ValueKind::kTimestamp, static_cast<uint32_t>(nanos), seconds);
  }
  // Beyond about 292 years: an error value DURATION_OUT_OF_RANGE.
  static Value Duration(absl::Duration duration);
  static Value DurationNanos(int64_t nanos) { return Value(ValueKind::kDuration, 0, nanos); }
  // Refers to `message`, which must outlive the value. A well-known type becomes what the language makes
  // of it when a program reads it; see FromMessage() to have that at once.
  static Value Message(const google::protobuf::Message* message) {
    return Value(ValueKind::kMessage, 0, message);
  }
  // A type as a value, by name ("int", "shop.Order"); `name` must outlive the value.
  static Value TypeName(absl::string_view name) { return Text(ValueKind::kType, name); }
  static Value OptionalNone() {
    return Value(ValueKind::kOptional, 0, static_cast<const void*>(nullptr));
  }

  ValueKind kind() const { return kind_; }
  bool is_null() const { return kind_ == ValueKind::kNull; }
  bool is_bool() const { return kind_ == ValueKind::kBool; }
  bool is_int() const { return kind_ == ValueKind::kInt; }
  bool is_uint() const { return kind_ == ValueKind::kUint; }
  bool is_double() const { return kind_ == ValueKind::kDouble; }
  bool is_string() const { return kind_ == ValueKind::kString; }
  bool is_bytes() const { return kind_ == ValueKind::kBytes; }
  bool is_timestamp() const { return kind_ == ValueKind::kTimestamp; }
  bool is_duration() const { return kind_ == ValueKind::kDuration; }
  bool is_list() const { return kind_ == ValueKind::kList; }
  bool is_map() const { return kind_ == ValueKind::kMap; }
  bool is_message() const { return kind_ == ValueKind::kMessage; }
  bool is_type() const { return kind_ == ValueKind::kType; }
  bool is_optional() const { return kind_ == ValueKind::kOptional; }
  bool is_error() const { return kind_ == ValueKind::kError; }

  bool bool_value() const { return is_bool() && bits_.i != 0; }
  int64_t int_value() const { return is_int() ? bits_.i : 0; }
  uint64_t uint_value() const { return is_uint() ? static_cast<uint64_t>(bits_.i) : 0; }
  double double_value() const { return is_double() ? bits_.d : 0; }
  absl::string_view string_value() const { return is_string() ? text() : absl::string_view(); }
  absl::string_view bytes_value() const { return is_bytes() ? text() : absl::string_view(); }
  absl::Time timestamp_value() const;
  int64_t timestamp_seconds() const { return is_timestamp() ? bits_.i : 0; }
  int32_t timestamp_nanos() const { return is_timestamp() ? static_cast<int32_t>(aux_) : 0; }
  absl::Duration duration_value() const;
  int64_t duration_nanos() const { return is_duration() ? bits_.i : 0; }
  const google::protobuf::Message& message_value() const;
  absl::string_view type_name() const { return is_type() ? text() : absl::string_view(); }

  // Lists. `index` below list_size(), otherwise null.
  size_t list_size() const;
  Value list_at(size_t index) const;

  // Maps. Entries have a fixed order: that of the literal, sorted by key for maps read from messages.
  size_t map_size() const;
  Value map_key(size_t index) const;
  Value map_value(size_t index) const;
  // The value of `key` (numbers compare across int, uint and double), or nothing.
  absl::optional<Value> map_find(const Value& key) const;

  // Optionals.
  bool optional_has_value() const { return is_optional() && bits_.p != nullptr; }
  Value optional_value() const;

  // Of an error value: its stable reason, one of IssueCodes(); "" for others.
  absl::string_view error_reason() const;

 private:
  friend struct cel_internal::ValueAccess;
  Value(ValueKind kind, uint32_t aux, int64_t bits) : kind_(kind), aux_(aux), bits_{bits} {}
  Value(ValueKind kind, uint32_t aux, const void* pointer) : kind_(kind), aux_(aux), bits_{0} {
    bits_.p = pointer;
  }
  static Value Text(ValueKind kind, absl::string_view text) {
    return Value(kind, static_cast<uint32_t>(text.size() > 0x7fffffff ? 0x7fffffff : text.size()),
                 static_cast<const void*>(text.data()));
  }
  absl::string_view text() const { return {static_cast<const char*>(bits_.p), aux_}; }

  ValueKind kind_;
  uint32_t aux_;  // Length of a text, nanoseconds of a timestamp.
  union Bits {
    int64_t i;
    double d;
    const void* p;
  } bits_;
};

// Memory for the values that refer to something: strings, lists, maps. Grows as needed; Reset() forgets all
// values at once and keeps the memory for the next use. Thread-compatible.
class ValueArena {
 public:
  // The message in an Any is looked up among the generated classes.
  ValueArena();
  // The message in an Any is looked up in `pool` and made by `factory`, neither of which may be null; both must outlive the
  // arena.
  ValueArena(const google::protobuf::DescriptorPool* pool,
             google::protobuf::MessageFactory* factory);
  ~ValueArena();
  ValueArena(const ValueArena&) = delete;
  ValueArena& operator=(const ValueArena&) = delete;

  // Copies of the arguments that live until Reset(). Messages are referred to; those of a well-known type become what the
  // language makes of them, as by FromMessage().
  Value NewString(absl::string_view text);
  Value NewBytes(absl::string_view bytes);
  Value NewList(absl::Span<const Value> elements);
  // Keys: bool, int, uint, string. The first of two equal keys wins.
  Value NewMap(absl::Span<const std::pair<Value, Value>> entries);
  Value NewOptional(const Value& value);
  // An error, for a user function to return. `reason` and `message` are copied, in one line each; `message` holds no values.
  // "{0}" in it is replaced by the text of the call's first argument, "{1}" by that of the second: "{0} is not set".
  Value NewError(absl::string_view reason, absl::string_view message);
  // A deep copy of `value`, wherever it lived before. The arena of an evaluation has the limits of its environment, any
  // other the default ones. An error LIMIT_RESULT_SIZE when the copy is larger than Limits::max_result_bytes. An error
  // LIMIT_VALUE_DEPTH when it is nested deeper than Limits::max_value_depth.
  Value Copy(const Value& value);
  // The first error that `value` is or holds, such as an element that cannot be read, or the error of Copy(); nothing
  // when there is none. Makes no copy. Costs the parts of the value up to the limit. `bytes_left` is the rest of a
  // limit that several values share; null: Limits::max_result_bytes.
  absl::optional<Value> FindError(const Value& value, int64_t* bytes_left = nullptr);
  // Limits::max_result_bytes of the evaluation that the arena belongs to.
  int64_t max_result_bytes() const;

  // Everything made so far becomes invalid. No memory is released.
  void Reset();
  // Bytes handed out since the last Reset().
  size_t bytes_used() const;

 private:
  friend struct cel_internal::ValueAccess;
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// A value that keeps alive what it refers to. Immutable after construction; copies share.
class OwnedValue {
 public:
  OwnedValue() = default;
  // An error LIMIT_RESULT_SIZE when the value is larger than `max_result_bytes`, which is counted as in limits.h.
  explicit OwnedValue(const Value& value, int64_t max_result_bytes = Limits().max_result_bytes);
  const Value& value() const { return value_; }

 private:
  std::shared_ptr<ValueArena> arena_;
  Value value_;
};

// Equality as the language's == has it. Numbers are compared across int, uint and double, and NaN is unequal to itself.
// Lists and maps are compared by their elements, messages by their fields; values of different kinds are unequal.
bool Equals(const Value& a, const Value& b);

// Order as the language's < has it, below, equal or above zero; nothing when the two have no order (different
// kinds other than numbers, NaN, lists, maps, messages).
absl::optional<int> Compare(const Value& a, const Value& b);

// The canonical text, as a literal or call of the language: 1, 2u, 1.5, "text", b"\x00", [1, 2], {"a": 1},
// timestamp("2024-01-01T00:00:00Z"), duration("90s"), shop.Order{id: "7"}, int, optional.of(1). Maps of
// messages are printed sorted by key. At most about `max_bytes` are written; "..." ends what was shortened.
std::string ToText(const Value& value, size_t max_bytes = 4096);

// The value of a message: well-known types unpacked (wrappers to scalars, Struct to map, Any to its
// message, looked up as the arena says), other messages as themselves. Refers to `message` and `arena`.
Value FromMessage(const google::protobuf::Message& message, ValueArena& arena);

// The value of `field` of `message`: lists and maps are views of it, an unset message field is its default
// instance (null for a wrapper).
Value FromField(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor* field, ValueArena& arena);

// Writes `value` into `message`: a message of the same type, a wrapper, Timestamp, Duration, Struct, ListValue,
// Value (as JSON data), Any (packed). INVALID_ARGUMENT when it does not fit; `message` may then be part-written.
absl::Status ToMessage(const Value& value, google::protobuf::Message* message);

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_VALUE_H_
