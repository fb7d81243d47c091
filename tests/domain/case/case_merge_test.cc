// Merging cases, splitting them, and undoing both.
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/case/case_world.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::Case;

std::string Merge(const std::string& into, const std::string& merged) {
  return absl::StrCat("merge_cases { case_id: '", into, "' merged_case_id: '", merged, "' }");
}

std::string Unmerge(const std::string& from, const std::string& merged) {
  return absl::StrCat("unmerge_cases { case_id: '", from, "' merged_case_id: '", merged, "' }");
}

std::string Split(const std::string& from, const std::string& to, const std::string& part_ids) {
  return absl::StrCat("split_case { case_id: '", from, "' new_case_id: '", to, "' subject: 'about ",
                      to, "' ", part_ids, " }");
}

std::string Unsplit(const std::string& from, const std::string& split) {
  return absl::StrCat("unsplit_case { case_id: '", from, "' split_case_id: '", split, "' }");
}

TEST(CaseMergeTest, NothingMovesAndItIsUndone) {
  CaseWorld world;
  world.Open("a");
  world.Open("b");
  world.AddPart("b", "1", "visibility: VISIBILITY_PUBLIC");
  world.AddPart("a", "1");
  world.AddPart("b", "2");
  world.Done("pause_case { case_id: 'b' state: STATE_WAITING_ON_CUSTOMER state_name: 'asked' }");
  const Case a = world.cases["a"];
  const Case b = world.cases["b"];
  EXPECT_EQ(world.Done(Merge("a", "b")), "case_merged@a case_merged_away@b");
  EXPECT_EQ(world.cases["b"].state(), Case::STATE_MERGED);
  EXPECT_EQ(world.cases["b"].state_name(), "");
  EXPECT_EQ(world.cases["b"].survivor_case_id(), "a");
  ASSERT_EQ(world.cases["a"].merged_cases_size(), 1);
  EXPECT_EQ(world.cases["a"].merged_cases(0).merge_time().seconds(), 1060);
  EXPECT_EQ(world.Parts("a"), "b/1 a/1 b/2");
  EXPECT_EQ(world.Parts("b"), "b/1 b/2");
  EXPECT_EQ(world.cases["b"].parts_size(), 2);

  EXPECT_EQ(world.Done(Unmerge("a", "b")), "case_unmerged@a case_restored@b");
  // Clocks begin anew after a merge, from the instants of both.
  const auto without_times = [](Case one) {
    one.clear_service_times();
    return one;
  };
  EXPECT_TRUE(MessageDifferencer::Equals(without_times(world.cases["a"]), without_times(a)));
  EXPECT_EQ(world.Spans("b"),
            "NEW@1010 WAITING_ON_CUSTOMER/asked@1050 MERGED@1060 WAITING_ON_CUSTOMER/asked@1070");
  Case restored = world.cases["b"];
  restored.mutable_state_spans()->DeleteSubrange(2, 2);
  EXPECT_TRUE(MessageDifferencer::Equals(without_times(Counted(restored)), without_times(b)));
}

// The maker keeps the lamp while the case is merged: the referral is open before, meanwhile and after.
TEST(CaseMergeTest, OpenReferralsStayOpen) {
  CaseWorld world;
  world.Open("a");
  world.Open("b");
  world.Done("refer_case { case_id: 'b' referral_id: 'r1' party: 'the maker' }");
  ASSERT_EQ(world.cases["b"].state(), Case::STATE_WAITING_ON_THIRD_PARTY);
  world.Done(Merge("a", "b"));
  ASSERT_EQ(world.cases["b"].referrals_size(), 1);
  EXPECT_FALSE(world.cases["b"].referrals(0).has_return_time());
  world.Done(Unmerge("a", "b"));
  ASSERT_EQ(world.cases["b"].state(), Case::STATE_WAITING_ON_THIRD_PARTY);
  EXPECT_FALSE(world.cases["b"].referrals(0).has_return_time());
  const int64_t resumed = world.seconds;
  world.Done("resume_case { case_id: 'b' }");
  EXPECT_EQ(world.cases["b"].referrals(0).return_time().seconds(), resumed);
}

