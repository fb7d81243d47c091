// The store in memory: a tree of rows that is copied for each snapshot and each clone, at no cost.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/store/store.h"
#include "store/row_tree.h"

namespace frontdesk {
namespace store {
namespace {

// One tree for all tables: the table's number is the first byte of a key.
std::string Joined(std::uint8_t table, absl::string_view key) {
  std::string joined;
  joined.reserve(1 + key.size());
  joined.push_back(static_cast<char>(table));
  joined.append(key.data(), key.size());
  return joined;
}

// The end of a range in the tree; nothing: the end of the tree.
absl::optional<std::string> EndOf(const Range& range) {
  if (range.end.has_value()) return Joined(range.table, *range.end);
  if (range.table == 0xff) return absl::nullopt;
  return Joined(static_cast<std::uint8_t>(range.table + 1), "");
}

std::vector<Row> ScanTree(const RowTree& tree, const Range& range, std::size_t most,
                          bool descending) {
  const absl::optional<std::string> end = EndOf(range);
  std::vector<Row> rows = tree.Scan(Joined(range.table, range.begin),
                                    end.has_value() ? &*end : nullptr, most, descending);
  for (Row& row : rows) row.key.erase(0, 1);
  return rows;
}

class MemorySnapshot : public Snapshot {
 public:
  MemorySnapshot(RowTree tree, std::int64_t position)
      : tree_(std::move(tree)), position_(position) {}

  std::int64_t position() const override { return position_; }

  absl::StatusOr<Value> Get(const Key& key) const override {
    const Value* value = tree_.Find(Joined(key.table, key.bytes));
    return value == nullptr ? Value() : *value;
  }

  absl::StatusOr<std::vector<Row>> Scan(const Range& range, std::size_t most,
                                        bool descending) const override {
    return ScanTree(tree_, range, most, descending);
  }

 private:
  const RowTree tree_;
  const std::int64_t position_;
};

absl::Status CheckWrite(const Write& write) {
  static const std::size_t position_bytes = EncodePosition(0).size();
  const bool behind_key = write.position == Write::Position::kBehindKey;
  const bool behind_value = write.position == Write::Position::kBehindValue;
  if (write.key.bytes.size() + (behind_key ? position_bytes : 0) > kMaxKeyBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a key has more than ", kMaxKeyBytes, " bytes"));
  }
  if (behind_value && write.value == nullptr) {
    return absl::InvalidArgumentError("a row that is removed has no value for the position");
  }
  const std::size_t bytes = write.value == nullptr ? 0 : write.value->size();
  if (bytes + (behind_value ? position_bytes : 0) > kMaxValueBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a value has more than ", kMaxValueBytes, " bytes"));
  }
  return absl::OkStatus();
}

bool HasPosition(const Batch& batch) {
  return std::any_of(batch.writes.begin(), batch.writes.end(), [](const Write& write) {
    return write.position != Write::Position::kNowhere;
  });
}

absl::Status CheckBatches(const std::vector<Batch>& batches) {
  for (const Batch& batch : batches) {
    for (const RangeExpectation& expected : batch.range_expectations) {
      if (expected.range.end.has_value() && *expected.range.end < expected.range.begin) {
        return absl::InvalidArgumentError("a range ends before it begins");
      }
    }
    for (const Write& write : batch.writes) {
      absl::Status checked = CheckWrite(write);
      if (!checked.ok()) return checked;
    }
  }
  return absl::OkStatus();
}

class MemoryStore : public Store {
 public:
  MemoryStore() = default;
  MemoryStore(RowTree tree, std::int64_t position) : tree_(std::move(tree)), position_(position) {}

  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::make_shared<const MemorySnapshot>(tree_, position_);
  }

  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) override {
    absl::Status checked = CheckBatches(batches);
    if (!checked.ok()) return checked;
    std::vector<CommitResult> results;
    results.reserve(batches.size());
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Batch& batch : batches) results.push_back(CommitOne(&batch));
    return results;
  }

  absl::StatusOr<std::shared_ptr<Store>> Clone() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::make_shared<MemoryStore>(tree_, position_);
  }

 private:
  bool Holds(const Expectation& expected) const {
    const Value* value = tree_.Find(Joined(expected.key.table, expected.key.bytes));
    if (value == nullptr || expected.value == nullptr) {
      return value == nullptr && expected.value == nullptr;
    }
    return *value == expected.value || **value == *expected.value;
  }

  bool Holds(const RangeExpectation& expected) const {
    const std::vector<Row> rows =
        ScanTree(tree_, expected.range, expected.keys.size() + 1, /*descending=*/false);
    if (rows.size() != expected.keys.size()) return false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].key != expected.keys[i]) return false;
    }
    return true;
  }

  CommitResult CommitOne(Batch* batch) {
    CommitResult result;
    for (const Expectation& expected : batch->expectations) {
      if (!Holds(expected)) return result;
      ++result.failed;
    }
    for (const RangeExpectation& expected : batch->range_expectations) {
      if (!Holds(expected)) return result;
      ++result.failed;
    }
    result.failed = 0;
    result.is_committed = true;
    if (HasPosition(*batch)) result.position = ++position_;
    const std::string position = EncodePosition(position_);
    for (Write& write : batch->writes) {
      std::string key = Joined(write.key.table, write.key.bytes);
      if (write.position == Write::Position::kBehindKey) key += position;
      if (write.value == nullptr) {
        tree_.Erase(key);
      } else if (write.position == Write::Position::kBehindValue) {
        tree_.Put(key, MakeValue(absl::StrCat(*write.value, position)));
      } else {
        tree_.Put(key, std::move(write.value));
      }
    }
    return result;
  }

  mutable std::mutex mutex_;
  RowTree tree_;               // Guarded by mutex_.
  std::int64_t position_ = 0;  // Guarded by mutex_.
};

}  // namespace

std::shared_ptr<Store> MakeMemoryStore() { return std::make_shared<MemoryStore>(); }

}  // namespace store
}  // namespace frontdesk
