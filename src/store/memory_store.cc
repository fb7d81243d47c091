// The store in memory: a tree of rows for each table. While snapshots are read, rows keep the values that they had then. Clones
// share the nodes of their trees. The links of the chain are made when somebody asks for one, or reads a table of rows that have some.
#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/store/store.h"
#include "store/check_batches.h"
#include "store/row_tree.h"
#include "store/watchers.h"

namespace frontdesk {
namespace store {
namespace {

// Most rows that are read in one go: others wait meanwhile.
constexpr std::size_t kMaxRowsAtOnce = 256;

// A mutex that is held for a moment only: who waits tries again before going to sleep.
class BriefMutex {
 public:
  void lock() {
    for (int i = 0; i < kTries; ++i) {
      if (mutex_.try_lock()) return;
      std::this_thread::yield();
    }
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }

 private:
  static constexpr int kTries = 64;
  // Who waits shall not take the memory beside it from the one that has it.
  alignas(64) std::mutex mutex_;
};
using BriefLock = std::lock_guard<BriefMutex>;

// A tree for each table.
class RowTrees {
 public:
  RowTree& Of(std::uint8_t table) { return trees_[table]; }
  const RowTree& Of(std::uint8_t table) const { return trees_[table]; }

 private:
  std::array<RowTree, 256> trees_;
};

// The end of a range in its tree; null: that of the tree.
const std::string* EndOf(const Range& range) {
  return range.end.has_value() ? &*range.end : nullptr;
}

// A link of the chain. It is made, with the values of its rows, at the first call of MemoryStore::MakeLinks() behind its commit.
struct Link {
  // The digest, or the value with that digest.
  std::string digest;
  std::shared_ptr<const LateValue> late_value;
  // The values of the rows behind which it goes.
  absl::InlinedVector<std::shared_ptr<std::string>, 1> values;
  std::string bytes;
};

void MakeLink(absl::string_view before, Link* link) {
  std::string digest = std::move(link->digest);
  std::string late;
  if (link->late_value != nullptr) {
    late = link->late_value->Make();
    digest = DigestOf(late);
  }
  link->bytes = NextLink(before, digest);
  for (const std::shared_ptr<std::string>& value : link->values) {
    value->reserve(value->size() + late.size() + kLinkBytes);
    value->append(late).append(link->bytes);
  }
  link->values.clear();
  link->late_value = nullptr;
}

using Tables = std::bitset<256>;

// Most commits have one batch, which replaces few values.
constexpr std::size_t kFewBatches = 1;
constexpr std::size_t kFewReplaced = 8;
struct PreparedBatch;
using PreparedBatches = absl::InlinedVector<PreparedBatch, kFewBatches>;
using Replaced = absl::InlinedVector<Value, kFewReplaced>;

// A batch, prepared so that little is left to do while others wait: there is room for the position.
struct PreparedBatch {
  // Adds the tables where it writes links.
  PreparedBatch(Batch* given, Tables* linked) : batch(*given), has_position(HasPosition(*given)) {
    if (!batch.digest.empty() || batch.late_value != nullptr) {
      link = std::make_shared<Link>();
      link->digest = std::move(batch.digest);
      link->late_value = std::move(batch.late_value);
    }
    for (Write& write : batch.writes) {
      if (IsBehindKey(write.position)) {
        write.key.bytes.reserve(write.key.bytes.size() + kPositionBytes);
      }
      const std::size_t room = BytesBehindValue(write.position);
      if (room == 0) continue;
      const auto value = std::make_shared<std::string>();
      if (write.position == Write::Position::kBehindValue) {
        value->reserve(write.value->size() + room);
        behind.push_back(value.get());
      } else {
        link->values.push_back(value);
        linked->set(write.key.table);
      }
      *value = *write.value;
      write.value = value;
    }
  }

