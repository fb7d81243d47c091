// string.format(list): the clauses %s %d %f %e %x %X %o %b %% with an optional precision.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/environment_data.h"
#include "cel/function_table.h"
#include "cel/messages.h"
#include "cel/scalar_text.h"
#include "cel/utf8.h"

namespace frontdesk::cel::cel_internal {
namespace {

constexpr int kMaxPrecision = 1000;

// Cost units of one value, to which come those of its text.
constexpr int64_t kValueCost = 5;

// Appends to a text until a limit is reached; then every step fails.
class Formatter {
 public:
  explicit Formatter(const Call& call)
      : call_(call), max_depth_(call.frame.environment->limits.max_value_depth), out_(call) {}

  bool Clause(char clause, int precision, const Value& value);
  bool Text(absl::string_view text) { return out_.Add(text); }
  // The failure: a limit, an error inside a value, or an argument.
  Value error() const {
    return out_.failed()       ? out_.error()
           : error_.is_error() ? LocateError(call_.arena(), error_, call_.expr)
                               : call_.BadArgument();
  }
  Value Finish() const { return out_.Finish(); }

 private:
  bool Fail(const Value& error) {
    error_ = error;
    return false;
  }
  bool String(const Value& value, int depth);
  bool List(const Value& value, int depth);
  bool Map(const Value& value, int depth);
  bool Bytes(absl::string_view bytes);
  bool Decimal(const Value& value);
  bool Real(const Value& value, char clause, int precision);
  bool Hex(const Value& value, bool upper);
  bool Radix(const Value& value, int bits);

  const Call& call_;
  int max_depth_;
  Value error_;
  TextMaker out_;
};

bool Formatter::Clause(char clause, int precision, const Value& value) {
  if (value.is_error()) return Fail(value);
  if (clause != 's' && !call_.Charge(kValueCost)) return Fail(call_.Error(Code::LIMIT_COST));
  switch (clause) {
    case 's':
      return String(value, max_depth_);
    case 'd':
      return Decimal(value);
    case 'f':
    case 'e':
      return Real(value, clause, precision < 0 ? 6 : precision);
    case 'x':
    case 'X':
      return Hex(value, clause == 'X');
    case 'o':
      return Radix(value, 3);
    case 'b':
      if (value.is_bool()) return Text(value.bool_value() ? "1" : "0");
      return Radix(value, 1);
    default:
      return false;
  }
}

bool Formatter::Bytes(absl::string_view bytes) {
  if (!call_.Charge(static_cast<int64_t>(bytes.size() / 10))) {
    return Fail(call_.Error(Code::LIMIT_COST));
  }
  std::string text;
  bool was_valid = true;
  while (!bytes.empty()) {
    const CodePoint point = DecodeUtf8(bytes);
    if (point.valid || was_valid) AppendUtf8(point.value, &text);
    was_valid = point.valid;
    bytes.remove_prefix(point.length);
  }
  return Text(text);
}

bool Formatter::List(const Value& value, int depth) {
  if (!Text("[")) return false;
  for (size_t i = 0; i < value.list_size(); ++i) {
    if (i > 0 && !Text(", ")) return false;
    if (!String(value.list_at(i), depth - 1)) return false;
  }
  return Text("]");
}

// The entries by the text of their keys, which are written behind the text so far and cut off again.
bool Formatter::Map(const Value& value, int depth) {
  std::vector<std::pair<std::string, size_t>> keys;
  const size_t before = out_.text().size();
  size_t bytes = 0;
  for (size_t i = 0; i < value.map_size(); ++i) {
    if (!String(value.map_key(i), depth - 1)) return false;
    keys.emplace_back(out_.text().substr(before), i);
    out_.text().resize(before);
    // The keys together are part of the result.
    bytes += keys.back().first.size();
    if (!call_.Charge(static_cast<int64_t>(keys.back().first.size() / 10))) {
      return Fail(call_.Error(Code::LIMIT_COST));
    }
    if (static_cast<int64_t>(before + bytes) > call_.frame.environment->limits.max_result_size) {
      return Fail(call_.Error(Code::LIMIT_RESULT_SIZE));
    }
  }
  const size_t sorting = (keys.size() + bytes / 16) * SortDepth(keys.size());
  if (!call_.Charge(static_cast<int64_t>(sorting))) return Fail(call_.Error(Code::LIMIT_COST));
  std::sort(keys.begin(), keys.end());
  if (!Text("{")) return false;
  for (size_t i = 0; i < keys.size(); ++i) {
    if ((i > 0 && !Text(", ")) || !Text(keys[i].first) || !Text(": ")) return false;
    if (!String(value.map_value(keys[i].second), depth - 1)) return false;
  }
  return Text("}");
}

bool Formatter::String(const Value& value, int depth) {
  if (depth <= 0) return Fail(call_.Error(Code::LIMIT_VALUE_DEPTH));
  if (!call_.Charge(kValueCost)) return Fail(call_.Error(Code::LIMIT_COST));
  switch (value.kind()) {
    case ValueKind::kError:
      return Fail(value);
    case ValueKind::kNull:
      return Text("null");
    case ValueKind::kBool:
      return Text(value.bool_value() ? "true" : "false");
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDouble:
      return Decimal(value);
    case ValueKind::kString:
      return Text(value.string_value());
    case ValueKind::kBytes:
      return Bytes(value.bytes_value());
    case ValueKind::kTimestamp:
      return Text(FormatTimestamp(value.timestamp_seconds(), value.timestamp_nanos()));
    case ValueKind::kDuration:
      return Text(FormatDuration(value.duration_nanos()));
    case ValueKind::kType:
      return Text(value.type_name());
    case ValueKind::kList:
      return List(value, depth);
    case ValueKind::kMap:
      return Map(value, depth);
    default:
      return false;
  }
}

bool Formatter::Decimal(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kInt:
      return Text(absl::StrCat(value.int_value()));
    case ValueKind::kUint:
      return Text(absl::StrCat(value.uint_value()));
    case ValueKind::kDouble:
      return Text(FormatDoubleInFull(value.double_value()));
    default:
      return false;
  }
}

bool Formatter::Real(const Value& value, char clause, int precision) {
  double real;
  switch (value.kind()) {
    case ValueKind::kInt:
      real = static_cast<double>(value.int_value());
      break;
    case ValueKind::kUint:
      real = static_cast<double>(value.uint_value());
      break;
    case ValueKind::kDouble:
      real = value.double_value();
      break;
    default:
      return false;
  }
  if (!std::isfinite(real)) return Text(FormatDouble(real));
  // Room for the digits of the largest double, the precision, sign, point and exponent.
  std::string buffer(320 + precision + 16, '\0');
  const int length = clause == 'f'
                         ? std::snprintf(buffer.data(), buffer.size(), "%.*f", precision, real)
                         : std::snprintf(buffer.data(), buffer.size(), "%.*e", precision, real);
  return Text(absl::string_view(buffer.data(), static_cast<size_t>(length)));
}

bool Formatter::Hex(const Value& value, bool upper) {
  std::string text;
  switch (value.kind()) {
    case ValueKind::kInt:
    case ValueKind::kUint: {
      const bool negative = value.is_int() && value.int_value() < 0;
      const uint64_t bits = static_cast<uint64_t>(ValueAccess::bits(value));
      text = absl::StrCat(negative ? "-" : "", absl::Hex(negative ? ~bits + 1 : bits));
      break;
    }
    case ValueKind::kString:
    case ValueKind::kBytes:
      if (!call_.Charge(static_cast<int64_t>(ValueAccess::text(value).size() / 10))) {
        return Fail(call_.Error(Code::LIMIT_COST));
      }
      text = absl::BytesToHexString(ValueAccess::text(value));
      break;
    default:
      return false;
  }
  return Text(upper ? absl::AsciiStrToUpper(text) : text);
}

bool Formatter::Radix(const Value& value, int bits_a_digit) {
  if (!value.is_int() && !value.is_uint()) return false;
  const bool negative = value.is_int() && value.int_value() < 0;
  uint64_t rest = static_cast<uint64_t>(ValueAccess::bits(value));
  if (negative) rest = ~rest + 1;
  std::string text;
  do {
    text += static_cast<char>('0' + (rest & ((1u << bits_a_digit) - 1)));
    rest >>= bits_a_digit;
  } while (rest != 0);
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return Text(text);
}

struct FormatClause {
  char letter = 0;
  int precision = -1;  // -1: none is given.
};

// Reads the clause that begins with the '%' at `*at`, which then is its last character. False when it is malformed.
bool ReadClause(absl::string_view format, size_t* at, FormatClause* clause) {
  size_t i = *at + 1;
  if (i < format.size() && format[i] == '.') {
    clause->precision = 0;
    const size_t digits = ++i;
    for (; i < format.size() && absl::ascii_isdigit(format[i]); ++i) {
      clause->precision = std::min(clause->precision * 10 + (format[i] - '0'), kMaxPrecision + 1);
    }
    if (i == digits || clause->precision > kMaxPrecision) return false;
  }
  if (i >= format.size()) return false;
  clause->letter = format[i];
  *at = i;
  if (clause->letter == '%') return clause->precision < 0;
  return absl::StrContains("sdfexXob", absl::string_view(&clause->letter, 1)) &&
         (clause->precision < 0 || clause->letter == 'f' || clause->letter == 'e');
}

}  // namespace

