#include "store/sqlite/snapshots.h"

#include <cstddef>
#include <utility>

#include "internal/status_macros.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {
namespace {

// Connections that wait for the next snapshot; more are closed.
constexpr std::size_t kMaxIdleReaders = 16;

class SqliteSnapshot : public Snapshot {
 public:
  SqliteSnapshot(std::shared_ptr<Snapshots> snapshots, std::unique_ptr<Reader> reader, Desk desk)
      : snapshots_(std::move(snapshots)), reader_(std::move(reader)), desk_(std::move(desk)) {}
  ~SqliteSnapshot() override { snapshots_->Return(std::move(reader_)); }

  std::int64_t position() const override { return desk_.position; }
  std::string link() const override { return desk_.link; }

  absl::StatusOr<Value> Get(const Key& key) const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    FRONTDESK_RETURN_IF_ERROR(CheckTransaction());
    return reader_->rows.Get(desk_.number, key);
  }

  absl::StatusOr<std::vector<Row>> Scan(const Range& range, std::size_t most,
                                        bool descending) const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    FRONTDESK_RETURN_IF_ERROR(CheckTransaction());
    return reader_->rows.Scan(desk_.number, range, most, descending);
  }

 private:
  // A read that fails can end the transaction. The next one would see the file as it is by now.
  absl::Status CheckTransaction() const {
    if (sqlite3_get_autocommit(reader_->connection->handle()) == 0) return absl::OkStatus();
    return absl::UnavailableError("the snapshot has ended: an earlier read of it failed");
  }

  const std::shared_ptr<Snapshots> snapshots_;
  mutable std::mutex mutex_;
  std::unique_ptr<Reader> reader_;  // Guarded by mutex_.
  const Desk desk_;
};

}  // namespace

Snapshots::Snapshots(std::string path, const Connection::Settings& settings, std::string desk,
                     std::int64_t version, std::shared_ptr<const void> held)
    : held_(std::move(held)),
      path_(std::move(path)),
      settings_(settings),
      desk_(std::move(desk)),
      version_(version) {}

absl::StatusOr<std::unique_ptr<Reader>> Snapshots::Open() const {
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                             Connection::Open(path_, settings_));
  FRONTDESK_RETURN_IF_ERROR(connection->Run("PRAGMA query_only=ON"));
  FRONTDESK_ASSIGN_OR_RETURN(Rows rows, Rows::Prepare(*connection));
  return std::unique_ptr<Reader>(new Reader{std::move(connection), std::move(rows)});
}

absl::StatusOr<std::unique_ptr<Reader>> Snapshots::Begin() {
  std::unique_ptr<Reader> reader;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      reader = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (reader == nullptr) {
    FRONTDESK_ASSIGN_OR_RETURN(reader, Open());
  }
  FRONTDESK_RETURN_IF_ERROR(reader->rows.Begin());
  FRONTDESK_RETURN_IF_ERROR(reader->rows.CheckVersion(version_));
  return reader;
}

void Snapshots::Return(std::unique_ptr<Reader> reader) {
  if (!reader->rows.End().ok()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (idle_.size() < kMaxIdleReaders) idle_.push_back(std::move(reader));
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshots::Read() {
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, Begin());
  absl::StatusOr<Desk> desk = reader->rows.FindDesk(desk_);
  if (!desk.ok()) {
    Return(std::move(reader));
    return desk.status();
  }
  return std::make_shared<const SqliteSnapshot>(shared_from_this(), std::move(reader),
                                                *std::move(desk));
}

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk
