#include "shop_writer.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "node.h"
#include "words.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Account;
using ::frontdesk::v1::Customer;
using ::frontdesk::v1::Exchange;
using ::frontdesk::v1::ExchangeLine;
using ::frontdesk::v1::Money;
using ::frontdesk::v1::Order;
using ::frontdesk::v1::OrderLine;
using ::frontdesk::v1::Payment;
using ::frontdesk::v1::PaymentMethod;
using ::frontdesk::v1::PostalAddress;
using ::frontdesk::v1::Refund;
using ::frontdesk::v1::Return;
using ::frontdesk::v1::Shipment;

Json TextList(const std::vector<std::string>& texts) {
  std::vector<Json> items;
  for (const std::string& text : texts) items.push_back(Json::Text(text));
  return Json::List(std::move(items));
}

Json AddressForm(const PostalAddress& address) {
  Json form = Json::Object();
  form.Set("address1", Json::Text(address.lines_size() > 0 ? address.lines(0) : ""));
  form.Set("address2", Json::Text(address.lines_size() > 1 ? address.lines(1) : ""));
  form.Set("city", Json::Text(address.locality()));
  form.Set("country", Json::Text(address.country_as_written()));
  form.Set("state", Json::Text(address.administrative_area()));
  form.Set("zip", Json::Text(address.postal_code()));
  return form;
}

absl::string_view StatusOf(const Order& order) {
  switch (order.state()) {
    case Order::STATE_PLACED:
      return order.item_change_count() > 0 ? kItemModified : kPending;
    case Order::STATE_PROCESSING:
    case Order::STATE_SHIPPED:
      return kProcessed;
    case Order::STATE_DELIVERED:
      if (order.exchanges_size() > 0) return kExchangeRequested;
      return order.returns_size() > 0 ? kReturnRequested : kDelivered;
    case Order::STATE_CANCELED:
      return kCanceled;
    default:
      return "";
  }
}

Json ItemForm(const OrderLine& line) {
  Json options = Json::Object();
  for (const auto& option : line.options()) options.Set(option.name(), Json::Text(option.value()));
  Json form = Json::Object();
  form.Set("name", Json::Text(line.name()));
  form.Set("product_id", Json::Text(line.product_id()));
  form.Set("item_id", Json::Text(line.variant_id()));
  form.Set("price", AmountJson(line.unit_price().value()));
  form.Set("options", std::move(options));
  return form;
}

// The variant of each piece.
template <typename Lines>
std::vector<std::string> VariantIds(const Order& order, const Lines& lines) {
  std::vector<std::string> ids;
  for (const auto& piece : lines) {
    for (const OrderLine& line : order.lines()) {
      if (line.line_id() == piece.line_id())
        ids.insert(ids.end(), piece.quantity(), line.variant_id());
    }
  }
  return ids;
}

Json FulfillmentForm(const Order& order, const Shipment& shipment) {
  Json form = Json::Object();
  form.Set("tracking_id",
           TextList({shipment.tracking_ids().begin(), shipment.tracking_ids().end()}));
  form.Set("item_ids", TextList(VariantIds(order, shipment.lines())));
  if (shipment.has_deliver_time()) {
    form.Set("delivered_time",
             Json::Text(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                                         absl::FromUnixSeconds(shipment.deliver_time().seconds()),
                                         absl::UTCTimeZone())));
  }
  return form;
}

Json EntryForm(absl::string_view type, const Money& amount, const std::string& payment_method_id) {
  Json form = Json::Object();
  form.Set("transaction_type", Json::Text(std::string(type)));
  form.Set("amount", AmountJson(amount.units()));
  form.Set("payment_method_id", Json::Text(payment_method_id));
  return form;
}

// Payments and refunds together, in the order they were recorded.
Json PaymentHistoryForm(const Order& order) {
  std::map<std::int64_t, Json> entries;
  const auto add = [&entries](absl::string_view type, const auto& movements) {
    for (const auto& each : movements) {
      entries[each.sequence()] = EntryForm(type, each.amount(), each.route().payment_method_id());
    }
  };
  add("payment", order.payments());
  add("payment", order.finished_payments());
  add("refund", order.refunds());
  add("refund", order.finished_refunds());
  Json history = Json::List();
  for (auto& [sequence, entry] : entries) history.items.push_back(std::move(entry));
  return history;
}

