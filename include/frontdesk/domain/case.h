// Cases: decide and evolve. Something a customer needs done, from the first word to the end.
//
//   frontdesk::v1::CaseDecisionInput input;
//   input.mutable_command()->mutable_close_case()->set_case_id("case-1");
//   input.mutable_current_case()->set_state(frontdesk::v1::Case::STATE_OPEN);
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideCase(input);
//   if (!decided.ok()) return decided.status();
//   decided->refusals[0].text();
//   // "CloseCase is possible in RESOLVED, and this is OPEN; possible in OPEN are AssignCase, …"
#ifndef FRONTDESK_DOMAIN_CASE_H_
#define FRONTDESK_DOMAIN_CASE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace domain {

// One cell of the lifecycle: what a verb does in a state. STATE_UNSPECIFIED stands for "no such
// case". Immutable.
struct CaseTransition {
  v1::Command::VerbCase verb;
  v1::Case::State from;
  // The states that may follow; empty when the verb is refused.
  absl::Span<const v1::Case::State> to;
  // Why it is refused; empty when it is not.
  absl::string_view refusal_reason;
};

// Every state x every verb of cases, verbs by number, states by number. Static.
//   - A case begins NEW and becomes OPEN when it is first given to somebody (not to a queue only).
//   - WAITING is reached by HoldCase and left by ResumeCase; RESOLVED and CANCELLED are reached
//     from all of these.
//   - RESOLVED and CLOSED can be reopened; CANCELLED is for good.
//   - A closed or cancelled case is not changed: what comes then belongs to a follow-up case.
absl::Span<const CaseTransition> CaseTransitions();

// What is wrong with the arguments of a case verb, whatever the state: every wrong field, in the
// order of the fields, origin ARGUMENT, with its path from the verb ("hold_case.state"). Empty:
// nothing, also when the command is of another entity. Parts are as those of an interaction: see
// interaction.h. Reasons: see base/reasons.h, ARGUMENT_….
std::vector<v1::Refusal> CheckCaseArguments(const v1::Command& command);

// Decides a case verb. Pure. Expects arguments that CheckCaseArguments() finds nothing wrong with.
//
// OK: see Decided. Invariants, in the order they are listed:
//   1. CASE_EXISTS, CASE_NOT_FOUND, CASE_<VERB>_STATE: the transition table (then nothing else is
//      looked at). The text and the details of the last name the states in which the verb is
//      possible, and the verbs that are possible.
//   2. CASE_ADD_PART_ID_EXISTS, CASE_ADD_PART_CORRECTS_UNKNOWN, CASE_ADD_PART_MORE_VISIBLE: as for
//      interactions.
//   3. CASE_CLASSIFY_UNCHANGED, CASE_ASSIGN_UNCHANGED, CASE_HOLD_UNCHANGED: it is so already.
//   4. CASE_<VERB>_TIME: the state would change before it last did.
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when the command is no case verb.
// Costs O(size of the case).
absl::StatusOr<Decided> DecideCase(const v1::CaseDecisionInput& input);

// Folds one event into a case.
//
// Every change of the state, or of the company's own name of it, adds a span. `reopen_count` counts
// CaseReopened. `reassignment_count` counts how often the case was taken from whom it was with: from
// one queue to another, or, while it is in no queue, from one person to another; a transfer that
// went through always counts. Who in a queue works on it is no business of that count.
//
// OK: `current_case` is as the event left it. Never fails on what DecideCase() made.
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event cannot follow on this state; `current_case`
// is untouched.
absl::Status EvolveCase(const v1::Event& event, v1::Case* current_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_H_
