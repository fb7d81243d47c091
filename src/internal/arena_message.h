// Messages that are made and dropped as one. Private, header only.
#ifndef FRONTDESK_INTERNAL_ARENA_MESSAGE_H_
#define FRONTDESK_INTERNAL_ARENA_MESSAGE_H_

#include <cstddef>
#include <memory>

#include "google/protobuf/arena.h"

namespace frontdesk {
namespace internal {

// An empty message on an arena of its own, which lives as long. A message with many parts is copied and dropped in a fraction of the time.
// Parts that are removed from it stay in the arena: it is for messages that change little.
template <typename Message>
std::shared_ptr<Message> MakeOnArena() {
  // The first block is beside the counters of the pointer: one place in memory to wait for.
  struct Holder {
    static google::protobuf::ArenaOptions OptionsWith(char* block, std::size_t size) {
      google::protobuf::ArenaOptions options;
      options.initial_block = block;
      options.initial_block_size = size;
      return options;
    }
    alignas(8) char block[768];
    google::protobuf::Arena arena{OptionsWith(block, sizeof(block))};
    Message* message = google::protobuf::Arena::CreateMessage<Message>(&arena);
  };
  const auto holder = std::make_shared<Holder>();
  return std::shared_ptr<Message>(holder, holder->message);
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_ARENA_MESSAGE_H_
