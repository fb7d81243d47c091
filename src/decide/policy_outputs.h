// The outputs of a decision as fields of the command that was decided. Private.
#ifndef FRONTDESK_SRC_DECIDE_POLICY_OUTPUTS_H_
#define FRONTDESK_SRC_DECIDE_POLICY_OUTPUTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "decide/asked.h"
#include "decide/entities.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace internal {

// The fields of the command that are not set and that `policy` may fill. Nothing is made for a command that knows no output, or a policy
// that computes none.
domain::PolicyFields OpenFields(const Asked& asked, const Policy& policy);

// An output that fills a field of the command.
struct UsedOutput {
  const v1::OutputValue* value = nullptr;
  const domain::OutputInfo* info = nullptr;
};

// The outputs of `decision` whose fields the command does not set, in the order of the command's options. An empty text and 0 are no
// value, except of money. They refer to `decision`.
std::vector<UsedOutput> UsedOutputs(const Asked& asked, const v1::Decision& decision);

// Decides the command with `outputs`, of which there is at least one, in its fields, as if the actor had asked for it: checks its arguments,
// assesses it, decides it. `input` is the one that policy saw, assessed; it stays as it is. A refusal that would not be there without
// the outputs is POLICY_OUTPUT_NOT_POSSIBLE.
absl::StatusOr<domain::Decided> DecideWithOutputs(const Asked& asked, const Policy& policy,
                                                  const v1::Decision& decision,
                                                  const std::vector<UsedOutput>& outputs,
                                                  const PolicyCall& call,
                                                  const v1::DecisionInput& input);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_POLICY_OUTPUTS_H_
