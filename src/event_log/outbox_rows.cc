#include "event_log/outbox_rows.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "event_log/index_keys.h"
#include "event_log/read_rows.h"
#include "internal/canonical.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

using internal::CanonicalBytes;
using store::MakeValue;
using store::Value;
using State = v1::EffectClaim;

// The bytes of a number in a key.
constexpr std::size_t kPartBytes = 8;

std::string Marked(QueueMark mark, absl::string_view rest) {
  return absl::StrCat(std::string(1, static_cast<char>(mark)), rest);
}

std::string TimedQueueKey(const EffectPlace& effect, const v1::EffectClaim& claim) {
  return absl::StrCat(Marked(QueueMark::kTimed, EncodeTimeSort(claim.due_time())),
                      ClaimKey(effect.sequence, effect.place));
}

std::string EntityEffectsKey(const EffectPlace& effect) {
  return effect.entity + store::EncodePosition(effect.sequence);
}

// An effect is no dead letter and not claimed, and nothing has to happen before a claim looks at it.
bool IsDue(const v1::EffectClaim& claim) {
  return claim.state() == State::STATE_UNSPECIFIED || claim.state() == State::STATE_DUE;
}

bool IsTimed(const v1::EffectClaim& claim) {
  return claim.state() == State::STATE_CLAIMED || claim.state() == State::STATE_DELAYED;
}

// The record and the place of an effect's id, RECORD-eNUMBER; false for another text.
bool ParseEffectId(absl::string_view effect_id, absl::string_view* record_id, int* place) {
  const std::size_t mark = effect_id.rfind("-e");
  if (mark == absl::string_view::npos) return false;
  const absl::string_view number = effect_id.substr(mark + 2);
  int counted = 0;
  if (!absl::SimpleAtoi(number, &counted) || counted < 1 || absl::StrCat(counted) != number) {
    return false;
  }
  *record_id = effect_id.substr(0, mark);
  *place = counted - 1;
  return true;
}

}  // namespace

std::string QueuePrefix(QueueMark mark) { return Marked(mark, ""); }

std::string TimedQueueEnd(const google::protobuf::Timestamp& now) {
  // Behind every sequence at that instant: none is as large.
  return absl::StrCat(Marked(QueueMark::kTimed, EncodeTimeSort(now)),
                      std::string(kPartBytes + 1, '\xff'));
}

std::string DueQueueKey(std::int64_t sequence) {
  return Marked(QueueMark::kDue, store::EncodePosition(sequence));
}

std::string DeadQueueKey(std::int64_t sequence, int place) {
  return Marked(QueueMark::kDead, ClaimKey(sequence, place));
}

absl::optional<std::pair<std::int64_t, int>> DecodeQueuePlace(absl::string_view key) {
  constexpr std::size_t kPlaceBytes = 2 * kPartBytes;
  if (key.size() < 1 + kPlaceBytes) return absl::nullopt;
  const absl::string_view end = key.substr(key.size() - kPlaceBytes);
  return std::make_pair(*store::DecodePosition(end.substr(0, kPartBytes)),
                        static_cast<int>(*store::DecodePosition(end.substr(kPartBytes))));
}

std::string ClaimKey(std::int64_t sequence, int place) {
  return absl::StrCat(store::EncodePosition(sequence), store::EncodePosition(place));
}

std::string EntityEffectsPrefix(const v1::EntityRef& entity) {
  return EventsPrefix(entity.kind(), entity.id());
}

void AddNewEffects(const v1::JournalRecord& record, std::vector<store::Write>* writes) {
  const Value all = MakeValue(EncodePlaces(AllPlaces(record.effects_size())));
  const auto put = [writes](Table table, std::string key, Value value) {
    writes->push_back(
        {{table, std::move(key)}, std::move(value), store::Write::Position::kBehindKey});
  };
  put(kOutbox, "", all);
  std::map<std::string, std::vector<int>> by_entity;
  for (int place = 0; place < record.effects_size(); ++place) {
    by_entity[EntityEffectsPrefix(record.effects(place).entity())].push_back(place);
  }
  for (const auto& [entity, places] : by_entity) {
    put(kEntityEffects, entity, MakeValue(EncodePlaces(places)));
  }
  put(kQueue, QueuePrefix(QueueMark::kDue), all);
}

