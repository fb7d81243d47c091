#include "desk/random_money.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"

namespace frontdesk {
namespace testing {
namespace {

using v1::Command;

// The order with its finished payments and refunds among the others.
v1::Order WholeOrder(const RandomCommands& random) {
  v1::Order order = random.about().order();
  order.mutable_refunds()->MergeFrom(order.finished_refunds());
  order.mutable_payments()->MergeFrom(order.finished_payments());
  return order;
}

// A reference that other reports have as well, often enough.
std::string Reference(RandomCommands& random, const std::string& about) {
  if (random.chance().OneIn(3)) return "";
  if (random.chance().OneIn(6)) return absl::StrCat("gw-", random.chance().Below(30));
  return absl::StrCat("gw-", about, "-", random.chance().Below(2));
}

v1::Money Some(RandomCommands& random, const v1::Money& most) {
  v1::Money money = most;
  money.set_units(
      1 + random.chance().Below(static_cast<int>(std::clamp<std::int64_t>(most.units(), 1, 5000))));
  return money;
}

// One line that is there, with a piece or two.
template <typename Verb>
void NameLine(RandomCommands& random, Verb* verb) {
  const v1::Order& order = random.about().order();
  if (order.lines().empty()) return;
  verb->clear_items();
  v1::ItemSelector* item = verb->add_items();
  item->set_line_id(order.lines(random.chance().Below(order.lines_size())).line_id());
  item->set_quantity(1 + random.chance().Below(2));
}

void ReportPayment(RandomCommands& random, const v1::Order& order, v1::PaymentChange* change) {
  change->Clear();
  const v1::Payment& payment = order.payments(random.chance().Below(order.payments_size()));
  static constexpr v1::Payment::State kStates[] = {
      v1::Payment::STATE_AUTHORIZED, v1::Payment::STATE_CAPTURED,     v1::Payment::STATE_CAPTURED,
      v1::Payment::STATE_CAPTURED,   v1::Payment::STATE_FAILED,       v1::Payment::STATE_VOIDED,
      v1::Payment::STATE_EXPIRED,    v1::Payment::STATE_CHARGED_BACK,
  };
  change->set_state(kStates[random.chance().Below(8)]);
  if (!random.chance().OneIn(4)) change->set_payment_id(payment.payment_id());
  change->set_gateway_reference(Reference(random, payment.payment_id()));
  if (random.chance().OneIn(2)) *change->mutable_amount() = payment.amount();
  if (change->state() == v1::Payment::STATE_CAPTURED && random.chance().OneIn(3)) {
    *change->mutable_amount() = Some(random, payment.amount());
    change->set_more_captures(!change->gateway_reference().empty() && random.chance().OneIn(2));
  }
}

void ReportRefund(RandomCommands& random, const v1::Order& order, v1::RefundChange* change) {
  change->Clear();
  static constexpr v1::Refund::State kStates[] = {
      v1::Refund::STATE_SUCCEEDED, v1::Refund::STATE_SUCCEEDED, v1::Refund::STATE_SUCCEEDED,
      v1::Refund::STATE_FAILED, v1::Refund::STATE_CANCELED};
  change->set_state(kStates[random.chance().Below(5)]);
  if (order.refunds().empty() || random.chance().OneIn(4)) {
    // One that began outside.
    change->set_refund_id(absl::StrCat("outside", random.chance().Below(9)));
    change->set_cause(static_cast<v1::RefundCause>(1 + random.chance().Below(11)));
    change->set_reason("late");
    change->set_gateway_reference(Reference(random, change->refund_id()));
    if (random.chance().OneIn(3) && !order.lines().empty()) {
      v1::ItemSelector* item = change->add_items();
      item->set_line_id(order.lines(0).line_id());
      item->set_quantity(1);
    } else {
      *change->mutable_amount() = Some(random, order.totals().total());
    }
    return;
  }
  const v1::Refund& refund = order.refunds(random.chance().Below(order.refunds_size()));
  change->set_refund_id(refund.refund_id());
  change->set_gateway_reference(Reference(random, refund.refund_id()));
}

}  // namespace

void RecordPayment(RandomCommands& random, Command* command) {
  v1::RecordPayment* verb = command->mutable_order()->mutable_record_payment();
  const v1::Order order = WholeOrder(random);
  if (random.chance().OneIn(2)) return ReportRefund(random, order, verb->mutable_refund());
  if (order.payments().empty() || random.chance().OneIn(6)) {
    // Stored value, which moves at once.
    v1::PaymentChange* change = verb->mutable_payment();
    change->Clear();
    change->set_payment_id(absl::StrCat("new", random.chance().Below(20)));
    change->set_payment_method_id("gift");
    change->set_state(v1::Payment::STATE_CAPTURED);
    change->mutable_amount()->set_units(1 + random.chance().Below(100));
    change->mutable_amount()->set_currency_code(order.currency_code());
    return;
  }
  ReportPayment(random, order, verb->mutable_payment());
}

void RefundOrder(RandomCommands& random, Command* command) {
  v1::RefundOrder* verb = command->mutable_order()->mutable_refund_order();
  verb->clear_cash_out();
  verb->clear_reason();
  verb->clear_shipping_amount();
  verb->clear_fee_amount();
  verb->set_cause(static_cast<v1::RefundCause>(1 + random.chance().Below(11)));
  if (verb->cause() == v1::REFUND_CAUSE_OTHER) verb->set_reason("late");
  if (verb->has_amount() || verb->items().empty()) {
    verb->clear_items();
    verb->mutable_amount()->set_currency_code("USD");
  } else {
    NameLine(random, verb);
  }
}

void RequestPayment(RandomCommands& random, Command* command) {
  v1::RequestPayment* verb = command->mutable_order()->mutable_request_payment();
  verb->clear_payments();
  // Few orders have something owed: one of them, mostly.
  v1::Order order = random.about().order();
  for (int i = 0; i < 20 && order.owed_amount().units() <= 0; ++i) {
    order = random.Existing(v1::ENTITY_KIND_ORDER).order();
  }
  if (!random.chance().OneIn(4)) verb->set_order_id(order.order_id());
  if (!random.chance().OneIn(4)) verb->clear_settlement();
  verb->add_payments()->set_payment_method_id(random.chance().OneIn(3) ? "gift" : "card");
  if (!random.chance().OneIn(3)) return;
  verb->add_payments()->set_payment_method_id("card");
  v1::Money owed = order.owed_amount();
  owed.set_units(std::max<std::int64_t>(1, owed.units()));
  *verb->mutable_payments(0)->mutable_amount() = Some(random, owed);
}

void CancelOrder(RandomCommands&, Command* command) {
  command->mutable_order()->mutable_cancel_order()->clear_cash_out();
  command->mutable_order()->mutable_cancel_order()->clear_payment_method_id();
}

void CancelItems(RandomCommands& random, Command* command) {
  v1::CancelItems* verb = command->mutable_order()->mutable_cancel_items();
  verb->clear_cash_out();
  if (!random.chance().OneIn(3)) verb->clear_payment_method_id();
  verb->clear_fee();
  if (random.chance().OneIn(3)) {
    verb->mutable_fee()->set_units(random.chance().Below(200));
    verb->mutable_fee()->set_currency_code("USD");
  }
  if (!random.chance().OneIn(6)) NameLine(random, verb);
}

void RecordDispute(RandomCommands& random, Command* command) {
  v1::RecordDispute* verb = command->mutable_order()->mutable_record_dispute();
  const std::string order_id = verb->order_id();
  const v1::Order order = WholeOrder(random);
  verb->Clear();
  verb->set_order_id(order_id);
  verb->set_state(static_cast<v1::Dispute::State>(1 + random.chance().Below(5)));
  if (random.chance().OneIn(3)) {
    verb->set_stage(static_cast<v1::Dispute::Stage>(1 + random.chance().Below(4)));
  }
  if (!order.disputes().empty() && !random.chance().OneIn(3)) {
    const v1::Dispute& dispute = order.disputes(random.chance().Below(order.disputes_size()));
    verb->set_dispute_id(dispute.dispute_id());
    verb->set_gateway_reference(Reference(random, dispute.dispute_id()));
    return;
  }
  if (order.payments().empty()) return;
  const v1::Payment& payment = order.payments(random.chance().Below(order.payments_size()));
  verb->set_state(v1::Dispute::STATE_OPEN);
  verb->set_dispute_id(absl::StrCat("d", random.chance().Below(4)));
  verb->set_payment_id(payment.payment_id());
  if (random.chance().OneIn(2)) *verb->mutable_amount() = Some(random, payment.captured_amount());
}

void AnswerDispute(RandomCommands& random, Command* command) {
  v1::AnswerDispute* verb = command->mutable_order()->mutable_answer_dispute();
  const v1::Order& order = random.about().order();
  if (!order.disputes().empty()) {
    verb->set_dispute_id(order.disputes(random.chance().Below(order.disputes_size())).dispute_id());
  }
  verb->clear_evidence();
  verb->set_accepts(random.chance().OneIn(4));
  if (!verb->accepts()) verb->add_evidence()->set_kind("shipping_documentation");
}

}  // namespace testing
}  // namespace frontdesk
