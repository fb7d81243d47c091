// Hours, exceptions and a zone become pieces of time: layers that begin and end at instants, swept from the first to the last.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "calendar/civil.h"
#include "calendar/compiled_calendar.h"
#include "frontdesk/base/error.h"
#include "frontdesk/calendar/reasons.h"

namespace frontdesk {
namespace calendar {
namespace {

// The layer on top decides, and later ones are over earlier ones.
enum class Layer {
  // The weekly hours; `index` is their pattern.
  kWeek,
  // A stretch around a clock that is set back, where openings and closings are not those that the clock shows.
  kFold,
  kFoldOpen,
  // `index` is the exception, from here on.
  kShort,
  kShortOpen,
  kClosed,
  kExtra,
};

struct Edge {
  std::int64_t time;
  Layer layer;
  bool begins;
  std::int32_t index;
};

class TimelineBuilder {
 public:
  TimelineBuilder(const CalendarSource& source, const Zone& zone, const CalendarLimits& limits)
      : source_(source), zone_(zone), limits_(limits) {}

  absl::StatusOr<Timeline> Build() {
    for (const SourceVersion& version : source_.versions) local_weeks_.emplace_back(version.week);
    AddExceptions();
    std::int64_t last = zone_.periodic_from();
    for (const Edge& edge : edges_) last = std::max(last, edge.time);
    for (std::size_t i = 1; i < source_.versions.size(); ++i) {
      last = std::max(last, zone_.FirstAt(source_.versions[i].local_start));
    }
    const std::int64_t period_start = last + kPeriodMargin;
    AddWeeks(period_start + kPeriodSeconds + kPeriodMargin);
    std::stable_sort(edges_.begin(), edges_.end(),
                     [](const Edge& a, const Edge& b) { return a.time < b.time; });
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      Pass(edges_[i]);
      if (i + 1 < edges_.size() && edges_[i + 1].time == edges_[i].time) continue;
      AppendTop(edges_[i].time);
      if (timeline_.pieces().size() > limits_.max_pieces) {
        return MakeError(kReasonCalendarTooLarge,
                         absl::StrCat("a calendar has more than ", limits_.max_pieces, " pieces"));
      }
    }
    timeline_.Finish(period_start);
    return std::move(timeline_);
  }

 private:
  void AddSpan(Layer layer, std::int64_t begin, std::int64_t end, std::int32_t index) {
    if (begin >= end) return;
    edges_.push_back({begin, layer, true, index});
    edges_.push_back({end, layer, false, index});
  }

  // ---- Exceptions ----

  void AddExceptions() {
    for (std::size_t i = 0; i < source_.exceptions.size(); ++i) {
      const SourceException& exception = source_.exceptions[i];
      const auto index = static_cast<std::int32_t>(i);
      const bool is_short = exception.kind == v1::CalendarException::KIND_SHORT;
      const bool is_extra = exception.kind == v1::CalendarException::KIND_EXTRA;
      if (is_short || (!is_extra && exception.intervals.empty())) {
        // Days have no gap between them: one ends where the next begins.
        AddSpan(is_short ? Layer::kShort : Layer::kClosed,
                zone_.FirstAt(exception.first_day * kDaySeconds),
                zone_.FirstAt((exception.last_day + 1) * kDaySeconds), index);
      }
      for (std::int64_t day = exception.first_day;
           !exception.intervals.empty() && day <= exception.last_day; ++day) {
        for (const Interval& interval : exception.intervals) {
          const std::int64_t begin = day * kDaySeconds + interval.begin;
          const std::int64_t end = day * kDaySeconds + interval.end;
          if (is_short || is_extra) {
            AddSpan(is_short ? Layer::kShortOpen : Layer::kExtra, zone_.FirstAt(begin),
                    zone_.LastAt(end), index);
          } else {  // It begins with a closing and ends with an opening.
            AddSpan(Layer::kClosed, zone_.LastAt(begin), zone_.FirstAt(end), index);
          }
        }
      }
    }
  }

  // ---- Weekly hours ----

