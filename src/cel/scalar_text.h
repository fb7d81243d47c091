// Times, durations and numbers to and from text. Private to cel/.
#ifndef FRONTDESK_CEL_SCALAR_TEXT_H_
#define FRONTDESK_CEL_SCALAR_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk::cel::cel_internal {

// RFC 3339 in UTC, with as many digits of a second as are not zero: 2024-02-29T12:00:00.5Z.
std::string FormatTimestamp(int64_t seconds, int32_t nanos);
// False when malformed; a well-formed time outside years 1 to 9999 is given, for the caller to refuse.
bool ParseTimestamp(absl::string_view text, int64_t* seconds, int32_t* nanos);

// Seconds with as many decimals as needed: 90s, -0.001s.
std::string FormatDuration(int64_t nanos);
enum class DurationParse { kOk, kMalformed, kOutOfRange };
// 1h30m, -1.5s, 0, with units h m s ms us ns.
// `days`: with the units d, of 24 hours, and w, of 7 days.
DurationParse ParseDuration(absl::string_view text, bool days, int64_t* nanos);

// The shortest decimal that reads back as `value`, with an exponent when that is below -4 or above 20;
// NaN, Infinity, -Infinity.
std::string FormatDouble(double value);
// The same digits without an exponent, however many zeros that takes.
std::string FormatDoubleInFull(double value);
// Whole text only; decimal digits, NaN and Infinity of either sign.
bool ParseDouble(absl::string_view text, double* value);
bool ParseInt(absl::string_view text, int64_t* value);
bool ParseUint(absl::string_view text, uint64_t* value);

// Decimal digits only, the whole text; false also when too large. Too small gives zero.
bool ParseFiniteDouble(absl::string_view digits, double* value);

// "+02:00", "-3:30", "02:00": seconds east of UTC. "UTC" and "": 0. False for other names.
bool ParseFixedOffset(absl::string_view name, int64_t* seconds);

std::string Base64Encode(absl::string_view bytes);
// With or without padding, standard alphabet.
bool Base64Decode(absl::string_view text, std::string* bytes);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_SCALAR_TEXT_H_
