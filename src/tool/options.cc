#include "tool/options.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"

namespace frontdesk {
namespace tool {
namespace {

const OptionRow* FindRow(absl::Span<const OptionRow> rows, absl::string_view name) {
  for (const OptionRow& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

absl::Status UsageError(absl::string_view text) { return absl::InvalidArgumentError(text); }

bool IsUsageError(const absl::Status& status) {
  return absl::IsInvalidArgument(status) && GetReason(status).empty();
}

absl::StatusOr<Options> Options::Parse(absl::Span<const std::string> arguments,
                                       absl::Span<const absl::string_view> positional,
                                       absl::Span<const OptionRow> rows) {
  Options options;
  bool only_positional = false;
  const bool has_list = !positional.empty() && absl::EndsWith(positional.back(), "...");
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view argument = arguments[i];
    if (only_positional || argument.size() < 2 || !absl::StartsWith(argument, "--")) {
      if (options.positional_.size() >= positional.size() && !has_list) {
        return UsageError("there are more arguments than the command has");
      }
      options.positional_.emplace_back(argument);
      continue;
    }
    argument.remove_prefix(2);
    if (argument.empty()) {
      only_positional = true;
      continue;
    }
    const std::size_t sign = argument.find('=');
    const absl::string_view name = argument.substr(0, sign);
    const OptionRow* const row = FindRow(rows, name);
    if (row == nullptr) {
      return UsageError("the command has no such option; --help lists them");
    }
    std::string value;
    if (row->value.empty() && sign != absl::string_view::npos) {
      return UsageError(absl::StrCat("--", row->name, " has no value"));
    }
    if (sign != absl::string_view::npos) {
      value = std::string(argument.substr(sign + 1));
    } else if (!row->value.empty()) {
      if (++i == arguments.size()) {
        return UsageError(absl::StrCat("--", row->name, " needs a value: ", row->value));
      }
      value = arguments[i];
    }
    if (!options.values_.emplace(std::string(name), std::move(value)).second) {
      return UsageError(absl::StrCat("--", row->name, " is given twice"));
    }
  }
  const std::size_t count = options.positional_.size();
  if (count < positional.size() && !absl::StartsWith(positional[count], "[")) {
    return UsageError(absl::StrCat(positional[count], " is missing"));
  }
  return options;
}

std::string Options::Get(absl::string_view name) const {
  const auto found = values_.find(std::string(name));
  return found == values_.end() ? std::string() : found->second;
}

absl::StatusOr<int> Options::GetNumber(absl::string_view name, int otherwise, int most) const {
  if (!Has(name)) return otherwise;
  int number = 0;
  if (!absl::SimpleAtoi(Get(name), &number) || number < 1 || number > most) {
    return UsageError(absl::StrCat("--", name, " is not a whole number in 1 to ", most));
  }
  return number;
}

absl::StatusOr<absl::optional<absl::Time>> Options::GetInstant(absl::string_view name) const {
  if (!Has(name)) return absl::optional<absl::Time>();
  const std::string text = Get(name);
  absl::Time time;
  std::string fault;
  if (absl::ParseTime("%Y-%m-%d", text, absl::UTCTimeZone(), &time, &fault) ||
      absl::ParseTime(absl::RFC3339_full, text, &time, &fault)) {
    return absl::make_optional(time);
  }
  return UsageError(absl::StrCat(
      "--", name, " is a date, as 2026-01-31, or an instant, as 2026-01-31T12:00:00Z"));
}

}  // namespace tool
}  // namespace frontdesk
