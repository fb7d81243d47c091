// A company's policy, read from data and compiled: what each command may do, and who may approve
// held commands.
//
//   frontdesk::PolicyResult result = frontdesk::Policy::FromText(R"(
//     name: "shop" version: "1"
//     rule_sets {
//       id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
//       rules {
//         id: "placed_only" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NOT_PLACED"
//         condition: "order.state != Order.State.STATE_PLACED"
//       }
//     })", "shop.textproto");
//   for (const frontdesk::v1::Issue& issue : result.issues) std::puts(issue.text().c_str());
//   if (result.policy == nullptr) return;  // some issue is an error
//
// The variables of a rule are the fields of the decision input of the commands it decides
// (OrderDecisionInput for CancelOrder). Names of messages and enums are those of the package
// frontdesk.v1. Custom attributes (`customer.attributes`, `case.attributes`) are read by
// name:
//   .text('segment')  .number('visits')  .flag('vip')  .time('since')  .money('spent')
//   .hasAttribute('segment')
// An attribute that is absent, or of another type, reads as "", 0, false, 1970-01-01T00:00:00Z, or an
// amount of 0 without a currency. A name that is written out has to be defined in the pack.
//
// Totals of the pack (frontdesk/v1/total.proto) are read by name, which is written out:
//   totals.given('refunds_30d')        totals.asked('refunds_30d')        the sum, in the currency of the command's amount
//   totals.given('refunds_30d', 'EUR') totals.asked('refunds_30d', 'EUR') the sum in that currency
//   totals.given_count('refunds_30d')  totals.asked_count('refunds_30d')  the number of commands
//   totals.has_total('refunds_30d')    whether the command has what the total counts by, such as a customer
// A total never counts the command that is decided. One that the input lacks is an error of the rule, which refuses.
#ifndef FRONTDESK_POLICY_POLICY_H_
#define FRONTDESK_POLICY_POLICY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/calendar/zone.h"
#include "frontdesk/cel/budget.h"
#include "frontdesk/cel/function.h"
#include "frontdesk/cel/limits.h"
#include "frontdesk/cel/time_zone.h"
#include "frontdesk/policy/service_levels.h"
#include "frontdesk/policy/total.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/error.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {

namespace domain {
struct CommandInfo;
}  // namespace domain

class Policy;

// How a policy is compiled, and how much of it is accepted. A plain struct.
struct PolicyOptions {
  // Most rule sets in a pack. Beyond: issue POLICY_LIMIT_RULE_SETS.
  int max_rule_sets = 1'000;
  // Most definitions of custom attributes in a pack. Beyond: issue POLICY_LIMIT_ATTRIBUTES.
  int max_attribute_definitions = 1'000;
  // Most chains of escalation and steps of them, together, in a pack. Beyond: issue
  // POLICY_LIMIT_ESCALATION_STEPS.
  int max_escalation_steps = 1'000;
  // Most remedies in a pack: ranking them decides ResolveCase once for each. Beyond: issue
  // POLICY_LIMIT_REMEDIES.
  int max_remedies = 100;
  // Most words in the vocabulary of a pack, over all its lists. Beyond: issue POLICY_LIMIT_VOCABULARY.
  int max_vocabulary_words = 10'000;
  // Most totals in a pack. Beyond: issue POLICY_LIMIT_TOTALS.
  int max_totals = 100;
  // Most lists that one total of one customer is made from: its commands times its reasons. Beyond: issue POLICY_LIMIT_TOTAL_LISTS.
  int max_total_lists = 100;
  // Limits of each rule set, of each expression, and of the text of the pack; each one's own
  // comment describes the consequence of exceeding it.
  rules::RuleLimits rule_limits;
  cel::Limits expression_limits;
  rules::TextLimits text_limits;
  // Functions that rules may call beside the language's own: name and signature.
  std::vector<std::pair<std::string, cel::FunctionOverload>> functions;
  // Where rules look up time zones. Null: the system's data base.
  cel::TimeZoneSource time_zones;
  // Where calendars look up time zones. Null: the files of the system.
  calendar::ZoneSource zones;
  // The limits of the calendars of a pack. Beyond: issue CALENDAR_TOO_LARGE.
  calendar::CalendarLimits calendar_limits;
  // Most targets and levels in a pack, together. Beyond: issue POLICY_LIMIT_SERVICE_TARGETS.
  int max_service_targets = 10'000;
  // Most milestones in a pack. Beyond: issue POLICY_LIMIT_MILESTONES.
  int max_milestones = 100;
};

