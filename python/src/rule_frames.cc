// Rule sets over the rows of a data frame.
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cel_functions.h"
#include "frame_input.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/v1/decision.pb.h"
#include "raised.h"
#include "rules.h"

namespace frontdesk::python {
namespace {

// Rows between two calls of a function of progress.
constexpr size_t kRowsOfGroup = 4096;
constexpr int64_t kAbsent = std::numeric_limits<int64_t>::min();

template <typename T>
py::bytes BytesOf(const std::vector<T>& values) {
  return py::bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

// Texts, each of which is kept once; -1 for an empty one.
class Labels {
 public:
  void Add(const std::string& text) {
    if (text.empty()) {
      places_.push_back(-1);
      return;
    }
    if (!places_.empty() && places_.back() >= 0 &&
        labels_[static_cast<size_t>(places_.back())] == text) {
      places_.push_back(places_.back());
      return;
    }
    const auto [found, is_new] = known_.try_emplace(text, static_cast<int32_t>(labels_.size()));
    if (is_new) labels_.push_back(text);
    places_.push_back(found->second);
  }

  // (int32 by row, [label])
  py::tuple Finish() const {
    py::list labels;
    for (const std::string& label : labels_) labels.append(Str(label));
    return py::make_tuple(BytesOf(places_), labels);
  }

 private:
  std::vector<int32_t> places_;
  std::vector<std::string> labels_;
  std::map<std::string, int32_t> known_;
};

int64_t NanosOf(int64_t seconds, int32_t nanos) {
  int64_t result = 0;
  if (__builtin_mul_overflow(seconds, int64_t{1'000'000'000}, &result) ||
      __builtin_add_overflow(result, int64_t{nanos}, &result)) {
    return kAbsent;
  }
  return result;
}

// The values of an output by row.
class OutputColumn {
 public:
  explicit OutputColumn(const rules::OutputKind& kind)
      : name_(kind.name), kind_(static_cast<v1::OutputValue::ValueCase>(kind.value_case)) {}

  const std::string& name() const { return name_; }

  // Null: the decision of the row has no such output.
  void Add(const v1::OutputValue* output) {
    // An aggregate may be of another type than the values that it is made of. All that are there are of one type.
    if (output != nullptr && !has_value_) {
      kind_ = output->value_case();
      has_value_ = true;
    }
    if (output == nullptr || output->value_case() != kind_) {
      absent_.push_back(1);
      numbers_.push_back(kAbsent);
      labels_.Add("");
      return;
    }
    absent_.push_back(0);
    numbers_.push_back(NumberOf(*output));
    switch (kind_) {
      case v1::OutputValue::kMoneyValue:
        labels_.Add(output->money_value().currency_code());
        return;
      case v1::OutputValue::kStringValue:
        labels_.Add(output->string_value());
        return;
      default:
        labels_.Add("");
        return;
    }
  }

  // (name, case of the value, numbers by row, absence by row, labels)
  py::tuple Finish() const {
    return py::make_tuple(name_, static_cast<int>(kind_), BytesOf(numbers_), BytesOf(absent_),
                          labels_.Finish());
  }

 private:
  static int64_t NumberOf(const v1::OutputValue& output) {
    switch (output.value_case()) {
      case v1::OutputValue::kIntValue:
        return output.int_value();
      case v1::OutputValue::kBoolValue:
        return output.bool_value() ? 1 : 0;
      case v1::OutputValue::kDoubleValue: {
        const double value = output.double_value();
        int64_t bits = 0;
        std::memcpy(&bits, &value, sizeof(bits));
        return bits;
      }
      case v1::OutputValue::kTimeValue:
        return NanosOf(output.time_value().seconds(), output.time_value().nanos());
      case v1::OutputValue::kDurationValue:
        return NanosOf(output.duration_value().seconds(), output.duration_value().nanos());
      case v1::OutputValue::kMoneyValue:
        return output.money_value().units();
      default:
        return 0;
    }
  }

  const std::string name_;
  v1::OutputValue::ValueCase kind_;
  bool has_value_ = false;
  std::vector<int64_t> numbers_;
  std::vector<uint8_t> absent_;
  Labels labels_;
};

// The decisions of rows as columns.
class DecisionColumns {
 public:
  explicit DecisionColumns(const rules::RuleSet& rule_set) {
    for (const rules::OutputKind& kind : rule_set.output_kinds()) outputs_.emplace_back(kind);
  }

  void Add(const v1::Decision& decision) {
    outcomes_.push_back(static_cast<int8_t>(decision.outcome()));
    const std::vector<rules::DecisionReason> reasons = rules::DecisionReasons(decision);
    reasons_.Add(reasons.empty() ? "" : reasons[0].reason);
    rules_.Add(reasons.empty() ? "" : reasons[0].rule_id);
    for (OutputColumn& output : outputs_) {
      output.Add(rules::FindOutput(decision, output.name()));
    }
  }

  // (outcomes, reasons, rules, [output])
  py::tuple Finish() const {
    py::list outputs;
    for (const OutputColumn& output : outputs_) outputs.append(output.Finish());
    return py::make_tuple(BytesOf(outcomes_), reasons_.Finish(), rules_.Finish(), outputs);
  }

 private:
  std::vector<int8_t> outcomes_;
  Labels reasons_, rules_;
  std::vector<OutputColumn> outputs_;
};

// Calls `work(message)` for the rows, in groups, until it fails or `progress` ends it. Returns the number of rows.
template <typename Work>
size_t ForRows(const PythonRuleSet& self, size_t rows, const py::list& columns,
               const py::object& progress, Work work) {
  self.birth.CheckIntact();
  const FrameInput frame(self.rule_set->input(), rows, columns);
  const std::unique_ptr<google::protobuf::Message> message(self.inputs->prototype().New());
  Raised raised;
  const std::function<bool(int64_t)> report = ProgressOf(progress, &raised);
  size_t done = 0;
  const absl::Status status = RunExpressions([&] {
    while (done < rows) {
      const size_t end = std::min(rows, done + kRowsOfGroup);
      for (; done < end; ++done) {
        absl::Status read = frame.Read(done, message.get());
        if (read.ok()) read = work(*message);
        if (!read.ok()) return read;
      }
      if (report != nullptr && !report(static_cast<int64_t>(done))) break;
    }
    return absl::OkStatus();
  });
  raised.Rethrow();
  ThrowIfError(status);
  return done;
}

rules::DecideOptions OptionsOf(const py::object& now, const py::object& as_of) {
  rules::DecideOptions options;
  options.trace = rules::TraceLevel::kFired;
  if (!now.is_none()) options.now = ToTime(py::cast<TimeTuple>(now));
  if (!as_of.is_none()) options.as_of = ToTime(py::cast<TimeTuple>(as_of));
  return options;
}

// (rows, outcomes, reasons, rules, [output])
py::tuple DecideFrame(const PythonRuleSet& self, size_t rows, const py::list& columns,
                      const py::object& now, const py::object& as_of, const py::object& progress) {
  const rules::DecideOptions options = OptionsOf(now, as_of);
  DecisionColumns decisions(*self.rule_set);
  BorrowedScratch scratch;
  const size_t done =
      ForRows(self, rows, columns, progress, [&](const google::protobuf::Message& input) {
        const absl::StatusOr<v1::Decision> decision =
            self.rule_set->Decide(input, options, *scratch);
        if (decision.ok()) decisions.Add(*decision);
        return decision.status();
      });
  return py::make_tuple(done, decisions.Finish());
}

// (rows, ends of the matches of each row, matches, ends of the errors, errors)
py::tuple MatchFrame(const PythonRuleSet& self, size_t rows, const py::list& columns,
                     const py::object& now, const py::object& as_of, const py::object& progress) {
  const rules::DecideOptions options = OptionsOf(now, as_of);
  rules::RuleMatches found;
  std::vector<int32_t> matches, errors;
  std::vector<int64_t> match_ends, error_ends;
  BorrowedScratch scratch;
  const size_t done =
      ForRows(self, rows, columns, progress, [&](const google::protobuf::Message& input) {
        absl::Status status = self.rule_set->FindMatches(input, options, *scratch, &found);
        matches.insert(matches.end(), found.holding.begin(), found.holding.end());
        errors.insert(errors.end(), found.erring.begin(), found.erring.end());
        match_ends.push_back(static_cast<int64_t>(matches.size()));
        error_ends.push_back(static_cast<int64_t>(errors.size()));
        return status;
      });
  return py::make_tuple(done, BytesOf(match_ends), BytesOf(matches), BytesOf(error_ends),
                        BytesOf(errors));
}

// (matches, errors) of a message, or of its bytes.
py::tuple Matches(const PythonRuleSet& self, const py::object& input, const py::object& now,
                  const py::object& as_of) {
  self.birth.CheckIntact();
  const rules::DecideOptions options = OptionsOf(now, as_of);
  std::unique_ptr<google::protobuf::Message> message;
  if (py::isinstance<py::bytes>(input)) {
    message = self.descriptors->Read(self.rule_set->input()->full_name(),
                                     View(py::reinterpret_borrow<py::bytes>(input)));
  } else {
    message = self.inputs->Read(input);
    if (message == nullptr) return py::make_tuple(py::none(), py::none());
  }
  rules::RuleMatches found;
  BorrowedScratch scratch;
  ThrowIfError(RunExpressions(
      [&] { return self.rule_set->FindMatches(*message, options, *scratch, &found); }));
  self.inputs->Give(std::move(message));
  return py::make_tuple(BytesOf(found.holding), BytesOf(found.erring));
}

}  // namespace

void BindRuleFrames(py::class_<PythonRuleSet>& rule_set) {
  rule_set
      .def("decide_frame", &DecideFrame, py::arg("rows"), py::arg("columns"), py::arg("now"),
           py::arg("as_of"), py::arg("progress"))
      .def("match_frame", &MatchFrame, py::arg("rows"), py::arg("columns"), py::arg("now"),
           py::arg("as_of"), py::arg("progress"))
      .def("matches", &Matches, py::arg("input"), py::arg("now"), py::arg("as_of"));
}

}  // namespace frontdesk::python
