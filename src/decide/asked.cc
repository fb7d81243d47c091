#include "decide/asked.h"

#include "absl/strings/str_cat.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/domain/survivor.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/customer.pb.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Adds the entities at the rest of the path, its fields from `next` on, below `message`.
void Collect(const domain::ReferenceInfo& info, const Message& message, size_t next,
             std::vector<int>* indexes, std::vector<Reference>* references) {
  if (next == info.path.size()) {
    const auto& entity = static_cast<const v1::EntityRef&>(message);
    if (!entity.id().empty()) {
      references->push_back({&info, entity.kind(), &entity.id(), *indexes});
    }
    return;
  }
  const FieldDescriptor* field = info.path[next];
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    std::string scratch;
    const std::string& id = reflection.GetStringReference(message, field, &scratch);
    // An import keeps an id that is none; other commands are refused for it.
    if (!id.empty() && !FindIdFault(id).has_value()) {
      references->push_back({&info, info.options->entity_kind(), &id, *indexes});
    }
  } else if (field->is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      indexes->push_back(i);
      Collect(info, reflection.GetRepeatedMessage(message, field, i), next + 1, indexes,
              references);
      indexes->pop_back();
    }
  } else if (reflection.HasField(message, field)) {
    Collect(info, reflection.GetMessage(message, field), next + 1, indexes, references);
  }
}

}  // namespace

v1::EntityRef Reference::entity() const {
  v1::EntityRef entity;
  entity.set_kind(kind);
  entity.set_id(*id);
  return entity;
}

bool Reference::must_exist() const { return info->options->must_exist(); }
bool Reference::is_changed() const { return info->options->is_changed(); }

Asked::Asked(const v1::Command& command, const google::protobuf::Timestamp& now,
             domain::Fields fields)
    : command_(command),
      now_(now),
      fields_(fields),
      info_(*domain::FindCommand(command)),
      message_(*domain::GetCommandMessage(command)),
      entity_kind_(domain::AddressedKind(info_, message_)),
      entity_id_(domain::GetTextField(message_, info_.id_fields)) {
  std::vector<int> indexes;
  for (const domain::ReferenceInfo& reference : info_.references) {
    if (reference.path.empty()) continue;  // A test checks that there is none.
    Collect(reference, message_, 0, &indexes, &references_);
  }
}

v1::EntityRef Asked::entity() const {
  v1::EntityRef entity;
  entity.set_kind(entity_kind_);
  entity.set_id(entity_id_);
  return entity;
}

std::string Asked::FieldOf(const Reference& reference) const {
  std::string path(info_.field);
  size_t repeated = 0;
  for (const FieldDescriptor* field : reference.info->path) {
    absl::StrAppend(&path, ".", field->name());
    if (field->is_repeated()) absl::StrAppend(&path, "[", reference.indexes[repeated++], "]");
  }
  return path;
}

std::string Asked::EntityField() const { return absl::StrCat(info_.field, ".", info_.id_path); }

const std::string& Asked::ReferencedId(absl::string_view input_field) const {
  static const std::string* const none = new std::string();
  for (const Reference& reference : references_) {
    if (reference.info->options->input_field() == input_field) return *reference.id;
  }
  return *none;
}

bool IsLoaded(const Reference& reference, const Message& arm, IsSurvivor is_survivor) {
  const FieldDescriptor* field = reference.info->input_field;
  if (field == nullptr || !arm.GetReflection()->HasField(arm, field)) return false;
  const Message& loaded = arm.GetReflection()->GetMessage(arm, field);
  if (const auto* customer = dynamic_cast<const v1::Customer*>(&loaded)) {
    return domain::StandsFor(*customer, *reference.id) || is_survivor(*reference.id);
  }
  if (reference.info->input_id == nullptr) return false;
  std::string scratch;
  return loaded.GetReflection()->GetStringReference(loaded, reference.info->input_id, &scratch) ==
         *reference.id;
}

}  // namespace internal
}  // namespace frontdesk
