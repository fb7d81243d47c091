#include "desk/active_policy.h"

#include <algorithm>
#include <cstddef>
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

namespace {

constexpr std::size_t kMaxGiven = 16;

absl::StatusOr<event_log::StoredState> ReadDesk(const event_log::View& view) {
  FRONTDESK_ASSIGN_OR_RETURN(event_log::StoredState stored,
                             view.Get(v1::ENTITY_KIND_DESK, std::string(domain::kDeskId)));
  if (stored.state == nullptr) {
    return MakeError(kReasonStoreCorrupt, "the store has no active policy");
  }
  return stored;
}

}  // namespace

ActivePolicy::ActivePolicy(std::shared_ptr<const Policy> given)
    : given_{given}, last_{std::move(given), nullptr} {}

void ActivePolicy::Give(std::shared_ptr<const Policy> given) {
  // Destroyed without the lock: a function of the host may ask the desk for its policy.
  std::vector<std::shared_ptr<const Policy>> dropped;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (given_.back() == given) return;
  given_.push_back(std::move(given));
  if (given_.size() <= kMaxGiven) return;
  dropped.push_back(std::move(given_.front()));
  given_.erase(given_.begin());
}

void ActivePolicy::GiveAllOf(const ActivePolicy& other) {
  for (std::shared_ptr<const Policy>& given : other.AllGiven()) Give(std::move(given));
}

absl::StatusOr<ActiveAt> ActivePolicy::Read(const event_log::View& view) {
  FRONTDESK_ASSIGN_OR_RETURN(store::Value head,
                             view.GetHead(v1::ENTITY_KIND_DESK, domain::kDeskId));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (head != nullptr && last_.head != nullptr && *last_.head == *head) return last_;
  }
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::StoredState stored, ReadDesk(view));
  ActiveAt active;
  FRONTDESK_ASSIGN_OR_RETURN(active.policy, Get(view, stored.state->desk().active_policy().hash()));
  active.head = std::move(head);
  ActiveAt before = active;
  const std::lock_guard<std::mutex> lock(mutex_);
  std::swap(last_, before);
  return active;
}

absl::StatusOr<std::shared_ptr<const Policy>> ActivePolicy::Get(const event_log::View& view,
                                                                const std::string& hash) {
  std::vector<std::shared_ptr<const Policy>> all = AllGiven();
  std::reverse(all.begin(), all.end());
  for (const std::shared_ptr<const Policy>& given : all) {
    if (given->hash() == hash) return given;
  }
  absl::Status first;
  for (const std::shared_ptr<const Policy>& given : all) {
    absl::StatusOr<std::shared_ptr<const Policy>> compiled = kept_.Get(view, hash, given);
    if (!absl::IsFailedPrecondition(compiled.status())) return compiled;
    if (first.ok()) first = compiled.status();
  }
  return first;
}

absl::StatusOr<std::string> ActivePolicy::ReadRegion(const event_log::View& view) {
  if (view.sequence() == 0) return std::string();
  const absl::StatusOr<ActiveAt> active = Read(view);
  if (active.ok()) return active->policy->pack().default_region_code();
  if (!absl::IsFailedPrecondition(active.status())) return active.status();
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::StoredState stored, ReadDesk(view));
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<v1::KeptPolicy> kept,
                             view.GetPolicy(stored.state->desk().active_policy().hash()));
  return kept.has_value() ? kept->pack().default_region_code() : std::string();
}

ActiveAt ActivePolicy::LastRead() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return last_;
}

std::shared_ptr<const Policy> ActivePolicy::last() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return last_.policy;
}

std::shared_ptr<const Policy> ActivePolicy::given() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return given_.back();
}

std::vector<std::shared_ptr<const Policy>> ActivePolicy::AllGiven() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return given_;
}

}  // namespace internal
}  // namespace frontdesk
