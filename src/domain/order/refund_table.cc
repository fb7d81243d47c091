#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/order/order_money.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_events.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::RefundRow;

// A part of a refund by component.
struct ComponentPart {
  RefundRow::Component component;
  std::string line_id;
  int64_t quantity;
  int64_t units;
};

// Makes the rows of the refunds of one outcome.
class RefundRows {
 public:
  explicit RefundRows(const v1::Order& order) : order_(order) {
    *table_.mutable_amount() = InOrderCurrency(order, 0);
    *table_.mutable_refundable_amount() = HeldAmount(order);
  }

  // Pieces that were canceled: the refunds that follow are for them, as far as their amounts go.
  void AddCanceled(const v1::ItemsCanceled& fact) {
    for (const v1::LineAmount& line : fact.lines()) {
      canceled_.push_back(
          {RefundRow::COMPONENT_LINE, line.line_id(), line.quantity(), line.amount().units()});
    }
  }

  void AddRefund(const v1::Refund& refund) {
    std::vector<ComponentPart> components = ComponentsOf(refund);
    size_t next = 0;
    for (const v1::RefundPart& part : refund.parts()) {
      int64_t left = part.amount().units();
      const size_t first = next;
      while (next < components.size() && (left > 0 || components[next].units == 0)) {
        ComponentPart& component = components[next];
        const int64_t units = std::min(left, component.units);
        AddRow(refund, part, component, units);
        component.quantity = 0;
        component.units -= units;
        left -= units;
        if (component.units > 0) break;
        ++next;
      }
      // A part of nothing, or of more than the components sum to, is for the order.
      if (left > 0 || (next == first && part.amount().units() == 0)) {
        AddRow(refund, part, {RefundRow::COMPONENT_ORDER, "", 0, left}, left);
      }
    }
  }

  v1::RefundTable Take() && { return std::move(table_); }

 private:
  std::vector<ComponentPart> ComponentsOf(const v1::Refund& refund) {
    std::vector<ComponentPart> components;
    const int64_t shipping = refund.shipping_amount().units();
    const int64_t fees = refund.fee_amount().units();
    __int128 rest = static_cast<__int128>(refund.amount().units()) - shipping - fees;
    for (const v1::LineAmount& line : refund.lines()) {
      components.push_back(
          {RefundRow::COMPONENT_LINE, line.line_id(), line.quantity(), line.amount().units()});
      rest -= line.amount().units();
    }
    if (refund.cause() == v1::REFUND_CAUSE_CANCELLATION) TakeCanceled(&rest, &components);
    if (rest > 0) {
      components.push_back({RefundRow::COMPONENT_ORDER, "", 0, NearestUnits(rest)});
    }
    if (shipping > 0) components.push_back({RefundRow::COMPONENT_SHIPPING, "", 0, shipping});
    if (fees > 0) components.push_back({RefundRow::COMPONENT_FEE, "", 0, fees});
    return components;
  }

  // Moves what `rest` covers of the canceled pieces to the components.
  void TakeCanceled(__int128* rest, std::vector<ComponentPart>* components) {
    while (!canceled_.empty() && *rest > 0) {
      ComponentPart& line = canceled_.front();
      const auto units = static_cast<int64_t>(std::min<__int128>(line.units, *rest));
      components->push_back({line.component, line.line_id, line.quantity, units});
      *rest -= units;
      line.units -= units;
      line.quantity = 0;
      if (line.units > 0) return;
      canceled_.erase(canceled_.begin());
    }
  }

  void AddRow(const v1::Refund& refund, const v1::RefundPart& part, const ComponentPart& component,
              int64_t units) {
    RefundRow& row = *table_.add_rows();
    row.set_refund_id(refund.refund_id());
    row.set_component(component.component);
    row.set_line_id(component.line_id);
    row.set_quantity(component.quantity);
    row.set_payment_id(part.payment_id());
    *row.mutable_route() = refund.route();
    *row.mutable_amount() = InOrderCurrency(order_, units);
    row.set_cause(refund.cause());
    row.set_reason(refund.reason());
    int64_t sum = 0;
    if (__builtin_add_overflow(table_.amount().units(), units, &sum)) {
      sum = std::numeric_limits<int64_t>::max();
    }
    table_.mutable_amount()->set_units(sum);
  }

  const v1::Order& order_;
  v1::RefundTable table_;
  std::vector<ComponentPart> canceled_;
};

}  // namespace

v1::RefundTable MakeRefundTable(const v1::Order& order, const v1::Outcome& outcome) {
  RefundRows rows(order);
  for (const v1::Event& event : outcome.events()) {
    if (event.entity().kind() != v1::ENTITY_KIND_ORDER || event.entity().id() != order.order_id()) {
      continue;
    }
    if (event.order().has_items_canceled()) rows.AddCanceled(event.order().items_canceled());
    if (event.order().has_order_refunded()) rows.AddRefund(event.order().order_refunded().refund());
  }
  return std::move(rows).Take();
}

}  // namespace domain
}  // namespace frontdesk
