// Importing a case from another system: whether its fields are consistent.
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_import.h"
#include "domain/case/case_relations.h"
#include "domain/import_cleaning.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/domain/survivor.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;

bool IsImportedOver(const Case& imported) {
  return imported.state() == Case::STATE_CLOSED || imported.state() == Case::STATE_CANCELED;
}

bool HasSameValue(const v1::CaseStateSpan& a, const v1::CaseStateSpan& b) {
  return a.state() == b.state() && a.state_name() == b.state_name();
}
bool HasSameValue(const v1::CaseAssigneeSpan& a, const v1::CaseAssigneeSpan& b) {
  return a.assignee_id() == b.assignee_id() && a.queue_id() == b.queue_id();
}
bool HasSameValue(const v1::CasePrioritySpan& a, const v1::CasePrioritySpan& b) {
  return a.impact() == b.impact() && a.urgency() == b.urgency() && a.priority() == b.priority();
}

// The stretch of the present values, whose start is not known.
v1::CaseStateSpan PresentState(const Case& imported) {
  v1::CaseStateSpan span;
  span.set_state(imported.state());
  span.set_state_name(imported.state_name());
  return span;
}
v1::CaseAssigneeSpan PresentAssignee(const Case& imported) {
  v1::CaseAssigneeSpan span;
  span.set_assignee_id(imported.assignee_id());
  span.set_queue_id(imported.queue_id());
  return span;
}
v1::CasePrioritySpan PresentPriority(const Case& imported) {
  v1::CasePrioritySpan span;
  span.set_impact(imported.impact());
  span.set_urgency(imported.urgency());
  span.set_priority(imported.priority());
  return span;
}

// Checks whether the fields of one case agree. A strict import refuses a contradiction; another one removes and reports it.
class ImportedCase {
 public:
  // `cleaner` is null for a strict import.
  ImportedCase(CaseDraft* draft, ImportCleaner* cleaner, Case* imported)
      : draft_(*draft), cleaner_(cleaner), case_(*imported), now_(draft->input().now()) {}

  void Check() {
    CheckName();
    CheckSpans("state_spans", PresentState(case_), case_.mutable_state_spans());
    CheckSpans("assignee_spans", PresentAssignee(case_), case_.mutable_assignee_spans());
    CheckSpans("priority_spans", PresentPriority(case_), case_.mutable_priority_spans());
    CheckOpening();
    CheckClosing();
    CheckResolutions();
    CheckParts();
    if (!case_.customer_id().empty() && !draft_.input().has_customer()) {
      Tolerates("customer_id", kReasonImportCustomerUnknown, kReasonImportCustomerUnknown,
                "there is no customer of this id");
    }
  }

 private:
  // Whether the import goes on, without what is at `path`.
  bool Tolerates(const std::string& path, const Reason& finding, absl::string_view refusal,
                 absl::string_view text) {
    if (cleaner_ == nullptr) {
      draft_.Refuse(refusal, absl::StrCat("import_case.case.", path), text);
      return false;
    }
    cleaner_->Report(path, finding, text);
    return true;
  }

  bool IsRemoved(absl::string_view list, int index) const {
    return cleaner_ != nullptr && cleaner_->IsRemoved(list, index);
  }

  void CheckName() {
    if (!draft_.assessment().state_name_unknown() || case_.state_name().empty()) return;
    if (!Tolerates("state_name", kReasonImportStateNameUnknown, kReasonCaseImportNameUnknown,
                   "the name is not one that the policy lists for that category")) {
      return;
    }
    const std::string name = case_.state_name();
    cleaner_->PutAside("state_name", name);
    case_.clear_state_name();
    const int last = case_.state_spans_size() - 1;
    if (last >= 0 && case_.state_spans(last).state_name() == name) {
      case_.mutable_state_spans(last)->clear_state_name();
    }
  }

