#include "event_log/rows.h"

#include <cstdint>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "event_log/index_keys.h"
#include "frontdesk/base/error.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/event_log/reasons.h"
#include "internal/canonical.h"
#include "internal/time.h"

namespace frontdesk {
namespace event_log {
namespace {

constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kRowPositionBytes = kNumberBytes + 4;
// Ends an id or a key of the index: neither has a NUL.
constexpr char kEnd = '\0';
// The marks of rows of lists.
constexpr char kPresent = 1;
constexpr char kRemoved = 2;

constexpr std::size_t kShortBytes = 4;

// Keys are put together in one piece of memory.
void Append(absl::string_view bytes, std::string* key) { key->append(bytes.data(), bytes.size()); }

// A number in eight bytes, or one that fits in four, the highest byte first.
template <std::size_t kSize>
void AppendBytes(std::int64_t number, std::string* key) {
  char bytes[kSize];
  for (std::size_t i = 0; i < kSize; ++i) {
    bytes[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * (kSize - 1 - i)));
  }
  key->append(bytes, kSize);
}
void AppendLong(std::int64_t number, std::string* key) { AppendBytes<kNumberBytes>(number, key); }
void AppendShort(std::int32_t number, std::string* key) { AppendBytes<kShortBytes>(number, key); }

void AppendPosition(RowPosition position, std::string* key) {
  AppendLong(position.version, key);
  AppendShort(position.place, key);
}

std::int64_t SortBits(std::int64_t sort) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(sort) ^ (std::uint64_t{1} << 63));
}

// `room` is for the bytes that follow.
std::string Prefix(v1::EntityKind kind, absl::string_view text, std::size_t room = 0) {
  std::string prefix;
  prefix.reserve(1 + text.size() + 1 + room);
  prefix.push_back(static_cast<char>(kind));
  Append(text, &prefix);
  prefix.push_back(kEnd);
  return prefix;
}

// The bytes that may follow a prefix of rows, besides a name.
constexpr std::size_t kRowRoom = kShortBytes + kRowPositionBytes + kNumberBytes;

std::string RowsPrefixWithRoom(v1::EntityKind kind, absl::string_view id, int list,
                               std::size_t room) {
  std::string key = Prefix(kind, id, room);
  AppendShort(list, &key);
  return key;
}

std::string RowNamePrefixWithRoom(v1::EntityKind kind, absl::string_view id, int list,
                                  absl::string_view name) {
  std::string key = RowsPrefixWithRoom(kind, id, list, kRowRoom + name.size());
  Append(name, &key);
  key.push_back(kEnd);
  return key;
}

}  // namespace

const store::Value& EmptyValue() {
  static const auto* const empty = new store::Value(store::MakeValue(""));
  return *empty;
}

void AppendVarint(std::uint64_t number, std::string* bytes) {
  for (; number >= 0x80; number >>= 7) bytes->push_back(static_cast<char>(number | 0x80));
  bytes->push_back(static_cast<char>(number));
}

std::string EncodeSort(std::int64_t sort) { return store::EncodePosition(SortBits(sort)); }

std::string EncodeHead(const Head& head) {
  std::string bytes;
  bytes.reserve(4 * kNumberBytes);
  for (const std::int64_t number :
       {head.version, head.state_version, head.older_state_version, head.tail_bytes}) {
    AppendLong(number, &bytes);
  }
  return bytes;
}

absl::optional<Head> DecodeHead(absl::string_view bytes) {
  if (bytes.size() != 4 * kNumberBytes) return absl::nullopt;
  Head head;
  head.version = *store::DecodePosition(bytes.substr(0, kNumberBytes));
  head.state_version = *store::DecodePosition(bytes.substr(kNumberBytes, kNumberBytes));
  head.older_state_version = *store::DecodePosition(bytes.substr(2 * kNumberBytes, kNumberBytes));
  head.tail_bytes = *store::DecodePosition(bytes.substr(3 * kNumberBytes));
  const bool has_order = head.version >= head.state_version &&
                         head.state_version >= head.older_state_version &&
                         head.older_state_version >= 0;
  if (head.version < 1 || !has_order || head.tail_bytes < 0) return absl::nullopt;
  return head;
}

