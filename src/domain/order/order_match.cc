#include "domain/order/order_match.h"

#include <algorithm>

#include "domain/order/order_money.h"
#include "domain/stored_value.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/order.h"

namespace frontdesk {
namespace domain {

namespace {

bool IsNamed(const v1::ItemSelector& item, const v1::OrderLine& line) {
  return item.line_id().empty() ? line.variant_id() == item.variant_id()
                                : line.line_id() == item.line_id();
}

int64_t UnshippedAndUnrefunded(const v1::OrderLine& line) {
  return std::min(UnshippedQuantity(line), RefundableQuantity(line));
}

int64_t ReturnableAndUnrefunded(const v1::OrderLine& line) {
  return std::min(ReturnableQuantity(line), RefundableQuantity(line));
}

int64_t LostAndUnrefunded(const v1::OrderLine& line) {
  return std::min(UndeliveredQuantity(line), RefundableQuantity(line));
}

}  // namespace

ItemMatcher::ItemMatcher(const v1::Order& order, int64_t (*available)(const v1::OrderLine&),
                         int64_t (*preferred)(const v1::OrderLine&))
    : order_(order) {
  left_.reserve(order.lines_size());
  for (const v1::OrderLine& line : order.lines()) left_.push_back(available(line));
  if (preferred == nullptr) return;
  preferred_left_.reserve(order.lines_size());
  for (const v1::OrderLine& line : order.lines()) preferred_left_.push_back(preferred(line));
}

bool ItemMatcher::TakeFrom(const v1::ItemSelector& item, const std::vector<int64_t>& counts,
                           MatchedItem* matched) {
  for (int i = 0; i < order_.lines_size(); ++i) {
    if (counts[i] < item.quantity() || !IsNamed(item, order_.lines(i))) continue;
    matched->line = i;
    matched->available = left_[i];
    left_[i] -= item.quantity();
    if (!preferred_left_.empty()) {
      preferred_left_[i] = std::max<int64_t>(0, preferred_left_[i] - item.quantity());
    }
    return true;
  }
  return false;
}

MatchedItem ItemMatcher::Match(const v1::ItemSelector& item) {
  MatchedItem matched;
  matched.quantity = item.quantity();
  if (item.quantity() > 0 &&
      ((!preferred_left_.empty() && TakeFrom(item, preferred_left_, &matched)) ||
       TakeFrom(item, left_, &matched))) {
    matched.known = true;
    return matched;
  }
  for (int i = 0; i < order_.lines_size(); ++i) {
    if (!IsNamed(item, order_.lines(i))) continue;
    matched.known = true;
    matched.available = std::max(matched.available, left_[i]);
  }
  return matched;
}

namespace {

std::vector<MatchedItem> MatchAll(
    const google::protobuf::RepeatedPtrField<v1::ItemSelector>& selectors, ItemMatcher matcher) {
  std::vector<MatchedItem> items;
  items.reserve(selectors.size());
  for (const v1::ItemSelector& item : selectors) items.push_back(matcher.Match(item));
  return items;
}

}  // namespace

std::vector<MatchedItem> MatchRefundItems(
    const v1::Order& order, v1::RefundCause cause,
    const google::protobuf::RepeatedPtrField<v1::ItemSelector>& items) {
  switch (cause) {
    case v1::REFUND_CAUSE_CANCELLATION:
      return MatchAll(items, {order, UnshippedQuantity, UnshippedAndUnrefunded});
    case v1::REFUND_CAUSE_LOST:
      return MatchAll(items, {order, UndeliveredQuantity, LostAndUnrefunded});
    default:
      return MatchAll(items, {order, RefundableQuantity});
  }
}

std::vector<MatchedItem> MatchItems(const v1::Order& order, const v1::OrderCommand& command) {
  switch (command.verb_case()) {
    case v1::OrderCommand::kRequestReturn:
      return MatchAll(command.request_return().items(),
                      {order, ReturnableQuantity, ReturnableAndUnrefunded});
    case v1::OrderCommand::kRefundOrder:
      return MatchRefundItems(order, command.refund_order().cause(),
                              command.refund_order().items());
    case v1::OrderCommand::kCancelItems:
      return MatchRefundItems(order, v1::REFUND_CAUSE_CANCELLATION, command.cancel_items().items());
    default:
      break;
  }
  std::vector<MatchedItem> items;
  ItemMatcher matcher = command.has_change_items()
                            ? ItemMatcher(order, ChangeableQuantity)
                            : ItemMatcher(order, ReturnableQuantity, ReturnableAndUnrefunded);
  for (const v1::ItemChange& change : ItemChangesOf(command)) {
    if (change.has_item()) {
      items.push_back(matcher.Match(change.item()));
    } else {
      items.emplace_back().quantity = change.added_quantity();
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

const v1::Account* FindAccount(const v1::OrderDecisionInput& input, absl::string_view account_id) {
  if (account_id.empty()) return nullptr;
  for (const v1::Account& account : input.accounts()) {
    if (account.account_id() == account_id) return &account;
  }
  return nullptr;
}

bool IsAccountOver(const v1::OrderDecisionInput& input, absl::string_view account_id) {
  const v1::Account* const account = FindAccount(input, account_id);
  return account == nullptr || IsOver(*account, input.now());
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
