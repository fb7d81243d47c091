#include "frontdesk/domain/customer/customer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/customer/customer_arguments.h"
#include "domain/customer/customer_changes.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "domain/survivor.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;
using v1::CustomerCommand;

const v1::ContactPoint* FindContactPoint(const Customer& customer, absl::string_view id) {
  for (const v1::ContactPoint& point : customer.contact_points()) {
    if (point.contact_point_id() == id) return &point;
  }
  return nullptr;
}

const v1::PaymentMethod* FindPaymentMethod(const Customer& customer, absl::string_view id) {
  for (const v1::PaymentMethod& method : customer.payment_methods()) {
    if (method.payment_method_id() == id) return &method;
  }
  return nullptr;
}

// Decides one command on one customer.
class CustomerDecision {
 public:
  explicit CustomerDecision(const v1::CustomerDecisionInput& input)
      : input_(input), command_(input.command()), customer_(input.customer()) {}

  absl::StatusOr<Decided> Run() {
    const CommandInfo* command = FindEntityCommand(command_);
    if (command == nullptr) return WrongEntityError();
    verb_field_ = command->field;
    if (auto refusal = CustomerLifecycle().Refuse(*command, customer_.state())) {
      decided_.refusals.push_back(*std::move(refusal));
      if (!command->creates && customer_.state() != Customer::STATE_UNSPECIFIED) {
        AddSurvivor(customer_, &decided_.refusals.back());
      }
    } else {
      Decide();
    }
    if (decided_.refused()) decided_.events.clear();
    return std::move(decided_);
  }

 private:
  void Decide() {
    switch (command_.verb_case()) {
      case CustomerCommand::kCreateCustomer:
        return Create(command_.create_customer());
      case CustomerCommand::kImportCustomer:
        return Import(command_.import_customer());
      case CustomerCommand::kChangeAddress:
        return ChangeAddress(command_.change_address());
      case CustomerCommand::kAddContactPoint:
        return AddContactPoint(command_.add_contact_point());
      case CustomerCommand::kVerifyContactPoint:
        return VerifyContactPoint(command_.verify_contact_point());
      case CustomerCommand::kRemoveContactPoint:
        return RemoveContactPoint(command_.remove_contact_point());
      case CustomerCommand::kAddPaymentMethod:
        return AddPaymentMethod(command_.add_payment_method());
      case CustomerCommand::kVerifyPaymentMethod:
        return VerifyPaymentMethod(command_.verify_payment_method());
      case CustomerCommand::kRemovePaymentMethod:
        return RemovePaymentMethod(command_.remove_payment_method());
      case CustomerCommand::kRecordConsent:
        return RecordConsent(command_.record_consent());
      case CustomerCommand::kEditCustomer:
        return Edit();
      case CustomerCommand::kVerifyIdentity:
        return VerifyIdentity(command_.verify_identity());
      case CustomerCommand::kDiscloseCustomer:
        return Disclose(command_.disclose_customer());
      case CustomerCommand::kMergeCustomers:
        return Merge(command_.merge_customers());
      case CustomerCommand::kUnmergeCustomers:
        return Unmerge(command_.unmerge_customers());
      default:
        return ChangeState(command_.change_customer_state());
    }
  }

  void Create(const v1::CreateCustomer& verb) {
    Customer& customer = *AddEvent(verb.customer_id())
                              .mutable_customer()
                              ->mutable_customer_created()
                              ->mutable_customer();
    customer.set_customer_id(verb.customer_id());
    customer.set_state(verb.state() == Customer::STATE_UNSPECIFIED ? Customer::STATE_PROSPECT
                                                                   : verb.state());
    customer.set_given_name(verb.given_name());
    customer.set_family_name(verb.family_name());
    customer.set_organization_name(verb.organization_name());
    if (verb.has_preferences()) *customer.mutable_preferences() = verb.preferences();
    customer.set_tier(verb.tier());
    *customer.mutable_external_ids() = verb.external_ids();
    *customer.mutable_create_time() = input_.now();
  }

