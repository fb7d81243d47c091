// Cases: decide and evolve. Something a customer needs done, from the first word to the end.
//
//   #include "frontdesk/v1/case_input.pb.h"
//   #include "frontdesk/v1/outcome.pb.h"
//
//   frontdesk::v1::CaseDecisionInput input;
//   input.mutable_command()->mutable_close_case()->set_case_id("case-1");
//   input.mutable_case_()->set_state(frontdesk::v1::Case::STATE_OPEN);
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideCase(input);
//   if (!decided.ok()) return decided.status();
//   decided->refusals[0].text();
//   // "CloseCase is possible in RESOLVED, and this is OPEN; possible in OPEN are AssignCase, …"
#ifndef FRONTDESK_DOMAIN_CASE_CASE_H_
#define FRONTDESK_DOMAIN_CASE_CASE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/domain/decided.h"
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
//     only).
//   - WAITING is reached by PauseCase and left by ResumeCase; RESOLVED and CANCELED are reached
//     from all of these.
//   - RESOLVED and CLOSED can be reopened; CANCELED is final. After the policy's window the case
//     stays as it is, and a follow-up case is opened.
//   - A closed or canceled case is not changed: later matters belong to a follow-up case. Its state
//     can still be named, it can be linked, its tasks done, and cases merged into it unmerged.
//   - MERGED is reached when the case is merged into another, and left when it is unmerged; both
//     are commands to the other case. Until then every command is refused, and the details of the
//     refusal name the survivor, "survivor_case_id".
const Lifecycle& CaseLifecycle();

// Checks the arguments of a case command, whatever the state. Returns every invalid field, in the
// order of the fields, origin ARGUMENT, with its path from the command ("pause_case.state"). Empty:
// all are valid, or the command is of another entity. Parts are as those of an interaction: see
// interaction.h. Reasons: see domain/reasons.h, ARGUMENT_….
std::vector<v1::Refusal> CheckCaseArguments(const v1::CaseCommand& command);

// Whether a remedy of a policy pack is for cases of the kind of `one`. Pure.
bool IsRemedyFor(const v1::Remedy& remedy, const v1::Case& one);

// Computes the core's findings before policy is asked, from command and case, by the company's
// `policy`:
//   - the priority of OpenCase and PrioritizeCase;
//   - the end of the time to reopen, and whether a customer's message may reopen the case;
//   - whether the name of a state is one that the policy lists;
//   - the place that EscalateCase leads to, and the remedy as the policy lists it.
// Pure; fields that do not concern the command are not set. The window counts from the last
// resolution. For a case that was imported without one, it counts from the time at which its
// history says that it is resolved or closed. Costs O(history and policy).
v1::CaseAssessment AssessCase(const v1::CaseDecisionInput& input, const v1::CasePolicy& policy);

