#include "desk_store.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/event_log/event_log.h"
#ifdef RETAIL_SHOP_WITH_POSTGRES
#include "frontdesk/store/postgres_store.h"
#endif
#ifdef RETAIL_SHOP_WITH_SQLITE
#include "frontdesk/store/sqlite.h"
#endif

namespace retail_desk {

#ifdef RETAIL_SHOP_WITH_SQLITE
using ::frontdesk::store::SqliteStore;
#else
// Never made.
class SqliteStore : public frontdesk::store::Store {};
#endif

namespace {

// The name of the backup in its folder.
constexpr char kOriginal[] = "/original";

#ifdef RETAIL_SHOP_WITH_SQLITE

absl::StatusOr<std::shared_ptr<SqliteStore>> OpenFile(const std::string& file) {
  frontdesk::store::SqliteOptions options;
  options.durability = frontdesk::store::SqliteDurability::kOff;
  absl::StatusOr<std::shared_ptr<SqliteStore>> opened = SqliteStore::Open(file, options);
  if (!opened.ok()) return frontdesk::event_log::StoreError(opened.status());
  return opened;
}

absl::Status BackUpFile(const SqliteStore& from, const std::string& to) {
  return frontdesk::event_log::StoreError(from.Backup(to));
}

#else

absl::StatusOr<std::shared_ptr<SqliteStore>> OpenFile(const std::string&) {
  return absl::UnimplementedError("the program was built without SQLite");
}

absl::Status BackUpFile(const SqliteStore&, const std::string&) {
  return absl::UnimplementedError("the program was built without SQLite");
}

#endif

absl::StatusOr<std::shared_ptr<frontdesk::store::Store>> OpenDatabase(
    const std::string& parameters) {
#ifdef RETAIL_SHOP_WITH_POSTGRES
  auto opened = frontdesk::store::PostgresStore::Open(parameters);
  if (!opened.ok()) return frontdesk::event_log::StoreError(opened.status());
  return std::shared_ptr<frontdesk::store::Store>(*std::move(opened));
#else
  (void)parameters;
  return absl::UnimplementedError("the program was built without PostgreSQL");
#endif
}

}  // namespace

// A temporary folder.
struct DeskStore::Folder {
  explicit Folder(std::string made) : path(std::move(made)) {}
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  const std::string path;
  int copies = 0;
};

struct DeskStore::Parts {
  StoreChoice choice;
  std::shared_ptr<frontdesk::store::Store> rows;
  // The same as `rows`; null where it is no file.
  std::shared_ptr<SqliteStore> sqlite;
  // The rows for copies: of a store in memory or a database, or the folder with the backup of a file.
  std::shared_ptr<frontdesk::store::Store> original;
  std::shared_ptr<Folder> folder;
  bool is_copy = false;
};

bool StoreChoice::Exists() const {
  if (database.has_value()) {
    const auto rows = OpenDatabase(*database);
    if (!rows.ok()) return false;
    const auto snapshot = (*rows)->Read();
    return snapshot.ok() && (*snapshot)->position() > 0;
  }
  std::error_code error;
  return !file.empty() && std::filesystem::exists(file, error) &&
         !std::filesystem::is_empty(file, error);
}

absl::optional<StoreChoice> ReadStoreChoice(absl::string_view option, Problems* problems) {
  if (option == "memory") return StoreChoice{};
  if (absl::StartsWith(option, "postgres:")) {
    return StoreChoice{"", std::string(absl::StripPrefix(option, "postgres:"))};
  }
  const std::string file(absl::StripPrefix(option, "sqlite:"));
  if (absl::StartsWith(option, "sqlite:") && !file.empty()) return StoreChoice{file, absl::nullopt};
  problems->Add("--store", "",
                absl::StrCat("is memory, sqlite:FILE or postgres:PARAMETERS, not ", option));
  return absl::nullopt;
}

DeskStore::DeskStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DeskStore::~DeskStore() {
  if (parts_ != nullptr && parts_->is_copy) Remove();
}
DeskStore::DeskStore(DeskStore&&) noexcept = default;
DeskStore& DeskStore::operator=(DeskStore&&) noexcept = default;

absl::StatusOr<DeskStore> DeskStore::Open(const StoreChoice& choice) {
  DeskStore store(std::make_unique<Parts>());
  store.parts_->choice = choice;
  if (choice.name().empty()) {
    store.parts_->rows = frontdesk::store::MakeMemoryStore();
  } else if (const absl::Status status = store.Reopen(); !status.ok()) {
    return status;
  }
  return store;
}

const std::shared_ptr<frontdesk::store::Store>& DeskStore::rows() const { return parts_->rows; }

absl::Status DeskStore::Reopen() {
  if (parts_->choice.name().empty()) return absl::OkStatus();
  parts_->rows = nullptr;
  parts_->sqlite = nullptr;
  if (parts_->choice.database.has_value()) {
    auto opened = OpenDatabase(*parts_->choice.database);
    if (!opened.ok()) return opened.status();
    parts_->rows = *std::move(opened);
    return absl::OkStatus();
  }
  absl::StatusOr<std::shared_ptr<SqliteStore>> opened = OpenFile(parts_->choice.file);
  if (!opened.ok()) return opened.status();
  parts_->sqlite = *std::move(opened);
  parts_->rows = parts_->sqlite;
  return absl::OkStatus();
}

absl::Status DeskStore::KeepOriginal() {
  if (parts_->choice.file.empty()) {
    absl::StatusOr<std::shared_ptr<frontdesk::store::Store>> clone = parts_->rows->Clone();
    if (!clone.ok()) return clone.status();
    parts_->original = *std::move(clone);
    return absl::OkStatus();
  }
  std::string path = absl::StrCat(parts_->choice.file, "-copy-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return absl::UnavailableError("the folder of the file cannot be written");
  }
  parts_->folder = std::make_shared<Folder>(path);
  return BackUpFile(*parts_->sqlite, path + kOriginal);
}

absl::StatusOr<DeskStore> DeskStore::Copy() const {
  DeskStore copy(std::make_unique<Parts>());
  copy.parts_->is_copy = true;
  if (parts_->choice.file.empty()) {
    absl::StatusOr<std::shared_ptr<frontdesk::store::Store>> clone = parts_->original->Clone();
    if (!clone.ok()) return clone.status();
    copy.parts_->rows = *std::move(clone);
    return copy;
  }
  copy.parts_->folder = parts_->folder;
  copy.parts_->choice.file = absl::StrCat(parts_->folder->path, "/", ++parts_->folder->copies);
  std::error_code error;
  // A backup is complete without a log, and nobody has it open.
  std::filesystem::copy_file(parts_->folder->path + kOriginal, copy.parts_->choice.file, error);
  if (error) return absl::UnavailableError("the file cannot be copied");
  const absl::Status status = copy.Reopen();
  if (!status.ok()) return status;
  return copy;
}

void DeskStore::Remove() {
  parts_->rows = nullptr;
  parts_->sqlite = nullptr;
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    if (!parts_->choice.file.empty()) {
      std::filesystem::remove(parts_->choice.file + suffix, ignored);
    }
  }
}

}  // namespace retail_desk
