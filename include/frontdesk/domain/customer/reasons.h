// Reasons of customers. The type is in base/reason.h.
#ifndef FRONTDESK_DOMAIN_CUSTOMER_REASONS_H_
#define FRONTDESK_DOMAIN_CUSTOMER_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_CUSTOMER_REASONS(X) \
  X(kReasonCustomerExists, "CUSTOMER_EXISTS", kOk, "There is a customer of that id already.", "there is one already") \
  X(kReasonCustomerNotFound, "CUSTOMER_NOT_FOUND", kOk, "There is no customer of that id.", "we cannot find your customer account") \
  X(kReasonCustomerExternalIdTaken, "CUSTOMER_EXTERNAL_ID_TAKEN", kOk, "Another customer has that id in that system.") \
  X(kReasonCustomerChangeAddressState, "CUSTOMER_CHANGE_ADDRESS_STATE", kOk, "The customer was merged into another; change addresses of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerAddContactPointState, "CUSTOMER_ADD_CONTACT_POINT_STATE", kOk, "The customer was merged into another; change contact points of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerVerifyContactPointState, "CUSTOMER_VERIFY_CONTACT_POINT_STATE", kOk, "The customer was merged into another; change contact points of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerRemoveContactPointState, "CUSTOMER_REMOVE_CONTACT_POINT_STATE", kOk, "The customer was merged into another; change contact points of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerAddPaymentMethodState, "CUSTOMER_ADD_PAYMENT_METHOD_STATE", kOk, "The customer was merged into another; change payment methods of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerVerifyPaymentMethodState, "CUSTOMER_VERIFY_PAYMENT_METHOD_STATE", kOk, "The customer was merged into another; change payment methods of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerRemovePaymentMethodState, "CUSTOMER_REMOVE_PAYMENT_METHOD_STATE", kOk, "The customer was merged into another; change payment methods of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerRecordConsentLimit, "CUSTOMER_RECORD_CONSENT_LIMIT", kOk, "The customer has answered for as many purposes and channels as the limit.") \
  X(kReasonCustomerRecordConsentState, "CUSTOMER_RECORD_CONSENT_STATE", kOk, "The customer was merged into another; record consents of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerAddContactPointIdExists, "CUSTOMER_ADD_CONTACT_POINT_ID_EXISTS", kOk, "The customer has a contact point of that id already.", "we have them already") \
  X(kReasonCustomerAddContactPointDuplicate, "CUSTOMER_ADD_CONTACT_POINT_DUPLICATE", kOk, "The customer has that contact point already, under another id.", "we have them already") \
  X(kReasonCustomerVerifyContactPointUnknown, "CUSTOMER_VERIFY_CONTACT_POINT_UNKNOWN", kOk, "The customer has no such contact point.", "we do not have them") \
  X(kReasonCustomerVerifyContactPointInvalid, "CUSTOMER_VERIFY_CONTACT_POINT_INVALID", kOk, "The contact point was imported, and is no address or number of its kind.") \
  X(kReasonCustomerRemoveContactPointUnknown, "CUSTOMER_REMOVE_CONTACT_POINT_UNKNOWN", kOk, "The customer has no such contact point.", "we do not have them") \
  X(kReasonCustomerAddPaymentMethodIdExists, "CUSTOMER_ADD_PAYMENT_METHOD_ID_EXISTS", kOk, "The customer has a payment method of that id already.", "we have it already") \
  X(kReasonCustomerAddPaymentMethodAccountKind, "CUSTOMER_ADD_PAYMENT_METHOD_ACCOUNT_KIND", kOk, "The stored-value account is of another kind than the payment method.", "the gift card or account is of another kind") \
  X(kReasonCustomerAddPaymentMethodAccountForeign, "CUSTOMER_ADD_PAYMENT_METHOD_ACCOUNT_FOREIGN", kOk, "The stored-value account belongs to another customer.", "the gift card or account belongs to somebody else") \
  X(kReasonCustomerVerifyPaymentMethodUnknown, "CUSTOMER_VERIFY_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method.", "we do not have it") \
  X(kReasonCustomerRemovePaymentMethodUnknown, "CUSTOMER_REMOVE_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method.", "we do not have it") \
  X(kReasonCustomerEditState, "CUSTOMER_EDIT_STATE", kOk, "The customer was merged into another; edit the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerEditBaseUnknown, "CUSTOMER_EDIT_BASE_UNKNOWN", kOk, "The customer never had the version that the editor saw.") \
  X(kReasonCustomerEditConflict, "CUSTOMER_EDIT_CONFLICT", kOk, "Somebody else changed the same value to another one since the version that the editor saw.", "somebody else has changed them in the meantime") \
  X(kReasonCustomerEditNameMissing, "CUSTOMER_EDIT_NAME_MISSING", kOk, "No name would be left.", "no name would be left") \
  X(kReasonCustomerVerifyIdentityState, "CUSTOMER_VERIFY_IDENTITY_STATE", kOk, "The customer was merged into another; verify the identity of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerDiscloseState, "CUSTOMER_DISCLOSE_STATE", kOk, "The customer was merged into another; disclose data of the survivor.", "your customer account was joined with another one") \
  X(kReasonCustomerMergeState, "CUSTOMER_MERGE_STATE", kOk, "The customer was merged into another; merge into the survivor.") \
  X(kReasonCustomerMergeSelf, "CUSTOMER_MERGE_SELF", kOk, "A merge of a customer with itself is not possible.") \
  X(kReasonCustomerMergeOtherState, "CUSTOMER_MERGE_OTHER_STATE", kOk, "The customer to be merged was merged into another already.") \
  X(kReasonCustomerMergeLimit, "CUSTOMER_MERGE_LIMIT", kOk, "The survivor would have more merged customers, or a longer chain of them, than the limit.") \
  X(kReasonCustomerUnmergeState, "CUSTOMER_UNMERGE_STATE", kOk, "The customer was itself merged into another; unmerge it first.") \
  X(kReasonCustomerUnmergeUnknown, "CUSTOMER_UNMERGE_UNKNOWN", kOk, "No such customer was merged into this one.") \
  X(kReasonCustomerUnmergeNotLast, "CUSTOMER_UNMERGE_NOT_LAST", kOk, "Another customer was merged into this one later; unmerge that one first.") \
  X(kReasonCustomerUnmergeCases, "CUSTOMER_UNMERGE_CASES", kOk, "A case of one of the two is merged into a case of the other; unmerge the cases first.") \
  X(kReasonCustomerChangeStateState, "CUSTOMER_CHANGE_STATE_STATE", kOk, "The customer was merged into another; change the state of the survivor.")
// clang-format on

FRONTDESK_CUSTOMER_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kCustomerReasons[] = {FRONTDESK_CUSTOMER_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_CUSTOMER_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_REASONS_H_
