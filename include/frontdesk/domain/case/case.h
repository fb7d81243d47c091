// Cases: decide and evolve. Something a customer needs done, from the first word to the end.
//
//   #include "frontdesk/v1/case_input.pb.h"
//   #include "frontdesk/v1/outcome.pb.h"
//
//   frontdesk::v1::CaseDecisionInput input;
//   input.mutable_command()->mutable_reopen_case()->set_case_id("case-1");
//   input.mutable_case_()->set_state(frontdesk::v1::Case::STATE_OPEN);
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideCase(input);
//   if (!decided.ok()) return decided.status();
//   decided->refusals[0].text();
//   // "ReopenCase is possible in RESOLVED, CLOSED, and the state is OPEN; possible in OPEN are …"
#ifndef FRONTDESK_DOMAIN_CASE_CASE_H_
#define FRONTDESK_DOMAIN_CASE_CASE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/domain/lifecycle.h"

namespace frontdesk {
namespace v1 {
class Case;
class CaseAssessment;
class CaseCommand;
class CaseDecisionInput;
class CasePolicy;
class Event;
class Refusal;
class Remedy;
}  // namespace v1

namespace domain {

// Every state x every command of cases, commands by number, states by number. Static.
//   - A case begins NEW and becomes OPEN when it is first assigned to somebody (not to a queue
//     only), unless the command says that it stays NEW.
//   - WAITING is reached by PauseCase and left by ResumeCase, or by a message of the customer that
//     was waited for. RESOLVED, CANCELED and, for a reason, CLOSED are reached from all of these.
//   - RESOLVED and CLOSED can be reopened; CANCELED is final. After the policy's window the case
//     stays as it is, and a follow-up case is opened.
//   - A closed or canceled case is not worked on: later matters belong to a follow-up case. Its
//     state can still be named, it can be classified and linked, internal parts can be added, its
//     tasks done, and cases merged into it unmerged. Its resolution, its customer, its ids in other
//     systems and its participants can be corrected.
//   - MERGED is reached when the case is merged into another, and left when it is unmerged; both
//     are commands to the other case. Until then every command is refused, and the details of the
//     refusal name the survivor, "survivor_case_id".
const Lifecycle& CaseLifecycle();

// Checks the arguments of a case command, whatever the state. Returns every invalid field, in the
// order of the fields, origin ARGUMENT, with its path from the command ("pause_case.state"). Empty:
// all are valid, or the command is of another entity. Parts are as those of an interaction: see
// interaction.h. Reasons: see domain/reasons.h, ARGUMENT_….
// A field that is open in `policy_fields` may be absent.
std::vector<v1::Refusal> CheckCaseArguments(const v1::CaseCommand& command,
                                            Fields fields = Fields::kUnknown,
                                            const PolicyFields& policy_fields = {});

// Whether a remedy of a policy pack is for cases of the kind of `one`. Pure.
bool IsRemedyFor(const v1::Remedy& remedy, const v1::Case& one);

// Computes the core's findings before policy is asked, from command and case, by the company's
// `policy`:
//   - the priority of OpenCase and PrioritizeCase;
//   - the end of the time to reopen, and whether a customer's message may reopen the case or end
//     its waiting;
//   - whether the name of a state is one that the policy lists;
//   - the place that EscalateCase leads to, and the remedy as the policy lists it;
//   - of CorrectResolution, what it adds to the amount of the resolution;
//   - the end of the wait of PauseCase, and the due time of AddCaseTask, where the command gives spans;
//   - whether the command would change nothing.
// Pure; fields that do not concern the command are not set. The window counts from the last
// resolution. For a case that was imported without one, it counts from the time at which its
// history says that it is resolved or closed. When that is not known, it counts from the closing, or
// else from the import. For one that was closed without a resolution, it counts from the closing.
// Costs O(history and policy).
// `calendar` is that of the service level that the case has before the command; what counts business time counts by it. Null: all
// time counts.
v1::CaseAssessment AssessCase(const v1::CaseDecisionInput& input, const v1::CasePolicy& policy,
                              const calendar::BusinessCalendar* calendar = nullptr);

// Decides a case command. Pure. Expects arguments in which CheckCaseArguments() finds no invalid
// field, and in the input the assessment of AssessCase().
//
// OK: see Decided. Invariants: the transition table first, CASE_EXISTS, CASE_NOT_FOUND, CASE_<VERB>_STATE (then nothing else is
// checked). Its text and details name the states in which the command is possible, and the commands that are possible. Then those
// of the command: docs/commands.md lists them, and reasons.h has their meaning. Besides:
//   - ATTRIBUTE_UNDEFINED, ATTRIBUTE_TYPE, ATTRIBUTE_VALUE (OpenCase, ClassifyCase): an attribute that is set violates
//     `input.attribute_definitions`.
//   - CASE_REOPEN_WINDOW_OVER has the detail "until"; CASE_ESCALATE_NOBODY_AVAILABLE has the queues.
//   - CASE_NOT_FOUND: the other case that the command names is not in the input (then nothing else is checked). `customer` in
//     the input of SetCaseCustomer is the customer that is to be set, or its survivor: decide/ checks that.
//   - CASE_LINK_CYCLE: the other case has the opposite link, or is among `ancestor_case_ids`. Parents, causes,
//     repeated and followed-up cases are above a case. Only a desk can detect longer cycles, over as many cases as its limit,
//     CASE_LINK_DEPTH.
//   - A command that changes nothing, by the assessment, has no events where the transition table
//     allows it: a pause in the same state, a repeated merge, a link that exists.
//   - CASE_ADD_PARTICIPANT_TOO_MANY, CASE_CHANGE_EXTERNAL_IDS_TOO_MANY, CASE_LINK_TOO_MANY: a case has
//     100 participants, 100 ids in other systems and 100 links to other systems at most.
//   - `participant_customer` of AddCaseParticipant is the customer of the participant, or its survivor,
//     whose id the event then has. It may be absent.
//
// AddCasePart reopens the case with the part, or ends its waiting, when the assessment says so.
// MergeCases and UnsplitCase give a survivor without an assignee that of the merged case, whatever
// the states of the two; else the event says that nobody has the survivor. UnmergeCases leaves it
// there. ReopenCase after the window has events of two cases. The follow-up case is opened, with the
// customer, queue, impact, urgency, kind, subject and tags of the old one; and the old one is
// linked with it. ResolveCase has an effect for each case in `caused_cases` that is not over:
// somebody has to review it. That case itself is not changed. WithdrawReferral has an effect:
// somebody has to inform the party.
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when the command is no case command.
// Costs O(size of both cases).
absl::StatusOr<Decided> DecideCase(const v1::CaseDecisionInput& input);

// Folds one event into a case.
//
// Every change of assignee or queue, whatever made it, adds a span of them; so does every change of
// impact, urgency or priority. A case that is opened without any has no span until it gets one. An
// import has the spans that it brings. A correction replaces the last resolution, and changes nothing
// else. Participants, ids in other systems and links to them stay with their case when it is merged,
// and a case that is split off begins without.
//
// Every change of the state, or of the company's own name of it, adds a span. A case that is
// unmerged begins one in the state that it had before; `close_time` and `end_reason` are as they
// were then. The actor of the event is that of the span; an imported history keeps its own.
// `reopen_count` counts CaseReopened. `reassignment_count` counts the changes from one queue to
// another, or, while the case is in no queue, from one person to another or to nobody. A transfer
// that was completed always counts. Changes of the person within a queue do not count, nor does an
// assignee that comes with a merge.
// A pending offer is dropped when the case is otherwise assigned, resolved, closed or canceled; it
// stays while the case waits, and when a case is merged into it.
//
// OK: `current_case` has the state after the event. Never fails on events of DecideCase().
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event does not follow on this state;
// `current_case` is unchanged.
absl::Status EvolveCase(const v1::Event& event, v1::Case* current_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_H_
