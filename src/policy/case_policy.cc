#include "policy/case_policy.h"

#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/money.h"
#include "frontdesk/policy/reasons.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

void CheckMatrix(const v1::CasePolicy& policy, PackIssues* issues) {
  std::set<std::pair<int, int>> pairs;
  for (int i = 0; i < policy.priority_matrix_size(); ++i) {
    const v1::PriorityCell& cell = policy.priority_matrix(i);
    const std::string path = absl::StrCat("cases.priority_matrix[", i, "]");
    const auto require = [&](int value, absl::string_view name) {
      if (value >= 1) return;
      // A number that is not set has no place but that of its cell.
      issues->AddError(kReasonPolicyPriorityCellRange,
                       value == 0 ? path : absl::StrCat(path, ".", name),
                       absl::StrCat(name, " is at least 1"));
    };
    require(cell.impact(), "impact");
    require(cell.urgency(), "urgency");
    require(cell.priority(), "priority");
    if (!pairs.emplace(cell.impact(), cell.urgency()).second) {
      issues->AddError(kReasonPolicyPriorityCellDuplicate, path,
                       absl::StrCat("an earlier cell is for impact ", cell.impact(),
                                    " and urgency ", cell.urgency()));
    }
  }
}

void CheckStateNames(const v1::CasePolicy& policy, PackIssues* issues) {
  std::set<std::string> names;
  for (int i = 0; i < policy.state_names_size(); ++i) {
    const v1::CaseStateName& name = policy.state_names(i);
    const std::string path = absl::StrCat("cases.state_names[", i, "]");
    issues->CheckName(name.name(), absl::StrCat(path, ".name"));
    if (name.name().empty()) {
      issues->AddError(kReasonPolicyStateNameEmpty, path, "the name is empty");
    } else if (!names.insert(name.name()).second) {
      issues->AddError(kReasonPolicyStateNameDuplicate, absl::StrCat(path, ".name"),
                       "an earlier state has this name");
    }
    if (name.state() == v1::Case::STATE_UNSPECIFIED) {
      issues->AddError(kReasonPolicyStateNameState, path, "the name has no state");
    } else if (name.state() == v1::Case::STATE_MERGED || !v1::Case_State_IsValid(name.state())) {
      issues->AddError(
          kReasonPolicyStateNameState, absl::StrCat(path, ".state"),
          "the state is not known, or is MERGED; a name is possible for any other state");
    }
  }
}

void CheckChain(const v1::EscalationChain& chain, const std::string& path, PackIssues* issues) {
  if (chain.basis() == v1::ESCALATION_BASIS_UNSPECIFIED ||
      !v1::EscalationBasis_IsValid(chain.basis())) {
    issues->AddError(kReasonPolicyEscalationBasis, path, "the basis is not SKILL or AUTHORITY");
  }
  if (chain.steps().empty()) {
    issues->AddError(kReasonPolicyEscalationStepsMissing, path,
                     "the chain has no steps; at least one is required");
  }
  std::set<std::string> queues;
  const auto check_queue = [&](const std::string& queue_id, const std::string& owner,
                               absl::string_view name) {
    issues->CheckName(queue_id, absl::StrCat(owner, ".", name));
    if (queue_id.empty()) {
      issues->AddError(kReasonPolicyEscalationQueueEmpty, owner,
                       absl::StrCat(name, " is required"));
    } else if (!queues.insert(queue_id).second) {
      issues->AddError(kReasonPolicyEscalationQueueDuplicate, absl::StrCat(owner, ".", name),
                       "the queue is in the chain already");
    }
  };
  for (int i = 0; i < chain.steps_size(); ++i) {
    const v1::EscalationStep& step = chain.steps(i);
    const std::string step_path = absl::StrCat(path, ".steps[", i, "]");
    check_queue(step.queue_id(), step_path, "queue_id");
    const google::protobuf::Duration& time_out = step.time_out();
    if (step.has_time_out() &&
        (!IsValid(time_out) || time_out.seconds() < 0 || time_out.nanos() < 0 ||
         (time_out.seconds() == 0 && time_out.nanos() == 0))) {
      issues->AddError(kReasonPolicyEscalationTimeOutRange, absl::StrCat(step_path, ".time_out"),
                       "the time-out is not a duration of more than 0");
    }
    issues->CheckTimeBasis(step.time_out_basis(), step.has_time_out(), step_path, "time_out");
  }
  check_queue(chain.fallback_queue_id(), path, "fallback_queue_id");
}

