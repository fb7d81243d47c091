// Rule sets over any message: frontdesk/rules.
#include "rules.h"

#include <pybind11/stl.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge.h"
#include "cel_functions.h"
#include "frontdesk/cel/time_zone.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/replay.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/v1/accessors.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/replay.pb.h"
#include "policy.h"
#include "raised.h"
#include "rule_analysis.h"

namespace frontdesk::python {
namespace {

// The reads of the expressions of a rule set, gathered while it is compiled.
class GatheredReads {
 public:
  void Add(const cel::Expr& root) {
    if (!reads_.has_value()) return;
    std::optional<ReadParts> found = FindReadParts(root, true);
    if (!found.has_value()) {
      reads_.reset();
      return;
    }
    for (auto& [name, part] : *found) MergeReadPart(std::move(part), &(*reads_)[name]);
  }
  std::optional<ReadParts> Finish() { return std::move(reads_); }

 private:
  std::optional<ReadParts> reads_ = ReadParts();
};

// (rule set or None, [issue])
py::tuple Compile(const std::shared_ptr<Descriptors>& descriptors, const std::string& input,
                  const py::bytes& source, int form, const std::string& file,
                  const py::object& container, const py::list& functions,
                  const py::object& make_message, const py::dict& limits) {
  const google::protobuf::Descriptor* type = descriptors->Find(input);
  rules::CompileOptions options;
  options.file = file;
  if (!container.is_none()) options.container = py::cast<std::string>(container);
  if (descriptors->generated()) options.accessors = &v1::Accessors();
  options.time_zones = cel::SystemTimeZones();
  options.functions = ReadFunctions(functions, descriptors, Share(make_message));
  options.expression_limits = ReadExpressionLimits(limits);
  const absl::string_view text = View(source);
  GatheredReads reads;
  options.expression_check = [&reads](const cel::Expr& root) {
    reads.Add(root);
    return std::vector<rules::ExpressionFinding>();
  };
  rules::CompileResult result = RunExpressions([&] {
    switch (static_cast<Form>(form)) {
      case Form::kText:
        return rules::CompileText(text, type, options);
      case Form::kJson:
        return rules::CompileJson(text, type, options);
      case Form::kBytes:
        break;
    }
    return rules::RuleSet::Compile(Parse<v1::RuleSet>(text), type, options);
  });
  py::object rule_set = py::none();
  if (result.ok()) {
    rule_set =
        py::cast(PythonRuleSet{Birth(), descriptors, std::move(result.rule_set),
                               std::make_unique<MessageInputs>(descriptors, type, reads.Finish())});
  }
  return py::make_tuple(rule_set, BytesList(SerializeAll(result.issues)),
                        BytesList(SerializeAll(result.notes)));
}

absl::optional<absl::Time> TimeOf(const py::object& time) {
  if (time.is_none()) return absl::nullopt;
  return ToTime(py::cast<TimeTuple>(time));
}

py::bytes Decide(const PythonRuleSet& self, const py::bytes& input,
                 const std::string& decision_point, const py::object& now, const py::object& as_of,
                 std::vector<std::string> granted_authorities,
                 const std::vector<std::pair<std::string, std::string>>& granted_rules,
                 bool full_trace) {
  self.birth.CheckIntact();
  rules::DecideOptions options;
  options.decision_point = decision_point;
  options.now = TimeOf(now);
  options.as_of = TimeOf(as_of);
  options.granted_authorities = std::move(granted_authorities);
  for (const auto& [rule_id, authority] : granted_rules) {
    options.granted_rules.push_back({rule_id, authority});
  }
  options.trace = full_trace ? rules::TraceLevel::kFull : rules::TraceLevel::kFired;
  const absl::string_view bytes = View(input);
  return py::bytes(RunExpressions([&] {
    const std::unique_ptr<google::protobuf::Message> message =
        self.descriptors->Read(self.rule_set->input()->full_name(), bytes);
    return Serialize(ValueOrThrow(self.rule_set->Decide(*message, options)));
  }));
}

// The input that `next` gives: None at the end, else
// (message, id, decision point, now or None, as_of or None, [granted authority]).
class PythonInputs {
 public:
  // `next` and `raised` outlive it. `read` makes a message of bytes.
  using ReadMessage =
      std::function<std::unique_ptr<google::protobuf::Message>(absl::string_view bytes)>;
  PythonInputs(const py::function& next, ReadMessage read, Raised* raised)
      : next_(next), read_(std::move(read)), raised_(raised) {}

  absl::StatusOr<bool> Next(rules::ReplayInput* input) {
    bool is_there = false;
    const bool is_read = raised_->Call([&] {
      const py::object item = CallPython(next_, py::tuple());
      if (item.is_none()) return;
      const py::tuple fields = py::cast<py::tuple>(item);
      const py::bytes message = py::cast<py::bytes>(fields[0]);
      input->message = read_(View(message));
      input->id = py::cast<std::string>(fields[1]);
      input->options.decision_point = py::cast<std::string>(fields[2]);
      input->options.now = TimeOf(fields[3]);
      input->options.as_of = TimeOf(fields[4]);
      input->options.granted_authorities = py::cast<std::vector<std::string>>(fields[5]);
      is_there = true;
    });
    if (!is_read) return absl::CancelledError("a function of Python raised an exception");
    return is_there;
  }

