// Enum values, and null, in comparisons. Private to rules/.
#ifndef FRONTDESK_RULES_ENUM_CHECKS_H_
#define FRONTDESK_RULES_ENUM_CHECKS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/rules/rule_set.h"

namespace frontdesk {
namespace rules {

// Appends comparisons of an enum with a plain number (a warning), and with a value or a field of another enum (an error).
// `container`: names inside of it are written without it. Linear in the expression.
void CheckEnums(const cel::Expr& root, absl::string_view container,
                const google::protobuf::DescriptorPool& pool,
                std::vector<ExpressionFinding>* findings);

// Appends comparisons of a message or an instant with null (a warning): the language reads one that is not set as an empty one. Linear
// in the expression.
void CheckNulls(const cel::Expr& root, std::vector<ExpressionFinding>* findings);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ENUM_CHECKS_H_
