// Fields: by path from the root, by path from any message, by name from anything.
#include <typeinfo>

#include "absl/base/optimization.h"
#include "cel/plan.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

template <typename Node>
const Node& As(const PlanNode* node) {
  return *static_cast<const Node*>(node);
}

// The value that an accessor reads.
Value ReadAccessor(const PlanNode& node, Frame& frame, const Message& message,
                   const FieldAccessor& accessor, const FieldDescriptor* field) {
  switch (accessor.shape) {
    case FieldAccessor::Shape::kBool:
      return Value::Bool(accessor.getter.get_bool(message));
    case FieldAccessor::Shape::kInt:
      return Value::Int(accessor.getter.get_int(message));
    case FieldAccessor::Shape::kUint:
      return Value::Uint(accessor.getter.get_uint(message));
    case FieldAccessor::Shape::kDouble:
      return Value::Double(accessor.getter.get_double(message));
    case FieldAccessor::Shape::kString:
      return field->type() == FieldDescriptor::TYPE_BYTES
                 ? Value::Bytes(accessor.getter.get_string(message))
                 : Value::String(accessor.getter.get_string(message));
    case FieldAccessor::Shape::kMessage:
      return Value::Message(accessor.getter.get_message(message));
    case FieldAccessor::Shape::kTimestamp: {
      const TimeParts parts = accessor.getter.get_time(message);
      if (ABSL_PREDICT_FALSE(!ValidTimestamp(parts.seconds, parts.nanos))) {
        return node.Fail(frame, Code::TIMESTAMP_OUT_OF_RANGE);
      }
      return Value::TimestampParts(parts.seconds, parts.nanos);
    }
    case FieldAccessor::Shape::kDuration: {
      const TimeParts parts = accessor.getter.get_time(message);
      int64_t nanos;
      if (ABSL_PREDICT_FALSE(!DurationToNanos(parts.seconds, parts.nanos, &nanos))) {
        return node.Fail(frame, Code::DURATION_OUT_OF_RANGE);
      }
      return Value::DurationNanos(nanos);
    }
    default:
      return ReadRepeated(message, &accessor, field, *frame.arena);
  }
}

const Message& StepInto(const Message& message, const PathStep& step) {
  if (step.accessor != nullptr) return *step.accessor->getter.get_message(message);
  return step.reflection->GetMessage(message, step.field);
}

// The message that holds the last field, when `message` is what was planned for.
const Message* WalkPlanned(const PathNode& self, const Message* message) {
  for (int32_t i = 0; i + 1 < self.count; ++i) message = &StepInto(*message, self.steps[i]);
  return message;
}

// A message of the same type but another class: fields are found by name.
Value WalkByName(const PathNode& self, Frame& frame, const Value& start, bool has) {
  Value value = start;
  for (int32_t i = 0; i < self.count && !value.is_error(); ++i) {
    const FieldDescriptor& field = *self.steps[i].field;
    const absl::string_view name = field.is_extension() ? field.full_name() : field.name();
    value = has && i + 1 == self.count ? HasFieldOf(self, frame, value, name)
                                       : SelectField(self, frame, value, name);
  }
  return value;
}

// The holder of the last field, or null with the outcome in `other`.
const Message* Holder(const PathNode& self, Frame& frame, bool has, Value* other) {
  if (self.start == nullptr) {
    if (ABSL_PREDICT_TRUE(frame.planned_root)) return WalkPlanned(self, frame.root);
    if (frame.root == nullptr) {
      *other = self.Fail(frame, Code::ROOT_MISMATCH);
    } else {
      *other = WalkByName(self, frame, Value::Message(frame.root), has);
    }
    return nullptr;
  }
  const Value start =
      self.start_local >= 0 ? frame.locals[self.start_local] : self.start->Run(frame);
  if (start.is_message() && IsPlannedStart(self, *ValueAccess::message(start))) {
    return WalkPlanned(self, ValueAccess::message(start));
  }
  *other = start.is_error() ? start : WalkByName(self, frame, start, has);
  return nullptr;
}

Value EvalPath(const PlanNode* node, Frame& frame) {
  const PathNode& self = As<PathNode>(node);
  Value other;
  const Message* holder = Holder(self, frame, /*has=*/false, &other);
  if (holder == nullptr) return other;
  return ReadStep(self, frame, *holder, self.steps[self.count - 1]);
}

