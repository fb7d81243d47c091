// States in memory, so that they are not folded again and again. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_STATE_CACHE_H_
#define FRONTDESK_SRC_EVENT_LOG_STATE_CACHE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/entity_state.pb.h"

namespace frontdesk {
namespace event_log {

// The states that were used last, up to a size. Thread-safe.
class StateCache {
 public:
  // Those that are not here may be in `below`, to which nothing is added.
  explicit StateCache(std::size_t max_bytes, std::shared_ptr<StateCache> below = nullptr)
      : max_bytes_(max_bytes), below_(std::move(below)) {}

  // The state of an entity whose head is this one; null when it is not here.
  std::shared_ptr<const v1::EntityState> Find(const std::string& entity_key,
                                              const store::Value& head);

  void Put(const std::string& entity_key, store::Value head,
           std::shared_ptr<const v1::EntityState> state);

 private:
  struct Entry {
    std::string entity_key;
    store::Value head;
    std::shared_ptr<const v1::EntityState> state;
    std::size_t bytes;
  };

  const std::size_t max_bytes_;
  const std::shared_ptr<StateCache> below_;
  std::mutex mutex_;
  // The one used last is first.
  std::list<Entry> entries_;
  absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_STATE_CACHE_H_
