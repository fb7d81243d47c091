#include "cel/scalar_text.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace frontdesk::cel::cel_internal {
namespace {

// Reads exactly `count` digits.
bool TakeDigits(absl::string_view* text, int count, int* value) {
  if (text->size() < static_cast<size_t>(count)) return false;
  *value = 0;
  for (int i = 0; i < count; ++i) {
    if (!absl::ascii_isdigit((*text)[i])) return false;
    *value = *value * 10 + ((*text)[i] - '0');
  }
  text->remove_prefix(count);
  return true;
}

bool TakeChar(absl::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

// Digits after the point as nanoseconds; digits beyond the ninth are read and dropped.
bool TakeFraction(absl::string_view* text, int32_t* nanos) {
  *nanos = 0;
  if (!TakeChar(text, '.')) return true;
  int digits = 0;
  for (; !text->empty() && absl::ascii_isdigit(text->front()); text->remove_prefix(1)) {
    if (++digits <= 9) *nanos = *nanos * 10 + (text->front() - '0');
  }
  for (int i = digits; i < 9; ++i) *nanos *= 10;
  return digits > 0;
}

std::string FractionText(int64_t nanos) {
  if (nanos == 0) return "";
  char buffer[16];
  std::snprintf(buffer, sizeof(buffer), ".%09d", static_cast<int>(nanos));
  std::string text(buffer);
  while (text.back() == '0') text.pop_back();
  return text;
}

}  // namespace

std::string FormatTimestamp(int64_t seconds, int32_t nanos) {
  const absl::CivilSecond civil =
      absl::ToCivilSecond(absl::FromUnixSeconds(seconds), absl::UTCTimeZone());
  char buffer[64];
  std::snprintf(buffer, sizeof(buffer), "%04lld-%02d-%02dT%02d:%02d:%02d",
                static_cast<long long>(civil.year()), civil.month(), civil.day(), civil.hour(),
                civil.minute(), civil.second());
  return absl::StrCat(buffer, FractionText(nanos), "Z");
}

bool ParseTimestamp(absl::string_view text, int64_t* seconds, int32_t* nanos) {
  int year, month, day, hour, minute, second, offset_hour = 0, offset_minute = 0;
  if (!TakeDigits(&text, 4, &year) || !TakeChar(&text, '-') || !TakeDigits(&text, 2, &month) ||
      !TakeChar(&text, '-') || !TakeDigits(&text, 2, &day) || !TakeChar(&text, 'T') ||
      !TakeDigits(&text, 2, &hour) || !TakeChar(&text, ':') || !TakeDigits(&text, 2, &minute) ||
      !TakeChar(&text, ':') || !TakeDigits(&text, 2, &second) || !TakeFraction(&text, nanos)) {
    return false;
  }
  int sign = 0;
  if (!TakeChar(&text, 'Z')) {
    sign = TakeChar(&text, '+') ? 1 : TakeChar(&text, '-') ? -1 : 0;
    if (sign == 0 || !TakeDigits(&text, 2, &offset_hour) || !TakeChar(&text, ':') ||
        !TakeDigits(&text, 2, &offset_minute)) {
      return false;
    }
  }
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  // A civil time normalizes a date that does not exist; then it differs from the text.
  if (!text.empty() || offset_hour > 23 || offset_minute > 59 || civil.year() != year ||
      civil.month() != month || civil.day() != day || civil.hour() != hour ||
      civil.minute() != minute || civil.second() != second) {
    return false;
  }
  *seconds = (civil - absl::CivilSecond(1970, 1, 1, 0, 0, 0)) -
             sign * (offset_hour * 3600 + offset_minute * 60);
  return true;
}

std::string FormatDuration(int64_t nanos) {
  const int64_t seconds = nanos / 1000000000;
  const int64_t rest = std::abs(nanos % 1000000000);
  return absl::StrCat(nanos < 0 && seconds == 0 ? "-" : "", seconds, FractionText(rest), "s");
}

namespace {

// Nanoseconds of a unit, which is cut off; 0 for none.
int64_t TakeUnit(absl::string_view* text, bool days) {
  if (days && absl::ConsumePrefix(text, "d")) return int64_t{24} * 3600000000000;
  if (days && absl::ConsumePrefix(text, "w")) return int64_t{7} * 24 * 3600000000000;
  static constexpr struct {
    absl::string_view name;
    int64_t nanos;
  } kUnits[] = {{"ns", 1},       {"us", 1000},      {"\u00b5s", 1000},  {"\u03bcs", 1000},
                {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000}};
  for (const auto& unit : kUnits) {
    if (absl::ConsumePrefix(text, unit.name)) return unit.nanos;
  }
  return 0;
}

}  // namespace

DurationParse ParseDuration(absl::string_view text, bool days, int64_t* nanos) {
  const bool negative = absl::StartsWith(text, "-");
  if (negative || absl::StartsWith(text, "+")) text.remove_prefix(1);
  *nanos = 0;
  if (text == "0") return DurationParse::kOk;
  if (text.empty()) return DurationParse::kMalformed;
  constexpr __int128 kBound = static_cast<__int128>(1) << 64;
  __int128 total = 0;
  while (!text.empty()) {
    __int128 whole = 0;
    int digits = 0;
    for (; !text.empty() && absl::ascii_isdigit(text.front()); text.remove_prefix(1), ++digits) {
      if (whole < kBound) whole = whole * 10 + (text.front() - '0');
    }
    // Fraction digits as a numerator over a power of ten, exact to 18 digits.
    int64_t fraction = 0, scale = 1;
    if (TakeChar(&text, '.')) {
      for (; !text.empty() && absl::ascii_isdigit(text.front()); text.remove_prefix(1), ++digits) {
        if (scale < 1000000000000000000) {
          fraction = fraction * 10 + (text.front() - '0');
          scale *= 10;
        }
      }
    }
    const int64_t unit = TakeUnit(&text, days);
    if (digits == 0 || unit == 0) return DurationParse::kMalformed;
    if (total < kBound) {
      total += std::min(whole, kBound) * unit + static_cast<__int128>(fraction) * unit / scale;
    }
  }
  if (negative) total = -total;
  if (total < std::numeric_limits<int64_t>::min() || total > std::numeric_limits<int64_t>::max()) {
    return DurationParse::kOutOfRange;
  }
  *nanos = static_cast<int64_t>(total);
  return DurationParse::kOk;
}

std::string FormatDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[64];
  const double magnitude = std::fabs(value);
  const bool exponent = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e21);
  const auto format = exponent ? std::chars_format::scientific : std::chars_format::fixed;
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value, format);
  return std::string(buffer, result.ptr);
}

