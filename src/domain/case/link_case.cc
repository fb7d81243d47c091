#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseLink;

constexpr int kMaxCaseLinksInState = 100;
constexpr int kMaxExternalLinks = 100;

bool HasOtherParent(const Case& child, const std::string& parent_id) {
  const std::string* parent = FindParent(child);
  return parent != nullptr && *parent != parent_id;
}

// No case is above itself, over however many parents, causes, repeated or followed-up cases. The input has the cases above the
// upper one of the two, by links of the same kind.
void CheckAncestors(const CaseLink& link, CaseDraft* draft) {
  if (CounterpartOf(link.kind()) == link.kind()) return;
  const auto& ancestors = draft->input().ancestor_case_ids();
  const auto is_above = [&](const std::string& case_id) {
    return std::find(ancestors.begin(), ancestors.end(), case_id) != ancestors.end();
  };
  if (is_above(IsUpward(link.kind()) ? draft->current().case_id() : link.case_id())) {
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
  const CaseLinkSide here = {draft->current(), link.kind(), other.case_id()};
  const CaseLinkSide there = {other, CounterpartOf(link.kind()), draft->current().case_id()};
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
  for (const CaseLinkSide& side : {here, there}) {
    if (side.linked() || !IsInState(side.kind) ||
        side.one.case_links_size() < kMaxCaseLinksInState) {
      continue;
    }
    draft->Refuse(kReasonCaseLinkTooMany, "link_case.case_link",
                  absl::StrCat("the lower case has ", kMaxCaseLinksInState,
                               " links to cases above it already"));
  }
  if (!here.opposed() && !there.opposed()) CheckAncestors(link, draft);
  if (!here.linked()) SetCaseLink(here, draft->AddEvent().mutable_case_()->mutable_case_linked());
  if (!there.linked()) {
    SetCaseLink(there, draft->AddEvent(other.case_id()).mutable_case_()->mutable_case_linked());
  }
}

void LinkWithExternal(const v1::ExternalLink& link, CaseDraft* draft) {
  if (draft->current().external_links_size() >= kMaxExternalLinks) {
    draft->Refuse(
        kReasonCaseLinkTooMany, "link_case.external_link",
        absl::StrCat("the case has ", kMaxExternalLinks, " links to other systems already"));
  }
  *draft->AddEvent().mutable_case_()->mutable_case_linked()->mutable_external_link() = link;
}

}  // namespace

void CheckLinkCase(const FieldPath& root, const v1::CaseCommand& command,
                   ArgumentChecker* checker) {
  CheckLinkArguments(root, command.link_case(), checker);
}

bool IsLinkCaseUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  const v1::LinkCase& verb = input.command().link_case();
  if (verb.has_external_link()) return HasExternalLink(input.case_(), verb.external_link());
  if (!verb.has_case_link()) return HasLink(input.case_().links(), verb.entity());
  const Case& other = input.other_case();
  const CaseLink& link = verb.case_link();
  if (other.case_id() != link.case_id()) return false;
  return CaseLinkSide{input.case_(), link.kind(), other.case_id()}.linked() &&
         CaseLinkSide{other, CounterpartOf(link.kind()), input.case_().case_id()}.linked();
}

void DecideLinkCase(CaseDraft* draft) {
  const v1::LinkCase& verb = draft->command().link_case();
  if (verb.has_case_link()) return LinkWithCase(verb.case_link(), draft);
  if (verb.has_external_link()) return LinkWithExternal(verb.external_link(), draft);
  *draft->AddEvent().mutable_case_()->mutable_case_linked()->mutable_entity() = verb.entity();
}

}  // namespace domain
}  // namespace frontdesk
