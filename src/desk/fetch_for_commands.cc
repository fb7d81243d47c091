#include "desk/fetch_for_commands.h"

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "decide/command_run.h"
#include "desk/active_policy.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/v1/common.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

// An order leads to its customer, and the customer to accounts.
constexpr int kMostRounds = 3;

// Those that are loaded with an entity.
void AddRelated(const v1::EntityState& state, std::vector<v1::EntityRef>* entities) {
  const auto add_account = [entities](const std::string& id) {
    AddEntity(v1::ENTITY_KIND_ACCOUNT, id, entities);
  };
  if (state.has_order()) {
    AddEntity(v1::ENTITY_KIND_CUSTOMER, state.order().customer_id(), entities);
    for (const auto& each : state.order().payments()) add_account(each.route().account_id());
    for (const auto& each : state.order().refunds()) add_account(each.route().account_id());
  } else if (state.has_case_()) {
    AddEntity(v1::ENTITY_KIND_CUSTOMER, state.case_().customer_id(), entities);
  } else if (state.has_interaction()) {
    AddEntity(v1::ENTITY_KIND_CUSTOMER, state.interaction().customer_id(), entities);
  } else if (state.has_account()) {
    AddEntity(v1::ENTITY_KIND_CUSTOMER, state.account().customer_id(), entities);
  } else if (state.has_customer()) {
    for (const auto& each : state.customer().payment_methods()) add_account(each.account_id());
  }
}

}  // namespace

absl::StatusOr<event_log::Group> BeginGroupFor(absl::Span<const v1::Command* const> commands,
                                               const event_log::EventLog& log) {
  if (!log.is_remote()) return log.BeginGroup();
  std::vector<v1::EntityRef> wanted = {DeskEntity()};
  std::vector<std::string> keys;
  for (const v1::Command* command : commands) {
    for (v1::EntityRef& entity : NamedEntities(*command)) wanted.push_back(std::move(entity));
    const std::string& key = command->idempotency_key();
    if (!key.empty() && !FindIdFault(key).has_value()) keys.push_back(key);
  }
  event_log::View view = log.ReadLater();
  std::set<std::pair<int, std::string>> seen;
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<v1::EntityRef> fetched, unknown;
    // States in memory name further entities, which are appended.
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const v1::EntityRef entity = wanted[i];
      if (!seen.insert({static_cast<int>(entity.kind()), entity.id()}).second) continue;
      fetched.push_back(entity);
      const event_log::StoredState known = view.GetKnown(entity.kind(), entity.id());
      if (known.state == nullptr) {
        unknown.push_back(entity);
      } else {
        AddRelated(*known.state, &wanted);
      }
    }
    if (fetched.empty()) break;
    FRONTDESK_ASSIGN_OR_RETURN(view, view.Fetch(fetched, keys));
    keys.clear();
    wanted.clear();
    for (const v1::EntityRef& entity : unknown) {
      const auto stored = view.Get(entity.kind(), entity.id());
      // One that cannot be read may not be needed.
      if (stored.ok() && stored->state != nullptr) AddRelated(*stored->state, &wanted);
    }
  }
  return log.BeginGroup(view);
}

}  // namespace internal
}  // namespace frontdesk
