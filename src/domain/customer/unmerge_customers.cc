#include <string>

#include "domain/customer/customer_changes.h"
#include "domain/customer/customer_draft.h"
#include "frontdesk/domain/customer/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

}  // namespace

void CheckUnmergeCustomers(const FieldPath& root, const v1::CustomerCommand& command,
                           ArgumentChecker* checker) {
  const v1::UnmergeCustomers& verb = command.unmerge_customers();
  checker->RequireText({&root, "merged_customer_id"}, verb.merged_customer_id());
}

void DecideUnmergeCustomers(CustomerDraft* draft) {
  const v1::UnmergeCustomers& verb = draft->command().unmerge_customers();
  const Customer* other =
      draft->RequireOther(verb.merged_customer_id(), "unmerge_customers.merged_customer_id");
  if (other == nullptr) return;
  // The command names it, so it is there if there is one. Of several merges of the customer it is the last.
  const v1::MergedCustomer* merge = nullptr;
  for (const v1::MergedCustomer& each : draft->current().merged_customers()) {
    if (each.customer_id() == verb.merged_customer_id()) merge = &each;
  }
  const auto& refs = draft->current().merged_customer_refs();
  if (merge == nullptr || refs.empty() || other->state() != Customer::STATE_MERGED ||
      other->survivor_customer_id() != draft->current().customer_id()) {
    draft->Refuse(kReasonCustomerUnmergeUnknown, "unmerge_customers.merged_customer_id");
    return;
  }
  const std::string& last_id = refs[refs.size() - 1].direct_customer_id();
  if (last_id != verb.merged_customer_id()) {
    AddDetail(
        "last_merged_customer_id", last_id,
        &draft->Refuse(kReasonCustomerUnmergeNotLast, "unmerge_customers.merged_customer_id"));
    return;
  }
  for (const v1::JoinedCase& joined : draft->input().joined_cases()) {
    v1::Refusal& refusal =
        draft->Refuse(kReasonCustomerUnmergeCases, "unmerge_customers.merged_customer_id");
    AddDetail("merged_case_id", joined.case_id(), &refusal);
    AddDetail("case_id", joined.survivor_case_id(), &refusal);
  }
  v1::CustomerUnmerged& fact = *draft->AddEvent().mutable_customer()->mutable_customer_unmerged();
  fact.set_unmerged_customer_id(other->customer_id());
  *fact.mutable_survivor_after() = TakeApart(draft->current(), *merge);
  Customer& restored = *draft->AddEvent(other->customer_id())
                            .mutable_customer()
                            ->mutable_customer_restored()
                            ->mutable_customer();
  restored = merge->merged_before();
  restored.clear_merged_customer_refs();
  KeepLaterRefusals(draft->current(), *merge, &restored);
  KeepLaterRemovals(draft->current(), *merge, &restored);
}

}  // namespace domain
}  // namespace frontdesk
