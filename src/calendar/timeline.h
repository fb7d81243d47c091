// A calendar as queries use it: pieces of time, each with a pattern that repeats every week, and sums of open time before each. Private.
#ifndef FRONTDESK_CALENDAR_TIMELINE_H_
#define FRONTDESK_CALENDAR_TIMELINE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "calendar/civil.h"
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

  // Calls visit(begin, end, is_open, label) for each stretch from `begin` to `end`, in order. Neighbors may be alike. Ends when `visit`
  // returns false.
  template <typename Visit>
  void ForEachStretch(std::int64_t begin, std::int64_t end, Visit&& visit) const;
  // The piece of an instant, with the instant at which it ends.
  std::pair<const Piece*, std::int64_t> PieceAt(std::int64_t time) const;

 private:
  // The seconds of whole periods by which an instant is beyond the first one.
  std::int64_t ShiftOf(std::int64_t time) const;
  std::size_t FindPiece(std::int64_t time) const;
  std::int64_t PeriodEnd() const { return period_start_ + kPeriodSeconds; }
  // The end of a piece in the table, at most that of the first period: the pieces of the next may be others.
  std::int64_t EndOfPiece(std::size_t piece) const;
  template <typename Visit>
  bool VisitPiece(const Piece& piece, std::int64_t begin, std::int64_t end, Visit& visit) const;
  const WeekPattern& PatternOf(const Piece& piece) const { return table_.pattern(piece.pattern); }
  std::int64_t OpenBeforeInTable(std::int64_t time) const;
  std::int64_t ClosedBefore(const Piece& piece) const;

  static constexpr std::int64_t kNoEnd = std::int64_t{1} << 62;

  PieceTable table_;
  std::vector<Piece> pieces_;
  std::int64_t period_start_ = 0;
  // Open seconds before the first period, and in each.
  std::int64_t open_before_period_ = 0;
  std::int64_t open_in_period_ = 0;
};

template <typename Visit>
void Timeline::ForEachStretch(std::int64_t begin, std::int64_t end, Visit&& visit) const {
  while (begin < end) {
    const std::int64_t shift = ShiftOf(begin);
    const std::int64_t period_end = pieces_.size() == 1 ? kNoEnd : PeriodEnd() + shift;
    const std::int64_t last = std::min(end, period_end);
    for (std::size_t piece = FindPiece(begin - shift); begin < last; ++piece) {
      const std::int64_t piece_end = EndOfPiece(piece) + shift;
      if (!VisitPiece(pieces_[piece], begin, std::min(last, piece_end), visit)) return;
      begin = piece_end;
    }
  }
}

template <typename Visit>
bool Timeline::VisitPiece(const Piece& piece, std::int64_t begin, std::int64_t end,
                          Visit& visit) const {
  const WeekPattern& pattern = PatternOf(piece);
  const std::vector<Interval>& intervals = pattern.intervals();
  if (intervals.empty()) return visit(begin, end, false, piece.closed_label);
  // From interval to interval, and from week to week.
  std::int64_t week = begin - WeekSecond(begin);
  std::size_t next = pattern.CountBegun(begin - week);
  if (next > 0) --next;
  for (;; ++next) {
    if (next == intervals.size()) {
      week += kWeekSeconds;
      next = 0;
    }
    const std::int64_t open = std::min(end, week + intervals[next].begin);
    if (begin < open) {
      if (!visit(begin, open, false, piece.closed_label)) return false;
      begin = open;
    }
    const std::int64_t close = std::min(end, week + intervals[next].end);
    if (begin < close) {
      if (!visit(begin, close, true, piece.open_label)) return false;
      begin = close;
    }
    if (begin >= end) return true;
  }
}

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_CALENDAR_TIMELINE_H_
