// The draft of a case decision: its input and the result so far. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_DRAFT_H_
#define FRONTDESK_DOMAIN_CASE_CASE_DRAFT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "domain/event_maker.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_commands.pb.h"
#include "frontdesk/v1/case_input.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {
namespace domain {

// A case as every one begins: NEW from `now` on.
v1::Case MakeNewCase(const std::string& case_id, const google::protobuf::Timestamp& now);

// One case command while it is decided. Refers to the input, which must outlive it.
class CaseDraft {
 public:
  explicit CaseDraft(const v1::CaseDecisionInput& input) : input_(input) {}

  const v1::CaseDecisionInput& input() const { return input_; }
  const v1::CaseCommand& command() const { return input_.command(); }
  // The case before the command.
  const v1::Case& current() const { return input_.case_(); }
  const v1::CaseAssessment& assessment() const { return input_.assessment(); }

  // Adds an event about the addressed case, or about another one.
  v1::Event& AddEvent() { return AddEvent(current().case_id()); }
  v1::Event& AddEvent(const std::string& case_id);
  v1::Effect& AddEffect() { return decided_.effects.emplace_back(); }

  // Adds a violated invariant and returns it, for details.
  v1::Refusal& Refuse(absl::string_view reason, absl::string_view field, absl::string_view text);
  void Refuse(std::vector<v1::Refusal> refusals);

  // Refuses when the state would change before it last did: spans follow one another in time, every
  // clock counts on it. `whose` is the case whose state would change.
  void CheckTime(absl::string_view reason) { CheckTime(current(), "", reason); }
  void CheckTime(const v1::Case& whose, absl::string_view field, absl::string_view reason);

  // Refuses a name of the state that the policy pack does not list.
  void CheckStateName(absl::string_view reason, absl::string_view field);

  // Changes the state without a special event of its own.
  void ChangeState(v1::Case::State state, const std::string& state_name,
                   absl::string_view time_reason);

  // The result; nothing happens when anything was refused.
  Decided Finish() &&;

 private:
  const v1::CaseDecisionInput& input_;
  Decided decided_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_DRAFT_H_
