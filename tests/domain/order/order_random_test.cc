// Random sequences of order commands against a slow model that looks at the whole history every time.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/order/order.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

// The contents of the events, found by reading all of them, without any counter.
class History {
 public:
  void Add(const Decided& decided) {
    events_.insert(events_.end(), decided.events.begin(), decided.events.end());
  }

  const std::vector<v1::Event>& events() const { return events_; }

  // The latest record of each payment and refund, by id.
  std::map<std::string, v1::Payment> Payments() const {
    std::map<std::string, v1::Payment> payments;
    for (const v1::Event& event : events_) {
      for (const v1::Payment& payment : event.order().order_placed().order().payments()) {
        payments[payment.payment_id()] = payment;
      }
      if (event.order().payment_recorded().has_payment()) {
        payments[event.order().payment_recorded().payment().payment_id()] =
            event.order().payment_recorded().payment();
      }
    }
    return payments;
  }

  std::map<std::string, v1::Refund> Refunds() const {
    std::map<std::string, v1::Refund> refunds;
    for (const v1::Event& event : events_) {
      if (event.order().has_order_refunded()) {
        refunds[event.order().order_refunded().refund().refund_id()] =
            event.order().order_refunded().refund();
      }
      if (event.order().payment_recorded().has_refund()) {
        refunds[event.order().payment_recorded().refund().refund_id()] =
            event.order().payment_recorded().refund();
      }
    }
    return refunds;
  }

  // Whether the refund is on its way, or arrived.
  static bool IsGone(const v1::Refund& refund) {
    return refund.state() == v1::Refund::STATE_PENDING ||
           refund.state() == v1::Refund::STATE_SUCCEEDED;
  }

  // Captured less everything that went back, or is on its way back.
  int64_t Held() const {
    int64_t held = 0;
    std::map<std::string, int64_t> back;
    for (const auto& [id, refund] : Refunds()) {
      if (!IsGone(refund)) continue;
      for (const v1::RefundPart& part : refund.parts()) {
        back[part.payment_id()] += part.amount().units();
      }
    }
    for (const auto& [id, payment] : Payments()) {
      if (payment.state() == v1::Payment::STATE_CAPTURED ||
          payment.state() == v1::Payment::STATE_AUTHORIZED) {
        held += payment.captured_amount().units() - back[id];
      }
    }
    return held;
  }

  // The amount that payments on their way still ask for.
  int64_t Open() const {
    int64_t open = 0;
    for (const auto& [id, payment] : Payments()) {
      if (payment.state() == v1::Payment::STATE_REQUESTED ||
          payment.state() == v1::Payment::STATE_AUTHORIZED) {
        open += std::max<int64_t>(0, payment.amount().units() - payment.captured_amount().units());
      }
    }
    return open;
  }

  // The sum of the payments as each was asked for first.
  int64_t RequestedFirst() const {
    std::map<std::string, int64_t> first;
    for (const v1::Event& event : events_) {
      for (const v1::Payment& payment : event.order().order_placed().order().payments()) {
        first.emplace(payment.payment_id(), payment.amount().units());
      }
      if (event.order().payment_recorded().has_payment()) {
        const v1::Payment& payment = event.order().payment_recorded().payment();
        first.emplace(payment.payment_id(), payment.amount().units());
      }
    }
    int64_t sum = 0;
    for (const auto& [id, units] : first) sum += units;
    return sum;
  }

  // The owed amount: the price, less credits, less the money that is here and on its way.
  int64_t Owed() const {
    int64_t total = 0;
    int64_t off = 0;
    bool canceled = false;
    for (const v1::Event& event : events_) {
      if (event.order().has_order_placed()) {
        total = event.order().order_placed().order().totals().total().units();
      }
      if (event.order().has_items_changed()) {
        total = event.order().items_changed().totals().total().units();
      }
      for (const v1::LineAmount& line : event.order().items_canceled().lines()) {
        off += line.amount().units();
      }
      if (event.order().has_order_canceled()) {
        canceled = true;
        off = total - event.order().order_canceled().kept_amount().units();
      }
    }
    if (!canceled) {
      for (const auto& [id, refund] : Refunds()) {
        if (IsGone(refund)) off += TakenOff(refund);
      }
    }
    return std::max<int64_t>(0, total - off) - Held() - Open();
  }

