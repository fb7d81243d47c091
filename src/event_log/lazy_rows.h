// A snapshot that is made when something of it is read. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_LAZY_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_LAZY_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "frontdesk/store/store.h"

namespace frontdesk {
namespace event_log {

// The rows of a store at the moment of the first read. Thread-safe.
class LazyRows : public store::Snapshot {
 public:
  // `position` is the result of position() until then.
  LazyRows(std::shared_ptr<const store::Store> store, std::int64_t position)
      : store_(std::move(store)), position_(position) {}

  std::int64_t position() const override;
  // FirstLink() before the first read.
  std::string link() const override;
  absl::StatusOr<store::Value> Get(const store::Key& key) const override;
  absl::StatusOr<std::vector<store::Row>> Scan(const store::Range& range, std::size_t most,
                                               bool descending) const override;
  // The first read and the snapshot are one exchange.
  absl::StatusOr<std::vector<std::vector<store::Row>>> ScanAll(
      absl::Span<const store::ScanRequest> requests) const override;
  absl::StatusOr<std::vector<bool>> TryHold(absl::Span<const store::Key> keys) const override;

 private:
  // Null before the first read.
  std::shared_ptr<const store::Snapshot> Made() const;

  const std::shared_ptr<const store::Store> store_;
  const std::int64_t position_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const store::Snapshot> made_;  // Guarded by mutex_.
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_LAZY_ROWS_H_
