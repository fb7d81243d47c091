#include <algorithm>

#include "domain/customer/customer_arguments.h"
#include "domain/customer/customer_draft.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {

void CheckRecordConsent(const FieldPath& root, const v1::CustomerCommand& command,
                        ArgumentChecker* checker) {
  const v1::RecordConsent& verb = command.record_consent();
  const FieldPath consent{&root, "consent"};
  if (checker->RequireMessage(consent, verb.has_consent())) {
    CheckConsent(consent, verb.consent(), checker);
    checker->Forbid({&consent, "record_time"}, verb.consent().has_record_time());
    checker->Forbid({&consent, "occur_time"}, verb.consent().has_occur_time());
  }
}

void DecideRecordConsent(CustomerDraft* draft) {
  const v1::RecordConsent& verb = draft->command().record_consent();
  const auto& known = draft->current().consents();
  const bool is_known = std::any_of(known.begin(), known.end(), [&verb](const v1::Consent& each) {
    return each.purpose() == verb.consent().purpose() && each.channel() == verb.consent().channel();
  });
  if (!is_known && known.size() >= kMaxConsents) {
    draft->Refuse(kReasonCustomerRecordConsentLimit, "record_consent.consent");
    return;
  }
  v1::Consent& consent =
      *draft->AddEvent().mutable_customer()->mutable_consent_recorded()->mutable_consent();
  consent = verb.consent();
  *consent.mutable_record_time() = draft->input().now();
  if (draft->input().has_occur_time()) *consent.mutable_occur_time() = draft->input().occur_time();
}

}  // namespace domain
}  // namespace frontdesk