std::string EncodeTimeSort(const google::protobuf::Timestamp& time) {
  return EncodeSort(internal::UnixNanos(/*has_time=*/true, time));
}

std::string RememberedTimeKey(const google::protobuf::Timestamp& time,
                              absl::string_view idempotency_key) {
  return absl::StrCat(EncodeTimeSort(time), idempotency_key);
}

absl::optional<absl::string_view> DecodeRememberedTimeKey(absl::string_view key) {
  if (key.size() < kNumberBytes) return absl::nullopt;
  return key.substr(kNumberBytes);
}

std::string ImportPrefix(absl::string_view import_id) {
  std::string prefix(import_id);
  prefix.push_back(kEnd);
  return prefix;
}

std::string ImportKey(absl::string_view import_id, std::int64_t row) {
  return ImportPrefix(import_id) + store::EncodePosition(row);
}

std::string BehindImport(absl::string_view import_id) {
  std::string key = ImportPrefix(import_id);
  ++key.back();
  return key;
}

absl::optional<std::pair<absl::string_view, std::int64_t>> DecodeImportKey(absl::string_view key) {
  const std::size_t end = key.find(kEnd);
  if (end == absl::string_view::npos || end == 0) return absl::nullopt;
  const absl::optional<std::int64_t> row = store::DecodePosition(key.substr(end + 1));
  if (!row.has_value() || *row < 1) return absl::nullopt;
  return std::make_pair(key.substr(0, end), *row);
}

store::Write ImportRowWrite(absl::string_view import_id, const v1::ImportRow& row) {
  v1::ImportRow kept = row;
  kept.clear_row();
  return {{kImports, ImportKey(import_id, row.row())},
          store::MakeValue(internal::CanonicalBytes(kept)),
          store::Write::Position::kNowhere};
}

std::string EncodePlaces(const std::vector<int>& places) {
  std::string bytes;
  for (const int place : places) bytes += store::EncodePosition(place);
  return bytes;
}

std::vector<int> AllPlaces(int effects) {
  std::vector<int> places(effects);
  std::iota(places.begin(), places.end(), 0);
  return places;
}

std::vector<int> DecodePlaces(absl::string_view bytes) {
  std::vector<int> places;
  for (; bytes.size() >= kNumberBytes; bytes.remove_prefix(kNumberBytes)) {
    places.push_back(static_cast<int>(*store::DecodePosition(bytes.substr(0, kNumberBytes))));
  }
  return places;
}

std::string EntityKey(v1::EntityKind kind, absl::string_view id) {
  std::string key;
  key.reserve(1 + id.size());
  key.push_back(static_cast<char>(kind));
  key.append(id.data(), id.size());
  return key;
}

std::string EventsPrefix(v1::EntityKind kind, absl::string_view id) { return Prefix(kind, id); }

std::string EventKey(v1::EntityKind kind, absl::string_view id, std::int64_t version) {
  std::string key = Prefix(kind, id, kNumberBytes);
  AppendLong(version, &key);
  return key;
}

std::string StateKey(v1::EntityKind kind, absl::string_view id, std::int64_t version) {
  return EventKey(kind, id, version);
}

std::string RowsPrefix(v1::EntityKind kind, absl::string_view id, int list) {
  return RowsPrefixWithRoom(kind, id, list, kShortBytes);
}

std::string RowPrefix(v1::EntityKind kind, absl::string_view id, int list, RowPosition position) {
  std::string key = RowsPrefixWithRoom(kind, id, list, kRowRoom);
  AppendPosition(position, &key);
  return key;
}

std::string RowKey(v1::EntityKind kind, absl::string_view id, int list, RowPosition position,
                   std::int64_t version) {
  std::string key = RowPrefix(kind, id, list, position);
  AppendLong(version, &key);
  return key;
}

absl::optional<std::pair<RowPosition, std::int64_t>> DecodeRowPlace(absl::string_view rest) {
  if (rest.size() != kRowPositionBytes + kNumberBytes) return absl::nullopt;
  return std::make_pair(*DecodeRowPosition(rest.substr(0, kRowPositionBytes)),
                        *store::DecodePosition(rest.substr(kRowPositionBytes)));
}

