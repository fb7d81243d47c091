#include "cel_values.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/types/span.h"

namespace frontdesk::python {
namespace {

using cel::Type;
using cel::TypeKind;
using cel::Value;
using cel::ValueKind;

// Deepest nesting of lists and dicts that is accepted; the language's own limit for values.
constexpr int kMaxDepth = 200;

// Shorter texts are copied each time they occur.
constexpr size_t kSharedTextBytes = 256;

// The classes of frontdesk.cel._values. Never destroyed: they are used until the interpreter
// ends.
struct PythonSide {
  py::object uint;
  py::object optional_value;
  py::object type;
  py::object datetime;
  py::object timedelta;
  py::object mapping;
  py::object make_timestamp;
  py::object timestamp_parts;
  py::object make_duration;
  py::object duration_nanos;
  py::object make_type_value;
  py::object elements_of;
  py::object entries_of;
};
PythonSide* python_side = nullptr;

const PythonSide& Side() {
  if (python_side == nullptr) throw std::runtime_error("frontdesk.cel is not imported");
  return *python_side;
}

struct KindNameEntry {
  TypeKind kind;
  const char* name;
};
constexpr KindNameEntry kTypeKinds[] = {
    {TypeKind::kDyn, "dyn"},
    {TypeKind::kNull, "null"},
    {TypeKind::kBool, "bool"},
    {TypeKind::kInt, "int"},
    {TypeKind::kUint, "uint"},
    {TypeKind::kDouble, "double"},
    {TypeKind::kString, "string"},
    {TypeKind::kBytes, "bytes"},
    {TypeKind::kTimestamp, "timestamp"},
    {TypeKind::kDuration, "duration"},
    {TypeKind::kWrapper, "wrapper"},
    {TypeKind::kAny, "any"},
    {TypeKind::kList, "list"},
    {TypeKind::kMap, "map"},
    {TypeKind::kMessage, "message"},
    {TypeKind::kType, "type"},
    {TypeKind::kOptional, "optional"},
    {TypeKind::kOpaque, "opaque"},
    {TypeKind::kParameter, "parameter"},
    {TypeKind::kError, "error"},
};

// The type of the elements of a list, map, wrapper or optional; dyn where none is declared.
Type ParameterOf(const Type& type, TypeKind kind, size_t index) {
  if (type.kind() == TypeKind::kWrapper && type.kind() != kind && !type.parameters().empty()) {
    return ParameterOf(type.parameters()[0], kind, index);
  }
  if (type.kind() != kind || type.parameters().size() <= index) return Type::Dyn();
  return type.parameters()[index];
}

TypeKind Unwrapped(const Type& type) {
  if (type.kind() == TypeKind::kWrapper && !type.parameters().empty()) {
    return type.parameters()[0].kind();
  }
  return type.kind();
}

[[noreturn]] void ThrowOverflow(const char* text) {
  PyErr_SetString(PyExc_OverflowError, text);
  throw py::error_already_set();
}

Value ToUint(const py::handle& object) {
  const unsigned long long value = PyLong_AsUnsignedLongLong(object.ptr());
  if (PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    ThrowOverflow("an int does not fit into an unsigned integer of 64 bits");
  }
  return Value::Uint(value);
}

absl::string_view Utf8(const py::handle& object) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(object.ptr(), &size);
  if (data == nullptr) throw py::error_already_set();
  return {data, static_cast<size_t>(size)};
}

// One reference is that of the reader, and one that of the container: more may mean that the object occurs again.
bool MayRecur(const py::handle& object) { return Py_REFCNT(object.ptr()) > 2; }

// The part of the entry with that key; null when it is not read by its name.
const ReadPart* EntryPart(const ReadPart& part, const py::handle& key) {
  if (!PyUnicode_Check(key.ptr())) return nullptr;
  Py_ssize_t size = 0;
  const char* const name = PyUnicode_AsUTF8AndSize(key.ptr(), &size);
  if (name == nullptr) {  // No text of the language: no expression names it.
    PyErr_Clear();
    return nullptr;
  }
  const auto found = part.entries.find(std::string(name, static_cast<size_t>(size)));
  return found == part.entries.end() ? nullptr : &found->second;
}

// A name may be any text; in an error, characters that no name in a program has become "?".
std::string TypeName(const py::handle& object) {
  auto name = py::cast<std::string>(py::type::handle_of(object).attr("__name__"));
  for (char& c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_') c = '?';
  }
  return name;
}

}  // namespace

