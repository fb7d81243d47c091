#include "frontdesk/agents/toolset.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agents/argument_reader.h"
#include "agents/offer.h"
#include "agents/schema.h"
#include "agents/tool.h"
#include "frontdesk/agents/reasons.h"
#include "frontdesk/base/error.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/message.h"
#include "internal/near_name.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace agents {
namespace {

constexpr absl::string_view kPreviewPrefix = "preview_";

absl::Status CheckLimits(const ToolsetLimits& limits, ErrorBuilder* errors) {
  const std::pair<absl::string_view, bool> checks[] = {
      {"limits.max_arguments_bytes", limits.max_arguments_bytes > 0},
      {"limits.max_depth", limits.max_depth > 0},
      {"limits.max_values", limits.max_values > 0},
      {"limits.max_violations", limits.max_violations > 0},
      {"limits.max_page_size", limits.max_page_size > 0 && limits.max_page_size <= kMaxPageSize},
      {"limits.max_answer_bytes", limits.max_answer_bytes > 0}};
  for (const auto& [field, is_valid] : checks) {
    if (!is_valid) errors->Add(field, kReasonAgentOptionsInvalid, "the limit is out of range");
  }
  return errors->Build();
}

ToolEntry MakeReadTool(const ReadTool& read, const Policy& policy) {
  ToolEntry tool;
  tool.read = &read;
  tool.definition.name = std::string(read.name);
  tool.definition.kind = ToolKind::kRead;
  const ArgumentWords words(nullptr, policy, false);
  tool.definition.description = MakeDescription(*read.arguments(), words);
  tool.definition.schema = MakeSchema(*read.arguments(), words);
  return tool;
}

ToolEntry MakeCommandTool(const domain::CommandInfo& info, bool preview, const Policy& policy,
                          bool for_host) {
  ToolEntry tool;
  tool.command = &info;
  tool.definition.kind = preview ? ToolKind::kPreview : ToolKind::kCommand;
  tool.definition.name = absl::StrCat(preview ? kPreviewPrefix : "", ToolNameOf(info.name));
  tool.definition.command = std::string(info.name);
  const ArgumentWords words(&info, policy, for_host);
  tool.definition.description = MakeDescription(*info.message, words);
  if (preview) {
    tool.definition.description =
        absl::StrCat("Shows what ", ToolNameOf(info.name), " would answer, and changes nothing. ",
                     tool.definition.description);
  }
  tool.definition.schema = MakeSchema(*info.message, words);
  return tool;
}

// Chooses tools by the options.
class Chooser {
 public:
  Chooser(const Policy& policy, const ToolsetOptions& options)
      : policy_(policy), options_(options), names_(options.tools.begin(), options.tools.end()) {}

  absl::StatusOr<std::vector<ToolEntry>> Choose() {
    std::vector<ToolEntry> tools;
    for (const ReadTool& read : ReadTools()) {
      if (IsChosen(std::string(read.name), options_.include_reads)) {
        tools.push_back(MakeReadTool(read, policy_));
      }
    }
    AddCommands(true, &tools);
    AddCommands(false, &tools);
    if (names_.empty()) return tools;
    ErrorBuilder errors(kReasonAgentOptionsInvalid);
    for (const std::string& name : names_) {
      if (known_.count(name) == 0) errors.Add("tools", kReasonAgentToolUnknown, "no such tool");
    }
    FRONTDESK_RETURN_IF_ERROR(errors.Build());
    return tools;
  }

 private:
  // Whether a tool is among them: when it is named, or when none is and the options include it.
  bool IsChosen(const std::string& name, bool included) {
    known_.insert(name);
    return names_.empty() ? included : names_.count(name) > 0;
  }

