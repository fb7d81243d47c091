#include "agents/agent_shop.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/domain/make_command.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace testing {
namespace {

// The second customer, with cases and interactions of both.
void OpenSecondShop(Desk& desk) {
  const auto ask = [&](absl::string_view text, std::int64_t seconds) {
    MustDo(desk, AskInText(text, seconds));
  };
  ask(R"(create_customer { customer_id: "c-other" given_name: "Plantagenet" family_name: "Plantagenet" })",
      200);
  ask(R"(change_address { customer_id: "c-other" address { lines: "19 Hidden Road" country_code: "US" } })",
      200);
  ask(R"(add_contact_point { customer_id: "c-other" contact_point_id: "m" kind: KIND_EMAIL as_typed: "planted@example.org" })",
      200);
  ask(R"(import_account { source { system: "old" } account { account_id: "gift-other" kind: KIND_GIFT_CARD state: STATE_ACTIVE
        customer_id: "c-other" balance { units: 5000 currency_code: "USD" } } })",
      200);
  ask(R"(add_payment_method { customer_id: "c-other" payment_method { payment_method_id: "gift" kind: KIND_GIFT_CARD account_id: "gift-other" } })",
      200);
  v1::Command place = PlaceOrder("o-other", "gift");
  place.mutable_order()->mutable_place_order()->set_customer_id("c-other");
  *place.mutable_now() = At(210);
  MustDo(desk, place);
  for (const std::string customer : {"c1", "c-other"}) {
    const std::string suffix = customer == "c1" ? "1" : "other";
    ask(absl::StrCat("open_case { case_id: 'case-", suffix, "' customer_id: '", customer,
                     "' kind: KIND_COMPLAINT subject: 'About ", customer, "' }"),
        220);
    ask(absl::StrCat("start_interaction { interaction_id: 'chat-", suffix, "' customer_id: '",
                     customer, "' channel: CHANNEL_CHAT direction: DIRECTION_INBOUND }"),
        230);
  }
  ask("link_case { case_id: 'case-1' case_link { case_id: 'case-other' kind: KIND_RELATED } }",
      240);
  ask("link_interaction { interaction_id: 'chat-1' entity { kind: ENTITY_KIND_ORDER id: 'o-other' "
      "} }",
      250);
}

}  // namespace

const absl::string_view kAgentPolicy = R"(
  name: "agents" version: "1"
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  identity_requirements { decision_points: "DiscloseCustomer" min_level: 2 }
)";

std::unique_ptr<Desk> OpenAgentShop(absl::string_view policy_text) {
  std::unique_ptr<Desk> desk = MustOpen(policy_text);
  OpenShop(*desk);
  OpenSecondShop(*desk);
  return desk;
}

std::shared_ptr<const agents::Toolset> MakeAllTools(const Desk& desk) {
  agents::ToolsetOptions options;
  options.include_previews = true;
  options.include_host_commands = true;
  auto toolset = agents::Toolset::Make(desk.policy(), options);
  EXPECT_TRUE(toolset.ok()) << toolset.status();
  return *std::move(toolset);
}

agents::CallContext ForCustomer(absl::string_view call_id, std::int64_t seconds) {
  agents::CallContext context;
  context.actor = MakeActor("ada", v1::Actor::KIND_AGENT_AI);
  context.now = At(seconds);
  context.call_id = std::string(call_id);
  context.customer_id = "c1";
  context.interaction_id = "chat-1";
  return context;
}

agents::CallAnswer MustCall(const agents::Toolset& toolset, Desk& desk, absl::string_view tool,
                            absl::string_view arguments, const agents::CallContext& context) {
  auto answer = toolset.Call(desk, tool, arguments, context);
  EXPECT_TRUE(answer.ok()) << answer.status();
  if (!answer.ok()) return {};
  ReadAnswer(answer->json);
  return *std::move(answer);
}

google::protobuf::Struct ReadAnswer(absl::string_view json) {
  google::protobuf::Struct value;
  const auto read = google::protobuf::util::JsonStringToMessage(std::string(json), &value);
  EXPECT_TRUE(read.ok()) << json;
  return value;
}

namespace {

std::vector<std::string> MembersIn(absl::string_view json, const std::string& name) {
  std::vector<std::string> texts;
  const google::protobuf::Struct answer = ReadAnswer(json);
  const auto reasons = answer.fields().find("reasons");
  if (reasons == answer.fields().end()) return texts;
  for (const auto& each : reasons->second.list_value().values()) {
    const auto member = each.struct_value().fields().find(name);
    texts.push_back(member == each.struct_value().fields().end() ? ""
                                                                 : member->second.string_value());
  }
  return texts;
}

}  // namespace

std::vector<std::string> ReasonsIn(absl::string_view json) { return MembersIn(json, "reason"); }
std::vector<std::string> PathsIn(absl::string_view json) { return MembersIn(json, "path"); }

std::string TextIn(absl::string_view json, const std::string& member) {
  const google::protobuf::Struct answer = ReadAnswer(json);
  const auto found = answer.fields().find(member);
  return found == answer.fields().end() ? "" : found->second.string_value();
}

}  // namespace testing
}  // namespace frontdesk
