#include <string>
#include <vector>

#include "frontdesk/agents/toolset.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace agents {
namespace {

v1::ToolCall::Result ReplayedResult(v1::Verdict verdict) {
  if (verdict == v1::VERDICT_DONE) return v1::ToolCall::RESULT_DONE;
  return verdict == v1::VERDICT_HELD ? v1::ToolCall::RESULT_HELD : v1::ToolCall::RESULT_REFUSED;
}

absl::StatusOr<ReplayedCall> Replay(const Reader& reader, const v1::ToolCall& call,
                                    const Policy& policy) {
  ReplayedCall replayed;
  replayed.call = call;
  replayed.result = call.result();
  replayed.reasons.assign(call.reasons().begin(), call.reasons().end());
  if (call.record_id().empty()) return replayed;
  FRONTDESK_ASSIGN_OR_RETURN(const v1::JournalRecord record, reader.GetRecord(call.record_id()));
  if (!record.has_input_hash()) return replayed;
  FRONTDESK_ASSIGN_OR_RETURN(const v1::RebuiltInput rebuilt,
                             reader.DecisionInputOf(call.record_id(), &policy));
  FRONTDESK_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                             Decide(rebuilt.input(), record.command(), policy));
  replayed.result = ReplayedResult(outcome.verdict());
  replayed.reasons.clear();
  for (const v1::Refusal& refusal : outcome.refusals()) {
    replayed.reasons.push_back(refusal.reason());
  }
  if (outcome.verdict() == v1::VERDICT_HELD) replayed.reasons = {outcome.held().reason()};
  return replayed;
}

}  // namespace

absl::StatusOr<std::vector<ReplayedCall>> ReplayCalls(const Reader& reader,
                                                      absl::string_view interaction_id,
                                                      const Policy& policy) {
  std::vector<ReplayedCall> replayed;
  RowPage page;
  do {
    FRONTDESK_ASSIGN_OR_RETURN(
        const Rows rows,
        reader.ReadRows(Ref(v1::ENTITY_KIND_INTERACTION, interaction_id), "parts", page));
    for (const v1::InteractionPart& part : rows.state.interaction().parts()) {
      if (part.kind() != v1::InteractionPart::KIND_TOOL_CALL) continue;
      FRONTDESK_ASSIGN_OR_RETURN(ReplayedCall call, Replay(reader, part.tool_call(), policy));
      replayed.push_back(std::move(call));
    }
    page.after = rows.next;
  } while (page.after.has_value());
  return replayed;
}

}  // namespace agents
}  // namespace frontdesk
