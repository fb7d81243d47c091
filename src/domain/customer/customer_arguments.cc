#include "domain/customer/customer_arguments.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/contact_point.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {

bool ReadContactPoint(const FieldPath& parent, absl::string_view region_code,
                      absl::string_view default_region_code, v1::ContactPoint* contact_point,
                      ArgumentChecker* checker) {
  if (!region_code.empty() && contact_point->kind() != v1::ContactPoint::KIND_PHONE) {
    checker->Forbid({&parent, "region_code"}, true);
  }
  absl::StatusOr<NormalizedContactPoint> normalized =
      NormalizeContactPoint(contact_point->kind(), contact_point->as_typed(),
                            region_code.empty() ? default_region_code : region_code);
  if (normalized.ok()) {
    contact_point->set_canonical(normalized->canonical);
    contact_point->set_match_key(normalized->match_key);
    return true;
  }
  const std::string reason = GetReason(normalized.status());
  const Reason* listed = FindReason(kBaseReasons, reason);
  absl::string_view field = "as_typed";
  if (reason == kReasonContactPointKind) field = "kind";
  if (reason == kReasonContactPointRegionUnknown && !region_code.empty()) field = "region_code";
  absl::string_view text = listed == nullptr ? "is not readable" : listed->text;
  if (reason == kReasonContactPointSyntax) {
    // It says which kind was expected, and has no part of the input.
    text = normalized.status().message();
    absl::ConsumePrefix(&text, absl::StrCat(reason, ": "));
  }
  checker->Add({&parent, field}, reason, text);
  return false;
}

void CheckPaymentMethod(const FieldPath& field, const v1::PaymentMethod& method,
                        ArgumentChecker* checker) {
  checker->RequireText({&field, "payment_method_id"}, method.payment_method_id());
  checker->CheckEnum({&field, "kind"}, method.kind(),
                     method.kind() != v1::PaymentMethod::KIND_UNSPECIFIED &&
                         v1::PaymentMethod_Kind_IsValid(method.kind()));
  checker->CheckLastFour({&field, "last_four"}, method.last_four());
  const FieldPath account{&field, "account_id"};
  if (method.kind() == v1::PaymentMethod::KIND_GIFT_CARD ||
      method.kind() == v1::PaymentMethod::KIND_STORE_CREDIT) {
    checker->RequireText(account, method.account_id());
  } else {
    checker->Forbid(account, !method.account_id().empty());
  }
  checker->CheckTime({&field, "verify_time"}, method.has_verify_time(), method.verify_time());
  checker->CheckTime({&field, "expire_time"}, method.has_expire_time(), method.expire_time());
}

void CheckPreferences(const FieldPath& field, const v1::CustomerPreferences& preferences,
                      ArgumentChecker* checker) {
  checker->CheckLanguageTag({&field, "language_tag"}, preferences.language_tag());
  checker->CheckTimeZone({&field, "time_zone"}, preferences.time_zone());
}

void CheckConsent(const FieldPath& field, const v1::Consent& consent, ArgumentChecker* checker) {
  checker->RequireText({&field, "purpose"}, consent.purpose());
  checker->CheckEnum({&field, "answer"}, consent.answer(),
                     consent.answer() != v1::Consent::ANSWER_UNSPECIFIED &&
                         v1::Consent_Answer_IsValid(consent.answer()));
  checker->CheckTime({&field, "record_time"}, consent.has_record_time(), consent.record_time());
  checker->CheckTime({&field, "occur_time"}, consent.has_occur_time(), consent.occur_time());
  checker->CheckTime({&field, "expire_time"}, consent.has_expire_time(), consent.expire_time());
}

}  // namespace domain
}  // namespace frontdesk
