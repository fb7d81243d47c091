#include "absl/strings/str_join.h"
#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::CaseAssessment;

constexpr int kMaxUnavailableQueues = 1'000;

}  // namespace

void CheckEscalateCase(const FieldPath& root, const v1::CaseCommand& command,
                       ArgumentChecker* checker) {
  const v1::EscalateCase& verb = command.escalate_case();
  checker->RequireText({&root, "chain"}, verb.chain());
  constexpr absl::string_view kUnavailable = "unavailable_queue_ids";
  checker->CheckCount({&root, kUnavailable}, verb.unavailable_queue_ids_size(), 0,
                      kMaxUnavailableQueues);
  for (int i = 0; i < verb.unavailable_queue_ids_size(); ++i) {
    checker->RequireText({&root, kUnavailable, i}, verb.unavailable_queue_ids(i));
  }
}

void DecideEscalateCase(CaseDraft* draft) {
  const v1::EscalateCase& verb = draft->command().escalate_case();
  const v1::CaseEscalation& next = draft->assessment().escalation();
  switch (draft->assessment().escalation_obstacle()) {
    case CaseAssessment::ESCALATION_OBSTACLE_CHAIN_UNKNOWN:
      AddDetail("known", absl::StrJoin(draft->assessment().known_chains(), ", "),
                &draft->Refuse(kReasonCaseEscalateChainUnknown, "escalate_case.chain",
                               "the policy has no chain of that name"));
      return;
    case CaseAssessment::ESCALATION_OBSTACLE_END:
      draft->Refuse(kReasonCaseEscalateEnd, "escalate_case.chain",
                    "the case is in the chain's fallback already, and no step is left");
      return;
    case CaseAssessment::ESCALATION_OBSTACLE_NOBODY_AVAILABLE:
      AddDetail(
          "passed_over", absl::StrJoin(next.passed_over_queue_ids(), ", "),
          &draft->Refuse(kReasonCaseEscalateNobodyAvailable, "escalate_case.unavailable_queue_ids",
                         "nobody is available for the case, not even in the chain's fallback"));
      return;
    default:
      break;
  }
  v1::CaseEscalation& escalation =
      *draft->AddEvent().mutable_case_()->mutable_case_escalated()->mutable_escalation();
  escalation = next;
  escalation.set_note(verb.note());
  escalation.set_escalator_id(draft->input().actor().actor_id());
  *escalation.mutable_escalate_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
