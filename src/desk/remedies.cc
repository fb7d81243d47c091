// The remedies for a case, ranked for the actor who asks.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "decide/command_run.h"
#include "decide/pipeline.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/finder.h"
#include "desk/relations.h"
#include "desk/state_reader.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

// Remedies that can be given at once come first.
int PlaceOf(v1::Verdict verdict) {
  return verdict == v1::VERDICT_DONE ? 0 : verdict == v1::VERDICT_HELD ? 1 : 2;
}

v1::Command WithRemedy(const v1::Command& resolve, const v1::Remedy& remedy) {
  v1::Command command = resolve;
  command.clear_idempotency_key();
  v1::ResolveCase& verb = *command.mutable_case_()->mutable_resolve_case();
  verb.set_code(remedy.code());
  verb.set_remedy(remedy.name());
  verb.clear_remedy_amount();
  if (remedy.has_amount()) *verb.mutable_remedy_amount() = remedy.amount();
  return command;
}

}  // namespace

absl::StatusOr<std::vector<v1::RankedRemedy>> Desk::RankRemedies(const v1::Command& resolve,
                                                                 const v1::Facts& facts) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  if (!resolve.case_().has_resolve_case()) {
    return MakeError(kReasonCommandWrongEntity,
                     "the command is not ResolveCase, which remedies are ranked for");
  }
  domain::Fields fields = domain::Fields::kUnknown;
  FRONTDESK_RETURN_IF_ERROR(internal::CheckEnvelope(resolve, {facts, "facts"}, limits_, &fields));
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const internal::ActiveAt active, active_policy_->Read(view));
  const Policy& policy = *active.policy;
  const std::string& case_id = resolve.case_().resolve_case().case_id();
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             internal::GetState(view, v1::ENTITY_KIND_CASE, case_id));
  if (state == nullptr) return internal::EntityNotFoundError(v1::ENTITY_KIND_CASE, case_id);
  std::vector<v1::RankedRemedy> ranked;
  for (const v1::Remedy& remedy : policy.pack().cases().remedies()) {
    if (!domain::IsRemedyFor(remedy, state->case_())) continue;
    const v1::Command command = WithRemedy(resolve, remedy);
    internal::StateReader reader(view, remember_for_);
    internal::CommandRun run(limits_, {max_clock_skew_, max_clock_lead_}, rules::TraceLevel::kFired,
                             command, facts);
    run.SetKeptPolicies(
        [this, &view](const std::string& hash) { return active_policy_->Get(view, hash); });
    FRONTDESK_RETURN_IF_ERROR(
        run.Run([&policy] { return absl::StatusOr<const Policy*>(&policy); }, &reader));
    const v1::Outcome& outcome = run.outcome();
    v1::RankedRemedy& one = ranked.emplace_back();
    *one.mutable_remedy() = remedy;
    one.set_verdict(outcome.verdict());
    *one.mutable_refusals() = outcome.refusals();
    if (outcome.has_held()) *one.mutable_held() = outcome.held();
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return PlaceOf(a.verdict()) < PlaceOf(b.verdict());
  });
  return ranked;
}

}  // namespace frontdesk
