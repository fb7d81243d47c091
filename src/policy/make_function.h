// Making functions for rules. Private, header only.
#ifndef FRONTDESK_POLICY_MAKE_FUNCTION_H_
#define FRONTDESK_POLICY_MAKE_FUNCTION_H_

#include <cstdint>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/cel/function.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace internal {

// A pure function.
inline cel::FunctionOverload MakeOverload(absl::string_view id, std::vector<cel::Type> parameters,
                                          cel::Type result, int64_t cost,
                                          cel::FunctionImplementation implementation) {
  cel::FunctionOverload overload;
  overload.id = std::string(id);
  overload.parameters = std::move(parameters);
  overload.result = std::move(result);
  overload.pure = true;
  overload.cost = cost;
  overload.implementation = std::move(implementation);
  return overload;
}

// A message as its generated class: the value's own, or a copy in `copy` of one of another class.
template <typename T>
const T& AsMessage(const cel::Value& value, T* copy) {
  const google::protobuf::Message& message = value.message_value();
  // Of a generated class nothing is derived.
  if (typeid(message) == typeid(T)) return static_cast<const T&>(message);
  copy->ParsePartialFromString(message.SerializePartialAsString());
  return *copy;
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_MAKE_FUNCTION_H_
