#include "frontdesk/rules/data_class.h"

#include "google/protobuf/descriptor.pb.h"
#include "internal/canonical.h"

namespace frontdesk {
namespace rules {

v1::DataClass DataClassOf(const google::protobuf::FieldDescriptor& field) {
  const google::protobuf::FieldOptions& options = field.options();
  if (options.HasExtension(v1::data_class)) return options.GetExtension(v1::data_class);
  if (options.GetReflection()->GetUnknownFields(options).empty()) {
    // The option may be set as an extension of another pool: read it again as this program knows it.
    if (field.file()->pool() == google::protobuf::DescriptorPool::generated_pool()) {
      return v1::DATA_CLASS_UNSPECIFIED;
    }
  }
  google::protobuf::FieldOptions known;
  if (!known.ParseFromString(internal::CanonicalBytes(options))) return v1::DATA_CLASS_SECRET;
  return known.GetExtension(v1::data_class);
}

absl::string_view MaskOf(v1::DataClass data_class) {
  switch (data_class) {
    case v1::DATA_CLASS_UNSPECIFIED:
      return "<unclassified>";
    case v1::DATA_CLASS_PUBLIC:
    case v1::DATA_CLASS_INTERNAL:
      return "";
    case v1::DATA_CLASS_PERSONAL:
      return "<personal>";
    case v1::DATA_CLASS_SENSITIVE:
      return "<sensitive>";
    default:
      return "<secret>";
  }
}

}  // namespace rules
}  // namespace frontdesk