  void AddCommands(bool previews, std::vector<ToolEntry>* tools) {
    std::vector<ToolEntry> made;
    for (const domain::CommandInfo& info : domain::Commands()) {
      const bool included = (!previews || options_.include_previews) &&
                            (!info.options->host_only() || options_.include_host_commands);
      const std::string name = absl::StrCat(previews ? kPreviewPrefix : "", ToolNameOf(info.name));
      if (!IsChosen(name, included) || !IsOfKind(info)) continue;
      if (options_.actor.has_value() && !MayEverPass(policy_, info, *options_.actor)) continue;
      made.push_back(MakeCommandTool(info, previews, policy_, options_.include_host_commands));
    }
    std::sort(made.begin(), made.end(), [](const ToolEntry& a, const ToolEntry& b) {
      return a.definition.name < b.definition.name;
    });
    std::move(made.begin(), made.end(), std::back_inserter(*tools));
  }

  bool IsOfKind(const domain::CommandInfo& info) const {
    return options_.entity_kinds.empty() ||
           std::find(options_.entity_kinds.begin(), options_.entity_kinds.end(),
                     info.entity_kind) != options_.entity_kinds.end();
  }

  const Policy& policy_;
  const ToolsetOptions& options_;
  const std::set<std::string> names_;
  std::set<std::string> known_;
};

void WriteDefinition(const ToolDefinition& tool, DefinitionForm form, JsonWriter* json) {
  const bool is_function = form == DefinitionForm::kFunction;
  json->BeginObject();
  if (is_function) {
    json->Member("type", "function");
    json->Name("function");
    json->BeginObject();
  }
  json->Member("name", tool.name);
  json->Member("description", tool.description);
  json->Name(is_function ? "parameters"
                         : (form == DefinitionForm::kMcp ? "inputSchema" : "input_schema"));
  json->Raw(tool.schema);
  if (form == DefinitionForm::kMcp) {
    json->Name("annotations");
    json->BeginObject();
    json->Name("readOnlyHint");
    json->Flag(tool.kind != ToolKind::kCommand);
    json->EndObject();
  }
  if (is_function) json->EndObject();
  json->EndObject();
}

}  // namespace

struct Toolset::Data {
  std::shared_ptr<const Policy> policy;
  ToolsetLimits limits;
  bool for_host = false;
  std::vector<ToolEntry> tools;
  std::vector<ToolDefinition> definitions;
  absl::flat_hash_map<std::string, const ToolEntry*> by_name;

  // The answer of the tool, before it is recorded. `arguments` is set once they are read.
  absl::StatusOr<Answer> Run(const CallParts& parts, absl::string_view name,
                             absl::string_view arguments_json,
                             absl::optional<JsonValue>* arguments) const;
  absl::StatusOr<Answer> RunTool(const CallParts& parts, const ToolEntry& tool,
                                 const JsonValue& arguments) const;
  Answer UnknownTool(absl::string_view name) const;
};

absl::StatusOr<Answer> Toolset::Data::RunTool(const CallParts& parts, const ToolEntry& tool,
                                              const JsonValue& arguments) const {
  const google::protobuf::Descriptor* type = tool.arguments();
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  // The words are those of the definitions: the model knows no others.
  std::vector<Violation> violations =
      ReadArguments(arguments, ArgumentWords(tool.command, *policy, for_host), message.get());
  if (!violations.empty()) return RefuseFor(violations, limits.max_violations);
  if (tool.read != nullptr) {
    FRONTDESK_ASSIGN_OR_RETURN(violations, parts.scope.CheckRead(*message));
    if (!violations.empty()) return RefuseFor(violations, limits.max_violations);
    return tool.read->run(parts, *message);
  }
  FRONTDESK_ASSIGN_OR_RETURN(violations, parts.scope.CheckCommand(*tool.command, *message));
  if (!violations.empty()) return RefuseFor(violations, limits.max_violations);
  return RunCommand(parts, *tool.command, *message, tool.definition.kind == ToolKind::kPreview);
}

