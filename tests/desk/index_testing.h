// States put into a store as they are, for tests of finding.
#ifndef FRONTDESK_TESTS_DESK_INDEX_TESTING_H_
#define FRONTDESK_TESTS_DESK_INDEX_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/index_keys.h"
#include "frontdesk/desk/store.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace testing {

// A batch that gives the entities of `states` these states, with the index entries of the desk. The
// versions follow those that `store` holds.
inline CommitBatch MakeStateBatch(const Store& store, const std::string& record_id,
                                  std::vector<v1::EntityState> states) {
  CommitBatch batch;
  batch.record.emplace();
  batch.record->set_record_id(record_id);
  for (v1::EntityState& state : states) {
    const auto before = store.Get(state.entity());
    EXPECT_TRUE(before.ok()) << before.status();
    const std::int64_t version = *before == nullptr ? 0 : (*before)->version();
    batch.expected_versions.push_back({state.entity(), version});
    v1::Event& event = batch.events.emplace_back();
    event.set_event_id(absl::StrCat(record_id, "-", batch.events.size()));
    *event.mutable_entity() = state.entity();
    event.set_version(version + 1);
    batch.record->add_event_ids(event.event_id());
    state.set_version(version + 1);
    for (IndexEntry& entry : internal::IndexEntriesOf(state)) {
      batch.index_entries.push_back(std::move(entry));
    }
    batch.states.push_back(std::make_shared<const v1::EntityState>(std::move(state)));
  }
  return batch;
}

// Puts one state into a store.
inline void PutState(Store& store, v1::EntityState state) {
  const auto last = store.LastSequence();
  ASSERT_TRUE(last.ok()) << last.status();
  const auto committed =
      store.Commit(MakeStateBatch(store, absl::StrCat("put-", *last + 1), {std::move(state)}));
  ASSERT_TRUE(committed.ok()) << committed.status();
}

inline void Put(Store& store, const v1::Customer& customer) {
  v1::EntityState state;
  state.mutable_entity()->set_kind(v1::ENTITY_KIND_CUSTOMER);
  state.mutable_entity()->set_id(customer.customer_id());
  *state.mutable_customer() = customer;
  PutState(store, std::move(state));
}

inline void Put(Store& store, const v1::Order& order) {
  v1::EntityState state;
  state.mutable_entity()->set_kind(v1::ENTITY_KIND_ORDER);
  state.mutable_entity()->set_id(order.order_id());
  *state.mutable_order() = order;
  PutState(store, std::move(state));
}

inline void Put(Store& store, const v1::Interaction& interaction) {
  v1::EntityState state;
  state.mutable_entity()->set_kind(v1::ENTITY_KIND_INTERACTION);
  state.mutable_entity()->set_id(interaction.interaction_id());
  *state.mutable_interaction() = interaction;
  PutState(store, std::move(state));
}

inline void Put(Store& store, const v1::Case& put) {
  v1::EntityState state;
  state.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  state.mutable_entity()->set_id(put.case_id());
  *state.mutable_case_() = put;
  PutState(store, std::move(state));
}

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_INDEX_TESTING_H_
