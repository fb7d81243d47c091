// The reasons of issues and error values: one list, from which the public table is made. Private to cel/.
#ifndef FRONTDESK_CEL_ERRORS_H_
#define FRONTDESK_CEL_ERRORS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk::cel {

// X(name, PHASE, "meaning", "text of an error value; %s is its detail")
#define FRONTDESK_CEL_CODES(X)                                                                     \
  X(SYNTAX_ERROR, Parse, "The text is no expression of the language.", "syntax error")             \
  X(INVALID_CHARACTER, Parse, "A character that begins no token.", "invalid character")            \
  X(INVALID_UTF8, Parse, "The text is not valid UTF-8.", "invalid UTF-8")                          \
  X(UNTERMINATED_STRING, Parse, "A string or quoted name without its end.", "unterminated string") \
  X(INVALID_ESCAPE, Parse, "An escape sequence that does not exist or names no character.",        \
    "invalid escape sequence")                                                                     \
  X(INVALID_NUMBER, Parse, "A number that is malformed or does not fit its type.",                 \
    "invalid number")                                                                              \
  X(RESERVED_WORD, Parse, "A reserved word used as a name.", "reserved word")                      \
  X(MACRO_ARGUMENT, Parse, "A macro with an argument of an invalid form.",                         \
    "invalid macro argument")                                                                      \
  X(LIMIT_EXPRESSION_BYTES, Parse, "Longer than Limits::max_expression_bytes.",                    \
    "the expression is longer than max_expression_bytes")                                          \
  X(LIMIT_NESTING, Parse, "Nested deeper than Limits::max_nesting.",                               \
    "the expression is nested deeper than max_nesting")                                            \
  X(LIMIT_AST_NODES, Parse, "More nodes than Limits::max_ast_nodes.",                              \
    "the expression has more nodes than max_ast_nodes")                                            \
  X(LIMIT_COMPREHENSION_NESTING, Parse,                                                            \
    "Comprehensions nested deeper than Limits::max_comprehension_nesting.",                        \
    "comprehensions are nested deeper than max_comprehension_nesting")                             \
  X(LIMIT_ISSUES, Parse, "More issues than Limits::max_issues; the rest is not shown.",            \
    "more issues than max_issues")                                                                 \
  X(UNKNOWN_NAME, Check, "A name that is no variable, enum value or type.", "unknown name '%s'")   \
  X(UNKNOWN_FIELD, Check, "A field that the message does not have.", "no field '%s'")              \
  X(UNKNOWN_FUNCTION, Check, "A function that does not exist.", "unknown function '%s'")           \
  X(UNKNOWN_MESSAGE, Check, "A message type that does not exist.", "unknown message type '%s'")    \
  X(NO_MATCHING_OVERLOAD, Check, "A function or operator that does not take these types.",         \
    "no overload of '%s' takes these arguments")                                                   \
  X(TYPE_MISMATCH, Check, "A type other than the one that is needed here.", "type mismatch")       \
  X(NOT_SELECTABLE, Check, "A field selected from a value that has none.",                         \
    "'%s' is selected from a value that has no fields")                                            \
  X(DUPLICATE_FIELD, Check, "A field given twice in a message literal.", "field '%s' twice")       \
  X(INVALID_REGEX, Check, "A regular expression that is malformed.", "invalid regular expression") \
  X(LIMIT_REGEX_SIZE, Check,                                                                       \
    "A regular expression beyond Limits::max_regex_bytes or max_regex_program_size.",              \
    "the regular expression is larger than max_regex_bytes or max_regex_program_size")             \
  X(LIMIT_TYPE_SIZE, Check, "A type that grows beyond what the checker follows.",                  \
    "the type is too large")                                                                       \
  X(UNKNOWN_TIME_ZONE, Check, "A time zone that the source does not know.", "unknown time zone")   \
  X(UNSUPPORTED_KEY, Check, "A map key that is no bool, int, uint or string.",                     \
    "unsupported map key")                                                                         \
  X(CONSTANT_ERROR, Check, "A part that fails for all data.", "this always fails")                 \
  X(UNBOUND_VARIABLE, Evaluate, "A variable without a value.", "variable '%s' has no value")       \
  X(NO_SUCH_FIELD, Evaluate, "A field that the value does not have.", "no such field '%s'")        \
  X(NO_SUCH_KEY, Evaluate, "A key that the map does not have.", "no such key%s")                   \
  X(INDEX_OUT_OF_RANGE, Evaluate, "An index outside the list or string.", "index out of range")    \
  X(DIVISION_BY_ZERO, Evaluate, "An integer divided by zero.", "division by zero")                 \
  X(INTEGER_OVERFLOW, Evaluate, "A result outside the range of int or uint.", "integer overflow")  \
  X(TIMESTAMP_OUT_OF_RANGE, Evaluate, "A timestamp outside the years 1 to 9999.",                  \
    "timestamp out of range")                                                                      \
  X(DURATION_OUT_OF_RANGE, Evaluate, "A duration beyond 64 bits of nanoseconds.",                  \
    "duration out of range")                                                                       \
  X(CONVERSION_FAILED, Evaluate, "A value that cannot be converted.", "cannot convert to %s")      \
  X(INVALID_ARGUMENT, Evaluate, "An argument outside what the function takes.",                    \
    "invalid argument of '%s'")                                                                    \
  X(INVALID_ANY, Evaluate, "A google.protobuf.Any of an unknown type or with malformed bytes.",    \
    "cannot unpack google.protobuf.Any")                                                           \
  X(INVALID_UNICODE, Evaluate, "A string that is not valid UTF-8.", "string is not valid UTF-8")   \
  X(DUPLICATE_KEY, Evaluate, "A key twice in a map literal.", "duplicate map key")                 \
  X(FIELD_VALUE, Evaluate, "A value that does not fit the field of a message literal.",            \
    "value does not fit field '%s'")                                                               \
  X(NOT_BOOL, Evaluate, "A condition whose value is no bool.", "%s is not a bool")                 \
  X(OPTIONAL_EMPTY, Evaluate, "The value of an empty optional.", "the optional is empty")          \
  X(FUNCTION_FAILED, Evaluate, "A host function that returned an error.", "function '%s' failed")  \
  X(FUNCTION_UNBOUND, Evaluate, "A function that is declared without implementation.",             \
    "function '%s' has no implementation")                                                         \
  X(ROOT_MISMATCH, Evaluate, "A root message or activation of another environment.",               \
    "the root message or activation does not belong to this environment")                          \
  X(LIMIT_COST, Evaluate, "More work than Limits::max_cost.",                                      \
    "the evaluation costs more than max_cost")                                                     \
  X(LIMIT_BUDGET, Evaluate, "More work than is left of the Budget that evaluations share.",        \
    "the evaluations that share a budget cost more than it")                                       \
  X(LIMIT_COMPREHENSION_ITERATIONS, Evaluate,                                                      \
    "More elements visited than Limits::max_comprehension_iterations.",                            \
    "comprehensions visit more elements than max_comprehension_iterations")                        \
  X(LIMIT_RESULT_SIZE, Evaluate,                                                                   \
    "A value larger than Limits::max_result_size or max_result_bytes.",                            \
    "a value would be larger than max_result_size")                                                \
  X(LIMIT_MEMORY, Evaluate, "More memory than Limits::max_memory_bytes.",                          \
    "the evaluation takes more memory than max_memory_bytes")                                      \
  X(LIMIT_VALUE_DEPTH, Evaluate, "A value nested deeper than Limits::max_value_depth.",            \
    "a value is nested deeper than max_value_depth")

