#include "desk/active_policy.h"

#include <utility>

#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/desk/desk.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

v1::PolicyRef PolicyRefOf(absl::string_view hash, const v1::PolicyPack& pack) {
  v1::PolicyRef ref;
  ref.set_hash(std::string(hash));
  ref.set_name(pack.name());
  ref.set_version(pack.version());
  return ref;
}

v1::EntityRef DeskEntity() {
  v1::EntityRef desk;
  desk.set_kind(v1::ENTITY_KIND_DESK);
  desk.set_id(std::string(domain::kDeskId));
  return desk;
}

ActivePolicy::ActivePolicy(std::shared_ptr<const Policy> given)
    : given_(std::move(given)), last_{given_, nullptr} {}

absl::StatusOr<ActiveAt> ActivePolicy::Read(const event_log::View& view,
                                            const std::shared_ptr<const Policy>& offered) {
  FRONTDESK_ASSIGN_OR_RETURN(store::Value head,
                             view.GetHead(v1::ENTITY_KIND_DESK, domain::kDeskId));
  if (head == nullptr) return MakeError(kReasonStoreCorrupt, "the store has no active policy");
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (last_.head != nullptr && *last_.head == *head) return last_;
  }
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::StoredState stored,
                             view.Get(v1::ENTITY_KIND_DESK, std::string(domain::kDeskId)));
  const std::string& hash = stored.state->desk().active_policy().hash();
  if (offered != nullptr && offered->hash() == hash) return ActiveAt{offered, std::move(head)};
  absl::StatusOr<std::shared_ptr<const Policy>> policy = Get(view, hash);
  if (absl::IsFailedPrecondition(policy.status()) && offered != nullptr) {
    return ActiveAt{offered, std::move(head)};
  }
  if (!policy.ok()) return policy.status();
  const std::lock_guard<std::mutex> lock(mutex_);
  last_ = {*std::move(policy), std::move(head)};
  return last_;
}

absl::StatusOr<std::shared_ptr<const Policy>> ActivePolicy::Get(const event_log::View& view,
                                                                const std::string& hash) {
  return kept_.Get(view, hash, given());
}

void ActivePolicy::BeginAs(const ActivePolicy& other) {
  const std::scoped_lock lock(mutex_, other.mutex_);
  last_ = other.last_;
}

std::shared_ptr<const Policy> ActivePolicy::last() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return last_.policy;
}

void ActivePolicy::Give(std::shared_ptr<const Policy> given) {
  const std::lock_guard<std::mutex> lock(mutex_);
  given_ = std::move(given);
  last_ = {given_, nullptr};
}

std::shared_ptr<const Policy> ActivePolicy::given() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return given_;
}

}  // namespace internal
}  // namespace frontdesk
