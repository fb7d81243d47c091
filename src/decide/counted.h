// The part of a command in totals. Private.
#ifndef FRONTDESK_SRC_DECIDE_COUNTED_H_
#define FRONTDESK_SRC_DECIDE_COUNTED_H_

#include <string>

#include "decide/asked.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace internal {

// The customer that a command is about: that of the addressed entity, as that names it, else the one that the command names. Empty: none.
const std::string& CountedCustomerId(const Asked& asked, const v1::DecisionInput& input);

// Puts the part of the command in totals into the record of its decision on `input`; nothing for a command that totals do not count. The
// record of a command that is decided again has its approval already. On an arena the record borrows the amounts from the input and from
// the outcome, and so from the command.
void FillCounted(const Asked& asked, const v1::DecisionInput& input, const v1::Outcome& outcome,
                 v1::JournalRecord* record);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_COUNTED_H_
