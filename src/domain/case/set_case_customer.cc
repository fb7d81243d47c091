#include <string>

#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/survivor.h"

namespace frontdesk {
namespace domain {

void CheckSetCaseCustomer(const FieldPath& root, const v1::CaseCommand& command,
                          ArgumentChecker* checker) {
  checker->RequireText({&root, "customer_id"}, command.set_case_customer().customer_id());
}

void DecideSetCaseCustomer(CaseDraft* draft) {
  const std::string field = "set_case_customer.customer_id";
  const v1::Case& current = draft->current();
  const v1::Customer& named = draft->input().customer();
  // The customer of that id or its survivor, if it was loaded.
  const std::string customer_id = named.customer_id().empty()
                                      ? draft->command().set_case_customer().customer_id()
                                      : named.customer_id();
  if (AreOfOneCustomer(named, customer_id, current.customer_id())) {
    draft->Refuse(kReasonCaseSetCustomerUnchanged, field);
    return;
  }
  // Cases that were merged into a case of nobody are nobody's, too.
  if (!current.customer_id().empty() && current.merged_case_count() > 0) {
    draft->Refuse(kReasonCaseSetCustomerMergedCases, field);
  }
  v1::CaseCustomerSet& fact = *draft->AddEvent().mutable_case_()->mutable_case_customer_set();
  fact.set_customer_id(customer_id);
  fact.set_before_customer_id(current.customer_id());
}

}  // namespace domain
}  // namespace frontdesk