  // By the table at RefundCause.
  static int64_t TakenOff(const v1::Refund& refund) {
    switch (refund.cause()) {
      case v1::REFUND_CAUSE_CANCELLATION:  // Pieces have an event of their own.
        return refund.shipping_amount().units() + refund.fee_amount().units();
      case v1::REFUND_CAUSE_ITEM_CHANGE:
      case v1::REFUND_CAUSE_PAYMENT_CHANGE:
      case v1::REFUND_CAUSE_DUPLICATE:
        return 0;
      default:
        return refund.amount().units();
    }
  }

  // Pieces of a line that were delivered and not asked back.
  int64_t Returnable(const std::string& line_id) const {
    std::map<std::string, v1::Shipment> shipments;
    int64_t pieces = 0;
    int64_t on_the_way = 0;
    for (const v1::Event& event : events_) {
      if (event.order().has_shipment_recorded()) {
        const v1::Shipment& shipment = event.order().shipment_recorded().shipment();
        shipments[shipment.shipment_id()] = shipment;
        for (const auto& line : shipment.lines()) {
          if (line.line_id() == line_id) on_the_way += line.quantity();
        }
      }
      for (const auto& line : event.order().items_lost().lines()) {
        if (line.line_id() == line_id) on_the_way -= line.quantity();
      }
      for (const auto& line : shipments[event.order().delivery_recorded().shipment_id()].lines()) {
        if (line.line_id() != line_id) continue;
        const int64_t arrived = std::min(line.quantity(), on_the_way);  // The rest was lost.
        on_the_way -= arrived;
        pieces += arrived;
      }
      for (const auto& line : event.order().return_requested().return_request().lines()) {
        if (line.line_id() == line_id) pieces -= line.quantity();
      }
      for (const auto& line : event.order().exchange_requested().exchange().lines()) {
        if (line.line_id() == line_id) pieces -= line.quantity();
      }
    }
    return pieces;
  }

  bool AnythingShipped() const {
    for (const v1::Event& event : events_) {
      if (event.order().has_shipment_recorded()) return true;
    }
    return false;
  }

 private:
  std::vector<v1::Event> events_;
};

class OrderWalk {
 public:
  explicit OrderWalk(uint32_t seed) : random_(seed), world_(MakeWorld()) {
    for (v1::Account& account : world_.accounts) account.mutable_balance()->set_units(200000);
  }

  void Run(int commands) {
    Place();
    // Half of the walks ship nothing for a while: then items can be changed.
    const int unshipped = Pick(2) == 0 ? 0 : commands / 2;
    for (int i = 0; i < commands && !testing::Test::HasFatalFailure(); ++i) {
      Do(RandomCommand(i >= unshipped));
      CheckLaws();
      if (i % 8 == 0) CheckFold();
    }
    PayEverythingBack();
    CheckFold();
  }

  const std::map<std::string, int>& done() const { return done_; }
  int refused() const { return refused_; }

