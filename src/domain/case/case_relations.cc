#include "domain/case/case_relations.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseLink;

}  // namespace

CaseLink::Kind CounterpartOf(CaseLink::Kind kind) {
  switch (kind) {
    case CaseLink::KIND_PARENT:
      return CaseLink::KIND_CHILD;
    case CaseLink::KIND_CHILD:
      return CaseLink::KIND_PARENT;
    case CaseLink::KIND_RELATED:
      return CaseLink::KIND_RELATED;
    case CaseLink::KIND_DUPLICATE_OF:
      return CaseLink::KIND_HAS_DUPLICATE;
    case CaseLink::KIND_HAS_DUPLICATE:
      return CaseLink::KIND_DUPLICATE_OF;
    case CaseLink::KIND_CAUSED_BY:
      return CaseLink::KIND_CAUSE_OF;
    case CaseLink::KIND_CAUSE_OF:
      return CaseLink::KIND_CAUSED_BY;
    case CaseLink::KIND_FOLLOW_UP_OF:
      return CaseLink::KIND_HAS_FOLLOW_UP;
    case CaseLink::KIND_HAS_FOLLOW_UP:
      return CaseLink::KIND_FOLLOW_UP_OF;
    case CaseLink::KIND_SPLIT_FROM:
      return CaseLink::KIND_SPLIT_INTO;
    case CaseLink::KIND_SPLIT_INTO:
      return CaseLink::KIND_SPLIT_FROM;
    default:
      return CaseLink::KIND_UNSPECIFIED;
  }
}

bool IsUpward(CaseLink::Kind kind) {
  return kind == CaseLink::KIND_PARENT || kind == CaseLink::KIND_DUPLICATE_OF ||
         kind == CaseLink::KIND_CAUSED_BY || kind == CaseLink::KIND_FOLLOW_UP_OF;
}

bool IsFreeCaseLink(CaseLink::Kind kind) {
  return CounterpartOf(kind) != CaseLink::KIND_UNSPECIFIED && kind != CaseLink::KIND_SPLIT_FROM &&
         kind != CaseLink::KIND_SPLIT_INTO;
}

const std::string* FindParent(const Case& child) {
  for (const CaseLink& link : child.case_links()) {
    if (link.kind() == CaseLink::KIND_PARENT) return &link.case_id();
  }
  return nullptr;
}

bool IsInState(CaseLink::Kind kind) { return IsUpward(kind) || kind == CaseLink::KIND_SPLIT_FROM; }

bool HasCaseLink(const Case& current_case, CaseLink::Kind kind, const std::string& case_id) {
  const auto& links =
      IsInState(kind) ? current_case.case_links() : current_case.further_case_links();
  return std::any_of(links.begin(), links.end(), [&](const CaseLink& link) {
    return link.kind() == kind && link.case_id() == case_id;
  });
}

void CountCaseLinks(CaseLink::Kind kind, std::int64_t change, Case* current_case) {
  auto& counts = *current_case->mutable_case_link_counts();
  auto count = std::find_if(counts.begin(), counts.end(),
                            [kind](const v1::CaseLinkCount& each) { return each.kind() >= kind; });
  if (count == counts.end() || count->kind() != kind) {
    if (change <= 0) return;
    const auto before = count - counts.begin();
    counts.Add()->set_kind(kind);
    std::rotate(counts.pointer_begin() + before, counts.pointer_end() - 1, counts.pointer_end());
    count = counts.begin() + before;
  }
  count->set_count(Changed(count->count(), change));
  if (count->count() == 0) counts.erase(count);
}

void AddCaseLink(const CaseLink& link, Case* current_case) {
  const bool in_state = IsInState(link.kind());
  const bool is_known = HasCaseLink(*current_case, link.kind(), link.case_id());
  if (in_state && is_known) return;
  CountCaseLinks(link.kind(), 1, current_case);
  if (is_known) return;
  *(in_state ? current_case->add_case_links() : current_case->add_further_case_links()) = link;
}

void RemoveCaseLink(const CaseLink& link, Case* current_case) {
  const bool in_state = IsInState(link.kind());
  if (in_state && !HasCaseLink(*current_case, link.kind(), link.case_id())) return;
  CountCaseLinks(link.kind(), -1, current_case);
  auto* links =
      in_state ? current_case->mutable_case_links() : current_case->mutable_further_case_links();
  links->erase(std::remove_if(links->begin(), links->end(),
                              [&](const CaseLink& each) {
                                return each.kind() == link.kind() &&
                                       each.case_id() == link.case_id();
                              }),
               links->end());
}

