// Running conditions over fields.
#include "cel/condition.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "absl/base/optimization.h"
#include "cel/condition_run.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

// ---- Comparing ------------------------------------------------------------------------------------------------------

inline bool Same(const TimeParts& a, const TimeParts& b) {
  return a.seconds == b.seconds && a.nanos == b.nanos;
}
inline bool Before(const TimeParts& a, const TimeParts& b) {
  return a.seconds != b.seconds ? a.seconds < b.seconds : a.nanos < b.nanos;
}
template <typename T>
inline T LoadBytes(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}
// Most texts in conditions are short: two loads that may overlap compare them without a call.
inline bool Same(absl::string_view a, absl::string_view b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  const char* const left = a.data();
  const char* const right = b.data();
  if (size > 16) return std::memcmp(left, right, size) == 0;
  if (size >= 8) {
    return LoadBytes<uint64_t>(left) == LoadBytes<uint64_t>(right) &&
           LoadBytes<uint64_t>(left + size - 8) == LoadBytes<uint64_t>(right + size - 8);
  }
  if (size >= 4) {
    return LoadBytes<uint32_t>(left) == LoadBytes<uint32_t>(right) &&
           LoadBytes<uint32_t>(left + size - 4) == LoadBytes<uint32_t>(right + size - 4);
  }
  return size == 0 || (left[0] == right[0] && left[size / 2] == right[size / 2] &&
                       left[size - 1] == right[size - 1]);
}
template <typename T>
inline bool Same(const T& a, const T& b) {
  return a == b;
}
template <typename T>
inline bool Before(const T& a, const T& b) {
  return a < b;
}

// A NaN is neither before, nor after, nor the same as anything.
template <typename T>
inline bool Holds(Operator op, const T& a, const T& b) {
  switch (op) {
    case Operator::kEqual:
      return Same(a, b);
    case Operator::kNotEqual:
      return !Same(a, b);
    case Operator::kLess:
      return Before(a, b);
    case Operator::kLessOrEqual:
      return Before(a, b) || Same(a, b);
    case Operator::kGreater:
      return Before(b, a);
    default:
      return Before(b, a) || Same(a, b);
  }
}

// `fixed` is the operator when the function is made for one, kNone when the term says which.
template <ScalarKind kind, Read read, Operator fixed, int hops = kAnyHops>
int TestWithConstant(const Term& term, ConditionFrame& frame) {
  KindType<kind> value;
  if (!Load<kind, read, hops>(term.left, frame, &value)) return kBoolError;
  return Holds(fixed == Operator::kNone ? term.op : fixed, value, Constant<kind>(term));
}

template <ScalarKind kind>
int TestWithOther(const Term& term, ConditionFrame& frame) {
  KindType<kind> left, right;
  if (!LoadAny<kind>(term.left, frame, &left) || !LoadAny<kind>(term.right, frame, &right)) {
    return kBoolError;
  }
  if constexpr (kind == ScalarKind::kString) {
    frame.cost += static_cast<int64_t>(std::min(left.size(), right.size()) / 10);
    if (frame.cost > frame.max_cost) return kBoolError;
  }
  return Holds(term.op, left, right);
}

template <Read read>
int TestTruth(const Term& term, ConditionFrame& frame) {
  bool value;
  Load<ScalarKind::kBool, read>(term.left, frame, &value);
  return value;
}

int TestHas(const Term& term, ConditionFrame& frame) {
  return HasOperand(term.left, Walk<Read::kReflection>(term.left, frame));
}

// Both times are valid, so the seconds between them do not overflow; the nanoseconds may. `read` is how both are read.
template <ScalarKind, Read read, Operator fixed, int hops>
int TestDifference(const Term& term, ConditionFrame& frame) {
  TimeParts a, b;
  int64_t nanos;
  if (!Load<ScalarKind::kTimestamp, read, hops>(term.left, frame, &a) ||
      !Load<ScalarKind::kTimestamp, read, hops>(term.right, frame, &b) ||
      !DurationToNanos(a.seconds - b.seconds, a.nanos - b.nanos, &nanos)) {
    return kBoolError;
  }
  return Holds(fixed, nanos, term.constant.integer);
}

