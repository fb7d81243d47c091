// The statements over the tables of CurrentSchema().
#ifndef FRONTDESK_STORE_POSTGRES_STATEMENTS_H_
#define FRONTDESK_STORE_POSTGRES_STATEMENTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/store/store.h"
#include "store/postgres/connection.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// Keys have this number of bytes in the index; the rest is beside it.
inline constexpr std::size_t kIndexedKeyBytes = 2'000;

// The state of a desk. A plain struct.
struct Head {
  std::int64_t position = 0;
  std::string link = FirstLink();
  // How many transactions have changed the desk: two snapshots with the same number are the same.
  std::int64_t change_count = 0;
  // Whether the desk has, or had, a key of more than kIndexedKeyBytes.
  bool has_long_keys = false;
};

// A snapshot: the beginning of its transaction, its head, and its end.
Call BeginCall();
Call HeadCall(const Target& target);
Call EndCall();
// Its head, from the result of HeadCall(). FAILED_PRECONDITION or DATA_LOSS when the tables are not of the version `known`.
absl::StatusOr<Head> ReadHead(const Result& result, std::int64_t known);

Call GetCall(std::int64_t desk, const Key& key);
Value ReadValue(const Result& result);
Call ScanCall(std::int64_t desk, const Range& range, std::size_t most, bool descending,
              bool has_long_keys);
std::vector<Row> ReadRows(const Result& result);

// Several reads: those of single rows share a statement.
class ScanBundle {
 public:
  // `requests` outlives this.
  ScanBundle(std::int64_t desk, absl::Span<const ScanRequest> requests, bool has_long_keys);

  // The statements; empty when nothing has to be asked.
  std::vector<Call> TakeCalls() { return std::move(calls_); }
  // The rows of each request, from the results of the statements.
  std::vector<std::vector<Row>> Read(absl::Span<const Result> results) const;

 private:
  const absl::Span<const ScanRequest> requests_;
  std::vector<Call> calls_;
  // The requests for a single row, and those for a range; in the order of their results.
  std::vector<std::size_t> single_;
  std::vector<std::size_t> ranges_;
};

// Tries to hold keys of the desk until the transaction ends.
Call HoldCall(const Target& target, absl::Span<const Key> keys);
std::vector<bool> ReadHeld(const Result& result);

// Makes the desk unless it is there, and forgets writers that were not heard of for a week.
std::vector<Call> OpenDeskCalls(const Target& target);

// One batch of the transaction `number` of a writer: the batch with that index, from 0, and whether it is the last one.
Call CommitCall(const Target& target, const Batch& batch, std::int64_t index, bool is_last,
                absl::string_view writer, std::int64_t number);
absl::StatusOr<CommitResult> ReadCommit(const Result& result);
// Removes the row of a writer that commits nothing more.
std::vector<Call> ForgetWriterCalls(const Target& target, absl::string_view writer);

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_STATEMENTS_H_
