// A store that counts the bytes that it keeps.
//
//   auto store = std::make_shared<frontdesk::CountingStore>(frontdesk::store::MakeMemoryStore());
//   store->Commit(std::move(batches));
//   store->kept_bytes();
#ifndef FRONTDESK_TESTS_BENCH_COUNTING_STORE_H_
#define FRONTDESK_TESTS_BENCH_COUNTING_STORE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"

namespace frontdesk {

// Passes everything on to another store, which nobody else writes to. Thread-safe.
class CountingStore : public store::Store {
 public:
  explicit CountingStore(std::shared_ptr<store::Store> rows);

  // The bytes of all keys and values that the store holds now, less those that it held in the beginning. A row that is
  // replaced counts with its new value only, and a removed one does not count. The number of a table is no part of a key.
  std::int64_t kept_bytes() const;

  // The same by reading every row.
  absl::StatusOr<std::int64_t> CountKeptBytes() const;

  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override;
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override;
  // A clone counts nothing.
  absl::StatusOr<std::shared_ptr<store::Store>> Clone() const override;

 private:
  const std::shared_ptr<store::Store> rows_;
  const std::int64_t begin_bytes_;
  mutable std::mutex mutex_;
  std::int64_t kept_bytes_ = 0;  // Guarded by mutex_.
};

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_COUNTING_STORE_H_
