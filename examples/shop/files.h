// Reading files that somebody else wrote: errors are reported with file and place.
//
//   retail_desk::Problems problems;
//   std::vector<retail_desk::JsonLine> lines = retail_desk::ReadJsonLines("calls.jsonl", &problems);
#ifndef FRONTDESK_EXAMPLES_SHOP_FILES_H_
#define FRONTDESK_EXAMPLES_SHOP_FILES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/policy/policy.h"
#include "json.h"

namespace retail_desk {

// The bytes of a file. If it cannot be read that is reported under `name`.
absl::optional<std::string> ReadFile(const std::string& path, absl::string_view name,
                                     Problems* problems);

// One line of a file of JSON objects.
struct JsonLine {
  // "calls.jsonl:17"
  std::string place;
  Json object;
};

// The lines of a file with a JSON object each, less empty ones. Lines that are something else are reported and left
// out.
std::vector<JsonLine> ReadJsonLines(const std::string& path, Problems* problems);

// Reads and compiles a policy, JSON when the file's name ends in ".json", else text; null when that cannot be done. A
// file that cannot be read is reported in `problems`; errors in the text are printed.
std::shared_ptr<const frontdesk::Policy> ReadPolicy(const std::string& path, Problems* problems);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_FILES_H_
