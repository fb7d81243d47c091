// The entities that a command names, for those who read ahead.
#include <cstddef>
#include <string>
#include <vector>

#include "decide/asked.h"
#include "decide/command_run.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/domain/command_info.h"

namespace frontdesk {
namespace internal {
namespace {

// More are read when they are needed.
constexpr std::size_t kMostNamed = 32;

}  // namespace

void AddEntity(v1::EntityKind kind, const std::string& id, std::vector<v1::EntityRef>* entities) {
  if (kind == v1::ENTITY_KIND_UNSPECIFIED || id.empty() || FindIdFault(id).has_value()) return;
  v1::EntityRef& entity = entities->emplace_back();
  entity.set_kind(kind);
  entity.set_id(id);
}

std::vector<v1::EntityRef> NamedEntities(const v1::Command& command) {
  std::vector<v1::EntityRef> entities;
  if (domain::FindCommand(command) == nullptr) return entities;
  const Asked asked(command);
  AddEntity(asked.entity_kind(), asked.entity_id(), &entities);
  AddEntity(v1::ENTITY_KIND_INTERACTION, command.interaction_id(), &entities);
  for (const Reference& reference : asked.references()) {
    if (entities.size() >= kMostNamed) break;
    AddEntity(reference.kind, *reference.id, &entities);
  }
  return entities;
}

}  // namespace internal
}  // namespace frontdesk
