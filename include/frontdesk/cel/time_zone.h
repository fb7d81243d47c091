// Where the language looks up time zones: timestamp.getHours("Europe/Paris").
//
// "UTC", "" and fixed offsets ("+02:00", "-03:30") are always known. Names of the IANA data base come from a source
// that the host gives, so that the language itself reads no file.
//
//   builder.SetTimeZones(frontdesk::cel::SystemTimeZones());
#ifndef FRONTDESK_CEL_TIME_ZONE_H_
#define FRONTDESK_CEL_TIME_ZONE_H_

#include <functional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace frontdesk {
namespace cel {

// The zone of an IANA name, or nothing. Called from any thread, each time a program meets a name that is not
// a constant, and once while planning for a constant one. `name` has at most 64 bytes of [A-Za-z0-9_+/-].
using TimeZoneSource = std::function<absl::optional<absl::TimeZone>(absl::string_view name)>;

// The zones of the system's data base ($TZDIR or /usr/share/zoneinfo). Names that would lead out of its folder are
// unknown. Reads files when called with a name for the first time; thread-safe.
TimeZoneSource SystemTimeZones();

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_TIME_ZONE_H_