std::string EncodeRow(const absl::optional<std::string>& element) {
  return element.has_value() ? absl::StrCat(absl::string_view(&kPresent, 1), *element)
                             : std::string(1, kRemoved);
}

absl::optional<absl::string_view> DecodeRow(absl::string_view bytes) {
  if (bytes == absl::string_view(&kRemoved, 1)) return absl::string_view();
  if (bytes.empty() || bytes[0] != kPresent) return absl::nullopt;
  return bytes.substr(1);
}

std::string RowNamePrefix(v1::EntityKind kind, absl::string_view id, int list,
                          absl::string_view name) {
  return RowNamePrefixWithRoom(kind, id, list, name);
}

std::string RowNameKey(v1::EntityKind kind, absl::string_view id, int list, absl::string_view name,
                       std::int64_t version) {
  std::string key = RowNamePrefixWithRoom(kind, id, list, name);
  AppendLong(version, &key);
  return key;
}

std::string EncodeRowPosition(RowPosition position) {
  std::string bytes;
  AppendPosition(position, &bytes);
  return bytes;
}

absl::optional<RowPosition> DecodeRowPosition(absl::string_view bytes) {
  if (bytes.size() != kRowPositionBytes) return absl::nullopt;
  RowPosition position;
  position.version = *store::DecodePosition(bytes.substr(0, kNumberBytes));
  for (const char byte : bytes.substr(kNumberBytes)) {
    position.place = (position.place << 8) | static_cast<unsigned char>(byte);
  }
  return position;
}

std::string IndexPrefix(v1::EntityKind kind, absl::string_view key) { return Prefix(kind, key); }

std::string IndexKey(v1::EntityKind kind, absl::string_view key, const IndexPosition& position) {
  std::string row = Prefix(kind, key, kNumberBytes + position.id.size());
  AppendLong(SortBits(position.sort), &row);
  Append(position.id, &row);
  return row;
}

absl::optional<IndexPosition> DecodeIndexPosition(absl::string_view rest) {
  if (rest.size() <= kNumberBytes) return absl::nullopt;
  const auto sort =
      static_cast<std::uint64_t>(*store::DecodePosition(rest.substr(0, kNumberBytes)));
  return IndexPosition{static_cast<std::int64_t>(sort ^ (std::uint64_t{1} << 63)),
                       std::string(rest.substr(kNumberBytes))};
}

absl::Status CorruptError(absl::string_view text) { return MakeError(kReasonStoreCorrupt, text); }

absl::Status ReadError(const absl::Status& status) {
  // Of a store that has called a desk.
  if (!GetReason(status).empty()) return status;
  switch (status.code()) {
    case absl::StatusCode::kDataLoss:
      return MakeError(kReasonStoreCorrupt, status.message());
    case absl::StatusCode::kFailedPrecondition:
      return MakeError(kReasonStoreNotUsable, status.message());
    default:
      return MakeError(kReasonStoreUnavailable, status.message());
  }
}

absl::Status CommitError(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kInvalidArgument) return ReadError(status);
  return MakeError(kReasonStoreRowTooLarge, status.message());
}

absl::Status CloneError(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kUnimplemented) return ReadError(status);
  return MakeError(kReasonStoreNotCloneable, status.message());
}

absl::Status StoreError(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return status;
    case absl::StatusCode::kNotFound:
      return MakeError(kReasonStoreNotFound, status.message());
    case absl::StatusCode::kInvalidArgument:
      return MakeError(kReasonStoreFileInvalid, status.message());
    case absl::StatusCode::kAlreadyExists:
      return MakeError(kReasonStoreFileExists, status.message());
    default:
      return CloneError(status);
  }
}

absl::Status ParseRow(absl::string_view bytes, google::protobuf::MessageLite* message) {
  if (message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  return CorruptError(absl::StrCat("a row is no ", message->GetTypeName()));
}

}  // namespace event_log
}  // namespace frontdesk
