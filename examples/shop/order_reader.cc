// Orders as orders.json has them, those that the desk has changed included.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/v1/order.pb.h"
#include "shop_reader.h"
#include "words.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Customer;
using ::frontdesk::v1::Money;
using ::frontdesk::v1::MoneyRoute;
using ::frontdesk::v1::Order;
using ::frontdesk::v1::OrderLine;
using ::frontdesk::v1::Payment;
using ::frontdesk::v1::PaymentMethod;
using ::frontdesk::v1::Refund;
using ::frontdesk::v1::Return;
using ::frontdesk::v1::Shipment;

Money Amount(std::int64_t units) {
  Money money;
  money.set_units(units);
  money.set_currency_code(std::string(kCurrency));
  return money;
}

// Reads one order. The parts that others refer to are read first: lines, then shipments, then money, then returns.
// Values that the file does not have (totals, the amount held) are left out: the import works them out.
class OrderReader {
 public:
  OrderReader(const Node& node, const Catalog& catalog, const Customers& customers,
              Order* order)
      : node_(node), catalog_(catalog), customers_(customers), order_(*order) {}

  void Read(const std::string& order_id) {
    node_.ExpectMembers(
        {"order_id", "user_id", "address", "items", "fulfillments", "status", "payment_history"},
        {"cancel_reason", "return_items", "return_payment_method_id", "exchange_items",
         "exchange_new_items", "exchange_payment_method_id", "exchange_price_difference"});
    order_.set_order_id(order_id);
    order_.set_currency_code(std::string(kCurrency));
    order_.set_rounding_level(frontdesk::v1::ROUNDING_LEVEL_LINE);
    order_.set_rounding(frontdesk::v1::ROUNDING_HALF_UP);
    const std::string inner_id = node_["order_id"].Id();
    if (!inner_id.empty() && inner_id != order_id) {
      node_["order_id"].Problem(
          absl::StrCat("is \"", inner_id, "\" and stands under \"", order_id, "\""));
    }
    ReadCustomer();
    ReadStatus();
    node_["address"].ExpectMembers({"address1", "address2", "city", "state", "country", "zip"});
    *order_.mutable_shipping_address() = ReadAddress(node_["address"]);
    for (const Node& item : node_["items"].Items()) ReadItem(item);
    for (const Node& fulfillment : node_["fulfillments"].Items()) ReadFulfillment(fulfillment);
    for (const Node& entry : node_["payment_history"].Items()) ReadPaymentEntry(entry);
    if (status_ == kReturnRequested) ReadReturn();
    if (status_ == kExchangeRequested) ReadExchange();
  }

 private:
  void ReadCustomer() {
    const Node user_id = node_["user_id"];
    order_.set_customer_id(user_id.Id());
    const auto found = customers_.find(order_.customer_id());
    if (found != customers_.end()) {
      customer_ = &found->second;
    } else if (!order_.customer_id().empty()) {
      user_id.Problem(absl::StrCat("there is no user \"", order_.customer_id(), "\""));
    }
  }

  void ReadStatus() {
    const Node status = node_["status"];
    status_ = status.Text();
    if (status_ == kPending || status_ == kItemModified) {
      order_.set_state(Order::STATE_PLACED);
      order_.set_item_change_count(status_ == kItemModified ? 1 : 0);
    } else if (status_ == kProcessed) {
      order_.set_state(Order::STATE_PROCESSING);
    } else if (status_ == kDelivered || status_ == kReturnRequested ||
               status_ == kExchangeRequested) {
      order_.set_state(Order::STATE_DELIVERED);
    } else if (status_ == kCanceled) {
      order_.set_state(Order::STATE_CANCELED);
    } else if (status.present() && status.json()->kind == Json::Kind::kText) {
      status.Problem(absl::StrCat("\"", status_, "\" is no status of an order"));
    }
    order_.set_cancel_reason(node_.Optional("cancel_reason").Text());
    // Members that belong to one status must not occur beside another.
    const std::pair<absl::string_view, absl::string_view> only_with[] = {
        {"cancel_reason", kCanceled},
        {"return_items", kReturnRequested},
        {"return_payment_method_id", kReturnRequested},
        {"exchange_items", kExchangeRequested},
        {"exchange_new_items", kExchangeRequested},
        {"exchange_payment_method_id", kExchangeRequested},
        {"exchange_price_difference", kExchangeRequested}};
    for (const auto& [name, with] : only_with) {
      if (node_.Optional(name).present() && status_ != with) {
        node_.Optional(name).Problem(absl::StrCat("stands only beside the status \"", with, "\""));
      }
    }
  }