absl::Status CheckPlaces(const v1::JournalRecord& record, const std::vector<int>& places) {
  const bool is_good = std::all_of(places.begin(), places.end(), [&record](int place) {
    return place >= 0 && place < record.effects_size();
  });
  return is_good ? absl::OkStatus() : CorruptError("an effect is missing");
}

OutboxRows RowsOfRecord(std::int64_t sequence, const v1::JournalRecord& record,
                        const std::vector<int>& open, const Claims& claims) {
  OutboxRows rows;
  if (open.empty()) return rows;
  rows[{kOutbox, store::EncodePosition(sequence)}] = EncodePlaces(open);
  for (const int place : open) {
    const EffectPlace effect{sequence, place, EntityEffectsPrefix(record.effects(place).entity())};
    const auto found = claims.find(place);
    const v1::EffectClaim claim = found == claims.end() ? v1::EffectClaim() : found->second;
    if (found != claims.end()) rows[{kClaims, ClaimKey(sequence, place)}] = CanonicalBytes(claim);
    if (claim.state() == State::STATE_DEAD) {
      rows[{kQueue, DeadQueueKey(sequence, place)}] = "";
      continue;
    }
    rows[{kEntityEffects, EntityEffectsKey(effect)}] += EncodePlaces({place});
    if (IsTimed(claim)) rows[{kQueue, TimedQueueKey(effect, claim)}] = "";
    if (IsDue(claim)) rows[{kQueue, DueQueueKey(sequence)}] += EncodePlaces({place});
  }
  return rows;
}

absl::StatusOr<OpenPlaces> ReadOpenPlaces(const store::Snapshot& rows, std::int64_t sequence) {
  OpenPlaces open;
  FRONTDESK_ASSIGN_OR_RETURN(open.row, GetRow(rows, kOutbox, store::EncodePosition(sequence)));
  if (open.row == nullptr) return open;
  open.places = DecodePlaces(*open.row);
  FRONTDESK_ASSIGN_OR_RETURN(
      const std::vector<store::Row> claims,
      ScanRows(rows, store::RangeOf(kClaims, store::EncodePosition(sequence)), open.places.size()));
  for (const store::Row& row : claims) {
    v1::EffectClaim claim;
    FRONTDESK_RETURN_IF_ERROR(ParseRow(*row.value, &claim));
    if (row.key != ClaimKey(sequence, claim.place())) {
      return CorruptError("the state of an effect has another place");
    }
    open.claims[claim.place()] = std::move(claim);
  }
  return open;
}

absl::StatusOr<v1::JournalRecord> ReadRecordAt(const store::Snapshot& rows, std::int64_t sequence) {
  const std::string key = store::EncodePosition(sequence);
  FRONTDESK_ASSIGN_OR_RETURN(const Value value, GetRow(rows, kRecords, key));
  if (value == nullptr) return CorruptError("a journal record is missing");
  v1::JournalRecord record;
  FRONTDESK_RETURN_IF_ERROR(ReadRecord({key, value}, &record));
  return record;
}

absl::StatusOr<absl::optional<EffectPlace>> FindEffectPlace(const store::Snapshot& rows,
                                                            absl::string_view effect_id,
                                                            v1::JournalRecord* record) {
  const absl::optional<EffectPlace> none;
  absl::string_view record_id;
  int place = 0;
  if (!ParseEffectId(effect_id, &record_id, &place)) return none;
  if (record_id.size() > store::kMaxKeyBytes) return none;
  FRONTDESK_ASSIGN_OR_RETURN(const Value position,
                             GetRow(rows, kRecordIds, std::string(record_id)));
  if (position == nullptr) return none;
  const absl::optional<std::int64_t> sequence = store::DecodePosition(*position);
  if (!sequence.has_value()) return CorruptError("the id of a record leads nowhere");
  FRONTDESK_ASSIGN_OR_RETURN(*record, ReadRecordAt(rows, *sequence));
  if (record->record_id() != record_id) return CorruptError("a journal record has another id");
  if (place >= record->effects_size()) return none;
  return absl::make_optional(
      EffectPlace{*sequence, place, EntityEffectsPrefix(record->effects(place).entity())});
}

