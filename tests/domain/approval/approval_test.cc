#include "frontdesk/domain/approval/approval.h"

#include <string>

#include "absl/time/time.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kRequested[] = R"(approval { approval_requested { approval {
  approval_id: "r1" state: STATE_PENDING authority: "supervisor" requester_id: "anna"
  expire_time { seconds: 100 }
  rounds { version: 1 findings { rule_id: "some" authority: "supervisor" } } } } })";
// As versions without rounds wrote it.
constexpr char kRequestedLongAgo[] = R"(approval { approval_requested { approval {
  approval_id: "r1" state: STATE_PENDING authority: "supervisor" requester_id: "anna"
  granted_authorities: "lead" } } })";

absl::Status Fold(const std::string& text, v1::Approval* approval) {
  v1::Event event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return EvolveApproval(event, approval);
}

v1::Approval Folded(std::initializer_list<const char*> events) {
  v1::Approval approval;
  for (const char* event : events) EXPECT_TRUE(Fold(event, &approval).ok()) << event;
  return approval;
}

TEST(ApprovalEvolve, EventsOfOlderVersionsFoldAsTheyDid) {
  const v1::Approval approved = Folded({kRequestedLongAgo, R"(approval { approval_resolved {
    state: STATE_APPROVED resolver_id: "ben" resolve_time { seconds: 7 } note: "fine" } })"});
  EXPECT_EQ(approved.state(), v1::Approval::STATE_APPROVED);
  EXPECT_EQ(approved.resolver_id(), "ben");
  EXPECT_THAT(approved.granted_authorities(), ElementsAre("lead", "supervisor"));
  EXPECT_THAT(approved.grants(), IsEmpty());
  EXPECT_EQ(RoundOf(approved), 1);
}

TEST(ApprovalEvolve, AnApprovalHasTheGrantsThatCounted) {
  const v1::Approval approved = Folded({kRequested, R"(approval { approval_resolved {
    state: STATE_APPROVED resolver_id: "ben" grants { rule_id: "a" authority: "supervisor" }
    grants { rule_id: "b" authority: "supervisor" } grants { rule_id: "c" authority: "lead" } } })"});
  EXPECT_THAT(approved.granted_authorities(), ElementsAre("supervisor", "lead"));
  EXPECT_EQ(approved.grants_size(), 3);
}

TEST(ApprovalEvolve, RoundsFollowEachOther) {
  const v1::Approval asked = Folded({kRequested, R"(approval { approval_asked_again {
    round { version: 2 } authority: "director" rule_id: "much" reason: "MUCH"
    attempt { resolver_id: "ben" note: "secret" } grants { rule_id: "some" round: 1 } } })"});
  EXPECT_EQ(asked.state(), v1::Approval::STATE_PENDING);
  EXPECT_EQ(RoundOf(asked), 2);
  EXPECT_EQ(asked.authority(), "director");
  EXPECT_EQ(asked.grants_size(), 1);
  EXPECT_FALSE(asked.has_expire_time());
  EXPECT_EQ(asked.last_attempt().resolver_id(), "ben");
  EXPECT_EQ(asked.last_attempt().note(), "") << "notes are in events only";
}

TEST(ApprovalEvolve, ARefusedAttemptChangesNothingElse) {
  const v1::Approval tried = Folded({kRequested, R"(approval { approval_attempted {
    attempt { resolver_id: "ben" refusal_reasons: "NO" } } })"});
  EXPECT_EQ(tried.state(), v1::Approval::STATE_PENDING);
  EXPECT_EQ(tried.resolver_id(), "");
  EXPECT_THAT(tried.last_attempt().refusal_reasons(), ElementsAre("NO"));
}

TEST(ApprovalEvolve, ClosedKeepsTheReason) {
  const v1::Approval closed =
      Folded({kRequested,
              R"(time { seconds: 9 } approval { approval_closed { reason: "ORDER_CANCELED" } })"});
  EXPECT_EQ(closed.state(), v1::Approval::STATE_CLOSED);
  EXPECT_EQ(closed.close_reason(), "ORDER_CANCELED");
  EXPECT_EQ(closed.resolve_time().seconds(), 9);
}

TEST(ApprovalEvolve, NothingFoldsIntoNoApproval) {
  v1::Approval none;
  for (const char* event : {"approval { approval_resolved {} }", "approval { approval_closed {} }",
                            "approval { approval_granted {} }", "approval {}"}) {
    EXPECT_FALSE(Fold(event, &none).ok()) << event;
    EXPECT_EQ(none.ByteSizeLong(), 0U);
  }
  v1::Approval approval = Folded({kRequested});
  EXPECT_FALSE(Fold(kRequested, &approval).ok());
  EXPECT_FALSE(Fold("approval {}", &approval).ok());
}

TEST(ApprovalExpiry, IsAtItsEnd) {
  v1::Approval approval = Folded({kRequested});
  EXPECT_FALSE(HasExpired(approval, absl::FromUnixNanos(99'999'999'999)));
  EXPECT_TRUE(HasExpired(approval, absl::FromUnixSeconds(100)));
  approval.set_state(v1::Approval::STATE_DECLINED);
  EXPECT_FALSE(HasExpired(approval, absl::FromUnixSeconds(100)));
  approval.set_state(v1::Approval::STATE_PENDING);
  approval.clear_expire_time();
  EXPECT_FALSE(HasExpired(approval, absl::InfiniteFuture()));
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
