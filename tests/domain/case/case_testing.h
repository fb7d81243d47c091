// Shared by the tests of cases: commands on one case, and their results.
#ifndef FRONTDESK_TESTS_DOMAIN_CASE_CASE_TESTING_H_
#define FRONTDESK_TESTS_DOMAIN_CASE_CASE_TESTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "domain/commands.h"
#include "domain/refusal_lists.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/v1/case_input.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace domain {

// The case that the commands below are about.
inline constexpr char kId[] = "case-1";

// A command of agent-1 at that second, without a verb; or of another actor.
v1::Command At(int64_t seconds, const std::string& actor_id = "agent-1",
               v1::Actor::Kind kind = v1::Actor::KIND_AGENT);

v1::Command Open(int64_t seconds = 100);
v1::Command Classify(v1::Case::Kind kind, const std::vector<std::string>& add = {},
                     const std::vector<std::string>& remove = {}, int64_t seconds = 500);
v1::Command Prioritize(int impact, int urgency, int64_t seconds = 500);
v1::Command Assign(const std::string& assignee_id, const std::string& queue_id = "",
                   int64_t seconds = 500);
// The same, and a NEW case stays NEW.
v1::Command KeepState(v1::Command command);
v1::Command Transfer(v1::TransferCase::Kind kind, const std::string& assignee_id,
                     const std::string& queue_id = "", int64_t seconds = 500,
                     const std::string& actor_id = "agent-1");
v1::Command Accept(const std::string& actor_id, int64_t seconds = 500);
v1::Command DeclineOffer(const std::string& actor_id, int64_t seconds = 500);
v1::Command Consult(const std::string& consultation_id, const std::string& consultant_id,
                    int64_t seconds = 500);
v1::Command Answer(const std::string& consultation_id, const std::string& actor_id,
                   int64_t seconds = 500);
v1::Command Escalate(const std::string& chain, const std::vector<std::string>& unavailable = {},
                     int64_t seconds = 500);
v1::Command SetCustomer(const std::string& customer_id, int64_t seconds = 500);
v1::Command ChangeSubject(const std::string& subject, int64_t seconds = 500);
v1::Command Refer(const std::string& referral_id, const std::string& state_name = "",
                  int64_t seconds = 500);
v1::Command Withdraw(const std::string& referral_id, int64_t seconds = 500);
v1::Command AddPart(const std::string& part_id, v1::InteractionPart::Kind kind,
                    v1::Visibility visibility = v1::VISIBILITY_UNSPECIFIED,
                    const std::string& corrects = "", int64_t seconds = 500);
// A public message of the customer. By Decide() below it reopens a case that it may reopen, or ends
// its waiting, when `part_id` begins with "again".
v1::Command CustomerSays(const std::string& part_id, int64_t seconds = 500);
v1::Command Hold(v1::Case::State state, const std::string& state_name = "", int64_t seconds = 500);
v1::Command Resume(int64_t seconds = 500, const std::string& state_name = "");
v1::Command Resolve(int64_t seconds = 500);
v1::Command ResolveAs(const std::string& state_name, int64_t seconds = 500);
v1::Command Reopen(int64_t seconds = 500, const std::string& follow_up_case_id = "",
                   const std::string& state_name = "");
v1::Command Close(int64_t seconds = 500);
// Without a resolution.
v1::Command CloseFor(const std::string& reason, int64_t seconds = 500);
v1::Command CloseAs(const std::string& state_name, const std::string& reason,
                    int64_t seconds = 500);
v1::Command Cancel(int64_t seconds = 500);
v1::Command CancelAs(const std::string& state_name, int64_t seconds = 500);
// The whole resolution as it should read, with that code.
v1::Command Correct(const std::string& code, int64_t seconds = 500);
// Ids in the system "crm", to add and to remove.
v1::Command ChangeIds(const std::vector<std::string>& add,
                      const std::vector<std::string>& remove = {}, int64_t seconds = 500);
v1::Command AddCopied(const std::string& participant_id, const std::string& address,
                      int64_t seconds = 500);
v1::Command AddFollower(const std::string& participant_id, const std::string& actor_id,
                        int64_t seconds = 500);
v1::Command RemoveParticipant(const std::string& participant_id, int64_t seconds = 500);
// A link to something in the system "billing".
v1::Command LinkBilling(const std::string& id, const std::string& role = "", int64_t seconds = 500);
v1::Command UnlinkBilling(const std::string& id, const std::string& role = "",
                          int64_t seconds = 500);
v1::Command NameState(const std::string& state_name, int64_t seconds = 500);
// The case as it is given, or one that has what ImportCase requires.
v1::Command Import(const v1::Case& imported, int64_t seconds = 500);
v1::Command ImportStrictly(const v1::Case& imported, int64_t seconds = 500);
v1::Command Import(v1::Case::State state, int64_t seconds = 500);

// The result of a command on a case, by a policy that has the attributes "colour" ("red", "green")
// and "watts" (a number); expects that its arguments are valid.
Decided Decide(const v1::Command& command, const v1::Case& current_case,
               const v1::CasePolicy& policy = {}, const v1::Case& other_case = {});

// Whether the command is decided without events, effects and refusals.
bool ChangesNothing(const v1::Command& command, const v1::Case& current_case,
                    const v1::CasePolicy& policy = {}, const v1::Case& other_case = {});

// Does it, folding what happens to the case; the reasons if it is refused.
std::vector<std::string> Do(const v1::Command& command, v1::Case* current_case,
                            const v1::CasePolicy& policy = {});

// The case after commands that are all done.
v1::Case After(const std::vector<v1::Command>& commands, const v1::CasePolicy& policy = {});

// A case in that state; none for STATE_UNSPECIFIED.
v1::Case Made(v1::Case::State state);

// The states of the spans with their beginnings: "NEW@100 OPEN@110 OPEN/name@120"; "@?" is not known.
std::string Spans(const v1::Case& current_case);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOMAIN_CASE_CASE_TESTING_H_
