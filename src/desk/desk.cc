#include "frontdesk/desk/desk.h"

#include <utility>

#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/find_limits.h"
#include "desk/retention.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

absl::Status CheckOptions(const DeskOptions& options) {
  ErrorBuilder errors(kReasonDeskOptionsInvalid);
  const auto require = [&errors](bool good, absl::string_view field, absl::string_view text) {
    if (!good) errors.Add(field, kReasonDeskOptionsInvalid, text);
  };
  require(options.policy != nullptr, "policy", "a policy is required");
  require(options.limits.max_command_bytes > 0, "limits.max_command_bytes",
          "the limit is not positive");
  require(options.limits.max_facts_bytes > 0, "limits.max_facts_bytes",
          "the limit is not positive");
  require(options.limits.max_events_per_command > 0, "limits.max_events_per_command",
          "the limit is not positive");
  require(options.limits.max_policy_cost > 0, "limits.max_policy_cost",
          "the limit is not positive");
  require(options.limits.max_case_ancestors > 0, "limits.max_case_ancestors",
          "the limit is not positive");
  require(options.limits.max_related > 0, "limits.max_related", "the limit is not positive");
  internal::CheckFindLimits(options.find_limits, &errors);
  require(options.max_commit_attempts > 0, "max_commit_attempts", "the limit is not positive");
  require(options.remember_for > absl::ZeroDuration(), "remember_for", "the time is not positive");
  require(options.max_clock_skew >= absl::ZeroDuration(), "max_clock_skew", "the time is negative");
  require(options.max_clock_lead > absl::ZeroDuration(), "max_clock_lead",
          "the time is not positive");
  return errors.Build();
}

}  // namespace

Desk::Desk(DeskOptions options)
    : Reader(std::move(options.store), options.max_cached_state_bytes, std::move(options.policy),
             options.limits, options.find_limits),
      id_source_(std::move(options.id_source)),
      max_cached_state_bytes_(options.max_cached_state_bytes),
      max_commit_attempts_(options.max_commit_attempts),
      remember_for_(options.remember_for),
      max_clock_skew_(options.max_clock_skew),
      max_clock_lead_(options.max_clock_lead),
      trace_(options.trace),
      retention_(std::make_unique<internal::Retention>()) {}

Desk::~Desk() = default;

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(DeskOptions options) {
  FRONTDESK_RETURN_IF_ERROR(CheckOptions(options));
  if (options.store == nullptr) options.store = store::MakeMemoryStore();
  const std::shared_ptr<const Policy> policy = options.policy;
  const absl::optional<PolicyActivation> activation = std::move(options.activate);
  std::unique_ptr<Desk> desk(new Desk(std::move(options)));
  FRONTDESK_RETURN_IF_ERROR(desk->log_->MakeRows());
  FRONTDESK_RETURN_IF_ERROR(desk->BeginWith(policy, activation));
  // The first command needs it anyway.
  if (desk->log_->is_remote()) desk->RefreshPolicy();
  return desk;
}

std::shared_ptr<const Policy> Desk::policy() const { return active_policy_->last(); }

absl::StatusOr<std::unique_ptr<Desk>> Desk::Fork(std::shared_ptr<IdSource> id_source,
                                                 std::shared_ptr<const Policy> policy) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  DeskOptions options;
  options.policy = policy != nullptr ? policy : active_policy_->given();
  FRONTDESK_ASSIGN_OR_RETURN(options.store, log_->CloneStore());
  options.id_source = id_source != nullptr ? std::move(id_source) : id_source_;
  options.limits = limits_;
  options.find_limits = find_limits_;
  options.max_cached_state_bytes = max_cached_state_bytes_;
  options.max_commit_attempts = max_commit_attempts_;
  options.remember_for = remember_for_;
  options.max_clock_skew = max_clock_skew_;
  options.max_clock_lead = max_clock_lead_;
  options.trace = trace_;
  std::unique_ptr<Desk> fork(new Desk(std::move(options)));
  FRONTDESK_RETURN_IF_ERROR(fork->log_->MakeRows());
  fork->active_policy_->GiveAllOf(*active_policy_);
  if (policy != nullptr) {
    fork->active_policy_->Give(policy);
    FRONTDESK_RETURN_IF_ERROR(fork->BeginWithFirst(*policy, /*is_fork=*/true).status());
  }
  fork->RefreshPolicy();
  return fork;
}

}  // namespace frontdesk
