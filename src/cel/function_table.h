// Declarations of functions: names, signatures and implementations. Private to cel/.
#ifndef FRONTDESK_CEL_FUNCTION_TABLE_H_
#define FRONTDESK_CEL_FUNCTION_TABLE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "cel/frame.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/function.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"

namespace frontdesk::cel::cel_internal {

struct FunctionDecl;
struct OverloadDecl;

// One call being carried out.
struct Call {
  Frame& frame;
  int32_t expr;
  const OverloadDecl* overload;

  Arena& arena() const { return *frame.arena; }
  Value Error(Code code, absl::string_view detail = "") const {
    return MakeError(arena(), code, expr, detail);
  }
  // INVALID_ARGUMENT of this function.
  Value BadArgument() const;
  // An error when that much more work or memory is beyond the limits; otherwise no error.
  bool Charge(int64_t units) const { return frame.Charge(units); }
  // Whether a text or list of that size, which takes `bytes`, is within the limits; otherwise `error` says which it exceeds.
  bool HasRoom(size_t size, size_t bytes, Value* error) const {
    if (const absl::optional<Code> limit = frame.LimitOf(size, bytes)) {
      *error = Error(*limit);
      return false;
    }
    return true;
  }
  Value LimitError(Code code) const { return Error(code); }
  // For going through a text once, and for looking for another one in it, which takes the product at worst.
  bool ChargeText(absl::string_view text) const {
    return Charge(static_cast<int64_t>(text.size() / 10));
  }
  bool ChargeSearch(absl::string_view text, absl::string_view pattern) const {
    return Charge(static_cast<int64_t>(1 + text.size() / 10 * (1 + pattern.size() / 10)));
  }
  // A new text or list, or the limit that it exceeds.
  Value NewString(absl::string_view text) const { return NewText(text, false); }
  Value NewBytes(absl::string_view text) const { return NewText(text, true); }
  Value NewText(absl::string_view text, bool bytes) const;
  Value NewList(absl::Span<const Value> elements) const;
};

// A text that a function makes bit by bit. Each bit is charged, and held against the limits, when it is added.
class TextMaker {
 public:
  explicit TextMaker(const Call& call) : call_(call) {}
  // False at a limit; the text never grows beyond it.
  bool Add(absl::string_view text);
  // To look at, or to cut off its end.
  std::string& text() { return text_; }
  // The limit that was reached; no error when there is none.
  const Value& error() const { return error_; }
  bool failed() const { return error_.is_error(); }
  // The text, or the limit.
  Value Finish() const { return failed() ? error_ : call_.NewString(text_); }

 private:
  const Call& call_;
  std::string text_;
  size_t charged_ = 0;  // Units, one for 10 bytes.
  Value error_;
};

// The cost of reading a time from text, or writing it.
inline constexpr int64_t kTimeTextCost = 20;
// The cost of finding a time zone by name.
inline constexpr int64_t kZoneCost = 200;
// The cost of compiling a regular expression.
inline int64_t RegexCost(int64_t bytes, int64_t program_size) {
  return 500 + bytes * 20 + program_size * 10;
}

// The cost of looking for one in a text: linear in the text, times the size of the program at worst.
inline int64_t MatchCost(int64_t bytes, int64_t program_size) {
  return 1 + bytes / 10 + (1 + bytes) * program_size / 250;
}

// A fault of constant arguments, whatever the other arguments are.
struct ConstantProblem {
  size_t argument = 0;  // Its number.
  Code code = Code::CONSTANT_ERROR;
  std::string text;
};
// Looks at the arguments of a call before it ever runs; those that are no constants are null.
using ConstantCheck = absl::optional<ConstantProblem> (*)(const EnvironmentData& environment,
                                                          absl::Span<const Value* const> arguments);

using NativeFunction = Value (*)(const Call& call, const Value* arguments);

// A set of value kinds, one bit each.
using KindSet = uint32_t;
inline constexpr KindSet kAnyKind = 0xFFFFFFFFu;
inline KindSet KindBit(ValueKind kind) { return 1u << static_cast<int>(kind); }
// The kinds that values of `type` can have.
KindSet KindsOf(const Type& type);
// `value` may be of `type`: its kind fits, and its message type.
bool Fits(const Value& value, const Type& type);

struct OverloadDecl {
  std::string id;
  std::vector<Type> parameters;
  Type result;
  bool member = false;
  bool pure = true;
  int64_t cost = 1;
  NativeFunction native = nullptr;
  ConstantCheck check = nullptr;
  FunctionImplementation host;
  bool is_host = false;  // Declared by the host, also without implementation.
  bool takes_absent = false;
  std::string presence;        // The function that says whether there is a value; empty: none.
  std::vector<KindSet> kinds;  // Of the parameters.
  std::string function;        // Its name.
};

struct FunctionDecl {
  std::string name;
  uint32_t extension = 0;
  std::vector<OverloadDecl> overloads;
  std::vector<std::string> variables;  // That follow the arguments.
};

// Functions by name.
class FunctionTable {
 public:
  void Add(absl::string_view name, absl::string_view id, std::vector<Type> parameters, Type result,
           NativeFunction native);
  void AddMember(absl::string_view name, absl::string_view id, std::vector<Type> parameters,
                 Type result, NativeFunction native);
  void AddOverload(absl::string_view name, OverloadDecl overload);
  // Gives a check to the overloads of a function that take `count` arguments, the receiver among them.
  void SetCheck(absl::string_view name, size_t count, ConstantCheck check);

