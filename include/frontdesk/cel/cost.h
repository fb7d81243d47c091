// The cost of an evaluation, estimated before it runs.
//
//   frontdesk::cel::SizeHints hints;
//   hints.sizes = {{"order.lines", 50}, {"order.lines[].product", 40}};
//   const frontdesk::cel::CostEstimate cost = program.EstimateCost(hints);
//   if (!cost.bounded() || cost.max > 5000) Refuse();
//
// Units are those of Limits::max_cost. Every evaluation takes Program::fixed_cost() plus Scratch::metered_cost(); that
// sum lies within the estimate as long as the sizes do not exceed the hints. Where max_cost is reached first, the
// evaluation ends there with an error.
#ifndef FRONTDESK_CEL_COST_H_
#define FRONTDESK_CEL_COST_H_

#include <cstdint>
#include <map>
#include <string>

namespace frontdesk {
namespace cel {

constexpr int64_t kUnboundedCost = INT64_MAX;

// Both inclusive.
struct CostEstimate {
  int64_t min = 0;
  int64_t max = kUnboundedCost;
  bool bounded() const { return max != kUnboundedCost; }
};

struct SizeHints {
  // The largest sizes by path: bytes of a string or bytes, elements of a list, entries of a map. An element of a list or
  // a value of a map is "[]" behind its path, a key of a map "{}": "order.lines[].tags[]", "attributes{}".
  std::map<std::string, int64_t> sizes;
  // That of every path that is not listed.
  int64_t other = kUnboundedCost;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_COST_H_