  void Import(const v1::ImportCustomer& verb) {
    v1::CustomerImported& fact =
        *AddEvent(verb.customer().customer_id()).mutable_customer()->mutable_customer_imported();
    *fact.mutable_source() = verb.source();
    Customer& customer = *fact.mutable_customer();
    customer = verb.customer();
    customer.clear_import_source();
    SortVerifications(customer.mutable_identity_verifications());
    *customer.mutable_create_time() = input_.now();
    ArgumentChecker checker;
    const FieldPath root{nullptr, "import_customer"};
    const FieldPath field{&root, "customer"};
    for (int i = 0; i < customer.contact_points_size(); ++i) {
      ReadContactPoint({&field, "contact_points", i}, "", input_.default_region_code(),
                       customer.mutable_contact_points(i), &checker);
    }
    AddRefusals(std::move(checker));
  }

  void ChangeAddress(const v1::ChangeAddress& verb) {
    v1::AddressChanged& fact =
        *AddEvent(customer_.customer_id()).mutable_customer()->mutable_address_changed();
    const v1::CustomerAddress* before = nullptr;
    for (const v1::CustomerAddress& address : customer_.addresses()) {
      if (verb.address_id().empty() || address.address_id() == verb.address_id()) {
        before = &address;
        break;
      }
    }
    v1::CustomerAddress& after = *fact.mutable_address();
    if (before != nullptr) {
      after = *before;
      *fact.mutable_before() = before->address();
    } else {
      after.set_address_id(verb.address_id().empty() ? "default" : verb.address_id());
    }
    *after.mutable_address() = verb.address();
    if (!verb.purpose().empty()) after.set_purpose(verb.purpose());
  }

  void AddContactPoint(const v1::AddContactPoint& verb) {
    v1::ContactPoint& point = *AddEvent(customer_.customer_id())
                                   .mutable_customer()
                                   ->mutable_contact_point_added()
                                   ->mutable_contact_point();
    point.set_contact_point_id(verb.contact_point_id());
    point.set_kind(verb.kind());
    point.set_as_typed(verb.as_typed());
    point.set_preferred(verb.preferred());
    point.set_service(verb.service());
    ArgumentChecker checker;
    const FieldPath root{nullptr, "add_contact_point"};
    const bool readable =
        ReadContactPoint(root, verb.region_code(), input_.default_region_code(), &point, &checker);
    AddRefusals(std::move(checker));
    if (FindContactPoint(customer_, verb.contact_point_id()) != nullptr) {
      Refuse(kReasonCustomerAddContactPointIdExists, "contact_point_id");
    }
    for (const v1::ContactPoint& other : customer_.contact_points()) {
      if (readable && other.kind() == point.kind() && other.service() == point.service() &&
          other.match_key() == point.match_key()) {
        Refuse(kReasonCustomerAddContactPointDuplicate, "as_typed");
        break;
      }
    }
  }

  void VerifyContactPoint(const v1::VerifyContactPoint& verb) {
    if (FindContactPoint(customer_, verb.contact_point_id()) == nullptr) {
      return Refuse(kReasonCustomerVerifyContactPointUnknown, "contact_point_id");
    }
    v1::ContactPointVerified& fact =
        *AddEvent(customer_.customer_id()).mutable_customer()->mutable_contact_point_verified();
    fact.set_contact_point_id(verb.contact_point_id());
    fact.set_method(verb.method());
    *fact.mutable_verify_time() = input_.now();
  }

  void RemoveContactPoint(const v1::RemoveContactPoint& verb) {
    const v1::ContactPoint* before = FindContactPoint(customer_, verb.contact_point_id());
    if (before == nullptr) {
      return Refuse(kReasonCustomerRemoveContactPointUnknown, "contact_point_id");
    }
    *AddEvent(customer_.customer_id())
         .mutable_customer()
         ->mutable_contact_point_removed()
         ->mutable_before() = *before;
  }

