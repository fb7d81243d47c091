// JSON as it was written: numbers keep their digits, members their order.
//
//   retail_desk::Problems problems;
//   absl::optional<retail_desk::Json> json = retail_desk::ParseJson(text, "orders.json", 1, &problems);
//   if (!json) std::fputs(problems.ToText().c_str(), stdout);
//
// nlohmann-json does the reading. Amounts must not pass through floating point, and an id that occurs twice in an
// object must be reported, so it hands its tokens to a tree of our own.
#ifndef FRONTDESK_EXAMPLES_SHOP_JSON_H_
#define FRONTDESK_EXAMPLES_SHOP_JSON_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace retail_desk {

// All errors in a text, in the order they were found, each once. Thread-compatible.
class Problems {
 public:
  // `file` may carry a line ("calls.jsonl:17"); `place` is a path inside it ("orders[\"#W1\"].items[0].price"), or empty.
  void Add(absl::string_view file, absl::string_view place, absl::string_view text);

  bool empty() const { return lines_.empty(); }
  std::size_t size() const { return lines_.size(); }

  // One line a problem, the first hundred; then how many more there are.
  std::string ToText() const;

 private:
  std::vector<std::string> lines_;
  std::set<std::string> told_;
};

// A JSON value. Thread-compatible.
struct Json {
  enum class Kind { kNull, kBool, kNumber, kText, kList, kObject };

  static Json Null() { return Json(); }
  static Json Bool(bool value);
  // `digits` is a JSON number.
  static Json Number(std::string digits);
  static Json Text(std::string value);
  static Json List(std::vector<Json> items = {});
  static Json Object() { return OfKind(Kind::kObject); }
  static Json OfKind(Kind kind);

  // The member, or null when there is none or this is no object.
  const Json* Find(absl::string_view name) const;
  // Puts the member in the place of the one of that name, or at the end.
  void Set(absl::string_view name, Json value);
  void Remove(absl::string_view name);

  // As one line, members sorted by name, everything beyond ASCII escaped.
  std::string ToLine() const;

  Kind kind = Kind::kNull;
  bool boolean = false;
  // A text as it is, or a number as it was written.
  std::string text;
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> members;
};

// "a list", for messages.
absl::string_view KindName(Json::Kind kind);

// Whether two values are equal: numbers by value, up to a millionth; lists in order; objects in any order.
bool SameValue(const Json& a, const Json& b);

// Reads one JSON text. A syntax error is reported with line and column (from `first_line`). A name that occurs twice in
// an object is reported with the path of the object below `root`. Then nothing is returned.
absl::optional<Json> ParseJson(absl::string_view text, absl::string_view file, int first_line,
                               absl::string_view root, Problems* problems);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_JSON_H_
