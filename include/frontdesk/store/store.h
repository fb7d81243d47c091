// A store of rows: keys and values of bytes, in numbered tables, ordered by key. It knows no
// meaning of them.
//
//   std::shared_ptr<frontdesk::store::Store> store = frontdesk::store::MakeMemoryStore();
//   frontdesk::store::Batch batch;
//   batch.expectations.push_back({{kCases, "c7"}, nullptr});  // There must be no such row.
//   batch.writes.push_back({{kCases, "c7"}, frontdesk::store::MakeValue("bytes")});
//   auto results = store->Commit({std::move(batch)});
//   if (results.ok() && results->front().is_committed) std::puts("kept");
//
// A store changes by whole batches only. Those that write a position get one: 1, 2, 3, … without gaps, in
// the order in which they were committed. Those with a digest make a chain: the link of each is a hash of its
// digest and of the link before it (NextLink). Values that are read together come from one Snapshot: the store
// as it was at one moment.
#ifndef FRONTDESK_STORE_STORE_H_
#define FRONTDESK_STORE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"

namespace frontdesk {
namespace store {

// Most bytes of a key, and of a value.
inline constexpr std::size_t kMaxKeyBytes = 4'096;
inline constexpr std::size_t kMaxValueBytes = std::size_t{64} << 20;
// The bytes of a digest and of a link.
inline constexpr std::size_t kLinkBytes = 32;

// The bytes of a row: immutable, shared between a store and its readers. Null: there is no such row.
using Value = std::shared_ptr<const std::string>;
inline Value MakeValue(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

// The place of a row. Keys of a table are ordered byte by byte. A plain struct.
struct Key {
  std::uint8_t table = 0;
  std::string bytes;

  friend bool operator==(const Key& a, const Key& b) {
    return a.table == b.table && a.bytes == b.bytes;
  }
};

// A plain struct.
struct Row {
  std::string key;
  Value value;
};

// The rows of a table from `begin` on and before `end`. A plain struct.
struct Range {
  std::uint8_t table = 0;
  std::string begin;
  // Nothing: up to the end of the table.
  absl::optional<std::string> end;
};

// All keys that begin with `prefix`.
Range RangeOf(std::uint8_t table, absl::string_view prefix);

// One read, as of Snapshot::Scan(). A plain struct.
struct ScanRequest {
  Range range;
  std::size_t most = 0;
  bool descending = false;
};

// The read of one row.
ScanRequest RequestOf(const Key& key);

// A row that a batch was decided on: it must have exactly this value; null: there must be no such row. A plain
// struct.
struct Expectation {
  Key key;
  Value value;
};

// The range must hold exactly these keys, ascending. A plain struct.
struct RangeExpectation {
  Range range;
  std::vector<std::string> keys;
};

// One row that changes. A plain struct.
struct Write {
  // Where the batch's position goes, as eight bytes, the highest first, and its link.
  enum class Position {
    kNowhere,
    kBehindKey,
    kBehindValue,
    // The position behind the key, the link behind the value.
    kBehindKeyLinkBehindValue,
  };

  Key key;
  // Null: the row is removed, if there is one.
  Value value;
  Position position = Position::kNowhere;
};

// The value of a row that is made when somebody needs it: the bytes are the same whenever that is, in whatever thread. Immutable.
class LateValue {
 public:
  virtual ~LateValue() = default;

  // The bytes. May be called more than once, as long as the batch or its store lives.
  virtual std::string Make() const = 0;

  // The number of these bytes.
  virtual std::size_t size() const = 0;
};

// Changes that are made together, or not at all. A plain struct.
struct Batch {
  std::vector<Expectation> expectations;
  std::vector<RangeExpectation> range_expectations;
  // In this order; a later one of the same row counts.
  std::vector<Write> writes;
  // The digest that the batch adds to the chain, kLinkBytes long; empty: nothing.
  std::string digest;
  // Instead of a digest, where Store::TakesLateValues(): the value of the writes behind whose value the link goes. Their own values are
  // empty. The digest is the SHA-256 of these bytes.
  std::shared_ptr<const LateValue> late_value;
};

// The result of one batch. A plain struct.
struct CommitResult {
  bool is_committed = false;
  // Of a committed batch that has a position; else 0.
  std::int64_t position = 0;
  // Of one that was not committed: the first expectation that did not hold; `expectations` come before
  // `range_expectations`.
  std::size_t failed = 0;
};

// A store as it was at one moment. Thread-safe; outlived by the store.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  // The last position of a batch that it holds; 0: none has one.
  virtual std::int64_t position() const = 0;

  // The last link of the chain that it holds; FirstLink() when there is none.
  virtual std::string link() const = 0;

  // The row, or null.
  virtual absl::StatusOr<Value> Get(const Key& key) const = 0;

  // The rows of several keys, in their order. A store in memory finds them in less time than one after the other.
  virtual absl::StatusOr<std::vector<Value>> GetAll(absl::Span<const Key> keys) const;

  // The first rows of the range, at most `most`; with `descending` the last ones, last first.
  virtual absl::StatusOr<std::vector<Row>> Scan(const Range& range, std::size_t most,
                                                bool descending) const = 0;
  absl::StatusOr<std::vector<Row>> Scan(const Range& range, std::size_t most) const {
    return Scan(range, most, /*descending=*/false);
  }

  // Several reads: the rows of each, in the order of the requests. A store that is remote reads them in one exchange.
  virtual absl::StatusOr<std::vector<std::vector<Row>>> ScanAll(
      absl::Span<const ScanRequest> requests) const;

  // Tries to hold these keys, without waiting. One snapshot of a store holds a key at a time, whichever process it is of, until it is
  // released. It keeps nobody from reading or writing the row: those who share work leave out what another one holds. For each key,
  // whether it is held now. A store for one process has nothing to hold: then all are.
  virtual absl::StatusOr<std::vector<bool>> TryHold(absl::Span<const Key> keys) const;
};

// A snapshot, and its first reads. A plain struct.
struct FirstRead {
  std::shared_ptr<const Snapshot> snapshot;
  // Of each request, in their order.
  std::vector<std::vector<Row>> rows;
};

// Says when to read again, by a descriptor to wait on (poll, epoll, select, event loops). It is readable from the end of a commit until
// Clear(). A host that calls Clear(), reads, and then waits misses no commit. It may be readable without a commit too.
// Thread-safe; may be released after its store.
class Watch {
 public:
  virtual ~Watch() = default;

