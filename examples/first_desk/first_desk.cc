// A first desk: a policy as text, one command that is done, one that is refused and says why, and one that is held until
// somebody approves it. first_desk.py does the same in Python and prints the same.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "frontdesk/frontdesk.h"

namespace v1 = frontdesk::v1;

constexpr char kPolicy[] = R"policy(
  name: "first desk" version: "1"
  rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  rule_sets {
    id: "resolve" decision_points: "ResolveCase" default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "too_much" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "REMEDY_TOO_LARGE"
      text: "A remedy is at most 500.00 EUR."
      condition: "command.resolve_case.remedy_amount.units > 50000" }
    rules {
      id: "much" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "REMEDY_LARGE" authority: "goodwill"
      text: "A supervisor approves a remedy of more than 50.00 EUR."
      condition: "command.resolve_case.remedy_amount.units > 5000" }
  })policy";

const absl::Time kNow = absl::FromUnixSeconds(1'715'785'200);  // 2024-05-15 15:00 UTC

// The value, or the end of the program: opening a desk with a broken policy fails, for example.
template <typename T>
T Must(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::cerr << result.status() << "\n";
  std::exit(1);
}

// Carries out a command of the agent anna. The desk reads no clock: whoever asks says when.
v1::Outcome Ask(frontdesk::Desk& desk, const google::protobuf::Message& verb) {
  return Must(desk.Execute(frontdesk::MakeCommand(frontdesk::MakeActor("anna"), kNow, verb)));
}

// Resolves the case with store credit, in cents.
v1::Outcome Resolve(frontdesk::Desk& desk, int cents) {
  v1::ResolveCase resolve;
  resolve.set_case_id("case-1");
  resolve.set_code("refunded");
  resolve.set_remedy("store credit");
  resolve.mutable_remedy_amount()->set_units(cents);
  resolve.mutable_remedy_amount()->set_currency_code("EUR");
  return Ask(desk, resolve);
}

int main() {
  const frontdesk::PolicyResult read = frontdesk::Policy::FromText(kPolicy, "first_desk");
  std::cout << frontdesk::rules::FormatIssues(read.issues);  // Mistakes, each with its place.
  frontdesk::DeskOptions options;
  options.policy = read.policy;
  const std::unique_ptr<frontdesk::Desk> desk = Must(frontdesk::Desk::Open(options));
  v1::OpenCase open;  // Done.
  open.set_case_id("case-1");
  open.set_kind(v1::Case::KIND_COMPLAINT);
  open.set_subject("The lamp arrived broken");
  std::cout << v1::Verdict_Name(Ask(*desk, open).verdict()) << "\n";
  // Refused. Every decision is kept and can be explained.
  const v1::Outcome refused = Resolve(*desk, 60000);
  std::cout << v1::Verdict_Name(refused.verdict()) << " " << refused.refusals(0).reason() << "\n";
  std::cout << Must(desk->Explain(refused.record_id())).text();
  // Held until somebody with the authority approves.
  const v1::Outcome held = Resolve(*desk, 6000);
  std::cout << v1::Verdict_Name(held.verdict()) << " for " << held.held().authority() << "\n";
  v1::Approve approve;
  approve.set_approval_id(held.held().approval_id());
  const v1::Actor carla = frontdesk::MakeActor("carla", v1::Actor::KIND_AGENT, {}, {"goodwill"});
  const v1::Outcome done =
      Must(desk->Execute(frontdesk::MakeCommand(carla, kNow + absl::Minutes(1), approve)));
  std::cout << v1::Verdict_Name(done.verdict()) << "\n";
}
