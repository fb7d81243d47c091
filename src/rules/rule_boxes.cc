#include "rules/rule_boxes.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/types/optional.h"

namespace frontdesk {
namespace rules {
namespace {

constexpr size_t kBits = 64;
// Comparisons of boxes that cost one step.
constexpr int64_t kBoxesInStep = 32;

// Whether the point is beyond a bound. NaN, and another kind, are on neither.
bool IsOutside(const BoxSide& side, const Point& point) {
  if (side.has_low) {
    const absl::optional<int> order = ComparePoints(point, side.low);
    if (order.has_value() && (*order < 0 || (*order == 0 && side.is_low_open))) return true;
  }
  if (side.has_high) {
    const absl::optional<int> order = ComparePoints(point, side.high);
    if (order.has_value() && (*order > 0 || (*order == 0 && side.is_high_open))) return true;
  }
  return false;
}

// Whether all of `a` is below all of `b`.
bool IsBelow(const BoxSide& a, const BoxSide& b) {
  if (!a.has_high || !b.has_low) return false;
  const absl::optional<int> order = ComparePoints(a.high, b.low);
  return order.has_value() && (*order < 0 || (*order == 0 && (a.is_high_open || b.is_low_open)));
}

bool AreSidesApart(const BoxSide& a, const BoxSide& b) {
  if (a.has_points && b.has_points) {
    size_t i = 0, k = 0;
    while (i < a.keys.size() && k < b.keys.size()) {
      if (a.keys[i] == b.keys[k]) return false;
      a.keys[i] < b.keys[k] ? ++i : ++k;
    }
    return true;
  }
  if (a.has_points) {
    return absl::c_all_of(a.points, [&](const Point& point) { return IsOutside(b, point); });
  }
  if (b.has_points) return AreSidesApart(b, a);
  return IsBelow(a, b) || IsBelow(b, a);
}

void NarrowLow(const Point& point, bool is_open, BoxSide* side) {
  if (side->has_low) {
    const absl::optional<int> order = ComparePoints(point, side->low);
    if (!order.has_value() || *order < 0 || (*order == 0 && !is_open)) return;
  }
  side->has_low = true;
  side->low = point;
  side->is_low_open = is_open;
}

void NarrowHigh(const Point& point, bool is_open, BoxSide* side) {
  if (side->has_high) {
    const absl::optional<int> order = ComparePoints(point, side->high);
    if (!order.has_value() || *order > 0 || (*order == 0 && !is_open)) return;
  }
  side->has_high = true;
  side->high = point;
  side->is_high_open = is_open;
}

}  // namespace

void RuleBoxes::Narrow(const Atom& atom, BoxSide* side) const {
  switch (atom.op) {
    case cel::Operator::kEqual:
    case cel::Operator::kIn:
      // Of several sets the first counts.
      if (side->has_points) return;
      side->has_points = true;
      side->points = atom.constants;
      return;
    case cel::Operator::kNone:
      NarrowLow(atom.constants[0], false, side);
      NarrowHigh(atom.constants[1], true, side);
      return;
    case cel::Operator::kLess:
    case cel::Operator::kLessOrEqual:
      NarrowHigh(atom.constants[0], atom.op == cel::Operator::kLess, side);
      return;
    case cel::Operator::kGreater:
    case cel::Operator::kGreaterOrEqual:
      NarrowLow(atom.constants[0], atom.op == cel::Operator::kGreater, side);
      return;
    default:
      return;
  }
}

void RuleBoxes::Add(const std::vector<int32_t>& conjuncts) {
  std::vector<BoxSide> box;
  for (const int32_t conjunct : conjuncts) {
    const FormulaNode& node = table_.node(conjunct);
    if (node.junction != Junction::kAtom) continue;
    const Atom& atom = table_.atom(node.atom);
    const Line line = table_.term(atom.term).line;
    // Equal numbers of these lines may have different keys, or no order.
    const bool is_set = atom.op == cel::Operator::kEqual || atom.op == cel::Operator::kIn;
    if (line == Line::kKind || (line == Line::kDouble && is_set)) continue;
    auto side = absl::c_find_if(box, [&](const BoxSide& each) { return each.term == atom.term; });
    if (side == box.end()) {
      side = box.insert(box.end(), BoxSide());
      side->term = atom.term;
    }
    Narrow(atom, &*side);
  }
  absl::c_sort(box, [](const BoxSide& a, const BoxSide& b) { return a.term < b.term; });
  const size_t rule = boxes_.size();
  for (BoxSide& side : box) {
    if (!side.has_points) continue;
    TermRules& rules = by_term_[side.term];
    rules.without_points.resize(rule / kBits + 1, ~uint64_t{0});
    rules.without_points[rule / kBits] &= ~(uint64_t{1} << (rule % kBits));
    for (const Point& point : side.points) side.keys.push_back(PointKey(point));
    absl::c_sort(side.keys);
    for (const std::string& key : side.keys) {
      rules.by_key[key].push_back(static_cast<uint32_t>(rule));
    }
  }
  boxes_.push_back(std::move(box));
  is_none_.push_back(false);
}

void RuleBoxes::AddNone() {
  boxes_.emplace_back();
  is_none_.push_back(true);
}

bool RuleBoxes::AreApart(size_t first, size_t second) const {
  const std::vector<BoxSide>& a = boxes_[first];
  const std::vector<BoxSide>& b = boxes_[second];
  size_t i = 0, k = 0;
  while (i < a.size() && k < b.size()) {
    if (a[i].term == b[k].term) {
      if (AreSidesApart(a[i], b[k])) return true;
      ++i, ++k;
    } else {
      a[i].term < b[k].term ? ++i : ++k;
    }
  }
  return false;
}

bool RuleBoxes::ForEachBefore(size_t second, const std::function<bool(size_t)>& is_wanted,
                              const std::function<bool(size_t)>& found, int64_t* steps) const {
  if (is_none_[second]) return true;
  std::vector<uint64_t> left(second / kBits + 1, ~uint64_t{0});
  for (const BoxSide& side : boxes_[second]) {
    if (!side.has_points) continue;
    const TermRules& rules = by_term_.at(side.term);
    std::vector<uint64_t> possible(left.size(), ~uint64_t{0});
    const size_t known = std::min(left.size(), rules.without_points.size());
    std::copy_n(rules.without_points.begin(), known, possible.begin());
    for (const std::string& key : side.keys) {
      for (const uint32_t rule : rules.by_key.at(key)) {
        if (rule >= second) break;
        possible[rule / kBits] |= uint64_t{1} << (rule % kBits);
      }
    }
    for (size_t i = 0; i < left.size(); ++i) left[i] &= possible[i];
    *steps -= static_cast<int64_t>(left.size()) / kBoxesInStep;
  }
  int64_t compared = 0;
  bool goes_on = true;
  for (size_t i = 0; i < left.size() && goes_on; ++i) {
    for (uint64_t word = left[i]; word != 0 && goes_on; word &= word - 1) {
      const size_t first = i * kBits + static_cast<size_t>(__builtin_ctzll(word));
      if (first >= second) break;
      ++compared;
      if (is_none_[first] || !is_wanted(first) || AreApart(first, second)) continue;
      goes_on = found(first);
    }
  }
  *steps -= 1 + compared / kBoxesInStep;
  return goes_on;
}

}  // namespace rules
}  // namespace frontdesk
