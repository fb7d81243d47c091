// Typed getters for the fields of generated messages, so that a program reads them without reflection.
//
// A table is data: for each message a list of fields, for each field plain function pointers that call
// the public generated getters. It is written by hand or by a generator:
//
//   using frontdesk::cel::FieldAccessor;
//   constexpr FieldAccessor kMoneyFields[] = {
//       FieldAccessor::Int(2, [](const google::protobuf::Message& message) -> int64_t {
//         return static_cast<const shop::Money&>(message).units();
//       }),
//   };
//   frontdesk::cel::AccessorTable table;
//   table.Add(shop::Money::descriptor(), kMoneyFields);
//   builder.AddAccessors(table);
//
// The getters are only ever called on messages of exactly the generated class that the descriptor
// belongs to (a dynamic message of the same descriptor is read by reflection). Fields that have no
// accessor are read by reflection too, so a table may be partial.
#ifndef FRONTDESK_CEL_ACCESSOR_TABLE_H_
#define FRONTDESK_CEL_ACCESSOR_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace cel {

// Seconds and nanoseconds as in google.protobuf.Timestamp and Duration. Zero when the field is unset.
struct TimeParts {
  int64_t seconds;
  int32_t nanos;
};

// The getters of one field. `shape` says which member of the union is set. Immutable; a literal type, so
// that tables are constants without dynamic initialization.
struct FieldAccessor {
  using MessageRef = const google::protobuf::Message&;

  enum class Shape : uint8_t {
    kBool,       // bool
    kInt,        // int32, int64, sint*, sfixed*, enum (its number)
    kUint,       // uint32, uint64, fixed*
    kDouble,     // float, double
    kString,     // string, bytes
    kMessage,    // any singular message: the default instance when unset, never null
    kTimestamp,  // google.protobuf.Timestamp, read directly
    kDuration,   // google.protobuf.Duration, read directly
    kRepeatedBool,
    kRepeatedInt,
    kRepeatedUint,
    kRepeatedDouble,
    kRepeatedString,
    kRepeatedMessage,
  };

  using Has = bool (*)(MessageRef);
  using Size = int (*)(MessageRef);

  union Getter {
    bool (*get_bool)(MessageRef);
    int64_t (*get_int)(MessageRef);
    uint64_t (*get_uint)(MessageRef);
    double (*get_double)(MessageRef);
    absl::string_view (*get_string)(MessageRef);
    const google::protobuf::Message* (*get_message)(MessageRef);
    TimeParts (*get_time)(MessageRef);
    bool (*at_bool)(MessageRef, int);
    int64_t (*at_int)(MessageRef, int);
    uint64_t (*at_uint)(MessageRef, int);
    double (*at_double)(MessageRef, int);
    absl::string_view (*at_string)(MessageRef, int);
    const google::protobuf::Message* (*at_message)(MessageRef, int);

    constexpr Getter() : get_bool(nullptr) {}
    constexpr explicit Getter(bool (*f)(MessageRef)) : get_bool(f) {}
    constexpr explicit Getter(int64_t (*f)(MessageRef)) : get_int(f) {}
    constexpr explicit Getter(uint64_t (*f)(MessageRef)) : get_uint(f) {}
    constexpr explicit Getter(double (*f)(MessageRef)) : get_double(f) {}
    constexpr explicit Getter(absl::string_view (*f)(MessageRef)) : get_string(f) {}
    constexpr explicit Getter(const google::protobuf::Message* (*f)(MessageRef)) : get_message(f) {}
    constexpr explicit Getter(TimeParts (*f)(MessageRef)) : get_time(f) {}
    constexpr explicit Getter(bool (*f)(MessageRef, int)) : at_bool(f) {}
    constexpr explicit Getter(int64_t (*f)(MessageRef, int)) : at_int(f) {}
    constexpr explicit Getter(uint64_t (*f)(MessageRef, int)) : at_uint(f) {}
    constexpr explicit Getter(double (*f)(MessageRef, int)) : at_double(f) {}
    constexpr explicit Getter(absl::string_view (*f)(MessageRef, int)) : at_string(f) {}
    constexpr explicit Getter(const google::protobuf::Message* (*f)(MessageRef, int))
        : at_message(f) {}
  };

