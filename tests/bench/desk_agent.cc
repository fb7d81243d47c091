// Calls of tools beside the commands that they make: each call is checked, bound to its customer, and answered in JSON. The rows with
// `recorded` have an interaction too, whose part is a second command. `agent_make_toolset` makes the definitions of all commands.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench_options.h"
#include "desk_inputs.h"
#include "frontdesk/agents/toolset.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/make_command.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

constexpr char kInteraction[] = "agent-chat";

// A call that is ready to be made. A plain struct.
struct PreparedCall {
  std::string tool;
  std::string arguments;
  agents::CallContext context;
};

std::unique_ptr<Desk> OpenBenchDesk(const std::shared_ptr<const Policy>& policy) {
  DeskOptions options;
  options.policy = policy;
  auto desk = Desk::Open(std::move(options));
  if (!desk.ok()) Die(desk.status().ToString());
  return *std::move(desk);
}

void Demand(const absl::StatusOr<v1::Outcome>& outcome) {
  if (!outcome.ok()) Die(outcome.status().ToString());
  if (outcome->verdict() != v1::VERDICT_DONE) Die(outcome->ShortDebugString());
}

const v1::Facts& FactsOf(const DeskInput& input) {
  return input.needs_catalog ? DeskCatalog() : v1::Facts::default_instance();
}

void CarryOut(Desk& desk, const std::vector<DeskInput>& inputs) {
  for (const DeskInput& input : inputs) Demand(desk.Execute(input.command, FactsOf(input)));
}

// Nanoseconds for one command.
double RunCommands(const DeskInputs& inputs, const std::shared_ptr<const Policy>& policy) {
  const std::unique_ptr<Desk> desk = OpenBenchDesk(policy);
  CarryOut(*desk, inputs.history);
  // As a call makes them: each is remembered under a key of its own.
  std::vector<DeskInput> commands = inputs.commands;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    commands[i].command.set_idempotency_key(absl::StrCat("tool-call-", std::string(60, 'x'), i));
    commands[i].command.set_tool_call_id(absl::StrCat("call-", i));
  }
  const std::int64_t begin = ThreadNanoseconds();
  CarryOut(*desk, commands);
  return static_cast<double>(ThreadNanoseconds() - begin) /
         static_cast<double>(inputs.commands.size());
}

PreparedCall Prepare(const Desk& desk, const DeskInput& input, int number, bool recorded) {
  const google::protobuf::Message& verb = *domain::GetCommandMessage(input.command);
  PreparedCall call;
  call.tool = agents::ToolNameOf(*verb.GetDescriptor());
  call.arguments = agents::ArgumentsOf(verb);
  call.context.actor = input.command.actor();
  call.context.now = input.command.now();
  call.context.call_id = absl::StrCat("call-", number);
  call.context.facts = FactsOf(input);
  if (recorded) call.context.interaction_id = kInteraction;
  // Bound to the customer of the entity; a command that begins one names nobody that the desk knows yet.
  const auto state = desk.Get(domain::AddressedEntity(input.command));
  if (state.ok()) {
    call.context.customer_id =
        (*state)->has_order() ? (*state)->order().customer_id() : (*state)->case_().customer_id();
  }
  call.context.whole_desk = call.context.customer_id.empty();
  return call;
}

// Nanoseconds for one call.
double RunCalls(const DeskInputs& inputs, const std::shared_ptr<const Policy>& policy,
                const agents::Toolset& toolset, bool recorded) {
  const std::unique_ptr<Desk> desk = OpenBenchDesk(policy);
  CarryOut(*desk, inputs.history);
  if (recorded) {
    v1::StartInteraction start;
    start.set_interaction_id(kInteraction);
    start.set_channel(v1::CHANNEL_CHAT);
    start.set_direction(v1::DIRECTION_INBOUND);
    v1::Command command = inputs.commands[0].command;
    command = MakeCommand(command.actor(), absl::FromUnixSeconds(command.now().seconds()), start);
    Demand(desk->Execute(command));
  }
  std::vector<PreparedCall> calls;
  for (const DeskInput& input : inputs.commands) {
    calls.push_back(Prepare(*desk, input, static_cast<int>(calls.size()), recorded));
  }
  const std::int64_t begin = ThreadNanoseconds();
  for (const PreparedCall& call : calls) {
    const auto answer = toolset.Call(*desk, call.tool, call.arguments, call.context);
    if (!answer.ok()) Die(answer.status().ToString());
    if (answer->result != v1::ToolCall::RESULT_DONE) Die(answer->json);
    if (recorded && !answer->is_recorded) Die(answer->record_error);
  }
  return static_cast<double>(ThreadNanoseconds() - begin) / static_cast<double>(calls.size());
}

std::shared_ptr<const agents::Toolset> MakeToolset(const std::shared_ptr<const Policy>& policy) {
  agents::ToolsetOptions options;
  options.include_host_commands = true;
  auto toolset = agents::Toolset::Make(policy, options);
  if (!toolset.ok()) Die(toolset.status().ToString());
  return *std::move(toolset);
}

void Measure(int commands, int rounds, const std::string& only) {
  // The rules of the benchmark's policy, and a set for the parts that record calls.
  const PolicyResult compiled = Policy::FromText(
      absl::StrCat(DeskPolicyText(),
                   "rule_sets { id: 'parts' decision_points: 'AddInteractionPart' decision_points: "
                   "'StartInteraction' default_outcome: POLICY_OUTCOME_ALLOW }"),
      "bench");
  if (compiled.policy == nullptr) Die(compiled.status().ToString());
  const auto toolset = MakeToolset(compiled.policy);
  const auto is_selected = [&](absl::string_view row) { return absl::StartsWith(row, only); };
  for (const std::string& name : DeskInputNames()) {
    const std::string command_row = absl::StrCat("agent_command_", name);
    const std::string call_row = absl::StrCat("agent_call_", name);
    const std::string recorded_row = absl::StrCat("agent_recorded_", name);
    if (!is_selected(command_row) && !is_selected(call_row) && !is_selected(recorded_row)) continue;
    const DeskInputs inputs = MakeDeskInputs(name, commands);
    std::vector<double> costs[3];
    // The first round is not counted.
    for (int round = 0; round <= rounds; ++round) {
      const double measured[] = {RunCommands(inputs, compiled.policy),
                                 RunCalls(inputs, compiled.policy, *toolset, false),
                                 RunCalls(inputs, compiled.policy, *toolset, true)};
      for (int i = 0; round > 0 && i < 3; ++i) costs[i].push_back(measured[i]);
    }
    PrintRow(command_row, Median(costs[0]), "ns", "");
    PrintRow(call_row, Median(costs[1]), "ns", command_row);
    PrintRow(recorded_row, Median(costs[2]), "ns", command_row);
  }
  if (!is_selected("agent_make_toolset")) return;
  std::vector<double> costs;
  for (int round = 0; round < rounds; ++round) {
    const std::int64_t begin = ThreadNanoseconds();
    MakeToolset(compiled.policy);
    costs.push_back(static_cast<double>(ThreadNanoseconds() - begin));
  }
  PrintRow("agent_make_toolset", Median(costs), "ns", "");
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) {
  int commands = 400;
  int rounds = 9;
  std::string only;
  frontdesk::ReadBenchOptions(
      argc, argv, {{"--commands", &commands}, {"--rounds", &rounds}, {"--only", &only}});
  frontdesk::Measure(commands, rounds, only);
}
