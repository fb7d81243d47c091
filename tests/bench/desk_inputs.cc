#include "desk_inputs.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/domain/make_command.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace {

constexpr int kVariants = 20;

constexpr absl::string_view kPolicy = R"pb(
  name: "bench"
  version: "1"
  rule_sets {
    id: "customers"
    decision_points: "CreateCustomer"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "blocked_tier"
      order: 1
      condition: "command.create_customer.tier == 'blocked'"
      outcome: POLICY_OUTCOME_REFUSE
      reason: "TIER_BLOCKED"
    }
    rules {
      id: "many_ids"
      order: 2
      condition: "command.create_customer.external_ids.size() > 10"
      outcome: POLICY_OUTCOME_HOLD
      reason: "MANY_IDS"
      authority: "supervisor"
    }
  }
  rule_sets {
    id: "cases"
    decision_points: "OpenCase"
    decision_points: "AddCasePart"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "blocked_customer"
      order: 1
      condition: "customer.tier == 'blocked'"
      outcome: POLICY_OUTCOME_REFUSE
      reason: "CUSTOMER_BLOCKED"
    }
    rules { id: "gold" order: 2 condition: "customer.tier == 'gold'" outcome: POLICY_OUTCOME_ALLOW }
    rules {
      id: "secret"
      order: 3
      condition: "command.add_case_part.part.text.contains('password')"
      outcome: POLICY_OUTCOME_HOLD
      reason: "SECRET_IN_TEXT"
      authority: "supervisor"
    }
  }
  rule_sets {
    id: "orders"
    decision_points: "PlaceOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "blocked_customer"
      order: 1
      condition: "customer.tier == 'blocked'"
      outcome: POLICY_OUTCOME_REFUSE
      reason: "CUSTOMER_BLOCKED"
    }
    rules {
      id: "bulk"
      order: 2
      condition: "command.place_order.lines.exists(line, line.quantity > 100)"
      outcome: POLICY_OUTCOME_HOLD
      reason: "BULK"
      authority: "supervisor"
    }
  }
  rule_sets {
    id: "money"
    decision_points: "CancelOrder"
    decision_points: "RefundOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "not_placed"
      order: 1
      condition: "order.state != Order.State.STATE_PLACED"
      outcome: POLICY_OUTCOME_REFUSE
      reason: "NOT_PLACED"
    }
    rules {
      id: "gold"
      order: 2
      condition: "customer.tier == 'gold' && assessment.refund_amount.units < 100000"
      outcome: POLICY_OUTCOME_ALLOW
    }
    rules {
      id: "large"
      order: 3
      condition: "assessment.refund_amount.units > 1000000"
      outcome: POLICY_OUTCOME_HOLD
      reason: "LARGE_REFUND"
      authority: "supervisor"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  cases {
    priority_matrix { impact: 1 urgency: 1 priority: 1 }
    priority_matrix { impact: 1 urgency: 2 priority: 2 }
    priority_matrix { impact: 2 urgency: 1 priority: 2 }
    priority_matrix { impact: 2 urgency: 2 priority: 3 }
  }
)pb";

std::string CustomerId(int i) { return absl::StrCat("customer-", i); }
std::string OrderId(int i) { return absl::StrCat("order-", i); }
std::string CaseId(int i) { return absl::StrCat("case-", i); }
bool PaysByGiftCard(int i) { return i % 4 == 3; }

DeskInput ByAgent(int i, const google::protobuf::Message& verb, bool needs_catalog = false) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000 + i);
  return {MakeCommand(MakeActor(absl::StrCat("agent-", i % 7)), now, verb), needs_catalog};
}

v1::CreateCustomer CreateCustomer(int i) {
  v1::CreateCustomer verb;
  verb.set_customer_id(CustomerId(i));
  if (i % 2 == 0) verb.set_state(v1::Customer::STATE_CUSTOMER);
  verb.set_given_name(absl::StrCat("Wilhelmina ", i));
  if (i % 5 != 0) verb.set_family_name(absl::StrCat("Quastenberg-", i * 31));
  if (i % 3 == 0) verb.set_tier("gold");
  if (i % 3 == 1) {
    verb.mutable_preferences()->set_language_tag("de-AT");
    verb.mutable_preferences()->set_channel("phone");
    verb.mutable_preferences()->set_time_zone("Europe/Vienna");
  }
  for (int k = 0; k < i % 4; ++k) {
    v1::ExternalId* const id = verb.add_external_ids();
    id->set_system(absl::StrCat("system-", k));
    id->set_id(absl::StrCat("n", i * 17));
  }
  return verb;
}

