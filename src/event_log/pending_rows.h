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

// The snapshot as it will be when the batches are committed next, in their order. For one thread at a time: reading puts the rows of a
// table in order, and most tables are never read.
class PendingRows : public store::Snapshot {
 public:
  explicit PendingRows(std::shared_ptr<const store::Snapshot> below) : below_(std::move(below)) {}

  // As if all expectations of the batch held.
  void Add(store::Batch batch);

  // The number of batches; the batches in their order, behind which nothing may be read.
  std::size_t size() const { return batches_.size(); }
  std::vector<store::Batch> Take() { return std::move(batches_); }

  std::int64_t position() const override {
    return positions_.empty() ? below_->position() : positions_.back();
  }
  std::string link() const override { return LinkOf(batches_.size()); }
  absl::StatusOr<store::Value> Get(const store::Key& key) const override;
  absl::StatusOr<std::vector<store::Row>> Scan(const store::Range& range, std::size_t most,
                                               bool descending) const override;
  absl::StatusOr<std::vector<bool>> TryHold(absl::Span<const store::Key> keys) const override {
    return below_->TryHold(keys);
  }

 private:
  // Null: the row is removed.
  using Rows = absl::btree_map<std::string, store::Value>;
  // The place of a write: the number of its batch, and its number there.
  using Place = std::pair<std::uint32_t, std::uint32_t>;
  struct Table {
    Rows rows;
    // The writes that are not in `rows` yet, in their order.
    std::vector<Place> waiting;
  };

  // The rows of the table; null when no batch writes there.
  const Rows* RowsOf(std::uint8_t table) const;
  // The link behind that number of batches.
  const std::string& LinkOf(std::size_t batches) const;

  const std::shared_ptr<const store::Snapshot> below_;
  std::vector<store::Batch> batches_;
  // Behind each batch.
  std::vector<std::int64_t> positions_;
  // Behind each number of batches, as far as they were asked for.
  mutable std::vector<std::string> links_;
  mutable std::map<std::uint8_t, Table> tables_;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_PENDING_ROWS_H_
