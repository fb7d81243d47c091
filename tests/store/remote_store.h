// A store that says it is remote, and counts the exchanges with it.
//
//   auto store = std::make_shared<frontdesk::store::RemoteStore>(frontdesk::store::MakeMemoryStore());
//   store->Read();
//   store->exchanges();  // 1
#ifndef FRONTDESK_TESTS_STORE_REMOTE_STORE_H_
#define FRONTDESK_TESTS_STORE_REMOTE_STORE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

// Passes everything on to another store. Thread-safe.
class RemoteStore : public Store {
 public:
  explicit RemoteStore(std::shared_ptr<Store> rows) : rows_(std::move(rows)) {}

  int exchanges() const { return *exchanges_; }

  // From now on, or not any more, another process holds that key. Before snapshots are made that other threads read.
  void HoldElsewhere(const Key& key) { held_elsewhere_->emplace(key.table, key.bytes); }
  void ReleaseElsewhere() { held_elsewhere_->clear(); }

  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const override {
    ++*exchanges_;
    auto snapshot = rows_->Read();
    if (!snapshot.ok()) return snapshot.status();
    return std::make_shared<const CountedSnapshot>(*std::move(snapshot), exchanges_,
                                                   held_elsewhere_);
  }
  absl::StatusOr<FirstRead> ReadAndScan(absl::Span<const ScanRequest> requests) const override {
    ++*exchanges_;
    auto first = rows_->ReadAndScan(requests);
    if (!first.ok()) return first.status();
    return FirstRead{std::make_shared<const CountedSnapshot>(std::move(first->snapshot), exchanges_,
                                                             held_elsewhere_),
                     std::move(first->rows)};
  }
  absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) override {
    ++*exchanges_;
    return rows_->Commit(std::move(batches));
  }
  bool IsRemote() const override { return true; }
  absl::StatusOr<std::shared_ptr<Store>> Clone() const override { return rows_->Clone(); }
  absl::StatusOr<std::unique_ptr<Watch>> StartWatch() const override { return rows_->StartWatch(); }

 private:
  using HeldKeys = std::set<std::pair<int, std::string>>;

  class CountedSnapshot : public Snapshot {
   public:
    CountedSnapshot(std::shared_ptr<const Snapshot> rows,
                    std::shared_ptr<std::atomic<int>> exchanges,
                    std::shared_ptr<const HeldKeys> held_elsewhere)
        : rows_(std::move(rows)),
          exchanges_(std::move(exchanges)),
          held_elsewhere_(std::move(held_elsewhere)) {}

    std::int64_t position() const override { return rows_->position(); }
    std::string link() const override { return rows_->link(); }
    absl::StatusOr<Value> Get(const Key& key) const override {
      ++*exchanges_;
      return rows_->Get(key);
    }
    absl::StatusOr<std::vector<Row>> Scan(const Range& range, std::size_t most,
                                          bool descending) const override {
      ++*exchanges_;
      return rows_->Scan(range, most, descending);
    }
    absl::StatusOr<std::vector<std::vector<Row>>> ScanAll(
        absl::Span<const ScanRequest> requests) const override {
      ++*exchanges_;
      return rows_->ScanAll(requests);
    }
    absl::StatusOr<std::vector<bool>> TryHold(absl::Span<const Key> keys) const override {
      ++*exchanges_;
      std::vector<bool> held;
      for (const Key& key : keys) {
        held.push_back(held_elsewhere_->count({key.table, key.bytes}) == 0);
      }
      return held;
    }

   private:
    const std::shared_ptr<const Snapshot> rows_;
    const std::shared_ptr<std::atomic<int>> exchanges_;
    const std::shared_ptr<const HeldKeys> held_elsewhere_;
  };

  const std::shared_ptr<Store> rows_;
  const std::shared_ptr<std::atomic<int>> exchanges_ = std::make_shared<std::atomic<int>>(0);
  const std::shared_ptr<HeldKeys> held_elsewhere_ = std::make_shared<HeldKeys>();
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_REMOTE_STORE_H_