// Decides a case command. Pure. Expects arguments in which CheckCaseArguments() finds no invalid
// field, and in the input the assessment of AssessCase().
//
// OK: see Decided. Invariants, in the order they are listed:
//   1. CASE_EXISTS, CASE_NOT_FOUND, CASE_<VERB>_STATE: the transition table (then nothing else is
//      checked). The text and the details of the last name the states in which the command is
//      possible, and the commands that are possible.
//   2. CASE_OPEN_CELL_MISSING, CASE_PRIORITIZE_CELL_MISSING: there is a matrix, and none of its
//      cells is for that impact and urgency. ATTRIBUTE_UNDEFINED, ATTRIBUTE_TYPE, ATTRIBUTE_VALUE
//      (OpenCase, ClassifyCase): an attribute that is set violates `input.attribute_definitions`.
//   3. CASE_ADD_PART_ID_EXISTS, CASE_ADD_PART_CORRECTS_UNKNOWN, CASE_ADD_PART_MORE_VISIBLE: as for
//      interactions.
//   4. CASE_CLASSIFY_UNCHANGED, CASE_ASSIGN_UNCHANGED, CASE_PAUSE_UNCHANGED,
//      CASE_PRIORITIZE_UNCHANGED, CASE_TRANSFER_UNCHANGED, CASE_NAME_STATE_UNCHANGED: it is so
//      already.
//      CASE_RESOLVE_REMEDY_UNKNOWN, CASE_RESOLVE_REMEDY_AMOUNT: the policy lists remedies otherwise.
//   5. CASE_REOPEN_WINDOW_OVER (with the detail "until") when the command names no follow-up case,
//      CASE_REOPEN_FOLLOW_UP_EXISTS: it is too late to reopen the case.
//   6. CASE_ACCEPT_TRANSFER_NONE, CASE_ACCEPT_TRANSFER_NOT_YOURS: only the offered assignee may
//      accept; anyone, when the offer is to a queue. CASE_DECLINE_TRANSFER_NONE,
//      CASE_DECLINE_TRANSFER_NOT_YOURS: the same, or the actor who offered the case.
//   7. CASE_CONSULT_ID_EXISTS, CASE_ANSWER_CONSULTATION_UNKNOWN,
//      CASE_ANSWER_CONSULTATION_NOT_YOURS, CASE_ANSWER_CONSULTATION_ANSWERED. EscalateCase, by
//      `input.assessment`: CASE_ESCALATE_CHAIN_UNKNOWN, CASE_ESCALATE_END,
//      CASE_ESCALATE_NOBODY_AVAILABLE with the queues in its details. CASE_REFER_ID_EXISTS.
//   8. CASE_<VERB>_TIME: the state would change before it last did.
//   9. CASE_PAUSE_NAME_UNKNOWN, CASE_RESUME_NAME_UNKNOWN, CASE_REOPEN_NAME_UNKNOWN,
//      CASE_NAME_STATE_UNKNOWN, CASE_REFER_NAME_UNKNOWN: the policy lists the names of that
//      category, and this is not one of them.
//  10. CASE_NOT_FOUND: the other case that the command names is not in the input (then nothing else
//      is checked).
//  11. LinkCase: CASE_LINK_ITSELF, CASE_LINK_CASE_MERGED, CASE_LINK_EXISTS, CASE_LINK_CYCLE (the
//      other case has the opposite link; only a desk can detect longer cycles, up to as many
//      ancestors as its limit, CASE_LINK_DEPTH), CASE_LINK_SECOND_PARENT. UnlinkCase:
//      CASE_UNLINK_CASE_MERGED, CASE_UNLINK_NOT_LINKED.
//  12. CASE_ADD_TASK_ID_EXISTS, CASE_COMPLETE_TASK_UNKNOWN, CASE_COMPLETE_TASK_DONE,
//      CASE_REMOVE_TASK_UNKNOWN, CASE_REMOVE_TASK_DONE.
//  13. MergeCases: CASE_MERGE_ITSELF, CASE_MERGE_CASE_MERGED, CASE_MERGE_CUSTOMER (a case with a
//      customer is merged only into one of the same customer, so that nobody sees more than
//      before), CASE_MERGE_TIME. Repeating a merge has no events. UnmergeCases:
//      CASE_UNMERGE_NOT_MERGED, CASE_UNMERGE_TIME.
//  14. SplitCase: CASE_EXISTS, CASE_SPLIT_PART_UNKNOWN, CASE_SPLIT_PART_GONE, CASE_SPLIT_CORRECTION
//      (a correction stays with the part it corrects). Repeating a split of the same parts with the
//      same subject has no events. UnsplitCase: CASE_UNSPLIT_NOT_SPLIT, CASE_UNSPLIT_CASE_MERGED,
//      CASE_UNSPLIT_TIME.
// For ImportCase: CASE_IMPORT_SPANS_ORDER, CASE_IMPORT_SPANS_STATE, CASE_IMPORT_TIMES,
// CASE_IMPORT_PART_CORRECTS_UNKNOWN, CASE_IMPORT_PART_MORE_VISIBLE, CASE_IMPORT_NAME_UNKNOWN.
//
// AddCasePart reopens the case with the part when the assessment says so. ReopenCase after the
// window has events of two cases. The follow-up case is opened, with the customer, queue, impact,
// urgency, kind, subject and tags of the old one; and the old one is linked with it. ResolveCase
// has an effect for each case in `caused_cases` that is not over: somebody has to review it. That
// case itself is not changed.
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when the command is no case command.
// Costs O(size of both cases).
absl::StatusOr<Decided> DecideCase(const v1::CaseDecisionInput& input);

// Folds one event into a case.
//
// Every change of the state, or of the company's own name of it, adds a span. A case that is
// unmerged begins one in the state that it had before; `close_time` is as it was then.
// `reopen_count` counts CaseReopened. `reassignment_count` counts the changes from one queue to
// another, or, while the case is in no queue, from one person to another. A transfer that was
// completed always counts. Changes of the person within a queue do not count.
// A pending offer is dropped when the case is otherwise assigned, resolved, closed or canceled; it
// stays while the case waits.
//
// OK: `current_case` has the state after the event. Never fails on events of DecideCase().
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event does not follow on this state;
// `current_case` is unchanged.
absl::Status EvolveCase(const v1::Event& event, v1::Case* current_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_H_
