// The lifecycle of cases.
#include "frontdesk/domain/case/case.h"
#include "frontdesk/v1/case_commands.pb.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

constexpr Case::State kNone = Case::STATE_UNSPECIFIED;
constexpr Case::State kNew = Case::STATE_NEW;
constexpr Case::State kOpen = Case::STATE_OPEN;
constexpr Case::State kOnCustomer = Case::STATE_WAITING_ON_CUSTOMER;
constexpr Case::State kOnThird = Case::STATE_WAITING_ON_THIRD_PARTY;
constexpr Case::State kResolved = Case::STATE_RESOLVED;
constexpr Case::State kClosed = Case::STATE_CLOSED;
constexpr Case::State kCanceled = Case::STATE_CANCELED;
constexpr Case::State kMerged = Case::STATE_MERGED;

}  // namespace

const Lifecycle& CaseLifecycle() {
  using C = v1::CaseCommand;
  static const Lifecycle* const lifecycle = new Lifecycle(
      Case::State_descriptor(), C::descriptor(),
      {
          {C::kOpenCase, {{kNone, {kNew}}}},
          {C::kClassifyCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          {C::kAssignCase,
           {{kNew, {kNew, kOpen}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          // A customer's message may reopen what was resolved.
          {C::kAddCasePart,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kOpen, kResolved}}}},
          {C::kPauseCase,
           {{kNew, {kOnCustomer, kOnThird}},
            {kOpen, {kOnCustomer, kOnThird}},
            {kOnCustomer, {kOnCustomer, kOnThird}},
            {kOnThird, {kOnCustomer, kOnThird}}}},
          {C::kResumeCase, {{kNew, {kOpen}}, {kOnCustomer, {kOpen}}, {kOnThird, {kOpen}}}},
          {C::kResolveCase,
           {{kNew, {kResolved}},
            {kOpen, {kResolved}},
            {kOnCustomer, {kResolved}},
            {kOnThird, {kResolved}}}},
          // After the window the case stays as it is, and a follow-up case continues it.
          {C::kReopenCase, {{kResolved, {kOpen, kResolved}}, {kClosed, {kOpen, kClosed}}}},
          {C::kCloseCase, {{kResolved, {kClosed}}}},
          {C::kCancelCase,
           {{kNew, {kCanceled}},
            {kOpen, {kCanceled}},
            {kOnCustomer, {kCanceled}},
            {kOnThird, {kCanceled}}}},
          // In any state but MERGED: a case that is merged in another system is not imported.
          {C::kImportCase,
           {{kNone, {kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCanceled}}}},
          {C::kPrioritizeCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          {C::kTransferCase,
           {{kNew, {kNew, kOpen}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          // Whoever takes a new case works on it from now on.
          {C::kAcceptCaseTransfer,
           {{kNew, {kOpen}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          {C::kDeclineCaseTransfer,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          {C::kConsultOnCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          // Who was asked answers, also when the case is over or its matter is kept at another by then.
          {C::kAnswerCaseConsultation,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}},
            {kClosed, {kClosed}},
            {kCanceled, {kCanceled}},
            {kMerged, {kMerged}}}},
          // Names the state and changes nothing else: possible when the case is over, too.
          {C::kNameCaseState,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}},
            {kClosed, {kClosed}},
            {kCanceled, {kCanceled}}}},
          // A finished case may still be linked: as a cause, as a duplicate, or as the case that another
          // follows up.
          {C::kLinkCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}},
            {kClosed, {kClosed}},
            {kCanceled, {kCanceled}}}},
          {C::kUnlinkCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}},
            {kClosed, {kClosed}},
            {kCanceled, {kCanceled}}}},
          {C::kAddCaseTask,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          // A task may be done, or removed, also when the case is finished or merged into another.
          {C::kCompleteCaseTask,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}},
            {kClosed, {kClosed}},
            {kCanceled, {kCanceled}},
            {kMerged, {kMerged}}}},
          {C::kRemoveCaseTask,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}},
            {kClosed, {kClosed}},
            {kCanceled, {kCanceled}},
            {kMerged, {kMerged}}}},
          // The state of the other case is not in this table: it is checked when the command is decided.
          {C::kMergeCases,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          // A merge may be undone also when the survivor is finished.
          {C::kUnmergeCases,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}},
            {kClosed, {kClosed}},
            {kCanceled, {kCanceled}}}},
          {C::kSplitCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          {C::kUnsplitCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}},
            {kResolved, {kResolved}}}},
          {C::kEscalateCase,
           {{kNew, {kNew}},
            {kOpen, {kOpen}},
            {kOnCustomer, {kOnCustomer}},
            {kOnThird, {kOnThird}}}},
          {C::kReferCase,
           {{kNew, {kOnThird}},
            {kOpen, {kOnThird}},
            {kOnCustomer, {kOnThird}},
            {kOnThird, {kOnThird}}}},
      });
  return *lifecycle;
}

}  // namespace domain
}  // namespace frontdesk
