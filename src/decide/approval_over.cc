#include "decide/approval_over.h"

namespace frontdesk {
namespace internal {

std::string OverReason(const v1::EntityState& state) {
  switch (state.state_case()) {
    case v1::EntityState::kOrder:
      return state.order().state() == v1::Order::STATE_CANCELED ? "ORDER_CANCELED" : "";
    case v1::EntityState::kCase:
      switch (state.case_().state()) {
        case v1::Case::STATE_CLOSED:
          return "CASE_CLOSED";
        case v1::Case::STATE_CANCELED:
          return "CASE_CANCELED";
        case v1::Case::STATE_MERGED:
          return "CASE_MERGED";
        default:
          return "";
      }
    case v1::EntityState::kCustomer:
      return state.customer().state() == v1::Customer::STATE_MERGED ? "CUSTOMER_MERGED" : "";
    case v1::EntityState::kInteraction:
      return state.interaction().state() == v1::Interaction::STATE_WRAPPED_UP
                 ? "INTERACTION_WRAPPED_UP"
                 : "";
    case v1::EntityState::kAccount:
      return state.account().state() == v1::Account::STATE_CLOSED ? "ACCOUNT_CLOSED" : "";
    default:
      return "";
  }
}

}  // namespace internal
}  // namespace frontdesk
