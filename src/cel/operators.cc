// The operators on values of any kind; the planner uses faster nodes where it knows the types.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cel/ast_data.h"
#include "cel/environment_data.h"
#include "cel/function_table.h"
#include "cel/messages.h"

namespace frontdesk::cel::cel_internal {
namespace {

constexpr int64_t kBillion = 1000000000;

Value NoOverload(Operator op, const Call& call) {
  return call.Error(Code::NO_MATCHING_OVERLOAD, OperatorSpelling(op));
}

// The host's operator on these values, or null.
const OverloadDecl* HostOperator(const Call& call, Operator op, absl::Span<const Value> operands) {
  const FunctionDecl* function = call.frame.environment->operators[static_cast<int>(op)];
  for (const OverloadDecl& overload : function->overloads) {
    if (!overload.is_host) continue;
    const OverloadDecl* candidate = &overload;
    if (SelectOverload({&candidate, 1}, operands) != nullptr) return candidate;
  }
  return nullptr;
}

// Beyond the operators on plain values: the value in an optional, and the host's operators on its messages.
Value Otherwise(Operator op, const Call& call, const Value& a, const Value& b) {
  if (OpensOptionals(op) && (a.is_optional() || b.is_optional())) {
    if (a.is_optional() && !a.optional_has_value()) return call.Error(Code::OPTIONAL_EMPTY, "0");
    if (b.is_optional() && !b.optional_has_value()) return call.Error(Code::OPTIONAL_EMPTY, "1");
    return ApplyOperator(op, call, a.is_optional() ? a.optional_value() : a,
                         b.is_optional() ? b.optional_value() : b);
  }
  if (!a.is_message() && !b.is_message()) return NoOverload(op, call);
  const Value operands[] = {a, b};
  const absl::Span<const Value> all(operands, op == Operator::kNegate ? 1 : 2);
  const OverloadDecl* overload = HostOperator(call, op, all);
  if (overload == nullptr) return NoOverload(op, call);
  return LocateError(call.arena(), CallOverload(*overload, call.frame, call.expr, all), call.expr);
}

Value Overflow(const Call& call) { return call.Error(Code::INTEGER_OVERFLOW); }

Value IntOperator(Operator op, const Call& call, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (op) {
    case Operator::kAdd:
      if (__builtin_add_overflow(a, b, &result)) return Overflow(call);
      break;
    case Operator::kSubtract:
      if (__builtin_sub_overflow(a, b, &result)) return Overflow(call);
      break;
    case Operator::kMultiply:
      if (__builtin_mul_overflow(a, b, &result)) return Overflow(call);
      break;
    case Operator::kDivide:
    case Operator::kModulo:
      if (b == 0) return call.Error(Code::DIVISION_BY_ZERO);
      if (a == std::numeric_limits<int64_t>::min() && b == -1) return Overflow(call);
      result = op == Operator::kDivide ? a / b : a % b;
      break;
    default:
      return NoOverload(op, call);
  }
  return Value::Int(result);
}

Value UintOperator(Operator op, const Call& call, uint64_t a, uint64_t b) {
  uint64_t result = 0;
  switch (op) {
    case Operator::kAdd:
      if (__builtin_add_overflow(a, b, &result)) return Overflow(call);
      break;
    case Operator::kSubtract:
      if (__builtin_sub_overflow(a, b, &result)) return Overflow(call);
      break;
    case Operator::kMultiply:
      if (__builtin_mul_overflow(a, b, &result)) return Overflow(call);
      break;
    case Operator::kDivide:
    case Operator::kModulo:
      if (b == 0) return call.Error(Code::DIVISION_BY_ZERO);
      result = op == Operator::kDivide ? a / b : a % b;
      break;
    default:
      return NoOverload(op, call);
  }
  return Value::Uint(result);
}

Value DoubleOperator(Operator op, const Call& call, double a, double b) {
  switch (op) {
    case Operator::kAdd:
      return Value::Double(a + b);
    case Operator::kSubtract:
      return Value::Double(a - b);
    case Operator::kMultiply:
      return Value::Double(a * b);
    case Operator::kDivide:
      return Value::Double(a / b);
    default:
      return NoOverload(op, call);
  }
}

Value AddToTimestamp(const Call& call, const Value& time, __int128 nanos) {
  // Within range: both parts together are far below 128 bits.
  const __int128 total =
      static_cast<__int128>(time.timestamp_seconds()) * kBillion + time.timestamp_nanos() + nanos;
  int64_t seconds = static_cast<int64_t>(total / kBillion);
  int32_t rest = static_cast<int32_t>(total % kBillion);
  if (rest < 0) rest += kBillion, --seconds;
  if (!ValidTimestamp(seconds, rest)) return call.Error(Code::TIMESTAMP_OUT_OF_RANGE);
  return Value::TimestampParts(seconds, rest);
}

Value SubtractTimestamps(const Call& call, const Value& a, const Value& b) {
  int64_t nanos;
  if (!DurationToNanos(a.timestamp_seconds() - b.timestamp_seconds(),
                       a.timestamp_nanos() - b.timestamp_nanos(), &nanos)) {
    return call.Error(Code::DURATION_OUT_OF_RANGE);
  }
  return Value::DurationNanos(nanos);
}

Value TimeOperator(Operator op, const Call& call, const Value& a, const Value& b) {
  const bool add = op == Operator::kAdd;
  if (!add && op != Operator::kSubtract) return Otherwise(op, call, a, b);
  if (a.is_timestamp() && b.is_timestamp() && !add) return SubtractTimestamps(call, a, b);
  if (a.is_timestamp() && b.is_duration()) {
    const __int128 nanos = b.duration_nanos();
    return AddToTimestamp(call, a, add ? nanos : -nanos);
  }
  if (a.is_duration() && b.is_timestamp() && add) {
    return AddToTimestamp(call, b, a.duration_nanos());
  }
  if (a.is_duration() && b.is_duration()) {
    int64_t result;
    const bool overflow =
        add ? __builtin_add_overflow(a.duration_nanos(), b.duration_nanos(), &result)
            : __builtin_sub_overflow(a.duration_nanos(), b.duration_nanos(), &result);
    return overflow ? call.Error(Code::DURATION_OUT_OF_RANGE) : Value::DurationNanos(result);
  }
  return Otherwise(op, call, a, b);
}

Value Concatenate(const Call& call, const Value& a, const Value& b) {
  const absl::string_view x = ValueAccess::text(a), y = ValueAccess::text(b);
  const size_t size = x.size() + y.size();
  if (!call.Charge(static_cast<int64_t>(size / 10))) return call.Error(Code::LIMIT_COST);
  Value error;
  if (!call.HasRoom(size, size, &error)) return error;
  char* out = static_cast<char*>(call.arena().Allocate(size));
  if (!x.empty()) std::copy(x.begin(), x.end(), out);
  if (!y.empty()) std::copy(y.begin(), y.end(), out + x.size());
  return a.is_string() ? Value::String({out, size}) : Value::Bytes({out, size});
}

Value ConcatenateLists(const Call& call, const Value& a, const Value& b) {
  const size_t x = a.list_size(), y = b.list_size();
  if (y == 0) return a;
  if (x == 0) return b;
  if (!call.Charge(static_cast<int64_t>(x + y))) return call.Error(Code::LIMIT_COST);
  Value error;
  if (!call.HasRoom(x + y, (x + y) * sizeof(Value), &error)) return error;
  Value* elements = call.arena().NewArray<Value>(x + y);
  for (size_t i = 0; i < x; ++i) elements[i] = a.list_at(i);
  for (size_t i = 0; i < y; ++i) elements[x + i] = b.list_at(i);
  return ValueAccess::List(call.arena().New<ArrayList>(elements, x + y));
}

Value Arithmetic(Operator op, const Call& call, const Value& a, const Value& b) {
  if (a.is_timestamp() || a.is_duration()) return TimeOperator(op, call, a, b);
  if (a.kind() != b.kind()) return Otherwise(op, call, a, b);
  switch (a.kind()) {
    case ValueKind::kInt:
      return IntOperator(op, call, a.int_value(), b.int_value());
    case ValueKind::kUint:
      return UintOperator(op, call, a.uint_value(), b.uint_value());
    case ValueKind::kDouble:
      return DoubleOperator(op, call, a.double_value(), b.double_value());
    case ValueKind::kString:
    case ValueKind::kBytes:
      if (op == Operator::kAdd) return Concatenate(call, a, b);
      return NoOverload(op, call);
    case ValueKind::kList:
      if (op == Operator::kAdd) return ConcatenateLists(call, a, b);
      return NoOverload(op, call);
    default:
      return Otherwise(op, call, a, b);
  }
}

Value Ordering(Operator op, const Call& call, const Value& a, const Value& b) {
  absl::optional<int> order;
  if (IsNumber(a.kind()) && IsNumber(b.kind())) {
    const int compared = CompareNumbers(a, b);
    if (compared == 2) return Value::Bool(false);  // NaN has no order.
    order = compared;
  } else {
    if (a.is_string() || a.is_bytes()) {
      if (!call.Charge(ValueAccess::aux(a) / 10)) return call.Error(Code::LIMIT_COST);
    }
    order = Compare(a, b);
  }
  if (!order.has_value()) return Otherwise(op, call, a, b);
  switch (op) {
    case Operator::kLess:
      return Value::Bool(*order < 0);
    case Operator::kLessOrEqual:
      return Value::Bool(*order <= 0);
    case Operator::kGreater:
      return Value::Bool(*order > 0);
    default:
      return Value::Bool(*order >= 0);
  }
}

Value Negate(const Call& call, const Value& a) {
  if (a.is_double()) return Value::Double(-a.double_value());
  if (!a.is_int()) return Otherwise(Operator::kNegate, call, a, Value());
  if (a.int_value() == std::numeric_limits<int64_t>::min()) return Overflow(call);
  return Value::Int(-a.int_value());
}

}  // namespace

Value EqualOperator(const Call& call, const Value& a, const Value& b) {
  Work work{call.frame.max_cost - call.frame.cost + 1};
  const Ternary equal = EqualValues(a, b, call.frame.environment->limits.max_value_depth, &work);
  if (!call.Charge(std::max<int64_t>(0, work.done - 1))) return call.Error(Code::LIMIT_COST);
  if (equal == Ternary::kTooDeep) return call.Error(Code::LIMIT_VALUE_DEPTH);
  if (equal == Ternary::kFailed) return LocateError(call.arena(), work.error, call.expr);
  return Value::Bool(equal == Ternary::kTrue);
}

namespace {

// A double key means the integer that it equals; other doubles find nothing.
Value IndexList(const Call& call, const Value& list, const Value& index) {
  int64_t i = -1;
  if (index.is_int()) {
    i = index.int_value();
  } else if (index.is_uint()) {
    i = index.uint_value() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())
            ? -1
            : static_cast<int64_t>(index.uint_value());
  } else if (index.is_double()) {
    const double value = index.double_value();
    if (!(value >= 0 && value < 9.2e18) || value != std::floor(value)) {
      return call.Error(Code::INDEX_OUT_OF_RANGE);
    }
    i = static_cast<int64_t>(value);
  } else {
    return NoOverload(Operator::kIndex, call);
  }
  if (i < 0 || static_cast<uint64_t>(i) >= list.list_size()) {
    return call.Error(Code::INDEX_OUT_OF_RANGE);
  }
  return list.list_at(static_cast<size_t>(i));
}

bool IsFindableKey(const Value& key) { return IsKeyKind(key.kind()) || key.is_double(); }

}  // namespace

