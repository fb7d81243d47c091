// States put into a store as they are, for tests of finding.
#ifndef FRONTDESK_TESTS_DESK_INDEX_TESTING_H_
#define FRONTDESK_TESTS_DESK_INDEX_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "domain/row_lists.h"
#include "event_log/index_keys.h"
#include "event_log/rows.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/store/store.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace testing {

// Puts one state into a store, with the index rows of the desk. The version follows on the one that is there. There is no
// event for it.
inline void PutState(store::Store& store, v1::EntityState state) {
  const std::shared_ptr<store::Store> not_owned(&store, [](store::Store*) {});
  const event_log::EventLog log(not_owned, {Evolve});
  const auto view = log.Read();
  ASSERT_TRUE(view.ok()) << view.status();
  const v1::EntityRef entity = state.entity();
  const auto before = view->Get(entity.kind(), entity.id());
  ASSERT_TRUE(before.ok()) << before.status();
  std::vector<store::Batch> batches(1);
  const auto write = [&](event_log::Table table, std::string key, store::Value value) {
    batches[0].writes.push_back({{table, std::move(key)}, std::move(value)});
  };
  const auto write_index = [&](const v1::EntityState& of, const store::Value& value) {
    for (const internal::IndexEntry& entry : internal::IndexEntriesOf(of)) {
      write(event_log::kIndex,
            event_log::IndexKey(entity.kind(), entry.key, IndexPosition{entry.sort, entity.id()}),
            value);
    }
  };
  event_log::Head head;
  if (before->state != nullptr) {
    head.version = before->state->version();
    write_index(*before->state, nullptr);
  }
  head.state_version = ++head.version;
  state.set_version(head.version);
  // The elements of its lists are rows: the old ones are removed.
  google::protobuf::Message* message = domain::MutableEntity(&state);
  for (const domain::RowList& list : domain::RowListsOf(*message->GetDescriptor())) {
    const int number = list.field->number();
    const auto old = view->Rows(entity, number, head.version, {});
    ASSERT_TRUE(old.ok()) << old.status();
    const auto write_row = [&](RowPosition position, const absl::optional<std::string>& element) {
      write(event_log::kRows,
            event_log::RowKey(entity.kind(), entity.id(), number, position, head.version),
            store::MakeValue(event_log::EncodeRow(element)));
    };
    for (const StoredRow& row : *old) write_row(row.position, absl::nullopt);
    const auto& access = *message->GetReflection();
    for (int i = 0; i < access.FieldSize(*message, list.field); ++i) {
      write_row({head.version, i},
                access.GetRepeatedMessage(*message, list.field, i).SerializeAsString());
    }
  }
  domain::ClearRows(message);
  const std::string key = event_log::EntityKey(entity.kind(), entity.id());
  write(event_log::kHeads, key, store::MakeValue(event_log::EncodeHead(head)));
  write(event_log::kStates, event_log::StateKey(entity.kind(), entity.id(), head.version),
        store::MakeValue(state.SerializeAsString()));
  write_index(state, store::MakeValue(""));
  const auto committed = store.Commit(std::move(batches));
  ASSERT_TRUE(committed.ok()) << committed.status();
}

inline void Put(store::Store& store, const v1::Customer& customer) {
  v1::EntityState state;
  state.mutable_entity()->set_kind(v1::ENTITY_KIND_CUSTOMER);
  state.mutable_entity()->set_id(customer.customer_id());
  *state.mutable_customer() = customer;
  PutState(store, std::move(state));
}

inline void Put(store::Store& store, const v1::Order& order) {
  v1::EntityState state;
  state.mutable_entity()->set_kind(v1::ENTITY_KIND_ORDER);
  state.mutable_entity()->set_id(order.order_id());
  *state.mutable_order() = order;
  PutState(store, std::move(state));
}

inline void Put(store::Store& store, const v1::Interaction& interaction) {
  v1::EntityState state;
  state.mutable_entity()->set_kind(v1::ENTITY_KIND_INTERACTION);
  state.mutable_entity()->set_id(interaction.interaction_id());
  *state.mutable_interaction() = interaction;
  PutState(store, std::move(state));
}

inline void Put(store::Store& store, const v1::Case& put) {
  v1::EntityState state;
  state.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  state.mutable_entity()->set_id(put.case_id());
  *state.mutable_case_() = put;
  PutState(store, std::move(state));
}

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_INDEX_TESTING_H_
