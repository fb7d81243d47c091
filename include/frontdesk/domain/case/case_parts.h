// The parts and the clocks of cases that were merged and split: the parts that belong to a case
// now, and the basis of its clocks. Nothing moves in a merge or a split; only the view changes.
//
//   // `cases` is a std::map from id to case, with at least those that hang together.
//   const frontdesk::domain::CaseLookup find_case = [&](const std::string& case_id) {
//     const auto found = cases.find(case_id);
//     return found == cases.end() ? nullptr : &found->second;
//   };
//   for (const frontdesk::domain::CasePart& each :
//        frontdesk::domain::CollectCaseParts(cases["case-1"], find_case).parts) {
//     std::cout << each.source->case_id() << " " << each.part->part_id() << "\n";
//   }
#ifndef FRONTDESK_DOMAIN_CASE_CASE_PARTS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_PARTS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// Returns the case of an id, or null when there is none. The case must outlive the use of the
// answer. Never called twice for one id, nor for the case that the caller passes itself.
using CaseLookup = std::function<const v1::Case*(const std::string& case_id)>;

// A part, and the case that stores it. The caller that passed the cases owns both.
struct CasePart {
  const v1::Case* source = nullptr;
  const v1::InteractionPart* part = nullptr;
};

// The parts that belong to a case. Thread-compatible.
struct CaseParts {
  // In order of time. Parts of one instant: the case's own, those that came with a split, those of
  // merged cases, each in their stored order.
  std::vector<CasePart> parts;
  // Cases that are referred to and that the lookup does not have; their parts are left out. Empty:
  // the answer is whole.
  std::vector<std::string> missing_case_ids;
};

// The parts that belong to `current_case` now: its own without those that were split off, those
// that came with a split, and those of the cases merged into it. The same applies to the parts of
// merged cases. No part is listed twice. A correction belongs where the part it corrects belongs,
// also when it is made after the split. The part itself defines who may see it (IsPublic() in
// interaction.h): the same wherever the part is seen.
//
// Costs O(parts of all cases concerned, times the logarithm), whatever the references look like:
// each case is walked once.
CaseParts CollectCaseParts(const v1::Case& current_case ABSL_ATTRIBUTE_LIFETIME_BOUND,
                           const CaseLookup& find_case);

// A stretch of time in which a clock is paused: from `start_time`, inclusive, to `end_time`,
// exclusive.
struct CasePause {
  google::protobuf::Timestamp start_time;
  // Absent: it has no end yet.
  absl::optional<google::protobuf::Timestamp> end_time;
};

// The basis of a case's clocks. Thread-compatible.
struct CaseClockBasis {
  // When the first of the case and those merged into it was opened. Of imported cases that may not be known; absent: of none.
  absl::optional<google::protobuf::Timestamp> start_time;
  // The times at which at least one of them was in a pausing state; in order, neither overlapping
  // nor touching.
  std::vector<CasePause> pauses;
  // As in CaseParts.
  std::vector<std::string> missing_case_ids;
};

// The basis of the clocks of `current_case`: the earliest start and the union of the pauses of the
// case, the cases merged into it, and those merged into them. A clock pauses while a case is in one
// of `pausing_states`, for example the two in which it waits. A merged case contributes the pauses
// before its merge; MERGED itself is no pause unless it is named. A stretch of an imported case counts only when its start and its
// end are known, or it is the last. A state that began by a late entry
// counts from the instant that the entry names. Costs O(state spans of all cases
// concerned, times the logarithm).
CaseClockBasis ComputeCaseClockBasis(const v1::Case& current_case,
                                     absl::Span<const v1::Case::State> pausing_states,
                                     const CaseLookup& find_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_PARTS_H_
