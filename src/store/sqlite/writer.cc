#include "store/sqlite/writer.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"
#include "store/check_batches.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {
namespace {

// A transaction of several requests ends before it has more bytes than this.
constexpr std::size_t kMaxGroupBytes = std::size_t{16} << 20;
// The log goes into the file when it has this number of pages …
constexpr int kCheckpointPages = 1'000;
// … and from this number on, snapshots are waited for a little: those that overlap one another all the time would keep
// the log from ever beginning anew. The next time is as many pages later.
constexpr int kLongLogPages = 8'000;
constexpr std::chrono::milliseconds kLongLogWait{250};

int OnLogGrown(void* pages, sqlite3* /*handle*/, const char* /*database*/, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, Rows rows, std::string desk,
               std::int64_t version)
    : connection_(std::move(connection)),
      rows_(std::move(rows)),
      desk_(std::move(desk)),
      version_(version),
      bell_(*connection_),
      next_full_(kLongLogPages),
      queue_(kMaxGroupBytes) {
  // This replaces SQLite's own checkpoints.
  sqlite3_wal_hook(connection_->handle(), &OnLogGrown, &log_pages_);
}

absl::StatusOr<std::unique_ptr<Writer>> Writer::Make(std::unique_ptr<Connection> connection,
                                                     std::string desk, std::int64_t version) {
  FRONTDESK_ASSIGN_OR_RETURN(Rows rows, Rows::Prepare(*connection));
  std::unique_ptr<Writer> writer(
      new Writer(std::move(connection), std::move(rows), std::move(desk), version));
  FRONTDESK_ASSIGN_OR_RETURN(const Desk found, writer->rows_.FindDesk(writer->desk_));
  if (found.number != 0) return writer;
  // A group of no requests makes the desk.
  FRONTDESK_RETURN_IF_ERROR(writer->TryGroup({}));
  return writer;
}

absl::StatusOr<std::vector<CommitResult>> Writer::Commit(std::vector<Batch> batches) {
  return queue_.Commit(std::move(batches),
                       [this](const std::vector<Request*>& group) { CommitGroup(group); });
}

void Writer::CommitGroup(const std::vector<Request*>& group) {
  absl::Status status = TryGroup(group);
  if (!status.ok() && group.size() > 1) {
    // One of them may be the cause: a row that is damaged, or too much for the disk.
    for (Request* request : group) request->status = TryGroup({request});
  } else {
    for (Request* request : group) request->status = status;
  }
  if (log_pages_ < kCheckpointPages) {
    next_full_ = kLongLogPages;
  } else {
    Checkpoint();
  }
}

absl::Status Writer::TryGroup(const std::vector<Request*>& group) {
  for (Request* request : group) request->results.clear();
  absl::Status status = connection_->RollBack();  // Of one whose own end failed.
  if (status.ok()) status = rows_.BeginWriting();
  if (status.ok()) status = WriteGroup(group);
  if (status.ok() && has_written_) {
    status = rows_.End();
    if (status.ok()) bell_.Ring();
  }
  // After a failure, all is undone. A transaction that has changed nothing needs no sync.
  const absl::Status rolled_back = connection_->RollBack();
  return status.ok() ? rolled_back : status;
}

absl::Status Writer::WriteGroup(const std::vector<Request*>& group) {
  has_written_ = false;
  FRONTDESK_RETURN_IF_ERROR(rows_.CheckVersion(version_));
  FRONTDESK_ASSIGN_OR_RETURN(Desk desk, rows_.FindDesk(desk_));
  const std::int64_t position = desk.position;
  const std::string link = desk.link;
  const bool is_new = desk.number == 0;
  if (is_new) {
    FRONTDESK_ASSIGN_OR_RETURN(desk.number, rows_.NextDesk());
  }
  for (Request* request : group) {
    for (const Batch& batch : request->batches) {
      FRONTDESK_ASSIGN_OR_RETURN(const CommitResult result, WriteBatch(batch, &desk));
      request->results.push_back(result);
    }
  }
  if (!is_new && desk.position == position && desk.link == link) return absl::OkStatus();
  has_written_ = true;
  return rows_.PutDesk(desk_, desk);
}

absl::StatusOr<CommitResult> Writer::WriteBatch(const Batch& batch, Desk* desk) {
  CommitResult result;
  for (const Expectation& expected : batch.expectations) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool holds,
                               rows_.Holds(desk->number, expected.key, expected.value));
    if (!holds) return result;
    ++result.failed;
  }
  for (const RangeExpectation& expected : batch.range_expectations) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool holds, Holds(expected, desk->number));
    if (!holds) return result;
    ++result.failed;
  }
  result.failed = 0;
  result.is_committed = true;
  if (HasPosition(batch)) result.position = ++desk->position;
  if (!batch.digest.empty()) desk->link = NextLink(desk->link, batch.digest);
  const std::string position = EncodePosition(desk->position);
  for (const Write& write : batch.writes) {
    has_written_ = true;
    std::string joined;
    absl::string_view key = write.key.bytes;
    if (IsBehindKey(write.position)) key = joined = absl::StrCat(key, position);
    if (write.value == nullptr) {
      FRONTDESK_RETURN_IF_ERROR(rows_.Remove(desk->number, write.key.table, key));
    } else if (BytesBehindValue(write.position) > 0) {
      const absl::string_view behind = BehindValue(write.position, position, desk->link);
      FRONTDESK_RETURN_IF_ERROR(
          rows_.Put(desk->number, write.key.table, key, absl::StrCat(*write.value, behind)));
    } else {
      FRONTDESK_RETURN_IF_ERROR(rows_.Put(desk->number, write.key.table, key, *write.value));
    }
  }
  return result;
}

absl::StatusOr<bool> Writer::Holds(const RangeExpectation& expected, std::int64_t desk) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                             rows_.Keys(desk, expected.range, expected.keys.size() + 1));
  return keys == expected.keys;
}

void Writer::Checkpoint() {
  sqlite3* const handle = connection_->handle();
  // A failure here fails no commit: the log has everything, and the next commit tries again.
  if (log_pages_ < next_full_) {
    (void)sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  } else {
    BusyWait& wait = connection_->busy_wait();
    const std::chrono::milliseconds limit = wait.limit();
    wait.set_limit(std::min(limit, kLongLogWait));
    (void)sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
    wait.set_limit(limit);
    next_full_ = log_pages_ + kLongLogPages;
  }
}

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk
