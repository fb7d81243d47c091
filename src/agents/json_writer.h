// Compact JSON, written from the front to the back. Private.
#ifndef FRONTDESK_AGENTS_JSON_WRITER_H_
#define FRONTDESK_AGENTS_JSON_WRITER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace agents {

// A text as a JSON string. Bytes that are not UTF-8 become U+FFFD.
std::string JsonText(absl::string_view text);

// Writes one value. Objects and arrays are begun and ended by the caller. Thread-compatible.
class JsonWriter {
 public:
  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }

  // The name of the next value.
  void Name(absl::string_view name);
  void Text(absl::string_view text);
  void Number(std::int64_t number);
  void Flag(bool flag);
  // A value that is JSON already.
  void Raw(absl::string_view json);

  // A member of an object.
  void Member(absl::string_view name, absl::string_view text);

  std::size_t size() const { return json_.size(); }
  std::string Take() && { return std::move(json_); }

 private:
  void Begin(char bracket);
  void End(char bracket);
  // The comma before a value that is not the first one.
  void Separate();

  std::string json_;
};

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_JSON_WRITER_H_