 private:
  int Pick(int count) { return static_cast<int>(random_() % static_cast<uint32_t>(count)); }
  const char* Method() {
    static const char* const kMethods[] = {"card", "wallet", "gift", "gift2", "none"};
    return kMethods[Pick(Pick(10) == 0 ? 5 : 4)];
  }
  const char* Settlement() { return Pick(2) == 0 ? "SETTLEMENT_DONE" : "SETTLEMENT_UNSPECIFIED"; }
  const char* Variant() {
    static const char* const kVariants[] = {"shirt-blue", "shirt-red", "shirt-old", "mug-plain",
                                            "none"};
    return kVariants[Pick(Pick(10) == 0 ? 5 : 4)];
  }
  std::string Line() {
    const int lines = world_.order.lines_size();
    return Pick(12) == 0 || lines == 0 ? "none" : world_.order.lines(Pick(lines)).line_id();
  }
  std::string Shipment() {
    const int shipments = world_.order.shipments_size();
    return Pick(12) == 0 || shipments == 0 ? "none"
                                           : world_.order.shipments(Pick(shipments)).shipment_id();
  }
  int Quantity() { return 1 + Pick(Pick(2) == 0 ? 1 : 3); }
  std::string Item() {
    return Pick(3) == 0 ? absl::StrCat("variant_id: '", Variant(), "' quantity: ", Quantity())
                        : absl::StrCat("line_id: '", Line(), "' quantity: ", Quantity());
  }
  std::string Items() {
    std::string items = absl::StrCat("items { ", Item(), " } ");
    return Pick(3) == 0 ? absl::StrCat(items, "items { ", Item(), " } ") : items;
  }
  std::string Changes(bool exchange) {
    std::string changes;
    for (int i = 1 + Pick(2); i > 0; --i) {
      const int form = exchange ? 0 : Pick(6);
      if (form == 5) {
        absl::StrAppend(&changes, "changes { new_variant_id: '", Variant(),
                        "' added_quantity: ", 1 + Pick(2), " } ");
      } else if (form == 4) {
        absl::StrAppend(&changes, "changes { item { ", Item(), " } } ");
      } else {
        absl::StrAppend(&changes, "changes { item { ", Item(), " } new_variant_id: '", Variant(),
                        "' } ");
      }
    }
    return changes;
  }

  std::string ChangeItems() {
    return absl::StrCat("change_items { order_id: 'o1' ", Changes(false), " payment_method_id: '",
                        Method(), "' settlement: ", Settlement(), " }");
  }

  void Place() {
    std::string verb =
        "place_order { order_id: 'o1' customer_id: 'c1' currency_code: 'USD' payment_method_id: "
        "'card' ";
    for (int i = 1 + Pick(4); i > 0; --i) {
      absl::StrAppend(&verb, "lines { variant_id: '", (i % 2 == 0 ? "mug-plain" : "shirt-blue"),
                      "' quantity: ", 1 + Pick(5), " } ");
    }
    for (int i = Pick(3); i > 0; --i) {
      absl::StrAppend(
          &verb, "discounts { discount_id: 'd", i, "' ", (Pick(2) == 0 ? "line_id: '1' " : ""),
          (Pick(2) == 0
               ? absl::StrCat("rate_ppm: ", 1 + Pick(400000))
               : absl::StrCat("amount { units: ", 1 + Pick(5000), " currency_code: 'USD' }")),
          " } ");
    }
    if (Pick(2) == 0) {
      absl::StrAppend(&verb, "tax_rule { rate_ppm: ", Pick(250000),
                      " inclusive: ", (Pick(2) == 0 ? "true" : "false"), " } ");
    }
    if (Pick(2) == 0)
      absl::StrAppend(&verb, "shipping { units: ", Pick(900), " currency_code: 'USD' } ");
    if (Pick(3) == 0)
      absl::StrAppend(&verb, "fee { units: ", Pick(300), " currency_code: 'USD' } ");
    absl::StrAppend(&verb, "rounding_level: ", 1 + Pick(2), " rounding: ", 1 + Pick(7),
                    " settlement: ", Settlement(), " }");
    for (v1::Variant& variant : *world_.catalog.mutable_variants()) {
      if (!variant.has_unit_price() || variant.unit_price().currency_code() != "USD") continue;
      variant.mutable_unit_price()->set_value(Pick(20000));
      variant.mutable_unit_price()->set_scale(2 + Pick(3));
    }
    const v1::OrderAssessment assessment = world_.Assess(verb);
    Do(verb);
    if (world_.order.state() == v1::Order::STATE_UNSPECIFIED) return;  // Refused.
    EXPECT_EQ(assessment.order_amount().units(), world_.order.totals().total().units()) << verb;
  }

