// The expression language: frontdesk/cel.
#include "frontdesk/cel/cel.h"

#include <pybind11/stl.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bridge.h"
#include "cel_functions.h"
#include "cel_program.h"
#include "cel_reads.h"
#include "cel_values.h"
#include "frontdesk/v1/accessors.h"
#include "spares.h"

namespace frontdesk::python {
namespace {

py::tuple WriteIssue(const cel::Issue& issue) {
  return py::make_tuple(issue.severity == cel::Severity::kWarning ? 2 : 1, issue.code, issue.line,
                        issue.column, issue.range.begin, issue.range.end, issue.message,
                        issue.snippet);
}

py::list WriteIssues(const std::vector<cel::Issue>& issues) {
  py::list result;
  for (const cel::Issue& issue : issues) result.append(WriteIssue(issue));
  return result;
}

// A value, or the error that it is, holds, or comes to because of its size. The size of a value without an error is
// deducted from `bytes_left`.
cel::Value Checked(const cel::Value& value, cel::Scratch& scratch, int64_t* bytes_left) {
  int64_t left = *bytes_left;
  const absl::optional<cel::Value> error = scratch.arena().FindError(value, &left);
  if (error.has_value()) return *error;
  *bytes_left = left;
  return value;
}

// (True, value) or (False, issue), of a checked value.
py::tuple WriteResult(const CelProgram& program, const cel::Value& value) {
  if (value.is_error()) {
    return py::make_tuple(false, WriteIssue(program.program->ErrorIssue(value)));
  }
  return py::make_tuple(true, program.environment->writer().Write(value));
}

// Collects an environment's parts with their Python forms.
class Builder {
 public:
  Builder(std::shared_ptr<Descriptors> descriptors, py::object make_message)
      : environment_(std::make_shared<CelEnvironment>()) {
    environment_->descriptors = std::move(descriptors);
    environment_->make_message = Share(std::move(make_message));
    builder_.SetDescriptorPool(types().pool(), types().factory());
    if (types().generated()) builder_.AddAccessors(v1::Accessors());
  }

  void SetRoot(const std::string& name) { builder_.SetRootMessage(types().Find(name)); }
  void AddVariable(const std::string& name, const py::tuple& type) {
    const cel::Type read = ReadType(type, types());
    environment_->variables[name] = read;
    builder_.AddVariable(name, read);
  }
  void AddConstant(const std::string& name, const py::handle& value, const py::tuple& type) {
    cel::ValueArena arena(types().pool(), types().factory());
    ValueReader reader(types(), arena);
    builder_.AddConstant(name, reader.Read(value, ReadType(type, types())));
  }
  void AddOpaqueType(const std::string& name) { builder_.AddOpaqueType(name); }
  void SetContainer(const std::string& name) { builder_.SetContainer(name); }
  void SetExtensions(uint32_t extensions) { builder_.SetExtensions(extensions); }
  void SetSystemTimeZones() { builder_.SetTimeZones(cel::SystemTimeZones()); }
  void SetLimits(const py::dict& limits) { builder_.SetLimits(ReadExpressionLimits(limits)); }
  void AddFunction(const py::tuple& function) {
    environment_->has_functions = true;
    auto [name, overload] =
        ReadFunction(function, environment_->descriptors, environment_->make_message);
    builder_.AddFunction(name, std::move(overload));
  }

  std::shared_ptr<CelEnvironment> Build() {
    environment_->environment = WithoutGil([&] { return ValueOrThrow(builder_.Build()); });
    if (environment_->environment->root_message() != nullptr) {
      environment_->root =
          types().factory()->GetPrototype(environment_->environment->root_message());
    }
    return environment_;
  }

 private:
  const Descriptors& types() const { return *environment_->descriptors; }

