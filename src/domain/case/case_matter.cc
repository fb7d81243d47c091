// The matter of a case: opening it, classifying it, adding to it.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "domain/attributes.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_verbs.h"
#include "domain/interaction_part.h"
#include "google/protobuf/util/message_differencer.h"

namespace frontdesk {
namespace domain {

namespace {

using google::protobuf::util::MessageDifferencer;
using v1::Case;

bool Has(const google::protobuf::RepeatedPtrField<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The tags as they are afterwards; whether they are others than before.
bool ChangeTags(const v1::ClassifyCase& verb, const Case& current, v1::CaseClassified* fact) {
  bool changed = false;
  for (const std::string& tag : current.tags()) {
    if (Has(verb.remove_tags(), tag)) {
      changed = true;
    } else {
      fact->add_tags(tag);
    }
  }
  for (const std::string& tag : verb.add_tags()) {
    if (Has(current.tags(), tag)) continue;
    fact->add_tags(tag);
    changed = true;
  }
  return changed;
}

// The attributes as they are afterwards, each in its place, new ones at the end; whether they are
// others than before.
bool ChangeAttributes(const v1::ClassifyCase& verb, const Case& current, v1::CaseClassified* fact) {
  std::map<std::string, const v1::Attribute*> to_set;
  for (const v1::Attribute& attribute : verb.set_attributes()) {
    to_set.emplace(attribute.name(), &attribute);
  }
  bool changed = false;
  for (const v1::Attribute& attribute : current.attributes()) {
    if (Has(verb.remove_attributes(), attribute.name())) {
      changed = true;
      continue;
    }
    const auto found = to_set.find(attribute.name());
    const v1::Attribute& after = found != to_set.end() ? *found->second : attribute;
    changed |= !MessageDifferencer::Equals(after, attribute);
    *fact->add_attributes() = after;
    if (found != to_set.end()) to_set.erase(found);
  }
  for (const v1::Attribute& attribute : verb.set_attributes()) {
    if (to_set.find(attribute.name()) == to_set.end()) continue;
    *fact->add_attributes() = attribute;
    changed = true;
  }
  return changed;
}

}  // namespace

void DecideOpenCase(CaseDraft* draft) {
  const v1::OpenCase& verb = draft->command().open_case();
  Case& opened =
      *draft->AddEvent(verb.case_id()).mutable_case_()->mutable_case_opened()->mutable_case_();
  opened = MakeNewCase(verb.case_id(), draft->input().now());
  opened.set_kind(verb.kind());
  opened.set_subject(verb.subject());
  opened.set_customer_id(verb.customer_id());
  opened.set_queue_id(verb.queue_id());
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
                  "the matrix has no priority for that impact and urgency");
  }
}

void DecideClassifyCase(CaseDraft* draft) {
  const v1::ClassifyCase& verb = draft->command().classify_case();
  const Case& current = draft->current();
  v1::CaseClassified fact;
  fact.set_kind(verb.kind() == Case::KIND_UNSPECIFIED ? current.kind() : verb.kind());
  bool changed = fact.kind() != current.kind();
  changed |= ChangeTags(verb, current, &fact);
  changed |= ChangeAttributes(verb, current, &fact);
  draft->Refuse(CheckSetAttributes("classify_case.set_attributes", verb.set_attributes(),
                                   draft->input().attribute_definitions()));
  if (!changed) {
    draft->Refuse(kReasonCaseClassifyUnchanged, "",
                  "the case has that kind, those tags and attributes already");
  }
  *draft->AddEvent().mutable_case_()->mutable_case_classified() = std::move(fact);
}

void DecidePrioritizeCase(CaseDraft* draft) {
  const v1::PrioritizeCase& verb = draft->command().prioritize_case();
  const Case& current = draft->current();
  v1::CasePrioritized& fact = *draft->AddEvent().mutable_case_()->mutable_case_prioritized();
  fact.set_impact(verb.impact() != 0 ? verb.impact() : current.impact());
  fact.set_urgency(verb.urgency() != 0 ? verb.urgency() : current.urgency());
  fact.set_priority(draft->assessment().priority());
  if (draft->assessment().priority_cell_missing()) {
    draft->Refuse(kReasonCasePrioritizeCellMissing, "prioritize_case.impact",
                  "the matrix has no priority for that impact and urgency");
  } else if (fact.impact() == current.impact() && fact.urgency() == current.urgency() &&
             fact.priority() == current.priority()) {
    draft->Refuse(kReasonCasePrioritizeUnchanged, "",
                  "the case has that impact, urgency and priority already");
  }
}

void DecideAddCasePart(CaseDraft* draft) {
  const v1::InteractionPart& part = draft->command().add_case_part().part();
  const PartReasons reasons = {kReasonCaseAddPartIdExists, kReasonCaseAddPartCorrectsUnknown,
                               kReasonCaseAddPartMoreVisible};
  draft->Refuse(CheckPartInvariants("add_case_part", part, draft->current().parts(), reasons));
  *draft->AddEvent().mutable_case_()->mutable_case_part_added()->mutable_part() =
      MakePart(part, OccasionOf(draft->input()));
  if (draft->current().state() == Case::STATE_RESOLVED &&
      draft->assessment().may_reopen_on_message() && draft->assessment().reopens_on_message()) {
    *draft->AddEvent().mutable_case_()->mutable_case_reopened()->mutable_start_time() =
        draft->input().now();
  }
}

}  // namespace domain
}  // namespace frontdesk