v1::PlaceOrder PlaceOrder(int i) {
  v1::PlaceOrder verb;
  verb.set_order_id(OrderId(i));
  verb.set_customer_id(CustomerId(i));
  verb.set_currency_code("USD");
  for (int k = 0; k <= i % 4; ++k) {
    v1::PlaceOrderLine* const line = verb.add_lines();
    line->set_variant_id(absl::StrCat("variant-", (i * 7 + k) % kVariants));
    line->set_quantity(1 + (i + k) % 3);
  }
  if (i % 3 == 0) {
    v1::Discount* const discount = verb.add_discounts();
    discount->set_discount_id("spring");
    discount->set_rate_ppm(100'000);
  }
  if (i % 5 == 0) {
    verb.mutable_tax_rule()->set_rate_ppm(200'000);
    verb.mutable_tax_rule()->set_name("VAT");
  }
  if (i % 2 == 0) {
    verb.mutable_shipping()->set_units(490);
    verb.mutable_shipping()->set_currency_code("USD");
  }
  verb.set_payment_method_id(PaysByGiftCard(i) ? "gift" : "card");
  if (i % 3 != 2) verb.set_settlement(v1::SETTLEMENT_DONE);
  return verb;
}

v1::OpenCase OpenCase(int i, bool with_order) {
  v1::OpenCase verb;
  verb.set_case_id(CaseId(i));
  verb.set_kind(static_cast<v1::Case::Kind>(1 + i % 6));
  verb.set_subject(absl::StrCat("The lamp of box ", i,
                                i % 2 == 0 ? " does not light" : " is broken, and one is missing"));
  verb.set_customer_id(CustomerId(i));
  if (i % 3 == 0) verb.set_queue_id("lamps");
  if (with_order) *verb.add_links() = Ref(v1::ENTITY_KIND_ORDER, OrderId(i));
  if (i % 3 != 2) {
    verb.set_impact(1 + i % 2);
    verb.set_urgency(1 + (i / 2) % 2);
  }
  return verb;
}

v1::AddCasePart AddCasePart(int i, int case_number) {
  v1::AddCasePart verb;
  verb.set_case_id(CaseId(case_number));
  v1::InteractionPart& part = *verb.mutable_part();
  part.set_part_id(absl::StrCat("part-", i));
  part.set_kind(i % 3 == 0 ? v1::InteractionPart::KIND_NOTE : v1::InteractionPart::KIND_MESSAGE);
  part.set_visibility(i % 3 == 0 ? v1::VISIBILITY_INTERNAL : v1::VISIBILITY_PUBLIC);
  std::string text = absl::StrCat("Message ", i, ".");
  for (int k = 0; k < i % 8; ++k)
    absl::StrAppend(&text, " The lamp flickers, and goes out after a minute.");
  part.set_text(text);
  return verb;
}

v1::CancelOrder CancelOrder(int i) {
  v1::CancelOrder verb;
  verb.set_order_id(OrderId(i));
  verb.set_reason(i % 2 == 0 ? "no longer needed" : "ordered by mistake");
  if (i % 5 != 0) verb.set_settlement(v1::SETTLEMENT_DONE);
  return verb;
}

v1::RefundOrder RefundOrder(int i) {
  v1::RefundOrder verb;
  verb.set_order_id(OrderId(i));
  verb.set_cause(v1::REFUND_CAUSE_GOODWILL);
  if (i % 3 == 0) {
    v1::ItemSelector* const item = verb.add_items();
    item->set_line_id("1");
    item->set_quantity(1);
  } else {
    verb.mutable_amount()->set_units(100 + i);
    verb.mutable_amount()->set_currency_code("USD");
  }
  if (i % 2 == 0) verb.set_settlement(v1::SETTLEMENT_DONE);
  return verb;
}

// Customer `i` with an address, a card, and a gift card for each order that is paid with one.
void AddCustomer(int i, std::vector<DeskInput>* history) {
  history->push_back(ByAgent(0, CreateCustomer(i)));

  v1::ChangeAddress address;
  address.set_customer_id(CustomerId(i));
  address.mutable_address()->add_lines(absl::StrCat(i, " Zephyrine Lane"));
  address.mutable_address()->set_locality("Springfield");
  address.mutable_address()->set_country_code("US");
  history->push_back(ByAgent(0, address));

  v1::AddPaymentMethod method;
  method.set_customer_id(CustomerId(i));
  method.mutable_payment_method()->set_payment_method_id("card");
  method.mutable_payment_method()->set_kind(v1::PaymentMethod::KIND_CARD);
  method.mutable_payment_method()->set_last_four("4711");
  history->push_back(ByAgent(0, method));
  if (!PaysByGiftCard(i)) return;

  v1::ImportAccount account;
  account.mutable_source()->set_system("old-shop");
  account.mutable_account()->set_account_id(absl::StrCat("gift-", i));
  account.mutable_account()->set_kind(v1::Account::KIND_GIFT_CARD);
  account.mutable_account()->set_state(v1::Account::STATE_ACTIVE);
  account.mutable_account()->set_customer_id(CustomerId(i));
  account.mutable_account()->mutable_balance()->set_units(1'000'000);
  account.mutable_account()->mutable_balance()->set_currency_code("USD");
  history->push_back(ByAgent(0, account));

  method.mutable_payment_method()->set_payment_method_id("gift");
  method.mutable_payment_method()->set_kind(v1::PaymentMethod::KIND_GIFT_CARD);
  method.mutable_payment_method()->clear_last_four();
  method.mutable_payment_method()->set_account_id(absl::StrCat("gift-", i));
  history->push_back(ByAgent(0, method));
}

v1::Facts MakeCatalog() {
  v1::Facts facts;
  v1::CatalogFacts* const catalog = facts.mutable_catalog();
  v1::Product* const product = catalog->add_products();
  product->set_product_id("lamp");
  product->set_name("lamp");
  for (int i = 0; i < kVariants; ++i) {
    v1::Variant* const variant = catalog->add_variants();
    variant->set_variant_id(absl::StrCat("variant-", i));
    variant->set_product_id("lamp");
    variant->set_name(absl::StrCat("lamp of size ", i));
    variant->mutable_unit_price()->set_value(1000 + 37 * i);
    variant->mutable_unit_price()->set_scale(2);
    variant->mutable_unit_price()->set_currency_code("USD");
    variant->set_available(true);
  }
  return facts;
}

}  // namespace

const std::vector<std::string>& DeskInputNames() {
  static const std::vector<std::string>& names = *new std::vector<std::string>{
      "create_customer", "open_case", "add_part", "place_order", "cancel_order", "refund_order"};
  return names;
}

DeskInputs MakeDeskInputs(absl::string_view name, int count, int first) {
  DeskInputs inputs;
  std::vector<DeskInput>& history = inputs.history;
  for (int i = first; i < first + count; ++i) {
    const bool links_order = name == "open_case" && i % 2 == 1;
    if (name == "create_customer") {
      inputs.commands.push_back(ByAgent(i, CreateCustomer(i)));
      continue;
    }
    AddCustomer(i, &history);
    if (name == "cancel_order" || links_order) history.push_back(ByAgent(0, PlaceOrder(i), true));
    if (name == "open_case") {
      inputs.commands.push_back(ByAgent(i, OpenCase(i, links_order)));
    } else if (name == "add_part") {
      // Four parts a case.
      if (i % 4 == 0) history.push_back(ByAgent(0, OpenCase(i, false)));
      inputs.commands.push_back(ByAgent(i, AddCasePart(i, i - i % 4)));
    } else if (name == "place_order") {
      inputs.commands.push_back(ByAgent(i, PlaceOrder(i), true));
    } else if (name == "cancel_order") {
      inputs.commands.push_back(ByAgent(i, CancelOrder(i)));
    } else if (name == "refund_order") {
      // Only captured money can be refunded.
      v1::PlaceOrder place = PlaceOrder(i);
      place.set_settlement(v1::SETTLEMENT_DONE);
      history.push_back(ByAgent(0, place, true));
      inputs.commands.push_back(ByAgent(i, RefundOrder(i)));
    }
  }
  return inputs;
}

absl::string_view DeskPolicyText() { return kPolicy; }

const v1::Facts& DeskCatalog() {
  static const v1::Facts& facts = *new v1::Facts(MakeCatalog());
  return facts;
}

}  // namespace frontdesk