int TestDifferenceOfAny(const Term& term, ConditionFrame& frame) {
  TimeParts a, b;
  int64_t nanos;
  if (!LoadAny<ScalarKind::kTimestamp>(term.left, frame, &a) ||
      !LoadAny<ScalarKind::kTimestamp>(term.right, frame, &b) ||
      !DurationToNanos(a.seconds - b.seconds, a.nanos - b.nanos, &nanos)) {
    return kBoolError;
  }
  return Holds(term.op, nanos, term.constant.integer);
}

template <ScalarKind kind, Read read, int hops = kAnyHops>
int TestIn(const Term& term, ConditionFrame& frame) {
  KindType<kind> value;
  if (!Load<kind, read, hops>(term.left, frame, &value)) return kBoolError;
  for (const Slot* slot = term.set; slot != term.set_end; ++slot) {
    if constexpr (kind == ScalarKind::kString) {
      if (Same(slot->text, value)) return kBoolTrue;
    } else {
      if (slot->integer == value) return kBoolTrue;
    }
  }
  return kBoolFalse;
}

// ---- Chains and loops -----------------------------------------------------------------------------------------------

template <int decisive>
int TestChain(const Term& term, ConditionFrame& frame) {
  for (const Term* child = term.terms; child != term.terms_end; ++child) {
    const int result = RunTerm(*child, frame);
    if (result != 1 - decisive) return result;
  }
  return 1 - decisive;
}

int64_t ReadIntElement(const Message& message, const Operand& list, int i) {
  switch (list.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return list.reflection->GetRepeatedInt32(message, list.field, i);
    case FieldDescriptor::CPPTYPE_INT64:
      return list.reflection->GetRepeatedInt64(message, list.field, i);
    default:
      return list.reflection->GetRepeatedEnumValue(message, list.field, i);
  }
}

// One element of a repeated field; kNone means messages. False when it lives no longer than this call.
template <ScalarKind kind, Read read>
inline bool LoadElement(const Operand& list, const Message& message, int i, Slot* out) {
  constexpr bool kDirect = read == Read::kAccessor;
  const Reflection* reflection = list.reflection;
  if constexpr (kind == ScalarKind::kNone) {
    out->message = kDirect ? list.getter.at_message(message, i)
                           : &reflection->GetRepeatedMessage(message, list.field, i);
  } else if constexpr (kind == ScalarKind::kBool) {
    out->truth = kDirect ? list.getter.at_bool(message, i)
                         : reflection->GetRepeatedBool(message, list.field, i);
  } else if constexpr (kind == ScalarKind::kInt) {
    out->integer = kDirect ? list.getter.at_int(message, i) : ReadIntElement(message, list, i);
  } else if constexpr (kind == ScalarKind::kUint) {
    out->natural = kDirect ? list.getter.at_uint(message, i)
                   : list.field->cpp_type() == FieldDescriptor::CPPTYPE_UINT32
                       ? reflection->GetRepeatedUInt32(message, list.field, i)
                       : reflection->GetRepeatedUInt64(message, list.field, i);
  } else if constexpr (kind == ScalarKind::kDouble) {
    out->real = kDirect ? list.getter.at_double(message, i)
                : list.field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT
                    ? reflection->GetRepeatedFloat(message, list.field, i)
                    : reflection->GetRepeatedDouble(message, list.field, i);
  } else if constexpr (kDirect) {
    out->text = list.getter.at_string(message, i);
  } else {
    std::string scratch;
    const std::string& text =
        reflection->GetRepeatedStringReference(message, list.field, i, &scratch);
    out->text = text;
    return &text != &scratch;
  }
  return true;
}

