// The extension module frontdesk._core: what Python's modules are built on. Private; its names may
// change.
#include <pybind11/pybind11.h>

#include "absl/strings/cord.h"
#include "absl/types/optional.h"
#include "bridge.h"
#include "frontdesk/base/error.h"

namespace frontdesk::python {
namespace {

// Sets the Python exception for a status: frontdesk.errors makes it.
void SetError(const absl::Status& status) {
  py::object payload = py::none();
  if (const absl::optional<absl::Cord> detail = status.GetPayload(kErrorDetailTypeUrl)) {
    payload = Bytes(std::string(*detail));
  }
  const py::object error =
      py::module_::import("frontdesk.errors")
          .attr("_from_status")(static_cast<int>(status.code()), Str(status.message()), payload);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  module.doc() = "The compiled part of frontdesk. Private: use the package's own modules.";
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const StatusError& error) {
      try {
        SetError(error.status());
      } catch (py::error_already_set& other) {
        other.restore();
      }
    }
  });
  BindBridge(module);
  BindBase(module);
  BindCel(module);
  BindRules(module);
  BindDomain(module);
  BindDesk(module);
}

}  // namespace frontdesk::python
