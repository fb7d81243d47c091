#include "agents/json_writer.h"

#include "absl/strings/str_cat.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace agents {
namespace {

void AppendText(absl::string_view text, std::string* json) {
  json->push_back('"');
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppend(json, "\\u", absl::Hex(byte, absl::kZeroPad4));
      continue;
    }
    if (each == '"' || each == '\\') json->push_back('\\');
    json->push_back(each);
  }
  json->push_back('"');
}

}  // namespace

std::string JsonText(absl::string_view text) {
  std::string json;
  if (internal::IsValidUtf8(text)) {
    AppendText(text, &json);
  } else {
    AppendText(internal::ReplaceInvalidUtf8(text), &json);
  }
  return json;
}

void JsonWriter::Begin(char bracket) {
  Separate();
  json_.push_back(bracket);
}

void JsonWriter::End(char bracket) { json_.push_back(bracket); }

void JsonWriter::Separate() {
  if (json_.empty()) return;
  const char last = json_.back();
  if (last != '{' && last != '[' && last != ':') json_.push_back(',');
}

void JsonWriter::Name(absl::string_view name) {
  Separate();
  absl::StrAppend(&json_, JsonText(name), ":");
}

void JsonWriter::Text(absl::string_view text) { Raw(JsonText(text)); }
void JsonWriter::Number(std::int64_t number) { Raw(absl::StrCat(number)); }
void JsonWriter::Flag(bool flag) { Raw(flag ? "true" : "false"); }

void JsonWriter::Raw(absl::string_view json) {
  Separate();
  absl::StrAppend(&json_, json);
}

void JsonWriter::Member(absl::string_view name, absl::string_view text) {
  Name(name);
  Text(text);
}

}  // namespace agents
}  // namespace frontdesk
