// The shape of an imported order; whether its sums hold is checked in import_order.cc.
#include <set>
#include <string>

#include "domain/arguments.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_import.h"
#include "domain/order/order_limits.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr absl::string_view kComputedFields[] = {
    "finished_payments",
    "finished_refunds",
    "payment_count",
    "refund_count",
    "requested_amount",
    "captured_amount",
    "refunded_amount",
    "last_sequence",
    "last_id_number",
    "last_captured_payment",
    "unrecognized_attributes",
    "credited_amount",
    "owed_amount",
    "refunded_shipping_amount",
    "refunded_fee_amount",
    "refunded_tax_amount",
    "refunded_goods_amount",
    "gateway_reports",
};

// Checks the shape of one imported order; whether its sums hold is looked at when it is decided.
class OrderImportChecker {
 public:
  OrderImportChecker(const v1::Order& order, const FieldPath& root, ArgumentChecker* checker)
      : order_(order), root_(root), checker_(checker) {}

  void Check() {
    checker_->RequireText({&root_, "order_id"}, order_.order_id());
    checker_->RequireText({&root_, "customer_id"}, order_.customer_id());
    checker_->CheckEnum(
        {&root_, "state"}, order_.state(),
        order_.state() != v1::Order::STATE_UNSPECIFIED && v1::Order_State_IsValid(order_.state()));
    checker_->CheckCurrency({&root_, "currency_code"}, order_.currency_code());
    CheckLines();
    CheckDiscounts(root_, order_.discounts(), order_.currency_code(), line_ids_, checker_);
    CheckTerms(root_, order_.tax_rule(), order_.rounding_level(), order_.rounding(), checker_);
    for (int i = 0; i < order_.charges_size(); ++i) {
      Amount({&root_, "charges", i}, "amount", order_.charges(i).has_amount(),
             order_.charges(i).amount(), kAnySign);
    }
    CheckTotals();
    if (order_.has_shipping_address()) {
      checker_->CheckAddress({&root_, "shipping_address"}, order_.shipping_address());
    }
    checker_->ForbidComputed(root_, order_, kComputedFields);
    CheckPayments();
    CheckRefunds();
    CheckDisputes();
    CheckShipments();
    CheckReturns();
    CheckExchanges();
    Time(root_, "place_time", order_.has_place_time(), order_.place_time());
    Time(root_, "deliver_time", order_.has_deliver_time(), order_.deliver_time());
    Time(root_, "cancel_time", order_.has_cancel_time(), order_.cancel_time());
    checker_->CheckRange({&root_, "item_change_count"}, order_.item_change_count(), 0, 1 << 30);
    checker_->CheckRange({&root_, "payment_method_change_count"},
                         order_.payment_method_change_count(), 0, 1 << 30);
    checker_->CheckExternalIds(root_, order_.external_ids());
    checker_->CheckAttributes(root_, order_.attributes());
  }

 private:
  static constexpr int64_t kAnySign = INT64_MIN;

  void Amount(const FieldPath& parent, absl::string_view name, bool present,
              const v1::Money& amount, int64_t least) {
    if (present) checker_->CheckAmount({&parent, name}, amount, least, order_.currency_code());
  }

  void RequiredAmount(const FieldPath& parent, absl::string_view name, bool present,
                      const v1::Money& amount, int64_t least) {
    if (checker_->RequireMessage({&parent, name}, present)) {
      Amount(parent, name, true, amount, least);
    }
  }

  void Time(const FieldPath& parent, absl::string_view name, bool present,
            const google::protobuf::Timestamp& time) {
    checker_->CheckTime({&parent, name}, present, time);
  }

  void Id(const FieldPath& parent, absl::string_view name, const std::string& id,
          DistinctIds* ids) {
    const FieldPath field{&parent, name};
    if (checker_->RequireText(field, id)) ids->Check(field, id, checker_);
  }