TEST(CaseMergeTest, ARepeatedMergeHasNoEvents) {
  CaseWorld world;
  world.Open("a");
  world.Open("b");
  world.Done(Merge("a", "b"));
  EXPECT_EQ(world.Done(Merge("a", "b")), "");
  EXPECT_EQ(world.cases["a"].merged_cases_size(), 1);
  world.Done(Unmerge("a", "b"));
  EXPECT_EQ(world.Refused(Unmerge("a", "b")),
            "CASE_UNMERGE_NOT_MERGED@unmerge_cases.merged_case_id");
  EXPECT_EQ(world.Done(Merge("a", "b")), "case_merged@a case_merged_away@b");
}

TEST(CaseMergeTest, InvalidMergesAreRefused) {
  CaseWorld world;
  for (const char* case_id : {"a", "b", "c"}) world.Open(case_id);
  world.Open("of another", "c2");
  world.Open("of nobody", "");
  const std::string at = "@merge_cases.merged_case_id";
  EXPECT_EQ(world.Refused(Merge("a", "a")), "CASE_MERGE_ITSELF" + at);
  EXPECT_EQ(world.Refused(Merge("a", "nowhere")), "CASE_NOT_FOUND" + at);
  EXPECT_EQ(world.Refused(Unmerge("a", "nowhere")), "CASE_NOT_FOUND@unmerge_cases.merged_case_id");
  EXPECT_EQ(world.Refused(Merge("a", "of another")), "CASE_MERGE_CUSTOMER" + at);
  EXPECT_EQ(world.Refused(Merge("of nobody", "a")), "CASE_MERGE_CUSTOMER" + at);
  world.Done(Merge("a", "b"));
  EXPECT_EQ(world.Refused(Merge("c", "b")), "CASE_MERGE_CASE_MERGED" + at);
  EXPECT_EQ(world.Detail("survivor_case_id"), "a");
  EXPECT_EQ(world.Refused(Merge("of another", "b")),
            "CASE_MERGE_CASE_MERGED" + at + " CASE_MERGE_CUSTOMER" + at);
  EXPECT_EQ(world.Refused(Unmerge("c", "b")),
            "CASE_UNMERGE_NOT_MERGED@unmerge_cases.merged_case_id");
  EXPECT_EQ(world.Detail("survivor_case_id"), "a");
  // No circle: a survivor is not merged into the case that it replaces.
  EXPECT_EQ(world.Refused(Merge("b", "a")), "CASE_MERGE_STATE");
  EXPECT_EQ(world.Done(Merge("a", "of nobody")), "case_merged@a case_merged_away@of nobody");
  world.seconds = 900;
  EXPECT_EQ(world.Refused(Merge("a", "c")), "CASE_MERGE_TIME" + at);
  EXPECT_EQ(world.Refused(Unmerge("a", "b")), "CASE_UNMERGE_TIME@unmerge_cases.merged_case_id");
}

// Else a case of nobody would show what two customers said to whoever it is merged into next.
TEST(CaseMergeTest, NobodySeesWhatAnotherCustomerWrote) {
  CaseWorld world;
  world.Open("ann-1", "ann");
  world.Open("nobody-1", "");
  world.Open("nobody-2", "");
  world.Open("bob-1", "bob");
  world.Done(Merge("nobody-1", "nobody-2"));
  world.Done(Merge("ann-1", "nobody-1"));
  EXPECT_EQ(world.Refused(Merge("bob-1", "ann-1")),
            "CASE_MERGE_CUSTOMER@merge_cases.merged_case_id");
  EXPECT_EQ(world.Refused(Merge("bob-1", "nobody-1")),
            "CASE_MERGE_CASE_MERGED@merge_cases.merged_case_id");
}