  // Only to wait on. It belongs to the watch, which closes it.
  virtual int descriptor() const = 0;

  // Makes the descriptor not readable until the next commit. A snapshot that is made later has all commits so far.
  virtual void Clear() = 0;
};

// Implementations are thread-safe. Every function may also fail with UNAVAILABLE, when the store cannot
// be reached, and with DATA_LOSS, when what it holds is not valid.
class Store {
 public:
  virtual ~Store() = default;

  // The store as it is now: with every batch whose Commit() has returned.
  virtual absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const = 0;

  // Read(), then Snapshot::ScanAll(). A store that is remote does both in one exchange.
  virtual absl::StatusOr<FirstRead> ReadAndScan(absl::Span<const ScanRequest> requests) const;

  // Commits the batches in their order, each on the result of those before it, each whole or not at
  // all; those whose expectations hold. All of them are kept for good when the call returns.
  // INVALID_ARGUMENT, and nothing is changed, for:
  //   - a key or value that is too long, with the bytes of the position or of the link;
  //   - a range that is not ascending;
  //   - a digest of another length, or a link that is written without a digest;
  //   - a late value beside a digest, or in a store that takes none.
  virtual absl::StatusOr<std::vector<CommitResult>> Commit(std::vector<Batch> batches) = 0;

  // Whether all rows are in the memory of this process anyway. A desk then keeps more states beside them.
  virtual bool IsInMemory() const { return false; }

  // Whether batches may have a late value. A store that keeps everything in memory makes these values, and the links of the chain, when
  // somebody reads them. So a desk whose log nobody reads makes no hashes of it.
  virtual bool TakesLateValues() const { return false; }
  // Whether each read and each commit is an exchange with another process, which costs more than the work itself. A desk then decides on the
  // states that it has in memory, and leaves it to the commit to find out whether they are still the newest.
  virtual bool IsRemote() const { return false; }

  // A store of its own that begins with the current contents of this one. UNIMPLEMENTED where that is not
  // supported.
  virtual absl::StatusOr<std::shared_ptr<Store>> Clone() const;

  // Watches for commits, those of other processes included where they share the store. UNIMPLEMENTED where that is not
  // supported. UNAVAILABLE when the system has no more descriptors.
  virtual absl::StatusOr<std::unique_ptr<Watch>> StartWatch() const;
};

// An empty store in memory. A snapshot and a clone cost next to nothing, however much it holds.
std::shared_ptr<Store> MakeMemoryStore();

// The eight bytes of a position, so that keys are in its order; and back. Nothing for other than eight bytes.
std::string EncodePosition(std::int64_t position);
absl::optional<std::int64_t> DecodePosition(absl::string_view bytes);

// The link before the first one: kLinkBytes of zero.
std::string FirstLink();

// The link that follows: SHA-256 (FIPS 180-4) of the link before it and the digest.
std::string NextLink(absl::string_view link, absl::string_view digest);

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_STORE_H_