 private:
  const py::function& next_;
  const ReadMessage read_;
  Raised* const raised_;
};

// One of the two: a rule set, or a policy, which decides a v1.DecisionInput.
struct Replayed {
  PythonInputs::ReadMessage read;
  rules::DecideInput decide;
  const google::protobuf::Descriptor* input = nullptr;
  std::string hash;
};

Replayed ReplayedOf(const py::handle& object) {
  if (py::isinstance<PythonPolicy>(object)) {
    const std::shared_ptr<const Policy> policy = py::cast<const PythonPolicy&>(object).get();
    return {[](absl::string_view bytes) {
              return std::make_unique<v1::DecisionInput>(Parse<v1::DecisionInput>(bytes));
            },
            [policy](const rules::ReplayInput& input, cel::Scratch&) {
              return policy->Decide(static_cast<const v1::DecisionInput&>(*input.message),
                                    input.options.granted_authorities, nullptr,
                                    rules::TraceLevel::kFired, input.options.as_of);
            },
            v1::DecisionInput::descriptor(), ""};
  }
  const PythonRuleSet& set = py::cast<const PythonRuleSet&>(object);
  set.birth.CheckIntact();
  const google::protobuf::Descriptor* type = set.rule_set->input();
  return {[descriptors = set.descriptors, type](absl::string_view bytes) {
            return descriptors->Read(type->full_name(), bytes);
          },
          [rule_set = set.rule_set](const rules::ReplayInput& input, cel::Scratch& scratch) {
            return rule_set->Decide(*input.message, input.options, scratch);
          },
          type, set.rule_set->hash()};
}

// The same for messages of another pool of descriptors.
rules::DecideInput ReadingAgain(Replayed replayed) {
  return [replayed = std::move(replayed)](const rules::ReplayInput& input, cel::Scratch& scratch) {
    rules::ReplayInput again = input;
    again.message = replayed.read(input.message->SerializePartialAsString());
    return replayed.decide(again, scratch);
  };
}

py::bytes Replay(const py::function& next, const py::object& before, const py::object& after,
                 int max_examples, int group_size, const py::object& progress) {
  const Replayed old = ReplayedOf(before);
  Replayed now = ReplayedOf(after);
  if (now.input != old.input) now.decide = ReadingAgain(now);
  Raised raised;
  rules::ReplayOptions options;
  options.max_examples = max_examples;
  options.group_size = group_size;
  options.progress = ProgressOf(progress, &raised);
  PythonInputs inputs(next, old.read, &raised);
  absl::StatusOr<v1::ReplayReport> report = RunExpressions([&] {
    return rules::Replay([&](rules::ReplayInput* input) { return inputs.Next(input); }, old.decide,
                         now.decide, options);
  });
  raised.Rethrow();
  v1::ReplayReport value = ValueOrThrow(std::move(report));
  value.set_before_hash(old.hash);
  value.set_after_hash(now.hash);
  return py::bytes(Serialize(value));
}

}  // namespace

void BindRules(py::module_& module) {
  module.def("rules_compile", &Compile, py::arg("descriptors"), py::arg("input"), py::arg("source"),
             py::arg("form"), py::arg("file"), py::arg("container"), py::arg("functions"),
             py::arg("make_message"), py::arg("limits"));
  py::class_<PythonRuleSet> rule_set(module, "RuleSet");
  BindRuleMessages(module);
  BindRuleFrames(rule_set);
  rule_set
      .def("decide", &Decide, py::arg("input"), py::arg("decision_point"), py::arg("now"),
           py::arg("as_of"), py::arg("granted_authorities"), py::arg("granted_rules"),
           py::arg("full_trace"))
      .def(
          "fields_read_by",
          [](const PythonRuleSet& self, const std::string& rule_id) {
            return self.rule_set->FieldsReadBy(rule_id);
          },
          py::arg("rule_id"))
      .def(
          "analyze",
          [](const PythonRuleSet& self, bool find_overlaps, bool find_gap, int64_t max_overlaps,
             int64_t max_steps) {
            self.birth.CheckIntact();
            return AnalyzeRules(*self.rule_set, find_overlaps, find_gap, max_overlaps, max_steps);
          },
          py::arg("find_overlaps"), py::arg("find_gap"), py::arg("max_overlaps"),
          py::arg("max_steps"))
      .def_property_readonly("id", [](const PythonRuleSet& self) { return self.rule_set->id(); })
      .def_property_readonly(
          "hash", [](const PythonRuleSet& self) { return py::bytes(self.rule_set->hash()); })
      .def_property_readonly(
          "source",
          [](const PythonRuleSet& self) { return py::bytes(Serialize(self.rule_set->source())); })
      .def_property_readonly("has_effective_times", [](const PythonRuleSet& self) {
        return self.rule_set->has_effective_times();
      });
  module.def("rules_replay", &Replay, py::arg("next"), py::arg("before"), py::arg("after"),
             py::arg("max_examples"), py::arg("group_size"), py::arg("progress"));
  module.def(
      "rules_format_decision",
      [](const py::bytes& decision, bool why_not, int max_rules) {
        rules::FormatOptions options;
        options.why_not = why_not;
        options.max_rules = max_rules;
        const absl::string_view bytes = View(decision);
        return Str(
            WithoutGil([&] { return rules::FormatDecision(Parse<v1::Decision>(bytes), options); }));
      },
      py::arg("decision"), py::arg("why_not"), py::arg("max_rules"));
  module.def(
      "rules_decision_reasons",
      [](const py::bytes& decision) {
        py::list result;
        for (const rules::DecisionReason& reason :
             rules::DecisionReasons(Parse<v1::Decision>(View(decision)))) {
          result.append(py::make_tuple(reason.rule_id, reason.reason, reason.text, reason.authority,
                                       BytesList(SerializeAll(reason.details))));
        }
        return result;
      },
      py::arg("decision"));
  module.def(
      "rules_format_issue",
      [](const py::bytes& issue) { return Str(rules::FormatIssue(Parse<v1::Issue>(View(issue)))); },
      py::arg("issue"));
}

}  // namespace frontdesk::python
