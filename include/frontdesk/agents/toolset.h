// The verbs of a desk as tools for AI agents: definitions for a model, and calls that the desk's policy decides. The host runs the model
// and the network; this is neither.
//
//   auto toolset = frontdesk::agents::Toolset::Make(policy, {});
//   if (!toolset.ok()) return toolset.status();
//   Send((*toolset)->Definitions(frontdesk::agents::DefinitionForm::kInputSchema));
//   frontdesk::agents::CallContext context;  // made by the host, never by the model
//   context.actor = frontdesk::MakeActor("ada", frontdesk::v1::Actor::KIND_AGENT_AI);
//   context.now = now;
//   context.call_id = "call-1";
//   context.customer_id = "c1";
//   context.interaction_id = "chat-1";
//   auto answer = (*toolset)->Call(*desk, "cancel_order", R"({"order_id": "1001"})", context);
//   if (!answer.ok()) return answer.status();
//   Send(answer->json);  // {"verdict":"DONE", …}
//
// Tools that ask: one for each command that the options choose, by the name of the command in lower_snake_case. Its arguments are
// the fields of the command's message, in JSON, under the names that the protos have:
//   - enum values without the prefix of their type, in lower case: "price_adjustment";
//   - instants as RFC 3339 texts, spans of time as seconds with an "s": "3600s";
//   - whole numbers as numbers, bytes as base64.
// Where the policy pack lists the words of a text (reasons, queues, remedies, custom attributes), these are the possible values.
//
// Tools that preview: the same with "preview_" before the name. They say what the tool would answer at this moment, and change nothing.
//
// Tools that read: find_customer, get_profile, get_timeline, get_entity, explain, list_approvals.
//
// Nothing that decides comes from the arguments. The actor with its authorities, the time, the facts and the interaction come from the
// context. The idempotency key is made from the id of the call, and the level of identity is that of the desk. A message of type Actor
// and a part of kind TOOL_CALL are no arguments.
#ifndef FRONTDESK_AGENTS_TOOLSET_H_
#define FRONTDESK_AGENTS_TOOLSET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace google {
namespace protobuf {
class Descriptor;
class Message;
}  // namespace protobuf
}  // namespace google

