// The rows of desks through one connection: each is checked against its checksum as it is read.
#ifndef FRONTDESK_STORE_SQLITE_ROWS_H_
#define FRONTDESK_STORE_SQLITE_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/store/store.h"
#include "store/sqlite/connection.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// A plain struct.
struct Desk {
  std::int64_t number = 0;  // 0: the file has no desk of that name.
  std::int64_t position = 0;
  std::string link = FirstLink();
};

// Prepared statements over the tables of CurrentSchema(). Thread-compatible; outlived by its connection.
class Rows {
 public:
  static absl::StatusOr<Rows> Prepare(const Connection& connection);

  // A transaction that reads from its first statement on, one that writes from now on, and the end of either, with its
  // changes.
  absl::Status Begin();
  absl::Status BeginWriting();
  absl::Status End();

  // FAILED_PRECONDITION when the file has a newer version than `known` by now; it begins the reading of a
  // transaction.
  absl::Status CheckVersion(std::int64_t known);

  absl::StatusOr<Desk> FindDesk(absl::string_view name);
  absl::Status PutDesk(absl::string_view name, const Desk& desk);
  // The number for a new desk.
  absl::StatusOr<std::int64_t> NextDesk();

  absl::StatusOr<Value> Get(std::int64_t desk, const Key& key);
  // Whether the row has the value; null: whether there is none.
  absl::StatusOr<bool> Holds(std::int64_t desk, const Key& key, const Value& value);
  absl::StatusOr<std::vector<Row>> Scan(std::int64_t desk, const Range& range, std::size_t most,
                                        bool descending);
  // The first keys of the range, at most `most`.
  absl::StatusOr<std::vector<std::string>> Keys(std::int64_t desk, const Range& range,
                                                std::size_t most);
  absl::Status Put(std::int64_t desk, std::uint8_t table, absl::string_view key,
                   absl::string_view value);
  absl::Status Remove(std::int64_t desk, std::uint8_t table, absl::string_view key);

  // Reads every row of every desk.
  static absl::Status CheckAll(const Connection& connection);

 private:
  explicit Rows(std::vector<Statement> statements) : statements_(std::move(statements)) {}

  enum Use : std::size_t;
  // The value of the row, valid until the statement of kGet is reset; nothing: there is none.
  absl::StatusOr<absl::optional<absl::string_view>> Find(std::int64_t desk, const Key& key);
  Statement& BindRange(std::int64_t desk, const Range& range, std::size_t most, bool descending,
                       bool keys_only);

  std::vector<Statement> statements_;
};

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_ROWS_H_
