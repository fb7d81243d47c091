#include "frontdesk/base/contact_point.h"

#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/phone.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "internal/message_utf8.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

constexpr size_t kMaxEmailBytes = 254;  // RFC 5321, 4.5.3.1.3, less the angle brackets.
constexpr size_t kMaxLocalPartBytes = 64;
constexpr size_t kMaxLabelBytes = 63;
constexpr size_t kMaxPhoneBytes = 64;
constexpr size_t kMaxHandleBytes = 254;
constexpr absl::string_view kEmail = "e-mail address";

// `kind` is what was expected: "e-mail address".
absl::Status Malformed(absl::string_view kind, absl::string_view fault) {
  return MakeError(kReasonContactPointSyntax,
                   absl::StrCat("the text is not a valid ", kind, ": ", fault));
}

bool IsLetterOrDigit(char c) {
  // Bytes of other scripts' letters are accepted unchanged (RFC 6531).
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_isalnum(byte) || byte >= 0x80;
}

// RFC 5322 atext, and dots that are neither first nor last nor doubled.
bool IsLocalPart(absl::string_view local) {
  for (absl::string_view atom : absl::StrSplit(local, '.')) {
    if (atom.empty()) return false;
    for (char c : atom) {
      if (!IsLetterOrDigit(c) &&
          !absl::StrContains("!#$%&'*+-/=?^_`{|}~", absl::string_view(&c, 1))) {
        return false;
      }
    }
  }
  return true;
}

bool IsDomain(absl::string_view domain) {
  for (absl::string_view label : absl::StrSplit(domain, '.')) {
    if (label.empty() || label.size() > kMaxLabelBytes) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    for (char c : label) {
      if (!IsLetterOrDigit(c) && c != '-') return false;
    }
  }
  return true;
}

// Control characters of ASCII, and those of U+0080 to U+009F. `text` is valid UTF-8.
bool HasControlCharacter(absl::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

absl::StatusOr<NormalizedContactPoint> ReadEmail(absl::string_view text) {
  const size_t at = text.rfind('@');
  if (at == absl::string_view::npos) return Malformed(kEmail, "it has no @");
  const absl::string_view local = text.substr(0, at);
  const absl::string_view domain = text.substr(at + 1);
  if (local.size() > kMaxLocalPartBytes) {
    return MakeError(kReasonContactPointTooLong, "more than 64 bytes before the @");
  }
  if (!IsLocalPart(local)) return Malformed(kEmail, "the part before the @ is no mailbox");
  if (!IsDomain(domain)) return Malformed(kEmail, "the part after the @ is no domain");
  NormalizedContactPoint point;
  point.canonical = absl::StrCat(local, "@", absl::AsciiStrToLower(domain));
  point.match_key = absl::AsciiStrToLower(point.canonical);
  return point;
}

absl::Status CheckLength(absl::string_view text, size_t limit) {
  if (text.empty()) return MakeError(kReasonContactPointEmpty, "there is nothing in it");
  if (text.size() <= limit) return absl::OkStatus();
  return MakeError(kReasonContactPointTooLong, absl::StrCat("more than ", limit, " bytes"));
}

}  // namespace

absl::StatusOr<NormalizedContactPoint> NormalizeContactPoint(v1::ContactPoint::Kind kind,
                                                             absl::string_view as_typed,
                                                             absl::string_view region_code) {
  const absl::string_view text = absl::StripAsciiWhitespace(as_typed);
  size_t limit = 0;
  absl::string_view name;
  switch (kind) {
    case v1::ContactPoint::KIND_EMAIL:
      limit = kMaxEmailBytes;
      name = kEmail;
      break;
    case v1::ContactPoint::KIND_PHONE:
      limit = kMaxPhoneBytes;
      name = "telephone number";
      break;
    case v1::ContactPoint::KIND_HANDLE:
      limit = kMaxHandleBytes;
      name = "handle";
      break;
    default:
      return MakeError(kReasonContactPointKind,
                       absl::StrCat("kind ", static_cast<int>(kind), " is none"));
  }
  FRONTDESK_RETURN_IF_ERROR(CheckLength(text, limit));
  if (!internal::IsValidUtf8(text)) return Malformed(name, "it is not UTF-8");
  if (kind == v1::ContactPoint::KIND_EMAIL) return ReadEmail(text);
  NormalizedContactPoint point;
  if (kind == v1::ContactPoint::KIND_PHONE) {
    FRONTDESK_ASSIGN_OR_RETURN(point.canonical, internal::ReadPhoneNumber(text, region_code));
  } else {
    if (HasControlCharacter(text)) return Malformed(name, "it has control characters");
    point.canonical = std::string(text);
  }
  point.match_key = point.canonical;
  return point;
}

}  // namespace frontdesk
