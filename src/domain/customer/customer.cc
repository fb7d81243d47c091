#include "frontdesk/domain/customer/customer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "domain/arguments.h"
#include "domain/command_table.h"
#include "domain/customer/customer_draft.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "domain/unchanged_commands.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/domain/survivor.h"
#include "frontdesk/v1/interaction.pb.h"

namespace frontdesk {
namespace domain {

// The functions of each command are in a file of its own, and only the list below names them. A check looks at all arguments but
// the id of the customer. A decision expects a state that allows the command, and that it changes something; it works on the draft, and refuses by it.
using CustomerCheck = ArgumentCheck<v1::CustomerCommand>;
using CustomerDecision = void(CustomerDraft* draft);
using CustomerUnchanged = UnchangedTest<v1::CustomerDecisionInput, v1::CustomerAssessment>;

CustomerCheck CheckCreateCustomer;
CustomerCheck CheckImportCustomer;
CustomerCheck CheckChangeAddress;
CustomerCheck CheckAddContactPoint;
CustomerCheck CheckVerifyContactPoint;
CustomerCheck CheckRemoveContactPoint;
CustomerCheck CheckAddPaymentMethod;
CustomerCheck CheckVerifyPaymentMethod;
CustomerCheck CheckRemovePaymentMethod;
CustomerCheck CheckRecordConsent;
CustomerCheck CheckEditCustomer;
CustomerCheck CheckVerifyIdentity;
CustomerCheck CheckDiscloseCustomer;
CustomerCheck CheckMergeCustomers;
CustomerCheck CheckUnmergeCustomers;
CustomerCheck CheckChangeCustomerState;

CustomerDecision DecideCreateCustomer;
CustomerDecision DecideImportCustomer;
CustomerDecision DecideChangeAddress;
CustomerDecision DecideAddContactPoint;
CustomerDecision DecideVerifyContactPoint;
CustomerDecision DecideRemoveContactPoint;
CustomerDecision DecideAddPaymentMethod;
CustomerDecision DecideVerifyPaymentMethod;
CustomerDecision DecideRemovePaymentMethod;
CustomerDecision DecideRecordConsent;
CustomerDecision DecideEditCustomer;
CustomerDecision DecideVerifyIdentity;
CustomerDecision DecideDiscloseCustomer;
CustomerDecision DecideMergeCustomers;
CustomerDecision DecideUnmergeCustomers;
CustomerDecision DecideChangeCustomerState;

CustomerUnchanged IsChangeAddressUnchanged;
CustomerUnchanged IsEditCustomerUnchanged;
CustomerUnchanged IsMergeCustomersUnchanged;
CustomerUnchanged IsChangeCustomerStateUnchanged;

namespace {

using v1::Customer;

using CustomerCommandTable = CommandTable<v1::CustomerCommand, CustomerDecision, CustomerUnchanged>;

CustomerCommandTable MakeCustomerCommands() {
  constexpr Customer::State kNone = Customer::STATE_UNSPECIFIED;
  constexpr Customer::State kProspect = Customer::STATE_PROSPECT;
  constexpr Customer::State kCustomer = Customer::STATE_CUSTOMER;
  constexpr Customer::State kFormer = Customer::STATE_FORMER;
  constexpr Customer::State kMerged = Customer::STATE_MERGED;
  // A merged customer does not change any more.
  const Moves kUnlessMerged = Keep({kProspect, kCustomer, kFormer});
  using C = v1::CustomerCommand;
  return CustomerCommandTable(
      Customer::State_descriptor(), kCustomerReasons,
      {
          {C::kCreateCustomer,
           CheckCreateCustomer,
           DecideCreateCustomer,
           {{kNone, {kProspect, kCustomer}}}},
          {C::kImportCustomer,
           CheckImportCustomer,
           DecideImportCustomer,
           {{kNone, {kProspect, kCustomer, kFormer, kMerged}}}},
          {C::kChangeAddress, CheckChangeAddress, DecideChangeAddress, kUnlessMerged,
           IsChangeAddressUnchanged, "the address is that already"},
          {C::kAddContactPoint, CheckAddContactPoint, DecideAddContactPoint, kUnlessMerged},
          {C::kVerifyContactPoint, CheckVerifyContactPoint, DecideVerifyContactPoint,
           kUnlessMerged},
          {C::kRemoveContactPoint, CheckRemoveContactPoint, DecideRemoveContactPoint,
           kUnlessMerged},
          {C::kAddPaymentMethod, CheckAddPaymentMethod, DecideAddPaymentMethod, kUnlessMerged},
          {C::kVerifyPaymentMethod, CheckVerifyPaymentMethod, DecideVerifyPaymentMethod,
           kUnlessMerged},
          {C::kRemovePaymentMethod, CheckRemovePaymentMethod, DecideRemovePaymentMethod,
           kUnlessMerged},
          {C::kRecordConsent, CheckRecordConsent, DecideRecordConsent, kUnlessMerged},
          {C::kEditCustomer, CheckEditCustomer, DecideEditCustomer, kUnlessMerged,
           IsEditCustomerUnchanged, "those values are as before"},
          {C::kVerifyIdentity, CheckVerifyIdentity, DecideVerifyIdentity, kUnlessMerged},
          {C::kDiscloseCustomer, CheckDiscloseCustomer, DecideDiscloseCustomer, kUnlessMerged},
          {C::kMergeCustomers, CheckMergeCustomers, DecideMergeCustomers, kUnlessMerged,
           IsMergeCustomersUnchanged, "the other customer is merged into this one already"},
          {C::kUnmergeCustomers, CheckUnmergeCustomers, DecideUnmergeCustomers, kUnlessMerged},
          {C::kChangeCustomerState,
           CheckChangeCustomerState,
           DecideChangeCustomerState,
           {{kProspect, {kCustomer, kFormer}},
            {kCustomer, {kProspect, kFormer}},
            {kFormer, {kProspect, kCustomer}}},
           IsChangeCustomerStateUnchanged,
           "the customer has that state already"},
      });
}

const CustomerCommandTable& CustomerCommands() {
  static const CustomerCommandTable* const table = new CustomerCommandTable(MakeCustomerCommands());
  return *table;
}

}  // namespace

const Lifecycle& CustomerLifecycle() { return CustomerCommands().lifecycle(); }

absl::Span<const UnchangedCommand> UnchangedCustomerCommands() {
  return CustomerCommands().unchanged_commands();
}

v1::CustomerAssessment AssessCustomer(const v1::CustomerDecisionInput& input) {
  v1::CustomerAssessment assessment;
  assessment.set_is_unchanged(CustomerCommands().IsUnchanged(input, assessment));
  return assessment;
}

std::vector<v1::Refusal> CheckCustomerArguments(const v1::CustomerCommand& command,
                                                const google::protobuf::Timestamp& now,
                                                absl::string_view default_region_code,
                                                Fields fields) {
  const CommandInfo* info = FindEntityCommand(command);
  if (info == nullptr) return {};
  ArgumentChecker checker(now, default_region_code);
  const FieldPath root{nullptr, info->field};
  // An import has the id in the imported customer, and checks it there.
  if (!command.has_import_customer()) {
    checker.RequireText({&root, info->id_path}, AddressedId(*info, command));
  }
  if (const auto check = CustomerCommands().FindCheck(*info)) check(root, command, &checker);
  // An import that keeps what is not valid looks through its fields itself.
  const bool is_cleaned = command.has_import_customer() && !command.import_customer().strict();
  if (fields == Fields::kUnknown && !is_cleaned) checker.CheckFields(command);
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideCustomer(const v1::CustomerDecisionInput& input) {
  const CommandInfo* info = FindEntityCommand(input.command());
  if (info == nullptr) return WrongEntityError();
  CustomerDraft draft(input, *info);
  const Customer& customer = input.customer();
  if (auto refusal = CustomerLifecycle().Refuse(*info, customer.state())) {
    if (!info->creates) AddSurvivor(customer, &*refusal);
    draft.Refuse({*std::move(refusal)});
  } else if (!input.assessment().is_unchanged()) {
    const auto decide = CustomerCommands().FindDecide(*info);
    decide(&draft);
  }
  return std::move(draft).Finish();
}

int ReachedIdentityLevel(const Customer& customer, const google::protobuf::Timestamp& now,
                         absl::string_view interaction_id) {
  int level = 0;
  for (const v1::IdentityVerification& verification : customer.current_verifications()) {
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

}  // namespace domain
}  // namespace frontdesk
