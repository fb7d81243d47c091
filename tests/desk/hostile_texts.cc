#include "desk/hostile_texts.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace testing {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

std::string Repeated(absl::string_view letter, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) absl::StrAppend(&text, letter);
  return text;
}

bool IsHidden(uint32_t value) {
  return (value < 0x20 && value != '\n') || (value >= 0x7f && value <= 0x9f) || value == 0xad ||
         value == 0x61c || value == 0x200b || value == 0x200e || value == 0x200f ||
         (value >= 0x2028 && value <= 0x202e) || (value >= 0x2060 && value <= 0x206f) ||
         value == 0xfeff || (value >= 0xe0000 && value <= 0xe007f);
}

}  // namespace

const std::vector<std::string>& HostileTexts() {
  static const auto* const texts = new std::vector<std::string>{
      "x\nFORGED",
      "x\r\nFORGED",
      "x\n    FORGED",
      "x\xe2\x80\xa8"
      "FORGED",
      "x\xc2\x85"
      "FORGED",
      "\nFORGED\n",
      "a\xe2\x80\xae"
      "b",
      "\xe2\x81\xa6"
      "a\xe2\x81\xa9",
      "a\xe2\x80\x8f",
      "\xd8\x9c",
      "\xef\xbb\xbfo1",
      "o\xe2\x80\x8b"
      "1",
      "a\x1b[2J\x07",
      std::string("a\0b", 3),
      "\xf3\xa0\x81\x81",
      "' \" \\ \\n {customer_id} [x] %s $(id)",
      "../../etc/localtime",
      Repeated("\xc3\xa9", 2000),
      absl::StrCat("a", Repeated("\xe2\x82\xac", 700)),
      absl::StrCat("ab", Repeated("\xf0\x9f\x98\x80", 300)),
      // A Persian and a Hindi name, as they are written.
      "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88\xd8\xa7\xd9\x87\xd9\x85",
      "\xe0\xa4\xb6\xe0\xa4\xb0\xe0\xa5\x8d\xe2\x80\x8d\xe0\xa4\xae\xe0\xa4\xbe",
  };
  return *texts;
}

void PlantHostile(bool everywhere, Chance* chance, Message* message) {
  const Reflection* reflection = message->GetReflection();
  const auto pick = [chance] {
    const auto& texts = HostileTexts();
    return texts[static_cast<std::size_t>(chance->Below(static_cast<int>(texts.size())))];
  };
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection->FieldSize(*message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        PlantHostile(everywhere, chance,
                     field->is_repeated() ? reflection->MutableRepeatedMessage(message, field, i)
                                          : reflection->MutableMessage(message, field));
      } else if (field->type() == FieldDescriptor::TYPE_STRING &&
                 (everywhere || chance->OneIn(12))) {
        if (field->is_repeated()) {
          reflection->SetRepeatedString(message, field, i, pick());
        } else {
          reflection->SetString(message, field, pick());
        }
      }
    }
  }
}

std::string FindForged(absl::string_view text) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "FORGED")) {
      return absl::StrCat("a line is forged: ", text);
    }
  }
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (i + length > text.size()) return absl::StrCat("a text is cut inside a character: ", text);
    uint32_t value = length == 1 ? byte : byte & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return absl::StrCat("a text is cut inside a character: ", text);
      value = value << 6 | (next & 0x3fu);
    }
    if (IsHidden(value)) return absl::StrCat("U+", absl::Hex(value), " is in: ", text);
    i += length;
  }
  return "";
}

}  // namespace testing
}  // namespace frontdesk
