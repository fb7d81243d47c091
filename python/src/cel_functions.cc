#include "cel_functions.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cel_values.h"
#include "limit_table.h"

namespace frontdesk::python {
namespace {

thread_local CallFrame* current_frame = nullptr;

// The error of a Python function that raised, with the reason that it named itself, if it did.
absl::StatusOr<cel::Value> FailedCall(const py::error_already_set& error, cel::ValueArena& arena) {
  const py::object exception = error.value();
  if (error.trace()) PyException_SetTraceback(exception.ptr(), error.trace().ptr());
  if (CallFrame* frame = CallFrame::current()) frame->Raised(exception);
  if (py::hasattr(exception, "_cel_function_error")) {
    return arena.NewError(py::cast<std::string>(exception.attr("reason")),
                          py::cast<std::string>(exception.attr("text")));
  }
  return absl::UnknownError("a Python function raised");
}

// An implementation that calls a Python function. All arguments together, as Python objects, may be as large as one result.
class PythonFunction {
 public:
  PythonFunction(py::object callable, cel::Type result, std::shared_ptr<Descriptors> descriptors,
                 std::shared_ptr<py::object> make_message)
      : callable_(Share(std::move(callable))),
        result_(std::move(result)),
        descriptors_(std::move(descriptors)),
        make_message_(std::move(make_message)) {}

  absl::StatusOr<cel::Value> operator()(absl::Span<const cel::Value> arguments,
                                        cel::ValueArena& arena) const {
    int64_t bytes_left = arena.max_result_bytes();
    for (const cel::Value& argument : arguments) {
      if (const auto error = arena.FindError(argument, &bytes_left)) return *error;
    }
    const GilHeld held;
    // A function was interrupted (Ctrl-C): the evaluation is over, no matter what an operator makes of the error.
    const CallFrame* const frame = CallFrame::current();
    if (frame != nullptr && frame->interrupted()) return absl::UnknownError("interrupted");
    try {
      return Call(arguments, arena);
    } catch (const py::error_already_set& error) {
      return FailedCall(error, arena);
    } catch (const py::builtin_exception& error) {
      error.set_error();
      return FailedCall(py::error_already_set(), arena);
    } catch (const StatusError& error) {
      return error.status();
    }
  }

 private:
  cel::Value Call(absl::Span<const cel::Value> arguments, cel::ValueArena& arena) const {
    const ValueWriter writer(*make_message_);
    py::tuple values(arguments.size());
    for (size_t i = 0; i < arguments.size(); ++i) values[i] = writer.Write(arguments[i]);
    const py::object result = CallPython(*callable_, values);
    cel::ValueArena temporary(descriptors_->pool(), descriptors_->factory());
    ValueReader reader(*descriptors_, temporary);
    return arena.Copy(reader.Read(result, result_));
  }

  std::shared_ptr<py::object> callable_;
  cel::Type result_;
  std::shared_ptr<Descriptors> descriptors_;
  std::shared_ptr<py::object> make_message_;
};

}  // namespace

CallFrame::CallFrame() : outer_(current_frame), depth_(outer_ == nullptr ? 1 : outer_->depth_ + 1) {
  if (depth_ > kMaxNestedCalls) {
    PyErr_SetString(PyExc_RecursionError,
                    "functions of expressions evaluate expressions, more than 8 levels deep");
    throw py::error_already_set();
  }
  current_frame = this;
}
CallFrame::~CallFrame() { current_frame = outer_; }
CallFrame* CallFrame::current() { return current_frame; }

void CallFrame::Raised(const py::object& exception) {
  raised_ = exception;
  if (PyErr_GivenExceptionMatches(exception.ptr(), PyExc_Exception) == 0) interrupt_ = exception;
}

py::object CallFrame::raised() const { return raised_ ? raised_ : py::none(); }

void CallFrame::ThrowIfInterrupted() const {
  if (!interrupt_) return;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(interrupt_.ptr())), interrupt_.ptr());
  throw py::error_already_set();
}

std::pair<std::string, cel::FunctionOverload> ReadFunction(
    const py::tuple& function, const std::shared_ptr<Descriptors>& descriptors,
    const std::shared_ptr<py::object>& make_message) {
  cel::FunctionOverload overload;
  overload.id = py::cast<std::string>(function[1]);
  for (const py::handle& parameter : py::object(function[2])) {
    overload.parameters.push_back(ReadType(parameter, *descriptors));
  }
  overload.result = ReadType(py::object(function[3]), *descriptors);
  overload.member = py::cast<bool>(function[4]);
  overload.pure = py::cast<bool>(function[5]);
  overload.cost = py::cast<int64_t>(function[6]);
  overload.version = py::cast<std::string>(function[7]);
  py::object implementation = function[8];
  if (!implementation.is_none()) {
    overload.implementation =
        PythonFunction(std::move(implementation), overload.result, descriptors, make_message);
  }
  return {py::cast<std::string>(function[0]), std::move(overload)};
}

std::vector<std::pair<std::string, cel::FunctionOverload>> ReadFunctions(
    const py::list& functions, const std::shared_ptr<Descriptors>& descriptors,
    const std::shared_ptr<py::object>& make_message) {
  std::vector<std::pair<std::string, cel::FunctionOverload>> result;
  for (const py::handle& function : functions) {
    result.push_back(
        ReadFunction(py::reinterpret_borrow<py::tuple>(function), descriptors, make_message));
  }
  return result;
}

cel::Limits ReadExpressionLimits(const py::dict& limits) {
  cel::Limits result;
  ReadLimits<LimitGroup::kLimits>(limits, result);
  return result;
}

}  // namespace frontdesk::python