// Goes to the end unless an element decides; a body that cannot say leaves all to the general node. A body is one term,
// or the terms of the chain that goes with it: && of all, || of exists.
template <int decisive, ScalarKind kind, Read read>
int TestLoop(const Term& term, ConditionFrame& frame) {
  const Message& holder = Walk<read>(term.left, frame);
  const int size = SizeOfOperand(term.left, holder);
  int result = 1 - decisive;
  for (int i = 0; i < size && result == 1 - decisive; ++i) {
    frame.iterations += 1;
    frame.cost += term.body_cost;
    // Beyond the limits the general node says which, and where.
    const bool within = frame.iterations <= frame.max_iterations && frame.cost <= frame.max_cost &&
                        LoadElement<kind, read>(term.left, holder, i, &frame.slots[term.element]);
    if (ABSL_PREDICT_FALSE(!within)) return kBoolError;
    for (const Term* body = term.terms; body != term.terms_end; ++body) {
      result = RunTerm(*body, frame);
      if (result != 1 - decisive) break;
    }
  }
  return result;
}

// ---- Choosing -------------------------------------------------------------------------------------------------------

template <template <ScalarKind, Read, Operator, int> class Function, ScalarKind kind, Read read,
          int hops = kAnyHops>
Term::Test ForOperator(Operator op) {
  switch (op) {
    case Operator::kEqual:
      return Function<kind, read, Operator::kEqual, hops>::Run;
    case Operator::kNotEqual:
      return Function<kind, read, Operator::kNotEqual, hops>::Run;
    case Operator::kLess:
      return Function<kind, read, Operator::kLess, hops>::Run;
    case Operator::kLessOrEqual:
      return Function<kind, read, Operator::kLessOrEqual, hops>::Run;
    case Operator::kGreater:
      return Function<kind, read, Operator::kGreater, hops>::Run;
    default:
      return Function<kind, read, Operator::kGreaterOrEqual, hops>::Run;
  }
}

template <ScalarKind kind, Read read, Operator op, int hops>
struct WithConstant {
  static int Run(const Term& term, ConditionFrame& frame) {
    return TestWithConstant<kind, read, op, hops>(term, frame);
  }
};
template <ScalarKind kind, Read read, Operator op, int hops>
struct Difference {
  static int Run(const Term& term, ConditionFrame& frame) {
    return TestDifference<kind, read, op, hops>(term, frame);
  }
};

int HopsOf(const Operand& operand) { return static_cast<int>(operand.hops_end - operand.hops); }

// Where reading is quick, the operator is worth a function of its own, and for the commonest kinds the number of hops too.
template <ScalarKind kind>
Term::Test CompareFunction(const Term& term, bool with_constant) {
  if (!with_constant) return TestWithOther<kind>;
  if (term.left.read == Read::kSlot) return ForOperator<WithConstant, kind, Read::kSlot>(term.op);
  if (term.left.read == Read::kReflection) {
    return TestWithConstant<kind, Read::kReflection, Operator::kNone>;
  }
  if constexpr (kind == ScalarKind::kInt || kind == ScalarKind::kString) {
    switch (HopsOf(term.left)) {
      case 0:
        return ForOperator<WithConstant, kind, Read::kAccessor, 0>(term.op);
      case 1:
        return ForOperator<WithConstant, kind, Read::kAccessor, 1>(term.op);
      case 2:
        return ForOperator<WithConstant, kind, Read::kAccessor, 2>(term.op);
      case 3:
        return ForOperator<WithConstant, kind, Read::kAccessor, 3>(term.op);
      default:
        break;
    }
  }
  return ForOperator<WithConstant, kind, Read::kAccessor>(term.op);
}

Term::Test DifferenceFunction(const Term& term) {
  if (term.left.read != Read::kAccessor || term.right.read != Read::kAccessor) {
    return TestDifferenceOfAny;
  }
  return HopsOf(term.left) == 0 && HopsOf(term.right) == 0
             ? ForOperator<Difference, ScalarKind::kTimestamp, Read::kAccessor, 0>(term.op)
             : ForOperator<Difference, ScalarKind::kTimestamp, Read::kAccessor>(term.op);
}

