// Policies, the pure functions, the desk: frontdesk/desk. Reading is in reader.cc.
#include "frontdesk/desk/desk.h"

#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bridge.h"
#include "cel_functions.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/holidays.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/policy/command_rules.h"
#include "frontdesk/policy/policy.h"
#include "host_store.h"
#include "limit_table.h"
#include "policy.h"
#include "reader.h"
#include "stores.h"

namespace frontdesk::python {
namespace {

// The policy, null for None.
std::shared_ptr<const Policy> PolicyOrNull(const py::object& policy) {
  return policy.is_none() ? nullptr : py::cast<const PythonPolicy&>(policy).get();
}

// Microseconds; None is infinite.
absl::Duration ReadDuration(const py::object& microseconds) {
  return microseconds.is_none() ? absl::InfiniteDuration()
                                : absl::Microseconds(py::cast<int64_t>(microseconds));
}

// (policy or None, [issue], [note])
py::tuple CompilePolicy(const py::bytes& source, int form, const std::string& file,
                        const py::dict& limits, const py::list& functions,
                        const py::object& make_message) {
  PolicyOptions options;
  ReadLimits<LimitGroup::kPolicyLimits>(limits, options);
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
  if (result.policy != nullptr) policy = py::cast(PythonPolicy{std::move(result.policy), Birth()});
  return py::make_tuple(policy, BytesList(SerializeAll(result.issues)),
                        BytesList(SerializeAll(result.notes)));
}

rules::TraceLevel TraceOf(bool full_trace) {
  return full_trace ? rules::TraceLevel::kFull : rules::TraceLevel::kFired;
}

// Desk's functions with bytes in place of messages. All of them release the GIL before they take a lock.
class PythonDesk : public PythonReader {
 public:
  explicit PythonDesk(std::shared_ptr<Desk> desk, py::object held = py::object())
      : PythonReader(std::move(desk), std::move(held)) {}

  // `owner` is kept as long as the desk: a store that is written in Python; or None.
  static PythonDesk Open(const PythonPolicy& policy, const std::optional<py::bytes>& activation,
                         const PythonStore* store, const py::object& owner,
                         const py::object& id_source, const py::dict& limits,
                         const py::dict& find_limits,
                         std::optional<std::size_t> max_cached_state_bytes, int max_commit_attempts,
                         const py::object& remember_for, const py::object& max_clock_skew,
                         const py::object& max_clock_lead, bool full_trace) {
    DeskOptions options;
    ReadLimits<LimitGroup::kCommandLimits>(limits, options.limits);
    ReadLimits<LimitGroup::kFindLimits>(find_limits, options.find_limits);
    options.policy = policy.get();
    if (activation.has_value()) options.activate = ReadActivation(*activation);
    if (store != nullptr) options.store = store->get();
    options.id_source = ToIdSource(id_source);
    if (max_cached_state_bytes.has_value()) {
      options.max_cached_state_bytes = *max_cached_state_bytes;
    }
    options.max_commit_attempts = max_commit_attempts;
    options.remember_for = ReadDuration(remember_for);
    options.max_clock_skew = ReadDuration(max_clock_skew);
    options.max_clock_lead = ReadDuration(max_clock_lead);
    options.trace = TraceOf(full_trace);
    // The policy of before may call functions in Python.
    return PythonDesk(RunExpressions([&] { return ValueOrThrow(Desk::Open(std::move(options))); }),
                      owner);
  }

