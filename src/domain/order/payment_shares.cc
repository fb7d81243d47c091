#include "domain/order/payment_shares.h"

#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {

void CheckShares(const FieldPath& root, const PaymentShares& shares,
                 absl::string_view currency_code, ArgumentChecker* checker) {
  checker->CheckCount({&root, "payments"}, shares.size(), 1, kMaxPaymentShares);
  bool has_rest = false;
  for (int i = 0; i < shares.size(); ++i) {
    const FieldPath share{&root, "payments", i};
    const FieldPath amount{&share, "amount"};
    checker->RequireText({&share, "payment_method_id"}, shares[i].payment_method_id());
    if (shares[i].has_amount()) {
      checker->CheckAmount(amount, shares[i].amount(), 1, currency_code);
    } else if (has_rest) {
      checker->Add(amount, kReasonArgumentRequired, "only one share may be without an amount");
    } else {
      has_rest = true;
    }
  }
}

std::vector<std::pair<const v1::PaymentMethod*, int64_t>> ResolveShares(const PaymentShares& shares,
                                                                        int64_t whole,
                                                                        OrderDraft* draft,
                                                                        int64_t* left) {
  std::vector<std::pair<const v1::PaymentMethod*, int64_t>> resolved;
  int rest = -1;
  __int128 sum = 0;
  for (int i = 0; i < shares.size(); ++i) {
    const FieldPath share{&draft->root(), "payments", i};
    const v1::PaymentMethod* const method = draft->FindMethod(shares[i].payment_method_id());
    if (method == nullptr) {
      const FieldPath field{&share, "payment_method_id"};
      draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
    }
    if (!shares[i].has_amount()) rest = i;
    if (shares[i].has_amount() &&
        shares[i].amount().currency_code() != draft->order().currency_code()) {
      const FieldPath field{&share, "amount"};
      draft->Refuse("CURRENCY", &field);
    }
    resolved.emplace_back(method, shares[i].amount().units());
    sum += shares[i].amount().units();
  }
  const __int128 open = whole - sum;
  *left = open < -1 ? -1 : static_cast<int64_t>(open);
  if (rest < 0) return resolved;
  resolved[rest].second = *left;
  *left = *left > 0 ? 0 : -1;
  return resolved;
}

}  // namespace domain
}  // namespace frontdesk