Answer Toolset::Data::UnknownTool(absl::string_view name) const {
  internal::NearName near(name);
  for (const ToolEntry& tool : tools) near.Consider(tool.definition.name);
  const std::string hint = near.Hint();
  return RefuseFor({{"", kReasonAgentToolUnknown,
                     absl::StrCat("There is no such tool", hint.empty() ? "." : hint)}},
                   limits.max_violations);
}

absl::StatusOr<Answer> Toolset::Data::Run(const CallParts& parts, absl::string_view name,
                                          absl::string_view arguments_json,
                                          absl::optional<JsonValue>* arguments) const {
  const auto tool = by_name.find(name);
  if (tool == by_name.end()) return UnknownTool(name);
  if (parts.scope.interaction() != nullptr &&
      parts.scope.interaction()->state() != v1::Interaction::STATE_OPEN) {
    return RefuseFor({{"", kReasonAgentInteractionEnded, "The conversation is over."}},
                     limits.max_violations);
  }
  Violation violation;
  JsonValue read;
  if (!ReadJson(arguments_json, limits, &read, &violation)) {
    return RefuseFor({violation}, limits.max_violations);
  }
  const JsonValue& given = arguments->emplace(std::move(read));
  absl::StatusOr<Answer> answer = RunTool(parts, *tool->second, given);
  if (answer.ok()) return answer;
  return AnswerError(answer.status(), limits, tool->second->command);
}

Toolset::Toolset(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Toolset::~Toolset() = default;

absl::StatusOr<std::shared_ptr<const Toolset>> Toolset::Make(std::shared_ptr<const Policy> policy,
                                                             ToolsetOptions options) {
  ErrorBuilder errors(kReasonAgentOptionsInvalid);
  if (policy == nullptr) errors.Add("policy", kReasonAgentOptionsInvalid, "there is no policy");
  FRONTDESK_RETURN_IF_ERROR(CheckLimits(options.limits, &errors));
  auto data = std::make_unique<Data>();
  FRONTDESK_ASSIGN_OR_RETURN(data->tools, Chooser(*policy, options).Choose());
  data->policy = std::move(policy);
  data->limits = options.limits;
  data->for_host = options.include_host_commands;
  for (const ToolEntry& tool : data->tools) {
    data->definitions.push_back(tool.definition);
    data->by_name[tool.definition.name] = &tool;
  }
  return std::shared_ptr<const Toolset>(new Toolset(std::move(data)));
}

absl::Span<const ToolDefinition> Toolset::tools() const { return data_->definitions; }

std::string Toolset::Definitions(DefinitionForm form) const {
  JsonWriter json;
  json.BeginArray();
  for (const ToolDefinition& tool : data_->definitions) WriteDefinition(tool, form, &json);
  json.EndArray();
  return std::move(json).Take();
}

absl::StatusOr<CallAnswer> Toolset::Call(Desk& desk, absl::string_view tool,
                                         absl::string_view arguments_json,
                                         const CallContext& context) const {
  Scope scope(desk, context);
  FRONTDESK_RETURN_IF_ERROR(scope.Begin());
  const CallParts parts = {desk, context, data_->limits, desk.policy(), scope};
  absl::optional<JsonValue> arguments;
  FRONTDESK_ASSIGN_OR_RETURN(Answer answer, data_->Run(parts, tool, arguments_json, &arguments));
  CallAnswer result;
  result.result = answer.result;
  result.record_id = answer.record_id;
  if (!context.interaction_id.empty()) {
    const auto found = data_->by_name.find(tool);
    const ToolEntry* known = found == data_->by_name.end() ? nullptr : found->second;
    RecordCall(parts, tool, arguments.has_value() ? &*arguments : nullptr,
               known == nullptr ? nullptr : known->arguments(), answer,
               answer.result != v1::ToolCall::RESULT_SHOWN, &result);
  }
  result.json = std::move(answer.json);
  result.outcome = std::move(answer.outcome);
  return result;
}

}  // namespace agents
}  // namespace frontdesk
