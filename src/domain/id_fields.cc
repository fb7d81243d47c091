#include "frontdesk/domain/id_fields.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/arguments.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/data_class.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool HoldsId(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING &&
         field.options().GetExtension(v1::data_class) == v1::DATA_CLASS_INTERNAL;
}

// Of each message type in commands and facts, the fields that hold ids, or messages of such types.
using IdFields = std::unordered_map<const Descriptor*, std::vector<const FieldDescriptor*>>;

IdFields MakeIdFields() {
  IdFields fields;
  std::vector<const Descriptor*> types = {v1::Command::descriptor(), v1::Facts::descriptor()};
  while (!types.empty()) {
    const Descriptor* const type = types.back();
    types.pop_back();
    const auto [entry, is_new] = fields.try_emplace(type);
    if (!is_new) continue;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* const field = type->field(i);
      const Descriptor* const inner = field->message_type();
      if (inner != nullptr) types.push_back(inner);
      if (inner != nullptr || HoldsId(*field)) entry->second.push_back(field);
    }
  }
  return fields;
}

const IdFields& TheIdFields() {
  static const IdFields* const fields = new IdFields(MakeIdFields());
  return *fields;
}

void Collect(const Message& message, const FieldPath* parent, std::vector<IdFieldFault>* faults) {
  const auto type = TheIdFields().find(message.GetDescriptor());
  if (type == TheIdFields().end()) return;
  const Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : type->second) {
    const bool is_list = field->is_repeated();
    const int count = is_list ? reflection.FieldSize(message, field)
                              : static_cast<int>(reflection.HasField(message, field));
    for (int i = 0; i < count; ++i) {
      const FieldPath path{parent, field->name(), is_list ? i : -1};
      if (field->message_type() != nullptr) {
        Collect(is_list ? reflection.GetRepeatedMessage(message, field, i)
                        : reflection.GetMessage(message, field),
                &path, faults);
        continue;
      }
      std::string scratch;
      const std::string& id =
          is_list ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                  : reflection.GetStringReference(message, field, &scratch);
      if (auto fault = FindIdFault(id)) faults->push_back({path.ToString(), *std::move(fault)});
    }
  }
}

}  // namespace

std::vector<IdFieldFault> FindIdFaults(const Message& message, absl::string_view path) {
  std::vector<IdFieldFault> faults;
  const FieldPath root{nullptr, path};
  Collect(message, path.empty() ? nullptr : &root, &faults);
  return faults;
}

}  // namespace domain
}  // namespace frontdesk
