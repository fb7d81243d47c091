// A refund that the shop's policy holds, and its approval. No request of the files is held, so this one is made up, on a desk
// of its own: it is in no count and in no digest.
//
//   absl::optional<retail_desk::HeldRefund> held = retail_desk::ApproveHeldRefund(desk, shop);
//   if (held.has_value()) std::cout << held->held.text();
#ifndef FRONTDESK_TESTS_ACCEPTANCE_RETAIL_HELD_H_
#define FRONTDESK_TESTS_ACCEPTANCE_RETAIL_HELD_H_

#include "absl/types/optional.h"
#include "frontdesk/v1/journal.pb.h"
#include "shop_desk.h"
#include "shop_reader.h"

namespace retail_desk {

// Desk::Explain of the command that was held, and of its approval.
struct HeldRefund {
  frontdesk::v1::Explanation held;
  frontdesk::v1::Explanation approved;
};

// Asks to refund the first order, in the order of the files, of which the policy holds the whole refund, and approves that with
// the authority that it needs. Nothing when the policy holds no such refund, or one approval is not enough.
absl::optional<HeldRefund> ApproveHeldRefund(const ShopDesk& desk, const Shop& shop);

}  // namespace retail_desk

#endif  // FRONTDESK_TESTS_ACCEPTANCE_RETAIL_HELD_H_
