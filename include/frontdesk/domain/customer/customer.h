// Customers: decide and evolve.
//
//   #include "frontdesk/v1/customer_input.pb.h"
//   #include "frontdesk/v1/event.pb.h"
//
//   frontdesk::v1::CustomerDecisionInput input;
//   frontdesk::v1::CreateCustomer& create = *input.mutable_command()->mutable_create_customer();
//   create.set_customer_id("customer-1");
//   create.set_family_name("Lee");
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideCustomer(input);
//   if (!decided.ok()) return decided.status();
//   frontdesk::v1::Customer customer;
//   for (const frontdesk::v1::Event& event : decided->events) {
//     absl::Status folded = frontdesk::domain::EvolveCustomer(event, &customer);
//   }
#ifndef FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_H_
#define FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/domain/lifecycle.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace v1 {
class Customer;
class CustomerAssessment;
class CustomerCommand;
class CustomerDecisionInput;
class Event;
class Interaction;
class Refusal;
}  // namespace v1

namespace domain {

// Every state x every command of customers, commands by number, states by number. Static.
const Lifecycle& CustomerLifecycle();

// Checks the arguments of a customer command, whatever the state. Returns every invalid field, in
// the order of the fields, origin ARGUMENT, with its path from the command
// ("add_contact_point.as_typed"). Empty: all are valid, or the command is of another entity.
// `default_region_code` (ISO 3166-1 alpha-2, empty for none) is the region in which national phone
// numbers without a region are read. Reasons: see domain/reasons.h, ARGUMENT_…, and those of
// base/contact_point.h.
std::vector<v1::Refusal> CheckCustomerArguments(const v1::CustomerCommand& command,
                                                const google::protobuf::Timestamp& now,
                                                absl::string_view default_region_code = "",
                                                Fields fields = Fields::kUnknown);

// Computes the core's findings about a customer command for policy: whether it would change nothing.
// Pure. Costs O(size of the customer) for the commands that may change nothing, O(1) for others.
v1::CustomerAssessment AssessCustomer(const v1::CustomerDecisionInput& input);

// Decides a customer command. Pure. Expects arguments in which CheckCustomerArguments() finds no
// invalid field, and in the input the assessment of AssessCustomer(). A command that changes
// nothing, by the assessment, is decided without events where the transition table allows it.
// Contact points get their canonical forms here, with `input.default_region_code`; nothing
// recomputes them later.
//
// OK: see Decided. Invariants, in the order they are listed:
//   1. CUSTOMER_EXISTS, CUSTOMER_NOT_FOUND, CUSTOMER_<VERB>_STATE: the transition table (then
//      nothing else is checked).
//   2. An unreadable contact point, with its reason of base/contact_point.h, origin ARGUMENT.
//   3. CUSTOMER_<VERB>_ID_EXISTS: the id of the new contact point or payment method is in use.
//   4. CUSTOMER_ADD_CONTACT_POINT_DUPLICATE: the customer has the same contact point under another
//      id.
//   5. CUSTOMER_<VERB>_UNKNOWN: there is no such contact point or payment method.
//   6. Of EditCustomer: CUSTOMER_EDIT_BASE_UNKNOWN (then nothing else), ATTRIBUTE_UNDEFINED,
//   ATTRIBUTE_TYPE and ATTRIBUTE_VALUE by `input.attribute_definitions`, CUSTOMER_EDIT_CONFLICT for
//   every field in conflict, CUSTOMER_EDIT_NAME_MISSING.
//   7. Of MergeCustomers: CUSTOMER_MERGE_SELF, CUSTOMER_NOT_FOUND for the other, origin NOT_FOUND,
//   CUSTOMER_MERGE_OTHER_STATE with the survivor of the other in its details, CUSTOMER_MERGE_LIMIT.
//   8. Of UnmergeCustomers: CUSTOMER_NOT_FOUND for the other, CUSTOMER_UNMERGE_UNKNOWN,
//      CUSTOMER_UNMERGE_NOT_LAST with the customer to unmerge first in its details. Customers are
//      unmerged in the opposite order of their merging. CUSTOMER_UNMERGE_CASES for each of
//      `input.joined_cases`, which UnmergeCases separates first: otherwise one of the two customers
//      would see the other's messages.
// The refusal of a command on a merged customer has the survivor in its details,
// "survivor_customer_id".
// Errors: INVALID_ARGUMENT COMMAND_WRONG_ENTITY when the command is no customer command.
// Costs O(size of the customer).
absl::StatusOr<Decided> DecideCustomer(const v1::CustomerDecisionInput& input);

// The level to which the customer's identity is verified at `now` during the interaction
// `interaction_id` (empty: none). It is the highest of the verifications that were made until then,
// have not expired, and were made outside of any interaction or in this one. 0: none. Costs O(their
// number).
int ReachedIdentityLevel(const v1::Customer& customer, const google::protobuf::Timestamp& now,
                         absl::string_view interaction_id);

// The same during an interaction whose state is known. A verification in it counts until the
// interaction is wrapped up, and only while its customer is this one or not known yet.
int ReachedIdentityLevel(const v1::Customer& customer, const google::protobuf::Timestamp& now,
                         const v1::Interaction& interaction);

// Most customers that one survivor may have, those merged into its merged customers included, and
// most of them in a chain. MergeCustomers beyond: CUSTOMER_MERGE_LIMIT.
inline constexpr int kMaxMergedCustomers = 200;
inline constexpr int kMaxMergeChain = 16;

// Most purposes and channels for which a customer has an answer: rules read them all. RecordConsent for a further one:
// CUSTOMER_RECORD_CONSENT_LIMIT. A merge may unite more.
inline constexpr int kMaxConsents = 100;

// Folds one event into a customer.
// OK: `customer` has the state after the event. Never fails on events of DecideCustomer().
// Error: DATA_LOSS EVENT_NOT_APPLICABLE when the event does not follow on this state; `customer` is
// unchanged.
absl::Status EvolveCustomer(const v1::Event& event, v1::Customer* customer);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_H_
