#include <algorithm>
#include <string>

#include "domain/case/case_fold.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/case.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;
using v1::CaseCommand;

bool IsOver(Case::State state) {
  return state == Case::STATE_CLOSED || state == Case::STATE_CANCELED;
}

}  // namespace

bool Leads(CaseCommand::VerbCase command, const Case& current_case, Case::State to) {
  return CaseLifecycle().Leads(command, current_case.state(), to);
}

bool Keeps(CaseCommand::VerbCase command, const Case& current_case) {
  return Leads(command, current_case, current_case.state());
}

absl::Status Enter(Case::State state, const std::string& state_name, const Timestamp& start_time,
                   Case* current_case) {
  const int spans = current_case->state_spans_size();
  if (spans > 0 && IsBefore(start_time, current_case->state_spans(spans - 1).start_time())) {
    return NotApplicableError("the state would change before its last change");
  }
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
  // A resolved or finished case is escalated no further.
  if (state == Case::STATE_RESOLVED || IsOver(state)) current_case->clear_escalation();
  const bool was_over = IsOver(current_case->state());
  current_case->set_state(state);
  current_case->set_state_name(state_name);
  v1::CaseStateSpan& span = *current_case->add_state_spans();
  span.set_state(state);
  span.set_state_name(state_name);
  *span.mutable_start_time() = start_time;
  if (!IsOver(state)) {
    current_case->clear_close_time();
  } else if (!was_over) {
    *current_case->mutable_close_time() = start_time;
  }
  return absl::OkStatus();
}

namespace {

absl::Status ApplyOpened(const v1::Event& event, Case* current_case) {
  const Case& opened = event.case_().case_opened().case_();
  if (current_case->state() != Case::STATE_UNSPECIFIED || opened.state() != Case::STATE_NEW ||
      opened.case_id() != event.entity().id() || opened.state_spans_size() != 1 ||
      opened.state_spans(0).state() != Case::STATE_NEW) {
    return NotApplicableError("the case exists already, is not NEW, or has another id");
  }
  *current_case = opened;
  return absl::OkStatus();
}

// An imported case begins in the state that it has in the other system.
absl::Status ApplyImported(const v1::Event& event, Case* current_case) {
  const Case& imported = event.case_().case_imported().case_();
  const int spans = imported.state_spans_size();
  if (!Leads(CaseCommand::kImportCase, *current_case, imported.state()) ||
      imported.case_id() != event.entity().id() || spans == 0 ||
      imported.state_spans(spans - 1).state() != imported.state()) {
    return NotApplicableError("the case exists already, or has no history or another id");
  }
  *current_case = imported;
  *current_case->mutable_import_source() = event.case_().case_imported().source();
  return absl::OkStatus();
}

absl::Status ApplyClassified(const v1::CaseClassified& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kClassifyCase, *current_case)) {
    return NotApplicableError("the case cannot be classified in its state");
  }
  current_case->set_kind(fact.kind());
  *current_case->mutable_tags() = fact.tags();
  *current_case->mutable_attributes() = fact.attributes();
  return absl::OkStatus();
}

absl::Status ApplyCustomerSet(const v1::CaseCustomerSet& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kSetCaseCustomer, *current_case) || fact.customer_id().empty()) {
    return NotApplicableError("the case cannot be given to a customer in its state, or to nobody");
  }
  current_case->set_customer_id(fact.customer_id());
  return absl::OkStatus();
}

absl::Status ApplySubjectChanged(const v1::CaseSubjectChanged& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kChangeCaseSubject, *current_case) || fact.subject().empty()) {
    return NotApplicableError("the case cannot get another subject in its state, or an empty one");
  }
  current_case->set_subject(fact.subject());
  return absl::OkStatus();
}

absl::Status ApplyPrioritized(const v1::CasePrioritized& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kPrioritizeCase, *current_case)) {
    return NotApplicableError("the case cannot be prioritized in its state");
  }
  current_case->set_impact(fact.impact());
  current_case->set_urgency(fact.urgency());
  current_case->set_priority(fact.priority());
  return absl::OkStatus();
}

absl::Status ApplyStateChanged(const v1::CaseStateChanged& fact, Case* current_case) {
  const Case::State to = fact.state();
  bool follows = false;
  switch (to) {
    case Case::STATE_OPEN:  // A new case was given to somebody, or a waiting one goes on.
      follows = Leads(CaseCommand::kResumeCase, *current_case, to) ||
                (current_case->state() == Case::STATE_NEW &&
                 Leads(CaseCommand::kAssignCase, *current_case, to));
      break;
    case Case::STATE_WAITING_ON_CUSTOMER:
    case Case::STATE_WAITING_ON_THIRD_PARTY:
      follows = Leads(CaseCommand::kPauseCase, *current_case, to);
      break;
    case Case::STATE_CLOSED:
      follows = Leads(CaseCommand::kCloseCase, *current_case, to);
      break;
    default:
      break;
  }
  if (!follows) return NotApplicableError("that state does not follow the state of the case");
  absl::Status entered = Enter(to, fact.state_name(), fact.start_time(), current_case);
  if (entered.ok() && IsOver(to)) current_case->clear_transfer_offer();
  return entered;
}

