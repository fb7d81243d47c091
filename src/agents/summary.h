// The few fields of an entity that a model needs next. Private.
#ifndef FRONTDESK_AGENTS_SUMMARY_H_
#define FRONTDESK_AGENTS_SUMMARY_H_

#include "absl/status/status.h"
#include "agents/json_writer.h"
#include "agents/scope.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace agents {

// Writes an object with the few fields of the entity's state that say how far it is. Of a customer these are none that is personal.
absl::Status WriteSummary(const v1::EntityState& state, const Policy& policy, Scope& scope,
                          JsonWriter* json);

// The same for an Order, a Case, an Interaction, an Account or an Approval.
absl::Status WriteSummary(const google::protobuf::Message& state, const Policy& policy,
                          Scope& scope, JsonWriter* json);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_SUMMARY_H_
