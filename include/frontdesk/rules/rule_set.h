// A rule set: rules over one kind of input message, compiled once and asked many times.
//
//   frontdesk::v1::RuleSet source;  // From a file: see frontdesk/rules/text.h.
//   source.set_id("canceling");
//   frontdesk::v1::Rule* rule = source.add_rules();
//   rule->set_id("delivered");
//   rule->set_order(10);
//   rule->set_condition("order.state == Order.State.STATE_DELIVERED");
//   rule->set_outcome(frontdesk::v1::POLICY_OUTCOME_REFUSE);
//   rule->set_reason("ORDER_DELIVERED");
//   source.set_default_outcome(frontdesk::v1::POLICY_OUTCOME_ALLOW);
//   frontdesk::rules::CompileResult compiled = frontdesk::rules::RuleSet::Compile(
//       source, frontdesk::v1::OrderDecisionInput::descriptor());
//   if (!compiled.ok()) return frontdesk::rules::IssuesToStatus(compiled.issues);
//   frontdesk::v1::OrderDecisionInput input;
//   absl::StatusOr<frontdesk::v1::Decision> decision = compiled.rule_set->Decide(input);
//
// The fields of the input message are the variables of the rules; the names of its package need no prefix. Rules,
// hit policies, holds and traces are described in frontdesk/v1/policy.proto and frontdesk/v1/decision.proto.
#ifndef FRONTDESK_RULES_RULE_SET_H_
#define FRONTDESK_RULES_RULE_SET_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/cel/accessor_table.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/budget.h"
#include "frontdesk/cel/function.h"
#include "frontdesk/cel/limits.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/cel/time_zone.h"
#include "frontdesk/rules/analysis.h"
#include "frontdesk/rules/data_class.h"
#include "frontdesk/rules/source_map.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/error.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace cel {
class Environment;
}  // namespace cel

namespace rules {

class RuleSet;
class VariableTable;     // frontdesk/rules/variables.h
struct CompiledRuleSet;  // Private: what a RuleSet holds.

// Limits of a rule set. A set beyond one of the first group is refused with an issue; what is beyond one of the second is
// left out of the trace, with "..." in its place.
struct RuleLimits {
  // Rules of one set. Beyond: issue RULE_SET_LIMIT_RULES.
  int32_t max_rules = 20000;
  // Details of one rule. Beyond: issue RULE_LIMIT_DETAILS.
  int32_t max_details = 32;
  // Outputs of one rule, or of the defaults of a set. Beyond: issue RULE_LIMIT_OUTPUTS.
  int32_t max_outputs = 32;
  // Values in the order of one output. Beyond, and for more orders than max_outputs: issue RULE_SET_LIMIT_OUTPUT_ORDERS.
  int32_t max_output_values = 1000;
  // Groups of one set. Beyond: issue RULE_LIMIT_GROUPS.
  int32_t max_groups = 1000;
  // Variables of a pack. Beyond: issue RULE_LIMIT_VARIABLES.
  int32_t max_variables = 1000;
  // Variables that read each other, one in the other. Beyond: issue RULE_LIMIT_VARIABLE_DEPTH.
  int32_t max_variable_depth = 16;
  // Tags of one rule. Beyond: issue RULE_LIMIT_TAGS.
  int32_t max_tags = 32;
  // Bytes of an id, reason, authority, tag, owner or name. Beyond: issue RULE_LIMIT_NAME_BYTES.
  int32_t max_name_bytes = 256;
  // Bytes of a text or documentation. Beyond: issue RULE_LIMIT_TEXT_BYTES.
  int32_t max_text_bytes = 4096;
  // Issues reported for one set; the rest is dropped after one note, POLICY_LIMIT_ISSUES.
  int32_t max_issues = 100;
  // Steps of looking for conditions that never hold, rules that are never reached and so on (frontdesk/rules/analysis.h). Beyond:
  // issue RULE_LIMIT_ANALYSIS, a warning. 0: nothing is looked for.
  int64_t max_analysis_steps = 2000000;

