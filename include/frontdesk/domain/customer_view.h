// What a customer may see of interactions and cases.
//
//   frontdesk::v1::CustomerViewInteraction view =
//       frontdesk::domain::ViewInteraction(interaction);
//   for (const frontdesk::v1::CustomerViewPart& part : view.parts()) Show(part.text());
//
// A part is seen when its visibility is PUBLIC and it is no note; there is one function that makes
// what is seen of a part, and it makes nothing of any other. A merge or a split changes where a part
// is seen, never whether it is.
#ifndef FRONTDESK_DOMAIN_CUSTOMER_VIEW_H_
#define FRONTDESK_DOMAIN_CUSTOMER_VIEW_H_

#include "absl/types/optional.h"
#include "frontdesk/domain/case/case_parts.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/customer_view.pb.h"
#include "frontdesk/v1/interaction.pb.h"

namespace frontdesk {
namespace domain {

// What a customer may see of a part that stands in `source`: nothing when it is internal, a note, or
// of a kind or visibility that is not known here. `corrects_part_id` is as the part has it; where
// that names a part that is not seen, ViewInteraction() and ViewCase() leave it out. Only what the
// messages of the view have is copied, no unknown field. Pure.
absl::optional<v1::CustomerViewPart> ViewPart(const v1::InteractionPart& part,
                                              const v1::EntityRef& source);

// What a customer may see of an interaction: all but the parts that are not seen, reason, wrap-up,
// agent, links, ids elsewhere and attributes. A correction that is not seen leaves what it corrects
// as it was seen. Pure; linear in the interaction, times a logarithm.
v1::CustomerViewInteraction ViewInteraction(const v1::Interaction& interaction);

// What a customer may see of a case, with the parts that belong to it now: CollectCaseParts(), which
// also says what `find_case` is to give. Cases of two customers are never merged; Desk::CustomerView
// leaves parts of other customers out all the same, by a `find_case` that does not have them. Pure;
// costs what that costs.
v1::CustomerViewCase ViewCase(const v1::Case& current_case, const CaseLookup& find_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_VIEW_H_
