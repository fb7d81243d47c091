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
  X(kReasonAttributeValue, "ATTRIBUTE_VALUE", kOk, "The policy pack lists the values of the custom attribute, and this is not one of them.") \
  X(kReasonImportAddressInvalid, "IMPORT_ADDRESS_INVALID", kOk, "A contact point is no address or number of its kind; it is kept as typed, and nothing is found by it.") \
  X(kReasonImportPostalAddress, "IMPORT_POSTAL_ADDRESS", kOk, "A postal address does not have 1 to 5 lines; it is kept as typed.") \
  X(kReasonImportCountryUnknown, "IMPORT_COUNTRY_UNKNOWN", kOk, "A country is no code of ISO 3166-1; it is kept as it was written.") \
  X(kReasonImportAttributeUnknown, "IMPORT_ATTRIBUTE_UNKNOWN", kOk, "The policy pack defines no custom attribute of that name; it is kept as unrecognized.") \
  X(kReasonImportAttributeType, "IMPORT_ATTRIBUTE_TYPE", kOk, "The policy pack defines the custom attribute with another type; it is kept as unrecognized.") \
  X(kReasonImportAttributeValue, "IMPORT_ATTRIBUTE_VALUE", kOk, "The custom attribute has no value, or one that the policy pack does not list; it is kept as unrecognized.") \
  X(kReasonImportContradiction, "IMPORT_CONTRADICTION", kOk, "A value is not possible with another one of the imported state; it is kept apart.") \
  X(kReasonImportCurrencyUnknown, "IMPORT_CURRENCY_UNKNOWN", kOk, "An amount is in no currency of ISO 4217; it is kept apart.") \
  X(kReasonImportCustomerUnknown, "IMPORT_CUSTOMER_UNKNOWN", kOk, "The desk has no customer with the id of the reference; the reference is kept.") \
  X(kReasonImportDuplicate, "IMPORT_DUPLICATE", kOk, "An element of a list has the id or name of one before it; it is kept apart.") \
  X(kReasonImportIdInvalid, "IMPORT_ID_INVALID", kOk, "An id breaks the rule for ids; it is kept as an invalid external id, or apart.") \
  X(kReasonImportItemIncomplete, "IMPORT_ITEM_INCOMPLETE", kOk, "An element of a list, or a part of the state, lacks what it needs; it is kept apart.") \
  X(kReasonImportLanguageInvalid, "IMPORT_LANGUAGE_INVALID", kOk, "A language tag is not well-formed as BCP 47 requires; it is kept apart.") \
  X(kReasonImportNumberInvalid, "IMPORT_NUMBER_INVALID", kOk, "A number or an amount is out of range; it is kept apart.") \
  X(kReasonImportReferenceUnknown, "IMPORT_REFERENCE_UNKNOWN", kOk, "A part corrects one that is not before it; the reference is kept apart.") \
  X(kReasonImportSpansOrder, "IMPORT_SPANS_ORDER", kOk, "A stretch begins before the one ahead of it; its start is kept apart, and counts as not known.") \
  X(kReasonImportSpansState, "IMPORT_SPANS_STATE", kOk, "The history does not end in the present values; a stretch with these, and with no start, ends it.") \
  X(kReasonImportStateNameUnknown, "IMPORT_STATE_NAME_UNKNOWN", kOk, "The policy lists the names of states, and this is not one for that category; it is kept apart.") \
  X(kReasonImportSubjectEmpty, "IMPORT_SUBJECT_EMPTY", kOk, "The case has no subject.") \
  X(kReasonImportSyntax, "IMPORT_SYNTAX", kOk, "A text does not have the required form; it is kept apart.") \
  X(kReasonImportTimeInvalid, "IMPORT_TIME_INVALID", kOk, "A time is no instant of the years 1 to 9999; it is kept apart, and counts as not known.") \
  X(kReasonImportTimeOrder, "IMPORT_TIME_ORDER", kOk, "A time is later than the import, or not possible with another time or the state; it is kept apart, and counts as not known.") \
  X(kReasonImportTimeZoneUnknown, "IMPORT_TIME_ZONE_UNKNOWN", kOk, "A time zone is no name of the IANA database; it is kept apart.") \
  X(kReasonImportValueUnknown, "IMPORT_VALUE_UNKNOWN", kOk, "An element of a list has a value that is not known, or not possible there; the element is kept apart.") \
  X(kReasonImportVerificationTime, "IMPORT_VERIFICATION_TIME", kOk, "A verification has no time; it is kept, and does not count.")
// clang-format on

FRONTDESK_DOMAIN_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kDomainReasons[] = {FRONTDESK_DOMAIN_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_DOMAIN_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_REASONS_H_
