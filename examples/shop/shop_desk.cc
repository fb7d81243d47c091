#include "shop_desk.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/id.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/store/store.h"
#include "shop_writer.h"

namespace retail_desk {

using ::frontdesk::Desk;
using ::frontdesk::DeskOptions;
using ::frontdesk::v1::Account;
using ::frontdesk::v1::EntityState;
using ::frontdesk::v1::Event;
using ::frontdesk::v1::Outcome;
using ::frontdesk::v1::PaymentMethod;
using ::frontdesk::v1::Refusal;

absl::optional<ShopDesk> ShopDesk::Open(const Shop& shop,
                                        std::shared_ptr<const frontdesk::Policy> policy,
                                        Problems* problems) {
  DeskOptions options;
  options.policy = std::move(policy);
  options.store = frontdesk::store::MakeMemoryStore();
  // Ids that depend on nothing but the order of the commands: the same run gives the same bytes.
  options.id_source = std::make_shared<frontdesk::SequenceIdSource>("r");
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (!desk.ok()) Die("the desk cannot be opened", desk.status());
  for (const Import& import : shop.imports) {
    absl::StatusOr<Outcome> outcome = (*desk)->Execute(import.command);
    if (!outcome.ok()) {
      problems->Add(import.file, import.place, outcome.status().message());
      continue;
    }
    for (const Refusal& refusal : outcome->refusals()) {
      problems->Add(
          import.file, import.place,
          absl::StrCat(refusal.reason(), refusal.field().empty() ? "" : " (", refusal.field(),
                       refusal.field().empty() ? ": " : "): ", refusal.text()));
    }
    if (outcome->verdict() == frontdesk::v1::VERDICT_HELD) {
      problems->Add(import.file, import.place,
                    absl::StrCat("is held for ", outcome->held().authority()));
    }
  }
  if (!problems->empty()) return absl::nullopt;
  return ShopDesk(*std::move(desk));
}

ShopDesk ShopDesk::Fork() const {
  absl::StatusOr<std::unique_ptr<Desk>> fork = desk_->Fork();
  if (!fork.ok()) Die("the desk cannot be forked", fork.status());
  return ShopDesk(*std::move(fork));
}

EntityState ShopDesk::State(frontdesk::v1::EntityKind kind, const std::string& id) const {
  // The files have all payments and refunds of an order.
  constexpr absl::string_view kOfOrders[] = {"finished_payments", "finished_refunds"};
  absl::Span<const absl::string_view> lists;
  if (kind == frontdesk::v1::ENTITY_KIND_ORDER) lists = kOfOrders;
  const absl::StatusOr<std::shared_ptr<const EntityState>> state =
      desk_->Get(frontdesk::Ref(kind, id), lists);
  if (!state.ok()) Die(id, state.status());
  return **state;
}

Json ShopDesk::Form(const ObjectId& object) const {
  if (object.collection == "orders") {
    return OrderForm(State(frontdesk::v1::ENTITY_KIND_ORDER, object.id).order());
  }
  const EntityState customer = State(frontdesk::v1::ENTITY_KIND_CUSTOMER, object.id);
  std::unordered_map<std::string, Account> accounts;
  for (const PaymentMethod& method : customer.customer().payment_methods()) {
    if (method.account_id().empty()) continue;
    accounts[method.account_id()] =
        State(frontdesk::v1::ENTITY_KIND_ACCOUNT, method.account_id()).account();
  }
  return UserForm(customer.customer(), accounts);
}

ObjectId ShopDesk::ChangedBy(const Event& event) const {
  switch (event.entity().kind()) {
    case frontdesk::v1::ENTITY_KIND_ORDER:
      return {"orders", event.entity().id()};
    case frontdesk::v1::ENTITY_KIND_ACCOUNT:
      return {
          "users",
          State(frontdesk::v1::ENTITY_KIND_ACCOUNT, event.entity().id()).account().customer_id()};
    default:
      return {"users", event.entity().id()};
  }
}

void Die(absl::string_view what, const absl::Status& status) {
  std::printf("%s: %s\n", std::string(what).c_str(), status.ToString().c_str());
  std::fflush(stdout);
  std::exit(1);
}

}  // namespace retail_desk
