// The lifecycle of cases.
#include <cstddef>
#include <vector>

#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/case/case.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::Command;
using States = absl::Span<const Case::State>;

constexpr Case::State kNew[] = {Case::STATE_NEW};
constexpr Case::State kNewOrOpen[] = {Case::STATE_NEW, Case::STATE_OPEN};
constexpr Case::State kOpen[] = {Case::STATE_OPEN};
constexpr Case::State kOnCustomer[] = {Case::STATE_WAITING_ON_CUSTOMER};
constexpr Case::State kOnThird[] = {Case::STATE_WAITING_ON_THIRD_PARTY};
constexpr Case::State kWaiting[] = {Case::STATE_WAITING_ON_CUSTOMER,
                                    Case::STATE_WAITING_ON_THIRD_PARTY};
constexpr Case::State kResolved[] = {Case::STATE_RESOLVED};
constexpr Case::State kClosed[] = {Case::STATE_CLOSED};
constexpr Case::State kCancelled[] = {Case::STATE_CANCELLED};
constexpr Case::State kMerged[] = {Case::STATE_MERGED};
constexpr Case::State kOpenOrResolved[] = {Case::STATE_OPEN, Case::STATE_RESOLVED};
constexpr Case::State kOpenOrClosed[] = {Case::STATE_OPEN, Case::STATE_CLOSED};
constexpr Case::State kImported[] = {Case::STATE_NEW,
                                     Case::STATE_OPEN,
                                     Case::STATE_WAITING_ON_CUSTOMER,
                                     Case::STATE_WAITING_ON_THIRD_PARTY,
                                     Case::STATE_RESOLVED,
                                     Case::STATE_CLOSED,
                                     Case::STATE_CANCELLED};

constexpr size_t kStates = 9;

// One verb: what follows on each state, by the state's number; nothing: refused.
struct Row {
  Command::VerbCase verb;
  States to[kStates];
  absl::string_view none_reason;   // With no such case.
  absl::string_view state_reason;  // In any other state that is refused.
};

// Columns: none, NEW, OPEN, WAITING_ON_CUSTOMER, WAITING_ON_THIRD_PARTY, RESOLVED, CLOSED,
// CANCELLED, MERGED.
const Row kRows[] = {
    {Command::kOpenCase, {kNew, {}, {}, {}, {}, {}, {}, {}, {}}, "", kReasonCaseExists},
    {Command::kClassifyCase,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseClassifyState},
    {Command::kAssignCase,
     {{}, kNewOrOpen, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseAssignState},
    // A customer's message may reopen what was resolved.
    {Command::kAddCasePart,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kOpenOrResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseAddPartState},
    {Command::kHoldCase,
     {{}, kWaiting, kWaiting, kWaiting, kWaiting, {}, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseHoldState},
    {Command::kResumeCase,
     {{}, kOpen, {}, kOpen, kOpen, {}, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseResumeState},
    {Command::kResolveCase,
     {{}, kResolved, kResolved, kResolved, kResolved, {}, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseResolveState},
    // Later than the window the case stays as it is, and another goes on.
    {Command::kReopenCase,
     {{}, {}, {}, {}, {}, kOpenOrResolved, kOpenOrClosed, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseReopenState},
    {Command::kCloseCase,
     {{}, {}, {}, {}, {}, kClosed, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseCloseState},
    {Command::kCancelCase,
     {{}, kCancelled, kCancelled, kCancelled, kCancelled, {}, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseCancelState},
    // In any state but MERGED: nothing that is merged elsewhere is taken over.
    {Command::kImportCase, {kImported, {}, {}, {}, {}, {}, {}, {}, {}}, "", kReasonCaseExists},
    {Command::kPrioritiseCase,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCasePrioritiseState},
    {Command::kTransferCase,
     {{}, kNewOrOpen, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseTransferState},
    // Whoever takes a new case works on it from now on.
    {Command::kAcceptCaseTransfer,
     {{}, kOpen, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseAcceptTransferState},
    {Command::kDeclineCaseTransfer,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseDeclineTransferState},
    {Command::kConsultOnCase,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseConsultState},
    // Who was asked answers, also when the case is over or its matter is kept at another by then.
    {Command::kAnswerCaseConsultation,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCancelled, kMerged},
     kReasonCaseNotFound,
     kReasonCaseAnswerConsultationState},
    // Names the state and changes nothing else: possible when the case is over, too.
    {Command::kNameCaseState,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCancelled, {}},
     kReasonCaseNotFound,
     kReasonCaseNameStateState},
    // What is over may still be named as a cause, a duplicate, what another goes on from.
    {Command::kLinkCase,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCancelled, {}},
     kReasonCaseNotFound,
     kReasonCaseLinkState},
    {Command::kUnlinkCase,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCancelled, {}},
     kReasonCaseNotFound,
     kReasonCaseUnlinkState},
    {Command::kAddCaseTask,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseAddTaskState},
    // What was to be done later may be done, or given up, when the case is over, or merged into another.
    {Command::kCompleteCaseTask,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCancelled, kMerged},
     kReasonCaseNotFound,
     kReasonCaseCompleteTaskState},
    {Command::kRemoveCaseTask,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCancelled, kMerged},
     kReasonCaseNotFound,
     kReasonCaseRemoveTaskState},
    // The state of the other case is no column of this table: it is looked at when the verb is decided.
    {Command::kMergeCases,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseMergeState},
    // Undone also when the case that stands for both is over.
    {Command::kUnmergeCases,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, kClosed, kCancelled, {}},
     kReasonCaseNotFound,
     kReasonCaseUnmergeState},
    {Command::kSplitCase,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseSplitState},
    {Command::kUnsplitCase,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, kResolved, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseUnsplitState},
    {Command::kEscalateCase,
     {{}, kNew, kOpen, kOnCustomer, kOnThird, {}, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseEscalateState},
    {Command::kReferCase,
     {{}, kOnThird, kOnThird, kOnThird, kOnThird, {}, {}, {}, {}},
     kReasonCaseNotFound,
     kReasonCaseReferState},
};

std::vector<CaseTransition> MakeTransitions() {
  std::vector<CaseTransition> cells;
  for (const Row& row : kRows) {
    for (size_t state = 0; state < kStates; ++state) {
      const absl::string_view reason = state == 0 ? row.none_reason : row.state_reason;
      cells.push_back({row.verb, static_cast<Case::State>(state), row.to[state],
                       row.to[state].empty() ? reason : ""});
    }
  }
  return cells;
}

}  // namespace

absl::Span<const CaseTransition> CaseTransitions() {
  static const auto* const cells = new std::vector<CaseTransition>(MakeTransitions());
  return *cells;
}

}  // namespace domain
}  // namespace frontdesk