  void AddPaymentMethod(const v1::AddPaymentMethod& verb) {
    if (FindPaymentMethod(customer_, verb.payment_method().payment_method_id()) != nullptr) {
      return Refuse(kReasonCustomerAddPaymentMethodIdExists, "payment_method.payment_method_id");
    }
    *AddEvent(customer_.customer_id())
         .mutable_customer()
         ->mutable_payment_method_added()
         ->mutable_payment_method() = verb.payment_method();
  }

  void VerifyPaymentMethod(const v1::VerifyPaymentMethod& verb) {
    if (FindPaymentMethod(customer_, verb.payment_method_id()) == nullptr) {
      return Refuse(kReasonCustomerVerifyPaymentMethodUnknown, "payment_method_id");
    }
    v1::PaymentMethodVerified& fact =
        *AddEvent(customer_.customer_id()).mutable_customer()->mutable_payment_method_verified();
    fact.set_payment_method_id(verb.payment_method_id());
    fact.set_method(verb.method());
    *fact.mutable_verify_time() = input_.now();
  }

  void RemovePaymentMethod(const v1::RemovePaymentMethod& verb) {
    const v1::PaymentMethod* before = FindPaymentMethod(customer_, verb.payment_method_id());
    if (before == nullptr) {
      return Refuse(kReasonCustomerRemovePaymentMethodUnknown, "payment_method_id");
    }
    *AddEvent(customer_.customer_id())
         .mutable_customer()
         ->mutable_payment_method_removed()
         ->mutable_before() = *before;
  }

  void RecordConsent(const v1::RecordConsent& verb) {
    v1::Consent& consent = *AddEvent(customer_.customer_id())
                                .mutable_customer()
                                ->mutable_consent_recorded()
                                ->mutable_consent();
    consent = verb.consent();
    *consent.mutable_record_time() = input_.now();
  }

  void Edit() {
    std::vector<v1::Refusal> refusals = DecideEdit(
        input_, AddEvent(customer_.customer_id()).mutable_customer()->mutable_customer_edited());
    for (v1::Refusal& refusal : refusals) decided_.refusals.push_back(std::move(refusal));
  }

  void VerifyIdentity(const v1::VerifyIdentity& verb) {
    v1::IdentityVerification& verification = *AddEvent(customer_.customer_id())
                                                  .mutable_customer()
                                                  ->mutable_identity_verified()
                                                  ->mutable_verification();
    verification.set_level(verb.level());
    verification.set_method(verb.method());
    *verification.mutable_verify_time() = input_.now();
    if (verb.has_expire_time()) *verification.mutable_expire_time() = verb.expire_time();
    verification.set_interaction_id(input_.interaction().interaction_id());
  }

  void Disclose(const v1::DiscloseCustomer& verb) {
    v1::CustomerDisclosed& fact =
        *AddEvent(customer_.customer_id()).mutable_customer()->mutable_customer_disclosed();
    *fact.mutable_topics() = verb.topics();
    fact.set_purpose(verb.purpose());
    fact.set_interaction_id(input_.interaction().interaction_id());
    fact.set_identity_level(input_.identity_level());
  }

  // The other customer of a merge, or null after refusing because there is none.
  const Customer* FindOther(absl::string_view other_id) {
    if (input_.other_customer().customer_id() == other_id) return &input_.other_customer();
    Refuse(kReasonCustomerNotFound, "merged_customer_id");
    decided_.refusals.back().set_origin(v1::Refusal::ORIGIN_NOT_FOUND);
    return nullptr;
  }

