// The table of entities: what the way of a command asks of each. A new entity is a row here. Private.
#ifndef FRONTDESK_SRC_DECIDE_ENTITIES_H_
#define FRONTDESK_SRC_DECIDE_ENTITIES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "decide/asked.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/repeated_field.h"

namespace frontdesk {
namespace v1 {
class Decision;
class DecisionInput;
class EntityState;
class Event;
class Refusal;
}  // namespace v1

namespace internal {

// The decisions of policy on points beside the command's own.
using FurtherDecisions = google::protobuf::RepeatedPtrField<v1::Decision>;

// How policy is asked while a command is decided. A plain struct.
struct PolicyCall {
  // The cost that all decisions about the command share.
  cel::Budget* budget;
  rules::TraceLevel trace;
  // Whose rules count; nothing: those in effect at the instant of the decision.
  absl::optional<absl::Time> as_of;
};

// One entity. Null where policy does not decide about it. Immutable.
struct Entity {
  // ENTITY_KIND_UNSPECIFIED: that of commands to the desk itself.
  v1::EntityKind kind;
  // Every argument of a command about it that is not possible, whatever the state.
  std::vector<v1::Refusal> (*check_arguments)(const Asked& asked, const Policy& policy,
                                              const domain::PolicyFields& policy_fields);
  // Copies values of the policy's pack into the input, and removes an assessment that a host left there.
  void (*fill)(const Policy& policy, v1::DecisionInput* input);
  // Puts what the core works out into the input.
  absl::Status (*assess)(const Policy& policy, const PolicyCall& call, v1::DecisionInput* input,
                         FurtherDecisions* further);
  // Invariants and events, those of other entities included.
  absl::StatusOr<domain::Decided> (*decide)(const v1::DecisionInput& input);
  // Folds an event into the state, which has the entity's arm or none.
  absl::Status (*evolve)(const v1::Event& event, v1::EntityState* state);
};

// Null for a kind that is not known.
const Entity* FindEntity(v1::EntityKind kind);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_ENTITIES_H_
