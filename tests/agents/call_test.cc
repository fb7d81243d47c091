#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "agents/agent_shop.h"
#include "desk/shop.h"
#include "frontdesk/agents/toolset.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/v1/case_commands.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace agents {
namespace {

using ::frontdesk::testing::ForCustomer;
using ::frontdesk::testing::kAgentPolicy;
using ::frontdesk::testing::kOwnPersonal;
using ::frontdesk::testing::MakeAllTools;
using ::frontdesk::testing::MustCall;
using ::frontdesk::testing::OpenAgentShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::PathsIn;
using ::frontdesk::testing::ReadAnswer;
using ::frontdesk::testing::ReasonsIn;
using ::frontdesk::testing::TextIn;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// A week of at most 20.00 USD for a customer by an AI agent; more asks a person. Orders that are done are not canceled.
constexpr absl::string_view kWeekly = R"policy(
  name: "weekly" version: "1"
  rule_sets {
    id: "credits" decision_points: "CreditAccount" default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: "week" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "AI_WEEK" authority: "lead" text: "More than 20.00 USD in a week."
            condition: "actor.kind == Actor.Kind.KIND_AGENT_AI && totals.given('week', 'USD') + command.credit_account.amount > money('20.00 USD')"
}
}
rule_sets {
id:
  "cancels" decision_points : "CancelOrder" default_outcome : POLICY_OUTCOME_ALLOW rules {
  id:
    "gifts" order : 1 outcome : POLICY_OUTCOME_REFUSE reason : "NO_REGRET" text
        : "Regret is no reason." condition : "command.cancel_order.reason == 'regret'"
  }
}
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  totals { name: "week" commands: "CreditAccount" per: TOTAL_SUBJECT_CUSTOMER days: 7 }
  vocabulary { authorities { name: "lead" text: "the team lead" } }
)policy";

class CallTest : public ::testing::Test {
 protected:
  void Open(absl::string_view policy) {
    desk_ = OpenAgentShop(policy);
    toolset_ = MakeAllTools(*desk_);
  }
  void SetUp() override { Open(kAgentPolicy); }

