#include <algorithm>
#include <string>
#include <utility>

#include "domain/customer/customer_changes.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/customer/customer.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

absl::Status BeginCustomer(const Customer& begun, const v1::Event& event, Customer* customer) {
  if (customer->state() != Customer::STATE_UNSPECIFIED ||
      begun.state() == Customer::STATE_UNSPECIFIED || begun.customer_id() != event.entity().id()) {
    return NotApplicableError("the customer exists already, or has another id");
  }
  *customer = begun;
  return absl::OkStatus();
}

absl::Status ApplyAddress(const v1::AddressChanged& fact, Customer* customer) {
  for (v1::CustomerAddress& address : *customer->mutable_addresses()) {
    if (address.address_id() == fact.address().address_id()) {
      address = fact.address();
      return absl::OkStatus();
    }
  }
  if (fact.has_before()) return NotApplicableError("the customer has no such address");
  *customer->add_addresses() = fact.address();
  return absl::OkStatus();
}

template <typename List>
auto FindById(List* contact_points, const std::string& id) {
  return std::find_if(contact_points->begin(), contact_points->end(),
                      [&](const auto& point) { return point.contact_point_id() == id; });
}

absl::Status ApplyContactPoint(const v1::Event& event, Customer* customer) {
  auto* points = customer->mutable_contact_points();
  if (event.customer().has_contact_point_added()) {
    const v1::ContactPoint& added = event.customer().contact_point_added().contact_point();
    if (FindById(points, added.contact_point_id()) != points->end()) {
      return NotApplicableError("the customer has a contact point of that id");
    }
    for (v1::ContactPoint& other : *points) {
      if (added.preferred() && other.kind() == added.kind()) other.set_preferred(false);
    }
    *points->Add() = added;
    return absl::OkStatus();
  }
  const std::string& id =
      event.customer().has_contact_point_verified()
          ? event.customer().contact_point_verified().contact_point_id()
          : event.customer().contact_point_removed().before().contact_point_id();
  const auto found = FindById(points, id);
  if (found == points->end()) return NotApplicableError("the customer has no such contact point");
  if (event.customer().has_contact_point_removed()) {
    points->erase(found);
    return absl::OkStatus();
  }
  const v1::ContactPointVerified& fact = event.customer().contact_point_verified();
  if (fact.has_verify_time()) *found->mutable_verify_time() = fact.verify_time();
  found->set_verification_method(fact.method());
  return absl::OkStatus();
}

absl::Status ApplyPaymentMethod(const v1::Event& event, Customer* customer) {
  auto* methods = customer->mutable_payment_methods();
  const auto find = [methods](const std::string& id) {
    return std::find_if(methods->begin(), methods->end(), [&](const v1::PaymentMethod& method) {
      return method.payment_method_id() == id;
    });
  };
  if (event.customer().has_payment_method_added()) {
    const v1::PaymentMethod& added = event.customer().payment_method_added().payment_method();
    if (find(added.payment_method_id()) != methods->end()) {
      return NotApplicableError("the customer has a payment method of that id");
    }
    *methods->Add() = added;
    return absl::OkStatus();
  }
  const auto found =
      find(event.customer().has_payment_method_verified()
               ? event.customer().payment_method_verified().payment_method_id()
               : event.customer().payment_method_removed().before().payment_method_id());
  if (found == methods->end()) return NotApplicableError("the customer has no such payment method");
  if (event.customer().has_payment_method_removed()) {
    methods->erase(found);
    return absl::OkStatus();
  }
  const v1::PaymentMethodVerified& fact = event.customer().payment_method_verified();
  if (fact.has_verify_time()) *found->mutable_verify_time() = fact.verify_time();
  found->set_verification_method(fact.method());
  return absl::OkStatus();
}

absl::Status ApplyConsent(const v1::Consent& recorded, Customer* customer) {
  for (v1::Consent& consent : *customer->mutable_consents()) {
    if (consent.purpose() == recorded.purpose() && consent.channel() == recorded.channel()) {
      // One that comes in late does not undo what was answered after it.
      if (!IsBefore(recorded.record_time(), consent.record_time())) consent = recorded;
      return absl::OkStatus();
    }
  }
  *customer->add_consents() = recorded;
  return absl::OkStatus();
}

// Makes the survivor what `after` says, with the customers merged into it so far.
void BecomeSurvivor(const Customer& after, Customer* customer) {
  Customer next = after;
  next.mutable_merged_customers()->Swap(customer->mutable_merged_customers());
  *customer = std::move(next);
}

