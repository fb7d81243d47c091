#include "frontdesk/domain/command_info.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "domain/row_lists.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "google/protobuf/message.h"
#include "internal/enum_label.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

// The one oneof of an envelope, or of an entity's command.
const OneofDescriptor* OneofOf(const Descriptor* descriptor, absl::string_view name) {
  return descriptor->FindOneofByName(std::string(name));
}

using FieldPathOf = std::vector<const FieldDescriptor*>;

// The fields on a path of names; empty when there is no such path.
FieldPathOf FieldsOn(const Descriptor* message, absl::string_view path) {
  FieldPathOf fields;
  if (path.empty()) return fields;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    if (message == nullptr) return {};
    const FieldDescriptor* field = message->FindFieldByName(std::string(name));
    if (field == nullptr) return {};
    fields.push_back(field);
    message = field->message_type();
  }
  return fields;
}

ReferenceInfo MakeReference(const Descriptor* message, const v1::CommandReference& options,
                            const Descriptor* decision_input) {
  ReferenceInfo reference;
  reference.options = &options;
  reference.path = FieldsOn(message, options.field());
  if (decision_input != nullptr && !options.input_field().empty()) {
    reference.input_field = decision_input->FindFieldByName(options.input_field());
  }
  if (reference.input_field != nullptr) {
    reference.input_id = reference.input_field->message_type()->FindFieldByName(
        absl::StrCat(EntityKindNoun(options.entity_kind()), "_id"));
  }
  return reference;
}

// Without those whose path leads nowhere; a test checks that there is none of these.
std::vector<NamedRowInfo> FindNamedRows(const CommandInfo& info) {
  std::vector<NamedRowInfo> rows;
  if (info.decision_input == nullptr) return rows;
  for (const v1::NamedRow& options : info.options->rows()) {
    const FieldPathOf list = FieldsOn(info.decision_input, options.list());
    NamedRowInfo row;
    row.path = FieldsOn(info.message, options.field());
    if (row.path.empty() || list.size() != 2) continue;
    row.entity = list[0];
    row.list = FindRowList(*list[1]);
    row.input_field = info.decision_input->FindFieldByName(options.input_field());
    if (row.list != nullptr) rows.push_back(std::move(row));
  }
  return rows;
}

// How the message of a command is read from the command of its entity. Messages look up their reflection each time they are asked.
struct VerbAccess {
  const Reflection* entity_command;
  const FieldDescriptor* verb;
};

struct Table {
  std::vector<CommandInfo> commands;
  // Of each command, in the same order.
  std::vector<VerbAccess> accesses;
  // The message of an entity's commands, and the number of its arm.
  std::vector<std::pair<const Descriptor*, int>> arms;
  // By the number of the arm, then by the number of the command: an index into `commands`, or -1.
  std::vector<std::vector<int>> places;
};

// The kind of the values of a field that an output fills; 0: it can be filled by none.
int OutputCase(const FieldDescriptor& field) {
  if (field.is_repeated()) return 0;
  if (field.type() == FieldDescriptor::TYPE_STRING) return v1::OutputValue::kStringValue;
  if (field.type() == FieldDescriptor::TYPE_INT32) return v1::OutputValue::kIntValue;
  if (field.type() == FieldDescriptor::TYPE_BOOL) return v1::OutputValue::kBoolValue;
  if (field.message_type() == v1::Money::descriptor()) return v1::OutputValue::kMoneyValue;
  return 0;
}