template <ScalarKind kind>
Term::Test InFunction(const Operand& operand) {
  if (operand.read == Read::kSlot) return TestIn<kind, Read::kSlot>;
  if (operand.read == Read::kReflection) return TestIn<kind, Read::kReflection>;
  switch (HopsOf(operand)) {
    case 0:
      return TestIn<kind, Read::kAccessor, 0>;
    case 1:
      return TestIn<kind, Read::kAccessor, 1>;
    default:
      return TestIn<kind, Read::kAccessor>;
  }
}

template <int decisive, ScalarKind kind>
Term::Test LoopFunctionOf(Read read) {
  return read == Read::kAccessor ? TestLoop<decisive, kind, Read::kAccessor>
                                 : TestLoop<decisive, kind, Read::kReflection>;
}

template <int decisive>
Term::Test LoopFunction(const Term& term) {
  switch (term.kind) {
    case ScalarKind::kBool:
      return LoopFunctionOf<decisive, ScalarKind::kBool>(term.left.read);
    case ScalarKind::kInt:
      return LoopFunctionOf<decisive, ScalarKind::kInt>(term.left.read);
    case ScalarKind::kUint:
      return LoopFunctionOf<decisive, ScalarKind::kUint>(term.left.read);
    case ScalarKind::kDouble:
      return LoopFunctionOf<decisive, ScalarKind::kDouble>(term.left.read);
    case ScalarKind::kString:
      return LoopFunctionOf<decisive, ScalarKind::kString>(term.left.read);
    default:
      return LoopFunctionOf<decisive, ScalarKind::kNone>(term.left.read);
  }
}

// False when the variable is not what was planned for.
bool OpenSlot(const OpenLocal& local, const Value& value, Slot* slot) {
  switch (local.kind) {
    case ScalarKind::kNone:
      if (!value.is_message()) return false;
      slot->message = ValueAccess::message(value);
      return IsPlannedStart(*local.path, *slot->message);
    case ScalarKind::kDouble:
      slot->real = ValueAccess::real(value);
      return value.is_double();
    case ScalarKind::kString:
      slot->text = value.string_value();
      return value.is_string();
    case ScalarKind::kBool:
      slot->truth = value.bool_value();
      return value.is_bool();
    default:
      slot->integer = ValueAccess::bits(value);
      return value.kind() == (local.kind == ScalarKind::kInt ? ValueKind::kInt : ValueKind::kUint);
  }
}

int TestCondition(const PlanNode* node, Frame& frame) {
  const ConditionNode& self = *static_cast<const ConditionNode*>(node);
  if (ABSL_PREDICT_FALSE(self.reads_root && !frame.planned_root)) return self.slow->Test(frame);
  ConditionFrame condition;
  condition.slots[0].message = frame.root;
  for (const OpenLocal* local = self.locals; local != self.locals_end; ++local) {
    if (!OpenSlot(*local, frame.locals[local->number], &condition.slots[local->slot])) {
      return self.slow->Test(frame);
    }
  }
  condition.max_cost = frame.max_cost - frame.cost;
  condition.max_iterations = frame.max_iterations - frame.iterations;
  const int result = RunCondition(self, condition);
  if (ABSL_PREDICT_FALSE(result == kBoolError)) return self.slow->Test(frame);
  frame.cost += condition.cost;
  frame.iterations += condition.iterations;
  return result;
}

// Each element costs as much as a comparison of the general node.
template <ScalarKind kind, Read read>
int TestElement(const Term& term, ConditionFrame& frame) {
  const Message& holder = Walk<Read::kReflection>(term.left, frame);
  const int size = SizeOfOperand(term.left, holder);
  int64_t cost = 1;
  if constexpr (kind == ScalarKind::kString) {
    cost += static_cast<int64_t>(term.constant.text.size() / 16);
  }
  for (int i = 0; i < size; ++i) {
    Slot element;
    frame.cost += cost;
    if (frame.cost > frame.max_cost || !LoadElement<kind, read>(term.left, holder, i, &element)) {
      return kBoolError;
    }
    if constexpr (kind == ScalarKind::kString) {
      if (Same(element.text, term.constant.text)) return kBoolTrue;
    } else {
      if (element.integer == term.constant.integer) return kBoolTrue;
    }
  }
  return kBoolFalse;
}