  void Merge(const v1::MergeCustomers& verb) {
    if (verb.merged_customer_id() == customer_.customer_id()) {
      return Refuse(kReasonCustomerMergeSelf, "merged_customer_id");
    }
    const Customer* other = FindOther(verb.merged_customer_id());
    if (other == nullptr) return;
    if (other->state() == Customer::STATE_MERGED) {
      Refuse(kReasonCustomerMergeOtherState, "merged_customer_id");
      return AddSurvivor(*other, &decided_.refusals.back());
    }
    if (CountMerged(customer_) + 1 + CountMerged(*other) > kMaxMergedCustomers ||
        std::max(MergeChain(customer_), 1 + MergeChain(*other)) > kMaxMergeChain) {
      return Refuse(kReasonCustomerMergeLimit, "merged_customer_id");
    }
    *AddEvent(customer_.customer_id())
         .mutable_customer()
         ->mutable_customer_merged()
         ->mutable_merge() = MakeMerge(customer_, *other, verb.merged_field_names(), input_.now());
    AddEvent(other->customer_id())
        .mutable_customer()
        ->mutable_customer_merged_away()
        ->set_survivor_customer_id(customer_.customer_id());
  }

  void Unmerge(const v1::UnmergeCustomers& verb) {
    const Customer* other = FindOther(verb.merged_customer_id());
    if (other == nullptr) return;
    const auto& merges = customer_.merged_customers();
    const bool is_merged =
        std::any_of(merges.begin(), merges.end(), [&verb](const v1::MergedCustomer& merge) {
          return merge.customer_id() == verb.merged_customer_id();
        });
    if (!is_merged || other->state() != Customer::STATE_MERGED ||
        other->survivor_customer_id() != customer_.customer_id()) {
      return Refuse(kReasonCustomerUnmergeUnknown, "merged_customer_id");
    }
    const v1::MergedCustomer& last = merges[merges.size() - 1];
    if (last.customer_id() != verb.merged_customer_id()) {
      Refuse(kReasonCustomerUnmergeNotLast, "merged_customer_id");
      return AddDetail("last_merged_customer_id", last.customer_id(), &decided_.refusals.back());
    }
    for (const v1::JoinedCase& joined : input_.joined_cases()) {
      Refuse(kReasonCustomerUnmergeCases, "merged_customer_id");
      AddDetail("merged_case_id", joined.case_id(), &decided_.refusals.back());
      AddDetail("case_id", joined.survivor_case_id(), &decided_.refusals.back());
    }
    v1::CustomerUnmerged& fact =
        *AddEvent(customer_.customer_id()).mutable_customer()->mutable_customer_unmerged();
    fact.set_unmerged_customer_id(other->customer_id());
    *fact.mutable_survivor_after() = TakeApart(customer_, last);
    Customer& restored = *AddEvent(other->customer_id())
                              .mutable_customer()
                              ->mutable_customer_restored()
                              ->mutable_customer();
    restored = last.merged_before();
    KeepLaterRefusals(customer_, last, &restored);
  }

  void ChangeState(const v1::ChangeCustomerState& verb) {
    if (verb.state() == customer_.state()) {
      return Refuse(kReasonCustomerChangeStateUnchanged, "state");
    }
    v1::CustomerStateChanged& fact =
        *AddEvent(customer_.customer_id()).mutable_customer()->mutable_customer_state_changed();
    fact.set_state(verb.state());
    fact.set_reason(verb.reason());
  }

  static void AddDetail(absl::string_view name, const std::string& value, v1::Refusal* refusal) {
    v1::DetailValue& detail = *refusal->add_details();
    detail.set_name(std::string(name));
    detail.set_value(value);
  }

  // Adds the survivor of a merged customer.
  static void AddSurvivor(const Customer& merged, v1::Refusal* refusal) {
    if (merged.state() != Customer::STATE_MERGED) return;
    AddDetail("survivor_customer_id", merged.survivor_customer_id(), refusal);
  }

  v1::Event& AddEvent(absl::string_view customer_id) {
    return decided_.events.emplace_back(
        MakeEvent(v1::ENTITY_KIND_CUSTOMER, customer_id, OccasionOf(input_)));
  }

