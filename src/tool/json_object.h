// JSON that no message has. Private.
#ifndef FRONTDESK_SRC_TOOL_JSON_OBJECT_H_
#define FRONTDESK_SRC_TOOL_JSON_OBJECT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace tool {

// An object of JSON on one line, with its members in the order in which they are added.
class JsonObject {
 public:
  void Add(absl::string_view name, std::int64_t number);
  // An object of numbers.
  void Add(absl::string_view name, const std::map<std::string, int>& numbers);

  std::string text() const;

 private:
  void AddName(absl::string_view name);

  std::string members_;
};

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_JSON_OBJECT_H_
