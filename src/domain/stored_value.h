// Whether a payment method may name a stored-value account. Private.
#ifndef FRONTDESK_DOMAIN_STORED_VALUE_H_
#define FRONTDESK_DOMAIN_STORED_VALUE_H_

#include <algorithm>
#include <string>
#include <utility>

#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// Whether the account is of the method's kind.
inline bool FitsKind(v1::PaymentMethod::Kind method, const v1::Account& account) {
  return method == v1::PaymentMethod::KIND_GIFT_CARD
             ? account.kind() == v1::Account::KIND_GIFT_CARD
             : account.kind() == v1::Account::KIND_STORE_CREDIT;
}

// Whether the account can no longer be debited at `now`.
inline bool HasExpired(const v1::Account& account, const google::protobuf::Timestamp& now) {
  return account.has_expire_time() &&
         std::make_pair(now.seconds(), now.nanos()) >=
             std::make_pair(account.expire_time().seconds(), account.expire_time().nanos());
}

// Whether the account takes nothing any more at `now`.
inline bool IsOver(const v1::Account& account, const google::protobuf::Timestamp& now) {
  return account.state() == v1::Account::STATE_CLOSED || HasExpired(account, now);
}

// Whether the account is nobody's, the customer's, or that of somebody merged into the customer.
inline bool MayBeUsedBy(const v1::Customer& customer, const v1::Account& account) {
  const std::string& owner = account.customer_id();
  return owner.empty() || owner == customer.customer_id() ||
         std::any_of(customer.merged_customer_refs().begin(), customer.merged_customer_refs().end(),
                     [&](const v1::MergedCustomerRef& ref) { return ref.customer_id() == owner; });
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_STORED_VALUE_H_