namespace frontdesk {
namespace agents {

// The forms in which vendors of models expect definitions. Each is a JSON array with one object a tool.
enum class DefinitionForm : std::uint8_t {
  // {"type":"function","function":{"name":…,"description":…,"parameters":schema}}
  kFunction,
  // {"name":…,"description":…,"input_schema":schema}
  kInputSchema,
  // {"name":…,"description":…,"inputSchema":schema,"annotations":{"readOnlyHint":…}}, the tools of the Model Context Protocol.
  kMcp,
};

// The kinds of tools.
enum class ToolKind : std::uint8_t { kRead, kPreview, kCommand };

// One tool. A plain struct.
struct ToolDefinition {
  // The name: "refund_order".
  std::string name;
  ToolKind kind = ToolKind::kRead;
  // The name of the command that it asks for or previews: "RefundOrder". Empty for reads.
  std::string command;
  // A few sentences for the model: of a command, the first ones of its comment in the protos.
  std::string description;
  // The JSON Schema (2020-12) of the arguments, an object, without blanks.
  std::string schema;
};

// How much of a call is accepted, and shown. A plain struct; every limit is positive.
struct ToolsetLimits {
  // Most bytes, levels of nesting and values in the arguments. More: AGENT_ARGUMENTS_TOO_LARGE.
  std::size_t max_arguments_bytes = 64 << 10;
  int max_depth = 16;
  int max_values = 4'096;
  // Most violations that one answer lists; the others are left out.
  int max_violations = 50;
  // Most entities of a kind, events and approvals in an answer.
  int max_page_size = 20;
  // Most bytes of an answer. A larger read: AGENT_ANSWER_TOO_LARGE. Of a larger answer to a command the state is left out.
  std::size_t max_answer_bytes = 64 << 10;
};

// The tools of a toolset. A plain struct.
struct ToolsetOptions {
  // The names of tools, in any order. Empty: all that the other options leave.
  std::vector<std::string> tools;
  // Only commands that address entities of these kinds. Empty: of all.
  std::vector<v1::EntityKind> entity_kinds;
  // Only commands that the policy may allow, or hold, for an actor of this kind with these roles and authorities. A command is left out
  // when, whatever is true of anything else, every decision about it refuses. Nothing: the policy is not asked.
  absl::optional<v1::Actor> actor;
  // Whether the tools that read, and those that preview, are among them. Those that `tools` names are in any case.
  bool include_reads = true;
  bool include_previews = false;
  // Whether the commands are among them that report what a system or a person has established: VerifyIdentity, Approve, Decline,
  // ActivatePolicy, CorrectEntityTime, ReportEffect, imports, and records of gateways and carriers (Record…). A host gives these
  // itself. A model that could give them could raise its own level of identity. With them, arguments of all commands may be what only the host
  // knows: that money has moved (Settlement), ids in other systems, and references to files.
  bool include_host_commands = false;
  ToolsetLimits limits;
};

// The part of a call that the host knows. A plain struct.
struct CallContext {
  // The actor, with the roles and authorities that the host has established. Required.
  v1::Actor actor;
  // When: ToTimestamp(time) of base/timestamp.h. Required.
  google::protobuf::Timestamp now;
  // The id that the model's client gives the call. Required; an id of at most 64 bytes. The same call with the same id is done once. Within one
  // interaction, each call has an id of its own.
  std::string call_id;
  // The customer that the call serves. The call reads and changes what belongs to this customer, or to one merged into it, and nothing
  // else. Empty: the call is bound to the interaction alone.
  std::string customer_id;
  // The interaction in which the model speaks. It must be open, and of this customer or of nobody. Calls are recorded in it. Empty: none, and
  // calls are not recorded.
  std::string interaction_id;
  // Whether the call may be about anything in the desk: for agents that work for the company, not for one customer. `customer_id` is empty
  // then. False with neither customer nor interaction: AGENT_CONTEXT_INVALID.
  bool whole_desk = false;
  // The facts of the host, as for Desk::Execute.
  v1::Facts facts;
  // As in a command: why, for people.
  std::string note;
};

// The answer to a call. A plain struct.
struct CallAnswer {
  // The answer for the model: one JSON object, which is valid UTF-8.
  //   "verdict"   DONE, REFUSED, HELD, SHOWN (of a read) or FAILED (nothing could be decided)
  //   "reasons"   of REFUSED and FAILED: objects with "reason", a stable word; "text", for agents; and "path", the JSON Pointer of the argument
  //               that it is about, if it is about one
  //   "possible"  of REFUSED: lines that say what was read, and what would change the verdict
  //   "approval"  of HELD: "approval_id", "authority", "text"
  //   "events"    of DONE: lines
  //   "state"     of DONE: the addressed entity, a few fields
  //   "say"       a sentence for the customer; absent when there is none
  //   "record_id" the journal record; absent when the call did not reach policy
  //   "preview"   true for a preview
  // Texts that customers have written are {"from_customer": text}. Personal data below the level of identity that the policy demands for
  // DiscloseCustomer is {"hidden": "PERSONAL"}; the id of somebody else's entity is {"hidden": "OUT_OF_SCOPE"}. Fields of
  // class SECRET are never there.
  std::string json;
  v1::ToolCall::Result result = v1::ToolCall::RESULT_UNSPECIFIED;
  // The journal record of the command; empty when it reached no policy.
  std::string record_id;
  // Whether the interaction has the call as a part, from now or from before. False also without an interaction, and when the policy refuses
  // AddInteractionPart: `record_error` has the reasons then.
  bool is_recorded = false;
  std::string record_error;
  // For the host: the outcome of the command, with all events and effects; nothing for reads, and when there is none.
  absl::optional<v1::Outcome> outcome;
};

// A call of the past under another policy. A plain struct.
struct ReplayedCall {
  // The call as it was recorded.
  v1::ToolCall call;
  // The verdict under the other policy; equal to that of the call for one that reached no policy.
  v1::ToolCall::Result result = v1::ToolCall::RESULT_UNSPECIFIED;
  // The reasons of a refusal under the other policy.
  std::vector<std::string> reasons;
};

// Tools for models. Immutable; thread-safe.
class Toolset {
 public:
  // Makes the tools that `options` choose, in this order: reads, previews, commands, each by name. The same policy and options make the
  // same bytes. No text that a customer has written is in a definition.
  // INVALID_ARGUMENT AGENT_OPTIONS_INVALID. Costs the rules of the pack and O(definitions).
  static absl::StatusOr<std::shared_ptr<const Toolset>> Make(std::shared_ptr<const Policy> policy,
                                                             ToolsetOptions options = {});

