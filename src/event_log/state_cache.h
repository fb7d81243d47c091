// States in memory, so that they are not folded again and again. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_STATE_CACHE_H_
#define FRONTDESK_SRC_EVENT_LOG_STATE_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/entity_state.pb.h"

namespace frontdesk {
namespace event_log {

// The states that were used lately, up to a size. Thread-safe.
//
// It is in shards, each with a lock of its own, for threads that read at the same time. A shard is a table by the hash of the entity,
// and a list of the hashes in the order in which they came. A state that is found is marked. When there is no more room, the first
// one of the list goes; a marked one is put at its end once more instead. So finding a state changes nothing but its own place in the table:
// in a large cache each other place would have to come from the memory first.
class StateCache {
 public:
  // Each of the `shards` has its part of `max_bytes`. States that are not here may be in `below`, to which nothing is added.
  explicit StateCache(std::size_t max_bytes, std::size_t shards = 16,
                      std::shared_ptr<StateCache> below = nullptr);

  // Asks the memory for the data that Find will read, and waits for no more than the place of the entity in the table. The other function
  // asks for that place, and waits for nothing: of many entities, all places come at the same time.
  void Prefetch(v1::EntityKind kind, absl::string_view id);
  void PrefetchPlace(v1::EntityKind kind, absl::string_view id);

  // The state of an entity whose head is this one; null when it is not here.
  std::shared_ptr<const v1::EntityState> Find(v1::EntityKind kind, absl::string_view id,
                                              const store::Value& head);

  // The state of an entity that was kept last, with its head, whether or not it is the newest. Null: it is not here.
  std::pair<store::Value, std::shared_ptr<const v1::EntityState>> FindLast(v1::EntityKind kind,
                                                                           absl::string_view id);

  // Keeps the state of its entity, in the place of an earlier one.
  void Put(store::Value head, std::shared_ptr<const v1::EntityState> state) {
    const std::size_t state_bytes = BytesOf(*state);
    Put(std::move(head), std::move(state), state_bytes);
  }
  // The same with the result of BytesOf().
  void Put(store::Value head, std::shared_ptr<const v1::EntityState> state,
           std::size_t state_bytes);

  // About how many bytes of memory a state takes.
  static std::size_t BytesOf(const v1::EntityState& state);

 private:
  struct Entry {
    store::Value head;
    std::shared_ptr<const v1::EntityState> state;
    std::size_t bytes = 0;
    bool is_used = false;
  };

  // Apart from each other in memory: threads that use different ones do not disturb each other.
  struct alignas(64) Shard {
    std::mutex mutex;
    // Of entities of the same hash the last one.
    absl::flat_hash_map<std::uint64_t, Entry> entries;
    // The hash of each entry, once.
    std::deque<std::uint64_t> order;
    std::size_t bytes = 0;
  };

  Shard& ShardOf(std::uint64_t hash) { return shards_[(hash >> 32) % shards_.size()]; }

  const std::size_t max_shard_bytes_;
  const std::shared_ptr<StateCache> below_;
  std::vector<Shard> shards_;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_STATE_CACHE_H_
