#include "policy/totals.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/base/time_zone_name.h"
#include "frontdesk/cel/time_zone.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/v1/vocabulary_list.pb.h"
#include "google/protobuf/descriptor.h"
#include "internal/enum_label.h"
#include "internal/near_name.h"
#include "internal/time.h"

namespace frontdesk {

const std::string& PolicyTotal::words() const {
  return definition->text().empty() ? definition->name() : definition->text();
}

namespace {

// The day with which the unit begins that holds `day`.
absl::CivilDay FirstDay(v1::CalendarUnit unit, absl::CivilDay day) {
  switch (unit) {
    case v1::CALENDAR_UNIT_WEEK:
      return absl::GetWeekday(day) == absl::Weekday::monday
                 ? day
                 : absl::PrevWeekday(day, absl::Weekday::monday);
    case v1::CALENDAR_UNIT_MONTH:
      return absl::CivilDay(absl::CivilMonth(day));
    case v1::CALENDAR_UNIT_YEAR:
      return absl::CivilDay(absl::CivilYear(day));
    default:
      return day;
  }
}

// The first instant of the civil day. A midnight that the zone skips is the instant of the change; of two, the first one counts.
absl::Time BeginOf(absl::CivilDay day, const absl::TimeZone& zone) {
  const absl::TimeZone::TimeInfo midnight = zone.At(absl::CivilSecond(day));
  return midnight.kind == absl::TimeZone::TimeInfo::SKIPPED ? midnight.trans : midnight.pre;
}

}  // namespace

absl::Time PolicyTotal::WindowBegin(absl::Time now) const {
  absl::Duration span;
  switch (definition->window_case()) {
    case v1::TotalDefinition::kDuration:
      span = internal::DecodeDuration(definition->duration()).value_or(absl::ZeroDuration());
      break;
    case v1::TotalDefinition::kDays:
      span = absl::Hours(24) * definition->days();
      break;
    case v1::TotalDefinition::kCalendarUnit:
      return BeginOf(FirstDay(definition->calendar_unit(), absl::ToCivilDay(now, time_zone)),
                     time_zone);
    case v1::TotalDefinition::WINDOW_NOT_SET:
      return absl::InfinitePast();
  }
  const absl::Time begin = now - span + absl::Nanoseconds(1);
  const bool is_whole = begin < absl::FromUnixSeconds(internal::kMinTimestampSeconds);
  return is_whole ? absl::InfinitePast() : begin;
}

std::vector<TotalKey> PolicyTotal::KeysFor(absl::Span<const std::string> ids,
                                           absl::string_view reason) const {
  static const auto* const of_desk = new std::vector<std::string>{""};
  std::vector<absl::optional<std::string>> reasons(definition->reasons().begin(),
                                                   definition->reasons().end());
  if (is_per_reason) reasons.emplace_back(std::string(reason));
  if (reasons.empty()) reasons.emplace_back();
  if (subject == v1::TOTAL_SUBJECT_UNSPECIFIED) ids = *of_desk;
  std::vector<TotalKey> keys;
  keys.reserve(ids.size() * commands.size() * reasons.size());
  for (const std::string& id : ids) {
    for (const domain::CommandInfo* command : commands) {
      for (const absl::optional<std::string>& each : reasons) {
        keys.push_back({subject, id, command, each});
      }
    }
  }
  return keys;
}

namespace internal {
namespace {

using domain::CommandInfo;
using google::protobuf::FieldDescriptor;

// Names that a text lists where none is near.
constexpr std::size_t kMaxShownNames = 20;

std::vector<std::string> CountedCommands() {
  std::vector<std::string> names;
  for (const CommandInfo& command : domain::Commands()) {
    if (command.counts_for_totals()) names.emplace_back(command.name);
  }
  return names;
}

std::string SubjectText(v1::TotalSubject subject) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::TotalSubject_Name(subject), "TOTAL_SUBJECT_"));
}

