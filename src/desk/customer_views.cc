#include "desk/customer_views.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "desk/desk_entry.h"
#include "desk/finder.h"
#include "desk/relations.h"
#include "desk/row_reader.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/customer_view.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

using StatePtr = std::shared_ptr<const v1::EntityState>;

absl::StatusOr<v1::CustomerView> ReadCustomerView(const event_log::View& view,
                                                  const v1::EntityState& state,
                                                  const FindLimits& limits) {
  v1::CustomerView shown;
  internal::RowReader rows(view, limits.max_rows);
  v1::EntityState whole = state;
  FRONTDESK_RETURN_IF_ERROR(rows.ReadInto("parts", &whole));
  if (whole.has_interaction()) {
    *shown.mutable_interaction() = domain::ViewInteraction(whole.interaction());
    return shown;
  }
  FRONTDESK_RETURN_IF_ERROR(rows.ReadInto("merged_cases", &whole));
  // Messages of other customers are never seen, whatever the merges.
  std::set<std::string> customer_ids = {""};
  if (!state.case_().customer_id().empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(
        const std::vector<std::string> ids,
        internal::CustomerWithMerged(view, state.case_().customer_id(), limits.max_related));
    customer_ids.insert(ids.begin(), ids.end());
  }
  std::map<std::string, v1::EntityState> read;
  absl::Status failed;
  *shown.mutable_case_() =
      domain::ViewCase(whole.case_(), [&](const std::string& id) -> const v1::Case* {
        absl::StatusOr<StatePtr> found = internal::GetState(view, v1::ENTITY_KIND_CASE, id);
        if (!found.ok()) failed = found.status();
        if (!found.ok() || *found == nullptr ||
            customer_ids.count((*found)->case_().customer_id()) == 0) {
          return nullptr;
        }
        v1::EntityState& kept = read[id] = **found;
        failed.Update(rows.ReadInto("parts", &kept));
        failed.Update(rows.ReadInto("merged_cases", &kept));
        return &kept.case_();
      });
  if (!failed.ok()) return failed;
  return shown;
}

}  // namespace internal

absl::StatusOr<v1::CustomerView> Reader::CustomerView(const v1::EntityRef& entity) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  if (entity.kind() != v1::ENTITY_KIND_INTERACTION && entity.kind() != v1::ENTITY_KIND_CASE) {
    return MakeError(kReasonEntityRefMalformed, "the kind is not INTERACTION or CASE");
  }
  FRONTDESK_RETURN_IF_ERROR(internal::CheckEntityId(entity.id(), "id"));
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             internal::GetState(view, entity.kind(), entity.id()));
  if (state == nullptr) return internal::EntityNotFoundError(entity.kind(), entity.id());
  return internal::ReadCustomerView(view, *state, find_limits_);
}

}  // namespace frontdesk
