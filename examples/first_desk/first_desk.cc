// A first desk, kept in first_desk.db. One command is done, one is refused and says why, and one is held until somebody approves it.
// Run it again: it finds them in the file. first_desk.py does the same in Python and prints the same.
#include <iostream>
#include <memory>

#include "absl/time/time.h"
#include "frontdesk/frontdesk.h"
#include "frontdesk/store/sqlite.h"

namespace v1 = frontdesk::v1;

constexpr char kPolicy[] = R"policy(
  name: "first desk" version: "1"
  rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  rule_sets {
    id: "resolve" decision_points: "ResolveCase" default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "too_much" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "REMEDY_TOO_LARGE"
      text: "A remedy is at most 500.00 EUR."
      condition: "has(command.resolve_case.remedy_amount) && command.resolve_case.remedy_amount > money('500 EUR')" }
    rules {
      id: "much" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "REMEDY_LARGE" authority: "goodwill"
      text: "A supervisor approves a remedy of more than 50.00 EUR."
      condition: "has(command.resolve_case.remedy_amount) && command.resolve_case.remedy_amount > money('50 EUR')" }
  })policy";

// The desk reads no clock: each command says when it is.
const absl::Time kNow = absl::FromUnixSeconds(1'715'785'200);  // 2024-05-15 15:00 UTC

// Carries out a command. value() ends the program on an error, such as a file that cannot be written.
v1::Outcome Ask(frontdesk::Desk& desk, const v1::Actor& actor,
                const google::protobuf::Message& verb) {
  return desk.Execute(frontdesk::MakeCommand(actor, kNow, verb)).value();
}

// Resolves the case with store credit, in cents.
v1::Outcome Resolve(frontdesk::Desk& desk, const v1::Actor& actor, int cents) {
  v1::ResolveCase resolve;
  resolve.set_case_id("case-1");
  resolve.set_code("refunded");
  resolve.set_remedy("store credit");
  resolve.mutable_remedy_amount()->set_units(cents);
  resolve.mutable_remedy_amount()->set_currency_code("EUR");
  return Ask(desk, actor, resolve);
}

int main() {
  const frontdesk::PolicyResult read = frontdesk::Policy::FromText(kPolicy, "first_desk");
  std::cout << frontdesk::rules::FormatIssues(read.issues);  // Mistakes, each with its place.
  if (read.policy == nullptr) return 1;
  frontdesk::DeskOptions options;
  options.policy = read.policy;
  options.store = frontdesk::store::SqliteStore::Open("first_desk.db").value();
  const std::unique_ptr<frontdesk::Desk> desk = frontdesk::Desk::Open(options).value();
  const auto kept = desk->Journal().value();  // The commands of earlier runs.
  for (const v1::JournalRecord& record : kept) {
    std::cout << "kept: " << record.decision().decision_point() << " "
              << v1::Verdict_Name(record.verdict()) << "\n";
    if (record.verdict() == v1::VERDICT_REFUSED)
      std::cout << desk->Explain(record.record_id()).value().text();
  }
  if (!kept.empty()) return 0;
  const v1::Actor anna = frontdesk::MakeActor("anna");
  const v1::Actor carla = frontdesk::MakeActor("carla", v1::Actor::KIND_AGENT, {}, {"goodwill"});
  v1::OpenCase open;  // Done.
  open.set_case_id("case-1");
  open.set_kind(v1::Case::KIND_COMPLAINT);
  open.set_subject("The lamp arrived broken");
  std::cout << v1::Verdict_Name(Ask(*desk, anna, open).verdict()) << "\n";
  const v1::Outcome refused = Resolve(*desk, anna, 60000);  // Refused, and explained.
  std::cout << v1::Verdict_Name(refused.verdict()) << " " << refused.refusals(0).reason() << "\n";
  std::cout << desk->Explain(refused.record_id()).value().text();
  const v1::Outcome held = Resolve(*desk, anna, 6000);  // Held until carla, who may, approves.
  std::cout << v1::Verdict_Name(held.verdict()) << " for " << held.held().authority() << "\n";
  v1::Approve approve;
  approve.set_approval_id(held.held().approval_id());
  std::cout << v1::Verdict_Name(Ask(*desk, carla, approve).verdict()) << "\n";
}
