// Calls as parts of their interactions.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agents/tool.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/v1/data_class.pb.h"
#include "frontdesk/v1/interaction_commands.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Type = JsonValue::Type;

// Most bytes of the name of a tool that the model made up.
constexpr std::size_t kMaxToolBytes = 128;

// Most reasons of a part.
constexpr int kMostReasons = 100;

// Writes arguments as they were given. Values of class SECRET, and those of members that the message does not have, are null: nobody knows their class.
void WriteValue(const JsonValue& value, const Descriptor* message, JsonWriter* json) {
  switch (value.type) {
    case Type::kNull:
      return json->Raw("null");
    case Type::kBool:
      return json->Flag(value.flag);
    case Type::kNumber:
      return json->Raw(value.text);
    case Type::kString:
      return json->Text(value.text);
    case Type::kArray:
      json->BeginArray();
      for (const JsonValue& item : value.items) WriteValue(item, message, json);
      return json->EndArray();
    case Type::kObject:
      break;
  }
  json->BeginObject();
  for (const auto& [name, member] : value.members) {
    const FieldDescriptor* field = message == nullptr ? nullptr : message->FindFieldByName(name);
    if (field == nullptr) continue;
    json->Name(name);
    if (field->options().GetExtension(v1::data_class) == v1::DATA_CLASS_SECRET) {
      json->Raw("null");
      continue;
    }
    WriteValue(
        member,
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? field->message_type() : nullptr,
        json);
  }
  json->EndObject();
}

v1::ToolCall MakeToolCall(const CallParts& parts, absl::string_view tool,
                          const JsonValue* arguments, const Descriptor* message,
                          const Answer& answer, bool keeps_answer) {
  v1::ToolCall call;
  call.set_call_id(parts.context.call_id);
  const bool is_name =
      message != nullptr || (!tool.empty() && !FindIdFault(tool, kMaxToolBytes).has_value());
  call.set_tool(is_name ? std::string(tool) : "unknown");
  if (arguments != nullptr && arguments->type == Type::kObject) {
    JsonWriter json;
    WriteValue(*arguments, message, &json);
    call.set_arguments_json(std::move(json).Take());
  }
  call.set_result(answer.result);
  for (const std::string& reason : answer.reasons) {
    if (call.reasons_size() < kMostReasons) call.add_reasons(reason);
  }
  call.set_record_id(answer.record_id);
  if (keeps_answer) call.set_answer_json(answer.json);
  return call;
}

}  // namespace

void RecordCall(const CallParts& parts, absl::string_view tool, const JsonValue* arguments,
                const Descriptor* message, const Answer& answer, bool keeps_answer,
                CallAnswer* result) {
  const CallContext& context = parts.context;
  v1::AddInteractionPart add;
  add.set_interaction_id(context.interaction_id);
  v1::InteractionPart& part = *add.mutable_part();
  part.set_part_id(absl::StrCat("tool-", context.call_id));
  part.set_kind(v1::InteractionPart::KIND_TOOL_CALL);
  part.set_visibility(v1::VISIBILITY_INTERNAL);
  *part.mutable_tool_call() = MakeToolCall(parts, tool, arguments, message, answer, keeps_answer);
  v1::Command command = MakeCommand(context.actor, absl::UnixEpoch(), add);
  *command.mutable_now() = context.now;
  const absl::StatusOr<v1::Outcome> outcome = parts.desk.Execute(command);
  if (!outcome.ok()) {
    result->record_error = std::string(outcome.status().message());
    return;
  }
  result->is_recorded = outcome->verdict() == v1::VERDICT_DONE;
  if (result->is_recorded) return;
  // The same call again: the part of the first one stays.
  if (outcome->verdict() == v1::VERDICT_REFUSED &&
      outcome->refusals(0).reason() == kReasonInteractionAddPartIdExists) {
    result->is_recorded = true;
    return;
  }
  result->record_error = outcome->verdict() == v1::VERDICT_HELD
                             ? outcome->held().reason()
                             : absl::StrJoin(outcome->refusals(), ", ",
                                             [](std::string* out, const v1::Refusal& refusal) {
                                               absl::StrAppend(out, refusal.reason());
                                             });
}

}  // namespace agents
}  // namespace frontdesk