CommandInfo MakeInfo(const FieldDescriptor& arm, const FieldDescriptor& field) {
  CommandInfo info;
  info.message = field.message_type();
  info.name = info.message->name();
  info.field = field.name();
  info.number = field.number();
  info.arm = arm.name();
  info.arm_number = arm.number();
  info.options = &info.message->options().GetExtension(v1::command);
  info.entity_kind = info.options->entity_kind();
  info.creates = info.options->creates();
  info.id_path = info.options->id_field();
  info.reason_prefix = info.options->reason_prefix();
  info.id_fields = FieldsOn(info.message, info.id_path);
  info.decision_input = DecisionInputDescriptor(info.entity_kind);
  for (const v1::CommandReference& reference : info.options->references()) {
    info.references.push_back(MakeReference(info.message, reference, info.decision_input));
  }
  info.rows = FindNamedRows(info);
  info.amount_path = info.options->amount_field();
  info.reason_path = info.options->reason_field();
  info.reason_fields = FieldsOn(info.message, info.reason_path);
  if (info.decision_input != nullptr) {
    info.amount_fields = FieldsOn(info.decision_input, info.amount_path);
  }
  for (const v1::CommandOutput& output : info.options->outputs()) {
    // A test checks that each has a field of such a kind.
    const FieldDescriptor* filled = info.message->FindFieldByName(output.field());
    const int value_case = filled == nullptr ? 0 : OutputCase(*filled);
    if (value_case != 0) info.outputs.push_back({output.name(), filled, value_case});
  }
  return info;
}

Table MakeTable() {
  Table table;
  const OneofDescriptor* arms = OneofOf(v1::Command::descriptor(), "command");
  for (int a = 0; a < arms->field_count(); ++a) {
    const FieldDescriptor& arm = *arms->field(a);
    const OneofDescriptor* verbs = OneofOf(arm.message_type(), "verb");
    table.arms.emplace_back(arm.message_type(), arm.number());
    const Reflection* const access =
        MessageFactory::generated_factory()->GetPrototype(arm.message_type())->GetReflection();
    if (table.places.size() <= static_cast<size_t>(arm.number()))
      table.places.resize(arm.number() + 1);
    std::vector<int>& places = table.places[arm.number()];
    std::vector<const FieldDescriptor*> fields;
    for (int v = 0; v < verbs->field_count(); ++v) fields.push_back(verbs->field(v));
    std::sort(fields.begin(), fields.end(), [](const FieldDescriptor* a, const FieldDescriptor* b) {
      return a->number() < b->number();
    });
    for (const FieldDescriptor* field : fields) {
      if (places.size() <= static_cast<size_t>(field->number()))
        places.resize(field->number() + 1, -1);
      places[field->number()] = static_cast<int>(table.commands.size());
      table.commands.push_back(MakeInfo(arm, *field));
      table.accesses.push_back({access, field});
    }
  }
  return table;
}

const Table& TheTable() {
  static const Table* const table = new Table(MakeTable());
  return *table;
}

const CommandInfo* At(int arm, int number) {
  const Table& table = TheTable();
  if (arm <= 0 || static_cast<size_t>(arm) >= table.places.size()) return nullptr;
  const std::vector<int>& places = table.places[arm];
  if (number <= 0 || static_cast<size_t>(number) >= places.size() || places[number] < 0)
    return nullptr;
  return &table.commands[places[number]];
}

// The message of the command that `info` describes.
const Message& VerbIn(const CommandInfo& info, const Message& entity_command) {
  const Table& table = TheTable();
  const VerbAccess& access = table.accesses[&info - table.commands.data()];
  return access.entity_command->GetMessage(entity_command, access.verb);
}

// The command of the entity in the envelope; null when none is set.
const Message* EntityCommandOf(const v1::Command& command) {
  switch (command.command_case()) {
    case v1::Command::kCustomer:
      return &command.customer();
    case v1::Command::kInteraction:
      return &command.interaction();
    case v1::Command::kOrder:
      return &command.order();
    case v1::Command::kAccount:
      return &command.account();
    case v1::Command::kCase:
      return &command.case_();
    case v1::Command::kDesk:
      return &command.desk();
    case v1::Command::COMMAND_NOT_SET:
      break;
  }
  return nullptr;
}

// The last part of an enum value's name, as the enum's name prefixes it.
absl::string_view KindName(v1::EntityKind kind) {
  const google::protobuf::EnumValueDescriptor* value =
      v1::EntityKind_descriptor()->FindValueByNumber(kind);
  constexpr absl::string_view kPrefix = "ENTITY_KIND_";
  if (value == nullptr || kind == v1::ENTITY_KIND_UNSPECIFIED) return "";
  return absl::string_view(value->name()).substr(kPrefix.size());
}

}  // namespace

