// The outbox as a plain list, and random work on it and on logs at the same time.
#ifndef FRONTDESK_TESTS_EVENT_LOG_OUTBOX_MODEL_H_
#define FRONTDESK_TESTS_EVENT_LOG_OUTBOX_MODEL_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "event_log/log_testing.h"
#include "event_log/outbox_rows.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/event_log/reasons.h"
#include "gtest/gtest.h"
#include "internal/time.h"

namespace frontdesk {
namespace event_log {

inline absl::Time Second(std::int64_t second) {
  return absl::FromUnixSeconds(1'700'000'000 + second);
}

// A batch with a record that has an effect for each of the entities.
inline Batch BatchWithEffects(Names* names, const std::vector<std::string>& entities) {
  Batch batch = names->Naming(names->Read(), "z", "name");
  v1::JournalRecord& record = RecordOf(batch);
  for (const std::string& id : entities) {
    v1::Effect& effect = *record.add_effects();
    effect.set_effect_id(absl::StrCat(record.record_id(), "-e", record.effects_size()));
    *effect.mutable_entity() = CustomerRef(id);
  }
  return batch;
}

inline void AddEffects(Names* names, const std::vector<std::string>& entities) {
  const auto verdict = names->log->Commit(BatchWithEffects(names, entities));
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  ASSERT_EQ(*verdict, CommitVerdict::kCommitted);
}

// A batch with an event that reports an effect.
inline Batch BatchWithReport(Names* names, const std::string& effect_id, v1::EffectResult result,
                             const std::string& code) {
  const View view = names->Read();
  Batch batch = names->Naming(view, "z", "name");
  v1::EffectReported& reported =
      *const_cast<v1::Event&>(*batch.events[0]).mutable_desk()->mutable_effect_reported();
  reported.set_effect_id(effect_id);
  reported.set_result(result);
  reported.set_code(code);
  EXPECT_TRUE(view.AddReport(&batch).ok());
  return batch;
}

// All rows of a table.
inline std::map<std::string, std::string> RowsOf(const store::Store& store, Table table) {
  std::map<std::string, std::string> all;
  const auto rows = (*store.Read())->Scan(store::RangeOf(table, ""), 1'000'000);
  for (const store::Row& row : *rows) all[row.key] = *row.value;
  return all;
}

// The rows that follow from others are exactly what follows, and an effect that waits has something to wait for.
inline void CheckRows(const store::Store& store) {
  const auto rows = *store.Read();
  std::map<std::string, std::string> effects, queue;
  std::map<std::string, std::pair<std::string, bool>> first_of;
  for (const auto& [key, value] : RowsOf(store, kOutbox)) {
    const std::int64_t sequence = *store::DecodePosition(key);
    const auto record = ReadRecordAt(*rows, sequence);
    ASSERT_TRUE(record.ok()) << record.status();
    const auto open = ReadOpenPlaces(*rows, sequence);
    ASSERT_TRUE(open.ok()) << open.status();
    for (const auto& [place, claim] : open->claims) {
      EXPECT_EQ(std::count(open->places.begin(), open->places.end(), place), 1);
    }
    for (const auto& [place, bytes] : RowsOfRecord(sequence, *record, open->places, open->claims)) {
      if (place.first == kEntityEffects) effects[place.second] = bytes;
      if (place.first == kQueue) queue[place.second] = bytes;
    }
    for (const int place : open->places) {
      const auto claim = open->claims.find(place);
      const auto state =
          claim == open->claims.end() ? v1::EffectClaim::STATE_UNSPECIFIED : claim->second.state();
      if (state == v1::EffectClaim::STATE_DEAD) continue;
      const bool is_first =
          first_of.emplace(record->effects(place).entity().id(), std::make_pair("", true)).second;
      EXPECT_FALSE(is_first && state == v1::EffectClaim::STATE_WAITING)
          << record->effects(place).effect_id() << " waits for nothing";
    }
  }
  EXPECT_EQ(RowsOf(store, kEntityEffects), effects);
  EXPECT_EQ(RowsOf(store, kQueue), queue);
}

// Effects in a list, which each call walks through. It knows no effect that waits: it looks at those before it.
class OutboxModel {
 public:
  struct Effect {
    std::string id;
    std::string entity;
    bool is_open = true;
    bool is_dead = false;
    int attempts = 0;
    int past_attempts = 0;
    bool is_claimed = false;  // And has not failed since; the lease may have ended.
    absl::Time due = absl::InfinitePast();
    std::string code;
  };

  void Add(const std::string& record_id, const std::vector<std::string>& entities) {
    int place = 0;
    for (const std::string& entity : entities) {
      Effect& effect = effects_.emplace_back();
      effect.id = absl::StrCat(record_id, "-e", ++place);
      effect.entity = entity;
    }
  }

  Effect& Get(const std::string& id) {
    return *std::find_if(effects_.begin(), effects_.end(),
                         [&id](const Effect& effect) { return effect.id == id; });
  }
  std::vector<Effect>& effects() { return effects_; }

  // Whether it may be claimed, or become a dead letter instead.
  bool IsReady(const Effect& effect, absl::Time now) const {
    if (!effect.is_open || effect.is_dead || effect.due > now) return false;
    for (const Effect& earlier : effects_) {
      if (&earlier == &effect) return true;
      if (earlier.entity == effect.entity && earlier.is_open && !earlier.is_dead) return false;
    }
    return false;
  }
  static bool IsExhausted(const Effect& effect, int max_attempts) {
    return effect.attempts - effect.past_attempts >= max_attempts;
  }

  // The claims of a call, in its order. `dead`: what it made a dead letter.
  void Claimed(const std::vector<ClaimedEffect>& claimed, const std::vector<std::string>& dead,
               absl::Time now, const ClaimOptions& options) {
    // Both in the order of the entity: the one before has left when the next one is looked at.
    for (const std::string& id : dead) {
      EXPECT_TRUE(IsReady(Get(id), now) && IsExhausted(Get(id), options.max_attempts)) << id;
      Get(id).is_dead = true;
    }
    for (const ClaimedEffect& each : claimed) {
      Effect& effect = Get(each.effect.effect_id());
      EXPECT_TRUE(IsReady(effect, now)) << effect.id << " was claimed";
      EXPECT_FALSE(IsExhausted(effect, options.max_attempts)) << effect.id;
      effect.is_claimed = true;
      effect.due = now + options.lease;
      EXPECT_EQ(each.attempt, ++effect.attempts);
      EXPECT_EQ(each.lease_end, effect.due);
    }
    EXPECT_LE(claimed.size(), static_cast<std::size_t>(options.max_effects));
    if (!claimed.empty()) return;
    for (const Effect& effect : effects_) {
      EXPECT_FALSE(IsReady(effect, now)) << effect.id << " was not claimed";
    }
  }

  // Each is OK, or the reason.
  std::string Acknowledge(const std::string& id, absl::optional<int> attempt) {
    Effect& effect = Get(id);
    if (!effect.is_open) return "";
    const bool is_own = !effect.is_dead && effect.attempts == attempt && attempt > 0;
    if (attempt.has_value() && !is_own) return "EFFECT_CLAIM_LOST";
    effect.is_open = false;
    return "";
  }
  std::string Retry(const std::string& id, int attempt, absl::Time now,
                    const RetryOptions& options) {
    Effect& effect = Get(id);
    if (!IsOwn(effect, attempt)) return "EFFECT_CLAIM_LOST";
    effect.code = options.code;
    effect.is_claimed = false;
    if (IsExhausted(effect, options.max_attempts)) {
      effect.is_dead = true;
      return "";
    }
    absl::Duration delay = options.first_delay;
    for (int i = 1; i < attempt - effect.past_attempts; ++i) delay *= options.factor;
    effect.due = options.due_time.value_or(now + std::min(delay, options.max_delay));
    return "";
  }
  std::string Revive(const std::string& id) {
    Effect& effect = Get(id);
    if (!effect.is_open || !effect.is_dead) return "EFFECT_NOT_DEAD";
    effect.is_dead = effect.is_claimed = false;
    effect.past_attempts = effect.attempts;
    effect.due = absl::InfinitePast();
    return "";
  }
  void Report(const std::string& id, v1::EffectResult result, const std::string& code) {
    Effect& effect = Get(id);
    if (!effect.is_open) return;
    effect.is_open = result != v1::EFFECT_RESULT_DONE;
    if (!effect.is_open) return;
    effect.is_dead = true;
    effect.code = code;
  }
  static bool IsOwn(const Effect& effect, int attempt) {
    return effect.is_open && !effect.is_dead && attempt > effect.past_attempts &&
           effect.attempts == attempt;
  }

 private:
  std::vector<Effect> effects_;
};

// Random work of several logs on one store, beside the model.
class OutboxRun {
 public:
  OutboxRun(const std::shared_ptr<store::Store>& store, std::uint64_t seed) : random_(seed) {
    names_.rows = store;
    for (int i = 0; i < 3; ++i) {
      logs_.push_back(std::make_unique<EventLog>(store, EventLogOptions{names_.fold}));
    }
    names_.Reopen();
  }

  void Run(int steps) {
    for (int step = 0; step < steps && !::testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(step);
      Step();
      Compare();
    }
  }

 private:
  int Below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }
  EventLog& log() { return *logs_[Below(3)]; }

  void Step() {
    now_ += absl::Seconds(Below(3));
    const int kind = Below(12);
    if (kind < 2 || model_.effects().empty()) return Add();
    if (kind < 6) return Claim();
    const std::string id = model_.effects()[Below(static_cast<int>(model_.effects().size()))].id;
    // An attempt that is right most of the time.
    const int attempt = model_.Get(id).attempts - (Below(8) == 0 ? 1 : 0);
    std::string expected;
    absl::Status got;
    if (kind < 8) {
      const absl::optional<int> given =
          Below(4) == 0 ? absl::nullopt : absl::optional<int>(attempt);
      // Mostly those that are claimed leave.
      if (!given.has_value() && Below(3) > 0) return;
      expected = model_.Acknowledge(id, given);
      got = log().AcknowledgeEffect(id, given);
    } else if (kind == 8) {
      RetryOptions options;
      options.code = absl::StrCat("CODE", Below(3));
      options.first_delay = absl::Seconds(2);
      options.max_delay = absl::Seconds(10);
      options.max_attempts = 1 + Below(4);
      if (Below(2) == 0) options.due_time = now_ + absl::Seconds(Below(5));
      expected = model_.Retry(id, attempt, now_, options);
      const auto claim = log().RetryEffect(id, attempt, now_, options);
      got = claim.status();
      if (claim.ok()) {
        EXPECT_EQ(claim->state() == v1::EffectClaim::STATE_DEAD, model_.Get(id).is_dead);
      }
    } else if (kind == 9) {
      OutboxModel::Effect& effect = model_.Get(id);
      const absl::Time end = now_ + absl::Seconds(Below(6));
      got = log().ExtendLease(id, attempt, end);
      if (!OutboxModel::IsOwn(effect, attempt)) expected = "EFFECT_CLAIM_LOST";
      // One whose lease has ended may wait for another one by now: then it is lost, and else it is not.
      if (got.ok()) {
        EXPECT_TRUE(effect.is_claimed);
        effect.due = end;
      } else if (OutboxModel::IsOwn(effect, attempt)) {
        EXPECT_TRUE(!effect.is_claimed || effect.due <= now_) << id;
        expected = "EFFECT_CLAIM_LOST";
      }
    } else if (kind == 10) {
      expected = model_.Revive(id);
      got = log().ReviveEffect(id);
    } else {
      const auto result = Below(3) == 0 ? v1::EFFECT_RESULT_FAILED : v1::EFFECT_RESULT_DONE;
      model_.Report(id, result, "REPORTED");
      const auto verdict = log().Commit(BatchWithReport(&names_, id, result, "REPORTED"));
      ASSERT_TRUE(verdict.ok()) << verdict.status();
      EXPECT_EQ(*verdict, CommitVerdict::kCommitted);
    }
    EXPECT_EQ(GetReason(got), expected) << id << " " << kind << " " << got;
  }

  void Add() {
    std::vector<std::string> entities(1 + Below(3));
    for (std::string& entity : entities) entity = std::string(1, static_cast<char>('a' + Below(4)));
    AddEffects(&names_, entities);
    model_.Add(absl::StrCat("r", names_.records), entities);
  }

  void Claim() {
    ClaimOptions options;
    options.max_effects = Below(3) == 0 ? 1 + Below(3) : 100;
    options.lease = absl::Seconds(1 + Below(8));
    options.max_attempts = 1 + Below(4);
    const auto claimed = log().ClaimEffects(now_, options);
    ASSERT_TRUE(claimed.ok()) << claimed.status();
    std::vector<std::string> dead;
    const std::vector<PendingEffect> letters = *names_.Read().DeadLetters({});
    for (const PendingEffect& each : letters) {
      if (!model_.Get(each.effect.effect_id()).is_dead) dead.push_back(each.effect.effect_id());
    }
    model_.Claimed(*claimed, dead, now_, options);
  }

  // The outbox is as the model says.
  void Compare() {
    const View view = names_.Read();
    const std::vector<PendingEffect> pending = *view.PendingEffects({});
    std::vector<std::string> dead, expected_dead, expected;
    const std::vector<PendingEffect> letters = *view.DeadLetters({});
    for (const PendingEffect& each : letters) dead.push_back(each.effect.effect_id());
    for (const OutboxModel::Effect& effect : model_.effects()) {
      if (effect.is_open) expected.push_back(effect.id);
      if (effect.is_open && effect.is_dead) expected_dead.push_back(effect.id);
    }
    EXPECT_EQ(dead, expected_dead);
    ASSERT_EQ(pending.size(), expected.size());
    for (std::size_t i = 0; i < pending.size(); ++i) {
      ASSERT_EQ(pending[i].effect.effect_id(), expected[i]);
      const OutboxModel::Effect& effect = model_.Get(expected[i]);
      const v1::EffectClaim& claim = pending[i].claim;
      EXPECT_EQ(claim.state() == v1::EffectClaim::STATE_DEAD, effect.is_dead);
      EXPECT_EQ(claim.attempts(), effect.attempts);
      EXPECT_EQ(claim.past_attempts(), effect.past_attempts);
      EXPECT_EQ(claim.code(), effect.code);
      if (claim.has_due_time()) {
        EXPECT_EQ(internal::DecodeTime(claim.due_time()), effect.due);
      }
      // Of one that is not due yet the outbox knows it.
      EXPECT_TRUE(effect.is_dead || effect.due <= now_ || claim.has_due_time());
    }
    CheckRows(*names_.rows);
  }

  std::mt19937_64 random_;
  Names names_;
  std::vector<std::unique_ptr<EventLog>> logs_;
  OutboxModel model_;
  absl::Time now_ = Second(0);
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_EVENT_LOG_OUTBOX_MODEL_H_
