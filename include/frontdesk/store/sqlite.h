// A store in one SQLite file. The target is `frontdesk::sqlite`.
//
//   auto opened = frontdesk::store::SqliteStore::Open("shop.db");
//   if (!opened.ok()) return;  // Another process holds the lock, the file is damaged, …
//   std::shared_ptr<frontdesk::store::SqliteStore> store = *std::move(opened);
//   frontdesk::store::Batch batch;
//   batch.writes.push_back({{1, "c7"}, frontdesk::store::MakeValue("bytes")});
//   auto results = store->Commit({std::move(batch)});  // Survives a power cut once it has returned.
//   absl::Status copied = store->Backup("shop-copy.db");
//
// Any number of threads and processes of one machine use a file at the same time. docs/storage.md describes
// durability, processes, backups and limits.
#ifndef FRONTDESK_STORE_SQLITE_H_
#define FRONTDESK_STORE_SQLITE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

// How much a commit survives. Every level survives a kill of the process, at any instruction.
enum class SqliteDurability {
  // A power cut too: each transaction is synced to the disk before Commit() returns.
  kFull,
  // A power cut may lose the last transactions, and always the newest ones. The file stays valid.
  kNormal,
  // A power cut may damage the file. For data that can be made again, such as an import or a test.
  kOff,
};

// Most bytes of `SqliteOptions::desk`.
inline constexpr std::size_t kMaxSqliteDeskBytes = 255;

// A plain struct.
struct SqliteOptions {
  // The name of the desk whose rows the store has. Several desks in one file share nothing but the lock for
  // writing: each has its own rows and positions. At most kMaxSqliteDeskBytes bytes.
  std::string desk;

  SqliteDurability durability = SqliteDurability::kFull;

  // How long a call waits for a lock that another process holds. Then it fails with UNAVAILABLE. Zero: not at
  // all. At most one day counts.
  absl::Duration busy_timeout = absl::Seconds(10);

  // Nothing is written: Commit() fails with FAILED_PRECONDITION. The file must exist. SQLite keeps a small index
  // of its log beside the file all the same; docs/storage.md has what that means for a folder that is read-only.
  bool read_only = false;

  // A file that does not exist, or is empty, is NOT_FOUND. Else it becomes a new one.
  bool must_exist = false;

  // The memory for pages of the file, in bytes, for each connection: one writes, and each open snapshot has
  // one. From 64 KiB to 1 GiB; other values count as the nearest of these.
  std::size_t cache_bytes = std::size_t{8} << 20;

  // The folder for the files of clones. Empty: that of the file itself. It needs as much room as the file: a folder in
  // memory is no good place.
  std::string clone_folder;
};

// The rows of one desk in a file. Thread-safe.
//
// Commits of several threads that wait at the same time share one transaction, and one sync. Each batch is
// whole or not there all the same. A snapshot is a read transaction: it blocks no commit, but the log of the file
// (`…-wal`) grows until the snapshot is released.
//
// Beside the codes of Store, each call may fail with FAILED_PRECONDITION: another process has migrated the file
// to a version that is newer than this code. No error text has a path, a name, a key or a value.
class SqliteStore : public Store {
 public:
  // Opens the file, or makes it, and migrates one of an older version. `path` is the name of a file, never a URI.
  //
  // OK: the file is one of frontdesk, of a version that this code reads and writes. Errors, in this order:
  //   INVALID_ARGUMENT     `path` is empty or has a NUL; the name of the desk is too long; the file is none of
  //                        frontdesk (a file of another program, or another kind of database), or is a clone that was left behind;
  //   NOT_FOUND            `must_exist` or `read_only`, and there is no file, or an empty one;
  //   FAILED_PRECONDITION  the file has a newer version; or an older one, with `read_only`;
  //   DATA_LOSS            the file is damaged: cut off, changed, or without its log;
  //   UNAVAILABLE          a lock is held for longer than `busy_timeout`; the folder cannot be written; the disk
  //                        is full; the file system fails.
  // On an error the file has the contents that it had. The cost does not grow with the size of the file, save
  // for a migration, or a log that a killed process has left.
  static absl::StatusOr<std::shared_ptr<SqliteStore>> Open(absl::string_view path,
                                                           const SqliteOptions& options = {});

  // A snapshot of the store needs two file handles. Snapshots may be released after the store. When a read of a
  // snapshot has failed with UNAVAILABLE, its later reads may do so too.
  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const override = 0;

  // UNAVAILABLE: no batch is there. One exception: the sync itself failed, and every process that uses the file
  // is killed before another commit. Then the batches may be there, each whole, when the file is opened again.
  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) override = 0;

  // A store on a copy of the whole file as it is now, for experiments. The copy is a file in `clone_folder` that only its owner
  // can read. Its name is that of this file, then `-clone-` and random digits. It is removed with the last snapshot of the
  // clone, or with the clone itself. Its commits are never synced. A process that is killed leaves the file behind: no store
  // opens it, and it can be deleted. A clone can be written, even that of a read-only store. Reads and commits go on meanwhile. The
  // time grows with the size of the file, and the memory does not. UNAVAILABLE: the folder cannot be written, or is full; then no file
  // remains.
  absl::StatusOr<std::shared_ptr<Store>> Clone() const override = 0;

  // On Linux. A commit to another desk in the file is noticed too. UNIMPLEMENTED also for a store that is read-only on a file that nobody
  // has opened for writing: a copy by Backup(), for example. A watch needs four file handles.
  absl::StatusOr<std::unique_ptr<Watch>> StartWatch() const override = 0;

  // Copies the whole file as it is now, with all desks, to a new file. Reads and commits go on meanwhile. The
  // copy is one file, complete and synced when the call returns; until then it has a name of its own
  // beside `path`. INVALID_ARGUMENT as for Open(); ALREADY_EXISTS, and that file is unchanged.
  virtual absl::Status Backup(absl::string_view path) const = 0;

  // Reads the whole file as it is now, with all desks: the structure, and the checksum of each row. DATA_LOSS:
  // something is damaged. Reads and commits go on meanwhile.
  virtual absl::Status CheckIntegrity() const = 0;
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_H_
