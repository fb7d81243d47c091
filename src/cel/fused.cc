// Nodes that do in one step what conditions mostly consist of: a path from the root compared with a constant, a path
// in a list of integers.
#include <algorithm>

#include "absl/base/optimization.h"
#include "cel/planner.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Message;

// The steps to the message that holds the last field, all through accessors.
struct FastPath {
  static constexpr int kMaxHops = 3;
  const Message* (*hops[kMaxHops])(const Message&);
  FieldAccessor::Getter last;
};

struct FusedNode : PlanNode {
  FastPath path;
  FastPath other;
  const PlanNode* slow;  // The same by way of general nodes.
  int64_t constant;
  double real;
  const int64_t* set;
  int32_t set_size;
};

const FusedNode& As(const PlanNode* node) { return *static_cast<const FusedNode*>(node); }

template <int hops>
const Message& Walk(const FastPath& path, const Message& root) {
  const Message* message = &root;
  for (int i = 0; i < hops; ++i) message = path.hops[i](*message);
  return *message;
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

template <int hops, Operator op>
int TestInt(const PlanNode* node, Frame& frame) {
  const FusedNode& self = As(node);
  if (ABSL_PREDICT_FALSE(!frame.planned_root)) return self.slow->Test(frame);
  return Holds<op>(self.path.last.get_int(Walk<hops>(self.path, *frame.root)), self.constant);
}

template <int hops, Operator op>
int TestUint(const PlanNode* node, Frame& frame) {
  const FusedNode& self = As(node);
  if (ABSL_PREDICT_FALSE(!frame.planned_root)) return self.slow->Test(frame);
  return Holds<op>(self.path.last.get_uint(Walk<hops>(self.path, *frame.root)),
                   static_cast<uint64_t>(self.constant));
}

template <int hops, Operator op>
int TestDouble(const PlanNode* node, Frame& frame) {
  const FusedNode& self = As(node);
  if (ABSL_PREDICT_FALSE(!frame.planned_root)) return self.slow->Test(frame);
  return Holds<op>(self.path.last.get_double(Walk<hops>(self.path, *frame.root)), self.real);
}

// For strings `real` is unused and `set` points to the text.
template <int hops, Operator op>
int TestString(const PlanNode* node, Frame& frame) {
  const FusedNode& self = As(node);
  if (ABSL_PREDICT_FALSE(!frame.planned_root)) return self.slow->Test(frame);
  const absl::string_view constant(reinterpret_cast<const char*>(self.set),
                                   static_cast<size_t>(self.set_size));
  return Holds<op>(self.path.last.get_string(Walk<hops>(self.path, *frame.root)), constant);
}

template <int hops>
int TestIntIn(const PlanNode* node, Frame& frame) {
  const FusedNode& self = As(node);
  if (ABSL_PREDICT_FALSE(!frame.planned_root)) return self.slow->Test(frame);
  const int64_t value = self.path.last.get_int(Walk<hops>(self.path, *frame.root));
  for (int32_t i = 0; i < self.set_size; ++i) {
    if (self.set[i] == value) return kBoolTrue;
  }
  return kBoolFalse;
}

// timestamp - timestamp compared with a duration. Both times are valid, so the seconds between them do not overflow;
// the nanoseconds may, and then the general node says so.
template <Operator op>
int TestTimeDifference(const PlanNode* node, Frame& frame) {
  const FusedNode& self = As(node);
  if (ABSL_PREDICT_FALSE(!frame.planned_root)) return self.slow->Test(frame);
  const Message* left = frame.root;
  for (auto* hop : self.path.hops) {
    if (hop == nullptr) break;
    left = hop(*left);
  }
  const Message* right = frame.root;
  for (auto* hop : self.other.hops) {
    if (hop == nullptr) break;
    right = hop(*right);
  }
  const TimeParts a = self.path.last.get_time(*left);
  const TimeParts b = self.other.last.get_time(*right);
  int64_t nanos;
  if (ABSL_PREDICT_FALSE(!ValidTimestamp(a.seconds, a.nanos) ||
                         !ValidTimestamp(b.seconds, b.nanos) ||
                         !DurationToNanos(a.seconds - b.seconds, a.nanos - b.nanos, &nanos))) {
    return self.slow->Test(frame);
  }
  return Holds<op>(nanos, self.constant);
}

// The function for a comparison of a kind over a number of hops.
template <template <int, Operator> class Test, int hops>
PlanNode::EvalBool ForOperator(Operator op) {
  switch (op) {
    case Operator::kEqual:
      return Test<hops, Operator::kEqual>::Run;
    case Operator::kNotEqual:
      return Test<hops, Operator::kNotEqual>::Run;
    case Operator::kLess:
      return Test<hops, Operator::kLess>::Run;
    case Operator::kLessOrEqual:
      return Test<hops, Operator::kLessOrEqual>::Run;
    case Operator::kGreater:
      return Test<hops, Operator::kGreater>::Run;
    case Operator::kGreaterOrEqual:
      return Test<hops, Operator::kGreaterOrEqual>::Run;
    default:
      return nullptr;
  }
}

template <template <int, Operator> class Test>
PlanNode::EvalBool ForHops(int hops, Operator op) {
  switch (hops) {
    case 0:
      return ForOperator<Test, 0>(op);
    case 1:
      return ForOperator<Test, 1>(op);
    case 2:
      return ForOperator<Test, 2>(op);
    default:
      return ForOperator<Test, 3>(op);
  }
}

template <int hops, Operator op>
struct IntTest {
  static int Run(const PlanNode* node, Frame& frame) { return TestInt<hops, op>(node, frame); }
};
template <int hops, Operator op>
struct UintTest {
  static int Run(const PlanNode* node, Frame& frame) { return TestUint<hops, op>(node, frame); }
};
template <int hops, Operator op>
struct DoubleTest {
  static int Run(const PlanNode* node, Frame& frame) { return TestDouble<hops, op>(node, frame); }
};
template <int hops, Operator op>
struct StringTest {
  static int Run(const PlanNode* node, Frame& frame) { return TestString<hops, op>(node, frame); }
};
template <int, Operator op>
struct TimeTest {
  static int Run(const PlanNode* node, Frame& frame) { return TestTimeDifference<op>(node, frame); }
};

// `op` with its sides exchanged.
Operator Mirrored(Operator op) {
  switch (op) {
    case Operator::kLess:
      return Operator::kGreater;
    case Operator::kLessOrEqual:
      return Operator::kGreaterOrEqual;
    case Operator::kGreater:
      return Operator::kLess;
    case Operator::kGreaterOrEqual:
      return Operator::kLessOrEqual;
    default:
      return op;
  }
}

// A path node whose steps all have accessors, from the root; null otherwise.
const PathNode* AsFastPath(const PlanNode* node, FieldAccessor::Shape shape) {
  if (!IsPathNode(node)) return nullptr;
  const PathNode* path = static_cast<const PathNode*>(node);
  if (path->start != nullptr || path->count - 1 > FastPath::kMaxHops) return nullptr;
  for (int32_t i = 0; i < path->count; ++i) {
    if (path->steps[i].accessor == nullptr) return nullptr;
  }
  return path->last.shape == shape ? path : nullptr;
}

FastPath ToFastPath(const PathNode& path) {
  FastPath fast{};
  for (int32_t i = 0; i + 1 < path.count; ++i) {
    fast.hops[i] = path.steps[i].accessor->getter.get_message;
  }
  fast.last = path.last.getter;
  return fast;
}

FusedNode* NewFused(const PathNode& path, const PlanNode* slow, int32_t expr, Arena* memory) {
  FusedNode* node = memory->New<FusedNode>();
  node->expr = expr;
  node->path = ToFastPath(path);
  node->slow = slow;
  node->cost = slow->cost;
  node->eval = FromBool;
  return node;
}

const PlanNode* FuseWithConstant(Operator op, const PathNode& path, const Value& constant,
                                 const PlanNode* slow, int32_t expr, Arena* memory) {
  FusedNode* node = NewFused(path, slow, expr, memory);
  const int hops = path.count - 1;
  switch (constant.kind()) {
    case ValueKind::kInt:
      node->constant = constant.int_value();
      node->eval_bool = ForHops<IntTest>(hops, op);
      break;
    case ValueKind::kUint:
      node->constant = ValueAccess::bits(constant);
      node->eval_bool = ForHops<UintTest>(hops, op);
      break;
    case ValueKind::kDouble:
      node->real = constant.double_value();
      node->eval_bool = ForHops<DoubleTest>(hops, op);
      break;
    default:
      node->set = reinterpret_cast<const int64_t*>(constant.string_value().data());
      node->set_size = static_cast<int32_t>(constant.string_value().size());
      node->eval_bool = ForHops<StringTest>(hops, op);
      break;
  }
  return node->eval_bool == nullptr ? nullptr : node;
}

FieldAccessor::Shape ShapeOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kInt:
      return FieldAccessor::Shape::kInt;
    case ValueKind::kUint:
      return FieldAccessor::Shape::kUint;
    case ValueKind::kDouble:
      return FieldAccessor::Shape::kDouble;
    case ValueKind::kString:
      return FieldAccessor::Shape::kString;
    default:
      return FieldAccessor::Shape::kRepeatedMessage;  // No constant has it.
  }
}

}  // namespace

