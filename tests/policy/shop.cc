#include "policy/shop.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/make_command.h"
#include "google/protobuf/text_format.h"

namespace frontdesk {
namespace testing {
namespace {

constexpr std::int64_t kBegin = 1'700'000'000;

void AddVariant(absl::string_view id, std::int64_t cents, v1::CatalogFacts* catalog) {
  v1::Variant* variant = catalog->add_variants();
  variant->set_variant_id(std::string(id));
  variant->set_product_id("p");
  variant->set_name(absl::StrCat("thing ", id));
  variant->mutable_unit_price()->set_value(cents);
  variant->mutable_unit_price()->set_scale(2);
  variant->mutable_unit_price()->set_currency_code("USD");
  variant->set_available(true);
}

}  // namespace

std::shared_ptr<const Policy> MustCompile(absl::string_view text) {
  PolicyResult result = Policy::FromText(text, "test.textproto");
  EXPECT_TRUE(result.status().ok()) << result.status();
  return result.policy != nullptr ? result.policy : Policy::Compile(v1::PolicyPack()).policy;
}

google::protobuf::Timestamp At(std::int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(kBegin + seconds);
  return time;
}

v1::Command By(absl::string_view actor_id, std::int64_t seconds) {
  v1::Command command;
  command.mutable_actor()->set_actor_id(std::string(actor_id));
  command.mutable_actor()->set_kind(v1::Actor::KIND_AGENT);
  *command.mutable_now() = At(seconds);
  return command;
}

v1::Command AskInText(absl::string_view text, std::int64_t seconds) {
  v1::Command command = By("anna", seconds);
  const absl::string_view field = text.substr(0, text.find_first_of(" {"));
  for (const domain::CommandInfo& info : domain::Commands()) {
    if (info.field != field) continue;
    EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(
        absl::StrCat(info.arm, " { ", text, " }"), &command))
        << text;
    return command;
  }
  ADD_FAILURE() << "no command has the field " << field;
  return command;
}

v1::Facts Catalog() {
  v1::Facts facts;
  v1::CatalogFacts* catalog = facts.mutable_catalog();
  v1::Product* product = catalog->add_products();
  product->set_product_id("p");
  product->set_name("thing");
  AddVariant("a", 1000, catalog);
  AddVariant("b", 400, catalog);
  AddVariant("c", 2550, catalog);
  return facts;
}

v1::Facts FactsFor(const v1::Command& command) {
  const bool resolves = command.desk().has_approve() || command.desk().has_decline();
  return command.has_order() || resolves ? Catalog() : v1::Facts();
}

v1::EntityRef OrderRef(absl::string_view id) { return Ref(v1::ENTITY_KIND_ORDER, id); }
v1::EntityRef AccountRef(absl::string_view id) { return Ref(v1::ENTITY_KIND_ACCOUNT, id); }
v1::EntityRef CustomerRef(absl::string_view id) { return Ref(v1::ENTITY_KIND_CUSTOMER, id); }
v1::EntityRef ApprovalRef(absl::string_view id) { return Ref(v1::ENTITY_KIND_APPROVAL, id); }

std::vector<v1::Command> OpeningCommands() {
  std::vector<v1::Command> commands;
  v1::CreateCustomer* create =
      commands.emplace_back(By("anna")).mutable_customer()->mutable_create_customer();
  create->set_customer_id("c1");
  create->set_given_name("Wilhelmina");
  create->set_family_name("Quastenberg");

  v1::ChangeAddress* address =
      commands.emplace_back(By("anna")).mutable_customer()->mutable_change_address();
  address->set_customer_id("c1");
  address->mutable_address()->add_lines("7 Zephyrine Lane");
  address->mutable_address()->set_locality("Springfield");
  address->mutable_address()->set_country_code("US");

  v1::ImportAccount* account =
      commands.emplace_back(By("anna")).mutable_account()->mutable_import_account();
  account->mutable_source()->set_system("old-shop");
  account->mutable_account()->set_account_id("gift-1");
  account->mutable_account()->set_kind(v1::Account::KIND_GIFT_CARD);
  account->mutable_account()->set_state(v1::Account::STATE_ACTIVE);
  account->mutable_account()->set_customer_id("c1");
  account->mutable_account()->mutable_balance()->set_units(10000);
  account->mutable_account()->mutable_balance()->set_currency_code("USD");

  v1::AddPaymentMethod* card =
      commands.emplace_back(By("anna")).mutable_customer()->mutable_add_payment_method();
  card->set_customer_id("c1");
  card->mutable_payment_method()->set_payment_method_id("card");
  card->mutable_payment_method()->set_kind(v1::PaymentMethod::KIND_CARD);
  card->mutable_payment_method()->set_last_four("4711");

  v1::AddPaymentMethod* gift =
      commands.emplace_back(By("anna")).mutable_customer()->mutable_add_payment_method();
  gift->set_customer_id("c1");
  gift->mutable_payment_method()->set_payment_method_id("gift");
  gift->mutable_payment_method()->set_kind(v1::PaymentMethod::KIND_GIFT_CARD);
  gift->mutable_payment_method()->set_account_id("gift-1");
  return commands;
}

v1::Command PlaceOrder(absl::string_view id, absl::string_view payment_method_id) {
  v1::Command command = By("anna", 60);
  v1::PlaceOrder* place = command.mutable_order()->mutable_place_order();
  place->set_order_id(std::string(id));
  place->set_customer_id("c1");
  place->set_currency_code("USD");
  v1::PlaceOrderLine* line = place->add_lines();
  line->set_variant_id("a");
  line->set_quantity(2);
  line = place->add_lines();
  line->set_variant_id("b");
  line->set_quantity(1);
  place->set_payment_method_id(std::string(payment_method_id));
  place->set_settlement(v1::SETTLEMENT_DONE);
  return command;
}

v1::Command CancelOrder(absl::string_view id, absl::string_view reason) {
  v1::Command command = By("anna", 120);
  command.mutable_order()->mutable_cancel_order()->set_order_id(std::string(id));
  command.mutable_order()->mutable_cancel_order()->set_reason(std::string(reason));
  return command;
}

std::vector<std::string> Reasons(const v1::Outcome& outcome) {
  std::vector<std::string> reasons;
  for (const v1::Refusal& refusal : outcome.refusals()) reasons.push_back(refusal.reason());
  return reasons;
}

std::vector<std::string> ViolatedFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(status);
  if (!detail.has_value()) return fields;
  for (const v1::FieldViolation& violation : detail->violations())
    fields.push_back(violation.field());
  return fields;
}

}  // namespace testing
}  // namespace frontdesk