  std::shared_ptr<CelEnvironment> environment_;
  cel::EnvironmentBuilder builder_;
};

// The input of a program's evaluation.
class Input {
 public:
  // `root` is the root message's bytes or None, `variables` a dict or None. Without `reads_all`, variables are read as far as the
  // expression reads them.
  Input(const CelProgram& program, const py::object& root, const py::object& variables,
        bool reads_all)
      : environment_(program.environment) {
    const CelEnvironment& environment = *environment_;
    if (!root.is_none()) {
      if (environment.root == nullptr) throw py::type_error("the environment has no root message");
      const absl::string_view bytes = View(py::reinterpret_borrow<py::bytes>(root));
      root_ = environment.roots.Take();
      if (root_ == nullptr) root_.reset(environment.root->New());
      keeps_root_ = bytes.size() <= kMaxSpareBytes;
      ParseInto(bytes, root_.get());
      if (variables.is_none()) return;
    }
    activation_ = environment.activations.Take();
    if (activation_ == nullptr) {
      activation_ = std::make_unique<cel::Activation>(environment.environment);
    }
    if (root_ != nullptr) ThrowIfError(activation_->SetRoot(*root_));
    if (variables.is_none()) return;
    reader_ = std::make_unique<ValueReader>(*environment.descriptors, activation_->arena());
    const ReadParts* const parts =
        reads_all || !program.reads->has_value() ? nullptr : &**program.reads;
    for (const auto& item : py::reinterpret_borrow<py::dict>(variables)) {
      const auto name = py::cast<std::string>(item.first);
      const auto declared = environment.variables.find(name);
      if (declared == environment.variables.end()) {
        ThrowIfError(activation_->Set(name, cel::Value::Null()));  // Says that it is not declared.
        continue;
      }
      const ReadPart* part = nullptr;
      if (parts != nullptr) {
        const auto read = parts->find(name);
        if (read == parts->end()) continue;
        part = &read->second;
      }
      ThrowIfError(activation_->Set(name, reader_->Read(item.second, declared->second, part)));
    }
  }

