#include "decide/value_words.h"

#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "frontdesk/base/money.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

constexpr absl::string_view kUnset = "not set";

bool IsBlank(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

// `text` between `begin` and `end`; nothing when it is not there.
absl::optional<absl::string_view> Between(absl::string_view text, absl::string_view begin,
                                          absl::string_view end) {
  if (!absl::ConsumePrefix(&text, begin) || !absl::ConsumeSuffix(&text, end)) return absl::nullopt;
  return text;
}

// "delivered" of "Order.State.STATE_DELIVERED" and of "Verdict.VERDICT_DONE"; nothing for any other text.
absl::optional<std::string> EnumValueWords(absl::string_view literal) {
  const size_t dot = literal.rfind('.');
  if (dot == absl::string_view::npos || dot + 1 == literal.size()) return absl::nullopt;
  const absl::string_view value = literal.substr(dot + 1);
  if (!absl::ascii_isupper(value.front())) return absl::nullopt;
  for (const char c : value) {
    if (!absl::ascii_isupper(c) && !absl::ascii_isdigit(c) && c != '_') return absl::nullopt;
  }
  absl::string_view type = literal.substr(0, dot);
  type = type.substr(type.rfind('.') + 1);
  std::string prefix = absl::StrCat(absl::AsciiStrToUpper(SpacedWords(type)), " ");
  for (char& c : prefix) c = c == ' ' ? '_' : c;
  const std::string words = SpacedWords(absl::StripPrefix(value, prefix));
  return words == "unspecified" ? std::string(kUnset) : words;
}

// Splits at commas that are outside of quotes and brackets.
std::vector<absl::string_view> SplitElements(absl::string_view text) {
  std::vector<absl::string_view> elements;
  int depth = 0;
  bool is_quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == '[' || c == '{' || c == '(')) {
      ++depth;
    } else if (!is_quoted && (c == ']' || c == '}' || c == ')')) {
      --depth;
    } else if (!is_quoted && depth == 0 && c == ',') {
      elements.push_back(absl::StripAsciiWhitespace(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  const absl::string_view last = absl::StripAsciiWhitespace(text.substr(begin));
  if (!last.empty()) elements.push_back(last);
  return elements;
}

// Without the escapes that a quotation of the house needs and words do not.
std::string Unquoted(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
    out += text[i];
  }
  return out;
}

}  // namespace

std::string SpanWords(absl::Duration span) {
  if (span < absl::ZeroDuration()) return absl::StrCat("minus ", SpanWords(-span));
  static constexpr std::pair<int64_t, absl::string_view> kUnits[] = {
      {86'400, "day"}, {3'600, "hour"}, {60, "minute"}};
  std::vector<std::string> parts;
  absl::Duration rest;
  int64_t seconds = absl::IDivDuration(span, absl::Seconds(1), &rest);
  for (const auto& [size, name] : kUnits) {
    const int64_t count = seconds / size;
    seconds %= size;
    if (count > 0) parts.push_back(absl::StrCat(count, " ", name, count == 1 ? "" : "s"));
  }
  if (rest > absl::ZeroDuration()) {
    parts.push_back(absl::StrCat(absl::ToDoubleSeconds(absl::Seconds(seconds) + rest), " seconds"));
  } else if (seconds > 0 || parts.empty()) {
    parts.push_back(absl::StrCat(seconds, " second", seconds == 1 ? "" : "s"));
  }
  return ListWords(parts);
}

std::string InstantWords(absl::Time time) {
  const bool is_minute = absl::ToUnixSeconds(time) % 60 == 0 &&
                         time == absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  return absl::FormatTime(is_minute ? "%Y-%m-%d %H:%M UTC" : "%Y-%m-%d %H:%M:%E*S UTC", time,
                          absl::UTCTimeZone());
}

std::string ListWords(absl::Span<const std::string> words, absl::string_view last) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? absl::StrCat(" ", last, " ") : ", ";
    out += words[i];
  }
  return out;
}

std::string SpacedWords(absl::string_view name) {
  std::string words;
  bool was_lower = false;
  for (const char c : name) {
    const bool is_upper = absl::ascii_isupper(c);
    if (is_upper && was_lower) words += ' ';
    words += c == '_' ? ' ' : absl::ascii_tolower(c);
    was_lower = absl::ascii_islower(c) || absl::ascii_isdigit(c);
  }
  return words;
}

std::string Capitalized(absl::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = absl::ascii_toupper(out[0]);
  return out;
}

std::string Uncapitalized(absl::string_view text) {
  std::string out(text);
  const bool is_word = out.size() > 1 && absl::ascii_islower(out[1]);
  if (is_word) out[0] = absl::ascii_tolower(out[0]);
  return out;
}

