#include "store/row_tree.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "absl/container/inlined_vector.h"

namespace frontdesk {
namespace store {

// Most entries of a node.
constexpr std::size_t kFanout = 24;

// Most bytes of the beginning that all keys of a node have in common, as far as it is kept apart.
constexpr std::size_t kMaxPrefix = 57;
// The bytes of a mark.
constexpr std::size_t kMarkBytes = 8;

// A leaf has keys and rows. An inner node has children, and with each a lower bound of its keys; the one of the first child does
// not count. The entries have places, in the order of their keys, and each is in a slot, where it stays while others come and go.
//
// The keys are elsewhere in memory, and in a large tree each look at one waits for the memory. So a node has a mark of each
// key: the eight bytes that follow what all keys that count have in common. Only longer keys with equal marks are looked at.
struct RowNode {
  std::atomic<int> references{1};
  bool is_leaf = true;
  std::uint8_t prefix_size = 0;
  std::uint8_t count = 0;
  char prefix[kMaxPrefix];
  // By place: the mark of the key, its bytes, and the slot of the entry.
  std::uint64_t marks[kFanout + 1];
  std::uint16_t sizes[kFanout + 1];
  std::uint8_t slots[kFanout + 1];
  // By slot.
  std::vector<std::string> keys;
  std::vector<RowVersion> rows;
  std::vector<RowNodeRef> children;

  RowNode() = default;
  RowNode(const RowNode& other)
      : is_leaf(other.is_leaf),
        prefix_size(other.prefix_size),
        count(other.count),
        keys(other.keys),
        rows(other.rows),
        children(other.children) {
    std::memcpy(prefix, other.prefix, prefix_size);
    std::memcpy(marks, other.marks, count * sizeof(marks[0]));
    std::memcpy(sizes, other.sizes, count * sizeof(sizes[0]));
    std::memcpy(slots, other.slots, count * sizeof(slots[0]));
  }

  std::size_t size() const { return count; }
  // The first place whose key counts.
  std::size_t first() const { return is_leaf ? 0 : 1; }

  const std::string& KeyAt(std::size_t place) const { return keys[slots[place]]; }
  const RowVersion& RowAt(std::size_t place) const { return rows[slots[place]]; }
  const RowNodeRef& ChildAt(std::size_t place) const { return children[slots[place]]; }

  // Puts an entry in, without a row or with `child`; or removes it.
  void Insert(std::size_t place, std::string&& key);
  void Insert(std::size_t place, std::string&& key, RowNodeRef&& child);
  void Erase(std::size_t place);

  // The order of a key with an equal mark, and `key`, which has the common beginning.
  int Compare(std::size_t place, absl::string_view key) const;
  // The first place whose key counts and is not before `key`, or (`is_behind`) is behind it.
  std::size_t Search(absl::string_view key, bool is_behind) const;
  // Whether the key at the result of Search is `key`.
  bool Has(std::size_t place, absl::string_view key) const;

  // To be called after a change of the keys that the functions above did not make.
  void MakeMarks();

