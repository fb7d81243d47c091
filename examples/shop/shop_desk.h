// A desk that a shop was taken over into.
//
//   absl::optional<retail_desk::ShopDesk> shop =
//       retail_desk::ShopDesk::Open(retail_desk::ReadShop(directory, &problems), policy, &problems);
//   retail_desk::ShopDesk untouched = shop->Fork();
#ifndef FRONTDESK_EXAMPLES_SHOP_SHOP_DESK_H_
#define FRONTDESK_EXAMPLES_SHOP_SHOP_DESK_H_

#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "absl/types/optional.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "json.h"
#include "shop_reader.h"

namespace retail_desk {

// An object of the shop's files.
struct ObjectId {
  // "orders" or "users".
  std::string collection;
  std::string id;

  bool operator<(const ObjectId& other) const {
    return std::tie(collection, id) < std::tie(other.collection, other.id);
  }
};

// A desk with the shop in it. Movable; thread-safe, as Desk is.
class ShopDesk {
 public:
  // Opens a desk in memory and carries out the shop's imports. If any of them is refused, all refusals are reported
  // with the place that the import was read from, and nothing is returned.
  static absl::optional<ShopDesk> Open(const Shop& shop,
                                       std::shared_ptr<const frontdesk::Policy> policy,
                                       Problems* problems);

  // A desk of its own that begins with everything this one holds.
  ShopDesk Fork() const;

  frontdesk::Desk& desk() { return *desk_; }

  // The object in the form of the shop's files. It has to exist.
  Json Form(const ObjectId& object) const;

  // The object that an event changed: of a gift card its owner.
  ObjectId ChangedBy(const frontdesk::v1::Event& event) const;

 private:
  explicit ShopDesk(std::unique_ptr<frontdesk::Desk> desk) : desk_(std::move(desk)) {}

  frontdesk::v1::EntityState State(frontdesk::v1::EntityKind kind, const std::string& id) const;

  std::unique_ptr<frontdesk::Desk> desk_;
};

// Ends the program with the status, which says that the desk is broken: nothing in the files or requests causes it.
[[noreturn]] void Die(absl::string_view what, const absl::Status& status);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_SHOP_DESK_H_
