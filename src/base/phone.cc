#include "base/phone.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/contact_point.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"

#if FRONTDESK_WITH_PHONENUMBER
#include <set>

#include "phonenumbers/phonenumberutil.h"
#endif

namespace frontdesk {
namespace internal {
namespace {

constexpr absl::string_view kFullWidthPlus = "\xef\xbc\x8b";

// E.164: at most 15 digits. The shortest numbers in use have 7 with their country code.
constexpr size_t kMinDigits = 7;
constexpr size_t kMaxDigits = 15;

absl::Status NoNumber() {
  return MakeError(
      kReasonContactPointSyntax,
      "the text is not a valid telephone number: digits, with only blanks and + ( ) - . / between");
}

absl::Status RegionRequired() {
  return MakeError(kReasonContactPointRegionRequired,
                   "a number typed without + needs the region it belongs to");
}

}  // namespace

bool IsInternational(absl::string_view text) {
  return absl::StartsWith(text, "+") || absl::StartsWith(text, kFullWidthPlus);
}

absl::StatusOr<std::string> ReadInternationalDigits(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "+")) absl::ConsumePrefix(&text, kFullWidthPlus);
  std::string digits;
  int open = 0;  // Parentheses: one pair at a time, something in each.
  size_t digits_at_open = 0;
  for (char c : text) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      digits.push_back(c);
      if (digits.size() > kMaxDigits) return NoNumber();
    } else if (c == '(') {
      if (++open > 1) return NoNumber();
      digits_at_open = digits.size();
    } else if (c == ')') {
      if (--open < 0 || digits.size() == digits_at_open) return NoNumber();
      // The 0 to dial inside the country only is not part of the number, and which digits remain is
      // not known here.
      if (digits.substr(digits_at_open) == "0") return NoNumber();
    } else if (c != ' ' && c != '.' && c != '-' && c != '/') {
      return NoNumber();
    }
  }
  if (open != 0 || digits.size() < kMinDigits || digits.front() == '0') return NoNumber();
  return "+" + digits;
}

#if FRONTDESK_WITH_PHONENUMBER

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Digits and the usual separators between them. The library would also read letters as digits, and
// cut off words, extensions and second numbers without a word. Bytes of other scripts (their digits,
// hyphens, spaces) are left to it.
bool IsNumberShaped(absl::string_view text) {
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && !absl::ascii_isdigit(byte) &&
        absl::string_view("+ ()-./").find(c) == absl::string_view::npos) {
      return false;
    }
  }
  return true;
}

// The library writes about unknown regions to standard output, so it is never asked about one.
bool IsKnownRegion(absl::string_view region_code) {
  static const auto* const regions = [] {
    auto* known = new std::set<std::string>();
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(known);
    return known;
  }();
  return regions->count(std::string(region_code)) > 0;
}

}  // namespace

absl::StatusOr<std::string> ReadPhoneNumber(absl::string_view text, absl::string_view region_code) {
  constexpr char kNoRegion[] = "ZZ";
  const bool international = IsInternational(text);
  if (!international) {
    if (region_code.empty()) return RegionRequired();
    if (!IsKnownRegion(region_code)) {
      return MakeError(kReasonContactPointRegionUnknown, "the region has no telephone numbers");
    }
  }
  if (!IsNumberShaped(text)) return NoNumber();
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(std::string(text), international ? kNoRegion : std::string(region_code),
                 &number) != PhoneNumberUtil::NO_PARSING_ERROR) {
    return NoNumber();
  }
  if (number.has_extension() || !util.IsPossibleNumber(number)) return NoNumber();
  std::string canonical;
  util.Format(number, PhoneNumberUtil::E164, &canonical);
  if (canonical.size() > 1 + kMaxDigits) return NoNumber();
  return canonical;
}

#else

absl::StatusOr<std::string> ReadPhoneNumber(absl::string_view text, absl::string_view region_code) {
  if (IsInternational(text)) return ReadInternationalDigits(text);
  if (region_code.empty()) return RegionRequired();
  return MakeError(kReasonContactPointNoPhoneLibrary, "this build reads only numbers typed with +");
}

#endif

}  // namespace internal

void LoadPhoneMetadata() {
#if FRONTDESK_WITH_PHONENUMBER
  i18n::phonenumbers::PhoneNumberUtil::GetInstance();
#endif
}

bool HasPhoneLibrary() {
#if FRONTDESK_WITH_PHONENUMBER
  return true;
#else
  return false;
#endif
}

}  // namespace frontdesk
