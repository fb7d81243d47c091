// The operators and functions of the reference.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <regex>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "cel/reference/reference.h"
#include "re2/re2.h"

namespace frontdesk::cel::testing {
namespace {

using K = PlainKind;
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

Plain NoOverload() { return Plain::Error("NO_MATCHING_OVERLOAD"); }

Plain CheckedInt(__int128 value) {
  if (value < kMin || value > kMax) return Plain::Error("INTEGER_OVERFLOW");
  return Plain::Int(static_cast<int64_t>(value));
}

Plain CheckedUint(__int128 value) {
  if (value < 0 || value > static_cast<__int128>(std::numeric_limits<uint64_t>::max())) {
    return Plain::Error("INTEGER_OVERFLOW");
  }
  return Plain::Uint(static_cast<uint64_t>(value));
}

Plain CheckedDuration(__int128 nanos) {
  if (nanos < kMin || nanos > kMax) return Plain::Error("DURATION_OUT_OF_RANGE");
  return Plain::Duration(static_cast<int64_t>(nanos));
}

__int128 TotalNanos(const Plain& timestamp) {
  return static_cast<__int128>(timestamp.number) * 1000000000 + timestamp.nanos;
}

Plain CheckedTimestamp(__int128 nanos) {
  __int128 seconds = nanos / 1000000000, rest = nanos % 1000000000;
  if (rest < 0) rest += 1000000000, --seconds;
  return Plain::Timestamp(static_cast<int64_t>(seconds), static_cast<int32_t>(rest));
}

template <typename Checked>
Plain Whole(Operator op, __int128 a, __int128 b, Checked checked) {
  switch (op) {
    case Operator::kAdd:
      return checked(a + b);
    case Operator::kSubtract:
      return checked(a - b);
    case Operator::kMultiply: {
      __int128 product;
      if (__builtin_mul_overflow(a, b, &product)) return Plain::Error("INTEGER_OVERFLOW");
      return checked(product);
    }
    case Operator::kDivide:
      return b == 0 ? Plain::Error("DIVISION_BY_ZERO") : checked(a / b);
    default:
      if (b == 0) return Plain::Error("DIVISION_BY_ZERO");
      // The quotient must exist for there to be a remainder.
      return checked(a / b).is_error() ? Plain::Error("INTEGER_OVERFLOW") : checked(a % b);
  }
}

Plain Arithmetic(Operator op, const Plain& a, const Plain& b) {
  const bool add = op == Operator::kAdd, subtract = op == Operator::kSubtract;
  if (a.is(K::kInt) && b.is(K::kInt)) return Whole(op, a.number, b.number, CheckedInt);
  if (a.is(K::kUint) && b.is(K::kUint)) {
    return Whole(op, a.unsigned_number, b.unsigned_number, CheckedUint);
  }
  if (a.is(K::kDouble) && b.is(K::kDouble)) {
    if (op == Operator::kModulo) return NoOverload();
    return Plain::Double(add                         ? a.real + b.real
                         : subtract                  ? a.real - b.real
                         : op == Operator::kMultiply ? a.real * b.real
                                                     : a.real / b.real);
  }
  if (add && a.kind == b.kind) {
    if (a.is(K::kString)) return Plain::String(a.text + b.text);
    if (a.is(K::kBytes)) return Plain::Bytes(a.text + b.text);
    if (a.is(K::kList)) {
      Plain joined = a;
      joined.elements.insert(joined.elements.end(), b.elements.begin(), b.elements.end());
      return joined;
    }
  }
  if (!add && !subtract) return NoOverload();
  if (a.is(K::kDuration) && b.is(K::kDuration)) {
    const __int128 x = a.number, y = b.number;
    return CheckedDuration(add ? x + y : x - y);
  }
  if (a.is(K::kTimestamp) && b.is(K::kDuration)) {
    return CheckedTimestamp(
        TotalNanos(a) + (add ? static_cast<__int128>(b.number) : -static_cast<__int128>(b.number)));
  }
  if (add && a.is(K::kDuration) && b.is(K::kTimestamp)) {
    return CheckedTimestamp(TotalNanos(b) + a.number);
  }
  if (subtract && a.is(K::kTimestamp) && b.is(K::kTimestamp)) {
    return CheckedDuration(TotalNanos(a) - TotalNanos(b));
  }
  return NoOverload();
}

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

Plain Ordering(Operator op, const Plain& a, const Plain& b) {
  int order;
  if (IsPlainNumber(a) && IsPlainNumber(b)) {
    order = ComparePlainNumbers(a, b);
    if (order == 2) return Plain::Bool(false);
  } else if (a.kind != b.kind) {
    return NoOverload();
  } else if (a.is(K::kBool)) {
    order = Order(a.boolean, b.boolean);
  } else if (a.is(K::kString) || a.is(K::kBytes)) {
    order = Order(a.text, b.text);
  } else if (a.is(K::kTimestamp)) {
    order = Order(TotalNanos(a), TotalNanos(b));
  } else if (a.is(K::kDuration)) {
    order = Order(a.number, b.number);
  } else {
    return NoOverload();
  }
  switch (op) {
    case Operator::kLess:
      return Plain::Bool(order < 0);
    case Operator::kLessOrEqual:
      return Plain::Bool(order <= 0);
    case Operator::kGreater:
      return Plain::Bool(order > 0);
    default:
      return Plain::Bool(order >= 0);
  }
}

Plain In(const Plain& needle, const Plain& container) {
  if (container.is(K::kMap)) return Plain::Bool(FindEntry(container, needle) != nullptr);
  if (!container.is(K::kList)) return NoOverload();
  return Plain::Bool(
      std::any_of(container.elements.begin(), container.elements.end(),
                  [&](const Plain& element) { return PlainEquals(needle, element); }));
}

// ---- Texts ----

std::vector<std::string> Characters(const std::string& text) {
  std::vector<std::string> out;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80 || out.empty()) out.emplace_back();
    out.back() += text[i];
  }
  return out;
}

