#include "frontdesk/cel/time_zone.h"

#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::cel {

TimeZoneSource SystemTimeZones() {
  const char* folder = std::getenv("TZDIR");
  const std::string base = folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo";
  return [base](absl::string_view name) -> absl::optional<absl::TimeZone> {
    // The time library keeps every name it is asked for, for ever. So it is not asked for a name that leads out of the
    // folder, to none of its files, or to one by another spelling.
    // "localtime" and "posixrules" are not zones but settings of a machine.
    if (name.empty() || name.front() == '/' || name == "localtime" || name == "posixrules" ||
        absl::StrContains(name, ".") || absl::StrContains(name, "//") ||
        absl::StrContains(name, ":")) {
      return absl::nullopt;
    }
    struct stat info;
    if (::stat(absl::StrCat(base, "/", name).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
      return absl::nullopt;
    }
    absl::TimeZone zone;
    if (!absl::LoadTimeZone(name, &zone)) return absl::nullopt;
    return zone;
  };
}

}  // namespace frontdesk::cel
