// The tokens by which the next page of a query is asked for. Private.
#ifndef FRONTDESK_SRC_DESK_PAGE_TOKEN_H_
#define FRONTDESK_SRC_DESK_PAGE_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/event_log/page.h"

namespace frontdesk {
namespace internal {

// Most bytes of a token that is looked at. An id in it may be as long as a command.
inline constexpr std::size_t kMaxPageTokenBytes = 2 << 20;

// A token for the entities after `position` in the list of the query with these bytes.
std::string MakePageToken(absl::string_view query_bytes, const IndexPosition& position);

// The position of a token that was made for this very query; else INVALID_ARGUMENT
// FIND_PAGE_TOKEN_INVALID.
absl::StatusOr<IndexPosition> ReadPageToken(absl::string_view query_bytes, absl::string_view token);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_PAGE_TOKEN_H_
