// Reading telephone numbers. Private.
#ifndef FRONTDESK_BASE_PHONE_H_
#define FRONTDESK_BASE_PHONE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// Whether `text` begins with a plus sign (also the full-width one).
bool IsInternational(absl::string_view text);

// E.164 of a number typed with +, without libphonenumber: digits and separators only.
// CONTACT_POINT_SYNTAX otherwise.
absl::StatusOr<std::string> ReadInternationalDigits(absl::string_view text);

// E.164 of `text`, which is trimmed, not empty, not too long and valid UTF-8, by the library that this
// build has.
absl::StatusOr<std::string> ReadPhoneNumber(absl::string_view text, absl::string_view region_code);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_BASE_PHONE_H_
