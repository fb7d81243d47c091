// Many conditions over one type of message, asked together: which of them may hold?
//
//   std::vector<absl::Span<const frontdesk::cel::Program>> conditions;
//   for (const frontdesk::cel::Program& program : programs) conditions.push_back(program.conjuncts());
//   const frontdesk::cel::ConditionIndex index(conditions);
//   std::vector<int32_t> candidates;
//   index.Find(input, scratch, &candidates);
//
// The index knows the conjuncts that test one field, or the time between two, against constants. These are comparisons, membership in a list
// of constants, a constant in a repeated field, a prefix, presence, and bools. Each such field is read once for all conditions; its value
// selects a row of bits, one for each condition, and the rows are intersected. The caller evaluates the other conjuncts of the candidates.
#ifndef FRONTDESK_CEL_CONDITION_INDEX_H_
#define FRONTDESK_CEL_CONDITION_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/cel/scratch.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace cel {

namespace cel_internal {
struct IndexData;
}  // namespace cel_internal

// Immutable and thread-safe; refers to the environment of the programs, which it keeps, and not to the programs.
class ConditionIndex {
 public:
  // How sure an answer is.
  enum class Answer : uint8_t {
    // The conjuncts that the index knows hold for all candidates.
    kCertain,
    // A field has a value that a conjunct errs on, or that cannot be read here: for the candidates nothing is known. Conditions that are no
    // candidates have a conjunct that is false.
    kUncertain,
  };

  // The conjuncts of each condition, in the order of its text; all of one environment with a root message. Conjuncts of another
  // environment are not known.
  explicit ConditionIndex(absl::Span<const absl::Span<const Program>> conditions);
  ~ConditionIndex();
  ConditionIndex(const ConditionIndex&) = delete;
  ConditionIndex& operator=(const ConditionIndex&) = delete;

  // Whether the index knows that conjunct of that condition.
  bool Knows(int32_t condition, int32_t conjunct) const;

  // Sets `candidates` to the numbers of the conditions of which no known conjunct is false, ascending. Takes one cost unit for each field
  // and for each 64 conditions out of the budget of `scratch`, and nothing else. Allocates nothing in steady state.
  Answer Find(const google::protobuf::Message& root, Scratch& scratch,
              std::vector<int32_t>* candidates) const;

  // The fields, and times between two, that it reads.
  size_t subject_count() const;
  // Bytes that it keeps.
  size_t memory_bytes() const;

 private:
  std::unique_ptr<const cel_internal::IndexData> data_;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_CONDITION_INDEX_H_
