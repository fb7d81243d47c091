#include <algorithm>
#include <utility>

#include "domain/customer/customer_changes.h"
#include "domain/customer/customer_items.h"
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
  customer->clear_removed_payment_methods();
  customer->clear_current_verifications();
  for (const v1::IdentityVerification& each : begun.identity_verifications()) {
    AddCurrentVerification(each, customer->mutable_current_verifications());
  }
  return absl::OkStatus();
}

void ApplyAddress(const v1::CustomerAddress& changed, Customer* customer) {
  for (v1::CustomerAddress& address : *customer->mutable_addresses()) {
    if (address.address_id() != changed.address_id()) continue;
    address = changed;
    return;
  }
  *customer->add_addresses() = changed;
}

void AddContactPoint(const v1::ContactPoint& added, Customer* customer) {
  v1::ContactPoint* known = nullptr;
  for (v1::ContactPoint& point : *customer->mutable_contact_points()) {
    if (point.contact_point_id() == added.contact_point_id()) known = &point;
    if (added.preferred() && point.kind() == added.kind()) point.set_preferred(false);
  }
  *(known == nullptr ? customer->add_contact_points() : known) = added;
}

void VerifyContactPoint(const v1::ContactPointVerified& fact, Customer* customer) {
  for (v1::ContactPoint& point : *customer->mutable_contact_points()) {
    if (point.contact_point_id() != fact.contact_point_id()) continue;
    if (fact.has_verify_time()) *point.mutable_verify_time() = fact.verify_time();
    point.set_verification_method(fact.method());
    return;
  }
}

void RemoveContactPoint(const v1::ContactPoint& removed, Customer* customer) {
  auto* points = customer->mutable_contact_points();
  points->erase(std::remove_if(points->begin(), points->end(),
                               [&removed](const v1::ContactPoint& point) {
                                 return point.contact_point_id() == removed.contact_point_id();
                               }),
                points->end());
}

void AddPaymentMethod(const v1::PaymentMethod& added, Customer* customer) {
  for (v1::PaymentMethod& method : *customer->mutable_payment_methods()) {
    if (method.payment_method_id() != added.payment_method_id()) continue;
    method = added;
    return;
  }
  *customer->add_payment_methods() = added;
}

void VerifyPaymentMethod(const v1::PaymentMethodVerified& fact, Customer* customer) {
  for (v1::PaymentMethod& method : *customer->mutable_payment_methods()) {
    if (method.payment_method_id() != fact.payment_method_id()) continue;
    if (fact.has_verify_time()) *method.mutable_verify_time() = fact.verify_time();
    method.set_verification_method(fact.method());
    return;
  }
}

using MethodList = google::protobuf::RepeatedPtrField<v1::PaymentMethod>;

// Keeps the methods that the customer has no longer, whatever event removed them: their ids are not used again.
void KeepRemovedMethods(const MethodList& before, Customer* customer) {
  for (const v1::PaymentMethod& method : before) {
    if (FindPaymentMethod(*customer, method.payment_method_id()) == nullptr) {
      *customer->add_removed_payment_methods() = method;
    }
  }
}

void RemovePaymentMethod(const v1::PaymentMethod& removed, Customer* customer) {
  auto* methods = customer->mutable_payment_methods();
  methods->erase(std::remove_if(methods->begin(), methods->end(),
                                [&removed](const v1::PaymentMethod& method) {
                                  return method.payment_method_id() == removed.payment_method_id();
                                }),
                 methods->end());
}

void ApplyConsent(const v1::Consent& recorded, Customer* customer) {
  for (v1::Consent& consent : *customer->mutable_consents()) {
    if (consent.purpose() != recorded.purpose() || consent.channel() != recorded.channel()) {
      continue;
    }
    // One that comes in late does not undo what was answered after it.
    if (!IsBefore(AnswerTime(recorded), AnswerTime(consent))) consent = recorded;
    return;
  }
  *customer->add_consents() = recorded;
}

// Makes the customer what `after` says. Elements that are rows stay.
void Become(const Customer& after, Customer* customer) {
  Customer next = after;
  // Older events have the whole list.
  for (const v1::IdentityVerification& each : after.identity_verifications()) {
    AddCurrentVerification(each, next.mutable_current_verifications());
  }
  next.mutable_identity_verifications()->Swap(customer->mutable_identity_verifications());
  next.mutable_removed_payment_methods()->Swap(customer->mutable_removed_payment_methods());
  const MethodList before = std::move(*customer->mutable_payment_methods());
  *customer = std::move(next);
  KeepRemovedMethods(before, customer);
}

// The same, with the customers merged into it so far.
void BecomeSurvivor(const Customer& after, Customer* customer) {
  Customer merged;
  merged.mutable_merged_customers()->Swap(customer->mutable_merged_customers());
  merged.mutable_merged_customer_refs()->Swap(customer->mutable_merged_customer_refs());
  Become(after, customer);
  merged.mutable_merged_customers()->Swap(customer->mutable_merged_customers());
  merged.mutable_merged_customer_refs()->Swap(customer->mutable_merged_customer_refs());
}

