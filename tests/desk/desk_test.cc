#include "frontdesk/desk/desk.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "desk/whole_state.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/order/reasons.h"
#include "frontdesk/rules/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AccountRef;
using ::frontdesk::testing::At;
using ::frontdesk::testing::By;
using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::PlaceOrder;
using ::frontdesk::testing::Reasons;
using ::frontdesk::testing::Snapshot;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::string_view kDeskPolicy = R"pb(
  name: "shop"
  version: "3"
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "reason"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "REASON_UNKNOWN"
      text: "Say why."
      condition: "!(command.cancel_order.reason in ['no longer needed', 'ordered by mistake'])"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

// A store that fails on demand, in front of one that works.
class FailingStore final : public store::Store {
 public:
  bool fail_commits = false;
  bool fail_reads = false;
  int conflicts = 0;  // the number of commits that lose a race

  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    if (fail_reads) return absl::UnavailableError("no answer");
    return store_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    if (fail_commits) return absl::UnavailableError("the disk is full");
    if (conflicts > 0) {
      --conflicts;
      return std::vector<store::CommitResult>(1);
    }
    return store_->Commit(std::move(batches));
  }

 private:
  const std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
};

TEST(DeskTest, FromPolicyTextToOutcome) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  const auto refused = desk->Execute(CancelOrder("o1", "no reason at all"));
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->verdict(), v1::VERDICT_REFUSED);
  EXPECT_THAT(Reasons(*refused), ElementsAre("REASON_UNKNOWN"));
  EXPECT_EQ((*desk->Get(OrderRef("o1")))->order().state(), v1::Order::STATE_PLACED);

  const v1::Outcome done = MustDo(*desk, CancelOrder("o1"));
  EXPECT_EQ((*desk->Get(OrderRef("o1")))->order().state(), v1::Order::STATE_CANCELED);
  EXPECT_EQ((*desk->Get(OrderRef("o1")))->order().cancel_reason(), "no longer needed");

  const auto again = desk->Execute(CancelOrder("o1"));
  ASSERT_TRUE(again.ok());
  EXPECT_THAT(Reasons(*again), ElementsAre("ORDER_CANCEL_STATE"));
}

TEST(DeskTest, OneCommandChangesSeveralEntitiesTogether) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  EXPECT_EQ((*desk->Get(AccountRef("gift-1")))->account().balance().units(), 7600);
  const std::int64_t version = (*desk->Get(AccountRef("gift-1")))->version();
  const v1::Outcome done = MustDo(*desk, CancelOrder("o2"));
  EXPECT_EQ((*desk->Get(AccountRef("gift-1")))->account().balance().units(), 10000);
  EXPECT_EQ((*desk->Get(AccountRef("gift-1")))->version(), version + 1);

  const auto record = desk->GetRecord(done.record_id());
  ASSERT_TRUE(record.ok());
  ASSERT_EQ(record->event_ids_size(), done.events_size());
  bool has_order = false;
  bool has_account = false;
  for (int i = 0; i < done.events_size(); ++i) {
    const v1::Event& event = done.events(i);
    EXPECT_EQ(event.event_id(), absl::StrCat(done.record_id(), "-", i + 1));
    EXPECT_EQ(event.event_id(), record->event_ids(i));
    EXPECT_EQ(event.record_id(), done.record_id());
    EXPECT_GT(event.version(), 0);
    has_order |= event.entity().kind() == v1::ENTITY_KIND_ORDER;
    has_account |= event.entity().kind() == v1::ENTITY_KIND_ACCOUNT;
  }
  EXPECT_TRUE(has_order && has_account);
}

