#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/order/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::At;
using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::testing::SizeIs;

// Canceling for "bad" is refused, for "hold" held.
constexpr absl::string_view kIdempotencyPolicy = R"pb(
  name: "keys"
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "bad"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "BAD"
      condition: "command.cancel_order.reason == 'bad'"
    }
    rules {
      id: "hold"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      authority: "supervisor"
      condition: "command.cancel_order.reason == 'hold'"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

enum class Expect { kRemembered, kReused, kAnew };

struct KeyCase {
  const char* name;
  const char* reason;            // of the first command, on order o1
  void (*change)(v1::Command&);  // the difference in the second one
  Expect expect;
};

class KeyTest : public ::testing::TestWithParam<KeyCase> {};

TEST_P(KeyTest, SecondCommand) {
  std::unique_ptr<Desk> desk = MustOpen(kIdempotencyPolicy);
  OpenShop(*desk);
  v1::Command command = CancelOrder("o1", GetParam().reason);
  command.set_idempotency_key("k");
  const auto first = desk->Execute(command);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = testing::Snapshot(*desk);

  GetParam().change(command);
  const auto preview = desk->Preview(command);
  EXPECT_EQ(testing::Snapshot(*desk), before);
  const auto second = desk->Execute(command);
  switch (GetParam().expect) {
    case Expect::kRemembered:
      ASSERT_TRUE(second.ok()) << second.status();
      EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
      EXPECT_EQ(preview->SerializeAsString(), first->SerializeAsString());
      EXPECT_EQ(testing::Snapshot(*desk), before);
      break;
    case Expect::kReused:
      EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
      EXPECT_EQ(GetReason(second.status()), kReasonIdempotencyKeyReused);
      EXPECT_EQ(GetReason(preview.status()), kReasonIdempotencyKeyReused);
      EXPECT_EQ(testing::Snapshot(*desk), before);
      break;
    case Expect::kAnew:
      ASSERT_TRUE(second.ok()) << second.status();
      EXPECT_NE(second->record_id(), first->record_id());
      break;
  }
}

constexpr auto kNothing = [](v1::Command&) {};

INSTANTIATE_TEST_SUITE_P(
    Cases, KeyTest,
    ::testing::Values(
        KeyCase{"Done", "fine", kNothing, Expect::kRemembered},
        KeyCase{"Refused", "bad", kNothing, Expect::kRemembered},
        KeyCase{"Held", "hold", kNothing, Expect::kRemembered},
        KeyCase{"LaterNow", "fine", [](v1::Command& c) { *c.mutable_now() = At(9999); },
                Expect::kRemembered},
        KeyCase{"ExpectedVersion", "fine", [](v1::Command& c) { c.set_expected_version(77); },
                Expect::kRemembered},
        KeyCase{"OtherArgument", "fine",
                [](v1::Command& c) { c.mutable_order()->mutable_cancel_order()->set_reason("x"); },
                Expect::kReused},
        KeyCase{
            "OtherOrder", "fine",
            [](v1::Command& c) { c.mutable_order()->mutable_cancel_order()->set_order_id("o2"); },
            Expect::kReused},
        KeyCase{
            "OtherVerb", "fine",
            [](v1::Command& c) { c.mutable_order()->mutable_refund_order()->set_order_id("o1"); },
            Expect::kReused},
        KeyCase{"OtherInteraction", "fine", [](v1::Command& c) { c.set_interaction_id("call"); },
                Expect::kReused},
        KeyCase{"OtherNote", "fine", [](v1::Command& c) { c.set_note("x"); }, Expect::kRemembered},
        KeyCase{"OtherActor", "bad", [](v1::Command& c) { c.mutable_actor()->set_actor_id("ben"); },
                Expect::kRemembered},
        KeyCase{"OtherRoles", "bad", [](v1::Command& c) { c.mutable_actor()->add_roles("boss"); },
                Expect::kRemembered},
        KeyCase{"JustRemembered", "bad",
                [](v1::Command& c) {
                  c.mutable_now()->set_seconds(c.now().seconds() + 7 * 24 * 3600 - 1);
                },
                Expect::kRemembered},
        KeyCase{"Earlier", "bad",
                [](v1::Command& c) { c.mutable_now()->set_seconds(c.now().seconds() - 1); },
                Expect::kRemembered},
        KeyCase{
            "Forgotten", "bad",
            [](v1::Command& c) { c.mutable_now()->set_seconds(c.now().seconds() + 7 * 24 * 3600); },
            Expect::kAnew},
        KeyCase{"OtherKey", "bad", [](v1::Command& c) { c.set_idempotency_key("l"); },
                Expect::kAnew},
        KeyCase{"NoKey", "bad", [](v1::Command& c) { c.clear_idempotency_key(); }, Expect::kAnew}),
    [](const auto& info) { return info.param.name; });

TEST(IdempotencyTest, VerdictsBeforePolicyAreRememberedToo) {
  std::unique_ptr<Desk> desk = MustOpen(kIdempotencyPolicy);
  OpenShop(*desk);
  v1::Command command = CancelOrder("");
  command.set_idempotency_key("k");
  const auto malformed = desk->Execute(command);
  ASSERT_TRUE(malformed.ok());
  ASSERT_EQ(malformed->refusals(0).origin(), v1::Refusal::ORIGIN_ARGUMENT);
  EXPECT_EQ(desk->Execute(command)->SerializeAsString(), malformed->SerializeAsString());
  command.mutable_order()->mutable_cancel_order()->set_order_id("o1");
  EXPECT_EQ(GetReason(desk->Execute(command).status()), kReasonIdempotencyKeyReused);
}

// An entity may exist later, and then the same command is carried out.
TEST(IdempotencyTest, AMissingEntityIsNotRemembered) {
  std::unique_ptr<Desk> desk = MustOpen(kIdempotencyPolicy);
  OpenShop(*desk);
  v1::Command command = CancelOrder("o3");
  command.set_idempotency_key("k");
  const std::string before = testing::Snapshot(*desk);
  const auto missing = desk->Execute(command);
  ASSERT_TRUE(missing.ok());
  ASSERT_EQ(missing->refusals(0).reason(), kReasonOrderNotFound);
  EXPECT_EQ(testing::Snapshot(*desk), before);
  testing::MustDo(*desk, testing::PlaceOrder("o3"));
  const auto done = desk->Execute(command);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(desk->Execute(command)->SerializeAsString(), done->SerializeAsString());
}

TEST(IdempotencyTest, TheTimeOfRememberingIsAnOption) {
  DeskOptions options;
  options.policy = testing::MustCompile(kIdempotencyPolicy);
  options.remember_for = absl::Seconds(10);
  auto opened = Desk::Open(options);
  ASSERT_TRUE(opened.ok());
  Desk& desk = **opened;
  OpenShop(desk);
  v1::Command command = CancelOrder("o1", "bad");
  command.set_idempotency_key("k");
  const auto ask = [&](std::int64_t seconds) {
    *command.mutable_now() = At(seconds);
    const auto outcome = desk.Execute(command);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.ok() ? outcome->record_id() : "";
  };
  const std::string first = ask(5'000);
  EXPECT_EQ(ask(5'009), first);
  const std::string second = ask(5'010);
  EXPECT_NE(second, first);
  // The new verdict counts from its own time on.
  EXPECT_EQ(ask(5'019), second);
  EXPECT_NE(ask(5'020), second);
  for (const absl::Duration impossible : {absl::ZeroDuration(), absl::Seconds(-1)}) {
    options.remember_for = impossible;
    EXPECT_EQ(GetReason(Desk::Open(options).status()), kReasonDeskOptionsInvalid);
  }
}

TEST(IdempotencyTest, ErrorsAreNotRemembered) {
  std::unique_ptr<Desk> desk = MustOpen(kIdempotencyPolicy);
  OpenShop(*desk);
  v1::Command command = CancelOrder("o1");
  command.set_idempotency_key("k");
  command.set_expected_version(99);
  EXPECT_EQ(GetReason(desk->Execute(command).status()), kReasonVersionConflict);
  command.clear_expected_version();
  EXPECT_EQ(desk->Execute(command)->verdict(), v1::VERDICT_DONE);

  v1::Command place = testing::PlaceOrder("o3");
  place.set_idempotency_key("p");
  EXPECT_EQ(GetReason(desk->Execute(place).status()), kReasonFactMissing);
  EXPECT_EQ(desk->Execute(place, testing::Catalog())->verdict(), v1::VERDICT_DONE);
}

TEST(IdempotencyTest, FactsAreNoPartOfTheBody) {
  std::unique_ptr<Desk> desk = MustOpen(kIdempotencyPolicy);
  OpenShop(*desk);
  v1::Command place = testing::PlaceOrder("o3");
  place.set_idempotency_key("p");
  const auto first = desk->Execute(place, testing::Catalog());
  ASSERT_TRUE(first.ok());
  v1::Facts dearer = testing::Catalog();
  dearer.mutable_catalog()->mutable_variants(0)->mutable_unit_price()->set_value(99999);
  EXPECT_EQ(desk->Execute(place, dearer)->SerializeAsString(), first->SerializeAsString());
}

TEST(IdempotencyTest, RecordsKeepTheBodysHash) {
  std::unique_ptr<Desk> desk = MustOpen(kIdempotencyPolicy);
  OpenShop(*desk);
  const auto hash_of = [&desk](v1::Command command, const std::string& key) {
    command.set_idempotency_key(key);
    return desk->GetRecord(desk->Execute(command)->record_id())->body_hash();
  };
  v1::Command later = CancelOrder("o1", "bad");
  *later.mutable_now() = At(500);
  const std::string hash = hash_of(CancelOrder("o1", "bad"), "k1");
  EXPECT_THAT(hash, SizeIs(32));
  EXPECT_EQ(hash_of(later, "k2"), hash);
  EXPECT_NE(hash_of(CancelOrder("o1", "hold"), "k3"), hash);
  EXPECT_EQ(hash_of(CancelOrder("o1", "bad"), ""), "");
}

// Verdicts that nobody can ask for any more are removed, and those in the time are not; one clock that is years ahead changes nothing.
TEST(IdempotencyTest, OutdatedVerdictsAreForgotten) {
  constexpr std::uint8_t kRememberedTable = 7;
  const auto store = store::MakeMemoryStore();
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.store = store;
  options.remember_for = absl::Hours(1);
  const std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  const auto create = [&desk](int number, std::int64_t second) {
    v1::Command command = testing::By("anna");
    command.mutable_now()->set_seconds(second);
    command.set_idempotency_key(absl::StrCat("key", number));
    command.mutable_customer()->mutable_create_customer()->set_customer_id(
        absl::StrCat("c", number));
    command.mutable_customer()->mutable_create_customer()->set_given_name("Ann");
    return *desk->Execute(command);
  };
  const auto kept = [&store] {
    return (*(*store->Read())->Scan(store::RangeOf(kRememberedTable, ""), 100'000)).size();
  };
  constexpr int kCount = 2'000;
  constexpr std::int64_t kBegin = 1'700'000'000;
  std::vector<std::string> records;
  for (int i = 0; i < kCount; ++i) {
    records.push_back(create(i, kBegin + 10 * i).record_id());
    if (i == 300) create(100'000, kBegin + 1'000'000'000);
    if (i == 520) {
      EXPECT_EQ(create(500, kBegin + 10 * i).record_id(), records[500])
          << "the clock that is ahead";
    }
    if (i == 400) {
      EXPECT_EQ(kept(), 402u) << "an hour has not passed";
    }
  }
  // An hour has 360 commands, and a window some hundreds more.
  EXPECT_LT(kept(), 360u + 2 * 256u + 2u);
  for (int i = kCount - 359; i < kCount; ++i) {
    EXPECT_EQ(create(i, kBegin + 10 * (kCount - 1)).record_id(), records[i]) << i;
  }
  EXPECT_FALSE(desk->VerifyRows()->has_fault());
}

}  // namespace
}  // namespace frontdesk
