// Messages that are part of another one without a copy. Private.
#ifndef FRONTDESK_SRC_DECIDE_LEND_H_
#define FRONTDESK_SRC_DECIDE_LEND_H_

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

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_LEND_H_
