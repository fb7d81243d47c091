// The implementation of lists, maps, errors and arenas. Private to cel/.
//
// Everything here lives in an arena (of a scratch, an activation or a program) and is never destroyed one by
// one: all classes are trivially destructible.
#ifndef FRONTDESK_CEL_VALUE_DATA_H_
#define FRONTDESK_CEL_VALUE_DATA_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "cel/errors.h"
#include "frontdesk/cel/value.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk::cel {
namespace cel_internal {

// Where message types come from: that of an environment, or the generated ones.
struct MessageSource {
  const google::protobuf::DescriptorPool* pool;
  google::protobuf::MessageFactory* factory;
  static const MessageSource* Generated();
};

// Its messages are of the generated classes, each with a C++ type of its own; dynamic messages share one.
inline bool IsGenerated(const MessageSource& source) {
  return source.pool == MessageSource::Generated()->pool &&
         source.factory == MessageSource::Generated()->factory;
}

class Arena;

// A list: either an array of values, or something that makes its elements on demand.
class ListData {
 public:
  size_t size() const { return size_; }
  Value at(size_t i) const { return elements_ != nullptr ? elements_[i] : Get(i); }
  // Null when elements are made on demand.
  const Value* elements() const { return elements_; }

 protected:
  ListData(size_t size, const Value* elements) : size_(size), elements_(elements) {}
  ~ListData() = default;
  virtual Value Get(size_t i) const = 0;

 private:
  size_t size_;
  const Value* elements_;
};

class ArrayList final : public ListData {
 public:
  ArrayList(const Value* elements, size_t size) : ListData(size, elements) {}

 protected:
  Value Get(size_t) const override { return Value(); }
};

// Cost units of looking at one entry of a map field.
inline constexpr size_t kEntryCost = 4;

// The int or uint that a double equals exactly; false when there is none.
bool WholeNumber(const Value& real, Value* whole);

// A map: a fixed order of entries and a look-up by key.
class MapData {
 public:
  size_t size() const { return size_; }
  virtual Value key(size_t i) const = 0;
  virtual Value value(size_t i) const = 0;
  // False when there is no such key. A double finds the integer that it equals exactly.
  bool Find(const Value& key, Value* value) const {
    Value whole;
    if (key.is_double()) return WholeNumber(key, &whole) && FindKey(whole, value);
    return FindKey(key, value);
  }
  // Cost units of the next Find(), when they depend on the size.
  virtual size_t find_cost() const { return 0; }

 protected:
  explicit MapData(size_t size) : size_(size) {}
  ~MapData() = default;
  // `key` is no double.
  virtual bool FindKey(const Value& key, Value* value) const = 0;
  void set_size(size_t size) { size_ = size; }

 private:
  size_t size_;
};

// A map as an array of entries. When it is not small it has an index: by hash, or, where too many keys share a place (a
// stranger may have chosen them so), by order. So a look-up takes few comparisons whatever the keys are.
class ArrayMap final : public MapData {
 public:
  using Entry = std::pair<Value, Value>;
  // Takes `entries` as they are; false when a key occurs twice (the first one is found).
  static const ArrayMap* Make(absl::Span<const Entry> entries, Arena& arena, bool* unique);
  ArrayMap(absl::Span<const Entry> entries, const uint32_t* index, uint32_t mask)
      : MapData(entries.size()), entries_(entries.data()), index_(index), mask_(mask) {}
  // The index has the numbers of the entries in the order of their keys.
  ArrayMap(absl::Span<const Entry> entries, const uint32_t* order)
      : MapData(entries.size()), entries_(entries.data()), index_(order), ordered_(true) {}
  Value key(size_t i) const override { return entries_[i].first; }
  Value value(size_t i) const override { return entries_[i].second; }
  bool ordered() const { return ordered_; }

 protected:
  bool FindKey(const Value& key, Value* value) const override;

