// The checksum that is kept beside each row of a file: SQLite itself has none, and gives a changed value as it is.
#ifndef FRONTDESK_STORE_SQLITE_ROW_CHECKSUM_H_
#define FRONTDESK_STORE_SQLITE_ROW_CHECKSUM_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace store {
namespace sqlite_internal {

// 32 bits of XXH3 over all three, as a signed number. It is part of the format of the file. It is there for accidents:
// an attacker computes it too.
std::int64_t RowChecksum(std::int64_t space, absl::string_view key, absl::string_view value);

}  // namespace sqlite_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_SQLITE_ROW_CHECKSUM_H_