Value ValueReader::ReadInt(const py::handle& object, const Type& wanted) {
  const TypeKind kind = Unwrapped(wanted);
  if (kind == TypeKind::kUint) return ToUint(object);
  if (kind == TypeKind::kDouble) {
    const double value = PyLong_AsDouble(object.ptr());
    if (PyErr_Occurred() != nullptr) throw py::error_already_set();
    return Value::Double(value);
  }
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
  if (overflow != 0) ThrowOverflow("an int does not fit into a signed integer of 64 bits");
  if (PyErr_Occurred() != nullptr) throw py::error_already_set();
  return Value::Int(value);
}

Value ValueReader::ReadList(const py::handle& object, const Type& wanted, const ReadPart* part) {
  if (part != nullptr && part->elements == nullptr) return arena_.NewList({});
  const ReadPart* const element_part = part == nullptr ? nullptr : part->elements.get();
  const Type element = ParameterOf(wanted, TypeKind::kList, 0);
  std::vector<Value> elements;
  // The iterators of others may be written in Python.
  const bool is_plain = PyList_CheckExact(object.ptr()) || PyTuple_CheckExact(object.ptr());
  const py::object items = is_plain ? py::reinterpret_borrow<py::object>(object)
                                    : CallPython(Side().elements_of, py::make_tuple(object));
  for (const py::handle& item : items) elements.push_back(Read(item, element, element_part));
  return arena_.NewList(elements);
}

// The entries by which `part` goes on, of a dict.
Value ValueReader::ReadEntries(const py::handle& object, const Type& value_type,
                               const ReadPart& part) {
  std::vector<std::pair<Value, Value>> entries;
  for (const auto& [name, value_part] : part.entries) {
    const py::str key = Str(name);
    PyObject* const found = PyDict_GetItemWithError(object.ptr(), key.ptr());
    if (found == nullptr) {
      if (PyErr_Occurred() != nullptr) throw py::error_already_set();
      continue;
    }
    // Reading it may run the host's code, which may change the dict.
    const auto value = py::reinterpret_borrow<py::object>(found);
    entries.emplace_back(Value::String(name), Read(value, value_type, &value_part));
  }
  return arena_.NewMap(entries);
}

Value ValueReader::ReadMap(const py::handle& object, const Type& wanted, const ReadPart* part) {
  const Type key_type = ParameterOf(wanted, TypeKind::kMap, 0);
  const Type value_type = ParameterOf(wanted, TypeKind::kMap, 1);
  std::vector<std::pair<Value, Value>> entries;
  const bool is_plain = PyDict_CheckExact(object.ptr());
  if (part != nullptr && part->elements == nullptr && is_plain) {
    return ReadEntries(object, value_type, *part);
  }
  const py::object items = is_plain ? py::reinterpret_steal<py::object>(PyDict_Items(object.ptr()))
                                    : CallPython(Side().entries_of, py::make_tuple(object));
  if (!items) throw py::error_already_set();
  for (const py::handle& item : items) {
    const py::tuple entry = py::reinterpret_borrow<py::tuple>(item);
    const ReadPart* value_part = nullptr;
    if (part != nullptr) {
      const ReadPart* const named = EntryPart(*part, entry[0]);
      if (named == nullptr && part->elements == nullptr) continue;
      // An entry that is read by its name and as one of all is read whole.
      if (named == nullptr || part->elements == nullptr) {
        value_part = named != nullptr ? named : part->elements.get();
      }
    }
    const Value key = Read(entry[0], key_type);
    if (!key.is_bool() && !key.is_int() && !key.is_uint() && !key.is_string()) {
      throw py::type_error("a key of a map must be bool, int or str, not " + TypeName(entry[0]));
    }
    entries.emplace_back(key, Read(entry[1], value_type, value_part));
  }
  return arena_.NewMap(entries);
}

Value ValueReader::ReadMessage(const py::handle& object) {
  const auto full_name = py::cast<std::string>(object.attr("DESCRIPTOR").attr("full_name"));
  if (descriptors_.pool()->FindMessageTypeByName(full_name) == nullptr) {
    throw py::value_error("the environment does not know the message type " + full_name);
  }
  const py::bytes bytes = CallPython(object.attr("SerializePartialToString"), py::tuple());
  messages_.push_back(descriptors_.Read(full_name, View(bytes)));
  return cel::FromMessage(*messages_.back(), arena_);
}

