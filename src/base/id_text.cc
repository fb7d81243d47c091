#include "frontdesk/base/id_text.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/reasons.h"
#include "internal/escape_text.h"
#include "internal/fold_text.h"

namespace frontdesk {
namespace {

constexpr std::uint32_t kBlankBraille = 0x2800;

// Whether the text has printable ASCII without blanks and nothing else, as most ids have.
bool IsPlain(absl::string_view id) {
  for (const char c : id) {
    if (c <= ' ' || c > '~') return false;
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

}  // namespace frontdesk
