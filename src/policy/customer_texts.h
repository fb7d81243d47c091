// The texts for customers in a pack: their checks. Private.
#ifndef FRONTDESK_POLICY_CUSTOMER_TEXTS_H_
#define FRONTDESK_POLICY_CUSTOMER_TEXTS_H_

#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Reports every issue of the texts of rules and of reasons. A placeholder is a value of the rule; a text for a reason has both; a
// reason has one text.
void CheckCustomerTexts(const v1::PolicyPack& pack, PackIssues* issues);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_CUSTOMER_TEXTS_H_
