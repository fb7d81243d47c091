#include "rules/name_checks.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace rules {

bool IsSnake(absl::string_view word, bool upper) {
  const auto letter = [upper](char c) {
    return upper ? absl::ascii_isupper(c) : absl::ascii_islower(c);
  };
  return !word.empty() && letter(word[0]) &&
         std::all_of(word.begin(), word.end(),
                     [&letter](char c) { return letter(c) || absl::ascii_isdigit(c) || c == '_'; });
}

void NameChecker::CheckNamedName(const std::string& path, const std::string& name,
                                 const NamedReasons& reasons,
                                 absl::flat_hash_set<absl::string_view>* names) const {
  if (name.empty()) {
    report_.Error(path, *reasons.missing, absl::StrCat("the ", reasons.noun, " has no name"));
  } else if (!IsSnake(name, false)) {
    report_.Error(path, *reasons.malformed,
                  absl::StrCat(reasons.noun, " name '", internal::EscapeValue(name),
                               "' is not lower_snake_case"));
  } else if (!names->insert(name).second) {
    report_.Error(path, *reasons.duplicate,
                  absl::StrCat(reasons.noun, " '", name, "' is given twice"));
  }
  CheckName(path, name);
}

void NameChecker::CheckText(absl::string_view path, const std::string& text) const {
  if (static_cast<int64_t>(text.size()) <= limits_.max_text_bytes) return;
  report_.Error(path, kReasonRuleLimitTextBytes,
                absl::StrCat("the text has ", text.size(), " bytes, and at most ",
                             limits_.max_text_bytes, " (max_text_bytes) are accepted"));
}

void NameChecker::CheckName(absl::string_view path, const std::string& name) const {
  if (static_cast<int64_t>(name.size()) > limits_.max_name_bytes) {
    report_.Error(path, kReasonRuleLimitNameBytes,
                  absl::StrCat("the name has ", name.size(), " bytes, and at most ",
                               limits_.max_name_bytes, " (max_name_bytes) are accepted"));
  } else if (const auto fault = FindIdFault(name)) {
    report_.Error(path, *fault->reason, absl::StrCat("the name ", fault->text));
  }
}

}  // namespace rules
}  // namespace frontdesk
