#include "event_log/index_keys.h"

#include <algorithm>
#include <string>
#include <vector>

#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Gives the field a value that it has not by default, and all plain fields in it; a list gets one more element.
void Set(const FieldDescriptor& field, int depth, Message* message) {
  const Reflection& access = *message->GetReflection();
  const bool is_list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message* const inner =
          is_list ? access.AddMessage(message, &field) : access.MutableMessage(message, &field);
      if (depth == 0) return;
      for (int i = 0; i < inner->GetDescriptor()->field_count(); ++i) {
        Set(*inner->GetDescriptor()->field(i), depth - 1, inner);
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return is_list ? access.AddString(message, &field, "x")
                     : access.SetString(message, &field, "x");
    case FieldDescriptor::CPPTYPE_ENUM:
      return is_list ? access.AddEnumValue(message, &field, 2)
                     : access.SetEnumValue(message, &field, 2);
    case FieldDescriptor::CPPTYPE_INT32:
      return is_list ? access.AddInt32(message, &field, 7) : access.SetInt32(message, &field, 7);
    case FieldDescriptor::CPPTYPE_INT64:
      return is_list ? access.AddInt64(message, &field, 7) : access.SetInt64(message, &field, 7);
    case FieldDescriptor::CPPTYPE_BOOL:
      // An invalid id has no key.
      if (field.name() == "is_invalid") return;
      return is_list ? access.AddBool(message, &field, true)
                     : access.SetBool(message, &field, true);
    default:
      FAIL() << field.full_name();
  }
}

bool HasSamePlace(const v1::EntityState& one, const v1::EntityState& other) {
  const std::vector<IndexEntry> entries = IndexEntriesOf(one);
  const std::vector<IndexEntry> others = IndexEntriesOf(other);
  return entries.size() == others.size() &&
         std::equal(
             entries.begin(), entries.end(), others.begin(),
             [](const auto& a, const auto& b) { return a.key == b.key && a.sort == b.sort; });
}

// Each field of the entity is changed alone, in an entity with all ids. Returns how many of the changes change the place or a key.
int CheckFields(const v1::EntityState& state, Message* (*entity_of)(v1::EntityState*)) {
  EXPECT_TRUE(HaveSameKeys(state, state));
  int changes = 0;
  v1::EntityState base = state;
  const google::protobuf::Descriptor& type = *entity_of(&base)->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    v1::EntityState changed = state;
    Set(*type.field(i), /*depth=*/2, entity_of(&changed));
    const bool is_same = HasSamePlace(state, changed);
    // A key that nobody sees change would stay in the index. The reverse costs time only.
    EXPECT_EQ(HaveSameKeys(state, changed), is_same) << type.field(i)->full_name();
    EXPECT_EQ(HaveSameKeys(changed, state), is_same) << type.field(i)->full_name();
    if (!is_same) ++changes;
  }
  return changes;
}

v1::Attribute NamedAttribute() {
  v1::Attribute attribute;
  attribute.set_name("n");
  attribute.set_int_value(1);
  return attribute;
}

TEST(IndexKeysTest, AShortLookSeesEachFieldThatIsInAKey) {
  v1::EntityState state;
  v1::Case& current = *state.mutable_case_();
  current.set_customer_id("c");
  current.set_queue_id("q");
  current.set_assignee_id("a");
  current.set_state(v1::Case::STATE_NEW);
  const auto case_of = [](v1::EntityState* of) -> Message* { return of->mutable_case_(); };
  // The state, three ids, the time, the priority, tags, attributes and outside ids, clocks, and three fields of joined cases.
  EXPECT_EQ(CheckFields(state, case_of), 13);
  current.set_merged_case_count(1);
  EXPECT_EQ(CheckFields(state, case_of), 10);
  // Each kind of value, and none.
  *current.add_attributes() = NamedAttribute();
  current.add_external_ids()->set_id("7");
  v1::EntityState other = state;
  const auto change = [&](auto set) {
    other = state;
    set(other.mutable_case_());
    EXPECT_FALSE(HaveSameKeys(state, other)) << other.ShortDebugString();
    EXPECT_FALSE(HasSamePlace(state, other)) << other.ShortDebugString();
  };
  change([](v1::Case* to) { to->mutable_attributes(0)->set_string_value("1"); });
  change([](v1::Case* to) { to->mutable_attributes(0)->set_int_value(2); });
  change([](v1::Case* to) { to->mutable_attributes(0)->set_bool_value(true); });
  change([](v1::Case* to) { to->mutable_attributes(0)->mutable_time_value()->set_seconds(1); });
  change([](v1::Case* to) { to->mutable_attributes(0)->mutable_money_value()->set_units(1); });
  change([](v1::Case* to) { to->mutable_attributes(0)->set_name("m"); });
  change([](v1::Case* to) { to->clear_attributes(); });
  change([](v1::Case* to) { to->mutable_external_ids(0)->set_id("8"); });
  change([](v1::Case* to) { to->mutable_external_ids(0)->set_system("8"); });
  change([](v1::Case* to) { to->mutable_external_ids(0)->set_is_invalid(true); });

  v1::EntityState order;
  order.mutable_order()->set_customer_id("c");
  EXPECT_EQ(CheckFields(order, [](v1::EntityState* of) -> Message* { return of->mutable_order(); }),
            3);
}

