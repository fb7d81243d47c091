#include "clock_pass.h"

namespace frontdesk {
namespace {

std::int64_t Nanos(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000'000 + time.nanos();
}

}  // namespace

ClockPass PassOverEvents(const std::vector<v1::Event>& events) {
  ClockPass pass;
  v1::Case::State state = v1::Case::STATE_NEW;
  std::int64_t since = 0;
  for (const v1::Event& event : events) {
    const v1::CaseEvent& fact = event.case_();
    const std::int64_t now = Nanos(event.time());
    v1::Case::State next = state;
    switch (fact.event_case()) {
      case v1::CaseEvent::kCaseOpened:
        since = now;
        break;
      case v1::CaseEvent::kCasePartAdded: {
        const v1::InteractionPart& part = fact.case_part_added().part();
        if (part.visibility() != v1::VISIBILITY_PUBLIC) break;
        if (part.author().kind() == v1::Actor::KIND_AGENT) {
          if (pass.first_reply == 0) pass.first_reply = now;
          pass.last_reply = now;
          pass.unanswered_since = 0;
        } else if (part.author().kind() == v1::Actor::KIND_CUSTOMER && pass.unanswered_since == 0) {
          pass.unanswered_since = now;
        }
        break;
      }
      case v1::CaseEvent::kCaseStateChanged:
        next = fact.case_state_changed().state();
        break;
      case v1::CaseEvent::kCaseResolved:
        next = v1::Case::STATE_RESOLVED;
        pass.resolved = now;
        break;
      case v1::CaseEvent::kCaseReopened:
        next = v1::Case::STATE_OPEN;
        pass.resolved = 0;
        break;
      default:
        break;
    }
    if (next == state) continue;
    if (state == v1::Case::STATE_NEW || state == v1::Case::STATE_OPEN) pass.worked += now - since;
    state = next;
    since = now;
  }
  return pass;
}

}  // namespace frontdesk
