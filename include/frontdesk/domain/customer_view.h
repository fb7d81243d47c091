// The customer's view of interactions and cases.
//
//   frontdesk::v1::CustomerViewInteraction view =
//       frontdesk::domain::ViewInteraction(interaction);
//   for (const frontdesk::v1::CustomerViewPart& part : view.parts()) Show(part.text());
//
// A part is visible when its visibility is PUBLIC and it is no note: IsSeenByCustomer(), which decides for
// the search of words too. One function makes the visible form of a part, and it returns nothing for any
// other part. A merge or a split changes where a
// part is seen, never whether it is.
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

// Whether a part is in the customer's view: neither internal, nor a note, nor of an unknown kind or visibility.
bool IsSeenByCustomer(const v1::InteractionPart& part);

// The customer's view of a part of `source`: nothing when IsSeenByCustomer() is false. `corrects_part_id`
// is as the part has it; ViewInteraction() and ViewCase() omit it where that part is not visible. Only
// fields of the view's messages are copied, no unknown field. Pure.
absl::optional<v1::CustomerViewPart> ViewPart(const v1::InteractionPart& part,
                                              const v1::EntityRef& source);

// The customer's view of an interaction: all but invisible parts, reason, wrap-up, agent, links,
// ids in other systems and attributes. A correction that is not visible leaves the corrected part
// as it was visible. Pure; linear in the interaction, times a logarithm.
v1::CustomerViewInteraction ViewInteraction(const v1::Interaction& interaction);

// The customer's view of a case, with the parts that belong to it now: see CollectCaseParts(), also
// for `find_case`. Cases of two customers are never merged. Even so, Desk::CustomerView omits parts
// of other customers, by a `find_case` that does not have their cases. Pure; costs as
// CollectCaseParts().
v1::CustomerViewCase ViewCase(const v1::Case& current_case, const CaseLookup& find_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_VIEW_H_
