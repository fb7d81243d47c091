// Functions shared by the folding of case events. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_FOLD_H_
#define FRONTDESK_DOMAIN_CASE_CASE_FOLD_H_

#include <string>

#include "absl/status/status.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_events.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// Begins a new span. A case that is over gets its `close_time`, unless it was over already.
void Enter(v1::Case::State state, const std::string& state_name,
           const google::protobuf::Timestamp& start_time, v1::Case* current_case);

// Events of who works on a case (case_hands_evolve.cc): assigned, transferred, consulted, referred. EVENT_NOT_APPLICABLE for any
// other.
absl::Status ApplyHands(const v1::Event& event, v1::Case* current_case);

// The values of a case whose every change is kept in a span.
struct CasePlace {
  explicit CasePlace(const v1::Case& one);

  std::string assignee_id;
  std::string queue_id;
  int impact;
  int urgency;
  int priority;
};

// Adds a span of assignee and queue, and one of impact, urgency and priority, if `event` made them others than `before`: whatever the event
// is, so that none is forgotten. An import has its own spans.
void KeepPlaceSpans(const CasePlace& before, const v1::Event& event, v1::Case* current_case);

// The values of a case before an event that its service times follow from. A plain struct.
struct ServiceFacts {
  explicit ServiceFacts(const v1::Case& one)
      : kind(one.kind()), state_spans(one.state_spans_size()) {}

  v1::Case::Kind kind;
  int state_spans;
};

// Keeps `service_times`, whatever the event is; `before` is the case before it was folded.
void KeepServiceTimes(const ServiceFacts& before, const v1::Event& event, v1::Case* current_case);

// Folding one event. Counts follow from the event alone; the elements of lists may not be there. An item that it names and the case does not have is passed over, and so is a link, a merge or a split that the case has already.
void ApplyCaseLinked(const v1::CaseLinked& fact, v1::Case* current_case);
void ApplyCaseUnlinked(const v1::CaseUnlinked& fact, v1::Case* current_case);
void ApplyCaseTaskAdded(const v1::CaseTaskAdded& fact, v1::Case* current_case);
void ApplyCaseTaskCompleted(const v1::Event& event, v1::Case* current_case);
void ApplyCaseTaskRemoved(const v1::CaseTaskRemoved& fact, v1::Case* current_case);
void ApplyCaseMerged(const v1::CaseMerged& fact, v1::Case* current_case);
void ApplyCaseMergedAway(const v1::CaseMergedAway& fact, v1::Case* current_case);
void ApplyCaseUnmerged(const v1::CaseUnmerged& fact, v1::Case* current_case);
void ApplyCaseRestored(const v1::CaseRestored& fact, v1::Case* current_case);
void ApplyCaseClocksChanged(const v1::CaseClocksChanged& fact, v1::Case* current_case);
void ApplyCaseSplit(const v1::CaseSplit& fact, v1::Case* current_case);
void ApplyCaseUnsplit(const v1::CaseUnsplit& fact, v1::Case* current_case);
void ApplyCaseResolutionCorrected(const v1::CaseResolutionCorrected& fact, v1::Case* current_case);
void ApplyCaseParticipantAdded(const v1::CaseParticipantAdded& fact, v1::Case* current_case);
void ApplyCaseParticipantRemoved(const v1::CaseParticipantRemoved& fact, v1::Case* current_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_FOLD_H_