 private:
  const Entry* entries_;
  const uint32_t* index_;  // Open addressing; 0 empty, otherwise entry number + 1. Null: linear.
  uint32_t mask_ = 0;
  bool ordered_ = false;
};

struct ErrorData {
  Code code;
  int32_t expr;              // The node that failed, -1: unknown.
  absl::string_view reason;  // Of host errors; otherwise that of `code`.
  absl::string_view detail;  // Fills the text of `code`; of host errors the whole text.
};

// Bump allocation in blocks that are kept over Reset().
class Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Aligned to 8. Never null.
  void* Allocate(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (static_cast<size_t>(limit_ - cursor_) < bytes) return AllocateSlow(bytes);
    char* result = cursor_;
    cursor_ += bytes;
    return result;
  }
  template <typename T, typename... Args>
  T* New(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (Allocate(sizeof(T))) T(std::forward<Args>(args)...);
  }
  template <typename T>
  T* NewArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* result = static_cast<T*>(Allocate(sizeof(T) * count));
    for (size_t i = 0; i < count; ++i) new (&result[i]) T();
    return result;
  }
  absl::string_view CopyText(absl::string_view text);

  // An arena for protobuf messages, made on first use, emptied by Reset().
  google::protobuf::Arena* messages();

  void Reset();
  size_t used() const { return full_ + static_cast<size_t>(cursor_ - begin_) + message_bytes_; }
  // Bytes of messages, as far as they are reported.
  // Writing them is work.
  void AddMessageBytes(size_t bytes) {
    message_bytes_ += bytes;
    AddWork(1 + bytes / 16);
  }

  // Cost units of work that is done where no frame is at hand: unpacking, sorting the entries of a map. They count for the
  // evaluation that has set its meter, which looks at them at its next step.
  void AddWork(size_t units) { *meter_ += static_cast<int64_t>(units); }
  // Null: nobody counts.
  void SetMeter(int64_t* meter) { meter_ = meter != nullptr ? meter : &unmetered_; }

  const MessageSource* source = MessageSource::Generated();
  // Values deeper than this are an error.
  int32_t max_value_depth = 200;
  // The limit of the bytes of one value that is copied or handed to a host.
  int64_t max_result_bytes = Limits().max_result_bytes;
  // The limit of memory for writing messages, in all.
  size_t max_bytes = size_t{1} << 26;
  bool full() const { return used() > max_bytes; }

 private:
  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size;
  };
  void* AllocateSlow(size_t bytes);

  char* begin_ = nullptr;
  char* cursor_ = nullptr;
  char* limit_ = nullptr;
  size_t full_ = 0;  // Bytes used in the blocks before the current one.
  size_t message_bytes_ = 0;
  int64_t unmetered_ = 0;
  int64_t* meter_ = &unmetered_;
  size_t current_ = 0;
  std::vector<Block> blocks_;
  std::unique_ptr<google::protobuf::Arena> messages_;
};

// The door to a Value's inside.
struct ValueAccess {
  static Value List(const ListData* list) {
    return Value(ValueKind::kList, 0, static_cast<const void*>(list));
  }
  static Value Map(const MapData* map) {
    return Value(ValueKind::kMap, 0, static_cast<const void*>(map));
  }
  static Value Optional(const Value* value) {
    return Value(ValueKind::kOptional, 0, static_cast<const void*>(value));
  }
  static Value Error(const ErrorData* error) {
    return Value(ValueKind::kError, 0, static_cast<const void*>(error));
  }
  static const ListData* list(const Value& v) { return static_cast<const ListData*>(v.bits_.p); }
  static const MapData* map(const Value& v) { return static_cast<const MapData*>(v.bits_.p); }
  static const ErrorData* error(const Value& v) { return static_cast<const ErrorData*>(v.bits_.p); }
  static const google::protobuf::Message* message(const Value& v) {
    return static_cast<const google::protobuf::Message*>(v.bits_.p);
  }
  static const Value* optional(const Value& v) { return static_cast<const Value*>(v.bits_.p); }
  static int64_t bits(const Value& v) { return v.bits_.i; }
  static double real(const Value& v) { return v.bits_.d; }
  static uint32_t aux(const Value& v) { return v.aux_; }
  static absl::string_view text(const Value& v) { return v.text(); }
  static Arena& arena(ValueArena& arena);
};

// Looks through a value, every part as often as it occurs, up to limits of bytes, of parts and of depth.
class Inspection {
 public:
  static constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

  // `arena`, unless it is null, is where parts are made that are read from messages: its limit of memory holds too.
  Inspection(const Arena* arena, int64_t bytes, int64_t parts)
      : arena_(arena), bytes_left_(bytes), parts_left_(parts), parts_(parts) {}

