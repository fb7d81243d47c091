// Checked trees to plans. Private to cel/.
#ifndef FRONTDESK_CEL_PLANNER_H_
#define FRONTDESK_CEL_PLANNER_H_

#include <vector>

#include "cel/condition.h"
#include "cel/issues.h"
#include "cel/plan.h"

namespace frontdesk::cel::cel_internal {

class Planner {
 public:
  // A plan to run: constants are folded (and kept in the tree), nodes fused. `issues` gets invalid constant patterns and
  // parts that always fail.
  Planner(Unit* unit, IssueList* issues, bool checked);
  // A plan to explain: nothing is fused, every node records. `nodes` gets the node of every expression.
  Planner(const Unit* unit, Arena* memory, std::vector<std::unique_ptr<RE2>>* regexes,
          std::vector<const PlanNode*>* nodes);

  const PlanNode* Plan(int32_t expr);

  // The terms of the outermost && that were planned, by expression.
  const std::vector<std::pair<int32_t, const PlanNode*>>& conjuncts() const { return conjuncts_; }

 private:
  const PlanNode* PlanNode_(int32_t expr);
  const PlanNode* PlanConstant(int32_t expr, const Value& value);
  const PlanNode* PlanIdentifier(int32_t expr);
  const PlanNode* PlanSelect(int32_t expr);
  const PlanNode* PlanPath(int32_t expr, bool has);
  const PlanNode* PlanCall(int32_t expr);
  const PlanNode* PlanLogical(int32_t expr);
  const PlanNode* PlanChain(int32_t expr);
  const PlanNode* PlanOperator(int32_t expr);
  const PlanNode* PlanFunction(int32_t expr);
  // The arguments of a call; those that may be absent as optionals.
  const PlanNode* const* PlanArguments(int32_t expr, int64_t* cost);
  // Whether the field or key that `expr` selects is there; null for any other expression.
  const PlanNode* PlanPresence(int32_t expr);
  const PlanNode* PlanCallPresence(int32_t expr);
  // Reports a fault of the constants of a call, some of whose arguments vary; true when there is one.
  bool ReportConstants(int32_t expr, absl::Span<const OverloadDecl* const> overloads);
  // The same of an operator.
  void ReportOperands(int32_t expr);
  // Null for a part that is no constant.
  const Value* ConstantOf(int32_t expr) const;
  const PlanNode* PlanMatches(int32_t expr, const PlanNode* const* children);
  PlanNode* PlanIn(int32_t expr, const PlanNode* needle, const PlanNode* container);
  const PlanNode* PlanAggregate(int32_t expr);
  const PlanNode* PlanMessage(int32_t expr);
  const PlanNode* PlanComprehension(int32_t expr);
  const PlanNode* PlanBind(int32_t expr);
  const PlanNode* PlanError(int32_t expr, Code code, absl::string_view name);

  // `node` evaluated now, when it is closed and has a value; otherwise `node`.
  const PlanNode* Fold(int32_t expr, const PlanNode* node);
  // Functions and operators of the host alone are called here.
  bool IsHostCall(int32_t expr) const;
  // `node` as a condition over fields, when it is one.
  const PlanNode* Condition(const TermSpec* spec, PlanNode* node);
  const PlanNode* MergeConditions(Operator op, std::vector<const PlanNode*> children,
                                  ChildrenNode* node);
  const PlanNode* Trace(int32_t expr, const PlanNode* node);
  bool IsConstant(const PlanNode* node) const;
  const PlanNode* const* PlanChildren(int32_t expr, int64_t* cost);
  const uint8_t* OptionalEntries(int32_t expr);
  void CollectTerms(int32_t expr, std::vector<int32_t>* terms) const;
  bool MakeStep(const google::protobuf::FieldDescriptor* field, bool last, PathStep* step) const;

  template <typename Node>
  Node* New(int32_t expr) {
    Node* node = memory_->New<Node>();
    node->expr = expr;
    return node;
  }
  const AstNode& ast(int32_t expr) const { return ast_->node(expr); }
  int32_t Child(int32_t expr, int i) const { return ast_->children_of(ast(expr))[i]; }

  const Unit* unit_;
  Unit* mutable_unit_;  // Null while planning an explanation.
  const EnvironmentData& environment_;
  const AstData* ast_;
  Arena* memory_;
  std::vector<std::unique_ptr<RE2>>* regexes_;
  std::vector<const PlanNode*>* trace_nodes_ = nullptr;
  IssueList* issues_ = nullptr;
  bool checked_ = false;
  ConditionPlanner conditions_;
  std::vector<std::pair<int32_t, const PlanNode*>> conjuncts_;
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_PLANNER_H_