// The same through the last step's accessor.
Value EvalAccessorPath(const PlanNode* node, Frame& frame) {
  const PathNode& self = As<PathNode>(node);
  Value other;
  const Message* holder = Holder(self, frame, /*has=*/false, &other);
  if (holder == nullptr) return other;
  return ReadAccessor(self, frame, *holder, self.last, self.steps[self.count - 1].field);
}

// The same when every step has an accessor and the start is the root or a local variable.
Value EvalDirectPath(const PlanNode* node, Frame& frame) {
  const PathNode& self = As<PathNode>(node);
  const Message* message = frame.root;
  if (self.start_local >= 0) {
    const Value& start = frame.locals[self.start_local];
    message = start.is_message() ? ValueAccess::message(start) : nullptr;
    if (message == nullptr || !IsPlannedStart(self, *message)) return EvalAccessorPath(node, frame);
  } else if (!frame.planned_root) {
    return EvalAccessorPath(node, frame);
  }
  for (const PathStep *step = self.steps, *last = step + self.count - 1; step != last; ++step) {
    message = step->accessor->getter.get_message(*message);
  }
  if (self.last.shape == FieldAccessor::Shape::kInt) {
    return Value::Int(self.last.getter.get_int(*message));
  }
  return ReadAccessor(self, frame, *message, self.last, self.steps[self.count - 1].field);
}

int TestBoolPath(const PlanNode* node, Frame& frame) {
  const PathNode& self = As<PathNode>(node);
  Value other;
  const Message* holder = Holder(self, frame, /*has=*/false, &other);
  if (ABSL_PREDICT_TRUE(holder != nullptr)) return self.last.getter.get_bool(*holder);
  if (other.is_bool()) return other.bool_value();
  return FailBool(frame, other.is_error() ? other : self.Fail(frame, Code::NOT_BOOL));
}

int TestHasPath(const PlanNode* node, Frame& frame) {
  const PathNode& self = As<PathNode>(node);
  Value other;
  const Message* holder = Holder(self, frame, /*has=*/true, &other);
  if (holder == nullptr) return other.is_error() ? FailBool(frame, other) : other.bool_value();
  const PathStep& step = self.steps[self.count - 1];
  if (step.accessor != nullptr && step.accessor->has != nullptr) return step.accessor->has(*holder);
  if (step.accessor != nullptr && step.accessor->size != nullptr) {
    return step.accessor->size(*holder) > 0;
  }
  return HasField(*holder, step.field);
}

// An optional as the selection goes through it; false when it is empty.
bool OpenOptional(Value* target, bool* was_optional) {
  *was_optional = target->is_optional();
  if (!*was_optional) return true;
  if (!target->optional_has_value()) return false;
  *target = target->optional_value();
  return true;
}

Value Some(Frame& frame, const Value& value) {
  if (value.is_error()) return value;
  return ValueAccess::Optional(frame.arena->New<Value>(value));
}

// What a.?b gives: nothing when the field is not set or the key is not there.
Value OptionalField(const PlanNode& node, Frame& frame, const Value& target,
                    absl::string_view name) {
  const Value has = HasFieldOf(node, frame, target, name);
  if (has.is_error()) return has;
  if (!has.bool_value()) return Value::OptionalNone();
  return Some(frame, SelectField(node, frame, target, name));
}

Value EvalSelect(const PlanNode* node, Frame& frame) {
  const SelectNode& self = As<SelectNode>(node);
  Value target = self.target->Run(frame);
  if (target.is_error()) return target;
  bool optional;
  if (!OpenOptional(&target, &optional)) return Value::OptionalNone();
  return optional ? OptionalField(self, frame, target, self.name)
                  : SelectField(self, frame, target, self.name);
}

Value EvalOptionalSelect(const PlanNode* node, Frame& frame) {
  const SelectNode& self = As<SelectNode>(node);
  Value target = self.target->Run(frame);
  if (target.is_error()) return target;
  bool optional;
  // Null has no fields, and nothing is what is asked for then.
  if (!OpenOptional(&target, &optional) || target.is_null()) return Value::OptionalNone();
  return OptionalField(self, frame, target, self.name);
}

Value EvalHas(const PlanNode* node, Frame& frame) {
  const SelectNode& self = As<SelectNode>(node);
  Value target = self.target->Run(frame);
  if (target.is_error()) return target;
  bool optional;
  if (!OpenOptional(&target, &optional)) return Value::Bool(false);
  return HasFieldOf(self, frame, target, self.name);
}

Value OptionalIndex(const PlanNode& node, Frame& frame, const Value& container, const Value& key) {
  const Value found = IndexOperator(Call{frame, node.expr, nullptr}, container, key);
  if (!found.is_error()) return Some(frame, found);
  const Code code = ValueAccess::error(found)->code;
  if (code == Code::NO_SUCH_KEY || code == Code::INDEX_OUT_OF_RANGE) return Value::OptionalNone();
  return found;
}