std::string FormatDoubleInFull(double value) {
  if (!std::isfinite(value)) return FormatDouble(value);
  char buffer[64];
  const auto result =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific);
  // [-]d[.ddd]e±dd
  absl::string_view text(buffer, static_cast<size_t>(result.ptr - buffer));
  const bool negative = absl::ConsumePrefix(&text, "-");
  const size_t e = text.find('e');
  int exponent = 0;
  (void)absl::SimpleAtoi(absl::StripPrefix(text.substr(e + 1), "+"), &exponent);
  std::string digits = absl::StrCat(text.substr(0, 1), e > 2 ? text.substr(2, e - 2) : "");
  if (exponent < 0) {
    digits.insert(0, static_cast<size_t>(-exponent), '0');
    exponent = 0;
  }
  const size_t whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) {
    digits.append(whole - digits.size(), '0');
  } else {
    digits.insert(whole, 1, '.');
  }
  return negative ? absl::StrCat("-", digits) : digits;
}

bool ParseDouble(absl::string_view text, double* value) {
  absl::ConsumePrefix(&text, "+");
  if (text.empty() || text.front() == '+') return false;
  absl::string_view magnitude = absl::StripPrefix(text, "-");
  if (absl::EqualsIgnoreCase(magnitude, "inf") || absl::EqualsIgnoreCase(magnitude, "infinity")) {
    *value = text.front() == '-' ? -std::numeric_limits<double>::infinity()
                                 : std::numeric_limits<double>::infinity();
    return true;
  }
  if (absl::EqualsIgnoreCase(text, "nan")) {
    *value = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  if (magnitude.empty() || !(absl::ascii_isdigit(magnitude[0]) || magnitude[0] == '.')) {
    return false;
  }
  return ParseFiniteDouble(text, value);
}

bool ParseFiniteDouble(absl::string_view digits, double* value) {
  const auto result = absl::from_chars(digits.data(), digits.data() + digits.size(), *value);
  if (result.ptr != digits.data() + digits.size()) return false;
  if (result.ec == std::errc::result_out_of_range) {
    if (std::fabs(*value) > 1) return false;
    *value = 0;
    return true;
  }
  return result.ec == std::errc();
}

namespace {

template <typename T>
bool ParseWhole(absl::string_view text, T* value) {
  if (text.size() > 1 && text[0] == '+' && absl::ascii_isdigit(text[1])) text.remove_prefix(1);
  const auto result = std::from_chars(text.data(), text.data() + text.size(), *value);
  return !text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size();
}

}  // namespace

bool ParseInt(absl::string_view text, int64_t* value) { return ParseWhole(text, value); }
bool ParseUint(absl::string_view text, uint64_t* value) { return ParseWhole(text, value); }

bool ParseFixedOffset(absl::string_view name, int64_t* seconds) {
  *seconds = 0;
  if (name.empty() || name == "UTC") return true;
  const int sign = name[0] == '-' ? -1 : 1;
  if (name[0] == '-' || name[0] == '+') name.remove_prefix(1);
  const size_t colon = name.find(':');
  if (colon == absl::string_view::npos) return false;
  absl::string_view hours = name.substr(0, colon), minutes = name.substr(colon + 1);
  int hour, minute;
  if (hours.empty() || hours.size() > 2 || minutes.size() != 2 ||
      !TakeDigits(&hours, static_cast<int>(hours.size()), &hour) ||
      !TakeDigits(&minutes, 2, &minute) || hour > 23 || minute > 59) {
    return false;
  }
  *seconds = sign * (hour * 3600 + minute * 60);
  return true;
}

std::string Base64Encode(absl::string_view bytes) { return absl::Base64Escape(bytes); }

bool Base64Decode(absl::string_view text, std::string* bytes) {
  for (char c : text) {
    if (!absl::ascii_isalnum(c) && c != '+' && c != '/' && c != '=') return false;
  }
  const absl::string_view digits = absl::StripSuffix(absl::StripSuffix(text, "="), "=");
  if (absl::StrContains(digits, "=") || digits.size() % 4 == 1) return false;
  if (digits.size() != text.size() && text.size() % 4 != 0) return false;
  return absl::Base64Unescape(digits, bytes);
}

}  // namespace frontdesk::cel::cel_internal
