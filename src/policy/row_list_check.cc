#include "policy/row_list_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/v1/data_class.pb.h"
#include "frontdesk/v1/row_lists.pb.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::Expr;
using google::protobuf::FieldDescriptor;

bool IsSelection(const Expr& expr) {
  return expr.kind() == cel::ExprKind::kSelect || expr.kind() == cel::ExprKind::kHas;
}

// Whether the value comes out of the command or an event, whose lists are complete.
bool IsOfCommand(const Expr& expr) {
  if (IsSelection(expr) && expr.child_count() > 0) return IsOfCommand(expr.child(0));
  return expr.reference() == cel::ReferenceKind::kRootField &&
         (expr.name() == "command" || expr.name() == "event");
}

// Whether no rule may read the field. Of a value whose type is not known before it runs, the name decides.
bool IsHidden(const Expr& expr) {
  if (expr.field() != nullptr) return expr.field()->options().GetExtension(v1::hidden_from_rules);
  return expr.name() == "unrecognized_attributes";
}

// The depth of an expression is limited, so is that of the recursion.
void Visit(const Expr& expr, std::vector<rules::ExpressionFinding>* findings) {
  if (IsSelection(expr) && expr.field() != nullptr &&
      expr.field()->options().HasExtension(v1::row_list) && !IsOfCommand(expr)) {
    const v1::RowListOptions& list = expr.field()->options().GetExtension(v1::row_list);
    findings->push_back({expr, std::string(kReasonPolicyListInRows.word),
                         absl::StrCat("the elements of '", expr.field()->name(),
                                      "' are rows of their own and not in the state; a rule reads ",
                                      list.instead())});
  }
  if ((IsSelection(expr) || expr.op() == cel::Operator::kOptionalSelect) && IsHidden(expr)) {
    findings->push_back({expr, std::string(kReasonPolicyFieldHidden.word),
                         absl::StrCat("no rule reads '", expr.name(),
                                      "': what an import keeps there is not checked")});
  }
  for (size_t i = 0; i < expr.child_count(); ++i) Visit(expr.child(i), findings);
}

}  // namespace

std::vector<rules::ExpressionFinding> CheckRowLists(const Expr& root) {
  std::vector<rules::ExpressionFinding> findings;
  Visit(root, &findings);
  return findings;
}

}  // namespace internal
}  // namespace frontdesk
