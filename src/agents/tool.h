// A tool of a toolset. Private.
#ifndef FRONTDESK_AGENTS_TOOL_H_
#define FRONTDESK_AGENTS_TOOL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "agents/answer.h"
#include "agents/scope.h"
#include "frontdesk/agents/toolset.h"
#include "frontdesk/domain/command_info.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace agents {

// The parts of a call. Refers to the arguments of Toolset::Call.
struct CallParts {
  Desk& desk;
  const CallContext& context;
  const ToolsetLimits& limits;
  // The active policy of the desk. Never null.
  std::shared_ptr<const Policy> policy;
  Scope& scope;
};

// A tool that reads. Static.
struct ReadTool {
  absl::string_view name;
  // The message of its arguments.
  const google::protobuf::Descriptor* (*arguments)();
  // The answer. `arguments` are of that message, and name nothing out of scope. Errors that the model can mend become answers.
  absl::StatusOr<Answer> (*run)(const CallParts& parts, const google::protobuf::Message& arguments);
};

// A tool, and the read or the command behind it.
struct ToolEntry {
  ToolDefinition definition;
  const ReadTool* read = nullptr;
  const domain::CommandInfo* command = nullptr;

  const google::protobuf::Descriptor* arguments() const {
    return read != nullptr ? read->arguments() : command->message;
  }
};

// All of them, by name.
absl::Span<const ReadTool> ReadTools();

// Asks for the command whose message is `verb`, or previews it.
absl::StatusOr<Answer> RunCommand(const CallParts& parts, const domain::CommandInfo& info,
                                  const google::protobuf::Message& verb, bool preview);

// The answer to an error that is about the call; a fault of the store or of the host stays an error.
absl::StatusOr<Answer> AnswerError(const absl::Status& status, const ToolsetLimits& limits,
                                   const domain::CommandInfo* info);

// The idempotency key of a call: one for each id in each interaction.
std::string KeyOf(const CallContext& context, absl::string_view purpose);

// Adds the call and its answer to the interaction of the context. `arguments` is null when they are no JSON. Sets `is_recorded` and
// `record_error`.
void RecordCall(const CallParts& parts, absl::string_view tool, const JsonValue* arguments,
                const google::protobuf::Descriptor* message, const Answer& answer,
                bool keeps_answer, CallAnswer* result);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_TOOL_H_
