#include "frontdesk/base/id_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/reasons.h"
#include "internal/escape_text.h"

namespace frontdesk {

absl::optional<IdFault> FindIdFault(absl::string_view id, std::size_t max_bytes) {
  if (id.size() > max_bytes) {
    return IdFault{
        &kReasonIdTooLong, max_bytes,
        absl::StrCat("has ", id.size(), " bytes; at most ", max_bytes, " bytes are possible")};
  }
  absl::optional<IdFault> hidden;
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
    at += point.length;
  }
  return hidden;
}

}  // namespace frontdesk
