#include "store/sqlite/row_checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace frontdesk {
namespace store {
namespace sqlite_internal {

std::int64_t RowChecksum(std::int64_t space, absl::string_view key, absl::string_view value) {
  const XXH64_hash_t of_key =
      XXH3_64bits_withSeed(key.data(), key.size(), static_cast<XXH64_hash_t>(space));
  const XXH64_hash_t of_row = XXH3_64bits_withSeed(value.data(), value.size(), of_key);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(of_row));
}

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk
