// Reasons of rules/: rule sets and their texts. The type is in base/reason.h.
#ifndef FRONTDESK_RULES_REASONS_H_
#define FRONTDESK_RULES_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_RULES_REASONS(X) \
  X(kReasonPolicyInvalid, "POLICY_INVALID", kInvalidArgument, "A rule set or policy pack has errors; the issues say which and where.") \
  X(kReasonRulesInputMismatch, "RULES_INPUT_MISMATCH", kInvalidArgument, "A rule set was asked about a message of another type than it was compiled for.") \
  X(kReasonRulesTimeMissing, "RULES_TIME_MISSING", kInvalidArgument, "A rule set with effective times was asked without a time.") \
  X(kReasonRulesBudgetExhausted, "RULES_BUDGET_EXHAUSTED", kResourceExhausted, "Conditions cost more than is left of the budget that evaluations share.") \
  X(kReasonRulesReplayOptionsInvalid, "RULES_REPLAY_OPTIONS_INVALID", kInvalidArgument, "Inputs are replayed without their source or rules, or with a limit that is not valid.") \
  X(kReasonRulesReplayLimitDecisionPoints, "RULES_REPLAY_LIMIT_DECISION_POINTS", kResourceExhausted, "The inputs of a replay name more decision points than the limit.") \
  X(kReasonPolicyNoRule, "POLICY_NO_RULE", kOk, "No rule matched and there is no default, so the command is refused.") \
  X(kReasonPolicyError, "POLICY_ERROR", kOk, "A rule that counted could not be evaluated.") \
  X(kReasonPolicyDefault, "POLICY_DEFAULT", kOk, "No rule matched, and the rule set refuses by default.") \
  X(kReasonPolicyUniqueViolated, "POLICY_UNIQUE_VIOLATED", kOk, "Several rules matched, and the hit policy UNIQUE allows one.") \
  X(kReasonPolicyAnyViolated, "POLICY_ANY_VIOLATED", kOk, "Rules matched whose results differ, and the hit policy ANY allows equal ones.") \
  X(kReasonPolicyOutputUnranked, "POLICY_OUTPUT_UNRANKED", kOk, "A rule matched whose output has a value that is not listed in the order of that output.") \
  X(kReasonPolicyAggregateCurrency, "POLICY_AGGREGATE_CURRENCY", kOk, "The amounts of the rules that matched are in several currencies, and were to make one amount.") \
  X(kReasonPolicyAggregateOverflow, "POLICY_AGGREGATE_OVERFLOW", kOk, "The sum of the outputs of the rules that matched does not fit.") \
  X(kReasonPolicyLimitIssues, "POLICY_LIMIT_ISSUES", kOk, "There are more issues than are listed; fix the listed ones first.") \
  X(kReasonPolicyTextLimitBytes, "POLICY_TEXT_LIMIT_BYTES", kOk, "The text is longer than the limit.") \
  X(kReasonPolicyTextLimitNesting, "POLICY_TEXT_LIMIT_NESTING", kOk, "The text nests more messages than the limit.") \
  X(kReasonPolicyTextEncoding, "POLICY_TEXT_ENCODING", kOk, "The text, or a string in it, is not UTF-8.") \
  X(kReasonPolicyTextSyntax, "POLICY_TEXT_SYNTAX", kOk, "The text is not of its form: protobuf text format, or JSON.") \
  X(kReasonPolicyTextUnknownField, "POLICY_TEXT_UNKNOWN_FIELD", kOk, "The message has no field of this name.") \
  X(kReasonPolicyTextDuplicateField, "POLICY_TEXT_DUPLICATE_FIELD", kOk, "A field that is not repeated is set twice.") \
  X(kReasonPolicyTextValue, "POLICY_TEXT_VALUE", kOk, "The field cannot have this value.") \
  X(kReasonRuleSetEncoding, "RULE_SET_ENCODING", kOk, "A string of the rule set is not UTF-8.") \
  X(kReasonRuleSetIdMissing, "RULE_SET_ID_MISSING", kOk, "The rule set has no id.") \
  X(kReasonRuleSetDecisionPointEmpty, "RULE_SET_DECISION_POINT_EMPTY", kOk, "A decision point has no name.") \
  X(kReasonRuleSetDecisionPointDuplicate, "RULE_SET_DECISION_POINT_DUPLICATE", kOk, "A decision point is named twice.") \
  X(kReasonRuleSetWildcardRules, "RULE_SET_WILDCARD_RULES", kOk, "A rule set for every other command (*) has only a default: no rules, no outputs, no other decision point.") \
  X(kReasonRuleSetHitPolicyUnknown, "RULE_SET_HIT_POLICY_UNKNOWN", kOk, "The hit policy is not known.") \
  X(kReasonRuleSetDefaultUnknown, "RULE_SET_DEFAULT_UNKNOWN", kOk, "The default outcome is not known.") \
  X(kReasonRuleSetDefaultHold, "RULE_SET_DEFAULT_HOLD", kOk, "A default cannot hold: it names no authority that could approve.") \
  X(kReasonRuleSetEmpty, "RULE_SET_EMPTY", kOk, "The rule set has neither rules nor a default and refuses everything.") \
  X(kReasonRuleSetDefaultMissing, "RULE_SET_DEFAULT_MISSING", kOk, "The rule set has no default: what no rule matches is refused with POLICY_NO_RULE.") \
  X(kReasonRuleSetLimitRules, "RULE_SET_LIMIT_RULES", kOk, "The rule set has more rules than the limit.") \
  X(kReasonRuleSetInputMissing, "RULE_SET_INPUT_MISSING", kOk, "Rules were given without a type of input to read.") \
  X(kReasonRuleSetEnvironment, "RULE_SET_ENVIRONMENT", kOk, "The functions or names given to the rules do not fit the language.") \
  X(kReasonRuleSetAggregatorUnknown, "RULE_SET_AGGREGATOR_UNKNOWN", kOk, "The aggregator is not known.") \
  X(kReasonRuleSetAggregatorUnexpected, "RULE_SET_AGGREGATOR_UNEXPECTED", kOk, "A rule set without HIT_POLICY_COLLECT has an aggregator, or one without an aggregator names an output for it.") \
  X(kReasonRuleSetAggregateOutputMissing, "RULE_SET_AGGREGATE_OUTPUT_MISSING", kOk, "The aggregator has no output to read.") \
  X(kReasonRuleSetAggregateType, "RULE_SET_AGGREGATE_TYPE", kOk, "The aggregator cannot compute a value of outputs of that type.") \
  X(kReasonRuleSetAggregateDefault, "RULE_SET_AGGREGATE_DEFAULT", kOk, "A count has a default, which never counts: the count of no rules is 0.") \
  X(kReasonRuleSetOutputOrderMissing, "RULE_SET_OUTPUT_ORDER_MISSING", kOk, "The hit policy compares outputs, and no output has a declared order.") \
  X(kReasonRuleSetOutputOrderUnexpected, "RULE_SET_OUTPUT_ORDER_UNEXPECTED", kOk, "An output has a declared order, and the hit policy compares no outputs.") \
  X(kReasonRuleSetOutputOrderName, "RULE_SET_OUTPUT_ORDER_NAME", kOk, "The order of an output has no name of an output, or one that has an order before.") \
  X(kReasonRuleSetOutputOrderEmpty, "RULE_SET_OUTPUT_ORDER_EMPTY", kOk, "The order of an output lists no value.") \
  X(kReasonRuleSetOutputOrderValue, "RULE_SET_OUTPUT_ORDER_VALUE", kOk, "A value in the order of an output is no constant of the output's type.") \
  X(kReasonRuleSetOutputOrderDuplicate, "RULE_SET_OUTPUT_ORDER_DUPLICATE", kOk, "A value is listed twice in the order of an output.") \
  X(kReasonRuleSetLimitOutputOrders, "RULE_SET_LIMIT_OUTPUT_ORDERS", kOk, "The rule set has more orders of outputs, or an order more values, than the limit.") \
  X(kReasonRuleSetGap, "RULE_SET_GAP", kOk, "There is an input that no rule matches.") \
  X(kReasonRuleIdMissing, "RULE_ID_MISSING", kOk, "The rule has no id.") \
  X(kReasonRuleIdDuplicate, "RULE_ID_DUPLICATE", kOk, "Another rule of the set has this id.") \
  X(kReasonRuleOrderDuplicate, "RULE_ORDER_DUPLICATE", kOk, "Another rule of the set has this order number.") \
  X(kReasonRuleConditionMissing, "RULE_CONDITION_MISSING", kOk, "The rule has no condition; `true` always holds.") \
  X(kReasonRuleConditionNotBool, "RULE_CONDITION_NOT_BOOL", kOk, "The condition is not of type bool.") \
  X(kReasonRuleConditionNever, "RULE_CONDITION_NEVER", kOk, "The condition never holds.") \
  X(kReasonRuleConditionAlways, "RULE_CONDITION_ALWAYS", kOk, "The condition always holds.") \
  X(kReasonRuleConditionPart, "RULE_CONDITION_PART", kOk, "A part of the condition makes no difference: it never holds, or always.") \
  X(kReasonRuleNeverReached, "RULE_NEVER_REACHED", kOk, "Earlier rules decide whenever the condition of the rule holds.") \
  X(kReasonRuleDuplicate, "RULE_DUPLICATE", kOk, "An earlier rule has the same condition and result.") \
  X(kReasonRuleOverlap, "RULE_OVERLAP", kOk, "Another rule matches the same input, and the hit policy does not allow it, or their outcomes conflict.") \
  X(kReasonRuleAbsentRead, "RULE_ABSENT_READ", kOk, "A part of the condition is true because something is not there.") \
  X(kReasonRuleIndexUnchecked, "RULE_INDEX_UNCHECKED", kOk, "An element of a list is read that the list may not have.") \
  X(kReasonRuleEnumNumber, "RULE_ENUM_NUMBER", kOk, "An enum is compared with a number.") \
  X(kReasonRuleNullCompared, "RULE_NULL_COMPARED", kOk, "A message or an instant is compared with null.") \
  X(kReasonRuleEnumType, "RULE_ENUM_TYPE", kOk, "An enum is compared with a value of another enum.") \
  X(kReasonRuleLimitAnalysis, "RULE_LIMIT_ANALYSIS", kOk, "Analyzing the rules takes more steps than the limit.") \
  X(kReasonRuleOutcomeMissing, "RULE_OUTCOME_MISSING", kOk, "The rule has no outcome.") \
  X(kReasonRuleOutcomeUnknown, "RULE_OUTCOME_UNKNOWN", kOk, "The rule's outcome is not known.") \
  X(kReasonRuleReasonMissing, "RULE_REASON_MISSING", kOk, "A rule that refuses or holds has no reason.") \
  X(kReasonRuleReasonMalformed, "RULE_REASON_MALFORMED", kOk, "The reason is not UPPER_SNAKE.") \
  X(kReasonRuleAuthorityMissing, "RULE_AUTHORITY_MISSING", kOk, "A rule that holds names no authority.") \
  X(kReasonRuleAuthorityUnexpected, "RULE_AUTHORITY_UNEXPECTED", kOk, "A rule that does not hold names an authority.") \
  X(kReasonRuleDetailNameMissing, "RULE_DETAIL_NAME_MISSING", kOk, "The detail has no name.") \
  X(kReasonRuleDetailNameMalformed, "RULE_DETAIL_NAME_MALFORMED", kOk, "The detail's name is not lower_snake_case.") \
  X(kReasonRuleDetailNameDuplicate, "RULE_DETAIL_NAME_DUPLICATE", kOk, "Another detail of the rule has this name.") \
  X(kReasonRuleDetailExpressionMissing, "RULE_DETAIL_EXPRESSION_MISSING", kOk, "The detail has no expression.") \
  X(kReasonRuleOutputNameMissing, "RULE_OUTPUT_NAME_MISSING", kOk, "The output has no name.") \
  X(kReasonRuleOutputNameMalformed, "RULE_OUTPUT_NAME_MALFORMED", kOk, "The output's name is not lower_snake_case.") \
  X(kReasonRuleOutputNameDuplicate, "RULE_OUTPUT_NAME_DUPLICATE", kOk, "Another output of the rule has this name.") \
  X(kReasonRuleOutputExpressionMissing, "RULE_OUTPUT_EXPRESSION_MISSING", kOk, "The output has no expression.") \
  X(kReasonRuleOutputType, "RULE_OUTPUT_TYPE", kOk, "The expression is of a type that an output cannot have.") \
  X(kReasonRuleOutputTypeConflict, "RULE_OUTPUT_TYPE_CONFLICT", kOk, "An output of this name has another type in the same set.") \
  X(kReasonRuleOutputClass, "RULE_OUTPUT_CLASS", kOk, "The output's value may not be kept: it is personal, or its field has no data class.") \
  X(kReasonRuleOutputMissing, "RULE_OUTPUT_MISSING", kOk, "The rule does not have an output that the hit policy of its set reads.") \
  X(kReasonRuleOutputUnranked, "RULE_OUTPUT_UNRANKED", kOk, "The output's value is a constant that is not listed in the order of the output.") \
  X(kReasonRuleVariableNameMissing, "RULE_VARIABLE_NAME_MISSING", kOk, "The variable has no name.") \
  X(kReasonRuleVariableNameMalformed, "RULE_VARIABLE_NAME_MALFORMED", kOk, "The variable's name is not lower_snake_case.") \
  X(kReasonRuleVariableNameDuplicate, "RULE_VARIABLE_NAME_DUPLICATE", kOk, "Another variable of the pack has this name.") \
  X(kReasonRuleVariableExpressionMissing, "RULE_VARIABLE_EXPRESSION_MISSING", kOk, "The variable has no expression.") \
  X(kReasonRuleVariableUnknown, "RULE_VARIABLE_UNKNOWN", kOk, "There is no variable of this name.") \
  X(kReasonRuleVariableTest, "RULE_VARIABLE_TEST", kOk, "A test of presence, has(), is asked of a variable.") \
  X(kReasonRuleVariableCycle, "RULE_VARIABLE_CYCLE", kOk, "A variable reads itself, directly or through others.") \
  X(kReasonRuleVariableInput, "RULE_VARIABLE_INPUT", kOk, "The variable reads what the input of these rules does not have.") \
  X(kReasonRuleVariableUnread, "RULE_VARIABLE_UNREAD", kOk, "Nothing reads the variable.") \
  X(kReasonRuleEffectiveTimeInvalid, "RULE_EFFECTIVE_TIME_INVALID", kOk, "The time is outside the years 1 to 9999, or its nanoseconds are.") \
  X(kReasonRuleEffectiveRangeReversed, "RULE_EFFECTIVE_RANGE_REVERSED", kOk, "The rule or group would end before, or when, it begins.") \
  X(kReasonRuleGroupIdMissing, "RULE_GROUP_ID_MISSING", kOk, "The group has no id.") \
  X(kReasonRuleGroupIdDuplicate, "RULE_GROUP_ID_DUPLICATE", kOk, "Another group of the set has this id.") \
  X(kReasonRuleGroupUnknown, "RULE_GROUP_UNKNOWN", kOk, "The rule set has no group of this id.") \
  X(kReasonRuleNeverInEffect, "RULE_NEVER_IN_EFFECT", kOk, "The rule is never in effect while its group is.") \
  X(kReasonRuleLimitGroups, "RULE_LIMIT_GROUPS", kOk, "The rule set has more groups than the limit.") \
  X(kReasonRuleNotDecided, "RULE_NOT_DECIDED", kOk, "A note: the checks at load do not decide whether the condition always or never holds, or whether the rule is reached.") \
  X(kReasonRuleLimitDetails, "RULE_LIMIT_DETAILS", kOk, "The rule has more details than the limit.") \
  X(kReasonRuleLimitOutputs, "RULE_LIMIT_OUTPUTS", kOk, "A rule, or the defaults of a set, have more outputs than the limit.") \
  X(kReasonRuleLimitVariables, "RULE_LIMIT_VARIABLES", kOk, "The pack has more variables than the limit.") \
  X(kReasonRuleLimitVariableDepth, "RULE_LIMIT_VARIABLE_DEPTH", kOk, "Variables read each other, one in the other, deeper than the limit.") \
  X(kReasonRuleLimitTags, "RULE_LIMIT_TAGS", kOk, "The rule has more tags than the limit.") \
  X(kReasonRuleLimitNameBytes, "RULE_LIMIT_NAME_BYTES", kOk, "An id, reason, authority, tag, owner or name is longer than the limit.") \
  X(kReasonRuleLimitTextBytes, "RULE_LIMIT_TEXT_BYTES", kOk, "A text or documentation is longer than the limit.")
// clang-format on

FRONTDESK_RULES_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kRulesReasons[] = {FRONTDESK_RULES_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_RULES_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_RULES_REASONS_H_
