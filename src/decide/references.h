// The entities that a command refers to beside the one that it addresses, as its options declare them.
// Private.
#ifndef FRONTDESK_SRC_DECIDE_REFERENCES_H_
#define FRONTDESK_SRC_DECIDE_REFERENCES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace v1 {
class Command;
class CommandReference;
}  // namespace v1

namespace internal {

// One entity that a command refers to.
struct Reference {
  // Its declaration in the options.
  const v1::CommandReference* declared = nullptr;
  // The place of the id in the command, as a path from the command's field: "open_case.links[0]".
  std::string field;
  // The entity.
  v1::EntityRef entity;
};

// Every reference that `command` fills, in the order of the options and then of the fields.
std::vector<Reference> CollectReferences(const v1::Command& command);

// The id that the command gives for the first reference of which the state belongs in `input_field` of the decision input;
// empty when it gives none.
std::string ReferencedId(const v1::Command& command, absl::string_view input_field);

// Whether the decision input `arm` holds the entity that `reference` is about. Of a customer it may be the survivor instead.
bool IsLoaded(const Reference& reference, const google::protobuf::Message& arm);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_REFERENCES_H_
