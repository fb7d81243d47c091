// Texts compared without regard to case and blanks. Private.
#ifndef FRONTDESK_INTERNAL_FOLD_TEXT_H_
#define FRONTDESK_INTERNAL_FOLD_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// `text` without blanks (Unicode White_Space) and with full case folding, the same in every
// language: "Strauß" and "STRAUSS" are equal, "I" and "ı" are not. Accents count, and nothing is
// composed or decomposed: "é" in one character and in two differ. Invalid UTF-8 counts as
// U+FFFD. Linear; the result has at most three times the bytes.
std::string FoldText(absl::string_view text);

// Whether the character is Unicode White_Space.
bool IsBlank(char32_t code);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_FOLD_TEXT_H_
