// Tools for AI agents: frontdesk/agents.
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge.h"
#include "cel_functions.h"
#include "frontdesk/agents/toolset.h"
#include "google/protobuf/timestamp.pb.h"
#include "policy.h"
#include "reader.h"

namespace frontdesk::python {
namespace {

using agents::Toolset;

struct PythonToolset {
  std::shared_ptr<const Toolset> toolset;
  Birth birth;

  const Toolset& get() const {
    birth.CheckIntact();
    return *toolset;
  }
};

agents::ToolsetLimits ReadToolsetLimits(const std::vector<long long>& limits) {
  agents::ToolsetLimits read;
  const auto size = [](long long value) {
    return value < 0 ? std::size_t{0} : static_cast<std::size_t>(value);
  };
  // 0 is an error of the core; so is what an int does not hold.
  const auto number = [](long long value) {
    return value < 0 || value > 2'147'483'647 ? 0 : static_cast<int>(value);
  };
  read.max_arguments_bytes = size(limits.at(0));
  read.max_depth = number(limits.at(1));
  read.max_values = number(limits.at(2));
  read.max_violations = number(limits.at(3));
  read.max_page_size = number(limits.at(4));
  read.max_answer_bytes = size(limits.at(5));
  return read;
}

PythonToolset MakeToolset(const PythonPolicy& policy, const std::vector<std::string>& tools,
                          const std::vector<int>& entity_kinds,
                          const std::optional<py::bytes>& actor, bool include_reads,
                          bool include_previews, bool include_host_commands,
                          const std::vector<long long>& limits) {
  agents::ToolsetOptions options;
  options.tools = tools;
  for (const int kind : entity_kinds) {
    options.entity_kinds.push_back(static_cast<v1::EntityKind>(kind));
  }
  if (actor.has_value()) options.actor = Parse<v1::Actor>(View(*actor));
  options.include_reads = include_reads;
  options.include_previews = include_previews;
  options.include_host_commands = include_host_commands;
  options.limits = ReadToolsetLimits(limits);
  const std::shared_ptr<const Policy>& core = policy.get();
  return {WithoutGil([&] { return ValueOrThrow(Toolset::Make(core, std::move(options))); }), {}};
}

py::list ListTools(const PythonToolset& toolset) {
  py::list list;
  for (const agents::ToolDefinition& tool : toolset.get().tools()) {
    list.append(py::make_tuple(Str(tool.name), static_cast<int>(tool.kind), Str(tool.command),
                               Str(tool.description), Str(tool.schema)));
  }
  return list;
}

py::tuple CallTool(const PythonToolset& toolset, const PythonReader& desk, const std::string& tool,
                   const std::string& arguments_json, const py::bytes& actor, const py::bytes& now,
                   const std::string& call_id, const std::string& customer_id,
                   const std::string& interaction_id, bool whole_desk, const py::bytes& facts,
                   const std::string& note) {
  const auto shared = std::static_pointer_cast<Desk>(desk.shared());
  const absl::string_view actor_bytes = View(actor);
  const absl::string_view now_bytes = View(now);
  const absl::string_view facts_bytes = View(facts);
  const Toolset& core = toolset.get();
  const agents::CallAnswer answer = RunExpressions([&] {
    agents::CallContext context;
    context.actor = Parse<v1::Actor>(actor_bytes);
    context.now = Parse<google::protobuf::Timestamp>(now_bytes);
    context.call_id = call_id;
    context.customer_id = customer_id;
    context.interaction_id = interaction_id;
    context.whole_desk = whole_desk;
    context.facts = Parse<v1::Facts>(facts_bytes);
    context.note = note;
    return ValueOrThrow(core.Call(*shared, tool, arguments_json, context));
  });
  return py::make_tuple(Str(answer.json), static_cast<int>(answer.result), Str(answer.record_id),
                        answer.is_recorded, Str(answer.record_error));
}

py::list ReplayToolCalls(const PythonReader& reader, const std::string& interaction_id,
                         const PythonPolicy& policy) {
  const std::shared_ptr<Reader>& core = reader.shared();
  const std::shared_ptr<const Policy>& other = policy.get();
  const std::vector<agents::ReplayedCall> calls = RunExpressions(
      [&] { return ValueOrThrow(agents::ReplayCalls(*core, interaction_id, *other)); });
  py::list list;
  for (const agents::ReplayedCall& call : calls) {
    list.append(py::make_tuple(py::bytes(Serialize(call.call)), static_cast<int>(call.result),
                               call.reasons));
  }
  return list;
}

}  // namespace

void BindAgents(py::module_& module) {
  py::class_<PythonToolset>(module, "Toolset")
      .def_static("make", &MakeToolset, py::arg("policy"), py::arg("tools"),
                  py::arg("entity_kinds"), py::arg("actor"), py::arg("include_reads"),
                  py::arg("include_previews"), py::arg("include_host_commands"), py::arg("limits"))
      .def("tools", &ListTools)
      .def(
          "definitions",
          [](const PythonToolset& toolset, int form) {
            const Toolset& core = toolset.get();
            return Str(WithoutGil(
                [&] { return core.Definitions(static_cast<agents::DefinitionForm>(form)); }));
          },
          py::arg("form"))
      .def("call", &CallTool, py::arg("desk"), py::arg("tool"), py::arg("arguments_json"),
           py::arg("actor"), py::arg("now"), py::arg("call_id"), py::arg("customer_id"),
           py::arg("interaction_id"), py::arg("whole_desk"), py::arg("facts"), py::arg("note"));
  module.def("agents_replay_calls", &ReplayToolCalls, py::arg("reader"), py::arg("interaction_id"),
             py::arg("policy"));
}

}  // namespace frontdesk::python
