#include "desk/kept_policies.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

constexpr std::size_t kMaxPolicies = 8;

// The first function of the policy that the options have not; null when they have all.
const v1::PolicyFunction* FindMissing(const v1::KeptPolicy& kept, const PolicyOptions& options) {
  for (const v1::PolicyFunction& function : kept.functions()) {
    bool is_there = false;
    for (const auto& [name, overload] : options.functions) {
      is_there = is_there || (name == function.name() && overload.id == function.overload_id() &&
                              overload.version == function.version());
    }
    if (!is_there) return &function;
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<const Policy>> Compile(const v1::KeptPolicy& kept,
                                                      const PolicyOptions& options) {
  if (const v1::PolicyFunction* missing = FindMissing(kept, options)) {
    return MakeError(kReasonPolicyFunctionMissing,
                     absl::StrCat("the function ", EscapeValue(missing->name()), ", overload ",
                                  EscapeValue(missing->overload_id()), ", version \"",
                                  EscapeValue(missing->version()), "\" is missing"));
  }
  // Those that it did not have are no part of it.
  PolicyOptions of_then = options;
  // Nobody reads the warnings of a policy that was accepted once.
  of_then.rule_limits.max_analysis_steps = 0;
  of_then.functions.clear();
  for (const auto& [name, overload] : options.functions) {
    for (const v1::PolicyFunction& function : kept.functions()) {
      if (name == function.name() && overload.id == function.overload_id()) {
        of_then.functions.emplace_back(name, overload);
      }
    }
  }
  PolicyResult result = Policy::Compile(kept.pack(), of_then);
  if (result.policy == nullptr) {
    return MakeError(kReasonPolicyNotUsable, result.status().message());
  }
  return std::move(result.policy);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Policy>> KeptPolicies::Get(
    const event_log::View& view, const std::string& hash,
    const std::shared_ptr<const Policy>& active) {
  if (active->hash() == hash) return active;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->policy->hash() != hash || entry->options_of != active) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entry->policy;
    }
  }
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<v1::KeptPolicy> kept, view.GetPolicy(hash));
  if (!kept.has_value()) return MakeError(kReasonPolicyNotKept, "the store has no such policy");
  // Compiling takes no lock: functions of the host may be called.
  FRONTDESK_ASSIGN_OR_RETURN(std::shared_ptr<const Policy> policy,
                             Compile(*kept, active->options()));
  if (policy->hash() != hash) {
    return MakeError(kReasonPolicyNotUsable, "the policy has another hash in this build");
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  entries_.push_front({policy, active});
  if (entries_.size() > kMaxPolicies) entries_.pop_back();
  return policy;
}

}  // namespace internal
}  // namespace frontdesk
