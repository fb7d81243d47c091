#include "internal/join_ids.h"

#include "absl/strings/str_cat.h"
#include "internal/escape_text.h"
#include "internal/sha256.h"

namespace frontdesk {
namespace internal {

std::string JoinIds(absl::string_view first, absl::string_view second, size_t max_bytes) {
  constexpr size_t kDigits = 32;
  std::string joined = absl::StrCat(first, "/", second);
  if (joined.size() <= max_bytes) return joined;
  return absl::StrCat(CutBetweenCharacters(joined, max_bytes - kDigits - 1), "~",
                      Sha256Hex(joined).substr(0, kDigits));
}

}  // namespace internal
}  // namespace frontdesk
