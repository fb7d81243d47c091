#include "domain/customer/customer_arguments.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "domain/interaction_part.h"
#include "frontdesk/base/contact_point.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/customer/customer.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

void CheckPaymentMethod(const FieldPath& field, const v1::PaymentMethod& method,
                        ArgumentChecker* checker) {
  checker->RequireText({&field, "payment_method_id"}, method.payment_method_id());
  checker->CheckEnum({&field, "kind"}, method.kind(),
                     method.kind() != v1::PaymentMethod::KIND_UNSPECIFIED &&
                         v1::PaymentMethod_Kind_IsValid(method.kind()));
  const std::string& last_four = method.last_four();
  if (last_four.size() > 4 || !std::all_of(last_four.begin(), last_four.end(), [](char c) {
        return absl::ascii_isdigit(static_cast<unsigned char>(c));
      })) {
    checker->Add({&field, "last_four"}, kReasonArgumentSyntax, "is not at most four digits");
  }
  const FieldPath account{&field, "account_id"};
  if (method.kind() == v1::PaymentMethod::KIND_GIFT_CARD ||
      method.kind() == v1::PaymentMethod::KIND_STORE_CREDIT) {
    checker->RequireText(account, method.account_id());
  } else {
    checker->Forbid(account, !method.account_id().empty());
  }
  checker->CheckTime({&field, "verify_time"}, method.has_verify_time(), method.verify_time());
  checker->CheckTime({&field, "expire_time"}, method.has_expire_time(), method.expire_time());
}

void CheckConsent(const FieldPath& field, const v1::Consent& consent, ArgumentChecker* checker) {
  checker->RequireText({&field, "purpose"}, consent.purpose());
  checker->CheckEnum({&field, "answer"}, consent.answer(),
                     consent.answer() != v1::Consent::ANSWER_UNSPECIFIED &&
                         v1::Consent_Answer_IsValid(consent.answer()));
  checker->CheckTime({&field, "record_time"}, consent.has_record_time(), consent.record_time());
  checker->CheckTime({&field, "expire_time"}, consent.has_expire_time(), consent.expire_time());
}

void CheckVerification(const FieldPath& field, const v1::IdentityVerification& verification,
                       ArgumentChecker* checker) {
  checker->CheckRange({&field, "level"}, verification.level(), 1,
                      std::numeric_limits<int32_t>::max());
  checker->CheckTime({&field, "verify_time"}, verification.has_verify_time(),
                     verification.verify_time());
  checker->CheckTime({&field, "expire_time"}, verification.has_expire_time(),
                     verification.expire_time());
}

void CheckCreate(const v1::CreateCustomer& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "create_customer"};
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  if (verb.state() != Customer::STATE_UNSPECIFIED) {
    checker->CheckEnum(
        {&root, "state"}, verb.state(),
        verb.state() == Customer::STATE_PROSPECT || verb.state() == Customer::STATE_CUSTOMER);
  }
  if (verb.given_name().empty() && verb.family_name().empty() && verb.organization_name().empty()) {
    checker->Add({&root, "given_name"}, kReasonArgumentRequired,
                 "is required when neither family_name nor organization_name is set");
  }
  checker->CheckExternalIds(root, verb.external_ids());
}

void CheckImportedContactPoints(const FieldPath& customer_field, const Customer& customer,
                                absl::string_view default_region_code, ArgumentChecker* checker) {
  DistinctIds ids;
  std::set<int> preferred;
  for (int i = 0; i < customer.contact_points_size(); ++i) {
    const FieldPath field{&customer_field, "contact_points", i};
    v1::ContactPoint point = customer.contact_points(i);
    const FieldPath id{&field, "contact_point_id"};
    if (checker->RequireText(id, point.contact_point_id())) {
      ids.Check(id, point.contact_point_id(), checker);
    }
    ReadContactPoint(field, "", default_region_code, &point, checker);
    if (point.kind() == v1::ContactPoint::KIND_HANDLE) {
      checker->RequireText({&field, "service"}, point.service());
    }
    checker->CheckTime({&field, "verify_time"}, point.has_verify_time(), point.verify_time());
    if (point.preferred() && !preferred.insert(point.kind()).second) {
      checker->Add({&field, "preferred"}, kReasonArgumentDuplicate,
                   "another contact point of its kind is preferred");
    }
  }
}