  // An error: the limit that `value`, nested at most `depth` levels deep, passes. With `errors_count`: or the first error
  // in it. Otherwise nothing.
  absl::optional<Value> Find(const Value& value, int depth, bool errors_count);

  int64_t bytes_left() const { return bytes_left_; }
  // Parts looked at.
  int64_t parts() const { return parts_ - parts_left_; }

 private:
  const Arena* arena_;
  int64_t bytes_left_;
  int64_t parts_left_;
  const int64_t parts_;
};

// An error value without position; static storage, so it may be made where there is no arena.
Value StaticError(Code code);
// An error value in `arena`.
Value MakeError(Arena& arena, Code code, int32_t expr, absl::string_view detail = "");

// The outcome of a comparison that may be too deep or too much to finish, or meets an error inside a value.
enum class Ternary : uint8_t { kFalse, kTrue, kTooDeep, kTooMuch, kFailed };

// Work that a comparison may do and has done: elements and 16-byte pieces looked at. Values that share their parts
// are far larger to look at than to keep.
struct Work {
  int64_t left;
  int64_t done = 0;
  Value error = Value();  // With Ternary::kFailed.
  bool Take(int64_t units) {
    done += units;
    left -= units;
    return left >= 0;
  }
};

// About the comparisons that sorting `size` elements takes for each of them, or looking one up among the sorted.
inline size_t SortDepth(size_t size) {
  size_t depth = 1;
  for (; size > 1; size /= 2) ++depth;
  return depth;
}
// Cost units of unpacking any message, to which come those of its bytes.
inline constexpr size_t kUnpackCost = 20;
// Cost units of finding the fields of a message that are set: each one is looked at.
inline size_t FieldsCost(const google::protobuf::Descriptor& message) {
  return 4 + static_cast<size_t>(message.field_count()) / 8;
}

// Equality as ==; `depth` levels of lists, maps, optionals and messages are followed.
Ternary EqualValues(const Value& a, const Value& b, int depth, Work* work);
// Of two messages, field by field (message_equality.cc): NaN equals nothing, an Any is compared by its message where
// the type is known, unknown fields count.
Ternary EqualMessages(const google::protobuf::Message& a, const google::protobuf::Message& b,
                      int depth, Work* work);

// A hash that agrees with equality of map keys, which are no doubles.
uint64_t HashKey(const Value& key);
// An order of map keys that agrees with their equality.
bool KeyLess(const Value& a, const Value& b);
// The kinds of map keys; doubles are found but not stored.
inline bool IsKeyKind(ValueKind kind) {
  return kind == ValueKind::kBool || kind == ValueKind::kInt || kind == ValueKind::kUint ||
         kind == ValueKind::kString;
}
// Equality of two scalars (numbers, bool, string), as for map keys.
bool EqualScalars(const Value& a, const Value& b);

// Timestamps are seconds since 1970 within years 1 to 9999, with nanoseconds below a billion.
inline constexpr int64_t kMinTimestampSeconds = -62135596800;
inline constexpr int64_t kMaxTimestampSeconds = 253402300799;
inline bool ValidTimestamp(int64_t seconds, int32_t nanos) {
  return seconds >= kMinTimestampSeconds && seconds <= kMaxTimestampSeconds && nanos >= 0 &&
         nanos < 1000000000;
}
// Of seconds and nanos as google.protobuf.Duration has them; false when out of range.
inline bool DurationToNanos(int64_t seconds, int32_t nanos, int64_t* out) {
  // The seconds alone may be outside when the nanoseconds have the other sign.
  const __int128 total = static_cast<__int128>(seconds) * 1000000000 + nanos;
  *out = static_cast<int64_t>(total);
  return *out == total;
}

// Three-way comparison of numbers of any of the three kinds; unordered (NaN) gives 2.
int CompareNumbers(const Value& a, const Value& b);
inline bool IsNumber(ValueKind kind) {
  return kind == ValueKind::kInt || kind == ValueKind::kUint || kind == ValueKind::kDouble;
}

}  // namespace cel_internal

struct ValueArena::Rep {
  cel_internal::MessageSource source;  // Of an arena that was given one.
  cel_internal::Arena arena;
};

inline cel_internal::Arena& cel_internal::ValueAccess::arena(ValueArena& arena) {
  return arena.rep_->arena;
}

}  // namespace frontdesk::cel

#endif  // FRONTDESK_CEL_VALUE_DATA_H_
