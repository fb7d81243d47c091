// Commands from strangers: every one a clear error, nothing changed, nothing on stderr.
#include <functional>
#include <string>
#include <vector>

#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "google/protobuf/unknown_field_set.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::Catalog;
using ::frontdesk::testing::FactsFor;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::PlaceOrder;
using ::frontdesk::testing::Snapshot;
using ::frontdesk::testing::ViolatedFields;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A shop that must come out of a test unchanged and silent.
class StrangerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    desk_ = MustOpen();
    OpenShop(*desk_);
    before_ = Snapshot(*desk_);
    ::testing::internal::CaptureStderr();
  }
  void TearDown() override {
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(Snapshot(*desk_), before_);
  }

  // Executes and previews, which must agree in the error.
  absl::Status Fail(const v1::Command& command) { return Fail(command, FactsFor(command)); }
  absl::Status Fail(const v1::Command& command, const v1::Facts& facts) {
    const absl::Status status = desk_->Execute(command, facts).status();
    EXPECT_EQ(desk_->Preview(command, facts).status(), status);
    return status;
  }

  std::unique_ptr<Desk> desk_;
  std::string before_;
};

TEST_F(StrangerTest, AnEmptyCommandListsAllThatIsMissing) {
  const absl::Status status = Fail(v1::Command());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetReason(status), kReasonCommandMalformed);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("actor", "now", "command"));
}

TEST_F(StrangerTest, EveryInvalidFieldOfTheEnvelopeIsListed) {
  v1::Command command;
  command.mutable_actor()->set_kind(static_cast<v1::Actor::Kind>(77));
  command.mutable_actor()->add_roles("\xc3\x28");
  command.mutable_now()->set_seconds(253402300800);
  command.set_idempotency_key(std::string(129, 'k'));
  command.set_expected_version(-1);
  command.set_note("\xff");
  v1::ChangeItems* change = command.mutable_order()->mutable_change_items();
  change->add_changes();
  change->add_changes()->mutable_item()->set_line_id("\xed\xa0\x80");
  v1::Facts facts;
  facts.mutable_catalog()->add_variants()->add_options()->set_value("\x80");
  const absl::Status status = Fail(command, facts);
  EXPECT_EQ(GetReason(status), kReasonCommandMalformed);
  EXPECT_THAT(
      ViolatedFields(status),
      ElementsAre("actor.actor_id", "now", "idempotency_key", "actor.kind", "expected_version",
                  "actor.roles[0]", "note", "order.change_items.changes[1].item.line_id",
                  "facts.catalog.variants[0].options[0].value"));
}

TEST_F(StrangerTest, EveryInvalidArgumentIsListed) {
  v1::Command command = testing::By("anna");
  v1::RefundOrder* refund = command.mutable_order()->mutable_refund_order();
  refund->add_items()->set_quantity(-1);
  refund->mutable_amount()->set_currency_code("usd");
  const auto outcome = desk_->Execute(command);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_REFUSED);
  EXPECT_GE(outcome->refusals_size(), 5) << outcome->DebugString();
  for (const v1::Refusal& refusal : outcome->refusals()) {
    EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_ARGUMENT);
    EXPECT_EQ(refusal.field().rfind("refund_order", 0), 0u) << refusal.field();
  }
}

// A command of a build that is newer: of an entity that is known, or of one that is not.
TEST_F(StrangerTest, ANewerCommandIsUnknownAndNotMissing) {
  v1::Command command = CancelOrder("o1");
  command.clear_command();
  command.GetReflection()->MutableUnknownFields(&command)->AddLengthDelimited(650, "x");
  v1::Command of_order = CancelOrder("o1");
  v1::OrderCommand* order = of_order.mutable_order();
  order->clear_verb();
  order->GetReflection()->MutableUnknownFields(order)->AddLengthDelimited(650, "x");
  for (const v1::Command& newer : {command, of_order}) {
    const absl::Status status = Fail(newer);
    EXPECT_THAT(ViolatedFields(status), ElementsAre("command"));
    EXPECT_EQ(GetErrorDetail(status).value().violations(0).reason(), kReasonCommandVerbUnknown);
  }
  of_order.mutable_order()->Clear();
  EXPECT_EQ(GetErrorDetail(Fail(of_order)).value().violations(0).reason(),
            kReasonCommandFieldRequired);
}

TEST_F(StrangerTest, Limits) {
  v1::Command large = CancelOrder("o1");
  large.set_note(std::string(1 << 20, 'x'));
  EXPECT_EQ(GetReason(Fail(large)), kReasonCommandTooLarge);
  EXPECT_EQ(Fail(large).code(), absl::StatusCode::kResourceExhausted);
  v1::Facts facts = Catalog();
  facts.mutable_catalog()->mutable_products(0)->set_name(std::string(16 << 20, 'x'));
  EXPECT_EQ(GetReason(Fail(PlaceOrder("o3"), facts)), kReasonFactsTooLarge);
}

TEST_F(StrangerTest, TextsOfErrorsRepeatNothingPersonal) {
  v1::Command command = testing::By("anna");
  command.mutable_actor()->clear_actor_id();
  command.set_note("Wilhelmina Quastenberg");
  command.mutable_customer()->mutable_create_customer()->set_family_name("Quastenberg \xff");
  const absl::Status status = Fail(command);
  EXPECT_EQ(status.ToString().find("Quastenberg"), std::string::npos) << status;
}

TEST_F(StrangerTest, RandomBytesNeverDoMoreThanFail) {
  // Every prefix of a good command, and every single byte of it changed.
  const std::string good = PlaceOrder("o3", "gift").SerializeAsString();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const std::string& bytes :
         {good.substr(0, i), std::string(good).replace(i, 1, 1, '\xff')}) {
      v1::Command command;
      if (!ParseBytes(bytes, &command).ok()) continue;
      const auto preview = desk_->Preview(command, FactsFor(command));
      if (!preview.ok()) {
        EXPECT_NE(GetReason(preview.status()), "") << preview.status();
      }
    }
  }
}

}  // namespace
}  // namespace frontdesk
