// The parts that all binding files share: errors, messages as bytes, descriptors that come from
// Python.
#ifndef FRONTDESK_PYTHON_SRC_BRIDGE_H_
#define FRONTDESK_PYTHON_SRC_BRIDGE_H_

#include <pybind11/pybind11.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/base/id.h"
#include "gil.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk::python {

namespace py = pybind11;

// A status on its way to Python, where it becomes the frontdesk.Error that fits its code. Not
// derived from std::exception: nothing else is to catch it.
class StatusError {
 public:
  explicit StatusError(absl::Status status) : status_(std::move(status)) {}
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

inline void ThrowIfError(const absl::Status& status) {
  if (!status.ok()) throw StatusError(status);
}

template <typename T>
T ValueOrThrow(absl::StatusOr<T> value) {
  if (!value.ok()) throw StatusError(std::move(value).status());
  return *std::move(value);
}

// The same for work that makes bytes.
template <typename Work>
py::bytes WithoutGilBytes(Work&& work) {
  const std::string bytes = WithoutGil(std::forward<Work>(work));
  return py::bytes(bytes);
}

// The bytes of a Python bytes object, which must be kept alive meanwhile.
inline absl::string_view View(const py::bytes& bytes) {
  const std::string_view view = bytes;
  return absl::string_view(view.data(), view.size());
}

inline py::str Str(absl::string_view text) { return py::str(text.data(), text.size()); }
inline py::bytes Bytes(absl::string_view data) { return py::bytes(data.data(), data.size()); }

// Reads `bytes` into `message`, strings checked for UTF-8; throws StatusError.
void ParseInto(absl::string_view bytes, google::protobuf::Message* message);

template <typename M>
M Parse(absl::string_view bytes) {
  M message;
  ParseInto(bytes, &message);
  return message;
}

// Deterministic serialization.
std::string Serialize(const google::protobuf::Message& message);

template <typename Messages>
std::vector<std::string> SerializeAll(const Messages& messages) {
  std::vector<std::string> result;
  for (const auto& message : messages) result.push_back(Serialize(message));
  return result;
}

// (code, text, bytes of the ErrorDetail or None), from which `frontdesk.errors` makes an exception.
py::tuple StatusTuple(const absl::Status& status);

// As a list of Python bytes objects.
py::list BytesList(const std::vector<std::string>& values);

// How a policy or rule set is written down: as a message's bytes, in text format, in JSON.
enum class Form { kBytes = 0, kText = 1, kJson = 2 };

// An instant as seconds and nanoseconds since 1970-01-01 UTC, as in google.protobuf.Timestamp.
using TimeTuple = std::tuple<int64_t, int32_t>;
absl::Time ToTime(const TimeTuple& parts);
TimeTuple FromTime(absl::Time time);
absl::optional<absl::Time> ToOptionalTime(const std::optional<TimeTuple>& parts);

// Files of message types: those linked into this process, or a pool built from Python's
// descriptors. Immutable, thread-safe.
class Descriptors {
 public:
  // The files linked in.
  static std::shared_ptr<Descriptors> Generated();

  // `files` are serialized FileDescriptorProtos in any order. Files that they import and that
  // are not among them come from those linked in. When all of them are linked in with the same
  // content, this is Generated(). Throws py::value_error for files that do not fit together.
  static std::shared_ptr<Descriptors> FromFiles(const std::vector<std::string>& files);

  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;

  const google::protobuf::DescriptorPool* pool() const { return pool_; }
  google::protobuf::MessageFactory* factory() const { return factory_; }
  bool generated() const { return own_pool_ == nullptr; }

  // The message type of that full name; throws py::value_error when there is none.
  const google::protobuf::Descriptor* Find(const std::string& full_name) const;

  // A message of that type read from `bytes`; throws py::value_error or StatusError.
  std::unique_ptr<google::protobuf::Message> Read(const std::string& full_name,
                                                  absl::string_view bytes) const;

 private:
  Descriptors();

  // In this order: the factory goes before the pool.
  std::unique_ptr<google::protobuf::DescriptorPool> own_pool_;
  std::unique_ptr<google::protobuf::MessageFactory> own_factory_;
  const google::protobuf::DescriptorPool* pool_;
  google::protobuf::MessageFactory* factory_;
};

// A reference to a Python object that may be dropped by a thread that does not hold the GIL. It is leaked where the
// interpreter has ended.
std::shared_ptr<py::object> Share(py::object object);

// An id source of the core, as Python has it: not for a child of the process, and not to be entered by its own function.
std::shared_ptr<IdSource> GuardIdSource(std::shared_ptr<IdSource> source);

// Such a source as it is, or one that asks the Python function `source`; null for None.
std::shared_ptr<IdSource> ToIdSource(const py::object& source);

// Each file's part of the module.
void BindBridge(py::module_& module);
void BindBase(py::module_& module);
void BindCalendar(py::module_& module);
void BindCel(py::module_& module);
void BindRules(py::module_& module);
void BindDomain(py::module_& module);
void BindStores(py::module_& module);
void BindReader(py::module_& module);
void BindReport(py::module_& module);
void BindAgents(py::module_& module);
void BindDesk(py::module_& module);
void BindTool(py::module_& module);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_BRIDGE_H_
