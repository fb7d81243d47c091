// A calendar as queries use it: pieces of time, each with a pattern that repeats every week, and sums of open time before each. Private.
#ifndef FRONTDESK_CALENDAR_TIMELINE_H_
#define FRONTDESK_CALENDAR_TIMELINE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "calendar/week_pattern.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {

// The cause of a piece that is no weekly hours.
struct Label {
  v1::CalendarException::Kind kind = v1::CalendarException::KIND_UNSPECIFIED;
  std::string name;

  friend bool operator==(const Label& a, const Label& b) {
    return a.kind == b.kind && a.name == b.name;
  }
  friend bool operator<(const Label& a, const Label& b) {
    return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
  }
};

// The patterns and labels that pieces name by number, each once.
class PieceTable {
 public:
  static constexpr std::int32_t kNever = 0;
  static constexpr std::int32_t kAlways = 1;
  static constexpr std::int32_t kNoLabel = 0;

  PieceTable();

  std::int32_t AddPattern(std::vector<Interval> intervals);
  std::int32_t AddLabel(const Label& label);
  const WeekPattern& pattern(std::int32_t number) const {
    return patterns_[static_cast<std::size_t>(number)];
  }
  const Label& label(std::int32_t number) const {
    return labels_[static_cast<std::size_t>(number)];
  }

 private:
  std::vector<WeekPattern> patterns_;
  std::map<std::vector<std::pair<std::int64_t, std::int64_t>>, std::int32_t> pattern_numbers_;
  std::vector<Label> labels_;
  std::map<Label, std::int32_t> label_numbers_;
};

// From `start` to the start of the next piece.
struct Piece {
  std::int64_t start;
  // Open seconds from kBeginSeconds to `start`.
  std::int64_t open_before;
  std::int32_t pattern;
  // The label of its open, and of its closed parts.
  std::int32_t open_label;
  std::int32_t closed_label;
};

// A set of seconds from kBeginSeconds on. Immutable once finished; queries take logarithmic time.
class Timeline {
 public:
  // Adds the piece that begins at `start`, which is not before the one added last; a second one with the same start replaces it. One that
  // begins before kBeginSeconds begins there. Equal neighbors become one.
  void Append(std::int64_t start, std::int32_t pattern, std::int32_t open_label,
              std::int32_t closed_label);
  // From `period_start` on it repeats every kPeriodSeconds. Pieces reach beyond period_start + kPeriodSeconds.
  void Finish(std::int64_t period_start);

  PieceTable& table() { return table_; }
  const PieceTable& table() const { return table_; }
  const std::vector<Piece>& pieces() const { return pieces_; }
  std::int64_t period_start() const { return period_start_; }

  bool IsOpen(std::int64_t time) const;
  // Open seconds from kBeginSeconds to `time`.
  std::int64_t OpenBefore(std::int64_t time) const;
  // The begin of the open second with that number of open seconds before it; nothing when there is no such second.
  absl::optional<std::int64_t> FindOpen(std::int64_t open_before) const;
  // The same of closed seconds.
  absl::optional<std::int64_t> FindClosed(std::int64_t closed_before) const;

  // The state at an instant, and the first instant after it at which that may be another one.
  struct State {
    bool is_open;
    std::int32_t label;
    std::int64_t until;
  };
  State StateAt(std::int64_t time) const;
  // The piece of an instant, with the instant at which it ends.
  std::pair<const Piece*, std::int64_t> PieceAt(std::int64_t time) const;

 private:
  std::size_t FindPiece(std::int64_t time) const;
  const WeekPattern& PatternOf(const Piece& piece) const { return table_.pattern(piece.pattern); }
  std::int64_t OpenBeforeInTable(std::int64_t time) const;
  std::int64_t ClosedBefore(const Piece& piece) const;

  PieceTable table_;
  std::vector<Piece> pieces_;
  std::int64_t period_start_ = 0;
  // Open seconds before the first period, and in each.
  std::int64_t open_before_period_ = 0;
  std::int64_t open_in_period_ = 0;
};

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_TIMELINE_H_