  CallAnswer Call(absl::string_view tool, absl::string_view arguments) {
    ++calls_;
    return MustCall(*toolset_, *desk_, tool, arguments,
                    ForCustomer(absl::StrCat("call-", calls_), 1'000 + calls_));
  }
  std::vector<std::string> ReasonsOf(absl::string_view tool, absl::string_view arguments) {
    return ReasonsIn(Call(tool, arguments).json);
  }

  std::unique_ptr<Desk> desk_;
  std::shared_ptr<const Toolset> toolset_;
  int calls_ = 0;
};

TEST_F(CallTest, DoesACommand) {
  const CallAnswer answer =
      Call("cancel_order", R"({"order_id": "o1", "reason": "no longer needed"})");
  EXPECT_EQ(answer.result, v1::ToolCall::RESULT_DONE);
  EXPECT_EQ(TextIn(answer.json, "verdict"), "DONE");
  EXPECT_EQ(TextIn(answer.json, "say"), "Your order is canceled.");
  EXPECT_THAT(answer.json, HasSubstr(R"("state":{"order_id":"o1")"));
  EXPECT_THAT(answer.json, HasSubstr(R"("state":"canceled")"));
  const auto record = desk_->GetRecord(answer.record_id);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->command().tool_call_id(), "call-1");
  EXPECT_EQ(record->command().interaction_id(), "chat-1");
  EXPECT_EQ(record->command().actor().kind(), v1::Actor::KIND_AGENT_AI);
  ASSERT_TRUE(answer.outcome.has_value());
  EXPECT_EQ(answer.outcome->record_id(), answer.record_id);
}

TEST_F(CallTest, RefusesWithReasonsAndThePossible) {
  Open(kWeekly);
  const CallAnswer answer = Call("cancel_order", R"({"order_id": "o1", "reason": "regret"})");
  EXPECT_EQ(answer.result, v1::ToolCall::RESULT_REFUSED);
  EXPECT_THAT(ReasonsIn(answer.json), ElementsAre("NO_REGRET"));
  EXPECT_THAT(answer.json, HasSubstr("Regret is no reason."));
  EXPECT_THAT(answer.json, HasSubstr(R"("possible":[)"));
  EXPECT_THAT(TextIn(answer.json, "say"), HasSubstr("cancel your order"));
  EXPECT_FALSE(answer.record_id.empty());
}

TEST_F(CallTest, NamesTheArgumentOfARefusal) {
  const CallAnswer answer =
      Call("cancel_items",
           R"({"order_id": "o1", "items": [{"line_id": "9", "quantity": 1}], "reason": "x"})");
  EXPECT_EQ(answer.result, v1::ToolCall::RESULT_REFUSED);
  EXPECT_THAT(PathsIn(answer.json), Each(HasSubstr("/items/0")));
}

TEST_F(CallTest, HoldsAndSaysWhoCanGrant) {
  Open(kWeekly);
  const CallAnswer answer = Call(
      "credit_account",
      R"({"account_id": "gift-1", "amount": {"units": 2001, "currency_code": "USD"}, "cause": "goodwill"})");
  EXPECT_EQ(answer.result, v1::ToolCall::RESULT_HELD) << answer.json;
  EXPECT_THAT(answer.json,
              HasSubstr(absl::StrCat(R"("approval":{"approval_id":")", answer.record_id,
                                     R"(","authority":"lead","granted_by":"the team lead")")));
  const CallAnswer waiting = Call("list_approvals", "{}");
  EXPECT_THAT(waiting.json, HasSubstr(answer.record_id));
  const CallAnswer why =
      Call("explain", absl::StrCat(R"({"record_id": ")", answer.record_id, "\"}"));
  EXPECT_THAT(why.json, HasSubstr("HELD"));
}

TEST_F(CallTest, PreviewsWithoutAChange) {
  const CallAnswer answer = Call("preview_cancel_order", R"({"order_id": "o1", "reason": "x"})");
  EXPECT_EQ(answer.result, v1::ToolCall::RESULT_SHOWN);
  EXPECT_EQ(TextIn(answer.json, "verdict"), "DONE");
  EXPECT_THAT(answer.json, HasSubstr(R"("preview":true)"));
  EXPECT_EQ((*desk_->Get(OrderRef("o1")))->order().state(), v1::Order::STATE_PLACED);
}

TEST_F(CallTest, ReportsEveryViolationOfTheSchemaWithItsPath) {
  const CallAnswer answer = Call(
      "cancel_items",
      R"({"order_id": 7, "items": [{"quantity": "1"}, {"quantity": 1.5}, {"quantity": 9223372036854775808},
    {"colour": "x"}, 3], "actor": {"actor_id": "root"}, "now": "2024-05-15T12:00:00Z", "reasn": "x"})");
  EXPECT_EQ(answer.result, v1::ToolCall::RESULT_REFUSED);
  EXPECT_THAT(
      PathsIn(answer.json),
      ElementsAre("/order_id", "/items/0/quantity", "/items/1/quantity", "/items/2/quantity",
                  "/items/3/colour", "/items/4", "/actor", "/now", "/reasn"));
  EXPECT_THAT(
      ReasonsIn(answer.json),
      ElementsAre("AGENT_ARGUMENT_TYPE", "AGENT_ARGUMENT_TYPE", "AGENT_ARGUMENT_TYPE",
                  "AGENT_ARGUMENT_RANGE", "AGENT_ARGUMENT_UNKNOWN", "AGENT_ARGUMENT_TYPE",
                  "AGENT_ARGUMENT_RESERVED", "AGENT_ARGUMENT_RESERVED", "AGENT_ARGUMENT_UNKNOWN"));
  EXPECT_THAT(answer.json, HasSubstr("did you mean 'reason'?"));
}

TEST_F(CallTest, KnowsTheFormsOfTexts) {
  EXPECT_THAT(
      ReasonsOf(
          "open_case",
          R"({"case_id": "n", "customer_id": "c1", "subject": "s", "kind": "KIND_COMPLAINT"})"),
      ElementsAre("AGENT_ARGUMENT_VALUE"));
  EXPECT_THAT(ReasonsOf("record_delivery",
                        R"({"order_id": "o1", "shipment_id": "s", "deliver_time": "yesterday"})"),
              ElementsAre("AGENT_ARGUMENT_FORMAT"));
  EXPECT_THAT(
      ReasonsOf("add_interaction_part",
                R"({"interaction_id": "chat-1", "part": {"part_id": "p", "kind": "tool_call"}})"),
      ElementsAre("AGENT_ARGUMENT_VALUE"));
  EXPECT_THAT(ReasonsOf("find_customer", R"({"phone": "1", "email": "a@b.c"})"),
              ElementsAre("AGENT_ARGUMENT_CONFLICT"));
  EXPECT_THAT(ReasonsOf("end_interaction", R"([])"), ElementsAre("AGENT_ARGUMENTS_MALFORMED"));
  EXPECT_THAT(ReasonsOf("end_interaction", R"({)"), ElementsAre("AGENT_ARGUMENTS_MALFORMED"));
  EXPECT_THAT(ReasonsOf("end_interaction", R"({"interaction_id": null})"),
              ElementsAre("AGENT_ARGUMENT_REQUIRED"));
  EXPECT_THAT(ReasonsOf("end_interacton", R"({})"), ElementsAre("AGENT_TOOL_UNKNOWN"));
}

