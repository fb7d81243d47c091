// What cases hold together when some were merged and some split: which parts belong to a case now,
// and what its clocks count from. Nothing moves in a merge or a split; this is how it is seen.
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

// Gives the case of an id, or null when there is none. What it gives must stay where it is for as
// long as the answer is used. Never asked twice for one id, nor for the case it is about.
using CaseLookup = std::function<const v1::Case*(const std::string& case_id)>;

// A part, and the case in which it stands. Both belong to whoever gave the cases.
struct CasePart {
  const v1::Case* source = nullptr;
  const v1::InteractionPart* part = nullptr;
};

// The parts that belong to a case. Thread-compatible.
struct CaseParts {
  // In order of time; those of one instant: the case's own, those that came with a split, those of
  // merged cases, each in the order in which they stand.
  std::vector<CasePart> parts;
  // Cases that are referred to and that the lookup does not have; their parts are left out. Empty:
  // the answer is whole.
  std::vector<std::string> missing_case_ids;
};

// The parts that belong to `current_case` now: its own less those that went with a split, those
// that came with a split, and in the same way those of the cases merged into it, and into those.
// A part is there once. A correction goes with what it corrects, also when it is made after the
// split. Who may see a part is what the part itself says (IsPublic() in interaction.h): it is the
// same wherever the part is seen.
//
// Costs O(parts of all cases concerned, times the logarithm), whatever the references look like:
// each case is walked once.
CaseParts CollectCaseParts(const v1::Case& current_case ABSL_ATTRIBUTE_LIFETIME_BOUND,
                           const CaseLookup& find_case);

// A stretch of time in which a clock stands: from `start_time`, inclusive, to `end_time`,
// exclusive.
struct CasePause {
  google::protobuf::Timestamp start_time;
  // Absent: it goes on.
  absl::optional<google::protobuf::Timestamp> end_time;
};

// What the clocks of a case count from. Thread-compatible.
struct CaseClockBasis {
  // When the first of the case and those merged into it was opened.
  google::protobuf::Timestamp start_time;
  // When at least one of them stood in a pausing state; in order, neither overlapping nor touching.
  std::vector<CasePause> pauses;
  // As in CaseParts.
  std::vector<std::string> missing_case_ids;
};

// What the clocks of `current_case` count from: the earliest start and the union of the pauses of
// the case, the cases merged into it, and those merged into them. A clock pauses while a case is in
// one of `pausing_states`, for example the two in which it waits. A case that was merged away adds
// what it waited before; MERGED itself is no pause unless it is named. Costs O(state spans of all
// cases concerned, times the logarithm).
CaseClockBasis ComputeCaseClockBasis(const v1::Case& current_case,
                                     absl::Span<const v1::Case::State> pausing_states,
                                     const CaseLookup& find_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_PARTS_H_
