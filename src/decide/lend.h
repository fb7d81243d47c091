// Messages that are part of another one without a copy. Private.
#ifndef FRONTDESK_SRC_DECIDE_LEND_H_
#define FRONTDESK_SRC_DECIDE_LEND_H_

#include <memory>
#include <vector>

#include "frontdesk/v1/entity_state.pb.h"
#include "google/protobuf/arena.h"

namespace frontdesk {
namespace internal {

// The message to hand to `unsafe_arena_set_allocated_…` or `UnsafeArenaAddAllocated` of a borrower that is on `arena`. It is `message`
// itself. That must live as long as the borrower, and must not be changed through it. Clear() of the borrower may not be called.
// Without an arena it is a copy, which the borrower owns.
template <typename Message>
Message* LendTo(google::protobuf::Arena* arena, const Message& message) {
  return arena == nullptr ? new Message(message) : const_cast<Message*>(&message);
}

// Puts entities into an input: lent, where the input is on an arena. Their states are kept meanwhile.
class InputWriter {
 public:
  InputWriter(google::protobuf::Arena* arena,
              std::vector<std::shared_ptr<const v1::EntityState>>* states)
      : arena_(arena), states_(*states) {}

  template <typename Entity>
  Entity* Lend(const std::shared_ptr<const v1::EntityState>& state, const Entity& entity) const {
    if (arena_ != nullptr) states_.push_back(state);
    return LendTo(arena_, entity);
  }

 private:
  google::protobuf::Arena* const arena_;
  std::vector<std::shared_ptr<const v1::EntityState>>& states_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_LEND_H_