bool ChargeFind(Frame& frame, const MapData& map, const Value& key) {
  const size_t text = key.is_string() ? key.string_value().size() / 10 : 0;
  return frame.Charge(static_cast<int64_t>(text + map.find_cost()));
}

Value IndexOperator(const Call& call, const Value& container, const Value& key) {
  if (container.is_list()) return IndexList(call, container, key);
  if (container.is_map()) {
    if (!IsFindableKey(key)) return call.Error(Code::UNSUPPORTED_KEY);
    const MapData& map = *ValueAccess::map(container);
    if (!ChargeFind(call.frame, map, key)) return call.Error(Code::LIMIT_COST);
    Value found;
    if (!map.Find(key, &found)) return call.Error(Code::NO_SUCH_KEY);
    return found;
  }
  return NoOverload(Operator::kIndex, call);
}

Value InOperator(const Call& call, const Value& needle, const Value& container) {
  if (container.is_map()) {
    Value found;
    if (!IsFindableKey(needle)) return Value::Bool(false);
    const MapData& map = *ValueAccess::map(container);
    if (!ChargeFind(call.frame, map, needle)) return call.Error(Code::LIMIT_COST);
    return Value::Bool(map.Find(needle, &found));
  }
  if (!container.is_list()) return NoOverload(Operator::kIn, call);
  const ListData* list = ValueAccess::list(container);
  Work work{call.frame.max_cost - call.frame.cost};
  const int depth = call.frame.environment->limits.max_value_depth;
  Ternary equal = Ternary::kFalse;
  for (size_t i = 0; i < list->size() && equal == Ternary::kFalse; ++i) {
    equal = EqualValues(needle, list->at(i), depth, &work);
  }
  if (!call.Charge(work.done)) return call.Error(Code::LIMIT_COST);
  if (equal == Ternary::kTooDeep) return call.Error(Code::LIMIT_VALUE_DEPTH);
  if (equal == Ternary::kFailed) return LocateError(call.arena(), work.error, call.expr);
  return Value::Bool(equal == Ternary::kTrue);
}

