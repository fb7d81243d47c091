#include "agents/render.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "agents/words.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/domain/customer_view.h"
#include "frontdesk/v1/customer_view.pb.h"
#include "frontdesk/v1/data_class.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "internal/enum_label.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

v1::DataClass ClassOf(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::data_class);
}

// Who wrote a part: the text of anybody else is a customer's.
bool IsByCompany(v1::Actor::Kind author) {
  return author == v1::Actor::KIND_AGENT || author == v1::Actor::KIND_SYSTEM ||
         author == v1::Actor::KIND_BOT || author == v1::Actor::KIND_AGENT_AI;
}

// A note for the company's own people.
bool IsNote(const FieldDescriptor& field) {
  return field.name() == "note" && ClassOf(field) >= v1::DATA_CLASS_PERSONAL;
}

template <typename Typed>
Typed CopyOf(const Message& message) {
  Typed typed;
  typed.CopyFrom(message);
  return typed;
}

}  // namespace

std::string DurationText(const google::protobuf::Duration& duration) {
  const bool negative = duration.seconds() < 0 || duration.nanos() < 0;
  std::string text = absl::StrCat(negative ? "-" : "", std::abs(duration.seconds()));
  if (duration.nanos() != 0) {
    std::string nanos = absl::StrCat(std::abs(duration.nanos()));
    nanos.insert(0, 9 - std::min<std::size_t>(nanos.size(), 9), '0');
    absl::StrAppend(&text, ".", nanos);
  }
  return absl::StrCat(text, "s");
}

std::string TimeText(const google::protobuf::Timestamp& timestamp) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", ToTime(timestamp).value_or(absl::UnixEpoch()),
                          absl::UTCTimeZone());
}

int LevelForPersonalData(const Policy& policy) {
  int any = 0;
  for (const v1::IdentityRequirement& each : policy.pack().identity_requirements()) {
    for (const std::string& point : each.decision_points()) {
      if (point == "DiscloseCustomer") return each.min_level();
      if (point == "*") any = each.min_level();
    }
  }
  return any;
}

void WriteHidden(absl::string_view why, JsonWriter* json) {
  json->BeginObject();
  json->Member("hidden", why);
  json->EndObject();
}

Renderer::Renderer(const Policy& policy, Scope& scope)
    : scope_(scope), shows_personal_(scope.identity_level() >= LevelForPersonalData(policy)) {}

absl::Status Renderer::WriteMessage(const Message& message, JsonWriter* json) {
  return WriteInner(message, false, json);
}

bool Renderer::IsShown(const Message& message, const FieldDescriptor& field) const {
  if (ClassOf(field) == v1::DATA_CLASS_SECRET || field.type() == FieldDescriptor::TYPE_BYTES ||
      field.options().GetExtension(v1::hidden_from_rules)) {
    return false;
  }
  if (!scope_.is_bound()) return true;
  // A call for a customer shows the parts that this customer may see, and no notes of the company.
  if (IsNote(field)) return false;
  return field.name() != "tool_call" ||
         message.GetDescriptor() != v1::InteractionPart::descriptor();
}

absl::Status Renderer::WriteInner(const Message& message, bool by_company, JsonWriter* json) {
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  if (type == google::protobuf::Timestamp::descriptor()) {
    json->Text(TimeText(CopyOf<google::protobuf::Timestamp>(message)));
    return absl::OkStatus();
  }
  if (type == google::protobuf::Duration::descriptor()) {
    json->Text(DurationText(CopyOf<google::protobuf::Duration>(message)));
    return absl::OkStatus();
  }
  json->BeginObject();
  FRONTDESK_RETURN_IF_ERROR(WriteMembers(message, by_company, json));
  json->EndObject();
  return absl::OkStatus();
}

