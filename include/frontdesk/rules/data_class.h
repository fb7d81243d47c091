// The data class of a field by its declaration, and the mask that a trace shows in its place.
//
//   const google::protobuf::FieldDescriptor* field =
//       frontdesk::v1::ValueRead::descriptor()->FindFieldByName("value");
//   frontdesk::rules::DataClassOf(*field);  // frontdesk::v1::DATA_CLASS_INTERNAL
#ifndef FRONTDESK_RULES_DATA_CLASS_H_
#define FRONTDESK_RULES_DATA_CLASS_H_

#include <functional>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/data_class.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace rules {

// Says the class of a field. Must be thread-safe and give the same answer always.
using DataClassSource =
    std::function<v1::DataClass(const google::protobuf::FieldDescriptor& field)>;

// The field's option (frontdesk.v1.data_class), also when the descriptor comes from a pool that does not know the option.
// DATA_CLASS_UNSPECIFIED when it has none. Thread-safe.
v1::DataClass DataClassOf(const google::protobuf::FieldDescriptor& field);

// The replacement of a value that may not be shown: "<personal>", "<sensitive>", "<secret>"; "<unclassified>" for
// DATA_CLASS_UNSPECIFIED (text without a class is never shown); "" for the classes that may be shown. An unknown number
// counts as SECRET. Static storage; thread-safe.
absl::string_view MaskOf(v1::DataClass data_class);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_DATA_CLASS_H_
