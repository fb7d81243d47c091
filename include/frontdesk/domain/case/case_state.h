// Questions about the state of a case that its verbs, its clocks and the policy share.
//
//   const bool goes_on = frontdesk::domain::IsWorkedOn(frontdesk::v1::Case::STATE_WAITING_ON_CUSTOMER);
//   std::cout << goes_on << "\n";  // 1
#ifndef FRONTDESK_DOMAIN_CASE_CASE_STATE_H_
#define FRONTDESK_DOMAIN_CASE_CASE_STATE_H_

#include "frontdesk/v1/case.pb.h"

namespace frontdesk {
namespace domain {

// Whether work on a case in that state goes on: NEW, OPEN, or waiting for the customer or a third party. Clocks count and pause in
// these states only.
inline bool IsWorkedOn(v1::Case::State state) {
  return state == v1::Case::STATE_NEW || state == v1::Case::STATE_OPEN ||
         state == v1::Case::STATE_WAITING_ON_CUSTOMER ||
         state == v1::Case::STATE_WAITING_ON_THIRD_PARTY;
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_STATE_H_