void CheckImportCustomer(const v1::ImportCustomer& verb, absl::string_view default_region_code,
                         ArgumentChecker* checker) {
  const FieldPath root{nullptr, "import_customer"};
  const FieldPath field{&root, "customer"};
  if (!checker->RequireMessage(field, verb.has_customer())) {
    checker->CheckSource({&root, "source"}, verb.has_source(), verb.source());
    return;
  }
  const Customer& customer = verb.customer();
  checker->RequireText({&field, "customer_id"}, customer.customer_id());
  checker->CheckEnum({&field, "state"}, customer.state(),
                     customer.state() != Customer::STATE_UNSPECIFIED &&
                         v1::Customer_State_IsValid(customer.state()));
  CheckImportedContactPoints(field, customer, default_region_code, checker);
  DistinctIds address_ids;
  for (int i = 0; i < customer.addresses_size(); ++i) {
    const FieldPath address{&field, "addresses", i};
    const FieldPath id{&address, "address_id"};
    if (checker->RequireText(id, customer.addresses(i).address_id())) {
      address_ids.Check(id, customer.addresses(i).address_id(), checker);
    }
    checker->CheckAddress({&address, "address"}, customer.addresses(i).address());
  }
  DistinctIds method_ids;
  for (int i = 0; i < customer.payment_methods_size(); ++i) {
    const FieldPath method{&field, "payment_methods", i};
    CheckPaymentMethod(method, customer.payment_methods(i), checker);
    method_ids.Check({&method, "payment_method_id"},
                     customer.payment_methods(i).payment_method_id(), checker);
  }
  checker->CheckExternalIds(field, customer.external_ids());
  std::set<std::pair<std::string, std::string>> purposes;
  for (int i = 0; i < customer.consents_size(); ++i) {
    const FieldPath consent{&field, "consents", i};
    CheckConsent(consent, customer.consents(i), checker);
    if (!purposes.emplace(customer.consents(i).purpose(), customer.consents(i).channel()).second) {
      checker->Add(consent, kReasonArgumentDuplicate, "its purpose and channel occur twice");
    }
  }
  checker->CheckAttributes(field, customer.attributes());
  for (int i = 0; i < customer.identity_verifications_size(); ++i) {
    CheckVerification({&field, "identity_verifications", i}, customer.identity_verifications(i),
                      checker);
  }
  const FieldPath merged_into{&field, "survivor_customer_id"};
  if (customer.state() == Customer::STATE_MERGED) {
    checker->RequireText(merged_into, customer.survivor_customer_id());
  } else {
    checker->Forbid(merged_into, !customer.survivor_customer_id().empty());
  }
  checker->Forbid({&field, "merged_customers"}, customer.merged_customers_size() > 0);
  checker->CheckSource({&root, "source"}, verb.has_source(), verb.source());
}

void CheckAddContactPoint(const v1::AddContactPoint& verb, absl::string_view default_region_code,
                          ArgumentChecker* checker) {
  const FieldPath root{nullptr, "add_contact_point"};
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  checker->RequireText({&root, "contact_point_id"}, verb.contact_point_id());
  v1::ContactPoint point;
  point.set_kind(verb.kind());
  point.set_as_typed(verb.as_typed());
  ReadContactPoint(root, verb.region_code(), default_region_code, &point, checker);
  const FieldPath service{&root, "service"};
  if (verb.kind() == v1::ContactPoint::KIND_HANDLE) {
    checker->RequireText(service, verb.service());
  } else {
    checker->Forbid(service, !verb.service().empty());
  }
}

void CheckAddPaymentMethod(const v1::AddPaymentMethod& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "add_payment_method"};
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  const FieldPath method{&root, "payment_method"};
  if (!checker->RequireMessage(method, verb.has_payment_method())) return;
  CheckPaymentMethod(method, verb.payment_method(), checker);
  checker->Forbid({&method, "verify_time"}, verb.payment_method().has_verify_time());
  checker->Forbid({&method, "verification_method"},
                  !verb.payment_method().verification_method().empty());
}

void CheckEdit(const v1::EditCustomer& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "edit_customer"};
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  checker->CheckRange({&root, "base_version"}, verb.base_version(), 1,
                      std::numeric_limits<int64_t>::max());
  checker->CheckAttributes(root, verb.set_attributes(), "set_attributes");
  DistinctIds attributes;
  ArgumentChecker told;  // Duplicates among those to set were reported.
  for (const v1::Attribute& attribute : verb.set_attributes()) {
    attributes.Check(root, attribute.name(), &told);
  }
  for (int i = 0; i < verb.remove_attributes_size(); ++i) {
    const FieldPath field{&root, "remove_attributes", i};
    if (checker->RequireText(field, verb.remove_attributes(i))) {
      attributes.Check(field, verb.remove_attributes(i), checker);
    }
  }
  checker->CheckExternalIds(root, verb.add_external_ids(), "add_external_ids");
  checker->CheckExternalIds(root, verb.remove_external_ids(), "remove_external_ids");
  std::set<std::pair<std::string, std::string>> added;
  for (const v1::ExternalId& external_id : verb.add_external_ids()) {
    added.emplace(external_id.system(), external_id.id());
  }
  for (int i = 0; i < verb.remove_external_ids_size(); ++i) {
    const v1::ExternalId& removed = verb.remove_external_ids(i);
    if (added.count({removed.system(), removed.id()}) > 0) {
      checker->Add({&root, "remove_external_ids", i}, kReasonArgumentDuplicate, "occurs twice");
    }
  }
}

