// The executable form of an expression: nodes with function pointers, in the memory of their program. Private to cel/.
#ifndef FRONTDESK_CEL_PLAN_H_
#define FRONTDESK_CEL_PLAN_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <typeinfo>
#include <vector>

#include "absl/base/optimization.h"
#include "absl/container/flat_hash_map.h"
#include "cel/ast_data.h"
#include "cel/environment_data.h"
#include "cel/frame.h"
#include "cel/function_table.h"
#include "cel/messages.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/cel/program.h"
#include "re2/re2.h"

namespace frontdesk::cel::cel_internal {

// The results of eval_bool; with kBoolError the error is in frame.error.
inline constexpr int kBoolFalse = 0;
inline constexpr int kBoolTrue = 1;
inline constexpr int kBoolError = 2;

struct TermSpec;

// A node. `eval` gives a value (or an error value); `eval_bool` the same for conditions without making one.
// Every node has both: one is made from the other by FromBool() or FromValue().
struct PlanNode {
  using Eval = Value (*)(const PlanNode* node, Frame& frame);
  using EvalBool = int (*)(const PlanNode* node, Frame& frame);
  Eval eval;
  EvalBool eval_bool;
  int32_t expr = -1;
  int64_t cost = 1;                // Fixed units of one evaluation of the node and its descendants.
  const TermSpec* spec = nullptr;  // The node as a condition over fields; null for others.

  Value Run(Frame& frame) const { return eval(this, frame); }
  int Test(Frame& frame) const { return eval_bool(this, frame); }
  Value Fail(Frame& frame, Code code, absl::string_view detail = "") const {
    return MakeError(*frame.arena, code, expr, detail);
  }
};

// An eval_bool made of an eval.
int FromValue(const PlanNode* node, Frame& frame);
// An eval made of an eval_bool.
Value FromBool(const PlanNode* node, Frame& frame);
inline int FailBool(Frame& frame, const Value& error) {
  frame.error = error;
  return kBoolError;
}

struct ConstantNode : PlanNode {
  Value value;
};

struct ChildrenNode : PlanNode {
  const PlanNode* const* children;
  int32_t count;
  const uint8_t* optional;  // Null when no entry is optional.
};

struct BinaryNode : PlanNode {
  const PlanNode* left;
  const PlanNode* right;
  Operator op;
};

struct SlotNode : PlanNode {
  int32_t slot;
  absl::string_view name;
};

// One field on the way from a message to a value.
struct PathStep {
  const google::protobuf::FieldDescriptor* field;
  const FieldAccessor* accessor;                   // Null: by reflection.
  const google::protobuf::Reflection* reflection;  // Of the message that holds the field.
};

// Fields of the root message, or of the message that `start` evaluates to. All steps but the last lead to messages
// that are no well-known types.
struct PathNode : PlanNode {
  const PlanNode* start;             // Null: the root message.
  int32_t start_local;               // The number of the local variable that `start` is, or -1.
  const std::type_info* start_type;  // Of the generated class; null for dynamic messages.
  const google::protobuf::Descriptor* start_descriptor;
  PathStep* steps;
  int32_t count;
  FieldAccessor last;  // A copy of the last step's accessor, near at hand.
};

// A field by name of whatever `target` evaluates to.
struct SelectNode : PlanNode {
  const PlanNode* target;
  absl::string_view name;
};

struct CallNode : PlanNode {
  const PlanNode* const* children;
  int32_t count;
  const OverloadDecl* const* overloads;
  int32_t overload_count;
  absl::string_view name;
};

// An optional of a value, empty when `has` says that it is not there.
struct IfSetNode : PlanNode {
  const PlanNode* value;
  const PlanNode* has;  // Null: it always is.
};

struct MatchNode : PlanNode {
  const PlanNode* target;
  const RE2* regex;
};

struct InSetNode : PlanNode {
  const PlanNode* needle;
  const ArrayMap* set;
};

struct MessageNode : PlanNode {
  const google::protobuf::Descriptor* message;
  const google::protobuf::FieldDescriptor* const* fields;
  const PlanNode* const* children;
  const uint8_t* optional;
  int32_t count;
};

struct ComprehensionNode : PlanNode {
  const PlanNode* range;
  const PlanNode* filter;  // Of map and the transforms; may be null.
  const PlanNode* body;
  Macro macro;
  int32_t slot;  // Of the first variable.
  bool two;
  int64_t body_cost;
};

struct BindNode : PlanNode {
  const PlanNode* value;
  const PlanNode* body;
  Macro macro;
  int32_t slot;
};

// One compiled expression: shared by its program and its conjuncts.
struct Unit {
  std::shared_ptr<const Environment> environment;
  const EnvironmentData* data = nullptr;
  std::shared_ptr<AstData> ast;
  Arena memory;          // Plan nodes.
  ValueArena constants;  // Folded values.
  std::vector<std::unique_ptr<RE2>> regexes;
  std::vector<int64_t> costs;  // Fixed cost by expression; zero for parts of paths.
  absl::flat_hash_map<int32_t, int64_t> regex_sizes;  // Of constant patterns, by expression.
  const google::protobuf::Reflection* root_reflection =
      nullptr;  // Null: fields are looked up by name.
  const std::type_info* root_type = nullptr;