// Checks and compiles one definition.
class TotalCompiler {
 public:
  TotalCompiler(const v1::PolicyPack& pack, const PolicyOptions& options, int index,
                PackIssues* issues)
      : pack_(pack),
        options_(options),
        source_(pack.totals(index)),
        path_(absl::StrCat("totals[", index, "]")),
        issues_(issues) {}

  PolicyTotal Compile() {
    total_.definition = &source_;
    CheckTexts();
    AddCommands();
    AddSubjects();
    CheckReasons();
    CheckWindow();
    return std::move(total_);
  }

 private:
  void Add(absl::string_view reason, absl::string_view field, std::string text) {
    issues_->AddError(reason, absl::StrCat(path_, ".", field), std::move(text));
  }

  void CheckTexts() {
    if (!IsLowerSnake(source_.name())) {
      Add(kReasonPolicyTotalName, "name", "the name is not lower_snake_case");
    }
    const auto check = [this](absl::string_view field, const std::string& text, int32_t most,
                              const Reason& reason) {
      if (text.size() <= static_cast<std::size_t>(most)) return;
      Add(reason, field, absl::StrCat("the ", field, " has more than ", most, " bytes"));
    };
    check("name", source_.name(), options_.rule_limits.max_name_bytes, kReasonRuleLimitNameBytes);
    check("text", source_.text(), options_.rule_limits.max_text_bytes, kReasonRuleLimitTextBytes);
  }

  void AddCommands() {
    if (source_.commands().empty()) {
      Add(kReasonPolicyTotalCommand, "commands", "the total counts no command; name one");
    }
    for (int i = 0; i < source_.commands_size(); ++i) {
      const std::string& name = source_.commands(i);
      const std::string field = absl::StrCat("commands[", i, "]");
      const CommandInfo* command = domain::FindCommandByName(name);
      if (command == nullptr || !command->counts_for_totals()) {
        AddNotCounted(name, command != nullptr, field);
      } else if (std::find(total_.commands.begin(), total_.commands.end(), command) !=
                 total_.commands.end()) {
        Add(kReasonPolicyTotalCommand, field, "the command is named twice");
      } else {
        total_.commands.push_back(command);
      }
    }
  }

  void AddNotCounted(const std::string& name, bool is_known, absl::string_view field) {
    const std::vector<std::string> counted = CountedCommands();
    NearName near(name);
    for (const std::string& each : counted) near.Consider(each);
    const std::string hint = is_known ? "" : near.Hint();
    const std::string all =
        absl::StrCat("; those that can be counted are ", absl::StrJoin(counted, ", "));
    Add(kReasonPolicyTotalCommand, field,
        absl::StrCat(is_known ? absl::StrCat(name, " names neither an amount nor a reason")
                              : absl::StrCat("there is no command '", name, "'"),
                     hint.empty() ? all : hint));
  }

  void AddSubjects() {
    for (int i = 0; i < source_.per_size(); ++i) {
      const v1::TotalSubject subject = source_.per(i);
      const std::string field = absl::StrCat("per[", i, "]");
      if (subject == v1::TOTAL_SUBJECT_UNSPECIFIED || !v1::TotalSubject_IsValid(subject)) {
        Add(kReasonPolicyTotalPer, field, "the subject is not set, or not known");
      } else if (std::find(source_.per().begin(), source_.per().begin() + i, subject) !=
                 source_.per().begin() + i) {
        Add(kReasonPolicyTotalPer, field, "the subject is named twice");
      } else if (subject == v1::TOTAL_SUBJECT_REASON) {
        AddReason(field);
      } else if (total_.subject != v1::TOTAL_SUBJECT_UNSPECIFIED) {
        Add(kReasonPolicyTotalPer, field,
            absl::StrCat("a total is by one of customer, actor, case, order and account, and this "
                         "is by ",
                         SubjectText(total_.subject), " already"));
      } else {
        AddSubject(subject, field);
      }
    }
  }

