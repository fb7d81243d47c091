// How frontdesk says that nothing could be decided or recorded: an absl::Status with an ErrorDetail
// as payload.
//
//   #include "frontdesk/base/reasons.h"
//
//   absl::Status status = frontdesk::MakeError(frontdesk::kReasonMoneyOverflow, "far too much");
//   status.code();                  // kOutOfRange, the code of the reason.
//   frontdesk::GetReason(status);   // "MONEY_OVERFLOW": for programs; the text is for people.
//
//   constexpr frontdesk::Reason kReasonFormIncomplete = {"FORM_INCOMPLETE", absl::StatusCode::kInvalidArgument,
//                                                        "A field of the form is empty."};
//   frontdesk::ErrorBuilder errors(kReasonFormIncomplete);
//   errors.Add("actor.actor_id", "REQUIRED", "an actor has an id");
//   errors.Add("now", "REQUIRED", "a command says when it is");
//   return errors.Build();          // One status, all violations; OK when there are none.
//
// A refusal is a verdict (a value), never one of these.
#ifndef FRONTDESK_BASE_ERROR_H_
#define FRONTDESK_BASE_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/v1/error.pb.h"

namespace frontdesk {

// The type URL under which the detail lies in a status.
inline constexpr absl::string_view kErrorDetailTypeUrl =
    "type.googleapis.com/frontdesk.v1.ErrorDetail";

// `ErrorDetail.domain` of every error made here.
inline constexpr absl::string_view kErrorDomain = "frontdesk";

// A status with the code of `reason`, the message "`reason`: `text`", and `detail` with reason and
// domain filled in. `text` is for people and never holds personal data; line breaks and other
// control, format and invisible characters in it are escaped. A reason of refusals, whose code is
// kOk, makes INTERNAL: an error is never OK. Thread-safe.
absl::Status MakeError(const Reason& reason, absl::string_view text, v1::ErrorDetail detail = {});

// The same with a code of the caller's choice, for a word that no list has (one that a policy's
// author chose) or that needs another code. kOk makes INTERNAL here too.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view text,
                       v1::ErrorDetail detail = {});

// The detail of `status`; nothing when it is OK, carries none, or carries bytes that cannot be
// read.
absl::optional<v1::ErrorDetail> GetErrorDetail(const absl::Status& status);

// The reason of `status`; empty when it is OK or carries no detail.
std::string GetReason(const absl::Status& status);

// `path` below `prefix`: ("order", "lines[0]") is "order.lines[0]", ("lines", "[0]") is "lines[0]";
// either may be empty.
std::string JoinFieldPath(absl::string_view prefix, absl::string_view path);

// Collects all violations of one message, so that they are reported at once.
// Thread-compatible.
class ErrorBuilder {
 public:
  // Every error built has `reason` and, in front of the violations, `text` (or that of the reason
  // if empty).
  explicit ErrorBuilder(const Reason& reason, absl::string_view text = "");

  // Adds an invalid field: its path, a stable word, a text for people without personal data.
  ErrorBuilder& Add(absl::string_view field, absl::string_view reason, absl::string_view text);

  // Adds an entry of metadata.
  ErrorBuilder& AddMetadata(absl::string_view name, absl::string_view value);

  // Whether no violation was added (metadata does not count).
  bool empty() const { return detail_.violations().empty(); }

  // Everything collected so far; reason and domain are set.
  const v1::ErrorDetail& detail() const { return detail_; }

  // OK when empty; else the status of MakeError(reason, …), whose message lists at most the first
  // eight violations and how many there are besides; the detail has all.
  absl::Status Build() const;

 private:
  absl::StatusCode code_;
  std::string text_;
  v1::ErrorDetail detail_;
};

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_ERROR_H_