TEST(CaseMergeTest, AChainIsSeenAsOneAndComesApartFromTheOutside) {
  CaseWorld world;
  for (const char* case_id : {"a", "b", "c"}) {
    world.Open(case_id);
    world.AddPart(case_id, "1");
  }
  world.Done(Merge("b", "c"));
  world.Done(Merge("a", "b"));
  EXPECT_EQ(world.Parts("a"), "a/1 b/1 c/1");
  // While b is merged itself, no case is unmerged from it; c is not merged into a.
  EXPECT_EQ(world.Refused(Unmerge("b", "c")), "CASE_UNMERGE_STATE");
  EXPECT_EQ(world.Detail("survivor_case_id"), "a");
  EXPECT_EQ(world.Refused(Unmerge("a", "c")),
            "CASE_UNMERGE_NOT_MERGED@unmerge_cases.merged_case_id");
  world.Done(Unmerge("a", "b"));
  EXPECT_EQ(world.Parts("a"), "a/1");
  EXPECT_EQ(world.Parts("b"), "b/1 c/1");
  world.Done(Unmerge("b", "c"));
  EXPECT_EQ(world.Parts("b"), "b/1");
  EXPECT_EQ(world.cases["c"].state(), Case::STATE_NEW);
}

TEST(CaseMergeTest, SeveralComeOutInAnyOrder) {
  CaseWorld world;
  for (const char* case_id : {"a", "b", "c", "d"}) world.Open(case_id);
  for (const char* case_id : {"b", "c", "d"}) world.Done(Merge("a", case_id));
  world.Done(Unmerge("a", "c"));
  ASSERT_EQ(world.cases["a"].merged_cases_size(), 2);
  EXPECT_EQ(world.cases["a"].merged_cases(0).case_id(), "b");
  EXPECT_EQ(world.cases["a"].merged_cases(1).case_id(), "d");
  world.Done(Unmerge("a", "b"));
  world.Done(Unmerge("a", "d"));
}

TEST(CaseMergeTest, AClosedCaseComesBackAsItWasClosed) {
  CaseWorld world;
  world.Open("a");
  world.Open("b");
  world.Done("resolve_case { case_id: 'b' code: 'x' }");
  world.Done("close_case { case_id: 'b' }");
  EXPECT_EQ(world.cases["b"].close_time().seconds(), 1030);
  world.Done(Merge("a", "b"));
  EXPECT_EQ(world.cases["b"].close_time().seconds(), 1030);
  // Unmerged also when the survivor is canceled.
  world.Done("cancel_case { case_id: 'a' reason: 'x' }");
  EXPECT_EQ(world.Refused(Merge("a", "b")), "CASE_MERGE_STATE");
  world.Done(Unmerge("a", "b"));
  EXPECT_EQ(world.cases["b"].state(), Case::STATE_CLOSED);
  EXPECT_EQ(world.cases["b"].close_time().seconds(), 1030);
  EXPECT_EQ(world.cases["a"].state(), Case::STATE_CANCELED);
}

TEST(CaseMergeTest, ClocksCountFromTheEarliestStartAndPauseWithEither) {
  CaseWorld world;
  world.Open("b");                                                             // 1000
  world.Done("pause_case { case_id: 'b' state: STATE_WAITING_ON_CUSTOMER }");  // 1010
  world.Open("a");                                                             // 1020
  world.Done("pause_case { case_id: 'a' state: STATE_WAITING_ON_CUSTOMER }");  // 1030
  world.Done("resume_case { case_id: 'b' }");                                  // 1040
  world.Done("resume_case { case_id: 'a' }");                                  // 1050
  world.Done(Merge("a", "b"));                                                 // 1060
  const Case::State waits[] = {Case::STATE_WAITING_ON_CUSTOMER};
  const CaseClockBasis basis = ComputeCaseClockBasis(world.cases["a"], waits, world.lookup());
  EXPECT_EQ(basis.start_time->seconds(), 1000);
  ASSERT_EQ(basis.pauses.size(), 1u);
  EXPECT_EQ(basis.pauses[0].start_time.seconds(), 1010);
  EXPECT_EQ(basis.pauses[0].end_time->seconds(), 1050);
}

class CaseSplitTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.Open("a");
    world_.Done("assign_case { case_id: 'a' assignee_id: 'ann' queue_id: 'second' }");
    world_.AddPart("a", "1", "visibility: VISIBILITY_PUBLIC");
    world_.AddPart("a", "2");
    world_.AddPart("a", "3", "corrects_part_id: '2'");
    world_.AddPart("a", "4", "visibility: VISIBILITY_PUBLIC");
  }

  CaseWorld world_;
};