Json SortedTextList(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return TextList(texts);
}

void AddReturn(const Order& order, Json* form) {
  const Return& back = order.returns(0);
  form->Set("return_items", SortedTextList(VariantIds(order, back.lines())));
  form->Set("return_payment_method_id", Json::Text(back.refund_route().payment_method_id()));
}

void AddExchange(const Order& order, Json* form) {
  const Exchange& exchange = order.exchanges(0);
  std::vector<std::string> new_ids;
  for (const ExchangeLine& line : exchange.lines()) {
    new_ids.insert(new_ids.end(), line.quantity(), line.new_variant().variant_id());
  }
  form->Set("exchange_items", SortedTextList(VariantIds(order, exchange.lines())));
  form->Set("exchange_new_items", SortedTextList(std::move(new_ids)));
  form->Set("exchange_payment_method_id",
            Json::Text(exchange.settlement_route().payment_method_id()));
  form->Set("exchange_price_difference", AmountJson(exchange.price_difference().units()));
}

Json PaymentMethodForm(const PaymentMethod& method,
                       const std::unordered_map<std::string, Account>& accounts) {
  Json form = Json::Object();
  if (method.kind() == PaymentMethod::KIND_CARD) {
    form.Set("source", Json::Text("credit_card"));
    form.Set("brand", Json::Text(method.brand()));
    form.Set("last_four", Json::Text(method.last_four()));
  } else if (method.kind() == PaymentMethod::KIND_GIFT_CARD) {
    form.Set("source", Json::Text("gift_card"));
    const auto account = accounts.find(method.account_id());
    if (account != accounts.end()) {
      form.Set("balance", AmountJson(account->second.balance().units()));
    }
  } else {
    form.Set("source", Json::Text(method.brand()));
  }
  form.Set("id", Json::Text(method.payment_method_id()));
  return form;
}

}  // namespace

Json OrderForm(const Order& order) {
  Json form = Json::Object();
  form.Set("order_id", Json::Text(order.order_id()));
  form.Set("user_id", Json::Text(order.customer_id()));
  form.Set("address", AddressForm(order.shipping_address()));
  Json items = Json::List();
  for (const OrderLine& line : order.lines()) items.items.push_back(ItemForm(line));
  form.Set("items", std::move(items));
  Json fulfillments = Json::List();
  for (const Shipment& shipment : order.shipments()) {
    fulfillments.items.push_back(FulfillmentForm(order, shipment));
  }
  form.Set("fulfillments", std::move(fulfillments));
  const absl::string_view status = StatusOf(order);
  form.Set("status", Json::Text(std::string(status)));
  form.Set("payment_history", PaymentHistoryForm(order));
  if (!order.cancel_reason().empty()) form.Set("cancel_reason", Json::Text(order.cancel_reason()));
  if (status == kReturnRequested) AddReturn(order, &form);
  if (status == kExchangeRequested) AddExchange(order, &form);
  return form;
}

Json UserForm(const Customer& customer, const std::unordered_map<std::string, Account>& accounts) {
  Json name = Json::Object();
  name.Set("first_name", Json::Text(customer.given_name()));
  name.Set("last_name", Json::Text(customer.family_name()));
  Json methods = Json::Object();
  for (const PaymentMethod& method : customer.payment_methods()) {
    methods.Set(method.payment_method_id(), PaymentMethodForm(method, accounts));
  }
  Json order_ids = Json::List();
  for (const auto& attribute : customer.attributes()) {
    if (attribute.name() != kOrderIdsAttribute || attribute.string_value().empty()) continue;
    for (absl::string_view id : absl::StrSplit(attribute.string_value(), '\n')) {
      order_ids.items.push_back(Json::Text(std::string(id)));
    }
  }
  Json form = Json::Object();
  form.Set("name", std::move(name));
  form.Set("address", customer.addresses_size() > 0 ? AddressForm(customer.addresses(0).address())
                                                    : Json::Object());
  form.Set(
      "email",
      Json::Text(customer.contact_points_size() > 0 ? customer.contact_points(0).as_typed() : ""));
  form.Set("payment_methods", std::move(methods));
  form.Set("orders", std::move(order_ids));
  return form;
}

}  // namespace retail_desk
