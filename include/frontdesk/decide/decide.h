// From a command to its outcome as one pure function, for hosts that keep their own storage.
//
//   frontdesk::v1::DecisionInput input;
//   *input.mutable_order()->mutable_order() = order_as_stored;
//   absl::StatusOr<frontdesk::v1::Outcome> outcome = frontdesk::Decide(input, command, *policy);
//   if (!outcome.ok()) return outcome.status();
//   if (outcome->verdict() == frontdesk::v1::VERDICT_DONE) {
//     for (const frontdesk::v1::Event& event : outcome->events()) {
//       absl::Status folded = frontdesk::Evolve(event, &states[event.entity().id()]);
//     }
//   }
//
// Desk (desk/desk.h) is this function with a store around it.
#ifndef FRONTDESK_DECIDE_DECIDE_H_
#define FRONTDESK_DECIDE_DECIDE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {

// How much of one command is accepted. A plain struct.
struct CommandLimits {
  // Most bytes of a command. More: RESOURCE_EXHAUSTED COMMAND_TOO_LARGE.
  std::size_t max_command_bytes = 1 << 20;
  // Most bytes of the facts that come with it, or of a decision input. More: RESOURCE_EXHAUSTED
  // FACTS_TOO_LARGE.
  std::size_t max_facts_bytes = 16 << 20;
  // Most events that one command may cause. More: RESOURCE_EXHAUSTED EVENTS_TOO_MANY, and nothing
  // is done.
  int max_events_per_command = 10'000;
  // Most cost units (see cel::Limits::max_cost) that the rules of all decisions about one
  // command take, with their traces. A rule that wants more errs with CEL_LIMIT_BUDGET, and so the
  // command is refused. Each decision has RuleLimits::max_decision_cost besides.
  std::int64_t max_policy_cost = 100'000'000;
  // The cases above a case are its parents, causes, the cases that it repeats and those that it
  // follows up. Through how many of them a desk looks for a cycle when two cases are linked. More:
  // refused with CASE_LINK_DEPTH.
  int max_case_ancestors = 100;
  // Most rounds in which one approval asks. Beyond: the approval is closed with APPROVAL_ROUNDS_EXCEEDED, and the command can be asked
  // for anew.
  int max_approval_rounds = 5;
  // Most rules that one round of an approval shows. The others ask in the next round.
  int max_approval_findings = 100;
  // Most cases, and most customers, that a desk reads for one command because they are merged or
  // linked with those that the command names, directly or through others. More: RESOURCE_EXHAUSTED
  // RELATED_TOO_MANY, and nothing is done.
  int max_related = 50'000;
};

// Decides `command` by `policy` on the state and facts in `input`. Pure: no clock, no store, no
// ids.
//
// `input` has the arm for the command's entity (OrderDecisionInput for orders, …) with the state
// before the command and the facts. Its `command`, `actor`, `now`, `occur_time`, `note`, `assessment`,
// `identity_level` and `attribute_definitions` are overwritten here.
//
// `totals` are the host's, with those that the rules read (Policy::TotalsOf); their currency is overwritten here. One that is missing is
// an error of the rule that reads it.
//
// The command is decided at its own `now`, or at that of `input`, if that is valid and later. A host
// that keeps its own storage sets the latter to the latest of the last instants of the entities that the
// command changes (EntityState.update_time). It checks itself how much earlier the command may be. A
// late entry keeps the command's `now` as the `occur_time` of its events.
//
// Only Desk checks that a linked entity exists (LinkInteraction, OpenCase), since it is not
// part of the input. A host that links cases fills `ancestor_case_ids` too: without them only a circle
// of two cases is found. An `approval` in `input` lets the command pass rules that hold for one of its
// granted authorities.
//
// Checks, in this order; the first that refuses gives the leading reason:
//   1 envelope    INVALID_ARGUMENT COMMAND_MALFORMED with all violations: actor, now, key, version,
//                 exactly one command, UTF-8
//   2 arguments   REFUSED, origin ARGUMENT: every invalid field
//   3 existence   REFUSED, origin NOT_FOUND: <ENTITY>_NOT_FOUND; for a command that creates, origin
//                 INVARIANT: <ENTITY>_EXISTS; INTERACTION_NOT_FOUND when the command names an
//                 interaction that is not in `input` (not for interaction commands, whose input
//                 has no place for another one); CUSTOMER_NOT_FOUND when a customer that the
//                 command names is not in `input`, nor its survivor; DESK_REPORT_EFFECT_NOT_FOUND
//                 when the effect that ReportEffect names is not in `input`
//   4 policy      REFUSED, origin POLICY: every refusing rule, then every violated invariant
//   5 invariants  REFUSED, origin INVARIANT: those of the entity; if there is none, those of
//                 the accounts that money moves on
// A command that passes 5 and was allowed is DONE; one that policy holds is HELD and has no events.
//
// Events, effects and approvals get no ids, versions or record here: the store that keeps them
// assigns those.
// Further errors:
//   - INVALID_ARGUMENT DECISION_INPUT_MISMATCH when the arm, or the entity in it, is not the one
//     the command addresses, and for Approve and Decline, which need a store. COMMAND_WRONG_ENTITY
//     when the entity of CorrectEntityTime has another kind.
//   - FAILED_PRECONDITION FACT_MISSING when the command needs facts that are absent.
//   - OUT_OF_RANGE MONEY_OVERFLOW.
//   - RESOURCE_EXHAUSTED by the limits.
//
// `trace` says which rules the decisions in the outcome show. These are all rules, with the cause that
// stopped each, or only those that decided, which is quicker where there are many.
absl::StatusOr<v1::Outcome> Decide(const v1::DecisionInput& input, const v1::Command& command,
                                   const Policy& policy, const CommandLimits& limits = {},
                                   rules::TraceLevel trace = rules::TraceLevel::kFull);

// Folds `event` into the state of its entity; the state of an entity that does not exist yet is an
// empty message. The version becomes one more, and `update_time` the time of the event, if that is valid
// and later; an EntityTimeCorrected sets its own. Never fails on an event that was decided on this
// very state. Errors, after which `state` is untouched: INVALID_ARGUMENT EVENT_MALFORMED for an
// event without an entity or without a set arm. DATA_LOSS EVENT_NOT_APPLICABLE for one that does
// not follow on the state (another entity, another version, or unknown to it).
absl::Status Evolve(const v1::Event& event, v1::EntityState* state);

}  // namespace frontdesk

#endif  // FRONTDESK_DECIDE_DECIDE_H_
