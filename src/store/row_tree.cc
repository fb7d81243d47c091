#include "store/row_tree.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace frontdesk {
namespace store {

// Most entries of a node.
constexpr std::size_t kFanout = 32;

// Most bytes of the beginning that all keys of a node have in common, as far as it is kept apart.
constexpr std::size_t kMaxPrefix = 57;
// The bytes of a mark.
constexpr std::size_t kMarkBytes = 8;

// A leaf has keys and rows. An inner node has children, and in `keys` a lower bound of the keys of each; the one of the
// first child does not count.
//
// The keys are elsewhere in memory, and in a large tree each look at one waits for the memory. So a node has a mark of each
// key: the eight bytes that follow what all keys that count have in common. Only longer keys with equal marks are looked at.
struct RowNode {
  std::atomic<int> references{1};
  bool is_leaf = true;
  std::uint8_t prefix_size = 0;
  // As many as there are keys.
  std::uint8_t mark_count = 0;
  char prefix[kMaxPrefix];
  std::uint64_t marks[kFanout + 1];
  // Of the keys, in bytes.
  std::uint16_t sizes[kFanout + 1];
  std::vector<std::string> keys;
  std::vector<RowVersion> rows;
  std::vector<RowNodeRef> children;

  RowNode() = default;
  RowNode(const RowNode& other)
      : is_leaf(other.is_leaf),
        prefix_size(other.prefix_size),
        mark_count(other.mark_count),
        keys(other.keys),
        rows(other.rows),
        children(other.children) {
    std::memcpy(prefix, other.prefix, prefix_size);
    std::memcpy(marks, other.marks, mark_count * sizeof(marks[0]));
    std::memcpy(sizes, other.sizes, mark_count * sizeof(sizes[0]));
  }

  std::size_t size() const { return keys.size(); }
  // The first key that counts.
  std::size_t first() const { return is_leaf ? 0 : 1; }

  // Puts a key in, or removes it.
  void InsertKey(std::size_t place, std::string key);
  void EraseKey(std::size_t place);
  // To be called after any other change of the keys.
  void MakeMarks();

