// The limits of the language: every loop, depth, size and cost of compiling and evaluating has one.
//
// Expressions come from strangers. Each limit below is checked where it can be exceeded. Anything
// beyond it is refused with an issue (while compiling) or an error value (while evaluating), whose
// text names the limit. Nothing is cut off silently. A limit that is reached ends the evaluation:
// no operator (||, &&, ?:, exists, all, has, orValue) makes up for it.
//
//   frontdesk::cel::Limits limits;
//   limits.max_cost = 10000;
//   frontdesk::cel::EnvironmentBuilder builder;
//   builder.SetLimits(limits);
#ifndef FRONTDESK_CEL_LIMITS_H_
#define FRONTDESK_CEL_LIMITS_H_

#include <cstdint>

namespace frontdesk {
namespace cel {

// A plain option struct. Every value may be lowered or raised; zero allows nothing.
struct Limits {
  // Bytes of one expression's text. Beyond: issue LIMIT_EXPRESSION_BYTES.
  int32_t max_expression_bytes = 65536;

  // Depth of the parsed expression (parentheses, operators, calls, literals inside each other).
  // It bounds the recursion of parser, checker, planner and evaluator. A chain of `&&`, `||` or of
  // another left-associative operator counts one level a term except for `&&` and `||`, which are
  // balanced. Beyond: issue LIMIT_NESTING. Values above 1000 count as 1000.
  int32_t max_nesting = 250;

  // Nodes of one expression after macro expansion. Beyond: issue LIMIT_AST_NODES.
  int32_t max_ast_nodes = 32768;

  // Issues reported for one expression; the rest is dropped after one note that says so.
  int32_t max_issues = 20;

  // Comprehensions (all, exists, map, filter and so on) inside each other.
  // Beyond: issue LIMIT_COMPREHENSION_NESTING.
  int32_t max_comprehension_nesting = 12;

  // Elements visited by all comprehensions of one evaluation together.
  // Beyond: error LIMIT_COMPREHENSION_ITERATIONS.
  int64_t max_comprehension_iterations = 1000000;

  // Cost units of one evaluation. One unit is about one operation on scalars. A string function
  // costs one unit for every 10 bytes looked at, a comprehension the cost of its body for every
  // element. A message that is unpacked or copied costs one unit for every 16 bytes. Work is charged
  // before or while it is done, also by calls that fail. Beyond: error LIMIT_COST.
  int64_t max_cost = 10000000;

  // Bytes of one regular expression. Beyond: issue or error LIMIT_REGEX_SIZE.
  int32_t max_regex_bytes = 1000;

  // Instructions of one compiled regular expression (RE2's program size).
  // Beyond: issue or error LIMIT_REGEX_SIZE.
  int32_t max_regex_program_size = 10000;

  // Bytes of one string or bytes value, and elements of one list or map, that an evaluation makes.
  // Beyond: error LIMIT_RESULT_SIZE.
  int64_t max_result_size = 1048576;

  // Bytes of a value that leaves the evaluation: a copy (OwnedValue, ValueArena::Copy()) or the objects of another
  // language. Each part counts as often as it occurs, also where the value shares it: 16 bytes, and those of a
  // string, of bytes or of a serialized message besides. Beyond: error LIMIT_RESULT_SIZE.
  int64_t max_result_bytes = 16777216;

  // Bytes that one evaluation may take from its scratch for the values it makes.
  // Beyond: error LIMIT_MEMORY.
  int64_t max_memory_bytes = 16777216;

  // Depth of the values that equality, conversion and printing descend into (a google.protobuf.Struct
  // in a Struct, a list in a list). Beyond: error LIMIT_VALUE_DEPTH.
  int32_t max_value_depth = 200;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_LIMITS_H_