absl::string_view OutputTypeText(int value_case) {
  switch (value_case) {
    case v1::OutputValue::kStringValue:
      return "a text";
    case v1::OutputValue::kIntValue:
      return "a whole number";
    case v1::OutputValue::kDoubleValue:
      return "a number";
    case v1::OutputValue::kBoolValue:
      return "true or false";
    case v1::OutputValue::kTimeValue:
      return "an instant";
    case v1::OutputValue::kDurationValue:
      return "a duration";
    case v1::OutputValue::kMoneyValue:
      return "an amount of money";
    default:
      return "no value";
  }
}

absl::Span<const CommandInfo> Commands() { return TheTable().commands; }

const CommandInfo* FindCommand(const v1::Command& command) {
  switch (command.command_case()) {
    case v1::Command::kCustomer:
      return FindEntityCommand(command.customer());
    case v1::Command::kInteraction:
      return FindEntityCommand(command.interaction());
    case v1::Command::kOrder:
      return FindEntityCommand(command.order());
    case v1::Command::kAccount:
      return FindEntityCommand(command.account());
    case v1::Command::kCase:
      return FindEntityCommand(command.case_());
    case v1::Command::kDesk:
      return FindEntityCommand(command.desk());
    case v1::Command::COMMAND_NOT_SET:
      break;
  }
  return nullptr;
}

const CommandInfo* FindEntityCommand(const v1::CustomerCommand& command) {
  return At(v1::Command::kCustomer, command.verb_case());
}
const CommandInfo* FindEntityCommand(const v1::InteractionCommand& command) {
  return At(v1::Command::kInteraction, command.verb_case());
}
const CommandInfo* FindEntityCommand(const v1::OrderCommand& command) {
  return At(v1::Command::kOrder, command.verb_case());
}
const CommandInfo* FindEntityCommand(const v1::AccountCommand& command) {
  return At(v1::Command::kAccount, command.verb_case());
}
const CommandInfo* FindEntityCommand(const v1::CaseCommand& command) {
  return At(v1::Command::kCase, command.verb_case());
}
const CommandInfo* FindEntityCommand(const v1::DeskCommand& command) {
  return At(v1::Command::kDesk, command.verb_case());
}

const CommandInfo* FindEntityCommand(const Message& entity_command) {
  const Descriptor* const type = entity_command.GetDescriptor();
  for (const auto& [message, arm] : TheTable().arms) {
    if (message != type) continue;
    const FieldDescriptor* verb = entity_command.GetReflection()->GetOneofFieldDescriptor(
        entity_command, type->oneof_decl(0));
    return verb == nullptr ? nullptr : At(arm, verb->number());
  }
  return nullptr;
}

