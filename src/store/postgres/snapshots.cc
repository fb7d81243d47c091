#include "store/postgres/snapshots.h"

#include <utility>

#include "internal/status_macros.h"
#include "store/postgres/retry.h"
#include "store/postgres/schema.h"
#include "store/postgres/server_error.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

class PostgresSnapshot : public Snapshot {
 public:
  PostgresSnapshot(std::shared_ptr<Snapshots> snapshots, Reading reading)
      : snapshots_(std::move(snapshots)),
        desk_(snapshots_->target().desk_number),
        head_(std::move(reading.head)),
        connection_(std::move(reading.connection)) {}
  ~PostgresSnapshot() override {
    if (connection_ != nullptr) snapshots_->Return(std::move(connection_));
  }

  std::int64_t position() const override { return head_.position; }
  std::string link() const override { return head_.link; }

  absl::StatusOr<Value> Get(const Key& key) const override {
    FRONTDESK_ASSIGN_OR_RETURN(const Result result, Run(GetCall(desk_, key)));
    return ReadValue(result);
  }

  absl::StatusOr<std::vector<Row>> Scan(const Range& range, std::size_t most,
                                        bool descending) const override {
    // SQL would refuse nothing here, and order the two ends as it likes.
    if (most == 0 || (range.end.has_value() && *range.end <= range.begin)) {
      return std::vector<Row>();
    }
    FRONTDESK_ASSIGN_OR_RETURN(const Result result,
                               Run(ScanCall(desk_, range, most, descending, head_.has_long_keys)));
    return ReadRows(result);
  }

  absl::StatusOr<std::vector<std::vector<Row>>> ScanAll(
      absl::Span<const ScanRequest> requests) const override {
    ScanBundle bundle(desk_, requests, head_.has_long_keys);
    const std::vector<Call> calls = bundle.TakeCalls();
    std::vector<Result> results;
    if (!calls.empty()) {
      FRONTDESK_ASSIGN_OR_RETURN(results, RunAll(calls));
    }
    return bundle.Read(results);
  }

  absl::StatusOr<std::vector<bool>> TryHold(absl::Span<const Key> keys) const override {
    if (keys.empty()) return std::vector<bool>();
    FRONTDESK_ASSIGN_OR_RETURN(const Result result, Run(HoldCall(snapshots_->target(), keys)));
    std::vector<bool> held = ReadHeld(result);
    if (held.size() != keys.size()) return Damaged("the result of a statement");
    return held;
  }

 private:
  absl::StatusOr<Result> Run(const Call& call) const {
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<Result> results, RunAll({&call, 1}));
    return std::move(results[0]);
  }

  absl::StatusOr<std::vector<Result>> RunAll(absl::Span<const Call> calls) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    while (true) {
      if (connection_ == nullptr) {
        return absl::UnavailableError("the snapshot has ended: an earlier read of it failed");
      }
      auto results = connection_->Run(calls);
      if (results.ok()) return results;
      const bool may_go_on = connection_->may_repeat();
      snapshots_->Return(std::move(connection_));
      if (!may_go_on) return results.status();
      FRONTDESK_RETURN_IF_ERROR(GoOn());
    }
  }

  // A new transaction is the same snapshot when nothing has changed since.
  absl::Status GoOn() const {
    FRONTDESK_ASSIGN_OR_RETURN(Reading reading, snapshots_->Begin());
    const bool is_same = reading.head.change_count == head_.change_count;
    if (is_same) {
      connection_ = std::move(reading.connection);
      return absl::OkStatus();
    }
    snapshots_->Return(std::move(reading.connection));
    return absl::UnavailableError(
        "PostgreSQL: the connection of a snapshot was lost, and the desk has changed since");
  }

  const std::shared_ptr<Snapshots> snapshots_;
  const std::int64_t desk_;
  const Head head_;
  mutable std::mutex mutex_;
  // Null: the snapshot has ended. Guarded by mutex_.
  mutable std::unique_ptr<Connection> connection_;
};

}  // namespace

