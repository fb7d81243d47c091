#include "domain/arguments.h"

#include <cstdint>
#include <iterator>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/base/language_tag.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/time_zone_name.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/domain/reasons.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {

std::string FieldPath::ToString() const {
  std::string text = parent == nullptr ? "" : absl::StrCat(parent->ToString(), ".");
  absl::StrAppend(&text, name);
  if (index >= 0) absl::StrAppend(&text, "[", index, "]");
  return text;
}

namespace {

bool HasName(absl::Span<const google::protobuf::FieldDescriptor* const> fields,
             absl::string_view name) {
  return absl::c_any_of(fields, [name](const google::protobuf::FieldDescriptor* field) {
    return field->name() == name;
  });
}

}  // namespace

bool ArgumentChecker::IsOpen(absl::string_view name) const {
  return policy_fields_ != nullptr && HasName(policy_fields_->open, name);
}

bool ArgumentChecker::IsFilled(absl::string_view name) const {
  return policy_fields_ != nullptr && HasName(policy_fields_->filled, name);
}

void ArgumentChecker::Add(const FieldPath& field, absl::string_view reason,
                          absl::string_view text) {
  v1::Refusal& refusal = refusals_.emplace_back();
  refusal.set_reason(std::string(reason));
  refusal.set_origin(v1::Refusal::ORIGIN_ARGUMENT);
  refusal.set_field(field.ToString());
  refusal.set_text(internal::EscapeText(text));
}

void ArgumentChecker::Add(std::vector<v1::Refusal> refusals) {
  refusals_.insert(refusals_.end(), std::make_move_iterator(refusals.begin()),
                   std::make_move_iterator(refusals.end()));
}

bool ArgumentChecker::RequireText(const FieldPath& field, absl::string_view value) {
  if (!value.empty()) return true;
  Add(field, kReasonArgumentRequired, "is required");
  return false;
}

bool ArgumentChecker::RequireMessage(const FieldPath& field, bool present) {
  if (present) return true;
  Add(field, kReasonArgumentRequired, "is required");
  return false;
}

void ArgumentChecker::Forbid(const FieldPath& field, bool present) {
  if (present) Add(field, kReasonArgumentForbidden, "must not be set here");
}

void ArgumentChecker::ForbidComputed(const FieldPath& state_field,
                                     const google::protobuf::Message& state,
                                     absl::Span<const absl::string_view> names) {
  const google::protobuf::Reflection& access = *state.GetReflection();
  for (const absl::string_view name : names) {
    const auto* field = state.GetDescriptor()->FindFieldByName(std::string(name));
    Forbid({&state_field, name}, field->is_repeated() ? access.FieldSize(state, field) > 0
                                                      : access.HasField(state, field));
  }
}

bool ArgumentChecker::CheckRange(const FieldPath& field, int64_t value, int64_t first,
                                 int64_t last) {
  if (value >= first && value <= last) return true;
  Add(field, kReasonArgumentOutOfRange, absl::StrCat("must be ", first, " to ", last));
  return false;
}

bool ArgumentChecker::CheckCount(const FieldPath& field, int count, int first, int last) {
  if (count >= first && count <= last) return true;
  Add(field, kReasonArgumentCount,
      absl::StrCat("must have ", first, " to ", last, " elements, has ", count));
  return false;
}

void ArgumentChecker::CheckLastFour(const FieldPath& field, absl::string_view last_four) {
  if (last_four.size() <= 4 &&
      absl::c_all_of(last_four, [](unsigned char c) { return absl::ascii_isdigit(c); })) {
    return;
  }
  Add(field, kReasonArgumentSyntax, "is not at most four digits");
}

bool ArgumentChecker::CheckEnum(const FieldPath& field, int value, bool allowed) {
  if (allowed) return true;
  if (value == 0) {
    Add(field, kReasonArgumentRequired, "is required");
  } else {
    Add(field, kReasonArgumentUnknownValue,
        absl::StrCat("has the value ", value, ", which is not possible here"));
  }
  return false;
}

bool ArgumentChecker::CheckCurrency(const FieldPath& field, absl::string_view currency_code) {
  if (CurrencyExponent(currency_code).ok()) return true;
  Add(field, kReasonArgumentCurrencyUnknown, "is not a currency of ISO 4217 with a minor unit");
  return false;
}

bool ArgumentChecker::CheckAmount(const FieldPath& field, const v1::Money& amount, int64_t least,
                                  absl::string_view currency_code) {
  bool fine = CheckCurrency({&field, "currency_code"}, amount.currency_code());
  if (fine && !currency_code.empty() && currency_code != amount.currency_code()) {
    Add({&field, "currency_code"}, kReasonArgumentCurrencyMismatch,
        "is not the currency of the command");
    fine = false;
  }
  if (amount.units() < least) {
    Add({&field, "units"}, kReasonArgumentOutOfRange, absl::StrCat("must be at least ", least));
    fine = false;
  }
  return fine;
}

bool ArgumentChecker::CheckPrice(const FieldPath& field, const v1::UnitPrice& price,
                                 absl::string_view currency_code) {
  bool fine = CheckCurrency({&field, "currency_code"}, price.currency_code());
  if (fine && !currency_code.empty() && currency_code != price.currency_code()) {
    Add({&field, "currency_code"}, kReasonArgumentCurrencyMismatch,
        "is not the currency of the command");
    fine = false;
  }
  if (price.value() < 0) {
    Add({&field, "value"}, kReasonArgumentOutOfRange, "must be at least 0");
    fine = false;
  }
  return CheckRange({&field, "scale"}, price.scale(), 0, 9) && fine;
}