// The result of compiling. A plain struct.
struct PolicyResult {
  // Null exactly when `issues` holds an error.
  std::shared_ptr<const Policy> policy;
  // All errors and warnings, in the order of the text.
  std::vector<v1::Issue> issues;
  // The rules that the checks have no answer about, of all sets (rules::CompileResult::notes).
  std::vector<v1::Issue> notes;

  // OK when there is a policy; else INVALID_ARGUMENT, reason POLICY_INVALID, whose ErrorDetail
  // carries the issues and whose text names the first error with its place: rules::IssuesToStatus.
  absl::Status status() const;
};

// A rule that holds a command. A plain struct.
struct PolicyHold {
  std::string rule_id;
  std::string authority;
  std::string reason;
  std::string text;
  // The fields of the input that it reads: rules::RuleSet::FieldsReadBy().
  std::vector<std::string> reads;
};

// The rules that hold a command, and the decision of policy once all of them are approved. A plain struct.
struct PolicyHolds {
  // In the order in which they are asked for an approval.
  std::vector<PolicyHold> holds;
  // The decision when all of these are approved.
  v1::Decision decision;
};

// A compiled policy pack. Immutable, and therefore used from many threads at once.
class Policy {
 public:
  // Compiles a pack that was built in memory; positions are field paths
  // ("rule_sets[0].rules[2].condition"). Issues, all reported at once: those of each rule set
  // (rules/rule_set.h), and those of the pack as a whole, by field
  //   (any)                POLICY_TEXT_ENCODING: not UTF-8; then nothing else is looked at
  //   rule_sets            POLICY_LIMIT_RULE_SETS; then nothing else is looked at
  //   rule_sets[].id       POLICY_RULE_SET_ID_DUPLICATE
  //   rule_sets[].decision_points
  //                        POLICY_DECISION_POINT_UNKNOWN: no command, or one that policy does not
  //                        decide (Approve, Decline); POLICY_DECISION_POINT_DUPLICATE: it is in an
  //                        earlier rule set; POLICY_DECISION_POINTS_MIXED: the commands do not
  //                        share a decision input
  //   (any)                POLICY_VERBS_UNDECIDED (warning): the pack has no errors, and no set decides some commands
  //   rule_sets[].rules[].outcome
  //                        POLICY_HOLD_NOT_POSSIBLE: a HOLD where ReopenOnMessage is decided, which
  //                        nobody can approve
  //   rule_sets[].rules[].outputs[].expression, rule_sets[].default_outputs[].expression
  //                        POLICY_OUTPUT_TYPE: a command of the set fills a field of another type by the output
  //   rule_sets[].rules[].outputs[].name, rule_sets[].default_outputs[].name
  //                        POLICY_OUTPUT_UNKNOWN (warning): no command of the set knows the output, and one of a near name is known
  //   identity_requirements
  //                        Of each: POLICY_IDENTITY_LEVEL: less than 1; POLICY_DECISION_POINT_UNKNOWN;
  //                        POLICY_DECISION_POINT_DUPLICATE: an earlier requirement names it;
  //                        POLICY_IDENTITY_LEVEL_CREATES: the command begins a customer
  //   variables            Those of rules/variables.h
  //   conditions, details, outputs, variables
  //                        POLICY_ATTRIBUTE_UNKNOWN, POLICY_ATTRIBUTE_TYPE: a custom attribute is read
  //                        that is not defined, or with the function of another type; POLICY_ATTRIBUTE_VALUE: it is
  //                        compared with a text that is none of its possible values
  //                        POLICY_COMMAND_ARM, POLICY_ENTITY_ABSENT; warnings: POLICY_FIELDS_EXCLUSIVE, POLICY_MONEY_UNITS,
  //                        POLICY_WORD_ORDER
  //                        POLICY_MONEY_CURRENCIES, POLICY_CURRENCY_UNKNOWN
  //                        POLICY_WORD_UNKNOWN: a word is compared with a field of the option (frontdesk.v1.vocabulary), and its
  //                        list has words, but not this one
  //                        POLICY_LIST_IN_ROWS: a list of a state is read whose elements are rows (see
  //                        frontdesk/v1/row_lists.proto); the text names the fields to read instead
  //                        POLICY_FIELD_HIDDEN: a field with the option (frontdesk.v1.hidden_from_rules) is read
  //   rule_sets[].rules[].customer_text, reason_texts[]
  //                        POLICY_TEXT_PLACEHOLDER: no detail or output of the rule has this name
  //   reason_texts[]       POLICY_REASON_TEXT_MISSING, POLICY_REASON_TEXT_DUPLICATE; POLICY_REASON_TEXT_UNKNOWN (warning)
  //   vocabulary           POLICY_LIMIT_VOCABULARY; then nothing else is looked at. Of each word: POLICY_WORD_NAME_EMPTY,
  //                        POLICY_WORD_DUPLICATE
  //   rule_sets[].rules[].authority, cases.escalation_chains, outputs
  //                        POLICY_WORD_UNKNOWN: an authority, a queue, or a text of an output that fills a field of words, that the
  //                        vocabulary lacks
  //   totals               POLICY_LIMIT_TOTALS; then nothing else is looked at. Of each: POLICY_TOTAL_NAME, POLICY_TOTAL_DUPLICATE;
  //                        POLICY_TOTAL_COMMAND: no command, or one without an amount and a reason; POLICY_TOTAL_PER: what the
  //                        commands cannot have in common; POLICY_TOTAL_REASON: a command never gives it, or the vocabulary lacks
  //                        it; POLICY_LIMIT_TOTAL_LISTS; POLICY_TOTAL_WINDOW: not more than 0, or no unit;
  //                        POLICY_TOTAL_TIME_ZONE: not known, or without a unit of the calendar; POLICY_TOTAL_UNREAD (warning)
  //   conditions, details, outputs, variables
  //                        POLICY_TOTAL_UNKNOWN: the pack has no such total; POLICY_TOTAL_READ: a total is read in another way than by
  //                        its name; POLICY_TOTAL_AMOUNT: a sum is read of commands without an amount; POLICY_TOTAL_CURRENCY: none
  //                        of ISO 4217, or none is named where the command has no amount; POLICY_TOTAL_NEVER: the command never
  //                        has what the total counts by; POLICY_TOTAL_ABSENT (warning): it may not have that
  //   approvals.expire_after  POLICY_APPROVAL_EXPIRY_RANGE
  //   approvals.tolerance  POLICY_APPROVAL_TOLERANCE
  //   approvals.calendar_id
  //                        POLICY_APPROVAL_CALENDAR; POLICY_CALENDAR_UNKNOWN, POLICY_CALENDAR_NEVER_OPENS
  //   approvals.expire_after_basis, cases.reopen_window_basis, cases.escalation_chains[].steps[].time_out_basis
  //                        POLICY_TIME_BASIS
  //   default_region_code  POLICY_REGION_MALFORMED: not two upper-case letters
  //   cases.priority_matrix
  //                        POLICY_PRIORITY_CELL_RANGE: a number less than 1;
  //                        POLICY_PRIORITY_CELL_DUPLICATE: the pair is in an earlier cell
  //   cases.state_names    POLICY_STATE_NAME_EMPTY; POLICY_STATE_NAME_DUPLICATE;
  //                        POLICY_STATE_NAME_STATE: no state, or MERGED
  //   cases.escalation_chains
  //                        POLICY_LIMIT_ESCALATION_STEPS; then nothing else is looked at. Of each:
  //                        POLICY_ESCALATION_NAME_EMPTY, POLICY_ESCALATION_NAME_DUPLICATE,
  //                        POLICY_ESCALATION_BASIS, POLICY_ESCALATION_STEPS_MISSING,
  //                        POLICY_ESCALATION_QUEUE_EMPTY, POLICY_ESCALATION_QUEUE_DUPLICATE,
  //                        POLICY_ESCALATION_TIME_OUT_RANGE
  //   cases.remedies       POLICY_LIMIT_REMEDIES; then nothing else is looked at. Of each:
  //                        POLICY_REMEDY_NAME_EMPTY, POLICY_REMEDY_NAME_DUPLICATE,
  //                        POLICY_REMEDY_CODE_EMPTY, POLICY_REMEDY_AMOUNT, POLICY_REMEDY_KIND
  //   unique_external_ids  POLICY_UNIQUE_IDS_KIND: not CASE, INTERACTION or ORDER, or parts of orders;
  //                        POLICY_UNIQUE_IDS_DUPLICATE: an answer that is not known; POLICY_UNIQUE_IDS_SYSTEM: empty, or no
  //                        id; POLICY_UNIQUE_IDS_OVERLAP: an earlier entry is for the same ids
  //   cases.reopen_window  POLICY_REOPEN_WINDOW_RANGE: negative, or no valid Duration
  //   attribute_definitions
  //                        POLICY_LIMIT_ATTRIBUTES; then nothing else is looked at. Of each:
  //                        POLICY_ATTRIBUTE_KIND, POLICY_ATTRIBUTE_NAME, POLICY_ATTRIBUTE_DUPLICATE,
  //                        POLICY_ATTRIBUTE_TYPE_MISSING, POLICY_ATTRIBUTE_ALLOWED_VALUES
  //   calendars            CALENDAR_TOO_LARGE, CALENDAR_ZONE_INVALID, errors of the source of zones; those of calendar/reasons.h, by field
  //   service_levels       POLICY_LIMIT_SERVICE_TARGETS; then nothing else is looked at. Of each: POLICY_SERVICE_LEVEL_ID_MISSING,
  //                        POLICY_SERVICE_LEVEL_ID_DUPLICATE; POLICY_SERVICE_LEVEL_UNREACHED (warning): an earlier one is for all cases
  //   service_levels[].calendar_id, service_levels[].targets[].calendar_id
  //                        POLICY_CALENDAR_UNKNOWN; POLICY_CALENDAR_NEVER_OPENS; POLICY_SERVICE_CALENDAR_EXCLUDED: the target counts
  //                        all time
  //   service_levels[].targets[]
  //                        POLICY_SERVICE_TARGET_ID_MISSING, POLICY_SERVICE_TARGET_ID_DUPLICATE, POLICY_SERVICE_METRIC,
  //                        POLICY_SERVICE_MILESTONE, POLICY_SERVICE_PRIORITY; POLICY_SERVICE_TARGET_UNREACHED (warning): earlier ones
  //                        cover its priorities; POLICY_SERVICE_TIME: both or neither of duration and business days;
  //                        POLICY_SERVICE_TIME_RANGE; POLICY_SERVICE_BUSINESS_DAYS: without a calendar, with pausing states or
  //                        counts_all_time; POLICY_SERVICE_PAUSING_STATE, POLICY_SERVICE_WARNING, POLICY_SERVICE_CHANGE_MODE
  //   milestones           POLICY_LIMIT_MILESTONES; then nothing else is looked at. Of each: POLICY_MILESTONE_NAME,
  //                        POLICY_MILESTONE_DUPLICATE, POLICY_MILESTONE_START, POLICY_MILESTONE_END, POLICY_MILESTONE_UNKNOWN,
  //                        POLICY_MILESTONE_CYCLE, POLICY_MILESTONE_RECURRENCE, POLICY_SERVICE_PAUSING_STATE
  //   service_levels[].condition, service_levels[].targets[].end_condition, milestones[].start_condition, milestones[].end_condition
  //                        Those of conditions of rules, except the ones about commands; POLICY_ENTITY_ABSENT: a level reads `event`;
  //                        POLICY_SERVICE_LEVEL_UNREACHED (warning): earlier levels apply whenever the condition holds
  // Takes time linear in the texts. A pack without any field is no issue; its policy refuses every command.
  static PolicyResult Compile(const v1::PolicyPack& pack, const PolicyOptions& options = {});