std::string Joined(const std::vector<std::string>& parts, size_t begin, size_t end) {
  std::string out;
  for (size_t i = begin; i < end; ++i) out += parts[i];
  return out;
}

bool IsUtf8(const std::string& text) {
  for (size_t i = 0; i < text.size();) {
    const uint8_t c = text[i];
    const int length = c < 0x80                ? 1
                       : c >= 0xC2 && c < 0xE0 ? 2
                       : (c & 0xF0) == 0xE0    ? 3
                       : c >= 0xF0 && c < 0xF5 ? 4
                                               : 0;
    if (length == 0 || i + length > text.size()) return false;
    uint32_t point = length == 1 ? c : c & (0x7F >> length);
    for (int k = 1; k < length; ++k) {
      if ((static_cast<uint8_t>(text[i + k]) & 0xC0) != 0x80) return false;
      point = point << 6 | (static_cast<uint8_t>(text[i + k]) & 0x3F);
    }
    if ((length == 3 && point < 0x800) || (length == 4 && (point < 0x10000 || point > 0x10FFFF)) ||
        (point >= 0xD800 && point < 0xE000)) {
      return false;
    }
    i += length;
  }
  return true;
}

// The shortest digits that read back as the same number.
std::string DoubleText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char text[64];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof(text), "%.*e", digits - 1, value);
    if (std::strtod(text, nullptr) == value) break;
  }
  const double magnitude = std::fabs(value);
  // Whole numbers that need no fraction are written with all their digits.
  if (magnitude >= 9007199254740992.0 && magnitude < 1e21) {
    std::snprintf(text, sizeof(text), "%.0f", value);
    return text;
  }
  if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e21)) return text;
  // The same digits without exponent.
  std::string mantissa = text;
  const size_t e = mantissa.find('e');
  const int exponent = std::atoi(mantissa.c_str() + e + 1);
  const bool negative = mantissa[0] == '-';
  std::string digits;
  for (char c : mantissa.substr(0, e)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  std::string out;
  if (exponent < 0) {
    out = "0." + std::string(-exponent - 1, '0') + digits;
  } else {
    while (static_cast<int>(digits.size()) <= exponent) digits += '0';
    out = digits.substr(0, exponent + 1);
    if (static_cast<int>(digits.size()) > exponent + 1) out += "." + digits.substr(exponent + 1);
  }
  return (negative ? "-" : "") + out;
}

std::string Fraction(int64_t nanos) {
  if (nanos == 0) return "";
  std::string text = std::to_string(nanos);
  text = "." + std::string(9 - text.size(), '0') + text;
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string TimestampText(const Plain& time) {
  const absl::CivilSecond civil = absl::CivilSecond(1970, 1, 1, 0, 0, 0) + time.number;
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d", static_cast<int>(civil.year()),
                civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second());
  return text + Fraction(time.nanos) + "Z";
}

std::string DurationText(const Plain& span) {
  const __int128 nanos = span.number < 0 ? -static_cast<__int128>(span.number) : span.number;
  return absl::StrCat(span.number < 0 ? "-" : "", static_cast<int64_t>(nanos / 1000000000),
                      Fraction(static_cast<int64_t>(nanos % 1000000000)), "s");
}

Plain ParseTimestamp(const std::string& text) {
  static const std::regex& pattern = *new std::regex(
      R"((\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d)))");
  std::smatch match;
  if (!std::regex_match(text, match, pattern)) return Plain::Error("CONVERSION_FAILED");
  const auto part = [&](int i) { return match[i].matched ? std::stoi(match[i]) : 0; };
  const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int year = part(1), month = part(2), day = part(3);
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (month < 1 || month > 12 || day < 1 || day > days[month - 1] + (leap && month == 2) ||
      part(4) > 23 || part(5) > 59 || part(6) > 59 || part(9) > 23 || part(10) > 59) {
    return Plain::Error("CONVERSION_FAILED");
  }
  const std::string fraction = (match[7].str() + "000000000").substr(0, 9);
  const int sign = match[8] == "-" ? -1 : 1;
  const int64_t seconds = absl::CivilSecond(year, month, day, part(4), part(5), part(6)) -
                          absl::CivilSecond(1970, 1, 1, 0, 0, 0) -
                          sign * (part(9) * 3600 + part(10) * 60);
  return Plain::Timestamp(seconds, std::stoi(fraction));
}

