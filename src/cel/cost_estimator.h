// Bounds of the cost of an evaluation, from the checked tree. Private to cel/.
#ifndef FRONTDESK_CEL_COST_ESTIMATOR_H_
#define FRONTDESK_CEL_COST_ESTIMATOR_H_

#include <string>
#include <vector>

#include "cel/ast_data.h"
#include "cel/plan.h"
#include "frontdesk/cel/cost.h"

namespace frontdesk::cel::cel_internal {

class CostEstimator {
 public:
  CostEstimator(const Unit& unit, const SizeHints& hints)
      : unit_(unit), ast_(*unit.ast), hints_(hints), locals_(ast_.max_locals) {}

  // The most that the node and its descendants can meter beyond their fixed cost.
  int64_t Metered(int32_t expr) { return Visit(expr).cost; }

 private:
  // A value's cost, its origin, and its largest possible size (bytes, elements, entries).
  struct Found {
    int64_t cost = 0;
    int64_t size = 0;
    std::string path;                  // "" when it is computed.
    int64_t element = kUnboundedCost;  // The size of an element, when it is computed.
  };

  Found Visit(int32_t expr);
  Found OfPath(int32_t expr, std::string path);
  // Reading a field or variable, looking something up in a map, comparing with ==, writing into a field of a message, format().
  int64_t ReadCost(const Type& type) const;
  int64_t FindCost(const Found& map, const Type& type) const;
  int64_t EqualCost(const Found& value, const Type& type) const;
  int64_t WriteCost(const Found& value, const Type& type) const;
  // The parts below a value, which are looked through before a function of the host gets it.
  int64_t PartsCost(const Found& value, const Type& type) const;
  int64_t FormatCost(int32_t expr, const std::vector<Found>& arguments);
  Found OfValue(const Value& value);
  Found OfCall(int32_t expr);
  Found OfOperator(int32_t expr, std::vector<Found> arguments);
  Found OfFunction(int32_t expr, const std::vector<Found>& arguments);
  // The most that adding or comparing an element of a list takes, beside the unit that it is anyway.
  int64_t AggregateCost(const Type& type, const Found& element) const;
  // The most that an operator of the host takes here; 0 for the language's own.
  int64_t HostOperatorCost(const AstNode& node) const;
  Found OfAggregate(int32_t expr);
  Found OfComprehension(int32_t expr);
  Found OfBind(int32_t expr);
  // An element of a list, or a value or key of a map.
  Found ElementOf(const Found& container, const Type& type, bool key) const;
  // The most that a value of this type and origin takes, when nothing else is known.
  int64_t SizeOf(const Type& type, const std::string& path) const;
  int64_t Hint(const std::string& path) const;
  // Values that the evaluation makes itself are limited.
  Found Made(int64_t cost, int64_t size) const;
  int32_t Child(int32_t expr, int i) const { return ast_.children_of(ast_.node(expr))[i]; }

  const Unit& unit_;
  const AstData& ast_;
  const SizeHints& hints_;
  std::vector<Found> locals_;
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_COST_ESTIMATOR_H_
