#include "frontdesk/base/time_zone_name.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace frontdesk {

bool IsTimeZoneName(absl::string_view name) {
  if (name.size() > kMaxTimeZoneNameBytes) return false;
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  return parts.size() <= 3 && std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
           return !part.empty() && absl::ascii_isupper(part[0]) &&
                  std::all_of(part.begin(), part.end(), [](char c) {
                    return absl::ascii_isalnum(c) || c == '_' || c == '+' || c == '-';
                  });
         });
}

}  // namespace frontdesk
