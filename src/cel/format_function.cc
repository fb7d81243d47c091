// string.format(list): the clauses %s %d %f %e %x %X %o %b %% with an optional precision.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cel/environment_data.h"
#include "cel/function_table.h"
#include "cel/scalar_text.h"
#include "cel/utf8.h"

namespace frontdesk::cel::cel_internal {
namespace {

constexpr int kMaxPrecision = 1000;

// Appends to a text until it is too long; then every step fails.
class Formatter {
 public:
  explicit Formatter(const Call& call)
      : max_size_(static_cast<size_t>(
            std::max<int64_t>(0, call.frame.environment->limits.max_result_size))),
        max_depth_(call.frame.environment->limits.max_value_depth) {}

  bool Clause(char clause, int precision, const Value& value);
  bool Text(absl::string_view text) {
    absl::StrAppend(&out_, text);
    return Fits();
  }
  bool too_large() const { return too_large_ || out_.size() > max_size_; }
  bool too_deep() const { return too_deep_; }
  const std::string& text() const { return out_; }

 private:
  bool Fits() const { return out_.size() <= max_size_; }
  bool String(const Value& value, int depth);
  bool List(const Value& value, int depth);
  bool Map(const Value& value, int depth);
  bool Bytes(absl::string_view bytes);
  bool Decimal(const Value& value);
  bool Real(const Value& value, char clause, int precision);
  bool Hex(const Value& value, bool upper);
  bool Radix(const Value& value, int bits);

  size_t max_size_;
  int max_depth_;
  bool too_deep_ = false;
  bool too_large_ = false;
  std::string out_;
};

bool Formatter::Clause(char clause, int precision, const Value& value) {
  if (precision >= 0 && clause != 'f' && clause != 'e') return false;
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
  bool was_valid = true;
  while (!bytes.empty()) {
    const CodePoint point = DecodeUtf8(bytes);
    if (point.valid || was_valid) AppendUtf8(point.value, &out_);
    was_valid = point.valid;
    bytes.remove_prefix(point.length);
  }
  return Fits();
}

bool Formatter::List(const Value& value, int depth) {
  out_ += "[";
  for (size_t i = 0; i < value.list_size(); ++i) {
    if (i > 0) out_ += ", ";
    if (!String(value.list_at(i), depth - 1)) return false;
  }
  return Text("]");
}

bool Formatter::Map(const Value& value, int depth) {
  std::vector<std::pair<std::string, Value>> entries;
  std::string saved = std::move(out_);
  size_t keys = saved.size();
  for (size_t i = 0; i < value.map_size(); ++i) {
    out_.clear();
    if (!String(value.map_key(i), depth - 1)) return false;
    // The keys together are part of the result.
    keys += out_.size();
    if (keys > max_size_) {
      too_large_ = true;
      return false;
    }
    entries.emplace_back(std::move(out_), value.map_value(i));
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  out_ = std::move(saved);
  out_ += "{";
  for (size_t i = 0; i < entries.size(); ++i) {
    absl::StrAppend(&out_, i == 0 ? "" : ", ", entries[i].first, ": ");
    if (!Fits() || !String(entries[i].second, depth - 1)) return false;
  }
  return Text("}");
}

bool Formatter::String(const Value& value, int depth) {
  if (depth <= 0) {
    too_deep_ = true;
    return false;
  }
  switch (value.kind()) {
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

}  // namespace

Value FormatFunction(const Call& call, const Value* arguments) {
  const absl::string_view format = arguments[0].string_value();
  const Value& list = arguments[1];
  Formatter formatter(call);
  size_t used = 0;
  const auto failed = [&] {
    if (formatter.too_large()) return call.Error(Code::LIMIT_RESULT_SIZE);
    if (formatter.too_deep()) return call.Error(Code::LIMIT_VALUE_DEPTH);
    return call.BadArgument();
  };
  for (size_t i = 0; i < format.size(); ++i) {
    const size_t percent = std::min(format.find('%', i), format.size());
    if (!formatter.Text(format.substr(i, percent - i))) return failed();
    i = percent + 1;
    if (percent == format.size()) break;
    if (i < format.size() && format[i] == '%') {
      formatter.Text("%");
      continue;
    }
    int precision = -1;
    if (i < format.size() && format[i] == '.') {
      precision = 0;
      const size_t digits = ++i;
      for (; i < format.size() && absl::ascii_isdigit(format[i]); ++i) {
        precision = std::min(precision * 10 + (format[i] - '0'), kMaxPrecision + 1);
      }
      if (i == digits || precision > kMaxPrecision) return call.BadArgument();
    }
    if (i >= format.size() || used >= list.list_size()) return call.BadArgument();
    if (!formatter.Clause(format[i], precision, list.list_at(used++))) return failed();
  }
  if (!call.Charge(static_cast<int64_t>(1 + formatter.text().size() / 10))) {
    return call.Error(Code::LIMIT_COST);
  }
  return call.NewString(formatter.text());
}

}  // namespace frontdesk::cel::cel_internal
