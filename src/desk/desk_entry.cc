#include "desk/desk_entry.h"

#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"

namespace frontdesk {
namespace internal {
namespace {

// The innermost call of this thread.
thread_local const DeskEntry* innermost = nullptr;

}  // namespace

DeskEntry::DeskEntry(const Reader* desk) : desk_(desk), outer_(innermost) { innermost = this; }

DeskEntry::~DeskEntry() { innermost = outer_; }

absl::Status DeskEntry::Check() const {
  for (const DeskEntry* entry = outer_; entry != nullptr; entry = entry->outer_) {
    if (entry->desk_ != desk_) continue;
    return MakeError(kReasonDeskReentered,
                     "the call comes from a function, a source of ids or of time zones, or a store "
                     "that the desk is "
                     "calling");
  }
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace frontdesk
