// Functions of the language that are Python functions, and the limits of expressions, as cel, rules and policies take them.
#ifndef FRONTDESK_PYTHON_SRC_CEL_FUNCTIONS_H_
#define FRONTDESK_PYTHON_SRC_CEL_FUNCTIONS_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge.h"
#include "frontdesk/cel/function.h"
#include "frontdesk/cel/limits.h"

namespace frontdesk::python {

// Exceptions that Python functions raised while the thread's current call ran. One object lies on the stack of every
// call that may reach Python; calls nest when a function evaluates another program.
class CallFrame {
 public:
  // Raises RecursionError when functions of expressions evaluate expressions more than kMaxNestedCalls levels deep: the
  // levels of all their texts add up on one stack.
  CallFrame();
  ~CallFrame();
  CallFrame(const CallFrame&) = delete;
  CallFrame& operator=(const CallFrame&) = delete;

  // The innermost one of this thread, or null.
  static CallFrame* current();

  void Raised(const py::object& exception);

  // The exception raised last, or None.
  py::object raised() const;

  // Whether one of them was not for an expression to swallow: KeyboardInterrupt, SystemExit.
  bool interrupted() const { return static_cast<bool>(interrupt_); }

  // Raises the interruption, if there was one.
  void ThrowIfInterrupted() const;

 private:
  static constexpr int kMaxNestedCalls = 8;

  CallFrame* const outer_;
  const int depth_;
  py::object raised_;
  py::object interrupt_;
};

// Runs `work`, which may evaluate expressions and so call Python functions, while other Python threads run.
template <typename Work>
auto RunExpressions(Work&& work) {
  CallFrame frame;
  auto result = WithoutGil(std::forward<Work>(work));
  frame.ThrowIfInterrupted();
  return result;
}

// (name, id, [parameter], result, member, pure, cost, version, implementation or None)
std::pair<std::string, cel::FunctionOverload> ReadFunction(
    const py::tuple& function, const std::shared_ptr<Descriptors>& descriptors,
    const std::shared_ptr<py::object>& make_message);

std::vector<std::pair<std::string, cel::FunctionOverload>> ReadFunctions(
    const py::list& functions, const std::shared_ptr<Descriptors>& descriptors,
    const std::shared_ptr<py::object>& make_message);

// {name: value}; a limit without a value keeps its default.
cel::Limits ReadExpressionLimits(const py::dict& limits);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_CEL_FUNCTIONS_H_