void CheckVerifyIdentity(const v1::CustomerCommand& command, const google::protobuf::Timestamp& now,
                         ArgumentChecker* checker) {
  const v1::VerifyIdentity& verb = command.verify_identity();
  const FieldPath root{nullptr, "verify_identity"};
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  checker->CheckRange({&root, "level"}, verb.level(), 1, std::numeric_limits<int32_t>::max());
  checker->RequireText({&root, "method"}, verb.method());
  const FieldPath expire{&root, "expire_time"};
  if (checker->CheckTime(expire, verb.has_expire_time(), verb.expire_time()) &&
      verb.has_expire_time() && !IsBefore(now, verb.expire_time())) {
    checker->Add(expire, kReasonArgumentOutOfRange, "is not after now");
  }
}

void CheckDisclose(const v1::DiscloseCustomer& verb, ArgumentChecker* checker) {
  constexpr int kMaxTopics = 100;
  const FieldPath root{nullptr, "disclose_customer"};
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  if (!checker->CheckCount({&root, "topics"}, verb.topics_size(), 1, kMaxTopics)) return;
  DistinctIds topics;
  for (int i = 0; i < verb.topics_size(); ++i) {
    const FieldPath field{&root, "topics", i};
    if (checker->RequireText(field, verb.topics(i))) topics.Check(field, verb.topics(i), checker);
  }
}

void CheckMerge(const v1::MergeCustomers& verb, ArgumentChecker* checker) {
  constexpr absl::string_view kFields[] = {"given_name", "family_name", "organization_name",
                                           "preferences", "tier"};
  const FieldPath root{nullptr, "merge_customers"};
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  checker->RequireText({&root, "merged_customer_id"}, verb.merged_customer_id());
  DistinctIds names;
  for (int i = 0; i < verb.merged_field_names_size(); ++i) {
    const FieldPath field{&root, "merged_field_names", i};
    const std::string& name = verb.merged_field_names(i);
    if (std::find(std::begin(kFields), std::end(kFields), name) == std::end(kFields)) {
      checker->Add(field, kReasonArgumentUnknownValue,
                   "is not one of given_name, family_name, organization_name, preferences, tier");
    } else {
      names.Check(field, name, checker);
    }
  }
}

void CheckChangeState(const v1::ChangeCustomerState& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "change_customer_state"};
  checker->RequireText({&root, "customer_id"}, verb.customer_id());
  checker->CheckEnum({&root, "state"}, verb.state(),
                     verb.state() == Customer::STATE_PROSPECT ||
                         verb.state() == Customer::STATE_CUSTOMER ||
                         verb.state() == Customer::STATE_FORMER);
}

// The commands that name one thing of a customer by its id, and the method of its verification.
void CheckNamed(const FieldPath& root, absl::string_view customer_id, absl::string_view id_field,
                absl::string_view id, ArgumentChecker* checker) {
  checker->RequireText({&root, "customer_id"}, customer_id);
  checker->RequireText({&root, id_field}, id);
}

