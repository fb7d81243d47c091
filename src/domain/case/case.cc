#include "frontdesk/domain/case/case.h"

#include <utility>
#include <vector>

#include "domain/arguments.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "domain/command_table.h"
#include "domain/event_maker.h"
#include "domain/unchanged_commands.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_commands.pb.h"

namespace frontdesk {
namespace domain {

// The functions of each command are in a file of its own, and only the list below names them. A check looks at all arguments but
// the id of the case. A decision expects a state that allows the command, and that it changes something; it works on the draft, and
// refuses by it.
using CaseCheck = ArgumentCheck<v1::CaseCommand>;
using CaseDecision = void(CaseDraft* draft);
using CaseUnchanged = UnchangedTest<v1::CaseDecisionInput, v1::CaseAssessment>;

CaseCheck CheckOpenCase;
CaseCheck CheckClassifyCase;
CaseCheck CheckAddCasePart;
CaseCheck CheckPauseCase;
CaseCheck CheckResolveCase;
CaseCheck CheckCancelCase;
CaseCheck CheckImportCase;
CaseCheck CheckPrioritizeCase;
CaseCheck CheckTransferCase;
CaseCheck CheckConsultOnCase;
CaseCheck CheckAnswerCaseConsultation;
CaseCheck CheckLinkCase;
CaseCheck CheckUnlinkCase;
CaseCheck CheckAddCaseTask;
CaseCheck CheckCompleteCaseTask;
CaseCheck CheckRemoveCaseTask;
CaseCheck CheckMergeCases;
CaseCheck CheckUnmergeCases;
CaseCheck CheckSplitCase;
CaseCheck CheckUnsplitCase;
CaseCheck CheckEscalateCase;
CaseCheck CheckReferCase;
CaseCheck CheckSetCaseCustomer;
CaseCheck CheckChangeCaseSubject;
CaseCheck CheckWithdrawReferral;
CaseCheck CheckCorrectResolution;
CaseCheck CheckChangeCaseExternalIds;
CaseCheck CheckAddCaseParticipant;
CaseCheck CheckRemoveCaseParticipant;

CaseDecision DecideOpenCase;
CaseDecision DecideClassifyCase;
CaseDecision DecideAssignCase;
CaseDecision DecideAddCasePart;
CaseDecision DecidePauseCase;
CaseDecision DecideResumeCase;
CaseDecision DecideResolveCase;
CaseDecision DecideReopenCase;
CaseDecision DecideCloseCase;
CaseDecision DecideCancelCase;
CaseDecision DecideImportCase;
CaseDecision DecidePrioritizeCase;
CaseDecision DecideTransferCase;
CaseDecision DecideAcceptCaseTransfer;
CaseDecision DecideDeclineCaseTransfer;
CaseDecision DecideConsultOnCase;
CaseDecision DecideAnswerCaseConsultation;
CaseDecision DecideNameCaseState;
CaseDecision DecideLinkCase;
CaseDecision DecideUnlinkCase;
CaseDecision DecideAddCaseTask;
CaseDecision DecideCompleteCaseTask;
CaseDecision DecideRemoveCaseTask;
CaseDecision DecideMergeCases;
CaseDecision DecideUnmergeCases;
CaseDecision DecideSplitCase;
CaseDecision DecideUnsplitCase;
CaseDecision DecideEscalateCase;
CaseDecision DecideReferCase;
CaseDecision DecideSetCaseCustomer;
CaseDecision DecideChangeCaseSubject;
CaseDecision DecideWithdrawReferral;
CaseDecision DecideCorrectResolution;
CaseDecision DecideChangeCaseExternalIds;
CaseDecision DecideAddCaseParticipant;
CaseDecision DecideRemoveCaseParticipant;

CaseUnchanged IsClassifyCaseUnchanged;
CaseUnchanged IsAssignCaseUnchanged;
CaseUnchanged IsPauseCaseUnchanged;
CaseUnchanged IsPrioritizeCaseUnchanged;
CaseUnchanged IsTransferCaseUnchanged;
CaseUnchanged IsNameCaseStateUnchanged;
CaseUnchanged IsLinkCaseUnchanged;
CaseUnchanged IsMergeCasesUnchanged;
CaseUnchanged IsSplitCaseUnchanged;
CaseUnchanged IsSetCaseCustomerUnchanged;
CaseUnchanged IsChangeCaseSubjectUnchanged;
CaseUnchanged IsCorrectResolutionUnchanged;
CaseUnchanged IsChangeCaseExternalIdsUnchanged;

namespace {

using v1::Case;

using CaseCommandTable = CommandTable<v1::CaseCommand, CaseDecision, CaseUnchanged>;

CaseCommandTable MakeCaseCommands() {
  constexpr Case::State kNone = Case::STATE_UNSPECIFIED;
  constexpr Case::State kNew = Case::STATE_NEW;
  constexpr Case::State kOpen = Case::STATE_OPEN;
  constexpr Case::State kOnCustomer = Case::STATE_WAITING_ON_CUSTOMER;
  constexpr Case::State kOnThird = Case::STATE_WAITING_ON_THIRD_PARTY;
  constexpr Case::State kResolved = Case::STATE_RESOLVED;
  constexpr Case::State kClosed = Case::STATE_CLOSED;
  constexpr Case::State kCanceled = Case::STATE_CANCELED;
  constexpr Case::State kMerged = Case::STATE_MERGED;
  const Moves kUntilClosed = Keep({kNew, kOpen, kOnCustomer, kOnThird, kResolved});
  const Moves kUnlessMerged =
      Keep({kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCanceled});
  const Moves kAlways =
      Keep({kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCanceled, kMerged});
  using C = v1::CaseCommand;
  return CaseCommandTable(
      Case::State_descriptor(), kCaseReasons,
      {
          {C::kOpenCase, CheckOpenCase, DecideOpenCase, {{kNone, {kNew}}}},
          // Notes and categories are corrected also when the case is over.
          {C::kClassifyCase, CheckClassifyCase, DecideClassifyCase, kUnlessMerged,
           IsClassifyCaseUnchanged, "the case has that kind, those tags and attributes already"},
          {C::kAssignCase,
           nullptr,
           DecideAssignCase,
           {{kNew, {kNew, kOpen}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}},
           IsAssignCaseUnchanged,
           "the case has that assignee and queue already"},
          // A customer's message may reopen what was resolved, and end the waiting for it.
          {C::kAddCasePart,
           CheckAddCasePart,
           DecideAddCasePart,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOpen, kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kOpen, kResolved}},
            {kClosed, {kClosed}},
            {kCanceled, {kCanceled}}}},
          {C::kPauseCase,
           CheckPauseCase,
           DecidePauseCase,
           {{kNew, {kOnCustomer, kOnThird}},
            {kOpen, {kOnCustomer, kOnThird}},
            {kOnCustomer, {kOnCustomer, kOnThird}},
            {kOnThird, {kOnCustomer, kOnThird}}},
           IsPauseCaseUnchanged,
           "the case waits in that state already"},
          {C::kResumeCase,
           nullptr,
           DecideResumeCase,
           {{kNew, {kOpen}}, {kOnCustomer, {kOpen}}, {kOnThird, {kOpen}}}},
          {C::kResolveCase,
           CheckResolveCase,
           DecideResolveCase,
           {{kNew, {kResolved}},
            {kOpen, {kResolved}},
            {kOnCustomer, {kResolved}},
            {kOnThird, {kResolved}}}},
          // After the window the case stays as it is, and a follow-up case continues it.
          {C::kReopenCase,
           nullptr,
           DecideReopenCase,
           {{kResolved, {kOpen, kResolved}}, {kClosed, {kOpen, kClosed}}}},
          {C::kCloseCase,
           nullptr,
           DecideCloseCase,
           {{kNew, {kClosed}},
            {kOpen, {kClosed}},
            {kOnCustomer, {kClosed}},
            {kOnThird, {kClosed}},
            {kResolved, {kClosed}}}},
          {C::kCancelCase,
           CheckCancelCase,
           DecideCancelCase,
           {{kNew, {kCanceled}},
            {kOpen, {kCanceled}},
            {kOnCustomer, {kCanceled}},
            {kOnThird, {kCanceled}}}},
          // One that is merged in another system comes after its survivor.
          {C::kImportCase,
           CheckImportCase,
           DecideImportCase,
           {{kNone, {kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCanceled, kMerged}}}},
          {C::kPrioritizeCase, CheckPrioritizeCase, DecidePrioritizeCase, kUntilClosed,
           IsPrioritizeCaseUnchanged, "the case has that impact, urgency and priority already"},
          {C::kTransferCase,
           CheckTransferCase,
           DecideTransferCase,
           {{kNew, {kNew, kOpen}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}},
           IsTransferCaseUnchanged,
           "the case has that assignee and queue already"},
          // Whoever takes a new case works on it from now on.
          {C::kAcceptCaseTransfer,
           nullptr,
           DecideAcceptCaseTransfer,
           {{kNew, {kOpen}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          {C::kDeclineCaseTransfer, nullptr, DecideDeclineCaseTransfer, kUntilClosed},
          {C::kConsultOnCase, CheckConsultOnCase, DecideConsultOnCase, kUntilClosed},
          // Who was asked answers, also when the case is over or its matter is kept at another by then.
          {C::kAnswerCaseConsultation, CheckAnswerCaseConsultation, DecideAnswerCaseConsultation,
           kAlways},
          // Names the state and changes nothing else: possible when the case is over, too.
          {C::kNameCaseState, nullptr, DecideNameCaseState, kUnlessMerged, IsNameCaseStateUnchanged,
           "the state has that name already"},
          // A finished case may still be linked: as a cause, as a duplicate, or as the case that another
          // follows up.
          {C::kLinkCase, CheckLinkCase, DecideLinkCase, kUnlessMerged, IsLinkCaseUnchanged,
           "the link exists already"},
          {C::kUnlinkCase, CheckUnlinkCase, DecideUnlinkCase, kUnlessMerged},
          {C::kAddCaseTask, CheckAddCaseTask, DecideAddCaseTask, kUntilClosed},
          // A task may be done, or removed, also when the case is finished or merged into another.
          {C::kCompleteCaseTask, CheckCompleteCaseTask, DecideCompleteCaseTask, kAlways},
          {C::kRemoveCaseTask, CheckRemoveCaseTask, DecideRemoveCaseTask, kAlways},
          // The state of the other case is not in this table: it is checked when the command is decided.
          {C::kMergeCases, CheckMergeCases, DecideMergeCases, kUntilClosed, IsMergeCasesUnchanged,
           "the other case is merged into this one already"},
          // A merge may be undone also when the survivor is finished.
          {C::kUnmergeCases, CheckUnmergeCases, DecideUnmergeCases, kUnlessMerged},
          {C::kSplitCase, CheckSplitCase, DecideSplitCase, kUntilClosed, IsSplitCaseUnchanged,
           "those parts are split off into that case already"},
          {C::kUnsplitCase, CheckUnsplitCase, DecideUnsplitCase, kUntilClosed},
          {C::kEscalateCase,
           CheckEscalateCase,
           DecideEscalateCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}}}},
          {C::kReferCase,
           CheckReferCase,
           DecideReferCase,
           {{kNew, {kOnThird}},
            {kOpen, {kOnThird}},
            {kOnCustomer, {kOnThird}},
            {kOnThird, {kOnThird}}}},
          // The customer is corrected also when the case is over.
          {C::kSetCaseCustomer, CheckSetCaseCustomer, DecideSetCaseCustomer, kUnlessMerged,
           IsSetCaseCustomerUnchanged, "the case is that customer's already"},
          {C::kChangeCaseSubject, CheckChangeCaseSubject, DecideChangeCaseSubject, kUntilClosed,
           IsChangeCaseSubjectUnchanged, "the case has that subject already"},
          // In other states no referral is open, but for MERGED: there it goes on as long as the case is merged.
          {C::kWithdrawReferral,
           CheckWithdrawReferral,
           DecideWithdrawReferral,
           {{kOnThird, {kOpen, kOnThird}}}},
          {C::kCorrectResolution, CheckCorrectResolution, DecideCorrectResolution,
           Keep({kResolved, kClosed}), IsCorrectResolutionUnchanged,
           "the resolution says that already"},
          // Other systems name the case, and people take part in it, also when it is over.
          {C::kChangeCaseExternalIds, CheckChangeCaseExternalIds, DecideChangeCaseExternalIds,
           kUnlessMerged, IsChangeCaseExternalIdsUnchanged, "the case has those ids already"},
          {C::kAddCaseParticipant, CheckAddCaseParticipant, DecideAddCaseParticipant,
           kUnlessMerged},
          {C::kRemoveCaseParticipant, CheckRemoveCaseParticipant, DecideRemoveCaseParticipant,
           kUnlessMerged},
      });
}

