// Where a text says what: for each field of a message that was read from text, its place in that text.
//
//   frontdesk::rules::SourceMap source;
//   frontdesk::v1::PolicyPack pack;
//   std::vector<frontdesk::v1::Issue> issues =
//       frontdesk::rules::ParsePolicyText(text, "retail.textproto", &pack, &source);
//   source.Find("rule_sets[0].rules[2].condition");  // line 14, column 5
#ifndef FRONTDESK_RULES_SOURCE_MAP_H_
#define FRONTDESK_RULES_SOURCE_MAP_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace frontdesk {
namespace rules {

// A place in a text: line and column from 1, columns in Unicode code points.
struct SourcePosition {
  int32_t line = 0;
  int32_t column = 0;
};

inline bool operator==(const SourcePosition& a, const SourcePosition& b) {
  return a.line == b.line && a.column == b.column;
}

// Immutable and thread-safe; a copy shares everything. Holds the text it maps. The default maps nothing.
class SourceMap {
 public:
  SourceMap();
  ~SourceMap();
  SourceMap(const SourceMap&);
  SourceMap& operator=(const SourceMap&);

  // The name of the text, as the caller gave it.
  const std::string& file() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // The place of a field's name, for example "rules[17].condition" or "rules[17]" (of an element written inside brackets,
  // the element itself); "" is the whole text. Nothing when the text does not mention it. Constant time and linear in the line.
  absl::optional<SourcePosition> Find(absl::string_view field_path) const;

  // The place in the text that byte `offset` of a string field's value came from: exact across escapes and adjacent
  // pieces. An offset at or beyond the value's end gives the place just behind its last character.
  absl::optional<SourcePosition> FindInside(absl::string_view field_path, int32_t offset) const;

  // The line of a place and a caret below it: two lines, without a newline at the end. Very long lines are shortened
  // around the place; tabs are kept. Empty for a place that the text does not have.
  std::string Snippet(SourcePosition position) const;

 private:
  friend class SourceMapBuilder;
  struct Rep;
  std::shared_ptr<const Rep> rep_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_SOURCE_MAP_H_
