// Parts that every store of ours needs: the checks of batches before it touches a row, and where positions and links go.
#ifndef FRONTDESK_STORE_CHECK_BATCHES_H_
#define FRONTDESK_STORE_CHECK_BATCHES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

// The bytes of EncodePosition().
inline constexpr std::size_t kPositionBytes = 8;

// Whether the position goes behind the key.
bool IsBehindKey(Write::Position where);

// The one of the two that goes behind the value; empty: neither does.
absl::string_view BehindValue(Write::Position where, absl::string_view position,
                              absl::string_view link);
// The number of its bytes.
std::size_t BytesBehindValue(Write::Position where);

// INVALID_ARGUMENT as Store::Commit() has it.
absl::Status CheckBatches(const std::vector<Batch>& batches, bool takes_late_values = false);

// The digest of a late value: its SHA-256 (FIPS 180-4).
std::string DigestOf(absl::string_view late_value);

// Whether a write of the batch has the position.
bool HasPosition(const Batch& batch);

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_CHECK_BATCHES_H_