  // Cost units (see cel::Limits::max_cost) of one decision: the conditions, details, outputs and variables of all its rules
  // together.
  // A rule that wants more errs with CEL_LIMIT_BUDGET, and so do those after it. Writing the trace may take twice as much.
  int64_t max_decision_cost = 20000000;
  // Bytes of an output that is a text. One that is longer errs.
  size_t max_output_bytes = 4096;
  // Bytes of all conjuncts in the trace of one decision, with their reads. When they are reached, the results of the other
  // rules are written without conjuncts.
  size_t max_trace_bytes = 1 << 20;
  // Conjuncts of one rule in a trace.
  size_t max_traced_conjuncts = 64;
  // Bytes of a conjunct's text in a trace.
  size_t max_conjunct_bytes = 1000;
  // Values read by one conjunct in a trace.
  size_t max_reads = 16;
  // Bytes of the path, and of the value, of one value read.
  size_t max_value_bytes = 200;
  // Bytes of one detail's value.
  size_t max_detail_bytes = 1000;
  // Bytes of a counterfactual; a longer one cannot be said briefly and is left empty.
  size_t max_counterfactual_bytes = 240;
};

// An issue that the caller's own check finds in an expression.
struct ExpressionFinding {
  cel::Expr expr;      // Where.
  std::string reason;  // UPPER_SNAKE.
  std::string text;    // For people.
  v1::Issue::Severity severity = v1::Issue::SEVERITY_ERROR;
};

// The meaning of a field that is not set, for traces: "the desk does not know this customer". "" where there is no more to say.
using AbsenceText = std::function<std::string(const google::protobuf::FieldDescriptor& field)>;

// Looks at each condition, detail and output that compiled.
using ExpressionCheck = std::function<std::vector<ExpressionFinding>(const cel::Expr& root)>;

// A field of the input that is absent for some of the inputs that a set is asked about.
struct OptionalField {
  std::string path;  // A message: "customer".
  std::string
      advice;  // When it is absent, the beginning of a sentence: "the desk may not know the customer".
};

// A function whose value is a default where there is nothing to read.
struct DefaultedFunction {
  std::string name;  // Of a member function of one argument: "number".
  std::string
      test;  // The member function that says of the same argument whether there is something: "hasAttribute".
};

// The caller's knowledge of the inputs that a set is asked about. Immutable once it is handed over.
struct InputFacts {
  std::vector<PresenceFact> presence;
  std::vector<OptionalField> optional;
  // Functions that define the meaning of an argument that is absent: "when_absent".
  std::vector<std::string> absence_functions;
  // Functions that are no test and define no meaning.
  std::vector<DefaultedFunction> defaulted_functions;
  // An input with everything that is always present, and no more. The parts of conditions that read an OptionalField, a time
  // that is not among `presence`, or something by a defaulted function, are run on it. One that holds or fails there without a
  // test of presence is an issue. Macros are also run with one empty element in their list. Null: nothing is run.
  std::shared_ptr<const google::protobuf::Message> typical;
};

// A message with an order that the operators of CompileOptions give it: by an int64 among messages of one kind. They fail for two kinds,
// and where a message has none. Two messages are equal when both fields are.
struct OrderedMessage {
  const google::protobuf::FieldDescriptor* number = nullptr;  // An int64: "units".
  const google::protobuf::FieldDescriptor* kind = nullptr;    // A string: "currency_code".
};

struct CompileOptions {
  // The name of the text that the rule set came from, for issues.
  std::string file;
  // The places of its fields in that text (frontdesk/rules/text.h); the default knows no places.
  SourceMap source;
  // The path of the rule set in that text, "rule_sets[0]" in a pack; empty when it is the whole text.
  std::string field_path;
  // For a set that is made from conditions elsewhere in the text: their paths, one a rule ("service_levels[2].condition"). Empty: a
  // condition is in its rule. The rest of such rules is valid.
  std::vector<std::string> condition_paths;
  // Scope of names in rules. Absent: the package of the input message.
  absl::optional<std::string> container;
  // Functions that rules may call beside the language's own: name and signature.
  std::vector<std::pair<std::string, cel::FunctionOverload>> functions;
  // Member functions that read a part of a field of the input by its name. A trace shows their calls, and sums of them, in place of the
  // field.
  std::set<std::string> reading_functions;
  // Operators on messages, and how values of these are written (cel::EnvironmentBuilder::AddOperator and AddLiteralHint).
  std::vector<std::pair<cel::Operator, cel::FunctionOverload>> operators;
  struct LiteralHint {
    const google::protobuf::Descriptor* message;
    std::string text;
    std::string example;
  };
  std::vector<LiteralHint> literal_hints;
  // For the analysis, which compares fields with constants of such messages. Their fields are these two.
  std::vector<OrderedMessage> ordered_messages;
  // Typed getters for the fields of generated messages; used while compiling only. Null: fields are read by reflection.
  const cel::AccessorTable* accessors = nullptr;
  // Time zones by IANA name. Null: UTC and fixed offsets only.
  cel::TimeZoneSource time_zones;
  // A check besides those of the language. Null: none.
  ExpressionCheck expression_check;
  // Facts about the input. Null: none.
  std::shared_ptr<const InputFacts> facts;
  // Whether a set with rules and without a default is an issue.
  bool default_expected = true;
  // The class of a field, for traces. Null: DataClassOf.
  DataClassSource data_class;
  // The words of traces about fields that are not set, beside that. Null: none.
  AbsenceText absence_text;
  RuleLimits limits;
  // Sets of at least that number of rules have an index of their conditions (frontdesk/cel/condition_index.h); fewer are asked one by one. The
  // answers are the same.
  int32_t min_indexed_rules = 48;
  // Sets of at least that number of rules keep no programs of the rules that the index answers. A trace compiles these again.
  int32_t min_compact_rules = 1000;
  // Limits of each expression; those of evaluation count for each conjunct and each detail by itself.
  cel::Limits expression_limits;
  // The variables that the rules can read as `variables.NAME`. Used while compiling only. Null: none.
  VariableTable* variables = nullptr;
  // The environments made so far, by input message: sets with the same input share one. For sets that are compiled one after the
  // other with the same container, functions, accessors, time zones and expression limits. Used while compiling only. Null: the set
  // makes its own.
  std::map<const google::protobuf::Descriptor*, std::shared_ptr<const cel::Environment>>*
      environments = nullptr;
};

struct CompileResult {
  // Null when there is an issue of severity ERROR. Where it reads variables, VariableTable::Finish() may have errors besides.
  std::shared_ptr<const RuleSet> rule_set;
  // Every error and every doubtful text, in the order of the text.
  std::vector<v1::Issue> issues;
  // The rules about which the analysis has no answer, without a severity: RULE_NOT_DECIDED, at the part that is the cause. No issues:
  // such a rule is not doubtful.
  std::vector<v1::Issue> notes;
  bool ok() const { return rule_set != nullptr; }
};

// How much of the rules a decision shows.
enum class TraceLevel {
  kFired,  // Decision.rules holds the rules that decided, without conjuncts. Evaluation stops once it is decided.
  kFull,   // Decision.rules holds every rule with its conjuncts.
};

// A HOLD rule that is approved: the rule of that id, while it asks for that authority. A plain struct.
struct RuleGrant {
  std::string rule_id;
  std::string authority;
};

struct DecideOptions {
  // Put into the decision; the verb.
  std::string decision_point;
  // When, for rules with effective times. Required if the set has_effective_times() and `as_of` is absent.
  absl::optional<absl::Time> now;
  // The instant whose rules are asked, where that is another one than `now`: rules and groups count by it. Nothing else changes;
  // conditions read the time that the input has. For "what would the rules of May say", and for commands that are decided late.
  absl::optional<absl::Time> as_of;
  // Authorities that have approved: HOLD rules that ask for one of them are satisfied.
  std::vector<std::string> granted_authorities;
  // HOLD rules that are approved one by one: these are satisfied too.
  std::vector<RuleGrant> granted_rules;
  TraceLevel trace = TraceLevel::kFull;
  // The cost that several decisions share, traces included; each lowers it by its own. Null: only
  // RuleLimits::max_decision_cost counts.
  cel::Budget* budget = nullptr;
};

// An output that the rules of a set compute. A plain struct.
struct OutputKind {
  std::string name;
  // The type of its values: a ValueCase of v1.OutputValue.
  int value_case = 0;
};

// The rules that hold for an input, by their numbers in RuleSet::source(), ascending. A plain struct; kept between questions, it
// keeps its memory.
struct RuleMatches {
  std::vector<int32_t> holding;
  std::vector<int32_t> erring;
};

// Immutable and thread-safe: one set is asked by any number of threads, which share nothing that is written.
class RuleSet {
 public:
  // Compiles `source` over messages of type `input`. All issues are reported at once; the rule set is null if one is an error.
  // `input` and its pool must outlive the rule set; it may be null for a set without rules. Issues by field, reasons in order of
  // precedence:
  //   id                RULE_SET_ID_MISSING, RULE_LIMIT_NAME_BYTES
  //   decision_points   RULE_SET_DECISION_POINT_EMPTY, RULE_SET_DECISION_POINT_DUPLICATE, RULE_SET_WILDCARD_RULES
  //   hit_policy        RULE_SET_HIT_POLICY_UNKNOWN, RULE_SET_OUTPUT_ORDER_MISSING; aggregator, aggregate_output: RULE_SET_AGGREGATOR_UNKNOWN, RULE_SET_AGGREGATOR_UNEXPECTED, RULE_SET_AGGREGATE_OUTPUT_MISSING, RULE_SET_AGGREGATE_TYPE; output_orders: RULE_SET_OUTPUT_ORDER_UNEXPECTED, _NAME, _EMPTY, _VALUE, _DUPLICATE, RULE_SET_LIMIT_OUTPUT_ORDERS
  //   default_outputs   as rules[].outputs; RULE_SET_AGGREGATE_DEFAULT; owner RULE_LIMIT_NAME_BYTES; documentation RULE_LIMIT_TEXT_BYTES
  //   default_outcome   RULE_SET_DEFAULT_UNKNOWN, RULE_SET_DEFAULT_HOLD; RULE_SET_EMPTY, RULE_SET_DEFAULT_MISSING (warnings)
  //   rules             RULE_SET_LIMIT_RULES, RULE_LIMIT_ANALYSIS, RULE_SET_GAP (warnings), RULE_SET_INPUT_MISSING, RULE_SET_ENVIRONMENT (a function that the language
  //                     does not take)
  //   rules[].id        RULE_ID_MISSING, RULE_LIMIT_NAME_BYTES, RULE_ID_DUPLICATE
  //   rules[].order     RULE_ORDER_DUPLICATE
  //   rules[].condition RULE_CONDITION_MISSING, RULE_CONDITION_NOT_BOOL, or the language's own codes with the prefix CEL_
  //                     Enums: RULE_ENUM_TYPE; RULE_ENUM_NUMBER (warning); null: RULE_NULL_COMPARED (warning). Warnings about absence: RULE_ABSENT_READ,
  //                     RULE_INDEX_UNCHECKED. Warnings of a set without errors, from Analyze(): RULE_CONDITION_NEVER,
  //                     RULE_CONDITION_ALWAYS, RULE_CONDITION_PART, RULE_NEVER_REACHED, RULE_DUPLICATE, RULE_OVERLAP
  //   rules[].outcome   RULE_OUTCOME_MISSING, RULE_OUTCOME_UNKNOWN
  //   rules[].reason    RULE_REASON_MISSING, RULE_REASON_MALFORMED, RULE_LIMIT_NAME_BYTES
  //   rules[].owner     RULE_LIMIT_NAME_BYTES
  //   rules[].text, customer_text, documentation  RULE_LIMIT_TEXT_BYTES
  //   rules[].tags      RULE_LIMIT_TAGS, RULE_LIMIT_NAME_BYTES
  //   rules[].authority RULE_AUTHORITY_MISSING, RULE_AUTHORITY_UNEXPECTED, RULE_LIMIT_NAME_BYTES
  //   rules[].details   RULE_LIMIT_DETAILS; of each: RULE_DETAIL_NAME_MISSING, RULE_DETAIL_NAME_MALFORMED,
  //                     RULE_LIMIT_NAME_BYTES, RULE_DETAIL_NAME_DUPLICATE, RULE_DETAIL_EXPRESSION_MISSING, CEL_...
  //   rules[].outputs   RULE_LIMIT_OUTPUTS; of each: RULE_OUTPUT_NAME_MISSING, RULE_OUTPUT_NAME_MALFORMED,
  //                     RULE_OUTPUT_NAME_DUPLICATE, RULE_LIMIT_NAME_BYTES, RULE_OUTPUT_EXPRESSION_MISSING, CEL_...;
  //                     RULE_OUTPUT_TYPE, RULE_OUTPUT_TYPE_CONFLICT, RULE_OUTPUT_CLASS, RULE_OUTPUT_UNRANKED; RULE_OUTPUT_MISSING: the hit policy reads an output that the rule does not have
  //   conditions, details, outputs  RULE_VARIABLE_UNKNOWN, RULE_VARIABLE_TEST, RULE_VARIABLE_INPUT: see frontdesk/rules/variables.h; what `options.expression_check` finds
  //   rules[].effective_time, expire_time  RULE_EFFECTIVE_TIME_INVALID, RULE_EFFECTIVE_RANGE_REVERSED
  //   rules[].group_id  RULE_LIMIT_NAME_BYTES, RULE_GROUP_UNKNOWN, RULE_NEVER_IN_EFFECT (warning)
  //   groups            RULE_LIMIT_GROUPS; of each: RULE_GROUP_ID_MISSING, RULE_GROUP_ID_DUPLICATE, RULE_LIMIT_NAME_BYTES,
  //                     RULE_EFFECTIVE_TIME_INVALID, RULE_EFFECTIVE_RANGE_REVERSED, RULE_LIMIT_TEXT_BYTES
  // Takes time linear in the texts.
  static CompileResult Compile(const v1::RuleSet& source, const google::protobuf::Descriptor* input,
                               const CompileOptions& options = {});

