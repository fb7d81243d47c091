#include "decide/message_text.h"

#include <cstdint>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/money.pb.h"
#include "internal/enum_label.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One value of a field, `index` for an element of a list, -1 else.
std::string ValueText(const Message& owner, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *owner.GetReflection();
  const bool element = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return EscapeValue(element ? reflection.GetRepeatedString(owner, &field, index)
                                 : reflection.GetString(owner, &field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = element ? reflection.GetRepeatedEnumValue(owner, &field, index)
                                 : reflection.GetEnumValue(owner, &field);
      return EnumWords(*field.enum_type(), number);
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(element ? reflection.GetRepeatedInt32(owner, &field, index)
                                  : reflection.GetInt32(owner, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(element ? reflection.GetRepeatedInt64(owner, &field, index)
                                  : reflection.GetInt64(owner, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& value = element ? reflection.GetRepeatedMessage(owner, &field, index)
                                     : reflection.GetMessage(owner, &field);
      const auto* money = dynamic_cast<const v1::Money*>(&value);
      return money == nullptr ? "" : EscapeValue(FormatMoney(*money));
    }
    default:
      return "";
  }
}

// Reads one text with one message.
class Filler {
 public:
  Filler(absl::string_view text, const Message& message) : rest_(text), message_(message) {}

  // Up to one of `ends`, which is left, or to the end of the text. `filled` becomes false when a value was empty.
  std::string Read(absl::string_view ends, bool* filled) {
    std::string out;
    while (!rest_.empty() && ends.find(rest_[0]) == absl::string_view::npos) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '[') {
        bool group_filled = true;
        const std::string group = Read("]", &group_filled);
        absl::ConsumePrefix(&rest_, "]");
        if (group_filled) out += group;
      } else if (c == '{') {
        const std::string value = ReadPlaceholder(filled);
        out += value;
      } else {
        out += c;
      }
    }
    return out;
  }

 private:
  std::string ReadPlaceholder(bool* filled) {
    const size_t end = rest_.find_first_of("}?");
    if (end == absl::string_view::npos) return ReadEndless(filled);
    const absl::string_view path = rest_.substr(0, end);
    rest_.remove_prefix(path.size());
    if (!absl::ConsumePrefix(&rest_, "?")) {
      absl::ConsumePrefix(&rest_, "}");
      const std::string value = Value(path);
      if (value.empty()) *filled = false;
      return value;
    }
    const bool is_set = IsSet(path);
    bool first_filled = true;
    bool second_filled = true;
    const std::string first = Read("|", &first_filled);
    absl::ConsumePrefix(&rest_, "|");
    const std::string second = Read("}", &second_filled);
    if (!absl::ConsumePrefix(&rest_, "}")) return ReadEndless(filled);
    if (!(is_set ? first_filled : second_filled)) *filled = false;
    return is_set ? first : second;
  }

  // The rest of a text in which a placeholder has no end.
  std::string ReadEndless(bool* filled) {
    rest_ = "";
    *filled = false;
    return "";
  }

  // The owner of the last part of the path, and its field; null when there is no such field.
  const FieldDescriptor* Find(absl::Span<const absl::string_view> parts,
                              const Message** owner) const {
    *owner = &message_;
    const FieldDescriptor* field = nullptr;
    for (const absl::string_view part : parts) {
      if (field != nullptr) {
        if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_repeated())
          return nullptr;
        *owner = &(*owner)->GetReflection()->GetMessage(**owner, field);
      }
      field = (*owner)->GetDescriptor()->FindFieldByName(std::string(part));
      if (field == nullptr) return nullptr;
    }
    return field;
  }

  bool IsSet(absl::string_view path) const {
    const std::vector<absl::string_view> parts = absl::StrSplit(path, '.');
    const Message* owner = nullptr;
    const FieldDescriptor* field = Find(parts, &owner);
    if (field == nullptr) return false;
    return field->is_repeated() ? owner->GetReflection()->FieldSize(*owner, field) > 0
                                : owner->GetReflection()->HasField(*owner, field);
  }

  std::string Value(absl::string_view path) const {
    if (absl::ConsumePrefix(&path, "-")) {
      const std::string signed_value = Value(path);
      return std::string(absl::StripPrefix(signed_value, "-"));
    }
    const std::vector<absl::string_view> halves = absl::StrSplit(path, absl::MaxSplits(':', 1));
    std::vector<absl::string_view> parts = absl::StrSplit(halves[0], '.');
    const absl::string_view last = parts.back();
    const bool counts = last == "#";
    const bool sums = last.size() > 1 && last[0] == '+';
    if (counts || sums) parts.pop_back();
    const Message* owner = nullptr;
    const FieldDescriptor* field = Find(parts, &owner);
    if (field == nullptr) return "";
    const Reflection& reflection = *owner->GetReflection();
    if (counts || sums) {
      const std::int64_t number =
          counts ? reflection.FieldSize(*owner, field) : Sum(*owner, *field, last.substr(1));
      if (halves.size() < 2) return absl::StrCat(number);
      return absl::StrCat(number, " ", halves[1], number == 1 ? "" : "s");
    }
    if (!field->is_repeated()) return ValueText(*owner, *field, -1);
    std::string list;
    for (int i = 0; i < reflection.FieldSize(*owner, field); ++i) {
      absl::StrAppend(&list, i == 0 ? "" : ", ", ValueText(*owner, *field, i));
    }
    return list;
  }

  static std::int64_t Sum(const Message& owner, const FieldDescriptor& list,
                          absl::string_view name) {
    std::int64_t sum = 0;
    for (int i = 0; i < owner.GetReflection()->FieldSize(owner, &list); ++i) {
      const Message& element = owner.GetReflection()->GetRepeatedMessage(owner, &list, i);
      const FieldDescriptor* field = element.GetDescriptor()->FindFieldByName(std::string(name));
      if (field == nullptr) continue;
      std::int64_t value = 0;
      if (absl::SimpleAtoi(ValueText(element, *field, -1), &value)) sum += value;
    }
    return sum;
  }

  absl::string_view rest_;
  const Message& message_;
};

}  // namespace

std::string FillText(absl::string_view text, const Message& message) {
  bool filled = true;
  return Filler(text, message).Read("", &filled);
}

std::string EntityWords(const v1::EntityRef& entity) {
  const absl::string_view noun = domain::EntityKindNoun(entity.kind());
  return noun == entity.id() ? std::string(noun)
                             : absl::StrCat(noun, " ", EscapeValue(entity.id()));
}

std::string EnumWords(const EnumDescriptor& type, int number) {
  const google::protobuf::EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr) return "of an unknown kind";
  std::string words = EnumLabel(*value);
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words;
}

}  // namespace internal
}  // namespace frontdesk
