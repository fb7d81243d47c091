// Rows of batches that are not committed yet, over those of a snapshot. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_PENDING_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_PENDING_ROWS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace event_log {

// The snapshot as it will be when the batches are committed next, in their order. Thread-compatible.
class PendingRows : public store::Snapshot {
 public:
  explicit PendingRows(std::shared_ptr<const store::Snapshot> below)
      : below_(std::move(below)), position_(below_->position()), link_(below_->link()) {}

  // As if all expectations of the batch held.
  void Add(const store::Batch& batch);

  std::int64_t position() const override { return position_; }
  std::string link() const override { return link_; }
  absl::StatusOr<store::Value> Get(const store::Key& key) const override;
  absl::StatusOr<std::vector<store::Row>> Scan(const store::Range& range, std::size_t most,
                                               bool descending) const override;

 private:
  // Null: the row is removed.
  using Rows = absl::btree_map<std::string, store::Value>;

  const std::shared_ptr<const store::Snapshot> below_;
  std::int64_t position_;
  std::string link_;
  std::map<std::uint8_t, Rows> tables_;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_PENDING_ROWS_H_