absl::Status ApplyResolved(const v1::Resolution& resolution, Case* current_case) {
  if (!Leads(CaseCommand::kResolveCase, *current_case, Case::STATE_RESOLVED)) {
    return NotApplicableError("the case cannot be resolved in its state");
  }
  absl::Status entered = Enter(Case::STATE_RESOLVED, "", resolution.time(), current_case);
  if (!entered.ok()) return entered;
  *current_case->add_resolutions() = resolution;
  current_case->clear_transfer_offer();
  return entered;
}

absl::Status ApplyReopened(const v1::CaseReopened& fact, Case* current_case) {
  if (!Leads(CaseCommand::kReopenCase, *current_case, Case::STATE_OPEN)) {
    return NotApplicableError("the case cannot be reopened in its state");
  }
  absl::Status entered =
      Enter(Case::STATE_OPEN, fact.state_name(), fact.start_time(), current_case);
  if (entered.ok()) current_case->set_reopen_count(current_case->reopen_count() + 1);
  return entered;
}

absl::Status ApplyCaseCancelled(const v1::CaseCanceled& fact, Case* current_case) {
  if (!Leads(CaseCommand::kCancelCase, *current_case, Case::STATE_CANCELED)) {
    return NotApplicableError("the case cannot be canceled in its state");
  }
  absl::Status entered = Enter(Case::STATE_CANCELED, "", fact.start_time(), current_case);
  if (entered.ok()) current_case->clear_transfer_offer();
  return entered;
}

absl::Status ApplyStateNamed(const v1::CaseStateNamed& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kNameCaseState, *current_case)) {
    return NotApplicableError("the state of the case cannot have a name");
  }
  return Enter(current_case->state(), fact.state_name(), fact.start_time(), current_case);
}

}  // namespace

absl::Status EvolveCase(const v1::Event& event, v1::Case* current_case) {
  if (event.entity().kind() != v1::ENTITY_KIND_CASE) {
    return NotApplicableError("the event is not about a case");
  }
  if (event.case_().has_case_opened()) return ApplyOpened(event, current_case);
  if (event.case_().has_case_imported()) return ApplyImported(event, current_case);
  if (event.entity().id() != current_case->case_id() ||
      current_case->state() == Case::STATE_UNSPECIFIED) {
    return NotApplicableError("the event is about another case");
  }
  switch (event.case_().event_case()) {
    case v1::CaseEvent::kCaseClassified:
      return ApplyClassified(event.case_().case_classified(), current_case);
    case v1::CaseEvent::kCaseCustomerSet:
      return ApplyCustomerSet(event.case_().case_customer_set(), current_case);
    case v1::CaseEvent::kCaseSubjectChanged:
      return ApplySubjectChanged(event.case_().case_subject_changed(), current_case);
    case v1::CaseEvent::kCasePrioritized:
      return ApplyPrioritized(event.case_().case_prioritized(), current_case);
    case v1::CaseEvent::kCasePartAdded:
      if (!Keeps(CaseCommand::kAddCasePart, *current_case)) {
        return NotApplicableError("no part can be added to the case in its state");
      }
      return ApplyPart(event.case_().case_part_added().part(), current_case->mutable_parts());
    case v1::CaseEvent::kCaseStateChanged:
      return ApplyStateChanged(event.case_().case_state_changed(), current_case);
    case v1::CaseEvent::kCaseResolved:
      return ApplyResolved(event.case_().case_resolved().resolution(), current_case);
    case v1::CaseEvent::kCaseReopened:
      return ApplyReopened(event.case_().case_reopened(), current_case);
    case v1::CaseEvent::kCaseCanceled:
      return ApplyCaseCancelled(event.case_().case_canceled(), current_case);
    case v1::CaseEvent::kCaseStateNamed:
      return ApplyStateNamed(event.case_().case_state_named(), current_case);
    case v1::CaseEvent::kCaseLinked:
      return ApplyCaseLinked(event.case_().case_linked(), current_case);
    case v1::CaseEvent::kCaseUnlinked:
      return ApplyCaseUnlinked(event.case_().case_unlinked(), current_case);
    case v1::CaseEvent::kCaseTaskAdded:
      return ApplyCaseTaskAdded(event.case_().case_task_added(), current_case);
    case v1::CaseEvent::kCaseTaskCompleted:
      return ApplyCaseTaskCompleted(event.case_().case_task_completed(), current_case);
    case v1::CaseEvent::kCaseTaskRemoved:
      return ApplyCaseTaskRemoved(event.case_().case_task_removed(), current_case);
    case v1::CaseEvent::kCaseMerged:
      return ApplyCaseMerged(event.case_().case_merged(), current_case);
    case v1::CaseEvent::kCaseMergedAway:
      return ApplyCaseMergedAway(event.case_().case_merged_away(), current_case);
    case v1::CaseEvent::kCaseUnmerged:
      return ApplyCaseUnmerged(event.case_().case_unmerged(), current_case);
    case v1::CaseEvent::kCaseRestored:
      return ApplyCaseRestored(event.case_().case_restored(), current_case);
    case v1::CaseEvent::kCaseSplit:
      return ApplyCaseSplit(event.case_().case_split(), current_case);
    case v1::CaseEvent::kCaseUnsplit:
      return ApplyCaseUnsplit(event.case_().case_unsplit(), current_case);
    default:
      return ApplyHands(event, current_case);
  }
}

}  // namespace domain
}  // namespace frontdesk
