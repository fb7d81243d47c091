#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_money.h"
#include "domain/order/payment_shares.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {

void CheckRequestPayment(const FieldPath& root, const v1::OrderCommand& command,
                         ArgumentChecker* checker) {
  const v1::RequestPayment& verb = command.request_payment();
  CheckShares(root, verb.payments(), "", checker);
  CheckSettlement(root, verb.settlement(), checker);
}

absl::Status DecideRequestPayment(OrderDraft* draft) {
  const v1::RequestPayment& verb = draft->command().request_payment();
  const int64_t owed = OwedUnits(draft->order(), draft->input().now());
  int64_t left = 0;
  const auto shares = ResolveShares(verb.payments(), owed, draft, &left);
  if (draft->refused()) return absl::OkStatus();
  if (owed <= 0) {
    draft->Refuse("NOTHING_OWED");
  } else if (left < 0) {
    const FieldPath field{&draft->root(), "payments"};
    draft->Refuse("EXCEEDS_OWED", &field);
  }
  if (draft->refused()) return absl::OkStatus();
  int64_t asked = 0;
  for (const auto& share : shares) asked += share.second;
  FRONTDESK_RETURN_IF_ERROR(CheckPaymentsFit(draft->order(), asked));
  draft->PayShares(shares, verb.settlement());
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
