#include <utility>

#include "domain/interaction_part.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_limits.h"
#include "domain/order/order_money.h"

namespace frontdesk {
namespace domain {

void CheckAnswerDispute(const FieldPath& root, const v1::OrderCommand& command,
                        ArgumentChecker* checker) {
  const v1::AnswerDispute& verb = command.answer_dispute();
  checker->RequireText({&root, "dispute_id"}, verb.dispute_id());
  const FieldPath evidence{&root, "evidence"};
  if (verb.accepts()) {
    checker->Forbid(evidence, verb.evidence_size() > 0);
    return;
  }
  checker->CheckCount(evidence, verb.evidence_size(), 1, kMaxDisputeEvidence);
  for (int i = 0; i < verb.evidence_size(); ++i) {
    const FieldPath piece{&root, "evidence", i};
    checker->RequireText({&piece, "kind"}, verb.evidence(i).kind());
  }
}

absl::Status DecideAnswerDispute(OrderDraft* draft) {
  const v1::AnswerDispute& verb = draft->command().answer_dispute();
  const v1::Dispute* const known = FindDispute(draft->order(), verb.dispute_id());
  const FieldPath field{&draft->root(), "dispute_id"};
  if (known == nullptr) {
    draft->Refuse("DISPUTE_UNKNOWN", &field);
    return absl::OkStatus();
  }
  // A dispute that the company accepted takes no further answer.
  if (known->state() != v1::Dispute::STATE_OPEN || known->is_accepted()) {
    draft->Refuse("DISPUTE_STATE", &field);
  }
  if (known->has_due_time() && !IsBefore(draft->input().now(), known->due_time())) {
    draft->Refuse("TIME", &field);
  }
  if (known->evidence_size() + verb.evidence_size() > kMaxDisputeEvidence) {
    const FieldPath evidence{&draft->root(), "evidence"};
    draft->Refuse("EVIDENCE", &evidence);
  }
  if (draft->refused()) return absl::OkStatus();

  v1::Event event = draft->NewEvent();
  v1::Dispute& dispute = *event.mutable_order()->mutable_dispute_recorded()->mutable_dispute();
  dispute = *known;
  if (verb.accepts()) {
    dispute.set_is_accepted(true);
  } else {
    dispute.set_state(v1::Dispute::STATE_UNDER_REVIEW);
    dispute.mutable_evidence()->MergeFrom(verb.evidence());
  }
  if (draft->input().has_now()) *dispute.mutable_answer_time() = draft->input().now();
  v1::SendDisputeAnswer& effect =
      *draft->AddEffect(draft->order().order_id()).mutable_order()->mutable_send_dispute_answer();
  effect.set_dispute_id(dispute.dispute_id());
  effect.set_gateway_reference(dispute.gateway_reference());
  *effect.mutable_evidence() = dispute.evidence();
  effect.set_accepts(verb.accepts());
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
