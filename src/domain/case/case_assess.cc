// The core's findings about a case, made before policy is asked.
#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_escalation.h"
#include "domain/case/case_resolution.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/service_level/time_span.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;
using v1::CaseCommand;

// `given` is the priority that the command gives, 0 for none; `kept` the one that counts then, where there is no matrix.
void AssessPriority(int impact, int urgency, int given, int kept, const v1::CasePolicy& policy,
                    v1::CaseAssessment* assessment) {
  if (policy.priority_matrix().empty()) {
    assessment->set_priority(given != 0 ? given : kept);
    return;
  }
  for (const v1::PriorityCell& cell : policy.priority_matrix()) {
    if (cell.impact() == impact && cell.urgency() == urgency) {
      assessment->set_priority(cell.priority());
      break;
    }
  }
  assessment->set_priority_cell_missing(impact > 0 && urgency > 0 && assessment->priority() == 0);
  assessment->set_priority_differs(given != 0 && given != assessment->priority());
}

bool IsResolved(Case::State state) {
  return state == Case::STATE_RESOLVED || state == Case::STATE_CLOSED;
}

// The time since when the case is resolved: that of the last resolution. An imported case may have none; then that of its history. A case
// that was closed without a resolution since: that of the closing. When that is not known either, it was no later than the import.
absl::optional<Timestamp> ResolvedTime(const Case& current_case) {
  if (!current_case.end_reason().empty() && current_case.has_resolved_since_time()) {
    return current_case.resolved_since_time();
  }
  const int resolutions = current_case.resolutions_size();
  if (resolutions > 0 && current_case.resolutions(resolutions - 1).has_time()) {
    const v1::Resolution& last = current_case.resolutions(resolutions - 1);
    return last.has_occur_time() ? last.occur_time() : last.time();
  }
  if (current_case.has_resolved_since_time()) return current_case.resolved_since_time();
  if (current_case.has_close_time()) return current_case.close_time();
  if (current_case.import_source().has_import_time()) {
    return current_case.import_source().import_time();
  }
  return absl::nullopt;
}

// Absent: no end that a Timestamp can hold.
absl::optional<Timestamp> ReopenUntil(const Case& current_case, const v1::CasePolicy& policy,
                                      const calendar::BusinessCalendar* calendar) {
  if (!policy.has_reopen_window() || !IsResolved(current_case.state())) return absl::nullopt;
  const absl::optional<Timestamp> resolved = ResolvedTime(current_case);
  if (!resolved.has_value()) return absl::nullopt;
  const absl::optional<absl::Time> since = internal::DecodeTime(*resolved);
  if (!since.has_value()) return absl::nullopt;
  const absl::optional<absl::Time> until =
      EndOfSpan(policy.reopen_window(), policy.reopen_window_basis(), *since, calendar);
  if (!until.has_value()) return absl::nullopt;
  return internal::EncodeTime(*until);
}

// The end of a span from the instant that the command names: a late entry names its own.
absl::optional<Timestamp> EndOfSpanFrom(const v1::CaseDecisionInput& input,
                                        const v1::TimeSpan& span,
                                        const calendar::BusinessCalendar* calendar) {
  const absl::optional<absl::Time> start =
      internal::DecodeTime(input.has_occur_time() ? input.occur_time() : input.now());
  if (!start.has_value()) return absl::nullopt;
  const absl::optional<absl::Time> end = EndOfSpan(span, *start, calendar);
  if (!end.has_value()) return absl::nullopt;
  return internal::EncodeTime(*end);
}

// Whether the part that is asked for may be an answer that reopens the case, or ends its waiting.
bool MayReopenOnMessage(const v1::CaseDecisionInput& input, const v1::CaseAssessment& assessment) {
  const CaseCommand& command = input.command();
  const Case& current_case = input.case_();
  const v1::InteractionPart& part = command.add_case_part().part();
  const bool waits = current_case.state() == Case::STATE_WAITING_ON_CUSTOMER;
  if ((current_case.state() != Case::STATE_RESOLVED && !waits) ||
      input.actor().kind() != v1::Actor::KIND_CUSTOMER ||
      part.kind() != v1::InteractionPart::KIND_MESSAGE || !IsPublicPart(part)) {
    return false;
  }
  // A message before the resolution, or before the question, is no answer to it.
  const Timestamp& said = input.has_occur_time() ? input.occur_time() : input.now();
  if (current_case.has_state_time() && IsBefore(said, current_case.state_time())) {
    return false;
  }
  return !assessment.has_reopen_expire_time() ||
         IsBefore(input.now(), assessment.reopen_expire_time());
}

// `Verb` is ResolveCase or CorrectResolution.
template <typename Verb>
void AssessRemedy(const Verb& verb, const Case& one, const v1::CasePolicy& policy,
                  v1::CaseAssessment* assessment) {
  if (policy.remedies().empty() || verb.remedy().empty()) return;
  for (const v1::Remedy& remedy : policy.remedies()) {
    if (remedy.name() != verb.remedy() || !IsRemedyFor(remedy, one)) continue;
    *assessment->mutable_remedy() = remedy;
    const bool same = remedy.has_amount() == verb.has_remedy_amount() &&
                      remedy.amount().units() == verb.remedy_amount().units() &&
                      remedy.amount().currency_code() == verb.remedy_amount().currency_code();
    if (!same) assessment->set_remedy_problem(v1::CaseAssessment::REMEDY_PROBLEM_AMOUNT);
    return;
  }
  assessment->set_remedy_problem(v1::CaseAssessment::REMEDY_PROBLEM_UNKNOWN);
}

