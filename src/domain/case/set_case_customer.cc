#include <string>

#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/survivor.h"

namespace frontdesk {
namespace domain {
namespace {

// The customer that the command names or its survivor, if it was loaded.
const std::string& NamedCustomerId(const v1::CaseDecisionInput& input) {
  const std::string& loaded = input.customer().customer_id();
  return loaded.empty() ? input.command().set_case_customer().customer_id() : loaded;
}

}  // namespace

void CheckSetCaseCustomer(const FieldPath& root, const v1::CaseCommand& command,
                          ArgumentChecker* checker) {
  checker->RequireText({&root, "customer_id"}, command.set_case_customer().customer_id());
}

bool IsSetCaseCustomerUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  return AreOfOneCustomer(input.customer(), NamedCustomerId(input), input.case_().customer_id());
}

void DecideSetCaseCustomer(CaseDraft* draft) {
  const std::string field = "set_case_customer.customer_id";
  const v1::Case& current = draft->current();
  // Cases that were merged into a case of nobody are nobody's, too.
  if (!current.customer_id().empty() && current.merged_case_count() > 0) {
    draft->Refuse(kReasonCaseSetCustomerMergedCases, field);
  }
  v1::CaseCustomerSet& fact = *draft->AddEvent().mutable_case_()->mutable_case_customer_set();
  fact.set_customer_id(NamedCustomerId(draft->input()));
  fact.set_before_customer_id(current.customer_id());
}

}  // namespace domain
}  // namespace frontdesk
