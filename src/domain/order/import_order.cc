// Deciding an import: whether the order is consistent, and the values of fields that were left out.
#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/order/charge_sums.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_import.h"
#include "domain/order/order_money.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/order/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

bool IsImportClosed(v1::Return::State state) {
  return state == v1::Return::STATE_RECEIVED || state == v1::Return::STATE_ACCEPTED ||
         state == v1::Return::STATE_REJECTED || state == v1::Return::STATE_CANCELED;
}

// Completes and checks one imported order. Given values are kept.
class OrderImporter {
 public:
  OrderImporter(v1::Order* order, OrderDraft* draft)
      : order_(*order), draft_(draft), field_{&draft->root(), "order"} {}

  absl::Status Run() {
    CheckReferences();
    CheckPieces();
    CheckState();
    NumberMovements();
    if (draft_->refused()) return absl::OkStatus();
    SumPayments();
    SumDisputes();
    CheckOpenPayments();
    if (draft_->refused()) return absl::OkStatus();
    SumRefundedLines();
    FRONTDESK_RETURN_IF_ERROR(SumLines());
    return absl::OkStatus();
  }

 private:
  // Those that stay in the state.
  void CheckOpenPayments() {
    std::set<std::string> refunded;
    for (const v1::Refund& refund : order_.refunds()) {
      for (const v1::RefundPart& part : refund.parts()) refunded.insert(part.payment_id());
    }
    int open = 0;
    for (v1::Payment payment : order_.payments()) {
      // One of nothing is finished by its first refund.
      if (refunded.count(payment.payment_id()) > 0) payment.set_refund_count(1);
      payment.mutable_disputed_amount()->set_units(DisputedUnits(order_, payment.payment_id()));
      if (!IsFinished(payment)) ++open;
    }
    if (open <= kMaxOpenPayments) return;
    const FieldPath field{&field_, "payments"};
    draft_->Draft::Refuse(kReasonOrderPaymentsTooMany, field.ToString());
  }

  void Refuse(absl::string_view suffix, absl::string_view list, int index) {
    const FieldPath field{&field_, list, index};
    draft_->Refuse(suffix, &field);
  }

  bool HasLine(const std::string& id) const { return FindLine(order_, id) != nullptr; }

  void CheckReferences() {
    const auto all = [&](const auto& lines) {
      return std::all_of(lines.begin(), lines.end(),
                         [&](const auto& entry) { return HasLine(entry.line_id()); });
    };
    for (int i = 0; i < order_.charges_size(); ++i) {
      const std::string& line_id = order_.charges(i).line_id();
      if (!line_id.empty() && !HasLine(line_id)) Refuse("REFERENCE_UNKNOWN", "charges", i);
    }
    for (int i = 0; i < order_.refunds_size(); ++i) {
      const v1::Refund& refund = order_.refunds(i);
      const bool paid = std::all_of(
          refund.parts().begin(), refund.parts().end(), [&](const v1::RefundPart& part) {
            return FindPayment(std::as_const(order_), part.payment_id()) != nullptr;
          });
      if (!paid || !all(refund.lines())) Refuse("REFERENCE_UNKNOWN", "refunds", i);
    }
    for (int i = 0; i < order_.disputes_size(); ++i) {
      if (FindPayment(std::as_const(order_), order_.disputes(i).payment_id()) == nullptr) {
        Refuse("REFERENCE_UNKNOWN", "disputes", i);
      }
    }
    for (int i = 0; i < order_.shipments_size(); ++i) {
      if (!all(order_.shipments(i).lines())) Refuse("REFERENCE_UNKNOWN", "shipments", i);
    }
    for (int i = 0; i < order_.returns_size(); ++i) {
      if (!all(order_.returns(i).lines())) Refuse("REFERENCE_UNKNOWN", "returns", i);
    }
    for (int i = 0; i < order_.exchanges_size(); ++i) {
      if (!all(order_.exchanges(i).lines())) Refuse("REFERENCE_UNKNOWN", "exchanges", i);
    }
  }

