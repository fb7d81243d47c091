// A slow calendar that is obviously right: it paints every second or minute of a span, one interval over the other. Local times come from
// Abseil's time zones.
#ifndef FRONTDESK_TESTS_CALENDAR_REFERENCE_CALENDAR_H_
#define FRONTDESK_TESTS_CALENDAR_REFERENCE_CALENDAR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "frontdesk/v1/calendar.pb.h"

namespace frontdesk {
namespace calendar {

// The seconds or minutes of a span, each open or not.
struct Painted {
  std::int64_t begin;
  std::int64_t step;
  std::vector<char> open;

  std::int64_t end() const { return begin + step * static_cast<std::int64_t>(open.size()); }
  // The number of the step that an instant is in, its begin, and whether it is open.
  std::int64_t StepOf(absl::Time time) const;
  absl::Time BeginOf(std::int64_t number) const;
  bool IsStepOpen(std::int64_t number) const;
  bool IsOpen(absl::Time time) const;
  // Everything below counts step by step. Instants are inside of the span.
  absl::Duration Between(absl::Time start, absl::Time end) const;
  // InfiniteFuture and InfinitePast: not inside of the span.
  absl::Time Add(absl::Time time, absl::Duration span) const;
  absl::Time Subtract(absl::Time time, absl::Duration span) const;
  absl::Time Next(absl::Time time, bool is_open) const;
};

class ReferenceCalendar {
 public:
  explicit ReferenceCalendar(v1::Calendar calendar);

  // `begin` and all ends of intervals are whole steps.
  Painted Paint(std::int64_t begin, std::int64_t end, std::int64_t step) const;

  // The begin of a local date.
  std::int64_t BeginOf(absl::CivilDay day) const;
  absl::CivilSecond LocalOf(std::int64_t seconds) const;
  // The first instant with that local time, and the last one.
  std::int64_t First(absl::CivilSecond local) const;
  std::int64_t Last(absl::CivilSecond local) const;

 private:
  struct Local {
    absl::CivilSecond begin;
    absl::CivilSecond end;
  };

  std::vector<Local> WeekOf(absl::CivilDay first, absl::CivilDay last) const;
  void Fill(Painted& painted, std::int64_t begin, std::int64_t end, bool is_open) const;

  v1::Calendar calendar_;
  absl::TimeZone zone_;
};

}  // namespace calendar
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_CALENDAR_REFERENCE_CALENDAR_H_
