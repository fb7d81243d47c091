// The variables of a pack that an expression reads. Private to rules/.
#ifndef FRONTDESK_RULES_VARIABLE_READS_H_
#define FRONTDESK_RULES_VARIABLE_READS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/cel/ast.h"

namespace frontdesk {
namespace rules {

// The name before that of a variable.
inline constexpr absl::string_view kVariables = "variables";

// `variables.NAME` in an expression.
struct VariableRead {
  std::string name;
  cel::Expr expr;
  bool is_test = false;  // has(variables.NAME)
};

// The variables that a parsed expression reads, in the order of its text. `variables` as the variable of a macro is none.
std::vector<VariableRead> FindVariableReads(const cel::Expr& root);

// Whether a checked expression reads a variable.
bool ReadsVariables(const cel::Expr& expr);

// Whether it reads one with one of these names: "variables.late".
bool ReadsOneOf(const std::set<std::string>& names, const cel::Expr& expr);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_VARIABLE_READS_H_
