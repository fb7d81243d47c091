#include <cstdint>
#include <limits>

#include "domain/customer/customer_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {

void CheckVerifyIdentity(const FieldPath& root, const v1::CustomerCommand& command,
                         ArgumentChecker* checker) {
  const v1::VerifyIdentity& verb = command.verify_identity();
  checker->CheckRange({&root, "level"}, verb.level(), 1, std::numeric_limits<int32_t>::max());
  checker->RequireText({&root, "method"}, verb.method());
  const FieldPath expire{&root, "expire_time"};
  if (checker->CheckTime(expire, verb.has_expire_time(), verb.expire_time()) &&
      verb.has_expire_time() && !IsBefore(checker->now(), verb.expire_time())) {
    checker->Add(expire, kReasonArgumentOutOfRange, "is not after now");
  }
}

void DecideVerifyIdentity(CustomerDraft* draft) {
  const v1::VerifyIdentity& verb = draft->command().verify_identity();
  v1::IdentityVerification& verification =
      *draft->AddEvent().mutable_customer()->mutable_identity_verified()->mutable_verification();
  verification.set_level(verb.level());
  verification.set_method(verb.method());
  *verification.mutable_verify_time() = draft->input().now();
  if (verb.has_expire_time()) *verification.mutable_expire_time() = verb.expire_time();
  verification.set_interaction_id(draft->input().interaction().interaction_id());
}

}  // namespace domain
}  // namespace frontdesk