template <bool optional_index>
Value EvalIndex(const PlanNode* node, Frame& frame) {
  const BinaryNode& self = As<BinaryNode>(node);
  Value container = self.left->Run(frame);
  if (container.is_error()) return container;
  const Value key = self.right->Run(frame);
  if (key.is_error()) return key;
  bool optional;
  if (!OpenOptional(&container, &optional)) return Value::OptionalNone();
  if (optional_index || optional) return OptionalIndex(self, frame, container, key);
  const Value found = IndexOperator(Call{frame, node->expr, nullptr}, container, key);
  return LocateError(*frame.arena, found, node->expr);
}

// `value` as this node gives it. Reading it may have been work, such as unpacking an Any.
Value Located(const PlanNode& node, Frame& frame, const Value& value) {
  if (ABSL_PREDICT_FALSE(frame.cost > frame.max_cost)) return node.Fail(frame, Code::LIMIT_COST);
  return LocateError(*frame.arena, value, node.expr);
}

}  // namespace

bool IsPathNode(const PlanNode* node) {
  return node->eval == EvalPath || node->eval == EvalAccessorPath || node->eval == EvalDirectPath;
}

Value ReadStep(const PlanNode& node, Frame& frame, const Message& message, const PathStep& step) {
  if (step.accessor != nullptr) {
    return ReadAccessor(node, frame, message, *step.accessor, step.field);
  }
  return Located(node, frame, ReadField(message, step.field, *frame.arena));
}

Value SelectField(const PlanNode& node, Frame& frame, const Value& target, absl::string_view name) {
  if (target.is_message()) {
    const Message& message = target.message_value();
    const FieldDescriptor* field = FindField(message.GetDescriptor(), name);
    if (field == nullptr) return node.Fail(frame, Code::NO_SUCH_FIELD, name);
    return Located(node, frame, ReadField(message, field, *frame.arena));
  }
  if (target.is_map()) {
    Value found;
    const Value key = Value::String(name);
    const MapData& map = *ValueAccess::map(target);
    if (!ChargeFind(frame, map, key)) return node.Fail(frame, Code::LIMIT_COST);
    if (!map.Find(key, &found)) return node.Fail(frame, Code::NO_SUCH_FIELD, name);
    return Located(node, frame, found);
  }
  return node.Fail(frame, Code::NOT_SELECTABLE, name);
}

Value HasFieldOf(const PlanNode& node, Frame& frame, const Value& target, absl::string_view name) {
  if (target.is_message()) {
    const Message& message = target.message_value();
    const FieldDescriptor* field = FindField(message.GetDescriptor(), name);
    if (field == nullptr) return node.Fail(frame, Code::NO_SUCH_FIELD, name);
    return Value::Bool(HasField(message, field));
  }
  if (target.is_map()) {
    Value found;
    const Value key = Value::String(name);
    const MapData& map = *ValueAccess::map(target);
    if (!ChargeFind(frame, map, key)) return node.Fail(frame, Code::LIMIT_COST);
    return Value::Bool(map.Find(key, &found));
  }
  return node.Fail(frame, Code::NOT_SELECTABLE, name);
}

void SetPathFunctions(PathNode* node, bool has) {
  if (has) {
    node->eval_bool = TestHasPath;
    node->eval = FromBool;
    return;
  }
  const FieldAccessor* last = node->steps[node->count - 1].accessor;
  node->eval = last == nullptr ? EvalPath : EvalAccessorPath;
  bool direct = last != nullptr && (node->start == nullptr || node->start_local >= 0);
  for (int32_t i = 0; i < node->count; ++i) {
    direct = direct && node->steps[i].accessor != nullptr;
  }
  if (direct) node->eval = EvalDirectPath;
  node->eval_bool = FromValue;
  if (last != nullptr && last->shape == FieldAccessor::Shape::kBool) node->eval_bool = TestBoolPath;
}

void SetSelectFunctions(SelectNode* node, bool has, bool optional) {
  node->eval = has ? EvalHas : optional ? EvalOptionalSelect : EvalSelect;
  node->eval_bool = FromValue;
}

void SetIndexFunctions(BinaryNode* node, bool optional) {
  node->eval = optional ? EvalIndex<true> : EvalIndex<false>;
  node->eval_bool = FromValue;
}

}  // namespace frontdesk::cel::cel_internal
