// Calls into desks that a thread is inside, so that none enters its own desk again. Private.
#ifndef FRONTDESK_SRC_DESK_DESK_ENTRY_H_
#define FRONTDESK_SRC_DESK_DESK_ENTRY_H_

#include "absl/status/status.h"

namespace frontdesk {

class Reader;

namespace internal {

// One call, on the stack of its thread. Calls nest where a function, a source of ids or of time zones, or a store of the
// host uses another desk.
class DeskEntry {
 public:
  explicit DeskEntry(const Reader* desk);
  ~DeskEntry();
  DeskEntry(const DeskEntry&) = delete;
  DeskEntry& operator=(const DeskEntry&) = delete;

  // FAILED_PRECONDITION DESK_REENTERED when the thread is inside a call of the same desk already. It may hold a lock of
  // the desk, or be in the middle of a decision.
  absl::Status Check() const;

 private:
  const Reader* const desk_;
  const DeskEntry* const outer_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_DESK_ENTRY_H_
