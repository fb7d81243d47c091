#include "frontdesk/domain/unchanged.h"

#include <vector>

#include "domain/unchanged_commands.h"
#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {
namespace domain {

absl::Span<const UnchangedCommand> ListUnchangedCommands() {
  static const auto* const all = [] {
    auto* gathered = new std::vector<UnchangedCommand>();
    for (const absl::Span<const UnchangedCommand> of_entity :
         {UnchangedCustomerCommands(), UnchangedInteractionCommands(), UnchangedOrderCommands(),
          UnchangedCaseCommands()}) {
      gathered->insert(gathered->end(), of_entity.begin(), of_entity.end());
    }
    return gathered;
  }();
  return *all;
}

const UnchangedCommand* FindUnchangedCommand(absl::string_view name) {
  for (const UnchangedCommand& each : ListUnchangedCommands()) {
    if (each.command == name) return &each;
  }
  return nullptr;
}

bool IsUnchanged(const v1::DecisionInput& input) {
  // An arm that is not set reads as its default: nothing is unchanged there.
  return input.customer().assessment().is_unchanged() ||
         input.interaction().assessment().is_unchanged() ||
         input.order().assessment().is_unchanged() || input.case_().assessment().is_unchanged();
}

}  // namespace domain
}  // namespace frontdesk
