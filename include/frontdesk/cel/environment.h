// The environment of an expression: variables, messages, functions, limits; and the compiler from text to program.
//
//   frontdesk::cel::EnvironmentBuilder builder;
//   builder.SetRootMessage(shop::OrderInput::descriptor());  // its fields are the variables
//   builder.SetContainer("shop");                            // TIER_GOLD means shop.TIER_GOLD
//   absl::StatusOr<std::shared_ptr<const frontdesk::cel::Environment>> environment = builder.Build();
//   frontdesk::cel::CompileResult compiled = (*environment)->Compile("order.total.units > 10000");
//   if (!compiled.ok()) std::cout << frontdesk::cel::FormatIssues(compiled.issues);
//   frontdesk::cel::Scratch scratch;
//   shop::OrderInput input;
//   compiled.program->EvaluateBool(input, scratch);
#ifndef FRONTDESK_CEL_ENVIRONMENT_H_
#define FRONTDESK_CEL_ENVIRONMENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/cel/accessor_table.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/function.h"
#include "frontdesk/cel/issue.h"
#include "frontdesk/cel/limits.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/cel/time_zone.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/variable_source.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace cel {

namespace cel_internal {
class EnvironmentData;
}  // namespace cel_internal

// Function libraries beyond the standard one. Combine with |.
enum Extension : uint32_t {
  kNoExtensions = 0,
  kStringsExtension =
      1u << 0,               // charAt, indexOf, join, replace, split, substring, trim, format, ...
  kMathExtension = 1u << 1,  // math.greatest, math.least, math.abs, math.ceil, math.bitAnd, ...
  kOptionalsExtension = 1u << 2,     // optional.of, a.?b, a[?b], orValue, optMap, ...
  kBindingsExtension = 1u << 3,      // cel.bind(name, value, expression)
  kTwoVariablesExtension = 1u << 4,  // all(i, v, ...), transformList, transformMap, ...
  kEncodersExtension = 1u << 5,      // base64.encode, base64.decode
  kBlockExtension = 1u << 6,         // cel.block, cel.index: for programs written by an optimizer
  kProtosExtension = 1u << 7,        // proto.getExt, proto.hasExt: extensions of proto2 messages
  kDurationsExtension = 1u << 8,     // days, hours, minutes, seconds; duration('30d')
  kAggregatesExtension = 1u << 9,    // sum, min, max, avg
  kDefaultExtensions =
      ((1u << 6) - 1) | kProtosExtension | kDurationsExtension | kAggregatesExtension,
};

struct CompileOptions {
  // False: types are not checked, only names resolved; what does not fit is an error when it runs.
  bool check = true;
  // False: has, all, exists and so on are ordinary function names.
  bool macros = true;
  // When set, an expression of another type is an issue TYPE_MISMATCH (dyn is accepted).
  absl::optional<Type> expected_type;
  // Variables of this expression alone, whose values an activation's VariableSource gives. An expression that reads one is
  // evaluated with an activation; with a root message alone the read is an error UNBOUND_VARIABLE.
  std::vector<SourceVariable> variables;
};

struct CompileResult {
  // Null when there is an issue of severity kError.
  std::shared_ptr<const Program> program;
  // In order of their position.
  std::vector<Issue> issues;
  bool ok() const { return program != nullptr; }
};

struct AstResult {
  // Null when there is an issue of severity kError.
  std::shared_ptr<const Ast> ast;
  std::vector<Issue> issues;
  bool ok() const { return ast != nullptr; }
};

// Immutable and thread-safe. Programs and activations keep it alive.
class Environment : public std::enable_shared_from_this<Environment> {
 public:
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Text to program: parse, check, plan. All syntax errors found are reported together, and, when there are none, all
  // type errors found. Takes time linear in the text for ordinary expressions, bounded by the limits for any.
  CompileResult Compile(absl::string_view text, const CompileOptions& options = {}) const;

  // The first steps alone, for tools. Parse does not resolve names; Check does not fold constants.
  AstResult Parse(absl::string_view text, const CompileOptions& options = {}) const;
  AstResult Check(absl::string_view text, const CompileOptions& options = {}) const;

  const Limits& limits() const;
  // Null when none was set.
  const google::protobuf::Descriptor* root_message() const;
  absl::string_view container() const;

 private:
  friend class EnvironmentBuilder;
  friend class Activation;
  explicit Environment(std::unique_ptr<cel_internal::EnvironmentData> data);

  std::unique_ptr<cel_internal::EnvironmentData> data_;
};

// Collects the parts of an environment. Thread-compatible. Build() reports the errors of all calls, so that calls can
// be chained.
class EnvironmentBuilder {
 public:
  EnvironmentBuilder();
  ~EnvironmentBuilder();
  EnvironmentBuilder(const EnvironmentBuilder&) = delete;
  EnvironmentBuilder& operator=(const EnvironmentBuilder&) = delete;

  // Where message types and enums are found and made. Both must outlive the environment and all its programs. Default:
  // the generated pool and factory. A null `factory` with another pool: a dynamic factory of the environment's own.
  EnvironmentBuilder& SetDescriptorPool(const google::protobuf::DescriptorPool* pool,
                                        google::protobuf::MessageFactory* factory = nullptr);

  // Every field of this message is a variable, read from the message given to Program::Evaluate.
  EnvironmentBuilder& SetRootMessage(const google::protobuf::Descriptor* descriptor);

  // A variable, given by an Activation. Names may be qualified: "request.auth".
  EnvironmentBuilder& AddVariable(absl::string_view name, Type type);

  // A name with a fixed value, known to the planner. Copied.
  EnvironmentBuilder& AddConstant(absl::string_view name, const Value& value);

  // An abstract type that functions can take and return: its name is a type value.
  EnvironmentBuilder& AddOpaqueType(absl::string_view name);

  // The scope of names: with container "a.b", `c` is looked up as a.b.c, a.c, c. Default: none.
  EnvironmentBuilder& SetContainer(absl::string_view container);

  EnvironmentBuilder& AddFunction(absl::string_view name, FunctionOverload overload);

  // An operator on messages of the host: `op` is +, -, *, /, <, <=, > or >= with two parameters, or the unary - with one. A
  // parameter at least is of a message type, and the overload is pure. The checker chooses by the types, as for a function.
  // == and != compare messages by their fields, whatever their type.
  EnvironmentBuilder& AddOperator(Operator op, FunctionOverload overload);

  // How an author writes a value of the message `descriptor`, for the issue about an operator between one and a number or
  // text: "money('{} EUR')". The literal that was written replaces "{}", or `example` where there is none.
  EnvironmentBuilder& AddLiteralHint(const google::protobuf::Descriptor* descriptor,
                                     absl::string_view text, absl::string_view example);

  EnvironmentBuilder& SetExtensions(uint32_t extensions);
  EnvironmentBuilder& SetLimits(const Limits& limits);
  EnvironmentBuilder& SetTimeZones(TimeZoneSource source);
  EnvironmentBuilder& AddAccessors(const AccessorTable& table);

  // The environment; the builder is then empty. Errors, INVALID_ARGUMENT each, in order of the calls:
  // - a name that is no (qualified) identifier, or is declared twice;
  // - a null descriptor, or a root message that is not in the pool;
  // - an overload without id, with the id or an overlapping signature of another one, or with the name of an operator
  //   or macro;
  // - an operator that AddOperator does not take;
  // - an overload with a variable that the environment does not have, or with others than an overload of the same name.
  absl::StatusOr<std::shared_ptr<const Environment>> Build();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_ENVIRONMENT_H_
