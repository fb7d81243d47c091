#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_relations.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/case.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;

bool IsResolved(Case::State state) {
  return state == Case::STATE_RESOLVED || state == Case::STATE_CLOSED;
}

// The totals of that state, which are in the order of the states.
v1::CaseStateTotal& TotalOf(Case::State state, Case* current_case) {
  auto& totals = *current_case->mutable_state_totals();
  auto total = std::find_if(totals.begin(), totals.end(), [state](const v1::CaseStateTotal& each) {
    return each.state() >= state;
  });
  if (total != totals.end() && total->state() == state) return *total;
  const auto before = total - totals.begin();
  totals.Add()->set_state(state);
  std::rotate(totals.pointer_begin() + before, totals.pointer_end() - 1, totals.pointer_end());
  return totals[static_cast<int>(before)];
}

// Adds the time from `start` to `end`, if it is later.
void AddTime(const Timestamp& start, const Timestamp& end, v1::CaseStateTotal* total) {
  const absl::optional<absl::Time> from = internal::DecodeTime(start);
  const absl::optional<absl::Time> to = internal::DecodeTime(end);
  if (!from.has_value() || !to.has_value() || *to <= *from) return;
  const absl::Duration before =
      internal::DecodeDuration(total->duration()).value_or(absl::ZeroDuration());
  *total->mutable_duration() = internal::EncodeDuration(before + (*to - *from));
}

// Sets everything that follows from a new span, but the list of spans.
void BeginSpan(const v1::CaseStateSpan& span, Case* current_case) {
  const Case::State before = current_case->state();
  // The time since when a case is resolved is not known when the first of such stretches has no start.
  const bool was_resolved =
      IsResolved(before) ||
      (before == Case::STATE_MERGED && IsResolved(current_case->span_before_merge().state()));
  if (current_case->has_state_time() && span.has_start_time()) {
    AddTime(current_case->state_time(), span.start_time(), &TotalOf(before, current_case));
  }
  if (span.state() == Case::STATE_MERGED && before != Case::STATE_MERGED &&
      before != Case::STATE_UNSPECIFIED) {
    v1::CaseStateSpan& merged = *current_case->mutable_span_before_merge();
    merged.set_state(before);
    merged.set_state_name(current_case->state_name());
    if (current_case->has_state_time()) {
      *merged.mutable_start_time() = current_case->state_time();
    } else {
      merged.clear_start_time();
    }
  } else if (span.state() != Case::STATE_MERGED) {
    current_case->clear_span_before_merge();
  }
  // A case stays resolved while it is merged, and in the names of a state.
  if (IsResolved(span.state())) {
    if (!was_resolved && span.has_start_time()) {
      *current_case->mutable_resolved_since_time() =
          span.has_occur_time() ? span.occur_time() : span.start_time();
    }
  } else if (span.state() != Case::STATE_MERGED) {
    current_case->clear_resolved_since_time();
  }
  current_case->set_state(span.state());
  current_case->set_state_name(span.state_name());
  v1::CaseStateTotal& total = TotalOf(span.state(), current_case);
  if (!span.has_start_time()) {
    current_case->clear_state_time();
    total.clear_last_time();
    total.set_unknown_count(NextCount(total.unknown_count()));
  } else {
    *current_case->mutable_state_time() = span.start_time();
    if (total.count() == 0) *total.mutable_first_time() = span.start_time();
    *total.mutable_last_time() = span.start_time();
  }
  total.set_count(NextCount(total.count()));
}

}  // namespace

void Enter(Case::State state, const std::string& state_name, const Timestamp& start_time,
           Case* current_case) {
  // An event that says no state leaves the case in its own.
  if (state == Case::STATE_UNSPECIFIED) state = current_case->state();
  // The party outside no longer has its matter. While the case is merged, the referral continues.
  if (current_case->state() == Case::STATE_WAITING_ON_THIRD_PARTY &&
      state != Case::STATE_WAITING_ON_THIRD_PARTY && state != Case::STATE_MERGED) {
    for (v1::CaseReferral& referral : *current_case->mutable_referrals()) {
      if (referral.has_return_time()) continue;
      // Commands may come in another order than that of their times.
      const bool earlier = IsBefore(start_time, referral.refer_time());
      *referral.mutable_return_time() = earlier ? referral.refer_time() : start_time;
    }
  }
  // A case that is worked on again has not ended. One that is merged keeps the reason for when it is unmerged.
  if (!IsOver(state) && state != Case::STATE_MERGED) current_case->clear_end_reason();
  // A resolved or finished case is escalated no further.
  if (state == Case::STATE_RESOLVED || IsOver(state)) current_case->clear_escalation();
  // A case that is merged waits on when it is unmerged.
  const bool is_aside = state == Case::STATE_MERGED || current_case->state() == Case::STATE_MERGED;
  if (!is_aside && state != current_case->state()) current_case->clear_wait_until_time();
  const bool was_over = IsOver(current_case->state());
  v1::CaseStateSpan span;
  span.set_state(state);
  span.set_state_name(state_name);
  *span.mutable_start_time() = start_time;
  BeginSpan(span, current_case);
  *current_case->add_state_spans() = std::move(span);
  if (!IsOver(state)) {
    current_case->clear_close_time();
  } else if (!was_over) {
    *current_case->mutable_close_time() = start_time;
  }
}

