#include "internal/message_utf8.h"

#include <string>

#include "frontdesk/v1/error.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

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

}  // namespace
}  // namespace internal
}  // namespace frontdesk