Value ApplyOperator(Operator op, const Call& call, const Value& a, const Value& b) {
  switch (op) {
    case Operator::kAdd:
    case Operator::kSubtract:
    case Operator::kMultiply:
    case Operator::kDivide:
    case Operator::kModulo:
      return Arithmetic(op, call, a, b);
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      return Ordering(op, call, a, b);
    case Operator::kEqual:
      return EqualOperator(call, a, b);
    case Operator::kNotEqual: {
      const Value equal = EqualOperator(call, a, b);
      return equal.is_error() ? equal : Value::Bool(!equal.bool_value());
    }
    case Operator::kIn:
      return InOperator(call, a, b);
    case Operator::kIndex:
      return IndexOperator(call, a, b);
    case Operator::kNegate:
      return Negate(call, a);
    case Operator::kNot:
      return a.is_bool() ? Value::Bool(!a.bool_value()) : NoOverload(op, call);
    default:
      return NoOverload(op, call);
  }
}

void AddOperators(FunctionTable* table) {
  const Type a = Type::Parameter("A"), b = Type::Parameter("B");
  const Type timestamp = Type::Timestamp(), duration = Type::Duration();
  const auto add = [&](Operator op, absl::string_view id, std::vector<Type> parameters,
                       Type result) {
    table->Add(OperatorName(op), id, std::move(parameters), std::move(result), nullptr);
  };
  const Type list = Type::List(a);
  add(Operator::kAdd, "add_bytes", {Type::Bytes(), Type::Bytes()}, Type::Bytes());
  add(Operator::kAdd, "add_double", {Type::Double(), Type::Double()}, Type::Double());
  add(Operator::kAdd, "add_duration_duration", {duration, duration}, duration);
  add(Operator::kAdd, "add_duration_timestamp", {duration, timestamp}, timestamp);
  add(Operator::kAdd, "add_timestamp_duration", {timestamp, duration}, timestamp);
  add(Operator::kAdd, "add_int64", {Type::Int(), Type::Int()}, Type::Int());
  add(Operator::kAdd, "add_list", {list, list}, list);
  add(Operator::kAdd, "add_string", {Type::String(), Type::String()}, Type::String());
  add(Operator::kAdd, "add_uint64", {Type::Uint(), Type::Uint()}, Type::Uint());
  add(Operator::kSubtract, "subtract_double", {Type::Double(), Type::Double()}, Type::Double());
  add(Operator::kSubtract, "subtract_duration_duration", {duration, duration}, duration);
  add(Operator::kSubtract, "subtract_int64", {Type::Int(), Type::Int()}, Type::Int());
  add(Operator::kSubtract, "subtract_timestamp_duration", {timestamp, duration}, timestamp);
  add(Operator::kSubtract, "subtract_timestamp_timestamp", {timestamp, timestamp}, duration);
  add(Operator::kSubtract, "subtract_uint64", {Type::Uint(), Type::Uint()}, Type::Uint());
  for (Operator op : {Operator::kMultiply, Operator::kDivide}) {
    const char* name = op == Operator::kMultiply ? "multiply_" : "divide_";
    for (const Type& type : {Type::Double(), Type::Int(), Type::Uint()}) {
      add(op, std::string(name) + std::string(type.name()), {type, type}, type);
    }
  }
  add(Operator::kModulo, "modulo_int64", {Type::Int(), Type::Int()}, Type::Int());
  add(Operator::kModulo, "modulo_uint64", {Type::Uint(), Type::Uint()}, Type::Uint());
  add(Operator::kNegate, "negate_double", {Type::Double()}, Type::Double());
  add(Operator::kNegate, "negate_int64", {Type::Int()}, Type::Int());
  add(Operator::kNot, "logical_not", {Type::Bool()}, Type::Bool());
  add(Operator::kEqual, "equals", {a, a}, Type::Bool());
  add(Operator::kNotEqual, "not_equals", {a, a}, Type::Bool());
  for (Operator op :
       {Operator::kLess, Operator::kLessOrEqual, Operator::kGreater, Operator::kGreaterOrEqual}) {
    for (const Type& type : {Type::Bool(), Type::Int(), Type::Uint(), Type::Double(),
                             Type::String(), Type::Bytes(), timestamp, duration}) {
      add(op, std::string(OperatorName(op)) + std::string(type.name()), {type, type}, Type::Bool());
    }
  }
  add(Operator::kIn, "in_list", {a, list}, Type::Bool());
  add(Operator::kIn, "in_map", {a, Type::Map(a, b)}, Type::Bool());
  add(Operator::kIndex, "index_list", {list, Type::Int()}, a);
  add(Operator::kIndex, "index_map", {Type::Map(a, b), a}, b);
}

}  // namespace frontdesk::cel::cel_internal
