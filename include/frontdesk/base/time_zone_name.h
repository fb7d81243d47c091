// Names of time zones, as in the IANA time zone database.
//
//   frontdesk::IsTimeZoneName("America/Argentina/Buenos_Aires");  // true
//   frontdesk::IsTimeZoneName("../../etc/passwd");                // false
//   frontdesk::IsTimeZoneName("localtime");                       // false
#ifndef FRONTDESK_BASE_TIME_ZONE_NAME_H_
#define FRONTDESK_BASE_TIME_ZONE_NAME_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace frontdesk {

// Most bytes of the name of a time zone.
inline constexpr std::size_t kMaxTimeZoneNameBytes = 64;

// Whether `name` has the form that all names of the database have: one to three parts with "/"
// between them. Each part begins with an upper-case letter; ASCII letters, digits, "_", "+" and "-"
// follow (theory.html of the database, "Names of timezones"). No path, no offset
// and no name of a setting of one computer ("localtime", "posixrules") has it. Whether the database
// has the name is not looked up. Linear.
bool IsTimeZoneName(absl::string_view name);

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_TIME_ZONE_NAME_H_