  ~Toolset();
  Toolset(const Toolset&) = delete;
  Toolset& operator=(const Toolset&) = delete;

  // The tools, in their order.
  absl::Span<const ToolDefinition> tools() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // All tools in one form, as compact JSON.
  std::string Definitions(DefinitionForm form) const;

  // Calls a tool. The active policy of the desk decides, which may be another one than that of the toolset. Every call that the model can
  // make has an answer; the reasons are in agents/reasons.h, besides those of commands. Checks, in this order:
  //   1 context      the errors below
  //   2 tool         AGENT_TOOL_UNKNOWN
  //   3 interaction  AGENT_INTERACTION_ENDED
  //   4 arguments    AGENT_ARGUMENTS_TOO_LARGE, AGENT_ARGUMENTS_MALFORMED, AGENT_ARGUMENT_DUPLICATE; then all violations of the schema
  //   5 scope        AGENT_OUT_OF_SCOPE for each argument that names an entity of somebody else, or one that does not exist
  //   6 the desk     as Desk::Execute, Desk::Preview or the functions of Reader
  // The call and its answer become an internal part of the interaction (v1::ToolCall), by AddInteractionPart with the actor of the context. Its
  // part id is "tool-" with the id of the call.
  //
  // Errors, when nothing was done: INVALID_ARGUMENT AGENT_CONTEXT_INVALID with all violations; those of the store. A
  // command that was done and could not be recorded is no error: see `record_error`.
  // Costs the command, a read of each entity that the arguments name, and a second command for the record.
  absl::StatusOr<CallAnswer> Call(Desk& desk, absl::string_view tool,
                                  absl::string_view arguments_json,
                                  const CallContext& context) const;

 private:
  struct Data;
  explicit Toolset(std::unique_ptr<const Data> data);

  const std::unique_ptr<const Data> data_;
};

// The arguments with which the tool of a command asks for it, as compact JSON; `verb` is the message of the command: CancelOrder and so on. For
// tests, and for examples in the instructions of a model. Messages of type Actor are left out, as no argument holds one.
std::string ArgumentsOf(const google::protobuf::Message& verb);

// The name of the tool that asks for the command of that message: "cancel_order" of CancelOrder. Empty for a message that is no command.
std::string ToolNameOf(const google::protobuf::Descriptor& verb);

// The tool calls of an interaction, decided again under `policy`, in their order, each on the input of then (Reader::DecisionInputOf). A changed
// verdict would have changed the calls after it; that is not followed up. Errors: those of Reader::ReadRows for the interaction, and of
// DecisionInputOf. Costs a rebuild for each call that reached policy.
absl::StatusOr<std::vector<ReplayedCall>> ReplayCalls(const Reader& reader,
                                                      absl::string_view interaction_id,
                                                      const Policy& policy);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_TOOLSET_H_
