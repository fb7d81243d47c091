// 64-bit hashes that are kept. Private.
#ifndef FRONTDESK_INTERNAL_SHORT_HASH_H_
#define FRONTDESK_INTERNAL_SHORT_HASH_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// XXH3 of 64 bits without a seed, by the library xxHash, whose results are the same in all versions from 0.8.0 on. It tells bytes apart
// that differ by chance: not those that an enemy has made.
std::uint64_t ShortHash(absl::string_view bytes);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_SHORT_HASH_H_
