// Walking protobuf text format.
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/rules/reasons.h"
#include "rules/scan.h"

namespace frontdesk {
namespace rules {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNameByte(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// One pass with a stack of its own, so that depth costs memory and no recursion.
class TextScanner {
 public:
  TextScanner(absl::string_view text, const Descriptor* descriptor, SourceMapBuilder* places)
      : text_(text), places_(places) {
    Frame whole;
    whole.descriptor = descriptor;
    stack_.push_back(std::move(whole));
  }

  ScanResult Run() {
    places_->AddField("", 0);
    result_.well_formed = Walk();
    return std::move(result_);
  }

 private:
  // A message or a bracketed list that is open.
  struct Frame {
    const Descriptor* descriptor = nullptr;  // Null: unknown.
    std::string path;
    char closing = 0;                              // 0 for the whole text.
    const FieldDescriptor* list = nullptr;         // Of a list: its field, when known.
    size_t field_begin = 0;                        // Of the field whose value this is.
    absl::flat_hash_map<std::string, int> counts;  // Occurrences of each field, by name.
    bool is_list = false;
    bool unknown = false;    // Has to be cut out of the text.
    std::string list_name;   // Of a list: the field's name.
    size_t first_value = 0;  // Of a list: its first entry in values.
  };

  bool Walk() {
    while (true) {
      SkipSpace();
      if (at_ >= text_.size()) return stack_.size() == 1;
      Frame& frame = stack_.back();
      if (stack_.size() > 1 && text_[at_] == frame.closing) {
        ++at_;
        Close();
        continue;
      }
      if (frame.is_list ? !ListElement() : !Field()) return false;
    }
  }

  void SkipSpace() {
    while (at_ < text_.size()) {
      if (absl::ascii_isspace(text_[at_])) {
        ++at_;
      } else if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else {
        return;
      }
    }
  }

  // `name: value`, `name { ... }`, `name: [ ... ]`.
  bool Field() {
    const size_t begin = at_;
    std::string name;
    if (text_[at_] == '[') {
      const size_t end = text_.find(']', at_);
      if (end == absl::string_view::npos) return false;
      name = std::string(text_.substr(at_, end + 1 - at_));
      at_ = end + 1;
    } else if (IsNameStart(text_[at_])) {
      while (at_ < text_.size() && IsNameByte(text_[at_])) ++at_;
      name = std::string(text_.substr(begin, at_ - begin));
    } else {
      return false;
    }
    const Descriptor* descriptor = stack_.back().descriptor;
    const FieldDescriptor* field =
        descriptor == nullptr ? nullptr : descriptor->FindFieldByName(name);
    SkipSpace();
    bool colon = false;
    if (at_ < text_.size() && text_[at_] == ':') {
      colon = true;
      ++at_;
      SkipSpace();
    }
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '[') return OpenList(field, name, begin);
    const bool repeated = field != nullptr && field->is_repeated();
    const int index = stack_.back().counts[name]++;
    const std::string path =
        Below(stack_.back().path, repeated ? absl::StrCat(name, "[", index, "]") : name);
    places_->AddField(path, begin);
    bool unknown = CheckName(field, name, path, begin, index);
    const bool message = text_[at_] == '{' || text_[at_] == '<';
    if (!message && !colon) return false;
    unknown =
        CheckShape(field, message ? ValueShape::kMessage : ValueShape::kScalar, path) || unknown;
    return message ? OpenMessage(field, path, begin, unknown) : Scalar(field, path, begin, unknown);
  }

  // Reports a value of a shape that the field cannot have. True when the field has to be cut out.
  bool CheckShape(const FieldDescriptor* field, ValueShape shape, const std::string& path) {
    if (field == nullptr) return false;
    absl::optional<ScanIssue> issue = ShapeIssue(*field, shape, false, path, at_);
    if (!issue.has_value()) return false;
    result_.issues.push_back(*std::move(issue));
    return true;
  }

  // Reports a name that the message lacks, or sets twice. True when the field has to be cut out.
  bool CheckName(const FieldDescriptor* field, absl::string_view name, const std::string& path,
                 size_t begin, int index) {
    const Descriptor* descriptor = stack_.back().descriptor;
    if (descriptor == nullptr) return false;
    if (field == nullptr && name[0] != '[') {
      result_.issues.push_back(UnknownFieldIssue(*descriptor, name, path, begin));
      return true;
    }
    if (field != nullptr && !field->is_repeated() && index == 1) {
      result_.issues.push_back(
          {begin, kReasonPolicyTextDuplicateField, path,
           absl::StrCat("field '", name, "' is set twice, and is not repeated")});
    }
    return field != nullptr && !field->is_repeated() && index > 0;
  }

  bool OpenMessage(const FieldDescriptor* field, const std::string& path, size_t begin,
                   bool unknown) {
    const char closing = text_[at_] == '{' ? '}' : '>';
    ++at_;
    Frame frame;
    frame.descriptor = field == nullptr ? nullptr : field->message_type();
    frame.path = path;
    frame.closing = closing;
    frame.field_begin = begin;
    frame.unknown = unknown;
    stack_.push_back(std::move(frame));
    return true;
  }

  bool OpenList(const FieldDescriptor* field, const std::string& name, size_t begin) {
    Frame frame;
    frame.descriptor = field == nullptr ? nullptr : field->message_type();
    frame.path = stack_.back().path;
    frame.closing = ']';
    frame.list = field;
    frame.field_begin = begin;
    frame.is_list = true;
    frame.list_name = name;
    frame.first_value = result_.values.size();
    const std::string path = Below(frame.path, name);
    frame.unknown = field == nullptr ? CheckName(nullptr, name, path, begin, 0)
                                     : CheckShape(field, ValueShape::kList, path);
    ++at_;
    stack_.push_back(std::move(frame));
    return true;
  }

  bool ListElement() {
    Frame& list = stack_.back();
    const bool known = list.list != nullptr && list.list->is_repeated();
    const size_t begin = at_;
    if (text_[at_] == ',') {
      ++at_;
      return true;
    }
    if (text_[at_] == '[') return false;
    std::string path = Below(list.path, list.list_name);
    if (known) {
      Frame& owner = stack_[stack_.size() - 2];
      absl::StrAppend(&path, "[", owner.counts[list.list_name]++, "]");
    }
    places_->AddField(path, begin);
    const FieldDescriptor* field = list.list;
    const bool message = text_[at_] == '{' || text_[at_] == '<';
    const bool misshapen =
        CheckShape(field, message ? ValueShape::kMessage : ValueShape::kScalar, path);
    return message ? OpenMessage(field, path, begin, misshapen)
                   : Scalar(field, path, begin, misshapen);
  }

  // A closing bracket was read.
  void Close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    const size_t end = EndWithSeparator();
    if (frame.is_list) {
      for (size_t i = frame.first_value; i < result_.values.size(); ++i) {
        result_.values[i].cut_begin = frame.field_begin;
        result_.values[i].cut_end = end;
      }
      for (ScannedValue& cut : result_.cuts) {
        if (cut.begin >= frame.field_begin) {
          cut.cut_begin = frame.field_begin;
          cut.cut_end = end;
        }
      }
    }
    if (frame.unknown)
      result_.cuts.push_back({frame.path, frame.field_begin, end, frame.field_begin, end});
  }

