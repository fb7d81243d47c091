#include "domain/customer/customer_draft.h"
#include "domain/customer/customer_items.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {

void CheckRemoveContactPoint(const FieldPath& root, const v1::CustomerCommand& command,
                             ArgumentChecker* checker) {
  const v1::RemoveContactPoint& verb = command.remove_contact_point();
  checker->RequireText({&root, "contact_point_id"}, verb.contact_point_id());
}

void DecideRemoveContactPoint(CustomerDraft* draft) {
  const v1::RemoveContactPoint& verb = draft->command().remove_contact_point();
  const v1::ContactPoint* before = FindContactPoint(draft->current(), verb.contact_point_id());
  if (before == nullptr) {
    draft->Refuse(kReasonCustomerRemoveContactPointUnknown,
                  "remove_contact_point.contact_point_id");
    return;
  }
  *draft->AddEvent().mutable_customer()->mutable_contact_point_removed()->mutable_before() =
      *before;
}

}  // namespace domain
}  // namespace frontdesk
