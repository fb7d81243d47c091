// Importing a case from another system: whether its fields are consistent.
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;

constexpr char kImportedField[] = "import_case.case";

bool IsImportedOver(const Case& imported) {
  return imported.state() == Case::STATE_CLOSED || imported.state() == Case::STATE_CANCELED;
}

// A history where there is none: the state that it has, since it was opened, or since now.
void FillSpans(const Timestamp& now, Case* imported) {
  if (!imported->state_spans().empty()) return;
  v1::CaseStateSpan& span = *imported->add_state_spans();
  span.set_state(imported->state());
  span.set_state_name(imported->state_name());
  *span.mutable_start_time() = imported->has_open_time() ? imported->open_time() : now;
}

// Times that follow from the history when the source does not have them.
void FillTimes(Case* imported) {
  if (!imported->has_open_time()) {
    *imported->mutable_open_time() = imported->state_spans(0).start_time();
  }
  if (!IsImportedOver(*imported) || imported->has_close_time()) return;
  // The state may have had several names since.
  for (int i = imported->state_spans_size() - 1; i >= 0; --i) {
    if (imported->state_spans(i).state() != imported->state()) break;
    *imported->mutable_close_time() = imported->state_spans(i).start_time();
  }
}

void CheckImportedSpans(const Case& imported, CaseDraft* draft) {
  const int count = imported.state_spans_size();
  for (int i = 1; i < count; ++i) {
    const v1::CaseStateSpan& before = imported.state_spans(i - 1);
    const v1::CaseStateSpan& span = imported.state_spans(i);
    if (IsBefore(span.start_time(), before.start_time()) ||
        (span.state() == before.state() && span.state_name() == before.state_name())) {
      draft->Refuse(kReasonCaseImportSpansOrder,
                    absl::StrCat(kImportedField, ".state_spans[", i, "]"),
                    "begins before the previous span, or has the same state");
    }
  }
  const v1::CaseStateSpan& last = imported.state_spans(count - 1);
  if (last.state() != imported.state() || last.state_name() != imported.state_name()) {
    draft->Refuse(kReasonCaseImportSpansState,
                  absl::StrCat(kImportedField, ".state_spans[", count - 1, "]"),
                  "is the last, and not the state of the case");
  }
}

void CheckImportedTimes(const Case& imported, CaseDraft* draft) {
  const Timestamp& now = draft->input().now();
  const v1::CaseStateSpan& first = imported.state_spans(0);
  const v1::CaseStateSpan& last = imported.state_spans(imported.state_spans_size() - 1);
  if (IsBefore(now, last.start_time())) {
    draft->Refuse(kReasonCaseImportTimes, absl::StrCat(kImportedField, ".state_spans"),
                  "the history of the state ends after now");
  }
  if (IsBefore(first.start_time(), imported.open_time())) {
    draft->Refuse(kReasonCaseImportTimes, absl::StrCat(kImportedField, ".open_time"),
                  "is after the beginning of the history of the state");
  }
  if (!imported.has_close_time()) return;
  const std::string field = absl::StrCat(kImportedField, ".close_time");
  if (!IsImportedOver(imported)) {
    draft->Refuse(kReasonCaseImportTimes, field, "is set, and the case is not over");
  } else if (IsBefore(imported.close_time(), imported.open_time()) ||
             IsBefore(now, imported.close_time())) {
    draft->Refuse(kReasonCaseImportTimes, field, "is before the case was opened, or after now");
  }
}

// As where parts are added one by one: a correction shows nothing that was internal.
void CheckImportedParts(const Case& imported, CaseDraft* draft) {
  std::map<absl::string_view, bool> is_public;
  for (int i = 0; i < imported.parts_size(); ++i) {
    const v1::InteractionPart& part = imported.parts(i);
    const std::string field = absl::StrCat(kImportedField, ".parts[", i, "]");
    if (!part.corrects_part_id().empty()) {
      const auto corrected = is_public.find(part.corrects_part_id());
      if (corrected == is_public.end()) {
        draft->Refuse(kReasonCaseImportPartCorrectsUnknown,
                      absl::StrCat(field, ".corrects_part_id"), "there is no such part before it");
      } else if (IsPublicPart(part) && !corrected->second) {
        draft->Refuse(kReasonCaseImportPartMoreVisible, absl::StrCat(field, ".visibility"),
                      "the corrected part is internal");
      }
    }
    is_public.emplace(part.part_id(), IsPublicPart(part));
  }
}

}  // namespace

void DecideImportCase(CaseDraft* draft) {
  const v1::ImportCase& verb = draft->command().import_case();
  v1::CaseImported& fact =
      *draft->AddEvent(verb.case_().case_id()).mutable_case_()->mutable_case_imported();
  Case& imported = *fact.mutable_case_();
  imported = verb.case_();
  imported.clear_import_source();
  FillSpans(draft->input().now(), &imported);
  FillTimes(&imported);
  for (v1::InteractionPart& part : *imported.mutable_parts()) {
    part.set_visibility(IsPublicPart(part) ? v1::VISIBILITY_PUBLIC : v1::VISIBILITY_INTERNAL);
  }
  *fact.mutable_source() = verb.source();
  CheckImportedSpans(imported, draft);
  CheckImportedTimes(imported, draft);
  CheckImportedParts(imported, draft);
  draft->CheckStateName(kReasonCaseImportNameUnknown, absl::StrCat(kImportedField, ".state_name"));
}

}  // namespace domain
}  // namespace frontdesk
