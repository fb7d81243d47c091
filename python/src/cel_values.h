// Values and types of the language, from Python and to Python.
#ifndef FRONTDESK_PYTHON_SRC_CEL_VALUES_H_
#define FRONTDESK_PYTHON_SRC_CEL_VALUES_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge.h"
#include "cel_reads.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"
#include "google/protobuf/message.h"

namespace frontdesk::python {

// Makes values of the language from Python objects. The storage that the values refer to lives in `arena`
// and in this object. An object that occurs several times is read once. Used with the GIL held.
class ValueReader {
 public:
  ValueReader(const Descriptors& descriptors, cel::ValueArena& arena)
      : descriptors_(descriptors), arena_(arena) {}
  ValueReader(const ValueReader&) = delete;
  ValueReader& operator=(const ValueReader&) = delete;

  // `wanted` says what to make of an int (uint and double are numbers of their own in the
  // language). `part` says how much of it is read, null: all. The rest is not looked at: its entries and elements are missing, or
  // empty. `part` outlives the value. Throws py::type_error for objects that are no value of the language, py::value_error
  // and OverflowError for those that cannot be held.
  cel::Value Read(const py::handle& object, const cel::Type& wanted,
                  const ReadPart* part = nullptr);

 private:
  cel::Value ReadInt(const py::handle& object, const cel::Type& wanted);
  cel::Value ReadList(const py::handle& object, const cel::Type& wanted, const ReadPart* part);
  cel::Value ReadMap(const py::handle& object, const cel::Type& wanted, const ReadPart* part);
  cel::Value ReadEntries(const py::handle& object, const cel::Type& value_type,
                         const ReadPart& part);
  cel::Value ReadMessage(const py::handle& object);
  cel::Value ReadText(const py::handle& object);
  // A list, dict, message or optional, read before or now.
  cel::Value ReadShared(const py::handle& object, const cel::Type& wanted, const ReadPart* part);
  cel::Value ReadContainer(const py::handle& object, const cel::Type& wanted, const ReadPart* part);

  // An object that was read.
  struct Known {
    py::object object;  // Kept alive, so that none else gets its address.
    cel::Type wanted;
    const ReadPart* part;
    cel::Value value;
    int height;  // Levels below it.
  };
  struct KnownText {
    py::object object;
    cel::Value value;
  };

  const Descriptors& descriptors_;
  cel::ValueArena& arena_;
  std::vector<std::unique_ptr<google::protobuf::Message>> messages_;
  std::unordered_map<PyObject*, std::vector<Known>> known_;
  std::unordered_map<PyObject*, KnownText> known_texts_;
  int depth_ = 0;
  int deepest_ = 0;  // The greatest depth since a container was begun.
};

// Makes Python objects from values. Used with the GIL held.
class ValueWriter {
 public:
  // `make_message(full_name, bytes)` makes a Python message.
  explicit ValueWriter(py::object make_message) : make_message_(std::move(make_message)) {}

  // There must be no error in `value`, and its size must have been checked: cel::ValueArena::FindError().
  py::object Write(const cel::Value& value) const;

 private:
  py::object make_message_;
};

// Types cross the border as (kind, name, [parameters]).
cel::Type ReadType(const py::handle& type, const Descriptors& descriptors);
py::tuple WriteType(const cel::Type& type);

// Registers the Python side of values: the module frontdesk.cel._values.
void BindCelValues(py::module_& module);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_CEL_VALUES_H_
