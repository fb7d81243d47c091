#include "policy/units_check.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/money.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/origins.h"
#include "frontdesk/v1/money.pb.h"
#include "policy/make_function.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::Expr;
using cel::ExprKind;
using cel::Operator;

// From this number on an author who counts in minor units is the likelier.
constexpr int64_t kManyUnits = 1'000;

// A number that comes out of an amount. `amount`: the amount, where the number is nothing but its units. Not valid: none.
struct Units {
  bool is_read = false;
  bool is_divided = false;
  bool is_price = false;
  Expr amount;
};

bool IsSum(Operator op) { return op == Operator::kAdd || op == Operator::kSubtract; }

bool IsArithmetic(Operator op) {
  return IsSum(op) || op == Operator::kMultiply || op == Operator::kDivide ||
         op == Operator::kModulo || op == Operator::kNegate;
}

// Functions whose value is in the unit of their arguments.
bool KeepsUnit(absl::string_view name) {
  for (const absl::string_view each :
       {"sum", "min", "max", "avg", "int", "double", "math.abs", "math.greatest", "math.least"}) {
    if (name == each) return true;
  }
  return false;
}

// The depth of an expression is limited, so is that of the recursion; `steps` bounds the work.
Units ReadUnits(const Expr& expr, const rules::Scope& scope, int* steps) {
  Units units;
  for (const Expr& origin : scope.OriginsOf(expr)) {
    if (--*steps < 0) break;
    if (origin.kind() == ExprKind::kSelect) {
      const auto* holder = origin.child(0).type().descriptor();
      const bool is_money = holder == v1::Money::descriptor() && origin.name() == "units";
      const bool is_price = holder == v1::UnitPrice::descriptor() && origin.name() == "value";
      if (!is_money && !is_price) continue;
      units.is_read = true;
      units.is_price = is_price;
      if (origin == expr) units.amount = origin.child(0);
      continue;
    }
    if (origin.kind() != ExprKind::kCall) continue;
    if (!IsArithmetic(origin.op()) && !KeepsUnit(origin.name())) continue;
    for (size_t i = 0; i < origin.child_count(); ++i) {
      const Units part = ReadUnits(origin.child(i), scope, steps);
      units.is_read = units.is_read || part.is_read;
      units.is_price = units.is_price || part.is_price;
      units.is_divided =
          units.is_divided || part.is_divided || (part.is_read && origin.op() == Operator::kDivide);
    }
  }
  return units;
}

// "5" or "12.50" of a number of hundredths.
std::string Hundredths(int64_t units) {
  const uint64_t size = units < 0 ? 0 - static_cast<uint64_t>(units) : units;
  std::string text = absl::StrFormat("%s%d", units < 0 ? "-" : "", size / 100);
  if (size % 100 != 0) absl::StrAppend(&text, absl::StrFormat(".%02d", size % 100));
  return text;
}

std::string MoneyText(absl::string_view amount) {
  return absl::StrCat("money('", amount, " EUR')");
}

class UnitsCheck {
 public:
  std::vector<rules::ExpressionFinding> Run(const Expr& root) {
    rules::WalkExpression(root, [this](const Expr& expr, const rules::Scope& scope) {
      CheckCurrencies(expr);
      rules::VisitEqualities(
          expr, scope, [this](const Expr& origin, const Expr& value) { CheckCode(origin, value); });
      if (expr.kind() != ExprKind::kCall || expr.child_count() != 2) return;
      if (!cel::IsComparison(expr.op()) && !IsSum(expr.op()) && expr.op() != Operator::kIn) return;
      if (!Check(expr, 0, scope) && expr.op() != Operator::kIn) Check(expr, 1, scope);
    });
    return std::move(findings_);
  }

 private:
  // Amounts that are compared, added or gathered in a list for a function have one currency, or it fails.
  void CheckCurrencies(const Expr& expr) {
    const bool is_order = cel::IsOrder(expr.op());
    const bool is_constant =
        expr.constant() != nullptr ||
        (is_order && expr.child(0).constant() != nullptr && expr.child(1).constant() != nullptr);
    // The language itself evaluates constants. The outermost part that fails is enough.
    if (!(is_order || IsSum(expr.op())) || is_constant ||
        (expr.range().begin >= reported_.begin && expr.range().end <= reported_.end))
      return;
    std::set<std::string> codes;
    for (size_t i = 0; i < 2; ++i) CollectCodes(expr.child(i), &codes);
    if (codes.size() < 2) return;
    reported_ = expr.range();
    AddError(expr, kReasonPolicyMoneyCurrencies,
             absl::StrCat("amounts of two currencies, ", absl::StrJoin(codes, " and "),
                          ", have no order and no sum, so this always fails; write one rule for "
                          "each currency"));
  }

  // The currencies of the constants that the amount is made of.
  static void CollectCodes(const Expr& expr, std::set<std::string>* codes) {
    // That of no amounts is absent.
    const bool is_optional = expr.type().kind() == cel::TypeKind::kOptional;
    const cel::Type& type = is_optional ? expr.type().parameters()[0] : expr.type();
    if (type.descriptor() != v1::Money::descriptor()) return;
    if (const cel::Value* value = expr.constant()) {
      v1::Money other;
      const v1::Money& money = AsMessage<v1::Money>(*value, &other);
      if (!money.currency_code().empty()) codes->insert(money.currency_code());
      return;
    }
    if (expr.kind() != ExprKind::kCall) return;
    // [money('5 EUR'), money('5 USD')] fails by itself, and is reported so.
    if (expr.child_count() == 1 && expr.child(0).constant() != nullptr) return;
    const bool keeps_currency = IsSum(expr.op()) || expr.op() == Operator::kMultiply ||
                                expr.op() == Operator::kDivide || expr.name() == "percent";
    for (size_t i = 0; keeps_currency && i < expr.child_count(); ++i) {
      CollectCodes(expr.child(i), codes);
    }
    const bool gathers = expr.name() == "sum" || expr.name() == "min" || expr.name() == "max" ||
                         expr.name() == "avg";
    if (!gathers || expr.child_count() != 1 || expr.child(0).kind() != ExprKind::kList) return;
    for (size_t i = 0; i < expr.child(0).child_count(); ++i) {
      CollectCodes(expr.child(0).child(i), codes);
    }
  }

