// Two cases that are one matter: nothing moves, each keeps its history, and it can be undone.
#include <string>

#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_relations.h"
#include "domain/case/case_verbs.h"
#include "domain/event_maker.h"
#include "domain/survivor.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseCommand;

// The state of a merged case before the merge; null when its history has none.
const v1::CaseStateSpan* FindSpanBeforeMerge(const Case& merged) {
  for (int i = merged.state_spans_size() - 1; i >= 0; --i) {
    if (merged.state_spans(i).state() != Case::STATE_MERGED) return &merged.state_spans(i);
  }
  return nullptr;
}

bool IsMergedInto(const Case& merged, const Case& into) {
  return merged.state() == Case::STATE_MERGED && merged.survivor_case_id() == into.case_id() &&
         FindMergedCase(into, merged.case_id()) != nullptr;
}

// Enters a state in which the case is no more closed, and no less, than it was.
absl::Status EnterAside(Case::State state, const std::string& state_name,
                        const google::protobuf::Timestamp& start_time, Case* current_case) {
  const bool was_closed = current_case->has_close_time();
  const google::protobuf::Timestamp close_time = current_case->close_time();
  absl::Status entered = Enter(state, state_name, start_time, current_case);
  if (!entered.ok()) return entered;
  if (was_closed) {
    *current_case->mutable_close_time() = close_time;
  } else {
    current_case->clear_close_time();
  }
  return absl::OkStatus();
}

}  // namespace

void AddMergeEvents(const Case& merged, CaseDraft* draft) {
  v1::MergedCase& merge =
      *draft->AddEvent().mutable_case_()->mutable_case_merged()->mutable_merge();
  merge.set_case_id(merged.case_id());
  *merge.mutable_merge_time() = draft->input().now();
  v1::CaseMergedAway& away =
      *draft->AddEvent(merged.case_id()).mutable_case_()->mutable_case_merged_away();
  away.set_survivor_case_id(draft->current().case_id());
  *away.mutable_start_time() = draft->input().now();
}

void DecideMergeCases(CaseDraft* draft) {
  const std::string field = "merge_cases.merged_case_id";
  const Case& current = draft->current();
  const Case& other = draft->input().other_case();
  if (draft->command().merge_cases().merged_case_id() == current.case_id()) {
    draft->Refuse(kReasonCaseMergeItself, field, "a merge of a case into itself is not possible");
    return;
  }
  if (!RequireOtherCase(field, draft->command().merge_cases().merged_case_id(), draft)) return;
  if (IsMergedInto(other, current)) return;  // It is merged already: nothing happens.
  if (other.state() == Case::STATE_MERGED) {
    AddStandingCase(other, &draft->Refuse(kReasonCaseMergeCaseMerged, field,
                                          "the other case is merged into another"));
  }
  // In this direction only: a case of nobody that took in one of somebody's could take in another's.
  if (!other.customer_id().empty() &&
      !AreOfOneCustomer(draft->input().customer(), current.customer_id(), other.customer_id())) {
    draft->Refuse(kReasonCaseMergeCustomer, field, "the cases are not of the same customer");
  }
  draft->CheckTime(other, field, kReasonCaseMergeTime);
  AddMergeEvents(other, draft);
}

void DecideUnmergeCases(CaseDraft* draft) {
  const std::string field = "unmerge_cases.merged_case_id";
  const Case& current = draft->current();
  const Case& other = draft->input().other_case();
  if (!RequireOtherCase(field, draft->command().unmerge_cases().merged_case_id(), draft)) {
    return;
  }
  const v1::CaseStateSpan* before = FindSpanBeforeMerge(other);
  if (!IsMergedInto(other, current) || before == nullptr) {
    AddStandingCase(other, &draft->Refuse(kReasonCaseUnmergeNotMerged, field,
                                          "the other case is not merged into this one"));
    return;
  }
  draft->CheckTime(other, field, kReasonCaseUnmergeTime);
  draft->AddEvent().mutable_case_()->mutable_case_unmerged()->set_unmerged_case_id(other.case_id());
  v1::CaseRestored& restored =
      *draft->AddEvent(other.case_id()).mutable_case_()->mutable_case_restored();
  restored.set_state(before->state());
  restored.set_state_name(before->state_name());
  *restored.mutable_start_time() = draft->input().now();
}

absl::Status ApplyCaseMerged(const v1::CaseMerged& fact, Case* current_case) {
  const std::string& case_id = fact.merge().case_id();
  if (!Keeps(CaseCommand::kMergeCases, *current_case) || case_id.empty() ||
      case_id == current_case->case_id() || FindMergedCase(*current_case, case_id) != nullptr) {
    return NotApplicableError("no merge is possible in the case's state, or it was made already");
  }
  *current_case->add_merged_cases() = fact.merge();
  return absl::OkStatus();
}

absl::Status ApplyCaseMergedAway(const v1::CaseMergedAway& fact, Case* current_case) {
  if (current_case->state() == Case::STATE_MERGED ||
      FindSpanBeforeMerge(*current_case) == nullptr || fact.survivor_case_id().empty() ||
      fact.survivor_case_id() == current_case->case_id()) {
    return NotApplicableError("the case is merged already, or no survivor is named");
  }
  FRONTDESK_RETURN_IF_ERROR(EnterAside(Case::STATE_MERGED, "", fact.start_time(), current_case));
  current_case->set_survivor_case_id(fact.survivor_case_id());
  return absl::OkStatus();
}

absl::Status ApplyCaseUnmerged(const v1::CaseUnmerged& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kUnmergeCases, *current_case)) {
    return NotApplicableError("no case can be unmerged in the survivor's state");
  }
  for (int i = 0; i < current_case->merged_cases_size(); ++i) {
    if (current_case->merged_cases(i).case_id() != fact.unmerged_case_id()) continue;
    current_case->mutable_merged_cases()->DeleteSubrange(i, 1);
    return absl::OkStatus();
  }
  return NotApplicableError("no such case is merged into this one");
}

absl::Status ApplyCaseRestored(const v1::CaseRestored& fact, Case* current_case) {
  const v1::CaseStateSpan* before = FindSpanBeforeMerge(*current_case);
  if (current_case->state() != Case::STATE_MERGED || before == nullptr ||
      fact.state() != before->state() || fact.state_name() != before->state_name()) {
    return NotApplicableError("the case is not merged, or was in another state before");
  }
  FRONTDESK_RETURN_IF_ERROR(
      EnterAside(fact.state(), fact.state_name(), fact.start_time(), current_case));
  current_case->clear_survivor_case_id();
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
