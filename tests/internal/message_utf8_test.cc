#include "internal/message_utf8.h"

#include <memory>
#include <set>
#include <string>

#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/error.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using testing::ElementsAre;
using testing::IsEmpty;

struct Case {
  const char* what;
  std::string text;
  bool valid;
  std::string replaced;
};

TEST(Utf8Test, Sequences) {
  const std::string r = "\xef\xbf\xbd";
  const Case cases[] = {
      {"empty", "", true, ""},
      {"ASCII", "abc\x7f", true, "abc\x7f"},
      {"a zero byte", std::string("a\0b", 3), true, std::string("a\0b", 3)},
      {"two bytes, the least", "\xc2\x80", true, "\xc2\x80"},
      {"two bytes, the last", "\xdf\xbf", true, "\xdf\xbf"},
      {"three bytes, the least", "\xe0\xa0\x80", true, "\xe0\xa0\x80"},
      {"before the surrogates", "\xed\x9f\xbf", true, "\xed\x9f\xbf"},
      {"behind the surrogates", "\xee\x80\x80", true, "\xee\x80\x80"},
      {"four bytes, the least", "\xf0\x90\x80\x80", true, "\xf0\x90\x80\x80"},
      {"U+10FFFF", "\xf4\x8f\xbf\xbf", true, "\xf4\x8f\xbf\xbf"},
      {"continuation alone", "a\x80z", false, "a" + r + "z"},
      {"overlong slash", "\xc0\xaf", false, r + r},
      {"overlong in two bytes", "\xc1\xbf", false, r + r},
      {"overlong in three bytes", "\xe0\x9f\xbf", false, r + r + r},
      {"overlong in four bytes", "\xf0\x8f\xbf\xbf", false, r + r + r + r},
      {"surrogate", "\xed\xa0\x80", false, r + r + r},
      {"above U+10FFFF", "\xf4\x90\x80\x80", false, r + r + r + r},
      {"F5", "\xf5\x80\x80\x80", false, r + r + r + r},
      {"FF", "\xff", false, r},
      {"cut after one of two", "a\xc3", false, "a" + r},
      {"cut after two of three", "\xe2\x82", false, r + r},
      {"cut after three of four", "\xf0\x9f\x98", false, r + r + r},
      {"third byte wrong", "\xe2\x82z", false, r + r + "z"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(IsValidUtf8(c.text), c.valid) << c.what;
    EXPECT_EQ(ReplaceInvalidUtf8(c.text), c.replaced) << c.what;
  }
}

TEST(MessageUtf8Test, EveryInvalidFieldIsNamed) {
  v1::ErrorDetail detail;
  detail.set_reason("\xff");
  detail.set_domain("fine");
  detail.add_violations()->set_field("fine");
  v1::FieldViolation* second = detail.add_violations();
  second->set_text("\xfe");
  second->set_field("\xfd");
  detail.add_issues()->set_snippet("\x80");
  EXPECT_THAT(
      FieldsWithInvalidUtf8(detail),
      ElementsAre("reason", "violations[1].field", "violations[1].text", "issues[0].snippet"));
  ReplaceInvalidUtf8InFields(&detail);
  EXPECT_THAT(FieldsWithInvalidUtf8(detail), IsEmpty());
  EXPECT_EQ(detail.reason(), "\xef\xbf\xbd");
  EXPECT_EQ(detail.domain(), "fine");
}

TEST(MessageUtf8Test, KeysOfMapsAreNotShown) {
  google::protobuf::Struct message;
  (*message.mutable_fields())["secret"].set_string_value("\xff");
  EXPECT_THAT(FieldsWithInvalidUtf8(message), ElementsAre("fields[?].value.string_value"));
  google::protobuf::Struct list;
  google::protobuf::ListValue* values = (*list.mutable_fields())["k"].mutable_list_value();
  values->add_values()->set_string_value("good");
  values->add_values()->set_string_value("\xff");
  EXPECT_THAT(FieldsWithInvalidUtf8(list),
              ElementsAre("fields[?].value.list_value.values[1].string_value"));
}

// Puts a text into each string field below `message`, one at a time, and calls `check` while it is there. A
// type inside itself is looked at once.
template <typename Check>
void PutIntoEachField(const std::string& text, std::set<const Descriptor*> above, Message* message,
                      const Check& check) {
  const Descriptor* const type = message->GetDescriptor();
  if (!above.insert(type).second) return;
  const Reflection& reflection = *message->GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      PutIntoEachField(text, above,
                       field->is_repeated() ? reflection.AddMessage(message, field)
                                            : reflection.MutableMessage(message, field),
                       check);
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      if (field->is_repeated()) {
        reflection.AddString(message, field, text);
      } else {
        reflection.SetString(message, field, text);
      }
      check(field->full_name());
    } else {
      continue;
    }
    reflection.ClearField(message, field);
  }
}

TEST(MessageUtf8Test, NoFieldIsPassedBy) {
  v1::Command command;
  int fields = 0;
  PutIntoEachField("\xff", {}, &command, [&](const std::string& name) {
    ++fields;
    EXPECT_EQ(FieldsWithInvalidUtf8(command).size(), 1u) << name;
  });
  EXPECT_GT(fields, 500);
  PutIntoEachField("Zoë of the first street", {}, &command, [&](const std::string& name) {
    EXPECT_THAT(FieldsWithInvalidUtf8(command), IsEmpty()) << name;
  });
}

TEST(MessageUtf8Test, TypesOfAnotherPool) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("other.proto");
  google::protobuf::DescriptorProto& note = *file.add_message_type();
  note.set_name("Note");
  google::protobuf::FieldDescriptorProto& text = *note.add_field();
  text.set_name("text");
  text.set_number(1);
  text.set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
  text.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  google::protobuf::DescriptorPool pool;
  const Descriptor* const type = pool.BuildFile(file)->message_type(0);
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<Message> message(factory.GetPrototype(type)->New());
  message->GetReflection()->SetString(message.get(), type->field(0), "\xff");
  EXPECT_THAT(FieldsWithInvalidUtf8(*message), ElementsAre("text"));
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
