#include "store/sqlite/maintenance.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {
namespace {

constexpr int kPagesAtATime = 256;
constexpr std::size_t kCopyCacheBytes = std::size_t{1} << 20;
constexpr const char* kCloneMark = "-clone-";

absl::Status Failed(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat("the copy failed: ", what));
}

constexpr const char* kSuffixes[] = {"", "-journal", "-wal", "-shm"};

void RemoveFiles(const std::string& path) {
  for (const char* suffix : kSuffixes) ::unlink(absl::StrCat(path, suffix).c_str());
}

std::uint64_t Random() {
  std::uint64_t random = 0;
  sqlite3_randomness(sizeof(random), &random);
  return random;
}

// Copies all pages, and makes a file of its own of them that needs no log. `application_id` is its mark.
absl::Status CopyPages(Connection& source, const std::string& path, SqliteDurability durability,
                       std::int64_t application_id) {
  Connection::Settings settings;
  settings.flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  settings.durability = durability;
  settings.cache_bytes = kCopyCacheBytes;
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> target,
                             Connection::Open(path, settings));
  sqlite3_backup* const backup =
      sqlite3_backup_init(target->handle(), "main", source.handle(), "main");
  if (backup == nullptr) return StatusOf(sqlite3_extended_errcode(target->handle()));
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(backup, kPagesAtATime);
  const int finished = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return StatusOf(code);
  if (finished != SQLITE_OK) return StatusOf(finished);
  FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t id, target->ReadInteger("PRAGMA application_id"));
  if (id != application_id) {
    FRONTDESK_RETURN_IF_ERROR(
        target->Run(absl::StrCat("PRAGMA application_id=", application_id).c_str()));
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::string mode,
                             target->ReadText("PRAGMA journal_mode=DELETE"));
  return mode == "delete" ? absl::OkStatus() : Failed("it needs a log");
}

absl::Status SyncFolder(const std::filesystem::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY);
  if (handle < 0) return Failed("its folder cannot be synced");
  const bool is_synced = ::fsync(handle) == 0;
  ::close(handle);
  return is_synced ? absl::OkStatus() : Failed("its folder cannot be synced");
}

// A transaction that did not end leaves its journal, and the file is complete with it alone. SQLite does not report each
// failure of the last step, the change to a file without a log.
absl::Status CheckAlone(const std::string& path) {
  for (const char* suffix : {"-journal", "-wal"}) {
    std::error_code error;
    if (std::filesystem::exists(path + suffix, error) || error) return Failed("it needs a log");
  }
  return absl::OkStatus();
}

// Gives the complete copy its name. A file that has come to be there meanwhile stays.
absl::Status Publish(const std::string& partial, const std::string& path) {
  if (::link(partial.c_str(), path.c_str()) == 0) {
    ::unlink(partial.c_str());
  } else if (errno == EEXIST) {
    return absl::AlreadyExistsError("there is a file of that name");
  } else if (::rename(partial.c_str(), path.c_str()) != 0) {  // A file system without links.
    return Failed("it cannot be renamed");
  }
  return SyncFolder(std::filesystem::path(path).parent_path());
}

}  // namespace

absl::Status BackUp(Connection& source, const std::string& path) {
  // A log of a file that is gone would be applied to the copy.
  for (const char* suffix : {"", "-journal", "-wal"}) {
    std::error_code error;
    if (std::filesystem::exists(absl::StrCat(path, suffix), error)) {
      return absl::AlreadyExistsError(
          absl::StrCat("there is a file of that name", *suffix == '\0' ? "" : " with ", suffix));
    }
  }
  const std::string partial = absl::StrCat(path, "-partial-", absl::Hex(Random()));
  absl::Status status = CopyPages(source, partial, SqliteDurability::kFull, kApplicationId);
  if (status.ok()) status = CheckAlone(partial);
  if (status.ok()) status = Publish(partial, path);
  if (!status.ok()) RemoveFiles(partial);
  return status;
}

TemporaryFile::TemporaryFile(std::string path) : path_(std::move(path)), process_(::getpid()) {}

TemporaryFile::~TemporaryFile() {
  if (process_ == ::getpid()) RemoveFiles(path_);
}

absl::StatusOr<std::shared_ptr<const TemporaryFile>> CloneFile(Connection& source,
                                                               const std::string& path,
                                                               const std::string& folder) {
  const std::filesystem::path original(path);
  const std::filesystem::path parent =
      folder.empty() ? original.parent_path() : std::filesystem::path(folder);
  std::string name = original.filename().string();
  // Of a clone of a clone.
  name.resize(std::min(name.find(kCloneMark), name.size()));
  const std::string clone = absl::StrCat((parent / name).string(), kCloneMark, absl::Hex(Random()));
  // The logs have the rights of their file.
  const int handle = ::open(clone.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (handle < 0) return Failed("its folder cannot be written");
  ::close(handle);
  auto file = std::make_shared<const TemporaryFile>(clone);
  FRONTDESK_RETURN_IF_ERROR(CopyPages(source, clone, SqliteDurability::kOff, kCloneApplicationId));
  FRONTDESK_RETURN_IF_ERROR(CheckAlone(clone));
  return file;
}

absl::Status CheckFile(Connection& connection) {
  {
    FRONTDESK_ASSIGN_OR_RETURN(Statement statement,
                               Statement::Prepare(connection, "PRAGMA integrity_check(1)"));
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
    if (!has_row || statement.Bytes(0) != "ok") return Damaged("its structure");
  }
  return Rows::CheckAll(connection);
}

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk
