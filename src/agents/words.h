// The fields of a command as arguments: which there are, and the values that the policy pack lists for them. Private.
#ifndef FRONTDESK_AGENTS_WORDS_H_
#define FRONTDESK_AGENTS_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace agents {

// The form of a value that is no object.
enum class Scalar : std::uint8_t {
  kBool,
  kInteger,
  kNumber,
  kText,
  kBytes,
  kEnum,
  kTime,
  kDuration,
  kMessage
};

// The form of an element of the field.
Scalar ScalarOf(const google::protobuf::FieldDescriptor& field);

// The arguments of one tool. Refers to the policy.
class ArgumentWords {
 public:
  // `info` is null for a tool that reads. `for_host`: whether what only the host knows is an argument too.
  ArgumentWords(const domain::CommandInfo* info, const Policy& policy, bool for_host)
      : info_(info), policy_(policy), for_host_(for_host) {}

  // Whether the arguments say what only the host knows.
  bool are_host_only() const;

  // Whether the field, at any depth of the command, is an argument. The others are given by the context, or by the core.
  bool IsArgument(const google::protobuf::FieldDescriptor& field) const;

  // Whether the comment of the field requires it, and policy does not fill it.
  bool IsRequired(const google::protobuf::FieldDescriptor& field) const;

  // The possible values of a text or an enum, in the order of their lists. Nothing: any text.
  absl::optional<std::vector<std::string>> Values(
      const google::protobuf::FieldDescriptor& field) const;

 private:
  // The kind of the entities whose attributes the arguments set.
  v1::EntityKind AttributeKind() const;

  const domain::CommandInfo* info_;
  const Policy& policy_;
  const bool for_host_;
};

// Whether a member of that name is given by the context of a call wherever it is: "actor", "now".
bool IsReservedName(absl::string_view name);

// The number of the enum value with that label; nothing when there is none.
absl::optional<int> FindEnumLabel(const google::protobuf::EnumDescriptor& type,
                                  absl::string_view label);

// The kind of entity whose id a text field of that name holds: of "merged_case_id" a case. UNSPECIFIED: of none. The name of a field is
// one for the whole house: an id of an entity ends with the noun of its kind and "_id".
v1::EntityKind EntityKindOfField(const google::protobuf::FieldDescriptor& field);

// "refund_order" of "RefundOrder".
std::string ToolNameOf(absl::string_view command);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_WORDS_H_
