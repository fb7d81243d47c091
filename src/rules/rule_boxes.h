// Pairs of rules that no single field keeps apart. Private to rules/.
#ifndef FRONTDESK_RULES_RULE_BOXES_H_
#define FRONTDESK_RULES_RULE_BOXES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rules/formula.h"

namespace frontdesk {
namespace rules {

// The points that one term can have where a condition holds; more than these are never left out.
struct BoxSide {
  int32_t term = -1;
  bool has_points = false;
  std::vector<Point> points;      // For `has_points`: the only ones.
  std::vector<std::string> keys;  // Of the points, sorted.
  // Bounds; one without a point that counts is none.
  bool has_low = false, has_high = false;
  bool is_low_open = false, is_high_open = false;
  Point low, high;
};

// The conditions of the rules of a set as boxes: one side for each term that conjuncts compare with constants. Thread-compatible.
class RuleBoxes {
 public:
  // `table` is referred to.
  explicit RuleBoxes(const FormulaTable& table) : table_(table) {}

  // Adds the box of the next rule; `conjuncts` are nodes of the table.
  void Add(const std::vector<int32_t>& conjuncts);
  // Adds a rule that is never in a pair.
  void AddNone();

  // Calls `found` with each rule before `second` that no term keeps apart from it and that `is_wanted`, ascending, until it returns
  // false; then returns false too. Lowers `steps`. Costs a bit for each rule before and each term of the box, and the comparison of
  // the boxes that share all their constants.
  bool ForEachBefore(size_t second, const std::function<bool(size_t)>& is_wanted,
                     const std::function<bool(size_t)>& found, int64_t* steps) const;

  // Whether a term keeps the two rules apart, so that no input matches both.
  bool AreApart(size_t first, size_t second) const;

 private:
  struct TermRules {
    std::vector<uint64_t>
        without_points;  // A bit for each rule: 1 for those that may have any point.
    absl::flat_hash_map<std::string, std::vector<uint32_t>> by_key;
  };

  void Narrow(const Atom& atom, BoxSide* side) const;

  const FormulaTable& table_;
  std::vector<std::vector<BoxSide>> boxes_;  // By rule; each by term.
  std::vector<bool> is_none_;
  absl::flat_hash_map<int32_t, TermRules> by_term_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_RULE_BOXES_H_
