// A policy as Python holds it. Private.
#ifndef FRONTDESK_PYTHON_POLICY_H_
#define FRONTDESK_PYTHON_POLICY_H_

#include <memory>

#include "bridge.h"
#include "frontdesk/policy/policy.h"

namespace frontdesk::python {

// Policies are immutable; pybind11's holders know no const.
struct PythonPolicy {
  const std::shared_ptr<const Policy>& get() const {
    birth.CheckIntact();
    return policy;
  }

  std::shared_ptr<const Policy> policy;
  Birth birth;
};

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_POLICY_H_
