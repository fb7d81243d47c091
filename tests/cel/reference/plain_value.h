// Values of the reference evaluator: plain, owned, slow.
#ifndef FRONTDESK_TESTS_CEL_REFERENCE_PLAIN_VALUE_H_
#define FRONTDESK_TESTS_CEL_REFERENCE_PLAIN_VALUE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontdesk/cel/value.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk::cel::testing {

enum class PlainKind {
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
  kError,
};

struct Plain {
  // Out of line: the entries are of a type that is complete only behind this one.
  Plain();
  Plain(const Plain&);
  Plain(Plain&&) noexcept;
  Plain& operator=(const Plain&);
  Plain& operator=(Plain&&) noexcept;
  ~Plain();

  PlainKind kind = PlainKind::kNull;
  bool boolean = false;
  int64_t number = 0;  // Of int; seconds of a timestamp, nanoseconds of a duration.
  int32_t nanos = 0;   // Of a timestamp.
  uint64_t unsigned_number = 0;
  double real = 0;
  std::string text;             // Of string, bytes and type; the reason of an error.
  std::vector<Plain> elements;  // Of a list; none or one of an optional.
  std::vector<std::pair<Plain, Plain>> entries;
  std::shared_ptr<const google::protobuf::Message> message;

  bool is(PlainKind other) const { return kind == other; }
  bool is_error() const { return kind == PlainKind::kError; }

  static Plain Null() { return Plain(); }
  static Plain Bool(bool value);
  static Plain Int(int64_t value);
  static Plain Uint(uint64_t value);
  static Plain Double(double value);
  static Plain String(std::string value);
  static Plain Bytes(std::string value);
  static Plain Timestamp(int64_t seconds, int32_t nanos);
  static Plain Duration(int64_t nanos);
  static Plain List(std::vector<Plain> elements);
  static Plain Map(std::vector<std::pair<Plain, Plain>> entries);
  static Plain Type(std::string name);
  static Plain None();
  static Plain Some(Plain value);
  static Plain Error(std::string reason);
};

// A message as the language has it: well-known types unpacked. A copy.
Plain FromMessage(const google::protobuf::Message& message);

// The value of a field; an unset wrapper is null, an unset message its default.
Plain FromField(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor* field);

// has(message.field).
bool HasField(const google::protobuf::Message& message,
              const google::protobuf::FieldDescriptor* field);

// Writes a value into a field; the reason when it does not fit, otherwise "".
std::string SetField(google::protobuf::Message* message,
                     const google::protobuf::FieldDescriptor* field, const Plain& value);

// Of the evaluator under test, through its public face.
Plain FromValue(const Value& value);

// == of the language.
bool PlainEquals(const Plain& a, const Plain& b);
// Numbers across kinds: -1, 0, 1, or 2 when one is NaN.
int ComparePlainNumbers(const Plain& a, const Plain& b);
bool IsPlainNumber(const Plain& value);
// The value of a key in a map; null when there is none.
const Plain* FindEntry(const Plain& map, const Plain& key);

// Sameness as a test wants it: kinds too, NaN like NaN, maps in any order.
bool SamePlain(const Plain& a, const Plain& b);

std::string ShowPlain(const Plain& value);

}  // namespace frontdesk::cel::testing

#endif  // FRONTDESK_TESTS_CEL_REFERENCE_PLAIN_VALUE_H_