TEST(DeskTest, JournalKeepsWhatReachedPolicyWithoutGaps) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);                                                    // 7 commands
  ASSERT_TRUE(desk->Execute(CancelOrder("")).ok());                   // an argument
  ASSERT_TRUE(desk->Execute(CancelOrder("nowhere")).ok());            // not found
  const auto refused = desk->Execute(CancelOrder("o1", "nonsense"));  // policy
  ASSERT_FALSE(desk->Execute(By("anna")).ok());                       // envelope
  MustDo(*desk, CancelOrder("o1"));
  EXPECT_THAT(Reasons(*desk->Execute(CancelOrder("o1"))),
              ElementsAre("ORDER_CANCEL_STATE"));  // invariant
  const auto journal = desk->Journal();
  ASSERT_TRUE(journal.ok());
  ASSERT_THAT(*journal, SizeIs(10));
  for (std::size_t i = 0; i < journal->size(); ++i) {
    // The first entry of the log is the activation of the policy, without a record.
    EXPECT_EQ((*journal)[i].sequence(), static_cast<std::int64_t>(i) + 2);
    if (i > 0) {
      EXPECT_LT((*journal)[i - 1].record_id(), (*journal)[i].record_id());
    }
  }
  const v1::JournalRecord& record = (*journal)[7];
  EXPECT_EQ(record.record_id(), refused->record_id());
  EXPECT_EQ(record.verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(record.command().order().cancel_order().reason(), "nonsense");
  EXPECT_EQ(record.entity().id(), "o1");
  EXPECT_EQ(record.refusals(0).reason(), "REASON_UNKNOWN");
  EXPECT_EQ(record.policy_hash(), desk->policy()->hash());
  EXPECT_EQ(record.policy_name(), "shop 3");
  EXPECT_EQ(record.decision().SerializeAsString(), refused->decision().SerializeAsString());
  // The record holds no state; its input is made again.
  EXPECT_TRUE(record.assessed().order().has_assessment());
  EXPECT_FALSE(record.assessed().order().has_order());
  const auto rebuilt = desk->DecisionInputOf(record.record_id());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
  EXPECT_EQ(rebuilt->input().order().order().order_id(), "o1");
  EXPECT_EQ(rebuilt->input().order().actor().actor_id(), "anna");
  EXPECT_TRUE(rebuilt->input().order().has_assessment());
  EXPECT_THAT(record.event_ids(), IsEmpty());
  EXPECT_EQ(record.time().seconds(), At(120).seconds());
}

TEST(DeskTest, ARecordsInputDecidesTheSameAgain) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  MustDo(*desk, CancelOrder("o2"));
  ASSERT_TRUE(desk->Execute(CancelOrder("o1", "nonsense")).ok());
  const auto journal = desk->Journal();
  ASSERT_EQ(journal->size(), 9u);
  for (const v1::JournalRecord& record : *journal) {
    const auto rebuilt = desk->DecisionInputOf(record.record_id());
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
    const auto outcome =
        Decide(rebuilt->input(), record.command(), *desk->policy(), {}, rules::TraceLevel::kFired);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->verdict(), record.verdict());
    EXPECT_EQ(outcome->decision().SerializeAsString(), record.decision().SerializeAsString());
    EXPECT_EQ(outcome->events_size(), record.event_ids_size());
  }
}

TEST(DeskTest, ExpectedVersions) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  const std::int64_t version = (*desk->Get(OrderRef("o1")))->version();
  const std::string before = Snapshot(*desk);
  v1::Command command = CancelOrder("o1", "nonsense");
  command.set_expected_version(version + 1);
  const absl::Status conflict = desk->Execute(command).status();
  EXPECT_EQ(conflict.code(), absl::StatusCode::kAborted) << "before policy";
  EXPECT_EQ(GetReason(conflict), kReasonVersionConflict);
  ASSERT_EQ(GetErrorDetail(conflict).value().metadata_size(), 1);
  EXPECT_EQ(GetErrorDetail(conflict).value().metadata(0).value(), absl::StrCat(version));
  EXPECT_EQ(GetReason(desk->Preview(command).status()), kReasonVersionConflict);

  // Arguments and existence come first.
  command.mutable_order()->mutable_cancel_order()->set_order_id("nowhere");
  EXPECT_THAT(Reasons(*desk->Execute(command)), ElementsAre(kReasonOrderNotFound));
  v1::Command place = PlaceOrder("o1");
  place.set_expected_version(17);
  EXPECT_THAT(Reasons(*desk->Execute(place, testing::Catalog())), ElementsAre(kReasonOrderExists));
  place = PlaceOrder("o3");
  place.set_expected_version(17);
  EXPECT_EQ(GetReason(desk->Execute(place, testing::Catalog()).status()), kReasonVersionConflict);
  EXPECT_EQ(Snapshot(*desk), before);

  place.set_expected_version(0);
  MustDo(*desk, place);
  command = CancelOrder("o1");
  command.set_expected_version(version);
  MustDo(*desk, command);
}

