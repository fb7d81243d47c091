// Fills a DecisionInput with the core's values. Private.
#ifndef FRONTDESK_SRC_DECIDE_DECISION_INPUTS_H_
#define FRONTDESK_SRC_DECIDE_DECISION_INPUTS_H_

#include <type_traits>
#include <utility>

#include "decide/asked.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {
namespace internal {

// Sets the core's values in the arm that is set: command, actor, `now`, `occur_time`, the level to which the customer's
// identity is verified, and the values of the policy's pack. An input on an arena borrows command and actor: see lend.h.
void FillInput(const Asked& asked, const Policy& policy, v1::DecisionInput* input);

// Puts another command about the same entity into the input.
void SetCommand(const v1::Command& command, v1::DecisionInput* input);

// Whether the arm of a DecisionInput has an assessment.
template <typename Arm, typename = void>
struct HasAssessment : std::false_type {};
template <typename Arm>
struct HasAssessment<Arm, std::void_t<decltype(std::declval<Arm>().assessment())>>
    : std::true_type {};

// Takes back that the command would change nothing.
void ClearUnchanged(v1::DecisionInput* input);

// Sets the approval under which a command is decided again.
void SetApproval(const v1::Approval& approval, v1::DecisionInput* input);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_DECISION_INPUTS_H_
