// The links of a case: with other cases, interactions, orders.
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_relations.h"
#include "domain/case/case_verbs.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/case.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseCommand;
using v1::CaseLink;

const std::string* FindParent(const Case& child) {
  for (const CaseLink& link : child.case_links()) {
    if (link.kind() == CaseLink::KIND_PARENT) return &link.case_id();
  }
  return nullptr;
}

bool HasOtherParent(const Case& child, const std::string& parent_id) {
  const std::string* parent = FindParent(child);
  return parent != nullptr && *parent != parent_id;
}

// One of two cases, and whether it has the link to the other already.
struct Side {
  const Case& one;
  CaseLink::Kind kind;
  const std::string& other_id;

  bool linked() const { return HasCaseLink(one, kind, other_id); }
  // Whether it says the opposite.
  bool opposed() const {
    return CounterpartOf(kind) != kind && HasCaseLink(one, CounterpartOf(kind), other_id);
  }
};

template <typename Fact>
void SetCaseLink(const Side& side, Fact* fact) {
  fact->mutable_case_link()->set_kind(side.kind);
  fact->mutable_case_link()->set_case_id(side.other_id);
}

// A case is not its own ancestor, over however many parents.
void CheckAncestors(const CaseLink& link, CaseDraft* draft) {
  const bool to_parent = link.kind() == CaseLink::KIND_PARENT;
  if (!to_parent && link.kind() != CaseLink::KIND_CHILD) return;
  const std::string& child = to_parent ? draft->current().case_id() : link.case_id();
  const auto& ancestors = draft->input().ancestor_case_ids();
  if (std::find(ancestors.begin(), ancestors.end(), child) != ancestors.end()) {
    draft->Refuse(kReasonCaseLinkCycle, "link_case.case_link",
                  "the case would be its own ancestor");
  } else if (draft->input().has_more_ancestors()) {
    draft->Refuse(kReasonCaseLinkDepth, "link_case.case_link",
                  absl::StrCat("the upper case has more than ", ancestors.size(),
                               " ancestors: max_case_ancestors"));
  }
}

void LinkWithCase(const CaseLink& link, CaseDraft* draft) {
  const Case& other = draft->input().other_case();
  const std::string field = "link_case.case_link.case_id";
  if (link.case_id() == draft->current().case_id()) {
    draft->Refuse(kReasonCaseLinkItself, field, "a link of a case with itself is not possible");
    return;
  }
  if (!RequireOtherCase(field, link.case_id(), draft)) return;
  if (other.state() == Case::STATE_MERGED) {
    AddStandingCase(other, &draft->Refuse(kReasonCaseLinkCaseMerged, field,
                                          "the other case is merged into another"));
  }
  const Side here = {draft->current(), link.kind(), other.case_id()};
  const Side there = {other, CounterpartOf(link.kind()), draft->current().case_id()};
  if (here.linked() && there.linked()) {
    draft->Refuse(kReasonCaseLinkExists, "link_case.case_link", "the link exists already");
  }
  if (here.opposed() || there.opposed()) {
    draft->Refuse(kReasonCaseLinkCycle, "link_case.case_link.kind",
                  "the two cases have the opposite link");
  }
  const bool is_second_parent =
      (link.kind() == CaseLink::KIND_PARENT && HasOtherParent(here.one, here.other_id)) ||
      (link.kind() == CaseLink::KIND_CHILD && HasOtherParent(there.one, there.other_id));
  if (is_second_parent) {
    draft->Refuse(kReasonCaseLinkSecondParent, "link_case.case_link",
                  "the child has another parent already");
  }
  if (!here.opposed() && !there.opposed()) CheckAncestors(link, draft);
  if (!here.linked()) SetCaseLink(here, draft->AddEvent().mutable_case_()->mutable_case_linked());
  if (!there.linked()) {
    SetCaseLink(there, draft->AddEvent(other.case_id()).mutable_case_()->mutable_case_linked());
  }
}

void UnlinkFromCase(const CaseLink& link, CaseDraft* draft) {
  // An imported link may have no counterpart, or lead to no case.
  const Case& other = draft->input().other_case();
  const Side here = {draft->current(), link.kind(), link.case_id()};
  const Side there = {other, CounterpartOf(link.kind()), draft->current().case_id()};
  const bool is_there = other.case_id() == link.case_id() && there.linked();
  if (is_there && other.state() == Case::STATE_MERGED) {
    AddStandingCase(other,
                    &draft->Refuse(kReasonCaseUnlinkCaseMerged, "unlink_case.case_link.case_id",
                                   "the other case is merged into another"));
  }
  if (!here.linked() && !is_there) {
    draft->Refuse(kReasonCaseUnlinkNotLinked, "unlink_case.case_link", "there is no such link");
  }
  if (here.linked()) SetCaseLink(here, draft->AddEvent().mutable_case_()->mutable_case_unlinked());
  if (is_there)
    SetCaseLink(there, draft->AddEvent(other.case_id()).mutable_case_()->mutable_case_unlinked());
}

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

