#include "rules/point.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <sstream>
#include <utility>

#include "absl/strings/str_format.h"

namespace frontdesk {
namespace rules {
namespace {

bool Before(const Point& a, const Point& b) { return ComparePoints(a, b).value_or(1) < 0; }

// A point strictly between the two, either of which may be null; nothing when there is none.
absl::optional<Point> Between(Line line, const Point* low, const Point* high, absl::int128 min,
                              absl::int128 max) {
  switch (line) {
    case Line::kWhole: {
      const absl::int128 first = low == nullptr ? min : std::max(min, low->whole + 1);
      const absl::int128 last = high == nullptr ? max : std::min(max, high->whole - 1);
      if (first > last) return absl::nullopt;
      // The value of a field that is not set is the plainest; then the one beside a constant.
      if (first <= 0 && 0 <= last) return Point::Whole(0);
      return Point::Whole(low == nullptr ? last : first);
    }
    case Line::kDouble: {
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      if (low == nullptr && high == nullptr) return Point::Real(0);
      if (low == nullptr) {
        if (high->real == -kInfinity) return absl::nullopt;
        return Point::Real(high->real > 0 ? 0 : std::max(high->real * 2 - 1, -kInfinity));
      }
      if (high == nullptr) {
        if (low->real == kInfinity) return absl::nullopt;
        return Point::Real(low->real < 0 ? 0 : std::min(low->real * 2 + 1, kInfinity));
      }
      if (low->real < 0 && high->real > 0) return Point::Real(0);
      const double middle = low->real / 2 + high->real / 2;
      if (low->real < middle && middle < high->real) return Point::Real(middle);
      const double next = std::nextafter(low->real, kInfinity);
      if (next < high->real) return Point::Real(next);
      return absl::nullopt;
    }
    case Line::kKind:
      return absl::nullopt;  // Of each kind alone.
    case Line::kText: {
      if (low == nullptr) {
        if (high != nullptr && high->text.empty()) return absl::nullopt;
        return Point::Text("");
      }
      const char* const endings[] = {"a", "0", "\x01"};
      for (const char* ending : endings) {
        std::string text = low->text + ending;
        if (high == nullptr || text < high->text) return Point::Text(std::move(text));
      }
      std::string least = low->text + std::string(1, '\0');
      if (least < high->text) return Point::Text(std::move(least));
      return absl::nullopt;
    }
  }
  return absl::nullopt;
}

}  // namespace

absl::optional<int> ComparePoints(const Point& a, const Point& b) {
  switch (a.line) {
    case Line::kWhole:
      return a.whole < b.whole ? -1 : a.whole > b.whole ? 1 : 0;
    case Line::kDouble:
      if (std::isnan(a.real) || std::isnan(b.real)) return absl::nullopt;
      return a.real < b.real ? -1 : a.real > b.real ? 1 : 0;
    case Line::kText:
      return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
    case Line::kKind:
      if (a.text != b.text) return absl::nullopt;
      return a.whole < b.whole ? -1 : a.whole > b.whole ? 1 : 0;
  }
  return absl::nullopt;
}

std::string PointKey(const Point& point) {
  if (point.is_error) return "!";
  switch (point.line) {
    case Line::kWhole: {
      std::ostringstream text;
      text << point.whole;
      return text.str();
    }
    case Line::kDouble:
      return absl::StrFormat("%.17g", point.real == 0 ? 0.0 : point.real);
    case Line::kText:
      return point.text;
    case Line::kKind: {
      std::ostringstream text;
      text << point.text << ' ' << point.whole;
      return text.str();
    }
  }
  return "";
}

absl::optional<Point> PointOf(const cel::Value& value) {
  switch (value.kind()) {
    case cel::ValueKind::kBool:
      return Point::Whole(value.bool_value() ? 1 : 0);
    case cel::ValueKind::kInt:
      return Point::Whole(value.int_value());
    case cel::ValueKind::kUint:
      return Point::Whole(absl::int128(value.uint_value()));
    case cel::ValueKind::kDouble:
      return Point::Real(value.double_value());
    case cel::ValueKind::kString:
      return Point::Text(std::string(value.string_value()));
    case cel::ValueKind::kTimestamp:
      return Point::Whole(absl::int128(value.timestamp_seconds()) * kNanosInSecond +
                          value.timestamp_nanos());
    case cel::ValueKind::kDuration:
      return Point::Whole(value.duration_nanos());
    default:
      return absl::nullopt;
  }
}

namespace {

// Not set, of a kind that no constant has, and each kind by itself.
std::vector<Point> OfKinds(const std::vector<Point>& constants, absl::int128 min,
                           absl::int128 max) {
  std::map<std::string, std::vector<Point>> by_kind;
  for (const Point& point : constants) {
    if (!point.text.empty()) by_kind[point.text].push_back(Point::Whole(point.whole));
  }
  std::vector<Point> points = {Point::Kind("", 0)};
  std::string other = "XXX";
  while (by_kind.count(other) > 0) other += 'X';
  points.push_back(Point::Kind(std::move(other), 0));
  for (auto& [kind, numbers] : by_kind) {
    for (const Point& number : Representatives(Line::kWhole, std::move(numbers), min, max)) {
      points.push_back(Point::Kind(kind, static_cast<int64_t>(number.whole)));
    }
  }
  return points;
}

}  // namespace

std::vector<Point> Representatives(Line line, std::vector<Point> constants, absl::int128 min,
                                   absl::int128 max) {
  if (line == Line::kKind) return OfKinds(constants, min, max);
  constants.erase(
      std::remove_if(constants.begin(), constants.end(),
                     [&](const Point& point) {
                       return std::isnan(point.real) ||
                              (line == Line::kWhole && (point.whole < min || point.whole > max));
                     }),
      constants.end());
  std::sort(constants.begin(), constants.end(), Before);
  constants.erase(std::unique(constants.begin(), constants.end(),
                              [](const Point& a, const Point& b) {
                                return ComparePoints(a, b).value_or(1) == 0;
                              }),
                  constants.end());
  std::vector<Point> points;
  const Point* low = nullptr;
  for (size_t i = 0; i <= constants.size(); ++i) {
    const Point* high = i < constants.size() ? &constants[i] : nullptr;
    if (absl::optional<Point> between = Between(line, low, high, min, max)) {
      points.push_back(*std::move(between));
    }
    if (high != nullptr) points.push_back(*high);
    low = high;
  }
  if (line == Line::kDouble) {
    points.push_back(Point::Real(std::numeric_limits<double>::quiet_NaN()));
  }
  return points;
}

absl::optional<std::string> AfterPrefix(const std::string& prefix) {
  std::string text = prefix;
  if (text.empty() || static_cast<unsigned char>(text.back()) >= 0x7F) return absl::nullopt;
  ++text.back();
  return text;
}

}  // namespace rules
}  // namespace frontdesk
