// A log whose fold is as simple as can be: a customer's given name is what its last event says.
#ifndef FRONTDESK_TESTS_EVENT_LOG_LOG_TESTING_H_
#define FRONTDESK_TESTS_EVENT_LOG_LOG_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace event_log {

inline v1::EntityRef CustomerRef(const std::string& id) {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CUSTOMER);
  entity.set_id(id);
  return entity;
}

// The event's note becomes the name. Counts how often it is called.
struct CountingFold {
  std::shared_ptr<int> calls = std::make_shared<int>(0);

  absl::Status operator()(const v1::Event& event, v1::EntityState* state) const {
    ++*calls;
    *state->mutable_entity() = event.entity();
    state->set_version(event.version());
    state->mutable_customer()->set_customer_id(event.entity().id());
    state->mutable_customer()->set_given_name(
        event.customer().customer_edited().after().given_name());
    return absl::OkStatus();
  }
};

inline v1::Event NameEvent(const std::string& id, std::int64_t version, const std::string& name) {
  v1::Event event;
  *event.mutable_entity() = CustomerRef(id);
  event.set_version(version);
  event.mutable_customer()->mutable_customer_edited()->mutable_after()->set_given_name(name);
  return event;
}

// The record of a batch that Names made.
inline v1::JournalRecord& RecordOf(const Batch& batch) {
  return const_cast<v1::JournalRecord&>(*batch.record);
}

// A log, and commands that name customers.
struct Names {
  std::shared_ptr<store::Store> rows = store::MakeMemoryStore();
  CountingFold fold;
  std::unique_ptr<EventLog> log = std::make_unique<EventLog>(rows, EventLogOptions{fold});
  int records = 0;

  View Read() const {
    auto view = log->Read();
    EXPECT_TRUE(view.ok()) << view.status();
    return *std::move(view);
  }

  // Another log on the same store, which has nothing in memory.
  void Reopen() { log = std::make_unique<EventLog>(rows, EventLogOptions{fold}); }

  // The batch that names the customer, decided on `view`.
  Batch Naming(const View& view, const std::string& id, const std::string& name) {
    const auto before = view.Get(v1::ENTITY_KIND_CUSTOMER, id);
    EXPECT_TRUE(before.ok()) << before.status();
    Batch batch;
    const std::int64_t version = before->state == nullptr ? 1 : before->state->version() + 1;
    const auto made = std::make_shared<v1::Event>(NameEvent(id, version, name));
    v1::Event& event = *made;
    const auto made_record = std::make_shared<v1::JournalRecord>();
    v1::JournalRecord& record = *made_record;
    record.set_record_id(absl::StrCat("r", ++records));
    event.set_record_id(record.record_id());
    event.set_event_id(absl::StrCat(record.record_id(), "-1"));
    record.add_event_ids(event.event_id());
    v1::EventRef& ref = *record.add_events();
    *ref.mutable_entity() = event.entity();
    ref.set_version(version);
    auto after = std::make_shared<v1::EntityState>();
    if (before->state != nullptr) *after = *before->state;
    EXPECT_TRUE(fold(event, after.get()).ok());
    --*fold.calls;
    batch.read_entities.push_back({event.entity(), before->head});
    batch.changed.push_back({*before, after, {}});
    batch.events.push_back(made);
    batch.record = made_record;
    return batch;
  }

  void Name(const std::string& id, const std::string& name) {
    const auto verdict = log->Commit(Naming(Read(), id, name));
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    ASSERT_EQ(*verdict, CommitVerdict::kCommitted);
  }

  std::string NameOf(const std::string& id) const {
    const auto stored = Read().Get(v1::ENTITY_KIND_CUSTOMER, id);
    EXPECT_TRUE(stored.ok()) << stored.status();
    if (!stored.ok()) return "<error>";
    return stored->state == nullptr ? "<none>" : stored->state->customer().given_name();
  }
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_EVENT_LOG_LOG_TESTING_H_
