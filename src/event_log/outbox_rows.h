// The rows of the outbox. Private.
//
// Of each record with effects in the outbox:
//
//   kOutbox         sequence -> the places of its effects in the outbox, dead letters too
//   kClaims         sequence, place -> EffectClaim: for each of them that has a state
//   kEntityEffects  entity, sequence -> the places of those of an entity that are no dead letters
//   kQueue          mark, … -> as the marks say
//
// The last two follow from the others and the record (RowsOfRecord), and are there so that a claim reads little. The first row of an
// entity in kEntityEffects names the effect that may be claimed. The queue has the effects that a claim looks at, and the dead letters.
// A WAITING effect is in no row of the queue: it comes back when those before it have left. So each effect that has to wait is
// looked at in vain once, and not with every claim.
#ifndef FRONTDESK_SRC_EVENT_LOG_OUTBOX_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_OUTBOX_ROWS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "event_log/rows.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/log.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace event_log {

// The parts of the queue. The first two are what a claim looks at, in this order.
enum class QueueMark : char {
  kTimed = 1,  // due time, sequence, place -> nothing: CLAIMED or DELAYED
  kDue = 2,    // sequence -> places: DUE, or without a state
  kDead = 3,   // sequence, place -> nothing
};

// All rows of that part begin so.
std::string QueuePrefix(QueueMark mark);
// All timed rows that are due at `now` come before it.
std::string TimedQueueEnd(const google::protobuf::Timestamp& now);
// Due effects of the records from that sequence on.
std::string DueQueueKey(std::int64_t sequence);
std::string DeadQueueKey(std::int64_t sequence, int place);

// An effect, and its place in the outbox.
struct EffectPlace {
  std::int64_t sequence = 0;
  int place = 0;
  // As in keys of kEntityEffects.
  std::string entity;
};

// The sequence and the place at the end of a timed or dead row; nothing when there is none.
absl::optional<std::pair<std::int64_t, int>> DecodeQueuePlace(absl::string_view key);

std::string ClaimKey(std::int64_t sequence, int place);
// All effects of the entity in the outbox begin so.
std::string EntityEffectsPrefix(const v1::EntityRef& entity);

// Adds the rows of the effects of a record whose sequence its batch will have.
void AddNewEffects(const v1::JournalRecord& record, std::vector<store::Write>* writes);

// The states of effects of one record, by place.
using Claims = std::map<int, v1::EffectClaim>;

// STORE_CORRUPT unless the record has an effect at each of the places.
absl::Status CheckPlaces(const v1::JournalRecord& record, const std::vector<int>& places);

// All rows of the outbox of a record, by table and key. The places are checked.
using OutboxRows = std::map<std::pair<int, std::string>, std::string>;
OutboxRows RowsOfRecord(std::int64_t sequence, const v1::JournalRecord& record,
                        const std::vector<int>& open, const Claims& claims);

// The effects of a record in the outbox.
struct OpenPlaces {
  std::vector<int> places;
  Claims claims;
  // The row of kOutbox; null: there is none.
  store::Value row;
};
absl::StatusOr<OpenPlaces> ReadOpenPlaces(const store::Snapshot& rows, std::int64_t sequence);

// The record of that sequence, which must be there.
absl::StatusOr<v1::JournalRecord> ReadRecordAt(const store::Snapshot& rows, std::int64_t sequence);

// The record's sequence and effect of an id, RECORD-eNUMBER; nothing when there is none. `record` is left with the record.
absl::StatusOr<absl::optional<EffectPlace>> FindEffectPlace(const store::Snapshot& rows,
                                                            absl::string_view effect_id,
                                                            v1::JournalRecord* record);

// A change of effects, as one batch. It holds only when every row that was read is unchanged.
class OutboxEdit {
 public:
  // `rows` outlives this.
  explicit OutboxEdit(const store::Snapshot& rows) : rows_(rows) {}

  // Whether the effect is in the outbox.
  absl::StatusOr<bool> IsOpen(const EffectPlace& effect);

  // Its state; empty when it has none.
  absl::StatusOr<v1::EffectClaim> Claim(const EffectPlace& effect);

  // Whether it is the first of its entity that is no dead letter.
  absl::StatusOr<bool> IsFirst(const EffectPlace& effect);

  // Gives an effect another state: one that is not DEAD.
  absl::Status SetClaim(const EffectPlace& effect, const v1::EffectClaim& before,
                        v1::EffectClaim after);

  // Makes it a dead letter; those that waited for it do not any more. It may be one already.
  absl::Status Kill(const EffectPlace& effect, const v1::EffectClaim& before,
                    v1::EffectClaim after);

  // The reverse.
  absl::Status Revive(const EffectPlace& effect, const v1::EffectClaim& before);

  // Removes it from the outbox; those that waited for it do not any more.
  absl::Status Remove(const EffectPlace& effect, const v1::EffectClaim& before);

  store::Batch Take() &&;

 private:
  using Place = std::pair<Table, std::string>;

  absl::StatusOr<store::Value> Read(Table table, const std::string& key);
  void Put(Table table, const std::string& key, store::Value value);
  absl::StatusOr<std::vector<int>> ReadPlaces(Table table, const std::string& key);
  absl::Status AddPlace(Table table, const std::string& key, int place);
  // STORE_CORRUPT when it is not there.
  absl::Status RemovePlace(Table table, const std::string& key, int place);
  absl::Status AddToQueue(const EffectPlace& effect, const v1::EffectClaim& claim);
  absl::Status RemoveFromQueue(const EffectPlace& effect, const v1::EffectClaim& claim);
  void PutClaim(const EffectPlace& effect, v1::EffectClaim claim);
  // Removes it from the order of its entity. The next one waits no more when this was the first.
  absl::Status Unqueue(const EffectPlace& effect, const v1::EffectClaim& claim);

  const store::Snapshot& rows_;
  std::map<Place, store::Value> changed_;
  std::map<Place, store::Value> read_;
  std::vector<store::RangeExpectation> ranges_;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_OUTBOX_ROWS_H_
