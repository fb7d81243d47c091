// A scripted conversation of an AI agent with tools. No model is called. agent_desk.py does the same in Python, and prints the same.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "digest.h"
#include "frontdesk/agents/toolset.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/make_command.h"

namespace {

namespace v1 = frontdesk::v1;
using frontdesk::MakeActor;

constexpr char kUsage[] =
    "usage: agent_desk\n\n"
    "A scripted conversation of an AI agent: refused, corrected, held, approved and done. No model "
    "is called.\n";

// Ends the program: nothing here fails unless the program is at fault.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status() << "\n";
  std::exit(1);
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::shared_ptr<const frontdesk::Policy> Compile(const std::string& text, const char* name) {
  frontdesk::PolicyResult result = frontdesk::Policy::FromText(text, name);
  if (result.policy != nullptr) return result.policy;
  std::cerr << result.status() << "\n";
  std::exit(1);
}

// One conversation at a desk of its own.
class AgentDesk {
 public:
  explicit AgentDesk(std::shared_ptr<const frontdesk::Policy> policy) {
    frontdesk::agents::ToolsetOptions tools;
    tools.tools = {"cancel_order", "end_interaction", "find_customer",        "get_profile",
                   "get_timeline", "list_approvals",  "preview_refund_order", "refund_order"};
    toolset_ = Must(frontdesk::agents::Toolset::Make(policy, tools));
    frontdesk::DeskOptions options;
    options.policy = std::move(policy);
    desk_ = Must(frontdesk::Desk::Open(std::move(options)));
  }

  const frontdesk::Desk& desk() const { return *desk_; }

  // Two customers with an order each, and a conversation with the first.
  void OpenShop() {
    for (const auto& [customer, order, name] :
         {std::tuple("c1", "o1", "Mona"), std::tuple("c2", "o2", "Nils")}) {
      v1::CreateCustomer create;
      create.set_customer_id(customer);
      create.set_given_name(name);
      create.set_family_name("Quist");
      Do(anna_, create);
      v1::ChangeAddress change;
      change.set_customer_id(customer);
      change.mutable_address()->add_lines("1 Mill Lane");
      change.mutable_address()->set_country_code("IE");
      Do(anna_, change);
      v1::AddPaymentMethod add;
      add.set_customer_id(customer);
      add.mutable_payment_method()->set_payment_method_id("card");
      add.mutable_payment_method()->set_kind(v1::PaymentMethod::KIND_CARD);
      Do(anna_, add);
      v1::PlaceOrder place;
      place.set_order_id(order);
      place.set_customer_id(customer);
      place.set_currency_code("EUR");
      place.set_payment_method_id("card");
      place.set_settlement(v1::SETTLEMENT_DONE);
      v1::PlaceOrderLine& line = *place.add_lines();
      line.set_variant_id("mug");
      line.set_quantity(3);
      Do(anna_, place, "", Catalog());
    }
    v1::StartInteraction start;
    start.set_interaction_id("chat-1");
    start.set_customer_id("c1");
    start.set_channel(v1::CHANNEL_CHAT);
    start.set_direction(v1::DIRECTION_INBOUND);
    Do(anna_, start);
  }

  // Carries out a line of the conversation.
  void Run(const std::string& line) {
    std::cout << line << "\n";
    std::istringstream words(line);
    std::string step;
    words >> step;
    if (step == "call") {
      std::string call_id, tool, arguments;
      words >> call_id >> tool;
      std::getline(words >> std::ws, arguments);
      std::cout << "  " << Call(call_id, tool, arguments) << "\n";
    } else if (step == "customer") {
      std::string text;
      std::getline(words >> std::ws, text);
      Hear(text);
    } else if (step == "verify") {
      int level = 0;
      words >> level;
      Verify(level);
    } else {
      Approve();
    }
  }

 private:
  static v1::Facts Catalog() {
    v1::Facts facts;
    v1::Product& product = *facts.mutable_catalog()->add_products();
    product.set_product_id("mug");
    product.set_name("mug");
    v1::Variant& variant = *facts.mutable_catalog()->add_variants();
    variant.set_variant_id("mug");
    variant.set_product_id("mug");
    variant.set_name("mug");
    variant.set_available(true);
    variant.mutable_unit_price()->set_value(3000);
    variant.mutable_unit_price()->set_scale(2);
    variant.mutable_unit_price()->set_currency_code("EUR");
    return facts;
  }

