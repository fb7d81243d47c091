#include "domain/order/order_assess.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "domain/event_maker.h"
#include "domain/order/canceled_pieces.h"
#include "domain/order/order_money.h"
#include "domain/order/order_reprice.h"
#include "domain/order/placed_order.h"
#include "domain/stored_value.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::OrderCommand;

// The id of the payment method that a command names; empty when none.
const std::string& NamedMethod(const OrderCommand& command) {
  switch (command.verb_case()) {
    case OrderCommand::kPlaceOrder:
      return command.place_order().payment_method_id();
    case OrderCommand::kChangePaymentMethod:
      return command.change_payment_method().payment_method_id();
    case OrderCommand::kChangeItems:
      return command.change_items().payment_method_id();
    case OrderCommand::kRequestReturn:
      return command.request_return().payment_method_id();
    case OrderCommand::kRequestExchange:
      return command.request_exchange().payment_method_id();
    case OrderCommand::kRefundOrder:
      return command.refund_order().payment_method_id();
    case OrderCommand::kCancelOrder:
      return command.cancel_order().payment_method_id();
    case OrderCommand::kCancelItems:
      return command.cancel_items().payment_method_id();
    default:
      // Empty unless it is the command.
      return command.record_payment().payment().payment_method_id();
  }
}

// Works one assessment out.
class Assessor {
 public:
  explicit Assessor(const v1::OrderDecisionInput& input)
      : input_(input), command_(input.command()), order_(input.order()) {}

  v1::OrderAssessment Assess() && {
    AssessMethod();
    *assessment_.mutable_held_amount() = InCurrency(HeldUnits(order_));
    *assessment_.mutable_refund_amount() = InCurrency(0);
    *assessment_.mutable_owed_amount() = InCurrency(OwedUnits(order_, input_.now()));
    items_ = MatchItems(order_, command_);
    for (size_t i = 0; i < items_.size(); ++i) AddItem(static_cast<int>(i));
    switch (command_.verb_case()) {
      case OrderCommand::kPlaceOrder:
        AssessPlacing();
        break;
      case OrderCommand::kCancelOrder:
        AssessCancelOrder();
        break;
      case OrderCommand::kCancelItems:
        AssessCancelItems(command_.cancel_items());
        break;
      case OrderCommand::kRequestReturn:
        SetRefund(AllMatched() ? WorthOfItems(order_, items_) : Unknown());
        break;
      case OrderCommand::kRefundOrder:
        AssessRefund(command_.refund_order());
        break;
      case OrderCommand::kChangeItems:
      case OrderCommand::kRequestExchange:
        AssessChanges();
        break;
      case OrderCommand::kRequestPayment:
        AssessRequest(command_.request_payment().payments());
        break;
      case OrderCommand::kChangePaymentMethod:
        AssessMove();
        break;
      default:
        break;
    }
    assessment_.set_is_unchanged(IsOrderUnchanged(input_, assessment_));
    return std::move(assessment_);
  }

 private:
  static absl::StatusOr<v1::Money> Unknown() { return absl::NotFoundError(""); }

  v1::Money InCurrency(int64_t units) const {
    v1::Money money = InOrderCurrency(order_, units);
    if (command_.has_place_order()) {
      money.set_currency_code(command_.place_order().currency_code());
    } else if (command_.has_import_order()) {
      money.set_currency_code(command_.import_order().order().currency_code());
    }
    return money;
  }

  void AssessMethod() {
    const std::string& id = NamedMethod(command_);
    if (id.empty()) return;
    for (const v1::PaymentMethod& method : input_.customer().payment_methods()) {
      if (method.payment_method_id() != id) continue;
      *assessment_.mutable_payment_method() = method;
      const v1::Account* const account = FindAccount(input_, method.account_id());
      if (account != nullptr) *assessment_.mutable_payment_account() = *account;
      return;
    }
  }

  void AssessPlacing() {
    absl::StatusOr<v1::Money> amount = PlacedOrderAmount(command_.place_order(), input_.catalog());
    if (amount.ok()) *assessment_.mutable_order_amount() = *std::move(amount);
  }