 private:
  void InsertKey(std::size_t place, std::string&& key);
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
  std::uint64_t mark = 0;
  if (text.size() >= kMarkBytes) {
    std::memcpy(&mark, text.data(), kMarkBytes);
#ifdef ABSL_IS_LITTLE_ENDIAN
    mark = __builtin_bswap64(mark);
#endif
    return mark;
  }
  for (const char byte : text) mark = (mark << 8) | static_cast<unsigned char>(byte);
  return text.empty() ? 0 : mark << 8 * (kMarkBytes - text.size());
}

bool HasBeginning(absl::string_view text, absl::string_view beginning) {
  return text.size() >= beginning.size() &&
         std::memcmp(text.data(), beginning.data(), beginning.size()) == 0;
}

template <typename T>
void OpenPlace(std::size_t place, std::size_t count, T* values) {
  std::memmove(values + place + 1, values + place, (count - place) * sizeof(T));
}
template <typename T>
void ClosePlace(std::size_t place, std::size_t count, T* values) {
  std::memmove(values + place, values + place + 1, (count - place - 1) * sizeof(T));
}

// Removes a value, whose slot the last one gets.
template <typename T>
void RemoveSlot(std::size_t slot, std::vector<T>* values) {
  if (slot + 1 < values->size()) (*values)[slot] = std::move(values->back());
  values->pop_back();
}

}  // namespace

void RowNode::MakeMarks() {
  prefix_size = 0;
  if (count > first()) {
    // The common beginning of the first and the last one is that of all between them.
    const absl::string_view low = KeyAt(first());
    const absl::string_view high = KeyAt(count - 1);
    const std::size_t most = std::min({low.size(), high.size(), kMaxPrefix});
    std::size_t equal = 0;
    while (equal < most && low[equal] == high[equal]) ++equal;
    prefix_size = static_cast<std::uint8_t>(equal);
    std::memcpy(prefix, low.data(), equal);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const absl::string_view key = KeyAt(i);
    marks[i] = i < first() ? 0 : MarkOf(key.substr(prefix_size));
    sizes[i] = static_cast<std::uint16_t>(key.size());
  }
}

void RowNode::InsertKey(std::size_t place, std::string&& key) {
  const absl::string_view text = key;
  const bool has_prefix =
      count > first() && HasBeginning(text, absl::string_view(prefix, prefix_size));
  OpenPlace(place, count, slots);
  OpenPlace(place, count, marks);
  OpenPlace(place, count, sizes);
  slots[place] = count;
  ++count;
  if (has_prefix) {
    marks[place] = MarkOf(text.substr(prefix_size));
    sizes[place] = static_cast<std::uint16_t>(text.size());
  }
  keys.push_back(std::move(key));
  if (!has_prefix) MakeMarks();
}

void RowNode::Insert(std::size_t place, std::string&& key) {
  InsertKey(place, std::move(key));
  rows.emplace_back();
}

void RowNode::Insert(std::size_t place, std::string&& key, RowNodeRef&& child) {
  InsertKey(place, std::move(key));
  children.push_back(std::move(child));
}

void RowNode::Erase(std::size_t place) {
  const std::uint8_t slot = slots[place];
  RemoveSlot(slot, &keys);
  if (is_leaf) {
    RemoveSlot(slot, &rows);
  } else {
    RemoveSlot(slot, &children);
  }
  std::uint8_t* const moved = std::find(slots, slots + count, static_cast<std::uint8_t>(count - 1));
  *moved = slot;
  ClosePlace(place, count, slots);
  ClosePlace(place, count, marks);
  ClosePlace(place, count, sizes);
  --count;
  // Behind the first child comes another one, whose key no longer counts.
  if (place < first()) MakeMarks();
}

int RowNode::Compare(std::size_t place, absl::string_view key) const {
  const std::size_t known = prefix_size + kMarkBytes;
  // A mark has zeros in place of bytes that are not there: of two such keys the shorter one is the beginning of the longer one.
  if (key.size() <= known && sizes[place] <= known) {
    return static_cast<int>(sizes[place]) - static_cast<int>(key.size());
  }
  return absl::string_view(KeyAt(place)).compare(key);
}

std::size_t RowNode::Search(absl::string_view key, bool is_behind) const {
  const absl::string_view common(prefix, prefix_size);
  if (!HasBeginning(key, common)) {
    return key < common ? std::min(first(), size()) : size();
  }
  const std::uint64_t mark = MarkOf(key.substr(prefix_size));
  std::size_t place = std::min(first(), size());
  for (std::size_t rest = count - place; rest > 0;) {
    const std::size_t half = rest / 2;
    const bool is_low = marks[place + half] < mark;
    place = is_low ? place + half + 1 : place;
    rest = is_low ? rest - half - 1 : half;
  }
  std::size_t high = place;
  while (high < count && marks[high] == mark) ++high;
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
  return place < count && sizes[place] == key.size() &&
         HasBeginning(key, absl::string_view(prefix, prefix_size)) &&
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
  // The entries that stay keep their slots, but for those that are not among the first: they get slots of entries that go.
  absl::InlinedVector<std::pair<std::uint8_t, std::uint8_t>, kFanout> moves;
  std::size_t going = from;
  for (std::size_t place = 0; place < from; ++place) {
    if (node->slots[place] < from) continue;
    while (node->slots[going] >= from) ++going;
    moves.emplace_back(node->slots[place], node->slots[going++]);
  }
  const auto move = [&](auto member) {
    auto& source = node->*member;
    if (source.empty()) return;
    auto& target = right->*member;
    target.reserve(kFanout + 1);
    for (std::size_t place = from; place < node->size(); ++place) {
      target.push_back(std::move(source[node->slots[place]]));
    }
    for (const auto& [slot, free_slot] : moves) source[free_slot] = std::move(source[slot]);
    source.erase(source.begin() + static_cast<std::ptrdiff_t>(from), source.end());
  };
  move(&RowNode::keys);
  move(&RowNode::rows);
  move(&RowNode::children);
  right->count = static_cast<std::uint8_t>(node->count - from);
  node->count = static_cast<std::uint8_t>(from);
  std::size_t next = 0;
  for (std::size_t place = 0; place < from; ++place) {
    if (node->slots[place] >= from) node->slots[place] = moves[next++].second;
  }
  std::iota(right->slots, right->slots + right->count, std::uint8_t{0});
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
RowNodeRef AddTo(std::string&& key, RowNodeRef* at, RowVersion** row) {
  RowNode& node = at->Own();
  std::size_t place = 0;
  if (node.is_leaf) {
    place = PlaceOf(node, key);
    if (!node.Has(place, key)) {
      node.Insert(place, std::move(key));
    }
    *row = &node.rows[node.slots[place]];
  } else {
    const std::size_t child = ChildOf(node, key);
    RowNodeRef right = AddTo(std::move(key), &node.children[node.slots[child]], row);
    if (right.get() == nullptr) return {};
    place = child + 1;
    std::string bound = right.get()->KeyAt(0);
    node.Insert(place, std::move(bound), std::move(right));
  }
  if (node.size() <= kFanout) return {};
  const std::size_t from = SplitPlace(place, node);
  RowNodeRef right = SplitOff(from, &node);
  if (node.is_leaf) {
    RowNode& part = place < from ? node : right.Own();
    *row = &part.rows[part.slots[place < from ? place : place - from]];
  }
  return right;
}

// Whether nothing is left of the node.
bool EraseFrom(absl::string_view key, RowNodeRef* at) {
  RowNode& node = at->Own();
  if (node.is_leaf) {
    node.Erase(PlaceOf(node, key));
  } else {
    const std::size_t child = ChildOf(node, key);
    if (EraseFrom(key, &node.children[node.slots[child]])) node.Erase(child);
  }
  return node.size() == 0;
}

// How far ahead of a visit the bytes of keys are asked for.
constexpr std::size_t kKeysAhead = 4;

// A visit of a range on its way: each function returns false once it is over.
struct RangeVisit {
  absl::string_view begin;
  const std::string* end;
  RowTree::Visitor visitor;

  bool Ascend(const RowNode& node) {
    if (!node.is_leaf) {
      const std::size_t last = end == nullptr ? node.size() - 1 : ChildOf(node, *end);
      for (std::size_t i = ChildOf(node, begin); i <= last; ++i) {
        Prefetch(*node.ChildAt(i).get());
        if (!Ascend(*node.ChildAt(i).get())) return false;
      }
      return true;
    }
    const std::size_t behind = end == nullptr ? node.size() : PlaceOf(node, *end);
    for (std::size_t i = PlaceOf(node, begin); i < behind; ++i) {
      if (i + kKeysAhead < behind) __builtin_prefetch(node.KeyAt(i + kKeysAhead).data());
      if (!visitor(node.KeyAt(i), node.RowAt(i))) return false;
    }
    return true;
  }

  bool Descend(const RowNode& node) {
    if (!node.is_leaf) {
      const std::size_t first = ChildOf(node, begin);
      for (std::size_t i = (end == nullptr ? node.size() - 1 : ChildOf(node, *end)) + 1;
           i-- > first;) {
        Prefetch(*node.ChildAt(i).get());
        if (!Descend(*node.ChildAt(i).get())) return false;
      }
      return true;
    }
    const std::size_t first = PlaceOf(node, begin);
    for (std::size_t i = end == nullptr ? node.size() : PlaceOf(node, *end); i-- > first;) {
      if (i >= first + kKeysAhead) __builtin_prefetch(node.KeyAt(i - kKeysAhead).data());
      if (!visitor(node.KeyAt(i), node.RowAt(i))) return false;
    }
    return true;
  }
};

}  // namespace

const RowVersion* RowTree::Find(absl::string_view key) const {
  const RowNode* node = root_.get();
  if (node == nullptr) return nullptr;
  while (!node->is_leaf) {
    node = node->ChildAt(ChildOf(*node, key)).get();
    Prefetch(*node);
  }
  const std::size_t place = PlaceOf(*node, key);
  return node->Has(place, key) ? &node->RowAt(place) : nullptr;
}

namespace {

// How many keys are searched at the same time: a processor waits for about this number of places in memory at once.
constexpr std::size_t kSearches = 16;

// All leaves are equally far from the root: so the searches get there together.
void FindTogether(const RowNode& root, absl::Span<const absl::string_view> keys,
                  const RowVersion** found) {
  std::array<const RowNode*, kSearches> nodes;
  nodes.fill(&root);
  std::array<std::size_t, kSearches> places{};
  while (!nodes[0]->is_leaf) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      nodes[i] = nodes[i]->ChildAt(ChildOf(*nodes[i], keys[i])).get();
      Prefetch(*nodes[i]);
    }
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    places[i] = PlaceOf(*nodes[i], keys[i]);
    if (places[i] < nodes[i]->size()) __builtin_prefetch(&nodes[i]->RowAt(places[i]));
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    found[i] = nodes[i]->Has(places[i], keys[i]) ? &nodes[i]->RowAt(places[i]) : nullptr;
  }
}

}  // namespace

