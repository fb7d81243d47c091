#include "words.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace retail_desk {

using ::frontdesk::v1::Actor;
using ::frontdesk::v1::Command;
using ::frontdesk::v1::PostalAddress;

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

PostalAddress MakeAddress(std::string address1, std::string address2, std::string city,
                          std::string state, std::string country, std::string zip) {
  PostalAddress address;
  address.add_lines(std::move(address1));
  address.add_lines(std::move(address2));
  address.set_locality(std::move(city));
  address.set_administrative_area(std::move(state));
  address.set_country_as_written(std::move(country));
  address.set_postal_code(std::move(zip));
  return address;
}

}  // namespace retail_desk
