#include "desk/planter.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/rules/data_class.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {
namespace testing {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

// Nothing else in the tests has any of these; tests/house/scan_outputs.py looks for them too.
constexpr absl::string_view kName = "Quastenberg";
constexpr absl::string_view kPhone = "+1 415 555 0137";
constexpr absl::string_view kEmail = "wilhelmina@quastenberg.example";
constexpr absl::string_view kCard = "4111 1111 1111 1111";
constexpr absl::string_view kLastFour = "7391";
// Planted where no person is meant.
constexpr absl::string_view kOther = "Zwischenwort";

constexpr int kMaxPlantedDepth = 6;

void ClearPersonal(Message* message) {
  const Reflection* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsPersonal(*field)) {
      reflection->ClearField(message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
        ClearPersonal(reflection->MutableRepeatedMessage(message, field, i));
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      ClearPersonal(reflection->MutableMessage(message, field));
    }
  }
}

std::string PersonalText(const Message& message, const FieldDescriptor& field) {
  if (field.name() == "last_four") return std::string(kLastFour);
  if (field.name() == "country_code") return "CH";  // Too short to be found again.
  if (field.name() == "language_tag")
    return "x-quasten-berg";  // Hyphens do not matter when it is looked for.
  if (field.name() == "time_zone")
    return "Europe/Zurich";  // Only names of the database are possible.
  if (field.name() == "as_typed") {
    const FieldDescriptor* kind = message.GetDescriptor()->FindFieldByName("kind");
    const int value = kind == nullptr ? 0 : message.GetReflection()->GetEnumValue(message, kind);
    if (value == v1::ContactPoint::KIND_EMAIL) return std::string(kEmail);
    if (value == v1::ContactPoint::KIND_PHONE) return std::string(kPhone);
    return absl::StrCat("@", kName);
  }
  // Another one in each field, so that a command that changes a text does change it.
  return absl::StrCat(testing::PersonalText(), " ", field.number());
}

// Texts in which an id, a code or a known word is expected.
bool IsFree(const FieldDescriptor& field) {
  for (const char* end : {"_id", "_ids", "_code", "kind", "service", "system", "id", "_tag", "zone",
                          "authorities", "authority", "_key", "_fields", "chain"}) {
    if (absl::EndsWith(field.name(), end)) return false;
  }
  return true;
}

void SetText(Message* message, const FieldDescriptor* field, const std::string& text) {
  const Reflection* reflection = message->GetReflection();
  if (!field->is_repeated()) return reflection->SetString(message, field, text);
  if (reflection->FieldSize(*message, field) == 0) reflection->AddString(message, field, text);
  reflection->SetRepeatedString(message, field, 0, text);
}

void PlantText(Planting planting, Message* message, const FieldDescriptor* field) {
  const Reflection* reflection = message->GetReflection();
  const bool there = field->is_repeated() ? reflection->FieldSize(*message, field) > 0
                                          : !reflection->GetString(*message, field).empty();
  const bool everything = planting == Planting::kEverything;
  if (!there && !everything) return;
  if (IsPersonal(*field)) {
    SetText(message, field, PersonalText(*message, *field));
  } else if (everything || (planting == Planting::kKeepForm && IsFree(*field))) {
    SetText(message, field, absl::StrCat(kOther, field->number()));
  }
}

void Plant(Planting planting, Message* message, int depth) {
  const Reflection* reflection = message->GetReflection();
  const google::protobuf::Descriptor* type = message->GetDescriptor();
  if (depth > kMaxPlantedDepth) return;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const google::protobuf::OneofDescriptor* oneof = field->real_containing_oneof();
    // One arm at most: the one that is set, or the first.
    if (oneof != nullptr && !reflection->HasField(*message, field) &&
        (reflection->HasOneof(*message, oneof) || planting != Planting::kEverything)) {
      continue;
    }
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      PlantText(planting, message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const bool make = planting == Planting::kEverything && depth < kMaxPlantedDepth;
      if (!field->is_repeated()) {
        if (make || reflection->HasField(*message, field)) {
          Plant(planting, reflection->MutableMessage(message, field), depth + 1);
        }
        continue;
      }
      if (make && reflection->FieldSize(*message, field) == 0) {
        reflection->AddMessage(message, field);
      }
      for (int k = 0; k < reflection->FieldSize(*message, field); ++k) {
        Plant(planting, reflection->MutableRepeatedMessage(message, field, k), depth + 1);
      }
    }
  }
}

// Lower case, without what people put between digits.
std::string Squeezed(absl::string_view text) {
  std::string squeezed;
  for (const char c : text) {
    if (c != ' ' && c != '-')
      squeezed.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return squeezed;
}

void CollectTexts(const Message& message, std::vector<std::string>* texts) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CollectTexts(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                          : reflection->GetMessage(message, field),
                     texts);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        texts->push_back(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                              : reflection->GetString(message, field));
      }
    }
  }
}

}  // namespace

bool IsPersonal(const FieldDescriptor& field) {
  const v1::DataClass data_class = rules::DataClassOf(field);
  return data_class != v1::DATA_CLASS_PUBLIC && data_class != v1::DATA_CLASS_INTERNAL;
}

std::string PersonalText() {
  return absl::StrCat("Wilhelmina ", kName, " ", kPhone, " ", kEmail, " ", kCard);
}

void Plant(Planting planting, Message* message) { Plant(planting, message, 0); }

std::string FindPersonal(absl::string_view text) {
  const std::string squeezed = Squeezed(text);
  for (const absl::string_view planted : {kName, kPhone, kCard, kLastFour}) {
    if (absl::StrContains(squeezed, Squeezed(planted))) return std::string(planted);
  }
  return "";
}

std::string FindPlanted(absl::string_view text) {
  if (absl::StrContains(Squeezed(text), Squeezed(kOther))) return std::string(kOther);
  return FindPersonal(text);
}

std::string FindLeak(const Message& message) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const std::string leak =
            FindLeak(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                          : reflection->GetMessage(message, field));
        if (!leak.empty()) return leak;
      } else if (field->type() == FieldDescriptor::TYPE_STRING && !IsPersonal(*field) &&
                 !FindPersonal(field->is_repeated()
                                   ? reflection->GetRepeatedString(message, field, i)
                                   : reflection->GetString(message, field))
                      .empty()) {
        return field->full_name();
      }
    }
  }
  return "";
}

v1::Outcome WithoutWhatHostsNeed(v1::Outcome outcome) {
  outcome.clear_events();
  for (v1::Effect& effect : *outcome.mutable_effects()) ClearPersonal(&effect);
  return outcome;
}

std::vector<std::string> AllTexts(const Message& message) {
  std::vector<std::string> texts;
  CollectTexts(message, &texts);
  return texts;
}

}  // namespace testing
}  // namespace frontdesk
