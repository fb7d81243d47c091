#include "frontdesk/store/store.h"

#include <nettle/sha2.h>

#include <cstdint>
#include <initializer_list>
#include <utility>

#include "internal/status_macros.h"
#include "store/check_batches.h"

namespace frontdesk {
namespace store {

Range RangeOf(std::uint8_t table, absl::string_view prefix) {
  Range range = {table, std::string(prefix), absl::nullopt};
  // The first key behind all that begin so: the last byte that can be raised is.
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return range;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  range.end = std::move(end);
  return range;
}

ScanRequest RequestOf(const Key& key) {
  return {{key.table, key.bytes, key.bytes + '\0'}, 1, /*descending=*/false};
}

std::string EncodePosition(std::int64_t position) {
  const auto bits = static_cast<std::uint64_t>(position);
  char bytes[kPositionBytes];
  for (std::size_t i = 0; i < kPositionBytes; ++i) {
    bytes[i] = static_cast<char>(bits >> (8 * (kPositionBytes - 1 - i)));
  }
  return std::string(bytes, kPositionBytes);
}

absl::optional<std::int64_t> DecodePosition(absl::string_view bytes) {
  if (bytes.size() != kPositionBytes) return absl::nullopt;
  std::uint64_t bits = 0;
  for (const char byte : bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(bits);
}

std::string FirstLink() { return std::string(kLinkBytes, '\0'); }

namespace {

std::string Sha256(std::initializer_list<absl::string_view> parts) {
  sha256_ctx context;
  sha256_init(&context);
  for (const absl::string_view part : parts) {
    sha256_update(&context, part.size(), reinterpret_cast<const std::uint8_t*>(part.data()));
  }
  std::string hash(kLinkBytes, '\0');
  sha256_digest(&context, hash.size(), reinterpret_cast<std::uint8_t*>(&hash[0]));
  return hash;
}

}  // namespace

std::string NextLink(absl::string_view link, absl::string_view digest) {
  return Sha256({link, digest});
}

std::string DigestOf(absl::string_view late_value) { return Sha256({late_value}); }
absl::StatusOr<std::vector<Value>> Snapshot::GetAll(absl::Span<const Key> keys) const {
  std::vector<Value> values;
  values.reserve(keys.size());
  for (const Key& key : keys) {
    FRONTDESK_ASSIGN_OR_RETURN(values.emplace_back(), Get(key));
  }
  return values;
}

absl::StatusOr<std::vector<std::vector<Row>>> Snapshot::ScanAll(
    absl::Span<const ScanRequest> requests) const {
  std::vector<std::vector<Row>> all;
  all.reserve(requests.size());
  for (const ScanRequest& request : requests) {
    FRONTDESK_ASSIGN_OR_RETURN(all.emplace_back(),
                               Scan(request.range, request.most, request.descending));
  }
  return all;
}

absl::StatusOr<std::vector<bool>> Snapshot::TryHold(absl::Span<const Key> keys) const {
  return std::vector<bool>(keys.size(), true);
}

absl::StatusOr<FirstRead> Store::ReadAndScan(absl::Span<const ScanRequest> requests) const {
  FirstRead first;
  FRONTDESK_ASSIGN_OR_RETURN(first.snapshot, Read());
  FRONTDESK_ASSIGN_OR_RETURN(first.rows, first.snapshot->ScanAll(requests));
  return first;
}

absl::StatusOr<std::shared_ptr<Store>> Store::Clone() const {
  return absl::UnimplementedError("this store cannot be cloned");
}

absl::StatusOr<std::unique_ptr<Watch>> Store::StartWatch() const {
  return absl::UnimplementedError("this store cannot be watched");
}

}  // namespace store
}  // namespace frontdesk
