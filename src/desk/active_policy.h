// The policy that a desk decides by: the active one of its store. Private.
#ifndef FRONTDESK_SRC_DESK_ACTIVE_POLICY_H_
#define FRONTDESK_SRC_DESK_ACTIVE_POLICY_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "desk/kept_policies.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/desk.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace internal {

v1::PolicyRef PolicyRefOf(absl::string_view hash, const v1::PolicyPack& pack);

// The desk as an entity.
v1::EntityRef DeskEntity();

// A policy as it was active at one moment.
struct ActiveAt {
  std::shared_ptr<const Policy> policy;
  // The head of the desk as an entity. It is another one as soon as another policy is active.
  store::Value head;
};

// Knows the active policy of a store, and compiles it when another desk has activated it. Thread-safe.
class ActivePolicy {
 public:
  // `given` is the policy that the host has opened the desk with. Others are compiled with its options.
  explicit ActivePolicy(std::shared_ptr<const Policy> given);

  // The active policy of that moment. DATA_LOSS STORE_CORRUPT when the store has none. NOT_FOUND POLICY_NOT_KEPT;
  // FAILED_PRECONDITION POLICY_FUNCTION_MISSING, POLICY_NOT_USABLE. With `offered`, which the host is about to activate, there is
  // neither of these two: that policy takes the place of one that this desk cannot use.
  absl::StatusOr<ActiveAt> Read(const event_log::View& view,
                                const std::shared_ptr<const Policy>& offered = nullptr);

  // The policy of that hash, which the view keeps. Errors of Read.
  absl::StatusOr<std::shared_ptr<const Policy>> Get(const event_log::View& view,
                                                    const std::string& hash);

  // Begins with the policy that `other` has read.
  void BeginAs(const ActivePolicy& other);

  // The policy that was read last; the given one before that.
  std::shared_ptr<const Policy> last() const;

  // The policy that the host gave last.
  std::shared_ptr<const Policy> given() const;

  // The host has given another policy, which is active.
  void Give(std::shared_ptr<const Policy> given);

 private:
  KeptPolicies kept_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> given_;  // guarded by mutex_
  ActiveAt last_;                        // guarded by mutex_
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_ACTIVE_POLICY_H_
