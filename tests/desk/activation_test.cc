// The active policy of a store: the first one, its replacement, several desks.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::ActivationAt;
using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::kAllowAll;
using ::frontdesk::testing::MustActivate;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::MustCompileLucky;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using PolicyPtr = std::shared_ptr<const Policy>;

// Refuses everything but another policy.
constexpr absl::string_view kRefuse = R"(
  name: "refuse" version: "7"
  rule_sets { id: "switch" decision_points: "ActivatePolicy" default_outcome: POLICY_OUTCOME_ALLOW }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE }
)";

v1::EntityRef DeskRef() { return Ref(v1::ENTITY_KIND_DESK, "desk"); }

v1::Command CreateCustomer(const std::string& id, std::int64_t seconds = 0) {
  return AskInText(absl::StrCat("create_customer { customer_id: '", id, "' given_name: 'Ann' }"),
                   seconds);
}

v1::Command ActivatePolicy(const PolicyPtr& policy, std::int64_t seconds) {
  v1::Command command = testing::By("anna", seconds);
  command.mutable_desk()->mutable_activate_policy()->set_desk_id("desk");
  command.mutable_desk()->mutable_activate_policy()->set_policy_hash(policy->hash());
  return command;
}

std::string ActiveHash(const Desk& desk) {
  const auto state = desk.Get(DeskRef());
  EXPECT_TRUE(state.ok()) << state.status();
  return state.ok() ? (*state)->desk().active_policy().hash() : "";
}

// A desk under a policy on a store, which it activates at that second; -1: it does not.
absl::StatusOr<std::unique_ptr<Desk>> Open(const PolicyPtr& policy,
                                           const std::shared_ptr<store::Store>& store,
                                           std::int64_t seconds = -1) {
  DeskOptions options;
  options.policy = policy;
  options.store = store;
  if (seconds >= 0) options.activate = ActivationAt(seconds);
  return Desk::Open(std::move(options));
}

TEST(ActivationTest, TheFirstDeskActivatesItsPolicyWithoutACommand) {
  const auto desk = MustOpen(kAllowAll);
  const auto state = desk->Get(DeskRef());
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ((*state)->version(), 1);
  EXPECT_FALSE((*state)->has_update_time());
  EXPECT_EQ((*state)->desk().desk_id(), "desk");
  EXPECT_EQ((*state)->desk().active_policy().hash(), desk->policy()->hash());
  EXPECT_EQ((*state)->desk().active_policy().name(), "allow");
  EXPECT_EQ((*state)->desk().active_policy().version(), "1");
  EXPECT_THAT(*desk->Journal(), IsEmpty());
  const auto history = desk->History(DeskRef());
  ASSERT_EQ(history->size(), 1u);
  EXPECT_EQ(history->front().record_id(), "");
  EXPECT_FALSE(history->front().has_time());
  // The journal begins with the first command, behind the entry of the activation.
  const v1::Outcome done = MustDo(*desk, CreateCustomer("c1"));
  EXPECT_EQ(desk->GetRecord(done.record_id())->sequence(), 2);
}