Snapshots::Snapshots(Target target, std::int64_t version)
    : target_(std::move(target)), version_(version) {}

absl::Status Snapshots::WaitForTurn() {
  std::unique_lock<std::mutex> lock(mutex_);
  const bool is_possible = returned_.wait_for(lock, target_.connect_timeout,
                                              [&] { return used_ < target_.max_read_connections; });
  if (!is_possible) return absl::UnavailableError("max_read_connections snapshots are open");
  ++used_;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Connection>> Snapshots::Take(bool* may_repeat) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(target_);
  if (!opened.ok()) {
    *may_repeat = opened.status().code() == absl::StatusCode::kUnavailable;
    Return(nullptr);
  }
  return opened;
}

absl::StatusOr<Reading> Snapshots::TryBegin(absl::Span<const Call> first, bool* may_repeat) {
  *may_repeat = false;
  FRONTDESK_RETURN_IF_ERROR(WaitForTurn());
  FRONTDESK_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Take(may_repeat));
  std::vector<Call> calls = {BeginCall(), HeadCall(target_)};
  calls.insert(calls.end(), first.begin(), first.end());
  auto results = connection->Run(calls);
  absl::Status status = results.status();
  if (status.ok()) {
    absl::StatusOr<Head> head = ReadHead((*results)[1], version_);
    if (head.ok()) {
      if (head->has_long_keys) has_long_keys_ = true;
      results->erase(results->begin(), results->begin() + 2);
      return Reading{std::move(connection), *std::move(head), *std::move(results)};
    }
    status = head.status();
  } else if (IsOfOtherVersion(connection->sql_state())) {
    const Call end = EndCall();
    connection->Send({&end, 1});
    status = CheckVersion(*connection, version_);
  }
  *may_repeat = !status.ok() && connection->may_repeat();
  Return(std::move(connection));
  return status;
}

absl::StatusOr<Reading> Snapshots::Begin(absl::Span<const Call> calls) {
  Retry retry(target_.retry_timeout);
  while (true) {
    bool may_repeat = false;
    absl::StatusOr<Reading> reading = TryBegin(calls, &may_repeat);
    if (reading.ok() || !may_repeat || !retry.Wait()) return reading;
  }
}

void Snapshots::Return(std::unique_ptr<Connection> connection) {
  if (connection != nullptr && !connection->is_lost()) {
    // Its answer is read by who uses the connection next.
    const Call end = EndCall();
    connection->Send({&end, 1});
  }
  const bool is_lost = connection == nullptr || connection->is_lost();
  std::vector<std::unique_ptr<Connection>> dropped;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    --used_;
    if (is_lost) {
      // Those that are idle have lost the same server, as a rule.
      dropped.swap(idle_);
    } else {
      idle_.push_back(std::move(connection));
    }
  }
  returned_.notify_one();
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshots::Read() {
  FRONTDESK_ASSIGN_OR_RETURN(Reading reading, Begin());
  return std::make_shared<const PostgresSnapshot>(shared_from_this(), std::move(reading));
}

absl::StatusOr<FirstRead> Snapshots::ReadAndScan(absl::Span<const ScanRequest> requests) {
  const bool has_long_keys = has_long_keys_;
  ScanBundle bundle(target_.desk_number, requests, has_long_keys);
  FRONTDESK_ASSIGN_OR_RETURN(Reading reading, Begin(bundle.TakeCalls()));
  const bool is_as_expected = has_long_keys == reading.head.has_long_keys;
  FirstRead first;
  if (is_as_expected) first.rows = bundle.Read(reading.results);
  first.snapshot = std::make_shared<const PostgresSnapshot>(shared_from_this(), std::move(reading));
  // The first long key of the desk came a moment ago.
  if (!is_as_expected) {
    FRONTDESK_ASSIGN_OR_RETURN(first.rows, first.snapshot->ScanAll(requests));
  }
  return first;
}

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
