#include "internal/short_hash.h"

// Everything is in the header: nothing is linked.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace frontdesk {
namespace internal {

std::uint64_t ShortHash(absl::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace internal
}  // namespace frontdesk