  ~Input() {
    if (root_ != nullptr && keeps_root_) environment_->roots.Give(std::move(root_));
    if (activation_ == nullptr || activation_->arena().bytes_used() > kMaxSpareBytes) return;
    activation_->Clear();
    environment_->activations.Give(std::move(activation_));
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  cel::EvalResult Evaluate(const cel::Program& program, cel::Scratch& scratch) const {
    return activation_ == nullptr ? program.Evaluate(*root_, scratch)
                                  : program.Evaluate(*activation_, scratch);
  }
  cel::Explanation Explain(const cel::Program& program, cel::Scratch& scratch,
                           const cel::ExplainOptions& options) const {
    return activation_ == nullptr ? program.Explain(*root_, scratch, options)
                                  : program.Explain(*activation_, scratch, options);
  }

 private:
  std::shared_ptr<const CelEnvironment> environment_;
  std::unique_ptr<google::protobuf::Message> root_;
  bool keeps_root_ = false;
  std::unique_ptr<cel::Activation> activation_;  // Null: the root alone.
  std::unique_ptr<ValueReader> reader_;
};

// ((True, value) or (False, issue), exception or None). With `literal_bytes` the value is a text of at most about that
// length.
py::tuple Evaluate(const CelProgram& self, const py::object& root, const py::object& variables,
                   size_t literal_bytes) {
  self.environment->birth.CheckIntact();
  const Input input(self, root, variables, false);
  BorrowedScratch scratch;
  CallFrame frame;
  bool evaluated = false;
  std::string text;
  const cel::Value value = WithoutGil([&] {
    const cel::EvalResult result = input.Evaluate(*self.program, *scratch);
    evaluated = result.ok();
    int64_t bytes_left = self.environment->environment->limits().max_result_bytes;
    const cel::Value checked = Checked(result.value(), *scratch, &bytes_left);
    if (literal_bytes > 0 && !checked.is_error()) text = cel::ToText(checked, literal_bytes);
    return checked;
  });
  frame.ThrowIfInterrupted();
  return py::make_tuple(literal_bytes > 0 && !value.is_error() ? py::make_tuple(true, Str(text))
                                                               : WriteResult(self, value),
                        evaluated ? py::none() : frame.raised());
}

py::str FieldName(const google::protobuf::FieldDescriptor* field) {
  return field == nullptr ? py::str() : py::str(field->full_name());
}

// (result, [(path, field, result)], [(expression id, text, result)], truncated). All results together are as large as
// the limit of one. Those that do not fit are errors.
py::tuple Explain(const CelProgram& self, const py::object& root, const py::object& variables,
                  size_t max_reads, size_t max_steps) {
  self.environment->birth.CheckIntact();
  const Input input(self, root, variables, true);  // The steps show values as they are.
  cel::ExplainOptions options;
  options.max_reads = max_reads;
  options.max_steps = max_steps;
  BorrowedScratch scratch;
  CallFrame frame;
  const cel::Explanation explanation = WithoutGil([&] {
    cel::Explanation found = input.Explain(*self.program, *scratch, options);
    int64_t bytes_left = self.environment->environment->limits().max_result_bytes;
    found.value = Checked(found.value, *scratch, &bytes_left);
    for (cel::Read& read : found.reads) read.value = Checked(read.value, *scratch, &bytes_left);
    for (cel::Step& step : found.steps) step.value = Checked(step.value, *scratch, &bytes_left);
    return found;
  });
  frame.ThrowIfInterrupted();
  py::list reads;
  for (const cel::Read& read : explanation.reads) {
    reads.append(py::make_tuple(read.path, FieldName(read.field), WriteResult(self, read.value)));
  }
  py::list steps;
  for (const cel::Step& step : explanation.steps) {
    steps.append(
        py::make_tuple(step.expr.id(), Str(step.expr.text()), WriteResult(self, step.value)));
  }
  py::list skipped;
  for (const cel::Expr& expr : explanation.skipped) {
    skipped.append(py::make_tuple(expr.id(), Str(expr.text())));
  }
  return py::make_tuple(WriteResult(self, explanation.value), reads, steps, skipped,
                        explanation.truncated);
}

// (least, most), the most None when it is unbounded; `other` likewise.
py::tuple EstimateCost(const CelProgram& self, const std::map<std::string, int64_t>& sizes,
                       const py::object& other) {
  cel::SizeHints hints;
  hints.sizes = sizes;
  if (!other.is_none()) hints.other = other.cast<int64_t>();
  const cel::CostEstimate estimate = self.program->EstimateCost(hints);
  return py::make_tuple(estimate.min,
                        estimate.bounded() ? py::object(py::int_(estimate.max)) : py::none());
}

constexpr const char* kExprKinds[] = {"constant", "identifier", "select",  "has",           "call",
                                      "list",     "map",        "message", "comprehension", "bind"};
constexpr const char* kMacros[] = {
    "",       "all",           "exists",       "exists_one",        "map",
    "filter", "transformList", "transformMap", "transformMapEntry", "bind",
    "optMap", "optFlatMap",    "sortBy"};
constexpr const char* kReferences[] = {"", "variable", "root_field", "local", "constant", "type"};

template <size_t kCount>
const char* NameOf(const char* const (&names)[kCount], size_t index) {
  return index < kCount ? names[index] : "";
}

// An expression as a dict, its children inside it.
py::dict WriteExpr(const cel::Expr& expr, const ValueWriter& writer) {
  py::dict result;
  result["id"] = expr.id();
  result["kind"] = NameOf(kExprKinds, static_cast<size_t>(expr.kind()));
  result["operator"] = Str(cel::OperatorName(expr.op()));
  result["macro"] = NameOf(kMacros, static_cast<size_t>(expr.macro()));
  result["reference"] = NameOf(kReferences, static_cast<size_t>(expr.reference()));
  result["name"] = Str(expr.name());
  result["text"] = Str(expr.text());
  result["range"] = py::make_tuple(expr.range().begin, expr.range().end);
  result["type"] = WriteType(expr.type());
  result["is_member"] = expr.is_member();
  result["path"] = expr.path();
  result["field"] = FieldName(expr.field());
  const bool constant = expr.constant() != nullptr && !expr.constant()->is_error();
  result["is_constant"] = constant;
  result["constant"] = constant ? writer.Write(*expr.constant()) : py::none();
  py::list variables;
  for (size_t i = 0; i < 2 && !expr.variable(i).empty(); ++i) {
    variables.append(Str(expr.variable(i)));
  }
  result["variables"] = variables;
  py::list field_names, optional_children;
  py::list children;
  for (size_t i = 0; i < expr.child_count(); ++i) {
    optional_children.append(expr.is_optional(i));
    if (expr.kind() == cel::ExprKind::kMessage) field_names.append(Str(expr.field_name(i)));
    children.append(WriteExpr(expr.child(i), writer));
  }
  result["optional_children"] = optional_children;
  result["field_names"] = field_names;
  result["children"] = children;
  return result;
}

cel::CompileOptions ToCompileOptions(const CelEnvironment& self, bool check, bool macros,
                                     const py::object& expected_type) {
  cel::CompileOptions options;
  options.check = check;
  options.macros = macros;
  if (!expected_type.is_none()) options.expected_type = ReadType(expected_type, *self.descriptors);
  return options;
}

void BindEnvironment(py::module_& module) {
  py::class_<Builder>(module, "CelBuilder")
      .def(py::init<std::shared_ptr<Descriptors>, py::object>(), py::arg("descriptors"),
           py::arg("make_message"))
      .def("set_root", &Builder::SetRoot, py::arg("name"))
      .def("add_variable", &Builder::AddVariable, py::arg("name"), py::arg("type"))
      .def("add_constant", &Builder::AddConstant, py::arg("name"), py::arg("value"),
           py::arg("type"))
      .def("add_opaque_type", &Builder::AddOpaqueType, py::arg("name"))
      .def("set_container", &Builder::SetContainer, py::arg("name"))
      .def("set_extensions", &Builder::SetExtensions, py::arg("extensions"))
      .def("set_system_time_zones", &Builder::SetSystemTimeZones)
      .def("set_limits", &Builder::SetLimits, py::arg("limits"))
      .def("add_function", &Builder::AddFunction, py::arg("function"))
      .def("build", &Builder::Build);
  py::class_<CelEnvironment, std::shared_ptr<CelEnvironment>>(module, "CelEnvironment")
      .def(
          "compile",
          [](const std::shared_ptr<CelEnvironment>& self, const std::string& text, bool check,
             bool macros, const py::object& expected_type) {
            self->birth.CheckIntact();
            const cel::CompileOptions options =
                ToCompileOptions(*self, check, macros, expected_type);
            CallFrame frame;
            const cel::CompileResult result =
                WithoutGil([&] { return self->environment->Compile(text, options); });
            frame.ThrowIfInterrupted();
            py::object program = py::none();
            if (result.ok()) program = py::cast(CelProgram{self, result.program});
            return py::make_tuple(program, WriteIssues(result.issues));
          },
          py::arg("text"), py::arg("check"), py::arg("macros"), py::arg("expected_type"))
      .def(
          "parse",
          [](const CelEnvironment& self, const std::string& text, bool check, bool macros) {
            self.birth.CheckIntact();
            const cel::CompileOptions options = ToCompileOptions(self, check, macros, py::none());
            const cel::AstResult result = WithoutGil([&] {
              return check ? self.environment->Check(text, options)
                           : self.environment->Parse(text, options);
            });
            py::object tree = py::none();
            if (result.ok()) tree = WriteExpr(result.ast->root(), self.writer());
            return py::make_tuple(tree, WriteIssues(result.issues));
          },
          py::arg("text"), py::arg("check"), py::arg("macros"));
}

void BindProgram(py::module_& module) {
  py::class_<CelProgram>(module, "CelProgram")
      .def("evaluate", &Evaluate, py::arg("root"), py::arg("variables"), py::arg("literal_bytes"))
      .def("explain", &Explain, py::arg("root"), py::arg("variables"), py::arg("max_reads"),
           py::arg("max_steps"))
      .def_property_readonly("text",
                             [](const CelProgram& self) { return Str(self.program->text()); })
      .def_property_readonly("source",
                             [](const CelProgram& self) { return Str(self.program->source()); })
      .def_property_readonly(
          "result_type",
          [](const CelProgram& self) { return WriteType(self.program->result_type()); })
      .def_property_readonly("fixed_cost",
                             [](const CelProgram& self) { return self.program->fixed_cost(); })
      .def("estimate_cost", &EstimateCost, py::arg("sizes"), py::arg("other"))
      .def("expression",
           [](const CelProgram& self) {
             return WriteExpr(self.program->expr(), self.environment->writer());
           })
      .def("conjuncts",
           [](const CelProgram& self) {
             py::list result;
             for (const cel::Program& conjunct : self.program->conjuncts()) {
               result.append(
                   CelProgram{self.environment, std::make_shared<const cel::Program>(conjunct)});
             }
             return result;
           })
      .def("references", [](const CelProgram& self) {
        py::list fields;
        for (const cel::FieldReference& field : self.program->references().fields) {
          fields.append(py::make_tuple(field.path, FieldName(field.field), field.origin));
        }
        py::list variables;
        for (const cel::VariableReference& variable : self.program->references().variables) {
          variables.append(py::make_tuple(variable.name, WriteType(variable.type)));
        }
        py::list functions;
        for (const cel::FunctionReference& function : self.program->references().functions) {
          functions.append(function.name);
        }
        return py::make_tuple(fields, variables, functions);
      });
}

}  // namespace

void BindCel(py::module_& module) {
  BindCelValues(module);
  BindQuickPrograms(module);
  BindEnvironment(module);
  BindProgram(module);
  module.def("cel_default_extensions",
             [] { return static_cast<uint32_t>(cel::kDefaultExtensions); });
  module.def("cel_issue_codes", [] {
    constexpr const char* kPhases[] = {"parse", "check", "evaluate"};
    py::list result;
    for (const cel::IssueCode& code : cel::IssueCodes()) {
      result.append(py::make_tuple(Str(code.code), NameOf(kPhases, static_cast<size_t>(code.phase)),
                                   Str(code.meaning)));
    }
    return result;
  });
  module.def(
      "cel_literal",
      [](const py::handle& value, const std::shared_ptr<Descriptors>& descriptors,
         size_t max_bytes) {
        cel::ValueArena arena(descriptors->pool(), descriptors->factory());
        ValueReader reader(*descriptors, arena);
        const cel::Value read = reader.Read(value, cel::Type::Dyn());
        return Str(cel::ToText(read, max_bytes));
      },
      py::arg("value"), py::arg("descriptors"), py::arg("max_bytes"));
}

}  // namespace frontdesk::python
