#include <string>
#include <utility>

#include "domain/arguments.h"
#include "domain/order/order_import.h"
#include "domain/order/order_limits.h"
#include "frontdesk/domain/order/order.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::OrderCommand;

bool IsSettlement(int value) { return v1::Settlement_IsValid(value); }

void CheckSettlement(const FieldPath& root, v1::Settlement settlement, ArgumentChecker* checker) {
  checker->CheckEnum({&root, "settlement"}, settlement, IsSettlement(settlement));
}

void CheckSelector(const FieldPath& field, const v1::ItemSelector& item, ArgumentChecker* checker) {
  if (item.line_id().empty() == item.variant_id().empty()) {
    checker->Add({&field, "line_id"}, kReasonArgumentExclusive,
                 "exactly one of line_id and variant_id must be set");
  }
  checker->CheckRange({&field, "quantity"}, item.quantity(), 1, kMaxLineQuantity);
}

void CheckSelectors(const FieldPath& root, absl::string_view name,
                    const google::protobuf::RepeatedPtrField<v1::ItemSelector>& items,
                    ArgumentChecker* checker) {
  checker->CheckCount({&root, name}, items.size(), 1, kMaxOrderLines);
  for (int i = 0; i < items.size(); ++i) CheckSelector({&root, name, i}, items[i], checker);
}

void CheckChanges(const FieldPath& root,
                  const google::protobuf::RepeatedPtrField<v1::ItemChange>& changes,
                  ArgumentChecker* checker) {
  checker->CheckCount({&root, "changes"}, changes.size(), 1, kMaxOrderLines);
  for (int i = 0; i < changes.size(); ++i) {
    const FieldPath field{&root, "changes", i};
    const FieldPath added{&field, "added_quantity"};
    if (changes[i].has_item()) {
      CheckSelector({&field, "item"}, changes[i].item(), checker);
      checker->Forbid(added, changes[i].added_quantity() != 0);
    } else if (!changes[i].new_variant_id().empty() || changes[i].added_quantity() != 0) {
      // An exchange without a new variant may have no count: it is for policy to judge.
      checker->CheckRange(added, changes[i].added_quantity(), 0, kMaxLineQuantity);
    }
  }
}

void CheckPlace(const v1::PlaceOrder& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "place_order"};
  checker->RequireText({&root, "order_id"}, verb.order_id());
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  checker->CheckCurrency({&root, "currency_code"}, verb.currency_code());
  checker->CheckCount({&root, "lines"}, verb.lines_size(), 1, kMaxOrderLines);
  DistinctIds line_ids;
  std::set<std::string> known;
  for (int i = 0; i < verb.lines_size(); ++i) {
    const FieldPath field{&root, "lines", i};
    const v1::PlaceOrderLine& line = verb.lines(i);
    const std::string id = line.line_id().empty() ? std::to_string(i + 1) : line.line_id();
    line_ids.Check({&field, "line_id"}, id, checker);
    known.insert(id);
    checker->RequireText({&field, "variant_id"}, line.variant_id());
    checker->CheckRange({&field, "quantity"}, line.quantity(), 1, kMaxLineQuantity);
  }
  CheckDiscounts(root, verb.discounts(), verb.currency_code(), known, checker);
  if (verb.has_shipping()) {
    checker->CheckAmount({&root, "shipping"}, verb.shipping(), 0, verb.currency_code());
  }
  if (verb.has_fee()) checker->CheckAmount({&root, "fee"}, verb.fee(), 0, verb.currency_code());
  CheckTerms(root, verb.tax_rule(), verb.rounding_level(), verb.rounding(), checker);
  if (verb.has_shipping_address()) {
    checker->CheckAddress({&root, "shipping_address"}, verb.shipping_address());
  }
  checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
  CheckSettlement(root, verb.settlement(), checker);
}

void CheckPaymentChange(const FieldPath& root, const v1::PaymentChange& change,
                        ArgumentChecker* checker) {
  checker->RequireText({&root, "payment_id"}, change.payment_id());
  checker->CheckEnum({&root, "state"}, change.state(),
                     change.state() != v1::Payment::STATE_UNSPECIFIED &&
                         change.state() != v1::Payment::STATE_REQUESTED &&
                         v1::Payment_State_IsValid(change.state()));
  const FieldPath amount{&root, "amount"};
  if (change.has_amount()) checker->CheckAmount(amount, change.amount(), 0);
}

