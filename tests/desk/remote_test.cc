// A desk on a store that is remote: it does the same as any other, in few exchanges.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/id.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/remote_store.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::PlaceOrder;
using store::RemoteStore;

v1::Command OpenCaseAbout(const std::string& order_id, const std::string& text) {
  v1::Command command = testing::By("anna", 10);
  command.set_note(text);
  v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
  verb.set_case_id(absl::StrCat("case-", text));
  verb.set_kind(v1::Case::KIND_TROUBLE);
  verb.set_subject("a lamp");
  verb.set_customer_id("c1");
  verb.add_links()->set_id(order_id);
  verb.mutable_links(0)->set_kind(v1::ENTITY_KIND_ORDER);
  return command;
}

class RemoteDeskTest : public ::testing::Test {
 protected:
  RemoteDeskTest() : desk_(MustOpen(testing::kAllowAll, store_)) { testing::OpenShop(*desk_); }

  // The exchanges of a command that is done.
  int ExchangesOf(Desk& desk, const v1::Command& command) {
    const int before = store_->exchanges();
    MustDo(desk, command);
    return store_->exchanges() - before;
  }

  std::shared_ptr<Desk> MustOpenAnother(std::shared_ptr<IdSource> ids = nullptr) {
    DeskOptions options;
    options.policy = desk_->policy();
    options.store = store_;
    options.id_source = std::move(ids);
    auto opened = Desk::Open(std::move(options));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }

  const std::shared_ptr<RemoteStore> store_ =
      std::make_shared<RemoteStore>(store::MakeMemoryStore());
  const std::unique_ptr<Desk> desk_;
};

TEST_F(RemoteDeskTest, ACommandOnKnownStatesIsOneExchange) {
  EXPECT_EQ(ExchangesOf(*desk_, OpenCaseAbout("o1", "1")), 1);
  v1::Command with_key = CancelOrder("o1");
  with_key.set_idempotency_key("k1");
  EXPECT_EQ(ExchangesOf(*desk_, with_key), 1);
  v1::Command subject = testing::By("anna", 11);
  subject.mutable_case_()->mutable_change_case_subject()->set_case_id("case-1");
  subject.mutable_case_()->mutable_change_case_subject()->set_subject("two lamps");
  EXPECT_EQ(ExchangesOf(*desk_, subject), 1);
}

TEST_F(RemoteDeskTest, StatesThatAreNotKnownAreOneExchangeMore) {
  const auto cold = MustOpenAnother(std::make_shared<SequenceIdSource>("x"));
  // The customer, and the order beside it.
  EXPECT_EQ(ExchangesOf(*cold, OpenCaseAbout("o1", "1")), 2);
  EXPECT_EQ(ExchangesOf(*cold, OpenCaseAbout("o1", "2")), 1);
  // The order is known by now, and the account of its payment is not.
  EXPECT_EQ(ExchangesOf(*cold, CancelOrder("o2")), 3);
  // The first own id follows that of the newest record.
  const auto with_own_ids = MustOpenAnother();
  EXPECT_EQ(ExchangesOf(*with_own_ids, OpenCaseAbout("o1", "3")), 3);
  EXPECT_EQ(ExchangesOf(*with_own_ids, OpenCaseAbout("o1", "4")), 1);
}

// A page costs as many exchanges, however many cases it shows, and whether or not their states are known.
TEST_F(RemoteDeskTest, TheStatesOfAPageAreOneExchange) {
  for (int i = 0; i < 20; ++i) MustDo(*desk_, OpenCaseAbout("o1", absl::StrCat(i)));
  v1::FindRequest request;
  request.mutable_cases()->add_states(v1::Case::STATE_NEW);
  std::vector<int> exchanges;
  for (const int page_size : {1, 20}) {
    const auto cold = MustOpenAnother();
    request.set_page_size(page_size);
    for (Desk* desk : {cold.get(), cold.get(), desk_.get()}) {
      const int before = store_->exchanges();
      const auto found = desk->Find(request);
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_EQ((*found)->found_size(), page_size);
      exchanges.push_back(store_->exchanges() - before);
    }
  }
  EXPECT_THAT(exchanges, ::testing::Each(exchanges[0]));
}

TEST_F(RemoteDeskTest, AnOutdatedStateIsReadAgain) {
  const auto other = MustOpenAnother(std::make_shared<SequenceIdSource>("x"));
  MustDo(*desk_, OpenCaseAbout("o1", "1"));
  for (int round = 0; round < 3; ++round) {
    for (Desk* desk : {other.get(), desk_.get()}) {
      v1::Command command = testing::By("anna", 11 + round);
      v1::ChangeCaseSubject& verb = *command.mutable_case_()->mutable_change_case_subject();
      verb.set_case_id("case-1");
      verb.set_subject(absl::StrCat(desk == other.get() ? "other " : "one ", round));
      const v1::Outcome outcome = MustDo(*desk, command);
      EXPECT_EQ(outcome.events(0).version(), 2 + 2 * round + (desk == desk_.get() ? 1 : 0));
    }
  }
  const auto report = desk_->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
}

