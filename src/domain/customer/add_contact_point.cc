#include <utility>

#include "domain/customer/customer_arguments.h"
#include "domain/customer/customer_draft.h"
#include "domain/customer/customer_items.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {

void CheckAddContactPoint(const FieldPath& root, const v1::CustomerCommand& command,
                          ArgumentChecker* checker) {
  const v1::AddContactPoint& verb = command.add_contact_point();
  checker->RequireText({&root, "contact_point_id"}, verb.contact_point_id());
  v1::ContactPoint point;
  point.set_kind(verb.kind());
  point.set_as_typed(verb.as_typed());
  ReadContactPoint(root, verb.region_code(), checker->default_region_code(), &point, checker);
  const FieldPath service{&root, "service"};
  if (verb.kind() == v1::ContactPoint::KIND_HANDLE) {
    checker->RequireText(service, verb.service());
  } else {
    checker->Forbid(service, !verb.service().empty());
  }
}

void DecideAddContactPoint(CustomerDraft* draft) {
  const v1::AddContactPoint& verb = draft->command().add_contact_point();
  v1::ContactPoint& point =
      *draft->AddEvent().mutable_customer()->mutable_contact_point_added()->mutable_contact_point();
  point.set_contact_point_id(verb.contact_point_id());
  point.set_kind(verb.kind());
  point.set_as_typed(verb.as_typed());
  point.set_preferred(verb.preferred());
  point.set_service(verb.service());
  ArgumentChecker checker;
  const bool readable = ReadContactPoint(draft->root(), verb.region_code(),
                                         draft->input().default_region_code(), &point, &checker);
  draft->Refuse(std::move(checker).Take());
  if (FindContactPoint(draft->current(), verb.contact_point_id()) != nullptr) {
    draft->Refuse(kReasonCustomerAddContactPointIdExists, "add_contact_point.contact_point_id");
  }
  for (const v1::ContactPoint& other : draft->current().contact_points()) {
    if (readable && other.kind() == point.kind() && other.service() == point.service() &&
        other.match_key() == point.match_key()) {
      draft->Refuse(kReasonCustomerAddContactPointDuplicate, "add_contact_point.as_typed");
      break;
    }
  }
}

}  // namespace domain
}  // namespace frontdesk
