// Calls as parts of interactions, their links with the journal, and their replay.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "agents/agent_shop.h"
#include "desk/shop.h"
#include "frontdesk/agents/toolset.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/v1/timeline.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace agents {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::ForCustomer;
using ::frontdesk::testing::kAllowAll;
using ::frontdesk::testing::MakeAllTools;
using ::frontdesk::testing::MustCall;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::OpenAgentShop;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<v1::InteractionPart> PartsOf(const Desk& desk) {
  const auto rows = desk.ReadRows(Ref(v1::ENTITY_KIND_INTERACTION, "chat-1"), "parts");
  EXPECT_TRUE(rows.ok()) << rows.status();
  const auto& parts = rows->state.interaction().parts();
  return {parts.begin(), parts.end()};
}

class RecordTest : public ::testing::Test {
 protected:
  CallAnswer Call(absl::string_view tool, absl::string_view arguments, absl::string_view id) {
    return MustCall(*toolset_, *desk_, tool, arguments, ForCustomer(id));
  }

  std::unique_ptr<Desk> desk_ = OpenAgentShop();
  std::shared_ptr<const Toolset> toolset_ = MakeAllTools(*desk_);
};

TEST_F(RecordTest, LinksACallWithItsRecordInBothDirections) {
  const CallAnswer answer =
      Call("cancel_order", R"({"order_id": "o1", "reason": "no longer needed"})", "call-1");
  EXPECT_TRUE(answer.is_recorded) << answer.record_error;
  const auto parts = PartsOf(*desk_);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].part_id(), "tool-call-1");
  EXPECT_EQ(parts[0].kind(), v1::InteractionPart::KIND_TOOL_CALL);
  EXPECT_EQ(parts[0].visibility(), v1::VISIBILITY_INTERNAL);
  EXPECT_EQ(parts[0].author().actor_id(), "ada");
  const v1::ToolCall& call = parts[0].tool_call();
  EXPECT_EQ(call.tool(), "cancel_order");
  EXPECT_EQ(call.result(), v1::ToolCall::RESULT_DONE);
  EXPECT_EQ(call.arguments_json(), R"({"order_id":"o1","reason":"no longer needed"})");
  EXPECT_EQ(call.answer_json(), answer.json);
  EXPECT_EQ(call.record_id(), answer.record_id);
  EXPECT_EQ(desk_->GetRecord(call.record_id())->command().tool_call_id(), call.call_id());

  v1::TimelineRequest request;
  *request.mutable_entity() = Ref(v1::ENTITY_KIND_INTERACTION, "chat-1");
  const auto timeline = desk_->Timeline(request);
  ASSERT_TRUE(timeline.ok());
  EXPECT_THAT(timeline->entries(0).text(),
              HasSubstr("tool call tool-call-1 added: cancel_order, done"));
  EXPECT_THAT(desk_->Explain(answer.record_id)->text(), HasSubstr("call-1"));
}

TEST_F(RecordTest, KeepsCallsThatReachNoPolicyAndNoAnswerOfReads) {
  Call("cancel_order", R"({"order_id": "o-other", "reason": "x", "secret_thing": "4111"})", "a");
  Call("get_profile", "{}", "b");
  Call("steal", R"({"card": "4111"})", "c");
  Call("bad\nname", "{", "d");
  const auto parts = PartsOf(*desk_);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0].tool_call().result(), v1::ToolCall::RESULT_REFUSED);
  EXPECT_THAT(parts[0].tool_call().record_id(), IsEmpty());
  EXPECT_EQ(parts[0].tool_call().arguments_json(), R"({"order_id":"o-other","reason":"x"})");
  EXPECT_EQ(parts[1].tool_call().result(), v1::ToolCall::RESULT_SHOWN);
  EXPECT_THAT(parts[1].tool_call().answer_json(), IsEmpty());
  EXPECT_THAT(parts[2].tool_call().reasons(), ElementsAre("AGENT_TOOL_UNKNOWN"));
  EXPECT_EQ(parts[2].tool_call().arguments_json(), "");
  EXPECT_EQ(parts[3].tool_call().tool(), "unknown");
}

