#include "rules/enum_checks.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/rules/reasons.h"
#include "rules/formula.h"
#include "rules/witness.h"

namespace frontdesk {
namespace rules {
namespace {

using cel::Expr;
using cel::ExprKind;
using cel::Operator;
using google::protobuf::EnumDescriptor;

class EnumCheck {
 public:
  EnumCheck(absl::string_view container, const google::protobuf::DescriptorPool& pool,
            std::vector<ExpressionFinding>* findings)
      : container_(container), pool_(pool), findings_(findings) {}

  // The depth of an expression is limited, so is that of the recursion.
  void Visit(const Expr& expr) {
    if (expr.kind() == ExprKind::kCall && IsComparison(expr.op())) {
      Compare(expr.child(0), expr.child(1));
      Compare(expr.child(1), expr.child(0));
    } else if (expr.op() == Operator::kIn && expr.child(1).kind() == ExprKind::kList) {
      for (size_t i = 0; i < expr.child(1).child_count(); ++i) {
        Compare(expr.child(0), expr.child(1).child(i));
      }
    } else if (expr.op() == Operator::kIn) {
      Compare(expr.child(1), expr.child(0));
    }
    for (size_t i = 0; i < expr.child_count(); ++i) Visit(expr.child(i));
  }

 private:
  // The enum of the values of a field, or of the elements of a list; null for anything else.
  static const EnumDescriptor* EnumOfField(const Expr& expr) {
    const bool is_path = expr.kind() == ExprKind::kSelect || expr.kind() == ExprKind::kIdentifier;
    if (is_path && expr.field() != nullptr) return expr.field()->enum_type();
    return nullptr;
  }

  // The enum of a value that is written by its name.
  const EnumDescriptor* EnumOfValue(const Expr& expr) const {
    if (expr.kind() != ExprKind::kIdentifier && expr.kind() != ExprKind::kSelect) return nullptr;
    if (expr.reference() != cel::ReferenceKind::kConstant) return nullptr;
    const std::string name(expr.name());
    if (const auto* value = pool_.FindEnumValueByName(name)) return value->type();
    const size_t dot = name.rfind('.');
    return dot == std::string::npos ? nullptr : pool_.FindEnumTypeByName(name.substr(0, dot));
  }

  std::string ShortName(const EnumDescriptor& type) const {
    absl::string_view name = type.full_name();
    if (!container_.empty()) absl::ConsumePrefix(&name, absl::StrCat(container_, "."));
    return std::string(name);
  }

  void Compare(const Expr& field, const Expr& value) {
    const EnumDescriptor* type = EnumOfField(field);
    if (type == nullptr) return;
    const EnumDescriptor* named = EnumOfValue(value);
    const bool is_field = named == nullptr;
    if (is_field) named = EnumOfField(value);
    if (named != nullptr) {
      // Of two fields it is said once.
      if (named == type || (is_field && value.range().begin < field.range().begin)) return;
      findings_->push_back(
          {value, std::string(kReasonRuleEnumType.word),
           absl::StrCat("'", field.text(), "' has values of ", ShortName(*type), ", and '",
                        value.text(), "' is of ", ShortName(*named),
                        is_field ? "" : absl::StrCat("; write one such as ", Example(*type)))});
      return;
    }
    const cel::Value* constant = value.constant();
    if (constant == nullptr || !constant->is_int()) return;
    const int64_t number = constant->int_value();
    const bool is_value = number >= std::numeric_limits<int32_t>::min() &&
                          number <= std::numeric_limits<int32_t>::max() &&
                          type->FindValueByNumber(static_cast<int>(number)) != nullptr;
    ExpressionFinding finding;
    finding.expr = value;
    finding.severity = v1::Issue::SEVERITY_WARNING;
    finding.reason = std::string(kReasonRuleEnumNumber.word);
    finding.text =
        is_value
            ? absl::StrCat("'", field.text(), "' is compared with a number; write ",
                           EnumText(*type, number, container_))
            : absl::StrCat("'", field.text(), "' is compared with a number that is no value of ",
                           ShortName(*type), "; write one such as ", Example(*type));
    findings_->push_back(std::move(finding));
  }

  std::string Example(const EnumDescriptor& type) const {
    const int last = type.value_count() > 1 ? 1 : 0;
    return EnumText(type, type.value(last)->number(), container_);
  }

  absl::string_view container_;
  const google::protobuf::DescriptorPool& pool_;
  std::vector<ExpressionFinding>* findings_;
};

}  // namespace

void CheckEnums(const Expr& root, absl::string_view container,
                const google::protobuf::DescriptorPool& pool,
                std::vector<ExpressionFinding>* findings) {
  EnumCheck(container, pool, findings).Visit(root);
}

}  // namespace rules
}  // namespace frontdesk
