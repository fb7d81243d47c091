// Ids made of other ids. Private.
#ifndef FRONTDESK_INTERNAL_JOIN_IDS_H_
#define FRONTDESK_INTERNAL_JOIN_IDS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// "first/second". When that has more than `max_bytes` bytes: its beginning, cut between characters, "~" and 32 hexadecimal
// digits of its SHA-256. The same ids always give the same one.
std::string JoinIds(absl::string_view first, absl::string_view second, size_t max_bytes);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_JOIN_IDS_H_