  // Behind the field that just ended, past a `,` or `;` (which stay in place inside a list).
  size_t EndWithSeparator() {
    const size_t end = at_;
    if (stack_.back().is_list) return end;
    SkipSpace();
    if (at_ < text_.size() && (text_[at_] == ',' || text_[at_] == ';')) return ++at_;
    return end;
  }

  bool Scalar(const FieldDescriptor* field, const std::string& path, size_t begin, bool unknown) {
    const size_t value_begin = at_;
    const char c = text_[at_];
    size_t value_end = at_;
    if (c == '"' || c == '\'') {
      if (!String(field, path, &value_end)) return false;
    } else {
      if (c == '-') {
        ++at_;
        SkipSpace();
      }
      const size_t word = at_;
      while (at_ < text_.size() &&
             (IsNameByte(text_[at_]) || text_[at_] == '.' ||
              ((text_[at_] == '+' || text_[at_] == '-') && at_ > word &&
               absl::ascii_tolower(text_[at_ - 1]) == 'e' && absl::ascii_isdigit(text_[word])))) {
        ++at_;
      }
      if (at_ == word) return false;
      value_end = at_;
      unknown = CheckEnum(field, text_.substr(word, at_ - word), path, value_begin) || unknown;
    }
    ScannedValue value{path, value_begin, value_end, begin, value_end};
    if (!stack_.back().is_list) value.cut_end = EndWithSeparator();
    if (unknown) result_.cuts.push_back(value);
    result_.values.push_back(std::move(value));
    return true;
  }

  // Reports an enum value that does not exist; true when it does not.
  bool CheckEnum(const FieldDescriptor* field, absl::string_view word, const std::string& path,
                 size_t begin) {
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM ||
        !IsNameStart(word[0])) {
      return false;
    }
    if (field->enum_type()->FindValueByName(std::string(word)) != nullptr) return false;
    result_.issues.push_back(UnknownEnumValueIssue(*field, word, path, begin));
    return true;
  }

  // Adjacent string pieces; remembers where each byte of the value comes from.
  bool String(const FieldDescriptor* field, const std::string& path, size_t* end) {
    std::vector<StringRun> runs;
    size_t decoded = 0;
    while (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      if (!Piece(&runs, &decoded)) return false;
      *end = at_;
      SkipSpace();
    }
    runs.push_back({decoded, *end - 1});
    if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      places_->AddString(path, std::move(runs));
    }
    return true;
  }

  bool Piece(std::vector<StringRun>* runs, size_t* decoded) {
    const char quote = text_[at_++];
    runs->push_back({*decoded, at_});
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\n') return false;
      if (text_[at_] != '\\') {
        ++at_;
        ++*decoded;
        continue;
      }
      runs->push_back({*decoded, at_});
      *decoded += Escape();
      runs->push_back({*decoded, at_});
    }
    if (at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  // Passes an escape; returns the number of bytes of its value.
  size_t Escape() {
    ++at_;
    if (at_ >= text_.size()) return 0;
    const char c = text_[at_++];
    if (c >= '0' && c <= '7') {
      for (int i = 0; i < 2 && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '7'; ++i)
        ++at_;
      return 1;
    }
    if (c == 'x' || c == 'X') {
      for (int i = 0; i < 2 && at_ < text_.size() && absl::ascii_isxdigit(text_[at_]); ++i) ++at_;
      return 1;
    }
    if (c == 'u' || c == 'U') {
      uint32_t code = 0;
      const int digits = c == 'u' ? 4 : 8;
      for (int i = 0; i < digits && at_ < text_.size() && absl::ascii_isxdigit(text_[at_]); ++i) {
        const char digit = absl::ascii_tolower(text_[at_++]);
        code = code * 16 + static_cast<uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
      }
      return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    return 1;
  }

  absl::string_view text_;
  SourceMapBuilder* places_;
  size_t at_ = 0;
  std::vector<Frame> stack_;
  ScanResult result_;
};

}  // namespace

ScanResult ScanTextFormat(absl::string_view text, const Descriptor* descriptor,
                          SourceMapBuilder* places) {
  return TextScanner(text, descriptor, places).Run();
}

}  // namespace rules
}  // namespace frontdesk
