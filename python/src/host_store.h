// Stores that are written in Python, as the core has them, and rows on their way between the two.
#ifndef FRONTDESK_PYTHON_SRC_HOST_STORE_H_
#define FRONTDESK_PYTHON_SRC_HOST_STORE_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <vector>

#include "bridge.h"
#include "frontdesk/store/store.h"

namespace frontdesk::python {

// A batch is ([(table, key, value)], [(table, begin, end, [key])], [(table, key, value, position)], digest), a result is
// (is_committed, position, failed). A value that is None is no row.
py::tuple WriteBatch(const store::Batch& batch);
store::Batch ReadBatch(const py::tuple& batch);
py::tuple WriteResult(const store::CommitResult& result);
store::CommitResult ReadResult(const py::tuple& result);

// A store of the core that asks the Python object `store`, to which it has a weak reference: the desk's object keeps it
// (CollectedType). `calls` are (read, commit, get, scan, code_of) of frontdesk._host_store.
//
// An exception becomes a status, and the cause of the exception that the caller gets (KeepCause).
std::shared_ptr<store::Store> MakeHostStore(const py::object& store, const py::tuple& calls);

// The setup of a type whose objects keep a Python object, T::held(), which may refer to them in turn. The collector of cycles sees it
// then.
template <typename T>
py::custom_type_setup CollectedType() {
  return py::custom_type_setup([](PyHeapTypeObject* heap_type) {
    // Null while the object is made.
    static const auto held = [](PyObject* self) -> py::object* {
      auto* const instance = reinterpret_cast<py::detail::instance*>(self);
      if (!instance->simple_layout) return nullptr;
      void* const value = instance->simple_value_holder[0];
      return value == nullptr ? nullptr : &static_cast<T*>(value)->held();
    };
    PyTypeObject* const type = &heap_type->ht_type;
    type->tp_flags |= Py_TPFLAGS_HAVE_GC;
    type->tp_traverse = [](PyObject* self, visitproc visit, void* arg) {
      Py_VISIT(Py_TYPE(self));
      if (const py::object* object = held(self)) Py_VISIT(object->ptr());
      return 0;
    };
    type->tp_clear = [](PyObject* self) {
      if (py::object* object = held(self)) {
        const py::object dropped = std::move(*object);
      }
      return 0;
    };
    // The collector must not look at it any more: its end may run Python code.
    type->tp_dealloc = [](PyObject* self) {
      PyObject_GC_UnTrack(self);
      reinterpret_cast<PyTypeObject*>(py::detail::get_internals().instance_base)->tp_dealloc(self);
    };
  });
}

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_HOST_STORE_H_
