// One list out of several of the index. Private.
#ifndef FRONTDESK_SRC_DESK_INDEX_SCAN_H_
#define FRONTDESK_SRC_DESK_INDEX_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "frontdesk/event_log/event_log.h"

namespace frontdesk {
namespace internal {

// The entities to list: all under any of the keys, and the places given. A plain struct.
struct IndexQuery {
  v1::EntityKind kind = v1::ENTITY_KIND_UNSPECIFIED;
  std::vector<std::string> keys;
  std::vector<IndexPosition> places;
  bool descending = false;
  // Only entities at this sort or later, and only those before that one. Nothing: any.
  absl::optional<std::int64_t> start;
  absl::optional<std::int64_t> end;
};

// Goes through a list in order, each place once. Reads the index in pieces.
class IndexScan {
 public:
  // Begins behind `after`. `piece`: how much is read at a time from each key.
  IndexScan(const event_log::View& view, IndexQuery query, absl::optional<IndexPosition> after,
            int piece);

  // The next place; nothing at the end.
  absl::StatusOr<absl::optional<IndexPosition>> Next();

 private:
  // The entries of one key that were read and not returned yet.
  struct Source {
    std::string key;  // Empty: nothing more is to be read.
    std::vector<IndexPosition> piece;
    std::size_t at = 0;
  };

  bool Precedes(const IndexPosition& a, const IndexPosition& b) const {
    return query_.descending ? b < a : a < b;
  }
  absl::Status Begin();
  // Whether the list has neither this place nor any behind it.
  bool IsBehindEnd(const IndexPosition& position) const;
  // Puts the next place of a source into the heap, if it has one.
  absl::Status Push(std::size_t source);
  // The comparison of the heap, which has the least place in front.
  auto Later() const {
    return [this](const auto& a, const auto& b) { return Precedes(b.first, a.first); };
  }

  const event_log::View& view_;
  IndexQuery query_;
  absl::optional<IndexPosition> after_;
  const int piece_;
  bool begun_ = false;
  std::vector<Source> sources_;
  std::vector<std::pair<IndexPosition, std::size_t>> heap_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_INDEX_SCAN_H_