  Batch& batch;
  const bool has_position;
  // The bytes of the values behind which the position goes, in the order of their writes.
  absl::InlinedVector<std::string*, 2> behind;
  // Null: the batch adds none.
  std::shared_ptr<Link> link;
};

class MemoryStore : public Store, public std::enable_shared_from_this<MemoryStore> {
 public:
  MemoryStore() { last_link_->bytes = FirstLink(); }
  // All links of the other are made, and both of its mutexes are held.
  MemoryStore(const MemoryStore& other)
      : Store(),
        enable_shared_from_this(),
        trees_(other.trees_),
        commits_(other.commits_),
        position_(other.position_) {
    // Older versions are the other's own.
    for (const Kept& kept : other.kept_) {
      RowTree& tree = trees_.Of(kept.key.table);
      if (tree.Find(kept.key.bytes) == nullptr) continue;
      RowVersion& row = tree.At(std::string(kept.key.bytes));
      row.older = nullptr;
      if (row.value == nullptr) tree.Erase(kept.key.bytes);
    }
    last_link_->bytes = other.last_link_->bytes;
    for (std::size_t table = 0; table < has_links_.size(); ++table) {
      has_links_[table] = other.has_links_[table].load();
    }
  }

  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const override;
  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) override;
  bool IsInMemory() const override { return true; }
  bool TakesLateValues() const override { return true; }

  absl::StatusOr<std::shared_ptr<Store>> Clone() const override;
  absl::StatusOr<std::unique_ptr<Watch>> StartWatch() const override { return watchers_->Start(); }

 private:
  friend class MemorySnapshot;

  // The snapshots of one moment.
  struct Readers {
    std::uint64_t commits;
    int count;
  };
  // A row that keeps an older version, or that has no value.
  struct Kept {
    Key key;
    // The commit that replaced that version: a snapshot of earlier commits may read it.
    std::uint64_t replaced;
  };

  Value Get(const Key& key, std::uint64_t commits) const;
  std::vector<Value> GetAll(absl::Span<const Key> keys, std::uint64_t commits) const;
  // At most `most` rows more, the first ones; whether there may be others.
  bool Scan(const Range& range, std::uint64_t commits, std::size_t most, bool descending,
            std::vector<Row>* rows) const;
  void EndRead(std::uint64_t commits) const;

  // Makes the links of all batches that were committed before the call.
  void MakeLinks() const;
  // Makes those of `links` in their order. With the mutex of links.
  void MakeLinks(const std::vector<std::shared_ptr<Link>>& links) const;

  // All below are called with the mutex.
  // Whether an expectation is about a row whose value may end with a link; `linked` are the tables where the batches write some.
  bool ExpectsLinks(const PreparedBatches& prepared, const Tables& linked) const;
  bool Holds(const Expectation& expected) const;
  bool Holds(const RangeExpectation& expected) const;
  CommitResult CommitOne(PreparedBatch* prepared, Replaced* replaced);
  void Put(Key&& key, Value&& value, Replaced* replaced);
  // Removes what no snapshot can read: versions that were replaced up to `commits`.
  void RemoveOlder(std::uint64_t commits, std::vector<std::shared_ptr<RowVersion>>* removed) const;
  void RemoveOlder(const Key& key, std::uint64_t commits,
                   std::vector<std::shared_ptr<RowVersion>>* removed) const;

  // Of this store alone: a clone has its own.
  const std::shared_ptr<Watchers> watchers_ = std::make_shared<Watchers>();
  // Which tables have rows that end with a link, since the commit of the first one.
  std::array<std::atomic<bool>, 256> has_links_{};
  // Held while links are made: before the other mutex.
  mutable std::mutex links_mutex_;
  mutable BriefMutex mutex_;
  // All below are guarded by it. Ending to read removes older versions.
  alignas(64) mutable RowTrees trees_;
  std::uint64_t commits_ = 0;
  std::int64_t position_ = 0;
  // The newest link, and those up to it that are to be made.
  std::shared_ptr<Link> last_link_ = std::make_shared<Link>();
  mutable std::vector<std::shared_ptr<Link>> late_links_;
  // Ascending. Those without a count are still here when an earlier one is.
  mutable std::deque<Readers> readers_;
  // Ascending by `replaced`. Empty without readers.
  mutable std::deque<Kept> kept_;
  // The newest link that is made. Guarded by the mutex of links.
  mutable std::shared_ptr<const Link> made_link_ = last_link_;
};

// The value of a row after the first `commits` commits.
const Value* VersionAt(const RowVersion& newest, std::uint64_t commits) {
  const RowVersion* version = &newest;
  while (version != nullptr && version->since > commits) version = version->older.get();
  return version == nullptr || version->value == nullptr ? nullptr : &version->value;
}

class MemorySnapshot : public Snapshot {
 public:
  MemorySnapshot(std::shared_ptr<const MemoryStore> store, std::uint64_t commits,
                 std::int64_t position, std::shared_ptr<const Link> link)
      : store_(std::move(store)), commits_(commits), position_(position), link_(std::move(link)) {}
  MemorySnapshot(const MemorySnapshot&) = delete;
  MemorySnapshot& operator=(const MemorySnapshot&) = delete;
  ~MemorySnapshot() override { store_->EndRead(commits_); }

