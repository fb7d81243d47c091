// In a translation unit of its own and never inlined, as cel_floor.cc.
#include "desk_floor.h"

#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace {

std::string Key(const v1::EntityRef& entity) {
  return absl::StrCat(static_cast<int>(entity.kind()), "/", entity.id());
}

}  // namespace

ABSL_ATTRIBUTE_NOINLINE std::vector<v1::Event> DeskFloor::Execute(const RecordedCommand& recorded) {
  v1::Command& command = commands_.emplace_back();
  if (!command.ParseFromString(recorded.bytes)) return {};
  for (const v1::Event& event : recorded.events) events_[Key(event.entity())].push_back(event);
  for (const v1::EntityState& state : recorded.states) states_[Key(state.entity())] = state;
  return recorded.events;
}

}  // namespace frontdesk
