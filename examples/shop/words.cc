#include "words.h"

#include "absl/strings/str_cat.h"

namespace retail_desk {

using ::frontdesk::v1::Actor;
using ::frontdesk::v1::Command;

Command MakeCommand(Actor::Kind kind) {
  Command command;
  command.mutable_actor()->set_actor_id(kind == Actor::KIND_SYSTEM ? "shop-import" : "desk");
  command.mutable_actor()->set_kind(kind);
  command.mutable_now()->set_seconds(kNow);
  return command;
}

std::string AccountId(absl::string_view customer_id, absl::string_view payment_method_id) {
  return absl::StrCat(customer_id, "/", payment_method_id);
}

}  // namespace retail_desk
