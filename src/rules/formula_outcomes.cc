#include "rules/formula.h"

namespace frontdesk {
namespace rules {

Outcomes FormulaTable::EvaluateAtom(const Atom& atom, const Point* point) const {
  const Term& term = terms_[atom.term];
  // Those of two kinds are not equal, and have no order.
  const bool needs_kind =
      term.line == Line::kKind && atom.op != Operator::kEqual && atom.op != Operator::kIn;
  if (point == nullptr) {
    return kTrue | kFalse | (term.may_fail || needs_kind ? kFails : 0);
  }
  if (point->is_error) return kFails;
  bool holds = false;
  if (atom.op == Operator::kIn) {
    for (const Point& constant : atom.constants) {
      holds = holds || ComparePoints(*point, constant) == 0;
    }
  } else if (atom.op == Operator::kNone) {
    holds = ComparePoints(*point, atom.constants[0]).value_or(-1) >= 0 &&
            ComparePoints(*point, atom.constants[1]).value_or(1) < 0;
  } else if (const absl::optional<int> order = ComparePoints(*point, atom.constants[0])) {
    switch (atom.op) {
      case Operator::kEqual:
        holds = *order == 0;
        break;
      case Operator::kLess:
        holds = *order < 0;
        break;
      case Operator::kLessOrEqual:
        holds = *order <= 0;
        break;
      case Operator::kGreater:
        holds = *order > 0;
        break;
      default:
        holds = *order >= 0;
        break;
    }
  } else if (needs_kind) {
    return kFails;
  }
  return holds ? kTrue : kFalse;
}

Outcomes FormulaTable::Evaluate(int32_t index, const Assignment& assignment, int64_t* steps) const {
  --*steps;
  const FormulaNode& node = nodes_[index];
  switch (node.junction) {
    case Junction::kConstant:
      return node.constant;
    case Junction::kAtom:
      return EvaluateAtom(atoms_[node.atom], assignment.Find(atoms_[node.atom].term));
    case Junction::kNot: {
      const Outcomes child = Evaluate(node.children[0], assignment, steps);
      return (child & kFails) | ((child & kTrue) != 0 ? kFalse : 0) |
             ((child & kFalse) != 0 ? kTrue : 0);
    }
    case Junction::kAnd:
    case Junction::kOr: {
      // `decides` alone decides; without one, a failure fails.
      const Outcomes decides = node.junction == Junction::kAnd ? kFalse : kTrue;
      const Outcomes passes = node.junction == Junction::kAnd ? kTrue : kFalse;
      Outcomes outcomes = passes;
      bool all_pass = true, all_undecided = true, any_fails = false;
      for (const int32_t index_of_child : node.children) {
        const Outcomes child = Evaluate(index_of_child, assignment, steps);
        if (child == decides) return decides;
        all_pass = all_pass && (child & passes) != 0;
        all_undecided = all_undecided && (child & (passes | kFails)) != 0;
        any_fails = any_fails || (child & kFails) != 0;
        outcomes |= child & decides;
      }
      if (!all_pass) outcomes &= ~passes;
      return outcomes | (any_fails && all_undecided ? kFails : 0);
    }
    case Junction::kConditional: {
      const Outcomes test = Evaluate(node.children[0], assignment, steps);
      Outcomes outcomes = test & kFails;
      if ((test & kTrue) != 0) outcomes |= Evaluate(node.children[1], assignment, steps);
      if ((test & kFalse) != 0) outcomes |= Evaluate(node.children[2], assignment, steps);
      return outcomes;
    }
  }
  return kTrue | kFalse | kFails;
}

void FormulaTable::CollectAtoms(int32_t index, std::vector<int32_t>* atoms) const {
  const FormulaNode& node = nodes_[index];
  if (node.junction == Junction::kAtom) atoms->push_back(node.atom);
  for (const int32_t child : node.children) CollectAtoms(child, atoms);
}

}  // namespace rules
}  // namespace frontdesk
