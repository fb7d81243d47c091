// The extension module frontdesk._core: what Python's modules are built on. Private; its names may
// change.
#include <pybind11/pybind11.h>

#include "absl/strings/cord.h"
#include "absl/types/optional.h"
#include "bridge.h"
#include "frontdesk/base/error.h"

namespace frontdesk::python {
namespace {

// Sets the Python exception for a status: frontdesk.errors makes it. The exception of a store in Python is its cause. One that is
// not for anybody to swallow (KeyboardInterrupt) takes its place.
void SetError(const absl::Status& status) {
  const py::object cause = TakeCause();
  if (cause && PyErr_GivenExceptionMatches(cause.ptr(), PyExc_Exception) == 0) {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(cause.ptr())), cause.ptr());
    return;
  }
  const py::object error =
      CallPython(py::module_::import("frontdesk.errors").attr("_from_status"), StatusTuple(status));
  if (cause) PyException_SetCause(error.ptr(), py::object(cause).release().ptr());
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
}

void Bind(py::module_& module) {
  module.doc() = "The compiled part of frontdesk. Private: use the package's own modules.";
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const StatusError& error) {
      try {
        SetError(error.status());
      } catch (py::error_already_set& other) {
        if (!IsEnding()) {
          other.restore();
        } else {  // The modules are gone.
          PyErr_SetString(PyExc_RuntimeError, std::string(error.status().message()).c_str());
        }
      }
    }
  });
  WatchProcess();
  BindBridge(module);
  BindBase(module);
  BindCalendar(module);
  BindCel(module);
  BindRules(module);
  BindDomain(module);
  BindStores(module);
  BindReader(module);
  BindDesk(module);
  BindReport(module);
  BindAgents(module);
  BindTool(module);
}

// Runs for each module object that an import makes.
int Execute(PyObject* object) {
  // The types and their contents belong to one interpreter. CPython would hand them to another one as they are.
  if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
    PyErr_SetString(PyExc_ImportError,
                    "frontdesk works in the main interpreter only, not in a sub-interpreter");
    return -1;
  }
  static PyObject* bound = nullptr;  // Never released.
  if (bound != nullptr) {            // Imported again, behind `del sys.modules[...]`.
    return PyDict_Update(PyModule_GetDict(object), PyModule_GetDict(bound));
  }
  try {
    auto module = py::reinterpret_borrow<py::module_>(object);
    Bind(module);
    bound = module.release().ptr();
    return 0;
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_ImportError, error.what());
  }
  return -1;
}

}  // namespace
}  // namespace frontdesk::python

// Initialization in two phases, because only then Execute() runs in a sub-interpreter too.
extern "C" PYBIND11_EXPORT PyObject* PyInit__core() {
  static PyModuleDef_Slot slots[] = {
      {Py_mod_exec, reinterpret_cast<void*>(&frontdesk::python::Execute)}, {0, nullptr}};
  static PyModuleDef definition = {
      PyModuleDef_HEAD_INIT, "_core", nullptr, 0, nullptr, slots, nullptr, nullptr, nullptr};
  return PyModuleDef_Init(&definition);
}
