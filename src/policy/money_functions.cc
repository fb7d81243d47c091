#include "policy/money_functions.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/v1/money.pb.h"
#include "policy/make_function.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::FunctionImplementation;
using cel::FunctionOverload;
using cel::Operator;
using cel::Type;
using cel::Value;
using cel::ValueArena;

// Units of cost, one is about a comparison of two ints.
constexpr int kMoneyCost = 20;
constexpr int kParseCost = 60;
// Orders round so where they say nothing.
constexpr v1::Rounding kRounding = v1::ROUNDING_HALF_UP;

constexpr absl::string_view kReasonMoneyAbsent = "MONEY_ABSENT";

Type MoneyType() { return Type::Message(v1::Money::descriptor()); }

bool IsAbsent(const v1::Money& money) {
  return money.currency_code().empty() && money.units() == 0;
}
bool IsAbsent(const v1::UnitPrice& price) {
  return price.currency_code().empty() && price.value() == 0;
}

// `status` of an operation as an author reads it; `names` are the operands, in the words of NewError().
Value Failed(const absl::Status& status, absl::string_view names, ValueArena& arena) {
  const std::string reason = GetReason(status);
  if (reason == kReasonMoneyCurrencyMismatch) {
    return arena.NewError(reason, absl::StrCat(names, " are amounts of two currencies"));
  }
  if (reason == kReasonMoneyOverflow) return arena.NewError(reason, "the amount is too large");
  if (reason == kReasonMoneyDivisorZero) return arena.NewError(reason, "division by zero");
  return arena.NewError(reason, absl::StrCat("a currency of ", names, " is none of ISO 4217"));
}

Value Absent(int argument, ValueArena& arena) {
  return arena.NewError(kReasonMoneyAbsent, absl::StrCat("{", argument, "} is not set"));
}

Value Made(const absl::StatusOr<v1::Money>& money, absl::string_view names, ValueArena& arena) {
  if (!money.ok()) return Failed(money.status(), names, arena);
  return arena.Copy(Value::Message(&*money));
}

FunctionOverload MoneyOverload(absl::string_view id, std::vector<Type> parameters, Type result,
                               FunctionImplementation implementation) {
  return MakeOverload(id, std::move(parameters), std::move(result), kMoneyCost,
                      std::move(implementation));
}

// ---- money('500 EUR') ----

Value Parse(absl::Span<const Value> arguments, ValueArena& arena) {
  constexpr absl::string_view kForm =
      "an amount is written with its number, a space and its currency: money('500 EUR')";
  const absl::string_view text = arguments[0].string_value();
  const size_t space = text.find(' ');
  if (space == absl::string_view::npos) {
    return arena.NewError(kReasonMoneySyntax.word, kForm);
  }
  const absl::string_view amount = text.substr(0, space), code = text.substr(space + 1);
  const absl::StatusOr<v1::Money> money = ParseMoney(amount, code);
  // Where a point parts thousands, 1.500 EUR is 1500 EUR.
  const size_t point = amount.find('.');
  const size_t decimals_given = point == absl::string_view::npos ? 0 : amount.size() - point - 1;
  const int exponent = CurrencyExponent(code).value_or(0);
  const bool is_exact = decimals_given <= static_cast<size_t>(exponent);
  if (money.ok() && is_exact) return arena.Copy(Value::Message(&*money));
  const std::string reason =
      money.ok() ? std::string(kReasonMoneyPrecision.word) : GetReason(money.status());
  if (reason == kReasonMoneyPrecision) {
    const std::string decimals = exponent == 0   ? "no decimals"
                                 : exponent == 1 ? "one decimal"
                                                 : absl::StrCat(exponent, " decimals at most");
    const std::string whole = absl::StrReplaceAll(amount, {{".", ""}});
    return arena.NewError(
        reason, absl::StrCat("an amount in ", code, " has ", decimals,
                             decimals_given == 3
                                 ? absl::StrCat("; a thousand has no point: ", whole, " ", code)
                                 : ""));
  }
  if (reason == kReasonMoneyOverflow) return arena.NewError(reason, "the amount is too large");
  if (reason == kReasonMoneySyntax) return arena.NewError(reason, kForm);
  if (!std::all_of(code.begin(), code.end(), absl::ascii_isalpha)) {
    return arena.NewError(kReasonMoneySyntax.word, kForm);
  }
  const std::string upper = absl::AsciiStrToUpper(code);
  if (CurrencyExponent(upper).ok()) {
    return arena.NewError(reason, absl::StrCat("a currency is written in capitals: ", upper));
  }
  return arena.NewError(reason, "no currency of ISO 4217 with amounts has this code");
}

// ---- Comparison ----

absl::StatusOr<int> Compared(const v1::Money& a, const v1::Money& b) { return CompareMoney(a, b); }
absl::StatusOr<int> Compared(const v1::UnitPrice& a, const v1::UnitPrice& b) {
  return CompareUnitPrice(a, b);
}
absl::StatusOr<int> Compared(const v1::UnitPrice& a, const v1::Money& b) {
  const absl::StatusOr<v1::UnitPrice> price = UnitPriceOf(b);
  return price.ok() ? CompareUnitPrice(a, *price) : price.status();
}
absl::StatusOr<int> Compared(const v1::Money& a, const v1::UnitPrice& b) {
  const absl::StatusOr<v1::UnitPrice> price = UnitPriceOf(a);
  return price.ok() ? CompareUnitPrice(*price, b) : price.status();
}