  void CheckPieces() {
    std::map<std::string, int64_t> shipped;
    std::map<std::string, int64_t> delivered;
    std::map<std::string, int64_t> requested;
    for (const v1::Shipment& shipment : order_.shipments()) {
      for (const v1::LineQuantity& entry : shipment.lines()) {
        shipped[entry.line_id()] += entry.quantity();
        if (shipment.delivered()) delivered[entry.line_id()] += entry.quantity();
      }
    }
    for (const v1::Return& entry : order_.returns()) {
      if (IsImportClosed(entry.state())) continue;
      for (const v1::LineQuantity& line : entry.lines()) {
        requested[line.line_id()] += line.quantity();
      }
    }
    for (const v1::Exchange& entry : order_.exchanges()) {
      if (IsImportClosed(entry.state())) continue;
      for (const v1::ExchangeLine& line : entry.lines()) {
        requested[line.line_id()] += line.quantity();
      }
    }
    for (int i = 0; i < order_.lines_size(); ++i) {
      const std::string& id = order_.lines(i).line_id();
      const v1::LineQuantities& pieces = order_.lines(i).quantities();
      if (pieces.shipped() + pieces.canceled() > pieces.ordered() ||
          pieces.delivered() > pieces.shipped() ||
          pieces.return_requested() + pieces.returned() > pieces.delivered() ||
          pieces.written_off() > pieces.shipped() || pieces.refunded() > pieces.ordered() ||
          shipped[id] > pieces.shipped() || delivered[id] > pieces.delivered() ||
          requested[id] > pieces.return_requested()) {
        Refuse("QUANTITIES", "lines", i);
      }
    }
  }

  void CheckState() {
    bool none_shipped = true;
    bool all_shipped = true;
    bool all_delivered = true;
    for (const v1::OrderLine& line : order_.lines()) {
      none_shipped = none_shipped && line.quantities().shipped() == 0;
      all_shipped = all_shipped && UnshippedQuantity(line) == 0;
      all_delivered = all_delivered && line.quantities().delivered() == line.quantities().shipped();
    }
    const v1::Order::State state = order_.state();
    // A canceled order, and one that is being prepared, may have any counts: other systems cancel what is on its way.
    if ((state == v1::Order::STATE_PLACED && !none_shipped) ||
        (state == v1::Order::STATE_SHIPPED && !all_shipped) ||
        (state == v1::Order::STATE_DELIVERED && !(all_shipped && all_delivered))) {
      const FieldPath field{&field_, "state"};
      draft_->Refuse("STATE", &field);
    }
  }

  // Payments and refunds have their places, or get them: payments first, then refunds, in the order given.
  void NumberMovements() {
    std::set<int64_t> places;
    int given = 0;
    const auto count = [&](int64_t sequence) {
      if (sequence > 0) {
        ++given;
        places.insert(sequence);
      }
    };
    for (const v1::Payment& payment : order_.payments()) count(payment.sequence());
    for (const v1::Refund& refund : order_.refunds()) count(refund.sequence());
    if (given == 0) {
      int64_t next = 0;
      for (v1::Payment& payment : *order_.mutable_payments()) payment.set_sequence(++next);
      for (v1::Refund& refund : *order_.mutable_refunds()) refund.set_sequence(++next);
    } else if (given != order_.payments_size() + order_.refunds_size() ||
               static_cast<int>(places.size()) != given) {
      const FieldPath field{&field_, "payments"};
      draft_->Refuse("SEQUENCE", &field);
    }
  }

  // Amounts that sum to less than 2^63, or -1.
  static int64_t Narrow(__int128 sum) {
    return sum > std::numeric_limits<int64_t>::max() ? -1 : static_cast<int64_t>(sum);
  }

  v1::Money Amount(int64_t units) const { return InOrderCurrency(order_, units); }

  // Sets an amount that is left out; false when the one given is another.
  bool Complete(bool given, int64_t units, v1::Money* amount) const {
    if (given) return amount->units() == units;
    *amount = Amount(units);
    return true;
  }

