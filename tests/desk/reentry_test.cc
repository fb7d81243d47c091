// Parts of the host that a desk calls call the same desk: an error, and no deadlock.
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/desk/subscription.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ReasonByCall = std::map<std::string, std::string>;

v1::Command CreateCustomer(const std::string& customer_id) {
  v1::Command command = testing::By("anna");
  command.mutable_customer()->mutable_create_customer()->set_customer_id(customer_id);
  command.mutable_customer()->mutable_create_customer()->set_given_name("Ann");
  return command;
}

// Calls every function of a desk that may fail: the reason of each, or "OK".
ReasonByCall CallAll(Desk& desk) {
  ReasonByCall reasons;
  const auto note = [&reasons](const std::string& name, const absl::Status& status) {
    reasons[name] = status.ok() ? "OK" : GetReason(status);
  };
  v1::Command resolve = testing::By("anna");
  resolve.mutable_case_()->mutable_resolve_case()->set_case_id("k1");
  v1::FindRequest request;
  request.mutable_customers()->set_email("ann@example.com");
  const v1::EntityRef customer = testing::CustomerRef("c1");
  ApprovalResolution resolution;
  resolution.actor = testing::By("anna").actor();
  resolution.now = testing::At(0);
  note("Execute", desk.Execute(CreateCustomer("inner")).status());
  note("ImportCommands", ImportCommands(&desk, "i1", [](ImportInput*) {
                           return absl::StatusOr<bool>(false);
                         }).status());
  note("ReadImport", ReadImport(desk, "i1").status());
  note("ListImports", ListImports(desk).status());
  note("Preview", desk.Preview(CreateCustomer("inner")).status());
  note("RankRemedies", desk.RankRemedies(resolve).status());
  note("Approve", desk.Approve("a1", resolution).status());
  note("Decline", desk.Decline("a1", resolution).status());
  note("Get", desk.Get(customer).status());
  note("Find", desk.Find(request).status());
  v1::TimelineRequest timeline;
  timeline.set_customer_id("c1");
  note("Timeline", desk.Timeline(timeline).status());
  note("FindDuplicates", desk.FindDuplicates("c1").status());
  note("OpenFile", desk.OpenFile("c1", FileOptions()).status());
  note("CustomerView", desk.CustomerView(customer).status());
  note("History", desk.History(customer).status());
  note("GetRecord", desk.GetRecord("r1").status());
  note("DecisionInputOf", desk.DecisionInputOf("r1").status());
  note("Journal", desk.Journal().status());
  google::protobuf::RepeatedPtrField<v1::LogChange> changes;
  note("ReadLog into a list", desk.ReadLog({}, &changes));
  note("Subscribe", desk.Subscribe(0).status());
  note("Explain", desk.Explain("r1").status());
  note("PendingEffects", desk.PendingEffects().status());
  note("DeadLetters", desk.DeadLetters().status());
  note("ClaimEffects", desk.ClaimEffects(absl::UnixEpoch()).status());
  note("AcknowledgeEffect", desk.AcknowledgeEffect("e1"));
  note("RetryEffect", desk.RetryEffect("e1", 1, absl::UnixEpoch()).status());
  note("ExtendLease", desk.ExtendLease("e1", 1, absl::UnixEpoch()));
  note("ReviveEffect", desk.ReviveEffect("e1"));
  note("Activate", desk.Activate(desk.policy(), testing::ActivationAt(0)).status());
  note("Fork", desk.Fork().status());
  return reasons;
}

void ExpectAllReentered(const ReasonByCall& reasons) {
  EXPECT_EQ(reasons.size(), 30u);
  for (const auto& [name, reason] : reasons) EXPECT_EQ(reason, "DESK_REENTERED") << name;
}

class CallingIdSource final : public IdSource {
 public:
  std::string NextId(absl::Time now) override {
    if (inside) inside();
    return ids_.NextId(now);
  }
  std::function<void()> inside;

 private:
  SequenceIdSource ids_{"r"};
};

// A policy whose rule about CreateCustomer calls `inside`.
std::shared_ptr<const Policy> CallingPolicy(std::function<void()>* inside) {
  PolicyOptions options;
  cel::FunctionOverload call;
  call.id = "call_string";
  call.parameters = {cel::Type::String()};
  call.result = cel::Type::Bool();
  call.implementation = [inside](absl::Span<const cel::Value>,
                                 cel::ValueArena&) -> absl::StatusOr<cel::Value> {
    if (*inside) (*inside)();
    return cel::Value::Bool(true);
  };
  options.functions.emplace_back("call", call);
  options.time_zones = [inside](absl::string_view) -> absl::optional<absl::TimeZone> {
    if (*inside) (*inside)();
    return absl::UTCTimeZone();
  };
  PolicyResult result = Policy::FromText(
      R"pb(
        rule_sets {
          id: "a"
          decision_points: "CreateCustomer"
          hit_policy: HIT_POLICY_FIRST
          rules {
            id: "zone"
            order: 1
            outcome: POLICY_OUTCOME_ALLOW
            condition: "note == 'zone' && now.getHours(string('Test/' + note)) >= 0"
          }
          rules { id: "call" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "call(note)" }
        })pb",
      "test.textproto", options);
  EXPECT_TRUE(result.status().ok()) << result.status();
  return result.policy;
}

