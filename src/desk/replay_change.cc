#include "desk/replay_change.h"

#include <memory>
#include <utility>

#include "absl/types/optional.h"
#include "decide/replay.h"
#include "desk/lent.h"
#include "desk/recorded_state.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/desk/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

absl::Status Malformed(absl::string_view text) { return MakeError(kReasonLogMalformed, text); }

}  // namespace

absl::StatusOr<event_log::Batch> ReplayChange(const event_log::View& view,
                                              const CommandLimits& limits, v1::LogChange* change) {
  event_log::Batch batch;
  absl::optional<RecordedState> recorded;
  if (change->has_record()) {
    v1::JournalRecord& record = *change->mutable_record();
    record.clear_sequence();
    if (record.record_id().empty() || FindIdFault(record.record_id()).has_value()) {
      return Malformed("a journal record has no id, or one that is none");
    }
    recorded.emplace(view, record);
    batch.record = Lent(record);
  }
  const auto before =
      [&view](
          const v1::EntityRef& entity) -> absl::StatusOr<std::shared_ptr<const v1::EntityState>> {
    FRONTDESK_ASSIGN_OR_RETURN(event_log::StoredState stored, view.Get(entity.kind(), entity.id()));
    return std::move(stored.state);
  };
  FRONTDESK_ASSIGN_OR_RETURN(
      ReplayedStates states,
      ReplayEvents(*change, limits,
                   {recorded.has_value() ? &*recorded : nullptr, before, Malformed}));
  int reports = 0;
  for (const v1::Event& event : change->events()) {
    reports += event.desk().has_effect_reported() ? 1 : 0;
    batch.events.push_back(Lent(event));
  }
  if (reports > 1) return Malformed("a command reports several effects");
  FRONTDESK_RETURN_IF_ERROR(view.AddReport(&batch));
  for (auto& [key, changed] : states) {
    FRONTDESK_ASSIGN_OR_RETURN(event_log::StoredState stored,
                               view.Get(static_cast<v1::EntityKind>(key.first), key.second));
    batch.changed.push_back({std::move(stored), std::move(changed.state), std::move(changed.rows)});
  }
  if (change->has_policy()) batch.policy = {change->entry().policy_hash(), change->policy()};
  return batch;
}

}  // namespace internal
}  // namespace frontdesk
