// charAt, indexOf, lastIndexOf, lowerAscii, upperAscii, replace, split, substring, trim, join, reverse, quote.
// Positions are code points.
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cel/environment_data.h"
#include "cel/function_table.h"
#include "cel/messages.h"
#include "cel/utf8.h"

namespace frontdesk::cel::cel_internal {
namespace {

bool ChargeOnce(const Call& call, const Value& text) {
  return call.Charge(1 + static_cast<int64_t>(text.string_value().size() / 10));
}

// The second text is looked for in the first.
bool ChargeSearch(const Call& call, const Value* arguments) {
  return call.ChargeSearch(arguments[0].string_value(), arguments[1].string_value());
}

// The byte offset of code point `index`, npos when outside.
size_t OffsetOf(absl::string_view text, int64_t index) {
  if (index < 0 || static_cast<uint64_t>(index) > text.size()) return absl::string_view::npos;
  return CodePointOffset(text, static_cast<size_t>(index));
}

Value CharAt(const Call& call, const Value* arguments) {
  if (!ChargeOnce(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  const absl::string_view text = arguments[0].string_value();
  const size_t offset = OffsetOf(text, arguments[1].int_value());
  if (offset == absl::string_view::npos) return call.Error(Code::INDEX_OUT_OF_RANGE);
  const absl::string_view rest = text.substr(offset);
  return Value::String(rest.empty() ? rest : rest.substr(0, Utf8Length(rest)));
}

// The search as a byte offset; npos for none.
Value FoundAt(absl::string_view text, size_t offset) {
  if (offset == absl::string_view::npos) return Value::Int(-1);
  return Value::Int(static_cast<int64_t>(CountCodePoints(text.substr(0, offset))));
}

Value IndexOf(const Call& call, const Value* arguments) {
  if (!ChargeSearch(call, arguments)) return call.Error(Code::LIMIT_COST);
  const absl::string_view text = arguments[0].string_value();
  return FoundAt(text, text.find(arguments[1].string_value()));
}

Value IndexOfFrom(const Call& call, const Value* arguments) {
  if (!ChargeSearch(call, arguments)) return call.Error(Code::LIMIT_COST);
  const absl::string_view text = arguments[0].string_value();
  const size_t offset = OffsetOf(text, arguments[2].int_value());
  if (offset == absl::string_view::npos) return call.Error(Code::INDEX_OUT_OF_RANGE);
  return FoundAt(text, text.find(arguments[1].string_value(), offset));
}

Value LastIndexOf(const Call& call, const Value* arguments) {
  if (!ChargeSearch(call, arguments)) return call.Error(Code::LIMIT_COST);
  const absl::string_view text = arguments[0].string_value();
  return FoundAt(text, text.rfind(arguments[1].string_value()));
}

Value LastIndexOfFrom(const Call& call, const Value* arguments) {
  if (!ChargeSearch(call, arguments)) return call.Error(Code::LIMIT_COST);
  const absl::string_view text = arguments[0].string_value();
  const size_t offset = OffsetOf(text, arguments[2].int_value());
  if (offset == absl::string_view::npos) return call.Error(Code::INDEX_OUT_OF_RANGE);
  return FoundAt(text, text.rfind(arguments[1].string_value(), offset));
}

Value LowerAscii(const Call& call, const Value* arguments) {
  if (!ChargeOnce(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  return call.NewString(absl::AsciiStrToLower(arguments[0].string_value()));
}

Value UpperAscii(const Call& call, const Value* arguments) {
  if (!ChargeOnce(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  return call.NewString(absl::AsciiStrToUpper(arguments[0].string_value()));
}

// Replaces the first `limit` occurrences; a negative limit means all.
Value ReplaceUpTo(const Call& call, const Value* arguments, int64_t limit) {
  if (!ChargeSearch(call, arguments)) return call.Error(Code::LIMIT_COST);
  const absl::string_view text = arguments[0].string_value();
  const absl::string_view from = arguments[1].string_value(), to = arguments[2].string_value();
  TextMaker out(call);
  size_t begin = 0;
  for (int64_t count = 0; limit < 0 || count < limit; ++count) {
    size_t found = text.find(from, begin);
    if (from.empty() && count > 0) {
      // An empty pattern is found before every code point and at the end.
      found =
          begin < text.size() ? begin + Utf8Length(text.substr(begin)) : absl::string_view::npos;
    }
    if (found == absl::string_view::npos) break;
    if (!call.Charge(1)) return call.Error(Code::LIMIT_COST);
    if (!out.Add(text.substr(begin, found - begin)) || !out.Add(to)) return out.error();
    begin = found + from.size();
  }
  out.Add(text.substr(begin));
  return out.Finish();
}

Value Replace(const Call& call, const Value* arguments) { return ReplaceUpTo(call, arguments, -1); }

Value ReplaceLimited(const Call& call, const Value* arguments) {
  return ReplaceUpTo(call, arguments, arguments[3].int_value());
}

// At most `limit` parts; a negative limit means all.
Value SplitUpTo(const Call& call, const Value* arguments, int64_t limit) {
  if (!ChargeSearch(call, arguments)) return call.Error(Code::LIMIT_COST);
  absl::string_view text = arguments[0].string_value();
  const absl::string_view separator = arguments[1].string_value();
  std::vector<Value> parts;
  if (limit == 0) return call.NewList(parts);
  // False at a limit: parts take work and memory before the list is made.
  Value error;
  const auto add = [&](absl::string_view part) {
    const size_t size = parts.size() + 1;
    if (!call.Charge(1)) {
      error = call.Error(Code::LIMIT_COST);
      return false;
    }
    if (!call.HasRoom(size, size * sizeof(Value), &error)) return false;
    parts.push_back(Value::String(part));
    return true;
  };
  while (limit < 0 || static_cast<int64_t>(parts.size()) + 1 < limit) {
    size_t found = text.find(separator);
    if (separator.empty()) {
      if (text.empty()) return call.NewList(parts);
      found = Utf8Length(text);
      if (found == text.size()) break;
    }
    if (found == absl::string_view::npos) break;
    if (!add(text.substr(0, found))) return error;
    text.remove_prefix(found + separator.size());
  }
  return add(text) ? call.NewList(parts) : error;
}

Value Split(const Call& call, const Value* arguments) { return SplitUpTo(call, arguments, -1); }

Value SplitLimited(const Call& call, const Value* arguments) {
  return SplitUpTo(call, arguments, arguments[2].int_value());
}

Value Substring(const Call& call, const Value* arguments) {
  if (!ChargeOnce(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  const absl::string_view text = arguments[0].string_value();
  const size_t begin = OffsetOf(text, arguments[1].int_value());
  if (begin == absl::string_view::npos) return call.Error(Code::INDEX_OUT_OF_RANGE);
  return Value::String(text.substr(begin));
}

Value SubstringTo(const Call& call, const Value* arguments) {
  if (!ChargeOnce(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  const absl::string_view text = arguments[0].string_value();
  const size_t begin = OffsetOf(text, arguments[1].int_value());
  const size_t end = OffsetOf(text, arguments[2].int_value());
  if (begin == absl::string_view::npos || end == absl::string_view::npos || begin > end) {
    return call.Error(Code::INDEX_OUT_OF_RANGE);
  }
  return Value::String(text.substr(begin, end - begin));
}

Value Trim(const Call& call, const Value* arguments) {
  if (!ChargeOnce(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  absl::string_view text = arguments[0].string_value();
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    if (!IsUnicodeSpace(point.value)) break;
    text.remove_prefix(point.length);
  }
  size_t end = 0;  // Behind the last code point that is no space.
  for (size_t i = 0; i < text.size();) {
    const CodePoint point = DecodeUtf8(text.substr(i));
    i += point.length;
    if (!IsUnicodeSpace(point.value)) end = i;
  }
  return Value::String(text.substr(0, end));
}

Value JoinWith(const Call& call, const Value& list, absl::string_view separator) {
  TextMaker out(call);
  for (size_t i = 0; i < list.list_size(); ++i) {
    if (!call.Charge(1)) return call.Error(Code::LIMIT_COST);
    const Value element = list.list_at(i);
    if (element.is_error()) return LocateError(call.arena(), element, call.expr);
    if (!element.is_string()) return call.Error(Code::NO_MATCHING_OVERLOAD, "join");
    if ((i > 0 && !out.Add(separator)) || !out.Add(element.string_value())) return out.error();
  }
  return out.Finish();
}

Value Join(const Call& call, const Value* arguments) { return JoinWith(call, arguments[0], ""); }

Value JoinSeparated(const Call& call, const Value* arguments) {
  return JoinWith(call, arguments[0], arguments[1].string_value());
}

Value Reverse(const Call& call, const Value* arguments) {
  if (!ChargeOnce(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  absl::string_view text = arguments[0].string_value();
  std::string out(text.size(), '\0');
  size_t end = out.size();
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    end -= length;
    out.replace(end, length, text.data(), length);
    text.remove_prefix(length);
  }
  return call.NewString(out);
}

Value Quote(const Call& call, const Value* arguments) {
  if (!ChargeOnce(call, arguments[0])) return call.Error(Code::LIMIT_COST);
  std::string out = "\"";
  for (absl::string_view text = arguments[0].string_value(); !text.empty();) {
    const CodePoint point = DecodeUtf8(text);
    static constexpr absl::string_view kSpecial = "\a\b\f\n\r\t\v\\\"";
    static constexpr absl::string_view kLetters = "abfnrtv\\\"";
    const size_t special = point.value < 0x80 ? kSpecial.find(static_cast<char>(point.value))
                                              : absl::string_view::npos;
    if (special != absl::string_view::npos) {
      out += '\\';
      out += kLetters[special];
    } else {
      AppendUtf8(point.value, &out);
    }
    text.remove_prefix(point.length);
  }
  return call.NewString(out + "\"");
}

// Positions, which are the arguments that are ints, are never negative, and a range does not end before it begins.
absl::optional<ConstantProblem> CheckPositions(const EnvironmentData&,
                                               absl::Span<const Value* const> arguments) {
  int64_t before = 0;
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == nullptr || !arguments[i]->is_int()) continue;
    if (arguments[i]->int_value() < before) {
      return ConstantProblem{i, Code::CONSTANT_ERROR, "this always fails: index out of range"};
    }
    before = arguments[i]->int_value();
  }
  return absl::nullopt;
}

}  // namespace

void AddStringsExtension(FunctionTable* table) {
  const Type s = Type::String(), i = Type::Int(), list = Type::List(Type::String());
  table->AddMember("charAt", "string_char_at_int", {s, i}, s, CharAt);
  table->AddMember("indexOf", "string_index_of_string", {s, s}, i, IndexOf);
  table->AddMember("indexOf", "string_index_of_string_int", {s, s, i}, i, IndexOfFrom);
  table->AddMember("lastIndexOf", "string_last_index_of_string", {s, s}, i, LastIndexOf);
  table->AddMember("lastIndexOf", "string_last_index_of_string_int", {s, s, i}, i, LastIndexOfFrom);
  table->AddMember("lowerAscii", "string_lower_ascii", {s}, s, LowerAscii);
  table->AddMember("upperAscii", "string_upper_ascii", {s}, s, UpperAscii);
  table->AddMember("replace", "string_replace_string_string", {s, s, s}, s, Replace);
  table->AddMember("replace", "string_replace_string_string_int", {s, s, s, i}, s, ReplaceLimited);
  table->AddMember("split", "string_split_string", {s, s}, list, Split);
  table->AddMember("split", "string_split_string_int", {s, s, i}, list, SplitLimited);
  table->AddMember("substring", "string_substring_int", {s, i}, s, Substring);
  table->AddMember("substring", "string_substring_int_int", {s, i, i}, s, SubstringTo);
  table->AddMember("trim", "string_trim", {s}, s, Trim);
  table->AddMember("join", "list_join", {list}, s, Join);
  table->AddMember("join", "list_join_string", {list, s}, s, JoinSeparated);
  table->AddMember("reverse", "string_reverse", {s}, s, Reverse);
  table->Add("strings.quote", "strings_quote", {s}, s, Quote);
  table->AddMember("format", "string_format", {s, Type::List(Type::Dyn())}, s, FormatFunction);
  table->SetCheck("format", 2, CheckFormat);
  table->SetCheck("charAt", 2, CheckPositions);
  table->SetCheck("substring", 2, CheckPositions);
  table->SetCheck("substring", 3, CheckPositions);
  table->SetCheck("indexOf", 3, CheckPositions);
  table->SetCheck("lastIndexOf", 3, CheckPositions);
}

}  // namespace frontdesk::cel::cel_internal