absl::StatusOr<Value> OutboxEdit::Read(Table table, const std::string& key) {
  const auto changed = changed_.find({table, key});
  if (changed != changed_.end()) return changed->second;
  const auto read = read_.find({table, key});
  if (read != read_.end()) return read->second;
  FRONTDESK_ASSIGN_OR_RETURN(Value value, GetRow(rows_, table, key));
  read_[{table, key}] = value;
  return value;
}

void OutboxEdit::Put(Table table, const std::string& key, Value value) {
  changed_[{table, key}] = std::move(value);
}

absl::StatusOr<std::vector<int>> OutboxEdit::ReadPlaces(Table table, const std::string& key) {
  FRONTDESK_ASSIGN_OR_RETURN(const Value value, Read(table, key));
  return value == nullptr ? std::vector<int>() : DecodePlaces(*value);
}

absl::Status OutboxEdit::AddPlace(Table table, const std::string& key, int place) {
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<int> places, ReadPlaces(table, key));
  const auto at = std::lower_bound(places.begin(), places.end(), place);
  if (at == places.end() || *at != place) places.insert(at, place);
  Put(table, key, MakeValue(EncodePlaces(places)));
  return absl::OkStatus();
}

absl::Status OutboxEdit::RemovePlace(Table table, const std::string& key, int place) {
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<int> places, ReadPlaces(table, key));
  const auto at = std::find(places.begin(), places.end(), place);
  if (at == places.end()) return CorruptError("an effect is missing in a row of the outbox");
  places.erase(at);
  Put(table, key, places.empty() ? nullptr : MakeValue(EncodePlaces(places)));
  return absl::OkStatus();
}

absl::Status OutboxEdit::AddToQueue(const EffectPlace& effect, const v1::EffectClaim& claim) {
  if (IsDue(claim)) return AddPlace(kQueue, DueQueueKey(effect.sequence), effect.place);
  if (IsTimed(claim)) Put(kQueue, TimedQueueKey(effect, claim), MakeValue(""));
  if (claim.state() == State::STATE_DEAD) {
    Put(kQueue, DeadQueueKey(effect.sequence, effect.place), MakeValue(""));
  }
  return absl::OkStatus();
}

absl::Status OutboxEdit::RemoveFromQueue(const EffectPlace& effect, const v1::EffectClaim& claim) {
  if (IsDue(claim)) return RemovePlace(kQueue, DueQueueKey(effect.sequence), effect.place);
  if (IsTimed(claim)) Put(kQueue, TimedQueueKey(effect, claim), nullptr);
  if (claim.state() == State::STATE_DEAD) {
    Put(kQueue, DeadQueueKey(effect.sequence, effect.place), nullptr);
  }
  return absl::OkStatus();
}

void OutboxEdit::PutClaim(const EffectPlace& effect, v1::EffectClaim claim) {
  claim.set_place(effect.place);
  if (!IsTimed(claim)) claim.clear_due_time();
  Put(kClaims, ClaimKey(effect.sequence, effect.place), MakeValue(CanonicalBytes(claim)));
}

absl::StatusOr<bool> OutboxEdit::IsOpen(const EffectPlace& effect) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<int> places,
                             ReadPlaces(kOutbox, store::EncodePosition(effect.sequence)));
  return std::find(places.begin(), places.end(), effect.place) != places.end();
}

absl::StatusOr<v1::EffectClaim> OutboxEdit::Claim(const EffectPlace& effect) {
  v1::EffectClaim claim;
  FRONTDESK_ASSIGN_OR_RETURN(const Value value,
                             Read(kClaims, ClaimKey(effect.sequence, effect.place)));
  if (value != nullptr) FRONTDESK_RETURN_IF_ERROR(ParseRow(*value, &claim));
  return claim;
}

absl::StatusOr<bool> OutboxEdit::IsFirst(const EffectPlace& effect) {
  const store::Range all = store::RangeOf(kEntityEffects, effect.entity);
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> first, ScanRows(rows_, all, 1));
  if (first.empty()) return CorruptError("an effect is missing among those of its entity");
  // That it stays the first matters, and that it is there.
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<int> places,
                             ReadPlaces(kEntityEffects, first[0].key));
  if (places.empty()) return CorruptError("a row of the effects of an entity is empty");
  if (first[0].key != EntityEffectsKey(effect) || places[0] != effect.place) return false;
  store::Range until = all;
  until.end = first[0].key + '\0';
  ranges_.push_back({until, {first[0].key}});
  return true;
}

