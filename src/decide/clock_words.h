// The words for a clock and its times. Private.
#ifndef FRONTDESK_SRC_DECIDE_CLOCK_WORDS_H_
#define FRONTDESK_SRC_DECIDE_CLOCK_WORDS_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "decide/clock_instants.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/v1/case.pb.h"

namespace frontdesk {
namespace internal {

// "4 h", "1 h 15 min", "45 s", "less than 1 s", "0 min"; "minus 2 h" below zero. Parts of a second are left out.
std::string ShortSpan(absl::Duration span);

// Instants as the clocks of one place show them.
class ClockTimes {
 public:
  // Null: UTC. `now` is the instant of the reader.
  ClockTimes(std::shared_ptr<const calendar::Zone> zone, absl::Time now)
      : zone_(std::move(zone)), now_(now) {}

  // "UTC", "Europe/Berlin".
  std::string zone_name() const { return zone_ == nullptr ? "UTC" : zone_->name(); }
  // "Mon 10:00" where the date is at most six days from that of `now`, else "2026-06-15 10:00"; with seconds where they are not zero.
  std::string Short(absl::Time time) const;
  // "Monday, June 15, 2026, 10:00".
  std::string Long(absl::Time time) const;
  // "2026-06-15T10:00:00+02:00", to the nanosecond.
  std::string Exact(absl::Time time) const;

 private:
  absl::TimeZone PlaceAt(absl::Time time) const;
  absl::CivilSecond Local(absl::Time time) const;

  const std::shared_ptr<const calendar::Zone> zone_;
  const absl::Time now_;
};

// "first reply", "next reply 2", "callback": the metric, or the milestone, with the number of the clock where it is not the first.
std::string ClockName(const v1::CaseClock& clock);

// "4 h of open time", "4 h", "2 business days".
std::string PromiseWords(const v1::ClockTarget& target);

// "while waiting for the customer".
std::string PauseWords(v1::Case::State state);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_CLOCK_WORDS_H_
