#include "frontdesk/domain/field_faults.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/arguments.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/domain/reasons.h"
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
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

bool HoldsId(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING &&
         field.options().GetExtension(v1::data_class) == v1::DATA_CLASS_INTERNAL;
}

bool IsEnum(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_ENUM; }

bool IsChecked(const FieldDescriptor& field) {
  return field.message_type() != nullptr || HoldsId(field) || IsEnum(field);
}

// Of each message type in commands and facts, the fields that are looked at: ids, enums, and messages of such types. Of a oneof its
// first field only, for all of them.
using CheckedFields = std::unordered_map<const Descriptor*, std::vector<const FieldDescriptor*>>;

CheckedFields MakeCheckedFields() {
  CheckedFields fields;
  std::vector<const Descriptor*> types = {v1::Command::descriptor(), v1::Facts::descriptor()};
  while (!types.empty()) {
    const Descriptor* const type = types.back();
    types.pop_back();
    const auto [entry, is_new] = fields.try_emplace(type);
    if (!is_new) continue;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* const field = type->field(i);
      if (field->message_type() != nullptr) types.push_back(field->message_type());
      const OneofDescriptor* const oneof = field->real_containing_oneof();
      if (oneof == nullptr ? IsChecked(*field) : field == oneof->field(0)) {
        entry->second.push_back(field);
      }
    }
  }
  return fields;
}

const CheckedFields& TheCheckedFields() {
  static const CheckedFields* const fields = new CheckedFields(MakeCheckedFields());
  return *fields;
}

// Looks through `message`, whose path is `parent`.
class FaultFinder {
 public:
  explicit FaultFinder(std::vector<FieldFault>* faults) : faults_(faults) {}

  void Find(const Message& message, const FieldPath* parent) {
    const auto type = TheCheckedFields().find(message.GetDescriptor());
    if (type == TheCheckedFields().end()) return;
    const Reflection& reflection = *message.GetReflection();
    for (const FieldDescriptor* field : type->second) {
      if (const OneofDescriptor* const oneof = field->real_containing_oneof()) {
        field = reflection.GetOneofFieldDescriptor(message, oneof);
        if (field == nullptr || !IsChecked(*field)) continue;
      }
      const bool is_list = field->is_repeated();
      const int count = is_list ? reflection.FieldSize(message, field)
                                : static_cast<int>(reflection.HasField(message, field));
      for (int i = 0; i < count; ++i) {
        const FieldPath path{parent, field->name(), is_list ? i : -1};
        if (field->message_type() != nullptr) {
          Find(is_list ? reflection.GetRepeatedMessage(message, field, i)
                       : reflection.GetMessage(message, field),
               &path);
        } else if (IsEnum(*field)) {
          CheckNumber(*field, path,
                      is_list ? reflection.GetRepeatedEnumValue(message, field, i)
                              : reflection.GetEnumValue(message, field));
        } else {
          std::string scratch;
          CheckId(path, is_list ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                : reflection.GetStringReference(message, field, &scratch));
        }
      }
    }
  }

 private:
  void CheckNumber(const FieldDescriptor& field, const FieldPath& path, int number) {
    if (field.enum_type()->FindValueByNumber(number) != nullptr) return;
    faults_->push_back({path.ToString(), &kReasonArgumentUnknownValue,
                        absl::StrCat("has the value ", number, ", which is not known")});
  }

  void CheckId(const FieldPath& path, const std::string& id) {
    if (auto fault = FindIdFault(id)) {
      faults_->push_back({path.ToString(), fault->reason, std::move(fault->text)});
    }
  }

  std::vector<FieldFault>* const faults_;
};

}  // namespace

std::vector<FieldFault> FindFieldFaults(const Message& message, absl::string_view path) {
  std::vector<FieldFault> faults;
  const FieldPath root{nullptr, path};
  FaultFinder(&faults).Find(message, path.empty() ? nullptr : &root);
  return faults;
}

}  // namespace domain
}  // namespace frontdesk
