// Recognizing conditions over fields.
#include <algorithm>
#include <typeinfo>
#include <utility>
#include <vector>

#include "cel/condition.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

ScalarKind KindOfType(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBool:
      return ScalarKind::kBool;
    case TypeKind::kInt:
      return ScalarKind::kInt;
    case TypeKind::kUint:
      return ScalarKind::kUint;
    case TypeKind::kDouble:
      return ScalarKind::kDouble;
    case TypeKind::kString:
      return ScalarKind::kString;
    default:
      return ScalarKind::kNone;
  }
}

ScalarKind KindOfConstant(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kBool:
      return ScalarKind::kBool;
    case ValueKind::kInt:
      return ScalarKind::kInt;
    case ValueKind::kUint:
      return ScalarKind::kUint;
    case ValueKind::kDouble:
      return ScalarKind::kDouble;
    case ValueKind::kString:
      return ScalarKind::kString;
    case ValueKind::kTimestamp:
      return ScalarKind::kTimestamp;
    case ValueKind::kDuration:
      return ScalarKind::kDuration;
    default:
      return ScalarKind::kNone;
  }
}

}  // namespace

ScalarKind KindOfField(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return ScalarKind::kBool;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return ScalarKind::kInt;
    case FieldDescriptor::CPPTYPE_ENUM:
      return field.enum_type()->full_name() == "google.protobuf.NullValue" ? ScalarKind::kNone
                                                                           : ScalarKind::kInt;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return ScalarKind::kUint;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ScalarKind::kDouble;
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_STRING ? ScalarKind::kString : ScalarKind::kNone;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  switch (field.message_type()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return ScalarKind::kTimestamp;
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return ScalarKind::kDuration;
    default:
      return ScalarKind::kNone;
  }
}

// ---- Recognising ----------------------------------------------------------------------------------------------------

TermSpec* ConditionPlanner::New(TermKind kind) const {
  TermSpec* spec = memory_->New<TermSpec>();
  spec->kind = kind;
  return spec;
}

OperandSpec ConditionPlanner::ToOperand(const PlanNode* node) const {
  OperandSpec operand;
  const int32_t local = LocalOf(node);
  if (local >= 0) {
    operand.local = local;
    operand.kind = KindOfType(ast_->node(node->expr).type);
    return operand;
  }
  return PathOperandOf(node);
}

OperandSpec PathOperandOf(const PlanNode* node) {
  OperandSpec operand;
  if (!IsPathNode(node)) return operand;
  const PathNode* path = static_cast<const PathNode*>(node);
  if (path->start != nullptr) {
    operand.local = LocalOf(path->start);
    if (operand.local < 0) return operand;
  }
  operand.path = path;
  const FieldDescriptor& last = *path->steps[path->count - 1].field;
  if (!last.is_repeated()) operand.kind = KindOfField(last);
  return operand;
}

const TermSpec* ConditionPlanner::Truth(const PlanNode* path) const {
  const OperandSpec operand = ToOperand(path);
  if (operand.kind != ScalarKind::kBool) return nullptr;
  TermSpec* spec = New(TermKind::kTruth);
  spec->left = operand;
  return spec;
}

const TermSpec* ConditionPlanner::Has(const PathNode* path) const {
  TermSpec* spec = New(TermKind::kHas);
  spec->left.path = path;
  if (path->start != nullptr) {
    spec->left.local = LocalOf(path->start);
    if (spec->left.local < 0) return nullptr;
  }
  return spec;
}

const TermSpec* ConditionPlanner::Comparison(Operator op, const PlanNode* left,
                                             const PlanNode* right) const {
  if (!IsComparison(op)) return nullptr;
  if (AsConstant(left) != nullptr) {
    std::swap(left, right);
    op = Mirrored(op);
  }
  const Value* constant = AsConstant(right);
  const BinaryNode* difference = AsOperatorNode(left, Operator::kSubtract);
  if (difference != nullptr && constant != nullptr && constant->is_duration()) {
    TermSpec* spec = New(TermKind::kDifference);
    spec->op = op;
    spec->left = ToOperand(difference->left);
    spec->right = ToOperand(difference->right);
    spec->constant = *constant;
    const bool times =
        spec->left.kind == ScalarKind::kTimestamp && spec->right.kind == ScalarKind::kTimestamp;
    return times ? spec : nullptr;
  }
  TermSpec* spec = New(TermKind::kCompare);
  spec->op = op;
  spec->left = ToOperand(left);
  if (constant != nullptr) {
    spec->constant = *constant;
  } else {
    spec->right = ToOperand(right);
  }
  const ScalarKind kind = constant != nullptr ? KindOfConstant(*constant) : spec->right.kind;
  return kind != ScalarKind::kNone && spec->left.kind == kind ? spec : nullptr;
}

