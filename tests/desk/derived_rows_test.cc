// The index and the words of texts are made again when a store has older ones: whole, once, and whatever ends the process meanwhile.
#include "event_log/derived_rows.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/chance.h"
#include "desk/derived_rows_testing.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "desk/text_search_testing.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using event_log::DerivedProgress;
using event_log::EncodeProgress;
using event_log::kDerivedVersion;
using ::frontdesk::testing::AskingStore;
using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::FindAll;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenOn;
using ::frontdesk::testing::PutProgress;
using ::frontdesk::testing::PutRow;
using ::frontdesk::testing::RowsOf;
using store::MakeValue;
using ::testing::ElementsAre;

std::vector<std::string> DerivedOf(const store::Store& from) {
  std::vector<std::string> all;
  for (const event_log::Table table :
       {event_log::kIndex, event_log::kSearch, event_log::kEntityEffects, event_log::kQueue,
        event_log::kTotals, event_log::kDerived}) {
    for (const store::Row& row : RowsOf(from, table)) {
      all.push_back(absl::StrCat(static_cast<int>(table), "/", row.key, "=", *row.value));
    }
  }
  return all;
}

// As a version before the first one left it: rows that are not valid any more, and no version.
void MakeOld(store::Store& store) {
  int place = 0;
  for (const event_log::Table table :
       {event_log::kIndex, event_log::kSearch, event_log::kEntityEffects, event_log::kQueue,
        event_log::kTotals}) {
    for (const store::Row& row : RowsOf(store, table)) {
      if (++place % 3 != 0) continue;
      PutRow(store, table, row.key, nullptr);
      PutRow(store, table, absl::StrCat(row.key, "old"), MakeValue("x"));
    }
  }
  PutRow(store, event_log::kDerived, "", nullptr);
}

