#include "desk/view_source.h"

#include "desk/active_policy.h"
#include "event_log/index_keys.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

absl::StatusOr<std::shared_ptr<const v1::EntityState>> ViewSource::GetAt(
    const v1::EntityRef& entity, std::int64_t version) {
  return view_.GetAt(entity.kind(), entity.id(), version);
}

absl::StatusOr<absl::optional<StoredRow>> ViewSource::FindRow(const v1::EntityRef& entity, int list,
                                                              absl::string_view name) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, Get(entity.kind(), entity.id()));
  if (state == nullptr) return absl::optional<StoredRow>();
  return view_.FindRow(entity, list, name, state->version());
}

absl::StatusOr<std::vector<StoredRow>> ViewSource::Rows(const v1::EntityRef& entity, int list,
                                                        absl::optional<RowPosition> after,
                                                        int most) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto state, Get(entity.kind(), entity.id()));
  if (state == nullptr) return std::vector<StoredRow>();
  RowPage page;
  page.after = after;
  page.page_size = most;
  return view_.Rows(entity, list, state->version(), page);
}

absl::StatusOr<std::vector<std::string>> ViewSource::MergedCasesOf(const std::string& customer_id) {
  return ReadKey(v1::ENTITY_KIND_CASE, OfCustomerKey(customer_id, v1::Case::STATE_MERGED));
}

absl::StatusOr<std::vector<std::string>> ViewSource::EntitiesWith(
    v1::EntityKind kind, bool of_parts, const v1::ExternalId& external_id) {
  return ReadKey(kind, of_parts ? PartExternalIdKey(external_id) : ExternalIdKey(external_id));
}

absl::StatusOr<std::string> ViewSource::PartWith(const v1::EntityRef& entity,
                                                 const v1::ExternalId& external_id) {
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::StoredState stored,
                             view_.Get(entity.kind(), entity.id()));
  if (stored.state == nullptr) return std::string();
  return view_.FindPart(entity.kind(), PartExternalIdKey(external_id), PositionOf(*stored.state));
}

absl::StatusOr<std::vector<std::string>> ViewSource::OrdersWithReference(
    absl::string_view reference) {
  return ReadKey(v1::ENTITY_KIND_ORDER, ReferenceKey(reference));
}

absl::StatusOr<std::vector<std::string>> ViewSource::WaitingApprovalsOf(
    const v1::EntityRef& entity) {
  return ReadKey(v1::ENTITY_KIND_APPROVAL, ApprovalOfKey(entity, v1::Approval::STATE_PENDING));
}

absl::StatusOr<std::vector<std::string>> ViewSource::WaitingRequests(absl::string_view hash) {
  return ReadKey(v1::ENTITY_KIND_APPROVAL, RequestKey(hash));
}

absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> ViewSource::CausingRecord(
    const v1::EntityRef& entity, std::int64_t version) {
  LogPage page;
  page.after = version - 1;
  page.page_size = 1;
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::Event> events, view_.History(entity, page));
  if (events.empty() || events[0].record_id().empty()) return nullptr;
  return view_.GetRecord(events[0].record_id());
}

absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> ViewSource::HeldRecord(
    const std::string& approval_id) {
  return view_.GetRecord(approval_id);
}

absl::StatusOr<absl::optional<v1::Effect>> ViewSource::FindEffect(absl::string_view effect_id) {
  return view_.FindEffect(effect_id);
}

absl::StatusOr<absl::optional<v1::PolicyRef>> ViewSource::FindPolicy(absl::string_view hash) {
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<v1::KeptPolicy> kept, view_.GetPolicy(hash));
  if (!kept.has_value()) return absl::optional<v1::PolicyRef>();
  return absl::make_optional(PolicyRefOf(hash, kept->pack()));
}

}  // namespace internal
}  // namespace frontdesk