  // The order of a key with an equal mark, and `key`, which has the common beginning.
  int Compare(std::size_t place, absl::string_view key) const;
  // The first key that counts and is not before `key`, or (`is_behind`) is behind it.
  std::size_t Search(absl::string_view key, bool is_behind) const;
  // Whether the key at the result of Search is `key`.
  bool Has(std::size_t place, absl::string_view key) const;
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

// The first eight bytes as a number, so that texts are in the order of their numbers unless these are equal.
std::uint64_t MarkOf(absl::string_view text) {
  unsigned char bytes[kMarkBytes] = {};
  std::memcpy(bytes, text.data(), std::min(text.size(), kMarkBytes));
  std::uint64_t mark = 0;
  for (const unsigned char byte : bytes) mark = (mark << 8) | byte;
  return mark;
}

}  // namespace

void RowNode::MakeMarks() {
  absl::string_view common = "";
  for (std::size_t i = first(); i < size(); ++i) {
    const absl::string_view key = keys[i];
    if (i == first()) {
      common = key.substr(0, kMaxPrefix);
    } else {
      std::size_t equal = 0;
      while (equal < common.size() && equal < key.size() && common[equal] == key[equal]) ++equal;
      common = common.substr(0, equal);
    }
  }
  prefix_size = static_cast<std::uint8_t>(common.size());
  std::memcpy(prefix, common.data(), common.size());
  mark_count = static_cast<std::uint8_t>(size());
  for (std::size_t i = 0; i < size(); ++i) {
    const absl::string_view key = keys[i];
    marks[i] = i < first() ? 0 : MarkOf(key.substr(prefix_size));
    sizes[i] = static_cast<std::uint16_t>(key.size());
  }
}

void RowNode::InsertKey(std::size_t place, std::string key) {
  const absl::string_view text = key;
  const bool has_prefix =
      mark_count > first() && text.substr(0, prefix_size) == absl::string_view(prefix, prefix_size);
  const std::uint64_t mark = has_prefix ? MarkOf(text.substr(prefix_size)) : 0;
  const auto size = static_cast<std::uint16_t>(text.size());
  keys.insert(keys.begin() + place, std::move(key));
  if (!has_prefix) return MakeMarks();
  std::memmove(marks + place + 1, marks + place, (mark_count - place) * sizeof(marks[0]));
  std::memmove(sizes + place + 1, sizes + place, (mark_count - place) * sizeof(sizes[0]));
  marks[place] = mark;
  sizes[place] = size;
  ++mark_count;
}

void RowNode::EraseKey(std::size_t place) {
  keys.erase(keys.begin() + place);
  // Behind the first child comes another one, whose key no longer counts.
  if (place < first()) return MakeMarks();
  --mark_count;
  std::memmove(marks + place, marks + place + 1, (mark_count - place) * sizeof(marks[0]));
  std::memmove(sizes + place, sizes + place + 1, (mark_count - place) * sizeof(sizes[0]));
}

int RowNode::Compare(std::size_t place, absl::string_view key) const {
  const std::size_t known = prefix_size + kMarkBytes;
  // A mark has zeros in place of bytes that are not there: of two such keys the shorter one is the beginning of the longer one.
  if (key.size() <= known && sizes[place] <= known) {
    return static_cast<int>(sizes[place]) - static_cast<int>(key.size());
  }
  return absl::string_view(keys[place]).compare(key);
}

std::size_t RowNode::Search(absl::string_view key, bool is_behind) const {
  const absl::string_view common(prefix, prefix_size);
  const int order = key.substr(0, prefix_size).compare(common);
  if (order != 0) return order < 0 ? std::min(first(), size()) : size();
  const std::uint64_t mark = MarkOf(key.substr(prefix_size));
  const std::uint64_t* const end = marks + mark_count;
  const std::uint64_t* low = std::lower_bound(marks + std::min(first(), size()), end, mark);
  std::size_t place = static_cast<std::size_t>(low - marks);
  std::size_t high = place;
  while (high < mark_count && marks[high] == mark) ++high;
  while (place < high) {
    const std::size_t middle = (place + high) / 2;
    const int compared = Compare(middle, key);
    if (compared < 0 || (is_behind && compared == 0)) {
      place = middle + 1;
    } else {
      high = middle;
    }
  }
  return place;
}

bool RowNode::Has(std::size_t place, absl::string_view key) const {
  // At the result of Search the common beginning is that of the key, if the mark is.
  return place < mark_count && sizes[place] == key.size() &&
         key.substr(0, prefix_size) == absl::string_view(prefix, prefix_size) &&
         marks[place] == MarkOf(key.substr(prefix_size)) && Compare(place, key) == 0;
}

namespace {

// Asks for the part of the node that a search reads, so that the memory is waited for once.
void Prefetch(const RowNode& node) {
  constexpr std::size_t kLine = 64;
  for (std::size_t place = 0; place < sizeof(RowNode); place += kLine) {
    __builtin_prefetch(reinterpret_cast<const char*>(&node) + place);
  }
}

// The first key of a leaf that is not before `key`.
std::size_t PlaceOf(const RowNode& leaf, absl::string_view key) {
  return leaf.Search(key, /*is_behind=*/false);
}

// The child of an inner node that has the key, if any has.
std::size_t ChildOf(const RowNode& node, absl::string_view key) {
  return node.Search(key, /*is_behind=*/true) - 1;
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
  node->MakeMarks();
  right->MakeMarks();
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
    if (!node.Has(place, key)) {
      node.InsertKey(place, std::move(key));
      node.rows.emplace(node.rows.begin() + place);
    }
    *row = &node.rows[place];
  } else {
    const std::size_t child = ChildOf(node, key);
    RowNodeRef right = AddTo(std::move(key), &node.children[child], row);
    if (right.get() == nullptr) return {};
    place = child + 1;
    node.InsertKey(place, right.get()->keys.front());
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
    node.EraseKey(place);
    node.rows.erase(node.rows.begin() + place);
  } else {
    const std::size_t child = ChildOf(node, key);
    if (EraseFrom(key, &node.children[child])) {
      node.EraseKey(child);
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
      const std::size_t last = end == nullptr ? node.size() - 1 : ChildOf(node, *end);
      for (std::size_t i = ChildOf(node, begin); i <= last; ++i) {
        Prefetch(*node.children[i].get());
        if (!Ascend(*node.children[i].get())) return false;
      }
      return true;
    }
    const std::size_t behind = end == nullptr ? node.size() : PlaceOf(node, *end);
    for (std::size_t i = PlaceOf(node, begin); i < behind; ++i) {
      if (!visitor(node.keys[i], node.rows[i])) return false;
    }
    return true;
  }

  bool Descend(const RowNode& node) {
    if (!node.is_leaf) {
      const std::size_t first = ChildOf(node, begin);
      for (std::size_t i = (end == nullptr ? node.size() - 1 : ChildOf(node, *end)) + 1;
           i-- > first;) {
        Prefetch(*node.children[i].get());
        if (!Descend(*node.children[i].get())) return false;
      }
      return true;
    }
    const std::size_t first = PlaceOf(node, begin);
    for (std::size_t i = end == nullptr ? node.size() : PlaceOf(node, *end); i-- > first;) {
      if (!visitor(node.keys[i], node.rows[i])) return false;
    }
    return true;
  }
};

}  // namespace

const RowVersion* RowTree::Find(absl::string_view key) const {
  const RowNode* node = root_.get();
  if (node == nullptr) return nullptr;
  while (!node->is_leaf) {
    node = node->children[ChildOf(*node, key)].get();
    Prefetch(*node);
  }
  const std::size_t place = PlaceOf(*node, key);
  return node->Has(place, key) ? &node->rows[place] : nullptr;
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
  root->MakeMarks();
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