void CheckChains(const v1::CasePolicy& policy, PackIssues* issues) {
  std::set<std::string> names;
  for (int i = 0; i < policy.escalation_chains_size(); ++i) {
    const v1::EscalationChain& chain = policy.escalation_chains(i);
    const std::string path = absl::StrCat("cases.escalation_chains[", i, "]");
    issues->CheckName(chain.name(), absl::StrCat(path, ".name"));
    if (chain.name().empty()) {
      issues->AddError(kReasonPolicyEscalationNameEmpty, path, "the name is empty");
    } else if (!names.insert(chain.name()).second) {
      issues->AddError(kReasonPolicyEscalationNameDuplicate, absl::StrCat(path, ".name"),
                       "an earlier chain has this name");
    }
    CheckChain(chain, path, issues);
  }
}

void CheckRemedies(const v1::CasePolicy& policy, PackIssues* issues) {
  std::set<std::string> names;
  for (int i = 0; i < policy.remedies_size(); ++i) {
    const v1::Remedy& remedy = policy.remedies(i);
    const std::string path = absl::StrCat("cases.remedies[", i, "]");
    issues->CheckName(remedy.name(), absl::StrCat(path, ".name"));
    issues->CheckName(remedy.code(), absl::StrCat(path, ".code"));
    if (remedy.name().empty()) {
      issues->AddError(kReasonPolicyRemedyNameEmpty, path, "the name is empty");
    } else if (!names.insert(remedy.name()).second) {
      issues->AddError(kReasonPolicyRemedyNameDuplicate, absl::StrCat(path, ".name"),
                       "an earlier remedy has this name");
    }
    if (remedy.code().empty()) {
      issues->AddError(kReasonPolicyRemedyCodeEmpty, path,
                       "the code is empty; ResolveCase requires one");
    }
    if (remedy.has_amount() && (!CheckMoney(remedy.amount()).ok() || remedy.amount().units() < 0)) {
      issues->AddError(kReasonPolicyRemedyAmount, absl::StrCat(path, ".amount"),
                       "the amount is below zero, or not in a currency of ISO 4217");
    }
    for (int k = 0; k < remedy.kinds_size(); ++k) {
      if (remedy.kinds(k) != v1::Case::KIND_UNSPECIFIED && v1::Case_Kind_IsValid(remedy.kinds(k))) {
        continue;
      }
      issues->AddError(kReasonPolicyRemedyKind, absl::StrCat(path, ".kinds[", k, "]"),
                       "the kind of case is not set, or not known");
    }
  }
}

}  // namespace

void CheckCasePolicyLimits(const v1::CasePolicy& policy, const PolicyOptions& options,
                           PackIssues* issues) {
  std::int64_t steps = policy.escalation_chains_size();  // A chain counts like a step.
  for (const v1::EscalationChain& chain : policy.escalation_chains()) {
    steps += chain.steps_size();
  }
  if (steps > options.max_escalation_steps) {
    issues->AddError(kReasonPolicyLimitEscalationSteps, "cases.escalation_chains",
                     absl::StrCat("the chains of a pack and their steps are at most ",
                                  options.max_escalation_steps));
  }
  if (policy.remedies_size() > options.max_remedies) {
    issues->AddError(kReasonPolicyLimitRemedies, "cases.remedies",
                     absl::StrCat("a pack has at most ", options.max_remedies, " remedies"));
  }
}

void CheckCasePolicy(const v1::CasePolicy& policy, PackIssues* issues) {
  CheckMatrix(policy, issues);
  CheckStateNames(policy, issues);
  CheckChains(policy, issues);
  CheckRemedies(policy, issues);
  issues->CheckTimeBasis(policy.reopen_window_basis(), policy.has_reopen_window(), "cases",
                         "reopen_window");
  if (!policy.has_reopen_window()) return;
  const google::protobuf::Duration& window = policy.reopen_window();
  if (!IsValid(window) || window.seconds() < 0 || window.nanos() < 0) {
    issues->AddError(kReasonPolicyReopenWindowRange, "cases.reopen_window",
                     "the window is not a duration of at least 0");
  }
}

}  // namespace internal
}  // namespace frontdesk
