// Journal records hold what was read by reference: decision inputs and explanations are made again.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "decide/input_hash.h"
#include "desk/shop.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "internal/canonical.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::Catalog;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::MustCompileLucky;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::PlaceOrder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kRules = R"pb(
  name: "rules"
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "gold"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "GOLD"
      condition: "customer.tier == 'gold'"
    }
    rules {
      id: "word"
      order: 2
      outcome: POLICY_OUTCOME_REFUSE
      reason: "WORD"
      condition: "command.cancel_order.reason == 'no'"
    }
    rules {
      id: "hold"
      order: 3
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      authority: "supervisor"
      condition: "command.cancel_order.reason == 'hold'"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

v1::Outcome ExecuteAt(Desk& desk, const v1::Command& command) {
  const auto outcome = desk.Execute(command, testing::FactsFor(command));
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return outcome.ok() ? *outcome : v1::Outcome();
}

v1::RebuiltInput MustRebuild(const Desk& desk, const std::string& record_id) {
  const auto rebuilt = desk.DecisionInputOf(record_id);
  EXPECT_TRUE(rebuilt.ok()) << rebuilt.status();
  return rebuilt.ok() ? *rebuilt : v1::RebuiltInput();
}

// Every record of the desk that has an input, made again.
void ExpectAllExact(const Desk& desk) {
  const auto journal = desk.Journal();
  ASSERT_TRUE(journal.ok());
  int made = 0;
  for (const v1::JournalRecord& record : *journal) {
    if (!record.has_input_hash()) continue;
    const v1::RebuiltInput rebuilt = MustRebuild(desk, record.record_id());
    EXPECT_EQ(rebuilt.fidelity(), v1::RebuiltInput::FIDELITY_EXACT)
        << record.record_id() << " " << rebuilt.ShortDebugString();
    ++made;
  }
  EXPECT_GT(made, 0);
}

TEST(RecordsTest, AnInputIsThatOfThenWhateverHasHappenedSince) {
  auto desk = MustOpen(kRules);
  OpenShop(*desk);
  const std::string placed = desk->Journal()->back().record_id();
  const v1::DecisionInput before = MustRebuild(*desk, placed).input();
  EXPECT_EQ(before.order().customer().given_name(), "Wilhelmina");
  EXPECT_EQ(before.order().command().place_order().order_id(), "o2");
  for (const char* name : {"Ann", "Ben", "Cid"}) {
    MustDo(*desk, AskInText(absl::StrCat("edit_customer { customer_id: 'c1' base_version: ",
                                         (*desk->Get(testing::CustomerRef("c1")))->version(),
                                         " given_name: '", name, "' tier: 'silver' }"),
                            300));
  }
  MustDo(*desk, CancelOrder("o2"));
  EXPECT_EQ(MustRebuild(*desk, placed).input().SerializeAsString(), before.SerializeAsString());
  ExpectAllExact(*desk);
}

// Whatever a decision reads besides the addressed entity.
TEST(RecordsTest, EveryKindOfReadIsMadeAgain) {
  auto desk = MustOpen(kRules);
  OpenShop(*desk);
  for (const char* command :
       {"create_customer { customer_id: 'c2' given_name: 'Mina' external_ids { system: 'crm' id: "
        "'7' } }",
        "open_case { case_id: 'a' kind: KIND_TROUBLE subject: 'x' customer_id: 'c1' }",
        "open_case { case_id: 'b' kind: KIND_TROUBLE subject: 'x' customer_id: 'c2' }",
        "open_case { case_id: 'c' kind: KIND_TROUBLE subject: 'x' customer_id: 'c1' }",
        "link_case { case_id: 'a' case_link { kind: KIND_PARENT case_id: 'c' } }",
        "link_case { case_id: 'b' case_link { kind: KIND_CAUSED_BY case_id: 'c' } }",
        "start_interaction { interaction_id: 'i' channel: CHANNEL_VOICE direction: "
        "DIRECTION_INBOUND customer_id: 'c1' }",
        "verify_identity { customer_id: 'c1' level: 2 method: 'code' }",
        "merge_customers { customer_id: 'c2' merged_customer_id: 'c1' }",
        "merge_cases { case_id: 'b' merged_case_id: 'a' }",
        "resolve_case { case_id: 'c' code: 'fixed' }",
        "unmerge_customers { customer_id: 'c2' merged_customer_id: 'c1' }",
        "unmerge_cases { case_id: 'b' merged_case_id: 'a' }",
        "unmerge_customers { customer_id: 'c2' merged_customer_id: 'c1' }"}) {
    ExecuteAt(*desk, AskInText(command, 300));
  }
  v1::Command in_interaction = CancelOrder("o1");
  *in_interaction.mutable_now() = At(310);
  in_interaction.set_interaction_id("i");
  MustDo(*desk, in_interaction);
  ExpectAllExact(*desk);
}

TEST(RecordsTest, AnApprovedCommandIsMadeAgainWithItsApproval) {
  auto desk = MustOpen(kRules);
  OpenShop(*desk);
  const v1::Outcome held = ExecuteAt(*desk, CancelOrder("o1", "hold"));
  ASSERT_EQ(held.verdict(), v1::VERDICT_HELD);
  ApprovalResolution resolution;
  resolution.actor.set_actor_id("ben");
  resolution.actor.set_kind(v1::Actor::KIND_AGENT);
  resolution.actor.add_authorities("supervisor");
  resolution.now = At(400);
  const auto approved = desk->Approve(held.held().approval_id(), resolution);
  ASSERT_TRUE(approved.ok()) << approved.status();
  ASSERT_EQ(approved->verdict(), v1::VERDICT_DONE);
  const v1::RebuiltInput rebuilt = MustRebuild(*desk, approved->record_id());
  EXPECT_EQ(rebuilt.fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  EXPECT_EQ(rebuilt.input().order().approval().resolver_id(), "ben");
  EXPECT_FALSE(MustRebuild(*desk, held.record_id()).input().order().has_approval());
  const v1::Outcome second = ExecuteAt(*desk, CancelOrder("o2", "hold"));
  const auto declined = desk->Decline(second.held().approval_id(), resolution);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(GetReason(desk->DecisionInputOf(declined->record_id()).status()),
            kReasonRecordWithoutInput);
  EXPECT_EQ(GetReason(desk->DecisionInputOf("nothing").status()), kReasonRecordNotFound);
  EXPECT_TRUE(desk->Explain(declined->record_id()).ok());
}

// The instant decided at, and the one that a late entry names, are not the same.
TEST(RecordsTest, InstantsAreMadeAgain) {
  auto desk = MustOpen(kRules);
  OpenShop(*desk);
  const auto at = [&desk](v1::Command command, std::int64_t seconds, bool late_entry) {
    *command.mutable_now() = At(seconds);
    command.set_late_entry(late_entry);
    const v1::Outcome outcome = ExecuteAt(*desk, command);
    return MustRebuild(*desk, outcome.record_id()).input();
  };
  const v1::Command pay = AskInText(
      "credit_account { account_id: 'gift-1' amount { units: 1 currency_code: 'USD' } cause: 'x' "
      "}");
  at(pay, 1000, false);
  v1::DecisionInput input = at(pay, 950, false);
  EXPECT_EQ(input.account().now().seconds(), At(1000).seconds());
  EXPECT_FALSE(input.account().has_occur_time());
  input = at(pay, 200, true);
  EXPECT_EQ(input.account().now().seconds(), At(1000).seconds());
  EXPECT_EQ(input.account().occur_time().seconds(), At(200).seconds());
  // "o2" is paid from the account, which is not named: the instant is known when the order is decided.
  input = at(CancelOrder("o2"), 950, false);
  EXPECT_EQ(input.order().now().seconds(), At(1000).seconds());

  v1::Command correct = AskInText(
      "correct_entity_time { entity { kind: ENTITY_KIND_ACCOUNT id: "
      "'gift-1' } }");
  *correct.mutable_desk()->mutable_correct_entity_time()->mutable_update_time() = At(700);
  input = at(correct, 800, false);
  EXPECT_EQ(input.desk().now().seconds(), At(800).seconds());
  EXPECT_EQ(input.desk().update_time().seconds(), At(1000).seconds());
  input = at(correct, 810, false);
  EXPECT_EQ(input.desk().update_time().seconds(), At(700).seconds());

  v1::Command held = CancelOrder("o1", "hold");
  *held.mutable_now() = At(10);
  held.set_late_entry(true);
  ApprovalResolution resolution;
  resolution.actor = testing::By("ben").actor();
  resolution.actor.add_authorities("supervisor");
  resolution.now = At(900);
  const auto approved = desk->Approve(ExecuteAt(*desk, held).held().approval_id(), resolution);
  ASSERT_TRUE(approved.ok()) << approved.status();
  input = MustRebuild(*desk, approved->record_id()).input();
  EXPECT_EQ(input.order().now().seconds(), At(900).seconds());
  EXPECT_EQ(input.order().occur_time().seconds(), At(10).seconds());
  ExpectAllExact(*desk);
}

TEST(RecordsTest, OnlyNamedFactsAreReadAndKept) {
  auto desk = MustOpen(kRules);
  OpenShop(*desk);
  v1::Facts facts = Catalog();
  facts.mutable_catalog()->mutable_as_of_time()->set_seconds(5);
  for (int i = 0; i < 10'000; ++i) {
    v1::Variant& variant = *facts.mutable_catalog()->add_variants();
    variant.set_variant_id(absl::StrCat("v", i));
    variant.set_product_id(absl::StrCat("p", i));
    variant.set_name(std::string(100, 'x'));
    facts.mutable_catalog()->add_products()->set_product_id(variant.product_id());
  }
  const v1::Outcome outcome = MustDo(*desk, PlaceOrder("o9"), facts);
  const v1::JournalRecord record = *desk->GetRecord(outcome.record_id());
  std::vector<std::string> ids;
  for (const v1::Variant& each : record.facts().catalog().variants()) {
    ids.push_back(each.variant_id());
  }
  EXPECT_THAT(ids, ElementsAre("a", "b"));
  EXPECT_EQ(record.facts().catalog().as_of_time().seconds(), 5);
  EXPECT_LT(record.ByteSizeLong(), 3'000u);
  const v1::RebuiltInput rebuilt = MustRebuild(*desk, outcome.record_id());
  EXPECT_EQ(rebuilt.fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  EXPECT_EQ(rebuilt.input().order().catalog().variants_size(), 2);
}

TEST(RecordsTest, ARecordShowsWhatDecidedAndAnExplanationTheRest) {
  auto desk = MustOpen(kRules);
  OpenShop(*desk);
  const v1::Outcome refused = ExecuteAt(*desk, CancelOrder("o1", "no"));
  ASSERT_EQ(refused.decision().rules_size(), 1);
  EXPECT_EQ(refused.decision().rules(0).rule_id(), "word");
  EXPECT_EQ(desk->GetRecord(refused.record_id())->decision().SerializeAsString(),
            refused.decision().SerializeAsString());
  const auto explained = desk->Explain(refused.record_id());
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  EXPECT_EQ(explained->decision().rules_size(), 3);
  EXPECT_THAT(explained->text(), HasSubstr("rule gold"));
  // A preview says as much as it is asked to.
  const v1::Command again = CancelOrder("o1", "no");
  EXPECT_EQ(desk->Preview(again)->decision().rules_size(), 1);
  EXPECT_EQ(desk->Preview(again, {}, rules::TraceLevel::kFull)->decision().rules_size(), 3);

  DeskOptions options;
  options.policy = MustCompile(kRules);
  options.trace = rules::TraceLevel::kFull;
  const std::unique_ptr<Desk> full = *Desk::Open(std::move(options));
  OpenShop(*full);
  const v1::Outcome told = ExecuteAt(*full, CancelOrder("o1", "no"));
  EXPECT_EQ(told.decision().rules_size(), 3);
  EXPECT_EQ(full->GetRecord(told.record_id())->decision().rules_size(), 3);
  EXPECT_EQ(full->Preview(again)->decision().rules_size(), 3);
}

TEST(RecordsTest, APolicyIsKeptByItsHash) {
  const auto store = store::MakeMemoryStore();
  auto desk = MustOpen(kRules, store);
  OpenShop(*desk);
  const v1::Outcome refused = ExecuteAt(*desk, CancelOrder("o1", "no"));
  testing::MustActivate(*desk, MustCompile(testing::kAllowAll), 400);
  MustDo(*desk, AskInText("create_customer { customer_id: 'c7' given_name: 'Zoe' }", 500));
  const auto text = [&refused](const Desk& of) { return of.Explain(refused.record_id())->text(); };
  EXPECT_THAT(text(*desk), HasSubstr("rule gold"));
  EXPECT_EQ(MustRebuild(*desk, refused.record_id()).fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  // Each policy is kept, also one that came later.
  testing::MustActivate(*desk, MustCompile(R"pb(name: "third")pb"), 600);
  ExpectAllExact(*desk);
  // Another desk, opened with another policy, on the same store.
  const auto other = MustOpen(R"pb(name: "third")pb", store);
  EXPECT_EQ(text(*other), text(*desk));
  ExpectAllExact(*other);
  // And a fork.
  const auto fork = desk->Fork();
  ASSERT_TRUE(fork.ok());
  EXPECT_EQ(text(**fork), text(*desk));
}

// A policy that calls one function of the host.
std::shared_ptr<const Policy> WithFunction(const std::string& version) {
  const std::string text = absl::StrCat(
      R"(name: "lucky"
         rule_sets { id: "p" decision_points: "ActivatePolicy" default_outcome: POLICY_OUTCOME_ALLOW }
         rule_sets { id: "c" decision_points: "CreateCustomer"
         default_outcome: POLICY_OUTCOME_ALLOW rules { id: "unlucky" order: 1
         outcome: POLICY_OUTCOME_REFUSE reason: "UNLUCKY" condition: ")",
      version.empty() ? "false" : "!lucky(now.getSeconds())", R"(" } })");
  return MustCompileLucky(text, version);
}

TEST(RecordsTest, FunctionsOfTheHostArePartOfAPolicy) {
  EXPECT_NE(WithFunction("1")->hash(), WithFunction("2")->hash());
  EXPECT_EQ(WithFunction("1")->hash(), WithFunction("1")->hash());
  const auto store = store::MakeMemoryStore();
  DeskOptions options;
  options.store = store;
  options.policy = WithFunction("1");
  const std::unique_ptr<Desk> desk = *Desk::Open(options);
  const v1::Command create =
      AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }", 0);
  const std::string record_id = ExecuteAt(*desk, create).record_id();
  EXPECT_EQ(MustRebuild(*desk, record_id).fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  for (const char* version : {"", "2"}) {
    options.policy = WithFunction(version);
    options.activate = testing::ActivationAt(10);
    options.activate->replace_unusable = true;
    const std::unique_ptr<Desk> other = *Desk::Open(options);
    const absl::Status status = other->DecisionInputOf(record_id).status();
    EXPECT_EQ(GetReason(status), kReasonPolicyFunctionMissing) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("lucky"));
    // An explanation says as much as the record does.
    const auto explained = other->Explain(record_id);
    ASSERT_TRUE(explained.ok()) << explained.status();
    EXPECT_THAT(explained->text(), HasSubstr("not shown: POLICY_FUNCTION_MISSING"));
    EXPECT_EQ(explained->fidelity(), v1::RebuiltInput::FIDELITY_UNSPECIFIED);
  }
}

// Puts the record into the store in place of the one of its sequence.
void Rewrite(const std::shared_ptr<store::Store>& store, v1::JournalRecord record) {
  const std::int64_t sequence = record.sequence();
  record.clear_sequence();
  std::vector<store::Batch> batches(1);
  batches[0].writes.push_back({{event_log::kRecords, store::EncodePosition(sequence)},
                               store::MakeValue(internal::CanonicalBytes(record))});
  ASSERT_TRUE(store->Commit(std::move(batches)).ok());
}

// A record of code whose assessment did not have the amount that is held yet.
TEST(RecordsTest, AnInputOfOtherCodeIsChangedAndSaysWhere) {
  const auto store = store::MakeMemoryStore();
  auto desk = MustOpen(kRules, store);
  OpenShop(*desk);
  const v1::Outcome refused = ExecuteAt(*desk, CancelOrder("o1", "no"));
  v1::JournalRecord record = *desk->GetRecord(refused.record_id());
  v1::DecisionInput of_then = MustRebuild(*desk, refused.record_id()).input();
  ASSERT_TRUE(of_then.order().assessment().has_held_amount());
  of_then.mutable_order()->mutable_assessment()->clear_held_amount();
  *record.mutable_input_hash() = internal::HashInput(of_then);
  record.mutable_assessed()->mutable_order()->mutable_assessment()->clear_held_amount();
  Rewrite(store, record);
  const v1::RebuiltInput rebuilt = MustRebuild(*desk, refused.record_id());
  EXPECT_EQ(rebuilt.fidelity(), v1::RebuiltInput::FIDELITY_CHANGED);
  EXPECT_THAT(rebuilt.changed_fields(), ElementsAre("order.assessment.held_amount"));
  EXPECT_TRUE(rebuilt.input().order().assessment().has_held_amount());
  const auto explained = desk->Explain(refused.record_id());
  ASSERT_TRUE(explained.ok());
  EXPECT_EQ(explained->fidelity(), v1::RebuiltInput::FIDELITY_CHANGED);
  EXPECT_THAT(explained->changed_fields(), ElementsAre("order.assessment.held_amount"));
  EXPECT_EQ(explained->decision().rules_size(), 1);
  EXPECT_THAT(explained->text(), HasSubstr("order.assessment.held_amount"));
  EXPECT_THAT(explained->text(), Not(HasSubstr("rule gold")));
}

// Records from an enemy.
TEST(RecordsTest, BrokenRecordsAreErrors) {
  const auto store = store::MakeMemoryStore();
  auto desk = MustOpen(kRules, store);
  OpenShop(*desk);
  const v1::Outcome refused = ExecuteAt(*desk, CancelOrder("o1", "no"));
  const v1::JournalRecord record = *desk->GetRecord(refused.record_id());
  v1::JournalRecord broken = record;
  broken.clear_command();
  Rewrite(store, broken);
  EXPECT_EQ(GetReason(desk->DecisionInputOf(refused.record_id()).status()), kReasonStoreCorrupt);
  broken = record;
  broken.set_policy_hash("unknown");
  Rewrite(store, broken);
  EXPECT_EQ(GetReason(desk->DecisionInputOf(refused.record_id()).status()), kReasonPolicyNotKept);
  broken = record;
  broken.set_approval_id("no approval");
  Rewrite(store, broken);
  EXPECT_EQ(GetReason(desk->DecisionInputOf(refused.record_id()).status()), kReasonStoreCorrupt);
  // Reads that are missing, or of versions that never were.
  broken = record;
  broken.clear_entity_reads();
  Rewrite(store, broken);
  v1::RebuiltInput rebuilt = MustRebuild(*desk, refused.record_id());
  EXPECT_EQ(rebuilt.fidelity(), v1::RebuiltInput::FIDELITY_CHANGED);
  EXPECT_THAT(rebuilt.changed_fields(), ::testing::Contains("order.order"));
  broken = record;
  for (v1::EntityRead& read : *broken.mutable_entity_reads()) read.set_version(1'000'000);
  Rewrite(store, broken);
  EXPECT_EQ(MustRebuild(*desk, refused.record_id()).fidelity(), v1::RebuiltInput::FIDELITY_CHANGED);
}

}  // namespace
}  // namespace frontdesk
