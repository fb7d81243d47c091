// The properties of each command, read from the options of its message
// (frontdesk/v1/command_options.proto): one table for all rooms.
//
//   const frontdesk::domain::CommandInfo* info = frontdesk::domain::FindCommandByName("CancelOrder");
//   std::cout << info->field << " refuses with " << info->reason_prefix << "_…\n";
#ifndef FRONTDESK_DOMAIN_COMMAND_INFO_H_
#define FRONTDESK_DOMAIN_COMMAND_INFO_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/v1/common.pb.h"

namespace google {
namespace protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace protobuf
}  // namespace google

namespace frontdesk {
namespace v1 {
class AccountCommand;
class CaseCommand;
class Command;
class CommandOptions;
class CommandReference;
class CustomerCommand;
class DeskCommand;
class InteractionCommand;
class OrderCommand;
}  // namespace v1

namespace domain {

// An entity that a command refers to. Immutable.
struct ReferenceInfo {
  // As declared.
  const v1::CommandReference* options = nullptr;
  // The fields on the way from the command's message to the id or the EntityRef, which is the last of them.
  std::vector<const google::protobuf::FieldDescriptor*> path;
  // The field of the decision input that holds the entity's state, and in that state the field of its id. Null when the input
  // does not hold it.
  const google::protobuf::FieldDescriptor* input_field = nullptr;
  const google::protobuf::FieldDescriptor* input_id = nullptr;
};

struct RowList;

// An element of a list that a command names. Immutable.
struct NamedRowInfo {
  // The fields on the way from the command's message to the name. The last one may be repeated.
  std::vector<const google::protobuf::FieldDescriptor*> path;
  // The field of the decision input that holds the entity with the list.
  const google::protobuf::FieldDescriptor* entity = nullptr;
  const RowList* list = nullptr;
  // The field of the decision input that holds the element too; null: none.
  const google::protobuf::FieldDescriptor* input_field = nullptr;
};

// An output of policy that a command knows. Immutable.
struct OutputInfo {
  // Its name: "amount".
  absl::string_view name;
  // The field of the command's message that it fills. It is no list.
  const google::protobuf::FieldDescriptor* field = nullptr;
  // The kind of value of that field: a ValueCase of v1.OutputValue.
  int value_case = 0;
};

// The type of the values of a ValueCase of v1.OutputValue, for people: "an amount of money".
absl::string_view OutputTypeText(int value_case);

// The fields of a command that are for policy to fill, by its outputs. A plain struct.
struct PolicyFields {
  // Those that are not set, and that policy may fill when it decides. Until then they are not required.
  std::vector<const google::protobuf::FieldDescriptor*> open;
  // Those that it has filled.
  std::vector<const google::protobuf::FieldDescriptor*> filled;
};

// One command. Immutable; everything in it lives as long as the program.
struct CommandInfo {
  // The message, for example that of v1.CancelOrder.
  const google::protobuf::Descriptor* message = nullptr;
  // Its name, which is the decision point in a policy: "CancelOrder".
  absl::string_view name;
  // Its field in the command of its entity, with which paths into it begin: "cancel_order".
  absl::string_view field;
  // The number of that field: a VerbCase of the entity's command, for example v1::OrderCommand::kCancelOrder.
  int number = 0;
  // The field of v1.Command that holds the entity's command: "order"; "desk" for commands to the desk itself.
  absl::string_view arm;
  // The number of that field: a CommandCase of v1.Command.
  int arm_number = 0;
  // The kind of the entity that it addresses. ENTITY_KIND_UNSPECIFIED: it is about the desk itself, or about an entity of any kind,
  // which AddressedKind() returns.
  v1::EntityKind entity_kind = v1::ENTITY_KIND_UNSPECIFIED;
  // Whether it begins that entity.
  bool creates = false;
  // The field that holds that entity's id, as a path from the message: "order.order_id"; empty when it addresses no entity.
  absl::string_view id_path;
  // The same as fields.
  std::vector<const google::protobuf::FieldDescriptor*> id_fields;
  // The other entities that it refers to, in the order of the options.
  std::vector<ReferenceInfo> references;
  // The elements of lists that it names, in the order of the options.
  std::vector<NamedRowInfo> rows;
  // The outputs of policy that it knows, in the order of the options.
  std::vector<OutputInfo> outputs;
  // The amount that it is about, as a path from the decision input, and the same as fields: "assessment.refund_amount". Empty: it is about
  // none.
  absl::string_view amount_path;
  std::vector<const google::protobuf::FieldDescriptor*> amount_fields;
  // The reason that it gives, a text or an enum value, as a path from its message, and the same as fields. Empty: it gives none.
  absl::string_view reason_path;
  std::vector<const google::protobuf::FieldDescriptor*> reason_fields;
  // The message on which decisions about that entity are made; null for commands about approvals.
  const google::protobuf::Descriptor* decision_input = nullptr;
  // The first part of the reasons of its own invariants: "ORDER_CANCEL".
  absl::string_view reason_prefix;
  // All options as declared, references, events and effects among them.
  const v1::CommandOptions* options = nullptr;

