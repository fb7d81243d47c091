// Functions that Python calls without the checks of pybind11.
#ifndef FRONTDESK_PYTHON_SRC_QUICK_FUNCTION_H_
#define FRONTDESK_PYTHON_SRC_QUICK_FUNCTION_H_

#include <pybind11/pybind11.h>

namespace frontdesk::python {

namespace py = pybind11;

// `function` with a capsule as its `self`, which holds `pointer`, a part of `owner`, under `name`. It keeps `owner` alive.
inline py::object MakeQuickFunction(const py::object& owner, void* pointer, const char* name,
                                    PyMethodDef* function) {
  PyObject* const made = PyCapsule_New(pointer, name, [](PyObject* capsule) {
    Py_XDECREF(static_cast<PyObject*>(PyCapsule_GetContext(capsule)));
  });
  if (made == nullptr) throw py::error_already_set();
  const auto capsule = py::reinterpret_steal<py::object>(made);
  if (PyCapsule_SetContext(made, owner.ptr()) != 0) throw py::error_already_set();
  owner.inc_ref();
  PyObject* const result = PyCFunction_NewEx(function, made, nullptr);
  if (result == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(result);
}

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_QUICK_FUNCTION_H_