Plain ParseDuration(const std::string& text) {
  static const std::regex& whole = *new std::regex(
      "([-+]?)((?:(?:\\d+\\.?\\d*|\\.\\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h|d|w))+)");
  static const std::regex& piece =
      *new std::regex("(\\d*)\\.?(\\d*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d|w)");
  if (text == "0" || text == "-0" || text == "+0") return Plain::Duration(0);
  std::smatch match;
  if (!std::regex_match(text, match, whole)) return Plain::Error("CONVERSION_FAILED");
  const std::map<std::string, int64_t> units = {{"ns", 1},
                                                {"us", 1000},
                                                {"\u00b5s", 1000},
                                                {"\u03bcs", 1000},
                                                {"ms", 1000000},
                                                {"s", 1000000000},
                                                {"m", 60000000000},
                                                {"h", 3600000000000},
                                                {"d", 86400000000000},
                                                {"w", 604800000000000}};
  __int128 total = 0;
  const std::string pieces = match[2];
  for (auto it = std::sregex_iterator(pieces.begin(), pieces.end(), piece);
       it != std::sregex_iterator(); ++it) {
    const int64_t unit = units.at((*it)[3]);
    const std::string digits = (*it)[1], fraction = (*it)[2];
    if (digits.size() > 25 || fraction.size() > 15) return Plain::Error("UNSUPPORTED");
    __int128 number = 0, scale = 1;
    for (char c : digits) number = number * 10 + (c - '0');
    total += number * unit;
    number = 0;
    for (char c : fraction) number = number * 10 + (c - '0'), scale *= 10;
    total += number * unit / scale;
  }
  return CheckedDuration(match[1] == "-" ? -total : total);
}

Plain ParseDouble(const std::string& text) {
  static const std::regex& number = *new std::regex(R"([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)");
  static const std::regex& special =
      *new std::regex(R"([+-]?(inf|infinity)|\+?nan)", std::regex::ECMAScript | std::regex::icase);
  if (!std::regex_match(text, number) && !std::regex_match(text, special)) {
    return Plain::Error("CONVERSION_FAILED");
  }
  const double value = std::strtod(text.c_str(), nullptr);
  if (std::isinf(value) && std::regex_match(text, number)) return Plain::Error("CONVERSION_FAILED");
  return Plain::Double(value);
}

Plain ParseWhole(const std::string& text, bool is_uint) {
  static const std::regex& pattern = *new std::regex(R"(([+-]?)(\d+))");
  std::smatch match;
  if (!std::regex_match(text, match, pattern) || (is_uint && match[1] == "-")) {
    return Plain::Error("CONVERSION_FAILED");
  }
  __int128 number = 0;
  for (char c : match[2].str()) {
    number = number * 10 + (c - '0');
    if (number > static_cast<__int128>(1) << 65) return Plain::Error("CONVERSION_FAILED");
  }
  const Plain value =
      is_uint ? CheckedUint(number) : CheckedInt(match[1] == "-" ? -number : number);
  return value.is_error() ? Plain::Error("CONVERSION_FAILED") : value;
}

Plain ToInt(const Plain& value) {
  switch (value.kind) {
    case K::kInt:
      return value;
    case K::kUint:
      return CheckedInt(value.unsigned_number);
    case K::kDouble:
      if (!(value.real > -9223372036854775808.0 && value.real < 9223372036854775808.0)) {
        return Plain::Error("INTEGER_OVERFLOW");
      }
      return Plain::Int(static_cast<int64_t>(value.real));
    case K::kTimestamp:
      return Plain::Int(value.number);
    case K::kString:
      return ParseWhole(value.text, false);
    default:
      return NoOverload();
  }
}

Plain ToUint(const Plain& value) {
  switch (value.kind) {
    case K::kUint:
      return value;
    case K::kInt:
      return CheckedUint(value.number);
    case K::kDouble:
      if (!(value.real >= 0 && value.real < 18446744073709551616.0)) {
        return Plain::Error("INTEGER_OVERFLOW");
      }
      return Plain::Uint(static_cast<uint64_t>(value.real));
    case K::kString:
      return ParseWhole(value.text, true);
    default:
      return NoOverload();
  }
}

Plain ToDouble(const Plain& value) {
  switch (value.kind) {
    case K::kDouble:
      return value;
    case K::kInt:
      return Plain::Double(static_cast<double>(value.number));
    case K::kUint:
      return Plain::Double(static_cast<double>(value.unsigned_number));
    case K::kString:
      return ParseDouble(value.text);
    default:
      return NoOverload();
  }
}

