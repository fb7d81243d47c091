#include "frontdesk/rules/text.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/reasons.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "internal/message_utf8.h"
#include "rules/issue_list.h"
#include "rules/scan.h"

namespace frontdesk {
namespace rules {
namespace {

using google::protobuf::Message;

// The first byte that is not part of well-formed UTF-8, or the size.
size_t ValidUtf8Prefix(absl::string_view text) {
  // Nearly always, and then at once.
  if (internal::IsValidUtf8(text)) return text.size();
  size_t at = 0;
  while (at < text.size()) {
    const unsigned char lead = static_cast<unsigned char>(text[at]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (!internal::IsValidUtf8(text.substr(at, length))) return at;
    at += length;
  }
  return at;
}

// Keeps the first error; warnings (of fields that the scan has reported) are dropped.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!message_.empty()) return;
    line_ = line;
    column_ = column;
    message_ = message;
  }
  void AddWarning(int, int, const std::string&) override {}

  int line() const { return line_; }
  int column() const { return column_; }
  const std::string& message() const { return message_; }

 private:
  int line_ = 0;
  int column_ = 0;
  std::string message_;
};

// Reads one text of either form.
class PolicyReader {
 public:
  PolicyReader(absl::string_view text, absl::string_view file, TextForm form,
               const TextLimits& limits)
      : text_(absl::StripPrefix(text, "\xEF\xBB\xBF")),
        form_(form),
        limits_(limits),
        places_(file, static_cast<int64_t>(text.size()) > limits.max_text_bytes ? "" : text_),
        issues_(limits.max_issues) {}

  std::vector<v1::Issue> Read(Message* message, SourceMap* source) {
    message->Clear();
    if (Acceptable() && ReadFields(message)) {
      if (source != nullptr) *source = places_.map();
      CheckStrings(*message);
    } else {
      message->Clear();
      if (source != nullptr) *source = SourceMap();
    }
    return issues_.Take();
  }

 private:
  // The checks before anything is parsed.
  bool Acceptable() {
    if (static_cast<int64_t>(text_.size()) > limits_.max_text_bytes) {
      v1::Issue issue =
          MakeIssue(v1::Issue::SEVERITY_ERROR, kReasonPolicyTextLimitBytes,
                    absl::StrCat("the text has ", text_.size(), " bytes, and at most ",
                                 limits_.max_text_bytes, " (max_text_bytes) are read"));
      issue.set_file(places_.map().file());
      issues_.Add(std::move(issue));
      return false;
    }
    const size_t valid = ValidUtf8Prefix(text_);
    if (valid < text_.size()) {
      v1::Issue issue = MakeIssue(v1::Issue::SEVERITY_ERROR, kReasonPolicyTextEncoding,
                                  "the text is not UTF-8 from here on");
      const SourcePosition position = places_.Locate(valid);
      issue.set_file(places_.map().file());
      issue.set_line(position.line);
      issue.set_column(position.column);
      issues_.Add(std::move(issue));
      return false;
    }
    const absl::optional<size_t> too_deep = FindTooDeep(text_, form_, limits_.max_nesting);
    if (too_deep.has_value()) {
      AddAt(*too_deep, kReasonPolicyTextLimitNesting, "",
            absl::StrCat("more than ", limits_.max_nesting,
                         " (max_nesting) brackets inside each other"));
      return false;
    }
    return true;
  }

  bool ReadFields(Message* message) {
    const bool json = form_ == TextForm::kJson;
    ScanResult scan = json ? ScanJson(text_, message->GetDescriptor(), &places_)
                           : ScanTextFormat(text_, message->GetDescriptor(), &places_);
    for (const ScanIssue& issue : scan.issues)
      AddAt(issue.offset, issue.reason, issue.field, issue.text);
    if (!json) return ReadText(scan, message);
    return scan.well_formed && ReadJson(scan, message);
  }

