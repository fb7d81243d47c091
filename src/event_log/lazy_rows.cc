#include "event_log/lazy_rows.h"

#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {

using store::Row;
using store::Value;

std::shared_ptr<const store::Snapshot> LazyRows::Made() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return made_;
}

std::int64_t LazyRows::position() const {
  const std::shared_ptr<const store::Snapshot> made = Made();
  return made == nullptr ? position_ : made->position();
}

std::string LazyRows::link() const {
  const std::shared_ptr<const store::Snapshot> made = Made();
  return made == nullptr ? store::FirstLink() : made->link();
}

absl::StatusOr<Value> LazyRows::Get(const store::Key& key) const {
  if (const std::shared_ptr<const store::Snapshot> made = Made()) return made->Get(key);
  const store::ScanRequest request = store::RequestOf(key);
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<std::vector<Row>> rows, ScanAll({&request, 1}));
  return rows.front().empty() ? Value() : std::move(rows.front().front().value);
}

absl::StatusOr<std::vector<Row>> LazyRows::Scan(const store::Range& range, std::size_t most,
                                                bool descending) const {
  if (const std::shared_ptr<const store::Snapshot> made = Made()) {
    return made->Scan(range, most, descending);
  }
  const store::ScanRequest request = {range, most, descending};
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<std::vector<Row>> rows, ScanAll({&request, 1}));
  return std::move(rows.front());
}

absl::StatusOr<std::vector<std::vector<Row>>> LazyRows::ScanAll(
    absl::Span<const store::ScanRequest> requests) const {
  std::unique_lock<std::mutex> lock(mutex_);
  if (made_ != nullptr) {
    const std::shared_ptr<const store::Snapshot> made = made_;
    lock.unlock();
    return made->ScanAll(requests);
  }
  FRONTDESK_ASSIGN_OR_RETURN(store::FirstRead first, store_->ReadAndScan(requests));
  made_ = std::move(first.snapshot);
  return std::move(first.rows);
}

absl::StatusOr<std::vector<bool>> LazyRows::TryHold(absl::Span<const store::Key> keys) const {
  if (Made() == nullptr) FRONTDESK_RETURN_IF_ERROR(ScanAll({}).status());
  return Made()->TryHold(keys);
}

}  // namespace event_log
}  // namespace frontdesk