  const FunctionDecl* Find(absl::string_view name) const;
  // The variables that follow the arguments of a function that is there.
  void SetVariables(absl::string_view name, std::vector<std::string> variables) {
    by_name_[name]->variables = std::move(variables);
  }
  const std::deque<FunctionDecl>& functions() const { return functions_; }

 private:
  std::deque<FunctionDecl> functions_;
  absl::flat_hash_map<std::string, FunctionDecl*> by_name_;
};

// The functions and operators of the language itself.
void AddOperators(FunctionTable* table);
void AddStandardFunctions(FunctionTable* table);
void AddTimeFunctions(FunctionTable* table);
void AddConversions(FunctionTable* table);
void AddStringsExtension(FunctionTable* table);
void AddMathExtension(FunctionTable* table);
void AddOptionalsExtension(FunctionTable* table);
void AddEncodersExtension(FunctionTable* table);
void AddDurationsExtension(FunctionTable* table);
void AddAggregatesExtension(FunctionTable* table);
// sum, min, max and avg of lists of messages, as far as the host gave operators that they are made of.
void AddAggregatesOfOperators(FunctionTable* table);

// The result of a binary or unary operator on any values; an error when it does not take them.
// `b` is ignored by unary operators.
Value ApplyOperator(Operator op, const Call& call, const Value& a, const Value& b);
// The operators that look into an optional: arithmetic and order. An empty one fails with OPTIONAL_EMPTY, whose detail is the
// number of the operand.
inline bool OpensOptionals(Operator op) {
  return op >= Operator::kLess && op <= Operator::kNegate && op != Operator::kIn;
}
// a == b; an error when the values are nested too deep.
Value EqualOperator(const Call& call, const Value& a, const Value& b);
// Takes the cost of looking `key` up; false at the limit.
bool ChargeFind(Frame& frame, const MapData& map, const Value& key);
// container[key] and key in container.
Value IndexOperator(const Call& call, const Value& container, const Value& key);
Value InOperator(const Call& call, const Value& needle, const Value& container);

// Looks for a regular expression; the compiled one when it is constant.
Value MatchesFunction(const Call& call, const Value* arguments);
// string.format(list).
Value FormatFunction(const Call& call, const Value* arguments);
// A malformed clause.
absl::optional<ConstantProblem> CheckFormat(const EnvironmentData& environment,
                                            absl::Span<const Value* const> arguments);

// The overload that takes these values, or null.
const OverloadDecl* SelectOverload(absl::Span<const OverloadDecl* const> candidates,
                                   absl::Span<const Value> arguments);
// Carries out `overload`.
Value CallOverload(const OverloadDecl& overload, Frame& frame, int32_t expr,
                   absl::Span<const Value> arguments);

// The name of the type of a value, for type() and error texts.
absl::string_view TypeNameOf(const Value& value);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_FUNCTION_TABLE_H_