void ApplyMerged(const v1::MergedCustomer& merge, Customer* customer) {
  BecomeSurvivor(merge.survivor_after(), customer);
  // One that the survivor has under another id.
  KeepRemovedMethods(merge.merged_before().payment_methods(), customer);
  *customer->add_merged_customers() = merge;
  AddMergedRefs(merge.merged_before(), customer->mutable_merged_customer_refs());
}

// Of several merges of the same customer, the last one is undone.
void ApplyUnmerged(const v1::CustomerUnmerged& fact, Customer* customer) {
  BecomeSurvivor(fact.survivor_after(), customer);
  const std::string& id = fact.unmerged_customer_id();
  auto* refs = customer->mutable_merged_customer_refs();
  refs->erase(std::remove_if(refs->begin(), refs->end(),
                             [&id](const v1::MergedCustomerRef& ref) {
                               return ref.direct_customer_id() == id;
                             }),
              refs->end());
  for (int i = customer->merged_customers_size(); i-- > 0;) {
    if (customer->merged_customers(i).customer_id() != id) continue;
    customer->mutable_merged_customers()->DeleteSubrange(i, 1);
    return;
  }
}

// The customer as the event has it whole; null for events that say a part of it.
const Customer* WholeCustomer(const v1::CustomerEvent& fact) {
  switch (fact.event_case()) {
    case v1::CustomerEvent::kCustomerMerged:
      return &fact.customer_merged().merge().survivor_after();
    case v1::CustomerEvent::kCustomerUnmerged:
      return &fact.customer_unmerged().survivor_after();
    case v1::CustomerEvent::kCustomerRestored:
      return &fact.customer_restored().customer();
    default:
      return nullptr;
  }
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
  const v1::CustomerEvent& fact = event.customer();
  const Customer* whole = WholeCustomer(fact);
  if (event.entity().id() != customer->customer_id() ||
      customer->state() == Customer::STATE_UNSPECIFIED ||
      (whole != nullptr && (whole->customer_id() != event.entity().id() ||
                            whole->state() == Customer::STATE_UNSPECIFIED))) {
    return NotApplicableError("the event is about another customer");
  }
  switch (fact.event_case()) {
    case v1::CustomerEvent::kAddressChanged:
      ApplyAddress(fact.address_changed().address(), customer);
      break;
    case v1::CustomerEvent::kContactPointAdded:
      AddContactPoint(fact.contact_point_added().contact_point(), customer);
      break;
    case v1::CustomerEvent::kContactPointVerified:
      VerifyContactPoint(fact.contact_point_verified(), customer);
      break;
    case v1::CustomerEvent::kContactPointRemoved:
      RemoveContactPoint(fact.contact_point_removed().before(), customer);
      break;
    case v1::CustomerEvent::kPaymentMethodAdded:
      AddPaymentMethod(fact.payment_method_added().payment_method(), customer);
      break;
    case v1::CustomerEvent::kPaymentMethodVerified:
      VerifyPaymentMethod(fact.payment_method_verified(), customer);
      break;
    case v1::CustomerEvent::kPaymentMethodRemoved:
      RemovePaymentMethod(fact.payment_method_removed().before(), customer);
      *customer->add_removed_payment_methods() = fact.payment_method_removed().before();
      break;
    case v1::CustomerEvent::kConsentRecorded:
      ApplyConsent(fact.consent_recorded().consent(), customer);
      break;
    case v1::CustomerEvent::kCustomerEdited:
      return ApplyEdit(fact.customer_edited(), customer);
    case v1::CustomerEvent::kIdentityVerified:
      *customer->add_identity_verifications() = fact.identity_verified().verification();
      AddCurrentVerification(fact.identity_verified().verification(),
                             customer->mutable_current_verifications());
      break;
    case v1::CustomerEvent::kCustomerDisclosed:
      break;
    case v1::CustomerEvent::kCustomerStateChanged:
      if (fact.customer_state_changed().state() != Customer::STATE_UNSPECIFIED) {
        customer->set_state(fact.customer_state_changed().state());
      }
      break;
    case v1::CustomerEvent::kCustomerMerged:
      ApplyMerged(fact.customer_merged().merge(), customer);
      break;
    case v1::CustomerEvent::kCustomerMergedAway:
      customer->set_state(Customer::STATE_MERGED);
      customer->set_survivor_customer_id(fact.customer_merged_away().survivor_customer_id());
      break;
    case v1::CustomerEvent::kCustomerUnmerged:
      ApplyUnmerged(fact.customer_unmerged(), customer);
      break;
    case v1::CustomerEvent::kCustomerRestored:
      BecomeSurvivor(fact.customer_restored().customer(), customer);
      break;
    default:
      return NotApplicableError("the event is not known for a customer");
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
