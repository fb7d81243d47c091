// math.greatest, math.least, rounding, bits and the tests of doubles.
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "cel/environment_data.h"
#include "cel/function_table.h"
#include "cel/messages.h"

namespace frontdesk::cel::cel_internal {
namespace {

// The first of the greatest (or least) numbers; NaN never replaces another.
template <bool greatest>
Value Extreme(const Call& call, const Value* arguments) {
  const size_t count = call.overload->parameters.size();
  const bool list = arguments[0].is_list();
  const size_t size = list ? arguments[0].list_size() : count;
  if (size == 0) return call.BadArgument();
  if (!call.Charge(static_cast<int64_t>(size))) return call.Error(Code::LIMIT_COST);
  Value best;
  for (size_t i = 0; i < size; ++i) {
    const Value next = list ? arguments[0].list_at(i) : arguments[i];
    if (next.is_error()) return LocateError(call.arena(), next, call.expr);
    if (!IsNumber(next.kind())) {
      return call.Error(Code::NO_MATCHING_OVERLOAD, call.overload->function);
    }
    if (i == 0) {
      best = next;
      continue;
    }
    const int order = CompareNumbers(next, best);
    if (order == (greatest ? 1 : -1)) best = next;
  }
  return best;
}

template <double (*function)(double)>
Value Round(const Call&, const Value* arguments) {
  return Value::Double(function(arguments[0].double_value()));
}

Value IsNaN(const Call&, const Value* a) { return Value::Bool(std::isnan(a[0].double_value())); }
Value IsInf(const Call&, const Value* a) { return Value::Bool(std::isinf(a[0].double_value())); }
Value IsFinite(const Call&, const Value* a) {
  return Value::Bool(std::isfinite(a[0].double_value()));
}

Value Abs(const Call& call, const Value* arguments) {
  const Value& value = arguments[0];
  if (value.is_double()) return Value::Double(std::fabs(value.double_value()));
  if (value.is_uint()) return value;
  if (value.int_value() == std::numeric_limits<int64_t>::min()) {
    return call.Error(Code::INTEGER_OVERFLOW);
  }
  return Value::Int(std::abs(value.int_value()));
}

Value Sign(const Call&, const Value* arguments) {
  const Value& value = arguments[0];
  if (value.is_uint()) return Value::Uint(value.uint_value() > 0 ? 1 : 0);
  if (value.is_int()) return Value::Int((value.int_value() > 0) - (value.int_value() < 0));
  const double real = value.double_value();
  if (std::isnan(real)) return value;
  return Value::Double((real > 0) - (real < 0));
}

Value Sqrt(const Call&, const Value* arguments) {
  const Value& value = arguments[0];
  const double real = value.is_int()    ? static_cast<double>(value.int_value())
                      : value.is_uint() ? static_cast<double>(value.uint_value())
                                        : value.double_value();
  return Value::Double(std::sqrt(real));
}

Value FromBits(const Value& like, uint64_t bits) {
  return like.is_uint() ? Value::Uint(bits) : Value::Int(static_cast<int64_t>(bits));
}

uint64_t Bits(const Value& value) { return static_cast<uint64_t>(ValueAccess::bits(value)); }

Value BitAnd(const Call&, const Value* a) { return FromBits(a[0], Bits(a[0]) & Bits(a[1])); }
Value BitOr(const Call&, const Value* a) { return FromBits(a[0], Bits(a[0]) | Bits(a[1])); }
Value BitXor(const Call&, const Value* a) { return FromBits(a[0], Bits(a[0]) ^ Bits(a[1])); }
Value BitNot(const Call&, const Value* a) { return FromBits(a[0], ~Bits(a[0])); }

// Zeros are shifted in on either side; 64 bits or more leave nothing.
template <bool left>
Value Shift(const Call& call, const Value* arguments) {
  const int64_t count = arguments[1].int_value();
  if (count < 0) return call.BadArgument();
  if (count >= 64) return FromBits(arguments[0], 0);
  const uint64_t bits = Bits(arguments[0]);
  return FromBits(arguments[0], left ? bits << count : bits >> count);
}

absl::optional<ConstantProblem> CheckShift(const EnvironmentData&,
                                           absl::Span<const Value* const> arguments) {
  if (arguments[1] == nullptr || !arguments[1]->is_int() || arguments[1]->int_value() >= 0) {
    return absl::nullopt;
  }
  return ConstantProblem{1, Code::CONSTANT_ERROR,
                         "this always fails: a shift by fewer than no bits"};
}

// Half away from zero, as std::round.
double RoundHalfAway(double value) { return std::round(value); }
double Ceil(double value) { return std::ceil(value); }
double Floor(double value) { return std::floor(value); }
double Truncate(double value) { return std::trunc(value); }

template <bool greatest>
void AddExtreme(FunctionTable* table) {
  const char* name = greatest ? "math.greatest" : "math.least";
  const auto add = [&](std::vector<Type> parameters, Type result) {
    std::string id = greatest ? "math_greatest" : "math_least";
    for (const Type& parameter : parameters) absl::StrAppend(&id, "_", parameter.ToString());
    table->Add(name, id, std::move(parameters), std::move(result), Extreme<greatest>);
  };
  const Type numbers[] = {Type::Double(), Type::Int(), Type::Uint()};
  for (const Type& a : numbers) {
    add({a}, a);
    for (const Type& b : numbers) add({a, b}, a == b ? a : Type::Dyn());
    add({Type::List(a)}, a);
  }
}

}  // namespace

void AddMathExtension(FunctionTable* table) {
  AddExtreme<true>(table);
  AddExtreme<false>(table);
  const Type d = Type::Double(), i = Type::Int(), u = Type::Uint(), b = Type::Bool();
  table->Add("math.ceil", "math_ceil_double", {d}, d, Round<Ceil>);
  table->Add("math.floor", "math_floor_double", {d}, d, Round<Floor>);
  table->Add("math.round", "math_round_double", {d}, d, Round<RoundHalfAway>);
  table->Add("math.trunc", "math_trunc_double", {d}, d, Round<Truncate>);
  table->Add("math.isNaN", "math_isNaN_double", {d}, b, IsNaN);
  table->Add("math.isInf", "math_isInf_double", {d}, b, IsInf);
  table->Add("math.isFinite", "math_isFinite_double", {d}, b, IsFinite);
  for (const Type& type : {d, i, u}) {
    const std::string name(type.name());
    table->Add("math.abs", "math_abs_" + name, {type}, type, Abs);
    table->Add("math.sign", "math_sign_" + name, {type}, type, Sign);
    table->Add("math.sqrt", "math_sqrt_" + name, {type}, d, Sqrt);
  }
  for (const Type& type : {i, u}) {
    const std::string name(type.name());
    table->Add("math.bitAnd", "math_bitAnd_" + name, {type, type}, type, BitAnd);
    table->Add("math.bitOr", "math_bitOr_" + name, {type, type}, type, BitOr);
    table->Add("math.bitXor", "math_bitXor_" + name, {type, type}, type, BitXor);
    table->Add("math.bitNot", "math_bitNot_" + name, {type}, type, BitNot);
    table->Add("math.bitShiftLeft", "math_bitShiftLeft_" + name, {type, i}, type, Shift<true>);
    table->Add("math.bitShiftRight", "math_bitShiftRight_" + name, {type, i}, type, Shift<false>);
  }
  table->SetCheck("math.bitShiftLeft", 2, CheckShift);
  table->SetCheck("math.bitShiftRight", 2, CheckShift);
}

}  // namespace frontdesk::cel::cel_internal
