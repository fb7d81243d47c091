// Folding what the clocks of a case follow from, and the clocks themselves.
#include <algorithm>
#include <tuple>

#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;
using v1::CaseServiceTimes;

// The instant that counts for clocks.
const Timestamp& ClockTimeOf(const v1::Event& event) {
  return event.has_occur_time() ? event.occur_time() : event.time();
}

// One of the instants, and whether it is known.
struct Instant {
  bool (CaseServiceTimes::*is_known)() const;
  Timestamp* (CaseServiceTimes::*value)();
};

#define FRONTDESK_INSTANT(field) \
  { &CaseServiceTimes::has_##field, &CaseServiceTimes::mutable_##field }
constexpr Instant kEpisodeStart = FRONTDESK_INSTANT(episode_start_time);
constexpr Instant kStateStart = FRONTDESK_INSTANT(state_start_time);
constexpr Instant kFirstReply = FRONTDESK_INSTANT(first_reply_time);
constexpr Instant kLastReply = FRONTDESK_INSTANT(last_reply_time);
constexpr Instant kUnansweredSince = FRONTDESK_INSTANT(unanswered_since_time);
constexpr Instant kLastCustomer = FRONTDESK_INSTANT(last_customer_time);
constexpr Instant kAcknowledge = FRONTDESK_INSTANT(acknowledge_time);
#undef FRONTDESK_INSTANT

void KeepEarliest(const Timestamp& time, const Instant& instant, CaseServiceTimes* times) {
  const bool is_known = (times->*instant.is_known)();
  Timestamp& earliest = *(times->*instant.value)();
  if (!is_known || IsBefore(time, earliest)) earliest = time;
}

void KeepLatest(const Timestamp& time, const Instant& instant, CaseServiceTimes* times) {
  const bool is_known = (times->*instant.is_known)();
  Timestamp& latest = *(times->*instant.value)();
  if (!is_known || IsBefore(latest, time)) latest = time;
}

void NoteReply(const Timestamp& time, CaseServiceTimes* times) {
  KeepEarliest(time, kFirstReply, times);
  KeepLatest(time, kLastReply, times);
  if (!times->has_unanswered_since_time() || IsBefore(time, times->unanswered_since_time())) return;
  // A late entry answers only what came before it. Of the later parts, the latest is known.
  if (IsBefore(time, times->last_customer_time())) {
    *times->mutable_unanswered_since_time() = times->last_customer_time();
  } else {
    times->clear_unanswered_since_time();
  }
}

void NoteCustomerPart(const Timestamp& time, CaseServiceTimes* times) {
  KeepLatest(time, kLastCustomer, times);
  // A late entry may have been answered already.
  if (times->has_last_reply_time() && IsBefore(time, times->last_reply_time())) return;
  KeepEarliest(time, kUnansweredSince, times);
}

// Parts without a time, of an imported case, say nothing.
void NotePart(const v1::InteractionPart& part, CaseServiceTimes* times) {
  if (!IsPublicPart(part) || !part.corrects_part_id().empty()) return;
  if (!part.has_occur_time() && !part.has_time()) return;
  const Timestamp& time = part.has_occur_time() ? part.occur_time() : part.time();
  const v1::Actor::Kind author = part.author().kind();
  if (author == v1::Actor::KIND_CUSTOMER) return NoteCustomerPart(time, times);
  if (author == v1::Actor::KIND_AGENT) NoteReply(time, times);
  if (author == v1::Actor::KIND_UNSPECIFIED || !times->has_complaint_since_time()) return;
  if (IsBefore(time, times->complaint_since_time())) return;
  KeepEarliest(time, kAcknowledge, times);
}

// Whether a case in that state has ended, or is merged.
bool IsAside(Case::State state) {
  return state == Case::STATE_RESOLVED || state == Case::STATE_MERGED || IsOver(state);
}

// The episode of an imported case began with the stretch after the last one in which it was resolved or over, else when it was opened. An
// unknown one stays absent.
void BeginImported(Case* begun, CaseServiceTimes* times) {
  int first = begun->state_spans_size();
  while (first > 0 && !IsAside(begun->state_spans(first - 1).state())) --first;
  if (first == 0) {
    if (begun->has_open_time()) *times->mutable_episode_start_time() = begun->open_time();
  } else if (first < begun->state_spans_size() && begun->state_spans(first).has_start_time()) {
    *times->mutable_episode_start_time() = begun->state_spans(first).start_time();
  }
  if (begun->has_state_time()) *times->mutable_state_start_time() = begun->state_time();
}

void BeginTimes(const v1::Event& event, Case* begun) {
  CaseServiceTimes& times = *begun->mutable_service_times();
  times.Clear();
  if (event.case_().has_case_imported()) {
    BeginImported(begun, &times);
  } else {
    *times.mutable_episode_start_time() = ClockTimeOf(event);
    *times.mutable_state_start_time() = ClockTimeOf(event);
  }
  if (begun->kind() == Case::KIND_COMPLAINT && times.has_episode_start_time()) {
    *times.mutable_complaint_since_time() = times.episode_start_time();
  }
  for (const v1::InteractionPart& part : begun->parts()) NotePart(part, &times);
}

void JoinTimes(const CaseServiceTimes& merged, CaseServiceTimes* times) {
  if (merged.has_episode_start_time() && times->has_episode_start_time()) {
    KeepEarliest(merged.episode_start_time(), kEpisodeStart, times);
  }
  if (merged.has_first_reply_time()) {
    KeepEarliest(merged.first_reply_time(), kFirstReply, times);
  }
  if (merged.has_last_reply_time()) {
    KeepLatest(merged.last_reply_time(), kLastReply, times);
  }
  if (merged.has_unanswered_since_time()) {
    KeepEarliest(merged.unanswered_since_time(), kUnansweredSince, times);
  }
  if (merged.has_last_customer_time()) {
    KeepLatest(merged.last_customer_time(), kLastCustomer, times);
  }
}

auto KeyOf(const v1::CaseClock& clock) {
  return std::make_tuple(static_cast<int>(clock.metric()), clock.milestone(), clock.instance());
}

v1::CaseClockTotal& TotalOf(const v1::CaseClock& clock, Case* current_case) {
  auto& totals = *current_case->mutable_clock_totals();
  const auto key = std::make_pair(static_cast<int>(clock.metric()), clock.milestone());
  auto place = std::find_if(totals.begin(), totals.end(), [&key](const v1::CaseClockTotal& each) {
    return std::make_pair(static_cast<int>(each.metric()), each.milestone()) >= key;
  });
  if (place != totals.end() && place->metric() == clock.metric() &&
      place->milestone() == clock.milestone()) {
    return *place;
  }
  const auto before = place - totals.begin();
  v1::CaseClockTotal& added = *totals.Add();
  added.set_metric(clock.metric());
  added.set_milestone(clock.milestone());
  std::rotate(totals.pointer_begin() + before, totals.pointer_end() - 1, totals.pointer_end());
  return totals[static_cast<int>(before)];
}

void CountEnd(const v1::CaseClock& clock, v1::CaseClockTotal* total) {
  if (clock.state() == v1::CaseClock::STATE_STOPPED) {
    total->set_stopped_count(NextCount(total->stopped_count()));
    if (clock.is_late()) total->set_stopped_late_count(NextCount(total->stopped_late_count()));
  } else if (clock.is_late()) {
    total->set_met_late_count(NextCount(total->met_late_count()));
  } else {
    total->set_met_count(NextCount(total->met_count()));
  }
}

void ApplyClockChange(const v1::CaseClock& clock, Case* current_case) {
  auto& clocks = *current_case->mutable_clocks();
  auto place = std::find_if(clocks.begin(), clocks.end(), [&clock](const v1::CaseClock& each) {
    return KeyOf(each) >= KeyOf(clock);
  });
  const bool is_known = place != clocks.end() && KeyOf(*place) == KeyOf(clock);
  const bool is_over =
      clock.state() == v1::CaseClock::STATE_MET || clock.state() == v1::CaseClock::STATE_STOPPED;
  v1::CaseClockTotal& total = TotalOf(clock, current_case);
  if (!is_known) total.set_count(NextCount(total.count()));
  *total.mutable_last_start_time() = clock.start_time();
  if (is_over) {
    CountEnd(clock, &total);
    *current_case->add_ended_clocks() = clock;
    if (is_known) clocks.erase(place);
    return;
  }
  if (is_known) {
    *place = clock;
    return;
  }
  const auto before = place - clocks.begin();
  *clocks.Add() = clock;
  std::rotate(clocks.pointer_begin() + before, clocks.pointer_end() - 1, clocks.pointer_end());
}

}  // namespace

