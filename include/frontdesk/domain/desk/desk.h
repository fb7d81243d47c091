// Commands to the desk itself that policy decides. Approve and Decline are not among them: desk/desk.h
// has those.
//
//   #include "frontdesk/v1/desk_input.pb.h"
//
//   // `input` has the command, the entity that it is about, and the entity's last instant.
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideDesk(input);
//   if (!decided.ok()) return decided.status();
#ifndef FRONTDESK_DOMAIN_DESK_DESK_H_
#define FRONTDESK_DOMAIN_DESK_DESK_H_

#include <vector>

#include "absl/status/statusor.h"
#include "frontdesk/domain/decided.h"

namespace frontdesk {
namespace v1 {
class DeskCommand;
class DeskDecisionInput;
}  // namespace v1

namespace domain {

// Every invalid argument of the command. Empty also when no command is set that policy decides. Pure.
std::vector<v1::Refusal> CheckDeskArguments(const v1::DeskCommand& command);

// Decides the command in `input`: events, or the violated invariants. Pure. Invariants:
//   CorrectEntityTime   DESK_CORRECT_ENTITY_TIME_LATER when the instant is later than the last instant
//                       of the entity. The present last instant changes nothing: no events.
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when no command is set that policy decides, or the
// entity in `input` is not the one that the command names.
absl::StatusOr<Decided> DecideDesk(const v1::DeskDecisionInput& input);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_DESK_DESK_H_
