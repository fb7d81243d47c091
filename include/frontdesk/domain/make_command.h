// A command in one line: its actor, its time, its verb.
//
//   frontdesk::v1::CancelOrder cancel;
//   cancel.set_order_id("1001");
//   const frontdesk::v1::Command command =
//       frontdesk::MakeCommand(frontdesk::MakeActor("anna"), absl::FromUnixSeconds(1'700'000'000), cancel);
#ifndef FRONTDESK_DOMAIN_MAKE_COMMAND_H_
#define FRONTDESK_DOMAIN_MAKE_COMMAND_H_

#include <initializer_list>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {

// An actor with the roles and authorities that the host established.
v1::Actor MakeActor(absl::string_view actor_id, v1::Actor::Kind kind = v1::Actor::KIND_AGENT,
                    std::initializer_list<absl::string_view> roles = {},
                    std::initializer_list<absl::string_view> authorities = {});

// The envelope around `verb`, the message of a command: CancelOrder, OpenCase and so on. `now` is kept to the nanosecond;
// an instant outside of the years 1 to 9999 becomes the nearest that is inside. For a message that is no command the result asks
// for nothing, and Execute() returns COMMAND_MALFORMED. Key, expected version, interaction and note are fields of the result.
v1::Command MakeCommand(const v1::Actor& actor, absl::Time now,
                        const google::protobuf::Message& verb);

// The address of an entity.
v1::EntityRef Ref(v1::EntityKind kind, absl::string_view id);

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_MAKE_COMMAND_H_