// A store with random cases, and some with words for several batches.
std::shared_ptr<store::Store> MakeStore(int commands) {
  std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  const std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  testing::Chance chance(testing::SeedOfRun());
  testing::RandomTexts texts(&chance, desk.get());
  for (int i = 0; i < commands; ++i) texts.Next();
  for (int i = 0; i < 3; ++i) {
    MustDo(*desk, AskInText(absl::StrCat("open_case { case_id: 'long", i,
                                         "' kind: KIND_TROUBLE subject: 'long' }"),
                            20'000));
    for (int part = 0; part < 3; ++part) {
      std::string text;
      for (int word = 0; word < 450; ++word) absl::StrAppend(&text, "w", part, "x", word, " ");
      MustDo(*desk,
             AskInText(absl::StrCat("add_case_part { case_id: 'long", i, "' part { part_id: 'p",
                                    part, "' kind: KIND_NOTE text: '", text, "' } }"),
                       20'000));
    }
  }
  return store;
}

// A desk of the version before cases were found by tags, priorities, attributes and outside ids.
TEST(DerivedRowsTest, KeysThatAnOlderVersionLacksAreMade) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  {
    const std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
    MustDo(*desk, AskInText("open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'x' queue_id: "
                            "'q' priority: 2 external_ids { system: 'crm' id: '7' } }",
                            1));
    MustDo(*desk, AskInText("classify_case { case_id: 'k1' add_tags: 'loud' }", 2));
    MustDo(*desk, AskInText("add_case_part { case_id: 'k1' part { part_id: 'p1' kind: KIND_NOTE "
                            "text: 'x' external_ids { system: 'mail' id: 'm' } } }",
                            3));
  }
  const std::vector<std::string> rows = DerivedOf(*store);
  int removed = 0;
  for (const store::Row& row : RowsOf(*store, event_log::kIndex)) {
    for (const char* word : {"tag/", "queue_priority/", "external_id/"}) {
      if (row.key.find(word) == std::string::npos) continue;
      PutRow(*store, event_log::kIndex, row.key, nullptr);
      ++removed;
      break;
    }
  }
  EXPECT_EQ(removed, 4);
  PutProgress(*store, {3, absl::nullopt, ""});
  const auto desk = OpenOn(store);
  ASSERT_TRUE(desk.ok()) << desk.status();
  EXPECT_EQ(DerivedOf(*store), rows);
  v1::FindRequest request;
  request.mutable_cases()->mutable_external_id()->set_system("mail");
  request.mutable_cases()->mutable_external_id()->set_id("m");
  EXPECT_EQ(*(*desk)->Count(request), 1);
  request.mutable_cases()->Clear();
  request.mutable_cases()->set_tag("loud");
  EXPECT_EQ(*(*desk)->Count(request), 1);
}

v1::FindRequest Lamps() {
  v1::FindRequest request;
  request.mutable_texts()->set_words("lamp");
  request.mutable_texts()->set_entity_kind(v1::ENTITY_KIND_CASE);
  return request;
}

TEST(DerivedRowsTest, AStoreIsOpenedWithItsRowsMadeAgain) {
  const std::shared_ptr<store::Store> store = MakeStore(300);
  const std::vector<std::string> rows = DerivedOf(*store);
  EXPECT_GT(RowsOf(*store, event_log::kSearch).size(), 4'000u);
  MakeOld(*store);
  EXPECT_NE(DerivedOf(*store), rows);
  const auto desk = OpenOn(store);
  ASSERT_TRUE(desk.ok()) << desk.status();
  EXPECT_EQ(DerivedOf(*store), rows);
  const auto report = (*desk)->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
  v1::FindRequest request = Lamps();
  request.mutable_texts()->set_words("w2x449 long");
  EXPECT_THAT(FindAll(**desk, request), ElementsAre("long2", "long1", "long0"));
}

TEST(DerivedRowsTest, AnEmptyStoreBeginsWithTheVersion) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  ASSERT_TRUE(OpenOn(store).ok());
  ASSERT_EQ(RowsOf(*store, event_log::kDerived).size(), 1u);
  EXPECT_EQ(*RowsOf(*store, event_log::kDerived)[0].value,
            EncodeProgress({kDerivedVersion, absl::nullopt, ""}));
}

// The process ends before the n-th commit, for each n; the next one goes on.
TEST(DerivedRowsTest, WorkThatWasEndedIsContinued) {
  const std::shared_ptr<store::Store> whole = MakeStore(200);
  const std::vector<std::string> rows = DerivedOf(*whole);
  MakeOld(*whole);
  int commits = 0;
  for (bool is_open = false; !is_open; ++commits) {
    ASSERT_LT(commits, 1'000);
    const std::shared_ptr<store::Store> store = *whole->Clone();
    int left = commits;
    std::size_t largest = 0;
    const auto ending = std::make_shared<AskingStore>(
        store, [&](const std::vector<store::Batch>& batches) -> absl::Status {
          largest = std::max(largest, batches.at(0).writes.size());
          return left-- > 0 ? absl::OkStatus() : absl::UnavailableError("killed");
        });
    const auto killed = OpenOn(ending);
    is_open = killed.ok();
    // As many rows as that, and those of one text.
    EXPECT_LE(largest, 2'500u);
    if (is_open) {
      EXPECT_EQ(DerivedOf(*store), rows);
      break;
    }
    EXPECT_EQ(GetReason(killed.status()), "STORE_UNAVAILABLE");
    EXPECT_NE(DerivedOf(*store), rows) << "the version comes last";
    const auto desk = OpenOn(store);
    ASSERT_TRUE(desk.ok()) << desk.status();
    EXPECT_EQ(DerivedOf(*store), rows) << "after " << commits << " commits";
  }
  EXPECT_GT(commits, 6);
}

TEST(DerivedRowsTest, SeveralThatOpenAtOnceMakeEachRowOnce) {
  const std::shared_ptr<store::Store> store = MakeStore(200);
  const std::vector<std::string> rows = DerivedOf(*store);
  MakeOld(*store);
  std::atomic<int> opened{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] { opened += OpenOn(store).ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, 6);
  EXPECT_EQ(DerivedOf(*store), rows);
}

// Between a read and its commit the whole work is done by another process.
TEST(DerivedRowsTest, TheBatchOfOneThatWasOvertakenIsNotMade) {
  const std::shared_ptr<store::Store> store = MakeStore(50);
  const std::vector<std::string> rows = DerivedOf(*store);
  MakeOld(*store);
  int asked = 0;
  const auto overtaken =
      std::make_shared<AskingStore>(store, [&](const std::vector<store::Batch>&) -> absl::Status {
        // In the middle of the work.
        if (++asked == 4) {
          EXPECT_TRUE(OpenOn(store).ok());
          EXPECT_EQ(DerivedOf(*store), rows);
        }
        return absl::OkStatus();
      });
  EXPECT_TRUE(OpenOn(overtaken).ok());
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(DerivedOf(*store), rows);
}

TEST(DerivedRowsTest, OtherVersionsAreMadeAgainOrAreAnError) {
  const std::shared_ptr<store::Store> store = MakeStore(50);
  const std::vector<std::string> rows = DerivedOf(*store);
  for (const DerivedProgress& older : {DerivedProgress{kDerivedVersion - 1, absl::nullopt, ""},
                                       DerivedProgress{kDerivedVersion - 1, 1, "anything"},
                                       DerivedProgress{kDerivedVersion, 0, ""}}) {
    MakeOld(*store);
    PutProgress(*store, older);
    const auto desk = OpenOn(store);
    ASSERT_TRUE(desk.ok()) << desk.status();
    EXPECT_EQ(DerivedOf(*store), rows);
  }
  for (const DerivedProgress& newer : {DerivedProgress{kDerivedVersion + 1, absl::nullopt, ""},
                                       DerivedProgress{kDerivedVersion + 1, 0, ""}}) {
    PutProgress(*store, newer);
    const std::vector<std::string> before = DerivedOf(*store);
    EXPECT_EQ(GetReason(OpenOn(store).status()), "STORE_NOT_USABLE");
    EXPECT_EQ(DerivedOf(*store), before);
  }
  for (const std::string& bytes : {std::string("x"), EncodeProgress({kDerivedVersion, 99, ""}),
                                   EncodeProgress({kDerivedVersion, 3, "\1x"})}) {
    PutRow(*store, event_log::kDerived, "", MakeValue(bytes));
    EXPECT_EQ(GetReason(OpenOn(store).status()), "STORE_CORRUPT");
  }
}

TEST(DerivedRowsTest, AnOlderStoreThatIsReadOnlyIsAnError) {
  const std::shared_ptr<store::Store> store = MakeStore(10);
  const auto read_only = std::make_shared<AskingStore>(store, [](const std::vector<store::Batch>&) {
    return absl::FailedPreconditionError("the store is read-only");
  });
  EXPECT_TRUE(OpenOn(read_only).ok());
  MakeOld(*store);
  EXPECT_EQ(GetReason(OpenOn(read_only).status()), "STORE_NOT_USABLE");
}

// A newer version makes rows again that this one does not know.
TEST(DerivedRowsTest, ADeskOfAnOlderVersionWritesNothingMore) {
  const std::shared_ptr<store::Store> store = MakeStore(10);
  const auto desk = OpenOn(store);
  ASSERT_TRUE(desk.ok()) << desk.status();
  PutProgress(*store, {kDerivedVersion + 1, 0, ""});
  const auto before = (*desk)->Journal()->size();
  const v1::Command open =
      AskInText("open_case { case_id: 'new' kind: KIND_TROUBLE subject: 'x' }", 30'000);
  EXPECT_EQ(GetReason((*desk)->Execute(open).status()), "STORE_NOT_USABLE");
  const auto outcomes = (*desk)->ExecuteAll(std::vector<CommandWithFacts>{{open, v1::Facts()}});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(GetReason(outcomes[0].status()), "STORE_NOT_USABLE");
  EXPECT_EQ((*desk)->Journal()->size(), before);
  // It finds nothing that may be half, and reads the rest.
  EXPECT_EQ(GetReason((*desk)->Find(Lamps()).status()), "STORE_NOT_USABLE");
  EXPECT_EQ(GetReason((*desk)->FindDuplicates("c1").status()), "STORE_NOT_USABLE");
  EXPECT_EQ(GetReason((*desk)->OpenFile("c1", {}).status()), "STORE_NOT_USABLE");
  EXPECT_TRUE((*desk)->Get(testing::CustomerRef("c1")).ok());
  PutProgress(*store, {kDerivedVersion, absl::nullopt, ""});
  EXPECT_TRUE((*desk)->Execute(open).ok());
  EXPECT_TRUE((*desk)->Find(Lamps()).ok());
}

TEST(DerivedRowsTest, AReaderFindsInRowsOfItsVersionOnly) {
  const std::shared_ptr<store::Store> store = MakeStore(10);
  ReaderOptions options;
  options.store = store;
  const std::unique_ptr<Reader> reader = *Reader::Open(options);
  EXPECT_TRUE(reader->Find(Lamps()).ok());
  MakeOld(*store);
  EXPECT_EQ(GetReason(reader->Find(Lamps()).status()), "STORE_NOT_USABLE");
  EXPECT_TRUE(reader->Get(testing::CustomerRef("c1")).ok());
  PutProgress(*store, {kDerivedVersion, 1, ""});
  EXPECT_EQ(GetReason(reader->Find(Lamps()).status()), "STORE_NOT_USABLE");
  ASSERT_TRUE(OpenOn(store).ok());
  EXPECT_TRUE(reader->Find(Lamps()).ok());
}

}  // namespace
}  // namespace frontdesk
