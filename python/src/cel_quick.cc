// The short way of evaluating a program: for a dict of plain values, or a message, and a result that is a plain value.
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cel_program.h"
#include "python_messages.h"

namespace frontdesk::python {
namespace {

using cel::Type;
using cel::TypeKind;
using cel::Value;

// The part of a value that is read, with the keys as Python has them.
struct QuickPart {
  Type wanted;
  bool is_plain =
      false;  // It is a dict of which these entries are read. Otherwise it is read whole.
  std::vector<std::pair<py::object, QuickPart>> entries;
  absl::string_view key;  // Of this part in the one around it.
};

class QuickProgram {
 public:
  explicit QuickProgram(const CelProgram& program)
      : environment_(program.environment), program_(program.program), reads_(program.reads) {
    if (environment_->has_functions) return;
    if (environment_->root != nullptr) {
      inputs_ = std::make_unique<MessageInputs>(
          environment_->descriptors, environment_->root->GetDescriptor(),
          reads_->has_value() ? std::optional<ReadParts>(FindReadParts(program_->expr()))
                              : std::nullopt);
    } else if (reads_->has_value()) {
      has_variables_ = FindVariables();
    }
  }

  // The value; null: the call has to go the longer way, which also raises the errors.
  py::object Evaluate(const py::handle& on) {
    if (!environment_->birth.is_intact()) return {};
    if (PyDict_CheckExact(on.ptr())) return has_variables_ ? EvaluateDict(on) : py::object();
    return inputs_ == nullptr ? py::object() : EvaluateMessage(on);
  }

 private:
  bool FindVariables() {
    for (const auto& [name, type] : environment_->variables) names_.add(Str(name));
    for (const auto& [name, part] : **reads_) {
      const auto declared = environment_->variables.find(name);
      if (declared == environment_->variables.end()) return false;
      if (!AddPart(name, declared->second, part, &variables_)) return false;
    }
    return true;
  }

  // False: the part is one of those that only the longer way reads.
  static bool AddPart(const std::string& name, const Type& wanted, const ReadPart& part,
                      std::vector<std::pair<py::object, QuickPart>>* parts) {
    if (part.elements != nullptr) return false;
    QuickPart made;
    made.wanted = wanted;
    made.key = name;
    made.is_plain = !part.is_whole;
    const bool is_map = wanted.kind() == TypeKind::kMap && wanted.parameters().size() == 2;
    if (made.is_plain) {
      for (const auto& [key, entry] : part.entries) {
        if (!AddPart(key, is_map ? wanted.parameters()[1] : Type::Dyn(), entry, &made.entries)) {
          return false;
        }
      }
    }
    PyObject* key = Str(name).release().ptr();
    PyUnicode_InternInPlace(&key);
    parts->emplace_back(py::reinterpret_steal<py::object>(key), std::move(made));
    return true;
  }

  // False: it is a value that only the longer way reads. No code of the host runs.
  static bool Read(PyObject* object, const QuickPart& part, cel::ValueArena& arena, Value* value) {
    const TypeKind wanted = part.wanted.kind();
    if (PyUnicode_CheckExact(object)) {
      Py_ssize_t size = 0;
      const char* const text = PyUnicode_AsUTF8AndSize(object, &size);
      if (text == nullptr) PyErr_Clear();
      if (text != nullptr) *value = arena.NewString({text, static_cast<size_t>(size)});
      return text != nullptr;
    }
    if (PyLong_CheckExact(object)) {
      if (wanted != TypeKind::kDyn && wanted != TypeKind::kInt) return false;
      int overflow = 0;
      *value = Value::Int(PyLong_AsLongLongAndOverflow(object, &overflow));
      return overflow == 0;
    }
    if (PyFloat_CheckExact(object)) {
      *value = Value::Double(PyFloat_AS_DOUBLE(object));
    } else if (PyBool_Check(object)) {
      *value = Value::Bool(object == Py_True);
    } else if (object == Py_None) {
      *value = Value::Null();
    } else {
      return part.is_plain && PyDict_CheckExact(object) && ReadDict(object, part, arena, value);
    }
    return true;
  }

  static bool ReadDict(PyObject* dict, const QuickPart& part, cel::ValueArena& arena,
                       Value* value) {
    constexpr size_t kMaxEntries = 16;
    std::array<std::pair<Value, Value>, kMaxEntries> entries;
    size_t count = 0;
    if (part.entries.size() > kMaxEntries) return false;
    for (const auto& [key, entry] : part.entries) {
      PyObject* const found = PyDict_GetItemWithError(dict, key.ptr());
      if (found == nullptr) {
        if (PyErr_Occurred() != nullptr) throw py::error_already_set();
        continue;
      }
      // Comparing keys may run code of the host, which may change the dict.
      const auto held = py::reinterpret_borrow<py::object>(found);
      entries[count].first = Value::String(entry.key);
      if (!Read(found, entry, arena, &entries[count].second)) return false;
      ++count;
    }
    *value = arena.NewMap({entries.data(), count});
    return true;
  }

