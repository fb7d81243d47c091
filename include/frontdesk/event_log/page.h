// Pages of longer lists, and places in the index.
//
//   frontdesk::LogPage page;
//   page.after = 40;  // versions 41, 42, …
#ifndef FRONTDESK_EVENT_LOG_PAGE_H_
#define FRONTDESK_EVENT_LOG_PAGE_H_

#include <cstdint>
#include <string>

#include "absl/types/optional.h"
#include "frontdesk/domain/row.h"

namespace frontdesk {

// The part of a longer list that is asked for: the elements after a position, up to a number. A page
// token of Desk::Find is such a position, with its query, as text. A plain struct.
template <typename Position>
struct Page {
  // Only elements after this position, whether there is one at it or not. The default is before the
  // first.
  Position after = Position();
  // The maximum number; 1 to 10,000, other values are clamped to this range.
  int page_size = 1'000;
};

// Of a log: the position is a version (of an entity), or a position in the log, which is the sequence of a record there. Both
// begin at 1.
using LogPage = Page<std::int64_t>;

// Of the imports: the position is the name of one.
using ImportPage = Page<std::string>;

// A place in the list of the entities under a key: by sort, then by id, byte by byte. A plain
// struct.
struct IndexPosition {
  std::int64_t sort = 0;
  std::string id;

  friend bool operator==(const IndexPosition& a, const IndexPosition& b) {
    return a.sort == b.sort && a.id == b.id;
  }
  friend bool operator<(const IndexPosition& a, const IndexPosition& b) {
    return a.sort != b.sort ? a.sort < b.sort : a.id < b.id;
  }
};

// Of the entities under a key of the index.
struct IndexPage : Page<absl::optional<IndexPosition>> {
  // False: ascending. True: the exact reverse.
  bool descending = false;
};

// Of a list of an entity. The position of an element never changes.
struct RowPage : Page<absl::optional<RowPosition>> {
  // False: as the elements were added. True: the exact reverse.
  bool descending = false;
};

// A link of the log that the caller kept elsewhere, to verify the log by it. A plain struct.
struct KnownLink {
  // LogEntry.position.
  std::int64_t position = 0;
  // LogEntry.link.
  std::string link;
};

}  // namespace frontdesk

#endif  // FRONTDESK_EVENT_LOG_PAGE_H_
