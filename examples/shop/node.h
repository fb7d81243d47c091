// Reading a JSON value whose form is known, reporting every error in it with its place.
//
//   Node order("orders.json", "orders[\"#W1\"]", json, &problems);
//   order.ExpectMembers({"status", "items"});
//   std::string status = order["status"].Text();          // a problem is told if it is absent or no text
//   for (const Node& item : order["items"].Items()) …      // orders["#W1"].items[0]
#ifndef FRONTDESK_EXAMPLES_SHOP_NODE_H_
#define FRONTDESK_EXAMPLES_SHOP_NODE_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/v1/money.pb.h"
#include "json.h"

namespace retail_desk {

// The shop's one currency: its files name none.
inline constexpr absl::string_view kCurrency = "USD";

// The amounts that are accepted.
enum class Sign { kAny, kNotNegative };

// A place in a file with the value that is there, if any. A value; the JSON and the problems must outlive it.
class Node {
 public:
  Node(std::string file, std::string place, const Json* json, Problems* problems)
      : file_(std::move(file)), place_(std::move(place)), json_(json), problems_(problems) {}

  // Whether there is a value. Where there is none, the functions below return empty ones and report nothing more.
  bool present() const { return json_ != nullptr; }
  const Json* json() const { return json_; }
  const std::string& file() const { return file_; }
  const std::string& place() const { return place_; }

  // The member, which has to be there; or one that need not be.
  Node operator[](absl::string_view name) const;
  Node Optional(absl::string_view name) const;

  // Reports a value that is no object, or has other members than these.
  void ExpectMembers(std::initializer_list<absl::string_view> names,
                     std::initializer_list<absl::string_view> optional_names = {}) const;

  // The members of an object, the items of a list, with their places.
  std::vector<std::pair<std::string, Node>> Members() const;
  std::vector<Node> Items() const;

  std::string Text() const;
  // A text of one line that is not empty.
  std::string Id() const;
  bool Bool() const;
  std::vector<std::string> Texts() const;
  std::vector<std::string> Ids() const;

  // An amount of kCurrency. Noise of floating point, less than a millionth, is rounded away; any other decimals beyond the
  // minor unit are a problem.
  frontdesk::v1::Money Amount(Sign sign) const;
  frontdesk::v1::UnitPrice Price() const;

  void Problem(absl::string_view text) const { problems_->Add(file_, place_, text); }

 private:
  // The value if it is of `kind`; else null, and that is reported.
  const Json* OfKind(Json::Kind kind) const;

  std::string file_;
  std::string place_;
  const Json* json_;
  Problems* problems_;
};

// The minor units (two decimals) of a JSON number, exactly, but for noise of less than a millionth. Nothing when it has
// other decimals, or when it is a million million or more.
absl::optional<std::int64_t> MinorUnits(absl::string_view digits);

// The amount as a JSON number with no more decimals than it needs: 26.5.
Json AmountJson(std::int64_t minor_units);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_NODE_H_