  template <typename Spans, typename Span>
  void CheckSpans(absl::string_view list, const Span& present, Spans* spans) {
    const Timestamp* latest = nullptr;
    const Span* before = nullptr;
    for (int i = 0; i < spans->size(); ++i) {
      if (IsRemoved(list, i)) continue;
      Span& span = *spans->Mutable(i);
      const std::string path = absl::StrCat(list, "[", i, "]");
      if (before != nullptr && HasSameValue(*before, span) &&
          Tolerates(path, kReasonImportDuplicate, kReasonCaseImportSpansOrder,
                    "has the values of the previous span")) {
        cleaner_->Remove(list, i, span);
        continue;
      }
      before = &span;
      if (!span.has_start_time()) continue;
      const bool is_future = IsBefore(now_, span.start_time());
      const bool is_early = latest != nullptr && IsBefore(span.start_time(), *latest);
      const bool forgets =
          is_future  ? Tolerates(path, kReasonImportTimeOrder, kReasonCaseImportTimes,
                                 "begins after the import")
          : is_early ? Tolerates(path, kReasonImportSpansOrder, kReasonCaseImportSpansOrder,
                                 "begins before a previous span")
                     : false;
      if (forgets) {
        cleaner_->PutAside(absl::StrCat(path, ".start_time"), span.start_time());
        span.clear_start_time();
      } else {
        latest = &span.start_time();
      }
    }
    if (before != nullptr && !HasSameValue(*before, present)) {
      Tolerates(absl::StrCat(list, "[", spans->size() - 1, "]"), kReasonImportSpansState,
                kReasonCaseImportSpansState, "is the last, and does not have the present values");
    }
  }

  // Of a merged case, whether its history says that it was not over before.
  bool WasOpenBeforeMerge() const {
    for (int i = case_.state_spans_size(); case_.state() == Case::STATE_MERGED && i > 0; --i) {
      const Case::State before = case_.state_spans(i - 1).state();
      if (!IsRemoved("state_spans", i - 1) && before != Case::STATE_MERGED) return !IsOver(before);
    }
    return false;
  }

  // The first stretch of the history.
  const v1::CaseStateSpan* FirstSpan() const {
    for (int i = 0; i < case_.state_spans_size(); ++i) {
      if (!IsRemoved("state_spans", i)) return &case_.state_spans(i);
    }
    return nullptr;
  }

  void CheckOpening() {
    if (!case_.has_open_time()) return;
    const v1::CaseStateSpan* const first = FirstSpan();
    const bool is_future = IsBefore(now_, case_.open_time());
    const bool is_late = first != nullptr && first->has_start_time() &&
                         IsBefore(first->start_time(), case_.open_time());
    if ((is_future || is_late) &&
        Tolerates("open_time", kReasonImportTimeOrder, kReasonCaseImportTimes,
                  is_future ? "is after the import"
                            : "is after the beginning of the history of the state")) {
      cleaner_->PutAside("open_time", case_.open_time());
      case_.clear_open_time();
    }
  }

  void CheckClosing() {
    if (!case_.has_close_time()) return;
    absl::string_view fault;
    if (!IsImportedOver(case_) && case_.state() != Case::STATE_MERGED) {
      fault = "is set, and the case is not over";
    } else if (WasOpenBeforeMerge()) {
      fault = "is set, and the case was not over when it was merged";
    } else if ((case_.has_open_time() && IsBefore(case_.close_time(), case_.open_time())) ||
               IsBefore(now_, case_.close_time())) {
      fault = "is before the case was opened, or after the import";
    }
    if (!fault.empty() &&
        Tolerates("close_time", kReasonImportTimeOrder, kReasonCaseImportTimes, fault)) {
      cleaner_->PutAside("close_time", case_.close_time());
      case_.clear_close_time();
    }
  }

  void CheckResolutions() {
    for (int i = 0; i < case_.resolutions_size(); ++i) {
      v1::Resolution& resolution = *case_.mutable_resolutions(i);
      if (IsRemoved("resolutions", i) || !resolution.has_time() ||
          !IsBefore(now_, resolution.time())) {
        continue;
      }
      const std::string path = absl::StrCat("resolutions[", i, "].time");
      if (Tolerates(path, kReasonImportTimeOrder, kReasonCaseImportTimes, "is after the import")) {
        cleaner_->PutAside(path, resolution.time());
        resolution.clear_time();
      }
    }
  }

  // As where parts are added one by one: a correction shows nothing that was internal.
  void CheckParts() {
    std::map<std::string, bool> is_public;
    for (int i = 0; i < case_.parts_size(); ++i) {
      if (IsRemoved("parts", i)) continue;
      v1::InteractionPart& part = *case_.mutable_parts(i);
      const std::string path = absl::StrCat("parts[", i, "]");
      if (!part.corrects_part_id().empty()) {
        const auto corrected = is_public.find(part.corrects_part_id());
        if (corrected == is_public.end()) {
          const std::string field = absl::StrCat(path, ".corrects_part_id");
          if (Tolerates(field, kReasonImportReferenceUnknown, kReasonCaseImportPartCorrectsUnknown,
                        "there is no such part before it")) {
            cleaner_->PutAside(field, part.corrects_part_id());
            part.clear_corrects_part_id();
          }
        } else if (IsPublicPart(part) && !corrected->second &&
                   Tolerates(absl::StrCat(path, ".visibility"), kReasonImportContradiction,
                             kReasonCaseImportPartMoreVisible, "the corrected part is internal")) {
          part.set_visibility(v1::VISIBILITY_INTERNAL);
        }
      }
      is_public.emplace(part.part_id(), IsPublicPart(part));
    }
  }

