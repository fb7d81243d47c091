// What every decide shares: making events, refusals and statuses. Private.
#ifndef FRONTDESK_DOMAIN_EVENT_MAKER_H_
#define FRONTDESK_DOMAIN_EVENT_MAKER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/base/error.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace domain {

// An event about the entity, without a fact.
inline v1::Event MakeEvent(v1::EntityKind kind, absl::string_view id, const v1::Command& command) {
  v1::Event event;
  event.mutable_entity()->set_kind(kind);
  event.mutable_entity()->set_id(std::string(id));
  if (command.has_now()) *event.mutable_time() = command.now();
  event.set_actor_id(command.actor().actor_id());
  return event;
}

// A violated invariant.
inline v1::Refusal MakeRefusal(absl::string_view reason, absl::string_view field,
                               absl::string_view text) {
  v1::Refusal refusal;
  refusal.set_reason(std::string(reason));
  refusal.set_origin(v1::Refusal::ORIGIN_INVARIANT);
  refusal.set_field(std::string(field));
  refusal.set_text(std::string(text));
  return refusal;
}

// The refusal of a transition table: NOT_FOUND when there is no entity, else an invariant. The text is the registry's.
inline v1::Refusal MakeStateRefusal(absl::string_view reason, bool exists) {
  const ReasonInfo* info = FindReason(reason);
  v1::Refusal refusal = MakeRefusal(reason, "", info == nullptr ? reason : info->text);
  if (!exists) refusal.set_origin(v1::Refusal::ORIGIN_NOT_FOUND);
  return refusal;
}

inline absl::Status WrongEntityError() {
  return MakeError(kReasonCommandWrongEntity, "the command has no verb of this entity");
}

inline absl::Status NotApplicableError(absl::string_view text) {
  return MakeError(kReasonEventNotApplicable, text);
}

// The cell of a transition table; null when it has none.
template <typename Transition, typename State>
const Transition* FindTransition(absl::Span<const Transition> table, v1::Command::VerbCase verb,
                                 State from) {
  for (const Transition& transition : table) {
    if (transition.verb == verb && transition.from == from) return &transition;
  }
  return nullptr;
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_EVENT_MAKER_H_