TEST_F(CallTest, BindsToOneCustomer) {
  for (
      const auto& [tool, arguments] : std::vector<std::pair<std::string, std::string>>{
          {"cancel_order", R"({"order_id": "o-other", "reason": "x"})"},
          {"cancel_order", R"({"order_id": "nothing", "reason": "x"})"},
          {"preview_cancel_order", R"({"order_id": "o-other", "reason": "x"})"},
          {"edit_customer", R"({"customer_id": "c-other", "base_version": 1, "given_name": "x"})"},
          {"merge_customers", R"({"customer_id": "c1", "merged_customer_id": "c-other"})"},
          {"link_case",
           R"({"case_id": "case-1", "case_link": {"kind": "related", "case_id": "case-other"}})"},
          {"open_case",
           R"({"case_id": "n", "customer_id": "c-other", "subject": "s", "kind": "question"})"},
          {"open_case", R"({"case_id": "n", "subject": "s", "kind": "question"})"},
          {"create_customer", R"({"customer_id": "new"})"},
          {"set_interaction_customer", R"({"interaction_id": "chat-1", "customer_id": "c-other"})"},
          {"get_profile", R"({"customer_id": "c-other"})"},
          {"get_timeline", R"({"entity": {"kind": "order", "id": "o-other"}})"},
          {"get_entity", R"({"entity": {"kind": "case", "id": "case-other"}})"},
          {"get_entity", R"({"entity": {"kind": "desk", "id": "desk"}})"},
          {"get_entity", R"({"entity": {"id": "o1"}})"},
          {"find_customer", R"({"email": "planted@example.org"})"},
          {"find_customer", R"({"email": "nobody@example.org"})"},
          {"find_customer", R"({"order_id": "o-other"})"},
          {"explain", R"({"record_id": "r0000000009"})"},
          {"explain", R"({"record_id": "nothing"})"},
          {"activate_policy", R"({"desk_id": "desk", "policy_hash": "AAAA"})"},
          {"correct_entity_time",
           R"({"entity": {"kind": "order", "id": "o-other"}, "update_time": "2023-01-01T00:00:00Z"})"}}) {
    const std::vector<std::string> reasons = ReasonsOf(tool, arguments);
    ASSERT_FALSE(reasons.empty()) << tool << arguments;
    EXPECT_EQ(reasons[0], "AGENT_OUT_OF_SCOPE") << tool << arguments;
  }
}

TEST_F(CallTest, ShowsNothingOfOthersThroughLinks) {
  for (const absl::string_view kind_and_id :
       {R"("interaction", "id": "chat-1")", R"("case", "id": "case-1")"}) {
    for (const absl::string_view tool : {"get_entity", "get_timeline"}) {
      const CallAnswer answer =
          Call(tool, absl::StrCat(R"({"entity": {"kind": )", kind_and_id, "}}"));
      EXPECT_EQ(answer.result, v1::ToolCall::RESULT_SHOWN) << answer.json;
      EXPECT_THAT(answer.json, Not(HasSubstr("-other"))) << answer.json;
    }
  }
  EXPECT_THAT(Call("get_timeline", "{}").json, HasSubstr(R"({"hidden":"OUT_OF_SCOPE"})"));
}

