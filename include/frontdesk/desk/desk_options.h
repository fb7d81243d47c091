// The parts and limits of a desk (desk.h), and the activation of its policy.
//
//   frontdesk::DeskOptions options;
//   options.policy = policy;  // see policy.h
//   options.store = store;    // see store.h
//   // Another policy may be active in the store: this one replaces it.
//   frontdesk::PolicyActivation& activation = options.activate.emplace();
//   activation.actor = frontdesk::MakeActor("olga");
//   activation.now = frontdesk::ToTimestamp(absl::FromUnixSeconds(1'715'785'200));
//   auto desk = frontdesk::Desk::Open(std::move(options));
#ifndef FRONTDESK_DESK_DESK_OPTIONS_H_
#define FRONTDESK_DESK_DESK_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/base/id.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/find.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {

// Who activates a policy, and when: the command ActivatePolicy without the policy. A plain struct.
struct PolicyActivation {
  // Who activates.
  v1::Actor actor;
  // When: ToTimestamp(time) of base/timestamp.h.
  google::protobuf::Timestamp now;
  // Why, for people.
  std::string note;
  // As in a command; empty: not protected.
  std::string idempotency_key;
  // As in a command. The version is that of the desk as an entity.
  bool late_entry = false;
  absl::optional<std::int64_t> expected_version;
  // See ActivatePolicy: whether the new policy decides when the active one cannot be used.
  bool replace_unusable = false;
};

// DeskOptions::max_cached_state_bytes when it is not set: beside a store in memory, and beside any other.
inline constexpr std::size_t kMaxMemoryStateBytes = std::size_t{3} << 30;
inline constexpr std::size_t kMaxStateBytes = std::size_t{64} << 20;

// The parts of a desk. A plain struct.
struct DeskOptions {
  // The policy. Required. It must be the active one of the store, unless `activate` is set, or the store has none yet: the first
  // desk on a store activates its policy.
  std::shared_ptr<const Policy> policy;
  // Activates `policy` when another one is active. The command ActivatePolicy must be done. Nothing happens when `policy` is active
  // already.
  absl::optional<PolicyActivation> activate;
  // Where everything is kept. Null: a new store in memory.
  std::shared_ptr<store::Store> store;
  // Where the ids of journal records come from. They must never repeat within the store. Null:
  // "r0000000001", "r0000000002", …; they continue behind what the store holds, and other desks on
  // it may do the same.
  std::shared_ptr<IdSource> id_source;
  // How much of a command is accepted.
  CommandLimits limits;
  // How much is looked through when something is looked for.
  FindLimits find_limits;
  // Most bytes of states that the desk keeps in memory beside the store, about; those that were used lately. A state that is not among
  // them is made from its rows again, which takes several times as long as to read one that is. Only states that were read or changed
  // are kept, so a small desk needs little. 0: none is kept. Nothing: kMaxMemoryStateBytes beside a store in memory, which
  // holds about a million small entities; kMaxStateBytes beside any other, so that an import of any size needs little memory.
  absl::optional<std::size_t> max_cached_state_bytes;
  // How often a command is decided again because another one changed the state that it had read. Then
  // ABORTED COMMIT_CONTENDED: a slow command beside very many quick ones on the same entity may come to
  // that.
  int max_commit_attempts = 100;
  // How long the verdict on a command with an idempotency key is remembered: a command with that key
  // whose `now` is as much later, or more, is decided anew. Verdicts that are older than this are removed from
  // the store from time to time. Positive; InfiniteDuration is possible.
  absl::Duration remember_for = absl::Hours(24 * 7);
  // How far the clocks of hosts may be apart. The `now` of a command may be earlier than the last
  // instant of an entity that it changes by at most this; the command is decided at that instant. An
  // earlier one that is no late entry is refused with COMMAND_TOO_EARLY. Not negative; InfiniteDuration
  // is possible.
  absl::Duration max_clock_skew = absl::Minutes(1);
  // How much later than the newest instant of the desk the `now` of a command may be, so that one wrong
  // clock bars no entity. A command that is later is refused with COMMAND_TOO_FAR_AHEAD. The newest
  // instant is written down only when it grows by an eighth of this. So a command within the bound is never
  // refused; one beyond the bound and an eighth always is. Nothing is bounded in an empty desk.
  // Positive; InfiniteDuration: off.
  absl::Duration max_clock_lead = absl::InfiniteDuration();
  // Whether outcomes of Execute and journal records show every rule, with the cause that stopped it, or only
  // the rules that decided. Explain makes the others anew.
  rules::TraceLevel trace = rules::TraceLevel::kFired;
};

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_DESK_OPTIONS_H_
