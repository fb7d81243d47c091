// Commands that change nothing at a desk: each verb that may, with policy, approvals, totals and explanations.
#include "frontdesk/domain/unchanged.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/command_info.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::FactsFor;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::Reasons;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kOpenCase[] =
    "open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'a dark lamp' }";
constexpr char kOpenOther[] =
    "open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'another lamp' }";
constexpr char kStart[] =
    "start_interaction { interaction_id: 'i1' channel: CHANNEL_VOICE direction: DIRECTION_INBOUND "
    "}";
constexpr char kPause[] =
    "pause_case { case_id: 'k1' state: STATE_WAITING_ON_CUSTOMER state_name: 'asked' }";

struct Verb {
  const char* command;
  // The commands before it.
  std::vector<const char*> before;
  // The verb, which the second time changes nothing.
  const char* text;
};

std::vector<Verb> Verbs() {
  return {
      {"ChangeAddress",
       {},
       "change_address { customer_id: 'c1' address { lines: '2 Hill Road' locality: 'Oxford' "
       "country_code: 'GB' } }"},
      {"EditCustomer",
       {},
       "edit_customer { customer_id: 'c1' base_version: 1 tier: 'gold' language_tag: 'en' "
       "add_external_ids { system: 'crm' id: '17' } remove_external_ids { system: 'crm' id: '18' } "
       "}"},
      {"MergeCustomers",
       {"create_customer { customer_id: 'c2' given_name: 'Will' }"},
       "merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }"},
      {"ChangeCustomerState",
       {},
       "change_customer_state { customer_id: 'c1' state: STATE_FORMER }"},
      {"LinkInteraction",
       {kStart},
       "link_interaction { interaction_id: 'i1' entity { kind: ENTITY_KIND_ORDER id: 'o1' } }"},
      {"SetInteractionCustomer",
       {kStart},
       "set_interaction_customer { interaction_id: 'i1' customer_id: 'c1' }"},
      {"RecordPayment",
       {},
       "record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED "
       "gateway_reference: 'gw-1' } }"},
      {"RecordDispute",
       {"record_payment { order_id: 'o1' payment { payment_id: 'payment-1' state: STATE_CAPTURED "
        "gateway_reference: 'gw-1' } }"},
       "record_dispute { order_id: 'o1' payment_id: 'payment-1' state: STATE_OPEN "
       "gateway_reference: 'dp-1' amount { units: 1 currency_code: 'USD' } }"},
      {"ChangeShippingAddress",
       {},
       "change_shipping_address { order_id: 'o1' address { lines: '2 Hill Road' locality: 'Oxford' "
       "country_code: 'GB' } }"},
      {"ChangePaymentMethod",
       {},
       "change_payment_method { order_id: 'o1' payment_method_id: 'gift' settlement: "
       "SETTLEMENT_DONE }"},
      {"ClassifyCase",
       {kOpenCase},
       "classify_case { case_id: 'k1' kind: KIND_COMPLAINT add_tags: 'lamp' remove_tags: 'fan' }"},
      {"AssignCase", {kOpenCase}, "assign_case { case_id: 'k1' assignee_id: 'ann' }"},
      {"PauseCase", {kOpenCase}, kPause},
      {"PrioritizeCase", {kOpenCase}, "prioritize_case { case_id: 'k1' impact: 2 priority: 3 }"},
      {"TransferCase",
       {kOpenCase},
       "transfer_case { case_id: 'k1' kind: KIND_COLD assignee_id: 'ann' queue_id: 'lamps' }"},
      {"NameCaseState", {kOpenCase}, "name_case_state { case_id: 'k1' state_name: 'in work' }"},
      {"LinkCase",
       {kOpenCase, kOpenOther},
       "link_case { case_id: 'k1' case_link { kind: KIND_CHILD case_id: 'k2' } }"},
      {"LinkCase",
       {kOpenCase},
       "link_case { case_id: 'k1' entity { kind: ENTITY_KIND_ORDER id: 'o1' } }"},
      {"LinkCase",
       {kOpenCase},
       "link_case { case_id: 'k1' external_link { system: 'billing' id: 'inv-1' } }"},
      {"CorrectResolution",
       {kOpenCase, "resolve_case { case_id: 'k1' code: 'repaired' }"},
       "correct_resolution { case_id: 'k1' code: 'replaced' note: 'a new lamp' }"},
      {"ChangeCaseExternalIds",
       {kOpenCase},
       "change_case_external_ids { case_id: 'k1' add_external_ids { system: 'crm' id: '17' } }"},
      {"MergeCases", {kOpenCase, kOpenOther}, "merge_cases { case_id: 'k1' merged_case_id: 'k2' }"},
      {"SplitCase",
       {kOpenCase,
        "add_case_part { case_id: 'k1' part { part_id: 'p' kind: KIND_NOTE text: 'two lamps' } }"},
       "split_case { case_id: 'k1' new_case_id: 'k3' subject: 'the second lamp' part_ids: 'p' }"},
      {"SetCaseCustomer", {kOpenCase}, "set_case_customer { case_id: 'k1' customer_id: 'c1' }"},
      {"ChangeCaseSubject",
       {kOpenCase},
       "change_case_subject { case_id: 'k1' subject: 'a lamp that flickers' }"},
  };
}

