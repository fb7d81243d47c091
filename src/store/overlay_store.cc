#include "store/overlay_store.h"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"
#include "store/check_batches.h"
#include "store/watchers.h"

namespace frontdesk {
namespace store {
namespace {

// The value of a row below that is removed, by its address: the store above shares its values with its readers.
const Value& RemovedRow() {
  static const auto* const removed = new Value(MakeValue("removed"));
  return *removed;
}

// Which position and link the upper rows have. A plain struct.
struct Chain {
  std::int64_t position = 0;
  std::string link;
};

class OverlaySnapshot : public Snapshot {
 public:
  OverlaySnapshot(std::shared_ptr<const Snapshot> below, std::shared_ptr<const Snapshot> upper,
                  Chain chain)
      : below_(std::move(below)), upper_(std::move(upper)), chain_(std::move(chain)) {}

  std::int64_t position() const override { return chain_.position; }
  std::string link() const override { return chain_.link; }

  absl::StatusOr<Value> Get(const Key& key) const override {
    FRONTDESK_ASSIGN_OR_RETURN(const Value value, upper_->Get(key));
    if (value == nullptr) return below_->Get(key);
    return value == RemovedRow() ? Value() : value;
  }

  absl::StatusOr<std::vector<Row>> Scan(const Range& range, std::size_t most,
                                        bool descending) const override {
    std::vector<Row> rows;
    Range rest = range;
    // Removed rows leave room: pages until there are enough rows, or no more.
    while (rows.size() < most) {
      const std::size_t wanted = most - rows.size();
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<Row> below,
                                 below_->Scan(rest, wanted, descending));
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<Row> upper,
                                 upper_->Scan(rest, wanted, descending));
      const std::string* last = nullptr;
      Merge(below, upper, wanted, descending, &rows, &last);
      if (last == nullptr) break;
      if (below.size() < wanted && upper.size() < wanted) break;
      if (descending) {
        rest.end = *last;
      } else {
        rest.begin = *last + '\0';
      }
    }
    return rows;
  }

 private:
  // Goes through both in their order, as far as both are known. `last` is the last key that was gone through.
  static void Merge(const std::vector<Row>& below, const std::vector<Row>& upper,
                    std::size_t wanted, bool descending, std::vector<Row>* rows,
                    const std::string** last) {
    std::size_t i = 0, j = 0, added = 0;
    const auto is_before = [descending](const Row& a, const Row& b) {
      return descending ? b.key < a.key : a.key < b.key;
    };
    while (added < wanted) {
      const bool has_below = i < below.size(), has_upper = j < upper.size();
      // A page that was full may go on before the next row of the other.
      if ((!has_below && (below.size() == wanted || !has_upper)) ||
          (!has_upper && upper.size() == wanted)) {
        return;
      }
      if (has_below && (!has_upper || is_before(below[i], upper[j]))) {
        *last = &below[i].key;
        rows->push_back(below[i++]);
        ++added;
        continue;
      }
      if (has_below && below[i].key == upper[j].key) ++i;
      *last = &upper[j].key;
      if (upper[j].value != RemovedRow()) {
        rows->push_back(upper[j]);
        ++added;
      }
      ++j;
    }
  }

  const std::shared_ptr<const Snapshot> below_;
  const std::shared_ptr<const Snapshot> upper_;
  const Chain chain_;
};

class OverlayStore : public Store {
 public:
  OverlayStore(std::shared_ptr<const Snapshot> below, std::shared_ptr<Store> upper, Chain chain)
      : below_(std::move(below)), upper_(std::move(upper)), chain_(std::move(chain)) {}

  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return ReadLocked();
  }

  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) override {
    FRONTDESK_RETURN_IF_ERROR(CheckBatches(batches));
    const std::lock_guard<std::mutex> lock(mutex_);
    // All of them, or none when a row cannot be read.
    FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<Store> before, upper_->Clone());
    const Chain chain = chain_;
    std::vector<CommitResult> results;
    for (const Batch& batch : batches) {
      absl::StatusOr<CommitResult> result = CommitLocked(batch);
      if (!result.ok()) {
        upper_ = before;
        chain_ = chain;
        return result.status();
      }
      results.push_back(*result);
    }
    watchers_->Signal();
    return results;
  }

  absl::StatusOr<std::unique_ptr<Watch>> StartWatch() const override { return watchers_->Start(); }

  absl::StatusOr<std::shared_ptr<Store>> Clone() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    FRONTDESK_ASSIGN_OR_RETURN(std::shared_ptr<Store> upper, upper_->Clone());
    return std::make_shared<OverlayStore>(below_, std::move(upper), chain_);
  }

 private:
  absl::StatusOr<std::shared_ptr<const Snapshot>> ReadLocked() const {
    FRONTDESK_ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> upper, upper_->Read());
    return std::make_shared<const OverlaySnapshot>(below_, std::move(upper), chain_);
  }

  absl::StatusOr<CommitResult> CommitLocked(const Batch& batch) {
    CommitResult result;
    {
      FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> now, ReadLocked());
      for (const Expectation& expected : batch.expectations) {
        FRONTDESK_ASSIGN_OR_RETURN(const Value value, now->Get(expected.key));
        const bool holds = value == nullptr || expected.value == nullptr
                               ? value == expected.value
                               : *value == *expected.value;
        if (!holds) return result;
        ++result.failed;
      }
      for (const RangeExpectation& expected : batch.range_expectations) {
        FRONTDESK_ASSIGN_OR_RETURN(
            const std::vector<Row> rows,
            static_cast<const Snapshot&>(*now).Scan(expected.range, expected.keys.size() + 1));
        std::vector<std::string> keys;
        for (const Row& row : rows) keys.push_back(row.key);
        if (keys != expected.keys) return result;
        ++result.failed;
      }
    }
    Chain after = chain_;
    if (HasPosition(batch)) result.position = ++after.position;
    if (!batch.digest.empty()) after.link = NextLink(after.link, batch.digest);
    const std::string position = EncodePosition(after.position);
    Batch upper;
    for (const Write& write : batch.writes) {
      std::string key = write.key.bytes;
      if (IsBehindKey(write.position)) key += position;
      Value value = write.value == nullptr ? RemovedRow() : write.value;
      if (BytesBehindValue(write.position) > 0) {
        value = MakeValue(absl::StrCat(*value, BehindValue(write.position, position, after.link)));
      }
      upper.writes.push_back(
          {{write.key.table, std::move(key)}, std::move(value), Write::Position::kNowhere});
    }
    std::vector<Batch> one;
    one.push_back(std::move(upper));
    FRONTDESK_RETURN_IF_ERROR(upper_->Commit(std::move(one)).status());
    chain_ = std::move(after);
    result.failed = 0;
    result.is_committed = true;
    return result;
  }

  const std::shared_ptr<const Snapshot> below_;
  const std::shared_ptr<Watchers> watchers_ = std::make_shared<Watchers>();
  mutable std::mutex mutex_;
  std::shared_ptr<Store> upper_;  // Guarded by mutex_.
  Chain chain_;                   // Guarded by mutex_.
};

}  // namespace

std::shared_ptr<Store> MakeOverlayStore(std::shared_ptr<const Snapshot> below) {
  Chain chain = {below->position(), below->link()};
  return std::make_shared<OverlayStore>(std::move(below), MakeMemoryStore(), std::move(chain));
}

}  // namespace store
}  // namespace frontdesk
