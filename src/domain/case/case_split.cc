// Splitting a case that is two matters: the parts stay where they are and are seen in the new case only.
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_relations.h"
#include "domain/case/case_verbs.h"
#include "domain/event_maker.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseCommand;
using v1::CaseLink;

const v1::InteractionPart* FindPartOfCase(const Case& current_case, const std::string& part_id) {
  for (const v1::InteractionPart& part : current_case.parts()) {
    if (part.part_id() == part_id) return &part;
  }
  return nullptr;
}

template <typename Ids>
std::set<std::string> ToSet(const Ids& ids) {
  return {ids.begin(), ids.end()};
}

// Whether this very split is in effect already.
bool Stands(const v1::SplitCase& verb, const Case& current, const Case& other) {
  const v1::CaseSplitOff* split_off = FindSplitOff(current, verb.new_case_id());
  return split_off != nullptr && ToSet(split_off->part_ids()) == ToSet(verb.part_ids()) &&
         other.subject() == verb.subject() &&
         HasCaseLink(other, CaseLink::KIND_SPLIT_FROM, current.case_id());
}

void CheckMovedParts(const v1::SplitCase& verb, CaseDraft* draft) {
  const std::map<std::string, std::string> gone = SplitOffParts(draft->current());
  const std::set<std::string> asked = ToSet(verb.part_ids());
  for (int i = 0; i < verb.part_ids_size(); ++i) {
    const std::string field = absl::StrCat("split_case.part_ids[", i, "]");
    const v1::InteractionPart* part = FindPartOfCase(draft->current(), verb.part_ids(i));
    const auto gone_to = gone.find(verb.part_ids(i));
    if (part == nullptr) {
      draft->Refuse(kReasonCaseSplitPartUnknown, field, "this case has no part of that id");
    } else if (gone_to != gone.end()) {
      v1::DetailValue& detail =
          *draft->Refuse(kReasonCaseSplitPartGone, field, "the part was split off already")
               .add_details();
      detail.set_name("split_case_id");
      detail.set_value(gone_to->second);
    } else if (!part->corrects_part_id().empty() && asked.count(part->corrects_part_id()) == 0) {
      draft->Refuse(kReasonCaseSplitCorrection, field,
                    "the part that it corrects would not be split off with it");
    }
  }
}

}  // namespace

void DecideSplitCase(CaseDraft* draft) {
  const v1::SplitCase& verb = draft->command().split_case();
  const Case& current = draft->current();
  if (draft->input().has_other_case()) {
    if (Stands(verb, current, draft->input().other_case())) return;  // Nothing happens.
    v1::Refusal refusal = MakeListedRefusal(kReasonCaseExists);
    refusal.set_field("split_case.new_case_id");
    draft->Refuse({std::move(refusal)});
  }
  CheckMovedParts(verb, draft);

  Case& opened =
      *draft->AddEvent(verb.new_case_id()).mutable_case_()->mutable_case_opened()->mutable_case_();
  opened.set_case_id(verb.new_case_id());
  opened.set_state(Case::STATE_NEW);
  opened.set_kind(verb.kind() == Case::KIND_UNSPECIFIED ? current.kind() : verb.kind());
  opened.set_subject(verb.subject());
  opened.set_customer_id(current.customer_id());
  opened.set_queue_id(current.queue_id());
  CaseLink& link = *opened.add_case_links();
  link.set_kind(CaseLink::KIND_SPLIT_FROM);
  link.set_case_id(current.case_id());
  *opened.mutable_open_time() = draft->input().now();
  v1::CaseStateSpan& span = *opened.add_state_spans();
  span.set_state(Case::STATE_NEW);
  *span.mutable_start_time() = draft->input().now();
  v1::CaseSplitOff split_off;
  split_off.set_case_id(verb.new_case_id());
  for (const std::string& part_id : verb.part_ids()) {
    v1::CasePartRef& ref = *opened.add_part_refs();
    ref.set_case_id(current.case_id());
    ref.set_part_id(part_id);
    split_off.add_part_ids(part_id);
  }
  *split_off.mutable_split_time() = draft->input().now();
  *draft->AddEvent().mutable_case_()->mutable_case_split()->mutable_split_off() =
      std::move(split_off);
}

void DecideUnsplitCase(CaseDraft* draft) {
  const std::string field = "unsplit_case.split_case_id";
  const Case& current = draft->current();
  const Case& other = draft->input().other_case();
  if (!RequireOtherCase(field, draft->command().unsplit_case().split_case_id(), draft)) return;
  if (FindSplitOff(current, other.case_id()) == nullptr) {
    draft->Refuse(kReasonCaseUnsplitNotSplit, field, "the other case was not split off this one");
    return;
  }
  if (other.state() == Case::STATE_MERGED) {
    AddStandingCase(other, &draft->Refuse(kReasonCaseUnsplitCaseMerged, field,
                                          "the other case is merged; unmerge it first"));
  }
  draft->CheckTime(other, field, kReasonCaseUnsplitTime);
  draft->AddEvent().mutable_case_()->mutable_case_unsplit()->set_split_case_id(other.case_id());
  CaseLink& link = *draft->AddEvent(other.case_id())
                        .mutable_case_()
                        ->mutable_case_unlinked()
                        ->mutable_case_link();
  link.set_kind(CaseLink::KIND_SPLIT_FROM);
  link.set_case_id(current.case_id());
  // Parts that were added to it since the split are seen in the original from now on.
  AddMergeEvents(other, draft);
}

absl::Status ApplyCaseSplit(const v1::CaseSplit& fact, Case* current_case) {
  const v1::CaseSplitOff& split_off = fact.split_off();
  const std::map<std::string, std::string> gone = SplitOffParts(*current_case);
  if (!Keeps(CaseCommand::kSplitCase, *current_case) || split_off.case_id().empty() ||
      split_off.case_id() == current_case->case_id() || split_off.part_ids().empty() ||
      FindSplitOff(*current_case, split_off.case_id()) != nullptr) {
    return NotApplicableError("no split is possible in the case's state, or it was made already");
  }
  for (const std::string& part_id : split_off.part_ids()) {
    if (FindPartOfCase(*current_case, part_id) == nullptr || gone.count(part_id) != 0) {
      return NotApplicableError("no such part can be split off");
    }
  }
  *current_case->add_split_offs() = split_off;
  CaseLink& link = *current_case->add_case_links();
  link.set_kind(CaseLink::KIND_SPLIT_INTO);
  link.set_case_id(split_off.case_id());
  return absl::OkStatus();
}

absl::Status ApplyCaseUnsplit(const v1::CaseUnsplit& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kUnsplitCase, *current_case)) {
    return NotApplicableError("no split can be undone in the case's state");
  }
  for (int i = 0; i < current_case->split_offs_size(); ++i) {
    if (current_case->split_offs(i).case_id() != fact.split_case_id()) continue;
    current_case->mutable_split_offs()->DeleteSubrange(i, 1);
    RemoveCaseLink(CaseLink::KIND_SPLIT_INTO, fact.split_case_id(), current_case);
    return absl::OkStatus();
  }
  return NotApplicableError("no such case was split off this one");
}

}  // namespace domain
}  // namespace frontdesk