absl::Status ApplyMerged(const v1::MergedCustomer& merge, Customer* customer) {
  if (merge.survivor_after().customer_id() != customer->customer_id()) {
    return NotApplicableError("the survivor of the merge is another customer");
  }
  BecomeSurvivor(merge.survivor_after(), customer);
  *customer->add_merged_customers() = merge;
  return absl::OkStatus();
}

absl::Status ApplyUnmerged(const v1::CustomerUnmerged& fact, Customer* customer) {
  const int merges = customer->merged_customers_size();
  if (merges == 0 || fact.survivor_after().customer_id() != customer->customer_id() ||
      customer->merged_customers(merges - 1).customer_id() != fact.unmerged_customer_id()) {
    return NotApplicableError("the customer was not the last one to be merged into this one");
  }
  BecomeSurvivor(fact.survivor_after(), customer);
  customer->mutable_merged_customers()->RemoveLast();
  return absl::OkStatus();
}

absl::Status ApplyRestored(const v1::Event& event, Customer* customer) {
  const Customer& restored = event.customer().customer_restored().customer();
  if (customer->state() != Customer::STATE_MERGED ||
      customer->customer_id() != event.entity().id() ||
      restored.customer_id() != event.entity().id() ||
      restored.state() == Customer::STATE_UNSPECIFIED ||
      restored.state() == Customer::STATE_MERGED) {
    return NotApplicableError("the customer is not merged, so it cannot be restored");
  }
  *customer = restored;
  return absl::OkStatus();
}

}  // namespace

absl::Status EvolveCustomer(const v1::Event& event, v1::Customer* customer) {
  if (event.entity().kind() != v1::ENTITY_KIND_CUSTOMER) {
    return NotApplicableError("the event is not about a customer");
  }
  if (event.customer().has_customer_created()) {
    return BeginCustomer(event.customer().customer_created().customer(), event, customer);
  }
  if (event.customer().has_customer_imported()) {
    absl::Status begun =
        BeginCustomer(event.customer().customer_imported().customer(), event, customer);
    if (begun.ok())
      *customer->mutable_import_source() = event.customer().customer_imported().source();
    return begun;
  }
  if (event.customer().has_customer_restored()) return ApplyRestored(event, customer);
  if (event.entity().id() != customer->customer_id() ||
      customer->state() == Customer::STATE_UNSPECIFIED ||
      customer->state() == Customer::STATE_MERGED) {
    return NotApplicableError("the event is about another customer, or one that is merged");
  }
  switch (event.customer().event_case()) {
    case v1::CustomerEvent::kAddressChanged:
      return ApplyAddress(event.customer().address_changed(), customer);
    case v1::CustomerEvent::kContactPointAdded:
    case v1::CustomerEvent::kContactPointVerified:
    case v1::CustomerEvent::kContactPointRemoved:
      return ApplyContactPoint(event, customer);
    case v1::CustomerEvent::kPaymentMethodAdded:
    case v1::CustomerEvent::kPaymentMethodVerified:
    case v1::CustomerEvent::kPaymentMethodRemoved:
      return ApplyPaymentMethod(event, customer);
    case v1::CustomerEvent::kConsentRecorded:
      return ApplyConsent(event.customer().consent_recorded().consent(), customer);
    case v1::CustomerEvent::kCustomerEdited:
      return ApplyEdit(event.customer().customer_edited(), customer);
    case v1::CustomerEvent::kIdentityVerified:
      *customer->add_identity_verifications() = event.customer().identity_verified().verification();
      SortVerifications(customer->mutable_identity_verifications());
      return absl::OkStatus();
    case v1::CustomerEvent::kCustomerDisclosed:
      return absl::OkStatus();
    case v1::CustomerEvent::kCustomerStateChanged:
      customer->set_state(event.customer().customer_state_changed().state());
      return absl::OkStatus();
    case v1::CustomerEvent::kCustomerMerged:
      return ApplyMerged(event.customer().customer_merged().merge(), customer);
    case v1::CustomerEvent::kCustomerMergedAway:
      customer->set_state(Customer::STATE_MERGED);
      customer->set_survivor_customer_id(
          event.customer().customer_merged_away().survivor_customer_id());
      return absl::OkStatus();
    case v1::CustomerEvent::kCustomerUnmerged:
      return ApplyUnmerged(event.customer().customer_unmerged(), customer);
    default:
      return NotApplicableError("the event is not known for a customer");
  }
}

}  // namespace domain
}  // namespace frontdesk
