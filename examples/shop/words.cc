#include "words.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/domain/make_command.h"

namespace retail_desk {

using ::frontdesk::v1::Actor;
using ::frontdesk::v1::Command;

Command ImportCommand(const google::protobuf::Message& verb) {
  return frontdesk::MakeCommand(frontdesk::MakeActor("shop-import", Actor::KIND_SYSTEM),
                                absl::FromUnixSeconds(kNow), verb);
}

Command AgentCommand(const google::protobuf::Message& verb) {
  return frontdesk::MakeCommand(frontdesk::MakeActor("desk"), absl::FromUnixSeconds(kNow), verb);
}

std::string AccountId(absl::string_view customer_id, absl::string_view payment_method_id) {
  return absl::StrCat(customer_id, "/", payment_method_id);
}

}  // namespace retail_desk
