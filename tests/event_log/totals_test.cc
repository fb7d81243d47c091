// Totals over the rows of a log, against a count of all records.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "domain/recount_totals.h"
#include "event_log/rows.h"
#include "event_log/total_rows.h"
#include "event_log/total_sums.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/event_log/event_log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace event_log {
namespace {

using ::frontdesk::testing::RecountTotal;
using ::testing::IsEmpty;

absl::Status NoFold(const v1::Event&, v1::EntityState*) { return absl::OkStatus(); }

constexpr std::int64_t kNow = 1'700'000'000;

TotalKey KeyOf(v1::TotalSubject subject, const std::string& id, absl::string_view command,
               absl::optional<std::string> reason = absl::nullopt) {
  TotalKey key;
  key.subject = subject;
  key.id = id;
  key.command = domain::FindCommandByName(command);
  key.reason = std::move(reason);
  return key;
}

v1::Money Euros(std::int64_t units, const std::string& code = "EUR") {
  v1::Money money;
  money.set_units(units);
  money.set_currency_code(code);
  return money;
}

// A store that counts what is read of it, and may be remote.
class CountingStore : public store::Store {
 public:
  class CountingSnapshot : public store::Snapshot {
   public:
    CountingSnapshot(CountingStore* store, std::shared_ptr<const store::Snapshot> below)
        : store_(*store), below_(std::move(below)) {}
    std::int64_t position() const override { return below_->position(); }
    std::string link() const override { return below_->link(); }
    absl::StatusOr<store::Value> Get(const store::Key& key) const override {
      ++store_.exchanges;
      ++store_.rows_read;
      return below_->Get(key);
    }
    absl::StatusOr<std::vector<store::Row>> Scan(const store::Range& range, std::size_t most,
                                                 bool descending) const override {
      ++store_.exchanges;
      auto found = below_->Scan(range, most, descending);
      store_.rows_read += static_cast<int>(found->size());
      return found;
    }
    absl::StatusOr<std::vector<std::vector<store::Row>>> ScanAll(
        absl::Span<const store::ScanRequest> requests) const override {
      const int exchanges = store_.exchanges;
      auto found = Snapshot::ScanAll(requests);
      store_.exchanges = exchanges + 1;
      return found;
    }

   private:
    CountingStore& store_;
    const std::shared_ptr<const store::Snapshot> below_;
  };

  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return std::make_shared<CountingSnapshot>(const_cast<CountingStore*>(this), *store_->Read());
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    return store_->Commit(std::move(batches));
  }
  bool IsRemote() const override { return is_remote; }

  bool is_remote = false;
  mutable int exchanges = 0;
  mutable int rows_read = 0;

 private:
  const std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
};

// A log of records, and a list of them.
struct CountedLog {
  std::shared_ptr<CountingStore> rows = std::make_shared<CountingStore>();
  EventLog log{rows, EventLogOptions{NoFold}};
  std::vector<v1::JournalRecord> records;

  View Read() const {
    auto view = log.Read();
    EXPECT_TRUE(view.ok()) << view.status();
    return *std::move(view);
  }

  // The record of a credit of that amount, which is done.
  v1::JournalRecord Credit(std::int64_t units, std::int64_t seconds = kNow) {
    v1::JournalRecord record;
    record.set_record_id(absl::StrCat("r", ++made));
    record.mutable_time()->set_seconds(seconds);
    record.mutable_entity()->set_kind(v1::ENTITY_KIND_ACCOUNT);
    record.mutable_entity()->set_id("a1");
    record.mutable_command()->mutable_actor()->set_actor_id("anna");
    v1::CreditAccount& credit =
        *record.mutable_command()->mutable_account()->mutable_credit_account();
    credit.set_account_id("a1");
    credit.set_cause("goodwill");
    record.set_verdict(v1::VERDICT_DONE);
    record.mutable_counted()->set_customer_id("c1");
    *record.mutable_counted()->mutable_asked() = Euros(units);
    *record.mutable_counted()->mutable_given() = Euros(units);
    return record;
  }

  static Batch BatchOf(const v1::JournalRecord& record) {
    Batch batch;
    batch.record = std::make_shared<v1::JournalRecord>(record);
    return batch;
  }

  CommitVerdict Commit(const Batch& batch) {
    const auto verdict = log.Commit(batch);
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    if (*verdict == CommitVerdict::kCommitted) {
      records.push_back(*batch.record);
      records.back().set_sequence(static_cast<std::int64_t>(records.size()));
    }
    return *verdict;
  }
  void Add(const v1::JournalRecord& record) {
    ASSERT_EQ(Commit(BatchOf(record)), CommitVerdict::kCommitted);
  }

