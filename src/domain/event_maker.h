// Functions that every decide shares: making events, refusals and statuses. Private.
#ifndef FRONTDESK_DOMAIN_EVENT_MAKER_H_
#define FRONTDESK_DOMAIN_EVENT_MAKER_H_

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace domain {

// Of the decision input of any entity.
template <typename Input>
Occasion OccasionOf(const Input& input) {
  return {input.actor(), input.now(), input.has_occur_time() ? &input.occur_time() : nullptr};
}

// An event about the entity that does not say yet what happened.
inline v1::Event MakeEvent(v1::EntityKind kind, absl::string_view id, const Occasion& occasion) {
  v1::Event event;
  event.mutable_entity()->set_kind(kind);
  event.mutable_entity()->set_id(std::string(id));
  *event.mutable_time() = occasion.now;
  if (occasion.occur_time != nullptr) *event.mutable_occur_time() = *occasion.occur_time;
  event.set_actor_id(occasion.actor.actor_id());
  return event;
}

// The source of a state that is imported at `now`.
inline v1::ImportSource ImportedFrom(const v1::ImportSource& given,
                                     const google::protobuf::Timestamp& now) {
  v1::ImportSource source = given;
  *source.mutable_import_time() = now;
  return source;
}

// A violated invariant.
inline v1::Refusal MakeRefusal(absl::string_view reason, absl::string_view field,
                               absl::string_view text) {
  v1::Refusal refusal;
  refusal.set_reason(std::string(reason));
  refusal.set_origin(v1::Refusal::ORIGIN_INVARIANT);
  refusal.set_field(std::string(field));
  refusal.set_text(internal::EscapeText(text));
  return refusal;
}

// The same with the text of the reason.
inline v1::Refusal MakeRefusal(const Reason& reason, absl::string_view field) {
  return MakeRefusal(reason, field, reason.text);
}

// Adds a named value to the details of a refusal.
inline void AddDetail(absl::string_view name, absl::string_view value, v1::Refusal* refusal) {
  v1::DetailValue& detail = *refusal->add_details();
  detail.set_name(std::string(name));
  detail.set_value(std::string(value));
}

// A count after a change of at most 1; counts stay within 0 and their end.
inline std::int64_t Changed(std::int64_t count, std::int64_t change) {
  if (change > 0) return count == std::numeric_limits<std::int64_t>::max() ? count : count + 1;
  return count > 0 ? count + change : 0;
}

// One more; counts stay at their end.
template <typename Count>
Count NextCount(Count count) {
  return count == std::numeric_limits<Count>::max() ? count : count + 1;
}

inline absl::Status WrongEntityError() {
  return MakeError(kReasonCommandWrongEntity, "the command is about another entity");
}

inline absl::Status NotApplicableError(absl::string_view text) {
  return MakeError(kReasonEventNotApplicable, text);
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_EVENT_MAKER_H_
