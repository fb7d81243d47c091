// Conditions over fields: comparisons of paths with constants and with each other, tests of presence, chains of them with
// && and ||, and all() and exists() of such over a repeated field. They run straight on messages, with neither values nor
// a frame. They cannot report an error or a limit that is near: the general node is asked then. Private to cel/.
//
// The planner gives each node that is such a condition a TermSpec, and links it into a ConditionNode. A chain is linked
// as a whole, so that the common part of its paths is walked once.
#ifndef FRONTDESK_CEL_CONDITION_H_
#define FRONTDESK_CEL_CONDITION_H_

#include <cstdint>

#include "cel/plan.h"

namespace frontdesk::cel::cel_internal {

// The kinds of values that conditions compare; kNone is none of them.
enum class ScalarKind : uint8_t {
  kNone,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kTimestamp,
  kDuration
};

// The kind of one value of a field; kNone for messages other than times, and for bytes.
ScalarKind KindOfField(const google::protobuf::FieldDescriptor& field);

enum class TermKind : uint8_t {
  kTruth,       // left
  kHas,         // has(left)
  kCompare,     // left op right; left op constant when right is none
  kDifference,  // left - right op constant: two timestamps and a duration
  kIn,          // left in constant, a short list
  kElement,     // constant in left, which is repeated
  kAnd,         // all of `terms`
  kOr,          // any of `terms`
  kAll,         // left.all(local, terms[0])
  kExists,      // left.exists(local, terms[0])
};

// A field at the end of a path, or (without a path) the variable of a comprehension itself.
struct OperandSpec {
  const PathNode* path = nullptr;
  int32_t local = -1;  // The variable that the path starts from; -1: the root.
  ScalarKind kind = ScalarKind::kNone;
  bool none() const { return path == nullptr && local < 0; }
};

struct Operand;

struct TermSpec {
  TermKind kind = TermKind::kTruth;
  bool negated = false;
  Operator op = Operator::kNone;
  OperandSpec left, right;
  Value constant;
  const TermSpec* const* terms = nullptr;
  int32_t term_count = 0;
  int32_t local = -1;  // Of kAll and kExists the number of their variable.
  int64_t body_cost = 0;
};

// Recognizes conditions and links them. Null, or the node itself, where there is none.
class ConditionPlanner {
 public:
  ConditionPlanner(const AstData* ast, const MessageSource* source, Arena* memory)
      : ast_(ast), source_(source), memory_(memory) {}

  const TermSpec* Truth(const PlanNode* path) const;
  const TermSpec* Has(const PathNode* path) const;
  const TermSpec* Comparison(Operator op, const PlanNode* left, const PlanNode* right) const;
  const TermSpec* In(const PlanNode* needle, const PlanNode* list) const;
  const TermSpec* Element(const Value& constant, const PlanNode* list) const;
  const TermSpec* Not(const PlanNode* child) const;
  const TermSpec* Chain(Operator op, const PlanNode* const* children, int32_t count) const;
  const TermSpec* Loop(const ComprehensionNode& node) const;

  // A node that runs `spec` and does what `slow` does; `slow` itself when there is no spec or it reads too much.
  const PlanNode* Link(const TermSpec* spec, PlanNode* slow) const;

 private:
  OperandSpec ToOperand(const PlanNode* node) const;
  TermSpec* New(TermKind kind) const;

  const AstData* ast_;
  const MessageSource* source_;
  Arena* memory_;
};

// The operand of a path from the root, read with a frame of its own, its hops in `memory`. False: it cannot be read so.
bool LinkRootOperand(const OperandSpec& spec, const MessageSource* source, Arena* memory,
                     Operand* operand);
// `node` as an operand, as far as it is one: a field at the end of a path from the root, or from a local variable.
OperandSpec PathOperandOf(const PlanNode* node);

// A condition that has been linked.
struct ConditionNode;
// `node` as one that reads nothing but the root; null for other nodes.
const ConditionNode* AsCondition(const PlanNode* node);

// ---- How they are laid out to run -----------------------------------------------------------------------------------

// The value at a step of a path, or an element of a repeated field.
union Slot {
  const google::protobuf::Message* message;
  bool truth;
  int64_t integer;
  uint64_t natural;
  double real;
  absl::string_view text;
  TimeParts time;
  Slot() {}
};

inline constexpr int kMaxSlots = 24;

struct ConditionFrame {
  Slot slots[kMaxSlots];  // The first is the root.
  int64_t cost = 0;
  int64_t iterations = 0;
  int64_t max_cost;
  int64_t max_iterations;
};

// A step from one message to the next; where it leads is kept in a slot.
struct Hop {
  const google::protobuf::Message* (*getter)(
      const google::protobuf::Message&);  // Null: by reflection.
  const google::protobuf::Reflection* reflection;
  const google::protobuf::FieldDescriptor* field;
  uint8_t slot;
};

enum class Read : uint8_t {
  kAccessor,    // Every hop and the field itself.
  kReflection,  // At least one of them.
  kSlot,        // A scalar that is in a slot already.
};

struct Operand {
  Read read;
  uint8_t slot;  // Where it starts.
  const Hop* hops;
  const Hop* hops_end;
  FieldAccessor::Getter getter;
  FieldAccessor::Has has;
  FieldAccessor::Size size;
  const google::protobuf::Reflection* reflection;
  const google::protobuf::FieldDescriptor* field;
  const google::protobuf::FieldDescriptor*
      nanos;  // Of times that are dynamic messages; `field` is their seconds.
};

struct Term {
  using Test = int (*)(const Term& term, ConditionFrame& frame);
  Test test;
  bool negated;
  Operator op;
  ScalarKind kind;
  uint8_t element;  // Of loops the slot of the variable.
  Operand left;
  Operand right;
  Slot constant;
  const Slot* set;  // Of kIn.
  const Slot* set_end;
  const Term* terms;  // Of chains and loops.
  const Term* terms_end;
  int64_t body_cost;
};

// A local variable of a macro around a condition, which is put in a slot when the condition begins.
struct OpenLocal {
  int32_t number;
  uint8_t slot;
  ScalarKind kind;       // kNone: a message, of the class that `path` was planned for.
  const PathNode* path;  // That starts from it.
};

struct ConditionNode : PlanNode {
  const Term* terms;  // All of them; a chain of && is laid open.
  const Term* terms_end;
  const PlanNode* slow;
  bool reads_root;
  const OpenLocal* locals;
  const OpenLocal* locals_end;
};

// Gives a term whose operands are set its functions.
void SetTermFunctions(TermKind kind, bool with_constant, Term* term);
void SetConditionFunctions(ConditionNode* node);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_CONDITION_H_
