#include "counting_store.h"

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

using store::Write;

std::int64_t BytesOf(const std::string& key, const store::Value& value) {
  return value == nullptr ? 0 : static_cast<std::int64_t>(key.size() + value->size());
}

absl::StatusOr<std::int64_t> BytesOfAll(const store::Store& rows) {
  const absl::StatusOr<std::shared_ptr<const store::Snapshot>> snapshot = rows.Read();
  if (!snapshot.ok()) return snapshot.status();
  std::int64_t bytes = 0;
  for (int table = 0; table <= std::numeric_limits<std::uint8_t>::max(); ++table) {
    store::Range range;
    range.table = static_cast<std::uint8_t>(table);
    const absl::StatusOr<std::vector<store::Row>> found =
        (*snapshot)->Scan(range, std::numeric_limits<std::size_t>::max());
    if (!found.ok()) return found.status();
    for (const store::Row& row : *found) bytes += BytesOf(row.key, row.value);
  }
  return bytes;
}

std::int64_t BytesInTheBeginning(const store::Store& rows) {
  const absl::StatusOr<std::int64_t> bytes = BytesOfAll(rows);
  if (!bytes.ok()) Die(bytes.status().ToString());
  return *bytes;
}

// Counts what the writes of committed batches change.
class ChangeCounter {
 public:
  // `before`: the store before the first of the batches.
  explicit ChangeCounter(const store::Snapshot& before) : before_(before) {}

  absl::Status Add(const Write& write, std::int64_t position) {
    std::string key = write.key.bytes;
    const bool writes_link = write.position == Write::Position::kBehindKeyLinkBehindValue;
    if (write.position == Write::Position::kBehindKey || writes_link) {
      key += store::EncodePosition(position);
    }
    std::int64_t bytes = BytesOf(key, write.value);
    if (write.position == Write::Position::kBehindValue) {
      bytes += static_cast<std::int64_t>(store::EncodePosition(position).size());
    }
    if (writes_link) bytes += static_cast<std::int64_t>(store::kLinkBytes);
    auto known = bytes_.find({write.key.table, key});
    if (known == bytes_.end()) {
      const absl::StatusOr<store::Value> replaced = before_.Get({write.key.table, key});
      if (!replaced.ok()) return replaced.status();
      known = bytes_.emplace(std::make_pair(write.key.table, key), BytesOf(key, *replaced)).first;
    }
    growth_ += bytes - known->second;
    known->second = bytes;
    return absl::OkStatus();
  }

  std::int64_t growth() const { return growth_; }

 private:
  const store::Snapshot& before_;
  // By table and key, of the rows written so far.
  std::map<std::pair<std::uint8_t, std::string>, std::int64_t> bytes_;
  std::int64_t growth_ = 0;
};

}  // namespace

CountingStore::CountingStore(std::shared_ptr<store::Store> rows)
    : rows_(std::move(rows)), begin_bytes_(BytesInTheBeginning(*rows_)) {}

std::int64_t CountingStore::kept_bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return kept_bytes_;
}

absl::StatusOr<std::int64_t> CountingStore::CountKeptBytes() const {
  const absl::StatusOr<std::int64_t> bytes = BytesOfAll(*rows_);
  if (!bytes.ok()) return bytes.status();
  return *bytes - begin_bytes_;
}

absl::StatusOr<std::shared_ptr<const store::Snapshot>> CountingStore::Read() const {
  return rows_->Read();
}

absl::StatusOr<std::vector<store::CommitResult>> CountingStore::Commit(
    std::vector<store::Batch> batches) {
  std::vector<std::vector<Write>> writes;
  for (const store::Batch& batch : batches) writes.push_back(batch.writes);
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::StatusOr<std::shared_ptr<const store::Snapshot>> before = rows_->Read();
  if (!before.ok()) return before.status();
  absl::StatusOr<std::vector<store::CommitResult>> results = rows_->Commit(std::move(batches));
  if (!results.ok()) return results;
  ChangeCounter counter(**before);
  for (std::size_t i = 0; i < results->size(); ++i) {
    if (!(*results)[i].is_committed) continue;
    for (const Write& write : writes[i]) {
      const absl::Status added = counter.Add(write, (*results)[i].position);
      if (!added.ok()) Die(absl::StrCat("the bytes of a commit: ", added.ToString()));
    }
  }
  kept_bytes_ += counter.growth();
  return results;
}

absl::StatusOr<std::shared_ptr<store::Store>> CountingStore::Clone() const {
  return rows_->Clone();
}

}  // namespace frontdesk