  // The version that holds at a local time.
  std::size_t VersionAt(std::int64_t local) const {
    std::size_t version = 0;
    while (version + 1 < source_.versions.size() &&
           source_.versions[version + 1].local_start <= local) {
      ++version;
    }
    return version;
  }
  std::int64_t VersionEnd(std::size_t version) const {
    return version + 1 < source_.versions.size() ? source_.versions[version + 1].local_start
                                                 : INT64_MAX;
  }

  void AddWeeks(std::int64_t end) {
    std::vector<std::int64_t> starts = {kBeginSeconds};
    for (std::size_t i = 1; i < source_.versions.size(); ++i) {
      version_starts_.push_back(zone_.FirstAt(source_.versions[i].local_start));
      starts.push_back(version_starts_.back());
    }
    for (std::int64_t change = zone_.NextChange(kBeginSeconds); change < end;
         change = zone_.NextChange(change)) {
      starts.push_back(change);
      const std::int64_t local_before = change + zone_.OffsetAt(change - 1);
      const std::int64_t local_after = change + zone_.OffsetAt(change);
      if (local_after < local_before) AddFold(local_after, local_before);
    }
    std::sort(starts.begin(), starts.end());
    std::size_t version = 0;
    for (const std::int64_t start : starts) {
      while (version < version_starts_.size() && version_starts_[version] <= start) ++version;
      edges_.push_back({start, Layer::kWeek, true,
                        PatternOf(version, zone_.OffsetAt(std::max(start, kBeginSeconds)))});
    }
  }

  // The number of the pattern of a version under an offset.
  std::int32_t PatternOf(std::size_t version, std::int64_t offset) {
    const auto [place, is_new] = pattern_numbers_.emplace(std::make_pair(version, offset), 0);
    if (is_new) {
      std::vector<Interval> shifted;
      for (const Interval& interval : source_.versions[version].week) {
        const std::int64_t begin = FloorMod(interval.begin - offset, kWeekSeconds);
        const std::int64_t end = begin + interval.end - interval.begin;
        shifted.push_back({begin, std::min(end, kWeekSeconds)});
        if (end > kWeekSeconds) shifted.push_back({0, end - kWeekSeconds});
      }
      place->second = timeline_.table().AddPattern(Normalize(std::move(shifted)));
    }
    return place->second;
  }

  // Local times from `begin` to `end` occur twice. Nothing is to do when nothing opens or closes in between.
  void AddFold(std::int64_t begin, std::int64_t end) {
    if (!HasEdge(begin, end)) return;
    const std::int64_t first = zone_.FirstAt(begin);
    const std::int64_t last = zone_.LastAt(end);
    AddSpan(Layer::kFold, first, last, 0);
    // Other changes may be near: local intervals from a wider range are mapped, and cut.
    std::int64_t local = begin - 2 * kDaySeconds;
    while (local < end + 2 * kDaySeconds) {
      const std::size_t version = VersionAt(local);
      const WeekPattern& week = local_weeks_[version];
      const std::int64_t next =
          std::min({week.NextToggle(local), VersionEnd(version), end + 2 * kDaySeconds});
      if (week.IsOpen(local)) {
        AddSpan(Layer::kFoldOpen, std::max(first, zone_.FirstAt(local)),
                std::min(last, zone_.LastAt(next)), 0);
      }
      local = next;
    }
  }

  // Whether something opens or closes from `begin` on, before `end`. `begin` itself occurs twice, `end` does not.
  bool HasEdge(std::int64_t begin, std::int64_t end) const {
    const std::size_t version = VersionAt(begin - 1);
    return std::min(local_weeks_[version].NextToggle(begin - 1), VersionEnd(version)) < end;
  }

  // ---- The sweep ----

  void Pass(const Edge& edge) {
    const int change = edge.begins ? 1 : -1;
    switch (edge.layer) {
      case Layer::kWeek:
        week_ = edge.index;
        break;
      case Layer::kFold:
        folds_ += change;
        break;
      case Layer::kFoldOpen:
        open_folds_ += change;
        break;
      default: {
        std::multiset<std::int32_t>& active = active_[static_cast<std::size_t>(edge.layer)];
        if (edge.begins) {
          active.insert(edge.index);
        } else {
          active.erase(active.find(edge.index));
        }
      }
    }
  }