  py::bytes Execute(const py::bytes& command, const py::bytes& facts) {
    return Run(command, facts, [this](const v1::Command& asked, const v1::Facts& known) {
      return desk().Execute(asked, known);
    });
  }
  // [(outcome or None, verdict, None or (code, text, detail or None))]. Bytes that are no command or no facts are an error of that
  // command.
  py::list ExecuteAll(const std::vector<py::bytes>& commands, const std::vector<py::bytes>& facts,
                      int group_size) {
    struct Result {
      std::string outcome;
      int verdict = 0;
      absl::Status status;
    };
    std::vector<std::pair<absl::string_view, absl::string_view>> given;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      given.emplace_back(View(commands[i]), facts.empty() ? absl::string_view() : View(facts[i]));
    }
    const std::vector<Result> results = RunExpressions([&] {
      ExecuteAllOptions options;
      options.group_size = group_size;
      std::vector<Result> made(given.size());
      std::vector<CommandWithFacts> asked;
      std::vector<std::size_t> places;
      // Messages of one group at a time: those of all commands would be out of the processor's caches when they are used.
      const auto execute = [&] {
        const std::vector<absl::StatusOr<v1::Outcome>> outcomes = desk().ExecuteAll(asked, options);
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
          Result& result = made[places[i]];
          result.status = outcomes[i].status();
          if (!outcomes[i].ok()) continue;
          result.outcome = Serialize(*outcomes[i]);
          result.verdict = outcomes[i]->verdict();
        }
        asked.clear();
        places.clear();
      };
      for (std::size_t i = 0; i < given.size(); ++i) {
        CommandWithFacts& next = asked.emplace_back();
        made[i].status = ParseBytes(given[i].first, &next.command);
        made[i].status.Update(ParseBytes(given[i].second, &next.facts));
        if (made[i].status.ok()) {
          places.push_back(i);
        } else {
          asked.pop_back();
        }
        if (asked.size() == static_cast<std::size_t>(group_size)) execute();
      }
      if (!asked.empty()) execute();
      return made;
    });
    py::list list;
    for (const Result& result : results) {
      if (result.status.ok()) {
        list.append(py::make_tuple(py::bytes(result.outcome), result.verdict, py::none()));
      } else {
        list.append(py::make_tuple(py::none(), 0, StatusTuple(result.status)));
      }
    }
    return list;
  }
  std::shared_ptr<Desk> shared() const {
    return std::static_pointer_cast<Desk>(PythonReader::shared());
  }
  py::bytes Preview(const py::bytes& command, const py::bytes& facts,
                    std::optional<bool> full_trace, const std::optional<TimeTuple>& as_of) const {
    return Run(command, facts, [&](const v1::Command& asked, const v1::Facts& known) {
      absl::optional<rules::TraceLevel> trace;
      if (full_trace.has_value()) trace = TraceOf(*full_trace);
      return desk().Preview(asked, known, trace, ToOptionalTime(as_of));
    });
  }
  py::bytes PreviewApproval(const std::string& approval_id, const py::bytes& now,
                            const py::bytes& facts) const {
    const absl::string_view now_bytes = View(now), facts_bytes = View(facts);
    return py::bytes(RunExpressions([&] {
      return Serialize(ValueOrThrow(
          desk().PreviewApproval(approval_id, Parse<google::protobuf::Timestamp>(now_bytes),
                                 Parse<v1::Facts>(facts_bytes))));
    }));
  }
  py::list RankRemedies(const py::bytes& command, const py::bytes& facts) const {
    const absl::string_view command_bytes = View(command), facts_bytes = View(facts);
    return BytesList(RunExpressions([&] {
      return SerializeAll(ValueOrThrow(
          desk().RankRemedies(Parse<v1::Command>(command_bytes), Parse<v1::Facts>(facts_bytes))));
    }));
  }
  // [(sequence, effect, attempt, (seconds, nanoseconds) of the end of the lease)]
  py::list ClaimEffects(const TimeTuple& now, int max_effects, const py::object& lease,
                        int max_attempts) {
    const ClaimOptions options{max_effects, ReadDuration(lease), max_attempts};
    const std::vector<ClaimedEffect> claimed =
        WithoutGil([&] { return ValueOrThrow(desk().ClaimEffects(ToTime(now), options)); });
    py::list result;
    for (const ClaimedEffect& each : claimed) {
      result.append(py::make_tuple(each.sequence, py::bytes(Serialize(each.effect)), each.attempt,
                                   FromTime(each.lease_end)));
    }
    return result;
  }
  py::bytes RetryEffect(const std::string& effect_id, int attempt, const TimeTuple& now,
                        const std::string& code, const std::optional<TimeTuple>& due_time,
                        const py::object& first_delay, int factor, const py::object& max_delay,
                        int max_attempts) {
    RetryOptions options;
    options.code = code;
    if (due_time.has_value()) options.due_time = ToTime(*due_time);
    options.first_delay = ReadDuration(first_delay);
    options.factor = factor;
    options.max_delay = ReadDuration(max_delay);
    options.max_attempts = max_attempts;
    return WithoutGilBytes([&] {
      return Serialize(ValueOrThrow(desk().RetryEffect(effect_id, attempt, ToTime(now), options)));
    });
  }
  void ExtendLease(const std::string& effect_id, int attempt, const TimeTuple& lease_end) {
    WithoutGil([&] { ThrowIfError(desk().ExtendLease(effect_id, attempt, ToTime(lease_end))); });
  }
  void ReviveEffect(const std::string& effect_id) {
    WithoutGil([&] { ThrowIfError(desk().ReviveEffect(effect_id)); });
  }
  void AcknowledgeEffect(const std::string& effect_id, const std::optional<int>& attempt) {
    absl::optional<int> given;
    if (attempt.has_value()) given = *attempt;
    WithoutGil([&] { ThrowIfError(desk().AcknowledgeEffect(effect_id, given)); });
  }
  PythonPolicy GetPolicy() const {
    return PythonPolicy{WithoutGil([&] { return desk().policy(); }), Birth()};
  }
  py::bytes Activate(const PythonPolicy& policy, const py::bytes& activation) {
    const std::shared_ptr<const Policy>& new_policy = policy.get();
    const PolicyActivation how = ReadActivation(activation);
    return py::bytes(
        RunExpressions([&] { return Serialize(ValueOrThrow(desk().Activate(new_policy, how))); }));
  }
  PythonDesk Fork(const py::object& id_source, const PythonPolicy* policy) const {
    std::shared_ptr<IdSource> ids = ToIdSource(id_source);
    const std::shared_ptr<const Policy> other = policy == nullptr ? nullptr : policy->get();
    return PythonDesk(WithoutGil([&] { return ValueOrThrow(desk().Fork(std::move(ids), other)); }));
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

  // From the envelope of a command.
  static PolicyActivation ReadActivation(const py::bytes& command) {
    const auto envelope = Parse<v1::Command>(View(command));
    PolicyActivation activation;
    activation.actor = envelope.actor();
    activation.now = envelope.now();
    activation.note = envelope.note();
    activation.idempotency_key = envelope.idempotency_key();
    activation.late_entry = envelope.late_entry();
    if (envelope.has_expected_version()) activation.expected_version = envelope.expected_version();
    activation.replace_unusable = envelope.desk().activate_policy().replace_unusable();
    return activation;
  }

  Desk& desk() const { return static_cast<Desk&>(reader()); }
};

// One run of an import, which keeps the desk.
class PythonCommandImporter {
 public:
  PythonCommandImporter(const PythonDesk& desk, const std::string& import_id)
      : desk_(desk.shared()), importer_(WithoutGil([&] {
          return std::shared_ptr<CommandImporter>(
              ValueOrThrow(CommandImporter::Make(desk_.get(), import_id)));
        })) {}

