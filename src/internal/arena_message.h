// Messages that are made and dropped as one. Private, header only.
#ifndef FRONTDESK_INTERNAL_ARENA_MESSAGE_H_
#define FRONTDESK_INTERNAL_ARENA_MESSAGE_H_

#include <cstddef>
#include <memory>

#include "google/protobuf/arena.h"

namespace frontdesk {
namespace internal {

// An empty message on an arena of its own, which lives as long. A message with many parts is copied and dropped in a fraction of the time.
// Parts that are removed from it stay in the arena: it is for messages that change little. Where `similar` is not null, it is about to
// become one like that. A large one gets blocks from the beginning, and a very large one a first block of that size.
template <typename Message>
std::shared_ptr<Message> MakeOnArena(const Message* similar = nullptr) {
  constexpr std::size_t kSmall = 768;
  // Many messages come and go: blocks of one size are used again and again. The system's allocator keeps blocks of up to this size at
  // hand, and puts its memory in order for larger ones.
  constexpr std::size_t kBlock = 1'000;
  // The first block is beside the counters of the pointer: one place in memory to wait for.
  struct Small {
    static google::protobuf::ArenaOptions OptionsWith(char* block, std::size_t size) {
      google::protobuf::ArenaOptions options;
      options.initial_block = block;
      options.initial_block_size = size;
      options.start_block_size = kBlock;
      options.max_block_size = kBlock;
      return options;
    }
    alignas(8) char block[kSmall];
    google::protobuf::Arena arena{OptionsWith(block, sizeof(block))};
    Message* message = google::protobuf::Arena::CreateMessage<Message>(&arena);
  };
  struct Large {
    static google::protobuf::ArenaOptions OptionsWith(std::size_t size) {
      google::protobuf::ArenaOptions options;
      options.start_block_size = size;
      options.max_block_size = kBlock;  // Of the blocks behind the first.
      return options;
    }
    explicit Large(std::size_t size) : arena(OptionsWith(size)) {}
    google::protobuf::Arena arena;
    Message* message = google::protobuf::Arena::CreateMessage<Message>(&arena);
  };
  if (similar != nullptr && similar->GetArena() != nullptr) {
    constexpr std::size_t kMore = 256;
    constexpr std::size_t kVeryLarge = 8 * kBlock;
    const std::size_t size = similar->GetArena()->SpaceUsed() + kMore;
    if (size > kSmall) {
      const auto holder = std::make_shared<Large>(size > kVeryLarge ? size : kBlock);
      return std::shared_ptr<Message>(holder, holder->message);
    }
  }
  const auto holder = std::make_shared<Small>();
  return std::shared_ptr<Message>(holder, holder->message);
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_ARENA_MESSAGE_H_
