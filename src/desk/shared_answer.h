// Answers that have states of a log as their parts, and copy none. Private, header only.
#ifndef FRONTDESK_SRC_DESK_SHARED_ANSWER_H_
#define FRONTDESK_SRC_DESK_SHARED_ANSWER_H_

#include <memory>
#include <utility>
#include <vector>

#include "frontdesk/v1/entity_state.pb.h"
#include "google/protobuf/arena.h"

namespace frontdesk {
namespace internal {

// A message, and the states that are parts of it. The message is on an arena: so it does not own the parts that are lent to it, and
// destroys none of them. Clear() may not be called, neither of the message nor of a field with lent parts.
template <typename Message>
class SharedAnswer {
 public:
  SharedAnswer() : parts_(std::make_shared<Parts>()) {}

  Message* message() { return parts_->message; }

  // The part to hand to `unsafe_arena_set_allocated_…` or `UnsafeArenaAddAllocated` of the message: `part` itself, which is `state` or in
  // it, and must not be changed through the result.
  template <typename Part>
  Part* Lend(std::shared_ptr<const v1::EntityState> state, const Part& part) {
    parts_->states.push_back(std::move(state));
    return const_cast<Part*>(&part);
  }

  // The message, which keeps the states. Not to be called again.
  std::shared_ptr<const Message> Take() {
    const Message* const message = parts_->message;
    return std::shared_ptr<const Message>(std::move(parts_), message);
  }

 private:
  struct Parts {
    std::vector<std::shared_ptr<const v1::EntityState>> states;
    google::protobuf::Arena arena;
    Message* const message = google::protobuf::Arena::CreateMessage<Message>(&arena);
  };

  std::shared_ptr<Parts> parts_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_SHARED_ANSWER_H_
