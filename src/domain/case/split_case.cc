#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_items.h"
#include "domain/case/case_relations.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseLink;

constexpr int kMaxSplitParts = 1000;

template <typename Ids>
std::set<std::string> ToSet(const Ids& ids) {
  return {ids.begin(), ids.end()};
}

// Whether this very split is in effect already.
bool IsInEffect(const v1::SplitCase& verb, const Case& current, const Case& other) {
  const v1::CaseSplitOff* split_off = FindSplitOff(current, verb.new_case_id());
  return split_off != nullptr && ToSet(split_off->part_ids()) == ToSet(verb.part_ids()) &&
         HasCaseLink(other, CaseLink::KIND_SPLIT_FROM, current.case_id());
}

void CheckMovedParts(const v1::SplitCase& verb, CaseDraft* draft) {
  const std::map<std::string, std::string> gone = SplitOffParts(draft->current());
  const std::set<std::string> asked = ToSet(verb.part_ids());
  for (int i = 0; i < verb.part_ids_size(); ++i) {
    const std::string field = absl::StrCat("split_case.part_ids[", i, "]");
    const v1::InteractionPart* part = FindCasePart(draft->current(), verb.part_ids(i));
    const auto gone_to = gone.find(verb.part_ids(i));
    if (part == nullptr) {
      draft->Refuse(kReasonCaseSplitPartUnknown, field, "this case has no part of that id");
    } else if (gone_to != gone.end()) {
      AddDetail("split_case_id", gone_to->second,
                &draft->Refuse(kReasonCaseSplitPartGone, field, "the part was split off already"));
    } else if (!part->corrects_part_id().empty() && asked.count(part->corrects_part_id()) == 0) {
      draft->Refuse(kReasonCaseSplitCorrection, field,
                    "the part that it corrects would not be split off with it");
    }
  }
}

}  // namespace

void CheckSplitCase(const FieldPath& root, const v1::CaseCommand& command,
                    ArgumentChecker* checker) {
  const v1::SplitCase& verb = command.split_case();
  checker->RequireText({&root, "new_case_id"}, verb.new_case_id());
  checker->CheckEnum(
      {&root, "kind"}, verb.kind(),
      verb.kind() == v1::Case::KIND_UNSPECIFIED || v1::Case_Kind_IsValid(verb.kind()));
  checker->RequireText({&root, "subject"}, verb.subject());
  checker->CheckCount({&root, "part_ids"}, verb.part_ids_size(), 1, kMaxSplitParts);
  DistinctIds seen;
  for (int i = 0; i < verb.part_ids_size(); ++i) {
    const FieldPath field{&root, "part_ids", i};
    if (checker->RequireText(field, verb.part_ids(i))) {
      seen.Check(field, verb.part_ids(i), checker);
    }
  }
}

bool IsSplitCaseUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  return input.has_other_case() &&
         IsInEffect(input.command().split_case(), input.case_(), input.other_case());
}

void DecideSplitCase(CaseDraft* draft) {
  const v1::SplitCase& verb = draft->command().split_case();
  const Case& current = draft->current();
  if (draft->input().has_other_case()) draft->Refuse(kReasonCaseExists, "split_case.new_case_id");
  CheckMovedParts(verb, draft);

  Case& opened =
      *draft->AddEvent(verb.new_case_id()).mutable_case_()->mutable_case_opened()->mutable_case_();
  SetNewCase(verb.new_case_id(), draft->input(), &opened);
  opened.set_kind(verb.kind() == Case::KIND_UNSPECIFIED ? current.kind() : verb.kind());
  opened.set_subject(verb.subject());
  opened.set_customer_id(current.customer_id());
  opened.set_queue_id(current.queue_id());
  CaseLink& link = *opened.add_case_links();
  link.set_kind(CaseLink::KIND_SPLIT_FROM);
  link.set_case_id(current.case_id());
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

}  // namespace domain
}  // namespace frontdesk
