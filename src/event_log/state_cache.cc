#include "event_log/state_cache.h"

#include <utility>

#include "absl/hash/hash.h"
#include "google/protobuf/arena.h"

namespace frontdesk {
namespace event_log {
namespace {

// About how many bytes of memory an entry takes besides its state, and the parts of a message for each of its serialized bytes.
constexpr std::size_t kEntryBytes = 384;
constexpr std::size_t kBytesPerByte = 3;

std::uint64_t HashOf(v1::EntityKind kind, absl::string_view id) {
  return absl::HashOf(static_cast<int>(kind), id);
}

bool IsOf(v1::EntityKind kind, absl::string_view id, const v1::EntityState& state) {
  return state.entity().kind() == kind && state.entity().id() == id;
}

}  // namespace

StateCache::StateCache(std::size_t max_bytes, std::size_t shards, std::shared_ptr<StateCache> below)
    : max_shard_bytes_(max_bytes / shards), below_(std::move(below)), shards_(shards) {}

void StateCache::Prefetch(v1::EntityKind kind, absl::string_view id) {
  const std::uint64_t hash = HashOf(kind, id);
  Shard& shard = ShardOf(hash);
  const std::lock_guard<std::mutex> lock(shard.mutex);
  const auto found = shard.entries.find(hash);
  if (found == shard.entries.end()) return;
  // Around the state are its counters and its parts: internal/arena_message.h.
  const char* const state = reinterpret_cast<const char*>(found->second.state.get());
  for (int line = -2; line < 4; ++line) __builtin_prefetch(state + 64 * line);
  __builtin_prefetch(reinterpret_cast<const char*>(found->second.head.get()) - 16);
}

void StateCache::PrefetchPlace(v1::EntityKind kind, absl::string_view id) {
  const std::uint64_t hash = HashOf(kind, id);
  Shard& shard = ShardOf(hash);
  const std::lock_guard<std::mutex> lock(shard.mutex);
  shard.entries.prefetch(hash);
}

std::shared_ptr<const v1::EntityState> StateCache::Find(v1::EntityKind kind, absl::string_view id,
                                                        const store::Value& head) {
  const std::uint64_t hash = HashOf(kind, id);
  {
    Shard& shard = ShardOf(hash);
    const std::lock_guard<std::mutex> lock(shard.mutex);
    const auto found = shard.entries.find(hash);
    if (found != shard.entries.end()) {
      Entry& entry = found->second;
      // One value is that of one row: then the state need not be looked at.
      const bool is_same = entry.head == head;
      if (is_same || IsOf(kind, id, *entry.state)) {
        if (!is_same && *entry.head != *head) return nullptr;
        entry.is_used = true;
        return entry.state;
      }
    }
  }
  return below_ == nullptr ? nullptr : below_->Find(kind, id, head);
}

std::pair<store::Value, std::shared_ptr<const v1::EntityState>> StateCache::FindLast(
    v1::EntityKind kind, absl::string_view id) {
  const std::uint64_t hash = HashOf(kind, id);
  {
    Shard& shard = ShardOf(hash);
    const std::lock_guard<std::mutex> lock(shard.mutex);
    const auto found = shard.entries.find(hash);
    if (found != shard.entries.end() && IsOf(kind, id, *found->second.state)) {
      found->second.is_used = true;
      return {found->second.head, found->second.state};
    }
  }
  if (below_ != nullptr) return below_->FindLast(kind, id);
  return {};
}

// Its texts, and its parts.
std::size_t StateCache::BytesOf(const v1::EntityState& state) {
  const google::protobuf::Arena* const arena = state.GetArena();
  const std::size_t texts = state.ByteSizeLong();
  return texts + (arena == nullptr ? kBytesPerByte * texts : arena->SpaceAllocated());
}

void StateCache::Put(store::Value head, std::shared_ptr<const v1::EntityState> state,
                     std::size_t state_bytes) {
  const std::uint64_t hash = HashOf(state->entity().kind(), state->entity().id());
  const std::size_t bytes = kEntryBytes + head->size() + state_bytes;
  // The one that is there, if any, has another head, and is not found.
  if (bytes > max_shard_bytes_) return;
  // Destroyed without the lock.
  std::vector<Entry> gone;
  Shard& shard = ShardOf(hash);
  const std::lock_guard<std::mutex> lock(shard.mutex);
  const auto [place, is_new] = shard.entries.try_emplace(hash);
  Entry& entry = place->second;
  if (is_new) {
    shard.order.push_back(hash);
  } else {
    shard.bytes -= entry.bytes;
    gone.push_back(std::move(entry));
  }
  entry = Entry{std::move(head), std::move(state), bytes, false};
  shard.bytes += bytes;
  while (shard.bytes > max_shard_bytes_) {
    const std::uint64_t first = shard.order.front();
    shard.order.pop_front();
    const auto oldest = shard.entries.find(first);
    if (oldest->second.is_used) {
      oldest->second.is_used = false;
      shard.order.push_back(first);
      continue;
    }
    shard.bytes -= oldest->second.bytes;
    gone.push_back(std::move(oldest->second));
    shard.entries.erase(oldest);
  }
}

}  // namespace event_log
}  // namespace frontdesk
