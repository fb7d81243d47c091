// sum, min, max and avg of a list: of numbers, of durations, and of messages that the host gave operators.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cel/function_table.h"
#include "cel/messages.h"

namespace frontdesk::cel::cel_internal {
namespace {

Value Some(const Call& call, const Value& value) {
  if (value.is_error()) return LocateError(call.arena(), value, call.expr);
  return ValueAccess::Optional(call.arena().New<Value>(value));
}

// Looking at each element is a unit.
bool ChargeElements(const Call& call, const Value& list) {
  return call.Charge(static_cast<int64_t>(list.list_size()));
}

// The sum of whole numbers, or of durations in nanoseconds: 64 bits of each and fewer than 2^63 of them fit 128 bits. False
// for an element of another kind.
bool WholeSum(const Value& list, ValueKind kind, __int128* sum) {
  *sum = 0;
  for (size_t i = 0; i < list.list_size(); ++i) {
    const Value element = list.list_at(i);
    if (element.kind() != kind) return false;
    *sum += kind == ValueKind::kUint ? static_cast<__int128>(element.uint_value())
                                     : static_cast<__int128>(ValueAccess::bits(element));
  }
  return true;
}

bool IsWhole(ValueKind kind) {
  return kind == ValueKind::kInt || kind == ValueKind::kUint || kind == ValueKind::kDuration;
}

// Only the result has to fit.
Value Fitting(const Call& call, ValueKind kind, __int128 sum) {
  if (kind == ValueKind::kUint) {
    if (sum < 0 || sum > static_cast<__int128>(~uint64_t{0})) {
      return call.Error(Code::INTEGER_OVERFLOW);
    }
    return Value::Uint(static_cast<uint64_t>(sum));
  }
  if (sum < INT64_MIN || sum > INT64_MAX) {
    return call.Error(kind == ValueKind::kInt ? Code::INTEGER_OVERFLOW
                                              : Code::DURATION_OUT_OF_RANGE);
  }
  const int64_t result = static_cast<int64_t>(sum);
  return kind == ValueKind::kInt ? Value::Int(result) : Value::DurationNanos(result);
}

// Of a list that is not empty; an error when an element cannot be added.
Value Total(const Call& call, const Value& list) {
  const Value first = list.list_at(0);
  __int128 whole;
  if (IsWhole(first.kind()) && WholeSum(list, first.kind(), &whole)) {
    return Fitting(call, first.kind(), whole);
  }
  Value total = first;
  for (size_t i = 1; i < list.list_size() && !total.is_error(); ++i) {
    const Value element = list.list_at(i);
    total = element.is_error() ? element : ApplyOperator(Operator::kAdd, call, total, element);
  }
  // A text has a sum of its own, join().
  if (total.is_string() || total.is_bytes() || total.is_list() || total.is_timestamp() ||
      total.is_bool() || total.is_null()) {
    return call.Error(Code::NO_MATCHING_OVERLOAD, "sum");
  }
  return LocateError(call.arena(), total, call.expr);
}

template <ValueKind kind>
Value SumOrZero(const Call& call, const Value* arguments) {
  if (!ChargeElements(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  if (arguments[0].list_size() > 0) return Total(call, arguments[0]);
  switch (kind) {
    case ValueKind::kUint:
      return Value::Uint(0);
    case ValueKind::kDouble:
      return Value::Double(0);
    case ValueKind::kDuration:
      return Value::DurationNanos(0);
    default:
      return Value::Int(0);
  }
}

Value SumIfAny(const Call& call, const Value* arguments) {
  if (!ChargeElements(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  if (arguments[0].list_size() == 0) return Value::OptionalNone();
  return Some(call, Total(call, arguments[0]));
}

// The element that has none before it, by `op`, which is < or >; the first of equal ones.
template <Operator op>
Value Extreme(const Call& call, const Value* arguments) {
  const Value& list = arguments[0];
  if (!ChargeElements(call, list)) return call.Error(Code::LIMIT_COST);
  if (list.list_size() == 0) return Value::OptionalNone();
  Value best = list.list_at(0);
  for (size_t i = 1; i < list.list_size() && !best.is_error(); ++i) {
    const Value element = list.list_at(i);
    if (element.is_error()) return Some(call, element);
    const Value before = ApplyOperator(op, call, element, best);
    if (before.is_error()) return Some(call, before);
    if (before.bool_value()) best = element;
  }
  return Some(call, best);
}

// `sum` divided by a positive `count`, rounded to the nearest whole, ties away from zero.
__int128 RoundedQuotient(__int128 sum, __int128 count) {
  const __int128 half = sum < 0 ? -(count / 2) : count / 2;
  return (sum + half) / count;
}

Value Average(const Call& call, const Value* arguments) {
  const Value& list = arguments[0];
  if (!ChargeElements(call, list)) return call.Error(Code::LIMIT_COST);
  const int64_t count = static_cast<int64_t>(list.list_size());
  if (count == 0) return Value::OptionalNone();
  const ValueKind kind = list.list_at(0).kind();
  __int128 whole;
  if (IsWhole(kind) && WholeSum(list, kind, &whole)) {
    if (kind == ValueKind::kDuration) {
      return Some(call, Value::DurationNanos(static_cast<int64_t>(RoundedQuotient(whole, count))));
    }
    return Some(call, Value::Double(static_cast<double>(whole) / static_cast<double>(count)));
  }
  const Value total = Total(call, list);
  if (total.is_error()) return total;
  if (total.is_double()) {
    return Some(call, Value::Double(total.double_value() / static_cast<double>(count)));
  }
  return Some(call, ApplyOperator(Operator::kDivide, call, total, Value::Int(count)));
}

void Add(FunctionTable* table, absl::string_view name, const Type& element, Type result,
         NativeFunction native) {
  const Type list = Type::List(element);
  const std::string id = absl::StrCat(name, "_list_", element.name());
  table->Add(name, id, {list}, result, native);
  table->AddMember(name, absl::StrCat("list_", element.name(), "_", name), {list}, result, native);
}

void AddOrder(FunctionTable* table, const Type& element) {
  Add(table, "min", element, Type::Optional(element), Extreme<Operator::kLess>);
  Add(table, "max", element, Type::Optional(element), Extreme<Operator::kGreater>);
}

// The host's operator on two of `message`, or one of it and an int; null when there is none.
const OverloadDecl* HostOverload(const FunctionTable& table, Operator op, const Type& message,
                                 const Type& right, const Type& result) {
  const FunctionDecl* function = table.Find(OperatorName(op));
  for (const OverloadDecl& overload : function->overloads) {
    if (overload.is_host && overload.parameters[0] == message && overload.parameters[1] == right &&
        overload.result == result) {
      return &overload;
    }
  }
  return nullptr;
}

}  // namespace

void AddAggregatesExtension(FunctionTable* table) {
  Add(table, "sum", Type::Int(), Type::Int(), SumOrZero<ValueKind::kInt>);
  Add(table, "sum", Type::Uint(), Type::Uint(), SumOrZero<ValueKind::kUint>);
  Add(table, "sum", Type::Double(), Type::Double(), SumOrZero<ValueKind::kDouble>);
  Add(table, "sum", Type::Duration(), Type::Duration(), SumOrZero<ValueKind::kDuration>);
  for (const Type& type : {Type::Int(), Type::Uint(), Type::Double(), Type::Duration(),
                           Type::Timestamp(), Type::String()}) {
    AddOrder(table, type);
  }
  for (const Type& type : {Type::Int(), Type::Uint(), Type::Double()}) {
    Add(table, "avg", type, Type::Optional(Type::Double()), Average);
  }
  Add(table, "avg", Type::Duration(), Type::Optional(Type::Duration()), Average);
}

void AddAggregatesOfOperators(FunctionTable* table) {
  const FunctionDecl* plus = table->Find(OperatorName(Operator::kAdd));
  const FunctionDecl* less = table->Find(OperatorName(Operator::kLess));
  std::vector<Type> sums, orders;
  for (const OverloadDecl& overload : plus->overloads) {
    const std::vector<Type>& types = overload.parameters;
    if (!overload.is_host || types[0] != types[1] || types[0] != overload.result) continue;
    sums.push_back(types[0]);
  }
  for (const OverloadDecl& overload : less->overloads) {
    const std::vector<Type>& types = overload.parameters;
    const bool both = types[0] == types[1] &&
                      HostOverload(*table, Operator::kGreater, types[0], types[0], Type::Bool());
    if (overload.is_host && both) orders.push_back(types[0]);
  }
  for (const Type& type : sums) {
    Add(table, "sum", type, Type::Optional(type), SumIfAny);
    if (HostOverload(*table, Operator::kDivide, type, Type::Int(), type) != nullptr) {
      Add(table, "avg", type, Type::Optional(type), Average);
    }
  }
  for (const Type& type : orders) AddOrder(table, type);
}

}  // namespace frontdesk::cel::cel_internal
