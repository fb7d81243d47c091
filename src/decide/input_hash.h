// Knowing a decision input again that is not kept. Private.
#ifndef FRONTDESK_SRC_DECIDE_INPUT_HASH_H_
#define FRONTDESK_SRC_DECIDE_INPUT_HASH_H_

#include <string>
#include <vector>

#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/journal.pb.h"

namespace frontdesk {
namespace internal {

v1::InputHash HashInput(const v1::DecisionInput& input);
// The same into `*hash`, which is empty.
void HashInput(const v1::DecisionInput& input, v1::InputHash* hash);

// Moves the assessment of `input`, if it has one, into `record`.
void TakeAssessment(v1::DecisionInput* input, v1::JournalRecord* record);

// The fields in which `input` differs from the one that the record was decided on, as RebuiltInput.changed_fields has them. Empty
// when it is the same, byte by byte.
std::vector<std::string> ChangedFields(const v1::JournalRecord& record,
                                       const v1::DecisionInput& input);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_INPUT_HASH_H_