// A decision that no commit checks is made on the newest contents.
TEST_F(RemoteDeskTest, ARefusalWithoutARecordIsNoGuess) {
  const auto other = MustOpenAnother(std::make_shared<SequenceIdSource>("x"));
  v1::Command about_case = testing::By("anna", 11);
  about_case.mutable_case_()->mutable_change_case_subject()->set_case_id("case-1");
  about_case.mutable_case_()->mutable_change_case_subject()->set_subject("two lamps");
  const auto refused = other->Execute(about_case);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->verdict(), v1::VERDICT_REFUSED);
  MustDo(*desk_, OpenCaseAbout("o1", "1"));
  MustDo(*other, about_case);
  // A version that the other desk has not met.
  about_case.set_expected_version(1);
  about_case.mutable_case_()->mutable_change_case_subject()->set_subject("three lamps");
  const auto conflict = desk_->Execute(about_case);
  EXPECT_EQ(conflict.status().code(), absl::StatusCode::kAborted);
}

TEST_F(RemoteDeskTest, AKeyOfAnotherDeskIsRememberedAndCostsNoId) {
  const auto other = MustOpenAnother(std::make_shared<SequenceIdSource>("x"));
  v1::Command command = OpenCaseAbout("o1", "1");
  command.set_idempotency_key("k1");
  const v1::Outcome first = MustDo(*desk_, command);
  const v1::Outcome second = MustDo(*other, command);
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
  const v1::Outcome next = MustDo(*other, OpenCaseAbout("o1", "2"));
  SequenceIdSource ids("x");
  EXPECT_EQ(next.record_id(), ids.NextId(absl::UnixEpoch()));
  command.mutable_case_()->mutable_open_case()->set_subject("another lamp");
  EXPECT_EQ(other->Execute(command).status().code(), absl::StatusCode::kAlreadyExists);
}

// Two desks that take turns by chance, each of which has outdated states again and again, against one desk.
TEST(RemoteDesksTest, DoAsOneDeskInMemory) {
  const std::uint64_t seed = testing::SeedOfRun();
  const auto memory = store::MakeMemoryStore();
  const auto in_memory = testing::OpenRandomDesk(memory);
  const auto remote = std::make_shared<RemoteStore>(store::MakeMemoryStore());
  std::vector<std::unique_ptr<Desk>> desks;
  desks.push_back(testing::OpenRandomDesk(remote));
  DeskOptions options;
  options.policy = in_memory->policy();
  options.store = remote;
  auto opened = Desk::Open(std::move(options));
  ASSERT_TRUE(opened.ok()) << opened.status();
  desks.push_back(*std::move(opened));
  testing::Chance chance(seed);
  testing::Chance turns(seed + 1);
  testing::RandomCommands commands(&chance, in_memory.get());
  std::vector<CommandWithFacts> given;
  for (int i = 0; i < 1'500; ++i) {
    v1::Command command = commands.Next();
    // Some keys come again.
    if (turns.OneIn(3)) command.set_idempotency_key(absl::StrCat("again-", turns.Below(40)));
    if (turns.OneIn(20) && !given.empty())
      command =
          given[static_cast<std::size_t>(turns.Below(static_cast<int>(given.size())))].command;
    const v1::Facts facts = commands.NextFacts(command);
    given.push_back({command, facts});
    const auto expected = in_memory->Execute(command, facts);
    const auto outcome = desks[static_cast<std::size_t>(turns.Below(2))]->Execute(command, facts);
    ASSERT_EQ(outcome.status(), expected.status()) << "command " << i;
    if (expected.ok()) {
      ASSERT_EQ(outcome->SerializeAsString(), expected->SerializeAsString()) << "command " << i;
    }
  }
  EXPECT_EQ(store::AllRows(*remote), store::AllRows(*memory));
}

TEST_F(RemoteDeskTest, AGroupIsReadInFewExchanges) {
  const auto desk = MustOpenAnother(std::make_shared<SequenceIdSource>("x"));
  const auto exchanges_of_group = [&](int first) {
    std::vector<CommandWithFacts> commands;
    for (int i = first; i < first + 50; ++i) {
      commands.push_back({OpenCaseAbout(i % 2 == 0 ? "o1" : "o2", absl::StrCat(i)), {}});
      commands.back().command.set_idempotency_key(absl::StrCat("k", i));
    }
    // The desk refuses a command without a verb by itself.
    commands.push_back({v1::Command(), {}});
    const int before = store_->exchanges();
    const auto outcomes = desk->ExecuteAll(commands);
    for (std::size_t i = 0; i < 50; ++i) {
      EXPECT_TRUE(outcomes[i].ok() && outcomes[i]->verdict() == v1::VERDICT_DONE)
          << outcomes[i].status();
    }
    EXPECT_FALSE(outcomes.back().ok());
    return store_->exchanges() - before;
  };
  // The entities that the commands name, the account of the customer, and the commit.
  EXPECT_EQ(exchanges_of_group(0), 3);
  // All of them are known.
  EXPECT_EQ(exchanges_of_group(50), 2);
}

}  // namespace
}  // namespace frontdesk
