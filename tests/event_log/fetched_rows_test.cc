#include "event_log/fetched_rows.h"

#include <cstdint>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/lazy_rows.h"
#include "gtest/gtest.h"
#include "store/remote_store.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace event_log {
namespace {

using store::Get;
using store::MustCommit;
using store::OfWrites;
using store::Put;
using store::Scan;

// Random requests, and reads of the fetched rows against reads of the snapshot itself.
TEST(FetchedRowsTest, AreThoseOfTheSnapshot) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const auto below = [&random](int n) { return static_cast<int>(random() % n); };
  const auto some_key = [&] {
    return std::string(static_cast<std::size_t>(below(3)), static_cast<char>('a' + below(6)));
  };
  const auto some_request = [&] {
    if (below(3) == 0) return store::RequestOf({static_cast<std::uint8_t>(below(3)), some_key()});
    store::ScanRequest request = {{static_cast<std::uint8_t>(below(3)), some_key(), absl::nullopt},
                                  static_cast<std::size_t>(below(6)),
                                  below(2) == 0};
    if (below(2) == 0) request.range.end = some_key();
    return request;
  };
  for (int round = 0; round < 2'000; ++round) {
    const auto rows = store::MakeMemoryStore();
    for (int i = below(12); i > 0; --i) {
      MustCommit(*rows,
                 OfWrites({Put(static_cast<std::uint8_t>(below(3)), some_key(), absl::StrCat(i))}));
    }
    std::vector<store::ScanRequest> requests;
    for (int i = below(5); i > 0; --i) requests.push_back(some_request());
    auto first = rows->ReadAndScan(requests);
    ASSERT_TRUE(first.ok()) << first.status();
    const FetchedRows fetched(first->snapshot, requests, std::move(first->rows));
    ASSERT_EQ(fetched.position(), first->snapshot->position());
    ASSERT_EQ(fetched.link(), first->snapshot->link());
    for (int i = 0; i < 20; ++i) {
      const store::ScanRequest wanted = some_request();
      ASSERT_EQ(Scan(fetched, wanted.range, wanted.most, wanted.descending),
                Scan(*first->snapshot, wanted.range, wanted.most, wanted.descending));
      const std::string key = some_key();
      ASSERT_EQ(Get(fetched, wanted.range.table, key),
                Get(*first->snapshot, wanted.range.table, key));
    }
  }
}

TEST(FetchedRowsTest, FetchedRowsAreNotReadAgain) {
  store::RemoteStore rows(store::MakeMemoryStore());
  MustCommit(rows, OfWrites({Put(1, "a", "1"), Put(2, "b1", "2"), Put(2, "b2", "3"),
                             Put(2, "b3", "4"), Put(2, "c", "5")}));
  const std::vector<store::ScanRequest> requests = {store::RequestOf({1, "a"}),
                                                    store::RequestOf({1, "z"}),
                                                    {store::RangeOf(2, "b"), 2, true},
                                                    {store::RangeOf(3, ""), 1, false}};
  const int before = rows.exchanges();
  auto first = rows.ReadAndScan(requests);
  const FetchedRows fetched(first->snapshot, requests, std::move(first->rows));
  EXPECT_EQ(Get(fetched, 1, "a"), "1");
  EXPECT_EQ(Get(fetched, 1, "z"), "<none>");
  EXPECT_EQ(Get(fetched, 2, "b2"), "3");
  EXPECT_EQ(Scan(fetched, {2, "b2", std::string("c")}), (std::vector<std::string>{"b2=3", "b3=4"}));
  EXPECT_EQ(Scan(fetched, {3, "x", absl::nullopt}).size(), 0u);
  EXPECT_EQ(rows.exchanges() - before, 1);
  // There may be more rows than these.
  EXPECT_EQ(Get(fetched, 2, "b1"), "2");
  EXPECT_EQ(Get(fetched, 2, "c"), "5");
  EXPECT_EQ(Get(fetched, 1, "b"), "<none>");
  EXPECT_EQ(rows.exchanges() - before, 4);
}

TEST(LazyRowsTest, AreThoseOfTheFirstRead) {
  const auto rows = std::make_shared<store::RemoteStore>(store::MakeMemoryStore());
  MustCommit(*rows, OfWrites({Put(1, "a", "1")}));
  const int before = rows->exchanges();
  const LazyRows lazy(rows, 7);
  EXPECT_EQ(lazy.position(), 7);
  EXPECT_EQ(lazy.link(), store::FirstLink());
  EXPECT_EQ(rows->exchanges(), before);
  MustCommit(*rows, OfWrites({Put(1, "a", "2")}));
  EXPECT_EQ(Get(lazy, 1, "a"), "2");
  // The snapshot and the read were one exchange, and the commit another.
  EXPECT_EQ(rows->exchanges() - before, 2);
  EXPECT_EQ(lazy.position(), 2);
  MustCommit(*rows, OfWrites({Put(1, "a", "3")}));
  EXPECT_EQ(Get(lazy, 1, "a"), "2");
  EXPECT_EQ(Scan(lazy, store::RangeOf(1, "")), std::vector<std::string>{"a=2"});
  EXPECT_EQ(lazy.position(), 2);
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
