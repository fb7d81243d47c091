// The three lengths of an explanation, each from the same facts. Private.
#ifndef FRONTDESK_SRC_DECIDE_EXPLAIN_PARTS_H_
#define FRONTDESK_SRC_DECIDE_EXPLAIN_PARTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace internal {

// An outcome that is explained. Refers to everything.
struct Explained {
  // The command that was decided. After an approval, and for Decline, the one that was held, where it is known.
  const v1::Command& command;
  // Null for a command that this build does not know.
  const domain::CommandInfo* info;
  const v1::Outcome& outcome;
  // Null when the policy is not known.
  const v1::PolicyPack* pack;
  // Who asked, after an approval; empty when not known.
  std::string requester_id;
  // The event by which the approval was resolved; null when there is none.
  const v1::ApprovalResolved* resolved;
  // The Approve that did not resolve it; null when there is none.
  const v1::ApprovalAttempt* attempt = nullptr;
  // The differences from the round that approvers saw.
  std::vector<const v1::ApprovalDifference*> differences = {};

  // Declined or withdrawn.
  bool is_declined() const {
    return resolved != nullptr && (resolved->state() == v1::Approval::STATE_DECLINED ||
                                   resolved->state() == v1::Approval::STATE_WITHDRAWN);
  }
  // Withdrawn by who asked.
  bool is_withdrawn() const {
    return is_declined() && (resolved->state() == v1::Approval::STATE_WITHDRAWN ||
                             resolved->resolver_id() == requester_id);
  }
  // Whether the command itself is only about an approval, since the held one is not known.
  bool is_held_unknown() const {
    return resolved != nullptr && command.desk().verb_case() != v1::DeskCommand::VERB_NOT_SET;
  }
};

// The rule of that id in the pack; null when it is not known.
const v1::Rule* FindSourceRule(const Explained& explained, const v1::Decision& decision,
                               absl::string_view rule_id);

// The reason of the house of that word, of those that a command can be refused with; null when it is a rule's own.
const Reason* FindRefusalReason(absl::string_view word);

// "case k1", "part p2 of case k1": the existing entity or part that the outcome names.
std::string ExistingWords(const v1::Outcome& outcome);

// Of a command that was done and changed nothing, the cause in words: "nothing to change: the case waits in that state already". Empty:
// something was changed, the command was not done, or it is none that may change nothing.
std::string NothingChanged(const Explained& explained);

// The sentence for the customer; may be empty.
std::string CustomerText(const Explained& explained);

// The lines for the agent, five at most.
std::vector<std::string> AgentLines(const Explained& explained);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_EXPLAIN_PARTS_H_
