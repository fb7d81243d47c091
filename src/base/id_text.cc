#include "frontdesk/base/id_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/reasons.h"
#include "internal/escape_text.h"
#include "internal/fold_text.h"
#include "internal/sha256.h"

namespace frontdesk {
namespace {

constexpr std::uint32_t kBlankBraille = 0x2800;

using Word = std::uint64_t;

// Whether all eight bytes are printable ASCII without blanks.
bool IsPlain(Word bytes) {
  constexpr Word kOnes = 0x0101'0101'0101'0101;
  constexpr Word kHighBits = 0x80 * kOnes;
  // A byte gets its high bit when it is no ASCII, when it is the one behind '~', or when it is before '!'. A byte with such an answer may
  // change those above it; the lowest of them is exact.
  return ((bytes | (bytes + kOnes) | (bytes - '!' * kOnes)) & kHighBits) == 0;
}

// Whether the text has printable ASCII without blanks and nothing else, as most ids have.
bool IsPlain(absl::string_view id) {
  Word bytes = 0;
  if (id.size() < sizeof(bytes)) {
    return std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
  }
  // The last eight may be looked at twice in part.
  for (std::size_t at = 0; at < id.size(); at += sizeof(bytes)) {
    std::memcpy(&bytes, id.data() + std::min(at, id.size() - sizeof(bytes)), sizeof(bytes));
    if (!IsPlain(bytes)) return false;
  }
  return true;
}

}  // namespace

absl::optional<IdFault> FindIdFault(absl::string_view id, std::size_t max_bytes) {
  if (id.size() > max_bytes) {
    return IdFault{
        &kReasonIdTooLong, max_bytes,
        absl::StrCat("has ", id.size(), " bytes; at most ", max_bytes, " bytes are possible")};
  }
  absl::optional<IdFault> hidden;
  if (IsPlain(id)) return hidden;
  bool is_blank = !id.empty();
  for (std::size_t at = 0; at < id.size();) {
    const internal::CodePoint point = internal::DecodeCodePoint(id.substr(at));
    if (!point.valid) {
      return IdFault{&kReasonIdEncoding, at, absl::StrCat("is not UTF-8 at byte ", at)};
    }
    if (!hidden.has_value() && internal::IsHiddenCodePoint(point.value)) {
      hidden = IdFault{
          &kReasonIdCharacter, at,
          absl::StrCat("has the character U+",
                       absl::AsciiStrToUpper(absl::StrCat(absl::Hex(point.value, absl::kZeroPad4))),
                       " at byte ", at,
                       "; control, format and invisible characters are not possible")};
    }
    is_blank = is_blank && (internal::IsBlank(point.value) || point.value == kBlankBraille);
    at += point.length;
  }
  if (is_blank && !hidden.has_value()) hidden = IdFault{&kReasonIdCharacter, 0, "has only blanks"};
  return hidden;
}

std::string ImportId(absl::string_view system, absl::string_view raw) {
  constexpr std::size_t kMaxSystemBytes = 128;
  constexpr std::size_t kDigits = 32;
  if (!raw.empty() && !FindIdFault(raw).has_value()) return std::string(raw);
  // The size keeps both texts apart.
  std::string digits = internal::Sha256Hex(absl::StrCat(system.size(), ":", system, raw));
  digits.resize(kDigits);
  const bool is_id = !system.empty() && !FindIdFault(system, kMaxSystemBytes).has_value();
  return absl::StrCat(is_id ? system : "import", "-", digits);
}

}  // namespace frontdesk
