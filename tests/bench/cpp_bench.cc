// A process from its start to its first decision: reads a policy, opens a desk in memory, imports a customer, and prints the
// verdict with the policy's hash. python_cold_start.py does the same.
//
//   frontdesk_cpp_bench POLICY_FILE
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/command.pb.h"

namespace frontdesk {
namespace {

int Main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: frontdesk_cpp_bench POLICY_FILE\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  std::stringstream text;
  text << file.rdbuf();
  DeskOptions options;
  options.policy = Policy::FromText(text.str(), "policy").policy;
  if (options.policy == nullptr) {
    std::cerr << "the policy cannot be used\n";
    return 1;
  }
  const std::string hash = absl::BytesToHexString(options.policy->hash());
  const absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (!desk.ok()) {
    std::cerr << desk.status() << "\n";
    return 1;
  }
  v1::ImportCustomer verb;
  verb.mutable_customer()->set_customer_id("customer-1");
  verb.mutable_customer()->set_state(v1::Customer::STATE_CUSTOMER);
  verb.mutable_customer()->set_given_name("Ann");
  verb.mutable_source()->set_system("shop");
  const absl::StatusOr<v1::Outcome> outcome = (*desk)->Execute(MakeCommand(
      MakeActor("import", v1::Actor::KIND_SYSTEM), absl::FromUnixSeconds(1'700'000'000), verb));
  if (!outcome.ok()) {
    std::cerr << outcome.status() << "\n";
    return 1;
  }
  std::cout << v1::Verdict_Name(outcome->verdict()) << " " << hash << std::endl;
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