absl::optional<ConstantProblem> CheckFormat(const EnvironmentData&,
                                            absl::Span<const Value* const> arguments) {
  if (arguments[0] == nullptr || !arguments[0]->is_string()) return absl::nullopt;
  const absl::string_view format = arguments[0]->string_value();
  for (size_t i = 0; (i = format.find('%', i)) != absl::string_view::npos; ++i) {
    FormatClause clause;
    const size_t begin = i;
    if (!ReadClause(format, &i, &clause)) {
      return ConstantProblem{0, Code::CONSTANT_ERROR,
                             absl::StrCat("this always fails: no clause of format begins with ",
                                          ToText(Value::String(format.substr(begin)), 16))};
    }
  }
  return absl::nullopt;
}

Value FormatFunction(const Call& call, const Value* arguments) {
  const absl::string_view format = arguments[0].string_value();
  const Value& list = arguments[1];
  if (!call.Charge(1)) return call.Error(Code::LIMIT_COST);
  Formatter formatter(call);
  size_t used = 0;
  for (size_t i = 0; i < format.size(); ++i) {
    const size_t percent = std::min(format.find('%', i), format.size());
    if (!formatter.Text(format.substr(i, percent - i))) return formatter.error();
    i = percent;
    if (percent == format.size()) break;
    FormatClause clause;
    if (!ReadClause(format, &i, &clause)) return call.BadArgument();
    if (clause.letter == '%') {
      if (!formatter.Text("%")) return formatter.error();
      continue;
    }
    if (used >= list.list_size()) return call.BadArgument();
    if (!formatter.Clause(clause.letter, clause.precision, list.list_at(used++))) {
      return formatter.error();
    }
  }
  return formatter.Finish();
}

}  // namespace frontdesk::cel::cel_internal
