// The door to a Program's inside. Private to cel/.
#ifndef FRONTDESK_CEL_PROGRAM_ACCESS_H_
#define FRONTDESK_CEL_PROGRAM_ACCESS_H_

#include <memory>
#include <utility>
#include <vector>

#include "cel/plan.h"
#include "frontdesk/cel/program.h"

namespace frontdesk::cel::cel_internal {

struct ProgramAccess {
  static Program Make(std::shared_ptr<const Unit> unit, int32_t expr, const PlanNode* node) {
    return Program(std::move(unit), expr, node);
  }
  static void SetConjuncts(Program* program, std::vector<Program> conjuncts) {
    program->conjuncts_ = std::make_shared<const std::vector<Program>>(std::move(conjuncts));
  }
  static const Unit& UnitOf(const Program& program) { return *program.unit_; }
  static const PlanNode* NodeOf(const Program& program) { return program.node_; }
  static Expr ExprAt(const Program& program, int32_t index) {
    return ExprOf(program.unit_->ast.get(), index);
  }
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_PROGRAM_ACCESS_H_
