// A host that opens a desk, has a command refused by its policy and a second one done.
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "frontdesk/frontdesk.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/outcome.pb.h"

bool ReadsOwnMessages();

namespace {

constexpr char kPolicy[] = R"(
  name: "consumer" version: "1"
  rule_sets {
    id: "customers" decision_points: "CreateCustomer" default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "agents_only" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "AGENTS_ONLY"
      condition: "actor.kind != Actor.Kind.KIND_AGENT"
    }
  })";

frontdesk::v1::Command CreateCustomer(frontdesk::v1::Actor::Kind kind) {
  frontdesk::v1::CreateCustomer create;
  create.set_customer_id("c1");
  create.set_family_name("Example");
  return frontdesk::MakeCommand(frontdesk::MakeActor("anna", kind),
                                absl::FromUnixSeconds(1'700'000'000), create);
}

int Fail(const char* what) {
  std::fprintf(stderr, "consumer: %s\n", what);
  return 1;
}

}  // namespace

int main() {
  const frontdesk::PolicyResult policy = frontdesk::Policy::FromText(kPolicy, "consumer.textproto");
  if (policy.policy == nullptr) return Fail(policy.status().ToString().c_str());
  frontdesk::DeskOptions options;
  options.policy = policy.policy;
  const auto desk = frontdesk::Desk::Open(std::move(options));
  if (!desk.ok()) return Fail(desk.status().ToString().c_str());

  const auto refused = (*desk)->Execute(CreateCustomer(frontdesk::v1::Actor::KIND_BOT));
  if (!refused.ok()) return Fail(refused.status().ToString().c_str());
  if (refused->verdict() != frontdesk::v1::VERDICT_REFUSED ||
      refused->refusals(0).reason() != "AGENTS_ONLY") {
    return Fail("the policy did not refuse");
  }
  const auto done = (*desk)->Execute(CreateCustomer(frontdesk::v1::Actor::KIND_AGENT));
  if (!done.ok()) return Fail(done.status().ToString().c_str());
  if (done->verdict() != frontdesk::v1::VERDICT_DONE) return Fail(done->refusals(0).text().c_str());
  if (!ReadsOwnMessages()) return Fail("the language does not read the host's messages");
  std::puts("consumed");
}
