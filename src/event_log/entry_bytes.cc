#include "event_log/entry_bytes.h"

#include "event_log/rows.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/log.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "internal/canonical.h"
#include "internal/sha256.h"

namespace frontdesk {
namespace event_log {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr std::size_t kHashBytes = store::kLinkBytes;
// All fields of these messages have small numbers: their tags are one byte.
constexpr std::size_t kTagBytes = 1;
constexpr std::size_t kHashFieldBytes = kTagBytes + 1 + kHashBytes;

std::size_t SizeWithLength(std::size_t size) {
  return CodedOutputStream::VarintSize64(size) + size;
}

}  // namespace

void EntryBytes::AppendTag(int field, bool is_number) {
  bytes_.push_back(static_cast<char>(
      WireFormatLite::MakeTag(field, is_number ? WireFormatLite::WIRETYPE_VARINT
                                               : WireFormatLite::WIRETYPE_LENGTH_DELIMITED)));
}

void EntryBytes::AppendText(int field, absl::string_view text) {
  if (text.empty()) return;
  AppendTag(field, /*is_number=*/false);
  AppendVarint(text.size(), &bytes_);
  bytes_.append(text.data(), text.size());
}

void EntryBytes::AppendHash(int field, store::Value row) {
  AppendTag(field, /*is_number=*/false);
  AppendVarint(kHashBytes, &bytes_);
  hashes_.emplace_back(bytes_.size(), std::move(row));
  bytes_.append(kHashBytes, '\0');
}

void EntryBytes::AddEvent(const v1::EntityRef& entity, std::int64_t version, store::Value row) {
  const auto number = static_cast<std::uint64_t>(version);
  const std::size_t entity_size = entity.ByteSizeLong();
  const std::size_t ref_size =
      kTagBytes + SizeWithLength(entity_size) +
      (number == 0 ? 0 : kTagBytes + CodedOutputStream::VarintSize64(number));
  AppendTag(v1::LogEntry::kEventsFieldNumber, /*is_number=*/false);
  AppendVarint(kTagBytes + SizeWithLength(ref_size) + kHashFieldBytes, &bytes_);
  AppendTag(v1::LoggedEvent::kEventFieldNumber, /*is_number=*/false);
  AppendVarint(ref_size, &bytes_);
  AppendTag(v1::EventRef::kEntityFieldNumber, /*is_number=*/false);
  AppendVarint(entity_size, &bytes_);
  internal::AppendCanonicalBytes(entity, &bytes_);
  if (number != 0) {
    AppendTag(v1::EventRef::kVersionFieldNumber, /*is_number=*/true);
    AppendVarint(number, &bytes_);
  }
  AppendHash(v1::LoggedEvent::kSha256FieldNumber, std::move(row));
}

void EntryBytes::SetRecord(absl::string_view record_id, store::Value row) {
  AppendText(v1::LogEntry::kRecordIdFieldNumber, record_id);
  AppendHash(v1::LogEntry::kRecordSha256FieldNumber, std::move(row));
}

void EntryBytes::SetPolicy(absl::string_view hash, store::Value row) {
  AppendText(v1::LogEntry::kPolicyHashFieldNumber, hash);
  AppendHash(v1::LogEntry::kPolicySha256FieldNumber, std::move(row));
}

std::string EntryBytes::Make() const {
  std::string made = bytes_;
  for (const auto& [place, row] : hashes_) made.replace(place, kHashBytes, internal::Sha256(*row));
  return made;
}

}  // namespace event_log
}  // namespace frontdesk
