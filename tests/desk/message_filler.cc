#include "desk/message_filler.h"

#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "desk/planter.h"
#include "frontdesk/v1/money.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace testing {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

constexpr std::int64_t kBegin = 1'700'000'000;
constexpr int kMaxDepth = 5;

std::vector<std::string> Numbered(const char* prefix, int count) {
  std::vector<std::string> ids;
  for (int i = 1; i <= count; ++i) ids.push_back(absl::StrCat(prefix, i));
  return ids;
}

// Texts of fields that take only some; the first whose name ends the field's counts.
struct NamedTexts {
  const char* suffix;
  std::vector<std::string> texts;
};
const std::vector<NamedTexts>& TextsByName() {
  static const auto* const texts = new std::vector<NamedTexts>{
      {"customer_id", EntityIds(v1::ENTITY_KIND_CUSTOMER)},
      {"interaction_id", EntityIds(v1::ENTITY_KIND_INTERACTION)},
      {"order_id", EntityIds(v1::ENTITY_KIND_ORDER)},
      {"account_id", EntityIds(v1::ENTITY_KIND_ACCOUNT)},
      {"case_id", EntityIds(v1::ENTITY_KIND_CASE)},
      {"variant_id", {"a", "b", "c"}},
      {"product_id", {"p"}},
      {"payment_method_id", {"card", "gift"}},
      {"currency_code", {"USD"}},
      {"country_code", {"US", "DE"}},
      {"region_code", {"US"}},
      {"as_typed", {"ann@example.com", "+1 415 555 0100", "@ann"}},
      {"last_four", {"4711", "0815", ""}},
      {"language_tag", {"en-US", "de"}},
      {"time_zone", {"Europe/Berlin", "UTC"}},
      {"state_name", {"", "asked back", "with the carrier"}},
      {"authorities", {"supervisor"}},
      {"authority", {"supervisor"}},
  };
  return *texts;
}

const std::vector<std::string>& Words() {
  static const auto* const words =
      new std::vector<std::string>{"alpha", "beta", "gamma", "delta", "epsilon", "two words"};
  return *words;
}

}  // namespace

const std::vector<std::string>& EntityIds(v1::EntityKind kind) {
  static const auto* const ids = new std::map<int, std::vector<std::string>>{
      {v1::ENTITY_KIND_CUSTOMER, Numbered("c", 4)},
      {v1::ENTITY_KIND_INTERACTION, Numbered("i", 6)},
      {v1::ENTITY_KIND_ORDER, Numbered("o", 9)},
      {v1::ENTITY_KIND_ACCOUNT, Numbered("gift-", 3)},
      {v1::ENTITY_KIND_CASE, Numbered("k", 9)},
      {v1::ENTITY_KIND_APPROVAL, {"none"}},
      {v1::ENTITY_KIND_DESK, {"desk"}},
      {v1::ENTITY_KIND_UNSPECIFIED, {"x"}},
  };
  const auto found = ids->find(static_cast<int>(kind));
  return found == ids->end() ? ids->at(v1::ENTITY_KIND_UNSPECIFIED) : found->second;
}

void MessageFiller::Know(const Message& message) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Know(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                  : reflection->GetMessage(message, field));
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        known_[field->name()].push_back(field->is_repeated()
                                            ? reflection->GetRepeatedString(message, field, i)
                                            : reflection->GetString(message, field));
      }
    }
  }
}

void MessageFiller::Fill(Message* message, int depth) {
  const std::int64_t near = now_ - chance_->Below(100) + 10;
  if (auto* time = google::protobuf::DynamicCastToGenerated<google::protobuf::Timestamp>(message)) {
    time->set_seconds(kBegin + near);
    return;
  }
  if (auto* span = google::protobuf::DynamicCastToGenerated<google::protobuf::Duration>(message)) {
    span->set_seconds(chance_->Below(1000));
    return;
  }
  if (auto* entity = google::protobuf::DynamicCastToGenerated<v1::EntityRef>(message)) {
    entity->set_kind(static_cast<v1::EntityKind>(1 + chance_->Below(6)));
    entity->set_id(Pick(EntityIds(entity->kind())));
    return;
  }
  const google::protobuf::Descriptor* type = message->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->real_containing_oneof() != nullptr) continue;
    if (field->is_repeated()) {
      static constexpr int kSizes[] = {1, 0, 1, 1, 2, 3};
      if (depth > kMaxDepth) continue;
      for (int count = kSizes[chance_->Below(6)]; count > 0; --count) {
        SetField(message, field, depth);
      }
    } else if (!chance_->OneIn(field->has_optional_keyword() ? 2 : 12)) {
      SetField(message, field, depth);
    }
  }
  for (int i = 0; i < type->real_oneof_decl_count(); ++i) {
    const google::protobuf::OneofDescriptor* oneof = type->oneof_decl(i);
    if (chance_->OneIn(8)) continue;
    SetField(message, oneof->field(chance_->Below(oneof->field_count())), depth);
  }
}

