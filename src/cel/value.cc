#include "frontdesk/cel/value.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "absl/hash/hash.h"
#include "cel/value_data.h"

namespace frontdesk::cel {

using cel_internal::Ternary;
using cel_internal::ValueAccess;

absl::string_view KindName(ValueKind kind) {
  static constexpr absl::string_view kNames[] = {"null_type",
                                                 "bool",
                                                 "int",
                                                 "uint",
                                                 "double",
                                                 "string",
                                                 "bytes",
                                                 "google.protobuf.Timestamp",
                                                 "google.protobuf.Duration",
                                                 "list",
                                                 "map",
                                                 "message",
                                                 "type",
                                                 "optional_type",
                                                 "error"};
  return kNames[static_cast<int>(kind)];
}

Value Value::Double(double value) {
  Value result(ValueKind::kDouble, 0, int64_t{0});
  result.bits_.d = value;
  return result;
}

Value Value::Timestamp(absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast() ||
      !cel_internal::ValidTimestamp(seconds, 0)) {
    return cel_internal::StaticError(cel_internal::Code::TIMESTAMP_OUT_OF_RANGE);
  }
  const int64_t nanos = absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds));
  return TimestampParts(seconds, static_cast<int32_t>(nanos));
}

Value Value::Duration(absl::Duration duration) {
  const int64_t nanos = absl::ToInt64Nanoseconds(duration);
  if (absl::Nanoseconds(nanos) != absl::Trunc(duration, absl::Nanoseconds(1))) {
    return cel_internal::StaticError(cel_internal::Code::DURATION_OUT_OF_RANGE);
  }
  return DurationNanos(nanos);
}

absl::Time Value::timestamp_value() const {
  return absl::FromUnixSeconds(timestamp_seconds()) + absl::Nanoseconds(timestamp_nanos());
}

absl::Duration Value::duration_value() const { return absl::Nanoseconds(duration_nanos()); }

const google::protobuf::Message& Value::message_value() const {
  GOOGLE_CHECK(is_message()) << "message_value() of a " << KindName(kind_).data();
  return *static_cast<const google::protobuf::Message*>(bits_.p);
}

size_t Value::list_size() const { return is_list() ? ValueAccess::list(*this)->size() : 0; }

Value Value::list_at(size_t index) const {
  return index < list_size() ? ValueAccess::list(*this)->at(index) : Value();
}

size_t Value::map_size() const { return is_map() ? ValueAccess::map(*this)->size() : 0; }

Value Value::map_key(size_t index) const {
  return index < map_size() ? ValueAccess::map(*this)->key(index) : Value();
}

Value Value::map_value(size_t index) const {
  return index < map_size() ? ValueAccess::map(*this)->value(index) : Value();
}

absl::optional<Value> Value::map_find(const Value& key) const {
  Value found;
  if (is_map() && ValueAccess::map(*this)->Find(key, &found)) return found;
  return absl::nullopt;
}

Value Value::optional_value() const {
  return optional_has_value() ? *ValueAccess::optional(*this) : Value();
}

absl::string_view Value::error_reason() const {
  return is_error() ? ValueAccess::error(*this)->reason : absl::string_view();
}

