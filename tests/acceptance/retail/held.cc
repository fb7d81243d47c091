#include "held.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/domain/order/order.h"
#include "words.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Outcome;

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) Die("a refund cannot be asked for", result.status());
  return *std::move(result);
}

// Asks to refund all that an order holds.
frontdesk::v1::Command RefundCommand(const frontdesk::Desk& desk, const std::string& order_id) {
  const auto state = Must(desk.Get(frontdesk::Ref(frontdesk::v1::ENTITY_KIND_ORDER, order_id)));
  frontdesk::v1::RefundOrder refund;
  refund.set_order_id(order_id);
  refund.set_cause(frontdesk::v1::REFUND_CAUSE_GOODWILL);
  *refund.mutable_amount() = frontdesk::domain::HeldAmount(state->order());
  return AgentCommand(refund);
}

}  // namespace

absl::optional<HeldRefund> ApproveHeldRefund(const ShopDesk& desk, const Shop& shop) {
  ShopDesk fork = desk.Fork();
  for (const Import& import : shop.imports) {
    if (!import.command.order().has_import_order()) continue;
    const frontdesk::v1::Command refund =
        RefundCommand(fork.desk(), import.command.order().import_order().order().order_id());
    if (Must(fork.desk().Preview(refund)).verdict() != frontdesk::v1::VERDICT_HELD) continue;

    const Outcome held = Must(fork.desk().Execute(refund));
    frontdesk::v1::Approve approve;
    approve.set_approval_id(held.held().approval_id());
    const frontdesk::v1::Actor supervisor = frontdesk::MakeActor(
        "supervisor", frontdesk::v1::Actor::KIND_AGENT, {}, {held.held().authority()});
    const Outcome approved = Must(fork.desk().Execute(
        frontdesk::MakeCommand(supervisor, absl::FromUnixSeconds(kNow), approve)));
    if (approved.verdict() != frontdesk::v1::VERDICT_DONE) return absl::nullopt;
    return HeldRefund{Must(fork.desk().Explain(held.record_id())),
                      Must(fork.desk().Explain(approved.record_id()))};
  }
  return absl::nullopt;
}

}  // namespace retail_desk
