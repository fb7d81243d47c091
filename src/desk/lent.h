// Messages in a batch without a copy. Private.
#ifndef FRONTDESK_SRC_DESK_LENT_H_
#define FRONTDESK_SRC_DESK_LENT_H_

#include <memory>

namespace frontdesk {
namespace internal {

// A pointer to a message that somebody else has, and that lives until the batch is committed.
template <typename Message>
std::shared_ptr<const Message> Lent(const Message& message) {
  return std::shared_ptr<const Message>(std::shared_ptr<void>(), &message);
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_LENT_H_
