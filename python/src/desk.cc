// Policies, the pure functions, the desk: frontdesk/desk.
#include "frontdesk/desk/desk.h"

#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge.h"
#include "cel_functions.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/desk/store.h"
#include "frontdesk/policy/policy.h"

namespace frontdesk::python {
namespace {

// Policies are immutable; pybind11's holders know no const.
struct PythonPolicy {
  std::shared_ptr<const Policy> policy;
};

// (policy or None, [issue])
py::tuple CompilePolicy(const py::bytes& source, int form, const std::string& file,
                        const py::dict& limits, const py::object& expression_limits,
                        const py::list& functions, const py::object& make_message) {
  PolicyOptions options;
  options.max_rule_sets = py::cast<int>(limits["max_rule_sets"]);
  options.max_attribute_definitions = py::cast<int>(limits["max_attribute_definitions"]);
  options.max_escalation_steps = py::cast<int>(limits["max_escalation_steps"]);
  options.max_remedies = py::cast<int>(limits["max_remedies"]);
  options.rule_limits.max_rules = py::cast<int32_t>(limits["max_rules"]);
  options.text_limits.max_text_bytes = py::cast<int64_t>(limits["max_text_bytes"]);
  options.expression_limits = ReadLimits(expression_limits);
  options.functions = ReadFunctions(functions, Descriptors::Generated(), Share(make_message));
  const absl::string_view text = View(source);
  PolicyResult result = RunExpressions([&] {
    switch (static_cast<Form>(form)) {
      case Form::kText:
        return Policy::FromText(text, file, options);
      case Form::kJson:
        return Policy::FromJson(text, file, options);
      case Form::kBytes:
        break;
    }
    return Policy::Compile(Parse<v1::PolicyPack>(text), options);
  });
  py::object policy = py::none();
  if (result.policy != nullptr) policy = py::cast(PythonPolicy{std::move(result.policy)});
  return py::make_tuple(policy, BytesList(SerializeAll(result.issues)));
}

CommandLimits ToLimits(size_t max_command_bytes, size_t max_facts_bytes,
                       int max_events_per_command) {
  CommandLimits limits;
  limits.max_command_bytes = max_command_bytes;
  limits.max_facts_bytes = max_facts_bytes;
  limits.max_events_per_command = max_events_per_command;
  return limits;
}

// Desk's functions with bytes in place of messages. All of them release the GIL before they take a
// lock.
class PythonDesk {
 public:
  explicit PythonDesk(std::shared_ptr<Desk> desk) : desk_(std::move(desk)) {}

  static PythonDesk Open(const PythonPolicy& policy, const std::shared_ptr<Store>& store,
                         const py::object& id_source, size_t max_command_bytes,
                         size_t max_facts_bytes, int max_events_per_command, int max_case_ancestors,
                         int max_commit_attempts, const py::dict& find_limits) {
    DeskOptions options;
    options.find_limits.max_text_bytes = py::cast<size_t>(find_limits["max_text_bytes"]);
    options.find_limits.max_scanned = py::cast<int>(find_limits["max_scanned"]);
    options.find_limits.max_compared = py::cast<int>(find_limits["max_compared"]);
    options.find_limits.max_duplicates = py::cast<int>(find_limits["max_duplicates"]);
    options.policy = policy.policy;
    options.store = store;
    options.id_source = ToIdSource(id_source);
    options.limits = ToLimits(max_command_bytes, max_facts_bytes, max_events_per_command);
    options.limits.max_case_ancestors = max_case_ancestors;
    options.max_commit_attempts = max_commit_attempts;
    return PythonDesk(WithoutGil([&] { return ValueOrThrow(Desk::Open(std::move(options))); }));
  }