std::string AsSentence(absl::string_view text) {
  std::string line;
  for (const char c : text) line += IsBlank(c) ? ' ' : c;
  line = EscapeText(absl::StripAsciiWhitespace(line));
  if (line.empty() || absl::EndsWith(line, ".") || absl::EndsWith(line, "!") ||
      absl::EndsWith(line, "?")) {
    return line;
  }
  return line + ".";
}

bool IsUnsetLiteral(absl::string_view literal) {
  return literal == kUnset || literal == "empty" || absl::StartsWith(literal, "not set: ");
}

std::string LiteralWords(absl::string_view literal) {
  if (literal.empty() || literal == "..." || absl::StartsWith(literal, "<")) return "";
  if (IsUnsetLiteral(literal)) return std::string(kUnset);
  if (literal == "true") return "yes";
  if (literal == "false") return "no";
  if (const auto text = Between(literal, "\"", "\"")) return Unquoted(*text);
  if (const auto text = Between(literal, "duration(\"", "\")")) {
    absl::Duration span;
    return absl::ParseDuration(*text, &span) ? SpanWords(span) : std::string(*text);
  }
  if (const auto text = Between(literal, "timestamp(\"", "\")")) {
    absl::Time time;
    return absl::ParseTime(absl::RFC3339_full, *text, &time, nullptr) ? InstantWords(time)
                                                                      : std::string(*text);
  }
  if (const auto list = Between(literal, "[", "]")) {
    std::vector<std::string> words;
    for (const absl::string_view element : SplitElements(*list)) {
      words.push_back(LiteralWords(element));
      if (words.back().empty()) return "";
    }
    return words.empty() ? "none" : ListWords(words);
  }
  // Messages have no words.
  if (absl::EndsWith(literal, "}")) return "";
  if (auto words = EnumValueWords(literal)) return *std::move(words);
  return std::string(literal);
}

std::string OutputWords(const v1::OutputValue& output) {
  switch (output.value_case()) {
    case v1::OutputValue::kStringValue:
      return output.string_value();
    case v1::OutputValue::kIntValue:
      return absl::StrCat(output.int_value());
    case v1::OutputValue::kDoubleValue:
      return absl::StrCat(output.double_value());
    case v1::OutputValue::kBoolValue:
      return output.bool_value() ? "yes" : "no";
    case v1::OutputValue::kTimeValue: {
      const auto time = DecodeTime(output.time_value());
      return time.has_value() ? InstantWords(*time) : "";
    }
    case v1::OutputValue::kDurationValue: {
      const auto span = DecodeDuration(output.duration_value());
      return span.has_value() ? SpanWords(*span) : "";
    }
    case v1::OutputValue::kMoneyValue:
      return CurrencyExponent(output.money_value().currency_code()).ok()
                 ? FormatMoney(output.money_value())
                 : "";
    default:
      return "";
  }
}

std::string CompanyWords::FindText(v1::VocabularyList list, absl::string_view word) const {
  const google::protobuf::RepeatedPtrField<v1::VocabularyWord>* words = nullptr;
  const v1::Vocabulary& vocabulary =
      pack_ == nullptr ? v1::Vocabulary::default_instance() : pack_->vocabulary();
  switch (list) {
    case v1::VOCABULARY_LIST_ROLES:
      words = &vocabulary.roles();
      break;
    case v1::VOCABULARY_LIST_AUTHORITIES:
      words = &vocabulary.authorities();
      break;
    case v1::VOCABULARY_LIST_TIERS:
      words = &vocabulary.tiers();
      break;
    case v1::VOCABULARY_LIST_REASONS:
      words = &vocabulary.reasons();
      break;
    case v1::VOCABULARY_LIST_TAGS:
      words = &vocabulary.tags();
      break;
    case v1::VOCABULARY_LIST_QUEUES:
      words = &vocabulary.queues();
      break;
    default:
      return "";
  }
  for (const v1::VocabularyWord& each : *words) {
    if (each.name() == word) return EscapeText(each.text());
  }
  return "";
}

std::string CompanyWords::FindTotal(absl::string_view name) const {
  const v1::PolicyPack& pack = pack_ == nullptr ? v1::PolicyPack::default_instance() : *pack_;
  for (const v1::TotalDefinition& total : pack.totals()) {
    if (total.name() == name && !total.text().empty()) return EscapeText(total.text());
  }
  return EscapeText(absl::StrReplaceAll(name, {{"_", " "}}));
}

std::string CompanyWords::Find(v1::VocabularyList list, absl::string_view word) const {
  std::string text = FindText(list, word);
  if (!text.empty()) return text;
  std::string spaced;
  for (const char c : word) spaced += c == '_' ? ' ' : c;
  return EscapeText(spaced);
}

}  // namespace internal
}  // namespace frontdesk