TEST(ReentryTest, AnIdSourceThatCallsItsDesk) {
  auto ids = std::make_shared<CallingIdSource>();
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.id_source = ids;
  auto desk = Desk::Open(std::move(options));
  ASSERT_TRUE(desk.ok());
  ReasonByCall reasons;
  ids->inside = [&] { reasons = CallAll(**desk); };
  testing::MustDo(**desk, CreateCustomer("outer"));
  ExpectAllReentered(reasons);
  // Nothing of it was done, and behind the call the desk is as it should be.
  ids->inside = nullptr;
  EXPECT_EQ(GetReason((*desk)->Get(testing::CustomerRef("inner")).status()), "ENTITY_NOT_FOUND");
  EXPECT_EQ((*desk)->Journal()->size(), 1u);
}

TEST(ReentryTest, AFunctionAndATimeZoneSourceThatCallTheirDesk) {
  std::function<void()> inside;
  DeskOptions options;
  options.policy = CallingPolicy(&inside);
  auto desk = Desk::Open(std::move(options));
  ASSERT_TRUE(desk.ok());
  for (const char* note : {"zone", "function"}) {
    v1::Command command = CreateCustomer(note);
    command.set_note(note);
    for (const bool preview : {true, false}) {
      ReasonByCall reasons;
      inside = [&] { reasons = CallAll(**desk); };
      const auto outcome = preview ? (*desk)->Preview(command) : (*desk)->Execute(command);
      ASSERT_TRUE(outcome.ok()) << outcome.status();
      EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->DebugString();
      ExpectAllReentered(reasons);
    }
  }
}

// A store of the host, around one in memory.
class CallingStore final : public store::Store {
 public:
  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return store_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    if (inside) inside();
    return store_->Commit(std::move(batches));
  }
  std::function<void()> inside;

 private:
  std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
};

TEST(ReentryTest, AStoreThatCallsItsDesk) {
  auto store = std::make_shared<CallingStore>();
  std::unique_ptr<Desk> desk = testing::MustOpen(testing::kAllowAll, store);
  ReasonByCall reasons;
  store->inside = [&] { reasons = CallAll(*desk); };
  testing::MustDo(*desk, CreateCustomer("outer"));
  ExpectAllReentered(reasons);
}

TEST(ReentryTest, AnotherDeskMayBeCalled) {
  std::function<void()> inside;
  DeskOptions options;
  options.policy = CallingPolicy(&inside);
  auto desk = Desk::Open(std::move(options));
  ASSERT_TRUE(desk.ok());
  std::unique_ptr<Desk> other = testing::MustOpen();
  bool called = false;
  inside = [&] {
    if (!called) testing::MustDo(*other, CreateCustomer("inner"));
    called = true;
    EXPECT_NE((*desk)->policy(), nullptr);
  };
  testing::MustDo(**desk, CreateCustomer("outer"));
  EXPECT_TRUE(called);
  EXPECT_TRUE(other->Get(testing::CustomerRef("inner")).ok());
}

// From the desk to another one and from there back.
TEST(ReentryTest, ACircleOfTwoDesksIsFound) {
  std::function<void()> inside;
  auto ids = std::make_shared<CallingIdSource>();
  DeskOptions options;
  options.policy = CallingPolicy(&inside);
  auto desk = Desk::Open(options);
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.id_source = ids;
  auto other = Desk::Open(options);
  ASSERT_TRUE(desk.ok() && other.ok());
  ReasonByCall reasons;
  ids->inside = [&] { reasons = CallAll(**desk); };
  inside = [&] {
    if (reasons.empty()) testing::MustDo(**other, CreateCustomer("inner"));
  };
  testing::MustDo(**desk, CreateCustomer("outer"));
  ExpectAllReentered(reasons);
}

// No lock is held while an id source draws: it may wait for another thread that uses its desk.
TEST(ReentryTest, AnIdSourceMayWaitForACallInAnotherThread) {
  auto ids = std::make_shared<CallingIdSource>();
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.id_source = ids;
  auto desk = Desk::Open(std::move(options));
  ASSERT_TRUE(desk.ok());
  bool called = false;
  ids->inside = [&] {
    if (std::exchange(called, true)) return;
    std::thread([&] { testing::MustDo(**desk, CreateCustomer("inner")); }).join();
  };
  testing::MustDo(**desk, CreateCustomer("outer"));
  EXPECT_EQ((*desk)->Journal()->size(), 2u);
}

// Two desks whose id sources execute on each other, from two threads at the same time.
TEST(ReentryTest, TwoDesksThatCallEachOtherEnd) {
  struct Side {
    std::shared_ptr<CallingIdSource> ids = std::make_shared<CallingIdSource>();
    std::unique_ptr<Desk> desk;
  };
  Side sides[2];
  for (Side& side : sides) {
    DeskOptions options;
    options.policy = testing::MustCompile(testing::kAllowAll);
    options.id_source = side.ids;
    auto desk = Desk::Open(std::move(options));
    ASSERT_TRUE(desk.ok());
    side.desk = *std::move(desk);
  }
  constexpr int kRounds = 50;
  for (int i = 0; i < 2; ++i) {
    auto count = std::make_shared<std::atomic<int>>(0);
    sides[i].ids->inside = [&sides, i, count] {
      // Calls that come back from the source of the second desk are refused.
      static_cast<void>(
          sides[1 - i].desk->Execute(CreateCustomer(absl::StrCat("from", i, "-", (*count)++))));
    };
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&sides, i] {
      for (int round = 0; round < kRounds; ++round) {
        testing::MustDo(*sides[i].desk, CreateCustomer(absl::StrCat("own-", round)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Side& side : sides) EXPECT_GE(side.desk->Journal()->size(), kRounds);
}

}  // namespace
}  // namespace frontdesk