  // (command, facts, source, reason, text)
  using Row = std::tuple<py::bytes, py::bytes, std::string, std::string, std::string>;

  // Returns the number of rows so far.
  int64_t Add(const std::vector<Row>& rows) {
    CommandImporter& importer = *importer_.get();
    std::vector<std::pair<absl::string_view, absl::string_view>> given;
    std::vector<ImportInput> inputs;
    for (const auto& [command, facts, source, reason, text] : rows) {
      given.emplace_back(View(command), View(facts));
      ImportInput& input = inputs.emplace_back();
      input.source = source;
      input.reason = reason;
      input.text = text;
    }
    return RunExpressions([&] {
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        ThrowIfError(ParseBytes(given[i].first, &inputs[i].command));
        ThrowIfError(ParseBytes(given[i].second, &inputs[i].facts));
      }
      ThrowIfError(importer.Add(inputs));
      return importer.report().row_count();
    });
  }
  py::bytes Finish() {
    CommandImporter& importer = *importer_.get();
    return WithoutGilBytes([&] { return Serialize(ValueOrThrow(importer.Finish())); });
  }
  py::bytes Report() const {
    const CommandImporter& importer = *importer_.get();
    return WithoutGilBytes([&] { return Serialize(importer.report()); });
  }

 private:
  std::shared_ptr<Desk> desk_;
  Unforked<CommandImporter> importer_;
};

template <LimitGroup kGroup, typename Options>
py::dict ReadBack(const py::dict& given) {
  Options options;
  ReadLimits<kGroup>(given, options);
  return WriteLimits<kGroup>(options);
}

