// A phone call at a shop's service desk: what the agent does is a script, and this shows what the agent's screen would show.
//
//   phone_call                              the call in examples/phone_call on the small shop in examples/shop
//   phone_call --script FILE --db DIR       another call, another shop
//   phone_call --policy FILE                another policy
//   phone_call --store sqlite:FILE          the desk stays in a file
//
// Ends with 0 when every step was answered, whatever the answers. Ends with 1 when an input cannot be used, and reports
// all places of its problems. Ends with 2 when its arguments are not valid. Writes nothing to stderr.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/types/optional.h"
#include "call.h"
#include "desk_store.h"
#include "files.h"
#include "options.h"
#include "script.h"
#include "shop_desk.h"
#include "shop_reader.h"

namespace phone_call {
namespace {

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
    std::cout << retail_desk::ReadUsage(FRONTDESK_EXAMPLES_DIR "/phone_call");
    return 0;
  }
  const std::string examples = FRONTDESK_EXAMPLES_DIR;
  std::string script = examples + "/phone_call/call.jsonl";
  std::string db = examples + "/shop";
  std::string policy_file = examples + "/policies/phone_call.textproto";
  std::string store = "memory";
  if (!retail_desk::ReadNamedOptions(arguments, {{"--script", &script},
                                                 {"--db", &db},
                                                 {"--policy", &policy_file},
                                                 {"--store", &store}})) {
    std::cout << retail_desk::ReadUsage(FRONTDESK_EXAMPLES_DIR "/phone_call");
    return 2;
  }
  retail_desk::Problems problems;
  const std::shared_ptr<const frontdesk::Policy> policy =
      retail_desk::ReadPolicy(policy_file, &problems);
  const absl::optional<retail_desk::Shop> shop = retail_desk::ReadShop(db, &problems);
  const retail_desk::Catalog no_catalog;
  const absl::optional<std::vector<Step>> steps =
      ReadScript(script, shop.has_value() ? shop->catalog : no_catalog, &problems);
  retail_desk::ShopDeskOptions options;
  options.store =
      retail_desk::ReadStoreChoice(store, &problems).value_or(retail_desk::StoreChoice());
  absl::optional<retail_desk::ShopDesk> desk;
  if (policy != nullptr && problems.empty()) {
    desk = retail_desk::ShopDesk::Open(*shop, policy, &problems, options);
  }
  if (!desk.has_value()) {
    std::cout << problems.ToText();
    return 1;
  }
  Call call(desk->desk(), *steps);
  call.Run(&problems);
  if (!problems.empty()) {
    std::cout << problems.ToText();
    return 1;
  }
  std::cout << "Policy " << policy->pack().name() << " " << policy->pack().version() << " "
            << absl::BytesToHexString(policy->hash().substr(0, 6)) << ", " << steps->size()
            << " steps\n\n"
            << call.text() << "\n"
            << call.SummaryText() << "\n";
  if (call.expected() > 0) {
    std::cout << "as expected " << call.as_expected() << "/" << call.expected() << "\n";
  }
  std::cout << "sha256 " << call.FinishDigest() << "\n";
  return 0;
}

}  // namespace
}  // namespace phone_call

int main(int argc, char** argv) {
  return phone_call::Main(std::vector<std::string>(argv + 1, argv + argc));
}
