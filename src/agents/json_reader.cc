#include "agents/json_reader.h"

#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "frontdesk/agents/reasons.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace agents {
namespace {

// Appends a code point as UTF-8.
void AppendCodePoint(std::uint32_t code, std::string* text) {
  const auto tail = [&](int shift) {
    text->push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3f)));
  };
  if (code < 0x80) {
    text->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    text->push_back(static_cast<char>(0xc0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    text->push_back(static_cast<char>(0xe0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    text->push_back(static_cast<char>(0xf0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

class JsonReader {
 public:
  JsonReader(absl::string_view json, const ToolsetLimits& limits, Violation* violation)
      : rest_(json), size_(json.size()), limits_(limits), violation_(*violation) {}

  bool ReadAll(JsonValue* value) {
    if (!ReadValue("", 1, value)) return false;
    SkipBlanks();
    return rest_.empty() || Malformed("has something behind the end of the value");
  }

 private:
  bool Malformed(absl::string_view text) {
    return Fail("", kReasonAgentArgumentsMalformed,
                absl::StrCat("The text is no JSON: byte ", size_ - rest_.size(), " ", text, "."));
  }

  bool Fail(absl::string_view path, absl::string_view reason, std::string text) {
    violation_.path = std::string(path);
    violation_.reason = reason;
    violation_.text = std::move(text);
    return false;
  }

  void SkipBlanks() {
    while (!rest_.empty() &&
           absl::string_view(" \t\n\r").find(rest_[0]) != absl::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }

  bool Consume(char wanted) {
    SkipBlanks();
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool ReadValue(const std::string& path, int depth, JsonValue* value) {
    SkipBlanks();
    if (rest_.empty()) return Malformed("ends before a value");
    if (++values_ > limits_.max_values) {
      return Fail(path, kReasonAgentArgumentsTooLarge,
                  absl::StrCat("The arguments have more than ", limits_.max_values, " values."));
    }
    if (depth > limits_.max_depth) {
      return Fail(path, kReasonAgentArgumentsTooLarge,
                  absl::StrCat("The arguments have more than ", limits_.max_depth, " levels."));
    }
    switch (rest_[0]) {
      case '{':
        return ReadObject(path, depth, value);
      case '[':
        return ReadArray(path, depth, value);
      case '"':
        value->type = JsonValue::Type::kString;
        return ReadText(&value->text);
      default:
        return ReadWord(value) || ReadNumber(value);
    }
  }

  bool ReadObject(const std::string& path, int depth, JsonValue* value) {
    value->type = JsonValue::Type::kObject;
    rest_.remove_prefix(1);
    if (Consume('}')) return true;
    absl::flat_hash_set<std::string> names;
    do {
      SkipBlanks();
      if (rest_.empty() || rest_[0] != '"') return Malformed("is no name of a member");
      auto& [name, member] = value->members.emplace_back();
      if (!ReadText(&name)) return false;
      const std::string inner = PointerTo(path, name);
      if (!names.insert(name).second) {
        return Fail(inner, kReasonAgentArgumentDuplicate, "The member is there twice.");
      }
      if (!Consume(':')) return Malformed("is no colon");
      if (!ReadValue(inner, depth + 1, &member)) return false;
    } while (Consume(','));
    return Consume('}') || Malformed("is no end of an object");
  }

  bool ReadArray(const std::string& path, int depth, JsonValue* value) {
    value->type = JsonValue::Type::kArray;
    rest_.remove_prefix(1);
    if (Consume(']')) return true;
    do {
      const std::string inner = absl::StrCat(path, "/", value->items.size());
      if (!ReadValue(inner, depth + 1, &value->items.emplace_back())) return false;
    } while (Consume(','));
    return Consume(']') || Malformed("is no end of an array");
  }

  bool ReadWord(JsonValue* value) {
    value->type = JsonValue::Type::kBool;
    value->flag = absl::ConsumePrefix(&rest_, "true");
    if (value->flag || absl::ConsumePrefix(&rest_, "false")) return true;
    value->type = JsonValue::Type::kNull;
    return absl::ConsumePrefix(&rest_, "null");
  }

  // -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
  bool ReadNumber(JsonValue* value) {
    const absl::string_view begin = rest_;
    const auto digits = [&] {
      const std::size_t before = rest_.size();
      while (!rest_.empty() && absl::ascii_isdigit(static_cast<unsigned char>(rest_[0]))) {
        rest_.remove_prefix(1);
      }
      return before != rest_.size();
    };
    absl::ConsumePrefix(&rest_, "-");
    if (!absl::ConsumePrefix(&rest_, "0") && !digits()) return Malformed("begins no value");
    if (absl::ConsumePrefix(&rest_, ".") && !digits()) return Malformed("is no digit");
    if (absl::ConsumePrefix(&rest_, "e") || absl::ConsumePrefix(&rest_, "E")) {
      if (!absl::ConsumePrefix(&rest_, "+")) absl::ConsumePrefix(&rest_, "-");
      if (!digits()) return Malformed("is no digit");
    }
    value->type = JsonValue::Type::kNumber;
    value->text = std::string(begin.substr(0, begin.size() - rest_.size()));
    return true;
  }

  bool ReadText(std::string* text) {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_[0] != '"') {
      if (static_cast<unsigned char>(rest_[0]) < 0x20) return Malformed("is a control character");
      if (rest_[0] == '\\') {
        if (!ReadEscape(text)) return false;
      } else {
        text->push_back(rest_[0]);
        rest_.remove_prefix(1);
      }
    }
    return absl::ConsumePrefix(&rest_, "\"") || Malformed("ends within a text");
  }

  bool ReadEscape(std::string* text) {
    rest_.remove_prefix(1);
    if (rest_.empty()) return Malformed("ends within a text");
    const char letter = rest_[0];
    const std::size_t place = absl::string_view("\"\\/bfnrt").find(letter);
    if (place != absl::string_view::npos) {
      text->push_back("\"\\/\b\f\n\r\t"[place]);
      rest_.remove_prefix(1);
      return true;
    }
    if (letter != 'u') return Malformed("is no escape");
    rest_.remove_prefix(1);
    std::uint32_t code = 0;
    if (!ReadHex(&code)) return false;
    if (code >= 0xd800 && code < 0xdc00) {
      std::uint32_t low = 0;
      if (!absl::ConsumePrefix(&rest_, "\\u") || !ReadHex(&low) || low < 0xdc00 || low > 0xdfff) {
        return Malformed("is half of a character");
      }
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      return Malformed("is half of a character");
    }
    AppendCodePoint(code, text);
    return true;
  }

  bool ReadHex(std::uint32_t* code) {
    std::uint32_t read = 0;
    for (int i = 0; i < 4; ++i) {
      if (rest_.empty() || !absl::ascii_isxdigit(static_cast<unsigned char>(rest_[0]))) {
        return Malformed("is no hexadecimal digit");
      }
      const char digit = absl::ascii_tolower(static_cast<unsigned char>(rest_[0]));
      read = read * 16 + static_cast<std::uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
      rest_.remove_prefix(1);
    }
    *code = read;
    return true;
  }

  absl::string_view rest_;
  const std::size_t size_;
  const ToolsetLimits& limits_;
  Violation& violation_;
  int values_ = 0;
};

}  // namespace

std::string PointerTo(absl::string_view parent, absl::string_view name) {
  return absl::StrCat(parent, "/", absl::StrReplaceAll(name, {{"~", "~0"}, {"/", "~1"}}));
}

bool ReadJson(absl::string_view json, const ToolsetLimits& limits, JsonValue* value,
              Violation* violation) {
  if (json.size() > limits.max_arguments_bytes) {
    violation->reason = kReasonAgentArgumentsTooLarge;
    violation->text =
        absl::StrCat("The arguments have more than ", limits.max_arguments_bytes, " bytes.");
    return false;
  }
  if (!internal::IsValidUtf8(json)) {
    violation->reason = kReasonAgentArgumentsMalformed;
    violation->text = "The text is not UTF-8.";
    return false;
  }
  return JsonReader(json, limits, violation).ReadAll(value);
}

}  // namespace agents
}  // namespace frontdesk