void CheckRecordPayment(const v1::RecordPayment& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "record_payment"};
  checker->RequireText({&root, "order_id"}, verb.order_id());
  if (verb.has_payment()) {
    CheckPaymentChange({&root, "payment"}, verb.payment(), checker);
  } else if (verb.has_refund()) {
    const FieldPath refund{&root, "refund"};
    checker->RequireText({&refund, "refund_id"}, verb.refund().refund_id());
    checker->CheckEnum({&refund, "state"}, verb.refund().state(),
                       verb.refund().state() == v1::Refund::STATE_SUCCEEDED ||
                           verb.refund().state() == v1::Refund::STATE_FAILED);
  } else {
    checker->Add({&root, "payment"}, kReasonArgumentExclusive,
                 "exactly one of payment and refund must be set");
  }
}

bool IsAfter(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return a.seconds() != b.seconds() ? a.seconds() > b.seconds() : a.nanos() > b.nanos();
}

void CheckNotAfterNow(const FieldPath& field, bool present, const google::protobuf::Timestamp& time,
                      const google::protobuf::Timestamp& now, ArgumentChecker* checker) {
  if (!checker->CheckTime(field, present, time) || !present) return;
  if (IsAfter(time, now)) {
    checker->Add(field, kReasonArgumentOutOfRange, "is after the command's now");
  }
}

void CheckRecordShipment(const OrderCommand& command, const google::protobuf::Timestamp& now,
                         ArgumentChecker* checker) {
  const v1::RecordShipment& verb = command.record_shipment();
  const FieldPath root{nullptr, "record_shipment"};
  checker->RequireText({&root, "order_id"}, verb.order_id());
  const FieldPath field{&root, "shipment"};
  if (!checker->RequireMessage(field, verb.has_shipment())) return;
  const v1::Shipment& shipment = verb.shipment();
  checker->RequireText({&field, "shipment_id"}, shipment.shipment_id());
  checker->CheckCount({&field, "lines"}, shipment.lines_size(), 1, kMaxOrderLines);
  DistinctIds line_ids;
  for (int i = 0; i < shipment.lines_size(); ++i) {
    const FieldPath line{&field, "lines", i};
    const FieldPath line_id{&line, "line_id"};
    if (checker->RequireText(line_id, shipment.lines(i).line_id())) {
      line_ids.Check(line_id, shipment.lines(i).line_id(), checker);
    }
    checker->CheckRange({&line, "quantity"}, shipment.lines(i).quantity(), 1, kMaxLineQuantity);
  }
  CheckNotAfterNow({&field, "ship_time"}, shipment.has_ship_time(), shipment.ship_time(), now,
                   checker);
  checker->Forbid({&field, "deliver_time"}, shipment.has_deliver_time());
  checker->Forbid({&field, "delivered"}, shipment.delivered());
}

void CheckRefund(const v1::RefundOrder& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "refund_order"};
  checker->RequireText({&root, "order_id"}, verb.order_id());
  checker->CheckEnum(
      {&root, "cause"}, verb.cause(),
      verb.cause() != v1::REFUND_CAUSE_UNSPECIFIED && v1::RefundCause_IsValid(verb.cause()));
  if ((verb.items_size() > 0) == verb.has_amount()) {
    checker->Add({&root, "items"}, kReasonArgumentExclusive,
                 "exactly one of items and amount must be set");
  }
  if (verb.items_size() > 0) CheckSelectors(root, "items", verb.items(), checker);
  if (verb.has_amount()) checker->CheckAmount({&root, "amount"}, verb.amount(), 0);
  CheckSettlement(root, verb.settlement(), checker);
}

void CheckGoods(const OrderCommand& command, ArgumentChecker* checker) {
  switch (command.verb_case()) {
    case OrderCommand::kChangeItems: {
      const v1::ChangeItems& verb = command.change_items();
      const FieldPath root{nullptr, "change_items"};
      checker->RequireText({&root, "order_id"}, verb.order_id());
      CheckChanges(root, verb.changes(), checker);
      checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
      CheckSettlement(root, verb.settlement(), checker);
      return;
    }
    case OrderCommand::kRequestReturn: {
      const v1::RequestReturn& verb = command.request_return();
      const FieldPath root{nullptr, "request_return"};
      checker->RequireText({&root, "order_id"}, verb.order_id());
      CheckSelectors(root, "items", verb.items(), checker);
      checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
      return;
    }
    case OrderCommand::kRequestExchange: {
      const v1::RequestExchange& verb = command.request_exchange();
      const FieldPath root{nullptr, "request_exchange"};
      checker->RequireText({&root, "order_id"}, verb.order_id());
      CheckChanges(root, verb.changes(), checker);
      checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
      return;
    }
    default:
      return;
  }
}

