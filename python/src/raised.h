// Exceptions of Python functions that the core calls while a call of Python runs.
#ifndef FRONTDESK_PYTHON_SRC_RAISED_H_
#define FRONTDESK_PYTHON_SRC_RAISED_H_

#include <pybind11/pybind11.h>

#include <cstdint>
#include <exception>
#include <functional>

#include "bridge.h"

namespace frontdesk::python {

// Keeps the first one, so that it does not pass through the core. Made and destroyed with the lock. Thread-compatible.
class Raised {
 public:
  // Runs `work`, which may use Python, with the lock. False: it raised an exception, or an earlier call did; then it does not run.
  template <typename Work>
  bool Call(Work&& work) {
    const GilHeld held;
    if (exception_ != nullptr) return false;
    try {
      work();
      return true;
    } catch (const std::exception&) {
      exception_ = std::current_exception();
    } catch (const StatusError&) {
      exception_ = std::current_exception();
    }
    return false;
  }

  // Throws the exception, if there was one.
  void Rethrow() const {
    if (exception_ != nullptr) std::rethrow_exception(exception_);
  }

 private:
  std::exception_ptr exception_;
};

// A function of progress: None, or one that is called with a number and ends the work by False or an exception. `function` and `raised`
// outlive it.
inline std::function<bool(std::int64_t)> ProgressOf(const pybind11::object& function,
                                                    Raised* raised) {
  if (function.is_none()) return nullptr;
  return [&function, raised](std::int64_t count) {
    bool goes_on = true;
    return raised->Call([&] {
      goes_on = !CallPython(function, pybind11::make_tuple(count)).is(pybind11::bool_(false));
    }) && goes_on;
  };
}

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_RAISED_H_
