// The command-line tool: frontdesk/tool/tool.h.
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "bridge.h"
#include "raised.h"
#include "stores.h"
#ifdef FRONTDESK_WITH_SQLITE
#include "frontdesk/tool/tool.h"
#endif

namespace frontdesk::python {
namespace {

#ifdef FRONTDESK_WITH_SQLITE
int Run(const std::vector<std::string>& arguments, const py::function& out,
        const py::function& error, const py::function& open_database,
        const py::function& make_database_role, bool has_color, bool has_progress) {
  // An exception of a function ends the output, and is raised behind the last command of the tool.
  Raised raised;
  const auto writer = [&raised](const py::function& function) {
    return [&raised, &function](absl::string_view text) {
      raised.Call(
          [&] { CallPython(function, py::make_tuple(py::bytes(text.data(), text.size()))); });
    };
  };
  ToolTerminal terminal;
  terminal.out = writer(out);
  terminal.error = writer(error);
  terminal.now = [] { return absl::Now(); };
  terminal.open_database = [&](absl::string_view parameters, absl::string_view desk,
                               bool read_only) -> absl::StatusOr<std::shared_ptr<store::Store>> {
    StoreOpener open;
    const bool is_made = raised.Call([&] {
      open = OpenerIn(CallPython(
          open_database, py::make_tuple(std::string(parameters), std::string(desk), read_only)));
    });
    if (!is_made) return absl::CancelledError("a function of Python raised an exception");
    return open();
  };
  terminal.make_database_role = [&](absl::string_view parameters, absl::string_view role,
                                    bool dry_run) -> absl::StatusOr<std::string> {
    RoleMaker make;
    const bool is_made = raised.Call([&] {
      make = RoleMakerIn(CallPython(
          make_database_role, py::make_tuple(std::string(parameters), std::string(role), dry_run)));
    });
    if (!is_made) return absl::CancelledError("a function of Python raised an exception");
    return make();
  };
  terminal.has_color = has_color;
  terminal.has_progress = has_progress;
  const int code = WithoutGil([&] { return RunTool(arguments, terminal); });
  raised.Rethrow();
  return code;
}
#endif

}  // namespace

void BindTool(py::module_& module) {
#ifdef FRONTDESK_WITH_SQLITE
  module.def("run_tool", &Run, py::arg("arguments"), py::arg("out"), py::arg("error"),
             py::arg("open_database"), py::arg("make_database_role"), py::arg("has_color"),
             py::arg("has_progress"));
#else
  static_cast<void>(module);
#endif
}

}  // namespace frontdesk::python
