#include "event_log/state_cache.h"

#include <iterator>
#include <utility>

namespace frontdesk {
namespace event_log {
namespace {

// About how many bytes of memory a message takes for each of its serialized bytes.
constexpr std::size_t kBytesPerByte = 4;

}  // namespace

std::shared_ptr<const v1::EntityState> StateCache::Find(const std::string& entity_key,
                                                        const store::Value& head) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = by_key_.find(entity_key);
    if (found != by_key_.end()) {
      const Entry& entry = *found->second;
      if (entry.head != head && *entry.head != *head) return nullptr;
      entries_.splice(entries_.begin(), entries_, found->second);
      return entry.state;
    }
  }
  return below_ == nullptr ? nullptr : below_->Find(entity_key, head);
}

void StateCache::Put(const std::string& entity_key, store::Value head,
                     std::shared_ptr<const v1::EntityState> state) {
  const std::size_t bytes =
      entity_key.size() + head->size() + kBytesPerByte * state->ByteSizeLong();
  // Destroyed without the lock.
  std::list<Entry> gone;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto remove = [&](std::list<Entry>::iterator entry) {
    bytes_ -= entry->bytes;
    by_key_.erase(entry->entity_key);
    gone.splice(gone.begin(), entries_, entry);
  };
  const auto known = by_key_.find(entity_key);
  if (known != by_key_.end()) remove(known->second);
  if (bytes > max_bytes_) return;
  entries_.push_front({entity_key, std::move(head), std::move(state), bytes});
  by_key_.emplace(entries_.front().entity_key, entries_.begin());
  bytes_ += bytes;
  while (bytes_ > max_bytes_) remove(std::prev(entries_.end()));
}

}  // namespace event_log
}  // namespace frontdesk
