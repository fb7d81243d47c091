// The outbox of a desk.
#include "frontdesk/event_log/outbox.h"

#include <vector>

#include "desk/desk_entry.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/status_macros.h"

namespace frontdesk {

absl::StatusOr<std::vector<PendingEffect>> Reader::PendingEffects(const LogPage& page) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  return view.PendingEffects(page);
}

absl::StatusOr<std::vector<PendingEffect>> Reader::DeadLetters(const LogPage& page) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  return view.DeadLetters(page);
}

absl::StatusOr<std::vector<ClaimedEffect>> Desk::ClaimEffects(absl::Time now,
                                                              const ClaimOptions& options) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  return log_->ClaimEffects(now, options);
}

absl::Status Desk::AcknowledgeEffect(absl::string_view effect_id, absl::optional<int> attempt) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  return log_->AcknowledgeEffect(effect_id, attempt);
}

absl::StatusOr<v1::EffectClaim> Desk::RetryEffect(absl::string_view effect_id, int attempt,
                                                  absl::Time now, const RetryOptions& options) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  return log_->RetryEffect(effect_id, attempt, now, options);
}

absl::Status Desk::ExtendLease(absl::string_view effect_id, int attempt, absl::Time lease_end) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  return log_->ExtendLease(effect_id, attempt, lease_end);
}

absl::Status Desk::ReviveEffect(absl::string_view effect_id) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  return log_->ReviveEffect(effect_id);
}

}  // namespace frontdesk
