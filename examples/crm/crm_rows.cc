#include "crm_rows.h"

#include "absl/strings/str_cat.h"

namespace crm {
namespace {

namespace v1 = frontdesk::v1;

constexpr char kSystem[] = "crm";

v1::Money Euros(int cents) {
  v1::Money money;
  money.set_units(cents);
  money.set_currency_code("EUR");
  return money;
}

void AddPayment(const v1::PaymentMethod& method, int cents, v1::Order* order) {
  v1::Payment& payment = *order->add_payments();
  payment.set_payment_id(absl::StrCat("paid-by-", method.payment_method_id()));
  payment.mutable_route()->set_payment_method_id(method.payment_method_id());
  payment.mutable_route()->set_kind(method.kind());
  payment.mutable_route()->set_account_id(method.account_id());
  payment.set_state(v1::Payment::STATE_CAPTURED);
  *payment.mutable_amount() = Euros(cents);
  *payment.mutable_captured_amount() = Euros(cents);
}

}  // namespace

v1::ExternalId RowId(int person_id) {
  v1::ExternalId id;
  id.set_system(kSystem);
  id.set_id(absl::StrCat(person_id));
  return id;
}

v1::ImportCustomer ToCustomer(const Person& person) {
  v1::ImportCustomer verb;
  verb.mutable_source()->set_system(kSystem);
  v1::Customer& customer = *verb.mutable_customer();
  customer.set_customer_id(absl::StrCat("c-", person.id));
  customer.set_state(v1::Customer::STATE_CUSTOMER);
  customer.set_given_name(person.given_name);
  customer.set_family_name(person.family_name);
  *customer.add_external_ids() = RowId(person.id);
  v1::ContactPoint& email = *customer.add_contact_points();
  email.set_contact_point_id("email");
  email.set_kind(v1::ContactPoint::KIND_EMAIL);
  email.set_as_typed(person.email);
  v1::PaymentMethod& card = *customer.add_payment_methods();
  card.set_payment_method_id("card");
  card.set_kind(v1::PaymentMethod::KIND_CARD);
  v1::PaymentMethod& gift_card = *customer.add_payment_methods();
  gift_card.set_payment_method_id("gift-card");
  gift_card.set_kind(v1::PaymentMethod::KIND_GIFT_CARD);
  gift_card.set_account_id(person.gift_card);
  return verb;
}

v1::ImportAccount ToAccount(const Person& person) {
  v1::ImportAccount verb;
  verb.mutable_source()->set_system(kSystem);
  v1::Account& account = *verb.mutable_account();
  account.set_account_id(person.gift_card);
  account.set_kind(v1::Account::KIND_GIFT_CARD);
  account.set_state(v1::Account::STATE_ACTIVE);
  account.set_customer_id(absl::StrCat("c-", person.id));
  *account.mutable_balance() = Euros(0);
  return verb;
}

v1::ImportOrder ToOrder(const Sale& sale, const v1::Customer& customer) {
  v1::ImportOrder verb;
  verb.mutable_source()->set_system(kSystem);
  v1::Order& order = *verb.mutable_order();
  order.set_order_id(sale.order_id);
  order.set_customer_id(customer.customer_id());
  order.set_currency_code("EUR");
  order.set_state(v1::Order::STATE_DELIVERED);
  v1::OrderLine& line = *order.add_lines();
  line.set_line_id("1");
  line.set_variant_id(sale.item_id);
  line.set_name(sale.item_name);
  line.mutable_unit_price()->set_value(sale.paid_by_card + sale.paid_by_gift_card);
  line.mutable_unit_price()->set_scale(2);
  line.mutable_unit_price()->set_currency_code("EUR");
  line.mutable_quantities()->set_ordered(1);
  line.mutable_quantities()->set_shipped(1);
  line.mutable_quantities()->set_delivered(1);
  AddPayment(customer.payment_methods(0), sale.paid_by_card, &order);
  AddPayment(customer.payment_methods(1), sale.paid_by_gift_card, &order);
  return verb;
}

}  // namespace crm
