#include "internal/sha256.h"

#include <nettle/sha2.h>

#include <cstdint>

#include "absl/strings/escaping.h"

namespace frontdesk {
namespace internal {

std::string Sha256(absl::string_view bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  std::string hash(SHA256_DIGEST_SIZE, '\0');
  sha256_digest(&context, hash.size(), reinterpret_cast<std::uint8_t*>(&hash[0]));
  return hash;
}

std::string Sha256Hex(absl::string_view bytes) { return absl::BytesToHexString(Sha256(bytes)); }

}  // namespace internal
}  // namespace frontdesk
