#include "decide/field_screen.h"

#include <functional>
#include <set>
#include <string>

#include "frontdesk/domain/field_faults.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/data_class.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// A word without a visible character at its end is no id; it is UTF-8.
constexpr char kNoId[] = "word\xe2\x80\x8b";
constexpr char kNoText[] = "word\xff";
constexpr int kNoNumber = 4711;

struct Values {
  const char* text;
  const char* id;
  int number;
};

bool IsId(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::data_class) == v1::DATA_CLASS_INTERNAL;
}

using Check = std::function<void(const FieldDescriptor& field)>;

// Puts a value into one field after the other, at any depth, but no message into one of its own type. The lists get a second element.
void PutIntoEachField(const Values& values, std::set<const Descriptor*> above, Message* message,
                      const Check& check) {
  const Descriptor* const type = message->GetDescriptor();
  if (!above.insert(type).second) return;
  const Reflection& reflection = *message->GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    const bool is_list = field->is_repeated();
    if (field->message_type() != nullptr) {
      if (is_list) reflection.AddMessage(message, field);
      PutIntoEachField(values, above,
                       is_list ? reflection.AddMessage(message, field)
                               : reflection.MutableMessage(message, field),
                       check);
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      const char* const text = IsId(*field) ? values.id : values.text;
      if (is_list) reflection.AddString(message, field, "sound");
      is_list ? reflection.AddString(message, field, text)
              : reflection.SetString(message, field, text);
      check(*field);
    } else if (field->enum_type() != nullptr) {
      if (is_list) reflection.AddEnumValue(message, field, 1);
      is_list ? reflection.AddEnumValue(message, field, values.number)
              : reflection.SetEnumValue(message, field, values.number);
      check(*field);
    } else {
      continue;
    }
    reflection.ClearField(message, field);
  }
}

// The checks that name the fields.
bool AreFieldsSoundByReflection(const Message& message) {
  return FieldsWithInvalidUtf8(message).empty() && domain::FindFieldFaults(message).empty();
}

template <typename Root>
int CountFields(const Values& values, bool is_sound) {
  Root root;
  int fields = 0;
  PutIntoEachField(values, {}, &root, [&](const FieldDescriptor& field) {
    ++fields;
    const bool is_text = field.enum_type() == nullptr && !IsId(field);
    // Each of the values is broken for some of the fields only.
    const bool expected = is_sound || (is_text && values.text != std::string(kNoText));
    EXPECT_EQ(AreFieldsSound(root), expected) << field.full_name();
    if (expected) {
      EXPECT_TRUE(AreFieldsSoundByReflection(root)) << field.full_name();
    }
  });
  return fields;
}

TEST(FieldScreenTest, NoFieldOfACommandIsPassedBy) {
  EXPECT_GT(CountFields<v1::Command>({"Zoë", "zoë", 1}, true), 500);
  EXPECT_GT(CountFields<v1::Command>({kNoText, kNoText, kNoNumber}, false), 500);
  EXPECT_GT(CountFields<v1::Command>({"Zoë", kNoId, -1}, false), 500);
}

TEST(FieldScreenTest, NoFieldOfFactsIsPassedBy) {
  EXPECT_GT(CountFields<v1::Facts>({"Zoë", "zoë", 1}, true), 5);
  EXPECT_GT(CountFields<v1::Facts>({kNoText, kNoText, kNoNumber}, false), 5);
  EXPECT_GT(CountFields<v1::Facts>({"Zoë", kNoId, -1}, false), 5);
}

TEST(FieldScreenTest, NoFieldOfADecisionInputIsPassedBy) {
  EXPECT_GT(CountFields<v1::DecisionInput>({"Zoë", "zoë", 1}, true), 1000);
  EXPECT_GT(CountFields<v1::DecisionInput>({kNoText, kNoText, kNoNumber}, false), 1000);
}

TEST(FieldScreenTest, EmptyMessagesAreSound) {
  EXPECT_TRUE(AreFieldsSound(v1::Command()));
  EXPECT_TRUE(AreFieldsSound(v1::Facts()));
  EXPECT_TRUE(AreFieldsSound(v1::DecisionInput()));
}

TEST(FieldScreenTest, NothingIsSaidOfAnotherType) { EXPECT_FALSE(AreFieldsSound(v1::Event())); }

}  // namespace
}  // namespace internal
}  // namespace frontdesk
