// Finding the items, variants and accounts of an order command. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_MATCH_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_MATCH_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "frontdesk/v1/order_input.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace frontdesk {
namespace domain {

// The result of a selector.
struct MatchedItem {
  // Index of the line; -1 when the order has none, or not enough pieces in a state that allows the command.
  int line = -1;
  // Whether the order has such a line or variant at all.
  bool known = false;
  int64_t quantity = 0;
  // How many pieces of the line were left before this selector; without a line, the most that any such line had left.
  int64_t available = 0;
};

// Matches the selectors of one command, each against what the ones before it left.
class ItemMatcher {
 public:
  // `available` returns the number of pieces of a line in a state that allows the command. `preferred` may be null; else it returns how
  // many of those a variant selects first: a line with enough of them comes before one that is only available.
  ItemMatcher(const v1::Order& order, int64_t (*available)(const v1::OrderLine&),
              int64_t (*preferred)(const v1::OrderLine&) = nullptr);

  MatchedItem Match(const v1::ItemSelector& item);

 private:
  // Sets the line of `matched`, and takes its pieces, when one has enough of those in `counts`.
  bool TakeFrom(const v1::ItemSelector& item, const std::vector<int64_t>& counts,
                MatchedItem* matched);

  const v1::Order& order_;
  std::vector<int64_t> left_;
  // Empty when none are preferred.
  std::vector<int64_t> preferred_left_;
};

// The items of a command that names any, in the command's order. For an ItemChange without an item: no line,
// not known, and the quantity to be added.
std::vector<MatchedItem> MatchItems(const v1::Order& order, const v1::OrderCommand& command);

// The items of a refund with that cause. CANCELLATION is of pieces that were not shipped, LOST of pieces that were shipped and not delivered, in
// both cases pieces that were not refunded first. Other causes are of pieces that were not refunded.
std::vector<MatchedItem> MatchRefundItems(
    const v1::Order& order, v1::RefundCause cause,
    const google::protobuf::RepeatedPtrField<v1::ItemSelector>& items);

// Looks variants up by id: the first few by scanning, which is quicker than any index, the others in one.
class VariantIndex {
 public:
  // `catalog` must outlive the index.
  explicit VariantIndex(const v1::CatalogFacts& catalog) : catalog_(catalog) {}

  // Null when the catalog has none of that id.
  const v1::Variant* Find(absl::string_view variant_id);

 private:
  const v1::CatalogFacts& catalog_;
  int lookups_ = 0;
  std::map<absl::string_view, const v1::Variant*> variants_;
};

// The stored-value account of that id in the input; null when there is none, or no id.
const v1::Account* FindAccount(const v1::OrderDecisionInput& input, absl::string_view account_id);

// Whether the account takes nothing any more, or is not known.
bool IsAccountOver(const v1::OrderDecisionInput& input, absl::string_view account_id);

// Whether a price can be computed with: a known currency, a scale of 0 to 9, not negative.
bool IsUsable(const v1::UnitPrice& price);

// The item changes of ChangeItems and RequestExchange; empty for other commands.
const google::protobuf::RepeatedPtrField<v1::ItemChange>& ItemChangesOf(
    const v1::OrderCommand& command);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_MATCH_H_
