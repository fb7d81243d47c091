// Taking a case over from elsewhere: whether what it says of itself fits together.
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_import.h"
#include "domain/case/case_verbs.h"
#include "domain/interaction_part.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;

constexpr char kField[] = "import_case.imported_case";

bool IsImportedOver(const Case& imported) {
  return imported.state() == Case::STATE_CLOSED || imported.state() == Case::STATE_CANCELLED;
}

// A history where there is none: the state that it has, since it was opened, or since now.
void FillSpans(const Timestamp& now, Case* imported) {
  if (!imported->state_spans().empty()) return;
  v1::CaseStateSpan& span = *imported->add_state_spans();
  span.set_state(imported->state());
  span.set_state_name(imported->state_name());
  *span.mutable_from_time() = imported->has_opened_time() ? imported->opened_time() : now;
}

// What follows from the history when the source does not say it.
void FillTimes(Case* imported) {
  if (!imported->has_opened_time()) {
    *imported->mutable_opened_time() = imported->state_spans(0).from_time();
  }
  if (!IsImportedOver(*imported) || imported->has_closed_time()) return;
  // The state may have had several names since.
  for (int i = imported->state_spans_size() - 1; i >= 0; --i) {
    if (imported->state_spans(i).state() != imported->state()) break;
    *imported->mutable_closed_time() = imported->state_spans(i).from_time();
  }
}

void CheckSpans(const Case& imported, CaseDraft* draft) {
  const int count = imported.state_spans_size();
  for (int i = 1; i < count; ++i) {
    const v1::CaseStateSpan& before = imported.state_spans(i - 1);
    const v1::CaseStateSpan& span = imported.state_spans(i);
    if (IsBefore(span.from_time(), before.from_time()) ||
        (span.state() == before.state() && span.state_name() == before.state_name())) {
      draft->Refuse(kReasonCaseImportSpansOrder, absl::StrCat(kField, ".state_spans[", i, "]"),
                    "begins before the one before it, or is the same state");
    }
  }
  const v1::CaseStateSpan& last = imported.state_spans(count - 1);
  if (last.state() != imported.state() || last.state_name() != imported.state_name()) {
    draft->Refuse(kReasonCaseImportSpansState,
                  absl::StrCat(kField, ".state_spans[", count - 1, "]"),
                  "is not the state of the case, and is the last");
  }
}

void CheckTimes(const Case& imported, CaseDraft* draft) {
  const Timestamp& now = draft->command().now();
  const v1::CaseStateSpan& first = imported.state_spans(0);
  const v1::CaseStateSpan& last = imported.state_spans(imported.state_spans_size() - 1);
  if (IsBefore(now, last.from_time())) {
    draft->Refuse(kReasonCaseImportTimes, absl::StrCat(kField, ".state_spans"),
                  "the history of the state goes on after now");
  }
  if (IsBefore(first.from_time(), imported.opened_time())) {
    draft->Refuse(kReasonCaseImportTimes, absl::StrCat(kField, ".opened_time"),
                  "is after the beginning of the history of the state");
  }
  if (!imported.has_closed_time()) return;
  const std::string field = absl::StrCat(kField, ".closed_time");
  if (!IsImportedOver(imported)) {
    draft->Refuse(kReasonCaseImportTimes, field, "is set, and the case is not over");
  } else if (IsBefore(imported.closed_time(), imported.opened_time()) ||
             IsBefore(now, imported.closed_time())) {
    draft->Refuse(kReasonCaseImportTimes, field, "is before the case was opened, or after now");
  }
}

// As where parts are added one by one: a correction shows nothing that was internal.
void CheckImportedParts(const Case& imported, CaseDraft* draft) {
  std::map<absl::string_view, bool> is_public;
  for (int i = 0; i < imported.parts_size(); ++i) {
    const v1::InteractionPart& part = imported.parts(i);
    const std::string field = absl::StrCat(kField, ".parts[", i, "]");
    if (!part.corrects_part_id().empty()) {
      const auto corrected = is_public.find(part.corrects_part_id());
      if (corrected == is_public.end()) {
        draft->Refuse(kReasonCaseImportPartCorrectsUnknown,
                      absl::StrCat(field, ".corrects_part_id"), "no such part stands before it");
      } else if (IsPublicPart(part) && !corrected->second) {
        draft->Refuse(kReasonCaseImportPartMoreVisible, absl::StrCat(field, ".visibility"),
                      "what it corrects is internal");
      }
    }
    is_public.emplace(part.part_id(), IsPublicPart(part));
  }
}

}  // namespace

void DecideImportCase(CaseDraft* draft) {
  const v1::ImportCase& verb = draft->command().import_case();
  v1::CaseImported& fact = *draft->AddEvent(verb.imported_case().case_id()).mutable_case_imported();
  Case& imported = *fact.mutable_imported_case();
  imported = verb.imported_case();
  imported.clear_import_source();
  FillSpans(draft->command().now(), &imported);
  FillTimes(&imported);
  for (v1::InteractionPart& part : *imported.mutable_parts()) {
    part.set_visibility(IsPublicPart(part) ? v1::VISIBILITY_PUBLIC : v1::VISIBILITY_INTERNAL);
  }
  *fact.mutable_source() = verb.source();
  CheckSpans(imported, draft);
  CheckTimes(imported, draft);
  CheckImportedParts(imported, draft);
  draft->CheckStateName(kReasonCaseImportNameUnknown, absl::StrCat(kField, ".state_name"));
}

}  // namespace domain
}  // namespace frontdesk