// The shop after those commands, and after the verb for the first time.
std::unique_ptr<Desk> DoneOnce(const Verb& verb, absl::string_view policy = testing::kAllowAll) {
  std::unique_ptr<Desk> desk = MustOpen(policy);
  OpenShop(*desk);
  for (const char* before : verb.before) MustDo(*desk, AskInText(before, 100));
  EXPECT_GT(MustDo(*desk, AskInText(verb.text, 110)).events_size(), 0) << verb.text;
  return desk;
}

v1::Outcome Ask(Desk& desk, const v1::Command& command) {
  const auto outcome = desk.Execute(command, FactsFor(command));
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return outcome.ok() ? *outcome : v1::Outcome();
}

TEST(UnchangedTest, EachVerbIsDoneOnceAndThenChangesNothing) {
  std::set<absl::string_view> tried;
  for (const Verb& verb : Verbs()) {
    SCOPED_TRACE(verb.text);
    tried.insert(verb.command);
    const std::unique_ptr<Desk> desk = DoneOnce(verb);
    v1::Command again = AskInText(verb.text, 120);
    ASSERT_EQ(domain::FindCommand(again)->name, verb.command);
    again.set_idempotency_key("again");
    const auto before = *desk->Get(domain::AddressedEntity(again));
    const v1::Outcome preview = *desk->Preview(again, FactsFor(again));
    EXPECT_EQ(preview.verdict(), v1::VERDICT_DONE);
    EXPECT_THAT(preview.events(), IsEmpty());
    const v1::Outcome outcome = Ask(*desk, again);
    EXPECT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
    EXPECT_THAT(outcome.events(), IsEmpty());
    EXPECT_THAT(outcome.effects(), IsEmpty());
    EXPECT_EQ((*desk->Get(domain::AddressedEntity(again)))->SerializeAsString(),
              before->SerializeAsString());
    // It is in the journal, is explained, and is remembered.
    const auto record = desk->GetRecord(outcome.record_id());
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_EQ(record->verdict(), v1::VERDICT_DONE);
    EXPECT_THAT(record->event_ids(), IsEmpty());
    EXPECT_TRUE(domain::IsUnchanged(record->assessed()));
    const auto rebuilt = desk->DecisionInputOf(outcome.record_id());
    EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
    EXPECT_TRUE(domain::IsUnchanged(rebuilt->input()));
    const std::string text = absl::StrCat(domain::FindUnchangedCommand(verb.command)->text, ".");
    const auto explained = desk->Explain(outcome.record_id());
    ASSERT_TRUE(explained.ok()) << explained.status();
    EXPECT_THAT(explained->agent_lines(), Contains(absl::StrCat("Nothing to change: ", text)));
    EXPECT_THAT(explained->text(), HasSubstr(absl::StrCat("Nothing to change: ", text)));
    EXPECT_EQ(explained->customer_text().empty() ? "" : explained->customer_text(),
              explained->customer_text().empty() ? "" : absl::StrCat("Nothing to change: ", text));
    EXPECT_EQ(Ask(*desk, again).record_id(), outcome.record_id());
  }
  for (const domain::UnchangedCommand& listed : domain::ListUnchangedCommands()) {
    EXPECT_TRUE(tried.count(listed.command) == 1)
        << listed.command << " has no row in Verbs() above";
    EXPECT_FALSE(listed.text.empty()) << listed.command;
    EXPECT_FALSE(absl::ascii_isupper(listed.text[0])) << listed.text;
  }
  EXPECT_EQ(domain::FindUnchangedCommand("CloseCase"), nullptr);
}