  void CheckLines() {
    checker_->CheckCount({&root_, "lines"}, order_.lines_size(), 1, kMaxOrderLines);
    DistinctIds ids;
    for (int i = 0; i < order_.lines_size(); ++i) {
      const FieldPath field{&root_, "lines", i};
      const v1::OrderLine& line = order_.lines(i);
      Id(field, "line_id", line.line_id(), &ids);
      line_ids_.insert(line.line_id());
      checker_->RequireText({&field, "variant_id"}, line.variant_id());
      if (line.has_unit_price()) {
        checker_->CheckPrice({&field, "unit_price"}, line.unit_price(), order_.currency_code());
      } else if (!line.has_net_amount()) {
        checker_->RequireMessage({&field, "unit_price"}, false);
      }
      CheckQuantities({&field, "quantities"}, line.quantities());
      Amount(field, "net_amount", line.has_net_amount(), line.net_amount(), 0);
      Amount(field, "refunded_amount", line.has_refunded_amount(), line.refunded_amount(), 0);
      Amount(field, "withheld_amount", line.has_withheld_amount(), line.withheld_amount(), 0);
    }
  }

  void CheckQuantities(const FieldPath& field, const v1::LineQuantities& pieces) {
    const std::pair<absl::string_view, int64_t> counts[] = {
        {"ordered", pieces.ordered()},
        {"shipped", pieces.shipped()},
        {"delivered", pieces.delivered()},
        {"canceled", pieces.canceled()},
        {"return_requested", pieces.return_requested()},
        {"returned", pieces.returned()},
        {"written_off", pieces.written_off()},
        {"refunded", pieces.refunded()}};
    for (const auto& [name, count] : counts) {
      checker_->CheckRange({&field, name}, count, name == "ordered" ? 1 : 0, kMaxLineQuantity);
    }
  }

  void CheckTotals() {
    const FieldPath field{&root_, "totals"};
    const v1::OrderTotals& totals = order_.totals();
    Amount(field, "subtotal", totals.has_subtotal(), totals.subtotal(), 0);
    Amount(field, "discount", totals.has_discount(), totals.discount(), kAnySign);
    Amount(field, "shipping", totals.has_shipping(), totals.shipping(), 0);
    Amount(field, "fees", totals.has_fees(), totals.fees(), 0);
    Amount(field, "tax", totals.has_tax(), totals.tax(), 0);
    Amount(field, "total", totals.has_total(), totals.total(), 0);
  }

  void CheckRoute(const FieldPath& parent, absl::string_view name, const v1::MoneyRoute& route) {
    const FieldPath field{&parent, name};
    checker_->RequireText({&field, "payment_method_id"}, route.payment_method_id());
    checker_->CheckEnum({&field, "kind"}, route.kind(),
                        route.kind() != v1::PaymentMethod::KIND_UNSPECIFIED &&
                            v1::PaymentMethod_Kind_IsValid(route.kind()));
    checker_->CheckLastFour({&field, "last_four"}, route.last_four());
  }

  void CheckPayments() {
    checker_->CheckCount({&root_, "payments"}, order_.payments_size(), 0, kMaxImportedParts);
    DistinctIds ids;
    for (int i = 0; i < order_.payments_size(); ++i) {
      const FieldPath field{&root_, "payments", i};
      const v1::Payment& payment = order_.payments(i);
      Id(field, "payment_id", payment.payment_id(), &ids);
      CheckMovementId({&field, "payment_id"}, payment.payment_id(), checker_);
      CheckRoute(field, "route", payment.route());
      checker_->CheckEnum({&field, "state"}, payment.state(),
                          payment.state() != v1::Payment::STATE_UNSPECIFIED &&
                              v1::Payment_State_IsValid(payment.state()));
      RequiredAmount(field, "amount", payment.has_amount(), payment.amount(), 0);
      Amount(field, "captured_amount", payment.has_captured_amount(), payment.captured_amount(), 0);
      Amount(field, "refunded_amount", payment.has_refunded_amount(), payment.refunded_amount(), 0);
      Amount(field, "refund_pending_amount", payment.has_refund_pending_amount(),
             payment.refund_pending_amount(), 0);
      Amount(field, "disputed_amount", payment.has_disputed_amount(), payment.disputed_amount(), 0);
      checker_->CheckRange({&field, "sequence"}, payment.sequence(), 0, 1 << 30);
      Time(field, "time", payment.has_time(), payment.time());
    }
  }

