#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/store/sqlite.h"
#include "internal/status_macros.h"
#include "store/check_batches.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/log_watch.h"
#include "store/sqlite/maintenance.h"
#include "store/sqlite/open_store.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/snapshots.h"
#include "store/sqlite/writer.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {
namespace {

constexpr std::size_t kMinCacheBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxCacheBytes = std::size_t{1} << 30;

class FileStore : public SqliteStore {
 public:
  // Where the file is, and how it is used. A plain struct.
  struct Place {
    std::string path;  // Absolute.
    SqliteOptions options;
    std::int64_t version = 0;  // Of the layout.
  };

  // `writer` is null for a store that is read-only. `held` is kept until the last connection is closed.
  FileStore(Place place, std::shared_ptr<Snapshots> snapshots, std::unique_ptr<Writer> writer,
            std::shared_ptr<const void> held = nullptr)
      : held_(std::move(held)),
        place_(std::move(place)),
        snapshots_(std::move(snapshots)),
        writer_(std::move(writer)) {}

  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const override {
    return snapshots_->Read();
  }

  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) override {
    FRONTDESK_RETURN_IF_ERROR(CheckBatches(batches));
    if (writer_ == nullptr) return absl::FailedPreconditionError("the store is read-only");
    return writer_->Commit(std::move(batches));
  }

  absl::StatusOr<std::shared_ptr<Store>> Clone() const override;

  absl::StatusOr<std::unique_ptr<Watch>> StartWatch() const override {
    FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, snapshots_->Begin());
    FRONTDESK_RETURN_IF_ERROR(reader->rows.End());
    return WatchLog(std::move(reader->connection));
  }

  absl::Status Backup(absl::string_view path) const override;

  absl::Status CheckIntegrity() const override {
    FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, snapshots_->Begin());
    absl::Status checked = CheckFile(*reader->connection);
    snapshots_->Return(std::move(reader));
    return checked;
  }

 private:
  const std::shared_ptr<const void> held_;
  const Place place_;
  const std::shared_ptr<Snapshots> snapshots_;
  const std::unique_ptr<Writer> writer_;
};

// The path from the root on: SQLite would read "file:" and ":memory:" at its beginning as something else.
absl::StatusOr<std::string> AbsolutePath(absl::string_view path) {
  if (path.empty()) return absl::InvalidArgumentError("the path is empty");
  if (path.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError("the path has a NUL");
  }
  std::error_code error;
  const std::filesystem::path absolute =
      std::filesystem::weakly_canonical(std::filesystem::path(std::string(path)), error);
  if (error || absolute.is_relative()) {
    std::filesystem::path plain = std::filesystem::absolute(std::string(path), error);
    if (error) return absl::UnavailableError("the current folder cannot be read");
    return plain.string();
  }
  return absolute.string();
}

// The bytes of a file; 0 when there is none.
std::uintmax_t SizeOf(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

absl::Status CheckExistence(const std::string& path, const SqliteOptions& options) {
  const std::uintmax_t size = SizeOf(path);
  if (size > 1) return absl::OkStatus();
  // SQLite would see a new file.
  if (size == 1) return Damaged("it is cut off");
  // SQLite would drop the log, and with it all that it holds.
  if (SizeOf(absl::StrCat(path, "-wal")) > 0) return Damaged("it is empty, and its log is not");
  if (!options.must_exist && !options.read_only) return absl::OkStatus();
  std::error_code error;
  const auto kind = std::filesystem::status(path, error).type();
  if (kind == std::filesystem::file_type::none) {
    return absl::UnavailableError("the folder of the file cannot be read");
  }
  if (kind == std::filesystem::file_type::directory) return absl::OkStatus();
  return absl::NotFoundError("there is no such file, or it is empty");
}

Connection::Settings SettingsOf(const SqliteOptions& options) {
  Connection::Settings settings;
  settings.flags = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  settings.durability = options.durability;
  settings.busy_timeout = std::chrono::milliseconds(absl::ToInt64Milliseconds(
      std::clamp(options.busy_timeout, absl::ZeroDuration(), absl::Hours(24))));
  settings.cache_bytes = std::clamp(options.cache_bytes, kMinCacheBytes, kMaxCacheBytes);
  return settings;
}

absl::StatusOr<std::shared_ptr<Store>> FileStore::Clone() const {
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, snapshots_->Begin());
  absl::StatusOr<std::shared_ptr<const TemporaryFile>> copied =
      CloneFile(*reader->connection, place_.path, place_.options.clone_folder);
  snapshots_->Return(std::move(reader));
  FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const TemporaryFile> file, std::move(copied));
  Place place = place_;
  place.path = file->path();
  place.options.read_only = false;
  place.options.durability = SqliteDurability::kOff;
  const Connection::Settings settings = SettingsOf(place.options);
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                             Connection::Open(place.path, settings));
  FRONTDESK_RETURN_IF_ERROR(UseLog(*connection));
  auto snapshots =
      std::make_shared<Snapshots>(place.path, settings, place.options.desk, place.version, file);
  FRONTDESK_ASSIGN_OR_RETURN(
      std::unique_ptr<Writer> writer,
      Writer::Make(std::move(connection), place.options.desk, place.version));
  return std::make_shared<FileStore>(std::move(place), std::move(snapshots), std::move(writer),
                                     file);
}

absl::Status FileStore::Backup(absl::string_view path) const {
  FRONTDESK_ASSIGN_OR_RETURN(const std::string absolute, AbsolutePath(path));
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, snapshots_->Begin());
  absl::Status copied = BackUp(*reader->connection, absolute);
  snapshots_->Return(std::move(reader));
  return copied;
}

}  // namespace

absl::StatusOr<std::shared_ptr<SqliteStore>> OpenStore(absl::string_view path,
                                                       const SqliteOptions& options,
                                                       const Schema& schema) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::string absolute, AbsolutePath(path));
  if (options.desk.size() > kMaxSqliteDeskBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the name of a desk has at most ", kMaxSqliteDeskBytes, " bytes"));
  }
  FRONTDESK_RETURN_IF_ERROR(CheckExistence(absolute, options));
  const Connection::Settings settings = SettingsOf(options);
  Connection::Settings first = settings;
  if (!options.read_only && !options.must_exist) first.flags |= SQLITE_OPEN_CREATE;
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                             Connection::Open(absolute, first));
  FRONTDESK_RETURN_IF_ERROR(
      PrepareFile(*connection, schema, options.read_only, options.must_exist));
  auto snapshots = std::make_shared<Snapshots>(absolute, settings, options.desk, schema.version());
  std::unique_ptr<Writer> writer;
  if (!options.read_only) {
    FRONTDESK_ASSIGN_OR_RETURN(writer,
                               Writer::Make(std::move(connection), options.desk, schema.version()));
  }
  FileStore::Place place = {absolute, options, schema.version()};
  if (!options.clone_folder.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(place.options.clone_folder, AbsolutePath(options.clone_folder));
  }
  return std::make_shared<FileStore>(std::move(place), std::move(snapshots), std::move(writer));
}

}  // namespace sqlite_internal

absl::StatusOr<std::shared_ptr<SqliteStore>> SqliteStore::Open(absl::string_view path,
                                                               const SqliteOptions& options) {
  return sqlite_internal::OpenStore(path, options, sqlite_internal::CurrentSchema());
}

}  // namespace store
}  // namespace frontdesk
