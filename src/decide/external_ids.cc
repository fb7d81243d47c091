#include "decide/external_ids.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "decide/pipeline.h"
#include "domain/row_lists.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/domain/customer/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

using ExternalIds = google::protobuf::RepeatedPtrField<v1::ExternalId>;

// Checks `external_ids`, which `owners` may have; an element's field is `field` with its place, or
// `field` alone.
absl::Status Check(const ExternalIds& external_ids, std::initializer_list<absl::string_view> owners,
                   absl::string_view field, bool with_place, StateSource* source,
                   std::vector<v1::Refusal>* refusals) {
  for (int i = 0; i < external_ids.size(); ++i) {
    // An import keeps one that breaks the rule for ids; nothing is found by it.
    if (FindIdFault(external_ids[i].system()) || FindIdFault(external_ids[i].id())) continue;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                               source->CustomersWith(external_ids[i]));
    for (const std::string& id : ids) {
      if (std::find(owners.begin(), owners.end(), id) != owners.end()) continue;
      refusals->push_back(
          MakeRefusal(v1::Refusal::ORIGIN_INVARIANT, kReasonCustomerExternalIdTaken,
                      with_place ? absl::StrCat(field, "[", i, "]") : std::string(field),
                      "another customer has this id in this system"));
      break;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckUnmerge(const v1::UnmergeCustomers& unmerge, StateSource* source,
                          std::vector<v1::Refusal>* refusals) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto survivor,
                             source->Get(v1::ENTITY_KIND_CUSTOMER, unmerge.customer_id()));
  if (survivor == nullptr) return absl::OkStatus();
  const domain::RowList& merges =
      *domain::FindRowList(v1::ENTITY_KIND_CUSTOMER, "merged_customers");
  FRONTDESK_ASSIGN_OR_RETURN(
      const absl::optional<StoredRow> row,
      source->FindRow(survivor->entity(), merges.field->number(), unmerge.merged_customer_id()));
  if (!row.has_value()) return absl::OkStatus();
  v1::MergedCustomer merged;
  if (!merged.ParseFromString(row->element)) return domain::InvalidElementError();
  return Check(merged.merged_before().external_ids(),
               {unmerge.customer_id(), unmerge.merged_customer_id()},
               "unmerge_customers.merged_customer_id", /*with_place=*/false, source, refusals);
}

}  // namespace

absl::Status CheckExternalIds(const v1::Command& command, StateSource* source,
                              std::vector<v1::Refusal>* refusals) {
  if (command.customer().has_create_customer()) {
    const v1::CreateCustomer& create = command.customer().create_customer();
    return Check(create.external_ids(), {create.customer_id()}, "create_customer.external_ids",
                 /*with_place=*/true, source, refusals);
  }
  if (command.customer().has_import_customer()) {
    const v1::Customer& customer = command.customer().import_customer().customer();
    return Check(customer.external_ids(), {customer.customer_id()},
                 "import_customer.customer.external_ids", /*with_place=*/true, source, refusals);
  }
  if (command.customer().has_edit_customer()) {
    const v1::EditCustomer& edit = command.customer().edit_customer();
    return Check(edit.add_external_ids(), {edit.customer_id()}, "edit_customer.add_external_ids",
                 /*with_place=*/true, source, refusals);
  }
  if (command.customer().has_unmerge_customers()) {
    return CheckUnmerge(command.customer().unmerge_customers(), source, refusals);
  }
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace frontdesk
