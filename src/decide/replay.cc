#include "decide/replay.h"

#include <limits>
#include <utility>
#include <vector>

#include "decide/asked.h"
#include "decide/load_input.h"
#include "decide/pipeline.h"
#include "domain/row_lists.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/domain/command_info.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

// The elements of lists that the command named, as they were when it was decided.
absl::Status LoadNamedRows(const v1::JournalRecord& record, CommandLimits limits,
                           const ReplaySources& sources, std::vector<LoadedRow>* rows) {
  const v1::Command& command = record.command();
  domain::Fields fields = domain::Fields::kUnknown;
  if (!CheckEnvelope(command, {record.facts(), "facts"}, limits, &fields).ok()) {
    return sources.malformed("a journal record has a command that is not valid");
  }
  const domain::CommandInfo* info = domain::FindCommand(command);
  if (info == nullptr || info->decision_input == nullptr) return absl::OkStatus();
  // The entities that were read were within the limits of then.
  limits.max_related = std::numeric_limits<int>::max();
  limits.max_case_ancestors = record.max_case_ancestors();
  const Asked asked(command, record.time());
  v1::DecisionInput input;
  LoadedParts parts;
  FRONTDESK_RETURN_IF_ERROR(
      LoadInput(asked, record.facts(), limits, sources.recorded, &input, &parts));
  *rows = std::move(parts.rows);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReplayedStates> ReplayEvents(const v1::LogChange& change,
                                            const CommandLimits& limits,
                                            const ReplaySources& sources) {
  std::vector<LoadedRow> rows;
  if (change.has_record()) {
    FRONTDESK_RETURN_IF_ERROR(LoadNamedRows(change.record(), limits, sources, &rows));
  }
  ReplayedStates states;
  for (const v1::Event& event : change.events()) {
    const v1::EntityRef& entity = event.entity();
    if (entity.kind() == v1::ENTITY_KIND_UNSPECIFIED || entity.id().empty() ||
        FindIdFault(entity.id()).has_value()) {
      return sources.malformed("an event is about no entity");
    }
    NewState& changed = states[{static_cast<int>(entity.kind()), entity.id()}];
    if (changed.state == nullptr) {
      FRONTDESK_ASSIGN_OR_RETURN(const auto before, sources.before(entity));
      FRONTDESK_RETURN_IF_ERROR(BeginState(entity, before, rows, &changed));
    }
    if (event.version() != changed.state->version() + 1) {
      return sources.malformed("an event is not the next one of its entity");
    }
    if (!Evolve(event, changed.state.get()).ok() || changed.state->version() != event.version()) {
      return sources.malformed("an event does not fold");
    }
    google::protobuf::Message* const arm = domain::MutableEntity(changed.state.get());
    if (arm == nullptr) return sources.malformed("an event makes no entity");
    changed.tracker.Note(event.version(), *arm, &changed.rows);
  }
  for (auto& [key, changed] : states) {
    domain::ClearRows(domain::MutableEntity(changed.state.get()));
  }
  return states;
}

}  // namespace internal
}  // namespace frontdesk