// Money is not counted twice.
void AssessRemedyIncrease(const v1::CorrectResolution& verb, const Case& one,
                          v1::CaseAssessment* assessment) {
  const v1::Resolution* const last = CorrectableResolution(one);
  if (last == nullptr || !verb.has_remedy_amount()) return;
  const v1::Money& before = last->remedy_amount();
  v1::Money& increase = *assessment->mutable_remedy_increase();
  increase = verb.remedy_amount();
  if (before.currency_code() != increase.currency_code()) return;
  increase.set_units(std::max<std::int64_t>(increase.units(), 0) -
                     std::max<std::int64_t>(before.units(), 0));
  if (increase.units() < 0) increase.set_units(0);
}

bool IsNameUnknown(Case::State state, const std::string& name, const v1::CasePolicy& policy) {
  if (name.empty() || policy.state_names().empty()) return false;
  for (const v1::CaseStateName& listed : policy.state_names()) {
    if (listed.state() == state && listed.name() == name) return false;
  }
  return true;
}

}  // namespace

bool IsRemedyFor(const v1::Remedy& remedy, const Case& one) {
  return remedy.kinds().empty() || std::find(remedy.kinds().begin(), remedy.kinds().end(),
                                             one.kind()) != remedy.kinds().end();
}

v1::CaseAssessment AssessCase(const v1::CaseDecisionInput& input, const v1::CasePolicy& policy,
                              const calendar::BusinessCalendar* calendar) {
  const CaseCommand& command = input.command();
  const Case& current_case = input.case_();
  v1::CaseAssessment assessment;
  const auto assess_window = [&] {
    if (const auto until = ReopenUntil(current_case, policy, calendar)) {
      *assessment.mutable_reopen_expire_time() = *until;
    }
  };
  const auto assess_name = [&](Case::State state, const std::string& name) {
    assessment.set_state_name_unknown(IsNameUnknown(state, name, policy));
  };
  switch (command.verb_case()) {
    case CaseCommand::kOpenCase:
      AssessPriority(command.open_case().impact(), command.open_case().urgency(),
                     command.open_case().priority(), /*kept=*/0, policy, &assessment);
      break;
    case CaseCommand::kPrioritizeCase: {
      const v1::PrioritizeCase& verb = command.prioritize_case();
      AssessPriority(verb.impact() != 0 ? verb.impact() : current_case.impact(),
                     verb.urgency() != 0 ? verb.urgency() : current_case.urgency(), verb.priority(),
                     current_case.priority(), policy, &assessment);
      break;
    }
    case CaseCommand::kAddCasePart:
      assess_window();
      assessment.set_may_reopen_on_message(MayReopenOnMessage(input, assessment));
      break;
    case CaseCommand::kReopenCase:
      assess_window();
      assess_name(Case::STATE_OPEN, command.reopen_case().state_name());
      break;
    case CaseCommand::kPauseCase:
      assess_name(command.pause_case().state(), command.pause_case().state_name());
      if (command.pause_case().has_wait()) {
        if (const auto until = EndOfSpanFrom(input, command.pause_case().wait(), calendar)) {
          *assessment.mutable_wait_until_time() = *until;
        }
      }
      break;
    case CaseCommand::kResolveCase:
      AssessRemedy(command.resolve_case(), current_case, policy, &assessment);
      assess_name(Case::STATE_RESOLVED, command.resolve_case().state_name());
      break;
    case CaseCommand::kCloseCase:
      assess_name(Case::STATE_CLOSED, command.close_case().state_name());
      break;
    case CaseCommand::kCancelCase:
      assess_name(Case::STATE_CANCELED, command.cancel_case().state_name());
      break;
    case CaseCommand::kCorrectResolution:
      AssessRemedy(command.correct_resolution(), current_case, policy, &assessment);
      AssessRemedyIncrease(command.correct_resolution(), current_case, &assessment);
      break;
    case CaseCommand::kAddCaseTask:
      if (command.add_case_task().has_due_in()) {
        if (const auto due = EndOfSpanFrom(input, command.add_case_task().due_in(), calendar)) {
          *assessment.mutable_task_due_time() = *due;
        }
      }
      break;
    case CaseCommand::kEscalateCase:
      AssessEscalation(input, policy, calendar, &assessment);
      break;
    case CaseCommand::kReferCase:
      assess_name(Case::STATE_WAITING_ON_THIRD_PARTY, command.refer_case().state_name());
      break;
    case CaseCommand::kResumeCase:
      assess_name(Case::STATE_OPEN, command.resume_case().state_name());
      break;
    case CaseCommand::kNameCaseState:
      assess_name(current_case.state(), command.name_case_state().state_name());
      break;
    case CaseCommand::kImportCase:
      assess_name(command.import_case().case_().state(),
                  command.import_case().case_().state_name());
      break;
    default:
      break;  // Nothing to work out.
  }
  assessment.set_is_unchanged(IsCaseUnchanged(input, assessment));
  return assessment;
}

}  // namespace domain
}  // namespace frontdesk