  int32_t number;  // The field's number in its message.
  Shape shape;
  Getter getter;
  // Presence. Give it for every singular field that has presence (message fields, proto2, `optional`, oneof
  // arms). Null: has() reads by reflection.
  Has has;
  // Of repeated shapes only: the number of elements.
  Size size;

  static constexpr FieldAccessor Bool(int32_t number, bool (*get)(MessageRef), Has has = nullptr) {
    return {number, Shape::kBool, Getter(get), has, nullptr};
  }
  static constexpr FieldAccessor Int(int32_t number, int64_t (*get)(MessageRef),
                                     Has has = nullptr) {
    return {number, Shape::kInt, Getter(get), has, nullptr};
  }
  static constexpr FieldAccessor Uint(int32_t number, uint64_t (*get)(MessageRef),
                                      Has has = nullptr) {
    return {number, Shape::kUint, Getter(get), has, nullptr};
  }
  static constexpr FieldAccessor Double(int32_t number, double (*get)(MessageRef),
                                        Has has = nullptr) {
    return {number, Shape::kDouble, Getter(get), has, nullptr};
  }
  static constexpr FieldAccessor String(int32_t number, absl::string_view (*get)(MessageRef),
                                        Has has = nullptr) {
    return {number, Shape::kString, Getter(get), has, nullptr};
  }
  static constexpr FieldAccessor Message(int32_t number,
                                         const google::protobuf::Message* (*get)(MessageRef),
                                         Has has) {
    return {number, Shape::kMessage, Getter(get), has, nullptr};
  }
  static constexpr FieldAccessor Timestamp(int32_t number, TimeParts (*get)(MessageRef), Has has) {
    return {number, Shape::kTimestamp, Getter(get), has, nullptr};
  }
  static constexpr FieldAccessor Duration(int32_t number, TimeParts (*get)(MessageRef), Has has) {
    return {number, Shape::kDuration, Getter(get), has, nullptr};
  }
  static constexpr FieldAccessor RepeatedBool(int32_t number, bool (*at)(MessageRef, int),
                                              Size size) {
    return {number, Shape::kRepeatedBool, Getter(at), nullptr, size};
  }
  static constexpr FieldAccessor RepeatedInt(int32_t number, int64_t (*at)(MessageRef, int),
                                             Size size) {
    return {number, Shape::kRepeatedInt, Getter(at), nullptr, size};
  }
  static constexpr FieldAccessor RepeatedUint(int32_t number, uint64_t (*at)(MessageRef, int),
                                              Size size) {
    return {number, Shape::kRepeatedUint, Getter(at), nullptr, size};
  }
  static constexpr FieldAccessor RepeatedDouble(int32_t number, double (*at)(MessageRef, int),
                                                Size size) {
    return {number, Shape::kRepeatedDouble, Getter(at), nullptr, size};
  }
  static constexpr FieldAccessor RepeatedString(int32_t number,
                                                absl::string_view (*at)(MessageRef, int),
                                                Size size) {
    return {number, Shape::kRepeatedString, Getter(at), nullptr, size};
  }
  static constexpr FieldAccessor RepeatedMessage(
      int32_t number, const google::protobuf::Message* (*at)(MessageRef, int), Size size) {
    return {number, Shape::kRepeatedMessage, Getter(at), nullptr, size};
  }
};

// Accessors by message. Thread-compatible; immutable once handed to an environment.
class AccessorTable {
 public:
  // Adds (or replaces) accessors of `descriptor`'s message, which must be a generated message. Errors, in this order,
  // with nothing added:
  // - INVALID_ARGUMENT for a null descriptor, or one that is not of the generated pool;
  // - NOT_FOUND for a number that is no field of it;
  // - INVALID_ARGUMENT for a shape that does not fit the field's type, for a map field, for a null getter, or for a
  //   repeated shape without size.
  absl::Status Add(const google::protobuf::Descriptor* descriptor,
                   absl::Span<const FieldAccessor> fields);

  // Adds everything in `other`.
  void Merge(const AccessorTable& other);

  // The accessor of a field, or null. Constant time. Valid until the table changes.
  const FieldAccessor* Find(const google::protobuf::FieldDescriptor* field) const;

  size_t size() const { return fields_.size(); }

 private:
  absl::flat_hash_map<const google::protobuf::FieldDescriptor*, FieldAccessor> fields_;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_ACCESSOR_TABLE_H_
