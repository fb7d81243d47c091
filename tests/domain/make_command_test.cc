#include "frontdesk/domain/make_command.h"

#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/order.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(MakeActorTest, AnAgentUnlessSaid) {
  const v1::Actor actor = MakeActor("anna");
  EXPECT_EQ(actor.actor_id(), "anna");
  EXPECT_EQ(actor.kind(), v1::Actor::KIND_AGENT);
  EXPECT_THAT(actor.roles(), IsEmpty());
  EXPECT_THAT(actor.authorities(), IsEmpty());
}

TEST(MakeActorTest, RolesAndAuthoritiesInOrder) {
  const v1::Actor actor = MakeActor("bot", v1::Actor::KIND_BOT, {"night", "day"}, {"refunds"});
  EXPECT_EQ(actor.kind(), v1::Actor::KIND_BOT);
  EXPECT_THAT(actor.roles(), ElementsAre("night", "day"));
  EXPECT_THAT(actor.authorities(), ElementsAre("refunds"));
}

TEST(MakeCommandTest, EveryCommandFindsItsPlace) {
  const v1::Actor actor = MakeActor("anna");
  for (const domain::CommandInfo& info : domain::Commands()) {
    SCOPED_TRACE(info.name);
    const google::protobuf::Message& verb =
        *google::protobuf::MessageFactory::generated_factory()->GetPrototype(info.message);
    const v1::Command command = MakeCommand(actor, absl::FromUnixSeconds(7), verb);
    EXPECT_EQ(domain::FindCommand(command), &info);
    EXPECT_TRUE(MessageDifferencer::Equals(command.actor(), actor));
    EXPECT_EQ(command.now().seconds(), 7);
  }
}

TEST(MakeCommandTest, TheMessageIsCopied) {
  v1::CancelOrder cancel;
  cancel.set_order_id("1001");
  cancel.set_reason("late");
  const v1::Command command = MakeCommand(MakeActor("anna"), absl::FromUnixSeconds(0), cancel);
  EXPECT_TRUE(MessageDifferencer::Equals(command.order().cancel_order(), cancel));
  EXPECT_EQ(command.idempotency_key() + command.interaction_id() + command.note(), "");
  EXPECT_FALSE(command.has_expected_version());
}

TEST(MakeCommandTest, AMessageThatIsNoCommandAsksForNothing) {
  for (const google::protobuf::Message* message :
       {static_cast<const google::protobuf::Message*>(&v1::Order::default_instance()),
        static_cast<const google::protobuf::Message*>(&v1::OrderCommand::default_instance()),
        static_cast<const google::protobuf::Message*>(&v1::Command::default_instance())}) {
    const v1::Command command = MakeCommand(MakeActor("anna"), absl::FromUnixSeconds(5), *message);
    EXPECT_EQ(command.command_case(), v1::Command::COMMAND_NOT_SET);
    EXPECT_EQ(command.actor().actor_id(), "anna");
    EXPECT_EQ(command.now().seconds(), 5);
  }
}

TEST(MakeCommandTest, TimesAreKeptToTheNanosecondWithinTheYears) {
  const auto now = [](absl::Time time) {
    const v1::Command command = MakeCommand(MakeActor("anna"), time, v1::CancelOrder());
    return std::make_pair(command.now().seconds(), command.now().nanos());
  };
  constexpr int64_t kFirst = -62135596800;
  constexpr int64_t kLast = 253402300799;
  EXPECT_EQ(now(absl::FromUnixNanos(1'500'000'001)), std::make_pair(int64_t{1}, 500'000'001));
  EXPECT_EQ(now(absl::FromUnixNanos(-1)), std::make_pair(int64_t{-1}, 999'999'999));
  EXPECT_EQ(now(absl::FromUnixSeconds(kFirst)), std::make_pair(kFirst, 0));
  EXPECT_EQ(now(absl::FromUnixSeconds(kFirst) - absl::Nanoseconds(1)), std::make_pair(kFirst, 0));
  EXPECT_EQ(now(absl::InfinitePast()), std::make_pair(kFirst, 0));
  EXPECT_EQ(now(absl::FromUnixSeconds(kLast + 1)), std::make_pair(kLast, 999'999'999));
  EXPECT_EQ(now(absl::InfiniteFuture()), std::make_pair(kLast, 999'999'999));
}

TEST(RefTest, KindAndId) {
  const v1::EntityRef entity = Ref(v1::ENTITY_KIND_CASE, "case-1");
  EXPECT_EQ(entity.kind(), v1::ENTITY_KIND_CASE);
  EXPECT_EQ(entity.id(), "case-1");
}

}  // namespace
}  // namespace frontdesk
