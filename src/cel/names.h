// Resolving names, and suggestions for a misspelled one. Private to cel/.
#ifndef FRONTDESK_CEL_NAMES_H_
#define FRONTDESK_CEL_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cel/environment_data.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk::cel::cel_internal {

// A name that is no variable: a type, an enum value, or nothing.
struct NamedThing {
  enum class Kind { kNone, kType, kEnumValue };
  Kind kind = Kind::kNone;
  std::string name;  // In full.
  const google::protobuf::Descriptor* message = nullptr;
  int32_t number = 0;
};

// The variable that `name` means in the environment's container; null when there is none.
const VariableDecl* ResolveVariable(const EnvironmentData& environment, absl::string_view name,
                                    bool root_scope);

// The type or enum value that `name` means in the environment's container.
NamedThing ResolveName(const EnvironmentData& environment, absl::string_view name, bool root_scope);

// The message type that `name` means in the environment's container; null when there is none.
const google::protobuf::Descriptor* ResolveMessage(const EnvironmentData& environment,
                                                   absl::string_view name, bool root_scope);

// The enum type that `name` means in the environment's container; null when there is none.
const google::protobuf::EnumDescriptor* ResolveEnum(const EnvironmentData& environment,
                                                    absl::string_view name, bool root_scope);

// The function that a (qualified) name means in the environment's container; null when there is none.
const FunctionDecl* ResolveFunction(const EnvironmentData& environment, absl::string_view name,
                                    bool root_scope);

// The type of a built-in type name ("int"); false when it is none.
bool BuiltinType(const EnvironmentData& environment, absl::string_view name, Type* type);

// "; did you mean 'x'?" for the candidate closest to `name`, or "".
class Suggestion {
 public:
  explicit Suggestion(absl::string_view name) : name_(name) {}
  void Consider(absl::string_view candidate) { Consider(candidate, candidate); }
  // Shown as something else: a field `tier` as "customer.tier".
  void Consider(absl::string_view candidate, absl::string_view shown);
  void ConsiderFields(const google::protobuf::Descriptor* message);
  void ConsiderValues(const google::protobuf::EnumDescriptor* type);
  // The messages, enums and enum values that a name can mean without naming another package, as far as the root message
  // and the variables lead to them.
  void ConsiderTypes(const EnvironmentData& environment, bool messages_only);
  std::string Text() const;

 private:
  absl::string_view name_;
  std::string best_, shown_;
  int best_distance_ = 1000;
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_NAMES_H_
