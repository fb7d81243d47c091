// Editing, merging and unmerging customers. Private.
#ifndef FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_CHANGES_H_
#define FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_CHANGES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/customer_commands.pb.h"
#include "frontdesk/v1/customer_input.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// The edit of `input.command` on `input.customer`, as three-way merge with `input.base_customer`: fills
// `fact`, or returns everything that speaks against it. See DecideCustomer().
std::vector<v1::Refusal> DecideEdit(const v1::CustomerDecisionInput& input,
                                    v1::CustomerEdited* fact);

// Folds an edit; EVENT_NOT_APPLICABLE, and nothing changed, for a field that is not known.
absl::Status ApplyEdit(const v1::CustomerEdited& fact, v1::Customer* customer);

// "crm/17".
std::string ExternalIdName(const v1::ExternalId& external_id);

using IdentityVerifications = google::protobuf::RepeatedPtrField<v1::IdentityVerification>;

// By their times, those of the same time in the order that they have.
void SortVerifications(IdentityVerifications* verifications);

// The merge of `merged` into `survivor`, complete. `merged_field_names` as in MergeCustomers.
v1::MergedCustomer MakeMerge(
    const v1::Customer& survivor, const v1::Customer& merged,
    const google::protobuf::RepeatedPtrField<std::string>& merged_field_names,
    const google::protobuf::Timestamp& now);

// How many customers were merged into `customer`, those merged into them included; and the longest
// chain of them.
int CountMerged(const v1::Customer& customer);
int MergeChain(const v1::Customer& customer);

// The survivor `current` without the data of `merge`, its last one. Each field and item that is unchanged
// since the merge gets its value before the merge; later changes stay. Without its `merged_customers`.
v1::Customer TakeApart(const v1::Customer& current, const v1::MergedCustomer& merge);

// Who refused something since `merge`, its last one, as the survivor `current`, refused it as the other, too.
void KeepLaterRefusals(const v1::Customer& current, const v1::MergedCustomer& merge,
                       v1::Customer* restored);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_CHANGES_H_