  py::bytes Execute(const py::bytes& command, const py::bytes& facts) {
    return Run(command, facts, [this](const v1::Command& asked, const v1::Facts& known) {
      return desk_->Execute(asked, known);
    });
  }
  py::bytes Preview(const py::bytes& command, const py::bytes& facts) const {
    return Run(command, facts, [this](const v1::Command& asked, const v1::Facts& known) {
      return desk_->Preview(asked, known);
    });
  }
  py::list RankRemedies(const py::bytes& command, const py::bytes& facts) const {
    const absl::string_view command_bytes = View(command), facts_bytes = View(facts);
    return BytesList(RunExpressions([&] {
      return SerializeAll(ValueOrThrow(
          desk_->RankRemedies(Parse<v1::Command>(command_bytes), Parse<v1::Facts>(facts_bytes))));
    }));
  }
  py::bytes Get(const py::bytes& entity) const {
    const absl::string_view bytes = View(entity);
    return WithoutGilBytes(
        [&] { return Serialize(ValueOrThrow(desk_->Get(Parse<v1::EntityRef>(bytes)))); });
  }
  py::list History(const py::bytes& entity, int64_t after, int limit) const {
    const absl::string_view bytes = View(entity);
    return BytesList(WithoutGil([&] {
      return SerializeAll(
          ValueOrThrow(desk_->History(Parse<v1::EntityRef>(bytes), Page{after, limit})));
    }));
  }
  py::bytes GetRecord(const std::string& record_id) const {
    return WithoutGilBytes([&] { return Serialize(ValueOrThrow(desk_->GetRecord(record_id))); });
  }
  py::list Journal(int64_t after, int limit) const {
    return BytesList(WithoutGil([&] {
      return SerializeAll(ValueOrThrow(desk_->Journal(Page{after, limit})));
    }));
  }
  py::bytes Explain(const std::string& record_id) const {
    return WithoutGilBytes([&] { return Serialize(ValueOrThrow(desk_->Explain(record_id))); });
  }
  // [(sequence, effect)]
  py::list PendingEffects(int64_t after, int limit) const {
    const std::vector<PendingEffect> effects = WithoutGil([&] {
      return ValueOrThrow(desk_->PendingEffects(Page{after, limit}));
    });
    py::list result;
    for (const PendingEffect& pending : effects) {
      result.append(py::make_tuple(pending.sequence, py::bytes(Serialize(pending.effect))));
    }
    return result;
  }
  py::bytes Find(const py::bytes& request) const {
    const absl::string_view bytes = View(request);
    return WithoutGilBytes(
        [&] { return Serialize(ValueOrThrow(desk_->Find(Parse<v1::FindRequest>(bytes)))); });
  }
  py::list FindDuplicates(const std::string& customer_id) const {
    return BytesList(
        WithoutGil([&] { return SerializeAll(ValueOrThrow(desk_->FindDuplicates(customer_id))); }));
  }
  py::bytes OpenFile(const std::string& customer_id, const py::bytes& now,
                     const std::string& interaction_id, int max_open_cases, int max_interactions,
                     int max_orders, int max_duplicates) const {
    const absl::string_view now_bytes = View(now);
    FileOptions options;
    options.interaction_id = interaction_id;
    options.max_open_cases = max_open_cases;
    options.max_interactions = max_interactions;
    options.max_orders = max_orders;
    options.max_duplicates = max_duplicates;
    return WithoutGilBytes([&] {
      options.now = Parse<google::protobuf::Timestamp>(now_bytes);
      return Serialize(ValueOrThrow(desk_->OpenFile(customer_id, options)));
    });
  }
  py::bytes CustomerView(const py::bytes& entity) const {
    const absl::string_view bytes = View(entity);
    return WithoutGilBytes(
        [&] { return Serialize(ValueOrThrow(desk_->CustomerView(Parse<v1::EntityRef>(bytes)))); });
  }
  void AcknowledgeEffect(const std::string& effect_id) {
    WithoutGil([&] { ThrowIfError(desk_->AcknowledgeEffect(effect_id)); });
  }
  PythonPolicy GetPolicy() const {
    return PythonPolicy{WithoutGil([&] { return desk_->policy(); })};
  }
  void SetPolicy(const PythonPolicy& policy) {
    WithoutGil([&] { ThrowIfError(desk_->SetPolicy(policy.policy)); });
  }
  PythonDesk Fork(const py::object& id_source) const {
    std::shared_ptr<IdSource> ids = ToIdSource(id_source);
    return PythonDesk(WithoutGil([&] { return ValueOrThrow(desk_->Fork(std::move(ids))); }));
  }

