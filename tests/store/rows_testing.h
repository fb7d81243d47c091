// Short ways to write and read rows in tests of stores. An error is a failure of the test.
#ifndef FRONTDESK_TESTS_STORE_ROWS_TESTING_H_
#define FRONTDESK_TESTS_STORE_ROWS_TESTING_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "frontdesk/store/store.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace store {

inline Write Put(std::uint8_t table, std::string key, std::string value) {
  return {{table, std::move(key)}, MakeValue(std::move(value)), Write::Position::kNowhere};
}
inline Write Remove(std::uint8_t table, std::string key) {
  return {{table, std::move(key)}, nullptr, Write::Position::kNowhere};
}

// With a row of table 9 that has the position of the batch.
inline Batch OfWrites(std::vector<Write> writes) {
  Batch batch;
  batch.writes = std::move(writes);
  batch.writes.push_back({{9, ""}, MakeValue("log"), Write::Position::kBehindKey});
  return batch;
}

inline CommitResult MustCommit(Store& store, Batch batch) {
  auto results = store.Commit({std::move(batch)});
  EXPECT_TRUE(results.ok()) << results.status();
  return results.ok() && results->size() == 1 ? results->front() : CommitResult();
}

// Every row of a store, as text.
inline std::vector<std::string> AllRows(const Store& from) {
  std::vector<std::string> all;
  const auto snapshot = from.Read();
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  for (int table = 0; snapshot.ok() && table < 256; ++table) {
    const auto rows =
        (*snapshot)->Scan({static_cast<std::uint8_t>(table), "", absl::nullopt}, 1'000'000);
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok()) return all;
    for (const Row& row : *rows) {
      all.push_back(absl::StrCat(table, "/", row.key, "=", *row.value));
    }
  }
  return all;
}

inline std::shared_ptr<const Snapshot> MustRead(const Store& store) {
  auto snapshot = store.Read();
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return *std::move(snapshot);
}

// "<none>" for no row.
inline std::string Get(const Snapshot& snapshot, std::uint8_t table, std::string key) {
  const auto value = snapshot.Get({table, std::move(key)});
  EXPECT_TRUE(value.ok()) << value.status();
  return !value.ok() || *value == nullptr ? "<none>" : **value;
}
inline std::string Get(const Store& store, std::uint8_t table, std::string key) {
  return Get(*MustRead(store), table, std::move(key));
}

// The same of several keys.
inline std::vector<std::string> GetAll(const Snapshot& snapshot, const std::vector<Key>& keys) {
  const auto values = snapshot.GetAll(keys);
  EXPECT_TRUE(values.ok()) << values.status();
  std::vector<std::string> shown;
  if (!values.ok()) return shown;
  for (const Value& value : *values) shown.push_back(value == nullptr ? "<none>" : *value);
  return shown;
}

inline std::vector<std::string> Scan(const Snapshot& snapshot, const Range& range,
                                     std::size_t most = 100, bool descending = false) {
  const auto rows = snapshot.Scan(range, most, descending);
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::string> shown;
  if (!rows.ok()) return shown;
  for (const Row& row : *rows) shown.push_back(absl::StrCat(row.key, "=", *row.value));
  return shown;
}

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_ROWS_TESTING_H_