  // The amount that would be asked for, as far as it fits.
  void AssessRequest(const google::protobuf::RepeatedPtrField<v1::PaymentShare>& shares) {
    *assessment_.mutable_requested_amount() = InCurrency(0);
    bool has_rest = false;
    absl::StatusOr<v1::Money> sum = InCurrency(0);
    for (const v1::PaymentShare& share : shares) {
      has_rest = has_rest || !share.has_amount();
      if (share.has_amount() && sum.ok()) sum = AddMoney(*sum, share.amount());
    }
    // A share without an amount takes what the others leave.
    if (has_rest) sum = InCurrency(std::max<int64_t>(0, assessment_.owed_amount().units()));
    if (sum.ok()) *assessment_.mutable_requested_amount() = *std::move(sum);
  }

  void AssessMove() {
    *assessment_.mutable_requested_amount() = InCurrency(0);
    const absl::StatusOr<int64_t> moved =
        MovedUnits(order_, assessment_.payment_method(), input_.now());
    if (moved.ok()) *assessment_.mutable_requested_amount() = InCurrency(*moved);
    for (const v1::Payment& payment : order_.payments()) {
      if (HeldUnits(payment) > 0 && IsMoved(payment, assessment_.payment_method(), input_.now())) {
        AssessPart(payment, nullptr);
      }
    }
  }

  void AddItem(int index) {
    const MatchedItem& item = items_[index];
    v1::AssessedItem& assessed = *assessment_.add_items();
    assessed.set_index(index);
    assessed.set_quantity(item.quantity);
    assessed.set_available_quantity(item.available);
    if (item.line >= 0) *assessed.mutable_line() = order_.lines(item.line);
  }

  bool AllMatched() const {
    return std::all_of(items_.begin(), items_.end(),
                       [](const MatchedItem& item) { return item.line >= 0; });
  }

  // Sets what would go back, or leaves it out when it cannot be worked out.
  void SetRefund(absl::StatusOr<v1::Money> amount) {
    if (amount.ok()) {
      *assessment_.mutable_refund_amount() = *std::move(amount);
    } else {
      assessment_.clear_refund_amount();
    }
  }

  // A refund of `units`, at most what is held, to the method that the command names, or where the money came from.
  void AssessPayBack(int64_t units) {
    units = std::min(units, HeldUnits(order_));
    const v1::PaymentMethod* const method =
        assessment_.has_payment_method() ? &assessment_.payment_method() : nullptr;
    for (const v1::RefundPart& part : TakeParts(order_, NamedMethod(command_), units)) {
      AssessPart(*FindPayment(order_, part.payment_id()), method);
    }
  }

  // Money of the payment goes back: to `method`, or where it came from when that is null.
  void AssessPart(const v1::Payment& payment, const v1::PaymentMethod* method) {
    const v1::PaymentMethod::Kind kind =
        method != nullptr ? method->kind() : payment.route().kind();
    const bool is_stored = IsStoredValue(kind);
    if (is_stored && IsAccountOver(input_, method != nullptr ? method->account_id()
                                                             : payment.route().account_id())) {
      assessment_.set_is_route_closed(true);
    }
    if (!is_stored && IsStoredValue(payment.route().kind())) assessment_.set_is_cash_out(true);
  }

  // The refund of an order that is canceled, with `kept` units that are owed all the same.
  int64_t BackOfOrder(int64_t kept) const {
    const int64_t above = UnitsAboveKept(order_, kept, input_.now());
    // Open payments are asked for less first.
    return std::max<int64_t>(0, above - OpenUnits(order_, input_.now()));
  }

  void AssessCancelOrder() {
    const int64_t back = BackOfOrder(WithheldUnits(order_));
    *assessment_.mutable_refund_amount() = InCurrency(back);
    const v1::PaymentMethod* const instead =
        assessment_.has_payment_method() ? &assessment_.payment_method() : nullptr;
    for (const v1::RefundPart& part : TakeParts(order_, "", back)) {
      const v1::Payment& payment = *FindPayment(order_, part.payment_id());
      const std::string& account_id = payment.route().account_id();
      AssessPart(payment,
                 !account_id.empty() && IsAccountOver(input_, account_id) ? instead : nullptr);
    }
  }

