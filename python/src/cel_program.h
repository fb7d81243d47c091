// Environments and programs of the language, with their Python side.
#ifndef FRONTDESK_PYTHON_SRC_CEL_PROGRAM_H_
#define FRONTDESK_PYTHON_SRC_CEL_PROGRAM_H_

#include <pybind11/pybind11.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "bridge.h"
#include "cel_reads.h"
#include "cel_values.h"
#include "frontdesk/cel/cel.h"
#include "google/protobuf/message.h"
#include "spares.h"

namespace frontdesk::python {

struct CelEnvironment {
  Birth birth;
  std::shared_ptr<Descriptors> descriptors;
  std::shared_ptr<py::object> make_message;
  std::map<std::string, cel::Type, std::less<>> variables;
  std::shared_ptr<const cel::Environment> environment;
  const google::protobuf::Message* root =
      nullptr;                 // The prototype of the root message, if there is one.
  bool has_functions = false;  // That are written in Python.
  mutable Spares<cel::Activation> activations;
  mutable Spares<google::protobuf::Message> roots;

  ValueWriter writer() const { return ValueWriter(*make_message); }
};

struct CelProgram {
  CelProgram(std::shared_ptr<const CelEnvironment> its_environment,
             std::shared_ptr<const cel::Program> its_program)
      : environment(std::move(its_environment)),
        program(std::move(its_program)),
        reads(std::make_shared<const std::optional<ReadParts>>(FindReadParts(program->expr()))) {}

  std::shared_ptr<const CelEnvironment> environment;
  std::shared_ptr<const cel::Program> program;
  std::shared_ptr<const std::optional<ReadParts>> reads;
};

// The short way of evaluating, for inputs and results of plain types.
void BindQuickPrograms(py::module_& module);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_CEL_PROGRAM_H_
