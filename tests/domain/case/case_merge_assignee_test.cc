// Who has the survivor after a merge, and after the merge is undone.
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/case/case_world.h"
#include "frontdesk/domain/case/case.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::Case;

class CaseMergeAssigneeTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* case_id : {"a", "b"}) world_.Open(case_id);
  }

  void Assign(const std::string& case_id, const std::string& assignee_id) {
    world_.Done(absl::StrCat("assign_case { case_id: '", case_id, "' assignee_id: '", assignee_id,
                             "' keeps_state: true }"));
  }

  const v1::CaseMerged& Merge() {
    EXPECT_EQ(world_.Done("merge_cases { case_id: 'a' merged_case_id: 'b' }"),
              "case_merged@a case_merged_away@b");
    return world_.last.events.at(0).case_().case_merged();
  }

  CaseWorld world_;
};

TEST_F(CaseMergeAssigneeTest, ASurvivorOfNobodyTakesOverTheOther) {
  Assign("b", "ben");
  const v1::CaseMerged fact = Merge();
  EXPECT_EQ(fact.assignee_id(), "ben");
  EXPECT_FALSE(fact.is_unassigned());
  EXPECT_EQ(world_.cases["a"].assignee_id(), "ben");
  // It has an assignee now, and nothing else changed: work has not begun.
  EXPECT_EQ(world_.cases["a"].state(), Case::STATE_NEW);
  EXPECT_EQ(world_.cases["a"].queue_id(), "first");
  EXPECT_EQ(world_.cases["a"].reassignment_count(), 0);
  EXPECT_EQ(world_.cases["b"].assignee_id(), "ben");
}

TEST_F(CaseMergeAssigneeTest, ASurvivorKeepsItsOwn) {
  Assign("a", "ann");
  Assign("b", "ben");
  const v1::CaseMerged fact = Merge();
  EXPECT_EQ(fact.assignee_id(), "");
  EXPECT_FALSE(fact.is_unassigned());
  EXPECT_EQ(world_.cases["a"].assignee_id(), "ann");
}

TEST_F(CaseMergeAssigneeTest, NobodyHasItWhenNobodyHadEither) {
  const v1::CaseMerged fact = Merge();
  EXPECT_EQ(fact.assignee_id(), "");
  EXPECT_TRUE(fact.is_unassigned());
  EXPECT_EQ(world_.cases["a"].assignee_id(), "");
  // Repeating it has no event, so it gives the case to nobody a second time.
  EXPECT_EQ(world_.Done("merge_cases { case_id: 'a' merged_case_id: 'b' }"), "");
}

TEST_F(CaseMergeAssigneeTest, TheStateOfTheSurvivorStays) {
  Assign("b", "ben");
  world_.Done("resolve_case { case_id: 'a' code: 'x' }");
  Merge();
  EXPECT_EQ(world_.cases["a"].state(), Case::STATE_RESOLVED);
  EXPECT_EQ(world_.cases["a"].assignee_id(), "ben");
}

// The queue of the survivor does not change, so neither does its place in the chain; and the merge withdraws no offer.
TEST_F(CaseMergeAssigneeTest, EscalationAndOfferOfTheSurvivorStay) {
  Assign("b", "ben");
  Case& a = world_.cases["a"];
  a.mutable_escalation()->set_chain("lamps");
  a.mutable_escalation()->set_queue_id("first");
  world_.Done("transfer_case { case_id: 'a' kind: KIND_WARM assignee_id: 'carl' }");
  Merge();
  EXPECT_EQ(a.assignee_id(), "ben");
  EXPECT_EQ(a.escalation().chain(), "lamps");
  EXPECT_EQ(a.transfer_offer().assignee_id(), "carl");
}

TEST_F(CaseMergeAssigneeTest, UnmergeLeavesTheAssigneeWithBoth) {
  Assign("b", "ben");
  Merge();
  world_.Done("unmerge_cases { case_id: 'a' merged_case_id: 'b' }");
  EXPECT_EQ(world_.cases["a"].assignee_id(), "ben");
  EXPECT_EQ(world_.cases["b"].assignee_id(), "ben");
  EXPECT_EQ(world_.cases["b"].state(), Case::STATE_NEW);
}

// Undoing a split merges, too.
TEST_F(CaseMergeAssigneeTest, UnsplitGivesTheOriginalTheAssigneeOfTheSplitCase) {
  world_.AddPart("a", "1");
  world_.Done("split_case { case_id: 'a' new_case_id: 's' subject: 'more' part_ids: '1' }");
  Assign("s", "sue");
  world_.Done("unsplit_case { case_id: 'a' split_case_id: 's' }");
  EXPECT_EQ(world_.last.events.at(2).case_().case_merged().assignee_id(), "sue");
  EXPECT_EQ(world_.cases["a"].assignee_id(), "sue");
}

// An event of a log from before the fields were there.
TEST_F(CaseMergeAssigneeTest, AnOlderEventChangesNoAssignee) {
  Assign("a", "ann");
  Case a = world_.cases["a"];
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  event.mutable_entity()->set_id("a");
  event.mutable_case_()->mutable_case_merged()->mutable_merge()->set_case_id("b");
  ASSERT_TRUE(EvolveCase(event, &a).ok());
  EXPECT_EQ(a.assignee_id(), "ann");
  EXPECT_EQ(a.merged_case_count(), 1);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