TEST_F(CaseSplitTest, ThePartsAreSeenInTheNewCaseOnly) {
  const Case before = world_.cases["a"];
  EXPECT_EQ(world_.Done(Split("a", "b", "part_ids: '1' part_ids: '4'")),
            "case_opened@b case_split@a");
  const Case& b = world_.cases["b"];
  EXPECT_EQ(b.state(), Case::STATE_NEW);
  EXPECT_EQ(b.kind(), Case::KIND_TROUBLE);
  EXPECT_EQ(b.subject(), "about b");
  EXPECT_EQ(b.customer_id(), "c1");
  EXPECT_EQ(b.queue_id(), "second");
  EXPECT_EQ(b.assignee_id(), "");
  EXPECT_EQ(world_.Links("b"), "SPLIT_FROM:a");
  EXPECT_EQ(world_.Links("a"), "SPLIT_INTO:b");
  EXPECT_EQ(world_.Parts("a"), "a/2 a/3");
  EXPECT_EQ(world_.Parts("b"), "a/1 a/4");
  // Who may see them is as it was: the parts themselves have not changed.
  ASSERT_EQ(world_.cases["a"].parts_size(), before.parts_size());
  for (int i = 0; i < before.parts_size(); ++i) {
    EXPECT_TRUE(MessageDifferencer::Equals(world_.cases["a"].parts(i), before.parts(i)));
  }
  for (const CasePart& each : CollectCaseParts(b, world_.lookup()).parts) {
    EXPECT_TRUE(IsPublic(*each.part));
  }
  world_.Done(
      "split_case { case_id: 'a' new_case_id: 'c' kind: KIND_BILLING subject: 's' part_ids: '2' }");
  EXPECT_EQ(world_.cases["c"].kind(), Case::KIND_BILLING);
  EXPECT_EQ(world_.Parts("c"), "a/2 a/3");
  EXPECT_EQ(world_.Parts("a"), "");
}

TEST_F(CaseSplitTest, ALaterCorrectionFollowsThePartItCorrects) {
  world_.Done(Split("a", "b", "part_ids: '1'"));
  world_.AddPart("a", "5", "corrects_part_id: '1' visibility: VISIBILITY_PUBLIC");
  EXPECT_EQ(world_.Parts("b"), "a/1 a/5");
  EXPECT_EQ(world_.Parts("a"), "a/2 a/3 a/4");
  EXPECT_EQ(world_.Refused(Split("a", "c", "part_ids: '5'")),
            "CASE_SPLIT_PART_GONE@split_case.part_ids[0]");
  EXPECT_EQ(world_.Detail("split_case_id"), "b");
}

TEST_F(CaseSplitTest, ARepeatedSplitHasNoEvents) {
  world_.Done(Split("a", "b", "part_ids: '1' part_ids: '4'"));
  EXPECT_EQ(world_.Done(Split("a", "b", "part_ids: '4' part_ids: '1'")), "");
  EXPECT_EQ(world_.Refused(Split("a", "b", "part_ids: '2' part_ids: '3'")),
            "CASE_EXISTS@split_case.new_case_id");
}

TEST_F(CaseSplitTest, InvalidSplitsAreRefused) {
  world_.Open("x");
  EXPECT_EQ(world_.Refused(Split("a", "x", "part_ids: '1'")), "CASE_EXISTS@split_case.new_case_id");
  EXPECT_EQ(world_.Refused(Split("a", "a", "part_ids: '1'")), "CASE_EXISTS@split_case.new_case_id");
  world_.Done(Split("a", "b", "part_ids: '1'"));
  EXPECT_EQ(world_.Refused(Split("a", "c", "part_ids: '9' part_ids: '1' part_ids: '3'")),
            "CASE_SPLIT_PART_UNKNOWN@split_case.part_ids[0] "
            "CASE_SPLIT_PART_GONE@split_case.part_ids[1] "
            "CASE_SPLIT_CORRECTION@split_case.part_ids[2]");
  // A part that came with a split is in the original, and is not split off again here.
  EXPECT_EQ(world_.Refused(Split("b", "c", "part_ids: '1'")),
            "CASE_SPLIT_PART_UNKNOWN@split_case.part_ids[0]");
}