Value ValueReader::Read(const py::handle& object, const Type& wanted, const ReadPart* part) {
  if (part != nullptr && part->is_whole) part = nullptr;
  if (object.is_none()) return Value::Null();
  if (PyBool_Check(object.ptr())) return Value::Bool(object.ptr() == Py_True);
  const PythonSide& side = Side();
  if (PyLong_Check(object.ptr())) {
    return py::isinstance(object, side.uint) ? ToUint(object) : ReadInt(object, wanted);
  }
  if (PyFloat_Check(object.ptr())) return Value::Double(PyFloat_AS_DOUBLE(object.ptr()));
  if (PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr())) return ReadText(object);
  if (py::isinstance(object, side.datetime)) {
    const auto [seconds, nanos] =
        py::cast<TimeTuple>(CallPython(side.timestamp_parts, py::make_tuple(object)));
    return Value::TimestampParts(seconds, nanos);
  }
  if (py::isinstance(object, side.timedelta)) {
    const py::object nanos = CallPython(side.duration_nanos, py::make_tuple(object));
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(nanos.ptr(), &overflow);
    if (overflow != 0) ThrowOverflow("a timedelta is beyond about 292 years");
    return Value::DurationNanos(value);
  }
  if (py::isinstance(object, side.type)) {
    return Value::TypeName(
        arena_.NewString(py::cast<std::string>(CallPython(object.attr("_value_name"), py::tuple())))
            .string_value());
  }
  return ReadShared(object, wanted, part);
}

Value ValueReader::ReadText(const py::handle& object) {
  const bool is_bytes = PyBytes_Check(object.ptr());
  const absl::string_view text =
      is_bytes ? View(py::reinterpret_borrow<py::bytes>(object)) : Utf8(object);
  const bool may_recur = text.size() > kSharedTextBytes && MayRecur(object);
  if (may_recur) {
    const auto found = known_texts_.find(object.ptr());
    if (found != known_texts_.end()) return found->second.value;
  }
  const Value value = is_bytes ? arena_.NewBytes(text) : arena_.NewString(text);
  if (may_recur) known_texts_[object.ptr()] = {py::reinterpret_borrow<py::object>(object), value};
  return value;
}

Value ValueReader::ReadShared(const py::handle& object, const Type& wanted, const ReadPart* part) {
  const bool may_recur = MayRecur(object);
  if (may_recur) {
    const auto found = known_.find(object.ptr());
    if (found != known_.end()) {
      for (const Known& known : found->second) {
        if (known.wanted != wanted || known.part != part || depth_ + known.height >= kMaxDepth)
          continue;
        deepest_ = std::max(deepest_, depth_ + 1 + known.height);
        return known.value;
      }
    }
  }
  if (depth_ >= kMaxDepth) throw py::value_error("values are nested too deeply");
  const int deepest_before = deepest_;
  deepest_ = ++depth_;
  const Value value = ReadContainer(object, wanted, part);
  const int height = deepest_ - depth_--;
  deepest_ = std::max(deepest_, deepest_before);
  if (may_recur) {
    known_[object.ptr()].push_back(
        {py::reinterpret_borrow<py::object>(object), wanted, part, value, height});
  }
  return value;
}

Value ValueReader::ReadContainer(const py::handle& object, const Type& wanted,
                                 const ReadPart* part) {
  const PythonSide& side = Side();
  if (py::isinstance(object, side.optional_value)) {
    if (!py::cast<bool>(object.attr("present"))) return Value::OptionalNone();
    return arena_.NewOptional(
        Read(object.attr("_value"), ParameterOf(wanted, TypeKind::kOptional, 0), part));
  }
  if (py::isinstance<py::list>(object) || py::isinstance<py::tuple>(object)) {
    return ReadList(object, wanted, part);
  }
  if (py::isinstance<py::dict>(object) || py::isinstance(object, side.mapping)) {
    return ReadMap(object, wanted, part);
  }
  if (py::hasattr(object, "DESCRIPTOR") && py::hasattr(object, "SerializePartialToString")) {
    return ReadMessage(object);
  }
  throw py::type_error("no value of the language can be made of a " + TypeName(object));
}

