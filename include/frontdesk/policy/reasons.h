// Reasons of policy/: issues of policy packs, and levels of identity. The type is in base/reason.h.
#ifndef FRONTDESK_POLICY_REASONS_H_
#define FRONTDESK_POLICY_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_POLICY_REASONS(X) \
  X(kReasonIdentityLevelTooLow, "IDENTITY_LEVEL_TOO_LOW", kOk, "The customer's identity is not verified to the level that the command needs.", "we have to verify your identity first") \
  X(kReasonPolicyOutputNotPossible, "POLICY_OUTPUT_NOT_POSSIBLE", kOk, "Policy computed a value with which the command is not possible.") \
  X(kReasonPolicyTextEmpty, "POLICY_TEXT_EMPTY", kOk, "The text of a policy sets no field: a file that was not read, for example.") \
  X(kReasonPolicyLimitRuleSets, "POLICY_LIMIT_RULE_SETS", kOk, "The pack has more rule sets than the limit.") \
  X(kReasonPolicyRuleSetIdDuplicate, "POLICY_RULE_SET_ID_DUPLICATE", kOk, "Another rule set of the pack has this id.") \
  X(kReasonPolicyDecisionPointUnknown, "POLICY_DECISION_POINT_UNKNOWN", kInvalidArgument, "No command that policy decides has this name.") \
  X(kReasonPolicyDecisionPointDuplicate, "POLICY_DECISION_POINT_DUPLICATE", kOk, "Another rule set of the pack decides this command.") \
  X(kReasonPolicyDecisionPointsMixed, "POLICY_DECISION_POINTS_MIXED", kOk, "The commands of a rule set are decided with different inputs.") \
  X(kReasonPolicyLimitVocabulary, "POLICY_LIMIT_VOCABULARY", kOk, "The vocabulary of the pack has more words than the limit.") \
  X(kReasonPolicyWordNameEmpty, "POLICY_WORD_NAME_EMPTY", kOk, "A word of the vocabulary has no name.") \
  X(kReasonPolicyWordDuplicate, "POLICY_WORD_DUPLICATE", kOk, "Another word of the same list has this name.") \
  X(kReasonPolicyWordUnknown, "POLICY_WORD_UNKNOWN", kOk, "The list that the word belongs to has words, but not this one.") \
  X(kReasonPolicyWordOrder, "POLICY_WORD_ORDER", kOk, "Words of the company are compared by their letters, as if they had an order.") \
  X(kReasonPolicyRegionMalformed, "POLICY_REGION_MALFORMED", kOk, "The default region is not two upper-case letters.") \
  X(kReasonPolicyHoldNotPossible, "POLICY_HOLD_NOT_POSSIBLE", kOk, "A hold is not possible at this decision point: there is nobody to approve it.") \
  X(kReasonPolicyPriorityCellRange, "POLICY_PRIORITY_CELL_RANGE", kOk, "A number of the priority matrix is less than 1.") \
  X(kReasonPolicyPriorityCellDuplicate, "POLICY_PRIORITY_CELL_DUPLICATE", kOk, "The priority matrix has a cell for this impact and urgency already.") \
  X(kReasonPolicyStateNameEmpty, "POLICY_STATE_NAME_EMPTY", kOk, "The name of a state is empty.") \
  X(kReasonPolicyStateNameDuplicate, "POLICY_STATE_NAME_DUPLICATE", kOk, "Another state of the pack has this name.") \
  X(kReasonPolicyStateNameState, "POLICY_STATE_NAME_STATE", kOk, "The name is for no state that can have one.") \
  X(kReasonPolicyLimitEscalationSteps, "POLICY_LIMIT_ESCALATION_STEPS", kOk, "The chains of the pack have more steps than the limit.") \
  X(kReasonPolicyEscalationNameEmpty, "POLICY_ESCALATION_NAME_EMPTY", kOk, "The name of a chain is empty.") \
  X(kReasonPolicyEscalationNameDuplicate, "POLICY_ESCALATION_NAME_DUPLICATE", kOk, "Another chain of the pack has this name.") \
  X(kReasonPolicyEscalationBasis, "POLICY_ESCALATION_BASIS", kOk, "The basis of a chain is not set, or not known.") \
  X(kReasonPolicyEscalationStepsMissing, "POLICY_ESCALATION_STEPS_MISSING", kOk, "A chain has no step.") \
  X(kReasonPolicyEscalationQueueEmpty, "POLICY_ESCALATION_QUEUE_EMPTY", kOk, "A step or the fallback of a chain has no queue.") \
  X(kReasonPolicyEscalationQueueDuplicate, "POLICY_ESCALATION_QUEUE_DUPLICATE", kOk, "A queue occurs twice in a chain.") \
  X(kReasonPolicyEscalationTimeOutRange, "POLICY_ESCALATION_TIME_OUT_RANGE", kOk, "The time-out of a step is not more than 0, or not a valid duration.") \
  X(kReasonPolicyLimitRemedies, "POLICY_LIMIT_REMEDIES", kOk, "The pack has more remedies than the limit.") \
  X(kReasonPolicyRemedyNameEmpty, "POLICY_REMEDY_NAME_EMPTY", kOk, "The name of a remedy is empty.") \
  X(kReasonPolicyRemedyNameDuplicate, "POLICY_REMEDY_NAME_DUPLICATE", kOk, "Another remedy of the pack has this name.") \
  X(kReasonPolicyRemedyCodeEmpty, "POLICY_REMEDY_CODE_EMPTY", kOk, "A remedy lacks the code with which a case is resolved.") \
  X(kReasonPolicyRemedyAmount, "POLICY_REMEDY_AMOUNT", kOk, "The amount of a remedy is below zero, or not in a known currency.") \
  X(kReasonPolicyRemedyKind, "POLICY_REMEDY_KIND", kOk, "A remedy is for a kind of case that is not set or not known.") \
  X(kReasonPolicyReopenWindowRange, "POLICY_REOPEN_WINDOW_RANGE", kOk, "The time in which a case can be reopened is negative, or not a valid duration.") \
  X(kReasonPolicyIdentityLevel, "POLICY_IDENTITY_LEVEL", kOk, "A required level of identity is less than 1.") \
  X(kReasonPolicyIdentityLevelCreates, "POLICY_IDENTITY_LEVEL_CREATES", kOk, "A level of identity is demanded for a command that creates a customer, whose identity is not verified yet.") \
  X(kReasonPolicyLimitAttributes, "POLICY_LIMIT_ATTRIBUTES", kOk, "The pack defines more custom attributes than the limit.") \
  X(kReasonPolicyAttributeKind, "POLICY_ATTRIBUTE_KIND", kOk, "Only customers and cases have custom attributes.") \
  X(kReasonPolicyAttributeName, "POLICY_ATTRIBUTE_NAME", kOk, "The name of a custom attribute is not lower_snake_case.") \
  X(kReasonPolicyAttributeDuplicate, "POLICY_ATTRIBUTE_DUPLICATE", kOk, "An earlier definition has this name for the same kind of entity.") \
  X(kReasonPolicyAttributeTypeMissing, "POLICY_ATTRIBUTE_TYPE_MISSING", kOk, "The type of a custom attribute is not set, or not known.") \
  X(kReasonPolicyAttributeAllowedValues, "POLICY_ATTRIBUTE_ALLOWED_VALUES", kOk, "Possible values are listed for an attribute that is not a text, or one is listed twice.") \
  X(kReasonPolicyAttributeUnknown, "POLICY_ATTRIBUTE_UNKNOWN", kOk, "A rule reads a custom attribute that the pack does not define.") \
  X(kReasonPolicyAttributeType, "POLICY_ATTRIBUTE_TYPE", kOk, "A rule reads a custom attribute as another type than the pack defines.") \
  X(kReasonPolicyAttributeValue, "POLICY_ATTRIBUTE_VALUE", kOk, "A rule compares a custom attribute with a text that is none of its possible values.") \
  X(kReasonPolicyCommandArm, "POLICY_COMMAND_ARM", kOk, "A rule reads another command than its rule set decides.") \
  X(kReasonPolicyEntityAbsent, "POLICY_ENTITY_ABSENT", kOk, "A rule reads what is always absent at its command: the entity that it creates, or something that belongs to other commands.") \
  X(kReasonPolicyFieldsExclusive, "POLICY_FIELDS_EXCLUSIVE", kOk, "A rule reads one of two fields of a command of which only one is set.") \
  X(kReasonPolicyMoneyUnits, "POLICY_MONEY_UNITS", kOk, "A rule compares minor units of an amount with a plain number.") \
  X(kReasonPolicyMoneyCurrencies, "POLICY_MONEY_CURRENCIES", kOk, "A rule compares or adds amounts of two currencies, which always fails.") \
  X(kReasonPolicyCurrencyUnknown, "POLICY_CURRENCY_UNKNOWN", kOk, "A currency code is compared with a text that is no code of ISO 4217.") \
  X(kReasonPolicyTextPlaceholder, "POLICY_TEXT_PLACEHOLDER", kOk, "A text for customers has a placeholder that is no detail or output of the rule, or one without an end.") \
  X(kReasonPolicyReasonTextMissing, "POLICY_REASON_TEXT_MISSING", kOk, "A text for a reason lacks the reason or the text.") \
  X(kReasonPolicyReasonTextDuplicate, "POLICY_REASON_TEXT_DUPLICATE", kOk, "The reason has a text for customers already.") \
  X(kReasonPolicyReasonTextUnknown, "POLICY_REASON_TEXT_UNKNOWN", kOk, "No rule gives the reason that has a text for customers, and one of a near name is given.") \
  X(kReasonPolicyVerbsUndecided, "POLICY_VERBS_UNDECIDED", kOk, "No rule set decides some commands, so they are refused.") \
  X(kReasonPolicyOutputType, "POLICY_OUTPUT_TYPE", kOk, "An output has another type than the field of the command that it fills.") \
  X(kReasonPolicyApprovalExpiryRange, "POLICY_APPROVAL_EXPIRY_RANGE", kOk, "The time in which an approval can be given is not a duration of more than 0.") \
  X(kReasonPolicyApprovalTolerance, "POLICY_APPROVAL_TOLERANCE", kOk, "The tolerance of approvals is not in 1 to 100 percent, or not an amount of more than 0.") \
  X(kReasonPolicyOutputUnknown, "POLICY_OUTPUT_UNKNOWN", kOk, "No command of the set fills a field by the output, and one of a near name does.") \
  X(kReasonPolicyFieldHidden, "POLICY_FIELD_HIDDEN", kOk, "A rule reads a field that no rule may read: what an import keeps there is not checked.") \
  X(kReasonPolicyListInRows, "POLICY_LIST_IN_ROWS", kOk, "A rule reads a list whose elements are rows of their own, and not in the state.") \
  X(kReasonPolicyLimitTotals, "POLICY_LIMIT_TOTALS", kOk, "The pack has more totals than the limit.") \
  X(kReasonPolicyLimitTotalLists, "POLICY_LIMIT_TOTAL_LISTS", kOk, "The commands of a total times its reasons are more than the limit.") \
  X(kReasonPolicyTotalName, "POLICY_TOTAL_NAME", kOk, "The name of a total is not lower_snake_case.") \
  X(kReasonPolicyTotalDuplicate, "POLICY_TOTAL_DUPLICATE", kOk, "Another total of the pack has this name.") \
  X(kReasonPolicyTotalCommand, "POLICY_TOTAL_COMMAND", kOk, "A total counts no command, or one that names neither an amount nor a reason.") \
  X(kReasonPolicyTotalPer, "POLICY_TOTAL_PER", kOk, "The commands of a total cannot have this in common with the one that is decided.") \
  X(kReasonPolicyTotalReason, "POLICY_TOTAL_REASON", kOk, "A command of the total never gives this reason.") \
  X(kReasonPolicyTotalWindow, "POLICY_TOTAL_WINDOW", kOk, "The window of a total is not more than 0, or no unit of the calendar.") \
  X(kReasonPolicyTotalTimeZone, "POLICY_TOTAL_TIME_ZONE", kOk, "The time zone of a total is not known, or is given without a unit of the calendar.") \
  X(kReasonPolicyTotalUnread, "POLICY_TOTAL_UNREAD", kOk, "No rule reads the total.") \
  X(kReasonPolicyTotalUnknown, "POLICY_TOTAL_UNKNOWN", kOk, "A rule reads a total that the pack does not have.") \
  X(kReasonPolicyTotalRead, "POLICY_TOTAL_READ", kOk, "A rule reads totals in another way than by a name that is written out.") \
  X(kReasonPolicyTotalAmount, "POLICY_TOTAL_AMOUNT", kOk, "A rule reads the sum of commands that name no amount.") \
  X(kReasonPolicyTotalCurrency, "POLICY_TOTAL_CURRENCY", kOk, "A rule reads a sum in no currency, or in one that is none of ISO 4217.") \
  X(kReasonPolicyTotalNever, "POLICY_TOTAL_NEVER", kOk, "A rule reads a total by something that its command never has.") \
  X(kReasonPolicyUniqueIdsKind, "POLICY_UNIQUE_IDS_KIND", kOk, "Unique ids are for a kind of entity other than cases, interactions and orders, or for parts of orders, which have none.") \
  X(kReasonPolicyUniqueIdsSystem, "POLICY_UNIQUE_IDS_SYSTEM", kOk, "A system of unique ids is empty, or no id can have it.") \
  X(kReasonPolicyUniqueIdsDuplicate, "POLICY_UNIQUE_IDS_DUPLICATE", kOk, "The answer to a second entity with a unique id is not known.") \
  X(kReasonPolicyUniqueIdsOverlap, "POLICY_UNIQUE_IDS_OVERLAP", kOk, "Two entries of a pack are about the same unique ids.") \
  X(kReasonPolicyTotalAbsent, "POLICY_TOTAL_ABSENT", kOk, "A rule reads a total by something that its command may not have.") \
  X(kReasonPolicyLimitServiceTargets, "POLICY_LIMIT_SERVICE_TARGETS", kOk, "The pack has more service levels and targets than the limit.") \
  X(kReasonPolicyLimitMilestones, "POLICY_LIMIT_MILESTONES", kOk, "The pack has more milestones than the limit.") \
  X(kReasonPolicyCalendarUnknown, "POLICY_CALENDAR_UNKNOWN", kOk, "The pack has no calendar of this id.") \
  X(kReasonPolicyCalendarNeverOpens, "POLICY_CALENDAR_NEVER_OPENS", kOk, "Time counts by a calendar that never opens.") \
  X(kReasonPolicyServiceLevelIdMissing, "POLICY_SERVICE_LEVEL_ID_MISSING", kOk, "A service level has no id.") \
  X(kReasonPolicyServiceLevelIdDuplicate, "POLICY_SERVICE_LEVEL_ID_DUPLICATE", kOk, "Another service level of the pack has this id.") \
  X(kReasonPolicyServiceLevelUnreached, "POLICY_SERVICE_LEVEL_UNREACHED", kOk, "No case can have the service level: an earlier one is for all cases, or for all of these.") \
  X(kReasonPolicyServiceTargetIdMissing, "POLICY_SERVICE_TARGET_ID_MISSING", kOk, "A target of a service level has no id.") \
  X(kReasonPolicyServiceTargetIdDuplicate, "POLICY_SERVICE_TARGET_ID_DUPLICATE", kOk, "Another target of the service level has this id.") \
  X(kReasonPolicyServiceTargetUnreached, "POLICY_SERVICE_TARGET_UNREACHED", kOk, "No clock can run under the target: earlier ones for the same metric cover its priorities.") \
  X(kReasonPolicyServiceMetric, "POLICY_SERVICE_METRIC", kOk, "The metric of a target is not set, or not known.") \
  X(kReasonPolicyServiceMilestone, "POLICY_SERVICE_MILESTONE", kOk, "A target for a milestone names none that the pack has, or one for another metric names a milestone.") \
  X(kReasonPolicyServicePriority, "POLICY_SERVICE_PRIORITY", kOk, "A priority of a target is less than 1, or listed twice.") \
  X(kReasonPolicyServiceTime, "POLICY_SERVICE_TIME", kOk, "A target has both a duration and business days, or neither.") \
  X(kReasonPolicyServiceTimeRange, "POLICY_SERVICE_TIME_RANGE", kOk, "The promised time is not more than 0, or not a valid duration.") \
  X(kReasonPolicyServiceBusinessDays, "POLICY_SERVICE_BUSINESS_DAYS", kOk, "A target in business days has no calendar, or has something that is not possible with them.") \
  X(kReasonPolicyServiceCalendarExcluded, "POLICY_SERVICE_CALENDAR_EXCLUDED", kOk, "A target for which all time counts names a calendar.") \
  X(kReasonPolicyServicePausingState, "POLICY_SERVICE_PAUSING_STATE", kOk, "A state cannot pause the clock: of that metric nothing does, a clock ends in that state, or it is listed twice.") \
  X(kReasonPolicyServiceWarning, "POLICY_SERVICE_WARNING", kOk, "A warning is not more than 0, not less than the promised time, or listed twice.") \
  X(kReasonPolicyServiceChangeMode, "POLICY_SERVICE_CHANGE_MODE", kOk, "The effect of another target on a clock is not known.") \
  X(kReasonPolicyMilestoneName, "POLICY_MILESTONE_NAME", kOk, "The name of a milestone is not lower_snake_case.") \
  X(kReasonPolicyMilestoneDuplicate, "POLICY_MILESTONE_DUPLICATE", kOk, "Another milestone of the pack has this name.") \
  X(kReasonPolicyMilestoneStart, "POLICY_MILESTONE_START", kOk, "A milestone has both a start condition and a milestone before it, or neither.") \
  X(kReasonPolicyMilestoneEnd, "POLICY_MILESTONE_END", kOk, "A milestone has no end condition.") \
  X(kReasonPolicyMilestoneUnknown, "POLICY_MILESTONE_UNKNOWN", kOk, "The pack has no milestone of this name.") \
  X(kReasonPolicyMilestoneCycle, "POLICY_MILESTONE_CYCLE", kOk, "A milestone starts when it ends itself, directly or through others.") \
  X(kReasonPolicyMilestoneRecurrence, "POLICY_MILESTONE_RECURRENCE", kOk, "The recurrence of a milestone is not known.") \
  X(kReasonPolicyTimeBasis, "POLICY_TIME_BASIS", kOk, "A basis of time is not known, or is set without the time that it is for.") \
  X(kReasonPolicyApprovalCalendar, "POLICY_APPROVAL_CALENDAR", kOk, "Approvals name a calendar, although their time counts in no business time.")
// clang-format on

FRONTDESK_POLICY_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kPolicyReasons[] = {FRONTDESK_POLICY_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_POLICY_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_REASONS_H_
