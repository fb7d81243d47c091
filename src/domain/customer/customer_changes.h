// Folding edits, and the content of merges and unmerges of customers. Private.
#ifndef FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_CHANGES_H_
#define FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_CHANGES_H_

#include <string>

#include "absl/status/status.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/customer_events.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// Folds an edit; EVENT_NOT_APPLICABLE, and nothing changed, for a field that is not known.
absl::Status ApplyEdit(const v1::CustomerEdited& fact, v1::Customer* customer);

// "crm/17".
std::string ExternalIdName(const v1::ExternalId& external_id);

using IdentityVerifications = google::protobuf::RepeatedPtrField<v1::IdentityVerification>;

// By their times, those of the same time in the order that they have.
void SortVerifications(IdentityVerifications* verifications);

// Drops of the verifications that may still count (Customer::current_verifications) those beyond their limit, and sorts the others.
void BoundVerifications(IdentityVerifications* current);

// Adds one to them, and drops those that had expired by then.
void AddCurrentVerification(const v1::IdentityVerification& added, IdentityVerifications* current);

// The merge of `merged` into `survivor`, complete. `merged_field_names` as in MergeCustomers.
v1::MergedCustomer MakeMerge(
    const v1::Customer& survivor, const v1::Customer& merged,
    const google::protobuf::RepeatedPtrField<std::string>& merged_field_names,
    const google::protobuf::Timestamp& now);

using MergedRefs = google::protobuf::RepeatedPtrField<v1::MergedCustomerRef>;

// Adds a customer that was merged, followed by all that it replaced itself.
void AddMergedRefs(const v1::Customer& merged, MergedRefs* refs);

// The longest chain of merges into `customer`.
int MergeChain(const v1::Customer& customer);

// The survivor `current` without the data of `merge`, its last one. Each field and item that is unchanged
// since the merge gets its value before the merge; later changes stay. Without its `merged_customers` and `merged_customer_refs`.
v1::Customer TakeApart(const v1::Customer& current, const v1::MergedCustomer& merge);

// Who refused something since `merge`, its last one, as the survivor `current`, refused it as the other, too.
void KeepLaterRefusals(const v1::Customer& current, const v1::MergedCustomer& merge,
                       v1::Customer* restored);

// Payment methods that were removed since `merge` from the survivor `current` are not restored to the other.
void KeepLaterRemovals(const v1::Customer& current, const v1::MergedCustomer& merge,
                       v1::Customer* restored);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_CHANGES_H_