TEST(UnchangedTest, PolicyMayRefuseIt) {
  std::string sets;
  for (const domain::UnchangedCommand& listed : domain::ListUnchangedCommands()) {
    absl::StrAppend(
        &sets, "rule_sets { id: '", listed.command, "' decision_points: '", listed.command,
        "' default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'same' outcome: "
        "POLICY_OUTCOME_REFUSE reason: 'SAME' condition: 'assessment.is_unchanged' } } ");
  }
  const std::string policy = absl::StrCat(testing::kAllowAll, sets);
  for (const Verb& verb : Verbs()) {
    SCOPED_TRACE(verb.text);
    const std::unique_ptr<Desk> desk = DoneOnce(verb, policy);
    const v1::Outcome outcome = Ask(*desk, AskInText(verb.text, 120));
    EXPECT_EQ(outcome.verdict(), v1::VERDICT_REFUSED);
    EXPECT_THAT(Reasons(outcome), ElementsAre("SAME"));
  }
}

// A rule about a verb that always changes something would never fire.
TEST(UnchangedTest, TheFieldBelongsToTheseVerbs) {
  for (const domain::CommandInfo& info : domain::Commands()) {
    if (info.decision_input == nullptr ||
        info.decision_input->FindFieldByName("assessment") == nullptr) {
      continue;
    }
    const PolicyResult compiled = Policy::FromText(
        absl::StrCat(
            "name: 'p' rule_sets { id: 's' decision_points: '", info.name,
            "' default_outcome: POLICY_OUTCOME_ALLOW rules { id: 'same' outcome: "
            "POLICY_OUTCOME_REFUSE reason: 'SAME' condition: 'assessment.is_unchanged' } } "
            "rule_sets { id: 'rest' decision_points: '*' default_outcome: "
            "POLICY_OUTCOME_ALLOW }"),
        "p.textproto");
    bool is_told = false;
    for (const v1::Issue& issue : compiled.issues) {
      is_told = is_told || issue.reason() == "POLICY_ENTITY_ABSENT";
    }
    EXPECT_EQ(is_told, domain::FindUnchangedCommand(info.name) == nullptr) << info.name;
  }
}

TEST(UnchangedTest, TheLifecycleStillCounts) {
  const std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  MustDo(*desk, AskInText(kOpenCase, 100));
  MustDo(*desk, AskInText("assign_case { case_id: 'k1' assignee_id: 'ann' }", 100));
  MustDo(*desk, AskInText("cancel_case { case_id: 'k1' reason: 'a mistake' }", 110));
  const v1::Outcome assigned =
      Ask(*desk, AskInText("assign_case { case_id: 'k1' assignee_id: 'ann' }", 120));
  EXPECT_THAT(Reasons(assigned), ElementsAre("CASE_ASSIGN_STATE"));
  EXPECT_EQ(assigned.verdict(), v1::VERDICT_REFUSED);
  // A verb to a state in which the case is already is refused by its row in the table.
  EXPECT_THAT(Reasons(Ask(*desk, AskInText("cancel_case { case_id: 'k1' reason: 'again' }", 120))),
              ElementsAre("CASE_CANCEL_STATE"));
  MustDo(*desk, AskInText("create_customer { customer_id: 'c2' given_name: 'Will' }", 120));
  MustDo(*desk, AskInText("merge_customers { customer_id: 'c2' merged_customer_id: 'c1' }", 120));
  EXPECT_THAT(Reasons(Ask(*desk, AskInText("change_address { customer_id: 'c1' address { lines: "
                                           "'7 Zephyrine Lane' locality: 'Springfield' "
                                           "country_code: 'US' } }",
                                           130))),
              ElementsAre("CUSTOMER_CHANGE_ADDRESS_STATE"));
}

