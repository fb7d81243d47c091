// Elements of lists in a log: pages and names in every version, against maps.
#include "event_log/rows.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/log_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace event_log {
namespace {

// One list in one version.
using Elements = std::map<RowPosition, std::pair<std::string, std::string>>;  // to name and element

std::string Told(const std::vector<StoredRow>& rows) {
  std::string text;
  for (const StoredRow& row : rows) {
    absl::StrAppend(&text, row.position.version, ".", row.position.place, "=", row.element, " ");
  }
  return text;
}

std::string Told(const Elements& elements, bool descending) {
  std::vector<StoredRow> rows;
  for (const auto& [position, named] : elements) rows.push_back({position, named.second});
  if (descending) std::reverse(rows.begin(), rows.end());
  return Told(rows);
}

TEST(RowsTest, PagesAndNamesInEveryVersion) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&random](int limit) {
      return std::uniform_int_distribution<int>(0, limit - 1)(random);
    };
    Names names;
    // Two lists, one of them with names, of two customers whose ids begin alike.
    std::map<std::pair<std::string, int>, std::vector<Elements>> versions;
    for (const char* id : {"a", "ab"}) {
      for (const int list : {14, 300}) versions[{id, list}].emplace_back();
    }
    for (int step = 0; step < 60; ++step) {
      const std::string id = below(2) == 0 ? "a" : "ab";
      Batch batch = names.Naming(names.Read(), id, "x");
      const std::int64_t version = batch.changed[0].after->version();
      for (const int list : {14, 300}) {
        std::vector<Elements>& all = versions[{id, list}];
        Elements now = all.back();
        const Elements before = now;
        for (const auto& [position, named] : before) {
          if (below(6) == 0) {
            now.erase(position);
            batch.changed[0].rows.push_back({list, named.first, position, version, absl::nullopt});
          } else if (below(6) == 0) {
            const std::string element = absl::StrCat("e", version);
            now[position].second = element;
            batch.changed[0].rows.push_back({list, named.first, position, version, element});
          }
        }
        for (int place = 0; place < below(3); ++place) {
          // A name may come again after its element was removed.
          std::string name = list == 300 ? absl::StrCat("n", below(12)) : "";
          const bool is_taken = std::any_of(now.begin(), now.end(), [&name](const auto& each) {
            return each.second.first == name;
          });
          if (list == 300 && is_taken) continue;
          const RowPosition position = {version, place};
          const std::string element = place == 1 ? "" : absl::StrCat("new", version);
          now[position] = {name, element};
          batch.changed[0].rows.push_back({list, name, position, version, element});
        }
        all.push_back(now);
      }
      ASSERT_EQ(*names.log->Commit(batch), CommitVerdict::kCommitted);
    }
    const View view = names.Read();
    for (const auto& [of, all] : versions) {
      const auto& [id, list] = of;
      for (std::size_t version = 1; version < all.size(); ++version) {
        for (const bool descending : {false, true}) {
          std::string read;
          RowPage page;
          page.page_size = 1 + below(5);
          page.descending = descending;
          while (true) {
            const auto rows =
                view.Rows(CustomerRef(id), list, static_cast<std::int64_t>(version), page);
            ASSERT_TRUE(rows.ok()) << rows.status();
            ASSERT_LE(rows->size(), static_cast<std::size_t>(page.page_size));
            read += Told(*rows);
            if (rows->empty()) break;
            page.after = rows->back().position;
          }
          ASSERT_EQ(read, Told(all[version], descending)) << id << list << " " << version;
        }
        for (int i = 0; list == 300 && i < 12; ++i) {
          const std::string name = absl::StrCat("n", i);
          const auto row =
              view.FindRow(CustomerRef(id), list, name, static_cast<std::int64_t>(version));
          ASSERT_TRUE(row.ok()) << row.status();
          std::vector<StoredRow> expected;
          for (const auto& [position, named] : all[version]) {
            if (named.first == name) expected.push_back({position, named.second});
          }
          ASSERT_EQ(
              Told(row->has_value() ? std::vector<StoredRow>{**row} : std::vector<StoredRow>{}),
              Told(expected))
              << name;
        }
      }
    }
  }
}

TEST(RowsTest, RowsThatNoLogWroteAreErrors) {
  const auto corrupt = [](const auto& result) {
    EXPECT_EQ(GetReason(result.status()), kReasonStoreCorrupt) << result.status();
  };
  const auto with = [](Table table, std::string key, std::string value) {
    Names names;
    names.Name("a", "x");
    std::vector<store::Batch> batches(1);
    batches[0].writes.push_back({{table, std::move(key)}, store::MakeValue(std::move(value))});
    EXPECT_TRUE(names.rows->Commit(std::move(batches)).ok());
    return names;
  };
  const v1::EntityRef a = CustomerRef("a");
  const std::string list = RowsPrefix(a.kind(), a.id(), 14);
  const std::string name = RowNameKey(a.kind(), a.id(), 14, "n", 1);
  const std::string row = RowKey(a.kind(), a.id(), 14, {1, 0}, 1);
  corrupt(with(kRows, row, "").Read().Rows(a, 14, 1, {}));
  corrupt(with(kRows, row, "\x07more").Read().Rows(a, 14, 1, {}));
  corrupt(with(kRows, list + "short", "\x01").Read().Rows(a, 14, 1, {}));
  corrupt(with(kRowNames, name, "").Read().FindRow(a, 14, "n", 1));
  corrupt(with(kRowNames, name, "123").Read().FindRow(a, 14, "n", 1));
  // The name of an element that is not there.
  corrupt(with(kRowNames, name, EncodeRowPosition({1, 0})).Read().FindRow(a, 14, "n", 1));
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