const PlanNode* FuseComparison(Operator op, const PlanNode* left, const PlanNode* right,
                               int32_t expr, const PlanNode* slow, Arena* memory) {
  if (op < Operator::kEqual || op > Operator::kGreaterOrEqual) return nullptr;
  if (AsConstant(left) != nullptr) {
    std::swap(left, right);
    op = Mirrored(op);
  }
  const Value* constant = AsConstant(right);
  if (constant == nullptr) return nullptr;
  if (const PathNode* path = AsFastPath(left, ShapeOf(constant->kind()))) {
    // Bytes have the shape of strings and are another kind.
    if (constant->is_string() && path->steps[path->count - 1].field->type() !=
                                     google::protobuf::FieldDescriptor::TYPE_STRING) {
      return nullptr;
    }
    return FuseWithConstant(op, *path, *constant, slow, expr, memory);
  }
  const BinaryNode* difference = AsOperatorNode(left, Operator::kSubtract);
  if (!constant->is_duration() || difference == nullptr) return nullptr;
  const PathNode* a = AsFastPath(difference->left, FieldAccessor::Shape::kTimestamp);
  const PathNode* b = AsFastPath(difference->right, FieldAccessor::Shape::kTimestamp);
  if (a == nullptr || b == nullptr) return nullptr;
  FusedNode* node = NewFused(*a, slow, expr, memory);
  node->other = ToFastPath(*b);
  node->constant = constant->duration_nanos();
  node->eval_bool = ForOperator<TimeTest, 0>(op);
  return node;
}

const PlanNode* FuseIn(const PlanNode* needle, const PlanNode* list, int32_t expr,
                       const PlanNode* slow, Arena* memory) {
  constexpr size_t kMaxLinear = 8;
  const PathNode* path = AsFastPath(needle, FieldAccessor::Shape::kInt);
  const Value* constant = AsConstant(list);
  if (path == nullptr || constant == nullptr || constant->list_size() > kMaxLinear) return nullptr;
  int64_t* set = memory->NewArray<int64_t>(constant->list_size());
  for (size_t i = 0; i < constant->list_size(); ++i) {
    if (!constant->list_at(i).is_int()) return nullptr;
    set[i] = constant->list_at(i).int_value();
  }
  FusedNode* node = NewFused(*path, slow, expr, memory);
  node->set = set;
  node->set_size = static_cast<int32_t>(constant->list_size());
  constexpr PlanNode::EvalBool kTests[] = {TestIntIn<0>, TestIntIn<1>, TestIntIn<2>, TestIntIn<3>};
  node->eval_bool = kTests[path->count - 1];
  return node;
}

}  // namespace frontdesk::cel::cel_internal