  // Each turn finds one value of an invalid type and cuts it out.
  bool ReadText(const ScanResult& scan, Message* message) {
    std::string text(text_);
    for (const ScannedValue& cut : scan.cuts) BlankOut(cut, &text);
    for (int turn = 0; turn <= limits_.max_issues; ++turn) {
      FirstError error;
      google::protobuf::TextFormat::Parser parser;
      parser.RecordErrorsTo(&error);
      parser.AllowUnknownField(true);
      parser.SetRecursionLimit(limits_.max_nesting + 1);
      if (parser.ParseFromString(text, message)) return true;
      const size_t offset = std::min(places_.OffsetOfToken(error.line(), error.column()),
                                     absl::StripTrailingAsciiWhitespace(text_).size());
      const std::string what = TextErrorText(error.message());
      const ScannedValue* value = scan.well_formed ? ValueAt(scan, offset) : nullptr;
      if (value == nullptr || text[value->begin] == ' ') {
        AddAt(offset, kReasonPolicyTextSyntax, "", what);
        return false;
      }
      AddAt(value->begin, kReasonPolicyTextValue, value->path, what);
      BlankOut(*value, &text);
    }
    return true;
  }

  // Protobuf's words in ours.
  static std::string TextErrorText(absl::string_view message) {
    if (message.empty()) return "the text cannot be read";
    if (absl::EndsWith(message, "got: "))
      return "the text ends here, and a value or a closing bracket is missing";
    std::string text(absl::StripSuffix(message, "."));
    text[0] = absl::ascii_tolower(text[0]);
    return absl::StrReplaceAll(text, {{", got: ", ", got "}});
  }

  // The value that an error at `offset` is about. The parser places some errors at the token behind the value.
  static const ScannedValue* ValueAt(const ScanResult& scan, size_t offset) {
    const ScannedValue* found = nullptr;
    for (const ScannedValue& value : scan.values) {
      if (value.begin > offset) break;
      found = &value;
    }
    return found;
  }

  bool ReadJson(const ScanResult& scan, Message* message) {
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    std::vector<ScannedValue> cuts = scan.cuts;
    for (int turn = 0; turn <= limits_.max_issues; ++turn) {
      message->Clear();
      const auto status =
          google::protobuf::util::JsonStringToMessage(WithNulls(cuts), message, options);
      if (status.ok()) return true;
      const auto [path, what] = SplitJsonError(std::string(status.message()));
      const auto value = absl::c_find_if(scan.values, [&path = path](const ScannedValue& scanned) {
        return scanned.path == path;
      });
      const bool known =
          value != scan.values.end() && absl::c_none_of(cuts, [&value](const ScannedValue& cut) {
            return cut.cut_begin == value->cut_begin;
          });
      v1::Issue issue = MakeIssue(v1::Issue::SEVERITY_ERROR,
                                  known ? kReasonPolicyTextValue : kReasonPolicyTextSyntax, what);
      issue.set_file(places_.map().file());
      PlaceAtField(places_.map(), path, &issue);
      if (known) PlaceAt(places_.map(), places_.Locate(value->begin), &issue);
      issues_.Add(std::move(issue));
      if (!known) return false;
      cuts.push_back(*value);
    }
    return true;
  }

  // "invalid value 5 for type TYPE_STRING" in our words.
  static std::string JsonErrorText(absl::string_view message) {
    constexpr absl::string_view kBegin = "invalid value ";
    constexpr absl::string_view kType = " for type ";
    const size_t type = message.rfind(kType);
    if (!absl::StartsWith(message, kBegin) || type == absl::string_view::npos)
      return std::string(message);
    const absl::string_view value = message.substr(kBegin.size(), type - kBegin.size());
    std::string expected(
        absl::StripPrefix(message.substr(type + kType.size()), "type.googleapis.com/"));
    if (absl::StartsWith(expected, "TYPE_")) expected = absl::AsciiStrToLower(expected.substr(5));
    return absl::StrCat("expected ", expected, ", got ", value);
  }

  // The text with null in the place of each cut.
  std::string WithNulls(std::vector<ScannedValue> cuts) const {
    absl::c_sort(cuts, [](const ScannedValue& a, const ScannedValue& b) {
      return a.cut_begin < b.cut_begin;
    });
    std::string text;
    size_t at = 0;
    for (const ScannedValue& cut : cuts) {
      if (cut.cut_begin < at) continue;  // Inside one that is gone.
      absl::StrAppend(&text, text_.substr(at, cut.cut_begin - at), "null");
      at = cut.cut_end;
    }
    absl::StrAppend(&text, text_.substr(at));
    return text;
  }

  // "(rules[0].order): invalid value …" into path and text.
  static std::pair<std::string, std::string> SplitJsonError(const std::string& message) {
    const size_t colon = message.find(": ");
    if (colon == std::string::npos) return {"", message};
    const size_t end = message.find(')');
    const std::string what = JsonErrorText(message.substr(colon + 2));
    if (message[0] == '(' && end != std::string::npos && end <= colon)
      return {message.substr(1, end - 1), what};
    return {message.substr(0, colon), what};
  }

