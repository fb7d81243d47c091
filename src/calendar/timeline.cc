#include "calendar/timeline.h"

#include <algorithm>
#include <iterator>

#include "calendar/civil.h"

namespace frontdesk {
namespace calendar {

PieceTable::PieceTable() {
  AddPattern({});
  AddPattern({{0, kWeekSeconds}});
  AddLabel({});
}

std::int32_t PieceTable::AddPattern(std::vector<Interval> intervals) {
  std::vector<std::pair<std::int64_t, std::int64_t>> key;
  key.reserve(intervals.size());
  for (const Interval& interval : intervals) key.emplace_back(interval.begin, interval.end);
  const auto [place, is_new] =
      pattern_numbers_.emplace(std::move(key), static_cast<std::int32_t>(patterns_.size()));
  if (is_new) patterns_.emplace_back(std::move(intervals));
  return place->second;
}

std::int32_t PieceTable::AddLabel(const Label& label) {
  const auto [place, is_new] =
      label_numbers_.emplace(label, static_cast<std::int32_t>(labels_.size()));
  if (is_new) labels_.push_back(label);
  return place->second;
}

void Timeline::Append(std::int64_t start, std::int32_t pattern, std::int32_t open_label,
                      std::int32_t closed_label) {
  start = std::max(start, kBeginSeconds);
  // Labels of parts that do not exist would keep equal pieces apart.
  if (pattern == PieceTable::kNever) open_label = PieceTable::kNoLabel;
  if (pattern == PieceTable::kAlways) closed_label = PieceTable::kNoLabel;
  if (!pieces_.empty() && pieces_.back().start == start) pieces_.pop_back();
  if (!pieces_.empty() && pieces_.back().pattern == pattern &&
      pieces_.back().open_label == open_label && pieces_.back().closed_label == closed_label) {
    return;
  }
  pieces_.push_back({start, 0, pattern, open_label, closed_label});
}

void Timeline::Finish(std::int64_t period_start) {
  for (std::size_t i = 1; i < pieces_.size(); ++i) {
    const Piece& before = pieces_[i - 1];
    const WeekPattern& pattern = PatternOf(before);
    pieces_[i].open_before =
        before.open_before + pattern.OpenCount(pieces_[i].start) - pattern.OpenCount(before.start);
  }
  period_start_ = period_start;
  open_before_period_ = OpenBeforeInTable(period_start);
  open_in_period_ = OpenBeforeInTable(period_start + kPeriodSeconds) - open_before_period_;
}

std::size_t Timeline::FindPiece(std::int64_t time) const {
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), time,
                       [](std::int64_t each, const Piece& piece) { return each < piece.start; });
  return after == pieces_.begin()
             ? 0
             : static_cast<std::size_t>(std::distance(pieces_.begin(), after)) - 1;
}

std::int64_t Timeline::OpenBeforeInTable(std::int64_t time) const {
  const Piece& piece = pieces_[FindPiece(time)];
  const WeekPattern& pattern = PatternOf(piece);
  return piece.open_before + pattern.OpenCount(time) - pattern.OpenCount(piece.start);
}

namespace {

// The number of whole periods by which `value` is beyond the first one.
std::int64_t CountPeriods(std::int64_t value, std::int64_t first, std::int64_t period) {
  return value < first || period == 0 ? 0 : (value - first) / period;
}

}  // namespace

std::int64_t Timeline::OpenBefore(std::int64_t time) const {
  const std::int64_t periods = CountPeriods(time, period_start_, kPeriodSeconds);
  return OpenBeforeInTable(time - periods * kPeriodSeconds) + periods * open_in_period_;
}

std::int64_t Timeline::ClosedBefore(const Piece& piece) const {
  return piece.start - kBeginSeconds - piece.open_before;
}

absl::optional<std::int64_t> Timeline::FindOpen(std::int64_t open_before) const {
  if (open_before < 0) return absl::nullopt;
  if (open_in_period_ == 0 && open_before >= open_before_period_) return absl::nullopt;
  const std::int64_t periods = CountPeriods(open_before, open_before_period_, open_in_period_);
  open_before -= periods * open_in_period_;
  // The last piece with at most that number of open seconds before it has open time: the next has more before it.
  const auto after = std::upper_bound(
      pieces_.begin(), pieces_.end(), open_before,
      [](std::int64_t each, const Piece& piece) { return each < piece.open_before; });
  const Piece& piece = *std::prev(after);
  const WeekPattern& pattern = PatternOf(piece);
  return pattern.FindOpen(pattern.OpenCount(piece.start) + open_before - piece.open_before) +
         periods * kPeriodSeconds;
}

absl::optional<std::int64_t> Timeline::FindClosed(std::int64_t closed_before) const {
  if (closed_before < 0) return absl::nullopt;
  const std::int64_t closed_before_period = period_start_ - kBeginSeconds - open_before_period_;
  const std::int64_t closed_in_period = kPeriodSeconds - open_in_period_;
  if (closed_in_period == 0 && closed_before >= closed_before_period) return absl::nullopt;
  const std::int64_t periods = CountPeriods(closed_before, closed_before_period, closed_in_period);
  closed_before -= periods * closed_in_period;
  const auto after = std::partition_point(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
    return ClosedBefore(piece) <= closed_before;
  });
  const Piece& piece = *std::prev(after);
  const WeekPattern& pattern = PatternOf(piece);
  return pattern.FindClosed(pattern.ClosedCount(piece.start) + closed_before -
                            ClosedBefore(piece)) +
         periods * kPeriodSeconds;
}

bool Timeline::IsOpen(std::int64_t time) const {
  time -= ShiftOf(time);
  return PatternOf(pieces_[FindPiece(time)]).IsOpen(time);
}

std::int64_t Timeline::ShiftOf(std::int64_t time) const {
  return CountPeriods(time, period_start_, kPeriodSeconds) * kPeriodSeconds;
}

std::int64_t Timeline::EndOfPiece(std::size_t piece) const {
  if (pieces_.size() == 1) return kNoEnd;  // It is everything.
  return piece + 1 == pieces_.size() ? PeriodEnd()
                                     : std::min(PeriodEnd(), pieces_[piece + 1].start);
}

std::pair<const Piece*, std::int64_t> Timeline::PieceAt(std::int64_t time) const {
  const std::int64_t shift = ShiftOf(time);
  const std::size_t piece = FindPiece(time - shift);
  return {&pieces_[piece], EndOfPiece(piece) + shift};
}

}  // namespace calendar
}  // namespace frontdesk
