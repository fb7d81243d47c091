// How entities and the values of enums are written in arguments and results of the tool. Private.
#ifndef FRONTDESK_SRC_TOOL_ENTITY_WORDS_H_
#define FRONTDESK_SRC_TOOL_ENTITY_WORDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace tool {

// The value of an enum by its short name: "open". A usage error lists the names.
absl::StatusOr<int> FindEnum(const google::protobuf::EnumDescriptor* type, absl::string_view name);
// "case".
absl::StatusOr<v1::EntityKind> FindKind(absl::string_view name);
// "case/k1".
absl::StatusOr<v1::EntityRef> ParseRef(absl::string_view text);
std::string RefText(const v1::EntityRef& entity);

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_ENTITY_WORDS_H_