  void ReadItem(const Node& item) {
    item.ExpectMembers({"name", "product_id", "item_id", "price", "options"});
    OrderLine* line = order_.add_lines();
    line->set_line_id(absl::StrCat(order_.lines_size()));
    line->set_name(item["name"].Text());
    line->set_product_id(item["product_id"].Id());
    line->set_variant_id(item["item_id"].Id());
    if (!line->product_id().empty() && catalog_.FindProduct(line->product_id()) == nullptr) {
      item["product_id"].Problem(absl::StrCat("there is no product \"", line->product_id(), "\""));
    } else if (!line->variant_id().empty()) {
      const auto* variant = catalog_.FindVariant(line->variant_id());
      if (variant == nullptr || variant->product_id() != line->product_id()) {
        item["item_id"].Problem(
            absl::StrCat("the product has no item \"", line->variant_id(), "\""));
      }
    }
    *line->mutable_unit_price() = item["price"].Price();
    for (const auto& [name, value] : item["options"].Members()) {
      auto* option = line->add_options();
      option->set_name(name);
      option->set_value(value.Text());
    }
    auto* quantities = line->mutable_quantities();
    quantities->set_ordered(1);
    if (order_.state() == Order::STATE_DELIVERED) {
      quantities->set_shipped(1);
      quantities->set_delivered(1);
    } else if (order_.state() == Order::STATE_CANCELED) {
      quantities->set_canceled(1);
    }
  }

  // The first line with the variant that is not in `taken`, which it is put into; null when there is none.
  OrderLine* TakeLine(const std::string& variant_id, std::set<std::string>* taken) {
    for (OrderLine& line : *order_.mutable_lines()) {
      if (line.variant_id() == variant_id && taken->insert(line.line_id()).second) return &line;
    }
    return nullptr;
  }

  void ReadFulfillment(const Node& node) {
    node.ExpectMembers({"tracking_id", "item_ids"}, {"delivered_time"});
    Shipment* shipment = order_.add_shipments();
    shipment->set_shipment_id(absl::StrCat(order_.shipments_size()));
    for (std::string& id : node["tracking_id"].Texts()) shipment->add_tracking_ids(std::move(id));
    for (const Node& id : node["item_ids"].Items()) {
      const std::string variant_id = id.Id();
      OrderLine* line = TakeLine(variant_id, &shipped_);
      if (line != nullptr) {
        auto* quantity = shipment->add_lines();
        quantity->set_line_id(line->line_id());
        quantity->set_quantity(1);
        // Other systems cancel what is on its way.
        line->mutable_quantities()->set_shipped(1);
        line->mutable_quantities()->set_canceled(0);
      } else if (!variant_id.empty()) {
        id.Problem(
            absl::StrCat("the order has no item \"", variant_id, "\", or not as many of it"));
      }
    }
    shipment->set_delivered(order_.state() == Order::STATE_DELIVERED);
    ReadDeliveredTime(node.Optional("delivered_time"), shipment);
  }

