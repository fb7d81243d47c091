#include "frontdesk/domain/case.h"

#include "domain/case_draft.h"
#include "domain/case_verbs.h"
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
    default:
      return nullptr;
  }
}

}  // namespace

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
    draft.Refuse(
        {MakeTransitionRefusal(CaseTransitions(), *transition, *v1::Case::State_descriptor())});
  } else {
    decider(&draft);
  }
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
