// Every reason that frontdesk itself gives, in one table: the constant, the word, the status code,
// what it means. Issues in the expressions of a policy have reasons besides: CEL_ and one of
// cel::IssueCodes() (cel/issue.h).
//
//   for (const frontdesk::ReasonInfo& info : frontdesk::AllReasons()) {
//     std::cout << info.reason << ": " << info.text << "\n";
//   }
//
// Programs compare reasons, which never change once released; texts are for people. docs/errors.md
// is made from both. A rule of a policy may give any reason of its own; those are not listed
// here.
#ifndef FRONTDESK_BASE_REASONS_H_
#define FRONTDESK_BASE_REASONS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/base/case_reasons.h"
#include "frontdesk/base/order_reasons.h"

namespace frontdesk {

// One reason. A plain value with static storage.
struct ReasonInfo {
  absl::string_view reason;  // UPPER_SNAKE, stable.
  // The code of the status that carries it; kOk for the reason of a refusal or of a violation
  // inside another error, which is never a status of its own.
  absl::StatusCode code;
  absl::string_view text;  // One sentence, without values.
};

// To add a reason, add one line `X(constant, "WORD", code, "Meaning.")` to the list of its room.
// The constant is kReason and the word in camel case; a test checks that. kOk is the code of
// refusals.
// clang-format off

// Money, ids, contact points.
#define FRONTDESK_BASE_REASONS(X) \
  X(kReasonMoneyCurrencyUnknown, "MONEY_CURRENCY_UNKNOWN", kInvalidArgument, "The code is not one of ISO 4217, upper case.") \
  X(kReasonMoneyCurrencyNoMinorUnit, "MONEY_CURRENCY_NO_MINOR_UNIT", kInvalidArgument, "ISO 4217 defines no minor unit for the code (gold, test codes, units of account), so it has no amounts.") \
  X(kReasonMoneyCurrencyMismatch, "MONEY_CURRENCY_MISMATCH", kInvalidArgument, "Amounts of two currencies were combined.") \
  X(kReasonMoneySyntax, "MONEY_SYNTAX", kInvalidArgument, "The text is not a decimal number such as -12.34.") \
  X(kReasonMoneyPrecision, "MONEY_PRECISION", kInvalidArgument, "The number has more decimals than the amount can have, and no rounding was asked for.") \
  X(kReasonMoneyRoundingUnspecified, "MONEY_ROUNDING_UNSPECIFIED", kInvalidArgument, "A rounding is needed and none, or an unknown one, was named.") \
  X(kReasonMoneyDivisorZero, "MONEY_DIVISOR_ZERO", kInvalidArgument, "The denominator is zero.") \
  X(kReasonMoneyScale, "MONEY_SCALE", kInvalidArgument, "A scale is outside 0 to 9.") \
  X(kReasonMoneyWeights, "MONEY_WEIGHTS", kInvalidArgument, "Weights to allocate by are negative, sum to zero, or a part is above the whole.") \
  X(kReasonMoneyOverflow, "MONEY_OVERFLOW", kOutOfRange, "The result does not fit into 64 bits of minor units.") \
  X(kReasonContactPointKind, "CONTACT_POINT_KIND", kInvalidArgument, "The kind of contact point is not set or not known.") \
  X(kReasonContactPointEmpty, "CONTACT_POINT_EMPTY", kInvalidArgument, "The contact point is empty.") \
  X(kReasonContactPointTooLong, "CONTACT_POINT_TOO_LONG", kInvalidArgument, "The contact point is longer than its kind allows.") \
  X(kReasonContactPointSyntax, "CONTACT_POINT_SYNTAX", kInvalidArgument, "The text is not an address, number or handle of its kind.") \
  X(kReasonContactPointRegionRequired, "CONTACT_POINT_REGION_REQUIRED", kInvalidArgument, "A national number needs a region to be read in.") \
  X(kReasonContactPointRegionUnknown, "CONTACT_POINT_REGION_UNKNOWN", kInvalidArgument, "The region is not an ISO 3166-1 alpha-2 code with telephone numbers.") \
  X(kReasonContactPointNoPhoneLibrary, "CONTACT_POINT_NO_PHONE_LIBRARY", kInvalidArgument, "This build reads only numbers typed with +; a national one needs libphonenumber.")

// Rule sets and policy packs: rules/ and policy/policy.h.
#define FRONTDESK_RULES_REASONS(X) \
  X(kReasonPolicyInvalid, "POLICY_INVALID", kInvalidArgument, "A rule set or policy pack has errors; the issues say which and where.") \
  X(kReasonRulesInputMismatch, "RULES_INPUT_MISMATCH", kInvalidArgument, "A rule set was asked about a message of another type than it was compiled for.") \
  X(kReasonRulesTimeMissing, "RULES_TIME_MISSING", kInvalidArgument, "A rule set with effective times was asked without a time.") \
  X(kReasonPolicyNoRule, "POLICY_NO_RULE", kOk, "No rule matched and there is no default, so the command is refused.") \
  X(kReasonPolicyError, "POLICY_ERROR", kOk, "A rule that counted could not be evaluated.") \
  X(kReasonIdentityLevelTooLow, "IDENTITY_LEVEL_TOO_LOW", kOk, "The customer's identity is not verified to the level that the command needs.") \
  X(kReasonPolicyDefault, "POLICY_DEFAULT", kOk, "No rule matched, and the rule set refuses by default.") \
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
  X(kReasonRuleSetWildcardRules, "RULE_SET_WILDCARD_RULES", kOk, "A rule set for every other command (*) has only a default, no rules and no other decision point.") \
  X(kReasonRuleSetHitPolicyUnknown, "RULE_SET_HIT_POLICY_UNKNOWN", kOk, "The hit policy is not known.") \
  X(kReasonRuleSetDefaultUnknown, "RULE_SET_DEFAULT_UNKNOWN", kOk, "The default outcome is not known.") \
  X(kReasonRuleSetDefaultHold, "RULE_SET_DEFAULT_HOLD", kOk, "A default cannot hold: it names no authority that could approve.") \
  X(kReasonRuleSetEmpty, "RULE_SET_EMPTY", kOk, "The rule set has neither rules nor a default and refuses everything.") \
  X(kReasonRuleSetLimitRules, "RULE_SET_LIMIT_RULES", kOk, "The rule set has more rules than the limit.") \
  X(kReasonRuleSetInputMissing, "RULE_SET_INPUT_MISSING", kOk, "Rules were given without a type of input to read.") \
  X(kReasonRuleSetEnvironment, "RULE_SET_ENVIRONMENT", kOk, "The functions or names given to the rules do not fit the language.") \
  X(kReasonRuleIdMissing, "RULE_ID_MISSING", kOk, "The rule has no id.") \
  X(kReasonRuleIdDuplicate, "RULE_ID_DUPLICATE", kOk, "Another rule of the set has this id.") \
  X(kReasonRuleOrderDuplicate, "RULE_ORDER_DUPLICATE", kOk, "Another rule of the set has this order number.") \
  X(kReasonRuleConditionMissing, "RULE_CONDITION_MISSING", kOk, "The rule has no condition; `true` always holds.") \
  X(kReasonRuleConditionNotBool, "RULE_CONDITION_NOT_BOOL", kOk, "The condition is not of type bool.") \
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
  X(kReasonRuleEffectiveTimeInvalid, "RULE_EFFECTIVE_TIME_INVALID", kOk, "The time is outside the years 1 to 9999, or its nanoseconds are.") \
  X(kReasonRuleEffectiveRangeReversed, "RULE_EFFECTIVE_RANGE_REVERSED", kOk, "The rule would end before, or when, it begins.") \
  X(kReasonRuleLimitDetails, "RULE_LIMIT_DETAILS", kOk, "The rule has more details than the limit.") \
  X(kReasonRuleLimitNameBytes, "RULE_LIMIT_NAME_BYTES", kOk, "An id, reason, authority or name is longer than the limit.") \
  X(kReasonRuleLimitTextBytes, "RULE_LIMIT_TEXT_BYTES", kOk, "The rule's text is longer than the limit.")

// Arguments and facts that several entities share.
#define FRONTDESK_DOMAIN_REASONS(X) \
  X(kReasonEventNotApplicable, "EVENT_NOT_APPLICABLE", kDataLoss, "An event does not follow the state it is folded into; decide never makes such an event.") \
  X(kReasonCommandWrongEntity, "COMMAND_WRONG_ENTITY", kInvalidArgument, "The command is not one of the entity whose function was called.") \
  X(kReasonFactUnexpected, "FACT_UNEXPECTED", kOk, "No decision about the entity of the command reads such facts.") \
  X(kReasonFactMissing, "FACT_MISSING", kFailedPrecondition, "The command needs facts (for example of the catalog) that were not passed.") \
  X(kReasonArgumentRequired, "ARGUMENT_REQUIRED", kOk, "A required field is not set.") \
  X(kReasonArgumentForbidden, "ARGUMENT_FORBIDDEN", kOk, "A field is set that must not be set here.") \
  X(kReasonArgumentExclusive, "ARGUMENT_EXCLUSIVE", kOk, "Of several fields exactly one must be set.") \
  X(kReasonArgumentUnknownValue, "ARGUMENT_UNKNOWN_VALUE", kOk, "A field has a value that is not known, or not possible here.") \
  X(kReasonArgumentOutOfRange, "ARGUMENT_OUT_OF_RANGE", kOk, "A number, an amount or a time is outside the range of the field.") \
  X(kReasonArgumentCount, "ARGUMENT_COUNT", kOk, "A list has fewer or more elements than it may have.") \
  X(kReasonArgumentDuplicate, "ARGUMENT_DUPLICATE", kOk, "Two elements of a list have the same id or name.") \
  X(kReasonArgumentSyntax, "ARGUMENT_SYNTAX", kOk, "A text does not have the form that the field requires.") \
  X(kReasonArgumentCurrencyUnknown, "ARGUMENT_CURRENCY_UNKNOWN", kOk, "A currency code is not one of ISO 4217 with a minor unit.") \
  X(kReasonArgumentCurrencyMismatch, "ARGUMENT_CURRENCY_MISMATCH", kOk, "Two fields of the command are of different currencies.") \
  X(kReasonAttributeUndefined, "ATTRIBUTE_UNDEFINED", kOk, "The policy pack defines no custom attribute of that name for this kind of entity.") \
  X(kReasonAttributeType, "ATTRIBUTE_TYPE", kOk, "The policy pack defines the custom attribute with another type.") \
  X(kReasonAttributeValue, "ATTRIBUTE_VALUE", kOk, "The policy pack lists the values of the custom attribute, and this is not one of them.")

#define FRONTDESK_CUSTOMER_REASONS(X) \
  X(kReasonCustomerExists, "CUSTOMER_EXISTS", kOk, "There is a customer of that id already.") \
  X(kReasonCustomerNotFound, "CUSTOMER_NOT_FOUND", kOk, "There is no customer of that id.") \
  X(kReasonCustomerExternalIdTaken, "CUSTOMER_EXTERNAL_ID_TAKEN", kOk, "Another customer has that id in that system.") \
  X(kReasonCustomerChangeAddressState, "CUSTOMER_CHANGE_ADDRESS_STATE", kOk, "The customer was merged into another; change addresses of the survivor.") \
  X(kReasonCustomerAddContactPointState, "CUSTOMER_ADD_CONTACT_POINT_STATE", kOk, "The customer was merged into another; change contact points of the survivor.") \
  X(kReasonCustomerVerifyContactPointState, "CUSTOMER_VERIFY_CONTACT_POINT_STATE", kOk, "The customer was merged into another; change contact points of the survivor.") \
  X(kReasonCustomerRemoveContactPointState, "CUSTOMER_REMOVE_CONTACT_POINT_STATE", kOk, "The customer was merged into another; change contact points of the survivor.") \
  X(kReasonCustomerAddPaymentMethodState, "CUSTOMER_ADD_PAYMENT_METHOD_STATE", kOk, "The customer was merged into another; change payment methods of the survivor.") \
  X(kReasonCustomerVerifyPaymentMethodState, "CUSTOMER_VERIFY_PAYMENT_METHOD_STATE", kOk, "The customer was merged into another; change payment methods of the survivor.") \
  X(kReasonCustomerRemovePaymentMethodState, "CUSTOMER_REMOVE_PAYMENT_METHOD_STATE", kOk, "The customer was merged into another; change payment methods of the survivor.") \
  X(kReasonCustomerRecordConsentState, "CUSTOMER_RECORD_CONSENT_STATE", kOk, "The customer was merged into another; record consents of the survivor.") \
  X(kReasonCustomerAddContactPointIdExists, "CUSTOMER_ADD_CONTACT_POINT_ID_EXISTS", kOk, "The customer has a contact point of that id already.") \
  X(kReasonCustomerAddContactPointDuplicate, "CUSTOMER_ADD_CONTACT_POINT_DUPLICATE", kOk, "The customer has that contact point already, under another id.") \
  X(kReasonCustomerVerifyContactPointUnknown, "CUSTOMER_VERIFY_CONTACT_POINT_UNKNOWN", kOk, "The customer has no such contact point.") \
  X(kReasonCustomerRemoveContactPointUnknown, "CUSTOMER_REMOVE_CONTACT_POINT_UNKNOWN", kOk, "The customer has no such contact point.") \
  X(kReasonCustomerAddPaymentMethodIdExists, "CUSTOMER_ADD_PAYMENT_METHOD_ID_EXISTS", kOk, "The customer has a payment method of that id already.") \
  X(kReasonCustomerVerifyPaymentMethodUnknown, "CUSTOMER_VERIFY_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method.") \
  X(kReasonCustomerRemovePaymentMethodUnknown, "CUSTOMER_REMOVE_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method.") \
  X(kReasonCustomerEditState, "CUSTOMER_EDIT_STATE", kOk, "The customer was merged into another; edit the survivor.") \
  X(kReasonCustomerEditBaseUnknown, "CUSTOMER_EDIT_BASE_UNKNOWN", kOk, "The customer never had the version that the editor saw.") \
  X(kReasonCustomerEditConflict, "CUSTOMER_EDIT_CONFLICT", kOk, "Somebody else changed the field to another value since the version that the editor saw.") \
  X(kReasonCustomerEditNameMissing, "CUSTOMER_EDIT_NAME_MISSING", kOk, "No name would be left.") \
  X(kReasonCustomerEditUnchanged, "CUSTOMER_EDIT_UNCHANGED", kOk, "All fields have the values of the edit already.") \
  X(kReasonCustomerVerifyIdentityState, "CUSTOMER_VERIFY_IDENTITY_STATE", kOk, "The customer was merged into another; verify the identity of the survivor.") \
  X(kReasonCustomerDiscloseState, "CUSTOMER_DISCLOSE_STATE", kOk, "The customer was merged into another; disclose data of the survivor.") \
  X(kReasonCustomerMergeState, "CUSTOMER_MERGE_STATE", kOk, "The customer was merged into another; merge into the survivor.") \
  X(kReasonCustomerMergeSelf, "CUSTOMER_MERGE_SELF", kOk, "A merge of a customer with itself is not possible.") \
  X(kReasonCustomerMergeOtherState, "CUSTOMER_MERGE_OTHER_STATE", kOk, "The customer to be merged was merged into another already.") \
  X(kReasonCustomerMergeLimit, "CUSTOMER_MERGE_LIMIT", kOk, "The survivor would have more merged customers, or a longer chain of them, than the limit.") \
  X(kReasonCustomerUnmergeState, "CUSTOMER_UNMERGE_STATE", kOk, "The customer was itself merged into another; unmerge it first.") \
  X(kReasonCustomerUnmergeUnknown, "CUSTOMER_UNMERGE_UNKNOWN", kOk, "No such customer was merged into this one.") \
  X(kReasonCustomerUnmergeNotLast, "CUSTOMER_UNMERGE_NOT_LAST", kOk, "Another customer was merged into this one later; unmerge that one first.") \
  X(kReasonCustomerUnmergeCases, "CUSTOMER_UNMERGE_CASES", kOk, "A case of one of the two is merged into a case of the other; unmerge the cases first.") \
  X(kReasonCustomerChangeStateState, "CUSTOMER_CHANGE_STATE_STATE", kOk, "The customer was merged into another; change the state of the survivor.") \
  X(kReasonCustomerChangeStateUnchanged, "CUSTOMER_CHANGE_STATE_UNCHANGED", kOk, "The customer has that state already.")

#define FRONTDESK_INTERACTION_REASONS(X) \
  X(kReasonInteractionExists, "INTERACTION_EXISTS", kOk, "There is an interaction of that id already.") \
  X(kReasonInteractionNotFound, "INTERACTION_NOT_FOUND", kOk, "There is no interaction of that id.") \
  X(kReasonInteractionAddPartEnded, "INTERACTION_ADD_PART_ENDED", kOk, "The interaction is over; a message is possible only as a correction.") \
  X(kReasonInteractionAddPartIdExists, "INTERACTION_ADD_PART_ID_EXISTS", kOk, "The interaction has a part of that id already.") \
  X(kReasonInteractionAddPartCorrectsUnknown, "INTERACTION_ADD_PART_CORRECTS_UNKNOWN", kOk, "The interaction has no such part to correct.") \
  X(kReasonInteractionAddPartMoreVisible, "INTERACTION_ADD_PART_MORE_VISIBLE", kOk, "The correction would be public, and the corrected part is internal.") \
  X(kReasonInteractionLinkDuplicate, "INTERACTION_LINK_DUPLICATE", kOk, "The interaction is linked with that entity already.") \
  X(kReasonInteractionEndState, "INTERACTION_END_STATE", kOk, "The interaction is over already.") \
  X(kReasonInteractionEndTime, "INTERACTION_END_TIME", kOk, "The interaction would end before it began.") \
  X(kReasonInteractionWrapUpState, "INTERACTION_WRAP_UP_STATE", kOk, "The interaction is not over yet, or wrapped up already.") \
  X(kReasonInteractionWrapUpTime, "INTERACTION_WRAP_UP_TIME", kOk, "The interaction would be wrapped up before it ended.") \
  X(kReasonInteractionSetCustomerUnchanged, "INTERACTION_SET_CUSTOMER_UNCHANGED", kOk, "The interaction is with that customer already.")

#define FRONTDESK_ACCOUNT_REASONS(X) \
  X(kReasonAccountExists, "ACCOUNT_EXISTS", kOk, "There is an account of that id already.") \
  X(kReasonAccountNotFound, "ACCOUNT_NOT_FOUND", kOk, "There is no account of that id.") \
  X(kReasonAccountCreditState, "ACCOUNT_CREDIT_STATE", kOk, "The account is closed, so it cannot be credited.") \
  X(kReasonAccountCreditCurrency, "ACCOUNT_CREDIT_CURRENCY", kOk, "The amount is of another currency than the account.") \
  X(kReasonAccountCreditOverflow, "ACCOUNT_CREDIT_OVERFLOW", kOk, "The balance would not fit into 64 bits of minor units.") \
  X(kReasonAccountDebitState, "ACCOUNT_DEBIT_STATE", kOk, "The account is closed, so it cannot be debited.") \
  X(kReasonAccountDebitCurrency, "ACCOUNT_DEBIT_CURRENCY", kOk, "The amount is of another currency than the account.") \
  X(kReasonAccountDebitExpired, "ACCOUNT_DEBIT_EXPIRED", kOk, "The value of the account has expired.") \
  X(kReasonAccountDebitInsufficientBalance, "ACCOUNT_DEBIT_INSUFFICIENT_BALANCE", kOk, "The balance of the account is less than the amount.")

// Envelope, journal, approvals, stores: desk/.
#define FRONTDESK_DESK_REASONS(X) \
  X(kReasonCommandMalformed, "COMMAND_MALFORMED", kInvalidArgument, "The envelope of the command is not valid; the violations list the fields.") \
  X(kReasonCommandFieldRequired, "COMMAND_FIELD_REQUIRED", kOk, "A field of the envelope is required and not set.") \
  X(kReasonCommandFieldOutOfRange, "COMMAND_FIELD_OUT_OF_RANGE", kOk, "A field of the envelope has a value outside its range.") \
  X(kReasonCommandFieldTooLong, "COMMAND_FIELD_TOO_LONG", kOk, "A field of the envelope is longer than the limit.") \
  X(kReasonCommandTextEncoding, "COMMAND_TEXT_ENCODING", kOk, "A string of the command, or of its facts, is not UTF-8.") \
  X(kReasonCommandVerbUnknown, "COMMAND_VERB_UNKNOWN", kOk, "This build does not know the command.") \
  X(kReasonCommandTooLarge, "COMMAND_TOO_LARGE", kResourceExhausted, "The command has more bytes than the limit.") \
  X(kReasonFactsTooLarge, "FACTS_TOO_LARGE", kResourceExhausted, "The facts, or the decision input, have more bytes than the limit.") \
  X(kReasonEventsTooMany, "EVENTS_TOO_MANY", kResourceExhausted, "The command would cause more events than the limit.") \
  X(kReasonDecisionInputMismatch, "DECISION_INPUT_MISMATCH", kInvalidArgument, "The decision input is not that of the command, or of the entity that it addresses.") \
  X(kReasonIdempotencyKeyReused, "IDEMPOTENCY_KEY_REUSED", kAlreadyExists, "The actor used this key for another command.") \
  X(kReasonVersionConflict, "VERSION_CONFLICT", kAborted, "The addressed entity does not have the expected version.") \
  X(kReasonEventMalformed, "EVENT_MALFORMED", kInvalidArgument, "An event has no entity, or no arm is set.") \
  X(kReasonFindMalformed, "FIND_MALFORMED", kInvalidArgument, "The search is not valid; the violations list the fields.") \
  X(kReasonFindFieldRequired, "FIND_FIELD_REQUIRED", kOk, "A field of the search is required and not set.") \
  X(kReasonFindFieldOutOfRange, "FIND_FIELD_OUT_OF_RANGE", kOk, "A field of the search has a value outside its range.") \
  X(kReasonFindFieldTooLong, "FIND_FIELD_TOO_LONG", kOk, "A field of the search is longer than the limit.") \
  X(kReasonFindFieldExclusive, "FIND_FIELD_EXCLUSIVE", kOk, "Of several fields of the search exactly one must be set.") \
  X(kReasonFindTextEncoding, "FIND_TEXT_ENCODING", kOk, "A string of the search is not UTF-8.") \
  X(kReasonFindPageTokenInvalid, "FIND_PAGE_TOKEN_INVALID", kInvalidArgument, "The page token is not valid, or is one of another query.") \
  X(kReasonApprovalNotFound, "APPROVAL_NOT_FOUND", kOk, "There is no such approval.") \
  X(kReasonApprovalState, "APPROVAL_STATE", kOk, "The approval is no longer pending.") \
  X(kReasonApprovalAuthorityMissing, "APPROVAL_AUTHORITY_MISSING", kOk, "The actor does not have the authority that the approval needs.") \
  X(kReasonApprovalByRequester, "APPROVAL_BY_REQUESTER", kOk, "The requester of a held command may not approve it.") \
  X(kReasonEntityRefMalformed, "ENTITY_REF_MALFORMED", kInvalidArgument, "A reference to an entity has no kind, or no id, or one that is not UTF-8.") \
  X(kReasonEntityStateUnknown, "ENTITY_STATE_UNKNOWN", kOk, "This build does not know the state of the entity.") \
  X(kReasonEntityNotFound, "ENTITY_NOT_FOUND", kNotFound, "There is no such entity.") \
  X(kReasonRecordNotFound, "RECORD_NOT_FOUND", kNotFound, "There is no such journal record.") \
  X(kReasonEffectNotFound, "EFFECT_NOT_FOUND", kNotFound, "There is no such effect.") \
  X(kReasonDeskOptionsInvalid, "DESK_OPTIONS_INVALID", kInvalidArgument, "A desk cannot be opened, or continue, with these options.") \
  X(kReasonCommitKeyRemembered, "COMMIT_KEY_REMEMBERED", kAlreadyExists, "The idempotency key of a batch has a verdict already.") \
  X(kReasonCommitConflict, "COMMIT_CONFLICT", kAborted, "An entity that a batch was decided on has changed since.") \
  X(kReasonCommitRecordExists, "COMMIT_RECORD_EXISTS", kAlreadyExists, "The id of a batch's journal record is in use.") \
  X(kReasonCommitMalformed, "COMMIT_MALFORMED", kInvalidArgument, "The events, states and record of a batch are not consistent.") \
  X(kReasonCommitContended, "COMMIT_CONTENDED", kAborted, "The state that the command was decided on changed each time before the commit.") \
  X(kReasonStoreUnavailable, "STORE_UNAVAILABLE", kUnavailable, "The store cannot be reached, or cannot write.") \
  X(kReasonStoreCorrupt, "STORE_CORRUPT", kDataLoss, "The data in the store is not valid.") \
  X(kReasonStoreNotCloneable, "STORE_NOT_CLONEABLE", kUnimplemented, "This store cannot be cloned.") \
  X(kReasonMessageTooLarge, "MESSAGE_TOO_LARGE", kResourceExhausted, "A message has more bytes than the limit.") \
  X(kReasonMessageMalformed, "MESSAGE_MALFORMED", kInvalidArgument, "The bytes, or the JSON, are not a message of this type.") \
  X(kReasonMessageTextEncoding, "MESSAGE_TEXT_ENCODING", kInvalidArgument, "A string of the message is not UTF-8; the violations say which.") \
  X(kReasonPolicyLimitRuleSets, "POLICY_LIMIT_RULE_SETS", kOk, "The pack has more rule sets than the limit.") \
  X(kReasonPolicyRuleSetIdDuplicate, "POLICY_RULE_SET_ID_DUPLICATE", kOk, "Another rule set of the pack has this id.") \
  X(kReasonPolicyDecisionPointUnknown, "POLICY_DECISION_POINT_UNKNOWN", kOk, "No command that policy decides has this name.") \
  X(kReasonPolicyDecisionPointDuplicate, "POLICY_DECISION_POINT_DUPLICATE", kOk, "Another rule set of the pack decides this command.") \
  X(kReasonPolicyDecisionPointsMixed, "POLICY_DECISION_POINTS_MIXED", kOk, "The commands of a rule set are decided with different inputs.") \
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
  X(kReasonPolicyAttributeType, "POLICY_ATTRIBUTE_TYPE", kOk, "A rule reads a custom attribute as another type than the pack defines.")

#define FRONTDESK_ALL_REASONS(X) \
  FRONTDESK_BASE_REASONS(X) FRONTDESK_RULES_REASONS(X) FRONTDESK_DOMAIN_REASONS(X) \
  FRONTDESK_CUSTOMER_REASONS(X) FRONTDESK_INTERACTION_REASONS(X) FRONTDESK_ORDER_REASONS(X) \
  FRONTDESK_ACCOUNT_REASONS(X) FRONTDESK_CASE_REASONS(X) FRONTDESK_DESK_REASONS(X)
// clang-format on

#define FRONTDESK_X(constant, word, code, text) inline constexpr absl::string_view constant = word;
FRONTDESK_ALL_REASONS(FRONTDESK_X)
#undef FRONTDESK_X

#define FRONTDESK_X(constant, word, code, text) {word, absl::StatusCode::code, text},
inline constexpr ReasonInfo kAllReasons[] = {FRONTDESK_ALL_REASONS(FRONTDESK_X)};
#undef FRONTDESK_X

#undef FRONTDESK_BASE_REASONS
#undef FRONTDESK_RULES_REASONS
#undef FRONTDESK_DOMAIN_REASONS
#undef FRONTDESK_CUSTOMER_REASONS
#undef FRONTDESK_INTERACTION_REASONS
#undef FRONTDESK_ORDER_REASONS
#undef FRONTDESK_ACCOUNT_REASONS
#undef FRONTDESK_CASE_REASONS
#undef FRONTDESK_DESK_REASONS
#undef FRONTDESK_ALL_REASONS

// The whole table, in the order of the rooms. Static storage; thread-safe.
inline absl::Span<const ReasonInfo> AllReasons() { return kAllReasons; }

// The entry of `reason`, or null. Constant time; thread-safe.
const ReasonInfo* FindReason(absl::string_view reason);

}  // namespace frontdesk

#endif  // FRONTDESK_BASE_REASONS_H_
