// Effects: claimed, acknowledged, tried again, dead and revived.
#include "frontdesk/event_log/outbox.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/outbox_rows.h"
#include "event_log/pending_rows.h"
#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/event_log/reasons.h"
#include "internal/message_utf8.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

// Whether the instant is one of the years 1 to 9999.
bool IsTime(absl::Time time) {
  return time >= absl::FromUnixSeconds(internal::kMinTimestampSeconds) &&
         time < absl::FromUnixSeconds(internal::kMaxTimestampSeconds + 1);
}

absl::Status Check(const ClaimOptions& options, absl::Time now) {
  ErrorBuilder errors(kReasonEffectOptionsInvalid);
  const auto require = [&errors](bool good, absl::string_view field, absl::string_view text) {
    if (!good) errors.Add(field, kReasonEffectOptionsInvalid, text);
  };
  require(IsTime(now), "now", "the time is not in the years 1 to 9999");
  require(options.max_effects >= 1 && options.max_effects <= 10'000, "max_effects",
          "the limit is not in 1 to 10,000");
  require(options.lease >= absl::Nanoseconds(1), "lease", "the time is not positive");
  require(options.max_attempts >= 1, "max_attempts", "the limit is not positive");
  return errors.Build();
}

absl::Status Check(const RetryOptions& options, absl::Time now) {
  ErrorBuilder errors(kReasonEffectOptionsInvalid);
  const auto require = [&errors](bool good, absl::string_view field, absl::string_view text) {
    if (!good) errors.Add(field, kReasonEffectOptionsInvalid, text);
  };
  require(IsTime(now), "now", "the time is not in the years 1 to 9999");
  require(IsTime(options.due_time.value_or(now)), "due_time",
          "the time is not in the years 1 to 9999");
  require(options.code.size() <= kMaxEffectCodeBytes && internal::IsValidUtf8(options.code), "code",
          "the code is longer than 256 bytes, or not UTF-8");
  require(options.first_delay > absl::ZeroDuration(), "first_delay", "the time is not positive");
  require(options.max_delay > absl::ZeroDuration(), "max_delay", "the time is not positive");
  require(options.factor >= 1, "factor", "the factor is not positive");
  require(options.max_attempts >= 1, "max_attempts", "the limit is not positive");
  return errors.Build();
}

}  // namespace

absl::Duration RetryDelay(int attempt, const RetryOptions& options) {
  absl::Duration delay = std::min(options.first_delay, options.max_delay);
  // At the largest delay, or with the factor 1, further steps change nothing.
  for (int step = 1; step < attempt && delay < options.max_delay && options.factor > 1; ++step) {
    delay = std::min(delay * options.factor, options.max_delay);
  }
  return delay;
}

namespace event_log {
namespace {

using State = v1::EffectClaim;

constexpr int kEditAttempts = 100;
// The most effects that one commit of a call changes.
constexpr std::size_t kMostChanges = 1'024;
constexpr std::size_t kPage = 256;
// The most rows of the queue that a claim holds. A database has room for some thousands.
constexpr std::size_t kMostHeld = 256;

int AttemptsThatCount(const v1::EffectClaim& claim) {
  return claim.attempts() - claim.past_attempts();
}

absl::Status ClaimLost() { return MakeError(kReasonEffectClaimLost, kReasonEffectClaimLost.text); }

// Looks at the effects that are due, and decides what becomes of each: one batch an effect.
class Claimer {
 public:
  Claimer(std::shared_ptr<const store::Snapshot> below, absl::Time now, const ClaimOptions& options,
          std::size_t most)
      : rows_(std::move(below)), now_(internal::EncodeTime(now)), options_(options), most_(most) {
    lease_end_ = internal::EncodeTime(*internal::DecodeTime(now_) + options.lease);
  }