TEST(DeskTest, PreviewSaysWhatExecuteDoesAndChangesNothing) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  std::vector<v1::Command> commands = {CancelOrder("o2"), CancelOrder("o1", "nonsense"),
                                       CancelOrder("nowhere"), PlaceOrder("o3", "gift")};
  for (v1::Command& command : commands) {
    const std::string before = Snapshot(*desk);
    const auto preview = desk->Preview(command, testing::FactsFor(command));
    ASSERT_TRUE(preview.ok()) << preview.status();
    EXPECT_EQ(Snapshot(*desk), before);
    EXPECT_EQ(preview->record_id(), "");
    auto executed = desk->Execute(command, testing::FactsFor(command));
    ASSERT_TRUE(executed.ok());
    executed->clear_record_id();
    for (v1::Event& event : *executed->mutable_events()) {
      event.clear_event_id();
      event.clear_record_id();
    }
    for (v1::Effect& effect : *executed->mutable_effects()) effect.clear_effect_id();
    EXPECT_EQ(preview->SerializeAsString(), executed->SerializeAsString())
        << command.ShortDebugString();
  }
  // Ids were not used up by previews: the 7 of the opening, then three that reached policy.
  EXPECT_EQ(desk->Journal()->back().record_id(), "r0000000010");
}

TEST(DeskTest, AStoreThatFailsLeavesNothingHalfDone) {
  auto store = std::make_shared<FailingStore>();
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy, store);
  OpenShop(*desk);
  const std::string before = Snapshot(*desk);
  v1::Command command = CancelOrder("o2");
  command.set_idempotency_key("k");
  store->fail_commits = true;
  const absl::Status failed = desk->Execute(command).status();
  EXPECT_EQ(failed.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(GetReason(failed), kReasonStoreUnavailable);
  EXPECT_EQ(Snapshot(*desk), before);
  store->fail_commits = false;
  store->fail_reads = true;
  EXPECT_EQ(desk->Execute(command).status().code(), absl::StatusCode::kUnavailable);
  store->fail_reads = false;
  EXPECT_EQ(Snapshot(*desk), before);
  MustDo(*desk, command);
}

TEST(DeskTest, ALostRaceIsDecidedAgain) {
  auto store = std::make_shared<FailingStore>();
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy, store);
  OpenShop(*desk);
  store->conflicts = 3;
  MustDo(*desk, CancelOrder("o1"));
  store->conflicts = 1000;
  const absl::Status contended = desk->Execute(CancelOrder("o2")).status();
  EXPECT_EQ(contended.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(GetReason(contended), kReasonCommitContended);
  EXPECT_EQ(store->conflicts, 1000 - 100);
}

class RepeatingIds final : public IdSource {
 public:
  explicit RepeatingIds(std::string id) : id_(std::move(id)) {}
  std::string NextId(absl::Time) override { return id_; }

 private:
  const std::string id_;
};

TEST(DeskTest, IdsOfASourceAreUniqueAndNotEmpty) {
  const auto open = [](const std::string& id) {
    DeskOptions options;
    options.policy = testing::MustCompile(kDeskPolicy);
    options.id_source = std::make_shared<RepeatingIds>(id);
    return *Desk::Open(options);
  };
  v1::Command create = testing::By("anna");
  create.mutable_customer()->mutable_create_customer()->set_customer_id("c7");
  create.mutable_customer()->mutable_create_customer()->set_given_name("Ann");
  const std::unique_ptr<Desk> same = open("same");
  MustDo(*same, create);
  create.mutable_customer()->mutable_create_customer()->set_customer_id("c8");
  const absl::Status taken = same->Execute(create).status();
  EXPECT_EQ(GetReason(taken), kReasonCommitRecordExists);
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(GetReason(open("")->Execute(create).status()), kReasonIdCharacter);
}

// Desks without an id source on one store: each continues behind the ids of the other, also of held commands.
TEST(DeskTest, SeveralDesksCountOnOneStore) {
  const auto store = store::MakeMemoryStore();
  const auto open = [&store](int attempts) {
    DeskOptions options;
    options.policy = testing::MustCompile(R"pb(
      rule_sets {
        id: "hold"
        decision_points: "CreateCustomer"
        rules {
          id: "h"
          order: 1
          outcome: POLICY_OUTCOME_HOLD
          reason: "ASK"
          authority: "boss"
          condition: "note == 'hold'"
        }
        default_outcome: POLICY_OUTCOME_ALLOW
      })pb");
    options.store = store;
    options.max_commit_attempts = attempts;
    return *Desk::Open(options);
  };
  const std::unique_ptr<Desk> one = open(100);
  int customers = 0;
  const auto execute = [&](Desk& desk, const std::string& note) {
    v1::Command create = testing::By("anna");
    create.set_note(note);
    create.mutable_customer()->mutable_create_customer()->set_customer_id(
        absl::StrCat("c", ++customers));
    create.mutable_customer()->mutable_create_customer()->set_given_name("Ann");
    const auto outcome = desk.Execute(create);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.ok() ? outcome->record_id() : "";
  };
  for (int i = 0; i < 5; ++i) execute(*one, "");
  // It finds a free id at once.
  EXPECT_EQ(execute(*open(1), ""), "r0000000006");
  const std::unique_ptr<Desk> two = open(100);
  std::set<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    ids.insert(execute(*one, "hold"));
    ids.insert(execute(*two, "hold"));
    ids.insert(execute(*two, "hold"));
  }
  EXPECT_EQ(ids.size(), 30u);
}

