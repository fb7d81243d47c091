// The changes of one command, as they are committed to a log (event_log.h).
//
//   frontdesk::event_log::Batch batch;
//   batch.read_entities.push_back({order->entity(), head});  // It must still be as it was read.
//   batch.record = record;
//   // EventLog::Commit(batch) keeps it.
#ifndef FRONTDESK_EVENT_LOG_BATCH_H_
#define FRONTDESK_EVENT_LOG_BATCH_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "frontdesk/domain/row.h"
#include "frontdesk/event_log/page.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/import.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace event_log {

// An entity as it was read. A plain struct.
struct StoredState {
  // Null: there is no such entity.
  std::shared_ptr<const v1::EntityState> state;
  // The row that changes with every event of the entity; null without one.
  store::Value head;
};

// An entity that a batch was decided on. A plain struct.
struct ReadEntity {
  v1::EntityRef entity;
  store::Value head;
};

// The entities under a key when a batch was decided. A plain struct.
struct ReadIndex {
  v1::EntityKind kind = v1::ENTITY_KIND_UNSPECIFIED;
  std::string key;
  // Ascending.
  std::vector<IndexPosition> positions;
};

// An entity that changes. A plain struct.
struct ChangedEntity {
  StoredState before;
  // Without the elements of lists that are rows.
  std::shared_ptr<const v1::EntityState> after;
  // In the order of the events.
  std::vector<RowChange> rows;
};

// A verdict to remember. A plain struct.
struct NewOutcome {
  std::string idempotency_key;
  v1::RememberedOutcome outcome;
  // The row that the key has so far, whose outcome counts no more; null: none.
  store::Value before;
};

// A policy to keep. A plain struct.
struct NewPolicy {
  std::string hash;
  v1::KeptPolicy policy;
};

// An instant to write down as the newest one. A plain struct.
struct NewTime {
  google::protobuf::Timestamp time;
  // The row so far; null: none.
  store::Value before;
};

// The outcome under an idempotency key when a batch was decided. A plain struct.
struct ReadOutcome {
  std::string idempotency_key;
  // Null: none was.
  store::Value row;
};

// The result of a row of an import, which has none so far. A plain struct.
struct NewImportRow {
  std::string import_id;
  v1::ImportRow row;
};

// The commands that were counted together when a batch was decided. A plain struct.
struct ReadTotal {
  // The list of them: the first bytes of its keys.
  std::string list;
  // A commit expects that nothing was added to the list.
  store::RangeExpectation end;
  // Rows that must be as they were: commands that another batch of the same group counts, and the sums before the new ones.
  std::vector<store::Expectation> rows;
  // Sums over commands of the list, for those who read it later.
  std::vector<store::Write> sums;
};

// The changes of one command. A plain struct.
struct Batch {
  std::vector<ReadEntity> read_entities;
  std::vector<ReadIndex> read_indexes;
  std::vector<ReadTotal> read_totals;
  std::vector<ChangedEntity> changed;
  // In order, complete: an event without a record is one that no command caused.
  std::vector<std::shared_ptr<const v1::Event>> events;
  // Complete but for its sequence, which is given here. Null when the command did not reach policy.
  std::shared_ptr<const v1::JournalRecord> record;
  absl::optional<NewOutcome> remembered;
  // A policy to keep.
  absl::optional<NewPolicy> policy;
  absl::optional<NewTime> newest_time;
  // The changes of the outbox, besides the effects of the record: View::AddReport(). Its expectations are those of the batch too.
  absl::optional<store::Batch> outbox;
  absl::optional<ReadOutcome> read_outcome;
  absl::optional<NewImportRow> import_row;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_EVENT_LOG_BATCH_H_
