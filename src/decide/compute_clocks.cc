#include "frontdesk/decide/compute_clocks.h"

#include <utility>

#include "decide/clocks.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/case/case.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

// Everything is there already.
class HistorySource : public internal::ClockSource {
 public:
  HistorySource(const ClockCommand& command, const PolicyByHash& find_policy,
                const domain::CaseLookup& find_case, std::int64_t max_cost)
      : command_(command), find_policy_(find_policy), find_case_(find_case), budget_{max_cost} {}

  const Policy& policy() const override { return *command_.policy; }
  absl::StatusOr<std::shared_ptr<const Policy>> FindPolicy(const std::string& hash) override {
    if (find_policy_) return find_policy_(hash);
    return MakeError(kReasonStoreCorrupt, "the policy of a clock is not known");
  }
  absl::StatusOr<const v1::Customer*> FindCustomer(const std::string&) override {
    return command_.customer;
  }
  absl::StatusOr<std::vector<domain::ClockPause>> Pauses(
      const v1::Case& one, absl::Span<const v1::Case::State> states) override {
    return internal::ClockPausesOf(one, states, find_case_);
  }
  cel::Budget* budget() override { return &budget_; }

 private:
  const ClockCommand& command_;
  const PolicyByHash& find_policy_;
  const domain::CaseLookup& find_case_;
  cel::Budget budget_;
};

}  // namespace

absl::StatusOr<v1::Case> ComputeClocks(absl::Span<const ClockCommand> commands,
                                       const PolicyByHash& find_policy,
                                       const domain::CaseLookup& find_case, std::int64_t max_cost) {
  v1::Case computed;
  for (const ClockCommand& command : commands) {
    HistorySource source(command, find_policy, find_case, max_cost);
    internal::CaseClocks clocks(computed);
    const v1::Event* last = nullptr;
    for (const v1::Event& event : command.events) {
      if (!event.has_case_() || event.case_().has_case_clocks_changed()) continue;
      last = &event;
      FRONTDESK_RETURN_IF_ERROR(domain::EvolveCase(event, &computed));
      FRONTDESK_RETURN_IF_ERROR(clocks.Note(event, computed, &source));
    }
    const absl::optional<absl::Time> now =
        last == nullptr ? absl::nullopt : internal::DecodeTime(last->time());
    if (!now.has_value()) continue;
    FRONTDESK_ASSIGN_OR_RETURN(absl::optional<v1::CaseClocksChanged> changed,
                               clocks.Finish(computed, *now, &source));
    if (!changed.has_value()) continue;
    v1::Event event;
    *event.mutable_entity() = last->entity();
    *event.mutable_time() = last->time();
    *event.mutable_case_()->mutable_case_clocks_changed() = *std::move(changed);
    FRONTDESK_RETURN_IF_ERROR(domain::EvolveCase(event, &computed));
  }
  return computed;
}

}  // namespace frontdesk
