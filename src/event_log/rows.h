// The rows of a log: their tables, keys and values. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_ROWS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/domain/row.h"
#include "frontdesk/event_log/page.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/import.pb.h"
#include "google/protobuf/message_lite.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace event_log {

// Kept for ever: a number is never used again.
enum Table : std::uint8_t {
  kHeads = 1,      // entity -> Head
  kStates = 2,     // entity, version -> EntityState: the two that the head names
  kEvents = 3,     // entity, version -> Event
  kRecords = 4,    // sequence -> JournalRecord, without its sequence
  kRecordIds = 5,  // record id -> sequence
  // kind, index key, sort, id -> nothing; of an id of a part in another system, the id of the part
  kIndex = 6,
  kRemembered = 7,  // idempotency key -> RememberedOutcome
  // sequence -> the places of the record's open effects (outbox_rows.h has more on the outbox)
  kOutbox = 8,
  kPolicies = 9,   // policy hash -> KeptPolicy
  kRows = 10,      // entity, list, position, version -> element, or nothing once it is removed
  kRowNames = 11,  // entity, list, name, version -> position
  kLog = 12,       // position -> LogEntry, without its position and link, and the link
  kRememberedTimes = 13,  // time of an outcome, idempotency key -> nothing
  // kind, seen by the customer or not, word, sort, id, text -> nothing (search_rows.h)
  kSearch = 14,
  kClaims = 15,  // sequence, place of an effect -> EffectClaim
  kNewest = 16,  // nothing -> Timestamp, about the newest instant of the desk
  kEntityEffects =
      17,           // entity, sequence -> the places of its open effects that are no dead letters
  kImports = 18,    // import id, row -> ImportRow, without its row
  kQueue = 19,      // see QueueMark
  kDerived = 20,    // nothing -> the version of the rows that are made from others (derived_rows.h)
  kTotals = 21,     // list, position -> a counted command (total_rows.h)
  kTotalSums = 22,  // list, level, last position -> a sum of such commands (total_sums.h)
};

// The shared value of rows whose keys are what counts.
const store::Value& EmptyValue();

// Adds a number as protobuf's varint: seven bits a byte, the lowest first.
void AppendVarint(std::uint64_t number, std::string* bytes);
// Takes one from the beginning of the bytes: false when they begin with none.
inline bool ReadVarint(absl::string_view* bytes, std::uint64_t* number) {
  std::uint64_t bits = 0;
  std::size_t size = 0;
  for (int shift = 0; shift < 64 && size < bytes->size(); shift += 7) {
    const auto byte = static_cast<unsigned char>((*bytes)[size++]);
    bits |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte >= 0x80) continue;
    bytes->remove_prefix(size);
    *number = bits;
    return true;
  }
  return false;
}

// Eight bytes, so that signed numbers are in order byte by byte.
std::string EncodeSort(std::int64_t sort);

// The numbers of an entity that every event changes.
struct Head {
  std::int64_t version = 0;
  // That of the newest copy of the state, and of the one before, which makes older versions cheap to read. 0: there is none.
  std::int64_t state_version = 0;
  std::int64_t older_state_version = 0;
  // The bytes of the events since.
  std::int64_t tail_bytes = 0;
};
std::string EncodeHead(const Head& head);
absl::optional<Head> DecodeHead(absl::string_view bytes);

// A time in keys, in the order of times.
std::string EncodeTimeSort(const google::protobuf::Timestamp& time);

// Outcomes are in the order of their times here. Those before a time come before the key of that time and an empty idempotency key.
std::string RememberedTimeKey(const google::protobuf::Timestamp& time,
                              absl::string_view idempotency_key);
// The idempotency key in such a key; nothing when it is none.
absl::optional<absl::string_view> DecodeRememberedTimeKey(absl::string_view key);

// All rows of an import begin so; an id has no NUL.
std::string ImportPrefix(absl::string_view import_id);
std::string ImportKey(absl::string_view import_id, std::int64_t row);
// Behind all rows of an import, and before those of each import whose name is greater.
std::string BehindImport(absl::string_view import_id);
// The import and the row in such a key; nothing when it is none.
absl::optional<std::pair<absl::string_view, std::int64_t>> DecodeImportKey(absl::string_view key);

// The write that keeps the result of a row.
store::Write ImportRowWrite(absl::string_view import_id, const v1::ImportRow& row);

// The places, from 0, of the effects of a record that were not acknowledged.
std::string EncodePlaces(const std::vector<int>& places);
// The places of a number of effects, none of which was acknowledged.
std::vector<int> AllPlaces(int effects);
std::vector<int> DecodePlaces(absl::string_view bytes);

std::string EntityKey(v1::EntityKind kind, absl::string_view id);
// All events of the entity begin so.
std::string EventsPrefix(v1::EntityKind kind, absl::string_view id);
std::string EventKey(v1::EntityKind kind, absl::string_view id, std::int64_t version);
std::string StateKey(v1::EntityKind kind, absl::string_view id, std::int64_t version);

// All rows of a list, or of one element, begin so.
std::string RowsPrefix(v1::EntityKind kind, absl::string_view id, int list);
std::string RowPrefix(v1::EntityKind kind, absl::string_view id, int list, RowPosition position);
std::string RowKey(v1::EntityKind kind, absl::string_view id, int list, RowPosition position,
                   std::int64_t version);
// The position and the version behind the prefix of a list.
absl::optional<std::pair<RowPosition, std::int64_t>> DecodeRowPlace(absl::string_view rest);
// A row's value: a mark and the element; the mark alone when there is no element any more.
std::string EncodeRow(const absl::optional<std::string>& element);
// Nothing: `bytes` is no such value. An empty view of null: there is no element.
absl::optional<absl::string_view> DecodeRow(absl::string_view bytes);

// All names under which an element is found begin so.
std::string RowNamePrefix(v1::EntityKind kind, absl::string_view id, int list,
                          absl::string_view name);
std::string RowNameKey(v1::EntityKind kind, absl::string_view id, int list, absl::string_view name,
                       std::int64_t version);
std::string EncodeRowPosition(RowPosition position);
absl::optional<RowPosition> DecodeRowPosition(absl::string_view bytes);

// All entries under a key of the index begin so.
std::string IndexPrefix(v1::EntityKind kind, absl::string_view key);
std::string IndexKey(v1::EntityKind kind, absl::string_view key, const IndexPosition& position);
// The position in the bytes behind the prefix.
absl::optional<IndexPosition> DecodeIndexPosition(absl::string_view rest);

// DATA_LOSS STORE_CORRUPT.
absl::Status CorruptError(absl::string_view text);
// The error of a store, with its reason: of reading, of a commit, of a clone.
absl::Status ReadError(const absl::Status& status);
absl::Status CommitError(const absl::Status& status);
absl::Status CloneError(const absl::Status& status);

// STORE_CORRUPT when the bytes are no such message.
absl::Status ParseRow(absl::string_view bytes, google::protobuf::MessageLite* message);

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_ROWS_H_
