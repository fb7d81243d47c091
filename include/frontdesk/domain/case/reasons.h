// Reasons of cases. The type is in base/reason.h.
#ifndef FRONTDESK_DOMAIN_CASE_REASONS_H_
#define FRONTDESK_DOMAIN_CASE_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_CASE_REASONS(X) \
  X(kReasonCaseExists, "CASE_EXISTS", kOk, "There is a case of that id already.", "there is a case for it already") \
  X(kReasonCaseNotFound, "CASE_NOT_FOUND", kOk, "There is no case of that id.", "we cannot find the case") \
  X(kReasonCaseOpenCellMissing, "CASE_OPEN_CELL_MISSING", kOk, "The policy's matrix has no priority for that impact and urgency.") \
  X(kReasonCaseOpenPriorityDiffers, "CASE_OPEN_PRIORITY_DIFFERS", kOk, "By the policy's matrix, the priority is another one than the given one.") \
  X(kReasonCaseClassifyState, "CASE_CLASSIFY_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseAssignState, "CASE_ASSIGN_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseAssignTime, "CASE_ASSIGN_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseAddPartState, "CASE_ADD_PART_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseAddPartOver, "CASE_ADD_PART_OVER", kOk, "The case is closed or canceled, so only an internal part can be added; a public one belongs to a follow-up case.", "it is finished already") \
  X(kReasonCaseAddPartIdExists, "CASE_ADD_PART_ID_EXISTS", kOk, "The case has a part of that id already.") \
  X(kReasonCaseAddPartCorrectsUnknown, "CASE_ADD_PART_CORRECTS_UNKNOWN", kOk, "The case has no such part to correct.") \
  X(kReasonCaseAddPartMoreVisible, "CASE_ADD_PART_MORE_VISIBLE", kOk, "The correction would be public, and the corrected part is internal.") \
  X(kReasonCasePauseState, "CASE_PAUSE_STATE", kOk, "The case is resolved, closed, canceled or merged into another, so it cannot wait.") \
  X(kReasonCasePauseTime, "CASE_PAUSE_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCasePauseNameUnknown, "CASE_PAUSE_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCasePauseWaitEndless, "CASE_PAUSE_WAIT_ENDLESS", kOk, "The wait would not end by the end of year 9999.") \
  X(kReasonCaseResumeState, "CASE_RESUME_STATE", kOk, "The case is neither new nor waiting.") \
  X(kReasonCaseResumeTime, "CASE_RESUME_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseResumeNameUnknown, "CASE_RESUME_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCaseResolveState, "CASE_RESOLVE_STATE", kOk, "The case is resolved, closed or canceled already, or merged into another.", "it is finished already") \
  X(kReasonCaseResolveTime, "CASE_RESOLVE_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseResolveRemedyUnknown, "CASE_RESOLVE_REMEDY_UNKNOWN", kOk, "The policy lists remedies, and this is not one for cases of that kind.") \
  X(kReasonCaseResolveNameUnknown, "CASE_RESOLVE_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCaseResolveRemedyAmount, "CASE_RESOLVE_REMEDY_AMOUNT", kOk, "The policy lists the remedy with another amount, or with none.") \
  X(kReasonCaseReopenState, "CASE_REOPEN_STATE", kOk, "The case is neither resolved nor closed.", "it is not finished") \
  X(kReasonCaseReopenTime, "CASE_REOPEN_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseReopenNameUnknown, "CASE_REOPEN_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCaseReopenWindowOver, "CASE_REOPEN_WINDOW_OVER", kOk, "The time to reopen the case is over; a follow-up case is possible.", "it was finished too long ago") \
  X(kReasonCaseReopenFollowUpExists, "CASE_REOPEN_FOLLOW_UP_EXISTS", kOk, "A case with the id of the follow-up case exists already.", "there is a case for it already") \
  X(kReasonCaseCloseState, "CASE_CLOSE_STATE", kOk, "The case is closed or canceled already, or merged into another.", "it is finished already") \
  X(kReasonCaseCloseReasonRequired, "CASE_CLOSE_REASON_REQUIRED", kOk, "The case is not resolved, so closing it needs a reason.", "it is not resolved yet") \
  X(kReasonCaseCloseReasonForbidden, "CASE_CLOSE_REASON_FORBIDDEN", kOk, "The case is resolved, and its resolution is the reason for closing it.") \
  X(kReasonCaseCloseNameUnknown, "CASE_CLOSE_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCaseCloseTime, "CASE_CLOSE_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseCancelState, "CASE_CANCEL_STATE", kOk, "The case is resolved, closed or canceled already, or merged into another.", "it is finished already") \
  X(kReasonCaseCancelTime, "CASE_CANCEL_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseCancelNameUnknown, "CASE_CANCEL_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCaseImportSpansOrder, "CASE_IMPORT_SPANS_ORDER", kOk, "The history of the state is not in order of time, or repeats a state.") \
  X(kReasonCaseImportSpansState, "CASE_IMPORT_SPANS_STATE", kOk, "The history of the state does not end in the state of the case.") \
  X(kReasonCaseImportTimes, "CASE_IMPORT_TIMES", kOk, "A time of the case is not possible with its state and its history.") \
  X(kReasonCaseImportPartCorrectsUnknown, "CASE_IMPORT_PART_CORRECTS_UNKNOWN", kOk, "A part corrects one that is not before it.") \
  X(kReasonCaseImportPartMoreVisible, "CASE_IMPORT_PART_MORE_VISIBLE", kOk, "A part that corrects an internal one would be public.") \
  X(kReasonCaseImportNameUnknown, "CASE_IMPORT_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCaseImportSurvivorCustomer, "CASE_IMPORT_SURVIVOR_CUSTOMER", kOk, "The case is merged, it has a customer, and that is not the customer of the survivor.") \
  X(kReasonCasePrioritizeState, "CASE_PRIORITIZE_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCasePrioritizeCellMissing, "CASE_PRIORITIZE_CELL_MISSING", kOk, "The policy's matrix has no priority for that impact and urgency.") \
  X(kReasonCasePrioritizePriorityDiffers, "CASE_PRIORITIZE_PRIORITY_DIFFERS", kOk, "By the policy's matrix, the priority is another one than the given one.") \
  X(kReasonCaseTransferState, "CASE_TRANSFER_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseTransferTime, "CASE_TRANSFER_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseAcceptTransferState, "CASE_ACCEPT_TRANSFER_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseAcceptTransferNone, "CASE_ACCEPT_TRANSFER_NONE", kOk, "No offer of the case is pending.") \
  X(kReasonCaseAcceptTransferNotYours, "CASE_ACCEPT_TRANSFER_NOT_YOURS", kOk, "The case was offered to somebody else.") \
  X(kReasonCaseAcceptTransferTime, "CASE_ACCEPT_TRANSFER_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseDeclineTransferState, "CASE_DECLINE_TRANSFER_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseDeclineTransferNone, "CASE_DECLINE_TRANSFER_NONE", kOk, "No offer of the case is pending.") \
  X(kReasonCaseDeclineTransferNotYours, "CASE_DECLINE_TRANSFER_NOT_YOURS", kOk, "The actor neither made nor got the offer of the case.") \
  X(kReasonCaseEscalateState, "CASE_ESCALATE_STATE", kOk, "The case is resolved, closed, canceled or merged into another.", "it is finished already") \
  X(kReasonCaseEscalateChainUnknown, "CASE_ESCALATE_CHAIN_UNKNOWN", kOk, "The policy has no chain of that name.") \
  X(kReasonCaseEscalateEnd, "CASE_ESCALATE_END", kOk, "The case is in the chain's fallback already, and no step is left.", "it is at the highest level already") \
  X(kReasonCaseEscalateNobodyAvailable, "CASE_ESCALATE_NOBODY_AVAILABLE", kOk, "Nobody is available for the case, not even in the chain's fallback.", "nobody is available for it now") \
  X(kReasonCaseReferState, "CASE_REFER_STATE", kOk, "The case is resolved, closed, canceled or merged into another, so it cannot wait.", "it is finished already") \
  X(kReasonCaseReferIdExists, "CASE_REFER_ID_EXISTS", kOk, "The case has a referral of that id already.") \
  X(kReasonCaseReferTime, "CASE_REFER_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseReferNameUnknown, "CASE_REFER_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCaseConsultState, "CASE_CONSULT_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseConsultIdExists, "CASE_CONSULT_ID_EXISTS", kOk, "The case has a consultation of that id already.") \
  X(kReasonCaseAnswerConsultationState, "CASE_ANSWER_CONSULTATION_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseAnswerConsultationUnknown, "CASE_ANSWER_CONSULTATION_UNKNOWN", kOk, "The case has no such consultation.") \
  X(kReasonCaseAnswerConsultationNotYours, "CASE_ANSWER_CONSULTATION_NOT_YOURS", kOk, "Somebody else was asked.") \
  X(kReasonCaseAnswerConsultationAnswered, "CASE_ANSWER_CONSULTATION_ANSWERED", kOk, "The consultation was answered already.") \
  X(kReasonCaseNameStateState, "CASE_NAME_STATE_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseNameStateUnknown, "CASE_NAME_STATE_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category.") \
  X(kReasonCaseNameStateTime, "CASE_NAME_STATE_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseLinkState, "CASE_LINK_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseLinkItself, "CASE_LINK_ITSELF", kOk, "The case would be linked with itself.") \
  X(kReasonCaseLinkCaseMerged, "CASE_LINK_CASE_MERGED", kOk, "The other case is merged into another.") \
  X(kReasonCaseLinkTooMany, "CASE_LINK_TOO_MANY", kOk, "The lower case has as many links to cases above it as the limit, or the case has as many links to other systems.") \
  X(kReasonCaseLinkSecondParent, "CASE_LINK_SECOND_PARENT", kOk, "The child has a parent already.") \
  X(kReasonCaseLinkCycle, "CASE_LINK_CYCLE", kOk, "The link would make a case its own ancestor, cause, duplicate or follow-up, or the two cases have the opposite link.") \
  X(kReasonCaseLinkDepth, "CASE_LINK_DEPTH", kOk, "The upper case has more cases above it than the limit of the search for a cycle.") \
  X(kReasonCaseUnlinkState, "CASE_UNLINK_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseUnlinkCaseMerged, "CASE_UNLINK_CASE_MERGED", kOk, "The other case is merged into another.") \
  X(kReasonCaseUnlinkNotLinked, "CASE_UNLINK_NOT_LINKED", kOk, "There is no such link.") \
  X(kReasonCaseAddTaskState, "CASE_ADD_TASK_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseAddTaskIdExists, "CASE_ADD_TASK_ID_EXISTS", kOk, "The case has a task of that id already.") \
  X(kReasonCaseAddTaskDueEndless, "CASE_ADD_TASK_DUE_ENDLESS", kOk, "The task would not be due by the end of year 9999.") \
  X(kReasonCaseCompleteTaskState, "CASE_COMPLETE_TASK_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseCompleteTaskUnknown, "CASE_COMPLETE_TASK_UNKNOWN", kOk, "The case has no such task.") \
  X(kReasonCaseCompleteTaskDone, "CASE_COMPLETE_TASK_DONE", kOk, "The task was done already.") \
  X(kReasonCaseRemoveTaskState, "CASE_REMOVE_TASK_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseRemoveTaskUnknown, "CASE_REMOVE_TASK_UNKNOWN", kOk, "The case has no such task.") \
  X(kReasonCaseRemoveTaskDone, "CASE_REMOVE_TASK_DONE", kOk, "The task was done already.") \
  X(kReasonCaseSetCustomerState, "CASE_SET_CUSTOMER_STATE", kOk, "The case is merged into another; set the customer of the survivor.") \
  X(kReasonCaseSetCustomerMergedCases, "CASE_SET_CUSTOMER_MERGED_CASES", kOk, "The case has a customer, and cases are merged into it; unmerge them first.") \
  X(kReasonCaseChangeSubjectState, "CASE_CHANGE_SUBJECT_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseWithdrawReferralState, "CASE_WITHDRAW_REFERRAL_STATE", kOk, "The case does not wait for a third party, or it is merged into another; unmerge it first.") \
  X(kReasonCaseWithdrawReferralUnknown, "CASE_WITHDRAW_REFERRAL_UNKNOWN", kOk, "The case has no referral of that id.") \
  X(kReasonCaseWithdrawReferralReturned, "CASE_WITHDRAW_REFERRAL_RETURNED", kOk, "The case does not wait for that referral any more.") \
  X(kReasonCaseWithdrawReferralTime, "CASE_WITHDRAW_REFERRAL_TIME", kOk, "The state would change before its last change.") \
  X(kReasonCaseCorrectResolutionState, "CASE_CORRECT_RESOLUTION_STATE", kOk, "The case is neither resolved nor closed.", "it is not finished") \
  X(kReasonCaseCorrectResolutionMissing, "CASE_CORRECT_RESOLUTION_MISSING", kOk, "The case was closed without a resolution.") \
  X(kReasonCaseCorrectResolutionRemedyUnknown, "CASE_CORRECT_RESOLUTION_REMEDY_UNKNOWN", kOk, "The policy lists remedies, and this is not one for cases of that kind.") \
  X(kReasonCaseCorrectResolutionRemedyAmount, "CASE_CORRECT_RESOLUTION_REMEDY_AMOUNT", kOk, "The policy lists the remedy with another amount, or with none.") \
  X(kReasonCaseChangeExternalIdsState, "CASE_CHANGE_EXTERNAL_IDS_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseChangeExternalIdsUnknown, "CASE_CHANGE_EXTERNAL_IDS_UNKNOWN", kOk, "The case has no such id in another system.") \
  X(kReasonCaseChangeExternalIdsTooMany, "CASE_CHANGE_EXTERNAL_IDS_TOO_MANY", kOk, "The case would have more ids in other systems than the limit.") \
  X(kReasonCaseAddParticipantState, "CASE_ADD_PARTICIPANT_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseAddParticipantIdExists, "CASE_ADD_PARTICIPANT_ID_EXISTS", kOk, "The case has a participant of that id already.") \
  X(kReasonCaseAddParticipantTooMany, "CASE_ADD_PARTICIPANT_TOO_MANY", kOk, "The case has as many participants as the limit.") \
  X(kReasonCaseRemoveParticipantState, "CASE_REMOVE_PARTICIPANT_STATE", kOk, "The case is merged into another.") \
  X(kReasonCaseRemoveParticipantUnknown, "CASE_REMOVE_PARTICIPANT_UNKNOWN", kOk, "The case has no participant of that id.") \
  X(kReasonCaseMergeState, "CASE_MERGE_STATE", kOk, "The survivor is closed, canceled or merged into another.") \
  X(kReasonCaseMergeItself, "CASE_MERGE_ITSELF", kOk, "The case would be merged into itself.") \
  X(kReasonCaseMergeCaseMerged, "CASE_MERGE_CASE_MERGED", kOk, "The other case is merged into another than this one.") \
  X(kReasonCaseMergeCustomer, "CASE_MERGE_CUSTOMER", kOk, "The other case has a customer, and it is not the customer of this case.") \
  X(kReasonCaseMergeTime, "CASE_MERGE_TIME", kOk, "The state of the other case would change before its last change.") \
  X(kReasonCaseUnmergeState, "CASE_UNMERGE_STATE", kOk, "The case is merged into another; unmerge it before the cases that were merged into it.") \
  X(kReasonCaseUnmergeNotMerged, "CASE_UNMERGE_NOT_MERGED", kOk, "The other case is not merged into this one.") \
  X(kReasonCaseUnmergeTime, "CASE_UNMERGE_TIME", kOk, "The state of the other case would change before its last change.") \
  X(kReasonCaseSplitState, "CASE_SPLIT_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseSplitPartUnknown, "CASE_SPLIT_PART_UNKNOWN", kOk, "The case has no part of that id.") \
  X(kReasonCaseSplitPartGone, "CASE_SPLIT_PART_GONE", kOk, "The part was split off already.") \
  X(kReasonCaseSplitCorrection, "CASE_SPLIT_CORRECTION", kOk, "The part corrects one that would stay; a correction is split off with the part it corrects.") \
  X(kReasonCaseUnsplitState, "CASE_UNSPLIT_STATE", kOk, "The case is closed, canceled or merged into another.") \
  X(kReasonCaseUnsplitNotSplit, "CASE_UNSPLIT_NOT_SPLIT", kOk, "The other case was not split off this one.") \
  X(kReasonCaseUnsplitCaseMerged, "CASE_UNSPLIT_CASE_MERGED", kOk, "The other case is merged into another; unmerge it first.") \
  X(kReasonCaseUnsplitCustomer, "CASE_UNSPLIT_CUSTOMER", kOk, "The other case has a customer, and it is not the customer of this case.") \
  X(kReasonCaseUnsplitTime, "CASE_UNSPLIT_TIME", kOk, "The state of the other case would change before its last change.")
// clang-format on

FRONTDESK_CASE_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kCaseReasons[] = {FRONTDESK_CASE_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_CASE_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_REASONS_H_
