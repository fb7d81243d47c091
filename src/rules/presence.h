// Whether a value that an expression read was there. Private to rules/.
#ifndef FRONTDESK_RULES_PRESENCE_H_
#define FRONTDESK_RULES_PRESENCE_H_

#include "absl/strings/string_view.h"
#include "frontdesk/cel/program.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace rules {

// The first field on the way of `read` below `input` that is not set: the one that was read, or a message that would hold it.
// An enum that is UNSPECIFIED counts as not set. Null when everything is set, or when that is not known: a number, bool or
// text without presence, an entry of a map, a value that the expression made. Linear in the path.
const google::protobuf::FieldDescriptor* FindUnset(const google::protobuf::Message& input,
                                                   const cel::Read& read);

// The message below `input` whose field `read` read; null when that is not known: an entry of a map, or a value that the
// expression made. Linear in the path.
const google::protobuf::Message* FindHolder(const google::protobuf::Message& input,
                                            const cel::Read& read);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_PRESENCE_H_
