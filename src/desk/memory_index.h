// The index of the store in memory, one part for each of its layers. Private.
#ifndef FRONTDESK_SRC_DESK_MEMORY_INDEX_H_
#define FRONTDESK_SRC_DESK_MEMORY_INDEX_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "frontdesk/desk/store.h"

namespace frontdesk {
namespace internal {

// One layer's rows of an index key: places that this layer adds (true) and places of lower layers that it
// removes (false).
using IndexRows = absl::btree_map<IndexPosition, bool>;

// The part of one layer.
struct IndexLayer {
  // By IndexRowKey().
  absl::flat_hash_map<std::string, IndexRows> rows;
  // All entries of an entity, by the store's key of it.
  absl::flat_hash_map<std::string, std::shared_ptr<const std::vector<IndexEntry>>> entries;
};

// Where the rows of a key of one kind of entity are kept.
std::string IndexRowKey(v1::EntityKind kind, absl::string_view key);

// Puts `after` in the place of `before`, the entries that the same entity had, in `top`.
// `has_below`: whether there are lower layers, which `top` then has to overrule.
void ReplaceIndexEntries(const std::vector<IndexEntry>& before,
                         const std::vector<IndexEntry>& after, bool has_below, IndexLayer* top);

// Puts what `from` says into `to`, which lies directly below it. `has_below`: whether there are
// layers below `to`.
void FoldIndex(const IndexLayer& from, bool has_below, IndexLayer* to);

// At most `limit` places of a page of the rows of one key, given for each layer that has any, the
// topmost first. Ignores `page.page_size`.
std::vector<IndexPosition> ReadIndex(const std::vector<const IndexRows*>& layers,
                                     const IndexPage& page, std::size_t limit);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_MEMORY_INDEX_H_