TEST_F(CaseSplitTest, AfterAnUnsplitTheOriginalShowsItsPartsAndNewOnes) {
  const Case before = world_.cases["a"];
  const std::string parts = world_.Parts("a");
  world_.Done(Split("a", "b", "part_ids: '1' part_ids: '4'"));
  EXPECT_EQ(world_.Done(Unsplit("a", "b")),
            "case_unsplit@a case_unlinked@b case_merged@a case_merged_away@b");
  EXPECT_EQ(world_.Parts("a"), parts);
  Case after = world_.cases["a"];
  after.clear_merged_cases();
  after.clear_merged_case_count();
  EXPECT_TRUE(MessageDifferencer::Equals(after, before));
  EXPECT_EQ(world_.cases["b"].state(), Case::STATE_MERGED);
  EXPECT_EQ(world_.cases["b"].survivor_case_id(), "a");
  EXPECT_EQ(world_.Links("b"), "");
  EXPECT_EQ(world_.Refused(Unsplit("a", "b")), "CASE_UNSPLIT_NOT_SPLIT@unsplit_case.split_case_id");

  world_.Done(Split("a", "c", "part_ids: '1'"));
  world_.AddPart("c", "new");
  world_.Done(Unsplit("a", "c"));
  EXPECT_EQ(world_.Parts("a"), parts + " c/new");
  // Unmerged, it holds the parts that were added to it; the others stay in the original.
  world_.Done(Unmerge("a", "c"));
  EXPECT_EQ(world_.Parts("c"), "c/new");
  EXPECT_EQ(world_.Parts("a"), parts);
}

TEST_F(CaseSplitTest, InvalidUnsplitsAreRefused) {
  world_.Open("x");
  EXPECT_EQ(world_.Refused(Unsplit("a", "nowhere")), "CASE_NOT_FOUND@unsplit_case.split_case_id");
  EXPECT_EQ(world_.Refused(Unsplit("a", "x")), "CASE_UNSPLIT_NOT_SPLIT@unsplit_case.split_case_id");
  world_.Done(Split("a", "b", "part_ids: '1'"));
  EXPECT_EQ(world_.Refused(Unsplit("b", "a")), "CASE_UNSPLIT_NOT_SPLIT@unsplit_case.split_case_id");
  world_.Done(Merge("x", "b"));
  EXPECT_EQ(world_.Refused(Unsplit("a", "b")),
            "CASE_UNSPLIT_CASE_MERGED@unsplit_case.split_case_id");
  EXPECT_EQ(world_.Detail("survivor_case_id"), "x");
  world_.Done(Unmerge("x", "b"));
  world_.seconds = 1000;
  EXPECT_EQ(world_.Refused(Unsplit("a", "b")), "CASE_UNSPLIT_TIME@unsplit_case.split_case_id");
}

TEST_F(CaseSplitTest, ASplitCaseMergedBackWithoutUndoingShowsEverythingOnce) {
  world_.Done(Split("a", "b", "part_ids: '1'"));
  world_.Done(Merge("a", "b"));
  EXPECT_EQ(world_.Parts("a"), "a/1 a/2 a/3 a/4");
  world_.Done(Unmerge("a", "b"));
  world_.Done(Merge("b", "a"));
  EXPECT_EQ(world_.Parts("b"), "a/1 a/2 a/3 a/4");
}

TEST(CaseMergeTest, TheMergedCasesAreCounted) {
  CaseWorld world;
  world.Open("a");
  for (const char* id : {"b", "c", "d"}) {
    world.Open(id);
    world.Done(Merge("a", id));
  }
  EXPECT_EQ(world.cases["a"].merged_case_count(), 3);
  world.Done(Merge("a", "c"));  // It is merged already.
  EXPECT_EQ(world.cases["a"].merged_case_count(), 3);
  world.Done(Unmerge("a", "c"));
  EXPECT_EQ(world.cases["a"].merged_case_count(), 2);
  world.Done(Merge("a", "c"));
  EXPECT_EQ(world.cases["a"].merged_case_count(), 3);
  EXPECT_EQ(world.cases["a"].merged_cases(2).case_id(), "c");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
