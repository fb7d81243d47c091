// Where a desk is kept: in memory, in a SQLite file, or in a PostgreSQL database, which `--store` names.
//
//   absl::optional<retail_desk::StoreChoice> choice = retail_desk::ReadStoreChoice("sqlite:shop.db", &problems);
//   absl::StatusOr<retail_desk::DeskStore> store = retail_desk::DeskStore::Open(*choice);
//   options.store = store->rows();
#ifndef FRONTDESK_EXAMPLES_SHOP_DESK_STORE_H_
#define FRONTDESK_EXAMPLES_SHOP_DESK_STORE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/store/store.h"
#include "json.h"

namespace retail_desk {

// A place for a desk. A plain struct.
struct StoreChoice {
  // The SQLite file. Empty: none.
  std::string file;
  // The connection parameters of the database, where it is one. They are shown nowhere.
  absl::optional<std::string> database;

  // The file, or "PostgreSQL"; empty in memory.
  std::string name() const { return database.has_value() ? "PostgreSQL" : file; }
  // Whether the file is there and not empty, or the database holds a desk.
  bool Exists() const;
};

// The choice of `--store`: "memory", "sqlite:" and the name of a file, or "postgres:" and connection parameters. Anything else is
// reported.
absl::optional<StoreChoice> ReadStoreChoice(absl::string_view option, Problems* problems);

// An open store. Movable; thread-compatible.
class DeskStore {
 public:
  // Opens the file or the tables, or makes them. A power cut may damage a file: the shop can be imported again. Errors are those of
  // SqliteStore::Open and PostgresStore::Open, with the reason of StoreError. UNIMPLEMENTED when the program was built without that
  // store.
  static absl::StatusOr<DeskStore> Open(const StoreChoice& choice);

  ~DeskStore();
  DeskStore(DeskStore&&) noexcept;
  DeskStore& operator=(DeskStore&&) noexcept;

  // The rows, for DeskOptions::store.
  const std::shared_ptr<frontdesk::store::Store>& rows() const;

  // Closes the file or the connections, and opens them again. Nobody else may have rows() then. The rows in memory stay.
  absl::Status Reopen();

  // Keeps the rows as they are now, for Copy(). Of a file this is a backup in a temporary folder beside it, which is
  // removed with this store and its copies.
  absl::Status KeepOriginal();

  // A store of its own that begins with the rows that KeepOriginal() kept.
  absl::StatusOr<DeskStore> Copy() const;

  // Closes the file and removes it. A database keeps its rows.
  void Remove();

 private:
  struct Folder;
  struct Parts;
  explicit DeskStore(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_DESK_STORE_H_
