#include "node.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Money;
using ::frontdesk::v1::UnitPrice;

// Decimals of the minor unit, and digits beyond them that are read to distinguish noise from a finer
// amount.
constexpr int kDecimals = 2;
constexpr int kNoiseDigits = 4;
// Most digits before the point.
constexpr int kMostDigits = 12;

// ".name", or "["#W1"]" for a key that is no plain name.
std::string Below(absl::string_view place, absl::string_view name) {
  const bool plain =
      !name.empty() && !absl::ascii_isdigit(name[0]) &&
      absl::c_all_of(name, [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
  if (!plain) return absl::StrCat(place, "[\"", name, "\"]");
  return place.empty() ? std::string(name) : absl::StrCat(place, ".", name);
}

}  // namespace

Node Node::operator[](absl::string_view name) const {
  Node member = Optional(name);
  if (present() && json_->kind == Json::Kind::kObject && !member.present()) {
    member.Problem("missing");
  }
  return member;
}

Node Node::Optional(absl::string_view name) const {
  return Node(file_, Below(place_, name), present() ? json_->Find(name) : nullptr, problems_);
}

void Node::ExpectMembers(std::initializer_list<absl::string_view> names,
                         std::initializer_list<absl::string_view> optional_names) const {
  const Json* object = OfKind(Json::Kind::kObject);
  if (object == nullptr) return;
  for (const auto& [name, value] : object->members) {
    if (!absl::c_linear_search(names, name) && !absl::c_linear_search(optional_names, name)) {
      Optional(name).Problem("not known here");
    }
  }
}

std::vector<std::pair<std::string, Node>> Node::Members() const {
  std::vector<std::pair<std::string, Node>> members;
  if (const Json* object = OfKind(Json::Kind::kObject)) {
    for (const auto& [name, value] : object->members) {
      // Ids are quoted even where they look like names: users["anna_1"].
      members.emplace_back(
          name, Node(file_, absl::StrCat(place_, "[\"", name, "\"]"), &value, problems_));
    }
  }
  return members;
}

std::vector<Node> Node::Items() const {
  std::vector<Node> items;
  if (const Json* list = OfKind(Json::Kind::kList)) {
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      items.emplace_back(file_, absl::StrCat(place_, "[", i, "]"), &list->items[i], problems_);
    }
  }
  return items;
}

std::string Node::Text() const {
  const Json* text = OfKind(Json::Kind::kText);
  return text == nullptr ? "" : text->text;
}

std::string Node::Id() const {
  std::string id = Text();
  if (id.empty() && present() && json_->kind == Json::Kind::kText) Problem("is empty");
  if (id.find('\n') != std::string::npos) Problem("holds a line feed");
  return id;
}

bool Node::Bool() const {
  const Json* value = OfKind(Json::Kind::kBool);
  return value != nullptr && value->boolean;
}

std::vector<std::string> Node::Texts() const {
  std::vector<std::string> texts;
  for (const Node& item : Items()) texts.push_back(item.Text());
  return texts;
}

std::vector<std::string> Node::Ids() const {
  std::vector<std::string> ids;
  for (const Node& item : Items()) ids.push_back(item.Id());
  return ids;
}

Money Node::Amount(Sign sign) const {
  Money money;
  money.set_currency_code(std::string(kCurrency));
  const Json* number = OfKind(Json::Kind::kNumber);
  if (number == nullptr) return money;
  const absl::optional<std::int64_t> units = MinorUnits(number->text);
  if (!units.has_value()) {
    Problem(absl::StrCat(number->text,
                         " is no amount: it has more than two decimals, or is too large"));
  } else if (*units < 0 && sign == Sign::kNotNegative) {
    Problem(absl::StrCat(number->text, " is negative"));
  } else {
    money.set_units(*units);
  }
  return money;
}

UnitPrice Node::Price() const {
  const Money money = Amount(Sign::kNotNegative);
  UnitPrice price;
  price.set_value(money.units());
  price.set_scale(kDecimals);
  price.set_currency_code(money.currency_code());
  return price;
}

const Json* Node::OfKind(Json::Kind kind) const {
  if (!present()) return nullptr;
  if (json_->kind == kind) return json_;
  Problem(absl::StrCat("is ", KindName(json_->kind), " and has to be ", KindName(kind)));
  return nullptr;
}

absl::optional<std::int64_t> MinorUnits(absl::string_view digits) {
  const bool negative = absl::ConsumePrefix(&digits, "-");
  // The digits without point, and the position of the point among them.
  std::string all;
  int point = -1;
  int exponent = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] == '.') {
      point = static_cast<int>(all.size());
    } else if (digits[i] == 'e' || digits[i] == 'E') {
      absl::string_view rest = digits.substr(i + 1);
      absl::ConsumePrefix(&rest, "+");
      if (!absl::SimpleAtoi(rest, &exponent) || std::abs(exponent) > 1'000) return absl::nullopt;
      break;
    } else {
      all.push_back(digits[i]);
    }
  }
  if (all.size() > 1'000) return absl::nullopt;
  if (point < 0) point = static_cast<int>(all.size());
  point += exponent;
  // At least one digit before the point, and all that are looked at behind it.
  if (point < 1) {
    all.insert(0, 1 - point, '0');
    point = 1;
  }
  if (all.size() < static_cast<std::size_t>(point + kDecimals + kNoiseDigits)) {
    all.append(point + kDecimals + kNoiseDigits - all.size(), '0');
  }
  const std::size_t first = std::min<std::size_t>(all.find_first_not_of('0'), point);
  if (point - static_cast<int>(first) > kMostDigits) return absl::nullopt;
  std::int64_t units = 0;
  for (int i = static_cast<int>(first); i < point + kDecimals; ++i)
    units = units * 10 + (all[i] - '0');
  const std::string noise = all.substr(point + kDecimals, kNoiseDigits);
  if (noise == std::string(kNoiseDigits, '9')) {
    ++units;
  } else if (noise != std::string(kNoiseDigits, '0')) {
    return absl::nullopt;
  }
  return negative ? -units : units;
}

Json AmountJson(std::int64_t minor_units) {
  const std::uint64_t size = minor_units < 0 ? 0 - static_cast<std::uint64_t>(minor_units)
                                             : static_cast<std::uint64_t>(minor_units);
  std::string text =
      absl::StrFormat("%s%d.%02d", minor_units < 0 ? "-" : "", size / 100, size % 100);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.push_back('0');
  return Json::Number(std::move(text));
}

}  // namespace retail_desk
