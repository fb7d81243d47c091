// In a translation unit of its own and never inlined, as cel_floor.cc.
#include "cel_loop_floor.h"

#include "absl/base/attributes.h"

namespace frontdesk {

ABSL_ATTRIBUTE_NOINLINE bool AllLinesSmall(const v1::OrderDecisionInput& input) {
  for (const v1::OrderLine& line : input.order().lines()) {
    if (line.quantities().ordered() <= 0 || line.net_amount().units() >= 1000) return false;
  }
  return true;
}

ABSL_ATTRIBUTE_NOINLINE bool HasProduct(const v1::OrderDecisionInput& input) {
  for (const v1::OrderLine& line : input.order().lines()) {
    if (line.product_id() == "product-9") return true;
  }
  return false;
}

ABSL_ATTRIBUTE_NOINLINE int CountDearLines(const v1::OrderDecisionInput& input) {
  std::vector<const v1::OrderLine*> dear;
  for (const v1::OrderLine& line : input.order().lines()) {
    if (line.net_amount().units() > 100) dear.push_back(&line);
  }
  return static_cast<int>(dear.size());
}

ABSL_ATTRIBUTE_NOINLINE std::vector<int64_t> DoubledAmounts(const v1::OrderDecisionInput& input) {
  std::vector<int64_t> doubled;
  doubled.reserve(static_cast<size_t>(input.order().lines_size()));
  for (const v1::OrderLine& line : input.order().lines()) {
    doubled.push_back(line.net_amount().units() * 2);
  }
  return doubled;
}

}  // namespace frontdesk
