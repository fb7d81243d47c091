// An ordered map of rows of which copies cost nothing: a B+ tree whose nodes are shared between copies. Private.
#ifndef FRONTDESK_SRC_STORE_ROW_TREE_H_
#define FRONTDESK_SRC_STORE_ROW_TREE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace store {

struct RowNode;

// A counted reference to a node. A node with one reference may be changed, all others are immutable.
class RowNodeRef {
 public:
  RowNodeRef() = default;
  // Takes the node over.
  explicit RowNodeRef(RowNode* node) : node_(node) {}
  RowNodeRef(const RowNodeRef& other);
  RowNodeRef(RowNodeRef&& other) noexcept : node_(other.node_) { other.node_ = nullptr; }
  RowNodeRef& operator=(RowNodeRef other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~RowNodeRef();

  const RowNode* get() const { return node_; }
  // The node to change: a copy of its own when others refer to it.
  RowNode& Own();

 private:
  RowNode* node_ = nullptr;
};

// The value of a row since a commit, and the one before it.
struct RowVersion {
  // Null: there was no such row.
  Value value;
  // The number of the commit that wrote it.
  std::uint64_t since = 0;
  // Null: it is not kept.
  std::shared_ptr<RowVersion> older;

  RowVersion() = default;
  RowVersion(const RowVersion&) = default;
  RowVersion(RowVersion&&) noexcept = default;
  RowVersion& operator=(const RowVersion&) = default;
  RowVersion& operator=(RowVersion&&) noexcept = default;
  // One after the other: there may be many.
  ~RowVersion() {
    while (older != nullptr && older.use_count() == 1) {
      const std::shared_ptr<RowVersion> next = std::move(older->older);
      older = next;
    }
  }
};

// Thread-compatible. Copies may be used in different threads at the same time; of rows with older versions, at most one copy may
// be changed.
class RowTree {
 public:
  using Visitor = absl::FunctionRef<bool(const std::string& key, const RowVersion& newest)>;

  // The newest version; null when there is no such row. O(log n).
  const RowVersion* Find(absl::string_view key) const;

  // The same of several keys, as many pointers. While one node comes from the memory, other keys are searched. So in a large tree the
  // searches wait once for about 16 keys.
  void FindAll(absl::Span<const absl::string_view> keys, const RowVersion** found) const;

  // The newest version, to change; one without a value is added when there is no such row. Valid until the tree
  // changes. O(log n).
  RowVersion& At(std::string&& key);

  // Removes the row with all versions, if there is one. O(log n).
  void Erase(absl::string_view key);

  // Visits the rows from `begin` on and before `end` (null: all), from the end when `descending`, until the visitor
  // returns false.
  void Visit(absl::string_view begin, const std::string* end, bool descending,
             Visitor visitor) const;

 private:
  RowNodeRef root_;
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_STORE_ROW_TREE_H_