namespace cel_internal {

enum class Code : uint8_t {
#define FRONTDESK_CEL_CODE(name, phase, meaning, text) name,
  FRONTDESK_CEL_CODES(FRONTDESK_CEL_CODE)
#undef FRONTDESK_CEL_CODE
};

#define FRONTDESK_CEL_CODE(name, phase, meaning, text) +1
inline constexpr int kCodeCount = 0 FRONTDESK_CEL_CODES(FRONTDESK_CEL_CODE);
#undef FRONTDESK_CEL_CODE

// A limit of evaluating. Such an error ends the evaluation: no operator makes it good.
inline bool IsLimit(Code code) {
  switch (code) {
    case Code::LIMIT_REGEX_SIZE:
    case Code::LIMIT_COST:
    case Code::LIMIT_BUDGET:
    case Code::LIMIT_COMPREHENSION_ITERATIONS:
    case Code::LIMIT_RESULT_SIZE:
    case Code::LIMIT_MEMORY:
    case Code::LIMIT_VALUE_DEPTH:
      return true;
    default:
      return false;
  }
}

// "SYNTAX_ERROR"
absl::string_view CodeName(Code code);

// The text of an error value with its detail filled in.
std::string CodeText(Code code, absl::string_view detail);

}  // namespace cel_internal
}  // namespace frontdesk::cel

#endif  // FRONTDESK_CEL_ERRORS_H_