  // order.currency_code == 'Eur'
  void CheckCode(const Expr& origin, const Expr& value) {
    const bool is_field =
        (origin.kind() == ExprKind::kSelect || origin.kind() == ExprKind::kIdentifier) &&
        origin.field() != nullptr && origin.field()->name() == "currency_code";
    const cel::Value* text = value.constant();
    if (!is_field || text == nullptr || !text->is_string() || text->string_value().empty()) return;
    const std::string code(text->string_value());
    if (CurrencyExponent(code).ok() || !seen_.insert(value.id()).second) return;
    const std::string upper = absl::AsciiStrToUpper(code);
    const std::string prefix = upper.substr(0, 3);
    const std::string meant = CurrencyExponent(upper).ok()    ? upper
                              : CurrencyExponent(prefix).ok() ? prefix
                                                              : "";
    AddError(value, kReasonPolicyCurrencyUnknown,
             absl::StrCat("'", code, "' is no currency of ISO 4217",
                          meant.empty() ? ", whose codes are three capitals, such as 'EUR'"
                                        : absl::StrCat("; did you mean '", meant, "'?")));
  }

  void AddError(const Expr& expr, const Reason& reason, std::string text) {
    rules::ExpressionFinding finding;
    finding.expr = expr;
    finding.reason = std::string(reason.word);
    finding.text = std::move(text);
    findings_.push_back(std::move(finding));
  }

  // Child `side` is the amount, its neighbor the number.
  bool Check(const Expr& expr, size_t side, const rules::Scope& scope) {
    const Expr other = expr.child(1 - side);
    for (const Expr& origin : scope.OriginsOf(other)) {
      const cel::Value* number = origin.constant();
      if (number == nullptr) continue;
      // Zero is zero in any unit.
      const bool is_plain = (number->is_int() && number->int_value() != 0) ||
                            (number->is_double() && number->double_value() != 0);
      if (!is_plain) continue;
      int steps = 200;
      const Units units = ReadUnits(expr.child(side), scope, &steps);
      if (!units.is_read) return false;
      Add(expr, side, units, *number);
      return true;
    }
    return false;
  }

  void Add(const Expr& expr, size_t side, const Units& units, const cel::Value& number) {
    rules::ExpressionFinding finding;
    finding.expr = expr;
    finding.severity = v1::Issue::SEVERITY_WARNING;
    finding.reason = std::string(kReasonPolicyMoneyUnits.word);
    finding.text = Text(expr, side, units, number);
    findings_.push_back(std::move(finding));
  }

  static std::string Text(const Expr& expr, size_t side, const Units& units,
                          const cel::Value& number) {
    const absl::string_view read = expr.child(side).text();
    const std::string written = MoneyText(cel::ToText(number));
    if (units.is_divided) {
      return absl::StrCat(
          "a plain number beside a share of minor units, which rounds; compare the "
          "amount itself with ",
          written);
    }
    if (units.is_price) {
      const std::string price =
          units.amount.valid() ? std::string(units.amount.text()) : "the price";
      return absl::StrCat("a plain number beside '", read,
                          "', which counts in parts of the currency by its scale; ",
                          Advice(expr, side, price, units, written));
    }
    const std::string amount = units.amount.valid() ? std::string(units.amount.text()) : "";
    if (!number.is_int()) {
      return absl::StrCat("a plain number beside minor units; ",
                          Advice(expr, side, amount, units, written));
    }
    const std::string hundredths = Hundredths(number.int_value());
    const std::string minor = MoneyText(hundredths);
    const bool counts_in_units =
        number.int_value() >= kManyUnits || number.int_value() <= -kManyUnits;
    const std::string& first = counts_in_units ? minor : written;
    const std::string& second = counts_in_units ? written : minor;
    return absl::StrCat("a plain number beside minor units: ", cel::ToText(number), " is ",
                        hundredths, " EUR; ", Advice(expr, side, amount, units, first), ", or ",
                        second, " if that is meant");
  }

  // "write `order.totals.total > money('500 EUR')`"; where the expression is more than that, in general words.
  static std::string Advice(const Expr& expr, size_t side, const std::string& amount,
                            const Units& units, absl::string_view money) {
    if (!units.amount.valid() || !cel::IsComparison(expr.op())) {
      return absl::StrCat("compare the amounts themselves, with ", money);
    }
    absl::string_view op = cel::OperatorName(expr.op());
    absl::ConsumePrefix(&op, "_");
    absl::ConsumeSuffix(&op, "_");
    return side == 0 ? absl::StrCat("write `", amount, " ", op, " ", money, "`")
                     : absl::StrCat("write `", money, " ", op, " ", amount, "`");
  }

  std::vector<rules::ExpressionFinding> findings_;
  std::set<int32_t> seen_;
  // Of the part that was reported last; parts inside of it come right behind.
  cel::SourceRange reported_ = {0, 0};
};

}  // namespace

std::vector<rules::ExpressionFinding> CheckUnits(const Expr& root) {
  return UnitsCheck().Run(root);
}

}  // namespace internal
}  // namespace frontdesk
