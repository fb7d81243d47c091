#include "frontdesk/cel/accessor_table.h"

#include "absl/strings/str_cat.h"

namespace frontdesk::cel {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using Shape = FieldAccessor::Shape;

bool IsRepeatedShape(Shape shape) { return shape >= Shape::kRepeatedBool; }

// The shape of one value of the field's type.
Shape SingularShape(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Shape::kBool;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_ENUM:
      return Shape::kInt;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Shape::kUint;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Shape::kDouble;
    case FieldDescriptor::CPPTYPE_STRING:
      return Shape::kString;
    default:
      return Shape::kMessage;
  }
}

Shape RepeatedShape(Shape singular) {
  switch (singular) {
    case Shape::kBool:
      return Shape::kRepeatedBool;
    case Shape::kInt:
      return Shape::kRepeatedInt;
    case Shape::kUint:
      return Shape::kRepeatedUint;
    case Shape::kDouble:
      return Shape::kRepeatedDouble;
    case Shape::kString:
      return Shape::kRepeatedString;
    default:
      return Shape::kRepeatedMessage;
  }
}

bool ShapeFits(const FieldDescriptor* field, Shape shape) {
  if (field->is_map()) return false;
  const Shape singular = SingularShape(field);
  if (field->is_repeated()) return shape == RepeatedShape(singular);
  if (shape == singular) return true;
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
  const Descriptor::WellKnownType type = field->message_type()->well_known_type();
  return (shape == Shape::kTimestamp && type == Descriptor::WELLKNOWNTYPE_TIMESTAMP) ||
         (shape == Shape::kDuration && type == Descriptor::WELLKNOWNTYPE_DURATION);
}

}  // namespace

absl::Status AccessorTable::Add(const Descriptor* descriptor,
                                absl::Span<const FieldAccessor> fields) {
  if (descriptor == nullptr) return absl::InvalidArgumentError("no message descriptor");
  if (descriptor->file()->pool() != google::protobuf::DescriptorPool::generated_pool()) {
    return absl::InvalidArgumentError(
        absl::StrCat("message ", descriptor->full_name(), " is no generated message"));
  }
  for (const FieldAccessor& accessor : fields) {
    const FieldDescriptor* field = descriptor->FindFieldByNumber(accessor.number);
    if (field == nullptr) {
      return absl::NotFoundError(absl::StrCat("message ", descriptor->full_name(),
                                              " has no field number ", accessor.number));
    }
    const bool size_missing = IsRepeatedShape(accessor.shape) && accessor.size == nullptr;
    // All getters of the union are pointers to functions; one that is null reads so through any of them.
    if (!ShapeFits(field, accessor.shape) || size_missing || accessor.getter.get_bool == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("the accessor does not fit field ", field->full_name()));
    }
  }
  for (const FieldAccessor& accessor : fields) {
    fields_.insert_or_assign(descriptor->FindFieldByNumber(accessor.number), accessor);
  }
  return absl::OkStatus();
}

void AccessorTable::Merge(const AccessorTable& other) {
  for (const auto& [field, accessor] : other.fields_) fields_.insert_or_assign(field, accessor);
}

const FieldAccessor* AccessorTable::Find(const FieldDescriptor* field) const {
  const auto found = fields_.find(field);
  return found == fields_.end() ? nullptr : &found->second;
}

}  // namespace frontdesk::cel
