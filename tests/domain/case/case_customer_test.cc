// The customer and the subject of a case.
#include <string>
#include <vector>

#include "domain/case/case_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using v1::Case;

TEST(SetCaseCustomerTest, OfACaseThatWasNobodys) {
  Case current_case = After({Open()});
  current_case.clear_customer_id();
  const Decided decided = Decide(SetCustomer("c1"), current_case);
  ASSERT_EQ(decided.events.size(), 1u);
  const v1::CaseCustomerSet& fact = decided.events[0].case_().case_customer_set();
  EXPECT_EQ(fact.customer_id(), "c1");
  EXPECT_EQ(fact.before_customer_id(), "");
  ASSERT_THAT(Do(SetCustomer("c1"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.customer_id(), "c1");
}

TEST(SetCaseCustomerTest, InPlaceOfAnother) {
  Case current_case = Made(Case::STATE_CLOSED);
  current_case.set_customer_id("c1");
  EXPECT_TRUE(ChangesNothing(SetCustomer("c1"), current_case));
  const Decided decided = Decide(SetCustomer("c2"), current_case);
  ASSERT_EQ(decided.events.size(), 1u);
  EXPECT_EQ(decided.events[0].case_().case_customer_set().before_customer_id(), "c1");
  ASSERT_THAT(Do(SetCustomer("c2"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.customer_id(), "c2");
}

// A case holds no parts of two customers: those of merged cases stay with the customer that they had.
TEST(SetCaseCustomerTest, NotWhileCasesOfTheCustomerAreMergedIntoIt) {
  Case current_case = Made(Case::STATE_OPEN);
  current_case.set_customer_id("c1");
  current_case.set_merged_case_count(1);
  EXPECT_THAT(Do(SetCustomer("c2"), &current_case), ElementsAre("CASE_SET_CUSTOMER_MERGED_CASES"));
  EXPECT_TRUE(ChangesNothing(SetCustomer("c1"), current_case));
  // Cases that were merged into a case of nobody are nobody's.
  current_case.clear_customer_id();
  EXPECT_THAT(Do(SetCustomer("c2"), &current_case), IsEmpty());
}

// A case that was split off, and is another customer's by now, is not put back.
TEST(SetCaseCustomerTest, ACaseOfAnotherIsNotUnsplit) {
  Case original = Made(Case::STATE_OPEN);
  original.set_customer_id("c1");
  original.add_split_offs()->set_case_id("case-2");
  Case split = Made(Case::STATE_OPEN);
  split.set_case_id("case-2");
  split.set_customer_id("c1");
  v1::Command unsplit = At(500);
  unsplit.mutable_case_()->mutable_unsplit_case()->set_case_id(kId);
  unsplit.mutable_case_()->mutable_unsplit_case()->set_split_case_id("case-2");
  EXPECT_THAT(Reasons(Decide(unsplit, original, {}, split).refusals), IsEmpty());
  split.set_customer_id("c2");
  EXPECT_THAT(Reasons(Decide(unsplit, original, {}, split).refusals),
              ElementsAre("CASE_UNSPLIT_CUSTOMER"));
}

TEST(SetCaseCustomerTest, ArgumentsAndEvents) {
  EXPECT_THAT(Places(CheckCaseArguments(SetCustomer("").case_())),
              ElementsAre("ARGUMENT_REQUIRED at set_case_customer.customer_id"));
  // An event that names nobody changes nothing.
  Case current_case = Made(Case::STATE_OPEN);
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  event.mutable_entity()->set_id(kId);
  event.mutable_case_()->mutable_case_customer_set();
  current_case.set_customer_id("c1");
  EXPECT_TRUE(EvolveCase(event, &current_case).ok());
  EXPECT_EQ(current_case.customer_id(), "c1");
}

TEST(ChangeCaseSubjectTest, TheSubjectIsReplaced) {
  Case current_case = Made(Case::STATE_RESOLVED);
  const std::string before = current_case.subject();
  ASSERT_FALSE(before.empty());
  EXPECT_TRUE(ChangesNothing(ChangeSubject(before), current_case));
  ASSERT_THAT(Do(ChangeSubject("two lamps flicker"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.subject(), "two lamps flicker");
  EXPECT_THAT(Places(CheckCaseArguments(ChangeSubject("").case_())),
              ElementsAre("ARGUMENT_REQUIRED at change_case_subject.subject"));
}

// Repeating a split does nothing, also when the new case is about something else by now.
TEST(ChangeCaseSubjectTest, ASplitMayStillBeRepeated) {
  Case original = Made(Case::STATE_OPEN);
  original.add_parts()->set_part_id("p1");
  original.add_split_offs()->set_case_id("case-2");
  original.mutable_split_offs(0)->add_part_ids("p1");
  Case split = Made(Case::STATE_OPEN);
  split.set_case_id("case-2");
  split.set_subject("about something else");
  split.add_case_links()->set_kind(v1::CaseLink::KIND_SPLIT_FROM);
  split.mutable_case_links(0)->set_case_id(kId);
  v1::Command again = At(500);
  v1::SplitCase& verb = *again.mutable_case_()->mutable_split_case();
  verb.set_case_id(kId);
  verb.set_new_case_id("case-2");
  verb.set_subject("a lamp");
  verb.add_part_ids("p1");
  const Decided decided = Decide(again, original, {}, split);
  EXPECT_THAT(Reasons(decided.refusals), IsEmpty());
  EXPECT_THAT(decided.events, IsEmpty());
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