  void Refuse(absl::string_view reason, absl::string_view field) {
    v1::Refusal refusal = MakeListedRefusal(reason);
    if (!field.empty()) refusal.set_field(std::string(verb_field_) + "." + std::string(field));
    decided_.refusals.push_back(std::move(refusal));
  }

  void AddRefusals(ArgumentChecker checker) {
    for (v1::Refusal& refusal : std::move(checker).Take()) {
      decided_.refusals.push_back(std::move(refusal));
    }
  }

  const v1::CustomerDecisionInput& input_;
  const CustomerCommand& command_;
  const Customer& customer_;
  absl::string_view verb_field_;
  Decided decided_;
};

}  // namespace

const Lifecycle& CustomerLifecycle() {
  constexpr Customer::State kNone = Customer::STATE_UNSPECIFIED;
  constexpr Customer::State kProspect = Customer::STATE_PROSPECT;
  constexpr Customer::State kCustomer = Customer::STATE_CUSTOMER;
  constexpr Customer::State kFormer = Customer::STATE_FORMER;
  constexpr Customer::State kMerged = Customer::STATE_MERGED;
  // A command that keeps the state. A merged customer does not change any more.
  const auto keeps = [](int command) -> Lifecycle::Row {
    return {command, {{kProspect, {kProspect}}, {kCustomer, {kCustomer}}, {kFormer, {kFormer}}}};
  };
  using C = v1::CustomerCommand;
  static const Lifecycle* const lifecycle =
      new Lifecycle(Customer::State_descriptor(), C::descriptor(),
                    {
                        {C::kCreateCustomer, {{kNone, {kProspect, kCustomer}}}},
                        {C::kImportCustomer, {{kNone, {kProspect, kCustomer, kFormer, kMerged}}}},
                        keeps(C::kChangeAddress),
                        keeps(C::kAddContactPoint),
                        keeps(C::kVerifyContactPoint),
                        keeps(C::kRemoveContactPoint),
                        keeps(C::kAddPaymentMethod),
                        keeps(C::kVerifyPaymentMethod),
                        keeps(C::kRemovePaymentMethod),
                        keeps(C::kRecordConsent),
                        keeps(C::kEditCustomer),
                        keeps(C::kVerifyIdentity),
                        keeps(C::kDiscloseCustomer),
                        keeps(C::kMergeCustomers),
                        keeps(C::kUnmergeCustomers),
                        {C::kChangeCustomerState,
                         {{kProspect, {kCustomer, kFormer}},
                          {kCustomer, {kProspect, kFormer}},
                          {kFormer, {kProspect, kCustomer}}}},
                    });
  return *lifecycle;
}

int ReachedIdentityLevel(const Customer& customer, const google::protobuf::Timestamp& now,
                         absl::string_view interaction_id) {
  int level = 0;
  for (const v1::IdentityVerification& verification : customer.identity_verifications()) {
    const bool here =
        verification.interaction_id().empty() || verification.interaction_id() == interaction_id;
    const bool made = verification.has_verify_time() && !IsBefore(now, verification.verify_time());
    const bool expired =
        verification.has_expire_time() && !IsBefore(now, verification.expire_time());
    if (here && made && !expired) level = std::max(level, verification.level());
  }
  return level;
}

int ReachedIdentityLevel(const Customer& customer, const google::protobuf::Timestamp& now,
                         const v1::Interaction& interaction) {
  const bool over = interaction.state() == v1::Interaction::STATE_WRAPPED_UP;
  const bool with_another =
      !interaction.customer_id().empty() && !StandsFor(customer, interaction.customer_id());
  return ReachedIdentityLevel(customer, now,
                              over || with_another ? "" : interaction.interaction_id());
}

absl::StatusOr<Decided> DecideCustomer(const v1::CustomerDecisionInput& input) {
  return CustomerDecision(input).Run();
}

}  // namespace domain
}  // namespace frontdesk