  std::int64_t position() const override { return position_; }
  std::string link() const override {
    store_->MakeLinks();
    return link_->bytes;
  }

  absl::StatusOr<Value> Get(const Key& key) const override { return store_->Get(key, commits_); }
  absl::StatusOr<std::vector<Value>> GetAll(absl::Span<const Key> keys) const override {
    return store_->GetAll(keys, commits_);
  }

  absl::StatusOr<std::vector<Row>> Scan(const Range& range, std::size_t most,
                                        bool descending) const override {
    std::vector<Row> rows;
    if (!store_->Scan(range, commits_, most, descending, &rows)) return rows;
    Range rest = range;
    do {
      if (descending) {
        rest.end = rows.back().key;
      } else {
        rest.begin = rows.back().key;
        rest.begin.push_back('\0');
      }
    } while (store_->Scan(rest, commits_, most - rows.size(), descending, &rows));
    return rows;
  }

 private:
  const std::shared_ptr<const MemoryStore> store_;
  const std::uint64_t commits_;
  const std::int64_t position_;
  const std::shared_ptr<const Link> link_;
};

absl::StatusOr<std::shared_ptr<const Snapshot>> MemoryStore::Read() const {
  std::uint64_t commits = 0;
  std::int64_t position = 0;
  std::shared_ptr<const Link> link;
  {
    const BriefLock lock(mutex_);
    commits = commits_;
    position = position_;
    link = last_link_;
    if (readers_.empty() || readers_.back().commits != commits) readers_.push_back({commits, 0});
    ++readers_.back().count;
  }
  return std::make_shared<const MemorySnapshot>(shared_from_this(), commits, position,
                                                std::move(link));
}

void MemoryStore::EndRead(std::uint64_t commits) const {
  // Destroyed without the mutex.
  std::vector<std::shared_ptr<RowVersion>> removed;
  const BriefLock lock(mutex_);
  const auto readers = std::lower_bound(
      readers_.begin(), readers_.end(), commits,
      [](const Readers& each, std::uint64_t sought) { return each.commits < sought; });
  --readers->count;
  if (readers != readers_.begin()) return;
  while (!readers_.empty() && readers_.front().count == 0) readers_.pop_front();
  if (!kept_.empty()) {
    RemoveOlder(readers_.empty() ? commits_ : readers_.front().commits, &removed);
  }
}

void MemoryStore::RemoveOlder(std::uint64_t commits,
                              std::vector<std::shared_ptr<RowVersion>>* removed) const {
  std::vector<Key> keys;
  for (; !kept_.empty() && kept_.front().replaced <= commits; kept_.pop_front()) {
    keys.push_back(std::move(kept_.front().key));
  }
  // A row that changes often is here often.
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return a.table != b.table ? a.table < b.table : a.bytes < b.bytes;
  });
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const Key& key : keys) RemoveOlder(key, commits, removed);
}

void MemoryStore::RemoveOlder(const Key& key, std::uint64_t commits,
                              std::vector<std::shared_ptr<RowVersion>>* removed) const {
  RowTree& tree = trees_.Of(key.table);
  if (tree.Find(key.bytes) == nullptr) return;
  RowVersion& newest = tree.At(std::string(key.bytes));
  // The oldest version that somebody may read.
  RowVersion* oldest = &newest;
  while (oldest->since > commits && oldest->older != nullptr) oldest = oldest->older.get();
  if (oldest->older != nullptr) removed->push_back(std::move(oldest->older));
  if (oldest == &newest && newest.value == nullptr) tree.Erase(key.bytes);
}

