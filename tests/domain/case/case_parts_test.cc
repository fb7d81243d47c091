#include "frontdesk/domain/case/case_parts.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/domain_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using v1::Case;

class CasePartsTest : public testing::Test {
 protected:
  void Add(const std::string& text) {
    Case made = FromText<Case>(text);
    cases_[made.case_id()] = made;
  }

  CaseLookup Lookup() {
    return [this](const std::string& case_id) {
      asked_.push_back(case_id);
      const auto found = cases_.find(case_id);
      return found == cases_.end() ? nullptr : &found->second;
    };
  }

  // "a/1 b/2": each part with the case that holds it.
  std::string Parts(const std::string& case_id) {
    const CaseParts collected = CollectCaseParts(cases_[case_id], Lookup());
    missing_ = collected.missing_case_ids;
    return absl::StrJoin(collected.parts, " ", [](std::string* out, const CasePart& each) {
      absl::StrAppend(out, each.source->case_id(), "/", each.part->part_id());
    });
  }

  // "10; 20-30 40-": the start, and the pauses while it waits.
  std::string Clock(const std::string& case_id) {
    constexpr Case::State kWaits[] = {Case::STATE_WAITING_ON_CUSTOMER,
                                      Case::STATE_WAITING_ON_THIRD_PARTY};
    const CaseClockBasis basis = ComputeCaseClockBasis(cases_[case_id], kWaits, Lookup());
    missing_ = basis.missing_case_ids;
    std::string text = basis.start_time ? absl::StrCat(basis.start_time->seconds(), ";") : "?;";
    for (const CasePause& pause : basis.pauses) {
      absl::StrAppend(&text, " ", pause.start_time.seconds(), "-");
      if (pause.end_time) absl::StrAppend(&text, pause.end_time->seconds());
    }
    return text;
  }

  std::map<std::string, Case> cases_;
  std::vector<std::string> asked_;
  std::vector<std::string> missing_;
};