TEST(IndexKeysTest, CasesThatAreOverHaveOtherKeysOfTagsAndAttributes) {
  v1::EntityState state;
  v1::Case& current = *state.mutable_case_();
  current.add_tags("t");
  *current.add_attributes() = NamedAttribute();
  current.set_queue_id("q");
  current.set_priority(2);
  for (int number = v1::Case::State_MIN; number <= v1::Case::State_MAX; ++number) {
    const auto in = static_cast<v1::Case::State>(number);
    current.set_state(in);
    std::vector<std::string> keys = {InStateKey(in), InQueueKey("q", in), InQueueKey("q", in, 2),
                                     TagKey("t", IsOver(in)),
                                     AttributeKey(NamedAttribute(), IsOver(in))};
    if (HasUnassignedKey(in)) keys.push_back(UnassignedKey("q", in));
    EXPECT_THAT(IndexKeysOf(state), ::testing::UnorderedElementsAreArray(keys));
  }
  EXPECT_TRUE(IsOver(v1::Case::STATE_MERGED));
  EXPECT_FALSE(IsOver(v1::Case::STATE_RESOLVED));
  EXPECT_FALSE(HasUnassignedKey(v1::Case::STATE_NEW)) << "most of those have nobody";
}

TEST(IndexKeysTest, CasesWithDueClocksAreInListsOfTheEarliestDueTime) {
  v1::EntityState state;
  state.mutable_entity()->set_id("k");
  v1::Case& current = *state.mutable_case_();
  current.mutable_open_time()->set_seconds(5);
  current.set_queue_id("q");
  current.add_clocks()->set_instance(1);
  EXPECT_EQ(FindDueTime(current), nullptr) << "a clock without a target is not due";
  EXPECT_FALSE(DuePositionOf(state).has_value());
  const std::size_t undue = IndexEntriesOf(state).size();
  EXPECT_EQ(undue, IndexKeysOf(state).size());

  current.add_clocks()->mutable_due_time()->set_seconds(9);
  v1::EntityState other = state;
  other.mutable_case_()->add_clocks()->mutable_due_time()->set_seconds(20);
  EXPECT_TRUE(HaveSameKeys(state, other)) << "a later one moves nothing";
  google::protobuf::Timestamp& second = *current.add_clocks()->mutable_due_time();
  second.set_seconds(8);
  second.set_nanos(3);
  EXPECT_FALSE(HaveSameKeys(state, other));
  ASSERT_EQ(FindDueTime(current), &second);
  EXPECT_EQ(DuePositionOf(state)->sort, 8'000'000'003);
  EXPECT_EQ(DuePositionOf(state)->id, "k");
  const auto due_keys = [&state] {
    std::vector<std::string> keys;
    const std::vector<IndexEntry> entries = IndexEntriesOf(state);
    EXPECT_TRUE(std::is_sorted(entries.begin(), entries.end()));
    for (const IndexEntry& entry : entries) {
      if (entry.sort == 8'000'000'003) keys.push_back(entry.key);
      EXPECT_TRUE(entry.sort == 8'000'000'003 || entry.sort == 5'000'000'000) << entry.key;
    }
    return keys;
  };
  EXPECT_THAT(due_keys(), ::testing::UnorderedElementsAre(DueKey(), DueInQueueKey("q")));
  current.clear_queue_id();
  current.set_assignee_id("a");
  EXPECT_THAT(due_keys(), ::testing::UnorderedElementsAre(DueKey(), DueOfAssigneeKey("a")));
}

TEST(IndexKeysTest, AShortLookShowsNothingOfOthers) {
  v1::EntityState customer;
  customer.mutable_customer()->set_family_name("Lee");
  v1::EntityState other;
  other.mutable_case_();
  EXPECT_FALSE(HaveSameKeys(customer, customer));
  EXPECT_FALSE(HaveSameKeys(customer, other));
  EXPECT_FALSE(HaveSameKeys(v1::EntityState(), v1::EntityState()));
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