  // The answers of Program::references(), by expression.
  mutable std::mutex references_mutex;
  mutable absl::flat_hash_map<int32_t, std::unique_ptr<const References>> references;

  // The plan that Explain runs, made when it is first asked for: by expression, null for parts of paths.
  mutable std::once_flag trace_once;
  mutable Arena trace_memory;
  mutable std::vector<std::unique_ptr<RE2>> trace_regexes;
  mutable std::vector<const PlanNode*> trace_nodes;
};

// The error has a reason of the host's own.
bool IsHostError(const ErrorData& error);
// The text of an error of the unit's expression, for people.
std::string ErrorText(const Unit& unit, const ErrorData& error);

// The kind of a node; null for others.
bool IsPathNode(const PlanNode* node);
// The number of the local variable that it reads, -1 for others.
int32_t LocalOf(const PlanNode* node);
const Value* AsConstant(const PlanNode* node);
const BinaryNode* AsOperatorNode(const PlanNode* node, Operator op);
const InSetNode* AsInSetNode(const PlanNode* node);
// A call with one overload.
const CallNode* AsCallNode(const PlanNode* node);

// `message` is of the generated class of `type`, which one program may hold more than once.
inline bool IsOfType(const google::protobuf::Message& message, const std::type_info& type) {
  const std::type_info& own = typeid(message);
  return ABSL_PREDICT_TRUE(&own == &type) || own == type;
}

// The root as a plan expects it: of the class, or without one of the reflection, that was planned for.
inline bool IsPlannedRoot(const std::type_info* type,
                          const google::protobuf::Reflection* reflection,
                          const google::protobuf::Message& root) {
  if (type != nullptr) return IsOfType(root, *type);
  return reflection != nullptr && root.GetReflection() == reflection;
}
inline bool IsPlannedRoot(const Unit& unit, const google::protobuf::Message& root) {
  return IsPlannedRoot(unit.root_type, unit.root_reflection, root);
}
// A message that is read field by field: no well-known type with a value of its own.
inline bool IsPlainMessage(const google::protobuf::Descriptor* message) {
  return message->well_known_type() == google::protobuf::Descriptor::WELLKNOWNTYPE_UNSPECIFIED ||
         message->well_known_type() == google::protobuf::Descriptor::WELLKNOWNTYPE_FIELDMASK;
}

// Field access, shared by several nodes (eval_select.cc).
// `message` is of the class that the path, which starts from a value, was planned for.
inline bool IsPlannedStart(const PathNode& path, const google::protobuf::Message& message) {
  if (path.start_type != nullptr) return IsOfType(message, *path.start_type);
  return path.steps[0].reflection != nullptr && message.GetReflection() == path.steps[0].reflection;
}
Value SelectField(const PlanNode& node, Frame& frame, const Value& target, absl::string_view name);
Value HasFieldOf(const PlanNode& node, Frame& frame, const Value& target, absl::string_view name);
Value ReadStep(const PlanNode& node, Frame& frame, const google::protobuf::Message& message,
               const PathStep& step);

// Gives a node its functions (one maker for each family of nodes).
void SetPathFunctions(PathNode* node, bool has);
void SetSelectFunctions(SelectNode* node, bool has, bool optional);
void SetOperatorFunctions(BinaryNode* node, const Type& left, const Type& right);
void SetIndexFunctions(BinaryNode* node, bool optional);
void SetCallFunctions(CallNode* node);
void SetIfSetFunctions(IfSetNode* node);
void SetOptionalOrFunctions(BinaryNode* node, bool value);
void SetMatchFunctions(MatchNode* node);
void SetInSetFunctions(InSetNode* node);
void SetListFunctions(ChildrenNode* node);
void SetMapFunctions(ChildrenNode* node);
void SetMessageFunctions(MessageNode* node);
void SetComprehensionFunctions(ComprehensionNode* node);
void SetBindFunctions(BindNode* node);
void SetLogicalFunctions(ChildrenNode* node, Operator op);
void SetSlotFunctions(SlotNode* node, bool local);
// Of a variable of the activation's source.
void SetSourceFunctions(SlotNode* node);
void SetConstantFunctions(ConstantNode* node);
void SetErrorFunctions(SlotNode* node, Code code);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_PLAN_H_
