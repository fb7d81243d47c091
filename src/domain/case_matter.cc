// What a case is about: opening it, sorting it, adding to it.
#include <algorithm>
#include <string>
#include <utility>

#include "domain/case_draft.h"
#include "domain/case_verbs.h"
#include "domain/interaction_part.h"

namespace frontdesk {
namespace domain {

using v1::Case;

void DecideOpenCase(CaseDraft* draft) {
  const v1::OpenCase& verb = draft->command().open_case();
  Case& opened = *draft->AddEvent(verb.case_id()).mutable_case_opened()->mutable_opened_case();
  opened.set_case_id(verb.case_id());
  opened.set_state(Case::STATE_NEW);
  opened.set_kind(verb.kind());
  opened.set_subject(verb.subject());
  opened.set_customer_id(verb.customer_id());
  opened.set_queue_id(verb.queue_id());
  *opened.mutable_links() = verb.links();
  *opened.mutable_opened_time() = draft->command().now();
  v1::CaseStateSpan& span = *opened.add_state_spans();
  span.set_state(Case::STATE_NEW);
  *span.mutable_from_time() = draft->command().now();
}

void DecideClassifyCase(CaseDraft* draft) {
  const v1::ClassifyCase& verb = draft->command().classify_case();
  const Case& current = draft->current();
  v1::CaseClassified fact;
  fact.set_kind(verb.kind() == Case::KIND_UNSPECIFIED ? current.kind() : verb.kind());
  const auto has = [](const auto& tags, const std::string& tag) {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
  };
  bool changed = fact.kind() != current.kind();
  for (const std::string& tag : current.tags()) {
    if (has(verb.remove_tags(), tag)) {
      changed = true;
    } else {
      fact.add_tags(tag);
    }
  }
  for (const std::string& tag : verb.add_tags()) {
    if (has(current.tags(), tag)) continue;
    fact.add_tags(tag);
    changed = true;
  }
  if (!changed) {
    draft->Refuse(kReasonCaseClassifyUnchanged, "", "the case is of that kind and has those tags");
  }
  *draft->AddEvent().mutable_case_classified() = std::move(fact);
}

void DecideAddCasePart(CaseDraft* draft) {
  const v1::InteractionPart& part = draft->command().add_case_part().part();
  const PartReasons reasons = {kReasonCaseAddPartIdExists, kReasonCaseAddPartCorrectsUnknown,
                               kReasonCaseAddPartMoreVisible};
  draft->Refuse(CheckPartInvariants("add_case_part", part, draft->current().parts(), reasons));
  *draft->AddEvent().mutable_case_part_added()->mutable_part() = MakePart(part, draft->command());
}

}  // namespace domain
}  // namespace frontdesk
