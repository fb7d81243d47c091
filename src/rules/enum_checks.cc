#include "rules/enum_checks.h"

#include <limits>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/rules/origins.h"
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

  void Run(const Expr& root) {
    WalkExpression(root, [this](const Expr& expr, const Scope& scope) {
      const auto compare = [this](const Expr& a, const Expr& b) { Compare(a, b); };
      if (!cel::IsOrder(expr.op())) {
        VisitEqualities(expr, scope, compare);
        return;
      }
      for (const Expr& left : scope.OriginsOf(expr.child(0))) {
        for (const Expr& right : scope.OriginsOf(expr.child(1))) {
          Compare(left, right);
          Compare(right, left);
        }
      }
    });
  }

 private:
  // The enum of the values of a field, or of the elements of a list; null for anything else.
  static const EnumDescriptor* EnumOfField(const Expr& expr) {
    if (IsConversion(expr, "int")) return EnumOfField(expr.child(0));
    const bool is_path = expr.kind() == ExprKind::kSelect || expr.kind() == ExprKind::kIdentifier;
    if (is_path && expr.field() != nullptr) return expr.field()->enum_type();
    return nullptr;
  }

  static bool IsConversion(const Expr& expr, absl::string_view type) {
    return expr.kind() == ExprKind::kCall && expr.name() == type && expr.child_count() == 1;
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
    if (IsConversion(field, "string")) {
      CompareText(field, value);
      return;
    }
    const EnumDescriptor* type = EnumOfField(field);
    // Through variables and branches two may be compared more than once.
    if (type == nullptr || seen_.count(value.id()) > 0) return;
    const EnumDescriptor* named = EnumOfValue(value);
    const bool is_field = named == nullptr;
    if (is_field) named = EnumOfField(value);
    if (named != nullptr) {
      // Of two fields it is said once.
      if (named == type || (is_field && value.range().begin < field.range().begin)) return;
      seen_.insert(value.id());
      findings_->push_back(
          {value, std::string(kReasonRuleEnumType.word),
           absl::StrCat("'", field.text(), "' has values of ", ShortName(*type), ", and '",
                        value.text(), "' is of ", ShortName(*named),
                        is_field ? "" : absl::StrCat("; write one such as ", Example(*type)))});
      return;
    }
    const cel::Value* constant = value.constant();
    if (constant != nullptr && constant->is_string()) {
      // In a list of several types; else the language reports it.
      seen_.insert(value.id());
      findings_->push_back(
          {value, std::string(kReasonRuleEnumType.word),
           absl::StrCat("'", field.text(), "' has values of ", ShortName(*type), ", and ",
                        value.text(), " is a text; write one such as ", Example(*type))});
      return;
    }
    if (constant == nullptr || !constant->is_int()) return;
    seen_.insert(value.id());
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

  // The text of an enum is its number.
  void CompareText(const Expr& call, const Expr& value) {
    const EnumDescriptor* type = EnumOfField(call.child(0));
    const cel::Value* constant = value.constant();
    if (type == nullptr || constant == nullptr || !constant->is_string() ||
        !seen_.insert(value.id()).second) {
      return;
    }
    const auto* meant = type->FindValueByName(std::string(constant->string_value()));
    ExpressionFinding finding;
    finding.expr = value;
    finding.severity = v1::Issue::SEVERITY_WARNING;
    finding.reason = std::string(kReasonRuleEnumNumber.word);
    finding.text = absl::StrCat(
        "'", call.text(), "' is the number of the value as a text; compare ", call.child(0).text(),
        " with ", meant == nullptr ? "a value such as " : "",
        meant == nullptr ? Example(*type) : EnumText(*type, meant->number(), container_));
    findings_->push_back(std::move(finding));
  }

  std::string Example(const EnumDescriptor& type) const {
    const int last = type.value_count() > 1 ? 1 : 0;
    return EnumText(type, type.value(last)->number(), container_);
  }

  absl::string_view container_;
  const google::protobuf::DescriptorPool& pool_;
  std::vector<ExpressionFinding>* findings_;
  std::set<int32_t> seen_;
};

}  // namespace

void CheckNulls(const Expr& root, std::vector<ExpressionFinding>* findings) {
  WalkExpression(root, [findings](const Expr& expr, const Scope&) {
    if (!cel::IsEquality(expr.op())) return;
    for (size_t i = 0; i < 2; ++i) {
      const Expr read = expr.child(i);
      const cel::Value* value = expr.child(1 - i).constant();
      const bool is_field =
          (read.kind() == ExprKind::kSelect || read.kind() == ExprKind::kIdentifier) &&
          read.field() != nullptr && IsPlainMessage(*read.field());
      if (value == nullptr || !value->is_null() || !is_field) continue;
      ExpressionFinding finding;
      finding.expr = expr;
      finding.severity = v1::Issue::SEVERITY_WARNING;
      finding.reason = std::string(kReasonRuleNullCompared.word);
      finding.text =
          absl::StrCat("'", read.text(), "' is never null, also where it is not set; write `",
                       expr.op() == Operator::kEqual ? "!" : "", "has(", read.text(), ")`");
      findings->push_back(std::move(finding));
    }
  });
}

void CheckEnums(const Expr& root, absl::string_view container,
                const google::protobuf::DescriptorPool& pool,
                std::vector<ExpressionFinding>* findings) {
  EnumCheck(container, pool, findings).Run(root);
}

}  // namespace rules
}  // namespace frontdesk