void MemoryStore::MakeLinks() const {
  const std::lock_guard<std::mutex> making(links_mutex_);
  std::vector<std::shared_ptr<Link>> links;
  {
    const BriefLock lock(mutex_);
    links.swap(late_links_);
  }
  MakeLinks(links);
}

void MemoryStore::MakeLinks(const std::vector<std::shared_ptr<Link>>& links) const {
  for (const std::shared_ptr<Link>& link : links) {
    MakeLink(made_link_->bytes, link.get());
    made_link_ = link;
  }
}

bool MemoryStore::ExpectsLinks(const PreparedBatches& prepared, const Tables& linked) const {
  for (const PreparedBatch& each : prepared) {
    for (const Expectation& expected : each.batch.expectations) {
      if (has_links_[expected.key.table] || linked[expected.key.table]) return true;
    }
  }
  return false;
}

Value MemoryStore::Get(const Key& key, std::uint64_t commits) const {
  if (has_links_[key.table]) MakeLinks();
  const BriefLock lock(mutex_);
  const RowVersion* newest = trees_.Of(key.table).Find(key.bytes);
  const Value* value = newest == nullptr ? nullptr : VersionAt(*newest, commits);
  return value == nullptr ? Value() : *value;
}

std::vector<Value> MemoryStore::GetAll(absl::Span<const Key> keys, std::uint64_t commits) const {
  std::vector<Value> values(keys.size());
  std::vector<absl::string_view> bytes;
  std::vector<const RowVersion*> found;
  // Keys of one table that follow each other, in one go.
  for (std::size_t first = 0; first < keys.size(); first += bytes.size()) {
    const std::uint8_t table = keys[first].table;
    bytes.clear();
    for (std::size_t i = first;
         i < keys.size() && keys[i].table == table && bytes.size() < kMaxRowsAtOnce; ++i) {
      bytes.push_back(keys[i].bytes);
    }
    found.resize(bytes.size());
    if (has_links_[table]) MakeLinks();
    const BriefLock lock(mutex_);
    trees_.Of(table).FindAll(bytes, found.data());
    for (const RowVersion* newest : found) {
      if (newest != nullptr) __builtin_prefetch(newest->value.get());
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      const Value* value = found[i] == nullptr ? nullptr : VersionAt(*found[i], commits);
      if (value != nullptr) values[first + i] = *value;
    }
  }
  return values;
}

bool MemoryStore::Scan(const Range& range, std::uint64_t commits, std::size_t most, bool descending,
                       std::vector<Row>* rows) const {
  if (most == 0) return false;
  if (has_links_[range.table]) MakeLinks();
  const std::size_t enough = rows->size() + std::min(most, kMaxRowsAtOnce);
  const BriefLock lock(mutex_);
  trees_.Of(range.table)
      .Visit(range.begin, EndOf(range), descending,
             [&](const std::string& key, const RowVersion& newest) {
               const Value* value = VersionAt(newest, commits);
               if (value != nullptr) rows->push_back({key, *value});
               return rows->size() < enough;
             });
  return rows->size() == enough && most > kMaxRowsAtOnce;
}

// With the mutex of links too, where the row may end with one.
bool MemoryStore::Holds(const Expectation& expectation) const {
  if (has_links_[expectation.key.table]) {
    MakeLinks(std::exchange(late_links_, {}));
  }
  const Value& expected = expectation.value;
  const RowVersion* newest = trees_.Of(expectation.key.table).Find(expectation.key.bytes);
  if (newest == nullptr || newest->value == nullptr || expected == nullptr) {
    return (newest == nullptr || newest->value == nullptr) && expected == nullptr;
  }
  return newest->value == expected || *newest->value == *expected;
}

