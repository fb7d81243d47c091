// Regular expressions within limits. Private to cel/.
#ifndef FRONTDESK_CEL_REGEX_H_
#define FRONTDESK_CEL_REGEX_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "cel/function_table.h"
#include "frontdesk/cel/limits.h"
#include "re2/re2.h"

namespace frontdesk::cel::cel_internal {

// Null with `code` and `message` when malformed or beyond the limits.
std::unique_ptr<RE2> CompileRegex(absl::string_view pattern, const Limits& limits, Code* code,
                                  std::string* message);

// Whether `regex` matches somewhere in `text`; charges the work.
Value MatchRegex(const RE2& regex, const Call& call, const Value& text);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_REGEX_H_