TEST(UnchangedTest, ASmallDifferenceIsAChange) {
  const std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  MustDo(*desk, AskInText(kOpenCase, 100));
  MustDo(*desk, AskInText(kOpenOther, 100));
  MustDo(*desk, AskInText(kStart, 100));
  MustDo(*desk, AskInText(kPause, 100));
  MustDo(*desk, AskInText("create_customer { customer_id: 'c2' given_name: 'Will' }", 100));
  const char* const verbs[] = {
      "change_address { customer_id: 'c1' purpose: 'shipping' address { lines: '7 Zephyrine Lane' "
      "locality: 'Springfield' country_code: 'US' } }",
      "change_address { customer_id: 'c1' address_id: 'second' address { lines: '7 Zephyrine Lane' "
      "locality: 'Springfield' country_code: 'US' } }",
      "edit_customer { customer_id: 'c1' base_version: 1 given_name: 'Wilhelmina' tier: 'gold' }",
      "edit_customer { customer_id: 'c1' base_version: 1 tier: 'gold' remove_external_ids { "
      "system: 'a' id: '1' } add_external_ids { system: 'a' id: '2' } }",
      "pause_case { case_id: 'k1' state: STATE_WAITING_ON_CUSTOMER state_name: 'asked twice' }",
      "pause_case { case_id: 'k1' state: STATE_WAITING_ON_THIRD_PARTY state_name: 'asked twice' }",
      "classify_case { case_id: 'k1' kind: KIND_TROUBLE add_tags: 'lamp' }",
      "classify_case { case_id: 'k1' kind: KIND_TROUBLE remove_tags: 'lamp' }",
      "assign_case { case_id: 'k1' queue_id: 'lamps' }",
      "assign_case { case_id: 'k1' assignee_id: 'ann' queue_id: 'lamps' }",
      "prioritize_case { case_id: 'k1' impact: 2 priority: 3 }",
      "prioritize_case { case_id: 'k1' impact: 2 priority: 4 }",
      "link_case { case_id: 'k1' case_link { kind: KIND_RELATED case_id: 'k2' } }",
      "link_case { case_id: 'k1' case_link { kind: KIND_CHILD case_id: 'k2' } }",
      "link_interaction { interaction_id: 'i1' entity { kind: ENTITY_KIND_CASE id: 'k1' } }",
      "link_interaction { interaction_id: 'i1' entity { kind: ENTITY_KIND_CASE id: 'k2' } }",
  };
  for (const char* verb : verbs) {
    EXPECT_GT(MustDo(*desk, AskInText(verb, 120)).events_size(), 0) << verb;
  }
}

// An old request that is approved when somebody else has done the same.
TEST(UnchangedTest, AnApprovedCommandMayChangeNothing) {
  const std::unique_ptr<Desk> desk = MustOpen(absl::StrCat(testing::kAllowAll, R"pb(
    rule_sets {
      id: "pauses"
      decision_points: "PauseCase"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "anna"
        outcome: POLICY_OUTCOME_HOLD
        reason: "ASK"
        authority: "supervisor"
        condition: "actor.actor_id == 'anna'"
      }
    }
  )pb"));
  MustDo(*desk, AskInText(kOpenCase, 100));
  const v1::Outcome held = Ask(*desk, AskInText(kPause, 110));
  ASSERT_EQ(held.verdict(), v1::VERDICT_HELD);
  v1::Command by_bob = AskInText(kPause, 120);
  by_bob.mutable_actor()->set_actor_id("bob");
  EXPECT_EQ(MustDo(*desk, by_bob).events_size(), 1);
  ApprovalResolution resolution;
  resolution.actor = testing::By("sue").actor();
  resolution.actor.add_authorities("supervisor");
  resolution.now = At(130);
  const auto approved = desk->Approve(held.held().approval_id(), resolution);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->verdict(), v1::VERDICT_DONE) << approved->ShortDebugString();
  for (const v1::Event& event : approved->events()) EXPECT_TRUE(event.has_approval());
  const auto approval = *desk->Get(testing::ApprovalRef(held.held().approval_id()));
  EXPECT_EQ(approval->approval().state(), v1::Approval::STATE_APPROVED);
  const auto explained = desk->Explain(approved->record_id());
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_THAT(explained->agent_lines(),
              Contains("Nothing to change: the case waits in that state already."));
  // A command that policy holds waits, whether it would change anything or not.
  EXPECT_EQ(Ask(*desk, AskInText(kPause, 140)).verdict(), v1::VERDICT_HELD);
}