TEST_F(CallTest, FollowsAMergeAndItsEnd) {
  const auto merge = frontdesk::testing::AskInText(
      "merge_customers { customer_id: 'c1' merged_customer_id: 'c-other' }", 900);
  frontdesk::testing::MustDo(*desk_, merge);
  EXPECT_EQ(Call("get_entity", R"({"entity": {"kind": "order", "id": "o-other"}})").result,
            v1::ToolCall::RESULT_SHOWN);
  const auto unmerge = frontdesk::testing::AskInText(
      "unmerge_customers { customer_id: 'c1' merged_customer_id: 'c-other' }", 1'005);
  frontdesk::testing::MustDo(*desk_, unmerge);
  EXPECT_THAT(ReasonsOf("get_entity", R"({"entity": {"kind": "order", "id": "o-other"}})"),
              ElementsAre("AGENT_OUT_OF_SCOPE"));
}

TEST_F(CallTest, MasksPersonalDataBelowTheLevelAndMarksItAbove) {
  const CallAnswer below = Call("get_profile", "{}");
  EXPECT_EQ(below.result, v1::ToolCall::RESULT_SHOWN) << below.json;
  for (const absl::string_view text : kOwnPersonal)
    EXPECT_THAT(below.json, Not(HasSubstr(std::string(text))));
  EXPECT_THAT(below.json, HasSubstr(R"("family_name":{"hidden":"PERSONAL"})"));
  v1::Command verify = frontdesk::testing::AskInText(
      "verify_identity { customer_id: 'c1' level: 2 method: 'code' }", 1'000);
  verify.set_interaction_id("chat-1");
  frontdesk::testing::MustDo(*desk_, verify);
  const CallAnswer above = Call("get_profile", "{}");
  EXPECT_THAT(above.json, HasSubstr(R"("family_name":{"from_customer":"Quastenberg"})"));
  EXPECT_THAT(above.json, HasSubstr(R"("identity_level":2)"));
  EXPECT_THAT(above.json, Not(HasSubstr("gateway_token")));
  // In another conversation the verification does not count.
  CallContext outside = ForCustomer("outside");
  outside.interaction_id.clear();
  EXPECT_THAT(MustCall(*toolset_, *desk_, "get_profile", "{}", outside).json,
              Not(HasSubstr("Quastenberg")));
}

TEST_F(CallTest, ShowsNoNoteOfTheCompany) {
  frontdesk::testing::MustDo(*desk_, frontdesk::testing::AskInText(
                                         "add_interaction_part { interaction_id: 'chat-1' part { "
                                         "part_id: 'n' kind: KIND_NOTE text: 'a secret note' } }",
                                         990));
  frontdesk::testing::MustDo(
      *desk_, frontdesk::testing::AskInText(
                  "add_interaction_part { interaction_id: 'chat-1' part { part_id: 'm' kind: "
                  "KIND_MESSAGE visibility: VISIBILITY_PUBLIC text: 'we answer' } }",
                  991));
  v1::Command verify = frontdesk::testing::AskInText(
      "verify_identity { customer_id: 'c1' level: 2 method: 'code' }", 1'000);
  frontdesk::testing::MustDo(*desk_, verify);
  const CallAnswer answer =
      Call("get_entity", R"({"entity": {"kind": "interaction", "id": "chat-1"}})");
  EXPECT_THAT(answer.json, Not(HasSubstr("a secret note")));
  EXPECT_THAT(answer.json, HasSubstr(R"("text":"we answer")"));
  CallContext whole = ForCustomer("whole");
  whole.customer_id.clear();
  whole.interaction_id.clear();
  whole.whole_desk = true;
  EXPECT_EQ(MustCall(*toolset_, *desk_, "get_entity",
                     R"({"entity": {"kind": "order", "id": "o-other"}})", whole)
                .result,
            v1::ToolCall::RESULT_SHOWN);
}

TEST_F(CallTest, DoesTheSameCallOnce) {
  const std::string arguments =
      R"({"account_id": "gift-1", "amount": {"units": 100, "currency_code": "USD"}, "cause": "goodwill"})";
  const CallContext context = ForCustomer("same");
  const CallAnswer first = MustCall(*toolset_, *desk_, "credit_account", arguments, context);
  const CallAnswer second = MustCall(*toolset_, *desk_, "credit_account", arguments, context);
  EXPECT_EQ(first.result, v1::ToolCall::RESULT_DONE) << first.json;
  EXPECT_EQ(second.record_id, first.record_id);
  EXPECT_EQ((*desk_->Get(frontdesk::testing::AccountRef("gift-1")))->account().entry_count(), 2);
  const CallAnswer other =
      MustCall(*toolset_, *desk_, "cancel_order", R"({"order_id": "o1", "reason": "x"})", context);
  EXPECT_THAT(ReasonsIn(other.json), ElementsAre("AGENT_CALL_ID_REUSED"));
}

TEST_F(CallTest, RefusesCallsAfterTheEnd) {
  EXPECT_EQ(Call("end_interaction", R"({"interaction_id": "chat-1"})").result,
            v1::ToolCall::RESULT_DONE);
  EXPECT_THAT(ReasonsOf("get_profile", "{}"), ElementsAre("AGENT_INTERACTION_ENDED"));
  EXPECT_THAT(ReasonsOf("cancel_order", R"({"order_id": "o1", "reason": "x"})"),
              ElementsAre("AGENT_INTERACTION_ENDED"));
}

TEST_F(CallTest, RefusesAContextThatBindsNothingOrContradicts) {
  const auto reason_of = [&](auto change) {
    CallContext context = ForCustomer("x");
    change(context);
    return GetReason(toolset_->Call(*desk_, "get_profile", "{}", context).status());
  };
  EXPECT_EQ(reason_of([](CallContext&) {}), "");
  EXPECT_EQ(reason_of([](CallContext& c) { c.customer_id = "nobody"; }), "AGENT_CONTEXT_INVALID");
  EXPECT_EQ(reason_of([](CallContext& c) { c.interaction_id = "chat-other"; }),
            "AGENT_CONTEXT_INVALID");
  EXPECT_EQ(reason_of([](CallContext& c) { c.interaction_id = "nothing"; }),
            "AGENT_CONTEXT_INVALID");
  EXPECT_EQ(reason_of([](CallContext& c) { c.call_id = std::string(65, 'x'); }),
            "AGENT_CONTEXT_INVALID");
  EXPECT_EQ(reason_of([](CallContext& c) { c.call_id.clear(); }), "AGENT_CONTEXT_INVALID");
  EXPECT_EQ(reason_of([](CallContext& c) { c.actor.clear_kind(); }), "AGENT_CONTEXT_INVALID");
  EXPECT_EQ(reason_of([](CallContext& c) { c.whole_desk = true; }), "AGENT_CONTEXT_INVALID");
  EXPECT_EQ(reason_of([](CallContext& c) {
              c.customer_id.clear();
              c.interaction_id.clear();
            }),
            "AGENT_CONTEXT_INVALID");
}

// Each conversation alone stays below the limit, both together do not: the rest waits for a person.
TEST_F(CallTest, TwoConversationsAtOnceNeverPassOneWeeklyLimit) {
  Open(kWeekly);
  frontdesk::testing::MustDo(
      *desk_,
      frontdesk::testing::AskInText("start_interaction { interaction_id: 'chat-2' customer_id: "
                                    "'c1' channel: CHANNEL_CHAT direction: DIRECTION_INBOUND }",
                                    900));
  std::atomic<int> done = 0;
  std::atomic<int> held = 0;
  const auto speak = [&](const std::string& interaction) {
    for (int i = 0; i < 15; ++i) {
      CallContext context = ForCustomer(absl::StrCat("credit-", i));
      context.interaction_id = interaction;
      const auto answer = toolset_->Call(
          *desk_, "credit_account",
          R"({"account_id": "gift-1", "amount": {"units": 150, "currency_code": "USD"}, "cause": "goodwill"})",
          context);
      ASSERT_TRUE(answer.ok()) << answer.status();
      if (answer->result == v1::ToolCall::RESULT_DONE) ++done;
      if (answer->result == v1::ToolCall::RESULT_HELD) ++held;
    }
  };
  std::thread first(speak, "chat-1");
  std::thread second(speak, "chat-2");
  first.join();
  second.join();
  EXPECT_EQ(done, 13);  // 13 x 1.50 are 19.50
  EXPECT_EQ(held, 17);
}

// Rules read how often the agent has called a tool in the conversation: each call is a part.
TEST_F(CallTest, LimitsTheCallsOfAConversation) {
  Open(R"policy(
    name: "calls" version: "1"
    rule_sets {
      id: "cases" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "many" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "TOO_MANY_CALLS"
              condition: "interaction.part_counts.exists(c, c.author_kind == Actor.Kind.KIND_AGENT_AI && c.count >= 3)"
  }
  }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )policy");
  std::vector<v1::ToolCall::Result> results;
  for (int i = 0; i < 5; ++i) {
    results.push_back(
        Call("open_case",
             absl::StrCat(R"({"case_id": "n)", i,
                          R"(", "customer_id": "c1", "subject": "s", "kind": "question"})"))
            .result);
  }
  EXPECT_THAT(results, ElementsAre(v1::ToolCall::RESULT_DONE, v1::ToolCall::RESULT_DONE,
                                   v1::ToolCall::RESULT_DONE, v1::ToolCall::RESULT_REFUSED,
                                   v1::ToolCall::RESULT_REFUSED));
}

}  // namespace
}  // namespace agents
}  // namespace frontdesk