  // Carries out a command of the host, which must be done.
  void Do(const v1::Actor& actor, const google::protobuf::Message& verb,
          const std::string& interaction_id = "", const v1::Facts& facts = {}) {
    now_ += absl::Seconds(30);
    v1::Command command = frontdesk::MakeCommand(actor, now_, verb);
    command.set_interaction_id(interaction_id);
    const v1::Outcome outcome = Must(desk_->Execute(command, facts));
    if (outcome.verdict() == v1::VERDICT_DONE) return;
    std::cerr << outcome.ShortDebugString() << "\n";
    std::exit(1);
  }

  // Records a message of the customer.
  void Hear(const std::string& text) {
    v1::AddInteractionPart add;
    add.set_interaction_id("chat-1");
    add.mutable_part()->set_part_id(absl::StrCat("m", ++parts_));
    add.mutable_part()->set_kind(v1::InteractionPart::KIND_MESSAGE);
    add.mutable_part()->set_text(text);
    add.mutable_part()->set_visibility(v1::VISIBILITY_PUBLIC);
    Do(MakeActor("c1", v1::Actor::KIND_CUSTOMER), add);
  }

  // The host knows who writes.
  void Verify(int level) {
    v1::VerifyIdentity verify;
    verify.set_customer_id("c1");
    verify.set_level(level);
    verify.set_method("one-time code");
    Do(anna_, verify, "chat-1");
  }

  // Approves whatever waits.
  void Approve() {
    v1::FindRequest request;
    request.mutable_approvals()->add_states(v1::Approval::STATE_PENDING);
    const auto found = Must(desk_->Find(request));
    for (const v1::EntityState& waiting : found->found()) {
      v1::Approve approve;
      approve.set_approval_id(waiting.approval().approval_id());
      Do(MakeActor("carla", v1::Actor::KIND_AGENT, {}, {"refunds"}), approve);
    }
  }

  // Calls a tool: whatever decides comes from the context.
  std::string Call(const std::string& call_id, const std::string& tool,
                   const std::string& arguments) {
    now_ += absl::Seconds(30);
    frontdesk::agents::CallContext context;
    context.actor = MakeActor("ada", v1::Actor::KIND_AGENT_AI);
    context.now = frontdesk::ToTimestamp(now_);
    context.call_id = call_id;
    context.customer_id = "c1";
    context.interaction_id = "chat-1";
    return Must(toolset_->Call(*desk_, tool, arguments, context)).json;
  }

  const v1::Actor anna_ = MakeActor("anna");
  std::unique_ptr<frontdesk::Desk> desk_;
  std::shared_ptr<const frontdesk::agents::Toolset> toolset_;
  absl::Time now_ = absl::FromUnixSeconds(1'715'781'600);  // 2024-05-15 14:00 UTC
  int parts_ = 0;
};

// "DONE" of RESULT_DONE.
std::string Word(v1::ToolCall::Result result) {
  return v1::ToolCall::Result_Name(result).substr(sizeof("RESULT_") - 1);
}

void PrintReplay(const frontdesk::Desk& desk) {
  std::cout << "the same calls, if everything were allowed:\n";
  const auto everything = Compile(
      R"(rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW })",
      "everything");
  for (const frontdesk::agents::ReplayedCall& replayed :
       Must(frontdesk::agents::ReplayCalls(desk, "chat-1", *everything))) {
    if (replayed.call.result() == replayed.result) continue;
    std::cout << "  " << replayed.call.call_id() << " " << replayed.call.tool() << ": "
              << Word(replayed.call.result()) << ", then " << Word(replayed.result) << "\n";
  }
}

}  // namespace

int main(int argc, char**) {
  if (argc > 1) {
    std::cout << kUsage;
    return 1;
  }
  AgentDesk run(Compile(ReadFile(AGENT_DESK_POLICY), "agent_desk.textproto"));
  run.OpenShop();
  std::istringstream conversation(ReadFile(AGENT_DESK_CONVERSATION));
  for (std::string line; std::getline(conversation, line);) {
    if (line[0] != '#') run.Run(line);
  }
  const auto order = Must(run.desk().Get(frontdesk::Ref(v1::ENTITY_KIND_ORDER, "o1")));
  std::cout << "refunds " << order->order().refund_count() << "\n";
  PrintReplay(run.desk());
  retail_desk::MessageDigest digest;
  for (const v1::LogChange& change : Must(run.desk().ReadLog())) {
    digest.Add(retail_desk::OpenedChange(change));
  }
  std::cout << "sha256 " << digest.Finish() << "\n";
}
