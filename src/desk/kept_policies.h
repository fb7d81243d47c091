// Policies that commands were decided by, from the store. Private.
#ifndef FRONTDESK_SRC_DESK_KEPT_POLICIES_H_
#define FRONTDESK_SRC_DESK_KEPT_POLICIES_H_

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/policy/policy.h"

namespace frontdesk {
namespace internal {

// The policies of a store, compiled; those that were used last are kept in memory. Thread-safe.
class KeptPolicies {
 public:
  // The policy of that hash, compiled with the options of `active`, which it may be itself. NOT_FOUND POLICY_NOT_KEPT;
  // FAILED_PRECONDITION POLICY_FUNCTION_MISSING, POLICY_NOT_USABLE.
  absl::StatusOr<std::shared_ptr<const Policy>> Get(const event_log::View& view,
                                                    const std::string& hash,
                                                    const std::shared_ptr<const Policy>& active);

 private:
  // Compiled ones, with the policy whose options they have.
  struct Entry {
    std::shared_ptr<const Policy> policy;
    std::shared_ptr<const Policy> options_of;
  };

  std::mutex mutex_;
  // The one used last is first.
  std::list<Entry> entries_;  // guarded by mutex_
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_KEPT_POLICIES_H_
