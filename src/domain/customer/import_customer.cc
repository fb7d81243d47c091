#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "domain/customer/customer_arguments.h"
#include "domain/customer/customer_changes.h"
#include "domain/customer/customer_draft.h"
#include "domain/import_cleaning.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

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
    checker->Forbid({&field, "is_invalid"}, point.is_invalid());
    checker->CheckTime({&field, "verify_time"}, point.has_verify_time(), point.verify_time());
    checker->CheckTime({&field, "start_time"}, point.has_start_time(), point.start_time());
    checker->CheckTime({&field, "expire_time"}, point.has_expire_time(), point.expire_time());
    if (!point.verification_method().empty()) {
      checker->RequireMessage({&field, "verify_time"}, point.has_verify_time());
    }
    if (point.preferred() && !preferred.insert(point.kind()).second) {
      checker->Add({&field, "preferred"}, kReasonArgumentDuplicate,
                   "another contact point of its kind is preferred");
    }
  }
}

void CheckImportedVerification(const FieldPath& field, const v1::IdentityVerification& verification,
                               ArgumentChecker* checker) {
  checker->CheckRange({&field, "level"}, verification.level(), 1,
                      std::numeric_limits<int32_t>::max());
  const FieldPath verify_time{&field, "verify_time"};
  if (checker->RequireMessage(verify_time, verification.has_verify_time())) {
    checker->CheckTime(verify_time, true, verification.verify_time());
  }
  checker->CheckTime({&field, "expire_time"}, verification.has_expire_time(),
                     verification.expire_time());
}

void CheckImportedCustomer(const FieldPath& field, const Customer& customer,
                           ArgumentChecker* checker) {
  checker->RequireText({&field, "customer_id"}, customer.customer_id());
  checker->CheckEnum({&field, "state"}, customer.state(),
                     customer.state() != Customer::STATE_UNSPECIFIED &&
                         v1::Customer_State_IsValid(customer.state()));
  CheckPreferences({&field, "preferences"}, customer.preferences(), checker);
  CheckImportedContactPoints(field, customer, checker->default_region_code(), checker);
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
  checker->CheckCount({&field, "consents"}, customer.consents_size(), 0, kMaxConsents);
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
    CheckImportedVerification({&field, "identity_verifications", i},
                              customer.identity_verifications(i), checker);
  }
  const FieldPath survivor{&field, "survivor_customer_id"};
  if (customer.state() == Customer::STATE_MERGED) {
    checker->RequireText(survivor, customer.survivor_customer_id());
  } else {
    checker->Forbid(survivor, !customer.survivor_customer_id().empty());
  }
  checker->Forbid({&field, "merged_customers"}, customer.merged_customers_size() > 0);
  checker->Forbid({&field, "merged_customer_refs"}, customer.merged_customer_refs_size() > 0);
  checker->Forbid({&field, "removed_payment_methods"}, customer.removed_payment_methods_size() > 0);
  checker->Forbid({&field, "current_verifications"}, customer.current_verifications_size() > 0);
  checker->Forbid({&field, "unrecognized_attributes"}, customer.unrecognized_attributes_size() > 0);
}

// Takes away what is not valid of the customer at `field`, which is the one that `cleaner` cleans.
void CleanImportedCustomer(const FieldPath& field, const Customer& customer, ImportCleaner* cleaner,
                           ArgumentChecker* checker) {
  const std::string path = field.ToString();
  cleaner->Clean(
      [&](ArgumentChecker* found) {
        CheckImportedCustomer(field, customer, found);
        found->CheckFields(customer, path);
      },
      checker);
}

}  // namespace

void CheckImportCustomer(const FieldPath& root, const v1::CustomerCommand& command,
                         ArgumentChecker* checker) {
  const v1::ImportCustomer& verb = command.import_customer();
  const FieldPath field{&root, "customer"};
  if (checker->RequireMessage(field, verb.has_customer())) {
    if (verb.strict()) {
      CheckImportedCustomer(field, verb.customer(), checker);
    } else {
      Customer cleaned = verb.customer();
      ImportCleaner cleaner(field, verb.source(), &cleaned);
      CleanImportedCustomer(field, cleaned, &cleaner, checker);
    }
  }
  const FieldPath source{&root, "source"};
  checker->CheckSource(source, verb.has_source(), verb.source());
  if (!verb.strict()) checker->CheckFields(verb.source(), source.ToString());
}

void DecideImportCustomer(CustomerDraft* draft) {
  const v1::ImportCustomer& verb = draft->command().import_customer();
  v1::CustomerImported& fact = *draft->AddEvent(verb.customer().customer_id())
                                    .mutable_customer()
                                    ->mutable_customer_imported();
  *fact.mutable_source() = ImportedFrom(verb.source(), draft->input().now());
  Customer& customer = *fact.mutable_customer();
  customer = verb.customer();
  customer.clear_import_source();
  ArgumentChecker checker(draft->input().now(), draft->input().default_region_code());
  const FieldPath field{&draft->root(), "customer"};
  if (verb.strict()) {
    draft->Refuse(CheckSetAttributes("import_customer.customer.attributes", customer.attributes(),
                                     draft->input().attribute_definitions()));
  } else {
    ImportCleaner cleaner(field, verb.source(), &customer);
    CleanImportedCustomer(field, customer, &cleaner, &checker);
    cleaner.CleanAttributes(draft->input().attribute_definitions());
    v1::CustomerPreferences& preferences = *customer.mutable_preferences();
    if (draft->input().assessment().time_zone_unknown() && !preferences.time_zone().empty()) {
      cleaner.Report("preferences.time_zone", kReasonImportTimeZoneUnknown,
                     "is not a time zone of the IANA database");
      cleaner.PutAside("preferences.time_zone", preferences.time_zone());
      preferences.clear_time_zone();
    }
    if (!verb.customer().has_preferences()) customer.clear_preferences();
    for (v1::ImportFinding& finding : std::move(cleaner).Finish()) {
      *fact.add_findings() = std::move(finding);
    }
  }
  SortVerifications(customer.mutable_identity_verifications());
  *customer.mutable_create_time() = draft->input().now();
  for (int i = 0; i < customer.contact_points_size(); ++i) {
    if (customer.contact_points(i).is_invalid()) continue;
    ReadContactPoint({&field, "contact_points", i}, "", draft->input().default_region_code(),
                     customer.mutable_contact_points(i), &checker);
  }
  draft->Refuse(std::move(checker).Take());
}

}  // namespace domain
}  // namespace frontdesk