  void ReadDeliveredTime(const Node& node, Shipment* shipment) {
    const std::string text = node.Text();
    if (text.empty()) return;
    absl::Time time;
    std::string error;
    if (!absl::ParseTime("%Y-%m-%dT%H:%M:%SZ", text, &time, &error)) {
      node.Problem(absl::StrCat("\"", text, "\" is no time such as 2024-05-15T15:00:00Z"));
    } else if (!shipment->delivered()) {
      node.Problem("the order was not delivered");
    } else if (absl::ToUnixSeconds(time) > kNow) {
      node.Problem("is in the future");
    } else {
      shipment->mutable_deliver_time()->set_seconds(absl::ToUnixSeconds(time));
      if (shipment->deliver_time().seconds() > order_.deliver_time().seconds()) {
        *order_.mutable_deliver_time() = shipment->deliver_time();
      }
    }
  }

  MoneyRoute Route(const Node& node) {
    MoneyRoute route;
    route.set_payment_method_id(node.Id());
    if (customer_ == nullptr || route.payment_method_id().empty()) return route;
    for (const PaymentMethod& method : customer_->payment_methods()) {
      if (method.payment_method_id() != route.payment_method_id()) continue;
      route.set_kind(method.kind());
      route.set_account_id(method.account_id());
      return route;
    }
    node.Problem(
        absl::StrCat("the user has no payment method \"", route.payment_method_id(), "\""));
    return route;
  }

  void ReadPaymentEntry(const Node& node) {
    node.ExpectMembers({"transaction_type", "amount", "payment_method_id"});
    const Node type = node["transaction_type"];
    const std::string kind = type.Text();
    const MoneyRoute route = Route(node["payment_method_id"]);
    const Money amount = node["amount"].Amount(Sign::kNotNegative);
    const int sequence = order_.payments_size() + order_.refunds_size() + 1;
    if (kind == "payment") {
      Payment* payment = order_.add_payments();
      payment->set_payment_id(absl::StrCat("payment-", sequence));
      *payment->mutable_route() = route;
      payment->set_state(Payment::STATE_CAPTURED);
      *payment->mutable_amount() = amount;
      payment->set_sequence(sequence);
    } else if (kind == "refund") {
      Refund* refund = order_.add_refunds();
      refund->set_refund_id(absl::StrCat("refund-", sequence));
      *refund->mutable_route() = route;
      refund->set_state(Refund::STATE_SUCCEEDED);
      *refund->mutable_amount() = amount;
      refund->set_cause(status_ == kCanceled      ? frontdesk::v1::REFUND_CAUSE_CANCELLATION
                        : status_ == kItemModified ? frontdesk::v1::REFUND_CAUSE_ITEM_CHANGE
                                                   : frontdesk::v1::REFUND_CAUSE_PAYMENT_CHANGE);
      refund->set_sequence(sequence);
      TakeFromPayments(node, refund);
    } else if (type.present() && type.json()->kind == Json::Kind::kText) {
      type.Problem(absl::StrCat("\"", kind, "\" is neither \"payment\" nor \"refund\""));
    }
  }

  // The file does not say which payments a refund is paid out of: those made with the same method come first, then the
  // others, in the order they were made.
  void TakeFromPayments(const Node& node, Refund* refund) {
    std::vector<const Payment*> payments;
    for (const Payment& payment : order_.payments()) payments.push_back(&payment);
    std::stable_partition(payments.begin(), payments.end(), [&](const Payment* payment) {
      return payment->route().payment_method_id() == refund->route().payment_method_id();
    });
    std::int64_t left = refund->amount().units();
    for (const Payment* payment : payments) {
      std::int64_t& taken = taken_from_[payment->payment_id()];
      const std::int64_t part = std::min(left, payment->amount().units() - taken);
      // Nothing can be paid back of a payment of nothing, once.
      const bool nothing = payment->amount().units() == 0 && refund->amount().units() == 0 &&
                           refund->parts().empty() &&
                           nothing_refunded_.insert(payment->payment_id()).second;
      if (part == 0 && !nothing) continue;
      auto* refund_part = refund->add_parts();
      refund_part->set_payment_id(payment->payment_id());
      *refund_part->mutable_amount() = Amount(part);
      taken += part;
      left -= part;
    }
    if (left > 0) node.Problem("more is paid back than was paid before");
  }

