#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/attributes.h"
#include "domain/case/case_arguments.h"
#include "domain/case/case_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

constexpr int kMaxOpenCaseLinks = 100;

}  // namespace

void CheckOpenCase(const FieldPath& root, const v1::CaseCommand& command,
                   ArgumentChecker* checker) {
  const v1::OpenCase& verb = command.open_case();
  checker->CheckEnum({&root, "kind"}, verb.kind(),
                     verb.kind() != Case::KIND_UNSPECIFIED && v1::Case_Kind_IsValid(verb.kind()));
  checker->RequireText({&root, "subject"}, verb.subject());
  checker->CheckCount({&root, "links"}, verb.links_size(), 0, kMaxOpenCaseLinks);
  std::set<std::pair<int, std::string>> seen;
  for (int i = 0; i < verb.links_size(); ++i) {
    const v1::EntityRef& link = verb.links(i);
    const FieldPath field{&root, "links", i};
    CheckLink(field, link, v1::ENTITY_KIND_INTERACTION, v1::ENTITY_KIND_ORDER, checker);
    if (!link.id().empty() && !seen.emplace(link.kind(), link.id()).second) {
      checker->Add(field, kReasonArgumentDuplicate, "occurs twice");
    }
  }
  CheckCaseScale({&root, "impact"}, verb.impact(), checker);
  CheckCaseScale({&root, "urgency"}, verb.urgency(), checker);
  CheckCaseScale({&root, "priority"}, verb.priority(), checker);
  checker->CheckAttributes(root, verb.attributes());
  checker->CheckExternalIds(root, verb.external_ids());
}

void DecideOpenCase(CaseDraft* draft) {
  const v1::OpenCase& verb = draft->command().open_case();
  Case& opened =
      *draft->AddEvent(verb.case_id()).mutable_case_()->mutable_case_opened()->mutable_case_();
  SetNewCase(verb.case_id(), draft->input(), &opened);
  opened.set_kind(verb.kind());
  // A field that is set to an empty text has a string of its own.
  if (!verb.subject().empty()) opened.set_subject(verb.subject());
  if (!verb.customer_id().empty()) opened.set_customer_id(verb.customer_id());
  if (!verb.queue_id().empty()) opened.set_queue_id(verb.queue_id());
  *opened.mutable_links() = verb.links();
  opened.set_impact(verb.impact());
  opened.set_urgency(verb.urgency());
  opened.set_priority(draft->assessment().priority());
  *opened.mutable_attributes() = verb.attributes();
  *opened.mutable_external_ids() = verb.external_ids();
  draft->Refuse(CheckSetAttributes("open_case.attributes", verb.attributes(),
                                   draft->input().attribute_definitions()));
  if (draft->assessment().priority_cell_missing()) {
    draft->Refuse(kReasonCaseOpenCellMissing, "open_case.impact",
                  absl::StrCat("the matrix has no priority for impact ", verb.impact(),
                               " and urgency ", verb.urgency()));
  } else if (draft->assessment().priority_differs()) {
    draft->Refuse(
        kReasonCaseOpenPriorityDiffers, "open_case.priority",
        PriorityDiffersText(verb.impact(), verb.urgency(), draft->assessment().priority()));
  }
}

}  // namespace domain
}  // namespace frontdesk
