#include "decide/rebuild.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "decide/asked.h"
#include "decide/decision_inputs.h"
#include "decide/entities.h"
#include "decide/input_hash.h"
#include "decide/load_input.h"
#include "decide/load_totals.h"
#include "decide/pipeline.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/command_info.h"
#include "internal/canonical.h"
#include "internal/status_macros.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

// The approval under which the command was decided again.
absl::StatusOr<v1::Approval> ResolvedApproval(const std::string& approval_id, StateSource* source) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto before, source->Get(v1::ENTITY_KIND_APPROVAL, approval_id));
  if (before == nullptr)
    return MakeError(kReasonStoreCorrupt, "the approval of a record is missing");
  FRONTDESK_ASSIGN_OR_RETURN(const auto after,
                             source->GetAt(before->entity(), before->version() + 1));
  if (after == nullptr) return MakeError(kReasonStoreCorrupt, "an approval was not resolved");
  if (after->approval().state() == v1::Approval::STATE_APPROVED) return after->approval();
  return domain::ApprovedUnder(before->approval(), after->approval().last_attempt());
}

// Whether two decisions on the same input come to the same end.
bool IsSame(const v1::Decision& one, const v1::Decision& other) {
  const bool same_outputs =
      std::equal(one.outputs().begin(), one.outputs().end(), other.outputs().begin(),
                 other.outputs().end(), [](const v1::OutputValue& a, const v1::OutputValue& b) {
                   return CanonicalBytes(a) == CanonicalBytes(b);
                 });
  // The rules that count, and the error, are a part of the end under the hit policies of DMN.
  const auto hits_of = [](const v1::Decision& decision) {
    v1::Decision hits;
    *hits.mutable_hits() = decision.hits();
    if (decision.has_aggregate()) *hits.mutable_aggregate() = decision.aggregate();
    if (decision.has_hit_policy_error()) {
      *hits.mutable_hit_policy_error() = decision.hit_policy_error();
    }
    return CanonicalBytes(hits);
  };
  return same_outputs && hits_of(one) == hits_of(other) &&
         one.decision_point() == other.decision_point() &&
         one.rule_set_hash() == other.rule_set_hash() && one.outcome() == other.outcome() &&
         one.by_default() == other.by_default() &&
         std::equal(one.fired_rule_ids().begin(), one.fired_rule_ids().end(),
                    other.fired_rule_ids().begin(), other.fired_rule_ids().end());
}

}  // namespace

absl::StatusOr<v1::RebuiltInput> RebuildInput(const v1::JournalRecord& record, const Policy& policy,
                                              const CommandLimits& limits, StateSource* source,
                                              const Policy* totals_of) {
  const v1::Command& command = record.command();
  const domain::CommandInfo* info = domain::FindCommand(command);
  if (info == nullptr || info->decision_input == nullptr) {
    return MakeError(kReasonStoreCorrupt, "a journal record has no command that policy decides");
  }
  // The command keeps the given instant: a late entry names it.
  const Asked asked(command, record.time());
  // The entities that were read were within the limits of then.
  CommandLimits unlimited = limits;
  unlimited.max_related = std::numeric_limits<int>::max();
  unlimited.max_case_ancestors = record.max_case_ancestors();
  v1::RebuiltInput rebuilt;
  v1::DecisionInput& input = *rebuilt.mutable_input();
  LoadedParts parts;
  FRONTDESK_RETURN_IF_ERROR(LoadInput(asked, record.facts(), unlimited, source, &input, &parts));
  FillInput(asked, policy, &input);
  if (!record.approval_id().empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Approval approval,
                               ResolvedApproval(record.approval_id(), source));
    SetApproval(approval, &input);
  }
  FRONTDESK_RETURN_IF_ERROR(LoadTotals(asked, policy, unlimited, source, &input));
  cel::Budget budget{limits.max_policy_cost};
  FurtherDecisions further;
  FRONTDESK_RETURN_IF_ERROR(Assess(asked, policy,
                                   {&budget, rules::TraceLevel::kFired, /*as_of=*/absl::nullopt},
                                   &input, &further));
  std::vector<std::string> changed = ChangedFields(record, input);
  rebuilt.set_fidelity(changed.empty() ? v1::RebuiltInput::FIDELITY_EXACT
                                       : v1::RebuiltInput::FIDELITY_CHANGED);
  for (std::string& field : changed) rebuilt.add_changed_fields(std::move(field));
  if (totals_of != nullptr && totals_of->hash() != policy.hash()) {
    FRONTDESK_RETURN_IF_ERROR(LoadTotals(asked, *totals_of, unlimited, source, &input));
    SetTotalsCurrency(command, &input);
  }
  return rebuilt;
}

absl::Status ExplainAgain(const v1::RebuiltInput& rebuilt, const Policy& policy,
                          v1::JournalRecord* explained) {
  if (rebuilt.fidelity() != v1::RebuiltInput::FIDELITY_EXACT) return absl::OkStatus();
  const v1::DecisionInput& input = rebuilt.input();
  FRONTDESK_ASSIGN_OR_RETURN(v1::Decision decision,
                             policy.Decide(input, GrantedAuthorities(input)));
  if (IsSame(decision, explained->decision())) *explained->mutable_decision() = std::move(decision);
  for (v1::Decision& further : *explained->mutable_further_decisions()) {
    if (!input.case_().command().has_add_case_part()) continue;
    v1::DecisionInput before = input;
    before.mutable_case_()->mutable_assessment()->clear_reopens_on_message();
    FRONTDESK_ASSIGN_OR_RETURN(absl::optional<v1::Decision> again,
                               policy.DecideReopenOnMessage(before));
    if (again.has_value() && IsSame(*again, further)) further = *std::move(again);
  }
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace frontdesk