  void AssessCancelItems(const v1::CancelItems& verb) {
    if (!AllMatched()) return SetRefund(Unknown());
    absl::StatusOr<std::vector<v1::LineAmount>> lines =
        RefundOfItems(order_, v1::REFUND_CAUSE_CANCELLATION, items_);
    if (!lines.ok() || verb.fee().units() > SumUnits(*lines) ||
        !WithholdFee(verb.fee().units(), order_, &*lines).ok()) {
      return SetRefund(Unknown());
    }
    if (IsRest(order_, *lines)) {
      const int64_t back = BackOfOrder(WithheldUnits(order_) + verb.fee().units());
      *assessment_.mutable_refund_amount() = InCurrency(back);
      return AssessPayBack(back);
    }
    const int64_t worth = SumUnits(*lines);
    *assessment_.mutable_refund_amount() = InCurrency(std::min(worth, HeldUnits(order_)));
    __int128 back = UnitsAboveOwed(order_, *lines, input_.now());
    back -= OpenUnits(order_, input_.now());
    if (back > 0) AssessPayBack(static_cast<int64_t>(back));
  }

  void AssessRefund(const v1::RefundOrder& verb) {
    // Without anything named, policy may compute the amount.
    if (verb.items_size() == 0 && !verb.has_amount() && !verb.has_shipping_amount() &&
        !verb.has_fee_amount()) {
      return SetRefund(Unknown());
    }
    std::vector<v1::Money> amounts;
    if (verb.has_amount()) {
      amounts.push_back(verb.amount());
    } else if (verb.items_size() > 0) {
      if (!AllMatched()) return SetRefund(Unknown());
      const absl::StatusOr<std::vector<v1::LineAmount>> lines =
          RefundOfItems(order_, verb.cause(), items_);
      if (!lines.ok()) return SetRefund(Unknown());
      for (const v1::LineAmount& line : *lines) amounts.push_back(line.amount());
    }
    if (verb.has_shipping_amount()) amounts.push_back(verb.shipping_amount());
    if (verb.has_fee_amount()) amounts.push_back(verb.fee_amount());
    const std::string& currency_code =
        verb.has_amount() ? verb.amount().currency_code() : order_.currency_code();
    absl::StatusOr<v1::Money> whole = SumMoney(amounts, currency_code);
    if (whole.ok()) AssessPayBack(whole->units());
    SetRefund(std::move(whole));
  }

  // Whether the item can be put into the order.
  bool IsPossible(int index, const v1::ItemChange& change, const v1::Variant* variant) const {
    const MatchedItem& item = items_[index];
    const bool comes = !change.new_variant_id().empty();
    if (change.has_item() ? item.line < 0 : item.quantity <= 0) return false;
    if (command_.has_request_exchange() ? !(change.has_item() && comes)
                                        : !(change.has_item() || comes)) {
      return false;
    }
    return !comes || (variant != nullptr && IsUsable(variant->unit_price()) &&
                      variant->unit_price().currency_code() == order_.currency_code());
  }

  void AssessChanges() {
    Repricer repricer(order_);
    VariantIndex variants(input_.catalog());
    std::vector<int> possible;
    const auto& changes = ItemChangesOf(command_);
    for (int i = 0; i < changes.size(); ++i) {
      const v1::ItemChange& change = changes[i];
      const v1::Variant* variant = nullptr;
      if (!change.new_variant_id().empty()) variant = variants.Find(change.new_variant_id());
      if (variant != nullptr) *assessment_.mutable_items(i)->mutable_new_variant() = *variant;
      if (!IsPossible(i, change, variant)) continue;
      possible.push_back(i);
      repricer.Replace(items_[i].line, items_[i].quantity, variant);
      if (command_.has_change_items() && change.has_item() && change.item().line_id().empty()) {
        repricer.StandInTurn(items_[i].line, change.item().variant_id());
      }
    }
    const absl::StatusOr<Repricer::Prices> prices = repricer.Price(/*fact=*/nullptr);
    if (!prices.ok()) return SetRefund(Unknown());
    for (size_t i = 0; i < possible.size(); ++i) {
      *assessment_.mutable_items(possible[i])->mutable_price_difference() =
          InOrderCurrency(order_, prices->differences[i]);
    }
    if (static_cast<int>(possible.size()) < changes.size()) return SetRefund(Unknown());
    const int64_t difference = prices->difference;
    *assessment_.mutable_price_difference() = InOrderCurrency(order_, difference);
    SetRefund(InOrderCurrency(order_, difference < 0 ? -difference : 0));
    if (!command_.has_change_items()) return;
    const __int128 total = static_cast<__int128>(order_.totals().total().units()) + difference;
    // Open payments are asked for less first.
    const __int128 back = static_cast<__int128>(UnitsBackAtTotal(order_, total, input_.now())) -
                          OpenUnits(order_, input_.now());
    if (back > 0) AssessPayBack(static_cast<int64_t>(back));
  }

