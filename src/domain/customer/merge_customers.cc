#include <algorithm>
#include <iterator>
#include <string>

#include "domain/customer/customer_changes.h"
#include "domain/customer/customer_draft.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/domain/survivor.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

}  // namespace

void CheckMergeCustomers(const FieldPath& root, const v1::CustomerCommand& command,
                         ArgumentChecker* checker) {
  const v1::MergeCustomers& verb = command.merge_customers();
  constexpr absl::string_view kFields[] = {"given_name", "family_name", "organization_name",
                                           "preferences", "tier"};
  checker->RequireText({&root, "merged_customer_id"}, verb.merged_customer_id());
  DistinctIds names;
  for (int i = 0; i < verb.merged_field_names_size(); ++i) {
    const FieldPath field{&root, "merged_field_names", i};
    const std::string& name = verb.merged_field_names(i);
    if (std::find(std::begin(kFields), std::end(kFields), name) == std::end(kFields)) {
      checker->Add(field, kReasonArgumentUnknownValue,
                   "is not one of given_name, family_name, organization_name, preferences, tier");
    } else {
      names.Check(field, name, checker);
    }
  }
}

bool IsMergeCustomersUnchanged(const v1::CustomerDecisionInput& input,
                               const v1::CustomerAssessment&) {
  const std::string& merged_id = input.command().merge_customers().merged_customer_id();
  const Customer& other = input.other_customer();
  return other.customer_id() == merged_id && other.state() == Customer::STATE_MERGED &&
         StandsFor(input.customer(), merged_id);
}

void DecideMergeCustomers(CustomerDraft* draft) {
  const v1::MergeCustomers& verb = draft->command().merge_customers();
  if (verb.merged_customer_id() == draft->current().customer_id()) {
    draft->Refuse(kReasonCustomerMergeSelf, "merge_customers.merged_customer_id");
    return;
  }
  const Customer* other =
      draft->RequireOther(verb.merged_customer_id(), "merge_customers.merged_customer_id");
  if (other == nullptr) return;
  if (other->state() == Customer::STATE_MERGED) {
    AddSurvivor(*other, &draft->Refuse(kReasonCustomerMergeOtherState,
                                       "merge_customers.merged_customer_id"));
    return;
  }
  const int replaced =
      draft->current().merged_customer_refs_size() + 1 + other->merged_customer_refs_size();
  if (replaced > kMaxMergedCustomers ||
      std::max(MergeChain(draft->current()), 1 + MergeChain(*other)) > kMaxMergeChain) {
    draft->Refuse(kReasonCustomerMergeLimit, "merge_customers.merged_customer_id");
    return;
  }
  *draft->AddEvent().mutable_customer()->mutable_customer_merged()->mutable_merge() =
      MakeMerge(draft->current(), *other, verb.merged_field_names(), draft->input().now());
  draft->AddEvent(other->customer_id())
      .mutable_customer()
      ->mutable_customer_merged_away()
      ->set_survivor_customer_id(draft->current().customer_id());
}

}  // namespace domain
}  // namespace frontdesk