  CaseDraft& draft_;
  ImportCleaner* const cleaner_;
  Case& case_;
  const Timestamp& now_;
};

// Ends a history in the present values. One that there is none of is these alone.
template <typename Spans, typename Span>
void EndSpans(const Span& present, Spans* spans) {
  if (spans->empty() || !HasSameValue(*spans->rbegin(), present)) *spans->Add() = present;
}

// Times that the source leaves out, where its history says them. A case begins in NEW: another first stretch is not the opening.
void FillTimes(const Case& given, Case* imported) {
  const auto& spans = given.state_spans();
  if (!given.has_open_time() && !spans.empty() && spans[0].state() == Case::STATE_NEW &&
      imported->state_spans(0).has_start_time()) {
    *imported->mutable_open_time() = imported->state_spans(0).start_time();
  }
  if (given.has_close_time() || !IsImportedOver(*imported)) return;
  // The state may have had several names since.
  int first = imported->state_spans_size();
  while (first > 0 && imported->state_spans(first - 1).state() == imported->state()) --first;
  if (first < imported->state_spans_size() && imported->state_spans(first).has_start_time()) {
    *imported->mutable_close_time() = imported->state_spans(first).start_time();
  }
}

// The survivor of a merge in the source learns of it.
void MergeIntoSurvivor(const Case& imported, CaseDraft* draft) {
  const std::string field = "import_case.case.survivor_case_id";
  if (!RequireOtherCase(field, imported.survivor_case_id(), draft)) return;
  const Case& survivor = draft->input().other_case();
  if (!imported.customer_id().empty() &&
      !AreOfOneCustomer(draft->input().customer(), imported.customer_id(),
                        survivor.customer_id())) {
    draft->Refuse(kReasonCaseImportSurvivorCustomer, field);
  }
  v1::CaseMerged& fact =
      *draft->AddEvent(survivor.case_id()).mutable_case_()->mutable_case_merged();
  fact.mutable_merge()->set_case_id(imported.case_id());
  const v1::CaseStateSpan& last = *imported.state_spans().rbegin();
  if (last.has_start_time()) *fact.mutable_merge()->mutable_merge_time() = last.start_time();
  fact.set_is_unassigned(survivor.assignee_id().empty());
}

}  // namespace

void DecideImportCase(CaseDraft* draft) {
  const v1::ImportCase& verb = draft->command().import_case();
  v1::CaseImported fact;
  Case& imported = *fact.mutable_case_();
  imported = verb.case_();
  imported.clear_import_source();
  *fact.mutable_source() = ImportedFrom(verb.source(), draft->input().now());
  if (verb.strict()) {
    draft->Refuse(CheckSetAttributes("import_case.case.attributes", imported.attributes(),
                                     draft->input().attribute_definitions()));
    ImportedCase(draft, nullptr, &imported).Check();
  } else {
    const FieldPath field{&draft->root(), "case"};
    ImportCleaner cleaner(field, verb.source(), &imported);
    ArgumentChecker checker;
    CleanImportedCase(field, imported, &cleaner, &checker);
    draft->Refuse(std::move(checker).Take());
    cleaner.CleanAttributes(draft->input().attribute_definitions());
    ImportedCase(draft, &cleaner, &imported).Check();
    for (v1::ImportFinding& finding : std::move(cleaner).Finish()) {
      *fact.add_findings() = std::move(finding);
    }
  }
  if (draft->refused()) return;
  EndSpans(PresentState(imported), imported.mutable_state_spans());
  EndSpans(PresentAssignee(imported), imported.mutable_assignee_spans());
  EndSpans(PresentPriority(imported), imported.mutable_priority_spans());
  FillTimes(verb.case_(), &imported);
  for (v1::InteractionPart& part : *imported.mutable_parts()) {
    part.set_visibility(IsPublicPart(part) ? v1::VISIBILITY_PUBLIC : v1::VISIBILITY_INTERNAL);
  }
  v1::Event& event = draft->AddEvent(imported.case_id());
  if (imported.state() != Case::STATE_MERGED) {
    *event.mutable_case_()->mutable_case_imported() = std::move(fact);
    return;
  }
  *event.mutable_case_()->mutable_case_imported() = fact;
  MergeIntoSurvivor(imported, draft);
}

}  // namespace domain
}  // namespace frontdesk
