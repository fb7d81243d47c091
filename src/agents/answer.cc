#include "agents/answer.h"

#include <algorithm>

namespace frontdesk {
namespace agents {

absl::string_view VerdictWord(v1::ToolCall::Result result) {
  switch (result) {
    case v1::ToolCall::RESULT_DONE:
      return "DONE";
    case v1::ToolCall::RESULT_REFUSED:
      return "REFUSED";
    case v1::ToolCall::RESULT_HELD:
      return "HELD";
    case v1::ToolCall::RESULT_SHOWN:
      return "SHOWN";
    default:
      return "FAILED";
  }
}

Answer RefuseFor(const std::vector<Violation>& violations, int max_violations,
                 v1::ToolCall::Result result) {
  Answer answer;
  answer.result = result;
  JsonWriter json;
  json.BeginObject();
  json.Member("verdict", VerdictWord(result));
  json.Name("reasons");
  json.BeginArray();
  const std::size_t count = std::min(violations.size(), static_cast<std::size_t>(max_violations));
  for (std::size_t i = 0; i < count; ++i) {
    const Violation& each = violations[i];
    answer.reasons.emplace_back(each.reason);
    json.BeginObject();
    json.Member("reason", each.reason);
    if (!each.path.empty()) json.Member("path", each.path);
    json.Member("text", each.text);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  answer.json = std::move(json).Take();
  return answer;
}

void WriteLines(absl::string_view name, const std::vector<std::string>& lines, JsonWriter* json) {
  if (lines.empty()) return;
  json->Name(name);
  json->BeginArray();
  for (const std::string& line : lines) json->Text(line);
  json->EndArray();
}

}  // namespace agents
}  // namespace frontdesk