  const v1::OrderDecisionInput& input_;
  const OrderCommand& command_;
  const v1::Order& order_;
  std::vector<MatchedItem> items_;
  v1::OrderAssessment assessment_;
};

}  // namespace

absl::Status CheckOrderFacts(const v1::OrderDecisionInput& input) {
  const OrderCommand& command = input.command();
  if (input.has_catalog() || !(command.has_place_order() || command.has_change_items() ||
                               command.has_request_exchange())) {
    return absl::OkStatus();
  }
  v1::ErrorDetail detail;
  v1::FieldViolation& violation = *detail.add_violations();
  violation.set_field("catalog");
  violation.set_reason(std::string(kReasonFactMissing.word));
  violation.set_text("the command prices variants and needs catalog facts");
  return MakeError(kReasonFactMissing, "catalog facts are missing", std::move(detail));
}

absl::StatusOr<v1::OrderAssessment> AssessOrder(const v1::OrderDecisionInput& input) {
  if (FindEntityCommand(input.command()) == nullptr) return WrongEntityError();
  FRONTDESK_RETURN_IF_ERROR(CheckOrderFacts(input));
  return Assessor(input).Assess();
}

absl::StatusOr<v1::Money> WorthOfItems(const v1::Order& order,
                                       const std::vector<MatchedItem>& items) {
  std::map<int, v1::OrderLine> lines;  // As the items before left them.
  std::vector<v1::Money> amounts;
  for (const MatchedItem& item : items) {
    v1::OrderLine& line = lines.try_emplace(item.line, order.lines(item.line)).first->second;
    v1::LineQuantities& pieces = *line.mutable_quantities();
    FRONTDESK_ASSIGN_OR_RETURN(
        v1::Money worth,
        WorthOfPieces(line, pieces.return_requested() + pieces.returned(), item.quantity));
    const __int128 left = static_cast<__int128>(line.net_amount().units()) -
                          line.refunded_amount().units() - line.withheld_amount().units();
    if (worth.units() > left) worth.set_units(left < 0 ? 0 : static_cast<int64_t>(left));
    *line.mutable_refunded_amount() =
        InOrderCurrency(order, line.refunded_amount().units() + worth.units());
    pieces.set_return_requested(pieces.return_requested() + item.quantity);
    amounts.push_back(std::move(worth));
  }
  return SumMoney(amounts, order.currency_code());
}

absl::StatusOr<std::vector<v1::LineAmount>> RefundOfItems(const v1::Order& order,
                                                          v1::RefundCause cause,
                                                          const std::vector<MatchedItem>& items) {
  std::map<int, v1::OrderLine> lines;  // As the items before left them.
  std::vector<v1::LineAmount> amounts;
  for (const MatchedItem& item : items) {
    v1::OrderLine& line = lines.try_emplace(item.line, order.lines(item.line)).first->second;
    v1::LineQuantities& pieces = *line.mutable_quantities();
    const int64_t unrefunded = std::min(item.quantity, RefundableQuantity(line));
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Money amount, LineRefundAmount(line, unrefunded));
    *line.mutable_refunded_amount() =
        InOrderCurrency(order, line.refunded_amount().units() + amount.units());
    if (cause == v1::REFUND_CAUSE_CANCELLATION) {
      pieces.set_canceled(pieces.canceled() + item.quantity);
      pieces.set_refunded(pieces.refunded() - (item.quantity - unrefunded));
    } else {
      pieces.set_refunded(pieces.refunded() + unrefunded);
    }
    v1::LineAmount& entry = amounts.emplace_back();
    entry.set_line_id(line.line_id());
    entry.set_quantity(cause == v1::REFUND_CAUSE_CANCELLATION ? item.quantity : unrefunded);
    *entry.mutable_amount() = amount;
  }
  return amounts;
}

}  // namespace domain
}  // namespace frontdesk