  std::vector<store::Row> RowsIn(Table table, const std::string& prefix) const {
    const auto snapshot = rows->Read();
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return *(*snapshot)->Scan(store::RangeOf(table, prefix), 1'000'000);
  }

  v1::Total Sum(const TotalKey& key, absl::Time from = absl::InfinitePast()) const {
    return Sum(Read(), key, from);
  }
  static v1::Total Sum(const View& view, const TotalKey& key,
                       absl::Time from = absl::InfinitePast()) {
    const auto summed = view.SumTotal(key, from);
    EXPECT_TRUE(summed.ok()) << summed.status();
    return summed.ok() ? summed->total : v1::Total();
  }

  int made = 0;
};

TEST(TotalsTest, ACommandCountsForEachOfItsSubjects) {
  CountedLog log;
  log.Add(log.Credit(50));
  v1::JournalRecord refused = log.Credit(70);
  refused.set_verdict(v1::VERDICT_REFUSED);
  refused.mutable_counted()->clear_given();
  refused.mutable_command()->mutable_actor()->set_actor_id("bert");
  log.Add(refused);
  v1::JournalRecord other = log.Credit(7);
  *other.mutable_counted()->mutable_given() = Euros(5, "USD");
  other.mutable_counted()->clear_customer_id();
  other.mutable_command()->mutable_account()->mutable_credit_account()->set_cause("gift");
  log.Add(other);

  const v1::Total desk = log.Sum(KeyOf(v1::TOTAL_SUBJECT_UNSPECIFIED, "", "CreditAccount"));
  EXPECT_EQ(desk.asked_count(), 3);
  EXPECT_EQ(desk.given_count(), 2);
  ASSERT_EQ(desk.asked_size(), 1);
  EXPECT_EQ(desk.asked(0).units(), 127);
  ASSERT_EQ(desk.given_size(), 2);
  EXPECT_EQ(desk.given(0).units(), 50);
  EXPECT_EQ(desk.given(1).currency_code(), "USD");
  EXPECT_EQ(desk.name(), "");
  const auto given = [&log](v1::TotalSubject subject, const std::string& id,
                            absl::optional<std::string> reason = absl::nullopt) {
    return log.Sum(KeyOf(subject, id, "CreditAccount", std::move(reason))).given_count();
  };
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_ACTOR, "anna"), 2);
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_ACTOR, "bert"), 0);
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_CUSTOMER, "c1"), 1);
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_CUSTOMER, ""), 0);
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_ACCOUNT, "a1"), 2);
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_ACCOUNT, "a1", "gift"), 1);
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_ACCOUNT, "a1", ""), 0);
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_ORDER, "a1"), 0);
  EXPECT_EQ(given(v1::TOTAL_SUBJECT_UNSPECIFIED, "", "goodwill"), 1);
  EXPECT_EQ(log.Sum(KeyOf(v1::TOTAL_SUBJECT_ACTOR, "anna", "DebitAccount")).asked_count(), 0);
}

TEST(TotalsTest, AWindowBeginsWithItsInstant) {
  CountedLog log;
  v1::JournalRecord record = log.Credit(50);
  record.mutable_time()->set_nanos(5);
  log.Add(record);
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
  const absl::Time time = absl::FromUnixSeconds(kNow) + absl::Nanoseconds(5);
  EXPECT_EQ(log.Sum(key, time).asked_count(), 1);
  EXPECT_EQ(log.Sum(key, time + absl::Nanoseconds(1)).asked_count(), 0);
}

// A command that an approval decides again was asked before.
TEST(TotalsTest, AHeldCommandIsAskedOnceAndGivenWhenItIsApproved) {
  CountedLog log;
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_ACTOR, "anna", "CreditAccount");
  v1::JournalRecord held = log.Credit(50, kNow);
  held.set_verdict(v1::VERDICT_HELD);
  held.mutable_counted()->clear_given();
  log.Add(held);
  EXPECT_EQ(log.Sum(key).asked_count(), 1);
  EXPECT_EQ(log.Sum(key).given_count(), 0);
  v1::JournalRecord again = log.Credit(50, kNow + 60);
  again.set_approval_id("r1");
  again.mutable_counted()->clear_asked();
  again.set_verdict(v1::VERDICT_REFUSED);
  log.Add(again);
  EXPECT_EQ(log.Sum(key).asked_count(), 1);
  again.set_record_id("approved");
  again.set_verdict(v1::VERDICT_DONE);
  log.Add(again);
  const v1::Total total = log.Sum(key, absl::FromUnixSeconds(kNow + 1));
  EXPECT_EQ(total.asked_count(), 0);
  EXPECT_EQ(total.given_count(), 1);
  EXPECT_EQ(total.given(0).units(), 50);
}

