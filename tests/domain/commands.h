// Commands and events from texts, for the tests of the entities.
#ifndef FRONTDESK_TESTS_DOMAIN_COMMANDS_H_
#define FRONTDESK_TESTS_DOMAIN_COMMANDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {

// A message from its text form; the text must be right.
template <typename T>
T FromText(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// Completes the text form of a v1.Command or v1.Event from which the field of the entity was left out. The command or event
// comes last in it. "order { cancel_order { order_id: 'o1' } }" of "cancel_order { order_id: 'o1' }".
inline std::string WithEntityField(const google::protobuf::Descriptor& envelope,
                                   const std::string& oneof, const std::string& text) {
  const std::string padded = absl::StrCat(" ", text);
  size_t first = std::string::npos;
  std::string entity_field;
  const google::protobuf::OneofDescriptor* arms = envelope.FindOneofByName(oneof);
  for (int i = 0; i < arms->field_count(); ++i) {
    const google::protobuf::OneofDescriptor* fields = arms->field(i)->message_type()->oneof_decl(0);
    for (int k = 0; k < fields->field_count(); ++k) {
      const size_t at = padded.find(absl::StrCat(" ", fields->field(k)->name(), " {"));
      if (at >= first) continue;
      first = at;
      entity_field = arms->field(i)->name();
    }
  }
  if (first == std::string::npos) return text;
  return absl::StrCat(text.substr(0, first), entity_field, " { ", text.substr(first), " }");
}

// A command of agent-1 at that second, from a text as above.
inline v1::Command CommandAt(int64_t seconds, const std::string& verb) {
  return FromText<v1::Command>(
      absl::StrCat("actor { actor_id: 'agent-1' kind: KIND_AGENT } now { seconds: ", seconds, " } ",
                   WithEntityField(*v1::Command::descriptor(), "command", verb)));
}

// An event, from a text as above.
inline v1::Event EventFromText(const std::string& text) {
  return FromText<v1::Event>(WithEntityField(*v1::Event::descriptor(), "event", text));
}

// Fills the fields of a decision input that come from the command: the command of its entity, the actor, the time, the note.
template <typename Input>
void SetCommand(const v1::Command& command, Input* input) {
  *input->mutable_actor() = command.actor();
  *input->mutable_now() = command.now();
  input->set_note(command.note());
  input->mutable_command()->Clear();
  const google::protobuf::FieldDescriptor* arm = command.GetReflection()->GetOneofFieldDescriptor(
      command, command.GetDescriptor()->FindOneofByName("command"));
  if (arm == nullptr || arm->message_type() != input->command().GetDescriptor()) return;
  input->mutable_command()->CopyFrom(command.GetReflection()->GetMessage(command, arm));
}

// The field that is set in the oneof of that name, of the entity's arm of an event or an effect; null when none is.
inline const google::protobuf::FieldDescriptor* SetField(const google::protobuf::Message& envelope,
                                                         const char* oneof) {
  const google::protobuf::Message* message = &envelope;
  const google::protobuf::FieldDescriptor* field = nullptr;
  for (int level = 0; level < 2; ++level) {
    field = message->GetReflection()->GetOneofFieldDescriptor(
        *message, message->GetDescriptor()->FindOneofByName(oneof));
    if (field == nullptr) return nullptr;
    message = &message->GetReflection()->GetMessage(*message, field);
  }
  return field;
}

// The names of the events, in order: "order_canceled order_refunded".
inline std::string EventNames(const std::vector<v1::Event>& events) {
  return absl::StrJoin(events, " ", [](std::string* out, const v1::Event& event) {
    const google::protobuf::FieldDescriptor* field = SetField(event, "event");
    absl::StrAppend(out, field == nullptr ? "none" : field->name());
  });
}

// Expects that the options of the command declare every event and effect.
inline void ExpectDeclared(const v1::Command& command, const Decided& decided) {
  const CommandInfo* info = FindCommand(command);
  if (info == nullptr) return;
  for (const v1::Event& event : decided.events) {
    const google::protobuf::FieldDescriptor* field = SetField(event, "event");
    ASSERT_NE(field, nullptr) << info->name;
    EXPECT_THAT(info->options->events(), testing::Contains(field->message_type()->name()))
        << info->name;
  }
  for (const v1::Effect& effect : decided.effects) {
    const google::protobuf::FieldDescriptor* field = SetField(effect, "effect");
    ASSERT_NE(field, nullptr) << info->name;
    EXPECT_THAT(info->options->effects(), testing::Contains(field->message_type()->name()))
        << info->name;
  }
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOMAIN_COMMANDS_H_