bool MemoryStore::Holds(const RangeExpectation& expected) const {
  const std::vector<std::string>& keys = expected.keys;
  std::size_t count = 0;
  bool holds = true;
  trees_.Of(expected.range.table)
      .Visit(expected.range.begin, EndOf(expected.range), /*descending=*/false,
             [&](const std::string& key, const RowVersion& newest) {
               if (newest.value == nullptr) return true;
               holds = count < keys.size() && key == keys[count];
               ++count;
               return holds;
             });
  return holds && count == keys.size();
}

void MemoryStore::Put(Key&& key, Value&& value, Replaced* replaced) {
  RowTree& tree = trees_.Of(key.table);
  const bool is_read = !readers_.empty();
  if (value == nullptr || is_read) {
    const RowVersion* found = tree.Find(key.bytes);
    if (value == nullptr && found == nullptr) return;
    if (value == nullptr && !is_read) {
      replaced->push_back(found->value);
      tree.Erase(key.bytes);
      return;
    }
    // A row without a value is removed when nobody reads what it had.
    if (value == nullptr || (found != nullptr && found->since != commits_)) {
      kept_.push_back({key, commits_});
    }
  }
  RowVersion& row = tree.At(std::move(key.bytes));
  if (is_read && row.since > 0 && row.since != commits_) {
    row.older = std::make_shared<RowVersion>(std::move(row));
  } else if (row.value != nullptr) {
    replaced->push_back(std::move(row.value));
  }
  row.value = std::move(value);
  row.since = commits_;
}

CommitResult MemoryStore::CommitOne(PreparedBatch* prepared, Replaced* replaced) {
  Batch& batch = prepared->batch;
  CommitResult result;
  for (const Expectation& expected : batch.expectations) {
    if (!Holds(expected)) return result;
    ++result.failed;
  }
  for (const RangeExpectation& expected : batch.range_expectations) {
    if (!Holds(expected)) return result;
    ++result.failed;
  }
  result.failed = 0;
  result.is_committed = true;
  ++commits_;
  if (prepared->has_position) result.position = ++position_;
  if (prepared->link != nullptr) {
    last_link_ = prepared->link;
    late_links_.push_back(std::move(prepared->link));
  }
  const std::string position = EncodePosition(position_);
  std::size_t next = 0;
  for (Write& write : batch.writes) {
    if (IsBehindKey(write.position)) write.key.bytes += position;
    if (write.position == Write::Position::kBehindValue) prepared->behind[next++]->append(position);
    if (write.position == Write::Position::kBehindKeyLinkBehindValue) {
      has_links_[write.key.table] = true;
    }
    Put(std::move(write.key), std::move(write.value), replaced);
  }
  return result;
}

absl::StatusOr<std::vector<CommitResult>> MemoryStore::Commit(std::vector<Batch> batches) {
  absl::Status checked = CheckBatches(batches, /*takes_late_values=*/true);
  if (!checked.ok()) return checked;
  PreparedBatches prepared;
  prepared.reserve(batches.size());
  Tables linked;
  for (Batch& batch : batches) prepared.emplace_back(&batch, &linked);
  std::vector<CommitResult> results;
  results.reserve(batches.size());
  // Destroyed without the mutex.
  Replaced replaced;
  const auto commit_all = [&] {
    for (PreparedBatch& each : prepared) results.push_back(CommitOne(&each, &replaced));
  };
  bool expects_links = false;
  {
    const BriefLock lock(mutex_);
    expects_links = ExpectsLinks(prepared, linked);
    if (!expects_links) commit_all();
  }
  if (expects_links) {
    const std::lock_guard<std::mutex> making(links_mutex_);
    const BriefLock lock(mutex_);
    commit_all();
  }
  watchers_->Signal();
  return results;
}

absl::StatusOr<std::shared_ptr<Store>> MemoryStore::Clone() const {
  // Most of them are made while others go on.
  MakeLinks();
  const std::lock_guard<std::mutex> making(links_mutex_);
  const BriefLock lock(mutex_);
  MakeLinks(std::exchange(late_links_, {}));
  return std::make_shared<MemoryStore>(*this);
}

}  // namespace

std::shared_ptr<Store> MakeMemoryStore() { return std::make_shared<MemoryStore>(); }

}  // namespace store
}  // namespace frontdesk
