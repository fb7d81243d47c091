#include "domain/order/order_match.h"

#include <algorithm>

#include "domain/order/order_money.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/order.h"

namespace frontdesk {
namespace domain {

ItemMatcher::ItemMatcher(const v1::Order& order, int64_t (*available)(const v1::OrderLine&))
    : order_(order) {
  left_.reserve(order.lines_size());
  for (const v1::OrderLine& line : order.lines()) left_.push_back(available(line));
}

MatchedItem ItemMatcher::Match(const v1::ItemSelector& item) {
  MatchedItem matched;
  matched.quantity = item.quantity();
  for (int i = 0; i < order_.lines_size(); ++i) {
    const v1::OrderLine& line = order_.lines(i);
    const bool named = item.line_id().empty() ? line.variant_id() == item.variant_id()
                                              : line.line_id() == item.line_id();
    if (!named) continue;
    matched.known = true;
    matched.available = std::max(matched.available, left_[i]);
    if (left_[i] < item.quantity() || item.quantity() <= 0) continue;
    matched.line = i;
    matched.available = left_[i];
    left_[i] -= item.quantity();
    break;
  }
  return matched;
}

std::vector<MatchedItem> MatchItems(const v1::Order& order, const v1::OrderCommand& command) {
  std::vector<MatchedItem> items;
  if (command.has_request_return()) {
    ItemMatcher matcher(order, ReturnableQuantity);
    for (const v1::ItemSelector& item : command.request_return().items()) {
      items.push_back(matcher.Match(item));
    }
  } else if (command.has_refund_order()) {
    ItemMatcher matcher(order, RefundableQuantity);
    for (const v1::ItemSelector& item : command.refund_order().items()) {
      items.push_back(matcher.Match(item));
    }
  } else {
    ItemMatcher matcher(order,
                        command.has_change_items() ? ChangeableQuantity : ReturnableQuantity);
    for (const v1::ItemChange& change : ItemChangesOf(command)) {
      if (change.has_item()) {
        items.push_back(matcher.Match(change.item()));
      } else {
        items.emplace_back().quantity = change.added_quantity();
      }
    }
  }
  return items;
}

const v1::Variant* VariantIndex::Find(absl::string_view variant_id) {
  constexpr int kScannedLookups = 8;
  if (++lookups_ <= kScannedLookups) {
    for (const v1::Variant& variant : catalog_.variants()) {
      if (variant.variant_id() == variant_id) return &variant;
    }
    return nullptr;
  }
  if (variants_.empty()) {
    for (const v1::Variant& variant : catalog_.variants()) {
      variants_.emplace(variant.variant_id(), &variant);
    }
  }
  const auto found = variants_.find(variant_id);
  return found == variants_.end() ? nullptr : found->second;
}

bool IsUsable(const v1::UnitPrice& price) {
  return price.value() >= 0 && CheckUnitPrice(price).ok();
}

const google::protobuf::RepeatedPtrField<v1::ItemChange>& ItemChangesOf(
    const v1::OrderCommand& command) {
  // Both are empty unless they are the command.
  return command.has_request_exchange() ? command.request_exchange().changes()
                                        : command.change_items().changes();
}

}  // namespace domain
}  // namespace frontdesk
