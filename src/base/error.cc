#include "frontdesk/base/error.h"

#include <algorithm>
#include <utility>

#include "absl/status/status_payload_printer.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "internal/canonical.h"
#include "internal/escape_text.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace {

constexpr int kMaxViolationsInMessage = 8;

// The detail in words; nothing for the payloads of others.
absl::optional<std::string> PrintDetail(absl::string_view type_url, const absl::Cord& payload) {
  v1::ErrorDetail detail;
  if (type_url != kErrorDetailTypeUrl || !detail.ParseFromString(std::string(payload))) {
    return absl::nullopt;
  }
  return detail.ShortDebugString();
}

// Lets a printed status show its detail in words, unless the process has a printer of its own.
void SetPrinter() {
  using absl::status_internal::GetStatusPayloadPrinter;
  static const bool set = [] {
    if (GetStatusPayloadPrinter() != nullptr) return false;
    absl::status_internal::SetStatusPayloadPrinter(&PrintDetail);
    return true;
  }();
  static_cast<void>(set);
}

}  // namespace

absl::Status MakeError(const Reason& reason, absl::string_view text, v1::ErrorDetail detail) {
  return MakeError(reason.code, reason.word, text, std::move(detail));
}

absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view text,
                       v1::ErrorDetail detail) {
  if (code == absl::StatusCode::kOk) code = absl::StatusCode::kInternal;
  SetPrinter();
  detail.set_reason(reason.data(), reason.size());
  detail.set_domain(kErrorDomain.data(), kErrorDomain.size());
  internal::ReplaceInvalidUtf8InFields(&detail);
  absl::Status status(code, absl::StrCat(reason, ": ", internal::EscapeText(text)));
  status.SetPayload(kErrorDetailTypeUrl, absl::Cord(internal::CanonicalBytes(detail)));
  return status;
}

absl::optional<v1::ErrorDetail> GetErrorDetail(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kErrorDetailTypeUrl);
  if (!payload.has_value()) return absl::nullopt;
  v1::ErrorDetail detail;
  if (!detail.ParseFromString(std::string(*payload))) return absl::nullopt;
  return detail;
}

std::string GetReason(const absl::Status& status) {
  const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(status);
  return detail.has_value() ? detail->reason() : "";
}

std::string JoinFieldPath(absl::string_view prefix, absl::string_view path) {
  if (prefix.empty() || path.empty() || path.front() == '[') return absl::StrCat(prefix, path);
  return absl::StrCat(prefix, ".", path);
}

ErrorBuilder::ErrorBuilder(const Reason& reason, absl::string_view text)
    : code_(reason.code), text_(text.empty() ? reason.text : text) {
  detail_.set_reason(reason.word.data(), reason.word.size());
  detail_.set_domain(kErrorDomain.data(), kErrorDomain.size());
}

ErrorBuilder& ErrorBuilder::Add(absl::string_view field, absl::string_view reason,
                                absl::string_view text) {
  v1::FieldViolation* violation = detail_.add_violations();
  violation->set_field(field.data(), field.size());
  violation->set_reason(reason.data(), reason.size());
  violation->set_text(internal::EscapeText(text));
  return *this;
}

ErrorBuilder& ErrorBuilder::AddMetadata(absl::string_view name, absl::string_view value) {
  v1::ErrorMetadata* metadata = detail_.add_metadata();
  metadata->set_name(name.data(), name.size());
  metadata->set_value(value.data(), value.size());
  return *this;
}

absl::Status ErrorBuilder::Build() const {
  if (empty()) return absl::OkStatus();
  std::string text = text_;
  const int shown = std::min(detail_.violations_size(), kMaxViolationsInMessage);
  for (int i = 0; i < shown; ++i) {
    const v1::FieldViolation& violation = detail_.violations(i);
    absl::StrAppend(&text, i == 0 ? " " : "; ", violation.field(), ": ", violation.text());
  }
  if (detail_.violations_size() > shown) {
    absl::StrAppend(&text, "; and ", detail_.violations_size() - shown, " more");
  }
  return MakeError(code_, detail_.reason(), text, detail_);
}

}  // namespace frontdesk