Plain ToBool(const Plain& value) {
  if (value.is(K::kBool)) return value;
  if (!value.is(K::kString)) return NoOverload();
  for (const char* yes : {"1", "t", "true", "TRUE", "True"}) {
    if (value.text == yes) return Plain::Bool(true);
  }
  for (const char* no : {"0", "f", "false", "FALSE", "False"}) {
    if (value.text == no) return Plain::Bool(false);
  }
  return Plain::Error("CONVERSION_FAILED");
}

Plain ToStringValue(const Plain& value) {
  switch (value.kind) {
    case K::kString:
      return value;
    case K::kBool:
      return Plain::String(value.boolean ? "true" : "false");
    case K::kInt:
      return Plain::String(std::to_string(value.number));
    case K::kUint:
      return Plain::String(std::to_string(value.unsigned_number));
    case K::kDouble:
      return Plain::String(DoubleText(value.real));
    case K::kBytes:
      return IsUtf8(value.text) ? Plain::String(value.text) : Plain::Error("INVALID_UNICODE");
    case K::kTimestamp:
      return Plain::String(TimestampText(value));
    case K::kDuration:
      return Plain::String(DurationText(value));
    default:
      return NoOverload();
  }
}

std::string TypeName(const Plain& value) {
  switch (value.kind) {
    case K::kNull:
      return "null_type";
    case K::kBool:
      return "bool";
    case K::kInt:
      return "int";
    case K::kUint:
      return "uint";
    case K::kDouble:
      return "double";
    case K::kString:
      return "string";
    case K::kBytes:
      return "bytes";
    case K::kTimestamp:
      return "google.protobuf.Timestamp";
    case K::kDuration:
      return "google.protobuf.Duration";
    case K::kList:
      return "list";
    case K::kMap:
      return "map";
    case K::kMessage:
      return value.message->GetDescriptor()->full_name();
    case K::kType:
      return "type";
    case K::kOptional:
      return "optional_type";
    case K::kError:
      return "";
  }
  return "";
}

Plain SizeOf(const Plain& value) {
  switch (value.kind) {
    case K::kString:
      return Plain::Int(static_cast<int64_t>(Characters(value.text).size()));
    case K::kBytes:
      return Plain::Int(static_cast<int64_t>(value.text.size()));
    case K::kList:
      return Plain::Int(static_cast<int64_t>(value.elements.size()));
    case K::kMap:
      return Plain::Int(static_cast<int64_t>(value.entries.size()));
    default:
      return NoOverload();
  }
}

Plain Matches(const std::string& text, const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 regex(pattern, options);
  if (!regex.ok()) return Plain::Error("INVALID_REGEX");
  return Plain::Bool(RE2::PartialMatch(text, regex));
}

// ---- Times ----

Plain TimestampPart(const std::string& name, const Plain& time, const std::string& zone) {
  static const std::regex& fixed = *new std::regex(R"(([+-]?)(\d{1,2}):(\d\d))");
  absl::CivilSecond civil;
  std::smatch match;
  if (zone.empty() || zone == "UTC") {
    civil = absl::CivilSecond(1970, 1, 1, 0, 0, 0) + time.number;
  } else if (std::regex_match(zone, match, fixed) && std::stoi(match[2]) < 24 &&
             std::stoi(match[3]) < 60) {
    const int offset = std::stoi(match[2]) * 3600 + std::stoi(match[3]) * 60;
    civil =
        absl::CivilSecond(1970, 1, 1, 0, 0, 0) + time.number + (match[1] == "-" ? -offset : offset);
  } else {
    absl::TimeZone loaded;
    if (zone == "No/Where") return Plain::Error("UNKNOWN_TIME_ZONE");
    if (zone != "Europe/Paris" && zone != "America/New_York") return Plain::Error("UNSUPPORTED");
    if (!absl::LoadTimeZone(zone, &loaded)) return Plain::Error("UNSUPPORTED");
    civil = absl::ToCivilSecond(absl::FromUnixSeconds(time.number), loaded);
  }
  const auto weekday = [&] {
    // 1970-01-01 was a Thursday.
    const int64_t days = absl::CivilDay(civil) - absl::CivilDay(1970, 1, 1);
    return ((days + 4) % 7 + 7) % 7;
  };
  if (name == "getFullYear") return Plain::Int(civil.year());
  if (name == "getMonth") return Plain::Int(civil.month() - 1);
  if (name == "getDate") return Plain::Int(civil.day());
  if (name == "getDayOfMonth") return Plain::Int(civil.day() - 1);
  if (name == "getDayOfWeek") return Plain::Int(weekday());
  if (name == "getDayOfYear") {
    return Plain::Int(absl::CivilDay(civil) - absl::CivilDay(civil.year(), 1, 1));
  }
  if (name == "getHours") return Plain::Int(civil.hour());
  if (name == "getMinutes") return Plain::Int(civil.minute());
  if (name == "getSeconds") return Plain::Int(civil.second());
  if (name == "getMilliseconds") return Plain::Int(time.nanos / 1000000);
  return Plain::Error("UNSUPPORTED");
}

