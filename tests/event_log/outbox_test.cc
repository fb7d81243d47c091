// Effects: claimed in order, once at a time, again after their leases; acknowledged, tried again, dead, revived, reported.
#include "frontdesk/event_log/outbox.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/log_testing.h"
#include "event_log/outbox_model.h"
#include "event_log/outbox_rows.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/event_log/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/remote_store.h"

namespace frontdesk {
namespace event_log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// EFFECT:ATTEMPT of each claim.
std::vector<std::string> Claim(Names* names, std::int64_t second,
                               const ClaimOptions& options = {}) {
  const auto claimed = names->log->ClaimEffects(Second(second), options);
  EXPECT_TRUE(claimed.ok()) << claimed.status();
  std::vector<std::string> texts;
  if (!claimed.ok()) return texts;
  for (const ClaimedEffect& each : *claimed) {
    texts.push_back(absl::StrCat(each.effect.effect_id(), ":", each.attempt));
  }
  CheckRows(*names->rows);
  return texts;
}

std::vector<std::string> DeadOf(const Names& names, const LogPage& page = {}) {
  std::vector<std::string> texts;
  const std::vector<PendingEffect> letters = *names.Read().DeadLetters(page);
  for (const PendingEffect& each : letters) {
    texts.push_back(
        absl::StrCat(each.effect.effect_id(), ":", each.claim.attempts(), ":", each.claim.code()));
  }
  return texts;
}

ClaimOptions Lease(int seconds, int max_effects = 100) {
  ClaimOptions options;
  options.lease = absl::Seconds(seconds);
  options.max_effects = max_effects;
  return options;
}

RetryOptions Code(std::string code) {
  RetryOptions options;
  options.code = std::move(code);
  return options;
}

TEST(OutboxTest, AnEffectIsClaimedOnceUntilItsLeaseEnds) {
  Names names;
  AddEffects(&names, {"a"});
  EXPECT_THAT(Claim(&names, 0, Lease(60)), ElementsAre("r1-e1:1"));
  EXPECT_THAT(Claim(&names, 0, Lease(60)), IsEmpty());
  EXPECT_THAT(Claim(&names, 59, Lease(60)), IsEmpty());
  EXPECT_THAT(Claim(&names, 60, Lease(60)), ElementsAre("r1-e1:2"));
  EXPECT_EQ(GetReason(names.log->AcknowledgeEffect("r1-e1", 1)), kReasonEffectClaimLost);
  EXPECT_EQ(names.Read().PendingEffects({})->size(), 1u) << "a lost claim changes nothing";
  EXPECT_TRUE(names.log->AcknowledgeEffect("r1-e1", 2).ok());
  EXPECT_TRUE(names.log->AcknowledgeEffect("r1-e1", 2).ok()) << "again";
  EXPECT_THAT(*names.Read().PendingEffects({}), IsEmpty());
  for (const Table table : {kOutbox, kClaims, kEntityEffects, kQueue}) {
    EXPECT_THAT(RowsOf(*names.rows, table), IsEmpty()) << static_cast<int>(table);
  }
  EXPECT_THAT(Claim(&names, 1'000), IsEmpty());
}

TEST(OutboxTest, EffectsOfAnEntityAreClaimedOneAfterTheOther) {
  Names names;
  AddEffects(&names, {"a", "b", "a"});
  AddEffects(&names, {"a", "c"});
  EXPECT_THAT(Claim(&names, 0), ElementsAre("r1-e1:1", "r1-e2:1", "r2-e2:1"));
  EXPECT_THAT(Claim(&names, 0), IsEmpty());
  ASSERT_TRUE(names.log->AcknowledgeEffect("r1-e1").ok());
  EXPECT_THAT(Claim(&names, 0), ElementsAre("r1-e3:1"));
  // One that waits may leave too.
  ASSERT_TRUE(names.log->AcknowledgeEffect("r2-e1").ok());
  ASSERT_TRUE(names.log->AcknowledgeEffect("r1-e3").ok());
  EXPECT_THAT(Claim(&names, 0), IsEmpty());
  AddEffects(&names, {"a"});
  EXPECT_THAT(Claim(&names, 0), ElementsAre("r3-e1:1"));
}

// Nobody waits for another process, and no commit is lost to it.
TEST(OutboxTest, EffectsThatAnotherProcessIsAtAreLeftToIt) {
  Names names;
  const auto rows = std::make_shared<store::RemoteStore>(names.rows);
  names.rows = rows;
  names.Reopen();
  for (const char* id : {"a", "b", "c", "d", "a"}) AddEffects(&names, {id});
  rows->HoldElsewhere({kQueue, DueQueueKey(1)});
  rows->HoldElsewhere({kQueue, DueQueueKey(3)});
  EXPECT_THAT(Claim(&names, 0, Lease(60, 1)), ElementsAre("r2-e1:1"));
  // The second effect of "a" waits for the first, whoever has that.
  EXPECT_THAT(Claim(&names, 0, Lease(60)), ElementsAre("r4-e1:1"));
  EXPECT_THAT(Claim(&names, 0, Lease(60)), IsEmpty());
  rows->ReleaseElsewhere();
  EXPECT_THAT(Claim(&names, 0, Lease(60)), ElementsAre("r1-e1:1", "r3-e1:1"));
}

TEST(OutboxTest, OldestFirstAndNoMoreThanAskedFor) {
  Names names;
  for (const char* id : {"a", "b", "c", "d"}) AddEffects(&names, {id});
  EXPECT_THAT(Claim(&names, 0, Lease(5, 2)), ElementsAre("r1-e1:1", "r2-e1:1"));
  EXPECT_THAT(Claim(&names, 3, Lease(5, 1)), ElementsAre("r3-e1:1"));
  // Those whose leases have ended come before those that nobody had.
  EXPECT_THAT(Claim(&names, 8, Lease(5, 3)), ElementsAre("r1-e1:2", "r2-e1:2", "r3-e1:2"));
  EXPECT_THAT(Claim(&names, 8, Lease(5, 3)), ElementsAre("r4-e1:1"));
}

TEST(OutboxTest, AnAttemptThatFailedIsDueAgainLater) {
  Names names;
  AddEffects(&names, {"a"});
  RetryOptions options = Code("GATEWAY_DOWN");
  options.first_delay = absl::Seconds(10);
  options.factor = 3;
  options.max_delay = absl::Seconds(60);
  std::int64_t second = 0;
  const int delays[] = {10, 30, 60, 60};
  for (int attempt = 1; attempt <= 4; ++attempt) {
    ASSERT_THAT(Claim(&names, second, Lease(5)), ElementsAre(absl::StrCat("r1-e1:", attempt)));
    const auto claim = names.log->RetryEffect("r1-e1", attempt, Second(second), options);
    ASSERT_TRUE(claim.ok()) << claim.status();
    EXPECT_EQ(claim->code(), "GATEWAY_DOWN");
    const int delay = delays[attempt - 1];
    EXPECT_EQ(claim->due_time().seconds() - absl::ToUnixSeconds(Second(second)), delay);
    EXPECT_EQ(RetryDelay(attempt, options), absl::Seconds(delay));
    EXPECT_THAT(Claim(&names, second + delay - 1), IsEmpty());
    second += delay;
  }
  options.due_time = Second(1'000);
  ASSERT_THAT(Claim(&names, second), ElementsAre("r1-e1:5"));
  ASSERT_TRUE(names.log->RetryEffect("r1-e1", 5, Second(second), options).ok());
  EXPECT_THAT(Claim(&names, 999), IsEmpty());
  EXPECT_THAT(Claim(&names, 1'000), ElementsAre("r1-e1:6"));
}

TEST(OutboxTest, TheDelayHasNoOverflow) {
  RetryOptions options;
  options.factor = 1'000'000;
  options.max_delay = absl::InfiniteDuration();
  EXPECT_EQ(RetryDelay(1, options), absl::Seconds(10));
  EXPECT_EQ(RetryDelay(2'000'000'000, options), absl::InfiniteDuration());
  options.factor = 1;
  EXPECT_EQ(RetryDelay(2'000'000'000, options), absl::Seconds(10));
}

TEST(OutboxTest, AfterTheMostAttemptsItIsADeadLetter) {
  Names names;
  AddEffects(&names, {"a"});
  AddEffects(&names, {"a"});
  AddEffects(&names, {"a"});
  RetryOptions options = Code("ADDRESS_UNKNOWN");
  options.max_attempts = 2;
  options.due_time = Second(0);
  ASSERT_THAT(Claim(&names, 0), ElementsAre("r1-e1:1"));
  ASSERT_TRUE(names.log->RetryEffect("r1-e1", 1, Second(0), options).ok());
  EXPECT_THAT(DeadOf(names), IsEmpty());
  ASSERT_THAT(Claim(&names, 0), ElementsAre("r1-e1:2"));
  EXPECT_EQ(names.log->RetryEffect("r1-e1", 2, Second(0), options)->state(),
            v1::EffectClaim::STATE_DEAD);
  EXPECT_THAT(DeadOf(names), ElementsAre("r1-e1:2:ADDRESS_UNKNOWN"));
  // The later ones do not wait for it.
  ClaimOptions once = Lease(5);
  once.max_attempts = 1;
  EXPECT_THAT(Claim(&names, 10, once), ElementsAre("r2-e1:1"));
  // Nothing was heard of the second one either, and the third one comes at once.
  EXPECT_THAT(Claim(&names, 15, once), ElementsAre("r3-e1:1"));
  EXPECT_THAT(DeadOf(names), ElementsAre("r1-e1:2:ADDRESS_UNKNOWN", "r2-e1:1:"));
  LogPage page;
  page.page_size = 1;
  EXPECT_THAT(DeadOf(names, page), ElementsAre("r1-e1:2:ADDRESS_UNKNOWN"));
  page.after = 1;
  EXPECT_THAT(DeadOf(names, page), ElementsAre("r2-e1:1:"));
  for (const auto& lost :
       {names.log->AcknowledgeEffect("r1-e1", 2), names.log->ExtendLease("r1-e1", 2, Second(99)),
        names.log->RetryEffect("r1-e1", 2, Second(0), options).status()}) {
    EXPECT_EQ(GetReason(lost), kReasonEffectClaimLost) << lost;
    EXPECT_EQ(lost.code(), absl::StatusCode::kAborted);
  }
  EXPECT_TRUE(names.log->AcknowledgeEffect("r1-e1").ok()) << "somebody has done it by hand";
  EXPECT_THAT(DeadOf(names), ElementsAre("r2-e1:1:"));
}

TEST(OutboxTest, ADeadLetterIsRevivedWithNewAttempts) {
  Names names;
  AddEffects(&names, {"a"});
  AddEffects(&names, {"a"});
  RetryOptions options = Code("DOWN");
  options.max_attempts = 1;
  EXPECT_EQ(GetReason(names.log->ReviveEffect("r1-e1")), kReasonEffectNotDead);
  ASSERT_THAT(Claim(&names, 0), ElementsAre("r1-e1:1"));
  ASSERT_TRUE(names.log->RetryEffect("r1-e1", 1, Second(0), options).ok());
  ASSERT_THAT(Claim(&names, 0), ElementsAre("r2-e1:1"));
  ASSERT_TRUE(names.log->ReviveEffect("r1-e1").ok());
  EXPECT_EQ(GetReason(names.log->ReviveEffect("r1-e1")), kReasonEffectNotDead);
  EXPECT_THAT(DeadOf(names), IsEmpty());
  // The attempt of before is over, and its number is not used again.
  EXPECT_EQ(GetReason(names.log->RetryEffect("r1-e1", 1, Second(0), options).status()),
            kReasonEffectClaimLost);
  EXPECT_THAT(Claim(&names, 0, Lease(5)), ElementsAre("r1-e1:2"));
  options.max_attempts = 2;
  EXPECT_EQ(names.log->RetryEffect("r1-e1", 2, Second(0), options)->state(),
            v1::EffectClaim::STATE_DELAYED);
  // The later one goes on, and waits when its lease has ended.
  ASSERT_TRUE(names.log->ExtendLease("r2-e1", 1, Second(5)).ok());
  EXPECT_THAT(Claim(&names, 6), IsEmpty());
  EXPECT_THAT(Claim(&names, 10), ElementsAre("r1-e1:3"));
  ASSERT_TRUE(names.log->AcknowledgeEffect("r1-e1", 3).ok());
  EXPECT_THAT(Claim(&names, 10), ElementsAre("r2-e1:2"));
  ASSERT_TRUE(names.log->AcknowledgeEffect("r2-e1", 2).ok());
  EXPECT_EQ(GetReason(names.log->ReviveEffect("r2-e1")), kReasonEffectNotDead);
  EXPECT_EQ(GetReason(names.log->ReviveEffect("r2-e2")), kReasonEffectNotFound);
}

TEST(OutboxTest, ALeaseIsExtendedByItsOwner) {
  Names names;
  AddEffects(&names, {"a"});
  EXPECT_EQ(GetReason(names.log->ExtendLease("r1-e1", 0, Second(50))), kReasonEffectClaimLost);
  ASSERT_THAT(Claim(&names, 0, Lease(10)), ElementsAre("r1-e1:1"));
  ASSERT_TRUE(names.log->ExtendLease("r1-e1", 1, Second(50)).ok());
  EXPECT_THAT(Claim(&names, 49), IsEmpty());
  EXPECT_EQ(GetReason(names.log->ExtendLease("r1-e1", 2, Second(70))), kReasonEffectClaimLost);
  EXPECT_THAT(Claim(&names, 50), ElementsAre("r1-e1:2"));
  EXPECT_EQ(GetReason(names.log->ExtendLease("r1-e1", 1, Second(70))), kReasonEffectClaimLost);
  ASSERT_TRUE(names.log->RetryEffect("r1-e1", 2, Second(50), {}).ok());
  EXPECT_EQ(GetReason(names.log->ExtendLease("r1-e1", 2, Second(70))), kReasonEffectClaimLost);
}

TEST(OutboxTest, AReportIsOneTransactionWithItsEvent) {
  Names names;
  AddEffects(&names, {"a"});
  AddEffects(&names, {"a"});
  ASSERT_THAT(Claim(&names, 0), ElementsAre("r1-e1:1"));
  // Decided before somebody claims the effect anew: not committed.
  const Batch stale = BatchWithReport(&names, "r1-e1", v1::EFFECT_RESULT_DONE, "");
  ASSERT_TRUE(names.log->ExtendLease("r1-e1", 1, Second(1'000)).ok());
  EXPECT_EQ(*names.log->Commit(stale), CommitVerdict::kConflict);
  EXPECT_EQ(names.Read().PendingEffects({})->size(), 2u);
  const auto report = [&names](const std::string& id, v1::EffectResult result) {
    const auto verdict = names.log->Commit(BatchWithReport(&names, id, result, "GONE"));
    EXPECT_EQ(*verdict, CommitVerdict::kCommitted);
    CheckRows(*names.rows);
  };
  report("r1-e1", v1::EFFECT_RESULT_DONE);
  EXPECT_THAT(Claim(&names, 0), ElementsAre("r2-e1:1"));
  report("r1-e1", v1::EFFECT_RESULT_FAILED);
  EXPECT_THAT(DeadOf(names), IsEmpty()) << "what is done is done";
  report("r2-e1", v1::EFFECT_RESULT_FAILED);
  report("r2-e1", v1::EFFECT_RESULT_FAILED);
  EXPECT_THAT(DeadOf(names), ElementsAre("r2-e1:1:GONE"));
  EXPECT_EQ(GetReason(names.log->AcknowledgeEffect("r2-e1", 1)), kReasonEffectClaimLost);
  report("r2-e1", v1::EFFECT_RESULT_DONE);
  EXPECT_THAT(*names.Read().PendingEffects({}), IsEmpty());
}

TEST(OutboxTest, InvalidOptionsAreNamed) {
  Names names;
  AddEffects(&names, {"a"});
  const auto claim = [&names](absl::Time now, int effects, absl::Duration lease, int attempts) {
    const ClaimOptions options{effects, lease, attempts};
    const absl::Status status = names.log->ClaimEffects(now, options).status();
    EXPECT_EQ(GetReason(status), kReasonEffectOptionsInvalid);
    const auto detail = GetErrorDetail(status);
    return detail.has_value() && detail->violations_size() == 1 ? detail->violations(0).field()
                                                                : std::string("?");
  };
  const absl::Duration minute = absl::Minutes(1);
  EXPECT_EQ(claim(absl::InfiniteFuture(), 1, minute, 1), "now");
  EXPECT_EQ(claim(absl::InfinitePast(), 1, minute, 1), "now");
  EXPECT_EQ(claim(Second(0), 0, minute, 1), "max_effects");
  EXPECT_EQ(claim(Second(0), 10'001, minute, 1), "max_effects");
  EXPECT_EQ(claim(Second(0), 1, absl::ZeroDuration(), 1), "lease");
  EXPECT_EQ(claim(Second(0), 1, minute, 0), "max_attempts");
  ASSERT_THAT(Claim(&names, 0), ElementsAre("r1-e1:1"));
  const auto retry = [&names](const RetryOptions& options) {
    const absl::Status status = names.log->RetryEffect("r1-e1", 1, Second(0), options).status();
    EXPECT_EQ(GetReason(status), kReasonEffectOptionsInvalid);
    const auto detail = GetErrorDetail(status);
    return detail.has_value() && detail->violations_size() == 1 ? detail->violations(0).field()
                                                                : std::string("?");
  };
  EXPECT_EQ(retry(Code(std::string(257, 'x'))), "code");
  EXPECT_EQ(retry(Code("\xff")), "code");
  RetryOptions options;
  options.due_time = absl::InfiniteFuture();
  EXPECT_EQ(retry(options), "due_time");
  options = {};
  options.first_delay = absl::ZeroDuration();
  EXPECT_EQ(retry(options), "first_delay");
  options = {};
  options.max_delay = -absl::Seconds(1);
  EXPECT_EQ(retry(options), "max_delay");
  options = {};
  options.factor = 0;
  EXPECT_EQ(retry(options), "factor");
  options = {};
  options.max_attempts = 0;
  EXPECT_EQ(retry(options), "max_attempts");
  EXPECT_EQ(GetReason(names.log->ExtendLease("r1-e1", 1, absl::InfiniteFuture())),
            kReasonEffectOptionsInvalid);
  EXPECT_TRUE(names.log->AcknowledgeEffect("r1-e1", 1).ok()) << "it was never given back";
}

// Where times end: no claim repeats itself within a call, and far times are not mixed up.
TEST(OutboxTest, FarTimesAreCompared) {
  Names names;
  AddEffects(&names, {"a"});
  const absl::Time last = absl::FromUnixSeconds(253'402'300'799);
  const auto claimed = names.log->ClaimEffects(last, Lease(60));
  ASSERT_EQ(claimed->size(), 1u);
  ASSERT_TRUE(names.log->ExtendLease("r1-e1", 1, last).ok());
  EXPECT_EQ(names.log->ClaimEffects(last, Lease(60))->size(), 1u);
  // The queue does not tell apart times after 2262.
  ASSERT_TRUE(names.log->ExtendLease("r1-e1", 2, last).ok());
  EXPECT_THAT(*names.log->ClaimEffects(last - absl::Seconds(1), Lease(60)), IsEmpty());
}

TEST(OutboxTest, RandomWorkIsAsAPlainListSays) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  for (int round = 0; round < 12 && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    OutboxRun(store::MakeMemoryStore(), seed + round).Run(250);
  }
}

// Two logs, four threads each. With leases that do not end, every effect is claimed once, and those of an entity in their order.
TEST(OutboxTest, ThreadsClaimEachEffectOnce) {
  constexpr int kThreads = 8;
  constexpr int kRecords = 60;
  Names names;
  for (int i = 0; i < kRecords; ++i) {
    AddEffects(&names, {absl::StrCat(i % 7), absl::StrCat(i % 3), absl::StrCat(i % 7)});
  }
  EventLog other(names.rows, EventLogOptions{names.fold});
  std::mutex mutex;
  std::map<std::string, std::vector<std::pair<std::int64_t, std::string>>> of_entity;
  std::set<std::string> claimed_ids;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      EventLog& log = i % 2 == 0 ? *names.log : other;
      while (true) {
        const auto claimed = log.ClaimEffects(Second(0), Lease(3'600, 3));
        // Lost each time: another thread was first.
        if (GetReason(claimed.status()) == kReasonOutboxContended) continue;
        ASSERT_TRUE(claimed.ok()) << claimed.status();
        for (const ClaimedEffect& each : *claimed) {
          const std::lock_guard<std::mutex> lock(mutex);
          EXPECT_EQ(each.attempt, 1);
          EXPECT_TRUE(claimed_ids.insert(each.effect.effect_id()).second);
          of_entity[each.effect.entity().id()].emplace_back(each.sequence, each.effect.effect_id());
        }
        for (const ClaimedEffect& each : *claimed) {
          absl::Status status;
          do {
            status = log.AcknowledgeEffect(each.effect.effect_id(), each.attempt);
          } while (GetReason(status) == kReasonOutboxContended);
          ASSERT_TRUE(status.ok()) << status;
        }
        if (claimed->empty() && log.Read()->PendingEffects({})->empty()) return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(claimed_ids.size(), std::size_t{3 * kRecords});
  for (const auto& [entity, in_order] : of_entity) {
    EXPECT_TRUE(std::is_sorted(in_order.begin(), in_order.end())) << entity;
  }
  for (const Table table : {kOutbox, kClaims, kEntityEffects, kQueue}) {
    EXPECT_THAT(RowsOf(*names.rows, table), IsEmpty()) << static_cast<int>(table);
  }
}

// ---- Moving the outbox

std::vector<v1::LogLine> OpenLines(const Names& names) {
  std::vector<v1::LogLine> lines;
  EXPECT_TRUE(names.Read()
                  .Export([&lines](const v1::LogLine& line) {
                    if (line.has_open_effects()) lines.push_back(line);
                    return absl::OkStatus();
                  })
                  .ok());
  return lines;
}

TEST(OutboxTest, AnExportHasTheStatesOfEffects) {
  Names names;
  for (const char* id : {"a", "b", "c", "d", "a", "e", "f"}) AddEffects(&names, {id});
  AddEffects(&names, {"g", "h"});
  ASSERT_EQ(Claim(&names, 0).size(), 8u);
  RetryOptions dead = Code("DOWN");
  dead.max_attempts = 1;
  ASSERT_TRUE(names.log->RetryEffect("r2-e1", 1, Second(0), dead).ok());
  ASSERT_TRUE(names.log->RetryEffect("r3-e1", 1, Second(0), Code("SLOW")).ok());
  ASSERT_TRUE(names.log->RetryEffect("r4-e1", 1, Second(0), dead).ok());
  ASSERT_TRUE(names.log->ReviveEffect("r4-e1").ok());
  ASSERT_TRUE(names.log->AcknowledgeEffect("r8-e2").ok());
  ASSERT_TRUE(names.log->AcknowledgeEffect("r7-e1").ok());
  AddEffects(&names, {"untouched"});
  const std::vector<v1::LogLine> lines = OpenLines(names);
  ASSERT_EQ(lines.size(), 8u);

  // The same records in another store, where nobody has claimed anything.
  Names other;
  for (const char* id : {"a", "b", "c", "d", "a", "e", "f"}) AddEffects(&other, {id});
  AddEffects(&other, {"g", "h"});
  AddEffects(&other, {"untouched"});
  for (int twice = 0; twice < 2; ++twice) {
    for (const v1::LogLine& line : lines) ASSERT_TRUE(other.log->PutLine(line).ok());
    for (const Table table : {kOutbox, kClaims, kEntityEffects, kQueue}) {
      EXPECT_EQ(RowsOf(*other.rows, table), RowsOf(*names.rows, table)) << static_cast<int>(table);
    }
  }
  EXPECT_EQ(*names.Read().Difference(other.Read()), absl::nullopt);
  ASSERT_TRUE(other.log->AcknowledgeEffect("r1-e1", 1).ok());
  EXPECT_EQ(*names.Read().Difference(other.Read()), absl::make_optional<std::string>("outbox"));

  // An acknowledged effect does not come back, and states must be possible.
  EXPECT_FALSE(other.log->PutLine(lines[0]).ok());
  const auto is_refused = [&names, &lines](auto change) {
    v1::LogLine line = lines[2];
    change(line.mutable_open_effects());
    return !names.log->PutLine(line).ok();
  };
  EXPECT_FALSE(is_refused([](v1::OpenEffects*) {}));
  EXPECT_TRUE(is_refused([](v1::OpenEffects* open) { open->mutable_claims(0)->set_place(1); }));
  EXPECT_TRUE(is_refused([](v1::OpenEffects* open) { open->mutable_claims(0)->clear_due_time(); }));
  EXPECT_TRUE(is_refused([](v1::OpenEffects* open) {
    open->mutable_claims(0)->set_state(v1::EffectClaim::STATE_DEAD);
  })) << "with a due time";
  EXPECT_TRUE(is_refused(
      [](v1::OpenEffects* open) { open->mutable_claims(0)->mutable_due_time()->set_nanos(-1); }));
  EXPECT_TRUE(
      is_refused([](v1::OpenEffects* open) { open->mutable_claims(0)->set_past_attempts(9); }));
  EXPECT_TRUE(is_refused([](v1::OpenEffects* open) {
    open->mutable_claims(0)->set_state(v1::EffectClaim::STATE_UNSPECIFIED);
  }));
  EXPECT_TRUE(is_refused([](v1::OpenEffects* open) { *open->add_claims() = open->claims(0); }));
  EXPECT_TRUE(is_refused([](v1::OpenEffects* open) { open->add_places(0); }));
}

// ---- Rows that an older version did not have

void Remove(store::Store* store, Table table, const std::string& key) {
  std::vector<store::Batch> batches(1);
  batches[0].writes.push_back({{table, key}, nullptr, store::Write::Position::kNowhere});
  ASSERT_TRUE(store->Commit(std::move(batches)).ok());
}

TEST(OutboxTest, RowsThatAreMissingAreMade) {
  Names names;
  EXPECT_TRUE(names.log->MakeRows().ok()) << "there is nothing";
  for (int i = 0; i < 600; ++i) AddEffects(&names, {absl::StrCat(i % 7), "x"});
  ASSERT_TRUE(names.log->AcknowledgeEffect("r3-e1").ok());
  ASSERT_TRUE(names.log->AcknowledgeEffect("r1-e1").ok());
  const auto effects = RowsOf(*names.rows, kEntityEffects);
  const auto queue = RowsOf(*names.rows, kQueue);
  for (const auto& [key, value] : effects) Remove(names.rows.get(), kEntityEffects, key);
  for (const auto& [key, value] : queue) Remove(names.rows.get(), kQueue, key);
  Remove(names.rows.get(), kDerived, "");
  ASSERT_TRUE(names.log->MakeRows().ok());
  EXPECT_EQ(RowsOf(*names.rows, kEntityEffects), effects);
  EXPECT_EQ(RowsOf(*names.rows, kQueue), queue);
  // Some are missing.
  int count = 0;
  for (const auto& [key, value] : queue) {
    if (++count <= 100) Remove(names.rows.get(), kQueue, key);
  }
  Remove(names.rows.get(), kDerived, "");
  ASSERT_TRUE(names.log->MakeRows().ok());
  EXPECT_EQ(RowsOf(*names.rows, kQueue), queue);
  EXPECT_EQ(Claim(&names, 0).size(), 8u);
}

// ---- Costs

// Counts the rows that are read.
class CountedSnapshot : public store::Snapshot {
 public:
  CountedSnapshot(std::shared_ptr<const store::Snapshot> below, std::atomic<int>* count)
      : below_(std::move(below)), count_(count) {}
  std::int64_t position() const override { return below_->position(); }
  std::string link() const override { return below_->link(); }
  absl::StatusOr<store::Value> Get(const store::Key& key) const override {
    ++*count_;
    return below_->Get(key);
  }
  absl::StatusOr<std::vector<store::Row>> Scan(const store::Range& range, std::size_t most,
                                               bool descending) const override {
    auto rows = below_->Scan(range, most, descending);
    *count_ += 1 + (rows.ok() ? static_cast<int>(rows->size()) : 0);
    return rows;
  }

 private:
  const std::shared_ptr<const store::Snapshot> below_;
  std::atomic<int>* const count_;
};

class CountedStore : public store::Store {
 public:
  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return std::make_shared<CountedSnapshot>(*below_->Read(), &count_);
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    return below_->Commit(std::move(batches));
  }
  int TakeCount() { return count_.exchange(0); }

 private:
  const std::shared_ptr<store::Store> below_ = store::MakeMemoryStore();
  mutable std::atomic<int> count_{0};
};

// The rows that a claim of one effect reads when all others are claimed or wait.
int RowsReadByAClaim(int entities, int effects_of_each) {
  const auto counted = std::make_shared<CountedStore>();
  Names names;
  names.rows = counted;
  names.Reopen();
  for (int i = 0; i < effects_of_each; ++i) {
    std::vector<std::string> ids;
    for (int k = 0; k < entities; ++k) ids.push_back(absl::StrCat("entity", k));
    AddEffects(&names, ids);
  }
  std::size_t claimed = 0;
  while (true) {
    const std::size_t more = names.log->ClaimEffects(Second(0), Lease(3'600))->size();
    if (more == 0) break;
    claimed += more;
  }
  EXPECT_EQ(claimed, static_cast<std::size_t>(entities));
  EXPECT_TRUE(names.log->AcknowledgeEffect("r1-e1", 1).ok());
  counted->TakeCount();
  EXPECT_THAT(*names.log->ClaimEffects(Second(1), Lease(3'600)), ::testing::SizeIs(1));
  return counted->TakeCount();
}

TEST(OutboxTest, AClaimCostsWhatItClaims) {
  EXPECT_EQ(RowsReadByAClaim(50, 40), RowsReadByAClaim(5, 4));
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