  absl::Status Run() {
    store::Range timed = store::RangeOf(kQueue, QueuePrefix(QueueMark::kTimed));
    timed.end = TimedQueueEnd(now_);
    FRONTDESK_RETURN_IF_ERROR(Walk(timed, [this](const store::Row& row) -> absl::Status {
      const auto place = DecodeQueuePlace(row.key);
      if (!place.has_value()) return CorruptError("a row of the queue has no place");
      FRONTDESK_ASSIGN_OR_RETURN(const v1::JournalRecord record, ReadRecordAt(rows_, place->first));
      return Look(record, place->second);
    }));
    const store::Range due = store::RangeOf(kQueue, QueuePrefix(QueueMark::kDue));
    return Walk(due, [this](const store::Row& row) -> absl::Status {
      const auto sequence = store::DecodePosition(absl::string_view(row.key).substr(1));
      if (!sequence.has_value()) return CorruptError("a row of the queue has no place");
      FRONTDESK_ASSIGN_OR_RETURN(const v1::JournalRecord record, ReadRecordAt(rows_, *sequence));
      for (const int place : DecodePlaces(*row.value)) {
        if (is_full()) break;
        FRONTDESK_RETURN_IF_ERROR(Look(record, place));
      }
      return absl::OkStatus();
    });
  }

  // In their order, at the end of its work, and the claim of each; attempt 0: none.
  std::vector<store::Batch> TakeBatches() { return rows_.Take(); }
  std::vector<ClaimedEffect>& claimed() { return claimed_; }

  // Whether there may be more to look at.
  bool has_more() const { return has_more_ || is_full(); }

 private:
  bool is_full() const { return count_ >= most_ || claimed_.size() >= kMostChanges; }

  template <typename Visit>
  absl::Status Walk(store::Range range, Visit visit) {
    while (!is_full()) {
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                                 ScanRows(rows_, range, std::min(kPage, most_ - count_ + 1)));
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<bool> held, Hold(found));
      for (std::size_t i = 0; i < found.size(); ++i) {
        if (is_full()) return absl::OkStatus();
        if (held[i]) FRONTDESK_RETURN_IF_ERROR(visit(found[i]));
        range.begin = found[i].key + '\0';
      }
      if (found.empty()) return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  // Whether this claim may look at each of these rows of the queue: those that another one is at are left to it. Beyond kMostHeld it
  // may look at all of them, and the commit decides who was first.
  absl::StatusOr<std::vector<bool>> Hold(const std::vector<store::Row>& found) {
    std::vector<bool> held(found.size(), true);
    std::vector<store::Key> keys;
    const std::size_t most = std::min(kMostHeld - held_count_, most_ - count_);
    for (std::size_t i = 0; i < std::min(found.size(), most); ++i) {
      keys.push_back({kQueue, found[i].key});
    }
    if (keys.empty()) return held;
    held_count_ += keys.size();
    absl::StatusOr<std::vector<bool>> tried = rows_.TryHold(keys);
    if (!tried.ok()) return ReadError(tried.status());
    std::copy(tried->begin(), tried->end(), held.begin());
    return held;
  }

  absl::Status Look(const v1::JournalRecord& record, int place) {
    FRONTDESK_RETURN_IF_ERROR(CheckPlaces(record, {place}));
    const EffectPlace effect{record.sequence(), place,
                             EntityEffectsPrefix(record.effects(place).entity())};
    OutboxEdit edit(rows_);
    FRONTDESK_ASSIGN_OR_RETURN(const v1::EffectClaim before, edit.Claim(effect));
    if (before.state() == State::STATE_DEAD || before.state() == State::STATE_WAITING) {
      return CorruptError("an effect is in the queue that is not due");
    }
    // Far times share a place in the queue.
    if (before.has_due_time() && IsLater(before.due_time(), now_)) return absl::OkStatus();
    // A lease has no length where time ends.
    if (!seen_.insert({effect.sequence, place}).second) return absl::OkStatus();
    FRONTDESK_ASSIGN_OR_RETURN(const bool is_first, edit.IsFirst(effect));
    v1::EffectClaim after = before;
    ClaimedEffect claimed;
    if (!is_first) {
      after.set_state(State::STATE_WAITING);
      FRONTDESK_RETURN_IF_ERROR(edit.SetClaim(effect, before, std::move(after)));
    } else if (AttemptsThatCount(before) >= options_.max_attempts) {
      FRONTDESK_RETURN_IF_ERROR(edit.Kill(effect, before, std::move(after)));
      // The next effect of the entity may be in a place that was looked at already.
      has_more_ = true;
    } else {
      after.set_state(State::STATE_CLAIMED);
      after.set_attempts(before.attempts() + 1);
      *after.mutable_due_time() = lease_end_;
      claimed.sequence = effect.sequence;
      claimed.effect = record.effects(place);
      claimed.attempt = after.attempts();
      claimed.lease_end = *internal::DecodeTime(lease_end_);
      FRONTDESK_RETURN_IF_ERROR(edit.SetClaim(effect, before, std::move(after)));
      ++count_;
    }
    rows_.Add(std::move(edit).Take());
    claimed_.push_back(std::move(claimed));
    return absl::OkStatus();
  }