  void SumPayments() {
    std::map<std::string, __int128> refunded;
    std::map<std::string, __int128> pending;
    for (int i = 0; i < order_.refunds_size(); ++i) {
      const v1::Refund& refund = order_.refunds(i);
      __int128 sum = 0;
      for (const v1::RefundPart& part : refund.parts()) {
        sum += part.amount().units();
        if (refund.state() == v1::Refund::STATE_SUCCEEDED) {
          refunded[part.payment_id()] += part.amount().units();
        } else if (refund.state() == v1::Refund::STATE_PENDING) {
          pending[part.payment_id()] += part.amount().units();
        }
      }
      if (sum != refund.amount().units()) Refuse("REFUND_SUMS", "refunds", i);
    }
    __int128 all = 0;
    for (int i = 0; i < order_.payments_size(); ++i) {
      v1::Payment& payment = *order_.mutable_payments(i);
      all += payment.amount().units();
      const bool captured = payment.state() == v1::Payment::STATE_CAPTURED ||
                            payment.state() == v1::Payment::STATE_CHARGED_BACK;
      if (!payment.has_captured_amount()) {
        *payment.mutable_captured_amount() = captured ? payment.amount() : Amount(0);
      }
      const __int128 back = refunded[payment.payment_id()];
      const __int128 reserved = pending[payment.payment_id()];
      const int64_t taken = payment.captured_amount().units();
      // Parts below zero were refused with the arguments, so that the sum bounds both.
      const bool fits = back + reserved <= taken;
      // Asked before the amounts are touched: the order in which arguments are evaluated is open.
      const bool has_refunded = payment.has_refunded_amount();
      const bool has_pending = payment.has_refund_pending_amount();
      if (!fits || taken > payment.amount().units() || (!captured && taken > 0) ||
          !Complete(has_refunded, Narrow(back), payment.mutable_refunded_amount()) ||
          !Complete(has_pending, Narrow(reserved), payment.mutable_refund_pending_amount())) {
        Refuse("PAYMENT_SUMS", "payments", i);
      }
    }
    if (Narrow(all) < 0) Refuse("PAYMENT_SUMS", "payments", -1);
  }

  // The disputes of a payment, none of which takes more than it captured; nor do all that took money together.
  void SumDisputes() {
    std::map<std::string, __int128> away;
    for (int i = 0; i < order_.disputes_size(); ++i) {
      v1::Dispute& dispute = *order_.mutable_disputes(i);
      if (dispute.stage() == v1::Dispute::STAGE_UNSPECIFIED) {
        dispute.set_stage(v1::Dispute::STAGE_CHARGEBACK);
      }
      const v1::Payment& payment = *FindPayment(std::as_const(order_), dispute.payment_id());
      const int64_t captured = payment.captured_amount().units();
      __int128& sum = away[dispute.payment_id()];
      if (IsMoneyAway(dispute)) sum += dispute.amount().units();
      if (dispute.amount().units() > captured || sum > captured ||
          IsStoredValue(payment.route().kind())) {
        Refuse("DISPUTE_SUMS", "disputes", i);
      }
    }
    for (int i = 0; i < order_.payments_size(); ++i) {
      const v1::Payment& payment = order_.payments(i);
      if (payment.has_disputed_amount() &&
          payment.disputed_amount().units() != away[payment.payment_id()]) {
        Refuse("PAYMENT_SUMS", "payments", i);
      }
    }
  }

  void SumRefundedLines() {
    std::map<std::string, __int128> amounts;
    std::map<std::string, int64_t> pieces;
    for (const v1::Refund& refund : order_.refunds()) {
      if (!IsInForce(refund)) continue;
      for (const v1::LineAmount& entry : refund.lines()) {
        amounts[entry.line_id()] += entry.amount().units();
        pieces[entry.line_id()] += entry.quantity();
      }
    }
    for (int i = 0; i < order_.lines_size(); ++i) {
      v1::OrderLine& line = *order_.mutable_lines(i);
      const __int128 amount = amounts[line.line_id()];
      const bool has_refunded = line.has_refunded_amount();
      if (Narrow(amount) < 0 ||
          !Complete(has_refunded, Narrow(amount), line.mutable_refunded_amount()) ||
          pieces[line.line_id()] > line.quantities().refunded()) {
        Refuse("LINE_SUMS", "lines", i);
      }
    }
  }