template <ScalarKind kind>
Term::Test ElementFunction(const Operand& list) {
  return list.size != nullptr ? TestElement<kind, Read::kAccessor>
                              : TestElement<kind, Read::kReflection>;
}

Term::Test TestFunction(TermKind kind, const Term& term, bool with_constant) {
  switch (kind) {
    case TermKind::kTruth:
      return term.left.read == Read::kAccessor     ? TestTruth<Read::kAccessor>
             : term.left.read == Read::kReflection ? TestTruth<Read::kReflection>
                                                   : TestTruth<Read::kSlot>;
    case TermKind::kHas:
      return TestHas;
    case TermKind::kDifference:
      return DifferenceFunction(term);
    case TermKind::kIn:
      return term.kind == ScalarKind::kString ? InFunction<ScalarKind::kString>(term.left)
                                              : InFunction<ScalarKind::kInt>(term.left);
    case TermKind::kElement:
      return term.kind == ScalarKind::kString ? ElementFunction<ScalarKind::kString>(term.left)
                                              : ElementFunction<ScalarKind::kInt>(term.left);
    case TermKind::kAnd:
      return TestChain<kBoolFalse>;
    case TermKind::kOr:
      return TestChain<kBoolTrue>;
    case TermKind::kAll:
      return LoopFunction<kBoolFalse>(term);
    case TermKind::kExists:
      return LoopFunction<kBoolTrue>(term);
    case TermKind::kCompare:
      break;
  }
  switch (term.kind) {
    case ScalarKind::kBool:
      return CompareFunction<ScalarKind::kBool>(term, with_constant);
    case ScalarKind::kInt:
      return CompareFunction<ScalarKind::kInt>(term, with_constant);
    case ScalarKind::kUint:
      return CompareFunction<ScalarKind::kUint>(term, with_constant);
    case ScalarKind::kDouble:
      return CompareFunction<ScalarKind::kDouble>(term, with_constant);
    case ScalarKind::kString:
      return CompareFunction<ScalarKind::kString>(term, with_constant);
    case ScalarKind::kTimestamp:
      return CompareFunction<ScalarKind::kTimestamp>(term, with_constant);
    default:
      return CompareFunction<ScalarKind::kDuration>(term, with_constant);
  }
}

}  // namespace

void SetTermFunctions(TermKind kind, bool with_constant, Term* term) {
  term->test = TestFunction(kind, *term, with_constant);
}

void SetConditionFunctions(ConditionNode* node) {
  node->eval = FromBool;
  node->eval_bool = TestCondition;
}

bool HasOperand(const Operand& operand, const Message& holder) {
  if (operand.has != nullptr) return operand.has(holder);
  if (operand.size != nullptr) return operand.size(holder) > 0;
  return HasField(holder, operand.field);
}

int SizeOfOperand(const Operand& list, const Message& holder) {
  return list.size != nullptr ? list.size(holder) : list.reflection->FieldSize(holder, list.field);
}

bool LoadElementOf(ScalarKind kind, const Operand& list, const Message& holder, int i, Slot* out) {
  const bool direct = list.size != nullptr;
  if (kind == ScalarKind::kString) {
    return direct ? LoadElement<ScalarKind::kString, Read::kAccessor>(list, holder, i, out)
                  : LoadElement<ScalarKind::kString, Read::kReflection>(list, holder, i, out);
  }
  return direct ? LoadElement<ScalarKind::kInt, Read::kAccessor>(list, holder, i, out)
                : LoadElement<ScalarKind::kInt, Read::kReflection>(list, holder, i, out);
}

const ConditionNode* AsCondition(const PlanNode* node) {
  if (node->eval_bool != TestCondition) return nullptr;
  const ConditionNode* condition = static_cast<const ConditionNode*>(node);
  return condition->locals == condition->locals_end ? condition : nullptr;
}

}  // namespace frontdesk::cel::cel_internal