absl::Status OutboxEdit::Unqueue(const EffectPlace& effect, const v1::EffectClaim& claim) {
  const std::string key = EntityEffectsKey(effect);
  FRONTDESK_ASSIGN_OR_RETURN(const bool is_first, IsFirst(effect));
  FRONTDESK_RETURN_IF_ERROR(RemoveFromQueue(effect, claim));
  FRONTDESK_RETURN_IF_ERROR(RemovePlace(kEntityEffects, key, effect.place));
  if (!is_first) return absl::OkStatus();
  EffectPlace next = effect;
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<int> rest, ReadPlaces(kEntityEffects, key));
  if (!rest.empty()) {
    next.place = rest[0];
  } else {
    store::Range behind = store::RangeOf(kEntityEffects, effect.entity);
    behind.begin = key + '\0';
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found, ScanRows(rows_, behind, 1));
    if (found.empty()) {
      ranges_.push_back({behind, {}});
      return absl::OkStatus();
    }
    const auto sequence =
        store::DecodePosition(absl::string_view(found[0].key).substr(effect.entity.size()));
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<int> places,
                               ReadPlaces(kEntityEffects, found[0].key));
    if (!sequence.has_value() || places.empty()) {
      return CorruptError("a row of the effects of an entity is not valid");
    }
    next.sequence = *sequence;
    next.place = places[0];
    behind.end = found[0].key + '\0';
    ranges_.push_back({behind, {found[0].key}});
  }
  FRONTDESK_ASSIGN_OR_RETURN(const v1::EffectClaim waiting, Claim(next));
  if (waiting.state() != State::STATE_WAITING) return absl::OkStatus();
  v1::EffectClaim due = waiting;
  due.set_state(State::STATE_DUE);
  return SetClaim(next, waiting, std::move(due));
}

absl::Status OutboxEdit::SetClaim(const EffectPlace& effect, const v1::EffectClaim& before,
                                  v1::EffectClaim after) {
  FRONTDESK_RETURN_IF_ERROR(RemoveFromQueue(effect, before));
  FRONTDESK_RETURN_IF_ERROR(AddToQueue(effect, after));
  PutClaim(effect, std::move(after));
  return absl::OkStatus();
}

absl::Status OutboxEdit::Kill(const EffectPlace& effect, const v1::EffectClaim& before,
                              v1::EffectClaim after) {
  after.set_state(State::STATE_DEAD);
  if (before.state() != State::STATE_DEAD) FRONTDESK_RETURN_IF_ERROR(Unqueue(effect, before));
  FRONTDESK_RETURN_IF_ERROR(AddToQueue(effect, after));
  PutClaim(effect, std::move(after));
  return absl::OkStatus();
}

absl::Status OutboxEdit::Revive(const EffectPlace& effect, const v1::EffectClaim& before) {
  v1::EffectClaim after = before;
  after.set_state(State::STATE_DUE);
  after.set_past_attempts(before.attempts());
  FRONTDESK_RETURN_IF_ERROR(AddPlace(kEntityEffects, EntityEffectsKey(effect), effect.place));
  return SetClaim(effect, before, std::move(after));
}

absl::Status OutboxEdit::Remove(const EffectPlace& effect, const v1::EffectClaim& before) {
  FRONTDESK_RETURN_IF_ERROR(
      RemovePlace(kOutbox, store::EncodePosition(effect.sequence), effect.place));
  if (before.state() == State::STATE_DEAD) {
    FRONTDESK_RETURN_IF_ERROR(RemoveFromQueue(effect, before));
  } else {
    FRONTDESK_RETURN_IF_ERROR(Unqueue(effect, before));
  }
  // Read, so that it is expected unchanged.
  FRONTDESK_RETURN_IF_ERROR(Claim(effect).status());
  Put(kClaims, ClaimKey(effect.sequence, effect.place), nullptr);
  return absl::OkStatus();
}

store::Batch OutboxEdit::Take() && {
  store::Batch batch;
  for (const auto& [place, value] : read_) {
    batch.expectations.push_back({{place.first, place.second}, value});
  }
  batch.range_expectations = std::move(ranges_);
  for (auto& [place, value] : changed_) {
    batch.writes.push_back({{place.first, place.second}, std::move(value)});
  }
  return batch;
}

}  // namespace event_log
}  // namespace frontdesk