TEST(TotalsTest, IdsAndReasonsOfAnyBytesAreKeptApart) {
  CountedLog log;
  const std::string large(2'000, 'x');
  const std::vector<std::string> texts = {"a",
                                          std::string("a\0", 2),
                                          std::string("a\0\1b", 4),
                                          "a\1",
                                          large,
                                          large + "y",
                                          std::string(kMaxTotalTextBytes, 'x')};
  for (const std::string& id : texts) {
    for (const std::string& reason : texts) {
      v1::JournalRecord record = log.Credit(1);
      record.mutable_command()->mutable_actor()->set_actor_id(id);
      record.mutable_command()->mutable_account()->mutable_credit_account()->set_cause(reason);
      log.Add(record);
    }
  }
  for (const std::string& id : texts) {
    EXPECT_EQ(log.Sum(KeyOf(v1::TOTAL_SUBJECT_ACTOR, id, "CreditAccount")).asked_count(),
              static_cast<std::int64_t>(texts.size()));
    for (const std::string& reason : texts) {
      EXPECT_EQ(log.Sum(KeyOf(v1::TOTAL_SUBJECT_ACTOR, id, "CreditAccount", reason)).asked_count(),
                1);
    }
  }
}

TEST(TotalsTest, ASumThatDoesNotFitIsAnError) {
  CountedLog log;
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_ACTOR, "anna", "CreditAccount");
  log.Add(log.Credit(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(log.Sum(key).given(0).units(), std::numeric_limits<std::int64_t>::max());
  log.Add(log.Credit(1));
  EXPECT_EQ(GetReason(log.Read().SumTotal(key, absl::InfinitePast()).status()), "MONEY_OVERFLOW");
  log.Add(log.Credit(-1));
  EXPECT_EQ(log.Sum(key).given(0).units(), std::numeric_limits<std::int64_t>::max());
}

// No decision makes such an amount; a log that was written elsewhere may hold one.
TEST(TotalsTest, AnAmountWithoutACurrencyCountsAsNone) {
  CountedLog log;
  for (const char* code : {"", "EURO", "eur", "XAU"}) {
    v1::JournalRecord record = log.Credit(5);
    record.mutable_counted()->mutable_asked()->set_currency_code(code);
    log.Add(record);
  }
  const v1::Total total = log.Sum(KeyOf(v1::TOTAL_SUBJECT_ACTOR, "anna", "CreditAccount"));
  EXPECT_EQ(total.asked_count(), 4);
  EXPECT_THAT(total.asked(), IsEmpty());
  EXPECT_EQ(total.given(0).units(), 20);
}

TEST(TotalsTest, ACommitExpectsThatNothingWasAdded) {
  CountedLog log;
  const TotalKey keys[] = {KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount"),
                           KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c2", "CreditAccount")};
  for (int records = 0; records < 3; ++records) {
    for (const TotalKey& key : keys) {
      Batch batch = CountedLog::BatchOf(log.Credit(1));
      batch.read_totals = {log.Read().SumTotal(key, absl::InfiniteFuture())->read};
      log.Add(log.Credit(1));
      EXPECT_EQ(log.Commit(batch),
                key.id == "c1" ? CommitVerdict::kConflict : CommitVerdict::kCommitted);
    }
  }
}

// One that is decided on a batch of the group that is not committed is not committed either.
TEST(TotalsTest, ABatchOfAGroupExpectsTheOnesBefore) {
  for (const bool is_first_committed : {true, false}) {
    CountedLog log;
    const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
    log.Add(log.Credit(1));
    Group group = *log.log.BeginGroup();
    Batch first = CountedLog::BatchOf(log.Credit(10));
    ASSERT_TRUE(group.Add(first).ok());
    Batch second = CountedLog::BatchOf(log.Credit(100));
    const auto summed = group.view().SumTotal(key, absl::InfinitePast());
    ASSERT_TRUE(summed.ok());
    EXPECT_EQ(summed->total.given(0).units(), 11);
    second.read_totals = {summed->read};
    ASSERT_TRUE(group.Add(second).ok());
    if (!is_first_committed) {
      // Another one takes the id of its record, and its position, in the same list.
      v1::JournalRecord taken = log.Credit(5);
      taken.set_record_id(first.record->record_id());
      log.Add(taken);
    }
    const auto verdicts = log.log.CommitGroup(std::move(group));
    ASSERT_TRUE(verdicts.ok());
    EXPECT_EQ((*verdicts)[0],
              is_first_committed ? CommitVerdict::kCommitted : CommitVerdict::kRecordExists);
    EXPECT_EQ((*verdicts)[1],
              is_first_committed ? CommitVerdict::kCommitted : CommitVerdict::kConflict);
    EXPECT_EQ(log.Sum(key).given(0).units(), is_first_committed ? 111 : 6);
  }
}

// The batch of one more credit, which has read the total.
Batch Reading(CountedLog& log, const TotalKey& key, std::int64_t seconds = kNow) {
  Batch batch = CountedLog::BatchOf(log.Credit(1, seconds));
  batch.read_totals = {log.Read().SumTotal(key, absl::InfinitePast())->read};
  return batch;
}

TEST(TotalsTest, ATotalOverManyCommandsReadsFewRows) {
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
  CountedLog log;
  constexpr int kCredits = 5'000;
  for (int i = 0; i < kCredits; ++i) {
    if (i % 20 == 0) {
      ASSERT_EQ(log.Commit(Reading(log, key, kNow + i)), CommitVerdict::kCommitted);
    } else {
      log.Add(log.Credit(1, kNow + i));
    }
  }
  // 16 rows are summed up by one of 312 sums, 16 of these by one of 19, and so on.
  EXPECT_EQ(log.RowsIn(kTotalSums, SumLevel(TotalList(key), 1)).size(), 4'976u / kSumSize);
  EXPECT_EQ(log.RowsIn(kTotalSums, SumLevel(TotalList(key), 2)).size(), 19u);
  EXPECT_EQ(log.RowsIn(kTotalSums, SumLevel(TotalList(key), 3)).size(), 1u);
  for (const bool is_remote : {false, true}) {
    log.rows->is_remote = is_remote;
    for (const int back : {0, 1, 10, 1'000, 4'000}) {
      const absl::Time from =
          back == 0 ? absl::InfinitePast() : absl::FromUnixSeconds(kNow + kCredits - back);
      log.rows->rows_read = 0;
      log.rows->exchanges = 0;
      EXPECT_EQ(log.Sum(key, from).DebugString(),
                RecountTotal(log.records, key, from).DebugString());
      EXPECT_LE(log.rows->rows_read, 150) << back;
      EXPECT_LE(log.rows->exchanges, is_remote ? 4 : 5) << back;
      if (is_remote && back == 0) {
        EXPECT_EQ(log.rows->exchanges, 1);
      }
    }
  }
}

// A list that nobody has read for long is summed up by several commits.
TEST(TotalsTest, ALongListIsSummedUpInParts) {
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
  CountedLog log;
  constexpr std::size_t kCredits = (kMaxNewSums + 100) * kSumSize + 5;
  for (std::size_t i = 0; i < kCredits; ++i) log.Add(log.Credit(1));
  const auto sums = [&](int level) {
    return log.RowsIn(kTotalSums, SumLevel(TotalList(key), level)).size();
  };
  EXPECT_EQ(sums(1), 0u);
  for (const std::size_t made : {kMaxNewSums, kMaxNewSums + 100, kMaxNewSums + 100}) {
    const std::int64_t count = log.Sum(key).given_count();
    EXPECT_EQ(count, static_cast<std::int64_t>(log.records.size()));
    ASSERT_EQ(log.Commit(Reading(log, key)), CommitVerdict::kCommitted);
    EXPECT_EQ(sums(1), made);
    EXPECT_EQ(sums(2), made / kSumSize);
    EXPECT_EQ(sums(3), made / kSumSize / kSumSize);
    log.rows->is_remote = !log.rows->is_remote;
  }
  EXPECT_TRUE(*AreSumsSound(**log.rows->Read()));
}

// Sums are over committed rows, and expect those before them.
TEST(TotalsTest, AGroupMakesSumsOverCommittedRows) {
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
  const TotalKey other = KeyOf(v1::TOTAL_SUBJECT_ACTOR, "anna", "CreditAccount");
  const auto add_of_other = [](CountedLog& log) {
    // Of another customer, so that it adds nothing to the list that was read.
    v1::JournalRecord record = log.Credit(1);
    record.mutable_counted()->set_customer_id("c2");
    return CountedLog::BatchOf(record);
  };
  CountedLog log;
  for (std::size_t i = 0; i < kMaxNewSums * kSumSize + 40; ++i) log.Add(log.Credit(1));
  Group group = *log.log.BeginGroup();
  // The first makes sums and is not committed; the second would make those behind them.
  Batch first = add_of_other(log);
  first.read_totals = {group.view().SumTotal(key, absl::InfinitePast())->read};
  ASSERT_EQ(first.read_totals[0].sums.empty(), false);
  ASSERT_TRUE(group.Add(first).ok());
  Batch second = add_of_other(log);
  second.read_totals = {group.view().SumTotal(key, absl::InfinitePast())->read};
  ASSERT_EQ(second.read_totals[0].sums.empty(), false);
  ASSERT_TRUE(group.Add(second).ok());
  v1::JournalRecord taken = *add_of_other(log).record;
  taken.set_record_id(first.record->record_id());
  log.Add(taken);
  const auto verdicts = log.log.CommitGroup(std::move(group));
  ASSERT_TRUE(verdicts.ok());
  EXPECT_EQ((*verdicts)[0], CommitVerdict::kRecordExists);
  EXPECT_EQ((*verdicts)[1], CommitVerdict::kConflict);
  EXPECT_TRUE(log.RowsIn(kTotalSums, "").empty());
  EXPECT_EQ(log.Sum(key).given_count(), static_cast<std::int64_t>(log.records.size()) - 1);

  // Rows of the group itself are in no sum.
  Group next = *log.log.BeginGroup();
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(next.Add(CountedLog::BatchOf(log.Credit(1))).ok());
  const SummedTotal summed = *next.view().SumTotal(other, absl::InfinitePast());
  EXPECT_EQ(summed.total.given_count(), static_cast<std::int64_t>(log.records.size()) + 40);
  // Expected beside them: the open sums, of which there are none so far.
  ASSERT_EQ(summed.read.rows.size(), 40u + 1u);
  EXPECT_EQ(summed.read.rows.back().key.bytes, OpenSumsKey(TotalList(other)));
  EXPECT_EQ(summed.read.rows.back().value, nullptr);
}

// Two that summed up the same rows, which neither of them adds to: the second reads again.
TEST(TotalsTest, TheOpenSumsAreThoseThatAReaderFound) {
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
  const auto read = [&key](CountedLog& log) {
    v1::JournalRecord record = log.Credit(1);
    record.mutable_counted()->set_customer_id("c2");
    Batch batch = CountedLog::BatchOf(record);
    batch.read_totals = {log.Read().SumTotal(key, absl::InfinitePast())->read};
    return batch;
  };
  CountedLog log;
  for (std::size_t i = 0; i < (kMaxNewSums + 20) * kSumSize; ++i) log.Add(log.Credit(1));
  const auto count = static_cast<std::int64_t>(log.records.size());
  for (const std::size_t made : {kMaxNewSums, kMaxNewSums + 20}) {
    // With the first sums of the list, and with those behind them.
    const Batch first = read(log);
    const Batch second = read(log);
    ASSERT_FALSE(second.read_totals[0].sums.empty());
    ASSERT_EQ(log.Commit(first), CommitVerdict::kCommitted);
    EXPECT_EQ(log.Commit(second), CommitVerdict::kConflict);
    EXPECT_EQ(log.RowsIn(kTotalSums, SumLevel(TotalList(key), 1)).size(), made);
    EXPECT_TRUE(*AreSumsSound(**log.rows->Read()));
    EXPECT_EQ(log.Sum(key).given_count(), count);
  }
  // Nothing is left to sum up, so that nobody changes the row.
  const Batch first = read(log);
  const Batch second = read(log);
  EXPECT_EQ(log.Commit(first), CommitVerdict::kCommitted);
  EXPECT_EQ(log.Commit(second), CommitVerdict::kCommitted);
  // One whose list has grown.
  for (std::size_t i = 0; i < kSumSize; ++i) log.Add(log.Credit(1));
  const Batch late = read(log);
  ASSERT_FALSE(late.read_totals[0].sums.empty());
  log.Add(log.Credit(1));
  EXPECT_EQ(log.Commit(late), CommitVerdict::kConflict);
}

// A group whose batches read the total and count themselves: open sums are over rows that were committed before.
TEST(TotalsTest, OpenSumsAreOverCommittedRows) {
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
  for (const bool is_remote : {false, true}) {
    CountedLog log;
    log.rows->is_remote = is_remote;
    for (int round = 0; round < 8; ++round) {
      Group group = *log.log.BeginGroup();
      for (std::int64_t i = 0; i < 21; ++i) {
        Batch batch = CountedLog::BatchOf(log.Credit(1));
        const SummedTotal summed = *group.view().SumTotal(key, absl::InfinitePast());
        EXPECT_EQ(summed.total.given_count(), 21 * round + i);
        batch.read_totals = {summed.read};
        ASSERT_TRUE(group.Add(batch).ok());
      }
      const auto verdicts = *log.log.CommitGroup(std::move(group));
      EXPECT_THAT(verdicts, ::testing::Each(CommitVerdict::kCommitted));
      EXPECT_TRUE(*AreSumsSound(**log.rows->Read()));
      EXPECT_EQ(log.RowsIn(kTotalSums, SumLevel(TotalList(key), 1)).size(),
                static_cast<std::size_t>(21 * round) / kSumSize);
    }
  }
}

// Totals are right without the row, and the next commit makes the sums again. Bytes that are no open sums are found when they are read.
TEST(TotalsTest, AListWithoutItsOpenSumsIsSummedUpAgain) {
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
  CountedLog log;
  const auto add = [&log](int count) {
    for (int i = 0; i < count; ++i) log.Add(log.Credit(i, kNow + log.made));
  };
  add(300);
  ASSERT_EQ(log.Commit(Reading(log, key)), CommitVerdict::kCommitted);
  const std::string open_key = OpenSumsKey(TotalList(key));
  const auto put = [&log, &open_key](store::Value value) {
    store::Batch batch;
    batch.writes.push_back({{kTotalSums, open_key}, std::move(value)});
    ASSERT_TRUE(log.rows->Commit({std::move(batch)}).ok());
  };
  const std::string open = *log.RowsIn(kTotalSums, open_key).at(0).value;
  std::string next;
  // Too few rows behind the sums for another one, and enough.
  for (const int more : {0, 40}) {
    add(more);
    const std::vector<store::Write> sums =
        log.Read().SumTotal(key, absl::InfinitePast())->read.sums;
    ASSERT_EQ(sums.empty(), more == 0);
    next = sums.empty() ? open : *sums.back().value;
    for (const int back : {300, 200, 5}) {
      log.rows->is_remote = !log.rows->is_remote;
      const absl::Time from = absl::FromUnixSeconds(kNow + 300 - back);
      const std::string expected = RecountTotal(log.records, key, from).DebugString();
      int wrong = 0;
      for (std::size_t size = 0; size <= open.size(); ++size) {
        put(size == 0 ? nullptr : store::MakeValue(open.substr(0, size)));
        const auto summed = log.Read().SumTotal(key, from);
        wrong += summed.ok() ? 0 : 1;
        if (!summed.ok()) {
          EXPECT_EQ(GetReason(summed.status()), "STORE_CORRUPT") << size;
        } else {
          EXPECT_EQ(summed->total.DebugString(), expected) << size;
          const bool is_made = !summed->read.sums.empty();
          EXPECT_EQ(is_made ? *summed->read.sums.back().value : next, next) << size;
        }
        EXPECT_TRUE(summed.ok() || (size > 0 && size < open.size())) << size;
        EXPECT_EQ(*AreSumsSound(**log.rows->Read()), size == open.size());
      }
      EXPECT_GT(wrong, 0);
      for (const char level : {'\0', static_cast<char>(kMaxSumLevel + 1), '\x7F', '\xFF'}) {
        put(store::MakeValue(level + open.substr(1)));
        EXPECT_EQ(GetReason(log.Read().SumTotal(key, from).status()), "STORE_CORRUPT");
      }
      put(store::MakeValue(open));
    }
  }
  put(nullptr);
  ASSERT_EQ(log.Commit(Reading(log, key)), CommitVerdict::kCommitted);
  EXPECT_EQ(*log.RowsIn(kTotalSums, open_key).at(0).value, next);
  EXPECT_TRUE(*AreSumsSound(**log.rows->Read()));
}

TEST(TotalsTest, ASumThatIsNotWhatTheRowsSayIsFound) {
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_CUSTOMER, "c1", "CreditAccount");
  CountedLog log;
  for (int i = 0; i < 300; ++i) log.Add(log.Credit(i));
  ASSERT_EQ(log.Commit(Reading(log, key)), CommitVerdict::kCommitted);
  const std::vector<store::Row> sums = log.RowsIn(kTotalSums, "");
  // Of level 1 and 2, behind the open ones.
  ASSERT_EQ(sums.size(), 1u + 18u + 1u);
  const auto put = [&log](std::uint8_t table, const std::string& name, store::Value value) {
    store::Batch batch;
    batch.writes.push_back({{table, name}, std::move(value)});
    ASSERT_TRUE(log.rows->Commit({std::move(batch)}).ok());
  };
  const auto difference = [&log] {
    const View view = log.Read();
    return view.Difference(view)->value_or("none");
  };
  EXPECT_EQ(difference(), "none");
  for (const std::size_t place :
       {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{19}}) {
    for (const std::string& bytes :
         {std::string(), *sums[place].value + "x", *sums[(place + 1) % sums.size()].value}) {
      put(kTotalSums, sums[place].key, store::MakeValue(bytes));
      EXPECT_EQ(difference(), "sums of totals") << place;
    }
    put(kTotalSums, sums[place].key, sums[place].value);
    EXPECT_EQ(difference(), "none");
  }
  // A sum is missing, the last one of its level too, or the open ones are, or its rows.
  for (const std::size_t place : {std::size_t{0}, std::size_t{7}, std::size_t{19}}) {
    put(kTotalSums, sums[place].key, nullptr);
    EXPECT_EQ(difference(), "sums of totals") << place;
    put(kTotalSums, sums[place].key, sums[place].value);
  }
  put(kTotalSums, OpenSumsKey("nobody"), store::MakeValue(""));
  EXPECT_EQ(difference(), "sums of totals");
  put(kTotalSums, OpenSumsKey("nobody"), nullptr);
  for (const std::string& name : {std::string("x"), std::string(20, 'x'), SumKey("nobody", 1, 5),
                                  SumKey(TotalList(key), 9, 5)}) {
    put(kTotalSums, name, sums[0].value);
    EXPECT_EQ(difference(), "sums of totals");
    put(kTotalSums, name, nullptr);
  }
  EXPECT_EQ(difference(), "none");
  const store::Row row = log.RowsIn(kTotals, TotalList(key)).at(3);
  put(kTotals, row.key, nullptr);
  EXPECT_EQ(difference(), "sums of totals");
}

TEST(TotalsTest, SumsOfAnySizeAreRead) {
  Sum sum;
  for (const std::int64_t units :
       {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
        std::int64_t{-1}, std::int64_t{0}, std::int64_t{64}}) {
    for (int times = 0; times < 3; ++times) {
      CountedRow row;
      row.time = absl::FromUnixSeconds(units % 1'000'000'000'000) + absl::Nanoseconds(times);
      row.is_asked = row.is_given = true;
      row.asked = {times == 0 ? "EUR" : "USD", units};
      row.given = {"JPY", units};
      sum.Add(5 + times, row, absl::StrCat("row", times));
      const std::string bytes = EncodeSum(sum);
      const absl::optional<Sum> read = DecodeWholeSum(sum.last, bytes);
      ASSERT_TRUE(read.has_value());
      EXPECT_EQ(EncodeSum(*read), bytes);
      EXPECT_EQ(read->first, 5);
      EXPECT_EQ(read->latest, sum.latest);
      EXPECT_EQ(read->earliest, sum.earliest);
      ASSERT_EQ(read->counted.given.sums().size(), 1u);
      EXPECT_EQ(read->counted.given.sums()[0].units, sum.counted.given.sums()[0].units);
      for (std::size_t size = 0; size < bytes.size(); ++size) {
        const absl::optional<Sum> cut = DecodeWholeSum(sum.last, bytes.substr(0, size));
        // Without its parts it is whole for the sum above.
        EXPECT_EQ(cut.has_value(), size + sum.parts.size() >= bytes.size()) << size;
      }
    }
  }
}

// Random records, and the keys under which some of them are.
class RandomTotals {
 public:
  explicit RandomTotals(std::uint64_t seed) : random_(seed) {}

  int Below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }
  bool OneIn(int n) { return Below(n) == 0; }

  v1::JournalRecord Record(int number) {
    v1::JournalRecord record;
    record.set_record_id(absl::StrCat("r", number));
    // Clocks differ, some by far.
    const std::int64_t seconds = kNow + number * 60 - (OneIn(10) ? Below(100'000) : Below(120));
    record.mutable_time()->set_seconds(seconds);
    record.mutable_time()->set_nanos(OneIn(4) ? Below(3) : 0);
    v1::Command& command = *record.mutable_command();
    command.mutable_actor()->set_actor_id(absl::StrCat("u", Below(3)));
    record.mutable_entity()->set_id(absl::StrCat("e", Below(3)));
    const std::string reason = OneIn(5) ? "" : absl::StrCat("reason", Below(2));
    if (OneIn(3)) {
      record.mutable_entity()->set_kind(v1::ENTITY_KIND_ORDER);
      v1::RefundOrder& refund = *command.mutable_order()->mutable_refund_order();
      refund.set_cause(static_cast<v1::RefundCause>(Below(3)));
    } else if (OneIn(2)) {
      record.mutable_entity()->set_kind(v1::ENTITY_KIND_ACCOUNT);
      command.mutable_account()->mutable_credit_account()->set_cause(reason);
    } else {
      record.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
      command.mutable_case_()->mutable_cancel_case()->set_reason(reason);
    }
    record.set_verdict(static_cast<v1::Verdict>(1 + Below(3)));
    v1::CountedCommand& counted = *record.mutable_counted();
    if (!OneIn(8)) counted.set_customer_id(absl::StrCat("c", Below(2)));
    const auto money = [this] {
      return Euros(Below(2'000) - 100, OneIn(4) ? "USD" : OneIn(9) ? "JPY" : "EUR");
    };
    if (OneIn(6)) {
      record.set_approval_id("a");
    } else if (!OneIn(5)) {
      *counted.mutable_asked() = money();
    }
    if (record.verdict() == v1::VERDICT_DONE && !OneIn(5)) {
      *counted.mutable_given() = counted.has_asked() && !OneIn(5) ? counted.asked() : money();
    }
    return record;
  }

  TotalKey Key() {
    const auto subject = static_cast<v1::TotalSubject>(Below(v1::TOTAL_SUBJECT_REASON));
    const char* const letters[] = {"", "c", "u", "e", "e", "e"};
    const std::string id =
        subject == v1::TOTAL_SUBJECT_UNSPECIFIED ? "" : absl::StrCat(letters[subject], Below(2));
    const char* const commands[] = {"RefundOrder", "CreditAccount", "CancelCase"};
    const int command = Below(3);
    absl::optional<std::string> reason;
    if (OneIn(3)) reason = command == 0 ? "cancellation" : "reason1";
    return KeyOf(subject, id, commands[command], std::move(reason));
  }

  absl::Time From(int records) {
    if (OneIn(4)) return absl::InfinitePast();
    return absl::FromUnixSeconds(kNow + Below(records * 60 + 200)) + absl::Nanoseconds(Below(2));
  }

 private:
  std::mt19937_64 random_;
};

TEST(TotalsTest, RandomTotalsAreThoseOfARecount) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  RandomTotals random(seed);
  constexpr int kRecords = 3'000;
  CountedLog log;
  for (int i = 0; i < kRecords; ++i) {
    Batch batch = CountedLog::BatchOf(random.Record(i));
    if (random.OneIn(20)) {
      log.rows->is_remote = random.OneIn(2);
      const View view = log.Read();
      for (int k = 0; k < 3; ++k) {
        const TotalKey key = random.Key();
        const absl::Time from = random.From(i);
        const auto summed = view.SumTotal(key, from);
        ASSERT_TRUE(summed.ok()) << summed.status();
        ASSERT_EQ(summed->total.DebugString(), RecountTotal(log.records, key, from).DebugString());
        batch.read_totals.push_back(summed->read);
      }
    }
    ASSERT_EQ(log.Commit(batch), CommitVerdict::kCommitted);
  }
  EXPECT_TRUE(*AreSumsSound(**log.rows->Read()));
  EXPECT_GT(log.RowsIn(kTotalSums, "").size(), 100u);
  const View view = log.Read();
  for (int i = 0; i < 300; ++i) {
    const TotalKey key = random.Key();
    const absl::Time from = random.From(kRecords);
    const std::int64_t before = 1 + random.Below(kRecords + 1);
    const auto summed = view.SumTotal(key, from, before);
    ASSERT_TRUE(summed.ok()) << summed.status();
    const std::vector<v1::JournalRecord> earlier(log.records.begin(),
                                                 log.records.begin() + (before - 1));
    ASSERT_EQ(summed->total.DebugString(), RecountTotal(earlier, key, from).DebugString())
        << before;
  }
}

// The rows that are made from the journal are those that the commits wrote.
TEST(TotalsTest, TheRowsFollowFromTheJournal) {
  RandomTotals random(7);
  CountedLog log;
  for (int i = 0; i < 700; ++i) log.Add(random.Record(i));
  const auto rows_of = [&log] {
    std::vector<std::string> all;
    for (const store::Row& row : log.RowsIn(kTotals, "")) {
      all.push_back(absl::StrCat(row.key, "=", *row.value));
    }
    return all;
  };
  const std::vector<std::string> written = rows_of();
  EXPECT_GT(written.size(), 2'000u);
  store::Batch batch;
  batch.writes.push_back({{kTotals, "old"}, store::MakeValue("x")});
  ASSERT_TRUE(log.rows->Commit({std::move(batch)}).ok());
  ASSERT_TRUE(log.log.MakeRows().ok());
  EXPECT_EQ(rows_of(), written);
}

TEST(TotalsTest, ARowThatIsNotValidIsDataLoss) {
  const TotalKey key = KeyOf(v1::TOTAL_SUBJECT_ACTOR, "anna", "CreditAccount");
  CountedLog whole;
  whole.Add(whole.Credit(50));
  const std::string valid = *whole.RowsIn(kTotals, TotalList(key)).at(0).value;
  for (std::size_t size = 0; size <= valid.size() + 1; ++size) {
    CountedLog log;
    std::string bytes = valid + "x";
    bytes.resize(size);
    store::Batch batch;
    batch.writes.push_back({{kTotals, TotalRowKey(TotalList(key), 1)}, store::MakeValue(bytes)});
    ASSERT_TRUE(log.rows->Commit({std::move(batch)}).ok());
    const auto summed = log.Read().SumTotal(key, absl::InfinitePast());
    if (size == valid.size()) {
      EXPECT_TRUE(summed.ok()) << summed.status();
    } else {
      EXPECT_EQ(GetReason(summed.status()), "STORE_CORRUPT") << size;
    }
  }
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
