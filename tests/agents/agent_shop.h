// Two customers of the shop, and an AI agent that works for the first one.
#ifndef FRONTDESK_TESTS_AGENTS_AGENT_SHOP_H_
#define FRONTDESK_TESTS_AGENTS_AGENT_SHOP_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/agents/toolset.h"
#include "frontdesk/desk/desk.h"
#include "google/protobuf/struct.pb.h"

namespace frontdesk {
namespace testing {

// The texts about the other customer that no call for the first one may show.
inline constexpr absl::string_view kPlanted[] = {
    "Plantagenet", "planted@example.org", "19 Hidden Road", "o-other",
    "case-other",  "chat-other",          "gift-other",     "c-other"};
// Personal data of the first customer.
inline constexpr absl::string_view kOwnPersonal[] = {"Quastenberg", "Wilhelmina",
                                                     "7 Zephyrine Lane"};

// Allows everything; personal data is shown from level 2 on.
extern const absl::string_view kAgentPolicy;

// A shop (desk/shop.h) under a policy with more in it:
//   - "c1" has the orders "o1" and "o2", the account "gift-1", the case "case-1", the interaction "chat-1", which is open;
//   - "c-other" has "o-other", "gift-other", "case-other" and "chat-other", with the planted texts.
// "case-1" is linked with "case-other", and "chat-1" with "o-other".
std::unique_ptr<Desk> OpenAgentShop(absl::string_view policy_text = kAgentPolicy);

// A toolset with all tools.
std::shared_ptr<const agents::Toolset> MakeAllTools(const Desk& desk);

// A call for "c1" in "chat-1" by the AI agent "ada", at second `seconds` of the tests' time.
agents::CallContext ForCustomer(absl::string_view call_id, std::int64_t seconds = 1'000);

// Calls, and demands an answer.
agents::CallAnswer MustCall(const agents::Toolset& toolset, Desk& desk, absl::string_view tool,
                            absl::string_view arguments, const agents::CallContext& context);

// The answer as a value; fails the test when it is no JSON object.
google::protobuf::Struct ReadAnswer(absl::string_view json);

// The "reason" of each of the "reasons" of an answer, and the "path".
std::vector<std::string> ReasonsIn(absl::string_view json);
std::vector<std::string> PathsIn(absl::string_view json);

// The text of a member of an answer; empty when there is none.
std::string TextIn(absl::string_view json, const std::string& member);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_AGENTS_AGENT_SHOP_H_
