// Enum values in comparisons. Private to rules/.
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

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ENUM_CHECKS_H_
