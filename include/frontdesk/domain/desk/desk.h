// Commands to the desk itself that policy decides. Approve and Decline are not among them: desk/desk.h
// has those.
//
//   #include "frontdesk/v1/desk_input.pb.h"
//
//   // `input` has the command, the entity that it is about, the entity's last instant, for
//   // ActivatePolicy both policies, and for ReportEffect the effect.
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideDesk(input);
//   if (!decided.ok()) return decided.status();
#ifndef FRONTDESK_DOMAIN_DESK_DESK_H_
#define FRONTDESK_DOMAIN_DESK_DESK_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/field_faults.h"

namespace frontdesk {
namespace v1 {
class Desk;
class DeskCommand;
class DeskDecisionInput;
class Event;
}  // namespace v1

namespace domain {

// The id of the desk as an entity, of ENTITY_KIND_DESK.
inline constexpr absl::string_view kDeskId = "desk";

// Every invalid argument of the command. Empty also when no command is set that policy decides. Pure.
std::vector<v1::Refusal> CheckDeskArguments(const v1::DeskCommand& command,
                                            Fields fields = Fields::kUnknown);

// Decides the command in `input`: events, or the violated invariants. Pure. Invariants:
//   CorrectEntityTime   DESK_CORRECT_ENTITY_TIME_LATER when the instant is later than the last instant
//                       of the entity. The present last instant changes nothing: no events.
//   ActivatePolicy      none. The active policy changes nothing: no events.
//   ReportEffect        none. Repeating it is one more event.
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when no command is set that policy decides, or the
// entity, the policy or the effect in `input` is not the one that the command names.
absl::StatusOr<Decided> DecideDesk(const v1::DeskDecisionInput& input);

// Folds one event of ENTITY_KIND_DESK into the desk.
// OK: `desk` is as the event left it.
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event is not known; `desk` is untouched.
absl::Status EvolveDesk(const v1::Event& event, v1::Desk* desk);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_DESK_DESK_H_