TEST(DeskTest, PagesBehindTheLastNumberAreEmpty) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  LogPage page;
  for (const std::int64_t after : {std::int64_t{1'000}, std::numeric_limits<std::int64_t>::max()}) {
    page.after = after;
    EXPECT_TRUE(desk->Journal(page)->empty());
    EXPECT_TRUE(desk->History(OrderRef("o1"), page)->empty());
    EXPECT_TRUE(desk->PendingEffects(page)->empty());
  }
  page.after = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(desk->Journal(page)->front().sequence(), 2);
}

TEST(DeskTest, HistoryFoldsToTheState) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  MustDo(*desk, CancelOrder("o2"));
  for (const v1::EntityRef& entity :
       {CustomerRef("c1"), AccountRef("gift-1"), OrderRef("o1"), OrderRef("o2")}) {
    v1::EntityState folded;
    LogPage page;
    page.page_size = 2;
    while (true) {
      const auto events = desk->History(entity, page);
      ASSERT_TRUE(events.ok());
      if (events->empty()) break;
      EXPECT_LE(events->size(), 2u);
      for (const v1::Event& event : *events) ASSERT_TRUE(Evolve(event, &folded).ok());
      page.after = events->back().version();
    }
    EXPECT_EQ(folded.SerializeAsString(), testing::GetWhole(*desk, entity)->SerializeAsString());
  }
}

TEST(DeskTest, AnUnknownIdHasAReasonOfItsKind) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  EXPECT_EQ(GetReason(desk->Get(OrderRef("o1")).status()), kReasonEntityNotFound);
  EXPECT_EQ(desk->Get(OrderRef("o1")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GetReason(desk->History(OrderRef("o1")).status()), kReasonEntityNotFound);
  EXPECT_EQ(GetReason(desk->Get(OrderRef("")).status()), kReasonEntityRefMalformed);
  EXPECT_EQ(GetReason(desk->Get(OrderRef("\xff")).status()), kReasonEntityRefMalformed);
  EXPECT_EQ(GetReason(desk->Get(v1::EntityRef()).status()), kReasonEntityRefMalformed);
  EXPECT_EQ(GetReason(desk->GetRecord("r").status()), kReasonRecordNotFound);
  EXPECT_EQ(GetReason(desk->Explain("r").status()), kReasonRecordNotFound);
  EXPECT_EQ(GetReason(desk->Explain("").status()), kReasonRecordNotFound);
  EXPECT_NE(desk->Explain("").status().message(), desk->Explain("r").status().message());
  EXPECT_EQ(GetReason(desk->AcknowledgeEffect("e")), kReasonEffectNotFound);
  EXPECT_THAT(*desk->Journal(), IsEmpty());
  EXPECT_THAT(*desk->PendingEffects(), IsEmpty());
}

TEST(DeskTest, EffectsGoThroughTheOutbox) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  EXPECT_THAT(*desk->PendingEffects(), IsEmpty()) << "everything was settled";
  const v1::Outcome done = MustDo(*desk, CancelOrder("o1"));
  ASSERT_EQ(done.effects_size(), 1) << done.ShortDebugString();
  EXPECT_EQ(done.effects(0).effect_id(), done.record_id() + "-e1");
  EXPECT_EQ(done.effects(0).order().send_refund().amount().units(), 2400);
  const auto pending = desk->PendingEffects();
  ASSERT_EQ(pending->size(), 1u);
  EXPECT_EQ((*pending)[0].effect.SerializeAsString(), done.effects(0).SerializeAsString());
  EXPECT_EQ((*pending)[0].sequence, desk->GetRecord(done.record_id())->sequence());
  ASSERT_TRUE(desk->AcknowledgeEffect(done.effects(0).effect_id()).ok());
  EXPECT_THAT(*desk->PendingEffects(), IsEmpty());
}

