// SHA-256 as FIPS 180-4 has it, by Nettle, which uses the processor's instructions. Private.
#ifndef FRONTDESK_INTERNAL_SHA256_H_
#define FRONTDESK_INTERNAL_SHA256_H_

#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// The 32 bytes of the hash of `bytes`.
std::string Sha256(absl::string_view bytes);

// The same as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_SHA256_H_
