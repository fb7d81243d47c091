// The texts by which entities are found. Private.
//
// This is the one place that says which texts these are:
//   - of a case its subject, the notes of its resolutions and the text of each part: messages, notes and transcripts;
//   - of an interaction the note of its wrap-up and the text of each part.
#ifndef FRONTDESK_SRC_DOMAIN_SEARCHED_TEXTS_H_
#define FRONTDESK_SRC_DOMAIN_SEARCHED_TEXTS_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/interaction.pb.h"

namespace frontdesk {
namespace domain {

// A text of an entity. A plain struct; the text is that of the message.
struct SearchedText {
  absl::string_view text;
  // Whether the customer sees it: whether it is in the CustomerView of the entity (frontdesk/domain/customer_view.h), unless the part
  // was split off.
  bool is_seen_by_customer = false;
  // The number of the field that it is in, and its number among the texts of that field.
  int field = 0;
  std::int32_t place = 0;
};

// The texts in a state that are not in lists whose elements are rows, by field and place. Linear in the state.
std::vector<SearchedText> SearchedTexts(const v1::EntityState& state);

// Whether the elements of that list, by the number of its field, are parts, which have texts.
bool IsListOfParts(v1::EntityKind kind, int list);

// The text of a part in that list.
SearchedText TextOfPart(const v1::InteractionPart& part, int list);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DOMAIN_SEARCHED_TEXTS_H_
