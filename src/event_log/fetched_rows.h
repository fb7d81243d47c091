// Rows of a snapshot that were read together, over the snapshot itself. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_FETCHED_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_FETCHED_ROWS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontdesk/store/store.h"

namespace frontdesk {
namespace event_log {

// The same rows as those of the snapshot. A read that `requests` have covered asks the snapshot for nothing. Thread-safe.
class FetchedRows : public store::Snapshot {
 public:
  // `rows` are those that `below` has for each of the requests.
  FetchedRows(std::shared_ptr<const store::Snapshot> below,
              std::vector<store::ScanRequest> requests, std::vector<std::vector<store::Row>> rows);

  std::int64_t position() const override { return below_->position(); }
  std::string link() const override { return below_->link(); }
  absl::StatusOr<store::Value> Get(const store::Key& key) const override;
  absl::StatusOr<std::vector<store::Row>> Scan(const store::Range& range, std::size_t most,
                                               bool descending) const override;
  // One exchange with the snapshot: these are other rows than the fetched ones.
  absl::StatusOr<std::vector<std::vector<store::Row>>> ScanAll(
      absl::Span<const store::ScanRequest> requests) const override {
    return below_->ScanAll(requests);
  }
  absl::StatusOr<std::vector<bool>> TryHold(absl::Span<const store::Key> keys) const override {
    return below_->TryHold(keys);
  }

 private:
  // A range of which every row is known, ascending.
  struct Known {
    store::Range range;
    std::vector<store::Row> rows;
  };

  const std::shared_ptr<const store::Snapshot> below_;
  // In the order of their tables and beginnings.
  std::vector<Known> known_;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_FETCHED_ROWS_H_
