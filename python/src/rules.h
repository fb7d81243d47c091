// Rule sets, as the parts of the binding that ask them have them.
#ifndef FRONTDESK_PYTHON_SRC_RULES_H_
#define FRONTDESK_PYTHON_SRC_RULES_H_

#include <pybind11/pybind11.h>

#include <memory>

#include "bridge.h"
#include "frontdesk/rules/rule_set.h"
#include "python_messages.h"

namespace frontdesk::python {

// A rule set with the descriptors that it was compiled over, which outlive it.
struct PythonRuleSet {
  Birth birth;
  std::shared_ptr<Descriptors> descriptors;
  std::shared_ptr<const rules::RuleSet> rule_set;
  std::unique_ptr<MessageInputs> inputs;
};

// Decisions over messages of Python, and over the rows of data frames.
void BindRuleMessages(py::module_& module);
void BindRuleFrames(py::class_<PythonRuleSet>& rule_set);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_RULES_H_
