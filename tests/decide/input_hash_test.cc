#include "decide/input_hash.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "internal/canonical.h"
#include "internal/sha256.h"
#include "internal/short_hash.h"

namespace frontdesk {
namespace internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::DecisionInput OrderInput() {
  v1::DecisionInput input;
  v1::OrderDecisionInput& arm = *input.mutable_order();
  arm.mutable_actor()->set_actor_id("anna");
  arm.mutable_now()->set_seconds(100);
  arm.mutable_order()->set_order_id("o1");
  for (const char* id : {"a1", "a2"}) arm.add_accounts()->set_account_id(id);
  arm.mutable_assessment()->mutable_refund_amount()->set_units(7);
  arm.mutable_assessment()->mutable_held_amount()->set_units(9);
  return input;
}

// The record of a decision on `input`.
v1::JournalRecord RecordOf(v1::DecisionInput input) {
  v1::JournalRecord record;
  *record.mutable_input_hash() = HashInput(input);
  TakeAssessment(&input, &record);
  return record;
}

TEST(InputHashTest, TheWholeAndEachFieldAreHashed) {
  const v1::DecisionInput input = OrderInput();
  const v1::InputHash hash = HashInput(input);
  EXPECT_EQ(hash.sha256(), Sha256(CanonicalBytes(input)));
  EXPECT_THAT(hash.field_numbers(), ElementsAre(2, 3, 20, 21, 23));
  ASSERT_EQ(hash.field_hashes_size(), 5);
  // Each is that of an input with this field only, the elements of a list together.
  for (int i = 0; i < hash.field_numbers_size(); ++i) {
    v1::OrderDecisionInput one;
    const auto* field = one.GetDescriptor()->FindFieldByNumber(hash.field_numbers(i));
    v1::OrderDecisionInput whole = input.order();
    one.GetReflection()->SwapFields(&one, &whole, {field});
    EXPECT_EQ(hash.field_hashes(i), ShortHash(CanonicalBytes(one))) << field->name();
  }
  EXPECT_THAT(HashInput({}).field_numbers(), IsEmpty());
}

TEST(InputHashTest, TheRecordKeepsTheAssessmentAlone) {
  v1::DecisionInput input = OrderInput();
  v1::JournalRecord record;
  TakeAssessment(&input, &record);
  EXPECT_FALSE(input.order().has_assessment());
  EXPECT_EQ(record.assessed().order().assessment().held_amount().units(), 9);
  EXPECT_FALSE(record.assessed().order().has_order());
  // Customers have none.
  v1::DecisionInput customer;
  customer.mutable_customer()->mutable_actor()->set_actor_id("anna");
  v1::JournalRecord without;
  TakeAssessment(&customer, &without);
  EXPECT_FALSE(without.has_assessed());
}

TEST(InputHashTest, TheSameInputHasNoChangedFields) {
  EXPECT_THAT(ChangedFields(RecordOf(OrderInput()), OrderInput()), IsEmpty());
}

TEST(InputHashTest, EachChangedFieldIsNamed) {
  v1::DecisionInput changed = OrderInput();
  changed.mutable_order()->mutable_order()->set_order_number("7");
  changed.mutable_order()->clear_accounts();
  changed.mutable_order()->set_note("why");
  EXPECT_THAT(ChangedFields(RecordOf(OrderInput()), changed),
              ElementsAre("order.note", "order.order", "order.accounts"));
  v1::DecisionInput other;
  other.mutable_case_();
  EXPECT_THAT(
      ChangedFields(RecordOf(OrderInput()), other),
      ElementsAre("case.actor", "case.now", "case.case", "case.other_case", "case.assessment"));
  EXPECT_THAT(ChangedFields(RecordOf(OrderInput()), {}), ElementsAre("input"));
}

// As of code whose assessment has a field more, or one less, or works one out in another way.
TEST(InputHashTest, AChangedAssessmentIsNamedByItsField) {
  v1::DecisionInput more = OrderInput();
  more.mutable_order()->mutable_assessment()->mutable_price_difference()->set_units(1);
  EXPECT_THAT(ChangedFields(RecordOf(OrderInput()), more),
              ElementsAre("order.assessment.price_difference"));
  EXPECT_THAT(ChangedFields(RecordOf(more), OrderInput()),
              ElementsAre("order.assessment.price_difference"));
  v1::DecisionInput otherwise = OrderInput();
  otherwise.mutable_order()->mutable_assessment()->mutable_held_amount()->set_units(10);
  EXPECT_THAT(ChangedFields(RecordOf(OrderInput()), otherwise),
              ElementsAre("order.assessment.held_amount"));
  v1::DecisionInput none = OrderInput();
  none.mutable_order()->clear_assessment();
  EXPECT_THAT(ChangedFields(RecordOf(OrderInput()), none), ElementsAre("order.assessment"));
}

// A field of a newer version has no name here.
TEST(InputHashTest, AFieldOfNewerCodeHasItsNumber) {
  v1::JournalRecord record = RecordOf(OrderInput());
  record.mutable_input_hash()->set_sha256("other");
  record.mutable_input_hash()->add_field_numbers(77);
  record.mutable_input_hash()->add_field_hashes(1);
  EXPECT_THAT(ChangedFields(record, OrderInput()), ElementsAre("order.#77"));
  // Hashes from an enemy.
  record.mutable_input_hash()->clear_field_hashes();
  EXPECT_THAT(
      ChangedFields(record, OrderInput()),
      ElementsAre("order.actor", "order.now", "order.order", "order.accounts", "order.assessment"));
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
