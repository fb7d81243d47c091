#include "agents/schema.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "agents/comments.h"
#include "agents/json_writer.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Levels below the command at which fields have a description.
constexpr int kDescribedLevels = 2;

// A comment of two words, as "The order.", says no more than the name of the field.
bool SaysMore(absl::string_view comment) {
  return std::count(comment.begin(), comment.end(), ' ') >= 2;
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
        WriteFields(*next, kDescribedLevels);
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
    // The states of imports are described in the docs.
    const bool described = words_.are_host_only() ? level == 1 : level <= kDescribedLevels;
    const std::string text = ForModel(FirstSentences(CommentOf(field.full_name()), 1));
    if (described && SaysMore(text)) json_.Member("description", text);
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

std::string MakeDescription(const Descriptor& message) {
  return ForModel(FirstSentences(CommentOf(message.full_name()), 2));
}

}  // namespace agents
}  // namespace frontdesk
