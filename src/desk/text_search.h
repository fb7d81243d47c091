// Full-text search: the entities that have all words of a query in their texts. Private.
#ifndef FRONTDESK_SRC_DESK_TEXT_SEARCH_H_
#define FRONTDESK_SRC_DESK_TEXT_SEARCH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "desk/finder.h"
#include "frontdesk/desk/find.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/find.pb.h"

namespace frontdesk {
namespace internal {

// A word that is looked for. A plain struct.
struct SearchTerm {
  // As internal/text_words.h has it.
  std::string word;
  // Whether all words that begin so are meant.
  bool is_beginning = false;
};

// The different words of a query, in order; at most one more than kMaxSearchWords.
std::vector<SearchTerm> ReadSearchTerms(absl::string_view words);

// At most `page_size` entities of a query that was checked, behind `after`. The lists of the words are ordered alike, so that each is
// read only where all others have an entity too: the search leaps from one to the next. RESOURCE_EXHAUSTED FIND_ROWS_TOO_MANY,
// FIND_RELATED_TOO_MANY.
absl::StatusOr<FoundPage> ReadTextPage(const event_log::View& view, const v1::TextQuery& query,
                                       const FindLimits& limits,
                                       absl::optional<IndexPosition> after, int page_size);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_TEXT_SEARCH_H_
