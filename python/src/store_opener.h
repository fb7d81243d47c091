// How another module of the package opens a store. A module of its own keeps its libraries out of the core, which runs it, and knows
// how to leave the interpreter meanwhile.
#ifndef FRONTDESK_PYTHON_SRC_STORE_OPENER_H_
#define FRONTDESK_PYTHON_SRC_STORE_OPENER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "frontdesk/store/store.h"

namespace frontdesk::python {

// It uses nothing of Python.
using StoreOpener = std::function<absl::StatusOr<std::shared_ptr<store::Store>>()>;

// Makes a role for a database, and returns the statements that do; likewise.
using RoleMaker = std::function<absl::StatusOr<std::string>()>;

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_STORE_OPENER_H_