  // Reads protobuf text format, and compiles. Issues carry `file` as given, line and column of the
  // field, and the place inside the expression. Issues besides: those of rules::ParsePolicyText, and POLICY_TEXT_EMPTY when the
  // text sets no field, as that of a file that was not read. With an error among them nothing is compiled.
  static PolicyResult FromText(absl::string_view text, absl::string_view file,
                               const PolicyOptions& options = {});

  // Reads the protobuf JSON mapping, and compiles. Issues besides: those of rules::ParsePolicyJson, and POLICY_TEXT_EMPTY.
  static PolicyResult FromJson(absl::string_view json, absl::string_view file,
                               const PolicyOptions& options = {});

  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;
  ~Policy();

  // The pack as it was compiled.
  const v1::PolicyPack& pack() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // The options that it was compiled with.
  const PolicyOptions& options() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // The pack and the functions of the options, as a store keeps them.
  v1::KeptPolicy kept() const;

  // SHA-256 of the pack's canonical bytes, followed by those of the functions, if there are any: 32 bytes.
  const std::string& hash() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // Whether the source of time zones of the options (the system's data base if there is none) has
  // the zone of that IANA name. False for a text that has not the form of one
  // (base/time_zone_name.h), about which the source is not asked.
  bool KnowsTimeZone(absl::string_view name) const;

