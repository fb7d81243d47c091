// The policy that a desk decides by: the active one of its store. Private.
#ifndef FRONTDESK_SRC_DESK_ACTIVE_POLICY_H_
#define FRONTDESK_SRC_DESK_ACTIVE_POLICY_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

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
  // `given` is the policy that the host opens the desk with.
  explicit ActivePolicy(std::shared_ptr<const Policy> given);

  // The host hands another policy over. One of that hash is used as it is, and policies of the store are compiled with the options of
  // one that was given, the last one first. The last sixteen count.
  void Give(std::shared_ptr<const Policy> given);
  // Those that were given to `other`.
  void GiveAllOf(const ActivePolicy& other);

  // The active policy of that moment. DATA_LOSS STORE_CORRUPT when the store has none. Errors of Get.
  absl::StatusOr<ActiveAt> Read(const event_log::View& view);

  // The result of the last Read(), which may be outdated; without a head before the first.
  ActiveAt LastRead() const;

  // The policy of that hash: one that was given, or one that the view keeps. NOT_FOUND POLICY_NOT_KEPT; FAILED_PRECONDITION
  // POLICY_FUNCTION_MISSING, POLICY_NOT_USABLE.
  absl::StatusOr<std::shared_ptr<const Policy>> Get(const event_log::View& view,
                                                    const std::string& hash);

  // The region of the active policy, which need not be usable here. Empty for an empty store. Errors of Read.
  absl::StatusOr<std::string> ReadRegion(const event_log::View& view);

  // The policy that was read last; the first given one before that.
  std::shared_ptr<const Policy> last() const;

  // The policy that was given last.
  std::shared_ptr<const Policy> given() const;

 private:
  std::vector<std::shared_ptr<const Policy>> AllGiven() const;

  KeptPolicies kept_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Policy>> given_;  // guarded by mutex_; the last one at the end
  ActiveAt last_;                                     // guarded by mutex_
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_ACTIVE_POLICY_H_