void CheckOtherCustomerVerb(const v1::CustomerCommand& command, ArgumentChecker* checker) {
  switch (command.verb_case()) {
    case v1::CustomerCommand::kVerifyContactPoint: {
      const v1::VerifyContactPoint& verb = command.verify_contact_point();
      const FieldPath root{nullptr, "verify_contact_point"};
      CheckNamed(root, verb.customer_id(), "contact_point_id", verb.contact_point_id(), checker);
      checker->RequireText({&root, "method"}, verb.method());
      return;
    }
    case v1::CustomerCommand::kRemoveContactPoint: {
      const v1::RemoveContactPoint& verb = command.remove_contact_point();
      CheckNamed({nullptr, "remove_contact_point"}, verb.customer_id(), "contact_point_id",
                 verb.contact_point_id(), checker);
      return;
    }
    case v1::CustomerCommand::kVerifyPaymentMethod: {
      const v1::VerifyPaymentMethod& verb = command.verify_payment_method();
      const FieldPath root{nullptr, "verify_payment_method"};
      CheckNamed(root, verb.customer_id(), "payment_method_id", verb.payment_method_id(), checker);
      checker->RequireText({&root, "method"}, verb.method());
      return;
    }
    case v1::CustomerCommand::kRemovePaymentMethod: {
      const v1::RemovePaymentMethod& verb = command.remove_payment_method();
      CheckNamed({nullptr, "remove_payment_method"}, verb.customer_id(), "payment_method_id",
                 verb.payment_method_id(), checker);
      return;
    }
    case v1::CustomerCommand::kChangeAddress: {
      const v1::ChangeAddress& verb = command.change_address();
      const FieldPath root{nullptr, "change_address"};
      checker->RequireText({&root, "customer_id"}, verb.customer_id());
      const FieldPath address{&root, "address"};
      if (checker->RequireMessage(address, verb.has_address())) {
        checker->CheckAddress(address, verb.address());
      }
      return;
    }
    case v1::CustomerCommand::kRecordConsent: {
      const v1::RecordConsent& verb = command.record_consent();
      const FieldPath root{nullptr, "record_consent"};
      checker->RequireText({&root, "customer_id"}, verb.customer_id());
      const FieldPath consent{&root, "consent"};
      if (checker->RequireMessage(consent, verb.has_consent())) {
        CheckConsent(consent, verb.consent(), checker);
        checker->Forbid({&consent, "record_time"}, verb.consent().has_record_time());
      }
      return;
    }
    default:
      return;
  }
}

}  // namespace

bool ReadContactPoint(const FieldPath& parent, absl::string_view region_code,
                      absl::string_view default_region_code, v1::ContactPoint* contact_point,
                      ArgumentChecker* checker) {
  if (!region_code.empty() && contact_point->kind() != v1::ContactPoint::KIND_PHONE) {
    checker->Forbid({&parent, "region_code"}, true);
  }
  absl::StatusOr<NormalizedContactPoint> normalized =
      NormalizeContactPoint(contact_point->kind(), contact_point->as_typed(),
                            region_code.empty() ? default_region_code : region_code);
  if (normalized.ok()) {
    contact_point->set_canonical(normalized->canonical);
    contact_point->set_match_key(normalized->match_key);
    return true;
  }
  const std::string reason = GetReason(normalized.status());
  const ReasonInfo* info = FindReason(reason);
  absl::string_view field = "as_typed";
  if (reason == kReasonContactPointKind) field = "kind";
  if (reason == kReasonContactPointRegionUnknown && !region_code.empty()) field = "region_code";
  checker->Add({&parent, field}, reason, info == nullptr ? "is not readable" : info->text);
  return false;
}

std::vector<v1::Refusal> CheckCustomerArguments(const v1::CustomerCommand& command,
                                                const google::protobuf::Timestamp& now,
                                                absl::string_view default_region_code) {
  ArgumentChecker checker;
  switch (command.verb_case()) {
    case v1::CustomerCommand::kCreateCustomer:
      CheckCreate(command.create_customer(), &checker);
      break;
    case v1::CustomerCommand::kImportCustomer:
      CheckImportCustomer(command.import_customer(), default_region_code, &checker);
      break;
    case v1::CustomerCommand::kAddContactPoint:
      CheckAddContactPoint(command.add_contact_point(), default_region_code, &checker);
      break;
    case v1::CustomerCommand::kAddPaymentMethod:
      CheckAddPaymentMethod(command.add_payment_method(), &checker);
      break;
    case v1::CustomerCommand::kEditCustomer:
      CheckEdit(command.edit_customer(), &checker);
      break;
    case v1::CustomerCommand::kVerifyIdentity:
      CheckVerifyIdentity(command, now, &checker);
      break;
    case v1::CustomerCommand::kDiscloseCustomer:
      CheckDisclose(command.disclose_customer(), &checker);
      break;
    case v1::CustomerCommand::kMergeCustomers:
      CheckMerge(command.merge_customers(), &checker);
      break;
    case v1::CustomerCommand::kUnmergeCustomers: {
      const v1::UnmergeCustomers& verb = command.unmerge_customers();
      CheckNamed({nullptr, "unmerge_customers"}, verb.customer_id(), "merged_customer_id",
                 verb.merged_customer_id(), &checker);
      break;
    }
    case v1::CustomerCommand::kChangeCustomerState:
      CheckChangeState(command.change_customer_state(), &checker);
      break;
    default:
      CheckOtherCustomerVerb(command, &checker);
  }
  return std::move(checker).Take();
}

}  // namespace domain
}  // namespace frontdesk