const TermSpec* ConditionPlanner::In(const PlanNode* needle, const PlanNode* list) const {
  // More are found sooner by their hash.
  constexpr size_t kMaxLinear = 8;
  if (const Value* element = AsConstant(needle); element != nullptr) {
    return Element(*element, list);
  }
  const Value* constant = AsConstant(list);
  if (constant == nullptr || !constant->is_list() || constant->list_size() > kMaxLinear) {
    return nullptr;
  }
  TermSpec* spec = New(TermKind::kIn);
  spec->left = ToOperand(needle);
  spec->constant = *constant;
  if (spec->left.kind != ScalarKind::kInt && spec->left.kind != ScalarKind::kString) return nullptr;
  for (size_t i = 0; i < constant->list_size(); ++i) {
    if (KindOfConstant(constant->list_at(i)) != spec->left.kind) return nullptr;
  }
  return spec;
}

const TermSpec* ConditionPlanner::Element(const Value& constant, const PlanNode* list) const {
  const OperandSpec operand = ToOperand(list);
  if (operand.path == nullptr) return nullptr;
  const FieldDescriptor& field = *operand.path->steps[operand.path->count - 1].field;
  if (!field.is_repeated() || field.is_map()) return nullptr;
  const ScalarKind kind = KindOfField(field);
  if (kind != KindOfConstant(constant) ||
      (kind != ScalarKind::kInt && kind != ScalarKind::kString)) {
    return nullptr;
  }
  TermSpec* spec = New(TermKind::kElement);
  spec->left = operand;
  spec->left.kind = kind;
  spec->constant = constant;
  return spec;
}

const TermSpec* ConditionPlanner::Not(const PlanNode* child) const {
  if (child->spec == nullptr) return nullptr;
  TermSpec* spec = memory_->New<TermSpec>(*child->spec);
  spec->negated = !spec->negated;
  return spec;
}

const TermSpec* ConditionPlanner::Chain(Operator op, const PlanNode* const* children,
                                        int32_t count) const {
  TermSpec* spec = New(op == Operator::kAnd ? TermKind::kAnd : TermKind::kOr);
  const TermSpec** terms = memory_->NewArray<const TermSpec*>(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) {
    terms[i] = children[i]->spec;
    if (terms[i] == nullptr) return nullptr;
  }
  spec->terms = terms;
  spec->term_count = count;
  return spec;
}

const TermSpec* ConditionPlanner::Loop(const ComprehensionNode& node) const {
  if (node.macro != Macro::kAll && node.macro != Macro::kExists) return nullptr;
  if (node.two || node.body->spec == nullptr || !IsPathNode(node.range)) return nullptr;
  const OperandSpec range = ToOperand(node.range);
  if (range.path == nullptr) return nullptr;
  const FieldDescriptor& list = *range.path->steps[range.path->count - 1].field;
  if (!list.is_repeated() || list.is_map()) return nullptr;
  const bool messages = list.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (messages ? !IsPlainMessage(list.message_type()) : KindOfField(list) == ScalarKind::kNone) {
    return nullptr;
  }
  TermSpec* spec = New(node.macro == Macro::kAll ? TermKind::kAll : TermKind::kExists);
  spec->left = range;
  spec->local = node.slot;
  spec->body_cost = node.body_cost;
  const TermSpec& body = *node.body->spec;
  const TermKind chain = node.macro == Macro::kAll ? TermKind::kAnd : TermKind::kOr;
  if (body.kind == chain && !body.negated) {
    spec->terms = body.terms;
    spec->term_count = body.term_count;
    return spec;
  }
  const TermSpec** terms = memory_->NewArray<const TermSpec*>(1);
  terms[0] = &body;
  spec->terms = terms;
  spec->term_count = 1;
  return spec;
}

}  // namespace frontdesk::cel::cel_internal