  // Asks the policy about `input`. Its arm is the one that decisions of its command read, the
  // command's name is the decision point, and `now` selects the rules in effect. A HOLD for one of
  // `granted_authorities` is satisfied, and so is one of a rule with an authority that the approval in `input` grants
  // (Approval.grants, in state APPROVED). A command that no rule set names is decided by the set of
  // "*"; without one it is refused, POLICY_NO_RULE. `trace` says whether the decision shows every rule, or
  // only those that decided.
  //
  // Errors, in this order:
  //   - INVALID_ARGUMENT DECISION_INPUT_MISMATCH when no command is set, when policy does not
  //     decide it, or when the arm is that of another command;
  //   - INVALID_ARGUMENT COMMAND_MALFORMED when `now` is no valid time.
  //
  // `budget` is what several decisions may cost together, as rules::DecideOptions has it; null: each has its own limit only.
  // `as_of` is the instant whose rules are asked, as rules::DecideOptions has it; absent: `now`.
  absl::StatusOr<v1::Decision> Decide(const v1::DecisionInput& input,
                                      absl::Span<const std::string> granted_authorities = {},
                                      cel::Budget* budget = nullptr,
                                      rules::TraceLevel trace = rules::TraceLevel::kFull,
                                      absl::optional<absl::Time> as_of = absl::nullopt) const;

