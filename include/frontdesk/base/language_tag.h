// Tags of languages, as in BCP 47.
//
//   frontdesk::IsLanguageTag("zh-Hant-TW");  // true
//   frontdesk::IsLanguageTag("english");     // true: five to eight letters are well-formed
//   frontdesk::IsLanguageTag("en_US");       // false
#ifndef FRONTDESK_BASE_LANGUAGE_TAG_H_
#define FRONTDESK_BASE_LANGUAGE_TAG_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace frontdesk {

// Most bytes of a language tag. RFC 5646, section 4.4.1, asks for 35 at least.
inline constexpr std::size_t kMaxLanguageTagBytes = 128;

// Whether `tag` is well-formed: it matches the grammar of RFC 5646, section 2.1, in any case of
// letters, has no variant and no extension twice (section 2.2.5 and 2.2.6), and at most
// kMaxLanguageTagBytes bytes. Whether its subtags are registered is not looked up. Linear.
bool IsLanguageTag(absl::string_view tag);

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_LANGUAGE_TAG_H_
