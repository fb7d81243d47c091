#include "tool/json_object.h"

#include "absl/strings/str_cat.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace tool {
namespace {

// A string of JSON, as RFC 8259 has it.
std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char each : internal::ReplaceInvalidUtf8(text)) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte < 0x20) {
      absl::StrAppend(&quoted, "\\u", absl::Hex(byte, absl::kZeroPad4));
      continue;
    }
    if (each == '"' || each == '\\') quoted.push_back('\\');
    quoted.push_back(each);
  }
  quoted.push_back('"');
  return quoted;
}

}  // namespace

void JsonObject::AddName(absl::string_view name) {
  absl::StrAppend(&members_, members_.empty() ? "" : ",", Quoted(name), ":");
}

void JsonObject::Add(absl::string_view name, std::int64_t number) {
  AddName(name);
  absl::StrAppend(&members_, number);
}

void JsonObject::Add(absl::string_view name, const std::map<std::string, int>& numbers) {
  JsonObject inner;
  for (const auto& [key, number] : numbers) inner.Add(key, number);
  AddName(name);
  members_ += inner.text();
}

std::string JsonObject::text() const { return absl::StrCat("{", members_, "}"); }

}  // namespace tool
}  // namespace frontdesk
