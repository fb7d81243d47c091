// Reading the totals of the active policy.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "decide/load_totals.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/relations.h"
#include "desk/state_reader.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/policy/total.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

absl::Status CheckQuestion(const PolicyTotal& total, absl::string_view subject_id,
                           absl::string_view reason) {
  const std::string name = internal::EscapeValue(total.definition->name());
  const auto mismatch = [&name](absl::string_view thing, bool is_needed) {
    return MakeError(
        kReasonTotalSubjectMismatch,
        absl::StrCat("the total \"", name, "\" is ", is_needed ? "" : "not ", "for ", thing));
  };
  const bool needs_id = total.subject != v1::TOTAL_SUBJECT_UNSPECIFIED;
  if (needs_id == subject_id.empty()) return mismatch("the id of a subject", needs_id);
  if (total.is_per_reason == reason.empty()) return mismatch("a reason", total.is_per_reason);
  return needs_id ? internal::CheckEntityId(subject_id, "subject_id") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Total> Reader::GetTotal(absl::string_view name, absl::string_view subject_id,
                                           absl::Time now, absl::string_view reason) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_RETURN_IF_ERROR(view.CheckRows());
  FRONTDESK_ASSIGN_OR_RETURN(const internal::ActiveAt active, active_policy_->Read(view));
  const PolicyTotal* const total = active.policy->FindTotal(name);
  if (total == nullptr) {
    return MakeError(kReasonTotalNotFound, absl::StrCat("the active policy has no total \"",
                                                        internal::EscapeValue(name), "\""));
  }
  FRONTDESK_RETURN_IF_ERROR(CheckQuestion(*total, subject_id, reason));
  internal::StateReader source(view, absl::InfiniteDuration());
  std::vector<std::string> ids;
  if (total->subject == v1::TOTAL_SUBJECT_CUSTOMER) {
    FRONTDESK_ASSIGN_OR_RETURN(
        ids, internal::CountedCustomerIds(std::string(subject_id), limits_.max_related, &source));
  } else if (!subject_id.empty()) {
    ids.emplace_back(subject_id);
  }
  return internal::SumOf(*total, ids, reason, now, &source);
}

}  // namespace frontdesk