// The limits of Python's class `group` as the core has them when it is given `given`.
py::dict LimitsInCore(const std::string& group, const py::dict& given) {
#define FRONTDESK_LIMITS(name, options, meaning) \
  if (group == #name) return ReadBack<LimitGroup::k##name, options>(given);
#define FRONTDESK_LIMIT(group, member, meaning)
#define FRONTDESK_NESTED_LIMITS(group, name, member, other, meaning)
#include "limit_table.inc"
  throw py::value_error("there are no limits of that name");
}

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
             const std::vector<std::string>& granted_authorities,
             const std::optional<TimeTuple>& as_of) {
            const Policy& policy = *self.get();
            const absl::string_view bytes = View(input);
            return py::bytes(RunExpressions([&] {
              return Serialize(ValueOrThrow(policy.Decide(
                  Parse<v1::DecisionInput>(bytes), granted_authorities,
                  /*budget=*/nullptr, rules::TraceLevel::kFull, ToOptionalTime(as_of))));
            }));
          },
          py::arg("input"), py::arg("granted_authorities"), py::arg("as_of"))
      .def(
          "totals_of",
          [](const PythonPolicy& self, const std::string& verb) {
            std::vector<std::string> names;
            for (const PolicyTotal* total : ValueOrThrow(ListCommandTotals(*self.get(), verb))) {
              names.push_back(total->definition->name());
            }
            return names;
          },
          py::arg("verb"))
      .def(
          "rules_of",
          [](const PythonPolicy& self, const std::string& verb,
             const std::optional<TimeTuple>& as_of) {
            py::list rules;
            for (const CommandRule& rule :
                 ValueOrThrow(ListCommandRules(self.get()->pack(), verb, ToOptionalTime(as_of)))) {
              rules.append(py::make_tuple(std::string(CheckName(rule.check)), rule.reason,
                                          rule.text, static_cast<int>(rule.outcome),
                                          rule.rule_set_id, rule.rule_id, rule.condition,
                                          rule.authority));
            }
            return rules;
          },
          py::arg("verb"), py::arg("as_of"))
      .def(
          "decide_reopen_on_message",
          [](const PythonPolicy& self, const py::bytes& input,
             const std::optional<TimeTuple>& as_of) -> py::object {
            const Policy& policy = *self.get();
            const absl::string_view bytes = View(input);
            const absl::optional<std::string> decision =
                RunExpressions([&]() -> absl::optional<std::string> {
                  const auto decided = ValueOrThrow(policy.DecideReopenOnMessage(
                      Parse<v1::DecisionInput>(bytes), /*budget=*/nullptr, rules::TraceLevel::kFull,
                      ToOptionalTime(as_of)));
                  if (!decided.has_value()) return absl::nullopt;
                  return Serialize(*decided);
                });
            if (!decision.has_value()) return py::none();
            return py::bytes(*decision);
          },
          py::arg("input"), py::arg("as_of"));
  module.def("policy_compile", &CompilePolicy, py::arg("source"), py::arg("form"), py::arg("file"),
             py::arg("limits"), py::arg("functions"), py::arg("make_message"));
}

void BindPureFunctions(py::module_& module) {
  module.def(
      "decide",
      [](const py::bytes& input, const py::bytes& command, const PythonPolicy& policy,
         const py::dict& limits, bool full_trace) {
        CommandLimits command_limits;
        ReadLimits<LimitGroup::kCommandLimits>(limits, command_limits);
        const absl::string_view input_bytes = View(input);
        const absl::string_view command_bytes = View(command);
        const Policy& deciding = *policy.get();
        return py::bytes(RunExpressions([&] {
          return Serialize(ValueOrThrow(Decide(Parse<v1::DecisionInput>(input_bytes),
                                               Parse<v1::Command>(command_bytes), deciding,
                                               command_limits, TraceOf(full_trace))));
        }));
      },
      py::arg("input"), py::arg("command"), py::arg("policy"), py::arg("limits"),
      py::arg("full_trace"));
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
      "explain",
      [](const py::bytes& command, const py::bytes& outcome, const py::object& policy) {
        const absl::string_view command_bytes = View(command);
        const absl::string_view outcome_bytes = View(outcome);
        const std::shared_ptr<const Policy> decided = PolicyOrNull(policy);
        return WithoutGilBytes([&] {
          return Serialize(Explain(Parse<v1::Command>(command_bytes),
                                   Parse<v1::Outcome>(outcome_bytes), decided.get()));
        });
      },
      py::arg("command"), py::arg("outcome"), py::arg("policy"));
  module.def(
      "explain_record",
      [](const py::bytes& record, const std::vector<py::bytes>& events, const py::object& policy,
         const py::object& request) {
        std::vector<v1::Event> happened;
        for (const py::bytes& event : events) happened.push_back(Parse<v1::Event>(View(event)));
        const absl::string_view bytes = View(record);
        const std::shared_ptr<const Policy> decided = PolicyOrNull(policy);
        absl::optional<v1::JournalRecord> requested;
        if (!request.is_none()) {
          requested = Parse<v1::JournalRecord>(View(py::cast<py::bytes>(request)));
        }
        return WithoutGilBytes([&] {
          ExplainContext context;
          context.policy = decided.get();
          context.request = requested.has_value() ? &*requested : nullptr;
          return Serialize(ExplainRecord(Parse<v1::JournalRecord>(bytes), happened, context));
        });
      },
      py::arg("record"), py::arg("events"), py::arg("policy"), py::arg("request"));
}

}  // namespace

