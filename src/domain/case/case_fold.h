// Functions shared by the folding of case events. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_FOLD_H_
#define FRONTDESK_DOMAIN_CASE_CASE_FOLD_H_

#include <string>

#include "absl/status/status.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_commands.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// Whether the table lets `verb` lead from the case's state to `to`.
bool Leads(v1::CaseCommand::VerbCase command, const v1::Case& current_case, v1::Case::State to);

// Whether the table lets `verb` leave the case in its state.
bool Keeps(v1::CaseCommand::VerbCase command, const v1::Case& current_case);

// Begins a new span; EVENT_NOT_APPLICABLE when it would begin before the last one. A case that is
// over gets its `close_time`, unless it was over already.
absl::Status Enter(v1::Case::State state, const std::string& state_name,
                   const google::protobuf::Timestamp& start_time, v1::Case* current_case);

// Events of who works on a case (case_hands_evolve.cc): assigned, transferred, consulted, referred. EVENT_NOT_APPLICABLE for any
// other.
absl::Status ApplyHands(const v1::Event& event, v1::Case* current_case);

// Folding one event; EVENT_NOT_APPLICABLE when decide never makes it in that state, and then the case is
// unchanged.
absl::Status ApplyCaseLinked(const v1::CaseLinked& fact, v1::Case* current_case);
absl::Status ApplyCaseUnlinked(const v1::CaseUnlinked& fact, v1::Case* current_case);
absl::Status ApplyCaseTaskAdded(const v1::CaseTaskAdded& fact, v1::Case* current_case);
absl::Status ApplyCaseTaskCompleted(const v1::CaseTaskCompleted& fact, v1::Case* current_case);
absl::Status ApplyCaseTaskRemoved(const v1::CaseTaskRemoved& fact, v1::Case* current_case);
absl::Status ApplyCaseMerged(const v1::CaseMerged& fact, v1::Case* current_case);
absl::Status ApplyCaseMergedAway(const v1::CaseMergedAway& fact, v1::Case* current_case);
absl::Status ApplyCaseUnmerged(const v1::CaseUnmerged& fact, v1::Case* current_case);
absl::Status ApplyCaseRestored(const v1::CaseRestored& fact, v1::Case* current_case);
absl::Status ApplyCaseSplit(const v1::CaseSplit& fact, v1::Case* current_case);
absl::Status ApplyCaseUnsplit(const v1::CaseUnsplit& fact, v1::Case* current_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_FOLD_H_
