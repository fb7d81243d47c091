#include "frontdesk/domain/case/case.h"

#include <utility>

#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "domain/case/case_verbs.h"
#include "domain/event_maker.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::CaseCommand;

using Decider = void (*)(CaseDraft*);

// Null for commands that are not about cases.
Decider FindDecider(CaseCommand::VerbCase verb) {
  switch (verb) {
    case CaseCommand::kOpenCase:
      return DecideOpenCase;
    case CaseCommand::kClassifyCase:
      return DecideClassifyCase;
    case CaseCommand::kAssignCase:
      return DecideAssignCase;
    case CaseCommand::kAddCasePart:
      return DecideAddCasePart;
    case CaseCommand::kPauseCase:
      return DecidePauseCase;
    case CaseCommand::kResumeCase:
      return DecideResumeCase;
    case CaseCommand::kResolveCase:
      return DecideResolveCase;
    case CaseCommand::kReopenCase:
      return DecideReopenCase;
    case CaseCommand::kCloseCase:
      return DecideCloseCase;
    case CaseCommand::kCancelCase:
      return DecideCancelCase;
    case CaseCommand::kImportCase:
      return DecideImportCase;
    case CaseCommand::kPrioritizeCase:
      return DecidePrioritizeCase;
    case CaseCommand::kTransferCase:
      return DecideTransferCase;
    case CaseCommand::kAcceptCaseTransfer:
      return DecideAcceptCaseTransfer;
    case CaseCommand::kDeclineCaseTransfer:
      return DecideDeclineCaseTransfer;
    case CaseCommand::kConsultOnCase:
      return DecideConsultOnCase;
    case CaseCommand::kAnswerCaseConsultation:
      return DecideAnswerCaseConsultation;
    case CaseCommand::kNameCaseState:
      return DecideNameCaseState;
    case CaseCommand::kLinkCase:
      return DecideLinkCase;
    case CaseCommand::kUnlinkCase:
      return DecideUnlinkCase;
    case CaseCommand::kAddCaseTask:
      return DecideAddCaseTask;
    case CaseCommand::kCompleteCaseTask:
      return DecideCompleteCaseTask;
    case CaseCommand::kRemoveCaseTask:
      return DecideRemoveCaseTask;
    case CaseCommand::kMergeCases:
      return DecideMergeCases;
    case CaseCommand::kUnmergeCases:
      return DecideUnmergeCases;
    case CaseCommand::kSplitCase:
      return DecideSplitCase;
    case CaseCommand::kUnsplitCase:
      return DecideUnsplitCase;
    case CaseCommand::kEscalateCase:
      return DecideEscalateCase;
    case CaseCommand::kReferCase:
      return DecideReferCase;
    default:
      return nullptr;
  }
}

}  // namespace

absl::StatusOr<Decided> DecideCase(const v1::CaseDecisionInput& input) {
  const CommandInfo* command = FindEntityCommand(input.command());
  const Decider decider = FindDecider(input.command().verb_case());
  if (command == nullptr || decider == nullptr) return WrongEntityError();
  CaseDraft draft(input);
  if (auto refusal = CaseLifecycle().Refuse(*command, input.case_().state())) {
    AddStandingCase(input.case_(), &*refusal);
    draft.Refuse({*std::move(refusal)});
  } else {
    decider(&draft);
  }
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
