#include "domain/customer/customer_draft.h"
#include "domain/customer/customer_items.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {

void CheckVerifyContactPoint(const FieldPath& root, const v1::CustomerCommand& command,
                             ArgumentChecker* checker) {
  const v1::VerifyContactPoint& verb = command.verify_contact_point();
  checker->RequireText({&root, "contact_point_id"}, verb.contact_point_id());
  checker->RequireText({&root, "method"}, verb.method());
}

void DecideVerifyContactPoint(CustomerDraft* draft) {
  const v1::VerifyContactPoint& verb = draft->command().verify_contact_point();
  const v1::ContactPoint* const point = FindContactPoint(draft->current(), verb.contact_point_id());
  if (point == nullptr) {
    draft->Refuse(kReasonCustomerVerifyContactPointUnknown,
                  "verify_contact_point.contact_point_id");
    return;
  }
  if (point->is_invalid()) {
    draft->Refuse(kReasonCustomerVerifyContactPointInvalid,
                  "verify_contact_point.contact_point_id");
  }
  v1::ContactPointVerified& fact =
      *draft->AddEvent().mutable_customer()->mutable_contact_point_verified();
  fact.set_contact_point_id(verb.contact_point_id());
  fact.set_method(verb.method());
  *fact.mutable_verify_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