TEST_F(CasePartsTest, ACaseAloneShowsItsOwn) {
  Add("case_id: 'a' parts { part_id: '1' time { seconds: 10 } } "
      "parts { part_id: '2' time { seconds: 10 } } parts { part_id: '3' time { seconds: 5 } }");
  EXPECT_EQ(Parts("a"), "a/3 a/1 a/2");
  EXPECT_THAT(missing_, IsEmpty());
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(CasePartsTest, MergedCasesAndThoseMergedIntoThemInOrderOfTime) {
  Add("case_id: 'a' parts { part_id: '1' time { seconds: 10 } } "
      "parts { part_id: '2' time { seconds: 40 } } "
      "merged_cases { case_id: 'b' } merged_cases { case_id: 'd' }");
  Add("case_id: 'b' parts { part_id: '1' time { seconds: 20 } } merged_cases { case_id: 'c' }");
  Add("case_id: 'c' parts { part_id: '1' time { seconds: 10 nanos: 1 } } ");
  Add("case_id: 'd' parts { part_id: '1' time { seconds: 40 } } ");
  EXPECT_EQ(Parts("a"), "a/1 c/1 b/1 a/2 d/1");
  EXPECT_THAT(missing_, IsEmpty());
  EXPECT_THAT(asked_, ElementsAre("b", "d", "c"));
  EXPECT_EQ(Parts("b"), "c/1 b/1");  // Also while it is merged.
}

TEST_F(CasePartsTest, SplitOffPartsAreSeenInTheNewCaseOnly) {
  Add("case_id: 'a' parts { part_id: '1' time { seconds: 10 } } "
      "parts { part_id: '2' time { seconds: 20 } } parts { part_id: '3' time { seconds: 30 } } "
      "split_offs { case_id: 'b' part_ids: '1' part_ids: '3' }");
  Add("case_id: 'b' part_refs { case_id: 'a' part_id: '1' } "
      "part_refs { case_id: 'a' part_id: '3' } parts { part_id: '1' time { seconds: 25 } }");
  EXPECT_EQ(Parts("a"), "a/2");
  EXPECT_EQ(Parts("b"), "a/1 b/1 a/3");
  // Seen once when the case that was split off is merged into the one it came from, and the other
  // way round.
  cases_["a"].add_merged_cases()->set_case_id("b");
  EXPECT_EQ(Parts("a"), "a/1 a/2 b/1 a/3");
  cases_["a"].clear_merged_cases();
  cases_["b"].add_merged_cases()->set_case_id("a");
  EXPECT_EQ(Parts("b"), "a/1 a/2 b/1 a/3");
}

TEST_F(CasePartsTest, ACorrectionFollowsThePartItCorrects) {
  Add("case_id: 'a' parts { part_id: '1' time { seconds: 10 } } "
      "parts { part_id: '2' time { seconds: 20 } } "
      "parts { part_id: '3' corrects_part_id: '1' time { seconds: 30 } } "
      "parts { part_id: '4' corrects_part_id: '3' time { seconds: 40 } } "
      "parts { part_id: '5' corrects_part_id: '2' time { seconds: 50 } } "
      "split_offs { case_id: 'b' part_ids: '1' }");
  Add("case_id: 'b' part_refs { case_id: 'a' part_id: '1' }");
  EXPECT_EQ(Parts("a"), "a/2 a/5");
  EXPECT_EQ(Parts("b"), "a/1 a/3 a/4");
}

TEST_F(CasePartsTest, MissingCasesAreReportedAndCirclesEnd) {
  Add("case_id: 'a' parts { part_id: '1' } merged_cases { case_id: 'b' } "
      "part_refs { case_id: 'gone' part_id: '1' } part_refs { case_id: 'gone' part_id: '2' }");
  Add("case_id: 'b' parts { part_id: '1' } merged_cases { case_id: 'a' } "
      "merged_cases { case_id: 'b' } merged_cases { case_id: 'lost' }");
  EXPECT_EQ(Parts("a"), "a/1 b/1");
  EXPECT_THAT(missing_, ElementsAre("lost", "gone"));
  EXPECT_EQ(Clock("a"), "?;");
  EXPECT_THAT(missing_, ElementsAre("lost"));
}

TEST_F(CasePartsTest, ClocksCountFromTheEarliestStartWithTheUnionOfThePauses) {
  Add("case_id: 'a' open_time { seconds: 50 } merged_cases { case_id: 'b' } "
      "state_spans { state: STATE_NEW start_time { seconds: 50 } } "
      "state_spans { state: STATE_WAITING_ON_CUSTOMER start_time { seconds: 60 } } "
      "state_spans { state: STATE_OPEN start_time { seconds: 70 } } "
      "state_spans { state: STATE_WAITING_ON_CUSTOMER start_time { seconds: 80 } } "
      "state_spans { state: STATE_WAITING_ON_THIRD_PARTY start_time { seconds: 90 } }");
  EXPECT_EQ(Clock("a"), "50; 60-70 80-");
  EXPECT_THAT(missing_, ElementsAre("b"));
  Add("case_id: 'b' open_time { seconds: 10 } merged_cases { case_id: 'c' } "
      "state_spans { state: STATE_NEW start_time { seconds: 10 } } "
      "state_spans { state: STATE_WAITING_ON_CUSTOMER start_time { seconds: 20 } } "
      "state_spans { state: STATE_OPEN start_time { seconds: 30 } } "
      "state_spans { state: STATE_WAITING_ON_THIRD_PARTY start_time { seconds: 55 } } "
      "state_spans { state: STATE_MERGED start_time { seconds: 65 } }");
  // Imported without a time of opening; one pause of no length, one that touches another.
  Add("case_id: 'c' state_spans { state: STATE_OPEN start_time { seconds: 5 } } "
      "state_spans { state: STATE_WAITING_ON_CUSTOMER start_time { seconds: 8 } } "
      "state_spans { state: STATE_OPEN start_time { seconds: 8 } } "
      "state_spans { state: STATE_WAITING_ON_CUSTOMER start_time { seconds: 70 } } "
      "state_spans { state: STATE_MERGED start_time { seconds: 75 } }");
  EXPECT_EQ(Clock("a"), "5; 20-30 55-75 80-");
  EXPECT_THAT(missing_, IsEmpty());
  EXPECT_EQ(Clock("b"), "5; 20-30 55-65 70-75");
  const Case::State merged[] = {Case::STATE_MERGED};
  const CaseClockBasis basis = ComputeCaseClockBasis(cases_["b"], merged, Lookup());
  ASSERT_EQ(basis.pauses.size(), 1u);
  EXPECT_FALSE(basis.pauses[0].end_time.has_value());
}

// A late entry counts from the instant that it names, though not from before the state that it follows.
TEST_F(CasePartsTest, ClocksCountFromTheInstantsThatLateEntriesName) {
  Add("case_id: 'a' open_time { seconds: 50 } "
      "state_spans { state: STATE_NEW start_time { seconds: 50 } occur_time { seconds: 40 } } "
      "state_spans { state: STATE_WAITING_ON_CUSTOMER start_time { seconds: 80 } "
      "occur_time { seconds: 60 } } "
      "state_spans { state: STATE_OPEN start_time { seconds: 90 } occur_time { seconds: 65 } } "
      "state_spans { state: STATE_WAITING_ON_CUSTOMER start_time { seconds: 95 } "
      "occur_time { seconds: 30 } } "
      "state_spans { state: STATE_OPEN start_time { seconds: 100 } }");
  EXPECT_EQ(Clock("a"), "40; 60-100");
  cases_["a"].mutable_state_spans(3)->clear_occur_time();
  EXPECT_EQ(Clock("a"), "40; 60-65 95-100");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