  void AddReason(const std::string& field) {
    total_.is_per_reason = true;
    if (!source_.reasons().empty()) {
      Add(kReasonPolicyTotalPer, field, "the total lists its reasons already");
    }
    for (const CommandInfo* command : total_.commands) {
      if (!command->reason_fields.empty()) continue;
      Add(kReasonPolicyTotalPer, field, absl::StrCat(command->name, " gives no reason"));
    }
  }

  void AddSubject(v1::TotalSubject subject, const std::string& field) {
    total_.subject = subject;
    const v1::EntityKind kind = AddressedKindOf(subject);
    if (kind == v1::ENTITY_KIND_UNSPECIFIED) return;
    for (const CommandInfo* command : total_.commands) {
      if (command->entity_kind == kind) continue;
      Add(kReasonPolicyTotalPer, field,
          absl::StrCat(command->name, " addresses no ", SubjectText(subject)));
    }
  }

  void CheckReasons() {
    std::set<absl::string_view> reasons;
    for (int i = 0; i < source_.reasons_size(); ++i) {
      const std::string field = absl::StrCat("reasons[", i, "]");
      if (!reasons.insert(source_.reasons(i)).second) {
        Add(kReasonPolicyTotalReason, field, "the reason is named twice");
      } else {
        CheckReason(source_.reasons(i), field);
      }
    }
    const std::size_t lists =
        total_.commands.size() * std::max<std::size_t>(1, source_.reasons().size());
    if (lists <= static_cast<std::size_t>(std::max(0, options_.max_total_lists))) return;
    Add(kReasonPolicyLimitTotalLists, source_.reasons().empty() ? "commands" : "reasons",
        absl::StrCat("the commands of a total times its reasons are at most ",
                     options_.max_total_lists));
  }

  // One of the commands has to give it.
  void CheckReason(const std::string& reason, const std::string& field) {
    if (total_.commands.empty()) return;
    if (reason.empty()) {
      Add(kReasonPolicyTotalReason, field, "the reason is empty");
      return;
    }
    NearName near(reason);
    std::vector<std::string> possible;
    for (const CommandInfo* command : total_.commands) {
      if (command->reason_fields.empty()) continue;
      std::vector<std::string> words;
      if (!ListReasons(*command->reason_fields.back(), &words)) return;
      for (std::string& word : words) {
        if (word == reason) return;
        near.Consider(word);
        possible.push_back(std::move(word));
      }
    }
    if (possible.empty()) {
      Add(kReasonPolicyTotalReason, field, "the commands of the total give no reasons");
      return;
    }
    const std::string hint = near.Hint();
    possible.resize(std::min(possible.size(), kMaxShownNames));
    Add(kReasonPolicyTotalReason, field,
        absl::StrCat("the commands of the total never give the reason '", reason, "'",
                     hint.empty() ? absl::StrCat("; write one such as '",
                                                 absl::StrJoin(possible, "', '"), "'")
                                  : hint));
  }