  static bool IsLater(const google::protobuf::Timestamp& time,
                      const google::protobuf::Timestamp& other) {
    return std::make_pair(time.seconds(), time.nanos()) >
           std::make_pair(other.seconds(), other.nanos());
  }

  // With the batches so far.
  PendingRows rows_;
  const google::protobuf::Timestamp now_;
  google::protobuf::Timestamp lease_end_;
  const ClaimOptions& options_;
  const std::size_t most_;
  std::size_t count_ = 0;
  std::size_t held_count_ = 0;
  bool has_more_ = false;
  std::set<std::pair<std::int64_t, int>> seen_;
  std::vector<ClaimedEffect> claimed_;
};

// Adds the effects at `places` with their states.
absl::Status AddPending(const store::Snapshot& rows, std::int64_t sequence,
                        const std::vector<int>& places, const Claims& claims,
                        std::vector<PendingEffect>* pending) {
  FRONTDESK_ASSIGN_OR_RETURN(const v1::JournalRecord record, ReadRecordAt(rows, sequence));
  FRONTDESK_RETURN_IF_ERROR(CheckPlaces(record, places));
  for (const int place : places) {
    const auto claim = claims.find(place);
    pending->push_back({sequence, record.effects(place),
                        claim == claims.end() ? v1::EffectClaim() : claim->second});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PendingEffect>> View::PendingEffects(const LogPage& page) const {
  std::vector<PendingEffect> pending;
  const absl::optional<std::int64_t> first = Behind(page.after);
  if (!first.has_value()) return pending;
  store::Range range = store::RangeOf(kOutbox, "");
  range.begin = store::EncodePosition(*first);
  const std::size_t most = Clamp(page.page_size);
  while (pending.size() < most) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                               ScanRows(*rows_, range, most - pending.size()));
    for (const store::Row& row : found) {
      if (pending.size() >= most) break;
      const absl::optional<std::int64_t> sequence = store::DecodePosition(row.key);
      if (!sequence.has_value()) return CorruptError("a key of the outbox is no sequence");
      FRONTDESK_ASSIGN_OR_RETURN(const OpenPlaces open, ReadOpenPlaces(*rows_, *sequence));
      FRONTDESK_RETURN_IF_ERROR(AddPending(*rows_, *sequence, open.places, open.claims, &pending));
      range.begin = row.key + '\0';
    }
    if (found.empty()) break;
  }
  return pending;
}

absl::StatusOr<std::vector<PendingEffect>> View::DeadLetters(const LogPage& page) const {
  std::vector<PendingEffect> dead;
  const absl::optional<std::int64_t> first = Behind(page.after);
  if (!first.has_value()) return dead;
  store::Range range = store::RangeOf(kQueue, QueuePrefix(QueueMark::kDead));
  range.begin = DeadQueueKey(*first, 0);
  const std::size_t most = Clamp(page.page_size);
  std::int64_t last = 0;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found, ScanRows(*rows_, range, most));
    for (const store::Row& row : found) {
      const auto place = DecodeQueuePlace(row.key);
      if (!place.has_value()) return CorruptError("a row of the queue has no place");
      const auto& [sequence, number] = *place;
      if (dead.size() >= most && sequence != last) return dead;
      FRONTDESK_ASSIGN_OR_RETURN(const OpenPlaces open, ReadOpenPlaces(*rows_, sequence));
      FRONTDESK_RETURN_IF_ERROR(AddPending(*rows_, sequence, {number}, open.claims, &dead));
      last = sequence;
      range.begin = row.key + '\0';
    }
    if (found.empty()) return dead;
  }
}

absl::StatusOr<absl::optional<v1::Effect>> View::FindEffect(absl::string_view effect_id) const {
  v1::JournalRecord record;
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<EffectPlace> found,
                             FindEffectPlace(*rows_, effect_id, &record));
  absl::optional<v1::Effect> effect;
  if (found.has_value()) effect = record.effects(found->place);
  return effect;
}