void AddStandingCase(const Case& merged, v1::Refusal* refusal) {
  if (merged.state() != Case::STATE_MERGED) return;
  v1::DetailValue& detail = *refusal->add_details();
  detail.set_name("survivor_case_id");
  detail.set_value(merged.survivor_case_id());
}

bool RequireOtherCase(absl::string_view field, absl::string_view case_id, CaseDraft* draft) {
  const Case& other = draft->input().other_case();
  if (other.state() != Case::STATE_UNSPECIFIED && other.case_id() == case_id) return true;
  v1::Refusal refusal = MakeListedRefusal(kReasonCaseNotFound);
  refusal.set_origin(v1::Refusal::ORIGIN_NOT_FOUND);
  refusal.set_field(std::string(field));
  draft->Refuse({std::move(refusal)});
  return false;
}

void ProposeResolutions(const std::string& code, CaseDraft* draft) {
  std::set<std::string> seen = {draft->current().case_id()};
  for (const Case& caused : draft->input().caused_cases()) {
    const bool goes_on = caused.state() == Case::STATE_NEW || caused.state() == Case::STATE_OPEN ||
                         caused.state() == Case::STATE_WAITING_ON_CUSTOMER ||
                         caused.state() == Case::STATE_WAITING_ON_THIRD_PARTY;
    if (!goes_on || !seen.insert(caused.case_id()).second) continue;
    v1::Effect& effect = draft->AddEffect();
    effect.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
    effect.mutable_entity()->set_id(draft->current().case_id());
    v1::ProposeResolution& proposal = *effect.mutable_propose_resolution();
    proposal.set_case_id(caused.case_id());
    proposal.set_cause_case_id(draft->current().case_id());
    proposal.set_code(code);
  }
}

void DecideLinkCase(CaseDraft* draft) {
  const v1::LinkCase& verb = draft->command().link_case();
  if (verb.has_case_link()) return LinkWithCase(verb.case_link(), draft);
  if (HasLink(draft->current().links(), verb.entity())) {
    draft->Refuse(kReasonCaseLinkExists, "link_case.entity", "the link exists already");
  }
  *draft->AddEvent().mutable_case_()->mutable_case_linked()->mutable_entity() = verb.entity();
}

void DecideUnlinkCase(CaseDraft* draft) {
  const v1::UnlinkCase& verb = draft->command().unlink_case();
  if (verb.has_case_link()) return UnlinkFromCase(verb.case_link(), draft);
  if (!HasLink(draft->current().links(), verb.entity())) {
    draft->Refuse(kReasonCaseUnlinkNotLinked, "unlink_case.entity", "there is no such link");
  }
  *draft->AddEvent().mutable_case_()->mutable_case_unlinked()->mutable_entity() = verb.entity();
}

absl::Status ApplyCaseLinked(const v1::CaseLinked& fact, Case* current_case) {
  const CaseLink& link = fact.case_link();
  if (!Keeps(CaseCommand::kLinkCase, *current_case) || fact.has_case_link() == fact.has_entity()) {
    return NotApplicableError("no link is possible in the case's state, or none is named");
  }
  if (fact.has_entity()) {
    if (fact.entity().id().empty() || HasLink(current_case->links(), fact.entity())) {
      return NotApplicableError("the link exists already, or has no id");
    }
    *current_case->add_links() = fact.entity();
    return absl::OkStatus();
  }
  if (!IsFreeCaseLink(link.kind()) || link.case_id().empty() ||
      link.case_id() == current_case->case_id() ||
      HasCaseLink(*current_case, link.kind(), link.case_id()) ||
      (link.kind() == CaseLink::KIND_PARENT && FindParent(*current_case) != nullptr)) {
    return NotApplicableError("the link exists already, or is not valid");
  }
  *current_case->add_case_links() = link;
  return absl::OkStatus();
}

absl::Status ApplyCaseUnlinked(const v1::CaseUnlinked& fact, Case* current_case) {
  const CaseLink& link = fact.case_link();
  if (!Keeps(CaseCommand::kUnlinkCase, *current_case) ||
      fact.has_case_link() == fact.has_entity()) {
    return NotApplicableError("no link can be removed in the case's state, or none is named");
  }
  if (fact.has_entity()) {
    auto* links = current_case->mutable_links();
    const auto rest = std::remove_if(links->begin(), links->end(), [&](const v1::EntityRef& each) {
      return IsSameEntity(each, fact.entity());
    });
    if (rest == links->end()) return NotApplicableError("there is no such link");
    links->erase(rest, links->end());
    return absl::OkStatus();
  }
  const bool undoes_split = link.kind() == CaseLink::KIND_SPLIT_FROM;
  if ((!undoes_split && !IsFreeCaseLink(link.kind())) ||
      !RemoveCaseLink(link.kind(), link.case_id(), current_case)) {
    return NotApplicableError("there is no such link");
  }
  // The parts that came with the split are removed with it.
  if (undoes_split) {
    auto* refs = current_case->mutable_part_refs();
    refs->erase(
        std::remove_if(refs->begin(), refs->end(),
                       [&](const v1::CasePartRef& ref) { return ref.case_id() == link.case_id(); }),
        refs->end());
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
