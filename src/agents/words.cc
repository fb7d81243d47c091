#include "agents/words.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agents/comments.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/data_class.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "frontdesk/v1/vocabulary_list.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "internal/enum_label.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Words = google::protobuf::RepeatedPtrField<v1::VocabularyWord>;

template <typename Named>
std::vector<std::string> Names(const google::protobuf::RepeatedPtrField<Named>& words) {
  std::vector<std::string> names;
  for (const Named& word : words) names.push_back(word.name());
  return names;
}

std::vector<std::string> ListedWords(v1::VocabularyList list, const v1::PolicyPack& pack) {
  const v1::Vocabulary& words = pack.vocabulary();
  switch (list) {
    case v1::VOCABULARY_LIST_ROLES:
      return Names(words.roles());
    case v1::VOCABULARY_LIST_AUTHORITIES:
      return Names(words.authorities());
    case v1::VOCABULARY_LIST_TIERS:
      return Names(words.tiers());
    case v1::VOCABULARY_LIST_REASONS:
      return Names(words.reasons());
    case v1::VOCABULARY_LIST_TAGS:
      return Names(words.tags());
    case v1::VOCABULARY_LIST_QUEUES:
      return Names(words.queues());
    case v1::VOCABULARY_LIST_STATE_NAMES:
      return Names(pack.cases().state_names());
    case v1::VOCABULARY_LIST_ESCALATION_CHAINS:
      return Names(pack.cases().escalation_chains());
    case v1::VOCABULARY_LIST_REMEDIES:
      return Names(pack.cases().remedies());
    default:
      return {};
  }
}

std::vector<std::string> AttributeNames(v1::EntityKind kind, const v1::PolicyPack& pack) {
  std::vector<std::string> names;
  for (const v1::AttributeDefinition& each : pack.attribute_definitions()) {
    if (each.entity_kind() == kind) names.push_back(each.name());
  }
  return names;
}

bool IsOf(const FieldDescriptor& field, const Descriptor* message) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field.message_type() == message;
}

// Whether only the host knows the value: money that has moved, ids in other systems, files.
bool IsHostKnowledge(const FieldDescriptor& field) {
  return (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
          field.enum_type() == v1::Settlement_descriptor()) ||
         IsOf(field, v1::ExternalId::descriptor()) || IsOf(field, v1::MediaReference::descriptor());
}

}  // namespace

Scalar ScalarOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Scalar::kBool;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Scalar::kEnum;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Scalar::kNumber;
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? Scalar::kBytes : Scalar::kText;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (IsOf(field, google::protobuf::Timestamp::descriptor())) return Scalar::kTime;
      if (IsOf(field, google::protobuf::Duration::descriptor())) return Scalar::kDuration;
      return Scalar::kMessage;
    default:
      return Scalar::kInteger;
  }
}

bool ArgumentWords::are_host_only() const {
  return info_ != nullptr && info_->options->host_only();
}

v1::EntityKind ArgumentWords::AttributeKind() const {
  return info_ == nullptr ? v1::ENTITY_KIND_UNSPECIFIED : info_->entity_kind;
}

bool ArgumentWords::IsArgument(const FieldDescriptor& field) const {
  if (IsOf(field, v1::Actor::descriptor()) || IsOf(field, v1::ToolCall::descriptor()) ||
      IsForPolicyOnly(CommentOf(field.full_name()))) {
    return false;
  }
  if (info_ != nullptr && !for_host_ && IsHostKnowledge(field)) return false;
  if (!are_host_only() && IsOf(field, v1::Attribute::descriptor()) &&
      AttributeNames(AttributeKind(), policy_.pack()).empty()) {
    return false;
  }
  // The time at which a part is added is that of the call; only imports bring parts of the past.
  return are_host_only() || field.containing_type() != v1::InteractionPart::descriptor() ||
         ScalarOf(field) != Scalar::kTime;
}

bool ArgumentWords::IsRequired(const FieldDescriptor& field) const {
  if (!IsArgument(field) || !SaysRequired(CommentOf(field.full_name()))) return false;
  if (info_ == nullptr) return true;
  for (const domain::OutputInfo& output : info_->outputs) {
    if (output.field == &field && policy_.Computes(*info_, output.name)) return false;
  }
  return true;
}

absl::optional<std::vector<std::string>> ArgumentWords::Values(const FieldDescriptor& field) const {
  std::vector<std::string> values;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    for (int i = 0; i < field.enum_type()->value_count(); ++i) {
      const google::protobuf::EnumValueDescriptor& value = *field.enum_type()->value(i);
      if (value.number() == 0) continue;
      if (value.type() == v1::InteractionPart::Kind_descriptor() &&
          value.number() == v1::InteractionPart::KIND_TOOL_CALL) {
        continue;
      }
      values.push_back(internal::EnumLabel(value));
    }
    return values;
  }
  if (field.type() != FieldDescriptor::TYPE_STRING) return absl::nullopt;
  if (field.containing_type() == v1::Attribute::descriptor() && field.name() == "name") {
    values = AttributeNames(AttributeKind(), policy_.pack());
  } else if (field.options().HasExtension(v1::vocabulary)) {
    values = ListedWords(field.options().GetExtension(v1::vocabulary), policy_.pack());
  }
  if (values.empty()) return absl::nullopt;
  return values;
}

bool IsReservedName(absl::string_view name) {
  static constexpr absl::string_view kReserved[] = {
      "actor",          "actor_id",         "authorities", "author",
      "call_id",        "expected_version", "facts",       "idempotency_key",
      "identity_level", "late_entry",       "now",         "occur_time",
      "roles",          "team_ids",         "tool_call",   "tool_call_id",
      "interaction_id"};
  return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
}

absl::optional<int> FindEnumLabel(const google::protobuf::EnumDescriptor& type,
                                  absl::string_view label) {
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0 && internal::EnumLabel(*type.value(i)) == label) {
      return type.value(i)->number();
    }
  }
  return absl::nullopt;
}

v1::EntityKind EntityKindOfField(const FieldDescriptor& field) {
  if (field.type() != FieldDescriptor::TYPE_STRING) return v1::ENTITY_KIND_UNSPECIFIED;
  for (int number = v1::EntityKind_MIN; number <= v1::EntityKind_MAX; ++number) {
    const auto kind = static_cast<v1::EntityKind>(number);
    const absl::string_view noun = domain::EntityKindNoun(kind);
    if (noun.empty()) continue;
    const std::string name = absl::StrCat(noun, "_id");
    if (field.name() == name || absl::EndsWith(field.name(), absl::StrCat("_", name)) ||
        field.name() == absl::StrCat(name, "s") ||
        absl::EndsWith(field.name(), absl::StrCat("_", name, "s"))) {
      return kind;
    }
  }
  return v1::ENTITY_KIND_UNSPECIFIED;
}

std::string ToolNameOf(absl::string_view command) {
  std::string name;
  for (const char letter : command) {
    if (absl::ascii_isupper(static_cast<unsigned char>(letter)) && !name.empty()) name += '_';
    name += absl::ascii_tolower(static_cast<unsigned char>(letter));
  }
  return name;
}

}  // namespace agents
}  // namespace frontdesk
