// SHA-256 as FIPS 180-4 has it. Private.
#ifndef FRONTDESK_INTERNAL_SHA256_H_
#define FRONTDESK_INTERNAL_SHA256_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// Hashes what comes in pieces. Thread-compatible.
class Sha256Hasher {
 public:
  Sha256Hasher();

  void Update(absl::string_view bytes);

  // The 32 bytes of the hash of everything so far. Nothing may be called afterwards.
  std::string Finish();

 private:
  void Compress(const uint8_t* block);

  std::array<uint32_t, 8> state_;
  std::array<uint8_t, 64> buffer_;
  size_t buffered_ = 0;
  uint64_t length_ = 0;  // In bytes.
};

// The 32 bytes of the hash of `bytes`.
std::string Sha256(absl::string_view bytes);

// The same as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_SHA256_H_