  // The rules that hold the command in `input`, in whatever order they come to decide: each as if those before it were approved. At most
  // `max_holds`; with more of them `decision` is HOLD for the next one. The approval in `input` does not count. Errors, and the other
  // arguments, as of Decide(). Costs as many decisions as rules hold, and one more; their traces show only the rules that decided.
  absl::StatusOr<PolicyHolds> FindHolds(const v1::DecisionInput& input, int max_holds,
                                        cel::Budget* budget = nullptr,
                                        absl::optional<absl::Time> as_of = absl::nullopt) const;

  // Whether the rules that decide the command, or the default of their set, compute an output of that name, or any that the command
  // knows. Whether one is computed is known when the command is decided.
  bool Computes(const domain::CommandInfo& command, absl::string_view output) const;
  bool Computes(const domain::CommandInfo& command) const;

  // The answer to a command that would give a second entity of that kind (`of_parts`: a second part of such entities) an id of that
  // system: REFUSE or EXISTING. Nothing: there may be several.
  absl::optional<v1::UniqueExternalId::Duplicate> FindUniqueId(v1::EntityKind kind, bool of_parts,
                                                               const std::string& system) const;

  // The calendars, service levels and milestones of the pack.
  const ServiceLevels& service_levels() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // The totals of the pack, in its order.
  absl::Span<const PolicyTotal> totals() const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // The total of that name; null when the pack has none.
  const PolicyTotal* FindTotal(absl::string_view name) const ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // The totals that rules which decide the command read, in the order of the pack; of AddCasePart also those of "ReopenOnMessage".
  absl::Span<const PolicyTotal* const> TotalsOf(const domain::CommandInfo& command) const
      ABSL_ATTRIBUTE_LIFETIME_BOUND;

  // Asks whether the message that the AddCasePart in `input` adds reopens its case, or ends its
  // waiting for the customer: the decision point "ReopenOnMessage". ALLOW: it does. Nothing when no
  // rule set names that point ("*" does not include it): then it does not. Errors: as of Decide().
  absl::StatusOr<absl::optional<v1::Decision>> DecideReopenOnMessage(
      const v1::DecisionInput& input, cel::Budget* budget = nullptr,
      rules::TraceLevel trace = rules::TraceLevel::kFull,
      absl::optional<absl::Time> as_of = absl::nullopt) const;

 private:
  struct Compiled;
  friend class PolicyCompiler;
  // Decides with `granted_rules` in place of the grants of the approval in `input`.
  absl::StatusOr<v1::Decision> DecideGranted(const v1::DecisionInput& input,
                                             absl::Span<const std::string> granted_authorities,
                                             std::vector<rules::RuleGrant> granted_rules,
                                             cel::Budget* budget, rules::TraceLevel trace,
                                             absl::optional<absl::Time> as_of) const;
  // The rule set that decides the command; null: none does.
  const rules::RuleSet* RuleSetOf(const domain::CommandInfo& command) const;
  explicit Policy(std::unique_ptr<const Compiled> compiled);

  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_POLICY_H_