  static void BlankOut(const ScannedValue& cut, std::string* text) {
    for (size_t i = cut.cut_begin; i < cut.cut_end; ++i) {
      if ((*text)[i] != '\n') (*text)[i] = ' ';
    }
  }

  // Escapes can make strings that are not UTF-8.
  void CheckStrings(const Message& message) {
    for (const std::string& path : internal::FieldsWithInvalidUtf8(message)) {
      v1::Issue issue = MakeIssue(v1::Issue::SEVERITY_ERROR, kReasonPolicyTextEncoding,
                                  "the string is not UTF-8");
      PlaceAtField(places_.map(), path, &issue);
      issues_.Add(std::move(issue));
    }
  }

  void AddAt(size_t offset, absl::string_view reason, const std::string& field,
             absl::string_view text) {
    v1::Issue issue = MakeIssue(v1::Issue::SEVERITY_ERROR, reason, text);
    issue.set_field(field);
    PlaceAt(places_.map(), places_.Locate(offset), &issue);
    issues_.Add(std::move(issue));
  }

  absl::string_view text_;
  TextForm form_;
  TextLimits limits_;
  SourceMapBuilder places_;
  IssueList issues_;
};

CompileResult CompileRead(absl::string_view text, TextForm form,
                          const google::protobuf::Descriptor* input, const CompileOptions& options,
                          const TextLimits& limits) {
  v1::RuleSet source;
  CompileOptions placed = options;
  placed.field_path.clear();
  PolicyReader reader(text, options.file, form, limits);
  std::vector<v1::Issue> issues = reader.Read(&source, &placed.source);
  if (!CanCompile(issues)) return {nullptr, std::move(issues), {}};
  CompileResult result = RuleSet::Compile(source, input, placed);
  if (HasErrors(issues)) result.rule_set = nullptr;
  result.issues = MergeIssues(std::move(issues), std::move(result.issues));
  return result;
}

}  // namespace

std::vector<v1::Issue> ParsePolicyText(absl::string_view text, absl::string_view file,
                                       Message* message, SourceMap* source,
                                       const TextLimits& limits) {
  return PolicyReader(text, file, TextForm::kTextFormat, limits).Read(message, source);
}

std::vector<v1::Issue> ParsePolicyJson(absl::string_view json, absl::string_view file,
                                       Message* message, SourceMap* source,
                                       const TextLimits& limits) {
  return PolicyReader(json, file, TextForm::kJson, limits).Read(message, source);
}

bool CanCompile(const std::vector<v1::Issue>& parse_issues) {
  return absl::c_all_of(parse_issues, [](const v1::Issue& issue) {
    return issue.reason() == kReasonPolicyTextUnknownField ||
           issue.reason() == kReasonPolicyTextDuplicateField ||
           issue.reason() == kReasonPolicyTextValue;
  });
}

std::vector<v1::Issue> MergeIssues(std::vector<v1::Issue> parse_issues,
                                   std::vector<v1::Issue> compile_issues) {
  IssueList merged(static_cast<int>(parse_issues.size() + compile_issues.size()));
  const auto follows = [&parse_issues](const v1::Issue& issue) {
    return absl::c_any_of(parse_issues, [&issue](const v1::Issue& told) {
      if (told.field() == issue.field()) return true;
      // A misspelt name leaves its message without the field that was meant.
      const bool missing = absl::EndsWith(issue.reason(), "_MISSING");
      return missing && told.reason() == kReasonPolicyTextUnknownField &&
             told.field().substr(0, told.field().rfind('.')) ==
                 issue.field().substr(0, issue.field().rfind('.'));
    });
  };
  for (v1::Issue& issue : compile_issues) {
    if (!follows(issue)) merged.Add(std::move(issue));
  }
  for (v1::Issue& issue : parse_issues) merged.Add(std::move(issue));
  return merged.Take();
}

CompileResult CompileText(absl::string_view text, const google::protobuf::Descriptor* input,
                          const CompileOptions& options, const TextLimits& limits) {
  return CompileRead(text, TextForm::kTextFormat, input, options, limits);
}

CompileResult CompileJson(absl::string_view json, const google::protobuf::Descriptor* input,
                          const CompileOptions& options, const TextLimits& limits) {
  return CompileRead(json, TextForm::kJson, input, options, limits);
}

}  // namespace rules
}  // namespace frontdesk