void CheckOtherOrderVerb(const OrderCommand& command, const google::protobuf::Timestamp& now,
                         ArgumentChecker* checker) {
  switch (command.verb_case()) {
    case OrderCommand::kRecordDelivery: {
      const v1::RecordDelivery& verb = command.record_delivery();
      const FieldPath root{nullptr, "record_delivery"};
      checker->RequireText({&root, "order_id"}, verb.order_id());
      checker->RequireText({&root, "shipment_id"}, verb.shipment_id());
      CheckNotAfterNow({&root, "deliver_time"}, verb.has_deliver_time(), verb.deliver_time(), now,
                       checker);
      return;
    }
    case OrderCommand::kCancelOrder: {
      const FieldPath root{nullptr, "cancel_order"};
      checker->RequireText({&root, "order_id"}, command.cancel_order().order_id());
      CheckSettlement(root, command.cancel_order().settlement(), checker);
      return;
    }
    case OrderCommand::kChangeShippingAddress: {
      const v1::ChangeShippingAddress& verb = command.change_shipping_address();
      const FieldPath root{nullptr, "change_shipping_address"};
      checker->RequireText({&root, "order_id"}, verb.order_id());
      const FieldPath address{&root, "address"};
      if (checker->RequireMessage(address, verb.has_address())) {
        checker->CheckAddress(address, verb.address());
      }
      return;
    }
    case OrderCommand::kChangePaymentMethod: {
      const v1::ChangePaymentMethod& verb = command.change_payment_method();
      const FieldPath root{nullptr, "change_payment_method"};
      checker->RequireText({&root, "order_id"}, verb.order_id());
      checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
      CheckSettlement(root, verb.settlement(), checker);
      return;
    }
    default:
      return CheckGoods(command, checker);
  }
}

}  // namespace

void CheckDiscounts(const FieldPath& parent,
                    const google::protobuf::RepeatedPtrField<v1::Discount>& discounts,
                    absl::string_view currency_code, const std::set<std::string>& line_ids,
                    ArgumentChecker* checker) {
  checker->CheckCount({&parent, "discounts"}, discounts.size(), 0, kMaxDiscounts);
  DistinctIds ids;
  for (int i = 0; i < discounts.size(); ++i) {
    const FieldPath field{&parent, "discounts", i};
    const v1::Discount& discount = discounts[i];
    const FieldPath id{&field, "discount_id"};
    if (checker->RequireText(id, discount.discount_id())) {
      ids.Check(id, discount.discount_id(), checker);
    }
    if (!discount.line_id().empty() && line_ids.count(discount.line_id()) == 0) {
      checker->Add({&field, "line_id"}, kReasonArgumentUnknownValue, "is not a line of the order");
    }
    if (discount.has_amount()) {
      checker->CheckAmount({&field, "amount"}, discount.amount(), 1, currency_code);
    } else {
      checker->CheckRange({&field, "rate_ppm"}, discount.rate_ppm(), 1, 1'000'000);
    }
  }
}

void CheckTerms(const FieldPath& parent, const v1::TaxRule& tax_rule, v1::RoundingLevel level,
                v1::Rounding rounding, ArgumentChecker* checker) {
  const FieldPath tax{&parent, "tax_rule"};
  checker->CheckRange({&tax, "rate_ppm"}, tax_rule.rate_ppm(), 0, kMaxTaxRatePpm);
  checker->CheckEnum({&parent, "rounding_level"}, level, v1::RoundingLevel_IsValid(level));
  checker->CheckEnum({&parent, "rounding"}, rounding, v1::Rounding_IsValid(rounding));
}

std::vector<v1::Refusal> CheckOrderArguments(const v1::OrderCommand& command,
                                             const google::protobuf::Timestamp& now) {
  ArgumentChecker checker;
  switch (command.verb_case()) {
    case OrderCommand::kPlaceOrder:
      CheckPlace(command.place_order(), &checker);
      break;
    case OrderCommand::kImportOrder:
      CheckImportOrder(command.import_order(), &checker);
      break;
    case OrderCommand::kRecordPayment:
      CheckRecordPayment(command.record_payment(), &checker);
      break;
    case OrderCommand::kRecordShipment:
      CheckRecordShipment(command, now, &checker);
      break;
    case OrderCommand::kRefundOrder:
      CheckRefund(command.refund_order(), &checker);
      break;
    default:
      CheckOtherOrderVerb(command, now, &checker);
  }
  return std::move(checker).Take();
}

}  // namespace domain
}  // namespace frontdesk