  // The first active exception of a layer in the list; nothing when there is none.
  const SourceException* FirstOf(Layer layer) const {
    const std::multiset<std::int32_t>& active = active_[static_cast<std::size_t>(layer)];
    return active.empty() ? nullptr
                          : &source_.exceptions[static_cast<std::size_t>(*active.begin())];
  }

  void AppendTop(std::int64_t time) {
    for (const Layer layer : {Layer::kExtra, Layer::kClosed, Layer::kShortOpen, Layer::kShort}) {
      const SourceException* const exception = FirstOf(layer);
      if (exception == nullptr) continue;
      const bool is_open = layer == Layer::kExtra || layer == Layer::kShortOpen;
      const std::int32_t label = timeline_.table().AddLabel({exception->kind, exception->name});
      timeline_.Append(time, is_open ? PieceTable::kAlways : PieceTable::kNever, label, label);
      return;
    }
    std::int32_t pattern = week_;
    if (folds_ > 0) pattern = open_folds_ > 0 ? PieceTable::kAlways : PieceTable::kNever;
    timeline_.Append(time, pattern, PieceTable::kNoLabel, PieceTable::kNoLabel);
  }

  const CalendarSource& source_;
  const Zone& zone_;
  const CalendarLimits& limits_;
  Timeline timeline_;
  // By version: the local week, read as if the zone had no offset.
  std::vector<WeekPattern> local_weeks_;
  std::vector<std::int64_t> version_starts_;
  std::map<std::pair<std::size_t, std::int64_t>, std::int32_t> pattern_numbers_;
  std::vector<Edge> edges_;
  std::int32_t week_ = PieceTable::kNever;
  int folds_ = 0;
  int open_folds_ = 0;
  std::multiset<std::int32_t> active_[static_cast<std::size_t>(Layer::kExtra) + 1];
};

}  // namespace

absl::StatusOr<Timeline> BuildTimeline(const CalendarSource& source, const Zone& zone,
                                       const CalendarLimits& limits) {
  return TimelineBuilder(source, zone, limits).Build();
}

absl::StatusOr<Timeline> CombineTimelines(v1::CalendarCombination::Operation operation,
                                          const Timeline& a, const Timeline& b,
                                          std::int64_t period_start, const CalendarLimits& limits) {
  Timeline result;
  period_start = std::max({period_start, a.period_start(), b.period_start()});
  const std::int64_t end = period_start + kPeriodSeconds + kPeriodMargin;
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> patterns;
  const auto label_of = [&](const Timeline& timeline, std::int32_t label) {
    return result.table().AddLabel(timeline.table().label(label));
  };
  for (std::int64_t time = kBeginSeconds; time < end;) {
    const auto [piece_a, end_a] = a.PieceAt(time);
    const auto [piece_b, end_b] = b.PieceAt(time);
    const auto [place, is_new] =
        patterns.emplace(std::make_pair(piece_a->pattern, piece_b->pattern), 0);
    if (is_new) {
      place->second = result.table().AddPattern(
          CombineIntervals(operation, a.table().pattern(piece_a->pattern).intervals(),
                           b.table().pattern(piece_b->pattern).intervals()));
    }
    const bool subtracts = operation == v1::CalendarCombination::OPERATION_DIFFERENCE;
    const auto either = [](std::int32_t first, std::int32_t second) {
      return first != PieceTable::kNoLabel ? first : second;
    };
    const std::int32_t open_a = label_of(a, piece_a->open_label);
    const std::int32_t open_b = label_of(b, piece_b->open_label);
    const std::int32_t closed_a = label_of(a, piece_a->closed_label);
    const std::int32_t closed_b = label_of(b, piece_b->closed_label);
    result.Append(time, place->second, subtracts ? open_a : either(open_a, open_b),
                  either(closed_a, subtracts ? open_b : closed_b));
    if (result.pieces().size() > limits.max_pieces) {
      return MakeError(kReasonCalendarTooLarge, absl::StrCat("a combined calendar has more than ",
                                                             limits.max_pieces, " pieces"));
    }
    time = std::min(end_a, end_b);
  }
  result.Finish(period_start);
  return result;
}

}  // namespace calendar
}  // namespace frontdesk