Plain DurationPart(const std::string& name, const Plain& span) {
  if (name == "getHours") return Plain::Int(span.number / 3600000000000);
  if (name == "getMinutes") return Plain::Int(span.number / 60000000000);
  if (name == "getSeconds") return Plain::Int(span.number / 1000000000);
  if (name == "getMilliseconds") return Plain::Int(span.number % 1000000000 / 1000000);
  return Plain::Error("UNSUPPORTED");
}

// ---- The strings extension ----

bool IsIndex(const Plain& value, size_t size) {
  return value.number >= 0 && static_cast<uint64_t>(value.number) <= size;
}

// Where `needle` is in `text`, as characters; -1 when nowhere.
int64_t Find(const std::vector<std::string>& text, const std::vector<std::string>& needle,
             int64_t from, bool backwards) {
  const int64_t last = static_cast<int64_t>(text.size()) - static_cast<int64_t>(needle.size());
  const auto here = [&](int64_t i) {
    return std::equal(needle.begin(), needle.end(), text.begin() + i);
  };
  if (backwards) {
    for (int64_t i = std::min(from, last); i >= 0; --i) {
      if (here(i)) return i;
    }
    return -1;
  }
  for (int64_t i = from; i <= last; ++i) {
    if (here(i)) return i;
  }
  return -1;
}

