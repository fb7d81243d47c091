#include "desk/relations.h"

#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "desk/row_reader.h"
#include "event_log/index_keys.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

using StatePtr = std::shared_ptr<const v1::EntityState>;

absl::Status EntityNotFoundError(v1::EntityKind kind, absl::string_view id) {
  const absl::string_view noun = domain::EntityKindNoun(kind);
  v1::ErrorDetail detail;
  const auto add = [&detail](const char* name, absl::string_view value) {
    v1::ErrorMetadata& metadata = *detail.add_metadata();
    metadata.set_name(name);
    metadata.set_value(std::string(value));
  };
  add("kind", noun);
  add("id", id);
  return MakeError(kReasonEntityNotFound, absl::StrCat("there is no ", noun, " ", EscapeValue(id)),
                   std::move(detail));
}

absl::Status CheckEntityId(absl::string_view id, absl::string_view field) {
  ErrorBuilder errors(kReasonEntityRefMalformed);
  if (id.empty()) errors.Add(field, kReasonFindFieldRequired, "is required");
  if (const auto fault = FindIdFault(id)) errors.Add(field, *fault->reason, fault->text);
  return errors.Build();
}

absl::StatusOr<StatePtr> GetState(const event_log::View& view, v1::EntityKind kind,
                                  const std::string& id) {
  FRONTDESK_ASSIGN_OR_RETURN(event_log::StoredState stored, view.Get(kind, id));
  return std::move(stored.state);
}

namespace {

absl::Status CheckFound(std::size_t count, int max_related) {
  if (count <= static_cast<std::size_t>(max_related)) return absl::OkStatus();
  return MakeError(kReasonFindRelatedTooMany, absl::StrCat("max_related is ", max_related));
}

}  // namespace

absl::StatusOr<StatePtr> StandingCustomer(const event_log::View& view, const std::string& id,
                                          int max_related) {
  std::set<std::string> seen = {id};
  FRONTDESK_ASSIGN_OR_RETURN(StatePtr state, GetState(view, v1::ENTITY_KIND_CUSTOMER, id));
  while (state != nullptr && state->customer().state() == v1::Customer::STATE_MERGED &&
         !state->customer().survivor_customer_id().empty()) {
    const std::string into = state->customer().survivor_customer_id();
    if (!seen.insert(into).second) return StatePtr();  // Imported as merged into each other.
    FRONTDESK_RETURN_IF_ERROR(CheckFound(seen.size(), max_related));
    FRONTDESK_ASSIGN_OR_RETURN(StatePtr survivor, GetState(view, v1::ENTITY_KIND_CUSTOMER, into));
    if (survivor == nullptr) break;  // Imported as merged into one that was not.
    state = std::move(survivor);
  }
  return state;
}

absl::StatusOr<std::vector<std::string>> CustomerWithMerged(const event_log::View& view,
                                                            const std::string& id,
                                                            int max_related) {
  FRONTDESK_ASSIGN_OR_RETURN(const StatePtr standing, StandingCustomer(view, id, max_related));
  if (standing == nullptr) return std::vector<std::string>{id};
  std::vector<std::string> ids = {standing->entity().id()};
  std::set<std::string> seen = {ids.front()};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string key = MergedIntoKey(ids[i]);
    IndexPage page;
    for (bool more = true; more;) {
      FRONTDESK_ASSIGN_OR_RETURN(const std::vector<IndexPosition> merged,
                                 view.Find(v1::ENTITY_KIND_CUSTOMER, key, page));
      for (const IndexPosition& position : merged) {
        if (seen.insert(position.id).second) ids.push_back(position.id);
      }
      FRONTDESK_RETURN_IF_ERROR(CheckFound(ids.size(), max_related));
      more = static_cast<int>(merged.size()) == page.page_size;
      if (more) page.after = merged.back();
    }
  }
  return ids;
}

absl::StatusOr<std::vector<StatePtr>> CaseWithMerged(const event_log::View& view,
                                                     const std::string& id, int max_related) {
  std::vector<std::string> ids = {id};
  std::set<std::string> seen = {id};
  std::vector<StatePtr> states;
  RowReader rows(view, std::numeric_limits<int>::max());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    FRONTDESK_ASSIGN_OR_RETURN(StatePtr state, GetState(view, v1::ENTITY_KIND_CASE, ids[i]));
    if (state == nullptr) continue;
    if (state->case_().merged_case_count() > 0) {
      v1::EntityState whole = *state;
      FRONTDESK_RETURN_IF_ERROR(rows.ReadInto("merged_cases", &whole));
      for (const v1::MergedCase& merged : whole.case_().merged_cases()) {
        if (seen.insert(merged.case_id()).second) ids.push_back(merged.case_id());
      }
    }
    FRONTDESK_RETURN_IF_ERROR(CheckFound(ids.size(), max_related));
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace internal
}  // namespace frontdesk