absl::Status View::AddReport(Batch* batch) const {
  batch->outbox.reset();
  for (const auto& event : batch->events) {
    if (!event->desk().has_effect_reported()) continue;
    if (batch->outbox.has_value()) return CorruptError("a command reports several effects");
    OutboxEdit edit(*rows_);
    const v1::EffectReported& reported = event->desk().effect_reported();
    v1::JournalRecord record;
    FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<EffectPlace> effect,
                               FindEffectPlace(*rows_, reported.effect_id(), &record));
    // One that was acknowledged is not there any more.
    bool is_open = false;
    if (effect.has_value()) {
      FRONTDESK_ASSIGN_OR_RETURN(is_open, edit.IsOpen(*effect));
    }
    if (is_open) {
      FRONTDESK_ASSIGN_OR_RETURN(v1::EffectClaim claim, edit.Claim(*effect));
      if (reported.result() == v1::EFFECT_RESULT_DONE) {
        FRONTDESK_RETURN_IF_ERROR(edit.Remove(*effect, claim));
      } else {
        v1::EffectClaim dead = claim;
        dead.set_code(reported.code());
        FRONTDESK_RETURN_IF_ERROR(edit.Kill(*effect, claim, std::move(dead)));
      }
    }
    batch->outbox = std::move(edit).Take();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ClaimedEffect>> EventLog::ClaimEffects(absl::Time now,
                                                                  const ClaimOptions& options) {
  FRONTDESK_RETURN_IF_ERROR(Check(options, now));
  std::vector<ClaimedEffect> all;
  const auto most = static_cast<std::size_t>(options.max_effects);
  for (int attempt = 0; attempt < kEditAttempts;) {
    absl::StatusOr<std::shared_ptr<const store::Snapshot>> rows = store_->Read();
    if (!rows.ok()) return ReadError(rows.status());
    Claimer claimer(*std::move(rows), now, options, most - all.size());
    FRONTDESK_RETURN_IF_ERROR(claimer.Run());
    std::vector<store::Batch> batches = claimer.TakeBatches();
    if (batches.empty()) return all;
    const absl::StatusOr<std::vector<store::CommitResult>> results = CommitAll(std::move(batches));
    if (!results.ok()) {
      // Earlier claims of the call hold.
      if (!all.empty()) return all;
      return results.status();
    }
    bool lost = false;
    for (std::size_t i = 0; i < results->size(); ++i) {
      ClaimedEffect& claimed = claimer.claimed()[i];
      if (!(*results)[i].is_committed) {
        lost = true;
      } else if (claimed.attempt > 0) {
        all.push_back(std::move(claimed));
      }
    }
    if (all.size() >= most || (!lost && !claimer.has_more())) return all;
    // Effects that have to wait are set aside once. No caller who has something to do waits for that.
    if (!all.empty() && !lost) return all;
    attempt = lost ? attempt + 1 : 0;
  }
  if (!all.empty()) return all;
  return MakeError(kReasonOutboxContended, kReasonOutboxContended.text);
}

absl::Status EventLog::EditEffect(
    absl::string_view effect_id,
    absl::FunctionRef<absl::StatusOr<bool>(const EffectPlace&, OutboxEdit*)> change) {
  for (int attempt = 0; attempt < kEditAttempts; ++attempt) {
    FRONTDESK_ASSIGN_OR_RETURN(const View view, Read());
    v1::JournalRecord record;
    FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<EffectPlace> effect,
                               FindEffectPlace(*view.rows_, effect_id, &record));
    if (!effect.has_value()) return MakeError(kReasonEffectNotFound, kReasonEffectNotFound.text);
    OutboxEdit edit(*view.rows_);
    FRONTDESK_ASSIGN_OR_RETURN(const bool is_changed, change(*effect, &edit));
    if (!is_changed) return absl::OkStatus();
    std::vector<store::Batch> batches;
    batches.push_back(std::move(edit).Take());
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::CommitResult> results,
                               CommitAll(std::move(batches)));
    if (results.front().is_committed) return absl::OkStatus();
  }
  return MakeError(kReasonOutboxContended, kReasonOutboxContended.text);
}