  // The reasons that are possible in a field; false when any word is.
  bool ListReasons(const FieldDescriptor& field, std::vector<std::string>* words) const {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      for (int i = 0; i < field.enum_type()->value_count(); ++i) {
        const auto* value = field.enum_type()->value(i);
        if (value->number() != 0) words->push_back(EnumLabel(*value));
      }
      return true;
    }
    if (field.containing_type() == domain::FindCommandByName("ResolveCase")->message) {
      for (const v1::Remedy& remedy : pack_.cases().remedies()) words->push_back(remedy.name());
    } else if (field.options().GetExtension(v1::vocabulary) == v1::VOCABULARY_LIST_REASONS) {
      for (const v1::VocabularyWord& word : pack_.vocabulary().reasons()) {
        words->push_back(word.name());
      }
    }
    return !words->empty();
  }

  void CheckWindow() {
    if (source_.has_duration()) {
      const absl::optional<absl::Duration> span = DecodeDuration(source_.duration());
      if (!span.has_value() || *span <= absl::ZeroDuration()) {
        Add(kReasonPolicyTotalWindow, "duration", "the duration is not more than 0, or not valid");
      }
    } else if (source_.has_days()) {
      if (source_.days() <= 0) {
        Add(kReasonPolicyTotalWindow, "days", "the number of days is not more than 0");
      }
    } else if (source_.has_calendar_unit()) {
      if (source_.calendar_unit() == v1::CALENDAR_UNIT_UNSPECIFIED ||
          !v1::CalendarUnit_IsValid(source_.calendar_unit())) {
        Add(kReasonPolicyTotalWindow, "calendar_unit", "the unit is not set, or not known");
      }
    }
    CheckZone();
  }

  void CheckZone() {
    const std::string& name = source_.time_zone();
    if (name.empty()) return;
    if (!source_.has_calendar_unit()) {
      Add(kReasonPolicyTotalTimeZone, "time_zone",
          "a time zone is of a calendar_unit, and the window is none");
      return;
    }
    const cel::TimeZoneSource& zones =
        options_.time_zones ? options_.time_zones : cel::SystemTimeZones();
    const absl::optional<absl::TimeZone> zone =
        IsTimeZoneName(name) ? zones(name) : absl::optional<absl::TimeZone>();
    if (zone.has_value()) {
      total_.time_zone = *zone;
    } else {
      Add(kReasonPolicyTotalTimeZone, "time_zone",
          "there is no such time zone; an example of a name is Europe/Berlin");
    }
  }

  const v1::PolicyPack& pack_;
  const PolicyOptions& options_;
  const v1::TotalDefinition& source_;
  const std::string path_;
  PackIssues* const issues_;
  PolicyTotal total_;
};

}  // namespace

v1::EntityKind AddressedKindOf(v1::TotalSubject subject) {
  switch (subject) {
    case v1::TOTAL_SUBJECT_CASE:
      return v1::ENTITY_KIND_CASE;
    case v1::TOTAL_SUBJECT_ORDER:
      return v1::ENTITY_KIND_ORDER;
    case v1::TOTAL_SUBJECT_ACCOUNT:
      return v1::ENTITY_KIND_ACCOUNT;
    default:
      return v1::ENTITY_KIND_UNSPECIFIED;
  }
}

void CheckTotalLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                      PackIssues* issues) {
  if (pack.totals_size() <= options.max_totals) return;
  issues->AddError(kReasonPolicyLimitTotals, "totals",
                   absl::StrCat("a pack has at most ", options.max_totals, " totals"));
}

std::vector<PolicyTotal> CompileTotals(const v1::PolicyPack& pack, const PolicyOptions& options,
                                       PackIssues* issues) {
  std::vector<PolicyTotal> totals;
  std::set<absl::string_view> names;
  for (int i = 0; i < pack.totals_size(); ++i) {
    totals.push_back(TotalCompiler(pack, options, i, issues).Compile());
    if (!pack.totals(i).name().empty() && !names.insert(pack.totals(i).name()).second) {
      issues->AddError(kReasonPolicyTotalDuplicate, absl::StrCat("totals[", i, "].name"),
                       "an earlier total has this name");
    }
  }
  return totals;
}

void CheckUnreadTotals(const v1::PolicyPack& pack, const std::set<int>& read, PackIssues* issues) {
  for (int i = 0; i < pack.totals_size(); ++i) {
    if (read.count(i) > 0) continue;
    issues->AddWarning(
        kReasonPolicyTotalUnread, absl::StrCat("totals[", i, "]"),
        absl::StrCat("no rule reads the total '", pack.totals(i).name(),
                     "'; read it as totals.given('", pack.totals(i).name(), "') or remove it"));
  }
}

}  // namespace internal
}  // namespace frontdesk
