// A referral, and the history of a case, while the case is merged into another.
#include <string>

#include "domain/case/case_world.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

CaseWorld MakeReferredWorld() {
  CaseWorld world;
  world.Open("a");
  world.Open("b");
  world.Done("assign_case { case_id: 'b' assignee_id: 'ann' }");
  world.Done("refer_case { case_id: 'b' referral_id: 'r1' party: 'the maker' }");
  return world;
}

TEST(CaseMergedReferralsTest, GoOnWhileTheCaseIsMerged) {
  CaseWorld world = MakeReferredWorld();
  world.Done("merge_cases { case_id: 'a' merged_case_id: 'b' }");
  ASSERT_EQ(world.cases["b"].referrals_size(), 1);
  EXPECT_EQ(world.cases["b"].state(), v1::Case::STATE_MERGED);
  EXPECT_FALSE(world.cases["b"].referrals(0).has_return_time());
  world.Done("unmerge_cases { case_id: 'a' merged_case_id: 'b' }");
  EXPECT_EQ(world.cases["b"].state(), v1::Case::STATE_WAITING_ON_THIRD_PARTY);
  EXPECT_FALSE(world.cases["b"].referrals(0).has_return_time());
  const int64_t end = world.seconds;
  world.Done("resume_case { case_id: 'b' }");
  EXPECT_EQ(world.cases["b"].referrals(0).return_time().seconds(), end);
}

TEST(CaseMergedReferralsTest, TheSurvivorTakesNoneOver) {
  CaseWorld world = MakeReferredWorld();
  world.Done("merge_cases { case_id: 'a' merged_case_id: 'b' }");
  EXPECT_EQ(world.cases["a"].referrals_size(), 0);
}

TEST(CaseMergedReferralsTest, EndWithEveryWayOutOfWaiting) {
  for (const char* verb :
       {"resume_case { case_id: 'b' }", "resolve_case { case_id: 'b' code: 'x' }",
        "cancel_case { case_id: 'b' reason: 'x' }",
        "pause_case { case_id: 'b' state: STATE_WAITING_ON_CUSTOMER }"}) {
    CaseWorld world = MakeReferredWorld();
    const int64_t end = world.seconds;
    world.Do(world.Make(verb));
    if (world.last.refused()) continue;  // Not every state can be left that way.
    ASSERT_EQ(world.cases["b"].referrals_size(), 1) << verb;
    EXPECT_EQ(world.cases["b"].referrals(0).return_time().seconds(), end) << verb;
  }
}

TEST(MergeOfAnotherCustomerTest, IsRefusedInOneDirection) {
  CaseWorld world;
  world.Open("a", "c1");
  world.Open("b", "c2");
  world.Open("n", "");
  EXPECT_EQ(world.Refused("merge_cases { case_id: 'a' merged_case_id: 'b' }"),
            "CASE_MERGE_CUSTOMER@merge_cases.merged_case_id");
  // A case of nobody goes into one of somebody, and not the other way.
  EXPECT_EQ(world.Refused("merge_cases { case_id: 'n' merged_case_id: 'a' }"),
            "CASE_MERGE_CUSTOMER@merge_cases.merged_case_id");
  EXPECT_EQ(world.Done("merge_cases { case_id: 'a' merged_case_id: 'n' }"),
            "case_merged@a case_merged_away@n");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
