#include "store/row_tree.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace frontdesk {
namespace store {

// Most entries of a node.
constexpr std::size_t kFanout = 32;

// A leaf has keys and rows. An inner node has children, and in `keys` a lower bound of the keys of each; the one of the
// first child does not count.
struct RowNode {
  std::atomic<int> references{1};
  bool is_leaf = true;
  std::vector<std::string> keys;
  std::vector<RowVersion> rows;
  std::vector<RowNodeRef> children;

  RowNode() = default;
  RowNode(const RowNode& other)
      : is_leaf(other.is_leaf), keys(other.keys), rows(other.rows), children(other.children) {}

  std::size_t size() const { return keys.size(); }
};

RowNodeRef::RowNodeRef(const RowNodeRef& other) : node_(other.node_) {
  if (node_ != nullptr) node_->references.fetch_add(1, std::memory_order_relaxed);
}

RowNodeRef::~RowNodeRef() {
  if (node_ != nullptr && node_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete node_;
  }
}

RowNode& RowNodeRef::Own() {
  // Nobody else can come to refer to a node with one reference. Those that did have read it before they let go of it.
  if (node_->references.load(std::memory_order_acquire) != 1)
    *this = RowNodeRef(new RowNode(*node_));
  return *node_;
}

namespace {

// The first key of a leaf that is not before `key`.
std::size_t PlaceOf(const RowNode& leaf, absl::string_view key) {
  const auto found =
      std::lower_bound(leaf.keys.begin(), leaf.keys.end(), key,
                       [](const auto& each, absl::string_view sought) { return each < sought; });
  return static_cast<std::size_t>(found - leaf.keys.begin());
}

// The child of an inner node that has the key, if any has.
std::size_t ChildOf(const RowNode& node, absl::string_view key) {
  const auto behind =
      std::upper_bound(node.keys.begin() + 1, node.keys.end(), key,
                       [](absl::string_view sought, const auto& each) { return sought < each; });
  return static_cast<std::size_t>(behind - node.keys.begin()) - 1;
}

// Moves the entries from `from` on into a node of its own.
RowNodeRef SplitOff(std::size_t from, RowNode* node) {
  auto* right = new RowNode();
  right->is_leaf = node->is_leaf;
  const auto move = [from](auto* source, auto* target) {
    if (source->size() <= from) return;
    target->reserve(kFanout + 1);
    target->insert(target->end(), std::make_move_iterator(source->begin() + from),
                   std::make_move_iterator(source->end()));
    source->resize(from);
  };
  move(&node->keys, &right->keys);
  move(&node->rows, &right->rows);
  move(&node->children, &right->children);
  return RowNodeRef(right);
}

// Where a node is split that has got too many entries, the last of them at `place`. Rows often come in ascending order: then
// the left one stays full.
std::size_t SplitPlace(std::size_t place, const RowNode& node) {
  return place + 1 == node.size() ? place : node.size() / 2;
}

// Finds the row below the node, or adds it. Returns the right part of the node, where it had to be split.
RowNodeRef AddTo(std::string key, RowNodeRef* at, RowVersion** row) {
  RowNode& node = at->Own();
  std::size_t place = 0;
  if (node.is_leaf) {
    place = PlaceOf(node, key);
    if (place == node.size() || node.keys[place] != key) {
      node.keys.insert(node.keys.begin() + place, std::move(key));
      node.rows.emplace(node.rows.begin() + place);
    }
    *row = &node.rows[place];
  } else {
    const std::size_t child = ChildOf(node, key);
    RowNodeRef right = AddTo(std::move(key), &node.children[child], row);
    if (right.get() == nullptr) return {};
    place = child + 1;
    node.keys.insert(node.keys.begin() + place, right.get()->keys.front());
    node.children.insert(node.children.begin() + place, std::move(right));
  }
  if (node.size() <= kFanout) return {};
  const std::size_t from = SplitPlace(place, node);
  RowNodeRef right = SplitOff(from, &node);
  if (node.is_leaf) *row = place < from ? &node.rows[place] : &right.Own().rows[place - from];
  return right;
}

// Whether nothing is left of the node.
bool EraseFrom(absl::string_view key, RowNodeRef* at) {
  RowNode& node = at->Own();
  if (node.is_leaf) {
    const std::size_t place = PlaceOf(node, key);
    node.keys.erase(node.keys.begin() + place);
    node.rows.erase(node.rows.begin() + place);
  } else {
    const std::size_t child = ChildOf(node, key);
    if (EraseFrom(key, &node.children[child])) {
      node.keys.erase(node.keys.begin() + child);
      node.children.erase(node.children.begin() + child);
    }
  }
  return node.size() == 0;
}

// A visit of a range on its way: each function returns false once it is over.
struct RangeVisit {
  absl::string_view begin;
  const std::string* end;
  RowTree::Visitor visitor;

  bool Ascend(const RowNode& node) {
    if (!node.is_leaf) {
      for (std::size_t i = ChildOf(node, begin); i < node.size(); ++i) {
        if (!Ascend(*node.children[i].get())) return false;
      }
      return true;
    }
    for (std::size_t i = PlaceOf(node, begin); i < node.size(); ++i) {
      if ((end != nullptr && node.keys[i] >= *end) || !visitor(node.keys[i], node.rows[i])) {
        return false;
      }
    }
    return true;
  }

  bool Descend(const RowNode& node) {
    if (!node.is_leaf) {
      for (std::size_t i = (end == nullptr ? node.size() - 1 : ChildOf(node, *end)) + 1; i-- > 0;) {
        if (!Descend(*node.children[i].get())) return false;
      }
      return true;
    }
    for (std::size_t i = end == nullptr ? node.size() : PlaceOf(node, *end); i-- > 0;) {
      if (node.keys[i] < begin || !visitor(node.keys[i], node.rows[i])) return false;
    }
    return true;
  }
};

}  // namespace

const RowVersion* RowTree::Find(absl::string_view key) const {
  const RowNode* node = root_.get();
  if (node == nullptr) return nullptr;
  while (!node->is_leaf) node = node->children[ChildOf(*node, key)].get();
  const std::size_t place = PlaceOf(*node, key);
  return place < node->size() && node->keys[place] == key ? &node->rows[place] : nullptr;
}

RowVersion& RowTree::At(std::string key) {
  if (root_.get() == nullptr) root_ = RowNodeRef(new RowNode());
  RowVersion* row = nullptr;
  RowNodeRef right = AddTo(std::move(key), &root_, &row);
  if (right.get() == nullptr) return *row;
  auto* root = new RowNode();
  root->is_leaf = false;
  root->keys = {"", right.get()->keys.front()};
  root->children.push_back(std::move(root_));
  root->children.push_back(std::move(right));
  root_ = RowNodeRef(root);
  return *row;
}

void RowTree::Erase(absl::string_view key) {
  if (Find(key) == nullptr) return;
  if (EraseFrom(key, &root_)) {
    root_ = RowNodeRef();
    return;
  }
  while (!root_.get()->is_leaf && root_.get()->size() == 1) {
    RowNodeRef only = root_.get()->children.front();
    root_ = std::move(only);
  }
}

void RowTree::Visit(absl::string_view begin, const std::string* end, bool descending,
                    Visitor visitor) const {
  if (root_.get() == nullptr) return;
  RangeVisit visit = {begin, end, visitor};
  if (descending) {
    visit.Descend(*root_.get());
  } else {
    visit.Ascend(*root_.get());
  }
}

}  // namespace store
}  // namespace frontdesk