TEST(ActivationTest, ADeskIsOpenedWithTheActivePolicyOrActivatesAnother) {
  const auto store = store::MakeMemoryStore();
  const auto first = MustOpen(kAllowAll, store);
  EXPECT_TRUE(Open(MustCompile(kAllowAll), store).ok());
  const absl::Status status = Open(MustCompile(kRefuse), store).status();
  EXPECT_EQ(GetReason(status), kReasonPolicyNotActive);
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"allow\", version \"1\""));
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"refuse\", version \"7\""));
  EXPECT_THAT(*first->Journal(), IsEmpty());

  const auto second = Open(MustCompile(kRefuse), store, 10);
  ASSERT_TRUE(second.ok()) << second.status();
  const auto journal = first->Journal();
  ASSERT_EQ(journal->size(), 1u);
  const v1::JournalRecord& record = journal->front();
  EXPECT_EQ(record.command().desk().activate_policy().policy_hash(), MustCompile(kRefuse)->hash());
  EXPECT_EQ(record.policy_name(), "allow 1") << "the policy of before decides";
  EXPECT_EQ(record.verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(record.command().note(), "a better one");
  EXPECT_THAT(first->Explain(record.record_id())->text(), HasSubstr("policy activated: refuse 7"));
  // It counts for both from then on.
  for (Desk* desk : {first.get(), second->get()}) {
    EXPECT_THAT(Reasons(*desk->Execute(CreateCustomer("c1"))), ElementsAre(kReasonPolicyDefault));
    EXPECT_EQ(desk->policy()->pack().name(), "refuse");
    EXPECT_EQ(desk->Preview(CreateCustomer("c1"))->verdict(), v1::VERDICT_REFUSED);
  }
  // And nothing happens when it is active.
  EXPECT_TRUE(Open(MustCompile(kRefuse), store, 20).ok());
  EXPECT_EQ(first->Journal()->size(), 3u);
}

TEST(ActivationTest, ThePolicyOfBeforeDecides) {
  const auto store = store::MakeMemoryStore();
  constexpr absl::string_view kStrict = R"(
    name: "strict"
    rule_sets {
      id: "switch" decision_points: "ActivatePolicy" default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "back" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NOT_BACK"
        condition: "policy.name == 'allow' && active_policy.name == 'strict'"
      }
      rules {
        id: "seven" order: 2 outcome: POLICY_OUTCOME_HOLD authority: "owner" reason: "OWNER_ONLY"
        condition: "policy.version == '7' && entity.id == 'desk'"
      }
    })";
  const auto desk = MustOpen(kStrict, store);
  absl::Status status = Open(MustCompile(kAllowAll), store, 10).status();
  EXPECT_EQ(GetReason(status), kReasonPolicyNotActive);
  EXPECT_THAT(std::string(status.message()), HasSubstr("refused with NOT_BACK"));
  status = Open(MustCompile(kRefuse), store, 20).status();
  EXPECT_EQ(GetReason(status), kReasonPolicyNotActive);
  EXPECT_THAT(std::string(status.message()), HasSubstr("approval r0000000002"));
  EXPECT_EQ(ActiveHash(*desk), MustCompile(kStrict)->hash());
  // The policies are kept: the approval activates one of them, and the records are explained.
  ApprovalResolution resolution;
  resolution.actor = testing::By("olga").actor();
  resolution.actor.add_authorities("owner");
  resolution.now = testing::At(30);
  const auto approved = desk->Approve("r0000000002", resolution);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->verdict(), v1::VERDICT_DONE) << approved->ShortDebugString();
  EXPECT_EQ(ActiveHash(*desk), MustCompile(kRefuse)->hash());
  const auto journal = desk->Journal();
  for (const v1::JournalRecord& record : *journal) {
    const auto rebuilt = desk->DecisionInputOf(record.record_id());
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
    EXPECT_EQ(rebuilt->input().desk().active_policy().name(), "strict");
    EXPECT_NE(rebuilt->input().desk().policy().name(), "");
  }
}

TEST(ActivationTest, NothingChangesUnderTheActivePolicy) {
  const auto desk = MustOpen(kAllowAll);
  const auto outcome = desk->Activate(MustCompile(kAllowAll), ActivationAt(10));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE);
  EXPECT_THAT(outcome->events(), IsEmpty());
  EXPECT_EQ((*desk->Get(DeskRef()))->version(), 1);
}