TEST(DeskTest, AnotherPolicyCountsFromTheNextCommandOn) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  EXPECT_EQ(desk->Execute(CancelOrder("o1", "nonsense"))->verdict(), v1::VERDICT_REFUSED);
  testing::MustActivate(*desk, testing::MustCompile(testing::kAllowAll), 50);
  const v1::Outcome done = MustDo(*desk, CancelOrder("o1", "nonsense"));
  EXPECT_EQ(desk->GetRecord(done.record_id())->policy_name(), "allow 1");
}

TEST(DeskTest, WithoutARuleNothingIsAllowed) {
  std::unique_ptr<Desk> desk = MustOpen("name: \"empty\"");
  const auto outcome = desk->Execute(testing::OpeningCommands()[0]);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(Reasons(*outcome), ElementsAre(kReasonPolicyNoRule));
  EXPECT_EQ(outcome->refusals(0).origin(), v1::Refusal::ORIGIN_POLICY);
}

TEST(DeskTest, ForksGoTheirOwnWay) {
  std::unique_ptr<Desk> desk = MustOpen(kDeskPolicy);
  OpenShop(*desk);
  const std::string before = Snapshot(*desk);
  std::string outcomes[2];
  for (std::string& outcome : outcomes) {
    const auto fork = desk->Fork(std::make_shared<SequenceIdSource>("f"));
    ASSERT_TRUE(fork.ok()) << fork.status();
    EXPECT_EQ(Snapshot(**fork), before);
    outcome = MustDo(**fork, CancelOrder("o2")).SerializeAsString();
    EXPECT_NE(Snapshot(**fork), before);
    EXPECT_EQ((*fork)->Journal()->back().sequence(), 9);
  }
  EXPECT_EQ(outcomes[0], outcomes[1]) << "each fork begins at the same place";
  EXPECT_EQ(Snapshot(*desk), before);

  const auto drawing = desk->Fork();
  EXPECT_EQ(MustDo(**drawing, CancelOrder("o1")).record_id(), "r0000000008");
  EXPECT_EQ(MustDo(*desk, CancelOrder("o1")).record_id(), "r0000000008") << "another store";
  auto failing = std::make_shared<FailingStore>();
  EXPECT_EQ(GetReason(MustOpen(kDeskPolicy, failing)->Fork().status()), kReasonStoreNotCloneable);
}

TEST(DeskTest, AContactFromTheFirstWordToTheWrapUp) {
  std::unique_ptr<Desk> desk = MustOpen(R"pb(
    name: "calls"
    rule_sets {
      id: "in_a_call"
      decision_points: "CancelOrder"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "call"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "NO_CALL"
        condition: "!has(interaction.interaction_id) || interaction.state != Interaction.State.STATE_OPEN"
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )pb");
  OpenShop(*desk);
  v1::Command start = By("anna");
  start.mutable_interaction()->mutable_start_interaction()->set_interaction_id("i1");
  start.mutable_interaction()->mutable_start_interaction()->set_channel(v1::CHANNEL_VOICE);
  start.mutable_interaction()->mutable_start_interaction()->set_direction(v1::DIRECTION_INBOUND);
  start.mutable_interaction()->mutable_start_interaction()->set_customer_id("c1");
  MustDo(*desk, start);
  EXPECT_THAT(Reasons(*desk->Execute(start)), ElementsAre(kReasonInteractionExists));

  v1::Command open = By("anna");
  open.set_interaction_id("i1");
  open.mutable_case_()->mutable_open_case()->set_case_id("k1");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_REQUEST);
  open.mutable_case_()->mutable_open_case()->set_subject("cancel");
  open.mutable_case_()->mutable_open_case()->set_customer_id("c1");
  const v1::Outcome opened = MustDo(*desk, open);
  EXPECT_EQ(
      desk->DecisionInputOf(opened.record_id())->input().case_().interaction().interaction_id(),
      "i1");
  EXPECT_EQ(desk->DecisionInputOf(opened.record_id())->input().case_().customer().customer_id(),
            "c1");

  EXPECT_THAT(Reasons(*desk->Execute(CancelOrder("o1"))), ElementsAre("NO_CALL"));
  v1::Command cancel = CancelOrder("o1");
  cancel.set_interaction_id("i1");
  MustDo(*desk, cancel);

  v1::Command end = By("anna", 200);
  end.mutable_interaction()->mutable_end_interaction()->set_interaction_id("i1");
  end.set_interaction_id("elsewhere");
  EXPECT_THAT(Reasons(*desk->Execute(end)), ElementsAre(kReasonInteractionNotFound));
  end.set_interaction_id("i1");
  MustDo(*desk, end);
  cancel.mutable_order()->mutable_cancel_order()->set_order_id("o2");
  EXPECT_THAT(Reasons(*desk->Execute(cancel)), ElementsAre("NO_CALL"));

  v1::EntityRef interaction;
  interaction.set_kind(v1::ENTITY_KIND_INTERACTION);
  interaction.set_id("i1");
  v1::EntityRef matter;
  matter.set_kind(v1::ENTITY_KIND_CASE);
  matter.set_id("k1");
  EXPECT_EQ((*desk->Get(interaction))->interaction().state(), v1::Interaction::STATE_ENDED);
  EXPECT_EQ((*desk->Get(matter))->case_().state(), v1::Case::STATE_NEW);
  EXPECT_THAT(desk->Explain(opened.record_id())->event_texts(0),
              HasSubstr("case k1: opened as request"));
}

