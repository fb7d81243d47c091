#include "domain/case/case_relations.h"

#include <algorithm>

#include "domain/interaction_part.h"
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

bool HasCaseLink(const Case& current_case, CaseLink::Kind kind, const std::string& case_id) {
  const auto& links = current_case.case_links();
  return std::any_of(links.begin(), links.end(), [&](const CaseLink& link) {
    return link.kind() == kind && link.case_id() == case_id;
  });
}

bool RemoveCaseLink(CaseLink::Kind kind, const std::string& case_id, Case* current_case) {
  auto* links = current_case->mutable_case_links();
  const auto rest = std::remove_if(links->begin(), links->end(), [&](const CaseLink& link) {
    return link.kind() == kind && link.case_id() == case_id;
  });
  if (rest == links->end()) return false;
  links->erase(rest, links->end());
  return true;
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

void CheckLinkArguments(const FieldPath& root, const CaseLink* case_link,
                        const v1::EntityRef* entity, ArgumentChecker* checker) {
  const FieldPath case_link_field{&root, "case_link"};
  const FieldPath entity_field{&root, "entity"};
  if (case_link == nullptr && entity == nullptr) {
    checker->Add(case_link_field, kReasonArgumentRequired, "is required when entity is not set");
  }
  if (case_link != nullptr) {
    checker->CheckEnum({&case_link_field, "kind"}, case_link->kind(),
                       IsFreeCaseLink(case_link->kind()));
    checker->RequireText({&case_link_field, "case_id"}, case_link->case_id());
  }
  if (entity == nullptr) return;
  checker->Forbid(entity_field, case_link != nullptr);
  CheckLink(entity_field, *entity, v1::ENTITY_KIND_INTERACTION, v1::ENTITY_KIND_ORDER, checker);
}

}  // namespace domain
}  // namespace frontdesk