namespace cel_internal {

Value StaticError(Code code) {
  static const ErrorData* const errors = [] {
    auto* made = new ErrorData[kCodeCount];
    for (int i = 0; i < kCodeCount; ++i) {
      const Code code = static_cast<Code>(i);
      made[i] = {code, -1, CodeName(code), ""};
    }
    return made;
  }();
  return ValueAccess::Error(&errors[static_cast<int>(code)]);
}

Value MakeError(Arena& arena, Code code, int32_t expr, absl::string_view detail) {
  return ValueAccess::Error(arena.New<ErrorData>(ErrorData{code, expr, CodeName(code), detail}));
}

namespace {

template <typename T>
int Sign(T a, T b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

int CompareDoubles(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return 2;
  return Sign(a, b);
}

}  // namespace

int CompareNumbers(const Value& a, const Value& b) {
  const int64_t x = ValueAccess::bits(a);
  const int64_t y = ValueAccess::bits(b);
  if (a.kind() == b.kind()) {
    if (a.is_int()) return Sign(x, y);
    if (a.is_uint()) return Sign(static_cast<uint64_t>(x), static_cast<uint64_t>(y));
    return CompareDoubles(a.double_value(), b.double_value());
  }
  if (a.is_double() || b.is_double()) {
    // As the specification's examples have it: the integer is rounded to the nearest double.
    const auto real = [](const Value& v) {
      return v.is_double() ? v.double_value()
             : v.is_int()  ? static_cast<double>(v.int_value())
                           : static_cast<double>(v.uint_value());
    };
    return CompareDoubles(real(a), real(b));
  }
  if (a.is_int()) return x < 0 ? -1 : Sign(static_cast<uint64_t>(x), b.uint_value());
  return y < 0 ? 1 : Sign(a.uint_value(), static_cast<uint64_t>(y));
}

bool EqualScalars(const Value& a, const Value& b) {
  if (IsNumber(a.kind()) && IsNumber(b.kind())) return CompareNumbers(a, b) == 0;
  if (a.kind() != b.kind()) return false;
  if (a.is_string()) return a.string_value() == b.string_value();
  return a.is_bool() && a.bool_value() == b.bool_value();
}

uint64_t HashKey(const Value& key) {
  switch (key.kind()) {
    case ValueKind::kString:
      return absl::HashOf(key.string_value());
    case ValueKind::kBool:
      return key.bool_value() ? 0x9E3779B97F4A7C15ull : 0xC2B2AE3D27D4EB4Full;
    case ValueKind::kInt:
    case ValueKind::kUint:
      // Of an int and a uint that are equal the bits are too.
      return absl::HashOf(ValueAccess::bits(key));
    default:
      return 0;
  }
}

bool KeyLess(const Value& a, const Value& b) {
  const auto rank = [](const Value& key) { return key.is_string() ? 2 : key.is_bool() ? 0 : 1; };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  if (a.is_string()) return a.string_value() < b.string_value();
  if (a.is_bool()) return a.bool_value() < b.bool_value();
  return CompareNumbers(a, b) == -1;
}

bool WholeNumber(const Value& real, Value* whole) {
  constexpr double kTwoTo63 = 9223372036854775808.0, kTwoTo64 = 2 * kTwoTo63;
  const double value = real.double_value();
  if (value != std::floor(value) || !(value >= -kTwoTo63 && value < kTwoTo64)) return false;
  *whole = value < kTwoTo63 ? Value::Int(static_cast<int64_t>(value))
                            : Value::Uint(static_cast<uint64_t>(value));
  return true;
}

namespace {

Ternary EqualLists(const Value& a, const Value& b, int depth, Work* work) {
  const ListData* x = ValueAccess::list(a);
  const ListData* y = ValueAccess::list(b);
  if (x->size() != y->size()) return Ternary::kFalse;
  for (size_t i = 0; i < x->size(); ++i) {
    const Ternary equal = EqualValues(x->at(i), y->at(i), depth - 1, work);
    if (equal != Ternary::kTrue) return equal;
  }
  return Ternary::kTrue;
}

Ternary EqualMaps(const Value& a, const Value& b, int depth, Work* work) {
  const MapData* x = ValueAccess::map(a);
  const MapData* y = ValueAccess::map(b);
  if (x->size() != y->size()) return Ternary::kFalse;
  for (size_t i = 0; i < x->size(); ++i) {
    const Value key = x->key(i);
    const size_t text = key.is_string() ? key.string_value().size() / 16 : 0;
    if (!work->Take(static_cast<int64_t>(text + y->find_cost()))) return Ternary::kTooMuch;
    Value other;
    if (!y->Find(key, &other)) return Ternary::kFalse;
    const Ternary equal = EqualValues(x->value(i), other, depth - 1, work);
    if (equal != Ternary::kTrue) return equal;
  }
  return Ternary::kTrue;
}

}  // namespace

Ternary EqualValues(const Value& a, const Value& b, int depth, Work* work) {
  if (ABSL_PREDICT_FALSE(a.is_error() || b.is_error())) {
    work->error = a.is_error() ? a : b;
    return Ternary::kFailed;
  }
  if (depth < 0) return Ternary::kTooDeep;
  const auto ternary = [](bool equal) { return equal ? Ternary::kTrue : Ternary::kFalse; };
  if (!work->Take(1)) return Ternary::kTooMuch;
  if (a.kind() != b.kind()) {
    return ternary(IsNumber(a.kind()) && IsNumber(b.kind()) && CompareNumbers(a, b) == 0);
  }
  switch (a.kind()) {
    case ValueKind::kNull:
      return Ternary::kTrue;
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDouble:
      return ternary(CompareNumbers(a, b) == 0);
    case ValueKind::kBool:
    case ValueKind::kDuration:
      return ternary(ValueAccess::bits(a) == ValueAccess::bits(b));
    case ValueKind::kTimestamp:
      return ternary(ValueAccess::bits(a) == ValueAccess::bits(b) &&
                     ValueAccess::aux(a) == ValueAccess::aux(b));
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kType:
      if (!work->Take(ValueAccess::aux(a) / 16)) return Ternary::kTooMuch;
      return ternary(ValueAccess::text(a) == ValueAccess::text(b));
    case ValueKind::kList:
      return EqualLists(a, b, depth, work);
    case ValueKind::kMap:
      return EqualMaps(a, b, depth, work);
    case ValueKind::kMessage:
      return EqualMessages(a.message_value(), b.message_value(), depth, work);
    case ValueKind::kOptional:
      if (!a.optional_has_value() || !b.optional_has_value()) {
        return ternary(a.optional_has_value() == b.optional_has_value());
      }
      return EqualValues(a.optional_value(), b.optional_value(), depth - 1, work);
    case ValueKind::kError:
      return Ternary::kFalse;
  }
  return Ternary::kFalse;
}

namespace {

// The numbers of the entries by key; of equal keys the first comes first.
uint32_t* OrderOf(absl::Span<const ArrayMap::Entry> entries, Arena& arena, bool* unique) {
  uint32_t* order = arena.NewArray<uint32_t>(entries.size());
  std::iota(order, order + entries.size(), 0);
  std::sort(order, order + entries.size(), [&](uint32_t a, uint32_t b) {
    if (KeyLess(entries[a].first, entries[b].first)) return true;
    return a < b && !KeyLess(entries[b].first, entries[a].first);
  });
  *unique = true;
  for (size_t i = 1; i < entries.size(); ++i) {
    *unique &= KeyLess(entries[order[i - 1]].first, entries[order[i]].first);
  }
  return order;
}

}  // namespace

const ArrayMap* ArrayMap::Make(absl::Span<const Entry> entries, Arena& arena, bool* unique) {
  constexpr size_t kLinear = 8;
  // Half of the places are free, so keys that nobody chose for it are far nearer to their own.
  constexpr uint32_t kMaxProbes = 128;
  *unique = true;
  if (entries.size() <= kLinear) {
    for (size_t i = 0; i < entries.size(); ++i) {
      for (size_t j = 0; j < i; ++j) *unique &= !EqualScalars(entries[i].first, entries[j].first);
    }
    return arena.New<ArrayMap>(entries, nullptr, 0);
  }
  uint32_t capacity = 16;
  while (capacity < entries.size() * 2) capacity *= 2;
  uint32_t* index = arena.NewArray<uint32_t>(capacity);
  for (size_t i = 0; i < entries.size(); ++i) {
    uint32_t slot = static_cast<uint32_t>(HashKey(entries[i].first)) & (capacity - 1);
    bool found = false;
    uint32_t probes = 0;
    while (index[slot] != 0 && !found) {
      if (++probes > kMaxProbes) {
        return arena.New<ArrayMap>(entries, OrderOf(entries, arena, unique));
      }
      found = EqualScalars(entries[index[slot] - 1].first, entries[i].first);
      slot = (slot + 1) & (capacity - 1);
    }
    if (found) {
      *unique = false;
    } else {
      index[slot] = static_cast<uint32_t>(i) + 1;
    }
  }
  return arena.New<ArrayMap>(entries, index, capacity - 1);
}

bool ArrayMap::FindKey(const Value& key, Value* value) const {
  if (ordered_) {
    const uint32_t* end = index_ + size();
    const uint32_t* found = std::lower_bound(
        index_, end, key,
        [this](uint32_t entry, const Value& k) { return KeyLess(entries_[entry].first, k); });
    if (found == end || !EqualScalars(entries_[*found].first, key)) return false;
    *value = entries_[*found].second;
    return true;
  }
  if (index_ == nullptr) {
    for (size_t i = 0; i < size(); ++i) {
      if (EqualScalars(entries_[i].first, key)) {
        *value = entries_[i].second;
        return true;
      }
    }
    return false;
  }
  for (uint32_t slot = static_cast<uint32_t>(HashKey(key)) & mask_; index_[slot] != 0;
       slot = (slot + 1) & mask_) {
    const Entry& entry = entries_[index_[slot] - 1];
    if (EqualScalars(entry.first, key)) {
      *value = entry.second;
      return true;
    }
  }
  return false;
}

}  // namespace cel_internal

bool Equals(const Value& a, const Value& b) {
  constexpr int kMaxDepth = 1000;
  cel_internal::Work work{/*left=*/10000000};
  return cel_internal::EqualValues(a, b, kMaxDepth, &work) == Ternary::kTrue;
}

absl::optional<int> Compare(const Value& a, const Value& b) {
  const auto sign = [](auto x, auto y) { return x < y ? -1 : y < x ? 1 : 0; };
  if (cel_internal::IsNumber(a.kind()) && cel_internal::IsNumber(b.kind())) {
    const int order = cel_internal::CompareNumbers(a, b);
    if (order == 2) return absl::nullopt;
    return order;
  }
  if (a.kind() != b.kind()) return absl::nullopt;
  switch (a.kind()) {
    case ValueKind::kBool:
    case ValueKind::kDuration:
      return sign(ValueAccess::bits(a), ValueAccess::bits(b));
    case ValueKind::kTimestamp:
      return sign(std::make_pair(a.timestamp_seconds(), a.timestamp_nanos()),
                  std::make_pair(b.timestamp_seconds(), b.timestamp_nanos()));
    case ValueKind::kString:
    case ValueKind::kBytes:
      return sign(ValueAccess::text(a).compare(ValueAccess::text(b)), 0);
    default:
      return absl::nullopt;
  }
}

}  // namespace frontdesk::cel
