// The limits of Desk::Find, FindDuplicates and OpenFile (desk.h).
//
//   frontdesk::v1::FindRequest request;
//   request.mutable_customers()->mutable_phone()->set_phone("+1 650 253 0000");
//   absl::StatusOr<std::shared_ptr<const frontdesk::v1::FindResponse>> page = desk.Find(request);
//   if (!page.ok()) return page.status();
//   for (const frontdesk::v1::EntityState& found : (*page)->found()) {
//     std::puts(found.customer().customer_id().c_str());
//   }
//   request.set_page_token((*page)->next_page_token());  // Asks for the next page; empty: that was all.
#ifndef FRONTDESK_DESK_FIND_H_
#define FRONTDESK_DESK_FIND_H_

#include <cstddef>
#include <string>

#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {

// Entities on a page of Desk::Find when the request does not say.
inline constexpr int kDefaultPageSize = 50;

// Most entities on a page. More asked for: INVALID_ARGUMENT FIND_MALFORMED.
inline constexpr int kMaxPageSize = 1'000;

// Most different words of a search of words. More: INVALID_ARGUMENT FIND_MALFORMED.
inline constexpr int kMaxSearchWords = 16;

// Most priorities of a search for cases. More: INVALID_ARGUMENT FIND_MALFORMED.
inline constexpr int kMaxQueryPriorities = 16;

// How much is looked through. A plain struct.
struct FindLimits {
  // Most bytes of each text of a request but ids, which have the limit of base/id_text.h. More:
  // INVALID_ARGUMENT FIND_MALFORMED.
  std::size_t max_text_bytes = 1'024;
  // Most entities that are read for one page. At the limit the page ends, shorter than asked for,
  // with a token that continues; it may even be empty. Only queries for cases and approvals by several
  // fields, or by one without a list of its own (docs/cases.md), and for several words, read more than
  // they return.
  int max_scanned = 10'000;
  // Most entities that Count looks at. More: RESOURCE_EXHAUSTED FIND_COUNT_TOO_MANY.
  int max_counted = 100'000;
  // Most customers that are merged into the one that is asked about, or cases and interactions that
  // are merged into a case or linked with it. More: RESOURCE_EXHAUSTED FIND_RELATED_TOO_MANY.
  int max_related = 50'000;
  // Most elements of lists that Get, with lists, or a customer's view reads. More: RESOURCE_EXHAUSTED
  // FIND_ROWS_TOO_MANY.
  int max_rows = 50'000;
  // Most different words of all texts that a beginning ("lam*") in a search of words may have. More:
  // RESOURCE_EXHAUSTED FIND_ROWS_TOO_MANY.
  int max_prefix_words = 1'000;
  // Most customers that FindDuplicates compares for each thing by which they are found, such as a
  // telephone number, those with the least ids; the others are left out. At most 999.
  int max_compared = 100;
  // Most candidates that FindDuplicates returns, the likeliest; the others are left out.
  int max_duplicates = 50;
};

// The contents of Desk::OpenFile. A plain struct.
struct FileOptions {
  // When it is, ToTimestamp(time) of base/timestamp.h: which verifications of identity still count.
  google::protobuf::Timestamp now;
  // The interaction in which it is asked; verifications of other interactions do not count. Empty:
  // none, and only those count that were made outside of interactions.
  std::string interaction_id;
  // The maximum number of each, 0 to kMaxPageSize; other values are clamped to this range.
  int max_open_cases = 20;
  int max_interactions = 20;
  int max_orders = 20;
  int max_pending_approvals = 20;
  int max_duplicates = 10;
};

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_FIND_H_
