#include "frontdesk/cel/environment.h"

#include <algorithm>
#include <typeinfo>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cel/checker.h"
#include "cel/environment_data.h"
#include "cel/names.h"
#include "cel/parser.h"
#include "cel/plan.h"
#include "cel/planner.h"
#include "cel/program_access.h"
#include "cel/type_node.h"
#include "cel/utf8.h"

namespace frontdesk::cel {

using cel_internal::AstData;
using cel_internal::Code;
using cel_internal::EnvironmentData;
using cel_internal::IssueList;
using cel_internal::OverloadDecl;
using cel_internal::PlanNode;
using cel_internal::Unit;
using cel_internal::VariableDecl;

Environment::Environment(std::unique_ptr<EnvironmentData> data) : data_(std::move(data)) {}
Environment::~Environment() = default;

const Limits& Environment::limits() const { return data_->limits; }
const google::protobuf::Descriptor* Environment::root_message() const { return data_->root; }
absl::string_view Environment::container() const { return data_->container; }

namespace {

// Text to tree; false after an error.
bool ParseText(const EnvironmentData& data, const CompileOptions& options, AstData* ast,
               IssueList* issues) {
  cel_internal::ParserOptions parser;
  parser.limits = data.limits;
  parser.macros = options.macros;
  parser.extensions = data.extensions;
  parser.has_identifier = data.root != nullptr;
  return cel_internal::Parse(parser, ast, issues);
}

bool CheckTree(const EnvironmentData& data, const CompileOptions& options, AstData* ast,
               IssueList* issues) {
  cel_internal::Checker checker(data, options.variables, ast, issues, options.check);
  if (!checker.Run()) return false;
  if (!options.check || !options.expected_type.has_value()) return true;
  const Type& type = ast->node(ast->root).type;
  cel_internal::TypeUnifier unifier;
  if (unifier.Assignable(type, *options.expected_type)) return true;
  issues->Error(Code::TYPE_MISMATCH, ast->node(ast->root).range,
                absl::StrCat("the expression is of type ", type.ToString(), ", not ",
                             options.expected_type->ToString()));
  return false;
}

// The text as the tree keeps it; a text that is too long is not copied.
std::shared_ptr<AstData> NewAst(absl::string_view text, const Limits& limits, IssueList* issues) {
  if (static_cast<int64_t>(text.size()) > limits.max_expression_bytes) {
    issues->Error(
        Code::LIMIT_EXPRESSION_BYTES, {0, 0},
        absl::StrCat("the expression has ", text.size(),
                     " bytes, more than max_expression_bytes = ", limits.max_expression_bytes));
    return nullptr;
  }
  auto ast = std::make_shared<AstData>();
  ast->text = std::string(text);
  return ast;
}

}  // namespace

AstResult Environment::Parse(absl::string_view text, const CompileOptions& options) const {
  IssueList issues(text, data_->limits.max_issues);
  std::shared_ptr<AstData> ast = NewAst(text, data_->limits, &issues);
  AstResult result;
  if (ast != nullptr && ParseText(*data_, options, ast.get(), &issues)) {
    result.ast = std::make_shared<const Ast>(std::move(ast));
  }
  result.issues = issues.Take();
  return result;
}

AstResult Environment::Check(absl::string_view text, const CompileOptions& options) const {
  IssueList issues(text, data_->limits.max_issues);
  std::shared_ptr<AstData> ast = NewAst(text, data_->limits, &issues);
  AstResult result;
  if (ast != nullptr && ParseText(*data_, options, ast.get(), &issues) &&
      CheckTree(*data_, options, ast.get(), &issues)) {
    result.ast = std::make_shared<const Ast>(std::move(ast));
  }
  result.issues = issues.Take();
  return result;
}

CompileResult Environment::Compile(absl::string_view text, const CompileOptions& options) const {
  IssueList issues(text, data_->limits.max_issues);
  CompileResult result;
  auto unit = std::make_shared<Unit>();
  unit->environment = shared_from_this();
  unit->data = data_.get();
  unit->ast = NewAst(text, data_->limits, &issues);
  if (unit->ast != nullptr && ParseText(*data_, options, unit->ast.get(), &issues) &&
      CheckTree(*data_, options, unit->ast.get(), &issues)) {
    if (data_->root_prototype != nullptr) {
      const google::protobuf::Message& prototype = *data_->root_prototype;
      if (cel_internal::IsGenerated(data_->source)) {
        unit->root_type = &typeid(prototype);
      } else {
        unit->root_reflection = prototype.GetReflection();
      }
    }
    cel_internal::Planner planner(unit.get(), &issues, options.check);
    const PlanNode* root = planner.Plan(unit->ast->root);
    if (!issues.has_error()) {
      auto program =
          std::make_shared<Program>(cel_internal::ProgramAccess::Make(unit, unit->ast->root, root));
      std::vector<Program> conjuncts;
      for (const auto& [expr, node] : planner.conjuncts()) {
        conjuncts.push_back(cel_internal::ProgramAccess::Make(unit, expr, node));
      }
      cel_internal::ProgramAccess::SetConjuncts(program.get(), std::move(conjuncts));
      // The parser has made room for the most that a text of that length may have.
      unit->ast->nodes.shrink_to_fit();
      unit->ast->children.shrink_to_fit();
      result.program = std::move(program);
    }
  }
  result.issues = issues.Take();
  return result;
}

struct EnvironmentBuilder::State {
  std::unique_ptr<EnvironmentData> data = std::make_unique<EnvironmentData>();
  std::vector<std::pair<std::string, FunctionOverload>> functions;
  absl::Status status;

