// The JSON Schema of the arguments of a tool. Private.
#ifndef FRONTDESK_AGENTS_SCHEMA_H_
#define FRONTDESK_AGENTS_SCHEMA_H_

#include <string>

#include "agents/words.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace agents {

// The schema of the fields of a message. A message that occurs twice in it is in "$defs".
std::string MakeSchema(const google::protobuf::Descriptor& message, const ArgumentWords& words);

// The description of the tool whose arguments are the message.
std::string MakeDescription(const google::protobuf::Descriptor& message,
                            const ArgumentWords& words);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_SCHEMA_H_
