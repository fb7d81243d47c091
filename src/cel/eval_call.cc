// Functions, lists, maps and messages.
#include "absl/container/inlined_vector.h"
#include "cel/plan.h"
#include "cel/regex.h"

namespace frontdesk::cel::cel_internal {
namespace {

template <typename Node>
const Node& As(const PlanNode* node) {
  return *static_cast<const Node*>(node);
}

Value EvalSelectedCall(const CallNode& node, Frame& frame, absl::Span<const Value> arguments) {
  const OverloadDecl* overload =
      SelectOverload({node.overloads, static_cast<size_t>(node.overload_count)}, arguments);
  if (overload == nullptr) return node.Fail(frame, Code::NO_MATCHING_OVERLOAD, node.name);
  return CallOverload(*overload, frame, node.expr, arguments);
}

Value EvalCall(const PlanNode* node, Frame& frame) {
  const CallNode& self = As<CallNode>(node);
  absl::InlinedVector<Value, 6> arguments(static_cast<size_t>(self.count));
  for (int32_t i = 0; i < self.count; ++i) {
    arguments[i] = self.children[i]->Run(frame);
    if (arguments[i].is_error()) return arguments[i];
  }
  return EvalSelectedCall(self, frame, arguments);
}

Value EvalIfSet(const PlanNode* node, Frame& frame) {
  const IfSetNode& self = As<IfSetNode>(node);
  if (self.has != nullptr) {
    const int has = self.has->Test(frame);
    if (has == kBoolError) return frame.error;
    if (has == kBoolFalse) {
      // An explanation shows what was looked for.
      if (frame.tracer != nullptr) self.value->Run(frame);
      return Value::OptionalNone();
    }
  }
  const Value value = self.value->Run(frame);
  if (value.is_error() || value.is_optional()) return value;
  if (value.is_null()) return Value::OptionalNone();
  return ValueAccess::Optional(frame.arena->New<Value>(value));
}

// One argument, for which there is one function of ours.
Value EvalUnaryCall(const PlanNode* node, Frame& frame) {
  const CallNode& self = As<CallNode>(node);
  const OverloadDecl& overload = *self.overloads[0];
  const Value argument = self.children[0]->Run(frame);
  if (argument.is_error()) return argument;
  if ((overload.kinds[0] & KindBit(argument.kind())) == 0 || argument.is_message()) {
    return EvalSelectedCall(self, frame, {&argument, 1});
  }
  return overload.native(Call{frame, node->expr, &overload}, &argument);
}

// a.or(b) and a.orValue(b): b is only evaluated when a is empty.
template <bool value>
Value EvalOptionalOr(const PlanNode* node, Frame& frame) {
  const BinaryNode& self = As<BinaryNode>(node);
  const Value left = self.left->Run(frame);
  if (left.is_error()) return left;
  if (!left.is_optional()) {
    return node->Fail(frame, Code::NO_MATCHING_OVERLOAD, value ? "orValue" : "or");
  }
  if (left.optional_has_value()) return value ? left.optional_value() : left;
  const Value right = self.right->Run(frame);
  if (!value && !right.is_error() && !right.is_optional()) {
    return node->Fail(frame, Code::NO_MATCHING_OVERLOAD, "or");
  }
  return right;
}

Value EvalMatch(const PlanNode* node, Frame& frame) {
  const MatchNode& self = As<MatchNode>(node);
  const Value text = self.target->Run(frame);
  if (text.is_error()) return text;
  if (!text.is_string()) return node->Fail(frame, Code::NO_MATCHING_OVERLOAD, "matches");
  return MatchRegex(*self.regex, Call{frame, node->expr, nullptr}, text);
}

// A double may equal more than one integer, and so it is looked for as in any list.
int TestInList(const InSetNode& self, Frame& frame, const Value& needle) {
  if (!frame.Charge(static_cast<int64_t>(self.set->size()))) {
    return FailBool(frame, self.Fail(frame, Code::LIMIT_COST));
  }
  for (size_t i = 0; i < self.set->size(); ++i) {
    if (EqualScalars(self.set->key(i), needle)) return kBoolTrue;
  }
  return kBoolFalse;
}

int TestInSet(const PlanNode* node, Frame& frame) {
  const InSetNode& self = As<InSetNode>(node);
  const Value needle = self.needle->Run(frame);
  if (needle.is_error()) return FailBool(frame, needle);
  if (needle.is_string() &&
      !frame.Charge(static_cast<int64_t>(needle.string_value().size() / 10))) {
    return FailBool(frame, node->Fail(frame, Code::LIMIT_COST));
  }
  if (needle.is_double()) return TestInList(self, frame, needle);
  Value found;
  return self.set->Find(needle, &found);
}

// The value of an entry behind '?': nothing to add, a value, or an error.
enum class Entry { kAdd, kSkip, kFail };
Entry OpenEntry(const PlanNode* node, Frame& frame, bool optional, Value* value) {
  if (value->is_error()) return Entry::kFail;
  if (!optional) return Entry::kAdd;
  if (!value->is_optional()) {
    *value = node->Fail(frame, Code::TYPE_MISMATCH);
    return Entry::kFail;
  }
  if (!value->optional_has_value()) return Entry::kSkip;
  *value = value->optional_value();
  return Entry::kAdd;
}

Value EvalList(const PlanNode* node, Frame& frame) {
  const ChildrenNode& self = As<ChildrenNode>(node);
  Value* elements = frame.arena->NewArray<Value>(static_cast<size_t>(self.count));
  size_t size = 0;
  for (int32_t i = 0; i < self.count; ++i) {
    Value value = self.children[i]->Run(frame);
    switch (OpenEntry(node, frame, self.optional != nullptr && self.optional[i], &value)) {
      case Entry::kFail:
        return value;
      case Entry::kSkip:
        break;
      case Entry::kAdd:
        elements[size++] = value;
    }
  }
  return ValueAccess::List(frame.arena->New<ArrayList>(elements, size));
}

Value EvalMap(const PlanNode* node, Frame& frame) {
  const ChildrenNode& self = As<ChildrenNode>(node);
  auto* entries = frame.arena->NewArray<ArrayMap::Entry>(static_cast<size_t>(self.count / 2));
  size_t size = 0;
  for (int32_t i = 0; i + 1 < self.count; i += 2) {
    const Value key = self.children[i]->Run(frame);
    if (key.is_error()) return key;
    if (!IsKeyKind(key.kind())) return node->Fail(frame, Code::UNSUPPORTED_KEY);
    if (key.is_string() && !frame.Charge(static_cast<int64_t>(key.string_value().size() / 10))) {
      return node->Fail(frame, Code::LIMIT_COST);
    }
    Value value = self.children[i + 1]->Run(frame);
    switch (OpenEntry(node, frame, self.optional != nullptr && self.optional[i], &value)) {
      case Entry::kFail:
        return value;
      case Entry::kSkip:
        break;
      case Entry::kAdd:
        entries[size++] = {key, value};
    }
  }
  bool unique = true;
  const ArrayMap* map = ArrayMap::Make({entries, size}, *frame.arena, &unique);
  if (!unique) return node->Fail(frame, Code::DUPLICATE_KEY);
  return ValueAccess::Map(map);
}

Value EvalMessage(const PlanNode* node, Frame& frame) {
  const MessageNode& self = As<MessageNode>(node);
  if (frame.arena->used() > frame.max_memory) return node->Fail(frame, Code::LIMIT_MEMORY);
  google::protobuf::Message* message = NewMessage(self.message, *frame.arena);
  if (message == nullptr) {
    return node->Fail(frame, Code::UNKNOWN_MESSAGE, self.message->full_name());
  }
  for (int32_t i = 0; i < self.count; ++i) {
    Value value = self.children[i]->Run(frame);
    const Entry entry =
        OpenEntry(node, frame, self.optional != nullptr && self.optional[i], &value);
    if (entry == Entry::kFail) return value;
    if (entry == Entry::kSkip) continue;
    if (self.fields[i] == nullptr) return node->Fail(frame, Code::NO_SUCH_FIELD);
    const WriteResult written = WriteField(value, message, self.fields[i], *frame.arena,
                                           frame.environment->limits.max_value_depth);
    if (!written.ok) {
      return MakeError(*frame.arena, written.code, self.children[i]->expr, self.fields[i]->name());
    }
    if (frame.arena->used() > frame.max_memory) return node->Fail(frame, Code::LIMIT_MEMORY);
  }
  return LocateError(*frame.arena, ReadMessage(*message, *frame.arena), node->expr);
}

}  // namespace

const InSetNode* AsInSetNode(const PlanNode* node) {
  return node->eval_bool == TestInSet ? static_cast<const InSetNode*>(node) : nullptr;
}

const CallNode* AsCallNode(const PlanNode* node) {
  if (node->eval != EvalCall && node->eval != EvalUnaryCall) return nullptr;
  const CallNode* call = static_cast<const CallNode*>(node);
  return call->overload_count == 1 ? call : nullptr;
}

void SetCallFunctions(CallNode* node) {
  const bool unary = node->count == 1 && node->overload_count == 1 &&
                     node->overloads[0]->native != nullptr && node->overloads[0]->kinds.size() == 1;
  node->eval = unary ? EvalUnaryCall : EvalCall;
  node->eval_bool = FromValue;
}

void SetIfSetFunctions(IfSetNode* node) {
  node->eval = EvalIfSet;
  node->eval_bool = FromValue;
}

void SetOptionalOrFunctions(BinaryNode* node, bool value) {
  node->eval = value ? EvalOptionalOr<true> : EvalOptionalOr<false>;
  node->eval_bool = FromValue;
}

void SetMatchFunctions(MatchNode* node) {
  node->eval = EvalMatch;
  node->eval_bool = FromValue;
}

void SetInSetFunctions(InSetNode* node) {
  node->eval = FromBool;
  node->eval_bool = TestInSet;
}

void SetListFunctions(ChildrenNode* node) {
  node->eval = EvalList;
  node->eval_bool = FromValue;
}

void SetMapFunctions(ChildrenNode* node) {
  node->eval = EvalMap;
  node->eval_bool = FromValue;
}

void SetMessageFunctions(MessageNode* node) {
  node->eval = EvalMessage;
  node->eval_bool = FromValue;
}

}  // namespace frontdesk::cel::cel_internal