  std::string RandomCommand(bool may_ship) {
    switch (Pick(21)) {
      case 0:
        return absl::StrCat("change_shipping_address { order_id: 'o1' address { lines: '",
                            Pick(100), "' } }");
      case 1:
      case 14:
        if (!may_ship) return ChangeItems();
        return absl::StrCat("record_shipment { order_id: 'o1' shipment { shipment_id: 's", Pick(6),
                            "' lines { line_id: '", Line(), "' quantity: ", 1 + Pick(3), " } } }");
      case 2:
      case 3:
        return absl::StrCat("record_delivery { order_id: 'o1' shipment_id: '", Shipment(), "' }");
      case 4:
        return Pick(10) != 0
                   ? ReportPayment()
                   : absl::StrCat("cancel_order { order_id: 'o1' settlement: ", Settlement(), " }");
      case 5:
        return absl::StrCat("change_payment_method { order_id: 'o1' payment_method_id: '", Method(),
                            "' settlement: ", Settlement(), " }");
      case 6:
      case 7:
        return ChangeItems();
      case 8:
        return absl::StrCat("request_return { order_id: 'o1' ", Items(), " payment_method_id: '",
                            Method(), "' }");
      case 9:
        return absl::StrCat("request_exchange { order_id: 'o1' ", Changes(true),
                            " payment_method_id: '", Method(), "' }");
      case 10:
        return absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_RETURN ", Items(),
                            RefundEnd());
      case 11:
        return absl::StrCat(
            "refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: ",
            Pick(4000), " currency_code: 'USD' } ", RefundEnd());
      case 12:
        return ReportRefund();
      case 15:
        return CancelItems();
      case 16:
      case 19:
      case 20:
        return RequestPayment();
      case 17:
        return RefundSomething();
      case 18:
        return ReportRefundOutside();
      default:
        return ReportPayment();
    }
  }
  std::string Cents(const char* field, int most) {
    return absl::StrCat(field, " { units: ", Pick(most), " currency_code: 'USD' } ");
  }
  std::string CancelItems() {
    return absl::StrCat("cancel_items { order_id: 'o1' ", Items(),
                        Pick(3) == 0 ? Cents("fee", 2000) : "", RefundEnd());
  }
  std::string RequestPayment() {
    std::string verb = "request_payment { order_id: 'o1' ";
    if (Pick(2) == 0) {
      absl::StrAppend(&verb, "payments { payment_method_id: '", Method(), "' ",
                      Cents("amount", 5000), "} ");
    }
    return absl::StrCat(verb, "payments { payment_method_id: '", Method(),
                        "' } settlement: ", Settlement(), " }");
  }
  std::string Cause() { return absl::StrCat("cause: ", 1 + Pick(11), " reason: 'late' "); }
  std::string RefundSomething() {
    return absl::StrCat("refund_order { order_id: 'o1' ", Cause(), Pick(2) == 0 ? Items() : "",
                        Pick(3) == 0 ? Cents("amount", 3000) : "",
                        Pick(3) == 0 ? Cents("shipping_amount", 500) : "",
                        Pick(4) == 0 ? Cents("fee_amount", 200) : "", RefundEnd());
  }
  std::string ReportRefundOutside() {
    return absl::StrCat("record_payment { order_id: 'o1' refund { refund_id: 'out", Pick(6),
                        "' state: ", 1 + Pick(4), " ", Cause(), Pick(2) == 0 ? Items() : "",
                        Pick(2) == 0 ? Cents("amount", 3000) : "",
                        Pick(3) == 0 ? "payment_id: 'payment-1' " : "", " } }");
  }
  std::string RefundEnd() {
    return absl::StrCat(Pick(2) == 0 ? "" : absl::StrCat("payment_method_id: '", Method(), "' "),
                        "settlement: ", Settlement(), " }");
  }
  std::string ReportPayment() {
    const int payments = static_cast<int>(AllPayments(world_.order).size());
    if (payments == 0 || Pick(5) == 0) {
      return absl::StrCat("record_payment { order_id: 'o1' payment { payment_id: 'x",
                          ++last_payment_, "' state: ", 2 + Pick(5),
                          " amount { units: ", Pick(3000),
                          " currency_code: 'USD' } payment_method_id: '", Method(), "' } }");
    }
    const v1::Payment payment = AllPayments(world_.order)[Pick(payments)];
    const bool is_open = payment.state() == v1::Payment::STATE_REQUESTED ||
                         payment.state() == v1::Payment::STATE_AUTHORIZED;
    if (is_open && Pick(3) == 0) {
      // In part, and sometimes more than was asked for.
      return absl::StrCat("record_payment { order_id: 'o1' payment { payment_id: '",
                          payment.payment_id(), "' state: STATE_CAPTURED ", Cents("amount", 9000),
                          " more_captures: ", Pick(2) == 0 ? "true" : "false", " } }");
    }
    return absl::StrCat("record_payment { order_id: 'o1' payment { payment_id: '",
                        payment.payment_id(), "' state: ", 2 + Pick(Pick(4) == 0 ? 6 : 2), " } }");
  }
  std::string ReportRefund() {
    const int refunds = static_cast<int>(AllRefunds(world_.order).size());
    const std::string id =
        refunds == 0 ? "none" : AllRefunds(world_.order)[Pick(refunds)].refund_id();
    return absl::StrCat("record_payment { order_id: 'o1' refund { refund_id: '", id,
                        "' state: ", 2 + Pick(3), " } }");
  }

  // The result of a command that the model demands; empty where it demands none.
  std::string Expectation(const v1::Command& command) const {
    const v1::RefundOrder& refund = command.order().refund_order();
    if (refund.has_amount() && refund.payment_method_id().empty() && refund.items().empty() &&
        !refund.has_shipping_amount() && !refund.has_fee_amount()) {
      const int64_t units = refund.amount().units();
      // Without pieces nothing but a surplus is canceled.
      const int64_t most = refund.cause() == v1::REFUND_CAUSE_CANCELLATION
                               ? std::min(history_.Held(), -history_.Owed())
                               : history_.Held();
      if (units > 0) return units <= most ? "done" : "refused";
    }
    if (command.order().has_request_return() &&
        command.order().request_return().items_size() == 1 &&
        !command.order().request_return().items(0).line_id().empty() &&
        command.order().request_return().payment_method_id() != "none") {
      const v1::ItemSelector& item = command.order().request_return().items(0);
      return item.quantity() <= history_.Returnable(item.line_id()) ? "done" : "refused";
    }
    if (command.order().has_cancel_order()) {
      return history_.AnythingShipped() || world_.order.state() == v1::Order::STATE_CANCELED
                 ? "refused"
                 : "done";
    }
    return "";
  }

  void Do(const std::string& verb) {
    last_ = verb;
    SCOPED_TRACE(verb);
    const v1::Command command = NoonCommand(verb);
    const std::string expectation = Expectation(command);
    const std::string before = world_.order.SerializeAsString();
    const Decided decided = world_.Do(command);
    for (const v1::Refusal& refusal : decided.refusals) {
      ASSERT_NE(FindReason(refusal.reason()), nullptr) << refusal.reason();
    }
    if (decided.refused()) {
      ++refused_;
      ASSERT_EQ(before, world_.order.SerializeAsString());
      ASSERT_NE(expectation, "done") << Summary(decided.refusals);
      return;
    }
    ASSERT_NE(expectation, "refused");
    ++done_[std::string(FindCommand(command)->name)];
    history_.Add(decided);
    for (const Posting& posting : decided.postings) {
      moved_[posting.account_id] +=
          posting.credit ? posting.amount.units() : -posting.amount.units();
    }
  }

  void CheckLaws() {
    const v1::Order& order = world_.order;
    CheckMovements(order);
    CheckLines(order);
    CheckComponents(order);
    CheckAccounts();
    if (testing::Test::HasFatalFailure())
      ADD_FAILURE() << "after " << last_ << "\n" << order.DebugString();
  }

  // The fold of the events from nothing is the state.
  void CheckFold() {
    v1::Order folded;
    for (const v1::Event& event : history_.events()) {
      ASSERT_TRUE(EvolveOrder(event, &folded).ok());
    }
    ASSERT_EQ(folded.SerializeAsString(), world_.order.SerializeAsString());
  }

  // The counts and sums of the state, and which payments are finished, by looking at all of them.
  void CheckSums(const v1::Order& order) {
    int64_t captured = 0;
    int64_t last = 0;
    for (const v1::Payment& payment : AllPayments(order)) {
      captured += payment.captured_amount().units();
      last = std::max(last, payment.sequence());
    }
    int64_t refunded = 0;
    std::map<std::string, int64_t> refund_counts;
    for (const v1::Refund& refund : AllRefunds(order)) {
      if (refund.state() == v1::Refund::STATE_SUCCEEDED) refunded += refund.amount().units();
      for (const v1::RefundPart& part : refund.parts()) ++refund_counts[part.payment_id()];
      last = std::max(last, refund.sequence());
    }
    ASSERT_EQ(order.payment_count(), static_cast<int64_t>(AllPayments(order).size()));
    ASSERT_EQ(order.refund_count(), static_cast<int64_t>(AllRefunds(order).size()));
    ASSERT_EQ(order.requested_amount().units(), history_.RequestedFirst());
    ASSERT_EQ(order.owed_amount().units(), history_.Owed());
    ASSERT_EQ(order.captured_amount().units(), captured);
    ASSERT_EQ(order.refunded_amount().units(), refunded);
    ASSERT_EQ(order.last_sequence(), last);
    const auto may_go_on = [](const v1::Payment& payment) {
      const bool is_paid_back = payment.captured_amount().units() == 0
                                    ? payment.refund_count() > 0
                                    : HeldAmount(payment).units() == 0;
      return payment.state() == v1::Payment::STATE_REQUESTED ||
             payment.state() == v1::Payment::STATE_AUTHORIZED ||
             payment.refund_pending_amount().units() > 0 || payment.disputed_amount().units() > 0 ||
             (payment.state() == v1::Payment::STATE_CAPTURED && !is_paid_back);
    };
    for (const v1::Payment& payment : order.payments()) ASSERT_TRUE(may_go_on(payment));
    for (const v1::Payment& payment : order.finished_payments()) ASSERT_FALSE(may_go_on(payment));
    for (const v1::Payment& payment : AllPayments(order)) {
      // A refund of nothing from a payment that was finished is not counted there.
      ASSERT_LE(payment.refund_count(), refund_counts[payment.payment_id()]);
    }
    for (const v1::Refund& refund : order.refunds()) {
      ASSERT_EQ(refund.state(), v1::Refund::STATE_PENDING);
    }
  }

  void CheckMovements(const v1::Order& order) {
    std::map<std::string, int64_t> refunded;
    std::map<std::string, int64_t> pending;
    std::set<int64_t> sequences;
    for (const v1::Refund& refund : AllRefunds(order)) {
      sequences.insert(refund.sequence());
      int64_t sum = 0;
      for (const v1::RefundPart& part : refund.parts()) {
        sum += part.amount().units();
        ASSERT_GE(part.amount().units(), 0);
        if (refund.state() == v1::Refund::STATE_SUCCEEDED)
          refunded[part.payment_id()] += part.amount().units();
        if (refund.state() == v1::Refund::STATE_PENDING)
          pending[part.payment_id()] += part.amount().units();
      }
      ASSERT_EQ(sum, refund.amount().units());
    }
    for (const v1::Payment& payment : AllPayments(order)) {
      sequences.insert(payment.sequence());
      ASSERT_EQ(payment.refunded_amount().units(), refunded[payment.payment_id()]);
      ASSERT_EQ(payment.refund_pending_amount().units(), pending[payment.payment_id()]);
      if (payment.state() != v1::Payment::STATE_CAPTURED &&
          payment.state() != v1::Payment::STATE_AUTHORIZED) {
        continue;
      }
      // Nothing is created or lost.
      ASSERT_EQ(payment.captured_amount().units(),
                HeldAmount(payment).units() + payment.refunded_amount().units() +
                    payment.refund_pending_amount().units() + payment.disputed_amount().units());
    }
    // Every movement has a place of its own, from 1 without gaps.
    const auto movements = AllPayments(order).size() + AllRefunds(order).size();
    ASSERT_EQ(sequences.size(), movements);
    if (!sequences.empty()) {
      ASSERT_EQ(*sequences.begin(), 1);
      ASSERT_EQ(*sequences.rbegin(), static_cast<int64_t>(movements));
    }
    ASSERT_EQ(HeldAmount(order).units(), history_.Held());
    CheckSums(order);
    ASSERT_GE(HeldAmount(order).units(), 0);
  }

  void CheckLines(const v1::Order& order) {
    std::map<std::string, int64_t> paid_back;
    for (const v1::Refund& refund : AllRefunds(order)) {
      if (!History::IsGone(refund)) continue;
      for (const v1::LineAmount& line : refund.lines())
        paid_back[line.line_id()] += line.amount().units();
    }
    int64_t sum = order.totals().shipping().units() + order.totals().fees().units();
    std::set<std::string> ids;
    for (const v1::OrderLine& line : order.lines()) {
      ASSERT_TRUE(ids.insert(line.line_id()).second);
      const v1::LineQuantities& pieces = line.quantities();
      ASSERT_GT(pieces.ordered(), 0);
      ASSERT_LE(pieces.shipped() + pieces.canceled(), pieces.ordered());
      ASSERT_LE(pieces.delivered(), pieces.shipped());
      ASSERT_LE(pieces.return_requested(), pieces.delivered());
      ASSERT_GE(pieces.refunded(), 0);
      ASSERT_LE(pieces.refunded() + pieces.canceled(), pieces.ordered());
      ASSERT_LE(pieces.delivered() + pieces.lost(), pieces.shipped());
      ASSERT_EQ(ReturnableQuantity(line), history_.Returnable(line.line_id()));
      ASSERT_GE(line.refunded_amount().units(), 0);
      ASSERT_GE(line.withheld_amount().units(), 0);
      ASSERT_GE(line.canceled_amount().units(), 0);
      ASSERT_LE(line.canceled_amount().units() + line.refunded_amount().units() +
                    line.withheld_amount().units(),
                line.net_amount().units());
      ASSERT_EQ(line.refunded_amount().units(), paid_back[line.line_id()]);
      sum += line.net_amount().units();
    }
    ASSERT_EQ(sum, order.totals().total().units());
    int64_t charges = 0;
    for (const v1::Charge& charge : order.charges()) {
      if (!charge.contained()) charges += charge.amount().units();
    }
    ASSERT_EQ(charges, order.totals().total().units());
  }

  // None is refunded above its charge. The tax may be above it where items were changed after a refund: no later refund has any then.
  void CheckComponents(const v1::Order& order) {
    int64_t shipping = 0;
    int64_t fees = 0;
    int64_t tax = 0;
    for (const v1::Refund& refund : AllRefunds(order)) {
      if (!History::IsGone(refund)) continue;
      ASSERT_GE(refund.shipping_amount().units(), 0);
      ASSERT_GE(refund.fee_amount().units(), 0);
      ASSERT_GE(refund.tax_amount().units(), 0);
      ASSERT_LE(refund.shipping_amount().units() + refund.fee_amount().units() +
                    refund.tax_amount().units(),
                refund.amount().units() + 1);
      shipping += refund.shipping_amount().units();
      fees += refund.fee_amount().units();
      if (refund.cause() != v1::REFUND_CAUSE_ITEM_CHANGE) tax += refund.tax_amount().units();
    }
    ASSERT_EQ(order.refunded_shipping_amount().units(), shipping);
    ASSERT_EQ(order.refunded_fee_amount().units(), fees);
    ASSERT_EQ(order.refunded_tax_amount().units(), tax);
    ASSERT_LE(shipping, order.totals().shipping().units());
    ASSERT_LE(fees, order.totals().fees().units());
    int64_t charged = 0;
    for (const v1::Charge& charge : order.charges()) {
      if (charge.kind() == v1::Charge::KIND_TAX) charged += charge.amount().units();
    }
    ASSERT_LE(tax, std::max(charged, refunded_tax_));
    refunded_tax_ = tax;
  }

  // The ledgers hold what the orders moved, and nothing else.
  void CheckAccounts() {
    std::map<std::string, int64_t> by_order;
    for (const auto& [id, payment] : history_.Payments()) {
      if (payment.route().account_id().empty()) continue;
      by_order[payment.route().account_id()] -= payment.captured_amount().units();
    }
    for (const auto& [id, refund] : history_.Refunds()) {
      if (!refund.route().account_id().empty())
        by_order[refund.route().account_id()] += refund.amount().units();
    }
    for (const v1::Account& account : world_.accounts) {
      ASSERT_GE(account.balance().units(), 0);
      ASSERT_EQ(account.balance().units(), 200000 + moved_[account.account_id()]);
      ASSERT_EQ(moved_[account.account_id()], by_order[account.account_id()]);
      int64_t sum = 200000;
      for (const v1::LedgerEntry& entry : account.entries()) sum += entry.amount().units();
      ASSERT_EQ(sum, account.balance().units());
    }
  }

  // However the sequence went, what is left goes back to the last cent, and no cent more.
  void PayEverythingBack() {
    const int64_t held = HeldAmount(world_.order).units();
    Do(absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: ",
                    held + 1, " currency_code: 'USD' } settlement: SETTLEMENT_DONE }"));
    ASSERT_EQ(HeldAmount(world_.order).units(), held);
    if (held == 0) return;
    Do(absl::StrCat("refund_order { order_id: 'o1' cause: REFUND_CAUSE_GOODWILL amount { units: ",
                    held, " currency_code: 'USD' } settlement: SETTLEMENT_DONE }"));
    ASSERT_EQ(HeldAmount(world_.order).units(), 0);
    CheckLaws();
  }

  std::mt19937 random_;
  World world_;
  History history_;
  std::map<std::string, int64_t> moved_;
  std::string last_;
  int64_t refunded_tax_ = 0;
  int last_payment_ = 0;
  std::map<std::string, int> done_;
  int refused_ = 0;
};

TEST(OrderRandomTest, MoneyAndGoodsAddUpForEverySequence) {
  uint32_t seed = 20240515;
  if (const char* given = std::getenv("FRONTDESK_TEST_SEED"))
    seed = static_cast<uint32_t>(std::atoll(given));
  std::map<std::string, int> done;
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE(absl::StrCat("FRONTDESK_TEST_SEED=", seed, " walk ", i));
    OrderWalk walk(seed + static_cast<uint32_t>(i));
    walk.Run(60);
    if (HasFatalFailure()) break;
    for (const auto& [verb, count] : walk.done()) done[verb] += count;
    refused += walk.refused();
  }
  std::cout << "seed " << seed << ": " << refused << " refused";
  for (const auto& [verb, count] : done) std::cout << ", " << count << " " << verb;
  std::cout << "\n";
  // The walks do something of everything.
  for (const CommandInfo& info : Commands()) {
    // Disputes have tests of their own.
    if (info.entity_kind != v1::ENTITY_KIND_ORDER || info.name == "ImportOrder" ||
        info.name == "RecordDispute" || info.name == "AnswerDispute") {
      continue;
    }
    EXPECT_GE(done[std::string(info.name)], 10) << info.name;
  }
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