  // Whether totals count it (frontdesk/v1/total.proto): it has an amount or a reason.
  bool counts_for_totals() const { return !amount_fields.empty() || !reason_fields.empty(); }
};

// Every command: by the number of the arm in v1.Command, then by number.
absl::Span<const CommandInfo> Commands();

// The command that is asked for; null when none is set, or one that this build does not know. Constant time.
const CommandInfo* FindCommand(const v1::Command& command);

// The same for the command of one entity, for example a v1.OrderCommand. Null for a message of any other type, which the last one accepts.
const CommandInfo* FindEntityCommand(const v1::CustomerCommand& command);
const CommandInfo* FindEntityCommand(const v1::InteractionCommand& command);
const CommandInfo* FindEntityCommand(const v1::OrderCommand& command);
const CommandInfo* FindEntityCommand(const v1::AccountCommand& command);
const CommandInfo* FindEntityCommand(const v1::CaseCommand& command);
const CommandInfo* FindEntityCommand(const v1::DeskCommand& command);
const CommandInfo* FindEntityCommand(const google::protobuf::Message& entity_command);

// The command of that name, or of that message type; null when there is none.
const CommandInfo* FindCommandByName(absl::string_view name);
const CommandInfo* FindCommandByMessage(const google::protobuf::Descriptor* message);

// Whether a reason is one of the command's own: it begins with the prefix of the command, and with no longer prefix of another one.
// ORDER_CANCEL_ITEMS_STATE is of CancelItems, not of CancelOrder. Costs O(commands).
bool IsReasonOf(const CommandInfo& command, absl::string_view reason);

// The message that is asked for, for example a v1.CancelOrder; null when none is set.
const google::protobuf::Message* GetCommandMessage(const v1::Command& command);

// The text in a field of `message`, by its path; empty when a message on the way is not set. The path must name a text field
// that is reached through message fields, none of them repeated.
const std::string& GetTextField(const google::protobuf::Message& message, absl::string_view path);
const std::string& GetTextField(const google::protobuf::Message& message,
                                absl::Span<const google::protobuf::FieldDescriptor* const> path);

// The reason that a command gives, as totals count it; empty: it gives none. A text counts as it is. An enum value counts without the
// prefix of its type, in lower case ("goodwill"); one that this build does not know as its number. `message` is the message of the command
// that `info` describes.
std::string ReasonOf(const CommandInfo& info, const google::protobuf::Message& message);

// The entity that the command addresses: its kind, and the id that the command gives. Empty when FindCommand() gives null.
v1::EntityRef AddressedEntity(const v1::Command& command);

// The kind of that entity. `message` is the message of the command that `info` describes.
v1::EntityKind AddressedKind(const CommandInfo& info, const google::protobuf::Message& message);

// The id that the command of one entity gives. `info` is what FindEntityCommand() returns for it.
const std::string& AddressedId(const CommandInfo& info,
                               const google::protobuf::Message& entity_command);

// The message on which decisions about an entity of that kind are made, for example v1.OrderDecisionInput; null for kinds that
// policy does not decide about. Of ENTITY_KIND_UNSPECIFIED: v1.DeskDecisionInput, for commands to the desk itself.
const google::protobuf::Descriptor* DecisionInputDescriptor(v1::EntityKind kind);

// The field of v1.DecisionInput that holds it; null likewise.
const google::protobuf::FieldDescriptor* DecisionInputField(v1::EntityKind kind);

// "ORDER" of ENTITY_KIND_ORDER; empty for a kind that is not known.
absl::string_view EntityKindName(v1::EntityKind kind);

// "order" of ENTITY_KIND_ORDER: the word for people, and the field of the kind in oneofs over the entities; empty for a kind
// that is not known.
absl::string_view EntityKindNoun(v1::EntityKind kind);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_COMMAND_INFO_H_
