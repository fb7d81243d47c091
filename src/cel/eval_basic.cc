// Constants, variables, operators, logic.
#include "cel/plan.h"
#include "frontdesk/cel/activation.h"
#include "frontdesk/cel/variable_source.h"

namespace frontdesk::cel {

// The door to an activation's variables.
struct ActivationAccess {
  static const Value* Find(const Activation& activation, int32_t slot) {
    const Activation::Slot& found = activation.slots_[static_cast<size_t>(slot)];
    return found.bound ? &found.value : nullptr;
  }
  static VariableSource* Source(const Activation& activation) { return activation.source_; }
};

namespace cel_internal {

int FromValue(const PlanNode* node, Frame& frame) {
  const Value value = node->eval(node, frame);
  if (value.is_bool()) return value.bool_value() ? kBoolTrue : kBoolFalse;
  if (value.is_error()) return FailBool(frame, value);
  return FailBool(frame, node->Fail(frame, Code::NOT_BOOL, KindName(value.kind())));
}

Value FromBool(const PlanNode* node, Frame& frame) {
  const int result = node->eval_bool(node, frame);
  if (result == kBoolError) return frame.error;
  return Value::Bool(result == kBoolTrue);
}

namespace {

template <typename Node>
const Node& As(const PlanNode* node) {
  return *static_cast<const Node*>(node);
}

Value EvalConstant(const PlanNode* node, Frame&) { return As<ConstantNode>(node).value; }

int TestConstant(const PlanNode* node, Frame&) { return As<ConstantNode>(node).value.bool_value(); }

Value EvalLocal(const PlanNode* node, Frame& frame) {
  return frame.locals[As<SlotNode>(node).slot];
}

Value EvalVariable(const PlanNode* node, Frame& frame) {
  const SlotNode& self = As<SlotNode>(node);
  const Value* value =
      frame.activation == nullptr ? nullptr : ActivationAccess::Find(*frame.activation, self.slot);
  if (value == nullptr) return node->Fail(frame, Code::UNBOUND_VARIABLE, self.name);
  return LocateError(*frame.arena, *value, node->expr);
}

Value EvalSourceVariable(const PlanNode* node, Frame& frame) {
  const SlotNode& self = As<SlotNode>(node);
  VariableSource* source =
      frame.activation == nullptr ? nullptr : ActivationAccess::Source(*frame.activation);
  if (source == nullptr) return node->Fail(frame, Code::UNBOUND_VARIABLE, self.name);
  return LocateError(*frame.arena, source->Get(self.slot, *frame.values), node->expr);
}

template <Code code>
Value EvalError(const PlanNode* node, Frame& frame) {
  return node->Fail(frame, code, As<SlotNode>(node).name);
}

template <Operator op>
int TestLogical(const PlanNode* node, Frame& frame) {
  constexpr int kDecisive = op == Operator::kAnd ? kBoolFalse : kBoolTrue;
  const ChildrenNode& self = As<ChildrenNode>(node);
  Value error;
  bool failed = false;
  for (int32_t i = 0; i < self.count; ++i) {
    const int result = self.children[i]->Test(frame);
    if (result == kDecisive) return kDecisive;
    if (result == kBoolError && frame.Ends(frame.error)) return kBoolError;
    if (result == kBoolError && !failed) {
      failed = true;
      error = frame.error;
    }
  }
  return failed ? FailBool(frame, error) : 1 - kDecisive;
}

int TestNot(const PlanNode* node, Frame& frame) {
  const int result = As<ChildrenNode>(node).children[0]->Test(frame);
  return result == kBoolError ? kBoolError : 1 - result;
}

Value EvalConditional(const PlanNode* node, Frame& frame) {
  const ChildrenNode& self = As<ChildrenNode>(node);
  const int condition = self.children[0]->Test(frame);
  if (condition == kBoolError) return frame.error;
  return self.children[condition == kBoolTrue ? 1 : 2]->Run(frame);
}

int TestConditional(const PlanNode* node, Frame& frame) {
  const ChildrenNode& self = As<ChildrenNode>(node);
  const int condition = self.children[0]->Test(frame);
  if (condition == kBoolError) return kBoolError;
  return self.children[condition == kBoolTrue ? 1 : 2]->Test(frame);
}

// Any operator on values of any kind.
Value EvalOperator(const PlanNode* node, Frame& frame) {
  const BinaryNode& self = As<BinaryNode>(node);
  const Value left = self.left->Run(frame);
  if (left.is_error()) return left;
  const Value right = self.right == nullptr ? Value() : self.right->Run(frame);
  if (right.is_error()) return right;
  return ApplyOperator(self.op, Call{frame, node->expr, nullptr}, left, right);
}

template <Operator op, typename T>
bool Holds(T a, T b) {
  switch (op) {
    case Operator::kEqual:
      return a == b;
    case Operator::kNotEqual:
      return a != b;
    case Operator::kLess:
      return a < b;
    case Operator::kLessOrEqual:
      return a <= b;
    case Operator::kGreater:
      return a > b;
    default:
      return a >= b;
  }
}

template <ValueKind kind>
auto Scalar(const Value& value) {
  if constexpr (kind == ValueKind::kUint) {
    return static_cast<uint64_t>(ValueAccess::bits(value));
  } else if constexpr (kind == ValueKind::kDouble) {
    return ValueAccess::real(value);
  } else {
    return ValueAccess::bits(value);
  }
}

// A comparison of two values that should be of `kind`; others take the general way.
template <Operator op, ValueKind kind>
int TestCompare(const PlanNode* node, Frame& frame) {
  const BinaryNode& self = As<BinaryNode>(node);
  const Value left = self.left->Run(frame);
  if (left.is_error()) return FailBool(frame, left);
  const Value right = self.right->Run(frame);
  if (right.is_error()) return FailBool(frame, right);
  if (left.kind() == kind && right.kind() == kind) {
    return Holds<op>(Scalar<kind>(left), Scalar<kind>(right));
  }
  const Value result = ApplyOperator(op, Call{frame, node->expr, nullptr}, left, right);
  return result.is_error() ? FailBool(frame, result) : result.bool_value();
}

template <Operator op>
bool IntOverflows(int64_t a, int64_t b, int64_t* result) {
  return op == Operator::kAdd        ? __builtin_add_overflow(a, b, result)
         : op == Operator::kSubtract ? __builtin_sub_overflow(a, b, result)
                                     : __builtin_mul_overflow(a, b, result);
}

template <Operator op>
Value EvalIntArithmetic(const PlanNode* node, Frame& frame) {
  const BinaryNode& self = As<BinaryNode>(node);
  const Value left = self.left->Run(frame);
  if (left.is_error()) return left;
  const Value right = self.right->Run(frame);
  if (right.is_error()) return right;
  if (left.is_int() && right.is_int()) {
    int64_t result;
    if (!IntOverflows<op>(ValueAccess::bits(left), ValueAccess::bits(right), &result)) {
      return Value::Int(result);
    }
  }
  return ApplyOperator(op, Call{frame, node->expr, nullptr}, left, right);
}

// The right side is a constant int.
template <Operator op>
Value EvalIntArithmeticWithConstant(const PlanNode* node, Frame& frame) {
  const BinaryNode& self = As<BinaryNode>(node);
  const Value left = self.left->Run(frame);
  if (left.is_error()) return left;
  const Value& right = As<ConstantNode>(self.right).value;
  int64_t result;
  if (left.is_int() &&
      !IntOverflows<op>(ValueAccess::bits(left), ValueAccess::bits(right), &result)) {
    return Value::Int(result);
  }
  return ApplyOperator(op, Call{frame, node->expr, nullptr}, left, right);
}

template <Operator op>
PlanNode::EvalBool CompareFunction(ValueKind kind) {
  switch (kind) {
    case ValueKind::kInt:
      return TestCompare<op, ValueKind::kInt>;
    case ValueKind::kUint:
      return TestCompare<op, ValueKind::kUint>;
    case ValueKind::kDouble:
      return TestCompare<op, ValueKind::kDouble>;
    default:
      return TestCompare<op, ValueKind::kDuration>;
  }
}

PlanNode::EvalBool CompareFunctionOf(Operator op, ValueKind kind) {
  switch (op) {
    case Operator::kEqual:
      return CompareFunction<Operator::kEqual>(kind);
    case Operator::kNotEqual:
      return CompareFunction<Operator::kNotEqual>(kind);
    case Operator::kLess:
      return CompareFunction<Operator::kLess>(kind);
    case Operator::kLessOrEqual:
      return CompareFunction<Operator::kLessOrEqual>(kind);
    case Operator::kGreater:
      return CompareFunction<Operator::kGreater>(kind);
    case Operator::kGreaterOrEqual:
      return CompareFunction<Operator::kGreaterOrEqual>(kind);
    default:
      return nullptr;
  }
}

PlanNode::Eval ArithmeticFunction(Operator op, bool constant) {
  switch (op) {
    case Operator::kAdd:
      return constant ? EvalIntArithmeticWithConstant<Operator::kAdd>
                      : EvalIntArithmetic<Operator::kAdd>;
    case Operator::kSubtract:
      return constant ? EvalIntArithmeticWithConstant<Operator::kSubtract>
                      : EvalIntArithmetic<Operator::kSubtract>;
    case Operator::kMultiply:
      return constant ? EvalIntArithmeticWithConstant<Operator::kMultiply>
                      : EvalIntArithmetic<Operator::kMultiply>;
    default:
      return nullptr;
  }
}

// The one kind of the values of a scalar type; kNull for all others.
ValueKind ScalarKind(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kInt:
      return ValueKind::kInt;
    case TypeKind::kUint:
      return ValueKind::kUint;
    case TypeKind::kDouble:
      return ValueKind::kDouble;
    case TypeKind::kDuration:
      return ValueKind::kDuration;
    default:
      return ValueKind::kNull;
  }
}

}  // namespace

const Value* AsConstant(const PlanNode* node) {
  return node->eval == EvalConstant ? &As<ConstantNode>(node).value : nullptr;
}

int32_t LocalOf(const PlanNode* node) {
  return node->eval == EvalLocal ? As<SlotNode>(node).slot : -1;
}

const BinaryNode* AsOperatorNode(const PlanNode* node, Operator op) {
  if (node->eval != EvalOperator) return nullptr;
  const BinaryNode& binary = As<BinaryNode>(node);
  return binary.op == op ? &binary : nullptr;
}

void SetConstantFunctions(ConstantNode* node) {
  node->eval = EvalConstant;
  node->eval_bool = node->value.is_bool() ? TestConstant : FromValue;
}

void SetSlotFunctions(SlotNode* node, bool local) {
  node->eval = local ? EvalLocal : EvalVariable;
  node->eval_bool = FromValue;
}

void SetSourceFunctions(SlotNode* node) {
  node->eval = EvalSourceVariable;
  node->eval_bool = FromValue;
}

void SetErrorFunctions(SlotNode* node, Code code) {
  node->eval = code == Code::UNKNOWN_NAME       ? EvalError<Code::UNKNOWN_NAME>
               : code == Code::UNKNOWN_FUNCTION ? EvalError<Code::UNKNOWN_FUNCTION>
               : code == Code::UNKNOWN_MESSAGE  ? EvalError<Code::UNKNOWN_MESSAGE>
               : code == Code::INVALID_REGEX    ? EvalError<Code::INVALID_REGEX>
                                                : EvalError<Code::NO_SUCH_FIELD>;
  node->eval_bool = FromValue;
}

void SetLogicalFunctions(ChildrenNode* node, Operator op) {
  switch (op) {
    case Operator::kAnd:
      node->eval_bool = TestLogical<Operator::kAnd>;
      break;
    case Operator::kOr:
      node->eval_bool = TestLogical<Operator::kOr>;
      break;
    case Operator::kNot:
      node->eval_bool = TestNot;
      break;
    default:
      node->eval = EvalConditional;
      node->eval_bool = TestConditional;
      return;
  }
  node->eval = FromBool;
}

void SetOperatorFunctions(BinaryNode* node, const Type& left, const Type& right) {
  node->eval = EvalOperator;
  node->eval_bool = FromValue;
  const ValueKind kind = ScalarKind(left);
  if (node->right == nullptr || kind == ValueKind::kNull || kind != ScalarKind(right)) return;
  if (PlanNode::EvalBool compare = CompareFunctionOf(node->op, kind)) {
    node->eval_bool = compare;
    node->eval = FromBool;
  } else if (kind == ValueKind::kInt) {
    const Value* constant = AsConstant(node->right);
    const bool known = constant != nullptr && constant->is_int();
    if (PlanNode::Eval arithmetic = ArithmeticFunction(node->op, known)) node->eval = arithmetic;
  }
}

}  // namespace cel_internal
}  // namespace frontdesk::cel
