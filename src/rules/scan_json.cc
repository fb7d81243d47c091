// Walking JSON, strictly as RFC 8259 has it.
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "frontdesk/rules/reasons.h"
#include "rules/scan.h"

namespace frontdesk {
namespace rules {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Appends `code` as UTF-8.
void AppendCodePoint(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

// Messages whose JSON is not an object with their fields.
bool HasFieldsInJson(const Descriptor* descriptor) {
  return descriptor != nullptr && !absl::StartsWith(descriptor->full_name(), "google.protobuf.");
}

class JsonScanner {
 public:
  JsonScanner(absl::string_view text, const Descriptor* descriptor, SourceMapBuilder* places)
      : text_(text), descriptor_(descriptor), places_(places) {}

  ScanResult Run() {
    SkipSpace();
    places_->AddField("", at_);
    if (Peek() != '{') {
      Fail("expected '{'");
    } else {
      Open({descriptor_, nullptr, "", '}', at_});
      if (Walk()) {
        SkipSpace();
        if (at_ < text_.size()) Fail("expected the end of the text");
      }
    }
    result_.well_formed = !failed_;
    return std::move(result_);
  }

 private:
  // An object or array that is open.
  struct Frame {
    const Descriptor* descriptor;  // Of an object that is a message; else null.
    const FieldDescriptor*
        field;  // Of an array: its field, when known. Of a map field's object: that field.
    std::string path;
    char closing;
    size_t begin;
    bool misshapen = false;  // Has to be cut out of the text.
    int count = 0;
    size_t first_value = 0;  // Of an array: its first entry in values.
    absl::flat_hash_set<std::string> names = {};
  };

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Fail(absl::string_view what) {
    failed_ = true;
    const std::string where = stack_.empty() ? "" : stack_.back().path;
    result_.issues.push_back({at_, kReasonPolicyTextSyntax, where, std::string(what)});
    return false;
  }

  void SkipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  void Open(Frame frame) {
    ++at_;
    stack_.push_back(std::move(frame));
  }

  bool Walk() {
    while (!stack_.empty()) {
      SkipSpace();
      Frame& frame = stack_.back();
      if (Peek() == frame.closing && at_ < text_.size()) {
        ++at_;
        Close();
        continue;
      }
      if (frame.count > 0) {
        if (Peek() != ',') {
          return Fail(frame.closing == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
        }
        ++at_;
        SkipSpace();
      }
      ++frame.count;
      if (!(frame.closing == '}' ? Member() : Element())) return false;
    }
    return true;
  }

  bool Member() {
    Frame& frame = stack_.back();
    const size_t begin = at_;
    if (Peek() != '"') return Fail("expected a name in double quotes");
    std::string name;
    if (!String(&name, nullptr)) return false;
    SkipSpace();
    if (Peek() != ':') return Fail("expected ':'");
    ++at_;
    SkipSpace();
    const FieldDescriptor* field = nullptr;
    std::string path = Below(frame.path, name);
    if (frame.descriptor != nullptr) {
      field = FindField(*frame.descriptor, name);
      if (field == nullptr) {
        result_.issues.push_back(UnknownFieldIssue(*frame.descriptor, name, path, begin));
      } else {
        path = Below(frame.path, field->name());
      }
    }
    if (!frame.names.insert(field == nullptr ? name : field->name()).second) {
      result_.issues.push_back({begin, kReasonPolicyTextDuplicateField, path,
                                absl::StrCat("name '", name, "' is set twice")});
    }
    places_->AddField(path, begin);
    return Value(field, path, false);
  }

  static const FieldDescriptor* FindField(const Descriptor& descriptor, const std::string& name) {
    const FieldDescriptor* field = descriptor.FindFieldByName(name);
    if (field != nullptr) return field;
    for (int i = 0; i < descriptor.field_count(); ++i) {
      if (descriptor.field(i)->json_name() == name) return descriptor.field(i);
    }
    return nullptr;
  }

  bool Element() {
    Frame& frame = stack_.back();
    const std::string path = absl::StrCat(frame.path, "[", frame.count - 1, "]");
    places_->AddField(path, at_);
    return Value(frame.field, path, true);
  }

  bool Value(const FieldDescriptor* field, const std::string& path, bool element) {
    const size_t begin = at_;
    const bool list = field != nullptr && field->is_repeated() && !field->is_map() && !element;
    const bool misshapen = CheckShape(field, list, path, element);
    switch (Peek()) {
      case '{': {
        const Descriptor* message =
            field == nullptr || list || field->is_map() ? nullptr : field->message_type();
        Open({HasFieldsInJson(message) ? message : nullptr, nullptr, path, '}', begin, misshapen});
        return true;
      }
      case '[':
        Open({nullptr, list ? field : nullptr, path, ']', begin, misshapen, 0,
              result_.values.size()});
        return true;
      case '"': {
        std::string text;
        std::vector<StringRun> runs;
        if (!String(&text, &runs)) return false;
        CheckEnum(field, text, path, begin);
        if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
          places_->AddString(path, std::move(runs));
        }
        break;
      }
      default:
        if (!Literal()) return false;
    }
    result_.values.push_back({path, begin, at_, begin, at_});
    if (misshapen) result_.cuts.push_back(result_.values.back());
    return true;
  }

  // Reports a value of a shape that the field cannot have; true when it has. The shapes of the well-known types are left to
  // protobuf, and null is allowed for any field and means not set.
  bool CheckShape(const FieldDescriptor* field, bool list, const std::string& path, bool element) {
    if (field == nullptr || field->is_map()) return false;
    if (field->message_type() != nullptr && !HasFieldsInJson(field->message_type())) return false;
    const char c = Peek();
    const bool begins_value =
        absl::ascii_isalnum(c) || (c != '\0' && absl::StrContains("{[\"-", c));
    if (!begins_value || (c == 'n' && !element)) return false;
    const ValueShape shape = c == '{'   ? ValueShape::kMessage
                             : c == '[' ? ValueShape::kList
                                        : ValueShape::kScalar;
    absl::optional<ScanIssue> issue;
    if (c == 'n') {
      issue = ScanIssue{at_, kReasonPolicyTextValue, path, "an element of a list cannot be null"};
    } else if (list && shape != ValueShape::kList) {
      issue = ScanIssue{at_, kReasonPolicyTextValue, path,
                        absl::StrCat("field '", field->name(), "' is repeated and takes a list")};
    } else {
      issue = ShapeIssue(*field, shape, element, path, at_);
    }
    if (!issue.has_value()) return false;
    result_.issues.push_back(*std::move(issue));
    return true;
  }

  // A closing bracket was read. A list with an element to cut out is cut out whole, so that no index moves.
  void Close() {
    const Frame frame = std::move(stack_.back());
    stack_.pop_back();
    if (frame.closing == ']') {
      const auto widen = [&](ScannedValue& value) {
        if (value.begin < frame.begin || !IsElement(value.path, frame.path)) return;
        value.cut_begin = frame.begin;
        value.cut_end = at_;
      };
      for (size_t i = frame.first_value; i < result_.values.size(); ++i) widen(result_.values[i]);
      for (ScannedValue& cut : result_.cuts) widen(cut);
    }
    if (frame.misshapen) result_.cuts.push_back({frame.path, frame.begin, at_, frame.begin, at_});
  }

  static bool IsElement(absl::string_view path, absl::string_view list) {
    return path.size() > list.size() && absl::StartsWith(path, list) && path[list.size()] == '[' &&
           path.find_first_of("].", list.size()) == path.size() - 1;
  }

  void CheckEnum(const FieldDescriptor* field, const std::string& name, const std::string& path,
                 size_t begin) {
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return;
    if (field->enum_type()->FindValueByName(name) != nullptr) return;
    result_.issues.push_back(UnknownEnumValueIssue(*field, name, path, begin));
    result_.cuts.push_back({path, begin, at_, begin, at_});
  }

  // true, false, null or a number.
  bool Literal() {
    for (const absl::string_view word : {"true", "false", "null"}) {
      if (absl::StartsWith(text_.substr(at_), word)) {
        at_ += word.size();
        return !absl::ascii_isalnum(Peek()) || Fail("expected a value");
      }
    }
    if (Peek() == '-') ++at_;
    if (Peek() == '0') {
      ++at_;
    } else if (!Digits()) {
      return Fail("expected a value");
    }
    if (Peek() == '.') {
      ++at_;
      if (!Digits()) return Fail("expected a digit");
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++at_;
      if (Peek() == '+' || Peek() == '-') ++at_;
      if (!Digits()) return Fail("expected a digit");
    }
    return true;
  }

  bool Digits() {
    const size_t begin = at_;
    while (absl::ascii_isdigit(Peek())) ++at_;
    return at_ > begin;
  }

  // A string and its value; `runs` may be null.
  bool String(std::string* value, std::vector<StringRun>* runs) {
    ++at_;
    std::vector<StringRun> unused;
    if (runs == nullptr) runs = &unused;
    runs->push_back({0, at_});
    while (at_ < text_.size() && text_[at_] != '"') {
      const unsigned char c = static_cast<unsigned char>(text_[at_]);
      if (c < 0x20) return Fail("a control character in a string; write it as an escape");
      if (c != '\\') {
        value->push_back(text_[at_++]);
        continue;
      }
      runs->push_back({value->size(), at_});
      if (!Escape(value)) return false;
      runs->push_back({value->size(), at_});
    }
    if (at_ >= text_.size()) return Fail("the string has no end");
    runs->push_back({value->size(), at_});
    ++at_;
    return true;
  }

  bool Escape(std::string* value) {
    constexpr absl::string_view kNames = "\"\\/bfnrt";
    constexpr absl::string_view kMeanings = "\"\\/\b\f\n\r\t";
    ++at_;
    const size_t simple = at_ < text_.size() ? kNames.find(text_[at_]) : absl::string_view::npos;
    if (simple != absl::string_view::npos) {
      value->push_back(kMeanings[simple]);
      ++at_;
      return true;
    }
    absl::optional<uint32_t> code = Unit();
    if (!code.has_value()) return Fail("unknown escape in a string");
    if (*code >= 0xD800 && *code < 0xDC00) {
      absl::optional<uint32_t> low;
      if (Peek() == '\\') {
        ++at_;
        low = Unit();
      }
      if (!low.has_value() || *low < 0xDC00 || *low > 0xDFFF)
        return Fail("half of a surrogate pair in a string");
      code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    } else if (*code >= 0xDC00 && *code < 0xE000) {
      return Fail("half of a surrogate pair in a string");
    }
    AppendCodePoint(*code, value);
    return true;
  }

  // `uXXXX`.
  absl::optional<uint32_t> Unit() {
    if (Peek() != 'u') return absl::nullopt;
    ++at_;
    uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      if (!absl::ascii_isxdigit(Peek())) return absl::nullopt;
      const char digit = absl::ascii_tolower(text_[at_++]);
      code = code * 16 + static_cast<uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return code;
  }

  absl::string_view text_;
  const Descriptor* descriptor_;
  SourceMapBuilder* places_;
  size_t at_ = 0;
  bool failed_ = false;
  std::vector<Frame> stack_;
  ScanResult result_;
};

}  // namespace

ScanResult ScanJson(absl::string_view json, const Descriptor* descriptor,
                    SourceMapBuilder* places) {
  return JsonScanner(json, descriptor, places).Run();
}

}  // namespace rules
}  // namespace frontdesk
