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

// A log of records, and a list of them.
struct CountedLog {
  std::shared_ptr<store::Store> rows = store::MakeMemoryStore();
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
