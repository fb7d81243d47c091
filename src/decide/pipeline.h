// The way from command to outcome in steps, as Decide() and CommandRun walk it. Private.
#ifndef FRONTDESK_SRC_DECIDE_PIPELINE_H_
#define FRONTDESK_SRC_DECIDE_PIPELINE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "decide/asked.h"
#include "decide/entities.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace internal {

// A message that comes with a command, and how it is called in errors.
struct Companion {
  const google::protobuf::Message& message;
  absl::string_view name;
};

// Checks the envelope of a command: sizes, required fields, UTF-8, one command that this build decides. Puts what that found out
// about the command's fields into `*fields`, for the checks of the arguments.
absl::Status CheckEnvelope(const v1::Command& command, const Companion& companion,
                           const CommandLimits& limits, domain::Fields* fields);

// Every invalid argument of the command, whose fields `policy_fields` are for policy to fill.
std::vector<v1::Refusal> CheckArguments(const Asked& asked, const Policy& policy,
                                        const domain::PolicyFields& policy_fields);

// Whether the addressed entity and the other entities that the command refers to are in the filled `input`.
// For a command that creates an entity: that the entity does not exist.
std::vector<v1::Refusal> CheckExistence(const Asked& asked, const v1::DecisionInput& input,
                                        IsSurvivor is_survivor);

// <KIND>_NOT_FOUND for an entity that the command gives at `field`.
v1::Refusal MakeNotFound(const v1::EntityRef& entity, absl::string_view field);

// Puts everything that the core works out into a filled `input`: the assessment, and the currency of its totals, which are loaded before.
// The decisions of policy on points beside the command's own are added to `further`.
absl::Status Assess(const Asked& asked, const Policy& policy, const PolicyCall& call,
                    v1::DecisionInput* input, FurtherDecisions* further);

// Policy and invariants on a filled `input` that passed the checks above; puts the assessment into it. An output of policy fills its
// field of the command, if that is not set; `input` stays the one that policy saw. `as_of` is another instant than that of the
// decision, whose rules count.
absl::StatusOr<v1::Outcome> DecideFilled(const Asked& asked, const Policy& policy,
                                         const CommandLimits& limits, rules::TraceLevel trace,
                                         absl::optional<absl::Time> as_of,
                                         v1::DecisionInput* input);

// Invariants and events of the command on `input`, which has been assessed, with the outputs of `decision` in its fields.
absl::StatusOr<domain::Decided> DecideEvents(const Asked& asked, const Policy& policy,
                                             const v1::Decision& decision, const PolicyCall& call,
                                             const v1::DecisionInput& input);

// The authorities that the approval in `input` grants, of one that was asked for by a version without rounds. Policy::Decide() reads the
// grants of others itself.
std::vector<std::string> GrantedAuthorities(const v1::DecisionInput& input);

// A refusal that a step makes.
v1::Refusal MakeRefusal(v1::Refusal::Origin origin, absl::string_view reason,
                        absl::string_view field, absl::string_view text);

// REFUSED for `refusals`, of which there is at least one.
v1::Outcome MakeRefused(std::vector<v1::Refusal> refusals);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_PIPELINE_H_
