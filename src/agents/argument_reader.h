// Arguments of a call as a message: the schema, checked. Private.
#ifndef FRONTDESK_AGENTS_ARGUMENT_READER_H_
#define FRONTDESK_AGENTS_ARGUMENT_READER_H_

#include <vector>

#include "agents/json_reader.h"
#include "agents/words.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace agents {

// Reads the members of `arguments` into the fields of `message`. Returns every violation of the schema, in the order of the arguments, those
// of missing members last; then `message` has the rest. Linear.
std::vector<Violation> ReadArguments(const JsonValue& arguments, const ArgumentWords& words,
                                     google::protobuf::Message* message);

// The JSON Pointer of a path into a message: "/items/0/quantity" of "items[0].quantity".
std::string PointerOf(absl::string_view path);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_ARGUMENT_READER_H_
