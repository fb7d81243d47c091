#include "desk/make_batch.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/lent.h"
#include "frontdesk/decide/decide.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

// Adds the approval for which a held command waits.
absl::Status AddApproval(const std::string& record_id, CommandRun* run, event_log::Batch* batch) {
  v1::Outcome& outcome = run->outcome();
  const v1::JournalRecord& record = run->record();
  outcome.mutable_held()->set_approval_id(record_id);
  v1::Event* event = outcome.add_events();
  event->mutable_entity()->set_kind(v1::ENTITY_KIND_APPROVAL);
  event->mutable_entity()->set_id(record_id);
  event->set_version(1);
  *event->mutable_time() = record.time();
  if (record.command().late_entry()) *event->mutable_occur_time() = record.command().now();
  event->set_actor_id(record.command().actor().actor_id());
  v1::Approval* approval =
      event->mutable_approval()->mutable_approval_requested()->mutable_approval();
  *approval = *run->requested();
  approval->set_approval_id(record_id);
  auto state = std::make_shared<v1::EntityState>();
  FRONTDESK_RETURN_IF_ERROR(Evolve(*event, state.get()));
  batch->read_entities.push_back({event->entity(), nullptr});
  batch->changed.push_back({{}, std::move(state), {}});
  return absl::OkStatus();
}

}  // namespace

absl::Status MakeBatch(const std::string& record_id, StateReader* reader, CommandRun* run,
                       event_log::Batch* batch) {
  if (!run->has_record()) return absl::OkStatus();
  batch->read_entities = reader->ReadEntities();
  batch->changed.reserve(run->new_states().size() + 1);
  for (auto& [key, changed] : run->new_states()) {
    batch->changed.push_back(
        {reader->Stored(changed.state->entity()), changed.state, std::move(changed.rows)});
  }
  v1::Outcome& outcome = run->outcome();
  v1::JournalRecord& record = run->record();
  if (run->requested() != nullptr) {
    FRONTDESK_RETURN_IF_ERROR(AddApproval(record_id, run, batch));
  }
  batch->events.reserve(static_cast<std::size_t>(outcome.events_size()));
  int place = 0;
  for (v1::Event& event : *outcome.mutable_events()) {
    event.set_event_id(absl::StrCat(record_id, "-", ++place));
    event.set_record_id(record_id);
    record.add_event_ids(event.event_id());
    v1::EventRef& ref = *record.add_events();
    ref.unsafe_arena_set_allocated_entity(event.mutable_entity());
    ref.set_version(event.version());
    batch->events.push_back(Lent(event));
  }
  place = 0;
  for (v1::Effect& effect : *outcome.mutable_effects()) {
    effect.set_effect_id(absl::StrCat(record_id, "-e", ++place));
  }
  reader->AddReads(&record);
  batch->read_indexes = reader->TakeIndexes();
  batch->read_totals = reader->TakeTotals();
  outcome.set_record_id(record_id);
  record.set_record_id(record_id);
  if (outcome.has_held()) *record.mutable_held() = outcome.held();
  for (v1::Effect& effect : *outcome.mutable_effects()) {
    record.mutable_effects()->UnsafeArenaAddAllocated(&effect);
  }
  batch->record = Lent(record);
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace frontdesk
