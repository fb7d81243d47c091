#include "policy/input_arms.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace internal {

const google::protobuf::Message* InputArm(const v1::DecisionInput& input) {
  using google::protobuf::Message;
  return VisitArm(input, static_cast<const Message*>(nullptr),
                  [](const auto& arm) -> const Message* { return &arm; });
}

const domain::CommandInfo* InputCommand(const v1::DecisionInput& input) {
  return VisitArm(input, static_cast<const domain::CommandInfo*>(nullptr),
                  [](const auto& arm) { return domain::FindEntityCommand(arm.command()); });
}

const google::protobuf::Timestamp& InputNow(const v1::DecisionInput& input) {
  return *VisitArm(input, &google::protobuf::Timestamp::default_instance(),
                   [](const auto& arm) { return &arm.now(); });
}

const v1::Approval& InputApproval(const v1::DecisionInput& input) {
  return *VisitArm(input, &v1::Approval::default_instance(),
                   [](const auto& arm) { return &arm.approval(); });
}

void SetArm(v1::EntityKind kind, v1::DecisionInput* input) {
  input->Clear();
  const google::protobuf::FieldDescriptor* arm =
      input->GetDescriptor()->FindFieldByName(std::string(domain::EntityKindNoun(kind)));
  if (arm != nullptr) input->GetReflection()->MutableMessage(input, arm);
}

v1::EntityRef InputEntity(const v1::DecisionInput& input) {
  v1::EntityRef entity;
  const google::protobuf::Message* arm = InputArm(input);
  if (arm == nullptr) return entity;
  for (int kind = v1::EntityKind_MIN; kind <= v1::EntityKind_MAX; ++kind) {
    const auto entity_kind = static_cast<v1::EntityKind>(kind);
    if (domain::DecisionInputDescriptor(entity_kind) != arm->GetDescriptor()) continue;
    const absl::string_view noun = domain::EntityKindNoun(entity_kind);
    entity.set_kind(entity_kind);
    entity.set_id(domain::GetTextField(*arm, absl::StrCat(noun, ".", noun, "_id")));
  }
  return entity;
}

}  // namespace internal
}  // namespace frontdesk
