#include "domain/searched_texts.h"

#include "frontdesk/domain/customer_view.h"
#include "frontdesk/v1/case.pb.h"

namespace frontdesk {
namespace domain {
namespace {

std::vector<SearchedText> TextsOfCase(const v1::Case& current_case) {
  std::vector<SearchedText> texts;
  if (!current_case.subject().empty()) {
    // ViewCase() has the subject.
    texts.push_back({current_case.subject(), true, v1::Case::kSubjectFieldNumber, 0});
  }
  for (int i = 0; i < current_case.resolutions_size(); ++i) {
    const std::string& note = current_case.resolutions(i).note();
    if (!note.empty()) texts.push_back({note, false, v1::Case::kResolutionsFieldNumber, i});
  }
  return texts;
}

std::vector<SearchedText> TextsOfInteraction(const v1::Interaction& interaction) {
  const std::string& note = interaction.wrap_up().note();
  if (note.empty()) return {};
  return {{note, false, v1::Interaction::kWrapUpFieldNumber, 0}};
}

}  // namespace

std::vector<SearchedText> SearchedTexts(const v1::EntityState& state) {
  if (state.has_case_()) return TextsOfCase(state.case_());
  if (state.has_interaction()) return TextsOfInteraction(state.interaction());
  return {};
}

bool IsListOfParts(v1::EntityKind kind, int list) {
  return (kind == v1::ENTITY_KIND_CASE && list == v1::Case::kPartsFieldNumber) ||
         (kind == v1::ENTITY_KIND_INTERACTION && list == v1::Interaction::kPartsFieldNumber);
}

SearchedText TextOfPart(const v1::InteractionPart& part, int list) {
  return {part.text(), IsSeenByCustomer(part), list, 0};
}

}  // namespace domain
}  // namespace frontdesk
