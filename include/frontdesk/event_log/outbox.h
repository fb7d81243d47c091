// The outbox: what the commands of a desk ask the host to do outside, until it is done.
//
//   absl::StatusOr<std::vector<frontdesk::ClaimedEffect>> claimed = desk.ClaimEffects(now);
//   if (!claimed.ok()) return claimed.status();
//   for (const frontdesk::ClaimedEffect& each : *claimed) {
//     const std::string& id = each.effect.effect_id();
//     if (Perform(each.effect)) {  // With `id` as the idempotency key outside.
//       desk.AcknowledgeEffect(id, each.attempt).IgnoreError();
//     } else {
//       desk.RetryEffect(id, each.attempt, now, {"GATEWAY_DOWN"}).status().IgnoreError();
//     }
//   }
//
// An effect is in the outbox from the commit of its command on. A worker claims it: nobody else gets it until the lease ends.
// Then the worker acknowledges it, reports it by the command ReportEffect, or says when it is to be tried again. One of which nothing
// is heard is claimed again after its lease. So each effect is carried out at least once, and may be carried out twice: its id is
// the same each time. After the most attempts it is a dead letter, which stays in the outbox and is not claimed, until it is revived
// or acknowledged.
//
// Effects of one entity are claimed one after the other, in the order of the journal. An effect waits until all earlier ones of its
// entity have left the outbox, or are dead letters. An earlier one that is revived while a later one is claimed does not wait for
// that one.
//
// Any number of threads, desks and processes claim from one store. Each claim is one transaction on the rows that it read.
// Nothing here reads a clock: the caller gives the time, and decides when to ask.
#ifndef FRONTDESK_EVENT_LOG_OUTBOX_H_
#define FRONTDESK_EVENT_LOG_OUTBOX_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/v1/log.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {

// One effect in the outbox. A plain struct.
struct PendingEffect {
  // The journal sequence of the record that caused it.
  std::int64_t sequence = 0;
  v1::Effect effect;
  // Its state and attempts; empty when nobody has claimed it.
  v1::EffectClaim claim;
};

// How effects are claimed. A plain struct.
struct ClaimOptions {
  // The most effects; 1 to 10,000.
  int max_effects = 100;
  // The time until a claimed effect may be claimed again. Positive.
  absl::Duration lease = absl::Minutes(5);
  // An effect whose lease has ended after this number of claims becomes a dead letter, and is not claimed again. Positive.
  int max_attempts = 10;
};

// An effect that is claimed. A plain struct.
struct ClaimedEffect {
  // As in PendingEffect.
  std::int64_t sequence = 0;
  v1::Effect effect;
  // The number of the attempt, from 1. It names the claim.
  int attempt = 0;
  absl::Time lease_end;
};

// When an effect is tried again. A plain struct.
struct RetryOptions {
  // The cause of the failure, as a stable word: "GATEWAY_DOWN". It is kept, and no personal data.
  std::string code;
  // The instant from which on it can be claimed again. Nothing: RetryDelay() after the `now` of the call.
  absl::optional<absl::Time> due_time;
  // The delay after the first attempt. Each later one is larger by the factor, up to the largest. Positive; the factor at least 1.
  absl::Duration first_delay = absl::Seconds(10);
  int factor = 2;
  absl::Duration max_delay = absl::Hours(1);
  // After this number of attempts the effect is a dead letter. Positive.
  int max_attempts = 10;
};

// The delay after an attempt, from 1 on: min(first_delay * factor^(attempt - 1), max_delay). Pure: a host that wants chance in it
// gives a due time of its own.
absl::Duration RetryDelay(int attempt, const RetryOptions& options);

// Most bytes of RetryOptions::code.
inline constexpr int kMaxEffectCodeBytes = 256;

}  // namespace frontdesk

#endif  // FRONTDESK_EVENT_LOG_OUTBOX_H_
