// A quick look at all fields of a command, which answers only that all of them are sound. Private.
#ifndef FRONTDESK_SRC_DECIDE_FIELD_SCREEN_H_
#define FRONTDESK_SRC_DECIDE_FIELD_SCREEN_H_

#include "google/protobuf/message.h"

namespace frontdesk {
namespace internal {

// Whether all texts in `message`, at any depth, are UTF-8, those of class INTERNAL ids, and all numbers of enums known: then
// FieldsWithInvalidUtf8() and domain::FindFieldFaults() find nothing. False when one of them is not, and for messages that hold a field
// without a typed getter. True is possible for v1.Command, v1.Facts and v1.DecisionInput. Costs a fraction of the two: it reads by typed
// getters, and makes no paths. Thread-safe.
bool AreFieldsSound(const google::protobuf::Message& message);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_FIELD_SCREEN_H_
