#include <string>
#include <vector>

#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/order/reasons.h"
#include "frontdesk/domain/reasons.h"
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
        KeyCase{"OtherNote", "fine", [](v1::Command& c) { c.set_note("x"); }, Expect::kReused},
        KeyCase{"OtherActor", "bad", [](v1::Command& c) { c.mutable_actor()->set_actor_id("ben"); },
                Expect::kAnew},
        KeyCase{"OtherKey", "bad", [](v1::Command& c) { c.set_idempotency_key("l"); },
                Expect::kAnew},
        KeyCase{"NoKey", "bad", [](v1::Command& c) { c.clear_idempotency_key(); }, Expect::kAnew}),
    [](const auto& info) { return info.param.name; });

TEST(IdempotencyTest, VerdictsBeforePolicyAreRememberedToo) {
  std::unique_ptr<Desk> desk = MustOpen(kIdempotencyPolicy);
  OpenShop(*desk);
  v1::Command command = CancelOrder("o3");
  command.set_idempotency_key("k");
  const auto missing = desk->Execute(command);
  ASSERT_TRUE(missing.ok());
  ASSERT_EQ(missing->refusals(0).reason(), kReasonOrderNotFound);
  testing::MustDo(*desk, testing::PlaceOrder("o3"));
  EXPECT_EQ(desk->Execute(command)->SerializeAsString(), missing->SerializeAsString());
  command.clear_idempotency_key();
  EXPECT_EQ(desk->Execute(command)->verdict(), v1::VERDICT_DONE);
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
  const auto first = desk->Execute(CancelOrder("o1", "bad"));
  v1::Command later = CancelOrder("o1", "bad");
  *later.mutable_now() = At(500);
  later.set_idempotency_key("k");
  const auto second = desk->Execute(later);
  const auto other = desk->Execute(CancelOrder("o1", "hold"));
  const std::string hash = desk->GetRecord(first->record_id())->body_hash();
  EXPECT_THAT(hash, SizeIs(32));
  EXPECT_EQ(desk->GetRecord(second->record_id())->body_hash(), hash);
  EXPECT_NE(desk->GetRecord(other->record_id())->body_hash(), hash);
}

}  // namespace
}  // namespace frontdesk