  // The lines of the items that come back.
  std::vector<OrderLine*> TakeLines(const Node& list) {
    std::vector<OrderLine*> lines;
    std::set<std::string> taken;
    for (const Node& id : list.Items()) {
      const std::string variant_id = id.Id();
      OrderLine* line = TakeLine(variant_id, &taken);
      if (line != nullptr) {
        line->mutable_quantities()->set_return_requested(1);
        lines.push_back(line);
      } else if (!variant_id.empty()) {
        id.Problem(
            absl::StrCat("the order has no item \"", variant_id, "\", or not as many of it"));
      }
    }
    return lines;
  }

  void ReadReturn() {
    Return* back = order_.add_returns();
    back->set_return_id("return-1");
    back->set_state(Return::STATE_REQUESTED);
    *back->mutable_refund_route() = Route(node_["return_payment_method_id"]);
    for (const OrderLine* line : TakeLines(node_["return_items"])) {
      auto* quantity = back->add_lines();
      quantity->set_line_id(line->line_id());
      quantity->set_quantity(1);
    }
  }

  // The file keeps the items that go and those that come apart, each sorted: they are brought together by product.
  void ReadExchange() {
    auto* exchange = order_.add_exchanges();
    exchange->set_exchange_id("exchange-1");
    exchange->set_state(Return::STATE_REQUESTED);
    *exchange->mutable_settlement_route() = Route(node_["exchange_payment_method_id"]);
    std::multimap<std::string, const frontdesk::v1::Variant*> wanted;
    for (const Node& id : node_["exchange_new_items"].Items()) {
      const std::string variant_id = id.Id();
      const auto* variant = catalog_.FindVariant(variant_id);
      if (variant != nullptr) {
        wanted.emplace(variant->product_id(), variant);
      } else if (!variant_id.empty()) {
        id.Problem(absl::StrCat("there is no item \"", variant_id, "\""));
      }
    }
    std::int64_t sum = 0;
    for (const OrderLine* line : TakeLines(node_["exchange_items"])) {
      const auto found = wanted.find(line->product_id());
      if (found == wanted.end()) {
        node_["exchange_new_items"].Problem(
            absl::StrCat("there is none in place of \"", line->variant_id(), "\""));
        continue;
      }
      auto* exchanged = exchange->add_lines();
      exchanged->set_line_id(line->line_id());
      exchanged->set_quantity(1);
      *exchanged->mutable_new_variant() = *found->second;
      const std::int64_t difference =
          found->second->unit_price().value() - line->unit_price().value();
      *exchanged->mutable_price_difference() = Amount(difference);
      sum += difference;
      wanted.erase(found);
    }
    if (!wanted.empty()) {
      node_["exchange_new_items"].Problem("there are more than the items they are wanted for");
    }
    const Money difference = node_["exchange_price_difference"].Amount(Sign::kAny);
    if (difference.units() != sum) {
      node_["exchange_price_difference"].Problem("is not the difference of the items' prices");
    }
    *exchange->mutable_price_difference() = difference;
  }

  const Node& node_;
  const Catalog& catalog_;
  const Customers& customers_;
  Order& order_;
  const Customer* customer_ = nullptr;
  std::string status_;
  std::set<std::string> shipped_;                   // line ids
  std::map<std::string, std::int64_t> taken_from_;  // minor units by payment id
  std::set<std::string> nothing_refunded_;          // ids of payments of nothing
};

}  // namespace

Order ReadOrder(const std::string& order_id, const Node& node, const Catalog& catalog,
                const Customers& customers) {
  Order order;
  OrderReader(node, catalog, customers, &order).Read(order_id);
  return order;
}

}  // namespace retail_desk
