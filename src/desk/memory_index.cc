#include "desk/memory_index.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace internal {
namespace {

IndexPosition PositionOf(const IndexEntry& entry) { return {entry.sort, entry.entity.id()}; }

void SetRow(IndexRows* rows, const IndexPosition& position, bool stands, bool has_below) {
  if (stands || has_below) {
    (*rows)[position] = stands;
  } else {
    rows->erase(position);
  }
}

// Merges [begin, end) of every layer; the topmost of those that know a place decides.
template <typename Iterator, typename Less>
std::vector<IndexPosition> Merge(std::vector<std::pair<Iterator, Iterator>> layers, Less less,
                                 std::size_t limit) {
  std::vector<IndexPosition> found;
  while (found.size() < limit) {
    const std::pair<Iterator, Iterator>* first = nullptr;
    for (const auto& layer : layers) {
      if (layer.first == layer.second) continue;
      if (first == nullptr || less(layer.first->first, first->first->first)) first = &layer;
    }
    if (first == nullptr) break;
    const IndexPosition position = first->first->first;
    if (first->first->second) found.push_back(position);
    for (auto& layer : layers) {
      if (layer.first != layer.second && layer.first->first == position) ++layer.first;
    }
  }
  return found;
}

}  // namespace

std::string IndexRowKey(v1::EntityKind kind, absl::string_view key) {
  return absl::StrCat(static_cast<int>(kind), ":", key);
}

void ReplaceIndexEntries(const std::vector<IndexEntry>& before,
                         const std::vector<IndexEntry>& after, bool has_below, IndexLayer* top) {
  const auto set = [&](const IndexEntry& entry, bool stands) {
    const std::string key = IndexRowKey(entry.entity.kind(), entry.key);
    IndexRows& rows = top->rows[key];
    SetRow(&rows, PositionOf(entry), stands, has_below);
    if (rows.empty()) top->rows.erase(key);
  };
  for (const IndexEntry& entry : before) set(entry, false);
  for (const IndexEntry& entry : after) set(entry, true);
}

void FoldIndex(const IndexLayer& from, bool has_below, IndexLayer* to) {
  for (const auto& [key, rows] : from.rows) {
    IndexRows& below = to->rows[key];
    for (const auto& [position, stands] : rows) SetRow(&below, position, stands, has_below);
    if (below.empty()) to->rows.erase(key);
  }
  for (const auto& [key, entries] : from.entries) to->entries[key] = entries;
}

std::vector<IndexPosition> ReadIndex(const std::vector<const IndexRows*>& layers,
                                     const IndexPage& page, std::size_t limit) {
  if (!page.descending) {
    using Iterator = IndexRows::const_iterator;
    std::vector<std::pair<Iterator, Iterator>> ranges;
    for (const IndexRows* rows : layers) {
      ranges.emplace_back(page.after.has_value() ? rows->upper_bound(*page.after) : rows->begin(),
                          rows->end());
    }
    return Merge(
        std::move(ranges), [](const IndexPosition& a, const IndexPosition& b) { return a < b; },
        limit);
  }
  using Iterator = IndexRows::const_reverse_iterator;
  std::vector<std::pair<Iterator, Iterator>> ranges;
  for (const IndexRows* rows : layers) {
    // Reversed, an iterator gives what lies before the one it is made of.
    ranges.emplace_back(
        Iterator(page.after.has_value() ? rows->lower_bound(*page.after) : rows->end()),
        rows->rend());
  }
  return Merge(
      std::move(ranges), [](const IndexPosition& a, const IndexPosition& b) { return b < a; },
      limit);
}

}  // namespace internal
}  // namespace frontdesk
