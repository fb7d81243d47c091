// An ordered map of rows of which copies cost nothing: a B+ tree whose nodes are shared between copies. Private.
#ifndef FRONTDESK_SRC_STORE_ROW_TREE_H_
#define FRONTDESK_SRC_STORE_ROW_TREE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
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

// Thread-compatible. Copies may be used in different threads at the same time.
class RowTree {
 public:
  // Null when there is no such row.
  const Value* Find(absl::string_view key) const;

  // Adds the row, or changes its value. O(log n).
  void Put(absl::string_view key, Value value);

  // Removes the row, if there is one. O(log n).
  void Erase(absl::string_view key);

  // The rows from `begin` on and before `end` (null: all), at most `most`; from the end when `descending`.
  std::vector<Row> Scan(absl::string_view begin, const std::string* end, std::size_t most,
                        bool descending) const;

 private:
  RowNodeRef root_;
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_STORE_ROW_TREE_H_
