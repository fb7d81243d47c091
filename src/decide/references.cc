#include "decide/references.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/survivor.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/customer.pb.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Adds the entities at the rest of a path, `parts` from `next` on, below `message`.
class Collector {
 public:
  Collector(const v1::CommandReference& declared, std::vector<Reference>* references)
      : declared_(declared),
        parts_(absl::StrSplit(declared.field(), '.')),
        references_(references) {}

  void Walk(const Message& message, const std::string& path, size_t next = 0) {
    if (next == parts_.size()) {
      const auto& entity = static_cast<const v1::EntityRef&>(message);
      Add(path, entity.kind(), entity.id());
      return;
    }
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(parts_[next]);
    if (field == nullptr) return;
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const std::string below = absl::StrCat(path, ".", parts_[next]);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      Add(below, declared_.entity_kind(), reflection.GetString(message, field));
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Walk(reflection.GetRepeatedMessage(message, field, i), absl::StrCat(below, "[", i, "]"),
             next + 1);
      }
    } else if (reflection.HasField(message, field)) {
      Walk(reflection.GetMessage(message, field), below, next + 1);
    }
  }

 private:
  void Add(std::string path, v1::EntityKind kind, const std::string& id) {
    if (id.empty()) return;
    Reference& reference = references_->emplace_back();
    reference.declared = &declared_;
    reference.field = std::move(path);
    reference.entity.set_kind(kind);
    reference.entity.set_id(id);
  }

  const v1::CommandReference& declared_;
  const std::vector<std::string> parts_;
  std::vector<Reference>* const references_;
};

}  // namespace

std::vector<Reference> CollectReferences(const v1::Command& command) {
  std::vector<Reference> references;
  const domain::CommandInfo* info = domain::FindCommand(command);
  if (info == nullptr) return references;
  for (const v1::CommandReference& declared : info->options->references()) {
    Collector(declared, &references)
        .Walk(*domain::GetCommandMessage(command), std::string(info->field));
  }
  return references;
}

std::string ReferencedId(const v1::Command& command, absl::string_view input_field) {
  for (const Reference& reference : CollectReferences(command)) {
    if (reference.declared->input_field() == input_field) return reference.entity.id();
  }
  return "";
}

bool IsLoaded(const Reference& reference, const Message& arm) {
  const FieldDescriptor* field =
      arm.GetDescriptor()->FindFieldByName(reference.declared->input_field());
  if (field == nullptr || !arm.GetReflection()->HasField(arm, field)) return false;
  const Message& loaded = arm.GetReflection()->GetMessage(arm, field);
  if (const auto* customer = dynamic_cast<const v1::Customer*>(&loaded)) {
    return domain::StandsFor(*customer, reference.entity.id());
  }
  const absl::string_view noun = domain::EntityKindNoun(reference.entity.kind());
  return domain::GetTextField(loaded, absl::StrCat(noun, "_id")) == reference.entity.id();
}

}  // namespace internal
}  // namespace frontdesk