absl::Status Renderer::WriteMembers(const Message& message, bool by_company, JsonWriter* json) {
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  if (type == v1::InteractionPart::descriptor()) {
    by_company = IsByCompany(CopyOf<v1::InteractionPart>(message).author().kind());
  } else if (type == v1::CustomerViewPart::descriptor()) {
    by_company = IsByCompany(CopyOf<v1::CustomerViewPart>(message).author_kind());
  }
  if (type == v1::EntityRef::descriptor()) {
    const auto entity = CopyOf<v1::EntityRef>(message);
    FRONTDESK_ASSIGN_OR_RETURN(const bool has, scope_.Has(entity.kind(), entity.id()));
    if (!has) {
      json->Member("hidden", "OUT_OF_SCOPE");
      return absl::OkStatus();
    }
  }
  std::vector<const FieldDescriptor*> fields;
  const Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!IsShown(message, *field)) continue;
    // Customers deal with the company, not with one of its people.
    if (scope_.is_bound() && type == v1::Actor::descriptor() && field->name() != "kind") continue;
    json->Name(field->name());
    if (!field->is_repeated()) {
      FRONTDESK_RETURN_IF_ERROR(WriteElement(message, *field, -1, by_company, json));
      continue;
    }
    json->BeginArray();
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (scope_.is_bound() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
          field->message_type() == v1::InteractionPart::descriptor() &&
          !domain::IsSeenByCustomer(
              CopyOf<v1::InteractionPart>(reflection.GetRepeatedMessage(message, field, i)))) {
        continue;
      }
      FRONTDESK_RETURN_IF_ERROR(WriteElement(message, *field, i, by_company, json));
    }
    json->EndArray();
  }
  return absl::OkStatus();
}

absl::Status Renderer::WriteElement(const Message& message, const FieldDescriptor& field, int index,
                                    bool by_company, JsonWriter* json) {
  const Reflection& reflection = *message.GetReflection();
  const bool one = index < 0;
  if (ClassOf(field) >= v1::DATA_CLASS_PERSONAL && !shows_personal_) {
    WriteHidden("PERSONAL", json);
    return absl::OkStatus();
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WriteInner(one ? reflection.GetMessage(message, &field)
                            : reflection.GetRepeatedMessage(message, &field, index),
                        by_company, json);
    case FieldDescriptor::CPPTYPE_STRING:
      return WriteText(field,
                       one ? reflection.GetString(message, &field)
                           : reflection.GetRepeatedString(message, &field, index),
                       by_company, json);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = one ? reflection.GetEnumValue(message, &field)
                             : reflection.GetRepeatedEnumValue(message, &field, index);
      const auto* value = field.enum_type()->FindValueByNumber(number);
      json->Text(value == nullptr ? absl::StrCat(number) : internal::EnumLabel(*value));
      break;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      json->Flag(one ? reflection.GetBool(message, &field)
                     : reflection.GetRepeatedBool(message, &field, index));
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      json->Number(one ? reflection.GetInt32(message, &field)
                       : reflection.GetRepeatedInt32(message, &field, index));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      json->Number(one ? reflection.GetInt64(message, &field)
                       : reflection.GetRepeatedInt64(message, &field, index));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      json->Raw(absl::StrCat(one ? reflection.GetDouble(message, &field)
                                 : reflection.GetRepeatedDouble(message, &field, index)));
      break;
    default:
      json->Raw("null");
  }
  return absl::OkStatus();
}

absl::Status Renderer::WriteText(const FieldDescriptor& field, const std::string& text,
                                 bool by_company, JsonWriter* json) {
  const v1::EntityKind kind = EntityKindOfField(field);
  if (kind != v1::ENTITY_KIND_UNSPECIFIED && !text.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has, scope_.Has(kind, text));
    if (!has) {
      WriteHidden("OUT_OF_SCOPE", json);
      return absl::OkStatus();
    }
  }
  if (ClassOf(field) < v1::DATA_CLASS_PERSONAL || by_company) {
    json->Text(text);
    return absl::OkStatus();
  }
  json->BeginObject();
  json->Member("from_customer", text);
  json->EndObject();
  return absl::OkStatus();
}

}  // namespace agents
}  // namespace frontdesk
