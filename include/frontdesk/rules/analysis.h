// Answers about the rules of a set that are true of every input: which conditions never or always hold, and which rules are
// never reached. Each answer that has an example comes with it, an input that the programs of the rules were run on.
//
//   const frontdesk::rules::Analysis analysis = frontdesk::rules::Analyze(*rule_set);
//   for (const frontdesk::rules::RuleAnalysis& rule : analysis.rules) {
//     if (rule.reach == frontdesk::rules::Reach::kNever) {
//       std::cout << rule.rule_id << ": an earlier rule decides when " << rule.witness_text << "\n";
//     }
//   }
#ifndef FRONTDESK_RULES_ANALYSIS_H_
#define FRONTDESK_RULES_ANALYSIS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace rules {

class RuleSet;

// Something that is true of every input that a set is asked about.
struct PresenceFact {
  std::string path;  // A message, or a field with presence: "order", "command.cancel_order".
  bool is_present = true;
};

struct AnalysisOptions {
  std::vector<PresenceFact> facts;
  // Steps of the analysis of one set: evaluations of a part of a condition. The rules that are left then are kNotDecided.
  int64_t max_steps = 4000000;
  // Steps for one question about one rule, or two; a question that needs more is kNotDecided.
  int64_t max_question_steps = 50000;
  // Whether pairs of rules with conflicting outcomes that match the same input are looked for under every hit policy. Under UNIQUE
  // and ANY, overlaps that violate the policy are looked for in any case.
  bool find_overlaps = false;
  // Overlaps that are listed. Beyond: Analysis::are_overlaps_complete is false.
  size_t max_overlaps = 1000;
  // Whether an input is looked for that no rule matches. It is in any case for a set without a default outcome.
  bool find_gap = false;
};

// Whether a condition holds.
enum class ConditionVerdict : uint8_t {
  kNotDecided,
  kNever,      // For no input.
  kSometimes,  // RuleAnalysis::holds is an input for which it does.
  kAlways,     // For every input.
};

// Whether a rule can be the one that decides.
enum class Reach : uint8_t {
  kNotDecided,
  kReached,  // RuleAnalysis::reached is an input that it decides.
  // Whenever its condition holds and it is in effect, an earlier rule has decided. Not said of a condition that never holds, nor of a
  // rule that never counts.
  kNever,
};

struct RuleAnalysis {
  std::string rule_id;
  ConditionVerdict condition = ConditionVerdict::kNotDecided;
  Reach reach = Reach::kNotDecided;
  // For kSometimes and kAlways: an input for which the condition holds. Null: none was found.
  std::shared_ptr<const google::protobuf::Message> holds;
  // For kReached, an input that it decides, and an instant at which it does. Absent: at any instant.
  std::shared_ptr<const google::protobuf::Message> reached;
  absl::optional<absl::Time> reached_time;
  // For kNever: the earlier rules that together decide, by order number.
  std::vector<std::string> covering_rule_ids;
  // The earlier rule with the same condition, outcome, reason, authority and outputs; empty: none.
  std::string duplicate_of;
  // `reached`, or `holds` when that is null, in words: "order.state is Order.State.STATE_PLACED". Empty without either.
  std::string witness_text;
};

// Two rules that match the same input.
struct RuleOverlap {
  // By order number.
  std::string rule_id;
  std::string other_rule_id;
  // Whether it violates the hit policy: any overlap under UNIQUE, one with different results under ANY.
  bool is_violation = false;
  // The parts of their results that differ: "outcome", "reason", "authority", or the name of an output as "output NAME".
  std::vector<std::string> differences;
  // An input that both match, an instant at which they do (absent: at any instant), and the input in words.
  std::shared_ptr<const google::protobuf::Message> input;
  absl::optional<absl::Time> time;
  std::string witness_text;
};

// Whether there is an input that no rule matches, and for which no rule errs.
enum class GapVerdict : uint8_t {
  kNotAsked,
  kNotDecided,
  kNone,   // At every instant, every input has a rule that matches or errs.
  kFound,  // Analysis::gap is one.
};

struct Analysis {
  // By order number.
  std::vector<RuleAnalysis> rules;
  // By the order numbers of the second rules, then of the first.
  std::vector<RuleOverlap> overlaps;
  // Whether every pair of rules was looked at: max_overlaps and max_steps were enough.
  bool are_overlaps_complete = true;
  // Pairs of which it is not decided whether they overlap, or differ.
  int64_t undecided_overlaps = 0;
  GapVerdict gap_verdict = GapVerdict::kNotAsked;
  // For kFound: the input, an instant at which no rule matches (absent: at any instant), and the input in words (empty: nothing is set).
  std::shared_ptr<const google::protobuf::Message> gap;
  absl::optional<absl::Time> gap_time;
  std::string gap_text;
  // False when AnalysisOptions::max_steps were spent before the end.
  bool is_complete = true;
};

// Decides about any combination of
//   - comparisons of fields with constants: numbers, times, spans, texts and their prefixes, enums, booleans, messages with an order
//     (CompileOptions::ordered_messages), and sets of these;
//   - the presence of fields, sizes of lists, and constants as elements of them.
// Everything else is one unknown each, with which an answer is possible where the rest is enough. An enum counts as one of its declared values, and times and spans as valid ones; limits
// of cost are not counted. Rules count when they and their groups are in effect; one that is disabled decides in place of none, and
// only its condition is looked at. A variable is one unknown. A rule that errs decides, as in RuleSet::Decide. A HOLD does not, since rules behind it count once it is
// approved. Reach under PRIORITY is by the order of outputs, where all of these are constants. Otherwise, and under the hit policies
// other than FIRST, every rule whose condition can hold is reached.
//
// Two rules are compared only where no field excludes that both match: sets of constants, and ranges. Each overlap and each gap was
// shown by running the rules on its input.
//
// Costs at most AnalysisOptions::max_steps.
Analysis Analyze(const RuleSet& rule_set, const AnalysisOptions& options = {});

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ANALYSIS_H_
