#include "frontdesk/domain/case/case.h"

#include <utility>

#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "domain/case/case_verbs.h"
#include "domain/event_maker.h"
#include "domain/transition_text.h"
#include "frontdesk/domain/verbs.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Command;

using Decider = void (*)(CaseDraft*);

// Null for verbs that are not those of cases.
Decider FindDecider(Command::VerbCase verb) {
  switch (verb) {
    case Command::kOpenCase:
      return DecideOpenCase;
    case Command::kClassifyCase:
      return DecideClassifyCase;
    case Command::kAssignCase:
      return DecideAssignCase;
    case Command::kAddCasePart:
      return DecideAddCasePart;
    case Command::kHoldCase:
      return DecideHoldCase;
    case Command::kResumeCase:
      return DecideResumeCase;
    case Command::kResolveCase:
      return DecideResolveCase;
    case Command::kReopenCase:
      return DecideReopenCase;
    case Command::kCloseCase:
      return DecideCloseCase;
    case Command::kCancelCase:
      return DecideCancelCase;
    case Command::kImportCase:
      return DecideImportCase;
    case Command::kPrioritiseCase:
      return DecidePrioritiseCase;
    case Command::kTransferCase:
      return DecideTransferCase;
    case Command::kAcceptCaseTransfer:
      return DecideAcceptCaseTransfer;
    case Command::kDeclineCaseTransfer:
      return DecideDeclineCaseTransfer;
    case Command::kConsultOnCase:
      return DecideConsultOnCase;
    case Command::kAnswerCaseConsultation:
      return DecideAnswerCaseConsultation;
    case Command::kNameCaseState:
      return DecideNameCaseState;
    case Command::kLinkCase:
      return DecideLinkCase;
    case Command::kUnlinkCase:
      return DecideUnlinkCase;
    case Command::kAddCaseTask:
      return DecideAddCaseTask;
    case Command::kCompleteCaseTask:
      return DecideCompleteCaseTask;
    case Command::kRemoveCaseTask:
      return DecideRemoveCaseTask;
    case Command::kMergeCases:
      return DecideMergeCases;
    case Command::kUnmergeCases:
      return DecideUnmergeCases;
    case Command::kSplitCase:
      return DecideSplitCase;
    case Command::kUnsplitCase:
      return DecideUnsplitCase;
    case Command::kEscalateCase:
      return DecideEscalateCase;
    case Command::kReferCase:
      return DecideReferCase;
    default:
      return nullptr;
  }
}

}  // namespace

OtherCase FindOtherCase(const Command& command) {
  switch (command.verb_case()) {
    case Command::kReopenCase:
      return {"reopen_case.follow_up_case_id", command.reopen_case().follow_up_case_id(), false};
    case Command::kLinkCase:
      return {"link_case.case_link.case_id", command.link_case().case_link().case_id(), true};
    case Command::kUnlinkCase:
      return {"unlink_case.case_link.case_id", command.unlink_case().case_link().case_id(), false};
    case Command::kMergeCases:
      return {"merge_cases.merged_case_id", command.merge_cases().merged_case_id(), true};
    case Command::kUnmergeCases:
      return {"unmerge_cases.merged_case_id", command.unmerge_cases().merged_case_id(), true};
    case Command::kSplitCase:
      return {"split_case.new_case_id", command.split_case().new_case_id(), false};
    case Command::kUnsplitCase:
      return {"unsplit_case.split_case_id", command.unsplit_case().split_case_id(), true};
    default:
      return {};
  }
}

absl::StatusOr<Decided> DecideCase(const v1::CaseDecisionInput& input) {
  const VerbInfo* verb = FindVerb(input.command().verb_case());
  const Decider decider = FindDecider(input.command().verb_case());
  if (verb == nullptr || decider == nullptr) return WrongEntityError();
  CaseDraft draft(input);
  const CaseTransition* transition =
      FindTransition(CaseTransitions(), verb->verb, input.current_case().state());
  if (transition == nullptr) {  // A state that this build does not know.
    draft.Refuse(
        {MakeStateRefusal(verb->creates ? kReasonCaseExists : kReasonCaseNotFound, verb->creates)});
  } else if (transition->to.empty()) {
    v1::Refusal refusal =
        MakeTransitionRefusal(CaseTransitions(), *transition, *v1::Case::State_descriptor());
    AddStandingCase(input.current_case(), &refusal);
    draft.Refuse({std::move(refusal)});
  } else {
    decider(&draft);
  }
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