const CommandInfo* FindCommandByName(absl::string_view name) {
  for (const CommandInfo& info : Commands()) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

bool IsReasonOf(const CommandInfo& command, absl::string_view reason) {
  const auto begins_with = [reason](absl::string_view prefix) {
    return !prefix.empty() && reason.size() > prefix.size() && reason[prefix.size()] == '_' &&
           reason.substr(0, prefix.size()) == prefix;
  };
  if (!begins_with(command.reason_prefix)) return false;
  for (const CommandInfo& other : Commands()) {
    if (other.reason_prefix.size() > command.reason_prefix.size() &&
        begins_with(other.reason_prefix)) {
      return false;
    }
  }
  return true;
}

const CommandInfo* FindCommandByMessage(const Descriptor* message) {
  for (const CommandInfo& info : Commands()) {
    if (info.message == message) return &info;
  }
  return nullptr;
}

const Message* GetCommandMessage(const v1::Command& command) {
  const CommandInfo* info = FindCommand(command);
  return info == nullptr ? nullptr : &VerbIn(*info, *EntityCommandOf(command));
}

const std::string& GetTextField(const Message& message, absl::string_view path) {
  return GetTextField(message, FieldsOn(message.GetDescriptor(), path));
}

const std::string& GetTextField(const Message& message,
                                absl::Span<const FieldDescriptor* const> path) {
  static const std::string* const empty = new std::string();
  if (path.empty()) return *empty;
  const Message* owner = &message;
  for (const FieldDescriptor* field : path.first(path.size() - 1)) {
    owner = &owner->GetReflection()->GetMessage(*owner, field);
  }
  std::string scratch;
  return owner->GetReflection()->GetStringReference(*owner, path.back(), &scratch);
}

std::string ReasonOf(const CommandInfo& info, const Message& message) {
  if (info.reason_fields.empty()) return "";
  const Message* owner = &message;
  for (size_t i = 0; i + 1 < info.reason_fields.size(); ++i) {
    owner = &owner->GetReflection()->GetMessage(*owner, info.reason_fields[i]);
  }
  const FieldDescriptor* const field = info.reason_fields.back();
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) {
    return owner->GetReflection()->GetString(*owner, field);
  }
  const int number = owner->GetReflection()->GetEnumValue(*owner, field);
  if (number == 0) return "";
  const google::protobuf::EnumValueDescriptor* const value =
      field->enum_type()->FindValueByNumber(number);
  return value == nullptr ? absl::StrCat(number) : internal::EnumLabel(*value);
}

v1::EntityRef AddressedEntity(const v1::Command& command) {
  v1::EntityRef entity;
  const CommandInfo* info = FindCommand(command);
  if (info == nullptr) return entity;
  const Message& message = *GetCommandMessage(command);
  entity.set_kind(AddressedKind(*info, message));
  entity.set_id(GetTextField(message, info->id_fields));
  return entity;
}

v1::EntityKind AddressedKind(const CommandInfo& info, const Message& message) {
  if (info.entity_kind != v1::ENTITY_KIND_UNSPECIFIED || info.id_fields.empty() ||
      info.id_fields.back()->containing_type() != v1::EntityRef::descriptor()) {
    return info.entity_kind;
  }
  const Message* owner = &message;
  for (size_t i = 0; i + 1 < info.id_fields.size(); ++i) {
    owner = &owner->GetReflection()->GetMessage(*owner, info.id_fields[i]);
  }
  return static_cast<const v1::EntityRef&>(*owner).kind();
}

const std::string& AddressedId(const CommandInfo& info, const Message& entity_command) {
  return GetTextField(VerbIn(info, entity_command), info.id_fields);
}

const FieldDescriptor* DecisionInputField(v1::EntityKind kind) {
  static const auto* const fields = [] {
    auto* by_kind = new std::array<const FieldDescriptor*, 16>();
    for (int i = 0; i < 16; ++i) {
      (*by_kind)[i] = v1::DecisionInput::descriptor()->FindFieldByName(
          std::string(EntityKindNoun(static_cast<v1::EntityKind>(i))));
    }
    (*by_kind)[v1::ENTITY_KIND_UNSPECIFIED] =
        v1::DecisionInput::descriptor()->FindFieldByNumber(v1::DecisionInput::kDesk);
    return by_kind;
  }();
  return kind >= 0 && kind < 16 ? (*fields)[kind] : nullptr;
}

const Descriptor* DecisionInputDescriptor(v1::EntityKind kind) {
  const FieldDescriptor* field = DecisionInputField(kind);
  return field == nullptr ? nullptr : field->message_type();
}

absl::string_view EntityKindName(v1::EntityKind kind) { return KindName(kind); }

absl::string_view EntityKindNoun(v1::EntityKind kind) {
  static const std::array<std::string, 16>* const nouns = [] {
    auto* words = new std::array<std::string, 16>();
    for (int i = 0; i < 16; ++i) {
      (*words)[i] = absl::AsciiStrToLower(KindName(static_cast<v1::EntityKind>(i)));
    }
    return words;
  }();
  return kind >= 0 && kind < 16 ? absl::string_view((*nouns)[kind]) : absl::string_view();
}

}  // namespace domain
}  // namespace frontdesk
