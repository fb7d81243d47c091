// Python's messages as the inputs of rule sets.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "cel_functions.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "policy.h"
#include "quick_function.h"
#include "rules.h"

namespace frontdesk::python {
namespace {

// The functions below are called without the checks of pybind11: `self` is a capsule with a rule set. They return False where the call
// has to go the longer way, which also raises the errors.
constexpr const char* kCapsule = "frontdesk.RuleSet";

PythonRuleSet* OfCapsule(PyObject* capsule) {
  return static_cast<PythonRuleSet*>(PyCapsule_GetPointer(capsule, kCapsule));
}

PyObject* LongerWay() { return py::handle(Py_False).inc_ref().ptr(); }

// Swaps the decision that `decide` makes into an empty message of Python. Where it makes none, the longer way says why.
template <typename Decide>
PyObject* FillDecision(PyObject* empty, Decide decide) {
  try {
    auto* const decision =
        google::protobuf::DynamicCastToGenerated<v1::Decision>(FindNewMessage(empty));
    if (decision == nullptr) return LongerWay();
    absl::optional<absl::StatusOr<v1::Decision>> made = decide();
    if (!made.has_value() || !made->ok()) return LongerWay();
    decision->Swap(&**made);
    return py::handle(Py_True).inc_ref().ptr();
  } catch (py::error_already_set& error) {
    error.restore();
    return nullptr;
  } catch (const StatusError&) {
    return LongerWay();
  }
}

// (input, decision point, whether the trace is full, an empty decision) -> whether it was filled
PyObject* QuickDecide(PyObject* capsule, PyObject* const* arguments, Py_ssize_t count) {
  PythonRuleSet* const self = OfCapsule(capsule);
  if (self == nullptr) return nullptr;
  if (count != 4 || !self->birth.is_intact() || !PyUnicode_CheckExact(arguments[1]) ||
      !PyBool_Check(arguments[2])) {
    return LongerWay();
  }
  return FillDecision(arguments[3], [&]() -> absl::optional<absl::StatusOr<v1::Decision>> {
    std::unique_ptr<google::protobuf::Message> input = self->inputs->Read(arguments[0]);
    if (input == nullptr) return absl::nullopt;
    Py_ssize_t size = 0;
    const char* const point = PyUnicode_AsUTF8AndSize(arguments[1], &size);
    if (point == nullptr) {
      PyErr_Clear();
      return absl::nullopt;
    }
    rules::DecideOptions options;
    options.decision_point.assign(point, static_cast<size_t>(size));
    options.trace = arguments[2] == Py_True ? rules::TraceLevel::kFull : rules::TraceLevel::kFired;
    BorrowedScratch scratch;
    absl::StatusOr<v1::Decision> made =
        RunExpressions([&] { return self->rule_set->Decide(*input, options, *scratch); });
    self->inputs->Give(std::move(input));
    return made;
  });
}

PyMethodDef kQuickDecide = {
    "quick_decide", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&QuickDecide)),
    METH_FASTCALL, nullptr};

// The same of a policy: (input, an empty decision) -> whether it was filled.
constexpr const char* kPolicyCapsule = "frontdesk.Policy";

PyObject* QuickDecidePolicy(PyObject* capsule, PyObject* const* arguments, Py_ssize_t count) {
  auto* const self = static_cast<PythonPolicy*>(PyCapsule_GetPointer(capsule, kPolicyCapsule));
  if (self == nullptr) return nullptr;
  if (count != 2 || !self->birth.is_intact()) return LongerWay();
  return FillDecision(arguments[1], [&]() -> absl::optional<absl::StatusOr<v1::Decision>> {
    const auto* const given =
        google::protobuf::DynamicCastToGenerated<v1::DecisionInput>(FindMessage(arguments[0]));
    if (given == nullptr || given->ByteSizeLong() > ParseLimits().max_bytes) return absl::nullopt;
    static auto* const spares = new Spares<v1::DecisionInput>();
    std::unique_ptr<v1::DecisionInput> input = spares->Take();
    if (input == nullptr) input = std::make_unique<v1::DecisionInput>();
    input->CopyFrom(*given);
    absl::StatusOr<v1::Decision> made =
        RunExpressions([&] { return self->policy->Decide(*input); });
    if (input->ByteSizeLong() <= kMaxSpareBytes) {
      input->Clear();
      spares->Give(std::move(input));
    }
    return made;
  });
}

PyMethodDef kQuickDecidePolicy = {
    "quick_decide", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&QuickDecidePolicy)),
    METH_FASTCALL, nullptr};

}  // namespace

void BindRuleMessages(py::module_& module) {
  module.def(
      "rules_quick_decide",
      [](const py::object& set) {
        return MakeQuickFunction(set, &py::cast<PythonRuleSet&>(set), kCapsule, &kQuickDecide);
      },
      py::arg("rule_set"));
  module.def(
      "policy_quick_decide",
      [](const py::object& policy) {
        return MakeQuickFunction(policy, &py::cast<PythonPolicy&>(policy), kPolicyCapsule,
                                 &kQuickDecidePolicy);
      },
      py::arg("policy"));
}

}  // namespace frontdesk::python
