// The module frontdesk._postgres: it opens stores in PostgreSQL databases. Only a process that uses one loads the library of
// PostgreSQL, and those that it needs.
#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "frontdesk/store/postgres_store.h"
#include "store_opener.h"

namespace py = pybind11;

namespace frontdesk::python {
namespace {

// Times are in microseconds. The capsule is for frontdesk._core.open_store.
py::capsule Opener(const std::string& parameters, const std::string& desk,
                   const std::string& schema, int64_t connect_timeout, int64_t lock_timeout,
                   int64_t statement_timeout, int64_t retry_timeout, int max_read_connections,
                   bool read_only, bool must_exist) {
  store::PostgresOptions options;
  options.desk = desk;
  options.schema = schema;
  options.connect_timeout = absl::Microseconds(connect_timeout);
  options.lock_timeout = absl::Microseconds(lock_timeout);
  options.statement_timeout = absl::Microseconds(statement_timeout);
  options.retry_timeout = absl::Microseconds(retry_timeout);
  options.max_read_connections = max_read_connections;
  options.read_only = read_only;
  options.must_exist = must_exist;
  auto opener = std::make_unique<StoreOpener>(
      [parameters, options]() -> absl::StatusOr<std::shared_ptr<store::Store>> {
        auto store = store::PostgresStore::Open(parameters, options);
        if (!store.ok()) return store.status();
        return std::shared_ptr<store::Store>(*std::move(store));
      });
  return py::capsule(opener.release(),
                     [](void* pointer) { delete static_cast<StoreOpener*>(pointer); });
}

// The capsule is for frontdesk._core.make_role.
py::capsule MakerOfRole(const std::string& parameters, const std::string& role,
                        const std::string& schema, bool dry_run) {
  store::PostgresOptions options;
  options.schema = schema;
  auto maker = std::make_unique<RoleMaker>([=]() -> absl::StatusOr<std::string> {
    absl::StatusOr<std::string> statements = store::PostgresStore::RoleStatements(role, options);
    if (!statements.ok() || dry_run) return statements;
    const absl::Status made = store::PostgresStore::MakeRole(parameters, role, options);
    if (!made.ok()) return made;
    return statements;
  });
  return py::capsule(maker.release(),
                     [](void* pointer) { delete static_cast<RoleMaker*>(pointer); });
}

}  // namespace
}  // namespace frontdesk::python

PYBIND11_MODULE(_postgres, module) {
  module.def("opener", &frontdesk::python::Opener, py::arg("parameters"), py::arg("desk"),
             py::arg("schema"), py::arg("connect_timeout"), py::arg("lock_timeout"),
             py::arg("statement_timeout"), py::arg("retry_timeout"),
             py::arg("max_read_connections"), py::arg("read_only"), py::arg("must_exist"));
  module.def("role_maker", &frontdesk::python::MakerOfRole, py::arg("parameters"), py::arg("role"),
             py::arg("schema"), py::arg("dry_run"));
}