Plain StringFunction(const std::string& name, const std::vector<Plain>& a) {
  const auto is = [&](std::vector<K> kinds) {
    if (a.size() != kinds.size()) return false;
    for (size_t i = 0; i < kinds.size(); ++i) {
      if (!a[i].is(kinds[i])) return false;
    }
    return true;
  };
  const std::vector<std::string> text = Characters(a[0].text);
  const Plain out_of_range = Plain::Error("INDEX_OUT_OF_RANGE");
  if (name == "charAt" && is({K::kString, K::kInt})) {
    if (!IsIndex(a[1], text.size())) return out_of_range;
    const size_t i = static_cast<size_t>(a[1].number);
    return Plain::String(i == text.size() ? "" : text[i]);
  }
  if (name == "indexOf" || name == "lastIndexOf") {
    const bool back = name == "lastIndexOf";
    if (is({K::kString, K::kString})) {
      return Plain::Int(
          Find(text, Characters(a[1].text), back ? static_cast<int64_t>(text.size()) : 0, back));
    }
    if (!is({K::kString, K::kString, K::kInt})) return NoOverload();
    if (!IsIndex(a[2], text.size())) return out_of_range;
    return Plain::Int(Find(text, Characters(a[1].text), a[2].number, back));
  }
  if ((name == "lowerAscii" || name == "upperAscii") && is({K::kString})) {
    std::string out = a[0].text;
    for (char& c : out) {
      if (name[0] == 'l' && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
      if (name[0] == 'u' && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
    return Plain::String(out);
  }
  if (name == "substring") {
    const bool two = is({K::kString, K::kInt});
    if (!two && !is({K::kString, K::kInt, K::kInt})) return NoOverload();
    const size_t size = text.size();
    if (!IsIndex(a[1], size)) return out_of_range;
    if (two) return Plain::String(Joined(text, static_cast<size_t>(a[1].number), size));
    if (!IsIndex(a[2], size) || a[1].number > a[2].number) return out_of_range;
    return Plain::String(
        Joined(text, static_cast<size_t>(a[1].number), static_cast<size_t>(a[2].number)));
  }
  if (name == "reverse" && is({K::kString})) {
    return Plain::String(Joined({text.rbegin(), text.rend()}, 0, text.size()));
  }
  if (name == "trim" && is({K::kString})) {
    size_t begin = 0, end = text.size();
    const auto space = [&](size_t i) {
      if (text[i].size() > 1)
        return text[i] == "\u0085" || text[i] == "\u00a0" || text[i] == "\u2003";
      return std::string(" \t\n\v\f\r").find(text[i]) != std::string::npos;
    };
    while (begin < end && space(begin)) ++begin;
    while (end > begin && space(end - 1)) --end;
    return Plain::String(Joined(text, begin, end));
  }
  if (name == "replace") {
    if (!is({K::kString, K::kString, K::kString}) &&
        !is({K::kString, K::kString, K::kString, K::kInt})) {
      return NoOverload();
    }
    int64_t left = a.size() == 4 && a[3].number >= 0 ? a[3].number : kMax;
    const std::vector<std::string> from = Characters(a[1].text);
    std::string out;
    size_t i = 0;
    while (i <= text.size()) {
      const bool found = left > 0 && i + from.size() <= text.size() &&
                         std::equal(from.begin(), from.end(), text.begin() + i);
      if (found) {
        out += a[2].text;
        --left;
        if (!from.empty()) {
          i += from.size();
          continue;
        }
      }
      if (i < text.size()) out += text[i];
      ++i;
    }
    return Plain::String(out);
  }
  if (name == "split") {
    if (!is({K::kString, K::kString}) && !is({K::kString, K::kString, K::kInt}))
      return NoOverload();
    const int64_t limit = a.size() == 3 && a[2].number >= 0 ? a[2].number : kMax;
    std::vector<Plain> parts;
    if (limit == 0) return Plain::List({});
    const std::vector<std::string> separator = Characters(a[1].text);
    if (separator.empty()) {
      for (size_t i = 0; i < text.size(); ++i) {
        if (static_cast<int64_t>(parts.size()) + 1 == limit) {
          parts.push_back(Plain::String(Joined(text, i, text.size())));
          return Plain::List(std::move(parts));
        }
        parts.push_back(Plain::String(text[i]));
      }
      return Plain::List(std::move(parts));
    }
    size_t begin = 0;
    while (static_cast<int64_t>(parts.size()) + 1 < limit) {
      const int64_t found = Find(text, separator, static_cast<int64_t>(begin), false);
      if (found < 0) break;
      parts.push_back(Plain::String(Joined(text, begin, static_cast<size_t>(found))));
      begin = static_cast<size_t>(found) + separator.size();
    }
    parts.push_back(Plain::String(Joined(text, begin, text.size())));
    return Plain::List(std::move(parts));
  }
  if (name == "join") {
    if (!is({K::kList}) && !is({K::kList, K::kString})) return NoOverload();
    std::string out;
    for (size_t i = 0; i < a[0].elements.size(); ++i) {
      if (a[0].elements[i].is_error()) return Plain::Error("UNSUPPORTED");
      if (!a[0].elements[i].is(K::kString)) return NoOverload();
      if (i > 0 && a.size() == 2) out += a[1].text;
      out += a[0].elements[i].text;
    }
    return Plain::String(out);
  }
  return NoOverload();
}

// ---- The math extension ----

Plain Extreme(bool greatest, const std::vector<Plain>& a) {
  const bool list = a.size() == 1 && a[0].is(K::kList);
  const std::vector<Plain>& numbers = list ? a[0].elements : a;
  if (numbers.empty()) return Plain::Error("INVALID_ARGUMENT");
  for (const Plain& number : numbers) {
    if (!IsPlainNumber(number)) return NoOverload();
  }
  Plain best = numbers[0];
  for (const Plain& number : numbers) {
    if (ComparePlainNumbers(number, best) == (greatest ? 1 : -1)) best = number;
  }
  return best;
}

Plain BitFunction(const std::string& name, const std::vector<Plain>& a) {
  const bool shift = name == "math.bitShiftLeft" || name == "math.bitShiftRight";
  if (a.empty() || (!a[0].is(K::kInt) && !a[0].is(K::kUint))) return NoOverload();
  const bool is_uint = a[0].is(K::kUint);
  const auto bits = [](const Plain& value) {
    return value.is(K::kUint) ? value.unsigned_number : static_cast<uint64_t>(value.number);
  };
  const auto made = [&](uint64_t value) {
    return is_uint ? Plain::Uint(value) : Plain::Int(static_cast<int64_t>(value));
  };
  if (name == "math.bitNot") return a.size() == 1 ? made(~bits(a[0])) : NoOverload();
  if (a.size() != 2) return NoOverload();
  if (shift) {
    if (!a[1].is(K::kInt)) return NoOverload();
    if (a[1].number < 0) return Plain::Error("INVALID_ARGUMENT");
    if (a[1].number >= 64) return made(0);
    return made(name == "math.bitShiftLeft" ? bits(a[0]) << a[1].number
                                            : bits(a[0]) >> a[1].number);
  }
  if (a[1].kind != a[0].kind) return NoOverload();
  const uint64_t x = bits(a[0]), y = bits(a[1]);
  return made(name == "math.bitAnd" ? x & y : name == "math.bitOr" ? x | y : x ^ y);
}

Plain MathFunction(const std::string& name, const std::vector<Plain>& a) {
  if (name == "math.greatest" || name == "math.least") return Extreme(name == "math.greatest", a);
  if (absl::StartsWith(name, "math.bit")) return BitFunction(name, a);
  if (a.size() != 1) return NoOverload();
  const Plain& value = a[0];
  if (name == "math.abs") {
    if (value.is(K::kInt))
      return CheckedInt(value.number < 0 ? -static_cast<__int128>(value.number) : value.number);
    if (value.is(K::kDouble)) return Plain::Double(std::fabs(value.real));
    return value.is(K::kUint) ? value : NoOverload();
  }
  if (name == "math.sign") {
    if (value.is(K::kInt)) return Plain::Int(value.number > 0 ? 1 : value.number < 0 ? -1 : 0);
    if (value.is(K::kUint)) return Plain::Uint(value.unsigned_number > 0 ? 1 : 0);
    if (!value.is(K::kDouble)) return NoOverload();
    if (std::isnan(value.real)) return value;
    return Plain::Double(value.real > 0 ? 1 : value.real < 0 ? -1 : 0);
  }
  if (name == "math.sqrt") {
    const Plain real = IsPlainNumber(value) ? ToDouble(value) : NoOverload();
    return real.is_error() ? real : Plain::Double(std::sqrt(real.real));
  }
  if (!value.is(K::kDouble)) return NoOverload();
  if (name == "math.ceil") return Plain::Double(std::ceil(value.real));
  if (name == "math.floor") return Plain::Double(std::floor(value.real));
  if (name == "math.trunc") return Plain::Double(std::trunc(value.real));
  if (name == "math.round") return Plain::Double(std::round(value.real));
  if (name == "math.isNaN") return Plain::Bool(std::isnan(value.real));
  if (name == "math.isInf") return Plain::Bool(std::isinf(value.real));
  if (name == "math.isFinite") return Plain::Bool(std::isfinite(value.real));
  return Plain::Error("UNSUPPORTED");
}

bool IsZero(const Plain& value) {
  switch (value.kind) {
    case K::kNull:
      return true;
    case K::kBool:
      return !value.boolean;
    case K::kDouble:
      return value.real == 0;
    case K::kMessage:
      return value.message->ByteSizeLong() == 0;
    default:
      return value.number == 0 && value.nanos == 0 && value.unsigned_number == 0 &&
             value.text.empty() && value.elements.empty() && value.entries.empty();
  }
}

Plain OptionalFunction(const std::string& name, const std::vector<Plain>& a) {
  if (name == "optional.none") return Plain::None();
  if (name == "optional.of") return Plain::Some(a[0]);
  if (name == "optional.ofNonZeroValue") return IsZero(a[0]) ? Plain::None() : Plain::Some(a[0]);
  if (!a[0].is(K::kOptional)) return NoOverload();
  if (name == "hasValue") return Plain::Bool(!a[0].elements.empty());
  if (name == "value") {
    return a[0].elements.empty() ? Plain::Error("OPTIONAL_EMPTY") : a[0].elements[0];
  }
  if (name == "orValue") return a[1];
  if (!a[1].is(K::kOptional)) return NoOverload();
  return a[1];
}

}  // namespace

Plain ApplyPlainOperator(Operator op, const std::vector<Plain>& a) {
  // Arithmetic and order look into an optional.
  if (op >= Operator::kLess && op <= Operator::kNegate && op != Operator::kIn) {
    std::vector<Plain> opened = a;
    bool optional = false;
    for (Plain& operand : opened) {
      if (!operand.is(K::kOptional)) continue;
      if (operand.elements.empty()) return Plain::Error("OPTIONAL_EMPTY");
      optional = true;
      operand = Plain(operand.elements[0]);
    }
    if (optional) return ApplyPlainOperator(op, opened);
  }
  switch (op) {
    case Operator::kEqual:
      return Plain::Bool(PlainEquals(a[0], a[1]));
    case Operator::kNotEqual:
      return Plain::Bool(!PlainEquals(a[0], a[1]));
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      return Ordering(op, a[0], a[1]);
    case Operator::kIn:
      return In(a[0], a[1]);
    case Operator::kNot:
      return a[0].is(K::kBool) ? Plain::Bool(!a[0].boolean) : Plain::Error("NOT_BOOL");
    case Operator::kNegate:
      if (a[0].is(K::kDouble)) return Plain::Double(-a[0].real);
      return a[0].is(K::kInt) ? CheckedInt(-static_cast<__int128>(a[0].number)) : NoOverload();
    default:
      return Arithmetic(op, a[0], a[1]);
  }
}

Plain AggregatePlain(const std::string& name, const Plain& list, const Plain& zero) {
  if (!list.is(K::kList)) return NoOverload();
  const std::vector<Plain>& elements = list.elements;
  if (name == "sum" && elements.empty()) return zero;
  if (elements.empty()) return Plain::None();
  const K kind = elements[0].kind;
  if (name == "min" || name == "max") {
    Plain best = elements[0];
    for (size_t i = 1; i < elements.size(); ++i) {
      const Plain before =
          Ordering(name == "min" ? Operator::kLess : Operator::kGreater, elements[i], best);
      if (before.is_error()) return before;
      if (before.boolean) best = elements[i];
    }
    return Plain::Some(best);
  }
  __int128 whole = 0;
  double real = 0;
  bool same = true;
  for (size_t i = 0; i < elements.size(); ++i) {
    same &= elements[i].is(kind);
    whole += kind == K::kUint ? static_cast<__int128>(elements[i].unsigned_number)
                              : static_cast<__int128>(elements[i].number);
    real = i == 0 ? elements[i].real : real + elements[i].real;
  }
  const bool number = kind == K::kInt || kind == K::kUint || kind == K::kDouble;
  if (!same || (!number && kind != K::kDuration)) return NoOverload();
  if (name == "sum") {
    if (kind == K::kDouble) return Plain::Double(real);
    if (kind == K::kUint) return CheckedUint(whole);
    return kind == K::kInt ? CheckedInt(whole) : CheckedDuration(whole);
  }
  const double count = static_cast<double>(elements.size());
  if (kind == K::kDouble) return Plain::Some(Plain::Double(real / count));
  if (number) return Plain::Some(Plain::Double(static_cast<double>(whole) / count));
  // To the nearest nanosecond: twice the remainder is compared with the count.
  const __int128 divisor = static_cast<__int128>(elements.size());
  __int128 quotient = whole / divisor, rest = whole % divisor;
  if ((rest < 0 ? -rest : rest) * 2 >= divisor) quotient += rest < 0 ? -1 : 1;
  return Plain::Some(Plain::Duration(static_cast<int64_t>(quotient)));
}

Plain CallPlainFunction(const std::string& name, bool member, std::vector<Plain> a) {
  // The standard library's regular expressions recurse with the length of the text.
  for (const Plain& argument : a) {
    if (argument.text.size() > 500) return Plain::Error("UNSUPPORTED");
  }
  if (absl::StartsWith(name, "math.")) return MathFunction(name, a);
  if (absl::StartsWith(name, "optional.") ||
      (member && (name == "hasValue" || name == "value" || name == "or" || name == "orValue"))) {
    return OptionalFunction(name, a);
  }
  if (name == "size") return a.size() == 1 ? SizeOf(a[0]) : NoOverload();
  if (!member && a.size() == 1) {
    for (const auto& [unit, seconds] : {std::pair<const char*, int64_t>{"days", 86400},
                                        {"hours", 3600},
                                        {"minutes", 60},
                                        {"seconds", 1}}) {
      if (name != unit) continue;
      if (!a[0].is(K::kInt)) return NoOverload();
      return CheckedDuration(static_cast<__int128>(a[0].number) * seconds * 1000000000);
    }
    if (name == "dyn") return a[0];
    if (name == "type") return Plain::Type(TypeName(a[0]));
    if (name == "int") return ToInt(a[0]);
    if (name == "uint") return ToUint(a[0]);
    if (name == "double") return ToDouble(a[0]);
    if (name == "bool") return ToBool(a[0]);
    if (name == "string") return ToStringValue(a[0]);
    if (name == "bytes") {
      if (a[0].is(K::kBytes)) return a[0];
      return a[0].is(K::kString) ? Plain::Bytes(a[0].text) : NoOverload();
    }
    if (name == "timestamp") {
      if (a[0].is(K::kTimestamp)) return a[0];
      if (a[0].is(K::kInt)) return Plain::Timestamp(a[0].number, 0);
      return a[0].is(K::kString) ? ParseTimestamp(a[0].text) : NoOverload();
    }
    if (name == "duration") {
      if (a[0].is(K::kDuration)) return a[0];
      if (a[0].is(K::kInt)) return CheckedDuration(static_cast<__int128>(a[0].number) * 1000000000);
      return a[0].is(K::kString) ? ParseDuration(a[0].text) : NoOverload();
    }
    if (name == "base64.encode") {
      return a[0].is(K::kBytes) ? Plain::String(absl::Base64Escape(a[0].text)) : NoOverload();
    }
  }
  if (name == "matches" && a.size() == 2) {
    if (!a[0].is(K::kString) || !a[1].is(K::kString)) return NoOverload();
    return Matches(a[0].text, a[1].text);
  }
  if (!member) return Plain::Error("UNSUPPORTED");
  if (absl::StartsWith(name, "get")) {
    if (a[0].is(K::kDuration)) return a.size() == 1 ? DurationPart(name, a[0]) : NoOverload();
    if (!a[0].is(K::kTimestamp) || a.size() > 2 || (a.size() == 2 && !a[1].is(K::kString))) {
      return NoOverload();
    }
    return TimestampPart(name, a[0], a.size() == 2 ? a[1].text : "");
  }
  if (name == "contains" || name == "startsWith" || name == "endsWith") {
    if (a.size() != 2 || !a[0].is(K::kString) || !a[1].is(K::kString)) return NoOverload();
    const std::string &x = a[0].text, &y = a[1].text;
    if (name == "contains") return Plain::Bool(x.find(y) != std::string::npos);
    if (x.size() < y.size()) return Plain::Bool(false);
    return Plain::Bool(name == "startsWith" ? x.compare(0, y.size(), y) == 0
                                            : x.compare(x.size() - y.size(), y.size(), y) == 0);
  }
  for (const char* known : {"charAt", "indexOf", "lastIndexOf", "lowerAscii", "upperAscii",
                            "substring", "reverse", "trim", "replace", "split", "join"}) {
    if (name == known) return StringFunction(name, a);
  }
  return Plain::Error("UNSUPPORTED");
}

}  // namespace frontdesk::cel::testing
