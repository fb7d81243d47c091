// Answers of calls. Private.
#ifndef FRONTDESK_AGENTS_ANSWER_H_
#define FRONTDESK_AGENTS_ANSWER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "agents/json_reader.h"
#include "agents/json_writer.h"
#include "frontdesk/v1/interaction.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace agents {

// An answer in the making. A plain struct.
struct Answer {
  v1::ToolCall::Result result = v1::ToolCall::RESULT_UNSPECIFIED;
  std::vector<std::string> reasons;
  std::string record_id;
  std::string json;
  absl::optional<v1::Outcome> outcome;
};

// The word in "verdict".
absl::string_view VerdictWord(v1::ToolCall::Result result);

// A refusal, or a failure, for these violations; at most `max_violations` are listed.
Answer RefuseFor(const std::vector<Violation>& violations, int max_violations,
                 v1::ToolCall::Result result = v1::ToolCall::RESULT_REFUSED);

// Writes the array of one member.
void WriteLines(absl::string_view name, const std::vector<std::string>& lines, JsonWriter* json);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_ANSWER_H_
