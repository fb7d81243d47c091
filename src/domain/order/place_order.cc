#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_limits.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "domain/order/payment_shares.h"
#include "domain/order/placed_order.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

// The lines, as far as the catalog has their variants.
void AddPlacedLines(OrderDraft* draft, v1::Order* order) {
  const v1::PlaceOrder& verb = draft->command().place_order();
  VariantIndex variants(draft->input().catalog());
  for (int i = 0; i < verb.lines_size(); ++i) {
    const FieldPath line_field{&draft->root(), "lines", i};
    const FieldPath field{&line_field, "variant_id"};
    const v1::Variant* variant = variants.Find(verb.lines(i).variant_id());
    if (variant == nullptr) {
      draft->Refuse("VARIANT_UNKNOWN", &field);
      continue;
    }
    if (!IsUsable(variant->unit_price())) {
      draft->Refuse("PRICE", &field);
    } else if (variant->unit_price().currency_code() != verb.currency_code()) {
      draft->Refuse("CURRENCY", &field);
    }
    v1::OrderLine& line = AddPricedLine(verb, i, *variant, order);
    line.set_product_id(variant->product_id());
    line.set_variant_id(variant->variant_id());
    line.set_name(variant->name());
    *line.mutable_options() = variant->options();
  }
}

absl::Status SetPlacedCharges(v1::Order* order) {
  FRONTDESK_ASSIGN_OR_RETURN(ChargeSheet sheet, ComputeCharges(*order));
  order->mutable_charges()->Reserve(static_cast<int>(sheet.charges.size()));
  for (v1::Charge& charge : sheet.charges) *order->add_charges() = std::move(charge);
  *order->mutable_totals() = std::move(sheet.totals);
  for (int i = 0; i < order->lines_size(); ++i) {
    *order->mutable_lines(i)->mutable_net_amount() = std::move(sheet.line_net_amounts[i]);
    *order->mutable_lines(i)->mutable_refunded_amount() = InOrderCurrency(*order, 0);
  }
  return absl::OkStatus();
}

}  // namespace

void CheckPlaceOrder(const FieldPath& root, const v1::OrderCommand& command,
                     ArgumentChecker* checker) {
  const v1::PlaceOrder& verb = command.place_order();
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
  if (verb.payments_size() == 0) {
    checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
  } else {
    CheckShares(root, verb.payments(), verb.currency_code(), checker);
    if (!verb.payment_method_id().empty()) {
      checker->Add({&root, "payments"}, kReasonArgumentExclusive,
                   "exactly one of payment_method_id and payments must be set");
    }
  }
  CheckSettlement(root, verb.settlement(), checker);
}

absl::Status DecidePlaceOrder(OrderDraft* draft) {
  const v1::PlaceOrder& verb = draft->command().place_order();
  v1::Event event = draft->NewEvent();
  v1::Order& order = *event.mutable_order()->mutable_order_placed()->mutable_order();
  order.set_order_id(verb.order_id());
  if (!verb.order_number().empty()) order.set_order_number(verb.order_number());
  order.set_customer_id(verb.customer_id());
  order.set_state(v1::Order::STATE_PLACED);
  if (draft->input().has_now()) *order.mutable_place_time() = draft->input().now();
  AddPlacedLines(draft, &order);
  SetPlacedTerms(verb, &order);

  const v1::Customer& customer = draft->input().customer();
  if (customer.state() == v1::Customer::STATE_UNSPECIFIED) {
    const FieldPath field{&draft->root(), "customer_id"};
    draft->Refuse("CUSTOMER_UNKNOWN", &field);
  }
  if (verb.has_shipping_address()) {
    *order.mutable_shipping_address() = verb.shipping_address();
  } else if (customer.addresses_size() > 0) {
    *order.mutable_shipping_address() = customer.addresses(0).address();
  } else {
    const FieldPath field{&draft->root(), "shipping_address"};
    draft->Refuse("ADDRESS_MISSING", &field);
  }
  const v1::PaymentMethod* method = draft->FindMethod(verb.payment_method_id());
  if (method == nullptr && verb.payments_size() == 0) {
    const FieldPath field{&draft->root(), "payment_method_id"};
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
  }
  const bool can_price = !draft->refused();
  if (can_price) FRONTDESK_RETURN_IF_ERROR(SetPlacedCharges(&order));
  const int64_t total = order.totals().total().units();
  std::vector<std::pair<const v1::PaymentMethod*, int64_t>> shares = {{method, total}};
  if (verb.payments_size() > 0) {
    int64_t left = 0;
    shares = ResolveShares(verb.payments(), total, draft, &left);
    const FieldPath field{&draft->root(), "payments"};
    if (can_price && left != 0) draft->Refuse("PAYMENTS", &field);
  }
  if (draft->refused()) return absl::OkStatus();
  for (const auto& [paying, units] : shares) {
    if (units == 0) continue;  // A free order.
    *order.add_payments() = draft->StartPayment(draft->RouteOf(*paying), units, verb.settlement());
  }
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
