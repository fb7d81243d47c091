// Every verb of `v1::Command`, described: its name, what it addresses, whether it creates that.
//
//   const frontdesk::domain::VerbInfo* verb = frontdesk::domain::FindVerb(command.verb_case());
//   if (verb == nullptr) return;                                       // No verb is set.
//   frontdesk::v1::EntityRef order = frontdesk::domain::AddressedEntity(command);
#ifndef FRONTDESK_DOMAIN_VERBS_H_
#define FRONTDESK_DOMAIN_VERBS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace domain {

// One verb. Immutable.
struct VerbInfo {
  // Which arm of the command.
  v1::Command::VerbCase verb;
  // Its name, also the name of its message and of its decision point: "CancelOrder".
  absl::string_view name;
  // The field of v1::Command, first part of every path in a refusal: "cancel_order".
  absl::string_view field;
  // What kind of entity it addresses.
  v1::EntityKind entity_kind;
  // Where in the command the addressed entity's id stands, from the verb: "order_id",
  // "order.order_id".
  absl::string_view id_path;
  // True for verbs that begin a new entity: the id must be free.
  bool creates;
  // What begins the reasons of the verb's own refusals: "ORDER_CANCEL".
  absl::string_view reason_prefix;
};

// All verbs, by number. Costs nothing: the table is static.
absl::Span<const VerbInfo> Verbs();

// The verb of that number; null for VERB_NOT_SET and for numbers that are no verb. Costs a binary
// search.
const VerbInfo* FindVerb(v1::Command::VerbCase verb);

// The verb of that name ("CancelOrder"); null when there is none. Costs a scan of the table.
const VerbInfo* FindVerbByName(absl::string_view name);

// The name of a verb, "CancelOrder"; "" for VERB_NOT_SET and for numbers that are no verb.
absl::string_view VerbName(v1::Command::VerbCase verb);

// What kind of entity a verb addresses; ENTITY_KIND_UNSPECIFIED where VerbName() is "".
v1::EntityKind VerbEntityKind(v1::Command::VerbCase verb);

// What the command addresses: kind and id. The id is empty when the command does not give it; kind
// and id are both empty when no verb is set.
v1::EntityRef AddressedEntity(const v1::Command& command);

// The message whose fields are the variables of the verb's decision point, for example that of
// OrderDecisionInput; null for verbs of the desk itself (Approve, Decline), which no policy
// decides. Valid for the life of the process.
const google::protobuf::Descriptor* DecisionInputDescriptor(v1::Command::VerbCase verb);
const google::protobuf::Descriptor* DecisionInputDescriptor(v1::EntityKind kind);

// "ORDER" for ENTITY_KIND_ORDER and so on; "" for ENTITY_KIND_UNSPECIFIED.
absl::string_view EntityKindName(v1::EntityKind kind);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_VERBS_H_