  void CheckRefunds() {
    checker_->CheckCount({&root_, "refunds"}, order_.refunds_size(), 0, kMaxImportedParts);
    DistinctIds ids;
    for (int i = 0; i < order_.refunds_size(); ++i) {
      const FieldPath field{&root_, "refunds", i};
      const v1::Refund& refund = order_.refunds(i);
      Id(field, "refund_id", refund.refund_id(), &ids);
      CheckMovementId({&field, "refund_id"}, refund.refund_id(), checker_);
      CheckRoute(field, "route", refund.route());
      checker_->CheckEnum({&field, "state"}, refund.state(),
                          refund.state() != v1::Refund::STATE_UNSPECIFIED &&
                              v1::Refund_State_IsValid(refund.state()));
      RequiredAmount(field, "amount", refund.has_amount(), refund.amount(), 0);
      for (int j = 0; j < refund.parts_size(); ++j) {
        const FieldPath part{&field, "parts", j};
        RequiredAmount(part, "amount", refund.parts(j).has_amount(), refund.parts(j).amount(), 0);
      }
      for (int j = 0; j < refund.lines_size(); ++j) {
        const FieldPath line{&field, "lines", j};
        RequiredAmount(line, "amount", refund.lines(j).has_amount(), refund.lines(j).amount(), 0);
        checker_->CheckRange({&line, "quantity"}, refund.lines(j).quantity(), 0, kMaxLineQuantity);
      }
      checker_->CheckEnum({&field, "cause"}, refund.cause(),
                          v1::RefundCause_IsValid(refund.cause()));
      checker_->CheckRange({&field, "sequence"}, refund.sequence(), 0, 1 << 30);
      Time(field, "time", refund.has_time(), refund.time());
    }
  }

  void CheckDisputes() {
    checker_->CheckCount({&root_, "disputes"}, order_.disputes_size(), 0, kMaxDisputes);
    DistinctIds ids;
    for (int i = 0; i < order_.disputes_size(); ++i) {
      const FieldPath field{&root_, "disputes", i};
      const v1::Dispute& dispute = order_.disputes(i);
      Id(field, "dispute_id", dispute.dispute_id(), &ids);
      checker_->RequireText({&field, "payment_id"}, dispute.payment_id());
      checker_->CheckEnum({&field, "state"}, dispute.state(),
                          dispute.state() != v1::Dispute::STATE_UNSPECIFIED &&
                              v1::Dispute_State_IsValid(dispute.state()));
      checker_->CheckEnum({&field, "stage"}, dispute.stage(),
                          v1::Dispute_Stage_IsValid(dispute.stage()));
      RequiredAmount(field, "amount", dispute.has_amount(), dispute.amount(), 1);
      Time(field, "due_time", dispute.has_due_time(), dispute.due_time());
      Time(field, "time", dispute.has_time(), dispute.time());
      Time(field, "answer_time", dispute.has_answer_time(), dispute.answer_time());
      checker_->CheckCount({&field, "evidence"}, dispute.evidence_size(), 0, kMaxDisputeEvidence);
      for (int j = 0; j < dispute.evidence_size(); ++j) {
        const FieldPath piece{&field, "evidence", j};
        checker_->RequireText({&piece, "kind"}, dispute.evidence(j).kind());
      }
    }
  }

  void CheckPieces(const FieldPath& parent, absl::string_view name, int index, int64_t quantity) {
    const FieldPath field{&parent, name, index};
    checker_->CheckRange({&field, "quantity"}, quantity, 1, kMaxLineQuantity);
  }

  void CheckShipments() {
    checker_->CheckCount({&root_, "shipments"}, order_.shipments_size(), 0, kMaxImportedParts);
    DistinctIds ids;
    for (int i = 0; i < order_.shipments_size(); ++i) {
      const FieldPath field{&root_, "shipments", i};
      const v1::Shipment& shipment = order_.shipments(i);
      Id(field, "shipment_id", shipment.shipment_id(), &ids);
      for (int j = 0; j < shipment.lines_size(); ++j) {
        CheckPieces(field, "lines", j, shipment.lines(j).quantity());
      }
      Time(field, "ship_time", shipment.has_ship_time(), shipment.ship_time());
      Time(field, "deliver_time", shipment.has_deliver_time(), shipment.deliver_time());
    }
  }