absl::Status EventLog::AcknowledgeEffect(absl::string_view effect_id, absl::optional<int> attempt) {
  return EditEffect(
      effect_id, [attempt](const EffectPlace& effect, OutboxEdit* edit) -> absl::StatusOr<bool> {
        FRONTDESK_ASSIGN_OR_RETURN(const bool is_open, edit->IsOpen(effect));
        if (!is_open) return false;
        FRONTDESK_ASSIGN_OR_RETURN(const v1::EffectClaim claim, edit->Claim(effect));
        if (attempt.has_value() &&
            (*attempt < 1 || claim.attempts() != *attempt || claim.state() == State::STATE_DEAD)) {
          return ClaimLost();
        }
        FRONTDESK_RETURN_IF_ERROR(edit->Remove(effect, claim));
        return true;
      });
}

namespace {

// The state of an effect that is claimed under that attempt, or was and nobody has claimed it since; else CLAIM_LOST.
absl::StatusOr<v1::EffectClaim> OwnClaim(const EffectPlace& effect, int attempt, OutboxEdit* edit) {
  FRONTDESK_ASSIGN_OR_RETURN(const bool is_open, edit->IsOpen(effect));
  if (!is_open) return ClaimLost();
  FRONTDESK_ASSIGN_OR_RETURN(v1::EffectClaim claim, edit->Claim(effect));
  const bool is_own = attempt > 0 && claim.attempts() == attempt && AttemptsThatCount(claim) > 0 &&
                      claim.state() != State::STATE_DEAD;
  if (!is_own) return ClaimLost();
  return claim;
}

}  // namespace

absl::StatusOr<v1::EffectClaim> EventLog::RetryEffect(absl::string_view effect_id, int attempt,
                                                      absl::Time now, const RetryOptions& options) {
  FRONTDESK_RETURN_IF_ERROR(Check(options, now));
  v1::EffectClaim after;
  FRONTDESK_RETURN_IF_ERROR(EditEffect(
      effect_id, [&](const EffectPlace& effect, OutboxEdit* edit) -> absl::StatusOr<bool> {
        FRONTDESK_ASSIGN_OR_RETURN(const v1::EffectClaim before, OwnClaim(effect, attempt, edit));
        after = before;
        after.set_code(options.code);
        const int count = AttemptsThatCount(before);
        if (count >= options.max_attempts) {
          after.set_state(State::STATE_DEAD);
          after.clear_due_time();
          FRONTDESK_RETURN_IF_ERROR(edit->Kill(effect, before, after));
          return true;
        }
        after.set_state(State::STATE_DELAYED);
        *after.mutable_due_time() = internal::EncodeTime(
            options.due_time.has_value() ? *options.due_time : now + RetryDelay(count, options));
        FRONTDESK_RETURN_IF_ERROR(edit->SetClaim(effect, before, after));
        return true;
      }));
  return after;
}

absl::Status EventLog::ExtendLease(absl::string_view effect_id, int attempt, absl::Time lease_end) {
  if (!IsTime(lease_end)) {
    return MakeError(kReasonEffectOptionsInvalid, "the end is not in the years 1 to 9999");
  }
  return EditEffect(
      effect_id, [&](const EffectPlace& effect, OutboxEdit* edit) -> absl::StatusOr<bool> {
        FRONTDESK_ASSIGN_OR_RETURN(const v1::EffectClaim before, OwnClaim(effect, attempt, edit));
        if (before.state() != State::STATE_CLAIMED) return ClaimLost();
        v1::EffectClaim after = before;
        *after.mutable_due_time() = internal::EncodeTime(lease_end);
        FRONTDESK_RETURN_IF_ERROR(edit->SetClaim(effect, before, std::move(after)));
        return true;
      });
}

absl::Status EventLog::ReviveEffect(absl::string_view effect_id) {
  return EditEffect(effect_id,
                    [](const EffectPlace& effect, OutboxEdit* edit) -> absl::StatusOr<bool> {
                      FRONTDESK_ASSIGN_OR_RETURN(const bool is_open, edit->IsOpen(effect));
                      v1::EffectClaim before;
                      if (is_open) {
                        FRONTDESK_ASSIGN_OR_RETURN(before, edit->Claim(effect));
                      }
                      if (before.state() != State::STATE_DEAD) {
                        return MakeError(kReasonEffectNotDead, kReasonEffectNotDead.text);
                      }
                      FRONTDESK_RETURN_IF_ERROR(edit->Revive(effect, before));
                      return true;
                    });
}

}  // namespace event_log
}  // namespace frontdesk