void MessageFiller::SetField(Message* message, const FieldDescriptor* field, int depth) {
  const Reflection* reflection = message->GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth > kMaxDepth) return;
      Fill(repeated ? reflection->AddMessage(message, field)
                    : reflection->MutableMessage(message, field),
           depth + 1);
      return;
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = Text(field);
      if (repeated) {
        reflection->AddString(message, field, std::move(text));
      } else {
        reflection->SetString(message, field, std::move(text));
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      // The zero value, and one that nobody knows, are rare.
      const int count = field->enum_type()->value_count();
      int value = field->enum_type()->value(chance_->Below(count))->number();
      if (value == 0 && count > 1) value = field->enum_type()->value(1)->number();
      if (chance_->OneIn(32)) value = chance_->OneIn(2) ? 0 : 77;
      if (repeated) {
        reflection->AddEnumValue(message, field, value);
      } else {
        reflection->SetEnumValue(message, field, value);
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (repeated) {
        reflection->AddBool(message, field, chance_->OneIn(2));
      } else {
        reflection->SetBool(message, field, chance_->OneIn(4));
      }
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      if (repeated) {
        reflection->AddInt64(message, field, Number(field));
      } else {
        reflection->SetInt64(message, field, Number(field));
      }
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      if (repeated) {
        reflection->AddInt32(message, field, static_cast<std::int32_t>(Number(field)));
      } else {
        reflection->SetInt32(message, field, static_cast<std::int32_t>(Number(field)));
      }
      return;
    default:
      return;  // Our protos have no floating point and no unsigned numbers.
  }
}

std::string MessageFiller::Pick(const std::vector<std::string>& texts) {
  return texts[static_cast<std::size_t>(chance_->Below(static_cast<int>(texts.size())))];
}

std::string MessageFiller::Text(const FieldDescriptor* field) {
  if (field->type() == FieldDescriptor::TYPE_BYTES) return std::string(32, 'h');
  // "part_ids" takes what "part_id" takes.
  std::string name = field->name();
  if (absl::EndsWith(name, "_ids")) name.pop_back();
  const bool is_id = absl::EndsWith(name, "_id");
  if (chance_->OneIn(64)) return std::string(chance_->OneIn(4) ? "\xc3\xa9 \xe2\x82\xac" : "");
  // "corrects_part_id" takes the known values of "part_id".
  if (is_id && !chance_->OneIn(4)) {
    std::vector<std::string> texts;
    for (const auto& [known_name, known_texts] : known_) {
      if (absl::EndsWith(name, known_name) || absl::EndsWith(known_name, name)) {
        texts.insert(texts.end(), known_texts.begin(), known_texts.end());
      }
    }
    if (!texts.empty()) return Pick(texts);
  }
  for (const NamedTexts& named : TextsByName()) {
    if (absl::EndsWith(name, named.suffix)) return Pick(named.texts);
  }
  if (is_id) return absl::StrCat("x", chance_->Below(6));
  if (IsPersonal(*field)) return PersonalText();
  return Pick(Words());
}

std::int64_t MessageFiller::Number(const FieldDescriptor* field) {
  if (field->name() == "units") return chance_->Below(3000);
  if (field->name() == "rate_ppm") return chance_->Below(200'000);
  if (field->name() == "scale") return 2;
  if (chance_->OneIn(32)) return chance_->Below(5) - 2;
  return 1 + chance_->Below(3);
}

void MessageFiller::SetExtreme(Message* message, const FieldDescriptor* field) {
  if (field->is_repeated()) return;
  const Reflection* reflection = message->GetReflection();
  static constexpr std::int64_t kNumbers[] = {0,
                                              -1,
                                              std::numeric_limits<std::int64_t>::max(),
                                              std::numeric_limits<std::int64_t>::min(),
                                              std::numeric_limits<std::int32_t>::max(),
                                              253'402'300'800,
                                              1'000'000'000};
  const std::int64_t number = kNumbers[chance_->Below(7)];
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->SetInt64(message, field, number);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(message, field, static_cast<std::int32_t>(number));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnumValue(message, field, static_cast<int>(number));
    case FieldDescriptor::CPPTYPE_STRING: {
      static const auto* const texts = new std::vector<std::string>{
          "", std::string(1, '\0'), "\xff\xfe", std::string(3000, 'x'), "\xe2\x80\xae", "\n\""};
      return reflection->SetString(message, field, Pick(*texts));
    }
    default:
      return;
  }
}

void MessageFiller::CollectMessages(Message* message, std::vector<Message*>* messages) const {
  messages->push_back(message);
  const Reflection* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      CollectMessages(reflection->MutableMessage(message, field), messages);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
      CollectMessages(reflection->MutableRepeatedMessage(message, field, i), messages);
    }
  }
}

void MessageFiller::Mutate(Message* message) {
  std::vector<Message*> messages;
  CollectMessages(message, &messages);
  Message* changed =
      messages[static_cast<std::size_t>(chance_->Below(static_cast<int>(messages.size())))];
  const google::protobuf::Descriptor* type = changed->GetDescriptor();
  if (type->field_count() == 0) return;
  const FieldDescriptor* field = type->field(chance_->Below(type->field_count()));
  const Reflection* reflection = changed->GetReflection();
  switch (chance_->Below(6)) {
    case 0:
    case 1:
      return SetExtreme(changed, field);
    case 2:
      return reflection->ClearField(changed, field);
    case 3:
      if (field->is_repeated() && reflection->FieldSize(*changed, field) > 0) {
        return reflection->RemoveLast(changed, field);
      }
      return SetField(changed, field, 2);
    case 4:
      if (field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
          reflection->FieldSize(*changed, field) > 0) {
        Message* copy = reflection->AddMessage(changed, field);
        copy->CopyFrom(reflection->GetRepeatedMessage(*changed, field, 0));
        return;
      }
      return SetField(changed, field, 2);
    default:
      return SetField(changed, field, 2);
  }
}

}  // namespace testing
}  // namespace frontdesk