py::object ValueWriter::Write(const Value& value) const {
  switch (value.kind()) {
    case ValueKind::kNull:
      return py::none();
    case ValueKind::kBool:
      return py::bool_(value.bool_value());
    case ValueKind::kInt:
      return py::int_(value.int_value());
    case ValueKind::kUint:
      return CallPython(Side().uint, py::make_tuple(value.uint_value()));
    case ValueKind::kDouble:
      return py::float_(value.double_value());
    case ValueKind::kString:
      return Str(value.string_value());
    case ValueKind::kBytes:
      return Bytes(value.bytes_value());
    case ValueKind::kTimestamp:
      return CallPython(Side().make_timestamp,
                        py::make_tuple(value.timestamp_seconds(), value.timestamp_nanos()));
    case ValueKind::kDuration:
      return CallPython(Side().make_duration, py::make_tuple(value.duration_nanos()));
    case ValueKind::kType:
      return CallPython(Side().make_type_value, py::make_tuple(Str(value.type_name())));
    case ValueKind::kMessage:
      return CallPython(make_message_,
                        py::make_tuple(Str(value.message_value().GetDescriptor()->full_name()),
                                       py::bytes(Serialize(value.message_value()))));
    case ValueKind::kList: {
      py::list list;
      for (size_t i = 0; i < value.list_size(); ++i) list.append(Write(value.list_at(i)));
      return list;
    }
    case ValueKind::kMap: {
      py::dict dict;
      for (size_t i = 0; i < value.map_size(); ++i) {
        const py::object key = Write(value.map_key(i));
        if (dict.contains(key)) {
          throw py::value_error("a map has keys that a dict cannot tell apart, such as 1 and true");
        }
        dict[key] = Write(value.map_value(i));
      }
      return dict;
    }
    case ValueKind::kOptional:
      return CallPython(Side().optional_value, value.optional_has_value()
                                                   ? py::make_tuple(Write(value.optional_value()))
                                                   : py::tuple());
    case ValueKind::kError:
      break;
  }
  throw std::runtime_error("an error is no value");
}

Type ReadType(const py::handle& type, const Descriptors& descriptors) {
  const py::tuple parts = py::reinterpret_borrow<py::tuple>(type);
  const auto kind_name = py::cast<std::string>(parts[0]);
  const auto name = py::cast<std::string>(parts[1]);
  std::vector<Type> parameters;
  for (const py::handle& parameter : py::object(parts[2])) {
    parameters.push_back(ReadType(parameter, descriptors));
  }
  const auto parameter = [&](size_t index) {
    return index < parameters.size() ? parameters[index] : Type::Dyn();
  };
  for (const KindNameEntry& entry : kTypeKinds) {
    if (kind_name != entry.name) continue;
    switch (entry.kind) {
      case TypeKind::kDyn:
        return Type::Dyn();
      case TypeKind::kNull:
        return Type::Null();
      case TypeKind::kBool:
        return Type::Bool();
      case TypeKind::kInt:
        return Type::Int();
      case TypeKind::kUint:
        return Type::Uint();
      case TypeKind::kDouble:
        return Type::Double();
      case TypeKind::kString:
        return Type::String();
      case TypeKind::kBytes:
        return Type::Bytes();
      case TypeKind::kTimestamp:
        return Type::Timestamp();
      case TypeKind::kDuration:
        return Type::Duration();
      case TypeKind::kWrapper:
        return Type::Wrapper(parameter(0));
      case TypeKind::kAny:
        return Type::Any();
      case TypeKind::kList:
        return Type::List(parameter(0));
      case TypeKind::kMap:
        return Type::Map(parameter(0), parameter(1));
      case TypeKind::kMessage:
        return Type::Message(descriptors.Find(name));
      case TypeKind::kType:
        return parameters.empty() ? Type::TypeType() : Type::TypeOf(parameter(0));
      case TypeKind::kOptional:
        return Type::Optional(parameter(0));
      case TypeKind::kOpaque:
        return Type::Opaque(name, parameters);
      case TypeKind::kParameter:
        return Type::Parameter(name);
      case TypeKind::kError:
        break;
    }
  }
  throw py::value_error("no kind of type is called " + kind_name);
}

py::tuple WriteType(const Type& type) {
  py::list parameters;
  for (const Type& parameter : type.parameters()) parameters.append(WriteType(parameter));
  for (const KindNameEntry& entry : kTypeKinds) {
    if (entry.kind == type.kind()) return py::make_tuple(entry.name, Str(type.name()), parameters);
  }
  throw std::runtime_error("a type of an unknown kind");
}

void BindCelValues(py::module_& module) {
  module.def("cel_register", [](const py::module_& values) {
    if (python_side != nullptr) return;
    python_side = new PythonSide{
        values.attr("Uint"),           values.attr("OptionalValue"),   values.attr("Type"),
        values.attr("datetime"),       values.attr("timedelta"),       values.attr("Mapping"),
        values.attr("make_timestamp"), values.attr("timestamp_parts"), values.attr("make_duration"),
        values.attr("duration_nanos"), values.attr("make_type_value"), values.attr("elements_of"),
        values.attr("entries_of"),
    };
  });
}

}  // namespace frontdesk::python
