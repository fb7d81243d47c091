// Interactions: decide and evolve. Everything is recorded, nothing is rewritten.
//
//   #include "frontdesk/v1/interaction_input.pb.h"
//   #include "frontdesk/v1/outcome.pb.h"
//
//   frontdesk::v1::InteractionDecisionInput input;
//   frontdesk::v1::EndInteraction* verb = input.mutable_command()->mutable_end_interaction();
//   verb->set_interaction_id("call-1");
//   absl::StatusOr<frontdesk::domain::Decided> decided =
//       frontdesk::domain::DecideInteraction(input);
//   if (!decided.ok()) return decided.status();
//   decided->refusals[0].reason();   // "INTERACTION_NOT_FOUND": the input has no such interaction.
#ifndef FRONTDESK_DOMAIN_INTERACTION_INTERACTION_H_
#define FRONTDESK_DOMAIN_INTERACTION_INTERACTION_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/domain/lifecycle.h"

namespace frontdesk {
namespace v1 {
class Event;
class Interaction;
class InteractionAssessment;
class InteractionCommand;
class InteractionDecisionInput;
class InteractionPart;
class Refusal;
}  // namespace v1

namespace domain {

// Every state x every command of interactions, commands by number, states by number. Static.
const Lifecycle& InteractionLifecycle();

// Whether a customer may ever see the part: it is no note and no tool call, and its visibility is PUBLIC. A
// visibility that is not set, or not known, is read as INTERNAL. No command makes an internal part
// visible: a part is never changed, and a correction is never more visible than the part it
// corrects.
bool IsPublic(const v1::InteractionPart& part);

// Checks the arguments of an interaction command, whatever the state. Returns every invalid field,
// in the order of the fields, origin ARGUMENT, with its path from the command
// ("add_interaction_part.part.text"). Empty: all are valid, or the command is of another entity. A
// part has one thing only: a text, for an ATTACHMENT or a RECORDING a reference with a URI, for a
// TOOL_CALL the call. A NOTE or a TOOL_CALL that asks to be PUBLIC is refused here. Reasons: see domain/reasons.h, ARGUMENT_….
std::vector<v1::Refusal> CheckInteractionArguments(const v1::InteractionCommand& command,
                                                   Fields fields = Fields::kUnknown);

// Computes the core's findings about an interaction command for policy: whether it would change
// nothing. Pure. Costs O(links).
v1::InteractionAssessment AssessInteraction(const v1::InteractionDecisionInput& input);

// Decides an interaction command. Pure. Expects arguments in which CheckInteractionArguments()
// finds no invalid field, and in the input the assessment of AssessInteraction(). The new part has
// the actor as its author, `now` as its time, and INTERNAL where its visibility was not set.
//
// OK: see Decided. Invariants, in the order they are listed:
//   1. INTERACTION_EXISTS, INTERACTION_NOT_FOUND, INTERACTION_END_STATE, INTERACTION_WRAP_UP_STATE:
//      the transition table (then nothing else is checked). The text and the details of the latter
//      two name the states in which the command is possible, and the commands that are possible.
//   2. INTERACTION_ADD_PART_ENDED: a message, other than a correction, after the end.
//   3. INTERACTION_ADD_PART_ID_EXISTS: the id of the part is in use.
//   4. INTERACTION_ADD_PART_CORRECTS_UNKNOWN: there is no such part to correct.
//   5. INTERACTION_ADD_PART_MORE_VISIBLE: the correction would be visible where the part is not.
//   6. INTERACTION_LINK_TOO_MANY. Whether the linked entity exists is not known here.
//   7. INTERACTION_END_TIME, INTERACTION_WRAP_UP_TIME: `now` is before its beginning, or its end.
// `input.customer` of SetInteractionCustomer is the customer to be set or its survivor: decide/
// checks that. A command that changes nothing, by the assessment, is decided without events where
// the transition table allows it.
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when the command is no interaction command.
// Costs O(parts + links).
absl::StatusOr<Decided> DecideInteraction(const v1::InteractionDecisionInput& input);

// Folds one event into an interaction.
// OK: `interaction` has the state after the event. Never fails on events of DecideInteraction().
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event does not follow on this state; `interaction`
// is unchanged.
absl::Status EvolveInteraction(const v1::Event& event, v1::Interaction* interaction);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_INTERACTION_INTERACTION_H_
