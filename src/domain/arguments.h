// Checks of the arguments of a command, collected field by field, with paths. Private.
#ifndef FRONTDESK_DOMAIN_ARGUMENTS_H_
#define FRONTDESK_DOMAIN_ARGUMENTS_H_

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

struct PolicyFields;

// One step of a path; refers to the step before it, which must live as long. Text is made only when it is needed.
struct FieldPath {
  const FieldPath* parent = nullptr;
  absl::string_view name;
  int index = -1;

  // "change_items.changes[0].item".
  std::string ToString() const;
};

// Most custom attributes in one command.
inline constexpr int kMaxAttributes = 1000;

// Collects the invalid fields of one command. Thread-compatible.
class ArgumentChecker {
 public:
  ArgumentChecker() = default;
  // For commands whose checks look at the time, or read phone numbers. `now` must outlive the checker.
  explicit ArgumentChecker(const google::protobuf::Timestamp& now,
                           absl::string_view default_region_code = "")
      : now_(now), default_region_code_(default_region_code) {}

  // The fields that are for policy to fill, which must outlive the checker.
  void SetPolicyFields(const PolicyFields& policy_fields) { policy_fields_ = &policy_fields; }

  // Whether a field of the command of that name is not set, and policy may fill it; whether policy has filled it.
  bool IsOpen(absl::string_view name) const;
  bool IsFilled(absl::string_view name) const;

  // When the command is asked for.
  const google::protobuf::Timestamp& now() const { return now_; }
  // The region in which national phone numbers without a region are read; empty for none.
  absl::string_view default_region_code() const { return default_region_code_; }

  // `field` is invalid for `reason`, one of ARGUMENT_… or of base/. The text is written in one line (internal/escape_text.h).
  void Add(const FieldPath& field, absl::string_view reason, absl::string_view text);

  // Refusals of another checker.
  void Add(std::vector<v1::Refusal> refusals);

  // A text, or a message, that has to be there.
  bool RequireText(const FieldPath& field, absl::string_view value);
  bool RequireMessage(const FieldPath& field, bool present);

  // Something that must not be there.
  void Forbid(const FieldPath& field, bool present);

  // Fields of an imported state that are worked out from others.
  void ForbidComputed(const FieldPath& state_field, const google::protobuf::Message& state,
                      absl::Span<const absl::string_view> names);

  // A number from `first` to `last`, both included.
  bool CheckRange(const FieldPath& field, int64_t value, int64_t first, int64_t last);

  // A list of `first` to `last` elements.
  bool CheckCount(const FieldPath& field, int count, int first, int last);

  // An enum value; `allowed` says whether it is one that is meant here. Zero is "not set".
  bool CheckEnum(const FieldPath& field, int value, bool allowed);

  // The last digits of a card or account, for people: at most four.
  void CheckLastFour(const FieldPath& field, absl::string_view last_four);

  // An amount of at least `least` minor units, in a known currency: in `currency_code` unless that is empty.
  bool CheckAmount(const FieldPath& field, const v1::Money& amount, int64_t least,
                   absl::string_view currency_code = "");

  // An ISO 4217 code in which amounts can be held.
  bool CheckCurrency(const FieldPath& field, absl::string_view currency_code);

  // A price that is not negative, in a known currency: in `currency_code` unless that is empty.
  bool CheckPrice(const FieldPath& field, const v1::UnitPrice& price,
                  absl::string_view currency_code = "");

  // A tag of BCP 47, and the name of a time zone in the form of the IANA database; an empty one is not set.
  void CheckLanguageTag(const FieldPath& field, absl::string_view tag);
  void CheckTimeZone(const FieldPath& field, absl::string_view name);

  // The ids, names of words of the policy, and values of enums in the command of one entity: see domain/field_faults.h.
  // `path` is that of the message, if it is a part of the command.
  void CheckFields(const google::protobuf::Message& entity_command, absl::string_view path = "");

  // An instant of the years 1 to 9999.
  bool CheckTime(const FieldPath& field, bool present, const google::protobuf::Timestamp& time);

  // A span of more than 0: either a duration, with a basis or without, or business days.
  bool CheckTimeSpan(const FieldPath& field, bool present, const v1::TimeSpan& span);

  // An address of 1 to 5 lines with a country code of ISO 3166-1 alpha-2 form, if any.
  void CheckAddress(const FieldPath& field, const v1::PostalAddress& address);

  // Where an import comes from; required.
  void CheckSource(const FieldPath& field, bool present, const v1::ImportSource& source);

  // The lists are in the field `name` of `parent`; there are kMaxAttributes attributes at most.
  void CheckExternalIds(const FieldPath& parent,
                        const google::protobuf::RepeatedPtrField<v1::ExternalId>& external_ids,
                        absl::string_view name = "external_ids");
  void CheckAttributes(const FieldPath& parent,
                       const google::protobuf::RepeatedPtrField<v1::Attribute>& attributes,
                       absl::string_view name = "attributes");

  bool empty() const { return refusals_.empty(); }
  std::vector<v1::Refusal> Take() && { return std::move(refusals_); }

 private:
  const google::protobuf::Timestamp& now_ = google::protobuf::Timestamp::default_instance();
  absl::string_view default_region_code_;
  const PolicyFields* policy_fields_ = nullptr;
  std::vector<v1::Refusal> refusals_;
};

// Finds ids that come twice.
class DistinctIds {
 public:
  // Adds ARGUMENT_DUPLICATE to `checker` when `id` came before.
  void Check(const FieldPath& field, absl::string_view id, ArgumentChecker* checker);

 private:
  std::set<std::string> seen_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ARGUMENTS_H_