void BindDesk(py::module_& module) {
  BindPolicy(module);
  BindPureFunctions(module);
  module.def("limits_in_core", &LimitsInCore, py::arg("group"), py::arg("given"));
  module.def("desk_default_commit_attempts", [] { return DeskOptions().max_commit_attempts; });
  // (most effects, microseconds of the lease, most attempts)
  module.def("desk_default_claim", [] {
    const ClaimOptions options;
    return py::make_tuple(options.max_effects, absl::ToInt64Microseconds(options.lease),
                          options.max_attempts);
  });
  // (microseconds of the first delay, factor, microseconds of the largest, most attempts)
  module.def("desk_default_retry", [] {
    const RetryOptions options;
    return py::make_tuple(absl::ToInt64Microseconds(options.first_delay), options.factor,
                          absl::ToInt64Microseconds(options.max_delay), options.max_attempts);
  });
  module.def("desk_default_remember_for",
             [] { return absl::ToInt64Microseconds(DeskOptions().remember_for); });
  module.def("desk_default_max_clock_skew",
             [] { return absl::ToInt64Microseconds(DeskOptions().max_clock_skew); });
  py::class_<PythonCommandImporter>(module, "CommandImporter")
      .def("add", &PythonCommandImporter::Add, py::arg("rows"))
      .def("finish", &PythonCommandImporter::Finish)
      .def("report", &PythonCommandImporter::Report);
  py::class_<PythonDesk, PythonReader>(module, "Desk", CollectedType<PythonDesk>())
      .def_static("open", &PythonDesk::Open, py::arg("policy"), py::arg("activation"),
                  py::arg("store"), py::arg("owner"), py::arg("id_source"), py::arg("limits"),
                  py::arg("find_limits"), py::arg("max_cached_state_bytes"),
                  py::arg("max_commit_attempts"), py::arg("remember_for"),
                  py::arg("max_clock_skew"), py::arg("max_clock_lead"), py::arg("full_trace"))
      .def("execute", &PythonDesk::Execute, py::arg("command"), py::arg("facts"))
      .def("execute_all", &PythonDesk::ExecuteAll, py::arg("commands"), py::arg("facts"),
           py::arg("group_size"))
      .def(
          "import_commands",
          [](const PythonDesk& self, const std::string& import_id) {
            return PythonCommandImporter(self, import_id);
          },
          py::arg("import_id"))
      .def("preview", &PythonDesk::Preview, py::arg("command"), py::arg("facts"),
           py::arg("full_trace"), py::arg("as_of"))
      .def("preview_approval", &PythonDesk::PreviewApproval, py::arg("approval_id"), py::arg("now"),
           py::arg("facts"))
      .def("rank_remedies", &PythonDesk::RankRemedies, py::arg("command"), py::arg("facts"))
      .def("claim_effects", &PythonDesk::ClaimEffects, py::arg("now"), py::arg("max_effects"),
           py::arg("lease"), py::arg("max_attempts"))
      .def("acknowledge_effect", &PythonDesk::AcknowledgeEffect, py::arg("effect_id"),
           py::arg("attempt"))
      .def("retry_effect", &PythonDesk::RetryEffect, py::arg("effect_id"), py::arg("attempt"),
           py::arg("now"), py::arg("code"), py::arg("due_time"), py::arg("first_delay"),
           py::arg("factor"), py::arg("max_delay"), py::arg("max_attempts"))
      .def("extend_lease", &PythonDesk::ExtendLease, py::arg("effect_id"), py::arg("attempt"),
           py::arg("lease_end"))
      .def("revive_effect", &PythonDesk::ReviveEffect, py::arg("effect_id"))
      .def("policy", &PythonDesk::GetPolicy)
      .def("activate", &PythonDesk::Activate, py::arg("policy"), py::arg("activation"))
      .def("fork", &PythonDesk::Fork, py::arg("id_source"), py::arg("policy"));
}

}  // namespace frontdesk::python