TEST(ActivationTest, ACommandNamesAPolicyThatTheStoreKeeps) {
  const auto desk = MustOpen(kAllowAll);
  const PolicyPtr allow = desk->policy();
  const PolicyPtr refuse = MustCompile(kRefuse);
  v1::Command command = ActivatePolicy(refuse, 10);
  command.set_idempotency_key("k1");
  const auto unknown = desk->Execute(command);
  ASSERT_TRUE(unknown.ok()) << unknown.status();
  EXPECT_THAT(Reasons(*unknown), ElementsAre(kReasonPolicyNotFound));
  EXPECT_EQ(unknown->refusals(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
  EXPECT_EQ(unknown->refusals(0).field(), "activate_policy.policy_hash");
  MustActivate(*desk, refuse, 20);
  MustDo(*desk, ActivatePolicy(allow, 30));
  // That it was not there is not remembered.
  *command.mutable_now() = testing::At(40);
  MustDo(*desk, command);
  EXPECT_EQ(ActiveHash(*desk), refuse->hash());
  EXPECT_EQ((*desk->Get(DeskRef()))->version(), 4);
}

TEST(ActivationTest, ARememberedActivationIsNoReasonToOpen) {
  const auto store = store::MakeMemoryStore();
  const auto desk = MustOpen(kAllowAll, store);
  DeskOptions options;
  options.policy = MustCompile(kRefuse);
  options.store = store;
  options.activate = ActivationAt(10);
  options.activate->idempotency_key = "k1";
  ASSERT_TRUE(Desk::Open(options).ok());
  // A host that starts again opens the desk as before.
  ASSERT_TRUE(Desk::Open(options).ok());
  MustActivate(*desk, MustCompile(kAllowAll), 20);
  // The key was used, so this is no new activation.
  EXPECT_EQ(GetReason(Desk::Open(options).status()), kReasonPolicyNotActive);
  EXPECT_EQ(desk->Activate(MustCompile(kRefuse), *options.activate)->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(desk->policy()->pack().name(), "allow");
  EXPECT_EQ(ActiveHash(*desk), MustCompile(kAllowAll)->hash());
}

TEST(ActivationTest, Arguments) {
  const auto desk = MustOpen(kAllowAll);
  v1::Command command = ActivatePolicy(desk->policy(), 10);
  v1::ActivatePolicy& verb = *command.mutable_desk()->mutable_activate_policy();
  verb.set_policy_hash("short");
  verb.clear_desk_id();
  EXPECT_THAT(Reasons(*desk->Execute(command)),
              ElementsAre(kReasonArgumentRequired, kReasonArgumentSyntax));
  verb.clear_policy_hash();
  verb.set_desk_id("desk");
  EXPECT_THAT(Reasons(*desk->Execute(command)), ElementsAre(kReasonArgumentRequired));
  verb.set_policy_hash(desk->policy()->hash());
  verb.set_desk_id("other");
  EXPECT_THAT(Reasons(*desk->Execute(command)), ElementsAre(kReasonDeskNotFound));
  EXPECT_EQ(GetReason(desk->Activate(nullptr, ActivationAt(0)).status()),
            kReasonDeskOptionsInvalid);
  EXPECT_EQ(GetReason(desk->Activate(desk->policy(), {}).status()), kReasonCommandMalformed);
  EXPECT_THAT(*desk->Journal(), IsEmpty());
}

TEST(ActivationTest, TheDeskHasALastInstant) {
  const auto desk = MustOpen(kAllowAll);
  MustActivate(*desk, MustCompile(kRefuse), 1'000);
  const auto early = desk->Activate(MustCompile(kAllowAll), ActivationAt(100));
  EXPECT_THAT(Reasons(*early), ElementsAre(kReasonCommandTooEarly));
  MustActivate(*desk, MustCompile(kAllowAll), 1'001);
  MustDo(*desk, AskInText("correct_entity_time { entity { kind: ENTITY_KIND_DESK id: 'desk' } "
                          "update_time { seconds: 1 } }",
                          1'002));
  MustActivate(*desk, MustCompile(kRefuse), 100);
  EXPECT_EQ((*desk->Get(DeskRef()))->update_time().seconds(), testing::At(100).seconds());
}

// A policy that calls a function of the host in that version; an empty one: it calls none.
PolicyPtr WithFunction(const std::string& version) {
  const std::string text = absl::StrCat(
      R"(name: "lucky" version: ")", version,
      R"(" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
         rule_sets { id: "switch" decision_points: "ActivatePolicy"
         default_outcome: POLICY_OUTCOME_ALLOW rules { id: "unlucky" order: 1
         outcome: POLICY_OUTCOME_REFUSE reason: "UNLUCKY" condition: ")",
      version.empty() ? "false" : "!lucky(now.getSeconds())", R"(" } })");
  return MustCompileLucky(text, version);
}

TEST(ActivationTest, ADeskThatLacksAFunctionSaysSo) {
  const auto store = store::MakeMemoryStore();
  const auto plain = MustOpen(kAllowAll, store);
  v1::Command remembered = CreateCustomer("c0", 5);
  remembered.set_idempotency_key("k0");
  const v1::Outcome before = MustDo(*plain, remembered);
  const auto lucky = Open(WithFunction("1"), store, 10);
  ASSERT_TRUE(lucky.ok()) << lucky.status();
  for (const absl::Status& status : {plain->Execute(CreateCustomer("c1", 11)).status(),
                                     plain->Preview(CreateCustomer("c1", 11)).status()}) {
    EXPECT_EQ(GetReason(status), kReasonPolicyFunctionMissing) << status;
  }
  EXPECT_EQ(plain->Journal()->size(), 2u);
  // Calls that need no policy work.
  EXPECT_TRUE(plain->Get(DeskRef()).ok());
  v1::FindRequest find;
  find.mutable_cases()->set_customer_id("c1");
  EXPECT_TRUE(plain->Find(find).ok()) << plain->Find(find).status();
  EXPECT_EQ(plain->Execute(remembered)->SerializeAsString(), before.SerializeAsString());
  EXPECT_EQ(GetReason(plain->Execute(v1::Command()).status()), kReasonCommandMalformed);
  MustDo(**lucky, CreateCustomer("c1", 11));
}

TEST(ActivationTest, AHostWithAnotherVersionOfAFunctionReplacesThePolicyOnPurpose) {
  const auto store = store::MakeMemoryStore();
  const auto older = Open(WithFunction("1"), store);
  ASSERT_TRUE(older.ok()) << older.status();
  DeskOptions options;
  options.policy = WithFunction("2");
  options.store = store;
  options.activate = ActivationAt(13);
  EXPECT_EQ(GetReason(Desk::Open(options).status()), kReasonPolicyFunctionMissing);
  options.activate->replace_unusable = true;
  const auto newer = Desk::Open(options);
  ASSERT_TRUE(newer.ok()) << newer.status();
  const auto journal = (*newer)->Journal();
  ASSERT_EQ(journal->size(), 1u);
  EXPECT_EQ(journal->front().policy_name(), "lucky 2");
  EXPECT_TRUE(journal->front().command().desk().activate_policy().replace_unusable());
  EXPECT_EQ((*newer)->DecisionInputOf(journal->front().record_id())->fidelity(),
            v1::RebuiltInput::FIDELITY_EXACT);
  EXPECT_EQ(GetReason((*older)->Execute(CreateCustomer("c2", 15)).status()),
            kReasonPolicyFunctionMissing);
  // One that can be used decides, whatever the command says.
  PolicyActivation activation = ActivationAt(16);
  activation.replace_unusable = true;
  const auto even = (*newer)->Activate(MustCompile(kAllowAll), activation);
  ASSERT_TRUE(even.ok()) << even.status();
  EXPECT_THAT(Reasons(*even), ElementsAre("UNLUCKY"));
  // A policy that the desk cannot use is not activated by it, unless it is handed over.
  for (const absl::Status& status :
       {(*newer)->Execute(ActivatePolicy(WithFunction("1"), 17)).status(),
        (*newer)->Preview(ActivatePolicy(WithFunction("1"), 17)).status()}) {
    EXPECT_EQ(GetReason(status), kReasonPolicyFunctionMissing) << status;
  }
  EXPECT_EQ(ActiveHash(**newer), WithFunction("2")->hash());
  MustActivate(**newer, WithFunction("1"), 19);
  MustDo(**newer, CreateCustomer("c2", 21));
}

TEST(ActivationTest, ADeskReturnsToEveryPolicyThatItWasHanded) {
  const auto store = store::MakeMemoryStore();
  const auto desk = Open(WithFunction("1"), store);
  ASSERT_TRUE(desk.ok()) << desk.status();
  MustActivate(**desk, MustCompile(kAllowAll), 1);
  EXPECT_EQ((*desk)->policy()->pack().name(), "allow");
  MustDo(**desk, ActivatePolicy(WithFunction("1"), 3));
  EXPECT_EQ((*desk)->policy()->hash(), (*Open(WithFunction("1"), store))->policy()->hash());
  MustDo(**desk, CreateCustomer("c1", 5));
  // Another desk makes it go back and forth as well.
  const auto other = Open(WithFunction("1"), store);
  ASSERT_TRUE(other.ok()) << other.status();
  MustDo(**other, ActivatePolicy(MustCompile(kAllowAll), 7));
  MustDo(**desk, CreateCustomer("c2", 8));
  EXPECT_EQ((*desk)->policy()->pack().name(), "allow");
}

TEST(ActivationTest, AHeldPolicyThatCallsAFunctionIsActivatedByItsApproval) {
  const auto desk = MustOpen(R"(
    name: "held"
    rule_sets {
      id: "switch" decision_points: "ActivatePolicy" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "all" order: 1 outcome: POLICY_OUTCOME_HOLD authority: "owner" reason: "OWNER_ONLY"
              condition: "policy.name != 'refuse'" }
    })");
  ASSERT_EQ(desk->Activate(WithFunction("1"), ActivationAt(10))->verdict(), v1::VERDICT_HELD);
  ApprovalResolution resolution;
  resolution.actor = testing::By("olga").actor();
  resolution.actor.add_authorities("owner");
  resolution.now = testing::At(20);
  const auto approved = desk->Approve("r0000000001", resolution);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->verdict(), v1::VERDICT_DONE) << approved->ShortDebugString();
  MustDo(*desk, CreateCustomer("c1", 21));
  EXPECT_EQ(desk->policy()->hash(), WithFunction("1")->hash());
}

TEST(ActivationTest, AnApprovalIsDecidedByThePolicyThatIsActiveThen) {
  const auto desk = MustOpen(R"(
    name: "held"
    rule_sets {
      id: "switch" decision_points: "ActivatePolicy" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "all" order: 1 outcome: POLICY_OUTCOME_HOLD authority: "owner" reason: "OWNER_ONLY"
              condition: "policy.name == 'allow'" }
    })");
  ASSERT_EQ(desk->Activate(MustCompile(kAllowAll), ActivationAt(10))->verdict(), v1::VERDICT_HELD);
  MustActivate(*desk, MustCompile(R"(
    name: "later"
    rule_sets { id: "switch" decision_points: "ActivatePolicy"
                default_outcome: POLICY_OUTCOME_REFUSE })"),
               20);
  ApprovalResolution resolution;
  resolution.actor = testing::By("olga").actor();
  resolution.actor.add_authorities("owner");
  resolution.now = testing::At(30);
  const auto approved = desk->Approve("r0000000001", resolution);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->verdict(), v1::VERDICT_REFUSED) << approved->ShortDebugString();
  EXPECT_EQ(desk->policy()->pack().name(), "later");
}

TEST(ActivationTest, ActivationsHaveAnEnvelope) {
  const auto desk = MustOpen(kAllowAll);
  PolicyActivation activation = ActivationAt(1'000);
  activation.expected_version = 2;
  EXPECT_EQ(GetReason(desk->Activate(MustCompile(kRefuse), activation).status()),
            kReasonVersionConflict);
  activation.expected_version = 1;
  ASSERT_EQ(desk->Activate(MustCompile(kRefuse), activation)->verdict(), v1::VERDICT_DONE);
  activation = ActivationAt(10);
  activation.late_entry = true;
  ASSERT_EQ(desk->Activate(MustCompile(kAllowAll), activation)->verdict(), v1::VERDICT_DONE);
  const auto history = desk->History(DeskRef());
  ASSERT_EQ(history->size(), 3u);
  EXPECT_EQ(history->back().occur_time().seconds(), testing::At(10).seconds());
  EXPECT_EQ(history->back().time().seconds(), testing::At(1'000).seconds());
}

TEST(ActivationTest, OneAttemptIsEnoughToOpen) {
  const auto store = store::MakeMemoryStore();
  const auto first = MustOpen(kAllowAll, store);
  DeskOptions options;
  options.policy = MustCompile(kRefuse);
  options.store = store;
  options.activate = ActivationAt(10);
  options.max_commit_attempts = 1;
  const auto opened = Desk::Open(options);
  EXPECT_TRUE(opened.ok()) << opened.status();
}

class HookedIdSource final : public IdSource {
 public:
  std::string NextId(absl::Time) override {
    if (inside) std::exchange(inside, nullptr)();
    return absl::StrCat("x", ++last_);
  }
  std::function<void()> inside;

 private:
  int last_ = 0;
};

TEST(ActivationTest, ACommandIsDecidedAgainWhenThePolicyIsReplacedMeanwhile) {
  const auto store = store::MakeMemoryStore();
  const auto ids = std::make_shared<HookedIdSource>();
  DeskOptions options;
  options.policy = MustCompile(kAllowAll);
  options.store = store;
  options.id_source = ids;
  const std::unique_ptr<Desk> desk = *Desk::Open(options);
  const auto other = MustOpen(kAllowAll, store);
  ids->inside = [&] { MustActivate(*other, MustCompile(kRefuse), 10); };
  const auto outcome = desk->Execute(CreateCustomer("c1", 20));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(desk->GetRecord(outcome->record_id())->policy_name(), "refuse 7");
  // Also one without a record, whose verdict is remembered under its key.
  v1::Command wrong = CreateCustomer("", 21);
  wrong.set_idempotency_key("k1");
  EXPECT_THAT(Reasons(*desk->Execute(wrong)), ElementsAre(kReasonArgumentRequired));
}

TEST(ActivationTest, AForkMayBeginWithAnotherPolicy) {
  const auto desk = MustOpen(kRefuse);
  desk->Execute(CreateCustomer("c1")).status().IgnoreError();
  const auto fork = desk->Fork(nullptr, MustCompile(kAllowAll));
  ASSERT_TRUE(fork.ok()) << fork.status();
  MustDo(**fork, CreateCustomer("c1"));
  EXPECT_EQ((*fork)->Journal()->size(), 2u) << "no command activated it";
  EXPECT_EQ((*(*fork)->Get(DeskRef()))->version(), 2);
  EXPECT_EQ((*fork)->policy()->pack().name(), "allow");
  EXPECT_EQ(desk->Execute(CreateCustomer("c1"))->verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(ActiveHash(*desk), MustCompile(kRefuse)->hash());
  // Without one it goes on under the policy that is active.
  MustActivate(**fork, MustCompile(kRefuse), 10);
  const auto second = (*fork)->Fork();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ((*second)->policy()->pack().name(), "refuse");
  EXPECT_EQ((*second)->Execute(CreateCustomer("c9"))->verdict(), v1::VERDICT_REFUSED);
}

TEST(ActivationTest, DesksOnAStoreAgreeOnTheFirstPolicy) {
  constexpr int kThreads = 8;
  const auto store = store::MakeMemoryStore();
  const PolicyPtr policies[] = {MustCompile(kAllowAll), MustCompile(kRefuse)};
  std::vector<std::unique_ptr<Desk>> desks(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      auto opened = Open(policies[i % 2], store);
      if (opened.ok()) desks[i] = *std::move(opened);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const bool allows = desks[0] != nullptr;
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_EQ(desks[i] != nullptr, (i % 2 == 0) == allows) << i;
    if (desks[i] == nullptr) continue;
    EXPECT_EQ(ActiveHash(*desks[i]), policies[i % 2]->hash());
  }
}

// Threads on two desks give commands, others activate one policy and the other: the journal, read in its order, says which policy was
// active at each command.
TEST(ActivationTest, EachCommandIsDecidedByThePolicyThatIsActiveWhenItIsCommitted) {
  constexpr int kCommands = 60;
  const auto store = store::MakeMemoryStore();
  const PolicyPtr policies[] = {MustCompile(kAllowAll), MustCompile(kRefuse)};
  const std::unique_ptr<Desk> desks[] = {MustOpen(kAllowAll, store), MustOpen(kAllowAll, store)};
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      Desk& desk = *desks[i % 2];
      for (int k = 0; k < kCommands; ++k) {
        if (i < 2) {
          if (!desk.Activate(policies[(i + k) % 2], ActivationAt(100)).ok()) ++failed;
        } else if (!desk.Execute(CreateCustomer(absl::StrCat("c", i, "-", k))).ok()) {
          ++failed;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);

  std::string active = policies[0]->hash();
  int activations = 0, done = 0, refused = 0;
  LogPage page;
  for (auto records = desks[0]->Journal(page); !records->empty();
       records = desks[0]->Journal(page)) {
    for (const v1::JournalRecord& record : *records) {
      page.after = record.sequence();
      ASSERT_EQ(record.policy_hash(), active) << record.record_id();
      if (record.command().has_customer()) {
        const bool allows = active == policies[0]->hash();
        EXPECT_EQ(record.verdict(), allows ? v1::VERDICT_DONE : v1::VERDICT_REFUSED);
        ++(allows ? done : refused);
      } else if (record.events_size() > 0) {
        active = record.command().desk().activate_policy().policy_hash();
        ++activations;
      }
      const auto rebuilt = desks[1]->DecisionInputOf(record.record_id());
      ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
      EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
    }
  }
  EXPECT_EQ(done + refused, 4 * kCommands);
  EXPECT_GT(activations, 1);
  EXPECT_EQ(ActiveHash(*desks[0]), active);
  EXPECT_EQ((*desks[0]->Get(DeskRef()))->version(), 1 + activations);
}

TEST(ActivationTest, TheFoldIsTotal) {
  v1::EntityState state;
  v1::Event event;
  *event.mutable_entity() = DeskRef();
  event.mutable_desk()->mutable_policy_activated()->mutable_policy()->set_hash("h1");
  ASSERT_TRUE(Evolve(event, &state).ok());
  event.mutable_desk()->mutable_policy_activated()->mutable_policy()->set_hash("h2");
  ASSERT_TRUE(Evolve(event, &state).ok());
  EXPECT_EQ(state.version(), 2);
  EXPECT_EQ(state.desk().active_policy().hash(), "h2");
  // No other entity has such an event, and the desk has no others.
  v1::EntityState customer;
  *event.mutable_entity() = testing::CustomerRef("c1");
  EXPECT_EQ(GetReason(Evolve(event, &customer)), kReasonEventNotApplicable);
  v1::Event other;
  *other.mutable_entity() = DeskRef();
  other.mutable_customer()->mutable_customer_created();
  EXPECT_EQ(GetReason(Evolve(other, &state)), kReasonEventNotApplicable);
  EXPECT_EQ(state.version(), 2);
}

}  // namespace
}  // namespace frontdesk
