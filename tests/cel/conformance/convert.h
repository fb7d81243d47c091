// The specification's values and types as ours.
#ifndef FRONTDESK_TESTS_CEL_CONFORMANCE_CONVERT_H_
#define FRONTDESK_TESTS_CEL_CONFORMANCE_CONVERT_H_

#include <string>

#include "absl/status/statusor.h"
#include "cel/expr/checked.pb.h"
#include "cel/expr/value.pb.h"
#include "frontdesk/cel/cel.h"

namespace frontdesk::cel::conformance {

// Where messages come from: the generated classes, or dynamic ones of a pool of its own.
struct Messages {
  const google::protobuf::DescriptorPool* pool;
  google::protobuf::MessageFactory* factory;
};

// A type of the specification as ours.
absl::StatusOr<Type> ToType(const ::cel::expr::Type& type, const Messages& messages);

// A value of the specification in `arena`; messages are kept in `owner`.
absl::StatusOr<Value> ToValue(const ::cel::expr::Value& value, const Messages& messages,
                              ValueArena& arena, google::protobuf::Arena& owner);

// "" when `actual` is exactly `expected` (kinds too, NaN like NaN, maps in any order), otherwise what differs.
std::string Difference(const ::cel::expr::Value& expected, const Value& actual,
                       const Messages& messages);

}  // namespace frontdesk::cel::conformance

#endif  // FRONTDESK_TESTS_CEL_CONFORMANCE_CONVERT_H_
