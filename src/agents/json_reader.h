// A strict reader of JSON (RFC 8259) that comes from strangers. Private.
#ifndef FRONTDESK_AGENTS_JSON_READER_H_
#define FRONTDESK_AGENTS_JSON_READER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/agents/toolset.h"

namespace frontdesk {
namespace agents {

// A value. A plain struct.
struct JsonValue {
  enum class Type : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  Type type = Type::kNull;
  // Of kBool.
  bool flag = false;
  // Of kString the text; of kNumber its digits, as they are written.
  std::string text;
  // Of kArray.
  std::vector<JsonValue> items;
  // Of kObject, in their order; each name once.
  std::vector<std::pair<std::string, JsonValue>> members;
};

// A violation of the arguments of a call. A plain struct.
struct Violation {
  // The JSON Pointer (RFC 6901) of the value; empty for the arguments as a whole.
  std::string path;
  absl::string_view reason;
  // For the model. It never quotes a text of the arguments.
  std::string text;
};

// One more step of a JSON Pointer.
std::string PointerTo(absl::string_view parent, absl::string_view name);

// Reads a whole document. False: it is none, and `violation` says why: AGENT_ARGUMENTS_TOO_LARGE, AGENT_ARGUMENTS_MALFORMED or
// AGENT_ARGUMENT_DUPLICATE. Linear.
bool ReadJson(absl::string_view json, const ToolsetLimits& limits, JsonValue* value,
              Violation* violation);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_JSON_READER_H_
