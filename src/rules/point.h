// One value of a term of a condition, and a selection of values that covers all others. Private to rules/.
#ifndef FRONTDESK_RULES_POINT_H_
#define FRONTDESK_RULES_POINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/types/optional.h"
#include "frontdesk/cel/value.h"

namespace frontdesk {
namespace rules {

inline constexpr int64_t kNanosInSecond = 1000000000;

// The line that the values of a term are on.
enum class Line : uint8_t {
  kWhole,   // int, uint, bool, enum; timestamps and durations in nanoseconds.
  kDouble,  // With NaN.
  kText,
  kKind,  // Numbers of several kinds: ordered_message.h.
};

// A value on a line, or the failure of the term. A plain value.
struct Point {
  Line line = Line::kWhole;
  bool is_error = false;
  absl::int128 whole = 0;
  double real = 0;
  std::string text;

  static Point Whole(absl::int128 value) {
    Point point;
    point.whole = value;
    return point;
  }
  static Point Real(double value) {
    Point point;
    point.line = Line::kDouble;
    point.real = value;
    return point;
  }
  static Point Text(std::string value) {
    Point point;
    point.line = Line::kText;
    point.text = std::move(value);
    return point;
  }
  static Point Kind(std::string kind, int64_t number) {
    Point point;
    point.line = Line::kKind;
    point.text = std::move(kind);
    point.whole = number;
    return point;
  }
  static Point Error() {
    Point point;
    point.is_error = true;
    return point;
  }
};

// Below zero, zero or above for points of one line; nothing when one is NaN, and for two kinds.
absl::optional<int> ComparePoints(const Point& a, const Point& b);

// A text that tells points of one line apart.
std::string PointKey(const Point& point);

// The point of a constant; nothing for lists, messages and so on.
absl::optional<Point> PointOf(const cel::Value& value);

// The constants, and a point between any two neighbors, below the first and above the last, where there is one. Comparisons with the
// constants tell no other points apart. `min` and `max` bound kWhole and kKind.
std::vector<Point> Representatives(Line line, std::vector<Point> constants, absl::int128 min,
                                   absl::int128 max);

// The first text behind all that begin with `prefix`, in the order of the language; nothing when `prefix` does not end in an ASCII
// character.
absl::optional<std::string> AfterPrefix(const std::string& prefix);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_POINT_H_