  // Whether the environment declares all variables of a dict.
  bool DeclaresAll(const py::handle& variables) const {
    PyObject *key = nullptr, *value = nullptr;
    Py_ssize_t position = 0;
    while (PyDict_Next(variables.ptr(), &position, &key, &value) != 0) {
      if (!PyUnicode_CheckExact(key) || PySet_Contains(names_.ptr(), key) != 1) return false;
    }
    return true;
  }

  py::object EvaluateDict(const py::handle& on) {
    std::unique_ptr<cel::Activation> activation = environment_->activations.Take();
    if (activation == nullptr) {
      activation = std::make_unique<cel::Activation>(environment_->environment);
    }
    Py_ssize_t found_count = 0;
    bool is_read = true;
    for (const auto& [name, part] : variables_) {
      PyObject* const found = PyDict_GetItemWithError(on.ptr(), name.ptr());
      if (found == nullptr) {
        if (PyErr_Occurred() != nullptr) throw py::error_already_set();
        continue;
      }
      const auto held = py::reinterpret_borrow<py::object>(found);
      Value value = Value::Null();
      is_read =
          Read(found, part, activation->arena(), &value) && activation->Set(part.key, value).ok();
      if (!is_read) break;
      ++found_count;
    }
    py::object result;
    if (is_read && (found_count == PyDict_GET_SIZE(on.ptr()) || DeclaresAll(on))) {
      BorrowedScratch scratch;
      const cel::EvalResult evaluated =
          WithoutGil([&] { return program_->Evaluate(*activation, *scratch); });
      result = Write(evaluated.value(), *scratch);
    }
    if (activation->arena().bytes_used() <= kMaxSpareBytes) {
      activation->Clear();
      environment_->activations.Give(std::move(activation));
    }
    return result;
  }

  py::object EvaluateMessage(const py::handle& on) {
    std::unique_ptr<google::protobuf::Message> input = inputs_->Read(on);
    if (input == nullptr) return {};
    BorrowedScratch scratch;
    const cel::EvalResult evaluated =
        WithoutGil([&] { return program_->Evaluate(*input, *scratch); });
    py::object result = Write(evaluated.value(), *scratch);
    inputs_->Give(std::move(input));
    return result;
  }

  // Null for a value that is not plain.
  py::object Write(const Value& value, cel::Scratch& scratch) const {
    switch (value.kind()) {
      case cel::ValueKind::kBool:
        return py::bool_(value.bool_value());
      case cel::ValueKind::kInt:
        return py::int_(value.int_value());
      case cel::ValueKind::kDouble:
        return py::float_(value.double_value());
      case cel::ValueKind::kString: {
        int64_t left = environment_->environment->limits().max_result_bytes;
        if (scratch.arena().FindError(value, &left).has_value()) return {};
        return Str(value.string_value());
      }
      default:
        return {};
    }
  }

  const std::shared_ptr<const CelEnvironment> environment_;
  const std::shared_ptr<const cel::Program> program_;
  const std::shared_ptr<const std::optional<ReadParts>> reads_;
  std::vector<std::pair<py::object, QuickPart>> variables_;
  py::set names_;
  bool has_variables_ = false;
  std::unique_ptr<MessageInputs> inputs_;
};

constexpr const char* kCapsule = "frontdesk.Program";

// (variables or the root message) -> the value, or NotImplemented for the longer way. Called without the checks of pybind11: `self` is
// a capsule with a QuickProgram.
PyObject* QuickEvaluate(PyObject* capsule, PyObject* on) {
  auto* const program = static_cast<QuickProgram*>(PyCapsule_GetPointer(capsule, kCapsule));
  if (program == nullptr) return nullptr;
  try {
    py::object result = program->Evaluate(on);
    if (result) return result.release().ptr();
  } catch (py::error_already_set& error) {
    error.restore();
    return nullptr;
  } catch (const StatusError&) {
    // The longer way raises it.
  }
  return py::handle(Py_NotImplemented).inc_ref().ptr();
}

PyMethodDef kQuickEvaluate = {"quick_evaluate", &QuickEvaluate, METH_O, nullptr};

}  // namespace

void BindQuickPrograms(py::module_& module) {
  module.def(
      "cel_quick_evaluate",
      [](const CelProgram& program) {
        const py::capsule capsule(new QuickProgram(program), kCapsule, [](PyObject* made) {
          delete static_cast<QuickProgram*>(PyCapsule_GetPointer(made, kCapsule));
        });
        PyObject* const result = PyCFunction_NewEx(&kQuickEvaluate, capsule.ptr(), nullptr);
        if (result == nullptr) throw py::error_already_set();
        return py::reinterpret_steal<py::object>(result);
      },
      py::arg("program"));
}

}  // namespace frontdesk::python
