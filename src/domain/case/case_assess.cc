// The core's findings about a case, made before policy is asked.
#include <algorithm>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "domain/case/case_escalation.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/case.h"
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

// The time since when the case is resolved: that of the last resolution. An imported case may have none; then that of its history. When
// that is not known either, it was no later than the closing, and the import.
absl::optional<Timestamp> ResolvedTime(const Case& current_case) {
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
absl::optional<Timestamp> ReopenUntil(const Case& current_case, const v1::CasePolicy& policy) {
  if (!policy.has_reopen_window() || !IsResolved(current_case.state())) return absl::nullopt;
  const absl::optional<Timestamp> resolved = ResolvedTime(current_case);
  if (!resolved.has_value()) return absl::nullopt;
  const absl::optional<absl::Time> since = internal::DecodeTime(*resolved);
  const absl::optional<absl::Duration> window = internal::DecodeDuration(policy.reopen_window());
  if (!since.has_value() || !window.has_value()) return absl::nullopt;
  const absl::Time until = *since + *window;
  if (until >= absl::FromUnixSeconds(internal::kMaxTimestampSeconds + 1)) return absl::nullopt;
  return internal::EncodeTime(until);
}

// Whether the part that is asked for may be an answer that reopens the case.
bool MayReopenOnMessage(const v1::CaseDecisionInput& input, const v1::CaseAssessment& assessment) {
  const CaseCommand& command = input.command();
  const Case& current_case = input.case_();
  const v1::InteractionPart& part = command.add_case_part().part();
  if (current_case.state() != Case::STATE_RESOLVED ||
      input.actor().kind() != v1::Actor::KIND_CUSTOMER ||
      part.kind() != v1::InteractionPart::KIND_MESSAGE || !IsPublicPart(part)) {
    return false;
  }
  // A message before the resolution is no answer to it.
  const Timestamp& said = input.has_occur_time() ? input.occur_time() : input.now();
  if (current_case.has_state_time() && IsBefore(said, current_case.state_time())) {
    return false;
  }
  return !assessment.has_reopen_expire_time() ||
         IsBefore(input.now(), assessment.reopen_expire_time());
}

void AssessRemedy(const v1::ResolveCase& verb, const Case& one, const v1::CasePolicy& policy,
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

v1::CaseAssessment AssessCase(const v1::CaseDecisionInput& input, const v1::CasePolicy& policy) {
  const CaseCommand& command = input.command();
  const Case& current_case = input.case_();
  v1::CaseAssessment assessment;
  const auto assess_window = [&] {
    if (const auto until = ReopenUntil(current_case, policy)) {
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
      break;
    case CaseCommand::kResolveCase:
      AssessRemedy(command.resolve_case(), current_case, policy, &assessment);
      break;
    case CaseCommand::kEscalateCase:
      AssessEscalation(input, policy, &assessment);
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
  return assessment;
}

}  // namespace domain
}  // namespace frontdesk