  // Returns and exchanges share ids and states.
  void CheckRequest(const FieldPath& field, const std::string& id, absl::string_view id_name,
                    v1::Return::State state) {
    Id(field, id_name, id, &request_ids_);
    checker_->CheckEnum({&field, "state"}, state,
                        state != v1::Return::STATE_UNSPECIFIED && v1::Return_State_IsValid(state));
  }

  void CheckReturns() {
    checker_->CheckCount({&root_, "returns"}, order_.returns_size(), 0, kMaxImportedParts);
    for (int i = 0; i < order_.returns_size(); ++i) {
      const FieldPath field{&root_, "returns", i};
      const v1::Return& entry = order_.returns(i);
      CheckRequest(field, entry.return_id(), "return_id", entry.state());
      for (int j = 0; j < entry.lines_size(); ++j) {
        CheckPieces(field, "lines", j, entry.lines(j).quantity());
      }
      Amount(field, "refund_amount", entry.has_refund_amount(), entry.refund_amount(), 0);
      Time(field, "request_time", entry.has_request_time(), entry.request_time());
      checker_->CheckEnum({&field, "disposition"}, entry.disposition(),
                          v1::Return_Disposition_IsValid(entry.disposition()));
    }
  }

  void CheckExchanges() {
    checker_->CheckCount({&root_, "exchanges"}, order_.exchanges_size(), 0, kMaxImportedParts);
    for (int i = 0; i < order_.exchanges_size(); ++i) {
      const FieldPath field{&root_, "exchanges", i};
      const v1::Exchange& entry = order_.exchanges(i);
      CheckRequest(field, entry.exchange_id(), "exchange_id", entry.state());
      for (int j = 0; j < entry.lines_size(); ++j) {
        CheckPieces(field, "lines", j, entry.lines(j).quantity());
        const FieldPath line{&field, "lines", j};
        Amount(line, "price_difference", entry.lines(j).has_price_difference(),
               entry.lines(j).price_difference(), kAnySign);
      }
      Amount(field, "price_difference", entry.has_price_difference(), entry.price_difference(),
             kAnySign);
      Time(field, "request_time", entry.has_request_time(), entry.request_time());
    }
  }

  const v1::Order& order_;
  const FieldPath& root_;
  ArgumentChecker* checker_;
  std::set<std::string> line_ids_;
  DistinctIds request_ids_;
};

}  // namespace

void CleanImportedOrder(const FieldPath& field, const v1::Order& order, ImportCleaner* cleaner,
                        ArgumentChecker* checker) {
  // Money and pieces have to add up, and mean nothing else.
  static constexpr absl::string_view kStructural[] = {"lines",
                                                      "discounts",
                                                      "tax_rule",
                                                      "charges",
                                                      "totals",
                                                      "payments",
                                                      "refunds",
                                                      "disputes",
                                                      "shipments",
                                                      "returns",
                                                      "exchanges",
                                                      "item_change_count",
                                                      "payment_method_change_count"};
  cleaner->SetStructural(kStructural);
  const std::string path = field.ToString();
  cleaner->Clean(
      [&](ArgumentChecker* found) {
        OrderImportChecker(order, field, found).Check();
        found->CheckFields(order, path);
      },
      checker);
}

void CheckImportOrder(const FieldPath& root, const v1::OrderCommand& command,
                      ArgumentChecker* checker) {
  const v1::ImportOrder& verb = command.import_order();
  const FieldPath field{&root, "order"};
  if (checker->RequireMessage(field, verb.has_order())) {
    if (verb.strict()) {
      OrderImportChecker(verb.order(), field, checker).Check();
    } else {
      v1::Order cleaned = verb.order();
      ImportCleaner cleaner(field, verb.source(), &cleaned);
      CleanImportedOrder(field, cleaned, &cleaner, checker);
    }
  }
  const FieldPath source{&root, "source"};
  checker->CheckSource(source, verb.has_source(), verb.source());
  if (!verb.strict()) checker->CheckFields(verb.source(), source.ToString());
}

}  // namespace domain
}  // namespace frontdesk