  ~RuleSet();
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  const std::string& id() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  // SHA-256, 32 bytes, over the canonical bytes of source(): equal for sets that differ only in how they were written down.
  const std::string& hash() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  // The rule set with its rules by order number, its decision points sorted, and unset fields that have a default set to it.
  const v1::RuleSet& source() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  // The type of input; null for a set that was compiled without.
  const google::protobuf::Descriptor* input() const;
  // Whether a rule that is not disabled, or its group, has an effective time, so that decisions need `now` or `as_of`.
  bool has_effective_times() const;

  // The outputs of the rules and of the defaults, each once, by name.
  std::vector<OutputKind> output_kinds() const;

  // The fields of the input that the rule of this id reads by name, in its condition, details and outputs. They are read directly,
  // through variables, or of the elements of a list that a macro goes through. Paths, ascending, each once; "[]" is an
  // element of a list: "assessment.items[].quantity". A test by has() reads nothing. Empty when there is no such rule.
  std::vector<std::string> FieldsReadBy(absl::string_view rule_id) const;

  // Asks the rules about `input`. The answer is a value also when rules refuse or err (then it is refused). Errors, the
  // set unchanged: INVALID_ARGUMENT RULES_INPUT_MISMATCH (`input` is of another type than input()), INVALID_ARGUMENT
  // RULES_TIME_MISSING (`options.now` and `options.as_of` are absent and has_effective_times()).
  //
  // The hit policies are specified in rule.proto. Under FIRST and ALL, beyond it: a HOLD rule whose authority is granted is passed over (RESULT_APPROVED), so that later
  // rules still count; when no other rule decides, it allows. A rule that errs before one has decided (in a set that takes
  // all matches: any rule that errs) refuses and is among fired_rule_ids with RESULT_ERROR. So does a HOLD rule that is approved and
  // whose output errs, and a default output that errs (Decision.default_error). A conjunct that errs does not
  // matter when another one of its rule does not hold.
  //
  // A rule that reaches a limit of cost errs. A conjunct that a trace can no longer evaluate within its own limits has RESULT_ERROR
  // there; of a rule that has been evaluated the result stays.
  //
  // Costs the evaluation of the rules up to the one that decides; with a full trace, of all rules, slowly. The second
  // form keeps memory between decisions: one scratch a thread.
  absl::StatusOr<v1::Decision> Decide(const google::protobuf::Message& input,
                                      const DecideOptions& options = {}) const;
  absl::StatusOr<v1::Decision> Decide(const google::protobuf::Message& input,
                                      const DecideOptions& options, cel::Scratch& scratch) const;