void KeepServiceTimes(const ServiceFacts& before, const v1::Event& event, Case* current_case) {
  const v1::CaseEvent& fact = event.case_();
  if (fact.has_case_opened() || fact.has_case_imported()) return BeginTimes(event, current_case);
  CaseServiceTimes& times = *current_case->mutable_service_times();
  const Timestamp& time = ClockTimeOf(event);
  if (current_case->state_spans_size() > before.state_spans) {
    KeepLatest(time, kStateStart, &times);
  }
  if (fact.has_case_reopened() || fact.has_case_restored()) {
    *times.mutable_episode_start_time() = times.state_start_time();
  }
  if ((current_case->kind() == Case::KIND_COMPLAINT) != (before.kind == Case::KIND_COMPLAINT)) {
    times.clear_acknowledge_time();
    times.clear_complaint_since_time();
    if (before.kind != Case::KIND_COMPLAINT) *times.mutable_complaint_since_time() = time;
  }
  if (fact.has_case_part_added()) NotePart(fact.case_part_added().part(), &times);
  if (fact.has_case_merged()) JoinTimes(fact.case_merged().merged_service_times(), &times);
}

void ApplyCaseClocksChanged(const v1::CaseClocksChanged& fact, Case* current_case) {
  for (const v1::ClockChange& change : fact.changes()) {
    ApplyClockChange(change.clock(), current_case);
  }
  current_case->set_service_level_id(fact.service_level_id());
}

}  // namespace domain
}  // namespace frontdesk