namespace {

// Computes the counts and sums of the lists that a case begins with.
void CountLists(Case* begun) {
  CountParts(begun);
  begun->set_link_count(begun->links_size());
  begun->clear_case_link_counts();
  google::protobuf::RepeatedPtrField<v1::CaseLink> links;
  links.Swap(begun->mutable_case_links());
  for (const v1::CaseLink& link : begun->further_case_links()) *links.Add() = link;
  begun->clear_further_case_links();
  for (const v1::CaseLink& link : links) AddCaseLink(link, begun);
  begun->set_merged_case_count(begun->merged_cases_size());
  begun->set_task_count(begun->tasks_size());
  begun->set_open_task_count(
      std::count_if(begun->tasks().begin(), begun->tasks().end(),
                    [](const v1::FollowUpTask& task) { return !task.has_complete_time(); }));
  const Case::State state = begun->state();
  const std::string state_name = begun->state_name();
  begun->clear_state();
  begun->clear_state_name();
  begun->clear_state_time();
  begun->clear_state_totals();
  begun->clear_resolved_since_time();
  begun->clear_span_before_merge();
  for (const v1::CaseStateSpan& span : begun->state_spans()) BeginSpan(span, begun);
  begun->set_state(state);
  begun->set_state_name(state_name);
}

absl::Status Begin(const Case& begun, const v1::Event& event, Case* current_case) {
  if (current_case->state() != Case::STATE_UNSPECIFIED ||
      begun.state() == Case::STATE_UNSPECIFIED || begun.case_id() != event.entity().id()) {
    return NotApplicableError("the case exists already, or has another id");
  }
  *current_case = begun;
  CountLists(current_case);
  return absl::OkStatus();
}

// An event that says nothing changes nothing.
void SetUnlessEmpty(const std::string& value, std::string* field) {
  if (!value.empty()) *field = value;
}

void ApplyClassified(const v1::CaseClassified& fact, Case* current_case) {
  current_case->set_kind(fact.kind());
  *current_case->mutable_tags() = fact.tags();
  *current_case->mutable_attributes() = fact.attributes();
}

void ApplyPrioritized(const v1::CasePrioritized& fact, Case* current_case) {
  current_case->set_impact(fact.impact());
  current_case->set_urgency(fact.urgency());
  current_case->set_priority(fact.priority());
}

void ApplyStateChanged(const v1::CaseStateChanged& fact, Case* current_case) {
  Enter(fact.state(), fact.state_name(), fact.start_time(), current_case);
  if (fact.has_wait_until_time()) {
    *current_case->mutable_wait_until_time() = fact.wait_until_time();
  } else {
    current_case->clear_wait_until_time();
  }
  if (!IsOver(fact.state())) return;
  current_case->set_end_reason(fact.reason());
  current_case->clear_transfer_offer();
}

void ApplyResolved(const v1::CaseResolved& fact, Case* current_case) {
  Enter(Case::STATE_RESOLVED, fact.state_name(), fact.resolution().time(), current_case);
  *current_case->add_resolutions() = fact.resolution();
  current_case->clear_transfer_offer();
}

void ApplyReopened(const v1::CaseReopened& fact, Case* current_case) {
  Enter(Case::STATE_OPEN, fact.state_name(), fact.start_time(), current_case);
  current_case->set_reopen_count(NextCount(current_case->reopen_count()));
}

void ApplyCaseCancelled(const v1::CaseCanceled& fact, Case* current_case) {
  Enter(Case::STATE_CANCELED, fact.state_name(), fact.start_time(), current_case);
  current_case->set_end_reason(fact.reason());
  current_case->clear_transfer_offer();
}

// The stretches from number `first` on began by the event: they keep its actor, and the instant that a late entry names.
void KeepOccasion(const v1::Event& event, int first, Case* current_case) {
  for (int i = first; i < current_case->state_spans_size(); ++i) {
    v1::CaseStateSpan& span = *current_case->mutable_state_spans(i);
    span.set_actor_id(event.actor_id());
    if (event.has_occur_time()) *span.mutable_occur_time() = event.occur_time();
  }
}

absl::Status FoldCaseEvent(const v1::Event& event, Case* current_case) {
  if (event.entity().kind() != v1::ENTITY_KIND_CASE) {
    return NotApplicableError("the event is not about a case");
  }
  const v1::CaseEvent& fact = event.case_();
  if (fact.has_case_opened()) return Begin(fact.case_opened().case_(), event, current_case);
  if (fact.has_case_imported()) {
    absl::Status begun = Begin(fact.case_imported().case_(), event, current_case);
    if (begun.ok()) *current_case->mutable_import_source() = fact.case_imported().source();
    return begun;
  }
  if (event.entity().id() != current_case->case_id() ||
      current_case->state() == Case::STATE_UNSPECIFIED) {
    return NotApplicableError("the event is about another case");
  }
  switch (fact.event_case()) {
    case v1::CaseEvent::kCaseClassified:
      ApplyClassified(fact.case_classified(), current_case);
      break;
    case v1::CaseEvent::kCaseCustomerSet:
      SetUnlessEmpty(fact.case_customer_set().customer_id(), current_case->mutable_customer_id());
      break;
    case v1::CaseEvent::kCaseSubjectChanged:
      SetUnlessEmpty(fact.case_subject_changed().subject(), current_case->mutable_subject());
      break;
    case v1::CaseEvent::kCasePrioritized:
      ApplyPrioritized(fact.case_prioritized(), current_case);
      break;
    case v1::CaseEvent::kCasePartAdded:
      AddPart(fact.case_part_added().part(), current_case);
      break;
    case v1::CaseEvent::kCaseStateChanged:
      ApplyStateChanged(fact.case_state_changed(), current_case);
      break;
    case v1::CaseEvent::kCaseResolved:
      ApplyResolved(fact.case_resolved(), current_case);
      break;
    case v1::CaseEvent::kCaseReopened:
      ApplyReopened(fact.case_reopened(), current_case);
      break;
    case v1::CaseEvent::kCaseCanceled:
      ApplyCaseCancelled(fact.case_canceled(), current_case);
      break;
    case v1::CaseEvent::kCaseStateNamed:
      Enter(current_case->state(), fact.case_state_named().state_name(),
            fact.case_state_named().start_time(), current_case);
      break;
    case v1::CaseEvent::kCaseLinked:
      ApplyCaseLinked(fact.case_linked(), current_case);
      break;
    case v1::CaseEvent::kCaseUnlinked:
      ApplyCaseUnlinked(fact.case_unlinked(), current_case);
      break;
    case v1::CaseEvent::kCaseTaskAdded:
      ApplyCaseTaskAdded(fact.case_task_added(), current_case);
      break;
    case v1::CaseEvent::kCaseTaskCompleted:
      ApplyCaseTaskCompleted(event, current_case);
      break;
    case v1::CaseEvent::kCaseTaskRemoved:
      ApplyCaseTaskRemoved(fact.case_task_removed(), current_case);
      break;
    case v1::CaseEvent::kCaseMerged:
      ApplyCaseMerged(fact.case_merged(), current_case);
      break;
    case v1::CaseEvent::kCaseMergedAway:
      ApplyCaseMergedAway(fact.case_merged_away(), current_case);
      break;
    case v1::CaseEvent::kCaseUnmerged:
      ApplyCaseUnmerged(fact.case_unmerged(), current_case);
      break;
    case v1::CaseEvent::kCaseRestored:
      ApplyCaseRestored(fact.case_restored(), current_case);
      break;
    case v1::CaseEvent::kCaseSplit:
      ApplyCaseSplit(fact.case_split(), current_case);
      break;
    case v1::CaseEvent::kCaseUnsplit:
      ApplyCaseUnsplit(fact.case_unsplit(), current_case);
      break;
    case v1::CaseEvent::kCaseResolutionCorrected:
      ApplyCaseResolutionCorrected(fact.case_resolution_corrected(), current_case);
      break;
    case v1::CaseEvent::kCaseExternalIdsChanged:
      *current_case->mutable_external_ids() = fact.case_external_ids_changed().external_ids();
      break;
    case v1::CaseEvent::kCaseParticipantAdded:
      ApplyCaseParticipantAdded(fact.case_participant_added(), current_case);
      break;
    case v1::CaseEvent::kCaseParticipantRemoved:
      ApplyCaseParticipantRemoved(fact.case_participant_removed(), current_case);
      break;
    case v1::CaseEvent::kCaseClocksChanged:
      ApplyCaseClocksChanged(fact.case_clocks_changed(), current_case);
      break;
    default:
      return ApplyHands(event, current_case);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status EvolveCase(const v1::Event& event, v1::Case* current_case) {
  const int known_spans = current_case->state_spans_size();
  const bool was_resolved = current_case->has_resolved_since_time();
  const CasePlace before(*current_case);
  const ServiceFacts service_before(*current_case);
  absl::Status folded = FoldCaseEvent(event, current_case);
  if (!folded.ok()) return folded;
  KeepPlaceSpans(before, event, current_case);
  KeepServiceTimes(service_before, event, current_case);
  // The history of an imported case is not that of the import.
  if (event.case_().has_case_imported()) return folded;
  KeepOccasion(event, known_spans, current_case);
  if (event.has_occur_time() && !was_resolved && current_case->has_resolved_since_time()) {
    *current_case->mutable_resolved_since_time() = event.occur_time();
  }
  return folded;
}

}  // namespace domain
}  // namespace frontdesk
