#include "domain/case/case_draft.h"
#include "domain/case/case_relations.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseLink;

void UnlinkFromCase(const CaseLink& link, CaseDraft* draft) {
  // An imported link may have no counterpart, or lead to no case.
  const Case& other = draft->input().other_case();
  const CaseLinkSide here = {draft->current(), link.kind(), link.case_id()};
  const CaseLinkSide there = {other, CounterpartOf(link.kind()), draft->current().case_id()};
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

void UnlinkFromExternal(const v1::ExternalLink& link, CaseDraft* draft) {
  if (!HasExternalLink(draft->current(), link)) {
    draft->Refuse(kReasonCaseUnlinkNotLinked, "unlink_case.external_link", "there is no such link");
  }
  *draft->AddEvent().mutable_case_()->mutable_case_unlinked()->mutable_external_link() = link;
}

}  // namespace

void CheckUnlinkCase(const FieldPath& root, const v1::CaseCommand& command,
                     ArgumentChecker* checker) {
  CheckLinkArguments(root, command.unlink_case(), checker);
}

void DecideUnlinkCase(CaseDraft* draft) {
  const v1::UnlinkCase& verb = draft->command().unlink_case();
  if (verb.has_case_link()) return UnlinkFromCase(verb.case_link(), draft);
  if (verb.has_external_link()) return UnlinkFromExternal(verb.external_link(), draft);
  if (!HasLink(draft->current().links(), verb.entity())) {
    draft->Refuse(kReasonCaseUnlinkNotLinked, "unlink_case.entity", "there is no such link");
  }
  *draft->AddEvent().mutable_case_()->mutable_case_unlinked()->mutable_entity() = verb.entity();
}

}  // namespace domain
}  // namespace frontdesk
