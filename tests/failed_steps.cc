// Linked into every test program: reading the value of a StatusOr that is an error throws. GoogleTest reports the exception as a
// failure of that test, and runs the others. Abseil itself ends the program.
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace absl {
ABSL_NAMESPACE_BEGIN
namespace internal_statusor {

// Weak, for a static Abseil, which then keeps its own.
__attribute__((weak)) void Helper::Crash(const absl::Status& status) {
  throw absl::BadStatusOrAccess(status);
}
__attribute__((weak)) void ThrowBadStatusOrAccess(absl::Status status) {
  throw absl::BadStatusOrAccess(status);
}

}  // namespace internal_statusor
ABSL_NAMESPACE_END
}  // namespace absl
