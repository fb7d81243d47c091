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
#include "frontdesk/domain/lifecycle.h"

namespace frontdesk {
namespace v1 {
class Event;
class Interaction;
class InteractionCommand;
class InteractionDecisionInput;
class InteractionPart;
class Refusal;
}  // namespace v1

namespace domain {

// Every state x every verb of interactions, commands by number, states by number. Static.
const Lifecycle& InteractionLifecycle();

// Whether a customer may ever see the part: it is no note, and says PUBLIC. A visibility that is
// not set, or not known, is read as INTERNAL. No verb makes a part visible that was not: a part is
// never changed, and a correction is never more visible than what it corrects.
bool IsPublic(const v1::InteractionPart& part);

// What is wrong with the arguments of an interaction verb, whatever the state: every wrong field,
// in the order of the fields, origin ARGUMENT, with its path from the verb
// ("add_interaction_part.part.text"). Empty: nothing, also when the command is of another entity.
// A part has a text, or, when it is an ATTACHMENT or a RECORDING, a reference with a URI; never
// both. A NOTE that asks to be PUBLIC is refused here. Reasons: see base/reasons.h, ARGUMENT_….
std::vector<v1::Refusal> CheckInteractionArguments(const v1::InteractionCommand& command);

// Decides an interaction verb. Pure. Expects arguments that CheckInteractionArguments() finds
// nothing wrong with. The part added has the actor as its author, `now` as its time, and INTERNAL
// where its visibility was not set.
//
// OK: see Decided. Invariants, in the order they are listed:
//   1. INTERACTION_EXISTS, INTERACTION_NOT_FOUND, INTERACTION_END_STATE, INTERACTION_WRAP_UP_STATE:
//      the transition table (then nothing else is looked at). The text and the details of the
//      latter two name the states in which the verb is possible, and the verbs that are possible.
//   2. INTERACTION_ADD_PART_ENDED: a message, other than a correction, after the end.
//   3. INTERACTION_ADD_PART_ID_EXISTS: the id of the part is taken.
//   4. INTERACTION_ADD_PART_CORRECTS_UNKNOWN: there is no such part to correct.
//   5. INTERACTION_ADD_PART_MORE_VISIBLE: the correction would show what the part does not.
//   6. INTERACTION_LINK_DUPLICATE: it is linked with that entity already. Whether the entity
//      exists is not known here.
//   7. INTERACTION_END_TIME, INTERACTION_WRAP_UP_TIME: `now` is before its beginning, or its end.
//   8. Of SetInteractionCustomer, for which `input.customer` is the customer to be set, or the one
//      that it was merged into: CUSTOMER_NOT_FOUND, origin NOT_FOUND; and
//      INTERACTION_SET_CUSTOMER_UNCHANGED.
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when the command is no interaction verb.
// Costs O(parts + links).
absl::StatusOr<Decided> DecideInteraction(const v1::InteractionDecisionInput& input);

// Folds one event into an interaction.
// OK: `interaction` is as the event left it. Never fails on what DecideInteraction() made.
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event cannot follow on this state; `interaction`
// is untouched.
absl::Status EvolveInteraction(const v1::Event& event, v1::Interaction* interaction);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_INTERACTION_INTERACTION_H_
