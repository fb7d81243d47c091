// The one rule for ids that a host gives: ids of entities and their parts, of actors, of other
// systems. It is the rule for names of words of a policy too: queues, roles, tags, reasons, rules.
//
//   absl::optional<frontdesk::IdFault> fault = frontdesk::FindIdFault("desk\n1");
//   if (fault.has_value()) {
//     std::puts(fault->reason->word.data());  // ID_CHARACTER
//     std::puts(fault->text.c_str());         // has the character U+000A at byte 4; …
//   }
//
// In commands and facts, a text field of data class INTERNAL is such an id or name. Names of people
// and free texts are not: they keep what was typed.
#ifndef FRONTDESK_BASE_ID_TEXT_H_
#define FRONTDESK_BASE_ID_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// Most bytes of an id. Beyond: ID_TOO_LONG.
inline constexpr std::size_t kMaxIdBytes = 1'024;

// Why a text is not an id. A plain struct.
struct IdFault {
  // ID_TOO_LONG, ID_ENCODING or ID_CHARACTER; never null.
  const Reason* reason = nullptr;
  // The byte at which the fault begins; for ID_TOO_LONG, the limit.
  std::size_t offset = 0;
  // The fault for people. It shows no part of the text but the code point that is not possible.
  std::string text;
};

// The first fault of `id`; nothing when it is an id. An id
//   - has at most `max_bytes` bytes (ID_TOO_LONG);
//   - is UTF-8 (ID_ENCODING);
//   - has no line breaks, no other control characters, no bidirectional controls, nothing of zero
//     width, nothing invisible (ID_CHARACTER). In terms of Unicode, it has no code point of
//     General_Category Cc, Cf, Zl or Zp, no noncharacter and no Default_Ignorable_Code_Point;
//   - has a character that is no blank (ID_CHARACTER), that is, neither White_Space nor U+2800.
// Faults are found in this order. An empty text has no fault: whether a field is required is
// another question. Linear.
absl::optional<IdFault> FindIdFault(absl::string_view id, std::size_t max_bytes = kMaxIdBytes);

// An id for an entity that `system` knows as `raw`, for imports: `raw` itself when that is an id; else `system`, a hyphen and 32 digits
// of a SHA-256 of both. The same two texts always give the same id. When `system` is no id of at most 128 bytes, "import" is in its place.
// Never empty.
std::string ImportId(absl::string_view system, absl::string_view raw);

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_ID_TEXT_H_
