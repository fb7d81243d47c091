// Cost that several evaluations share.
//
//   frontdesk::cel::Budget budget{1000000};
//   scratch.SetBudget(&budget);
//   for (const frontdesk::cel::Program& rule : rules) rule.EvaluateBool(input, scratch);  // A million units in all.
#ifndef FRONTDESK_CEL_BUDGET_H_
#define FRONTDESK_CEL_BUDGET_H_

#include <cstdint>

namespace frontdesk {
namespace cel {

// Each evaluation with a scratch that has a budget may take the rest of it, at most Limits::max_cost, and lowers it by
// its cost. One that wants more ends with the error LIMIT_BUDGET and uses up the rest. Not thread-safe.
struct Budget {
  // Cost units (see Limits::max_cost); never below zero.
  int64_t left = 0;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_BUDGET_H_