 private:
  template <typename Call>
  static py::bytes Run(const py::bytes& command, const py::bytes& facts, Call call) {
    const absl::string_view command_bytes = View(command);
    const absl::string_view facts_bytes = View(facts);
    return py::bytes(RunExpressions([&] {
      const auto asked = Parse<v1::Command>(command_bytes);
      const auto known = Parse<v1::Facts>(facts_bytes);
      return Serialize(ValueOrThrow(call(asked, known)));
    }));
  }

  std::shared_ptr<Desk> desk_;
};

void BindPolicy(py::module_& module) {
  py::class_<PythonPolicy>(module, "Policy")
      .def_property_readonly(
          "pack",
          [](const PythonPolicy& self) { return py::bytes(Serialize(self.policy->pack())); })
      .def_property_readonly(
          "hash", [](const PythonPolicy& self) { return py::bytes(self.policy->hash()); })
      .def(
          "decide",
          [](const PythonPolicy& self, const py::bytes& input,
             const std::vector<std::string>& granted_authorities) {
            const absl::string_view bytes = View(input);
            return py::bytes(RunExpressions([&] {
              return Serialize(ValueOrThrow(
                  self.policy->Decide(Parse<v1::DecisionInput>(bytes), granted_authorities)));
            }));
          },
          py::arg("input"), py::arg("granted_authorities"))
      .def(
          "decide_reopen_on_message",
          [](const PythonPolicy& self, const py::bytes& input) -> py::object {
            const absl::string_view bytes = View(input);
            const absl::optional<std::string> decision =
                RunExpressions([&]() -> absl::optional<std::string> {
                  const auto decided = ValueOrThrow(
                      self.policy->DecideReopenOnMessage(Parse<v1::DecisionInput>(bytes)));
                  if (!decided.has_value()) return absl::nullopt;
                  return Serialize(*decided);
                });
            if (!decision.has_value()) return py::none();
            return py::bytes(*decision);
          },
          py::arg("input"));
  module.def("policy_compile", &CompilePolicy, py::arg("source"), py::arg("form"), py::arg("file"),
             py::arg("limits"), py::arg("expression_limits"), py::arg("functions"),
             py::arg("make_message"));
  module.def("policy_default_limits", [] {
    const PolicyOptions options;
    py::dict result;
    result["max_rule_sets"] = options.max_rule_sets;
    result["max_attribute_definitions"] = options.max_attribute_definitions;
    result["max_escalation_steps"] = options.max_escalation_steps;
    result["max_remedies"] = options.max_remedies;
    result["max_rules"] = options.rule_limits.max_rules;
    result["max_text_bytes"] = options.text_limits.max_text_bytes;
    return result;
  });
}

void BindPureFunctions(py::module_& module) {
  module.def(
      "decide",
      [](const py::bytes& input, const py::bytes& command, const PythonPolicy& policy,
         size_t max_command_bytes, size_t max_facts_bytes, int max_events_per_command) {
        const absl::string_view input_bytes = View(input);
        const absl::string_view command_bytes = View(command);
        const CommandLimits limits =
            ToLimits(max_command_bytes, max_facts_bytes, max_events_per_command);
        return py::bytes(RunExpressions([&] {
          return Serialize(
              ValueOrThrow(Decide(Parse<v1::DecisionInput>(input_bytes),
                                  Parse<v1::Command>(command_bytes), *policy.policy, limits)));
        }));
      },
      py::arg("input"), py::arg("command"), py::arg("policy"), py::arg("max_command_bytes"),
      py::arg("max_facts_bytes"), py::arg("max_events_per_command"));
  module.def(
      "evolve",
      [](const py::bytes& event, const py::bytes& state) {
        const absl::string_view event_bytes = View(event);
        const absl::string_view state_bytes = View(state);
        return WithoutGilBytes([&] {
          auto folded = Parse<v1::EntityState>(state_bytes);
          ThrowIfError(Evolve(Parse<v1::Event>(event_bytes), &folded));
          return Serialize(folded);
        });
      },
      py::arg("event"), py::arg("state"));
  module.def(
      "explain_record",
      [](const py::bytes& record, const std::vector<py::bytes>& events) {
        std::vector<v1::Event> happened;
        for (const py::bytes& event : events) happened.push_back(Parse<v1::Event>(View(event)));
        const absl::string_view bytes = View(record);
        return WithoutGilBytes(
            [&] { return Serialize(ExplainRecord(Parse<v1::JournalRecord>(bytes), happened)); });
      },
      py::arg("record"), py::arg("events"));
}

}  // namespace

void BindDesk(py::module_& module) {
  BindPolicy(module);
  BindPureFunctions(module);
  py::class_<Store, std::shared_ptr<Store>>(module, "Store").def("clone", [](const Store& self) {
    return WithoutGil([&] { return ValueOrThrow(self.Clone()); });
  });
  module.def("memory_store", &MakeMemoryStore);
  module.def("desk_default_limits", [] {
    const DeskOptions options;
    py::dict result;
    result["max_command_bytes"] = options.limits.max_command_bytes;
    result["max_facts_bytes"] = options.limits.max_facts_bytes;
    result["max_events_per_command"] = options.limits.max_events_per_command;
    result["max_case_ancestors"] = options.limits.max_case_ancestors;
    result["max_commit_attempts"] = options.max_commit_attempts;
    result["max_text_bytes"] = options.find_limits.max_text_bytes;
    result["max_scanned"] = options.find_limits.max_scanned;
    result["max_compared"] = options.find_limits.max_compared;
    result["max_duplicates"] = options.find_limits.max_duplicates;
    return result;
  });
  py::class_<PythonDesk>(module, "Desk")
      .def_static("open", &PythonDesk::Open, py::arg("policy"), py::arg("store"),
                  py::arg("id_source"), py::arg("max_command_bytes"), py::arg("max_facts_bytes"),
                  py::arg("max_events_per_command"), py::arg("max_case_ancestors"),
                  py::arg("max_commit_attempts"), py::arg("find_limits"))
      .def("execute", &PythonDesk::Execute, py::arg("command"), py::arg("facts"))
      .def("preview", &PythonDesk::Preview, py::arg("command"), py::arg("facts"))
      .def("rank_remedies", &PythonDesk::RankRemedies, py::arg("command"), py::arg("facts"))
      .def("get", &PythonDesk::Get, py::arg("entity"))
      .def("history", &PythonDesk::History, py::arg("entity"), py::arg("after"), py::arg("limit"))
      .def("get_record", &PythonDesk::GetRecord, py::arg("record_id"))
      .def("journal", &PythonDesk::Journal, py::arg("after"), py::arg("limit"))
      .def("explain", &PythonDesk::Explain, py::arg("record_id"))
      .def("pending_effects", &PythonDesk::PendingEffects, py::arg("after"), py::arg("limit"))
      .def("find", &PythonDesk::Find, py::arg("request"))
      .def("find_duplicates", &PythonDesk::FindDuplicates, py::arg("customer_id"))
      .def("open_file", &PythonDesk::OpenFile, py::arg("customer_id"), py::arg("now"),
           py::arg("interaction_id"), py::arg("max_open_cases"), py::arg("max_interactions"),
           py::arg("max_orders"), py::arg("max_duplicates"))
      .def("customer_view", &PythonDesk::CustomerView, py::arg("entity"))
      .def("acknowledge_effect", &PythonDesk::AcknowledgeEffect, py::arg("effect_id"))
      .def("policy", &PythonDesk::GetPolicy)
      .def("set_policy", &PythonDesk::SetPolicy, py::arg("policy"))
      .def("fork", &PythonDesk::Fork, py::arg("id_source"));
}

}  // namespace frontdesk::python
