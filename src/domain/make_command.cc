#include "frontdesk/domain/make_command.h"

#include <string>

#include "frontdesk/domain/command_info.h"
#include "internal/time.h"

namespace frontdesk {

v1::Actor MakeActor(absl::string_view actor_id, v1::Actor::Kind kind,
                    std::initializer_list<absl::string_view> roles,
                    std::initializer_list<absl::string_view> authorities) {
  v1::Actor actor;
  actor.set_actor_id(std::string(actor_id));
  actor.set_kind(kind);
  for (const absl::string_view role : roles) actor.add_roles(std::string(role));
  for (const absl::string_view authority : authorities) {
    actor.add_authorities(std::string(authority));
  }
  return actor;
}

v1::Command MakeCommand(const v1::Actor& actor, absl::Time now,
                        const google::protobuf::Message& verb) {
  v1::Command command;
  *command.mutable_actor() = actor;
  *command.mutable_now() = internal::EncodeTime(now);
  const domain::CommandInfo* info = domain::FindCommandByMessage(verb.GetDescriptor());
  if (info == nullptr) return command;
  google::protobuf::Message* entity_command = command.GetReflection()->MutableMessage(
      &command, command.GetDescriptor()->FindFieldByName(std::string(info->arm)));
  entity_command->GetReflection()
      ->MutableMessage(entity_command,
                       entity_command->GetDescriptor()->FindFieldByNumber(info->number))
      ->CopyFrom(verb);
  return command;
}

v1::EntityRef Ref(v1::EntityKind kind, absl::string_view id) {
  v1::EntityRef entity;
  entity.set_kind(kind);
  entity.set_id(std::string(id));
  return entity;
}

}  // namespace frontdesk
