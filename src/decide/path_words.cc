#include "decide/path_words.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "decide/value_words.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Nouns for the instants that fields name by a verb: "create_time" is the time of the creation.
constexpr std::pair<absl::string_view, absl::string_view> kInstants[] = {
    {"create", "creation"},     {"place", "order"},         {"deliver", "delivery"},
    {"ship", "shipment"},       {"cancel", "cancellation"}, {"open", "opening"},
    {"close", "closing"},       {"complete", "completion"}, {"expire", "expiry"},
    {"verify", "verification"}, {"merge", "merge"},         {"resolve", "resolution"},
    {"approve", "approval"},    {"answer", "answer"},       {"escalate", "escalation"},
    {"refer", "referral"},      {"update", "update"},       {"reopen_expire", "reopening end"},
};

// Whole names that read badly word by word.
constexpr std::pair<absl::string_view, absl::string_view> kNames[] = {
    {"actor", "requester"},
    {"identity_level", "verified level of identity"},
    {"now", "present time"},
    {"occur_time", "time of the late entry"},
    {"held_amount", "amount that is held"},
    {"note", "note of the request"},
    {"add_tags", "new tags"},
    {"remove_tags", "removed tags"},
    {"field_names", "names"},
    {"merged_field_names", "merged names"},
};

// Parts that only lead to others.
bool IsWayOnly(const PathPart& part) {
  return part.name == "assessment" || part.name == "totals" || part.name == "command" ||
         part.name == "variables";
}

bool IsAmount(const Descriptor* type) {
  return type != nullptr && (type->full_name() == "frontdesk.v1.Money" ||
                             type->full_name() == "frontdesk.v1.UnitPrice");
}

std::string WithArticle(absl::string_view noun) { return absl::StrCat("the ", noun); }

}  // namespace

const FieldDescriptor* Path::field() const { return parts.empty() ? nullptr : parts.back().field; }

bool Path::is_minor_units() const {
  const FieldDescriptor* last = field();
  return last != nullptr && IsAmount(last->containing_type()) &&
         (last->name() == "units" || last->name() == "value");
}

bool Path::is_time() const {
  const FieldDescriptor* last = field();
  return last != nullptr && !is_list() && last->message_type() != nullptr &&
         last->message_type()->full_name() == "google.protobuf.Timestamp";
}

bool Path::is_list() const {
  const FieldDescriptor* last = field();
  return last != nullptr && last->is_repeated() && parts.back().index < 0;
}

Path ReadPath(absl::string_view path, const Descriptor* input) {
  Path read;
  const Descriptor* type = input;
  while (!path.empty()) {
    if (path.front() == '[') {
      const size_t end = path.find(']');
      int index = 0;
      if (end == absl::string_view::npos || !absl::SimpleAtoi(path.substr(1, end - 1), &index)) {
        return {};
      }
      PathPart part;
      part.index = index;
      if (!read.parts.empty()) part.field = read.parts.back().field;
      read.parts.push_back(std::move(part));
      path.remove_prefix(end + 1);
      continue;
    }
    absl::ConsumePrefix(&path, ".");
    const size_t end = std::min(path.find_first_of(".["), path.size());
    if (end == 0) return {};
    PathPart part;
    part.name = std::string(absl::StripSuffix(absl::StripPrefix(path.substr(0, end), "`"), "`"));
    part.field = type == nullptr ? nullptr : type->FindFieldByName(part.name);
    type = part.field == nullptr ? nullptr : part.field->message_type();
    read.parts.push_back(std::move(part));
    path.remove_prefix(end);
  }
  return read;
}

std::string FieldWords(absl::string_view name) {
  for (const auto& [field, words] : kNames) {
    if (name == field) return std::string(words);
  }
  absl::string_view stem = name;
  if (absl::ConsumeSuffix(&stem, "_time")) {
    for (const auto& [verb, noun] : kInstants) {
      if (stem == verb) return absl::StrCat(noun, " time");
    }
    return SpacedWords(name);
  }
  // Its numbers are shown as they are: 50000 of a rate in millionths.
  if (absl::ConsumeSuffix(&stem, "_ppm")) return absl::StrCat(SpacedWords(stem), " in millionths");
  if (absl::ConsumeSuffix(&stem, "_ids")) return absl::StrCat(SpacedWords(stem), "s");
  if (absl::ConsumeSuffix(&stem, "_id") && !stem.empty()) return SpacedWords(stem);
  if (absl::ConsumePrefix(&stem, "is_") || absl::ConsumePrefix(&stem, "has_")) {
    return SpacedWords(stem);
  }
  return SpacedWords(name);
}

std::string SingularWords(absl::string_view name) {
  std::string words = FieldWords(name);
  absl::string_view stem = words;
  if (absl::ConsumeSuffix(&stem, "ies")) return absl::StrCat(stem, "y");
  if (absl::EndsWith(stem, "addresses")) return std::string(absl::StripSuffix(stem, "es"));
  return std::string(absl::StripSuffix(stem, "s"));
}

std::string PathWords(const Path& path, absl::string_view element) {
  std::vector<std::string> nouns;
  // Which of them is the last element of a list.
  size_t element_at = std::string::npos;
  if (!element.empty()) {
    nouns.push_back(std::string(element));
    element_at = 0;
  }
  for (size_t i = 0; i < path.parts.size(); ++i) {
    const PathPart& part = path.parts[i];
    const bool is_last = i + 1 == path.parts.size();
    if (part.index >= 0) {
      // The list itself is replaced by its element.
      const std::string list = i == 0 ? "element" : SingularWords(path.parts[i - 1].name);
      const std::string noun = absl::StrCat(list, " ", part.index + 1);
      if (i == 0) {
        nouns.push_back(noun);
      } else {
        nouns.back() = noun;
      }
      element_at = nouns.size() - 1;
      continue;
    }
    const bool is_verb = i > 0 && path.parts[i - 1].name == "command";
    if (!is_last && (IsWayOnly(part) || is_verb)) continue;
    const bool is_part_of_amount =
        is_last && part.field != nullptr && IsAmount(part.field->containing_type());
    if (is_part_of_amount && part.name != "currency_code" && !nouns.empty()) continue;
    if (!is_last && part.name == "quantities") continue;
    if (i > 0 && path.parts[i - 1].name == "quantities") {
      nouns.push_back(absl::StrCat("the ", FieldWords(part.name), " quantity"));
      continue;
    }
    nouns.push_back(part.name == "currency_code" ? "the currency"
                                                 : WithArticle(FieldWords(part.name)));
  }
  if (nouns.empty()) return "the request";
  if (nouns.size() == 1 || element_at == nouns.size() - 1) return nouns.back();
  // Two say enough: the country code of the shipping address, the variant of line 2.
  const size_t owner = element_at == std::string::npos ? nouns.size() - 2 : element_at;
  return absl::StrCat(nouns.back(), " of ", nouns[owner]);
}

}  // namespace internal
}  // namespace frontdesk
