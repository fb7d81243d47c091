#include "frontdesk/event_log/event_log.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/index_keys.h"
#include "event_log/log_testing.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/event_log/reasons.h"
#include "gmock/gmock.h"

namespace frontdesk {
namespace event_log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(EventLogTest, CommittedBatchesAreRead) {
  Names names;
  EXPECT_EQ(names.NameOf("a"), "<none>");
  EXPECT_EQ(names.Read().sequence(), 0);
  names.Name("a", "Ann");
  names.Name("ab", "Abe");
  names.Name("a", "Anna");
  EXPECT_EQ(names.NameOf("a"), "Anna");
  EXPECT_EQ(names.NameOf("ab"), "Abe");
  const View view = names.Read();
  EXPECT_EQ(view.sequence(), 3);
  const auto history = view.History(CustomerRef("a"), {});
  ASSERT_TRUE(history.ok());
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ((*history)[1].version(), 2);
  LogPage page;
  page.after = 1;
  EXPECT_EQ(view.History(CustomerRef("a"), page)->size(), 1u);
  page.after = 2;
  EXPECT_THAT(*view.History(CustomerRef("a"), page), IsEmpty());
  EXPECT_THAT(*view.History(CustomerRef("b"), {}), IsEmpty());

  const auto record = view.GetRecord("r3");
  ASSERT_TRUE(record.ok() && *record != nullptr);
  EXPECT_EQ((*record)->sequence(), 3);
  const auto events = view.RecordEvents(**record);
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ((*events)[0].event_id(), "r3-1");
  EXPECT_EQ(*view.GetRecord("r4"), nullptr);
  const auto journal = view.Journal({});
  ASSERT_TRUE(journal.ok());
  ASSERT_EQ(journal->size(), 3u);
  EXPECT_EQ((*journal)[0].record_id(), "r1");
  EXPECT_EQ((*journal)[2].sequence(), 3);
}

TEST(EventLogTest, AViewStaysAsItIs) {
  Names names;
  names.Name("a", "Ann");
  const View before = names.Read();
  names.Name("a", "Anna");
  EXPECT_EQ(before.Get(v1::ENTITY_KIND_CUSTOMER, "a")->state->customer().given_name(), "Ann");
  EXPECT_EQ(before.History(CustomerRef("a"), {})->size(), 1u);
  EXPECT_EQ(names.NameOf("a"), "Anna");
}

// States in memory and others, of one moment, and of entities that do not exist.
TEST(EventLogTest, StatesReadTogetherAreAsEachAlone) {
  for (const std::size_t cached : {std::size_t{600}, std::size_t{64} << 20}) {
    Names names;
    names.log = std::make_unique<EventLog>(names.rows, EventLogOptions{names.fold, cached});
    std::vector<IndexPosition> places;
    for (int i = 0; i < 60; ++i) {
      const std::string id = absl::StrCat("c", i * 7 % 60);
      if (i % 5 > 0) names.Name(id, absl::StrCat("name ", i));
      places.push_back({0, id});
    }
    const View before = names.Read();
    for (int i = 0; i < 60; i += 3) names.Name(absl::StrCat("c", i), "another name");
    for (const View& view : {before, names.Read()}) {
      const auto all = view.GetAll(v1::ENTITY_KIND_CUSTOMER, places);
      ASSERT_TRUE(all.ok()) << all.status();
      ASSERT_EQ(all->size(), places.size());
      for (std::size_t i = 0; i < places.size(); ++i) {
        const auto alone = view.Get(v1::ENTITY_KIND_CUSTOMER, places[i].id);
        ASSERT_TRUE(alone.ok()) << alone.status();
        ASSERT_EQ((*all)[i].state == nullptr, alone->state == nullptr) << places[i].id;
        EXPECT_EQ((*all)[i].head == nullptr, alone->head == nullptr);
        if (alone->state == nullptr) continue;
        EXPECT_EQ(*(*all)[i].head, *alone->head);
        EXPECT_EQ((*all)[i].state->SerializeAsString(), alone->state->SerializeAsString());
      }
    }
    EXPECT_TRUE(names.Read().GetAll(v1::ENTITY_KIND_CUSTOMER, {})->empty());
  }
}

TEST(EventLogTest, ABatchOnAnOldStateIsAConflict) {
  Names names;
  names.Name("a", "Ann");
  const View old = names.Read();
  const Batch one = names.Naming(old, "a", "one");
  const Batch two = names.Naming(old, "a", "two");
  const Batch first = names.Naming(old, "b", "first");
  const Batch second = names.Naming(old, "b", "second");
  EXPECT_EQ(*names.log->Commit(one), CommitVerdict::kCommitted);
  EXPECT_EQ(*names.log->Commit(two), CommitVerdict::kConflict);
  EXPECT_EQ(*names.log->Commit(first), CommitVerdict::kCommitted);
  EXPECT_EQ(*names.log->Commit(second), CommitVerdict::kConflict) << "there was none";
  EXPECT_EQ(names.NameOf("a"), "one");
  EXPECT_EQ(names.NameOf("b"), "first");
  EXPECT_EQ(names.Read().sequence(), 3);
}

// The last event that is not later counts, also where the time was corrected.
TEST(EventLogTest, AVersionIsFoundAsOfAnInstant) {
  Names names;
  const auto name_at = [&names](const std::string& name, std::int64_t second) {
    const Batch batch = names.Naming(names.Read(), "a", name);
    const_cast<v1::Event&>(*batch.events[0]).mutable_time()->set_seconds(second);
    ASSERT_EQ(*names.log->Commit(batch), CommitVerdict::kCommitted);
  };
  for (const std::int64_t second : {100, 200, 9'000, 300, 300}) name_at("Ann", second);
  const auto version_at = [&names](absl::Time time) {
    return *names.Read().VersionAsOf(v1::ENTITY_KIND_CUSTOMER, "a", time);
  };
  EXPECT_EQ(version_at(absl::FromUnixSeconds(100) - absl::Nanoseconds(1)), 0);
  EXPECT_EQ(version_at(absl::FromUnixSeconds(100)), 1);
  EXPECT_EQ(version_at(absl::FromUnixSeconds(299)), 2);
  EXPECT_EQ(version_at(absl::FromUnixSeconds(300)), 5);
  EXPECT_EQ(version_at(absl::InfiniteFuture()), 5);
  EXPECT_EQ(*names.Read().VersionAsOf(v1::ENTITY_KIND_CUSTOMER, "b", absl::InfiniteFuture()), 0);
  for (int i = 0; i < 600; ++i) name_at("Ann", 400);
  EXPECT_EQ(version_at(absl::FromUnixSeconds(399)), 5) << "behind pages";
}

TEST(EventLogTest, ARecordsIdIsUnique) {
  Names names;
  names.Name("a", "Ann");
  Batch batch = names.Naming(names.Read(), "b", "Bea");
  RecordOf(batch).set_record_id("r1");
  EXPECT_EQ(*names.log->Commit(batch), CommitVerdict::kRecordExists);
  EXPECT_EQ(names.NameOf("b"), "<none>");
}

TEST(EventLogTest, AKeyIsRememberedOnce) {
  Names names;
  const auto remember = [&](const std::string& record_id, store::Value before) {
    Batch batch;
    NewOutcome& remembered = batch.remembered.emplace();
    remembered.idempotency_key = "k";
    remembered.outcome.mutable_outcome()->set_record_id(record_id);
    remembered.before = std::move(before);
    const auto verdict = names.log->Commit(batch);
    EXPECT_TRUE(verdict.ok());
    return *verdict;
  };
  EXPECT_EQ(names.Read().FindRemembered("k")->row, nullptr);
  EXPECT_EQ(remember("r1", nullptr), CommitVerdict::kCommitted);
  EXPECT_EQ(names.Read().sequence(), 0) << "no record";
  EXPECT_EQ(remember("r2", nullptr), CommitVerdict::kKeyRemembered);
  const StoredOutcome first = *names.Read().FindRemembered("k");
  EXPECT_EQ(first.outcome.outcome().record_id(), "r1");
  EXPECT_EQ(remember("r3", first.row), CommitVerdict::kCommitted);
  EXPECT_EQ(remember("r4", first.row), CommitVerdict::kKeyRemembered);
  EXPECT_EQ(names.Read().FindRemembered("k")->outcome.outcome().record_id(), "r3");
}

TEST(EventLogTest, OutcomesAreForgottenByTheirTime) {
  Names names;
  const auto remember = [&names](const std::string& key, std::int64_t second, store::Value before) {
    Batch batch;
    NewOutcome& remembered = batch.remembered.emplace();
    remembered.idempotency_key = key;
    remembered.outcome.mutable_time()->set_seconds(second);
    remembered.before = std::move(before);
    ASSERT_EQ(*names.log->Commit(batch), CommitVerdict::kCommitted);
  };
  const auto forget = [&names](std::int64_t second, int most) {
    google::protobuf::Timestamp before;
    before.set_seconds(second);
    return *names.log->ForgetOutcomes(before, most);
  };
  const auto is_kept = [&names](const std::string& key) {
    return names.Read().FindRemembered(key)->row != nullptr;
  };
  remember("early", -5, nullptr);
  remember("a", 10, nullptr);
  remember("b", 20, nullptr);
  remember("c", 30, nullptr);
  // One that is remembered anew counts with its new time.
  remember("a", 40, names.Read().FindRemembered("a")->row);
  EXPECT_EQ(forget(20, 100), 1) << "the one before 1970";
  EXPECT_EQ(forget(31, 1), 1) << "the oldest first";
  EXPECT_FALSE(is_kept("b"));
  EXPECT_TRUE(is_kept("c"));
  EXPECT_EQ(forget(31, 100), 1);
  EXPECT_TRUE(is_kept("a"));
  EXPECT_EQ(forget(40, 100), 0);
  EXPECT_EQ(forget(41, 0), 0);
  EXPECT_EQ(forget(41, 100), 1);
  EXPECT_FALSE(is_kept("a"));
}

// The copies of a state together are not larger than its events, and few events are folded when it is read.
TEST(EventLogTest, AStateIsCopiedWhenItsEventsOutgrowIt) {
  Names names;
  std::size_t copies = 0;
  store::Value last;
  for (int i = 0; i < 300; ++i) {
    names.Name("a", absl::StrCat("Ann ", i));
    const auto kept = (*names.rows->Read())->Scan(store::RangeOf(kStates, ""), 10);
    ASSERT_TRUE(kept.ok());
    EXPECT_LE(kept->size(), 2u);
    const store::Value newest = kept->empty() ? nullptr : kept->back().value;
    copies += newest != last;
    last = newest;
  }
  EXPECT_GT(copies, 3u);
  EXPECT_LT(copies, 30u);
  names.Reopen();
  *names.fold.calls = 0;
  EXPECT_EQ(names.NameOf("a"), "Ann 299");
  EXPECT_GT(*names.fold.calls, 0);
  EXPECT_LT(*names.fold.calls, 100);
  *names.fold.calls = 0;
  EXPECT_EQ(names.NameOf("a"), "Ann 299");
  EXPECT_EQ(*names.fold.calls, 0) << "it is in memory";
  names.Name("a", "Anna");
  EXPECT_EQ(names.NameOf("a"), "Anna");
  EXPECT_EQ(*names.fold.calls, 0) << "the new state is in memory too";
}

TEST(EventLogTest, EveryVersionCanBeRead) {
  Names names;
  for (int i = 1; i <= 200; ++i) names.Name("a", absl::StrCat("Ann ", i));
  names.Reopen();
  const View view = names.Read();
  for (int i = 1; i <= 200; ++i) {
    const auto state = view.GetAt(v1::ENTITY_KIND_CUSTOMER, "a", i);
    ASSERT_TRUE(state.ok() && *state != nullptr) << i;
    EXPECT_EQ((*state)->version(), i);
    EXPECT_EQ((*state)->customer().given_name(), absl::StrCat("Ann ", i));
  }
  for (const std::int64_t never : {-1, 0, 201}) {
    EXPECT_EQ(*view.GetAt(v1::ENTITY_KIND_CUSTOMER, "a", never), nullptr) << never;
  }
  EXPECT_EQ(*view.GetAt(v1::ENTITY_KIND_CUSTOMER, "b", 1), nullptr);
  // The newest versions are quick, also right after a copy.
  for (int i = 201; i <= 260; ++i) {
    names.Name("a", absl::StrCat("Ann ", i));
    *names.fold.calls = 0;
    ASSERT_TRUE(names.Read().GetAt(v1::ENTITY_KIND_CUSTOMER, "a", i - 1).ok());
    EXPECT_LT(*names.fold.calls, 60) << i;
  }
}

TEST(EventLogTest, APolicyIsKeptByItsHash) {
  Names names;
  Batch batch = names.Naming(names.Read(), "a", "Ann");
  batch.policy.emplace().hash = "h";
  batch.policy->policy.mutable_pack()->set_name("shop");
  ASSERT_EQ(*names.log->Commit(batch), CommitVerdict::kCommitted);
  EXPECT_EQ((*names.Read().GetPolicy("h"))->pack().name(), "shop");
  EXPECT_FALSE(names.Read().GetPolicy("i")->has_value());
}

TEST(EventLogTest, CommitsOfOtherLogsAreSeen) {
  Names names;
  names.Name("a", "Ann");
  EventLog other(names.rows, {names.fold});
  EXPECT_EQ(*other.Commit(names.Naming(*other.Read(), "a", "Anna")), CommitVerdict::kCommitted);
  EXPECT_EQ(names.NameOf("a"), "Anna");
}

TEST(EventLogTest, LittleMemoryIsEnough) {
  Names names;
  names.log = std::make_unique<EventLog>(names.rows, EventLogOptions{names.fold, 600});
  for (int i = 0; i < 50; ++i) names.Name(absl::StrCat("c", i), absl::StrCat("name ", i));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(names.NameOf(absl::StrCat("c", i)), absl::StrCat("name ", i));
  }
}

TEST(EventLogTest, TheIndexFollowsTheState) {
  Names names;
  const auto with_id = [&](const std::string& id, const std::string& external) {
    Batch batch = names.Naming(names.Read(), id, "Ann");
    auto after = std::make_shared<v1::EntityState>(*batch.changed[0].after);
    after->mutable_customer()->clear_external_ids();
    if (!external.empty()) {
      v1::ExternalId& added = *after->mutable_customer()->add_external_ids();
      added.set_system("crm");
      added.set_id(external);
    }
    batch.changed[0].after = std::move(after);
    return batch;
  };
  v1::ExternalId sought;
  sought.set_system("crm");
  sought.set_id("7");
  const std::string key = internal::ExternalIdKey(sought);
  const auto found = [&](const IndexPage& page) {
    std::vector<std::string> ids;
    const auto positions = names.Read().Find(v1::ENTITY_KIND_CUSTOMER, key, page);
    EXPECT_TRUE(positions.ok()) << positions.status();
    for (const IndexPosition& position : *positions) ids.push_back(position.id);
    return ids;
  };
  EXPECT_THAT(found({}), IsEmpty());
  for (const char* id : {"b", "a", "c"}) {
    ASSERT_EQ(*names.log->Commit(with_id(id, "7")), CommitVerdict::kCommitted);
  }
  EXPECT_THAT(found({}), ElementsAre("a", "b", "c"));
  IndexPage page;
  page.after = IndexPosition{0, "a"};
  EXPECT_THAT(found(page), ElementsAre("b", "c"));
  page.after = IndexPosition{0, "bb"};
  EXPECT_THAT(found(page), ElementsAre("c"));
  page.descending = true;
  EXPECT_THAT(found(page), ElementsAre("b", "a"));
  page.page_size = 1;
  EXPECT_THAT(found(page), ElementsAre("b"));
  ASSERT_EQ(*names.log->Commit(with_id("b", "8")), CommitVerdict::kCommitted);
  EXPECT_THAT(found({}), ElementsAre("a", "c"));

  // A merged customer is not found by its own ids.
  Batch merged = with_id("c", "7");
  auto away = std::make_shared<v1::EntityState>(*merged.changed[0].after);
  away->mutable_customer()->set_state(v1::Customer::STATE_MERGED);
  merged.changed[0].after = std::move(away);
  ASSERT_EQ(*names.log->Commit(merged), CommitVerdict::kCommitted);
  EXPECT_THAT(found({}), ElementsAre("a"));

  // A batch that was decided on the entities under the key.
  Batch batch = with_id("d", "");
  batch.read_indexes = {{v1::ENTITY_KIND_CUSTOMER, key, {{0, "a"}, {0, "b"}}}};
  EXPECT_EQ(*names.log->Commit(batch), CommitVerdict::kConflict);
  batch.read_indexes[0].positions = {{0, "a"}};
  EXPECT_EQ(*names.log->Commit(batch), CommitVerdict::kCommitted);
}

TEST(EventLogTest, EffectsWaitUntilTheyAreAcknowledged) {
  Names names;
  for (int i = 0; i < 3; ++i) {
    Batch batch = names.Naming(names.Read(), "a", absl::StrCat(i));
    for (int k = 1; k <= 2; ++k) {
      RecordOf(batch).add_effects()->set_effect_id(
          absl::StrCat(batch.record->record_id(), "-e", k));
    }
    ASSERT_EQ(*names.log->Commit(batch), CommitVerdict::kCommitted);
  }
  names.Name("a", "no effect");
  const auto pending = [&](std::int64_t after, int page_size) {
    std::vector<std::string> ids;
    LogPage page;
    page.after = after;
    page.page_size = page_size;
    const auto effects = names.Read().PendingEffects(page);
    EXPECT_TRUE(effects.ok()) << effects.status();
    for (const PendingEffect& each : *effects) {
      ids.push_back(absl::StrCat(each.sequence, ":", each.effect.effect_id()));
    }
    return ids;
  };
  EXPECT_THAT(pending(0, 100),
              ElementsAre("1:r1-e1", "1:r1-e2", "2:r2-e1", "2:r2-e2", "3:r3-e1", "3:r3-e2"));
  EXPECT_THAT(pending(1, 1), ElementsAre("2:r2-e1", "2:r2-e2"))
      << "those of a record come together";
  EXPECT_TRUE(names.log->AcknowledgeEffect("r2-e1").ok());
  EXPECT_TRUE(names.log->AcknowledgeEffect("r2-e1").ok()) << "again";
  EXPECT_THAT(pending(1, 100), ElementsAre("2:r2-e2", "3:r3-e1", "3:r3-e2"));
  EXPECT_TRUE(names.log->AcknowledgeEffect("r2-e2").ok());
  EXPECT_THAT(pending(1, 100), ElementsAre("3:r3-e1", "3:r3-e2"));
  EXPECT_EQ(names.Read().sequence(), 4) << "the journal is as it was";
  for (const char* unknown :
       {"", "r2", "r2-e3", "r2-e0", "r2-e01", "r2-e", "r4-e1", "r9-e1", "-e1", "r2-e99999999999"}) {
    EXPECT_EQ(GetReason(names.log->AcknowledgeEffect(unknown)), kReasonEffectNotFound) << unknown;
  }
}

TEST(EventLogTest, ATooLargeRowIsRefused) {
  Names names;
  Batch batch = names.Naming(names.Read(), "a", std::string(store::kMaxValueBytes, 'x'));
  const auto verdict = names.log->Commit(batch);
  EXPECT_EQ(GetReason(verdict.status()), kReasonStoreRowTooLarge);
  EXPECT_EQ(names.NameOf("a"), "<none>");
}

TEST(EventLogTest, KeysOfTheIndexAreInOrder) {
  const auto key = [](std::int64_t sort, const std::string& id) {
    return IndexKey(v1::ENTITY_KIND_CASE, "k", {sort, id});
  };
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::string> keys = {key(kMin, "a"), key(-1, "a"), key(0, ""),  key(0, "a"),
                                         key(0, "aa"),   key(0, "b"),  key(1, "a"), key(kMax, "a")};
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  const std::string prefix = IndexPrefix(v1::ENTITY_KIND_CASE, "k");
  for (const std::int64_t sort : {kMin, std::int64_t{-1}, std::int64_t{0}, kMax}) {
    const auto position = DecodeIndexPosition(key(sort, "id").substr(prefix.size()));
    ASSERT_TRUE(position.has_value());
    EXPECT_EQ(position->sort, sort);
    EXPECT_EQ(position->id, "id");
  }
}

NewImportRow RowOfImport(const std::string& import_id, std::int64_t row) {
  NewImportRow added{import_id, v1::ImportRow()};
  added.row.set_row(row);
  added.row.set_source(absl::StrCat(import_id, ":", row));
  return added;
}

std::vector<std::string> SourcesOf(const View& view, const std::string& import_id,
                                   const LogPage& page = {}) {
  const auto rows = view.ImportRows(import_id, page);
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::string> sources;
  for (const v1::ImportRow& row : *rows) {
    EXPECT_EQ(row.source(), absl::StrCat(import_id, ":", row.row()));
    sources.push_back(row.source());
  }
  return sources;
}

TEST(EventLogTest, ARowOfAnImportIsKeptOnce) {
  Names names;
  // By itself it has no position in the log.
  Batch alone;
  alone.import_row = RowOfImport("i", 2);
  ASSERT_EQ(*names.log->Commit(alone), CommitVerdict::kCommitted);
  EXPECT_EQ(names.Read().sequence(), 0);
  EXPECT_EQ(*names.log->Commit(alone), CommitVerdict::kImportRowExists);
  // With a command all or nothing is kept.
  Batch both = names.Naming(names.Read(), "a", "Ann");
  both.import_row = RowOfImport("i", 2);
  both.remembered = NewOutcome{"k1", {}, nullptr};
  EXPECT_EQ(*names.log->Commit(both), CommitVerdict::kImportRowExists);
  EXPECT_EQ(names.NameOf("a"), "<none>");
  both.import_row = RowOfImport("i", 1);
  ASSERT_EQ(*names.log->Commit(both), CommitVerdict::kCommitted);
  both.import_row = RowOfImport("i", 3);
  EXPECT_EQ(*names.log->Commit(both), CommitVerdict::kKeyRemembered);
  both.remembered.reset();
  EXPECT_EQ(*names.log->Commit(both), CommitVerdict::kRecordExists);
  EXPECT_THAT(SourcesOf(names.Read(), "i"), ElementsAre("i:1", "i:2"));
}

TEST(EventLogTest, RowsOfImportsAreReadInTheirOrder) {
  Names names;
  auto group = *names.log->BeginGroup();
  for (const std::int64_t row : {300, 1, 2, 70'000}) {
    for (const char* import_id : {"i", "i1"}) {
      Batch batch;
      batch.import_row = RowOfImport(import_id, row);
      ASSERT_TRUE(group.Add(batch).ok());
    }
  }
  EXPECT_TRUE(group.view().FindImportRow("i", 300)->has_value()) << "the group sees itself";
  ASSERT_TRUE(names.log->CommitGroup(std::move(group)).ok());
  const View view = names.Read();
  EXPECT_THAT(SourcesOf(view, "i"), ElementsAre("i:1", "i:2", "i:300", "i:70000"));
  LogPage page;
  page.after = 2;
  page.page_size = 1;
  EXPECT_THAT(SourcesOf(view, "i1", page), ElementsAre("i1:300"));
  page.after = 70'000;
  EXPECT_THAT(SourcesOf(view, "i1", page), IsEmpty());
  page.after = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(SourcesOf(view, "i1", page), IsEmpty());
  EXPECT_FALSE(view.FindImportRow("i", 3)->has_value());
  EXPECT_EQ((*view.FindImportRow("i1", 300))->row(), 300);
}

// A verdict that was read must be there still.
TEST(EventLogTest, ABatchExpectsTheOutcomeThatItRead) {
  Names names;
  Batch batch;
  batch.read_outcome = ReadOutcome{"k1", nullptr};
  batch.import_row = RowOfImport("i", 1);
  Batch remembering = names.Naming(names.Read(), "a", "Ann");
  remembering.remembered = NewOutcome{"k1", {}, nullptr};
  ASSERT_EQ(*names.log->Commit(remembering), CommitVerdict::kCommitted);
  EXPECT_EQ(*names.log->Commit(batch), CommitVerdict::kConflict);
  batch.read_outcome->row = names.Read().FindRemembered("k1")->row;
  EXPECT_EQ(*names.log->Commit(batch), CommitVerdict::kCommitted);
}

TEST(EventLogTest, RowsOfImportsAreExported) {
  Names names;
  for (int row = 1; row <= 3; ++row) {
    Batch batch;
    batch.import_row = RowOfImport("i", row);
    ASSERT_TRUE(names.log->Commit(batch).ok());
  }
  std::vector<v1::LogLine> lines;
  const auto keep = [&lines](const v1::LogLine& line) {
    if (line.has_import_row()) lines.push_back(line);
    return absl::OkStatus();
  };
  ASSERT_TRUE(names.Read().Export(keep).ok());
  ASSERT_EQ(lines.size(), 3u);
  Names other;
  ASSERT_TRUE(other.log->PutLine(lines[0]).ok());
  ASSERT_TRUE(other.log->PutImportRows(absl::MakeConstSpan(lines).subspan(1)).ok());
  EXPECT_EQ(*names.Read().Difference(other.Read()), absl::nullopt);
  for (const char* import_id : {"", "a"}) {
    lines[1].mutable_import_row()->set_import_id(import_id);
    lines[1].mutable_import_row()->mutable_row()->set_row(*import_id == '\0' ? 1 : 0);
    EXPECT_EQ(GetReason(other.log->PutLine(lines[1])), kReasonStoreCorrupt);
  }
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