void ArgumentChecker::CheckLanguageTag(const FieldPath& field, absl::string_view tag) {
  if (tag.empty() || IsLanguageTag(tag)) return;
  Add(field, kReasonArgumentLanguageTag, "is not a well-formed language tag of BCP 47");
}

void ArgumentChecker::CheckTimeZone(const FieldPath& field, absl::string_view name) {
  if (name.empty() || IsTimeZoneName(name)) return;
  Add(field, kReasonArgumentTimeZone, "is not the name of a time zone of the IANA database");
}

void ArgumentChecker::CheckFields(const google::protobuf::Message& entity_command,
                                  absl::string_view path) {
  const std::vector<FieldFault> faults = FindFieldFaults(entity_command, path);
  if (faults.empty()) return;
  // Checks of single arguments may have found unknown values too.
  std::set<std::string> refused;
  for (const v1::Refusal& refusal : refusals_) refused.insert(refusal.field());
  for (const FieldFault& each : faults) {
    if (*each.reason == kReasonArgumentUnknownValue && refused.count(each.field) > 0) continue;
    Add({nullptr, each.field}, *each.reason, each.text);
  }
}

bool ArgumentChecker::CheckTime(const FieldPath& field, bool present,
                                const google::protobuf::Timestamp& time) {
  if (!present || internal::IsValid(time)) return true;
  Add(field, kReasonArgumentOutOfRange, "is not an instant of the years 1 to 9999");
  return false;
}

bool ArgumentChecker::CheckTimeSpan(const FieldPath& field, bool present,
                                    const v1::TimeSpan& span) {
  if (!present) return true;
  const bool has_days = span.business_days() != 0;
  if (has_days == span.has_duration()) {
    Add(field, kReasonArgumentExclusive,
        has_days ? "has a duration and business days; give one of them"
                 : "has no duration and no business days; give one of them");
    return false;
  }
  if (has_days) {
    if (span.basis() != v1::TIME_BASIS_UNSPECIFIED) {
      Add({&field, "basis"}, kReasonArgumentForbidden, "is for a duration, not for business days");
      return false;
    }
    return CheckRange({&field, "business_days"}, span.business_days(), 1, INT32_MAX);
  }
  const absl::optional<absl::Duration> duration = internal::DecodeDuration(span.duration());
  if (!duration.has_value() || *duration <= absl::ZeroDuration()) {
    Add({&field, "duration"}, kReasonArgumentOutOfRange, "is not a duration of more than 0");
    return false;
  }
  return true;
}

void ArgumentChecker::CheckAddress(const FieldPath& field, const v1::PostalAddress& address) {
  CheckCount({&field, "lines"}, address.lines_size(), 1, 5);
  const std::string& country = address.country_code();
  if (!country.empty() && !(country.size() == 2 && absl::ascii_isupper(country[0]) &&
                            absl::ascii_isupper(country[1]))) {
    Add({&field, "country_code"}, kReasonArgumentSyntax,
        "is not two upper-case letters (ISO 3166-1 alpha-2)");
  }
}

void ArgumentChecker::CheckSource(const FieldPath& field, bool present,
                                  const v1::ImportSource& source) {
  if (!RequireMessage(field, present)) return;
  RequireText({&field, "system"}, source.system());
  Forbid({&field, "import_time"}, source.has_import_time());
  CheckTime({&field, "as_of_time"}, source.has_as_of_time(), source.as_of_time());
}

void ArgumentChecker::CheckExternalIds(
    const FieldPath& parent, const google::protobuf::RepeatedPtrField<v1::ExternalId>& external_ids,
    absl::string_view name) {
  std::set<std::pair<absl::string_view, absl::string_view>> seen;
  for (int i = 0; i < external_ids.size(); ++i) {
    const FieldPath field{&parent, name, i};
    const bool has_system = RequireText({&field, "system"}, external_ids[i].system());
    const bool has_id = RequireText({&field, "id"}, external_ids[i].id());
    Forbid({&field, "is_invalid"}, external_ids[i].is_invalid());
    if (has_system && has_id &&
        !seen.emplace(external_ids[i].system(), external_ids[i].id()).second) {
      Add(field, kReasonArgumentDuplicate, "occurs twice");
    }
  }
}

void ArgumentChecker::CheckAttributes(
    const FieldPath& parent, const google::protobuf::RepeatedPtrField<v1::Attribute>& attributes,
    absl::string_view list) {
  if (!CheckCount({&parent, list}, attributes.size(), 0, kMaxAttributes)) return;
  DistinctIds names;
  for (int i = 0; i < attributes.size(); ++i) {
    const FieldPath field{&parent, list, i};
    const FieldPath name{&field, "name"};
    if (RequireText(name, attributes[i].name())) names.Check(name, attributes[i].name(), this);
    if (attributes[i].value_case() == v1::Attribute::VALUE_NOT_SET) {
      Add(field, kReasonArgumentRequired, "has no value");
    }
    if (attributes[i].has_money_value()) {
      CheckCurrency({&field, "money_value.currency_code"},
                    attributes[i].money_value().currency_code());
    }
    CheckTime({&field, "time_value"}, attributes[i].has_time_value(), attributes[i].time_value());
  }
}

void DistinctIds::Check(const FieldPath& field, absl::string_view id, ArgumentChecker* checker) {
  if (!seen_.insert(std::string(id)).second) {
    checker->Add(field, kReasonArgumentDuplicate, "occurs twice");
  }
}

}  // namespace domain
}  // namespace frontdesk
