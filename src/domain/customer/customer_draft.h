// The draft of a customer decision. Private.
#ifndef FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_DRAFT_H_
#define FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_DRAFT_H_

#include "absl/strings/string_view.h"
#include "domain/draft.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/customer_commands.pb.h"
#include "frontdesk/v1/customer_input.pb.h"

namespace frontdesk {
namespace domain {

// One customer command while it is decided.
class CustomerDraft : public Draft<v1::CustomerDecisionInput> {
 public:
  using Draft::Draft;

  // The customer before the command.
  const v1::Customer& current() const { return input().customer(); }

  // Adds an event about the addressed customer, or about another one.
  v1::Event& AddEvent() { return AddEvent(current().customer_id()); }
  using Draft::AddEvent;

  // The other customer of a merge, whose id is in `field`; null, and refused, when it is not in the input.
  const v1::Customer* RequireOther(absl::string_view customer_id, absl::string_view field) {
    if (input().other_customer().customer_id() == customer_id) return &input().other_customer();
    RefuseNotFound(kReasonCustomerNotFound, field);
    return nullptr;
  }
};

// Adds the survivor of a merged customer to the details of a refusal: "survivor_customer_id".
inline void AddSurvivor(const v1::Customer& merged, v1::Refusal* refusal) {
  if (merged.state() != v1::Customer::STATE_MERGED) return;
  AddDetail("survivor_customer_id", merged.survivor_customer_id(), refusal);
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_DRAFT_H_
