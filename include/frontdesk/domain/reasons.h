// Reasons that all entities share: commands, arguments, facts, custom attributes. The type is in base/reason.h.
#ifndef FRONTDESK_DOMAIN_REASONS_H_
#define FRONTDESK_DOMAIN_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_DOMAIN_REASONS(X) \
  X(kReasonCommandMalformed, "COMMAND_MALFORMED", kInvalidArgument, "The envelope of the command is not valid; the violations list the fields.") \
  X(kReasonDecisionInputMismatch, "DECISION_INPUT_MISMATCH", kInvalidArgument, "The decision input is not that of the command, or of the entity that it addresses.") \
  X(kReasonEntityStateUnknown, "ENTITY_STATE_UNKNOWN", kOk, "This build does not know the state of the entity.") \
  X(kReasonEventNotApplicable, "EVENT_NOT_APPLICABLE", kDataLoss, "An event does not follow the state it is folded into; decide never makes such an event.") \
  X(kReasonCommandWrongEntity, "COMMAND_WRONG_ENTITY", kInvalidArgument, "The command is not one of the entity whose function was called.") \
  X(kReasonFactMissing, "FACT_MISSING", kFailedPrecondition, "The command needs facts (for example of the catalog) that were not passed.") \
  X(kReasonArgumentRequired, "ARGUMENT_REQUIRED", kOk, "A required field is not set.") \
  X(kReasonArgumentForbidden, "ARGUMENT_FORBIDDEN", kOk, "A field is set that must not be set here.") \
  X(kReasonArgumentExclusive, "ARGUMENT_EXCLUSIVE", kOk, "Of several fields exactly one must be set.") \
  X(kReasonArgumentUnknownValue, "ARGUMENT_UNKNOWN_VALUE", kOk, "A field has a value that is not known, or not possible here.") \
  X(kReasonArgumentOutOfRange, "ARGUMENT_OUT_OF_RANGE", kOk, "A number, an amount or a time is outside the range of the field.") \
  X(kReasonArgumentCount, "ARGUMENT_COUNT", kOk, "A list has fewer or more elements than it may have.") \
  X(kReasonArgumentDuplicate, "ARGUMENT_DUPLICATE", kOk, "Two elements of a list have the same id or name.") \
  X(kReasonArgumentSyntax, "ARGUMENT_SYNTAX", kOk, "A text does not have the form that the field requires.") \
  X(kReasonArgumentLanguageTag, "ARGUMENT_LANGUAGE_TAG", kOk, "A language tag is not well-formed as BCP 47 requires.") \
  X(kReasonArgumentTimeZone, "ARGUMENT_TIME_ZONE", kOk, "A time zone is not a name of the IANA database.") \
  X(kReasonArgumentCurrencyUnknown, "ARGUMENT_CURRENCY_UNKNOWN", kOk, "A currency code is not one of ISO 4217 with a minor unit.") \
  X(kReasonArgumentCurrencyMismatch, "ARGUMENT_CURRENCY_MISMATCH", kOk, "Two fields of the command are of different currencies.") \
  X(kReasonAttributeUndefined, "ATTRIBUTE_UNDEFINED", kOk, "The policy pack defines no custom attribute of that name for this kind of entity.") \
  X(kReasonAttributeType, "ATTRIBUTE_TYPE", kOk, "The policy pack defines the custom attribute with another type.") \
  X(kReasonAttributeValue, "ATTRIBUTE_VALUE", kOk, "The policy pack lists the values of the custom attribute, and this is not one of them.")
// clang-format on

FRONTDESK_DOMAIN_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kDomainReasons[] = {FRONTDESK_DOMAIN_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_DOMAIN_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_REASONS_H_