// A field that policy fills may change something: until then nothing is unchanged.
TEST(UnchangedTest, WithTheOutputsOfPolicy) {
  const std::unique_ptr<Desk> desk = MustOpen(absl::StrCat(testing::kAllowAll, R"pb(
    rule_sets {
      id: "assign"
      decision_points: "AssignCase"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "same"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "SAME"
        condition: "assessment.is_unchanged"
      }
      rules {
        id: "lamps"
        order: 2
        outcome: POLICY_OUTCOME_ALLOW
        condition: "actor.actor_id == 'anna'"
        outputs { name: "queue" expression: "'lamps'" }
      }
    }
  )pb"));
  MustDo(*desk, AskInText(kOpenCase, 100));
  const char kToAnn[] = "assign_case { case_id: 'k1' assignee_id: 'ann' }";
  EXPECT_GT(MustDo(*desk, AskInText(kToAnn, 110)).events_size(), 0);
  EXPECT_THAT(MustDo(*desk, AskInText(kToAnn, 120)).events(), IsEmpty());
  // No output: the command is as it was given.
  v1::Command by_bob = AskInText(kToAnn, 130);
  by_bob.mutable_actor()->set_actor_id("bob");
  EXPECT_THAT(MustDo(*desk, by_bob).events(), IsEmpty());
  // Nothing is left to fill.
  const char kToBoth[] = "assign_case { case_id: 'k1' assignee_id: 'ann' queue_id: 'lamps' }";
  EXPECT_THAT(Reasons(Ask(*desk, AskInText(kToBoth, 140))), ElementsAre("SAME"));
}

TEST(UnchangedTest, NothingIsGiven) {
  const std::unique_ptr<Desk> desk =
      MustOpen(absl::StrCat(testing::kAllowAll,
                            "totals { name: 'moves' commands: 'ChangeCustomerState' per: "
                            "TOTAL_SUBJECT_CUSTOMER days: 7 }"));
  OpenShop(*desk);
  const char kLeaves[] = "change_customer_state { customer_id: 'c1' state: STATE_FORMER }";
  MustDo(*desk, AskInText(kLeaves, 100));
  MustDo(*desk, AskInText(kLeaves, 110));
  const auto total = desk->GetTotal("moves", "c1", absl::FromUnixSeconds(At(120).seconds()));
  ASSERT_TRUE(total.ok()) << total.status();
  EXPECT_EQ(total->asked_count(), 2);
  EXPECT_EQ(total->given_count(), 1);
}

// An event is written exactly when something changes.
TEST(UnchangedTest, RandomCommandsAskedTwice) {
  constexpr std::uint64_t kSeed = 20'261'130;
  const std::shared_ptr<const Policy> policy = testing::MustCompile(testing::kRandomPolicy);
  std::set<absl::string_view> seen;
  for (int number = 0; number < 3; ++number) {
    SCOPED_TRACE(absl::StrCat("seed ", kSeed + number));
    DeskOptions options;
    options.policy = policy;
    auto opened = Desk::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    Desk& desk = **opened;
    testing::MustActivate(desk, policy, 0);
    for (const v1::Command& command : testing::OpeningCommands()) MustDo(desk, command);
    Chance chance(kSeed + static_cast<std::uint64_t>(number));
    testing::RandomCommands random(&chance, &desk);
    for (int i = 0; i < 400; ++i) {
      const auto listed = domain::ListUnchangedCommands();
      v1::Command command =
          i % 2 == 0 ? random.Next()
                     : random.Next(*domain::FindCommandByName(
                           listed[static_cast<std::size_t>(i / 2) % listed.size()].command));
      const domain::CommandInfo* info = domain::FindCommand(command);
      if (info == nullptr) continue;
      if (domain::FindUnchangedCommand(info->name) == nullptr) {
        (void)desk.Execute(command, random.NextFacts(command));
        continue;
      }
      command.clear_expected_version();
      command.clear_idempotency_key();
      const v1::Facts facts = random.NextFacts(command);
      const auto first = desk.Execute(command, facts);
      if (!first.ok() || first->verdict() != v1::VERDICT_DONE) continue;
      const auto record = desk.GetRecord(first->record_id());
      EXPECT_EQ(first->events().empty(), domain::IsUnchanged(record->assessed()))
          << command.ShortDebugString();
      // An offer is made anew.
      if (command.case_().transfer_case().kind() == v1::TransferCase::KIND_WARM) continue;
      const auto second = desk.Execute(command, facts);
      ASSERT_TRUE(second.ok()) << second.status();
      if (second->verdict() != v1::VERDICT_DONE) continue;
      EXPECT_THAT(second->events(), IsEmpty()) << command.ShortDebugString();
      seen.insert(info->name);
    }
  }
  EXPECT_GE(seen.size(), 8u) << absl::StrJoin(seen, ", ");
}

}  // namespace
}  // namespace frontdesk
