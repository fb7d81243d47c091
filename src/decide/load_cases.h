// Reading the cases that a decision about one of them needs. Private.
#ifndef FRONTDESK_SRC_DECIDE_LOAD_CASES_H_
#define FRONTDESK_SRC_DECIDE_LOAD_CASES_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "decide/lend.h"
#include "decide/load_rows.h"
#include "decide/state_source.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/v1/case_input.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

// Finds the survivors of cases, each case once, and counts the cases that are read.
class CaseReader {
 public:
  using StatePtr = std::shared_ptr<const v1::EntityState>;

  CaseReader(StateSource* source, int max_cases) : source_(source), max_cases_(max_cases) {}

  // The case of that very id; null when there is none.
  absl::StatusOr<StatePtr> Get(const std::string& case_id) {
    const auto [entry, is_new] = read_.emplace(case_id, nullptr);
    if (!is_new) return entry->second;
    FRONTDESK_RETURN_IF_ERROR(CheckRelated(read_.size(), max_cases_));
    FRONTDESK_ASSIGN_OR_RETURN(entry->second, source_->Get(v1::ENTITY_KIND_CASE, case_id));
    return entry->second;
  }

  // The case itself, or the end of its chain of merges; null when there is none. Cases of a chain are passed once, however often
  // they are asked for.
  absl::StatusOr<StatePtr> GetSurvivor(const std::string& case_id) {
    std::vector<std::string> passed;
    StatePtr survivor;
    std::string next = case_id;
    while (true) {
      const auto [entry, is_new] = survivors_.emplace(next, nullptr);
      if (!is_new) {
        survivor = entry->second;  // Null also in a circle, in which no case survives.
        break;
      }
      passed.push_back(next);
      FRONTDESK_ASSIGN_OR_RETURN(const StatePtr state, Get(next));
      if (state == nullptr || state->case_().state() != v1::Case::STATE_MERGED) {
        survivor = state;
        break;
      }
      next = state->case_().survivor_case_id();
    }
    for (const std::string& each : passed) survivors_[each] = survivor;
    return survivor;
  }

 private:
  StateSource* const source_;
  const int max_cases_;
  std::unordered_map<std::string, StatePtr> read_;
  std::unordered_map<std::string, StatePtr> survivors_;
};

// The cases that `cause`, or a case merged into it, caused and that go on; each once.
absl::Status LoadCausedCases(const v1::Case& cause, int max_cases, StateSource* source,
                             const InputWriter& writer, v1::CaseDecisionInput* arm);

// The cases above the upper one of the two that LinkCase would link, nearest first. The cases above a merged case are above its
// survivor, and the other way round.
absl::Status LoadAncestors(const v1::LinkCase& verb, const CommandLimits& limits,
                           StateSource* source, v1::CaseDecisionInput* arm);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_LOAD_CASES_H_
