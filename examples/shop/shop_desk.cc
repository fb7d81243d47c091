#include "shop_desk.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "digest.h"
#include "frontdesk/base/id.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/make_command.h"
#include "shop_writer.h"

namespace retail_desk {

using ::frontdesk::Desk;
using ::frontdesk::DeskOptions;
using ::frontdesk::v1::Account;
using ::frontdesk::v1::Command;
using ::frontdesk::v1::EntityState;
using ::frontdesk::v1::Event;
using ::frontdesk::v1::Facts;
using ::frontdesk::v1::LogChange;
using ::frontdesk::v1::Outcome;
using ::frontdesk::v1::PaymentMethod;
using ::frontdesk::v1::Refusal;

namespace {

constexpr absl::string_view kOtherDesk =
    "holds something else than this shop; name a file that does not exist, or one with the same "
    "shop and policy";

// Whether two desks hold the same.
bool AreEqual(const ShopDesk& a, const ShopDesk& b) {
  const auto digest_of = [](const ShopDesk& desk) {
    MessageDigest digest;
    for (const LogChange& change : desk.Log()) digest.Add(change);
    return digest.Finish();
  };
  return digest_of(a) == digest_of(b);
}

}  // namespace

ShopDesk::ShopDesk(DeskStore store, std::shared_ptr<const frontdesk::Policy> policy,
                   std::shared_ptr<frontdesk::IdSource> ids, const ShopDeskOptions& options)
    : store_(std::move(store)),
      policy_(std::move(policy)),
      ids_(std::move(ids)),
      options_(options) {}

absl::optional<ShopDesk> ShopDesk::Open(const Shop& shop,
                                        std::shared_ptr<const frontdesk::Policy> policy,
                                        Problems* problems, const ShopDeskOptions& options) {
  // Ids that depend on nothing but the order of the commands: the same run gives the same bytes.
  const auto ids = std::make_shared<frontdesk::SequenceIdSource>("r");
  absl::optional<ShopDesk> expected;
  if (options.store.Exists()) {
    expected = Open(shop, policy, problems);
    if (!expected.has_value()) return absl::nullopt;
  }
  absl::StatusOr<DeskStore> store = DeskStore::Open(options.store);
  if (!store.ok()) {
    problems->Add(options.store.name(), "", store.status().message());
    return absl::nullopt;
  }
  ShopDesk desk(*std::move(store), std::move(policy), expected ? expected->ids_ : ids, options);
  const absl::Status status = desk.OpenDesk();
  if (!status.ok()) {
    problems->Add(options.store.name(), "", status.message());
    return absl::nullopt;
  }
  if (expected.has_value()) {
    desk.was_there_ = true;
    if (!AreEqual(*expected, desk)) problems->Add(options.store.name(), "", kOtherDesk);
  } else {
    desk.ImportAll(shop, problems);
  }
  if (problems->empty()) {
    const std::vector<LogChange> log = desk.Log();
    if (!log.empty()) desk.imported_at_ = log.back().entry().position();
    if (options.calls_tools) {
      frontdesk::agents::ToolsetOptions tools;
      tools.include_host_commands = true;
      auto toolset = frontdesk::agents::Toolset::Make(desk.policy_, tools);
      if (!toolset.ok()) Die("the tools cannot be made", toolset.status());
      desk.toolset_ = *std::move(toolset);
    }
    const absl::Status kept = desk.store_.KeepOriginal();
    if (!kept.ok()) Die("the store cannot be copied", kept);
    return desk;
  }
  if (!desk.was_there_) {
    desk.desk_ = nullptr;
    desk.store_.Remove();
  }
  return absl::nullopt;
}

absl::Status ShopDesk::OpenDesk() {
  DeskOptions options;
  options.policy = policy_;
  options.store = store_.rows();
  options.id_source = ids_;
  options.max_cached_state_bytes = options_.max_cached_state_bytes;
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (!desk.ok()) return desk.status();
  desk_ = *std::move(desk);
  return absl::OkStatus();
}

void ShopDesk::ImportAll(const Shop& shop, Problems* problems) {
  for (const Import& import : shop.imports) {
    absl::StatusOr<Outcome> outcome = Execute(import.command);
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
}

ShopDesk ShopDesk::Fork() const {
  absl::StatusOr<DeskStore> copy = store_.Copy();
  if (!copy.ok()) Die("the store cannot be copied", copy.status());
  ShopDesk fork(*std::move(copy), policy_, ids_, options_);
  const absl::Status status = fork.OpenDesk();
  if (!status.ok()) Die("the copy cannot be opened", status);
  fork.imported_at_ = imported_at_;
  fork.reopened_ = reopened_;
  fork.toolset_ = toolset_;
  return fork;
}

absl::StatusOr<Outcome> ShopDesk::Execute(const Command& command, const Facts& facts) {
  absl::StatusOr<Outcome> outcome =
      toolset_ == nullptr ? desk_->Execute(command, facts) : CallTool(command, facts);
  if (options_.reopen_after > 0 && ++commands_ % options_.reopen_after == 0) {
    desk_ = nullptr;
    absl::Status status = store_.Reopen();
    if (status.ok()) status = OpenDesk();
    if (!status.ok()) Die("the desk cannot be opened again", status);
    ++*reopened_;
  }
  return outcome;
}

absl::StatusOr<Outcome> ShopDesk::CallTool(const Command& command, const Facts& facts) {
  frontdesk::agents::CallContext context;
  context.actor = command.actor();
  context.now = command.now();
  context.note = command.note();
  context.call_id = absl::StrCat("call-", ++calls_);
  context.facts = facts;
  // The call is bound to the customer that it is about, where there is one.
  const auto state = desk_->Get(frontdesk::domain::AddressedEntity(command));
  if (state.ok()) {
    context.customer_id = (*state)->has_order() ? (*state)->order().customer_id()
                                                : (*state)->customer().customer_id();
  }
  context.whole_desk = context.customer_id.empty();
  const google::protobuf::Message& verb = *frontdesk::domain::GetCommandMessage(command);
  const auto answer = toolset_->Call(*desk_, frontdesk::agents::ToolNameOf(*verb.GetDescriptor()),
                                     frontdesk::agents::ArgumentsOf(verb), context);
  if (!answer.ok()) return answer.status();
  if (!answer->outcome.has_value()) return absl::InternalError(answer->json);
  return *answer->outcome;
}

std::vector<LogChange> ShopDesk::Log(std::int64_t after) const {
  std::vector<LogChange> log;
  frontdesk::LogPage page;
  page.after = after;
  while (true) {
    absl::StatusOr<std::vector<LogChange>> changes = desk_->ReadLog(page);
    if (!changes.ok()) Die("the log cannot be read", changes.status());
    if (changes->empty()) return log;
    page.after = changes->back().entry().position();
    for (LogChange& change : *changes) log.push_back(OpenedChange(std::move(change)));
  }
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
