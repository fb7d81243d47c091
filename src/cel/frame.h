// The state of one evaluation. Private to cel/.
#ifndef FRONTDESK_CEL_FRAME_H_
#define FRONTDESK_CEL_FRAME_H_

#include <cstdint>

#include "absl/types/optional.h"
#include "cel/value_data.h"
#include "frontdesk/cel/limits.h"
#include "frontdesk/cel/scratch.h"
#include "google/protobuf/message.h"

namespace frontdesk::cel {

class Activation;

namespace cel_internal {

class EnvironmentData;
class Tracer;
struct Unit;

struct Frame {
  Frame() = default;
  // Every member once: this is done for each evaluation.
  Frame(Arena* arena, ValueArena* values, const EnvironmentData* environment, int64_t cost,
        const Limits& limits, int64_t max_cost)
      : arena(arena),
        values(values),
        environment(environment),
        cost(cost),
        max_cost(max_cost),
        max_iterations(limits.max_comprehension_iterations),
        max_memory(static_cast<size_t>(limits.max_memory_bytes)) {}

  const google::protobuf::Message* root = nullptr;
  bool planned_root = false;  // `root` is of the class that paths were planned for.
  const Activation* activation = nullptr;
  Value* locals = nullptr;
  Arena* arena = nullptr;
  ValueArena* values = nullptr;
  const EnvironmentData* environment = nullptr;
  int64_t cost = 0;
  int64_t max_cost = 0;
  int64_t iterations = 0;
  int64_t max_iterations = 0;
  size_t max_memory = 0;
  Value error;               // Of the last typed evaluation that failed.
  int64_t last_charge = 0;   // The units that Charge() was given last.
  bool cost_placed = false;  // The sub-expression that took most of the cost has been found.
  Tracer* tracer = nullptr;

  // A limit was passed: no other term makes good what failed then.
  bool exhausted() const {
    return cost > max_cost || iterations > max_iterations || arena->used() > max_memory;
  }
  // `failed` ends the evaluation, so no operator may go on after it.
  bool Ends(const Value& failed) const {
    return exhausted() || IsLimit(ValueAccess::error(failed)->code);
  }
  // The limit that a text or list of that size, which takes `bytes`, would exceed.
  absl::optional<Code> LimitOf(size_t size, size_t bytes) const;
  bool Charge(int64_t units) {
    cost += units;
    last_charge = units;
    return cost <= max_cost;
  }
};

struct ScratchAccess {
  static Arena& arena(Scratch& scratch) { return ValueAccess::arena(scratch.arena_); }
  static ValueArena& values(Scratch& scratch) { return scratch.arena_; }
  static void SetUsage(Scratch& scratch, int64_t cost, int64_t iterations) {
    scratch.metered_cost_ = cost;
    scratch.iterations_ = iterations;
  }
  // One without an end when the host has set none.
  static Budget& budget(const Scratch& scratch) { return *scratch.budget_; }
  static Value& last_error(Scratch& scratch) { return scratch.last_error_; }
  static std::vector<uint64_t>& words(Scratch& scratch) { return scratch.words_; }
};

}  // namespace cel_internal
}  // namespace frontdesk::cel

#endif  // FRONTDESK_CEL_FRAME_H_
