// Any bytes as the data of a time zone: they are refused, or the zone keeps its laws.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "frontdesk/calendar/zone.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using frontdesk::calendar::Zone;
  const auto zone =
      Zone::Parse("A/B", absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!zone.ok()) return 0;
  for (const std::int64_t time : {-62'135'596'800LL, -2'000'000'000LL, 0LL, 1'774'746'000LL,
                                  64'060'588'800LL, 253'402'300'799LL}) {
    const std::int64_t local = time + (*zone)->OffsetAt(time);
    if ((*zone)->FirstAt(local) > time || (*zone)->LastAt(local) < time ||
        (*zone)->NextChange(time) <= time) {
      std::abort();
    }
  }
  return 0;
}
