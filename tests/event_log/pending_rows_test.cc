#include "event_log/pending_rows.h"

#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace event_log {
namespace {

std::string TextOf(const std::vector<store::Row>& rows) {
  std::string text;
  for (const store::Row& row : rows) absl::StrAppend(&text, row.key, "=", *row.value, ";");
  return text;
}

// The pending rows against a store that has committed the same batches.
TEST(PendingRowsTest, AreThoseOfAStoreThatCommitsTheBatches) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const auto below = [&random](int n) { return static_cast<int>(random() % n); };
  const auto some_key = [&] {
    return std::string(1 + below(2), static_cast<char>('a' + below(5)));
  };
  const auto some_batch = [&] {
    store::Batch batch;
    for (int i = below(4); i >= 0; --i) {
      store::Write& write = batch.writes.emplace_back();
      write.key = {static_cast<std::uint8_t>(1 + below(2)), some_key()};
      if (i == 0 && below(2) == 0) {
        batch.digest = std::string(store::kLinkBytes, static_cast<char>('a' + below(26)));
        write.value = store::MakeValue("entry");
        write.position = store::Write::Position::kBehindKeyLinkBehindValue;
        continue;
      }
      if (below(3) > 0) write.value = store::MakeValue(absl::StrCat("v", below(100)));
      if (write.value != nullptr && below(3) == 0) {
        write.position = below(2) == 0 ? store::Write::Position::kBehindKey
                                       : store::Write::Position::kBehindValue;
      }
    }
    return batch;
  };
  for (int round = 0; round < 300; ++round) {
    const auto store = store::MakeMemoryStore();
    for (int i = below(5); i > 0; --i) ASSERT_TRUE(store->Commit({some_batch()}).ok());
    PendingRows pending(*store->Read());
    std::size_t added = 0;
    for (int i = 0; i < 40; ++i) {
      // Read between them, or not.
      if (below(4) == 0) {
        const store::Batch batch = some_batch();
        pending.Add(batch);
        ++added;
        ASSERT_TRUE(store->Commit({batch}).ok());
      }
      const auto committed = *store->Read();
      ASSERT_EQ(pending.position(), committed->position());
      if (below(3) == 0) {
        ASSERT_EQ(pending.link(), committed->link());
      }
      if (below(2) == 0) continue;
      const store::Key key = {static_cast<std::uint8_t>(1 + below(2)), some_key()};
      const store::Value one = *pending.Get(key), other = *committed->Get(key);
      ASSERT_EQ(one == nullptr, other == nullptr) << key.bytes;
      if (one != nullptr) {
        ASSERT_EQ(*one, *other) << key.bytes;
      }
      store::Range range;
      range.table = key.table;
      range.begin = some_key();
      if (below(2) == 0) range.end = some_key();
      if (range.end.has_value() && *range.end < range.begin) std::swap(*range.end, range.begin);
      const std::size_t most = 1 + below(6);
      const bool descending = below(2) == 0;
      ASSERT_EQ(TextOf(*pending.Scan(range, most, descending)),
                TextOf(*committed->Scan(range, most, descending)))
          << range.begin << " most " << most;
    }
    ASSERT_EQ(pending.size(), added);
    ASSERT_EQ(pending.Take().size(), added);
  }
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
