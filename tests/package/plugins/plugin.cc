// A plug-in with a desk of its own.
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "frontdesk/frontdesk.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/outcome.pb.h"

// Refuses by its policy, says so with true.
extern "C" bool RefusesByPolicy() {
  const frontdesk::PolicyResult policy = frontdesk::Policy::FromText(
      "name: 'plugin' version: '1' rule_sets { id: 'all' decision_points: '*' default_outcome: "
      "POLICY_OUTCOME_REFUSE }",
      "plugin.textproto");
  if (policy.policy == nullptr) return false;
  frontdesk::DeskOptions options;
  options.policy = policy.policy;
  const auto desk = frontdesk::Desk::Open(std::move(options));
  if (!desk.ok()) return false;
  frontdesk::v1::CreateCustomer create;
  create.set_customer_id("c1");
  create.set_family_name("Example");
  const auto outcome = (*desk)->Execute(frontdesk::MakeCommand(
      frontdesk::MakeActor("anna"), absl::FromUnixSeconds(1'700'000'000), create));
  return outcome.ok() && outcome->verdict() == frontdesk::v1::VERDICT_REFUSED;
}
