#include "desk/page_token.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "internal/sha256.h"

namespace frontdesk {
namespace internal {
namespace {

// A token is base64 of: a seal over query and position, the sort number, the id.
constexpr std::size_t kSealBytes = 16;
constexpr std::size_t kSortBytes = 8;

std::string SortBytes(std::int64_t sort) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(sort) >> shift));
  }
  return bytes;
}

std::string Seal(absl::string_view query_bytes, absl::string_view position_bytes) {
  return Sha256(absl::StrCat("page token 1/", query_bytes.size(), ":", query_bytes, position_bytes))
      .substr(0, kSealBytes);
}

}  // namespace

std::string MakePageToken(absl::string_view query_bytes, const IndexPosition& position) {
  const std::string bytes = absl::StrCat(SortBytes(position.sort), position.id);
  return absl::WebSafeBase64Escape(absl::StrCat(Seal(query_bytes, bytes), bytes));
}

absl::StatusOr<IndexPosition> ReadPageToken(absl::string_view query_bytes,
                                            absl::string_view token) {
  std::string bytes;
  if (token.size() > kMaxPageTokenBytes || !absl::WebSafeBase64Unescape(token, &bytes) ||
      bytes.size() <= kSealBytes + kSortBytes || absl::WebSafeBase64Escape(bytes) != token ||
      Seal(query_bytes, absl::string_view(bytes).substr(kSealBytes)) !=
          absl::string_view(bytes).substr(0, kSealBytes)) {
    return MakeError(kReasonFindPageTokenInvalid, "the page token is not of this query");
  }
  IndexPosition position;
  std::uint64_t sort = 0;
  for (std::size_t i = 0; i < kSortBytes; ++i) {
    sort = sort << 8 | static_cast<unsigned char>(bytes[kSealBytes + i]);
  }
  position.sort = static_cast<std::int64_t>(sort);
  position.id = bytes.substr(kSealBytes + kSortBytes);
  return position;
}

}  // namespace internal
}  // namespace frontdesk