TEST_F(RecordTest, KeepsNoSecret) {
  Call(
      "add_payment_method",
      R"({"customer_id": "c1", "payment_method": {"payment_method_id": "n", "kind": "card", "gateway_token": "tok_secret"}})",
      "a");
  const auto parts = PartsOf(*desk_);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_THAT(parts[0].tool_call().arguments_json(), Not(HasSubstr("tok_secret")));
  EXPECT_THAT(parts[0].tool_call().answer_json(), Not(HasSubstr("tok_secret")));
}

TEST_F(RecordTest, NoCustomerSeesAToolCall) {
  Call("cancel_order", R"({"order_id": "o1", "reason": "x"})", "a");
  const auto view = desk_->CustomerView(Ref(v1::ENTITY_KIND_INTERACTION, "chat-1"));
  ASSERT_TRUE(view.ok());
  EXPECT_THAT(view->interaction().parts(), IsEmpty());
  v1::Command forged = AskInText(
      R"(add_interaction_part { interaction_id: "chat-1" part { part_id: "f" kind: KIND_TOOL_CALL
      visibility: VISIBILITY_PUBLIC tool_call { call_id: "f" tool: "x" result: RESULT_DONE } } })",
      2'000);
  EXPECT_EQ(desk_->Execute(forged)->refusals(0).reason(), "ARGUMENT_UNKNOWN_VALUE");
  forged.mutable_interaction()->mutable_add_interaction_part()->mutable_part()->set_visibility(
      v1::VISIBILITY_INTERNAL);
  forged.mutable_interaction()->mutable_add_interaction_part()->mutable_part()->clear_tool_call();
  EXPECT_EQ(desk_->Execute(forged)->refusals(0).reason(), "ARGUMENT_REQUIRED");
}

TEST_F(RecordTest, SaysWhyACallIsNotRecorded) {
  desk_ = OpenAgentShop(R"(
    name: "silent" version: "1"
    rule_sets { id: "parts" decision_points: "AddInteractionPart" default_outcome: POLICY_OUTCOME_REFUSE }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )");
  const CallAnswer answer = Call("cancel_order", R"({"order_id": "o1", "reason": "x"})", "a");
  EXPECT_EQ(answer.result, v1::ToolCall::RESULT_DONE);
  EXPECT_FALSE(answer.is_recorded);
  EXPECT_EQ(answer.record_error, "POLICY_DEFAULT");
}

TEST_F(RecordTest, ReplaysTheCallsOfAConversationUnderAnotherPolicy) {
  Call("cancel_order", R"({"order_id": "o1", "reason": "x"})", "a");
  Call("get_profile", "{}", "b");
  Call("open_case", R"({"case_id": "n", "customer_id": "c1", "subject": "s", "kind": "question"})",
       "c");
  const auto strict = MustCompile(R"(
    name: "strict" version: "1"
    rule_sets {
      id: "cancels" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "ai" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "AI_CANCELS" authority: "lead"
              condition: "actor.kind == Actor.Kind.KIND_AGENT_AI" }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE }
  )");
  const auto replayed = ReplayCalls(*desk_, "chat-1", *strict);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  std::vector<v1::ToolCall::Result> results;
  for (const ReplayedCall& each : *replayed) results.push_back(each.result);
  EXPECT_THAT(results, ElementsAre(v1::ToolCall::RESULT_HELD, v1::ToolCall::RESULT_SHOWN,
                                   v1::ToolCall::RESULT_REFUSED));
  EXPECT_THAT((*replayed)[0].reasons, ElementsAre("AI_CANCELS"));
  EXPECT_THAT((*replayed)[2].reasons, ElementsAre("POLICY_DEFAULT"));
  const auto same = ReplayCalls(*desk_, "chat-1", *desk_->policy());
  ASSERT_TRUE(same.ok());
  for (const ReplayedCall& each : *same) EXPECT_EQ(each.result, each.call.result());
}

}  // namespace
}  // namespace agents
}  // namespace frontdesk
