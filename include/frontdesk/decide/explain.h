// Why a command came out as it did, in three lengths: one sentence for the customer, a few lines for the agent, everything for the
// auditor.
//
//   absl::StatusOr<frontdesk::v1::Outcome> outcome = desk.Preview(command);
//   if (!outcome.ok()) return outcome.status();
//   const frontdesk::v1::Explanation why = frontdesk::Explain(command, *outcome, policy.get());
//   std::cout << why.customer_text() << "\n";
//   for (const std::string& line : why.agent_lines()) std::cout << "  " << line << "\n";
//
// Reader::Explain (desk/reader.h) is this function for a record of the journal. It makes the decision anew first, so that every rule is
// shown with the values that it read.
#ifndef FRONTDESK_DECIDE_EXPLAIN_H_
#define FRONTDESK_DECIDE_EXPLAIN_H_

#include <string>
#include <vector>

#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {

// Explains an outcome that has not been recorded: of Desk::Preview or Decide. Pure; deterministic; the same in every language. Costs
// parsing the conditions of the rules that decided.
//
// `customer_text` is one sentence, or empty. It comes from the first of these that there is:
//   1 the `customer_text` of the rule that decided: for DONE that allowed, for HELD that held, for REFUSED that refused first;
//   2 for HELD and REFUSED, the text that the pack has for the reason;
//   3 the texts in the options of the command, with the cause that base/reason.h has for the reason.
// A text of the pack with "{name}" counts only if the rule gave a value of that name that may be shown. 2 and 3 count only for
// commands of which customers are informed (CommandOptions.done_text). No sentence of the house names a rule, a reason, an authority,
// a person, an id or a field.
//
// `agent_lines` are at most five lines: the verdict; the reason; the values that were read; who can approve, or did; the values that
// would change it. All is in words: "45.00 EUR", "30 days", "2024-05-15 12:00 UTC", "delivered". Words of the company are said by
// the texts of its vocabulary. A condition without plain words is left out.
//
// `text` is for auditors, and holds everything: refusals, events, effects, and of the decision each rule that it shows, with tags,
// owner and documentation from the pack, and the outputs.
//
// These values are known when the outcome shows its rules with their conditions, as by Decide() with
// rules::TraceLevel::kFull, or of a desk with that DeskOptions::trace.
//
// `policy` is the policy that decided. Null: texts and words of the pack are not known. An outcome of Approve is that of the held
// command, which only the journal knows: Reader::Explain says more about it.
v1::Explanation Explain(const v1::Command& command, const v1::Outcome& outcome,
                        const Policy* policy);

// The knowledge that a record lacks. A plain struct.
struct ExplainContext {
  // The policy that decided. Null: texts and words of the pack are not known.
  const Policy* policy = nullptr;
  // For a record after an approval, or of Decline: the record of the command that was held, whose id is the approval's. Null: who asked
  // is not known.
  const v1::JournalRecord* request = nullptr;
  // The input of the decision, whose totals the text for auditors lists with their counts and sums. Null: not known.
  const v1::DecisionInput* input = nullptr;
};

// The same for a journal record and the events that it caused, as far as these show it. The context is used during the call
// only.
v1::Explanation ExplainRecord(const v1::JournalRecord& record, const std::vector<v1::Event>& events,
                              const ExplainContext& context = {});

// An event in a few words for people, on one line without an end: the entity, and the text in the options of the event's message
// (frontdesk/v1/command_options.proto). For a late entry, also the instant at which the event occurred. No personal data.
std::string EventText(const v1::Event& event);

// The same of an effect: the text in the options of its message.
std::string EffectText(const v1::Effect& effect);

}  // namespace frontdesk

#endif  // FRONTDESK_DECIDE_EXPLAIN_H_