void RowTree::FindAll(absl::Span<const absl::string_view> keys, const RowVersion** found) const {
  if (root_.get() == nullptr) {
    std::fill_n(found, keys.size(), nullptr);
    return;
  }
  for (std::size_t first = 0; first < keys.size(); first += kSearches) {
    FindTogether(*root_.get(), keys.subspan(first, kSearches), found + first);
  }
}

RowVersion& RowTree::At(std::string&& key) {
  if (root_.get() == nullptr) root_ = RowNodeRef(new RowNode());
  // Mostly the row is there, or there is room for it.
  RowNode* node = &root_.Own();
  while (!node->is_leaf) node = &node->children[node->slots[ChildOf(*node, key)]].Own();
  const std::size_t place = PlaceOf(*node, key);
  const bool is_there = node->Has(place, key);
  if (is_there || node->size() < kFanout) {
    if (!is_there) node->Insert(place, std::move(key));
    return node->rows[node->slots[place]];
  }
  RowVersion* row = nullptr;
  RowNodeRef right = AddTo(std::move(key), &root_, &row);
  if (right.get() == nullptr) return *row;
  auto* root = new RowNode();
  root->is_leaf = false;
  std::string bound = right.get()->KeyAt(0);
  root->Insert(0, std::string(), std::move(root_));
  root->Insert(1, std::move(bound), std::move(right));
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
    RowNodeRef only = root_.get()->ChildAt(0);
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