  void Fail(std::string message) {
    if (status.ok()) status = absl::InvalidArgumentError(cel_internal::InOneLine(message));
  }
  void Declare(VariableDecl variable);
  void AddHostFunction(const std::string& name, const FunctionOverload& overload);
  // Whether an overload with that id, or one of that name for the same values, may be there: mostly not, which is found without a look at
  // all others.
  bool MayBeTaken(const std::string& name, const OverloadDecl& declared);

  // The hashes of the ids of all overloads, since the first call of MayBeTaken().
  absl::flat_hash_set<size_t> overload_ids;
};

namespace {

bool IsIdentifier(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

bool IsQualifiedIdentifier(absl::string_view name) {
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    if (!IsIdentifier(part)) return false;
  }
  return true;
}

bool IsMacroName(absl::string_view name) {
  static constexpr absl::string_view kNames[] = {"has",       "all", "exists", "exists_one",
                                                 "existsOne", "map", "filter"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// A value can be of both types.
bool Overlap(const Type& a, const Type& b) {
  if ((cel_internal::KindsOf(a) & cel_internal::KindsOf(b)) == 0) return false;
  const bool messages = a.kind() == TypeKind::kMessage && b.kind() == TypeKind::kMessage;
  return !messages || a.name() == b.name();
}

bool Overlap(const OverloadDecl& a, const OverloadDecl& b) {
  if (a.member != b.member || a.parameters.size() != b.parameters.size()) return false;
  for (size_t i = 0; i < a.parameters.size(); ++i) {
    const Type& x = a.parameters[i];
    const Type& y = b.parameters[i];
    if (!Overlap(x, y)) return false;
    // With an empty optional it is the same which one is called.
    const bool optionals = a.takes_absent && b.takes_absent && x.kind() == TypeKind::kOptional &&
                           y.kind() == TypeKind::kOptional;
    if (optionals && !Overlap(x.parameters()[0], y.parameters()[0])) return false;
  }
  return true;
}

}  // namespace

EnvironmentBuilder::EnvironmentBuilder() : state_(std::make_unique<State>()) {}
EnvironmentBuilder::~EnvironmentBuilder() = default;

EnvironmentBuilder& EnvironmentBuilder::SetDescriptorPool(
    const google::protobuf::DescriptorPool* pool, google::protobuf::MessageFactory* factory) {
  EnvironmentData& data = *state_->data;
  if (pool == nullptr) {
    state_->Fail("the descriptor pool is null");
    return *this;
  }
  data.source.pool = pool;
  if (factory == nullptr && pool != google::protobuf::DescriptorPool::generated_pool()) {
    data.own_factory = std::make_unique<google::protobuf::DynamicMessageFactory>(pool);
    factory = data.own_factory.get();
  }
  data.source.factory =
      factory != nullptr ? factory : google::protobuf::MessageFactory::generated_factory();
  return *this;
}

void EnvironmentBuilder::State::Declare(VariableDecl variable) {
  if (!IsQualifiedIdentifier(variable.name)) {
    return Fail(absl::StrCat("'", variable.name, "' is no name"));
  }
  if (data->FindVariable(variable.name) != nullptr) {
    return Fail(absl::StrCat("variable '", variable.name, "' is declared twice"));
  }
  if (variable.field == nullptr && !variable.constant) variable.slot = data->slot_count++;
  const VariableDecl& kept = data->variables.emplace_back(std::move(variable));
  data->variables_by_name.emplace(kept.name, &kept);
}

EnvironmentBuilder& EnvironmentBuilder::SetRootMessage(
    const google::protobuf::Descriptor* descriptor) {
  if (descriptor == nullptr) {
    state_->Fail("the root message is null");
    return *this;
  }
  if (state_->data->root != nullptr) {
    state_->Fail("the root message is set twice");
    return *this;
  }
  state_->data->root = descriptor;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    VariableDecl variable;
    variable.name = descriptor->field(i)->name();
    variable.type = Type::OfField(descriptor->field(i));
    variable.field = descriptor->field(i);
    state_->Declare(std::move(variable));
  }
  return *this;
}

namespace {

// A variable has one type. A type parameter in it says that nothing is known there.
Type WithoutParameters(const Type& type) {
  if (!cel_internal::TypeAccess::has_parameter(type)) return type;
  if (type.kind() == TypeKind::kParameter) return Type::Dyn();
  std::vector<Type> parameters;
  for (const Type& parameter : type.parameters())
    parameters.push_back(WithoutParameters(parameter));
  return cel_internal::TypeAccess::With(type, std::move(parameters));
}

}  // namespace

EnvironmentBuilder& EnvironmentBuilder::AddVariable(absl::string_view name, Type type) {
  VariableDecl variable;
  variable.name = std::string(name);
  variable.type = WithoutParameters(type);
  state_->Declare(std::move(variable));
  return *this;
}

namespace {

Type TypeOfConstant(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return Type::Null();
    case ValueKind::kBool:
      return Type::Bool();
    case ValueKind::kInt:
      return Type::Int();
    case ValueKind::kUint:
      return Type::Uint();
    case ValueKind::kDouble:
      return Type::Double();
    case ValueKind::kString:
      return Type::String();
    case ValueKind::kBytes:
      return Type::Bytes();
    case ValueKind::kTimestamp:
      return Type::Timestamp();
    case ValueKind::kDuration:
      return Type::Duration();
    case ValueKind::kList:
      return Type::List(Type::Dyn());
    case ValueKind::kMap:
      return Type::Map(Type::Dyn(), Type::Dyn());
    default:
      return Type::Dyn();
  }
}

}  // namespace

EnvironmentBuilder& EnvironmentBuilder::AddConstant(absl::string_view name, const Value& value) {
  VariableDecl variable;
  variable.name = std::string(name);
  variable.constant = true;
  variable.type = TypeOfConstant(value);
  variable.value = state_->data->constants.Copy(value);
  state_->Declare(std::move(variable));
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::AddOpaqueType(absl::string_view name) {
  if (!IsQualifiedIdentifier(name)) {
    state_->Fail(absl::StrCat("'", name, "' is no name"));
  } else {
    state_->data->opaque_types.emplace_back(name);
  }
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::SetContainer(absl::string_view container) {
  if (!container.empty() && !IsQualifiedIdentifier(container)) {
    state_->Fail(absl::StrCat("container '", container, "' is no name"));
  } else {
    state_->data->container = std::string(container);
  }
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::AddFunction(absl::string_view name,
                                                    FunctionOverload overload) {
  const bool valid = overload.member ? IsIdentifier(name) : IsQualifiedIdentifier(name);
  if (!valid || IsMacroName(name)) {
    state_->Fail(absl::StrCat("'", name, "' is no name for a function"));
  } else if (overload.id.empty()) {
    state_->Fail(absl::StrCat("an overload of '", name, "' has no id"));
  } else if (overload.member && overload.parameters.empty()) {
    state_->Fail(absl::StrCat("member '", name, "' has no receiver"));
  } else {
    state_->functions.emplace_back(name, std::move(overload));
  }
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::AddOperator(Operator op, FunctionOverload overload) {
  const bool unary = op == Operator::kNegate;
  const bool binary = (op >= Operator::kLess && op <= Operator::kGreaterOrEqual) ||
                      (op >= Operator::kAdd && op <= Operator::kDivide);
  const bool messages =
      std::any_of(overload.parameters.begin(), overload.parameters.end(),
                  [](const Type& type) { return type.kind() == TypeKind::kMessage; });
  if (!unary && !binary) {
    state_->Fail(absl::StrCat("the operator ", cel_internal::OperatorSpelling(op),
                              " has one meaning for all messages"));
  } else if (overload.id.empty()) {
    state_->Fail(absl::StrCat("an operator ", cel_internal::OperatorSpelling(op), " has no id"));
  } else if (overload.parameters.size() != (unary ? 1u : 2u) || !messages || overload.member ||
             !overload.pure) {
    state_->Fail(absl::StrCat("operator '", overload.id,
                              "' needs its operands as parameters, one of them a message, and to "
                              "be pure"));
  } else {
    state_->functions.emplace_back(std::string(OperatorName(op)), std::move(overload));
  }
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::AddLiteralHint(
    const google::protobuf::Descriptor* descriptor, absl::string_view text,
    absl::string_view example) {
  if (descriptor == nullptr) {
    state_->Fail("the message of a hint is null");
  } else {
    state_->data->literal_hints[descriptor->full_name()] = {std::string(text),
                                                            std::string(example)};
  }
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::SetExtensions(uint32_t extensions) {
  state_->data->extensions = extensions;
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::SetLimits(const Limits& limits) {
  state_->data->limits = limits;
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::SetTimeZones(TimeZoneSource source) {
  state_->data->time_zones = std::move(source);
  return *this;
}

EnvironmentBuilder& EnvironmentBuilder::AddAccessors(const AccessorTable& table) {
  state_->data->accessors.Merge(table);
  return *this;
}

bool EnvironmentBuilder::State::MayBeTaken(const std::string& name, const OverloadDecl& declared) {
  if (overload_ids.empty()) {
    constexpr size_t kMany = 512;
    overload_ids.reserve(kMany);
    for (const cel_internal::FunctionDecl& function : data->own_functions.functions()) {
      for (const OverloadDecl& other : function.overloads) {
        overload_ids.insert(absl::HashOf(other.id));
      }
    }
  }
  if (overload_ids.contains(absl::HashOf(declared.id))) return true;
  const cel_internal::FunctionDecl* const function = data->own_functions.Find(name);
  return function != nullptr &&
         std::any_of(function->overloads.begin(), function->overloads.end(),
                     [&declared](const OverloadDecl& other) { return Overlap(declared, other); });
}

void EnvironmentBuilder::State::AddHostFunction(const std::string& name,
                                                const FunctionOverload& overload) {
  OverloadDecl declared;
  declared.id = overload.id;
  declared.parameters = overload.parameters;
  declared.result = overload.result;
  declared.member = overload.member;
  declared.pure = overload.pure;
  if (overload.cost < 1 || overload.cost > kMaxFunctionCost) {
    return Fail(
        absl::StrCat("the cost of overload '", overload.id, "' is not in 1 to ", kMaxFunctionCost));
  }
  declared.cost = overload.cost;
  declared.host = overload.implementation;
  declared.is_host = true;
  declared.takes_absent = overload.takes_absent;
  declared.presence = overload.presence;
  if (MayBeTaken(name, declared)) {
    for (const cel_internal::FunctionDecl& function : data->own_functions.functions()) {
      for (const OverloadDecl& other : function.overloads) {
        if (other.id == declared.id) {
          return Fail(absl::StrCat("overload id '", declared.id, "' is used twice"));
        }
        if (function.name == name && Overlap(declared, other)) {
          return Fail(absl::StrCat("overload '", declared.id, "' of '", name,
                                   "' overlaps with overload '", other.id, "'"));
        }
      }
    }
  }
  for (const std::string& variable : overload.variables) {
    if (data->FindVariable(variable) == nullptr) {
      return Fail(absl::StrCat("overload '", overload.id, "' reads '", variable,
                               "', which is no variable"));
    }
  }
  const cel_internal::FunctionDecl* function = data->own_functions.Find(name);
  if (function != nullptr && function->variables != overload.variables) {
    return Fail(absl::StrCat("overload '", overload.id, "' of '", name,
                             "' reads other variables than the others"));
  }
  overload_ids.insert(absl::HashOf(declared.id));
  data->own_functions.AddOverload(name, std::move(declared));
  data->own_functions.SetVariables(name, overload.variables);
}

namespace {

void AddLibraries(EnvironmentData* data) {
  cel_internal::FunctionTable* table = &data->own_functions;
  cel_internal::AddOperators(table);
  cel_internal::AddStandardFunctions(table);
  cel_internal::AddConversions(table);
  cel_internal::AddTimeFunctions(table);
  if (data->extensions & kStringsExtension) cel_internal::AddStringsExtension(table);
  if (data->extensions & kMathExtension) cel_internal::AddMathExtension(table);
  if (data->extensions & kOptionalsExtension) cel_internal::AddOptionalsExtension(table);
  if (data->extensions & kEncodersExtension) cel_internal::AddEncodersExtension(table);
  if (data->extensions & kDurationsExtension) cel_internal::AddDurationsExtension(table);
  if (data->extensions & kAggregatesExtension) cel_internal::AddAggregatesExtension(table);
}

void IndexFunctions(EnvironmentData* data) {
  for (const cel_internal::FunctionDecl& function : data->own_functions.functions()) {
    data->functions.emplace(function.name, &function);
  }
  for (int op = 0; op <= static_cast<int>(Operator::kOptionalSelect); ++op) {
    data->operators[op] = data->FindFunction(OperatorName(static_cast<Operator>(op)));
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Environment>> EnvironmentBuilder::Build() {
  State& state = *state_;
  EnvironmentData& data = *state.data;
  for (std::string scope = data.container;; scope.resize(scope.rfind('.'))) {
    data.scopes.push_back(scope);
    if (scope.empty()) break;
    if (scope.find('.') == std::string::npos) {
      data.scopes.emplace_back();
      break;
    }
  }
  if (data.root != nullptr) {
    if (data.source.pool->FindMessageTypeByName(data.root->full_name()) != data.root) {
      state.Fail(absl::StrCat("the root message ", data.root->full_name(), " is not in the pool"));
    } else {
      data.root_prototype = data.source.factory->GetPrototype(data.root);
    }
  }
  AddLibraries(&data);
  for (const auto& [name, overload] : state.functions) state.AddHostFunction(name, overload);
  if (data.extensions & kAggregatesExtension) {
    cel_internal::AddAggregatesOfOperators(&data.own_functions);
  }
  IndexFunctions(&data);
  absl::Status status = state.status;
  std::unique_ptr<EnvironmentData> built = std::move(state.data);
  state_ = std::make_unique<State>();
  if (!status.ok()) return status;
  return std::shared_ptr<const Environment>(new Environment(std::move(built)));
}

}  // namespace frontdesk::cel
