// A desk that a shop was taken over into.
//
//   absl::optional<retail_desk::ShopDesk> shop =
//       retail_desk::ShopDesk::Open(retail_desk::ReadShop(directory, &problems), policy, &problems);
//   retail_desk::ShopDesk fork = shop->Fork();
//   frontdesk::v1::Outcome outcome = *fork.Execute(command, facts);
#ifndef FRONTDESK_EXAMPLES_SHOP_SHOP_DESK_H_
#define FRONTDESK_EXAMPLES_SHOP_SHOP_DESK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "desk_store.h"
#include "frontdesk/agents/toolset.h"
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

// How a desk with a shop is kept. A plain struct.
struct ShopDeskOptions {
  // Where.
  StoreChoice store;
  // The desk is closed, with its file, and opened again after every that many commands. 0: never.
  std::int64_t reopen_after = 0;
  // DeskOptions::max_cached_state_bytes.
  absl::optional<std::size_t> max_cached_state_bytes;
  // Whether requests are calls of tools, as an AI agent makes them for the customer concerned.
  bool calls_tools = false;
};

// A desk with the shop in it. Movable; thread-compatible.
class ShopDesk {
 public:
  // Opens a desk and carries out the shop's imports. If any of them is refused, all refusals are reported with the place
  // that the import was read from, and nothing is returned; a file that was made is removed.
  //
  // A file that exists must hold this shop and nothing else, imported by the same policy: then it is used as it is. Else
  // that is reported, and the file is as it was.
  static absl::optional<ShopDesk> Open(const Shop& shop,
                                       std::shared_ptr<const frontdesk::Policy> policy,
                                       Problems* problems, const ShopDeskOptions& options = {});

  // A desk of its own that begins with the shop as it was imported. One in a file has a copy of the file, which is removed
  // with the desk.
  ShopDesk Fork() const;

  // Desk::Execute, or a call of the tool, then the reopening that the options ask for.
  absl::StatusOr<frontdesk::v1::Outcome> Execute(const frontdesk::v1::Command& command,
                                                 const frontdesk::v1::Facts& facts = {});

  // The log of the desk behind a position, each change as OpenedChange.
  std::vector<frontdesk::v1::LogChange> Log(std::int64_t after = 0) const;

  // The position at which the shop was imported; behind it are the changes of Execute, in a fork too.
  std::int64_t imported_at() const { return imported_at_; }

  // How often this desk and its forks were opened again.
  std::int64_t reopened() const { return *reopened_; }

  // Whether the file was there already.
  bool was_there() const { return was_there_; }

  frontdesk::Desk& desk() { return *desk_; }

  // The object in the form of the shop's files. It has to exist.
  Json Form(const ObjectId& object) const;

  // The object that an event changed: of a gift card its owner.
  ObjectId ChangedBy(const frontdesk::v1::Event& event) const;

 private:
  ShopDesk(DeskStore store, std::shared_ptr<const frontdesk::Policy> policy,
           std::shared_ptr<frontdesk::IdSource> ids, const ShopDeskOptions& options);

  // Opens the desk on the store.
  absl::Status OpenDesk();

  // Calls the tool of the command. An answer without an outcome is an error.
  absl::StatusOr<frontdesk::v1::Outcome> CallTool(const frontdesk::v1::Command& command,
                                                  const frontdesk::v1::Facts& facts);

  void ImportAll(const Shop& shop, Problems* problems);

  frontdesk::v1::EntityState State(frontdesk::v1::EntityKind kind, const std::string& id) const;

  DeskStore store_;
  std::shared_ptr<const frontdesk::Policy> policy_;
  std::shared_ptr<frontdesk::IdSource> ids_;
  ShopDeskOptions options_;
  std::unique_ptr<frontdesk::Desk> desk_;
  // Null: commands are carried out as they are. Shared with the forks.
  std::shared_ptr<const frontdesk::agents::Toolset> toolset_;
  std::int64_t commands_ = 0;
  std::int64_t calls_ = 0;
  // Shared with the forks.
  std::shared_ptr<std::int64_t> reopened_ = std::make_shared<std::int64_t>(0);
  std::int64_t imported_at_ = 0;
  bool was_there_ = false;
};

// Ends the program with the status, which says that the desk is broken: nothing in the files or requests causes it.
[[noreturn]] void Die(absl::string_view what, const absl::Status& status);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_SHOP_DESK_H_
