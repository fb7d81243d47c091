#include "absl/strings/str_cat.h"
#include "domain/interaction/interaction_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/interaction/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr int kMaxInteractionLinks = 100;

}  // namespace

void CheckLinkInteraction(const FieldPath& root, const v1::InteractionCommand& command,
                          ArgumentChecker* checker) {
  const v1::LinkInteraction& verb = command.link_interaction();
  const FieldPath field{&root, "entity"};
  if (checker->RequireMessage(field, verb.has_entity())) {
    CheckLink(field, verb.entity(), v1::ENTITY_KIND_CASE, v1::ENTITY_KIND_ORDER, checker);
  }
}

bool IsLinkInteractionUnchanged(const v1::InteractionDecisionInput& input,
                                const v1::InteractionAssessment&) {
  return HasLink(input.interaction().links(), input.command().link_interaction().entity());
}

void DecideLinkInteraction(InteractionDraft* draft) {
  const v1::EntityRef& entity = draft->command().link_interaction().entity();
  if (draft->current().links_size() >= kMaxInteractionLinks) {
    draft->Refuse(kReasonInteractionLinkTooMany, "link_interaction.entity",
                  absl::StrCat("the interaction has ", kMaxInteractionLinks, " links already"));
  }
  *draft->AddEvent().mutable_interaction()->mutable_interaction_linked()->mutable_entity() = entity;
}

}  // namespace domain
}  // namespace frontdesk
