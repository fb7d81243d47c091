#include "domain/order/order_arguments.h"

#include "domain/interaction_part.h"
#include "domain/order/order_limits.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

void CheckItemSelector(const FieldPath& field, const v1::ItemSelector& item,
                       ArgumentChecker* checker) {
  if (item.line_id().empty() == item.variant_id().empty()) {
    checker->Add({&field, "line_id"}, kReasonArgumentExclusive,
                 "exactly one of line_id and variant_id must be set");
  }
  checker->CheckRange({&field, "quantity"}, item.quantity(), 1, kMaxLineQuantity);
}

}  // namespace

void CheckMovementId(const FieldPath& field, absl::string_view id, ArgumentChecker* checker) {
  if (IdNumber(id) <= kMaxIdNumber) return;
  checker->Add(field, kReasonArgumentOutOfRange,
               absl::StrCat("the number in it is more than ", kMaxIdNumber));
}

void CheckSettlement(const FieldPath& root, v1::Settlement settlement, ArgumentChecker* checker) {
  checker->CheckEnum({&root, "settlement"}, settlement, v1::Settlement_IsValid(settlement));
}

void CheckCashOut(const FieldPath& root, bool cash_out, ArgumentChecker* checker) {
  checker->Forbid({&root, "cash_out"}, cash_out && !checker->IsFilled("cash_out"));
}

void CheckSelectors(const FieldPath& root, absl::string_view name,
                    const google::protobuf::RepeatedPtrField<v1::ItemSelector>& items,
                    ArgumentChecker* checker) {
  checker->CheckCount({&root, name}, items.size(), 1, kMaxOrderLines);
  for (int i = 0; i < items.size(); ++i) CheckItemSelector({&root, name, i}, items[i], checker);
}

void CheckItemChanges(const FieldPath& root,
                      const google::protobuf::RepeatedPtrField<v1::ItemChange>& changes,
                      ArgumentChecker* checker) {
  checker->CheckCount({&root, "changes"}, changes.size(), 1, kMaxOrderLines);
  for (int i = 0; i < changes.size(); ++i) {
    const FieldPath field{&root, "changes", i};
    const FieldPath added{&field, "added_quantity"};
    if (changes[i].has_item()) {
      CheckItemSelector({&field, "item"}, changes[i].item(), checker);
      checker->Forbid(added, changes[i].added_quantity() != 0);
    } else if (!changes[i].new_variant_id().empty() || changes[i].added_quantity() != 0) {
      // An exchange without a new variant may have no count: it is for policy to judge.
      checker->CheckRange(added, changes[i].added_quantity(), 0, kMaxLineQuantity);
    }
  }
}

void CheckNotAfterNow(const FieldPath& field, bool present, const google::protobuf::Timestamp& time,
                      ArgumentChecker* checker) {
  if (!checker->CheckTime(field, present, time) || !present) return;
  if (IsBefore(checker->now(), time)) {
    checker->Add(field, kReasonArgumentOutOfRange, "is after the command's now");
  }
}

void CheckDiscounts(const FieldPath& parent,
                    const google::protobuf::RepeatedPtrField<v1::Discount>& discounts,
                    absl::string_view currency_code, const std::set<std::string>& line_ids,
                    ArgumentChecker* checker) {
  checker->CheckCount({&parent, "discounts"}, discounts.size(), 0, kMaxDiscounts);
  DistinctIds ids;
  for (int i = 0; i < discounts.size(); ++i) {
    const FieldPath field{&parent, "discounts", i};
    const v1::Discount& discount = discounts[i];
    const FieldPath id{&field, "discount_id"};
    if (checker->RequireText(id, discount.discount_id())) {
      ids.Check(id, discount.discount_id(), checker);
    }
    if (!discount.line_id().empty() && line_ids.count(discount.line_id()) == 0) {
      checker->Add({&field, "line_id"}, kReasonArgumentUnknownValue, "is not a line of the order");
    }
    if (discount.has_amount()) {
      checker->CheckAmount({&field, "amount"}, discount.amount(), 1, currency_code);
    } else {
      checker->CheckRange({&field, "rate_ppm"}, discount.rate_ppm(), 1, 1'000'000);
    }
  }
}

void CheckTerms(const FieldPath& parent, const v1::TaxRule& tax_rule, v1::RoundingLevel level,
                v1::Rounding rounding, ArgumentChecker* checker) {
  const FieldPath tax{&parent, "tax_rule"};
  checker->CheckRange({&tax, "rate_ppm"}, tax_rule.rate_ppm(), 0, kMaxTaxRatePpm);
  checker->CheckEnum({&parent, "rounding_level"}, level, v1::RoundingLevel_IsValid(level));
  checker->CheckEnum({&parent, "rounding"}, rounding, v1::Rounding_IsValid(rounding));
}

}  // namespace domain
}  // namespace frontdesk