bool CaseLinkSide::linked() const { return HasCaseLink(one, kind, other_id); }

bool CaseLinkSide::opposed() const {
  return CounterpartOf(kind) != kind && HasCaseLink(one, CounterpartOf(kind), other_id);
}

void AddStandingCase(const Case& merged, v1::Refusal* refusal) {
  if (merged.state() != Case::STATE_MERGED) return;
  AddDetail("survivor_case_id", merged.survivor_case_id(), refusal);
}

bool RequireOtherCase(absl::string_view field, absl::string_view case_id, CaseDraft* draft) {
  const Case& other = draft->input().other_case();
  if (other.state() != Case::STATE_UNSPECIFIED && other.case_id() == case_id) return true;
  draft->RefuseNotFound(kReasonCaseNotFound, field);
  return false;
}

bool IsMergedInto(const Case& merged, const Case& into) {
  return merged.state() == Case::STATE_MERGED && merged.survivor_case_id() == into.case_id() &&
         FindMergedCase(into, merged.case_id()) != nullptr;
}

void AddMergeEvents(const Case& merged, CaseDraft* draft) {
  v1::CaseMerged& fact = *draft->AddEvent().mutable_case_()->mutable_case_merged();
  fact.mutable_merge()->set_case_id(merged.case_id());
  *fact.mutable_merge()->mutable_merge_time() = draft->input().now();
  if (merged.has_service_times()) {
    *fact.mutable_merged_service_times() = merged.service_times();
    // The clocks of one that is resolved or over have ended.
    const bool is_worked_on = merged.state() != Case::STATE_RESOLVED && !IsOver(merged.state());
    if (!is_worked_on) fact.mutable_merged_service_times()->clear_episode_start_time();
  }
  if (draft->current().assignee_id().empty()) {
    fact.set_assignee_id(merged.assignee_id());
    fact.set_is_unassigned(merged.assignee_id().empty());
  }
  v1::CaseMergedAway& away =
      *draft->AddEvent(merged.case_id()).mutable_case_()->mutable_case_merged_away();
  away.set_survivor_case_id(draft->current().case_id());
  *away.mutable_start_time() = draft->input().now();
}

bool IsSameLink(const v1::ExternalLink& a, const v1::ExternalLink& b) {
  return a.system() == b.system() && a.id() == b.id() && a.role() == b.role();
}

bool HasExternalLink(const Case& current_case, const v1::ExternalLink& link) {
  return std::any_of(current_case.external_links().begin(), current_case.external_links().end(),
                     [&link](const v1::ExternalLink& each) { return IsSameLink(each, link); });
}

void CheckLinkArguments(const FieldPath& root, const CaseLink* case_link,
                        const v1::EntityRef* entity, const v1::ExternalLink* external_link,
                        ArgumentChecker* checker) {
  const FieldPath case_link_field{&root, "case_link"};
  const FieldPath entity_field{&root, "entity"};
  const FieldPath external_link_field{&root, "external_link"};
  if (case_link == nullptr && entity == nullptr && external_link == nullptr) {
    checker->Add(case_link_field, kReasonArgumentRequired,
                 "is required when neither entity nor external_link is set");
  }
  if (case_link != nullptr) {
    checker->CheckEnum({&case_link_field, "kind"}, case_link->kind(),
                       IsFreeCaseLink(case_link->kind()));
    checker->RequireText({&case_link_field, "case_id"}, case_link->case_id());
  }
  if (entity != nullptr) {
    checker->Forbid(entity_field, case_link != nullptr);
    CheckLink(entity_field, *entity, v1::ENTITY_KIND_INTERACTION, v1::ENTITY_KIND_ORDER, checker);
  }
  if (external_link == nullptr) return;
  checker->Forbid(external_link_field, case_link != nullptr || entity != nullptr);
  checker->RequireText({&external_link_field, "system"}, external_link->system());
  checker->RequireText({&external_link_field, "id"}, external_link->id());
}

}  // namespace domain
}  // namespace frontdesk
