// The checker's messages about macros that are used in an unknown form. Private to cel/.
#ifndef FRONTDESK_CEL_MACROS_H_
#define FRONTDESK_CEL_MACROS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk::cel::cel_internal {

class Suggestion;

// Each looks at the macros of these extensions only. "all", "has", "cel.bind", ...
bool IsMacroName(absl::string_view name, uint32_t extensions);
// "cel", "proto", ...: the prefix of qualified macros.
bool IsMacroPrefix(absl::string_view name, uint32_t extensions);
// The usage of the macro `name`, "list.all(x, condition)"; "" when `name` is no macro, or when it is called in another way
// than as a member (or not as one).
std::string MacroUsage(absl::string_view name, bool member, uint32_t extensions);
void ConsiderMacros(uint32_t extensions, Suggestion* suggestion);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_MACROS_H_
