// The memory of evaluations: owned by the caller, used by one evaluation at a time.
//
//   frontdesk::cel::Scratch scratch;  // one a thread, kept
//   for (const shop::OrderInput& input : inputs) {
//     program.EvaluateBool(input, scratch);
//   }
#ifndef FRONTDESK_CEL_SCRATCH_H_
#define FRONTDESK_CEL_SCRATCH_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "frontdesk/cel/budget.h"
#include "frontdesk/cel/value.h"

namespace frontdesk {
namespace cel {

namespace cel_internal {
struct ScratchAccess;
}  // namespace cel_internal

// Every evaluation begins by forgetting the values of the one before, and keeps the memory: in steady state an
// evaluation allocates nothing unless it makes messages. Thread-compatible; evaluations that share no scratch
// share nothing that is written.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // Where the last evaluation's values live. User functions get this arena.
  ValueArena& arena() { return arena_; }

  // The cost that evaluations with this scratch share. It must outlive them; null removes it.
  void SetBudget(Budget* budget) { budget_ = budget == nullptr ? &unshared_ : budget; }
  Budget* budget() const { return budget_ == &unshared_ ? nullptr : budget_; }

  // Cost units and comprehension elements of the last evaluation, as far as they were metered: work whose
  // amount depends on data. The fixed part is Program::fixed_cost().
  int64_t metered_cost() const { return metered_cost_; }
  int64_t iterations() const { return iterations_; }

 private:
  friend struct cel_internal::ScratchAccess;
  ValueArena arena_;
  // Without a budget: one that no evaluation comes to the end of.
  Budget unshared_ = {std::numeric_limits<int64_t>::max()};
  Budget* budget_ = &unshared_;
  int64_t metered_cost_ = 0;
  int64_t iterations_ = 0;
  Value last_error_;
  // Of ConditionIndex.
  std::vector<uint64_t> words_;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_SCRATCH_H_
