#include "answers.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Outcome;
using ::frontdesk::v1::Refusal;

// The shop's words for a reason; {names} are replaced by the values that come with it.
constexpr std::pair<absl::string_view, absl::string_view> kTexts[] = {
    {"ORDER_NOT_FOUND", "order not found"},
    {"CUSTOMER_NOT_FOUND", "user not found"},
    {"RETAIL_CANCEL_NOT_PENDING", "non-pending order cannot be cancelled"},
    {"RETAIL_CANCEL_ITEMS_CHANGED", "non-pending order cannot be cancelled"},
    {"RETAIL_CANCEL_REASON_NOT_ACCEPTED", "invalid reason"},
    {"RETAIL_CHANGE_SHIPPING_ADDRESS_NOT_PENDING", "non-pending order cannot be modified"},
    {"RETAIL_CHANGE_SHIPPING_ADDRESS_ITEMS_CHANGED", "non-pending order cannot be modified"},
    {"RETAIL_CHANGE_PAYMENT_METHOD_NOT_PENDING", "non-pending order cannot be modified"},
    {"RETAIL_CHANGE_PAYMENT_METHOD_ITEMS_CHANGED", "non-pending order cannot be modified"},
    {"RETAIL_CHANGE_PAYMENT_METHOD_UNKNOWN", "payment method not found"},
    {"RETAIL_CHANGE_PAYMENT_METHOD_NOT_ONE_PAYMENT",
     "there should be exactly one payment for a pending order"},
    {"RETAIL_CHANGE_PAYMENT_METHOD_SAME",
     "the new payment method should be different from the current one"},
    {"RETAIL_CHANGE_PAYMENT_METHOD_GIFT_CARD_TOO_LOW",
     "insufficient gift card balance to pay for the order"},
    {"RETAIL_CHANGE_ITEMS_NOT_PENDING", "non-pending order cannot be modified"},
    {"RETAIL_CHANGE_ITEMS_CHANGED_BEFORE", "non-pending order cannot be modified"},
    {"RETAIL_CHANGE_ITEMS_NOT_IN_ORDER", "{item_id} not found"},
    {"RETAIL_CHANGE_ITEMS_COUNT_DIFFERS", "the number of items to be exchanged should match"},
    {"RETAIL_CHANGE_ITEMS_NEW_ITEM_NOT_AVAILABLE", "new item {new_item_id} not found or available"},
    {"RETAIL_CHANGE_ITEMS_PAYMENT_METHOD_UNKNOWN", "payment method not found"},
    {"RETAIL_CHANGE_ITEMS_GIFT_CARD_TOO_LOW",
     "insufficient gift card balance to pay for the new item"},
    {"RETAIL_REQUEST_RETURN_NOT_DELIVERED", "non-delivered order cannot be returned"},
    {"RETAIL_REQUEST_RETURN_UNDER_WAY", "non-delivered order cannot be returned"},
    {"RETAIL_REQUEST_RETURN_PAYMENT_METHOD_UNKNOWN", "payment method not found"},
    {"RETAIL_REQUEST_RETURN_NOT_ORIGINAL_OR_GIFT_CARD",
     "payment method should be either the original payment method or a gift card"},
    {"RETAIL_REQUEST_RETURN_NOT_IN_ORDER", "some item not found"},
    {"RETAIL_REQUEST_EXCHANGE_NOT_DELIVERED", "non-delivered order cannot be exchanged"},
    {"RETAIL_REQUEST_EXCHANGE_UNDER_WAY", "non-delivered order cannot be exchanged"},
    {"RETAIL_REQUEST_EXCHANGE_NOT_IN_ORDER", "{item_id} not found"},
    {"RETAIL_REQUEST_EXCHANGE_COUNT_DIFFERS", "the number of items to be exchanged should match"},
    {"RETAIL_REQUEST_EXCHANGE_NEW_ITEM_NOT_AVAILABLE",
     "new item {new_item_id} not found or available"},
    {"RETAIL_REQUEST_EXCHANGE_PAYMENT_METHOD_UNKNOWN", "payment method not found"},
    {"RETAIL_REQUEST_EXCHANGE_GIFT_CARD_TOO_LOW",
     "insufficient gift card balance to pay for the price difference"},
};

// An empty id is not possible in a command, and is one that the shop does not know.
constexpr std::pair<absl::string_view, absl::string_view> kEmptyIdTexts[] = {
    {".order_id", "order not found"},
    {".customer_id", "user not found"},
    {".payment_method_id", "payment method not found"},
};

std::string RefusalText(const Refusal& refusal) {
  for (const auto& [reason, text] : kTexts) {
    if (reason != refusal.reason()) continue;
    std::string filled(text);
    for (const auto& detail : refusal.details()) {
      absl::StrReplaceAll({{absl::StrCat("{", detail.name(), "}"), detail.value()}}, &filled);
    }
    return filled;
  }
  if (refusal.origin() == Refusal::ORIGIN_ARGUMENT) {
    for (const auto& [field, text] : kEmptyIdTexts) {
      if (absl::EndsWith(refusal.field(), field)) return std::string(text);
    }
  }
  return refusal.text().empty() ? refusal.reason() : refusal.text();
}

}  // namespace

std::string ErrorText(const Outcome& outcome) {
  switch (outcome.verdict()) {
    case frontdesk::v1::VERDICT_DONE:
      return "";
    case frontdesk::v1::VERDICT_HELD:
      return absl::StrCat("Held for ", outcome.held().authority(), ": ", outcome.held().text());
    default:
      return absl::StrCat("Error: ",
                          outcome.refusals().empty() ? "" : RefusalText(outcome.refusals(0)));
  }
}

}  // namespace retail_desk