TEST(DeskTest, LinksLeadToExistingEntities) {
  const std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  v1::Command open = By("anna");
  open.mutable_case_()->mutable_open_case()->set_case_id("case-1");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_TROUBLE);
  open.mutable_case_()->mutable_open_case()->set_subject("lamp");
  *open.mutable_case_()->mutable_open_case()->add_links() = OrderRef("o1");
  v1::Command dangling = open;
  *dangling.mutable_case_()->mutable_open_case()->add_links() = OrderRef("none");
  dangling.mutable_case_()->mutable_open_case()->add_links()->set_kind(v1::ENTITY_KIND_INTERACTION);
  dangling.mutable_case_()->mutable_open_case()->mutable_links(2)->set_id("none");
  v1::Command start = By("anna");
  start.mutable_interaction()->mutable_start_interaction()->set_interaction_id("i1");
  start.mutable_interaction()->mutable_start_interaction()->set_channel(v1::CHANNEL_CHAT);
  start.mutable_interaction()->mutable_start_interaction()->set_direction(v1::DIRECTION_INBOUND);
  MustDo(*desk, start);
  v1::Command link = By("anna");
  link.mutable_interaction()->mutable_link_interaction()->set_interaction_id("i1");
  link.mutable_interaction()->mutable_link_interaction()->mutable_entity()->set_kind(
      v1::ENTITY_KIND_CASE);
  link.mutable_interaction()->mutable_link_interaction()->mutable_entity()->set_id("case-1");

  // Every one that leads nowhere is reported, and nothing is kept.
  const std::string before = Snapshot(*desk);
  const absl::StatusOr<v1::Outcome> refused = desk->Execute(dangling);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_THAT(Reasons(*refused), ElementsAre("ORDER_NOT_FOUND", "INTERACTION_NOT_FOUND"));
  EXPECT_EQ(refused->refusals(0).field(), "open_case.links[1]");
  EXPECT_EQ(refused->refusals(1).field(), "open_case.links[2]");
  EXPECT_EQ(refused->refusals(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
  const absl::StatusOr<v1::Outcome> early = desk->Execute(link);
  ASSERT_TRUE(early.ok()) << early.status();
  EXPECT_THAT(Reasons(*early), ElementsAre("CASE_NOT_FOUND"));
  EXPECT_EQ(early->refusals(0).field(), "link_interaction.entity");
  EXPECT_EQ(Snapshot(*desk), before);

  MustDo(*desk, open);
  MustDo(*desk, link);
}

TEST(DeskTest, InvalidOptionsAreRefused) {
  DeskOptions options;
  options.limits.max_command_bytes = 0;
  options.limits.max_facts_bytes = 0;
  options.limits.max_events_per_command = 0;
  options.limits.max_policy_cost = 0;
  options.limits.max_case_ancestors = 0;
  options.limits.max_related = 0;
  options.find_limits.max_related = 0;
  options.max_commit_attempts = 0;
  const absl::Status status = Desk::Open(options).status();
  EXPECT_EQ(GetReason(status), kReasonDeskOptionsInvalid);
  EXPECT_THAT(testing::ViolatedFields(status),
              ElementsAre("policy", "limits.max_command_bytes", "limits.max_facts_bytes",
                          "limits.max_events_per_command", "limits.max_policy_cost",
                          "limits.max_case_ancestors", "limits.max_related",
                          "find_limits.max_related", "max_commit_attempts"));
}

}  // namespace
}  // namespace frontdesk