  // Sets `matches` to the rules whose condition holds, and those whose condition errs, among the rules that are in effect. Conditions alone
  // count: hit policies, approvals, details and outputs have no part. Errors and costs as for Decide(), without a trace; a rule that
  // reaches the limit of cost errs.
  absl::Status FindMatches(const google::protobuf::Message& input, const DecideOptions& options,
                           cel::Scratch& scratch, RuleMatches* matches) const;

  // The number, in source(), of the first rule from `first` to before `last` whose condition holds; -1: none does. Conditions alone count, as
  // those of a set whose rules are always in effect. One that errs does not hold.
  // Errors: INVALID_ARGUMENT RULES_INPUT_MISMATCH; RESOURCE_EXHAUSTED RULES_BUDGET_EXHAUSTED when `budget` ends, or, without one,
  // RuleLimits::max_decision_cost. Costs the evaluation of the conditions up to that one.
  absl::StatusOr<int> FindMatch(const google::protobuf::Message& input, cel::Budget* budget,
                                cel::Scratch& scratch, int first, int last) const;

 private:
  friend class RuleSetCompiler;
  friend struct RuleSetAccess;
  explicit RuleSet(std::unique_ptr<const CompiledRuleSet> rep);
  std::unique_ptr<const CompiledRuleSet> rep_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_RULE_SET_H_