  // The amounts of the lines and the totals, completed where they are left out.
  absl::Status SumLines() {
    const bool none_given =
        std::none_of(order_.lines().begin(), order_.lines().end(),
                     [](const v1::OrderLine& line) { return line.has_net_amount(); });
    if (none_given) {
      FRONTDESK_ASSIGN_OR_RETURN(const ChargeSheet sheet, ComputeCharges(order_));
      for (int i = 0; i < order_.lines_size(); ++i) {
        *order_.mutable_lines(i)->mutable_net_amount() = sheet.line_net_amounts[i];
      }
      if (order_.charges_size() == 0) {
        *order_.mutable_charges() = {sheet.charges.begin(), sheet.charges.end()};
      }
      if (!order_.totals().has_total() && !order_.totals().has_subtotal()) {
        *order_.mutable_totals() = sheet.totals;
      }
    }
    const v1::Rounding rounding =
        order_.rounding() == v1::ROUNDING_UNSPECIFIED ? v1::ROUNDING_HALF_UP : order_.rounding();
    std::vector<v1::Money> amounts;
    for (int i = 0; i < order_.lines_size(); ++i) {
      v1::OrderLine& line = *order_.mutable_lines(i);
      if (!line.has_net_amount()) {
        FRONTDESK_ASSIGN_OR_RETURN(
            *line.mutable_net_amount(),
            PriceTimes(line.unit_price(), line.quantities().ordered(), rounding));
      }
      if (line.refunded_amount().units() > line.net_amount().units()) {
        Refuse("LINE_SUMS", "lines", i);
      }
      amounts.push_back(line.net_amount());
    }
    return SumTotals(std::move(amounts));
  }

  absl::Status SumTotals(std::vector<v1::Money> amounts) {
    v1::OrderTotals& totals = *order_.mutable_totals();
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Money lines, SumMoney(amounts, order_.currency_code()));
    if (!totals.has_subtotal()) {
      // Discounts and taxes that are told apart from nothing are part of the lines' amounts.
      const __int128 others =
          static_cast<__int128>(totals.discount().units()) + totals.tax().units();
      *totals.mutable_subtotal() = Amount(static_cast<int64_t>(lines.units() - others));
    }
    if (!totals.has_discount()) *totals.mutable_discount() = Amount(0);
    if (!totals.has_shipping()) *totals.mutable_shipping() = Amount(0);
    if (!totals.has_fees()) *totals.mutable_fees() = Amount(0);
    if (!totals.has_tax()) *totals.mutable_tax() = Amount(0);
    amounts.push_back(totals.shipping());
    amounts.push_back(totals.fees());
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Money total, SumMoney(amounts, order_.currency_code()));
    const bool has_total = totals.has_total();
    const bool same_total = Complete(has_total, total.units(), totals.mutable_total());
    const __int128 sum = static_cast<__int128>(totals.subtotal().units()) +
                         totals.discount().units() + totals.shipping().units() +
                         totals.fees().units() + totals.tax().units();
    if (!same_total || sum != total.units() || totals.discount().units() > 0) {
      const FieldPath field{&field_, "totals"};
      draft_->Refuse("TOTALS", &field);
    }
    return absl::OkStatus();
  }

  v1::Order& order_;
  OrderDraft* draft_;
  const FieldPath field_;
};

}  // namespace

namespace {

// Takes away what is not valid, and reports it; a strict import is refused for a customer that is not known.
void CleanOrder(OrderDraft* draft, v1::OrderImported* fact) {
  const v1::ImportOrder& verb = draft->command().import_order();
  v1::Order& order = *fact->mutable_order();
  const bool is_known = draft->input().has_customer();
  if (verb.strict()) {
    if (!is_known) {
      draft->Draft::Refuse(kReasonImportCustomerUnknown, "import_order.order.customer_id",
                           "there is no customer of this id");
    }
    return;
  }
  const FieldPath field{&draft->root(), "order"};
  ImportCleaner cleaner(field, verb.source(), &order);
  ArgumentChecker checker;
  CleanImportedOrder(field, order, &cleaner, &checker);
  draft->Draft::Refuse(std::move(checker).Take());
  if (!is_known && !order.customer_id().empty()) {
    cleaner.Report("customer_id", kReasonImportCustomerUnknown, "there is no customer of this id");
  }
  for (v1::ImportFinding& finding : std::move(cleaner).Finish()) {
    *fact->add_findings() = std::move(finding);
  }
}

}  // namespace

absl::Status DecideImportOrder(OrderDraft* draft) {
  const v1::ImportOrder& verb = draft->command().import_order();
  v1::Event event = draft->NewEvent();
  v1::OrderImported& fact = *event.mutable_order()->mutable_order_imported();
  *fact.mutable_order() = verb.order();
  fact.mutable_order()->clear_import_source();
  *fact.mutable_source() = ImportedFrom(verb.source(), draft->input().now());
  CleanOrder(draft, &fact);
  FRONTDESK_RETURN_IF_ERROR(OrderImporter(fact.mutable_order(), draft).Run());
  if (!draft->refused()) draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
