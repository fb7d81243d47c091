#include "agents/schema.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "agents/comments.h"
#include "agents/json_writer.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Most bytes of the description of a field of the command, and of one deeper inside. A longer one ends before a clause, or is left out.
constexpr std::size_t kMaxTextBytes = 56;
constexpr std::size_t kMaxInnerTextBytes = 44;

// The level of messages in "$defs", which are inside of others.
constexpr int kInnerLevel = 2;

// The first sentence of a comment, or its first clause where it is too long; empty when that is too long too.
std::string ShortText(absl::string_view comment, std::size_t max_bytes) {
  const absl::string_view sentence = FirstSentences(comment, 1);
  if (sentence.size() <= max_bytes) return ForModel(sentence);
  for (const absl::string_view end : {" (", "; ", ": ", ", "}) {
    const std::size_t place = sentence.find(end);
    if (place < max_bytes) return absl::StrCat(ForModel(sentence.substr(0, place)), ".");
  }
  return "";
}

// Whether a word of a description is one of those that every sentence has.
bool IsFiller(absl::string_view word) {
  static constexpr absl::string_view kFillers[] = {
      "a",   "an",  "and", "are", "as", "be",  "by",   "for",   "has",  "in", "is",  "it",
      "its", "new", "of",  "on",  "or", "the", "that", "their", "this", "to", "was", "which"};
  return std::find(std::begin(kFillers), std::end(kFillers), word) != std::end(kFillers);
}

// Whether a description says more than the names of the tool and of the field do: "The shipping address." of `shipping_address` does not.
bool SaysMore(absl::string_view text, const FieldDescriptor& field) {
  const std::string names =
      absl::AsciiStrToLower(absl::StrCat(field.name(), " ", field.containing_type()->name()));
  for (const absl::string_view each :
       absl::StrSplit(text, absl::ByAnyChar(" .,'"), absl::SkipEmpty())) {
    const std::string word = absl::AsciiStrToLower(each);
    // The beginning of a word is enough: "refunded" is of "refund".
    if (!IsFiller(word) && !absl::StrContains(names, word.substr(0, 5))) return true;
  }
  return false;
}

class SchemaWriter {
 public:
  explicit SchemaWriter(const ArgumentWords& words) : words_(words) {}

  std::string Write(const Descriptor& message) {
    CountUses(message);
    json_.BeginObject();
    WriteFields(message, 1);
    // Definitions may use others; these come later, each once.
    if (!pending_.empty()) {
      json_.Name("$defs");
      json_.BeginObject();
      while (!pending_.empty()) {
        const Descriptor* next = pending_.begin()->second;
        pending_.erase(pending_.begin());
        if (!defined_.insert(next->full_name()).second) continue;
        json_.Name(next->name());
        json_.BeginObject();
        WriteFields(*next, kInnerLevel);
        json_.EndObject();
      }
      json_.EndObject();
    }
    json_.EndObject();
    return std::move(json_).Take();
  }

 private:
  void CountUses(const Descriptor& message) {
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (!words_.IsArgument(field) || ScalarOf(field) != Scalar::kMessage) continue;
      if (++uses_[field.message_type()->full_name()] == 1) CountUses(*field.message_type());
    }
  }

  void WriteFields(const Descriptor& message, int level) {
    json_.Member("type", "object");
    json_.Name("properties");
    json_.BeginObject();
    std::vector<std::string> required;
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (!words_.IsArgument(field)) continue;
      if (words_.IsRequired(field)) required.push_back(field.name());
      json_.Name(field.name());
      WriteField(field, level);
    }
    json_.EndObject();
    if (!required.empty()) {
      json_.Name("required");
      json_.BeginArray();
      for (const std::string& name : required) json_.Text(name);
      json_.EndArray();
    }
    json_.Name("additionalProperties");
    json_.Flag(false);
  }

  void WriteField(const FieldDescriptor& field, int level) {
    json_.BeginObject();
    const std::string text = Description(field, level);
    if (!text.empty()) json_.Member("description", text);
    if (field.is_repeated()) {
      json_.Member("type", "array");
      json_.Name("items");
      json_.BeginObject();
      WriteType(field, level);
      json_.EndObject();
    } else {
      WriteType(field, level);
    }
    json_.EndObject();
  }

  // Values that are listed say enough, and so do the names of texts inside of others. Hosts know what they import from the docs.
  std::string Description(const FieldDescriptor& field, int level) const {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return "";
    if (level > 1 && (ScalarOf(field) != Scalar::kInteger || words_.are_host_only())) return "";
    const std::string text =
        ShortText(CommentOf(field.full_name()), level == 1 ? kMaxTextBytes : kMaxInnerTextBytes);
    return SaysMore(text, field) ? text : "";
  }

  void WriteType(const FieldDescriptor& field, int level) {
    if (const auto values = words_.Values(field)) {
      json_.Name("enum");
      json_.BeginArray();
      for (const std::string& value : *values) json_.Text(value);
      json_.EndArray();
      return;
    }
    switch (ScalarOf(field)) {
      case Scalar::kBool:
        return json_.Member("type", "boolean");
      case Scalar::kInteger:
        return json_.Member("type", "integer");
      case Scalar::kNumber:
        return json_.Member("type", "number");
      case Scalar::kText:
      case Scalar::kEnum:
        return json_.Member("type", "string");
      case Scalar::kBytes:
        json_.Member("type", "string");
        return json_.Member("contentEncoding", "base64");
      case Scalar::kTime:
        json_.Member("type", "string");
        return json_.Member("format", "date-time");
      case Scalar::kDuration:
        json_.Member("type", "string");
        return json_.Member("pattern", "^-?[0-9]+([.][0-9]{1,9})?s$");
      case Scalar::kMessage:
        break;
    }
    const Descriptor& message = *field.message_type();
    // The arguments are checked all the same.
    if (words_.are_host_only() && level > kInnerLevel) return json_.Member("type", "object");
    if (uses_[message.full_name()] == 1) return WriteFields(message, level + 1);
    json_.Member("$ref", absl::StrCat("#/$defs/", message.name()));
    if (!defined_.contains(message.full_name())) pending_[message.name()] = &message;
  }

  const ArgumentWords& words_;
  JsonWriter json_;
  std::map<std::string, int> uses_;
  std::map<std::string, const Descriptor*> pending_;
  std::set<std::string> defined_;
};

}  // namespace

std::string MakeSchema(const Descriptor& message, const ArgumentWords& words) {
  return SchemaWriter(words).Write(message);
}

std::string MakeDescription(const Descriptor& message, const ArgumentWords& words) {
  const int sentences = words.are_host_only() ? 1 : 2;
  return ForModel(FirstSentences(CommentOf(message.full_name()), sentences));
}

}  // namespace agents
}  // namespace frontdesk
