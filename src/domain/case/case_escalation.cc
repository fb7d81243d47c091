#include "domain/case/case_escalation.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/domain/service_level/time_span.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::CaseAssessment;

const v1::EscalationChain* FindChain(const v1::CasePolicy& policy, const std::string& name) {
  for (const v1::EscalationChain& chain : policy.escalation_chains()) {
    if (chain.name() == name) return &chain;
  }
  return nullptr;
}

// Nothing when there is no time-out, or it has no end.
absl::optional<google::protobuf::Timestamp> StepDueTime(
    const google::protobuf::Timestamp& now, const v1::EscalationStep& step,
    const calendar::BusinessCalendar* calendar) {
  if (!step.has_time_out()) return absl::nullopt;
  const absl::optional<absl::Time> from = internal::DecodeTime(now);
  if (!from.has_value()) return absl::nullopt;
  const absl::optional<absl::Time> until =
      EndOfSpan(step.time_out(), step.time_out_basis(), *from, calendar);
  if (!until.has_value()) return absl::nullopt;
  return internal::EncodeTime(*until);
}

// The last step that the case has passed or is at.
int LastStep(const v1::Case& current, const v1::EscalationChain& chain) {
  if (current.escalation().chain() == chain.name()) {
    // The fallback comes after all of them; a policy may have fewer steps than it had.
    const int step = current.escalation().step();
    return step == 0 ? chain.steps_size() : std::min(step, chain.steps_size());
  }
  for (int i = 0; i < chain.steps_size(); ++i) {
    if (chain.steps(i).queue_id() == current.queue_id()) return i + 1;
  }
  return 0;
}

}  // namespace

void AssessEscalation(const v1::CaseDecisionInput& input, const v1::CasePolicy& policy,
                      const calendar::BusinessCalendar* calendar, CaseAssessment* assessment) {
  const v1::EscalateCase& verb = input.command().escalate_case();
  const v1::Case& current = input.case_();
  const v1::EscalationChain* chain = FindChain(policy, verb.chain());
  if (chain == nullptr) {
    assessment->set_escalation_obstacle(CaseAssessment::ESCALATION_OBSTACLE_CHAIN_UNKNOWN);
    for (const v1::EscalationChain& known : policy.escalation_chains()) {
      assessment->add_known_chains(known.name());
    }
    return;
  }
  v1::CaseEscalation& escalation = *assessment->mutable_escalation();
  escalation.set_chain(chain->name());
  escalation.set_basis(chain->basis());
  const std::set<std::string> unavailable(verb.unavailable_queue_ids().begin(),
                                          verb.unavailable_queue_ids().end());
  for (int i = LastStep(current, *chain); i < chain->steps_size(); ++i) {
    const v1::EscalationStep& step = chain->steps(i);
    if (unavailable.count(step.queue_id()) != 0) {
      escalation.add_passed_over_queue_ids(step.queue_id());
      continue;
    }
    escalation.set_step(i + 1);
    escalation.set_queue_id(step.queue_id());
    if (const auto due = StepDueTime(input.now(), step, calendar)) {
      *escalation.mutable_due_time() = *due;
    }
    return;
  }
  if (current.queue_id() == chain->fallback_queue_id()) {
    assessment->set_escalation_obstacle(CaseAssessment::ESCALATION_OBSTACLE_END);
    return;
  }
  if (unavailable.count(chain->fallback_queue_id()) != 0) {
    escalation.add_passed_over_queue_ids(chain->fallback_queue_id());
    assessment->set_escalation_obstacle(CaseAssessment::ESCALATION_OBSTACLE_NOBODY_AVAILABLE);
    return;
  }
  escalation.set_queue_id(chain->fallback_queue_id());
}

}  // namespace domain
}  // namespace frontdesk
