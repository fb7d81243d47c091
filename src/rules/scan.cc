#include "rules/scan.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/rules/reasons.h"

namespace frontdesk {
namespace rules {
namespace {

// Edits (insert, delete, replace) that turn `a` into `b`; names are short.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// The candidate that `name` most likely means; empty when none is near.
absl::string_view Nearest(absl::string_view name,
                          const std::vector<absl::string_view>& candidates) {
  constexpr size_t kMaxNameBytes = 64;
  if (name.size() > kMaxNameBytes) return "";
  size_t best = std::max<size_t>(1, name.size() / 3) + 1;
  absl::string_view nearest;
  for (const absl::string_view candidate : candidates) {
    if (candidate.size() > kMaxNameBytes) continue;
    const size_t distance = EditDistance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

// How long the words are that all names begin with: "POLICY_OUTCOME_".
size_t CommonPrefix(const std::vector<absl::string_view>& names) {
  size_t length = names[0].size();
  for (const absl::string_view name : names) {
    size_t same = 0;
    while (same < length && same < name.size() && name[same] == names[0][same]) ++same;
    length = same;
  }
  const size_t word = names[0].substr(0, length).rfind('_');
  return word == absl::string_view::npos ? 0 : word + 1;
}

}  // namespace

absl::optional<size_t> FindTooDeep(absl::string_view text, TextForm form, int limit) {
  const bool json = form == TextForm::kJson;
  int depth = 0;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\') {
        ++i;
      } else if (c == quote || c == '\n') {
        quote = 0;
      }
    } else if (c == '"' || (c == '\'' && !json)) {
      quote = c;
    } else if (c == '#' && !json) {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if (c == '{' || c == '[' || (c == '<' && !json)) {
      if (++depth > limit) return i;
    } else if (c == '}' || c == ']' || (c == '>' && !json)) {
      depth = std::max(0, depth - 1);
    }
  }
  return absl::nullopt;
}

std::string Suggestion(absl::string_view name, const std::vector<absl::string_view>& candidates) {
  const absl::string_view nearest = Nearest(name, candidates);
  return nearest.empty() ? "" : absl::StrCat("; did you mean '", nearest, "'?");
}

ScanIssue UnknownFieldIssue(const google::protobuf::Descriptor& descriptor, absl::string_view name,
                            absl::string_view path, size_t offset) {
  std::vector<absl::string_view> names;
  for (int i = 0; i < descriptor.field_count(); ++i) names.push_back(descriptor.field(i)->name());
  constexpr size_t kMaxListed = 20;
  std::string hint = Suggestion(name, names);
  if (hint.empty() && !names.empty()) {
    const bool has_more = names.size() > kMaxListed;
    if (has_more) names.resize(kMaxListed);
    hint = absl::StrCat("; its fields are ", absl::StrJoin(names, ", "), has_more ? ", ..." : "");
  }
  return {offset, kReasonPolicyTextUnknownField, std::string(path),
          absl::StrCat("message ", descriptor.name(), " has no field '", name, "'", hint)};
}

ScanIssue UnknownEnumValueIssue(const google::protobuf::FieldDescriptor& field,
                                absl::string_view name, absl::string_view path, size_t offset) {
  constexpr size_t kMaxListed = 8;
  std::vector<absl::string_view> names;
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    names.push_back(field.enum_type()->value(i)->name());
  }
  // Values share a prefix, which does not distinguish them and is often forgotten.
  const size_t prefix = CommonPrefix(names);
  std::vector<absl::string_view> short_names;
  for (const absl::string_view each : names) short_names.push_back(each.substr(prefix));
  const absl::string_view short_name =
      absl::StartsWith(name, names[0].substr(0, prefix)) ? name.substr(prefix) : name;
  const absl::string_view nearest = Nearest(short_name, short_names);
  std::string text = absl::StrCat("enum ", field.enum_type()->name(), " has no value '", name, "'");
  if (!nearest.empty()) {
    absl::StrAppend(&text, "; did you mean '", names[0].substr(0, prefix), nearest, "'?");
  } else if (names.size() <= kMaxListed) {
    absl::StrAppend(&text, "; it has ", absl::StrJoin(names, ", "));
  }
  return {offset, kReasonPolicyTextValue, std::string(path), std::move(text)};
}

absl::optional<ScanIssue> ShapeIssue(const google::protobuf::FieldDescriptor& field,
                                     ValueShape shape, bool element, absl::string_view path,
                                     size_t offset) {
  if (shape == ValueShape::kList) {
    if (field.is_repeated() && !element) return absl::nullopt;
    return ScanIssue{
        offset, kReasonPolicyTextValue, std::string(path),
        element ? "a list cannot hold a list"
                : absl::StrCat("field '", field.name(), "' is not repeated and takes no list")};
  }
  const bool message = field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE;
  if (message == (shape == ValueShape::kMessage)) return absl::nullopt;
  const std::string expected =
      message ? absl::StrCat("message ", field.message_type()->name()) : field.cpp_type_name();
  return ScanIssue{
      offset, kReasonPolicyTextValue, std::string(path),
      absl::StrCat("expected ", expected, ", got ", message ? "a single value" : "a message")};
}

std::string Below(absl::string_view prefix, absl::string_view name) {
  return prefix.empty() ? std::string(name) : absl::StrCat(prefix, ".", name);
}

}  // namespace rules
}  // namespace frontdesk
