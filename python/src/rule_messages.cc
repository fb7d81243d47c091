// Python's messages as the inputs of rule sets.
#include <algorithm>
#include <string>
#include <utility>

#include "cel_functions.h"
#include "frontdesk/v1/decision.pb.h"
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

// (input, decision point, whether the trace is full, an empty decision) -> whether it was filled
PyObject* QuickDecide(PyObject* capsule, PyObject* const* arguments, Py_ssize_t count) {
  PythonRuleSet* const self = OfCapsule(capsule);
  if (self == nullptr) return nullptr;
  if (count != 4 || !self->birth.is_intact() || !PyUnicode_CheckExact(arguments[1]) ||
      !PyBool_Check(arguments[2])) {
    return LongerWay();
  }
  try {
    auto* const decision =
        google::protobuf::DynamicCastToGenerated<v1::Decision>(FindNewMessage(arguments[3]));
    if (decision == nullptr) return LongerWay();
    std::unique_ptr<google::protobuf::Message> input = self->inputs->Read(arguments[0]);
    if (input == nullptr) return LongerWay();
    Py_ssize_t size = 0;
    const char* const point = PyUnicode_AsUTF8AndSize(arguments[1], &size);
    if (point == nullptr) {
      PyErr_Clear();
      return LongerWay();
    }
    rules::DecideOptions options;
    options.decision_point.assign(point, static_cast<size_t>(size));
    options.trace = arguments[2] == Py_True ? rules::TraceLevel::kFull : rules::TraceLevel::kFired;
    BorrowedScratch scratch;
    absl::StatusOr<v1::Decision> made =
        RunExpressions([&] { return self->rule_set->Decide(*input, options, *scratch); });
    self->inputs->Give(std::move(input));
    if (!made.ok()) return LongerWay();
    decision->Swap(&*made);
    return py::handle(Py_True).inc_ref().ptr();
  } catch (py::error_already_set& error) {
    error.restore();
    return nullptr;
  } catch (const StatusError&) {
    return LongerWay();
  }
}

PyMethodDef kQuickDecide = {
    "quick_decide", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&QuickDecide)),
    METH_FASTCALL, nullptr};

// `function` over a rule set. It keeps the rule set alive.
py::object QuickFunction(const py::object& rule_set, PyMethodDef* function) {
  PyObject* const made = PyCapsule_New(
      &py::cast<PythonRuleSet&>(rule_set), kCapsule,
      [](PyObject* capsule) { Py_XDECREF(static_cast<PyObject*>(PyCapsule_GetContext(capsule))); });
  if (made == nullptr) throw py::error_already_set();
  const auto capsule = py::reinterpret_steal<py::object>(made);
  if (PyCapsule_SetContext(made, rule_set.ptr()) != 0) throw py::error_already_set();
  rule_set.inc_ref();
  PyObject* const result = PyCFunction_NewEx(function, made, nullptr);
  if (result == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(result);
}

}  // namespace

void BindRuleMessages(py::module_& module) {
  module.def(
      "rules_quick_decide", [](const py::object& set) { return QuickFunction(set, &kQuickDecide); },
      py::arg("rule_set"));
}

}  // namespace frontdesk::python
