#include <algorithm>

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
  const auto& merges = draft->current().merged_customers();
  const bool is_merged =
      std::any_of(merges.begin(), merges.end(), [&verb](const v1::MergedCustomer& merge) {
        return merge.customer_id() == verb.merged_customer_id();
      });
  if (!is_merged || other->state() != Customer::STATE_MERGED ||
      other->survivor_customer_id() != draft->current().customer_id()) {
    draft->Refuse(kReasonCustomerUnmergeUnknown, "unmerge_customers.merged_customer_id");
    return;
  }
  const v1::MergedCustomer& last = merges[merges.size() - 1];
  if (last.customer_id() != verb.merged_customer_id()) {
    AddDetail(
        "last_merged_customer_id", last.customer_id(),
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
  *fact.mutable_survivor_after() = TakeApart(draft->current(), last);
  Customer& restored = *draft->AddEvent(other->customer_id())
                            .mutable_customer()
                            ->mutable_customer_restored()
                            ->mutable_customer();
  restored = last.merged_before();
  KeepLaterRefusals(draft->current(), last, &restored);
}

}  // namespace domain
}  // namespace frontdesk