bool Holds(Operator op, int order) {
  switch (op) {
    case Operator::kLess:
      return order < 0;
    case Operator::kLessOrEqual:
      return order <= 0;
    case Operator::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

template <typename A, typename B>
void AddOrder(rules::CompileOptions* options) {
  for (const Operator op :
       {Operator::kLess, Operator::kLessOrEqual, Operator::kGreater, Operator::kGreaterOrEqual}) {
    const auto compare = [op](absl::Span<const Value> arguments,
                              ValueArena& arena) -> absl::StatusOr<Value> {
      A other_a;
      B other_b;
      const A& a = AsMessage<A>(arguments[0], &other_a);
      const B& b = AsMessage<B>(arguments[1], &other_b);
      if (IsAbsent(a)) return Absent(0, arena);
      if (IsAbsent(b)) return Absent(1, arena);
      const absl::StatusOr<int> order = Compared(a, b);
      if (!order.ok()) return Failed(order.status(), "{0} and {1}", arena);
      return Value::Bool(Holds(op, *order));
    };
    options->operators.emplace_back(
        op, MoneyOverload(absl::StrCat(A::descriptor()->name(), cel::OperatorName(op),
                                       B::descriptor()->name()),
                          {Type::Message(A::descriptor()), Type::Message(B::descriptor())},
                          Type::Bool(), compare));
  }
}

// ---- Arithmetic ----

template <absl::StatusOr<v1::Money> (*apply)(const v1::Money&, const v1::Money&)>
absl::StatusOr<Value> OfTwo(absl::Span<const Value> arguments, ValueArena& arena) {
  v1::Money other_a, other_b;
  const v1::Money& a = AsMessage<v1::Money>(arguments[0], &other_a);
  const v1::Money& b = AsMessage<v1::Money>(arguments[1], &other_b);
  if (IsAbsent(a)) return Absent(0, arena);
  if (IsAbsent(b)) return Absent(1, arena);
  return Made(apply(a, b), "{0} and {1}", arena);
}

// The amount in argument `argument` times `numerator` by `denominator`.
absl::StatusOr<Value> Scaled(absl::Span<const Value> arguments, int argument, int64_t numerator,
                             int64_t denominator, ValueArena& arena) {
  v1::Money other;
  const v1::Money& money = AsMessage<v1::Money>(arguments[static_cast<size_t>(argument)], &other);
  if (IsAbsent(money)) return Absent(argument, arena);
  return Made(MultiplyMoney(money, numerator, denominator, kRounding),
              absl::StrCat("{", argument, "}"), arena);
}

void AddArithmetic(rules::CompileOptions* options) {
  const Type money = MoneyType(), whole = Type::Int();
  const auto add = [&](Operator op, absl::string_view id, std::vector<Type> parameters,
                       FunctionImplementation implementation) {
    options->operators.emplace_back(
        op, MoneyOverload(id, std::move(parameters), money, std::move(implementation)));
  };
  add(Operator::kAdd, "money_add", {money, money}, OfTwo<AddMoney>);
  add(Operator::kSubtract, "money_subtract", {money, money}, OfTwo<SubtractMoney>);
  add(Operator::kMultiply, "money_multiply_int", {money, whole},
      [](absl::Span<const Value> a, ValueArena& arena) {
        return Scaled(a, 0, a[1].int_value(), 1, arena);
      });
  add(Operator::kMultiply, "int_multiply_money", {whole, money},
      [](absl::Span<const Value> a, ValueArena& arena) {
        return Scaled(a, 1, a[0].int_value(), 1, arena);
      });
  add(Operator::kDivide, "money_divide_int", {money, whole},
      [](absl::Span<const Value> a, ValueArena& arena) {
        return Scaled(a, 0, 1, a[1].int_value(), arena);
      });
  add(Operator::kNegate, "money_negate", {money},
      [](absl::Span<const Value> a, ValueArena& arena) { return Scaled(a, 0, -1, 1, arena); });
  options->functions.emplace_back("percent",
                                  MoneyOverload("percent_money_int", {money, whole}, money,
                                                [](absl::Span<const Value> a, ValueArena& arena) {
                                                  return Scaled(a, 0, a[1].int_value(), 100, arena);
                                                }));
}

}  // namespace

void AddMoneyFunctions(rules::CompileOptions* options) {
  FunctionOverload parse =
      MoneyOverload("money_string", {Type::String()}, MoneyType(),
                    [](absl::Span<const Value> a, ValueArena& arena) -> absl::StatusOr<Value> {
                      return Parse(a, arena);
                    });
  parse.cost = kParseCost;
  options->functions.emplace_back("money", std::move(parse));
  AddOrder<v1::Money, v1::Money>(options);
  AddOrder<v1::UnitPrice, v1::UnitPrice>(options);
  AddOrder<v1::UnitPrice, v1::Money>(options);
  AddOrder<v1::Money, v1::UnitPrice>(options);
  AddArithmetic(options);
  const google::protobuf::Descriptor* money = v1::Money::descriptor();
  options->ordered_messages.push_back(
      {money->FindFieldByName("units"), money->FindFieldByName("currency_code")});
  for (const google::protobuf::Descriptor* message :
       {v1::Money::descriptor(), v1::UnitPrice::descriptor()}) {
    options->literal_hints.push_back({message, "money('{} EUR')", "500"});
  }
}

}  // namespace internal
}  // namespace frontdesk
