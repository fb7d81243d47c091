#include "order_growth.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "desk_inputs.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/store/store.h"
#include "growth_inputs.h"
#include "growth_run.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

constexpr absl::string_view kHub = "hub";
constexpr absl::string_view kOrder = "order";
constexpr int kBeginSeconds = 1'700'000'000;
constexpr int kFewLines = 10;
constexpr int kManyChanges = 100;
constexpr int kManyDiscounts = 100;

std::string VariantOf(int line, bool is_changed) {
  const int variants = DeskCatalog().catalog().variants_size();
  return DeskCatalog().catalog().variants((line + (is_changed ? 1 : 0)) % variants).variant_id();
}

v1::PlaceOrder PlaceLongOrder(int lines, int discounts) {
  v1::PlaceOrder verb;
  verb.set_order_id(std::string(kOrder));
  verb.set_customer_id(std::string(kHub));
  verb.set_currency_code("USD");
  for (int i = 0; i < lines; ++i) {
    v1::PlaceOrderLine& line = *verb.add_lines();
    line.set_variant_id(VariantOf(i, false));
    line.set_quantity(1);
  }
  for (int i = 0; i < discounts; ++i) {
    v1::Discount& discount = *verb.add_discounts();
    discount.set_discount_id(absl::StrCat("discount-", i));
    discount.set_rate_ppm(1'000);
  }
  verb.mutable_tax_rule()->set_rate_ppm(200'000);
  verb.mutable_shipping_address()->add_lines("1 Zephyrine Lane");
  verb.set_payment_method_id("card");
  verb.set_settlement(v1::SETTLEMENT_DONE);
  return verb;
}

v1::AddPaymentMethod AddCard() {
  v1::AddPaymentMethod verb;
  verb.set_customer_id(std::string(kHub));
  verb.mutable_payment_method()->set_payment_method_id("card");
  verb.mutable_payment_method()->set_kind(v1::PaymentMethod::KIND_CARD);
  return verb;
}

// A desk with one order, whose first lines change to other variants and back.
class ChangedOrder {
 public:
  ChangedOrder(int lines, int discounts, const std::shared_ptr<const Policy>& policy)
      : desk_(OpenDesk(policy, store::MakeMemoryStore())) {
    Execute(CreateGrowthCustomer(kHub));
    Execute(Next(AddCard(), /*needs_catalog=*/false));
    Execute(Next(PlaceLongOrder(lines, discounts), /*needs_catalog=*/true));
  }

  // Nanoseconds of one command that changes `count` lines.
  double Change(int count) {
    is_changed_ = !is_changed_;
    v1::ChangeItems verb;
    verb.set_order_id(std::string(kOrder));
    verb.set_payment_method_id("card");
    verb.set_settlement(v1::SETTLEMENT_DONE);
    for (int i = 0; i < count; ++i) {
      v1::ItemChange& change = *verb.add_changes();
      change.mutable_item()->set_line_id(absl::StrCat(i + 1));
      change.mutable_item()->set_quantity(1);
      change.set_new_variant_id(VariantOf(i, is_changed_));
    }
    return Execute(Next(verb, /*needs_catalog=*/true));
  }

 private:
  DeskInput Next(const google::protobuf::Message& verb, bool needs_catalog) {
    const absl::Time now = absl::FromUnixSeconds(kBeginSeconds + ++commands_);
    return {MakeCommand(MakeActor("agent-0"), now, verb), needs_catalog};
  }

  double Execute(const DeskInput& input) {
    double nanoseconds = 0;
    const absl::StatusOr<v1::Outcome> outcome =
        ExecuteDone(input, /*entity=*/nullptr, *desk_, &nanoseconds);
    if (!outcome.ok()) Die(outcome.status().ToString());
    return nanoseconds;
  }

  const std::unique_ptr<Desk> desk_;
  int commands_ = 0;
  bool is_changed_ = false;
};

// The mean of a change there and back.
double Measure(int count, ChangedOrder* order) {
  const double there = order->Change(count);
  return (there + order->Change(count)) / 2;
}

void MeasureOneLine(const OrderGrowthSize& size, const std::shared_ptr<const Policy>& policy,
                    const std::string& many, const std::string& few) {
  ChangedOrder long_order(size.lines, /*discounts=*/2, policy);
  ChangedOrder short_order(kFewLines, /*discounts=*/2, policy);
  std::vector<double> many_times, few_times;
  // The first round is not counted.
  for (int round = 0; round <= size.rounds; ++round) {
    const double of_many = Measure(1, &long_order);
    const double of_few = Measure(1, &short_order);
    if (round == 0) continue;
    many_times.push_back(of_many);
    few_times.push_back(of_few);
  }
  PrintRow(many, Median(many_times), "ns", few);
  PrintRow(few, Median(few_times), "ns", "");
}

}  // namespace

void MeasureOrderGrowth(const OrderGrowthSize& size, const std::shared_ptr<const Policy>& policy) {
  const std::string many = absl::StrCat("change_line_", size.lines);
  const std::string few = absl::StrCat("change_line_", kFewLines);
  const auto is_selected = [&](const std::string& name) {
    return absl::StartsWith(name, size.only);
  };
  if (is_selected(many) || is_selected(few)) MeasureOneLine(size, policy, many, few);
  const int count = std::min(kManyChanges, size.lines);
  const std::string changes =
      absl::StrCat("changes_", count, "_discounts_", kManyDiscounts, "_lines_", size.lines);
  if (!is_selected(changes)) return;
  ChangedOrder order(size.lines, kManyDiscounts, policy);
  std::vector<double> times;
  for (int round = 0; round <= size.rounds; ++round) {
    const double time = Measure(count, &order);
    if (round > 0) times.push_back(time);
  }
  PrintRow(changes, Median(times), "ns", "");
}

}  // namespace frontdesk