const CaseCommandTable& CaseCommands() {
  static const CaseCommandTable* const table = new CaseCommandTable(MakeCaseCommands());
  return *table;
}

}  // namespace

const Lifecycle& CaseLifecycle() { return CaseCommands().lifecycle(); }

absl::Span<const UnchangedCommand> UnchangedCaseCommands() {
  return CaseCommands().unchanged_commands();
}

bool IsCaseUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment& assessment) {
  return CaseCommands().IsUnchanged(input, assessment);
}

std::vector<v1::Refusal> CheckCaseArguments(const v1::CaseCommand& command, Fields fields,
                                            const PolicyFields& policy_fields) {
  const CommandInfo* info = FindEntityCommand(command);
  if (info == nullptr) return {};
  ArgumentChecker checker;
  checker.SetPolicyFields(policy_fields);
  const FieldPath root{nullptr, info->field};
  checker.RequireText({&root, info->id_path}, AddressedId(*info, command));
  if (const auto check = CaseCommands().FindCheck(*info)) check(root, command, &checker);
  // An import that keeps what is not valid looks through its fields itself.
  const bool is_cleaned = command.has_import_case() && !command.import_case().strict();
  if (fields == Fields::kUnknown && !is_cleaned) checker.CheckFields(command);
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideCase(const v1::CaseDecisionInput& input) {
  const CommandInfo* info = FindEntityCommand(input.command());
  if (info == nullptr) return WrongEntityError();
  CaseDraft draft(input, *info);
  if (auto refusal = CaseLifecycle().Refuse(*info, input.case_().state())) {
    AddStandingCase(input.case_(), &*refusal);
    draft.Refuse({*std::move(refusal)});
  } else if (!input.assessment().is_unchanged()) {
    const auto decide = CaseCommands().FindDecide(*info);
    decide(&draft);
  }
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
