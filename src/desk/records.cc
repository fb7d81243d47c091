// The journal and the log, with the decision inputs and explanations that are made from them.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "decide/rebuild.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/recorded_state.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/desk/subscription.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> FindRecord(const event_log::View& view,
                                                                    absl::string_view record_id) {
  FRONTDESK_ASSIGN_OR_RETURN(auto record, view.GetRecord(record_id));
  if (record == nullptr) {
    return MakeError(kReasonRecordNotFound,
                     record_id.empty()
                         ? "the record id is empty: an outcome has none when its command did not "
                           "reach policy, or was only previewed"
                         : "there is no such journal record");
  }
  return record;
}

// The record of the command that was held, for one that was decided again, and for Decline and Withdraw: its id is the approval's. Null for any
// other record.
absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> FindRequest(
    const event_log::View& view, const v1::JournalRecord& record) {
  const v1::DeskCommand& verb = record.command().desk();
  const std::string& approval_id = !record.approval_id().empty() ? record.approval_id()
                                   : verb.has_withdraw()         ? verb.withdraw().approval_id()
                                                                 : verb.decline().approval_id();
  if (approval_id.empty()) return std::shared_ptr<const v1::JournalRecord>();
  return view.GetRecord(approval_id);
}

}  // namespace

absl::StatusOr<v1::JournalRecord> Reader::GetRecord(absl::string_view record_id) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const auto record, FindRecord(view, record_id));
  return *record;
}

absl::StatusOr<std::vector<v1::JournalRecord>> Reader::Journal(const LogPage& page) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  return view.Journal(page);
}

absl::StatusOr<std::vector<v1::LogChange>> Reader::ReadLog(const LogPage& page) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  return view.Log(page);
}

absl::Status Reader::ReadLog(const LogPage& page,
                             google::protobuf::RepeatedPtrField<v1::LogChange>* changes) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  return view.Log(page, changes);
}

absl::StatusOr<std::unique_ptr<Subscription>> Reader::Subscribe(std::int64_t position) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  if (position < 0 || position > view.sequence()) {
    return MakeError(kReasonSubscriptionPositionUnknown,
                     absl::StrCat("there is no position ", position, "; the log has 0 to ",
                                  view.sequence(), "; was the store replaced by an older one?"));
  }
  return std::unique_ptr<Subscription>(new Subscription(this, log_.get(), position));
}

absl::StatusOr<v1::LogReport> Reader::Verify(absl::Span<const KnownLink> known) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  return view.Verify(known);
}

absl::StatusOr<v1::RebuiltInput> Reader::Rebuild(const event_log::View& view,
                                                 const v1::JournalRecord& record,
                                                 const Policy* totals_of,
                                                 std::shared_ptr<const Policy>* policy) const {
  if (!record.has_input_hash()) {
    return MakeError(kReasonRecordWithoutInput, "the command of the record did not reach policy");
  }
  FRONTDESK_ASSIGN_OR_RETURN(*policy, active_policy_->Get(view, record.policy_hash()));
  internal::RecordedState state(view, record);
  return internal::RebuildInput(record, **policy, limits_, &state, totals_of);
}

absl::StatusOr<v1::RebuiltInput> Reader::DecisionInputOf(absl::string_view record_id,
                                                         const Policy* totals_of) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const auto record, FindRecord(view, record_id));
  std::shared_ptr<const Policy> policy;
  return Rebuild(view, *record, totals_of, &policy);
}

absl::StatusOr<v1::Explanation> Reader::Explain(absl::string_view record_id) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const auto record, FindRecord(view, record_id));
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::Event> events, view.RecordEvents(*record));
  ExplainContext context;
  FRONTDESK_ASSIGN_OR_RETURN(const auto request, FindRequest(view, *record));
  context.request = request.get();
  if (!record->has_input_hash()) return ExplainRecord(*record, events, context);
  std::shared_ptr<const Policy> policy;
  const absl::StatusOr<v1::RebuiltInput> rebuilt =
      Rebuild(view, *record, /*totals_of=*/nullptr, &policy);
  // A policy that this desk cannot use is no reason not to say what the record says.
  if (!rebuilt.ok() && policy != nullptr) return rebuilt.status();
  v1::JournalRecord explained = *record;
  if (rebuilt.ok())
    FRONTDESK_RETURN_IF_ERROR(internal::ExplainAgain(*rebuilt, *policy, &explained));
  context.policy = policy.get();
  if (rebuilt.ok()) context.input = &rebuilt->input();
  v1::Explanation explanation = ExplainRecord(explained, events, context);
  std::string* const text = explanation.mutable_text();
  if (!rebuilt.ok()) {
    absl::StrAppend(text, "Rules that did not decide are not shown: ",
                    internal::EscapeLines(rebuilt.status().message(), "  "), ".\n");
    return explanation;
  }
  explanation.set_fidelity(rebuilt->fidelity());
  *explanation.mutable_changed_fields() = rebuilt->changed_fields();
  if (rebuilt->fidelity() != v1::RebuiltInput::FIDELITY_EXACT) {
    absl::StrAppend(
        text, "Rules that did not decide are not shown: this version makes another input, in ",
        absl::StrJoin(rebuilt->changed_fields(), ", "), ".\n");
  }
  return explanation;
}

}  // namespace frontdesk
