// A tiny shop to test with: one customer, a card and a gift card, a catalog of three variants.
#ifndef FRONTDESK_TESTS_POLICY_SHOP_H_
#define FRONTDESK_TESTS_POLICY_SHOP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace testing {

// Everything is allowed.
inline constexpr absl::string_view kAllowAll = R"(
  name: "allow" version: "1"
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)";

// The policy of a text; fails the test if it has errors, and gives an empty policy then.
std::shared_ptr<const Policy> MustCompile(absl::string_view text);

// A command by the agent anna at second `seconds` of the tests' time.
v1::Command By(absl::string_view actor_id, std::int64_t seconds = 0);

// The same, asking for the command whose field `text` gives in text format: "cancel_order { order_id: 'o1' }".
v1::Command AskInText(absl::string_view text, std::int64_t seconds = 0);

// The instant `seconds` after the beginning of the tests' time.
google::protobuf::Timestamp At(std::int64_t seconds);

// Variants "a" (10.00 USD), "b" (4.00 USD), "c" (25.50 USD), all available.
v1::Facts Catalog();

// The catalog for a command whose decision can read it; nothing for any other, which refuses facts.
v1::Facts FactsFor(const v1::Command& command);

v1::EntityRef OrderRef(absl::string_view id);
v1::EntityRef AccountRef(absl::string_view id);
v1::EntityRef CustomerRef(absl::string_view id);
v1::EntityRef ApprovalRef(absl::string_view id);

// Customer "c1" with the methods "card" and "gift", account "gift-1" with 100.00 USD.
std::vector<v1::Command> OpeningCommands();

// Places order `id` of 2 x "a" and 1 x "b" for c1, 24.00 USD, paid already.
v1::Command PlaceOrder(absl::string_view id, absl::string_view payment_method_id = "card");

v1::Command CancelOrder(absl::string_view id, absl::string_view reason = "no longer needed");

// The reasons of an outcome's refusals, in order.
std::vector<std::string> Reasons(const v1::Outcome& outcome);

// The fields of the violations, or violations' reasons, of an error.
std::vector<std::string> ViolatedFields(const absl::Status& status);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_POLICY_SHOP_H_
