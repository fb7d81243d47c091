#include "frontdesk/base/contact_point.h"

#include <random>
#include <regex>
#include <string>
#include <thread>

#include "base/phone.h"
#include "base/testing.h"
#include "frontdesk/base/reasons.h"
#include "gtest/gtest.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace {

using v1::ContactPoint;

struct Case {
  ContactPoint::Kind kind;
  std::string as_typed;
  std::string region_code;
  std::string canonical;  // Or the reason.
  std::string match_key;  // Empty with a reason.
};

void Check(const Case& c) {
  const absl::StatusOr<NormalizedContactPoint> point =
      NormalizeContactPoint(c.kind, c.as_typed, c.region_code);
  if (point.ok()) {
    EXPECT_EQ(point->canonical, c.canonical) << c.as_typed;
    EXPECT_EQ(point->match_key, c.match_key) << c.as_typed;
    // Canonical forms are stable.
    const absl::StatusOr<NormalizedContactPoint> again =
        NormalizeContactPoint(c.kind, point->canonical);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->canonical, point->canonical);
    EXPECT_EQ(again->match_key, point->match_key);
  } else {
    const Reason* reason = FindReason(kBaseReasons, c.canonical);
    ASSERT_NE(reason, nullptr) << c.canonical << " instead of " << point.status();
    EXPECT_TRUE(FailsFor(point, *reason)) << c.as_typed;
    EXPECT_EQ(c.match_key, "") << c.as_typed;
  }
}

TEST(ContactPointTest, Email) {
  const ContactPoint::Kind kind = ContactPoint::KIND_EMAIL;
  const Case cases[] = {
      {kind, "Ann.Lee+news@Example.COM", "", "Ann.Lee+news@example.com",
       "ann.lee+news@example.com"},
      {kind, "  a@b.c \t\r\n", "", "a@b.c", "a@b.c"},
      {kind, "o'neil_!#$%&*-/=?^`{|}~@x-y.example", "", "o'neil_!#$%&*-/=?^`{|}~@x-y.example",
       "o'neil_!#$%&*-/=?^`{|}~@x-y.example"},
      {kind, "J\xc3\x96RG@M\xc3\xbcller.DE", "", "J\xc3\x96RG@m\xc3\xbcller.de",
       "j\xc3\x96rg@m\xc3\xbcller.de"},
      {kind, std::string(64, 'a') + "@b.c", "", std::string(64, 'a') + "@b.c",
       std::string(64, 'a') + "@b.c"},
      {kind, std::string(65, 'a') + "@b.c", "", "CONTACT_POINT_TOO_LONG", ""},
      {kind, "a@" + std::string(63, 'b') + ".c", "", "a@" + std::string(63, 'b') + ".c",
       "a@" + std::string(63, 'b') + ".c"},
      {kind, "a@" + std::string(64, 'b') + ".c", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@" + std::string(253, 'b'), "", "CONTACT_POINT_TOO_LONG", ""},
      {kind, "", "", "CONTACT_POINT_EMPTY", ""},
      {kind, " \t ", "", "CONTACT_POINT_EMPTY", ""},
      {kind, "nobody", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "@b.c", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@b@c.d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a b@c.d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, ".a@c.d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a.@c.d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a..b@c.d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@c..d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@.d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@d.", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@-b.c", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@b-.c", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@b_c.d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a@[192.0.2.1]", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "\"a b\"@c.d", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "Ann <a@c.d>", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, std::string("a\0@c.d", 6), "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a\xff@c.d", "", "CONTACT_POINT_SYNTAX", ""},
  };
  for (const Case& c : cases) Check(c);
}

TEST(ContactPointTest, Handle) {
  const ContactPoint::Kind kind = ContactPoint::KIND_HANDLE;
  const Case cases[] = {
      {kind, " @Ann_Lee ", "", "@Ann_Lee", "@Ann_Lee"},
      {kind, "\xe6\xb1\x89", "", "\xe6\xb1\x89", "\xe6\xb1\x89"},
      {kind, "caf\xc3\xa9", "", "caf\xc3\xa9", "caf\xc3\xa9"},
      {kind, "\xc2\xa0x", "", "\xc2\xa0x", "\xc2\xa0x"},
      {kind, "a\x01", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a\nb", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "a\x7f", "", "CONTACT_POINT_SYNTAX", ""},
      {kind,
       "a\xc2\x85"
       "b",
       "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "\xc0\xaf", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, std::string(254, 'a'), "", std::string(254, 'a'), std::string(254, 'a')},
      {kind, std::string(255, 'a'), "", "CONTACT_POINT_TOO_LONG", ""},
      {kind, "", "", "CONTACT_POINT_EMPTY", ""},
  };
  for (const Case& c : cases) Check(c);
}

TEST(ContactPointTest, Kind) {
  for (int kind : {0, 17, -1}) {
    Check({static_cast<ContactPoint::Kind>(kind), "a@b.c", "", "CONTACT_POINT_KIND", ""});
  }
}

TEST(ContactPointTest, PhoneTypedWithPlus) {
  const ContactPoint::Kind kind = ContactPoint::KIND_PHONE;
  const Case cases[] = {
      {kind, "+1 650-253-0000", "", "+16502530000", "+16502530000"},
      {kind, "+1 (650) 253 0000", "", "+16502530000", "+16502530000"},
      {kind, " +49.89/636-48018 ", "", "+498963648018", "+498963648018"},
      {kind, "+4989 636 48018", "US", "+498963648018", "+498963648018"},
      {kind,
       "\xef\xbc\x8b"
       "16502530000",
       "", "+16502530000", "+16502530000"},
      {kind, "+1", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "+", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "+0 650 253 0000", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "+1 650 253 0000 ext. 5", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "+1234567890123456", "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "+hello", "", "CONTACT_POINT_SYNTAX", ""},
      {kind,
       "+1\xff"
       "6502530000",
       "", "CONTACT_POINT_SYNTAX", ""},
      {kind, "+1" + std::string(63, '0'), "", "CONTACT_POINT_TOO_LONG", ""},
      {kind, "", "US", "CONTACT_POINT_EMPTY", ""},
      {kind, "650 253 0000", "", "CONTACT_POINT_REGION_REQUIRED", ""},
  };
  for (const Case& c : cases) Check(c);
}

TEST(ContactPointTest, NationalPhone) {
  const ContactPoint::Kind kind = ContactPoint::KIND_PHONE;
  if (!HasPhoneLibrary()) {
    Check({kind, "(650) 253-0000", "US", "CONTACT_POINT_NO_PHONE_LIBRARY", ""});
    Check({kind, "(650) 253-0000", "QQ", "CONTACT_POINT_NO_PHONE_LIBRARY", ""});
    return;
  }
  const Case cases[] = {
      {kind, "(650) 253-0000", "US", "+16502530000", "+16502530000"},
      {kind, "650.253.0000", "US", "+16502530000", "+16502530000"},
      {kind, "011 49 89 63648018", "US", "+498963648018", "+498963648018"},
      {kind, "089 63648018", "DE", "+498963648018", "+498963648018"},
      {kind, "044 668 18 00", "CH", "+41446681800", "+41446681800"},
      {kind, "03-6384-9000", "JP", "+81363849000", "+81363849000"},
      // An Italian land line keeps its zero.
      {kind, "02 3661 8300", "IT", "+390236618300", "+390236618300"},
      {kind, "123", "US", "CONTACT_POINT_SYNTAX", ""},
      {kind, "hello", "US", "CONTACT_POINT_SYNTAX", ""},
      {kind, "650 253 0000 x 5", "US", "CONTACT_POINT_SYNTAX", ""},
      {kind, "1-800-FLOWERS", "US", "CONTACT_POINT_SYNTAX", ""},
      {kind, "650 253 0000 or 650 253 0001", "US", "CONTACT_POINT_SYNTAX", ""},
      {kind, "650 253 0000 / x 650 253 0001", "US", "CONTACT_POINT_SYNTAX", ""},
      {kind, "tel:650-253-0000", "US", "CONTACT_POINT_SYNTAX", ""},
      {kind, "+49 123456789012345", "US", "CONTACT_POINT_SYNTAX", ""},  // 17 digits.
      {kind, "+44 (0)20 7946 0000", "", "+442079460000", "+442079460000"},
      {kind, "\xd9\xa6\xd9\xa5\xd9\xa0 253 0000", "US", "+16502530000", "+16502530000"},
      {kind, "650 253 0000", "QQ", "CONTACT_POINT_REGION_UNKNOWN", ""},
      {kind, "650 253 0000", "us", "CONTACT_POINT_REGION_UNKNOWN", ""},
      {kind, "650 253 0000", "United States", "CONTACT_POINT_REGION_UNKNOWN", ""},
      {kind, "650 253 0000", "\xff", "CONTACT_POINT_REGION_UNKNOWN", ""},
  };
  for (const Case& c : cases) Check(c);
}

// The reader of a build without libphonenumber, tested in every build.
TEST(ContactPointTest, LoadingThePhoneMetadataEarlierChangesNothing) {
  const auto before = NormalizeContactPoint(v1::ContactPoint::KIND_PHONE, "+1 650 253 0000");
  testing::internal::CaptureStdout();
  std::thread other(LoadPhoneMetadata);
  LoadPhoneMetadata();
  other.join();
  LoadPhoneMetadata();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  const auto after = NormalizeContactPoint(v1::ContactPoint::KIND_PHONE, "+1 650 253 0000");
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(after->canonical, before->canonical);
}

TEST(ContactPointTest, InternationalDigits) {
  struct DigitsCase {
    const char* text;
    const char* canonical;  // Null: refused.
  };
  const DigitsCase cases[] = {
      {"+16502530000", "+16502530000"},
      {"+1 (650) 253-0000", "+16502530000"},
      {"+49.89/636-48018", "+498963648018"},
      {"\xef\xbc\x8b"
       "498963648018",
       "+498963648018"},
      {"+1234567", "+1234567"},
      {"+123456", nullptr},
      {"+123456789012345", "+123456789012345"},
      {"+1234567890123456", nullptr},
      {"+0123456789", nullptr},
      {"+44 (0)20 7946 0000", nullptr},
      {"+44 ((20)) 7946 0000", nullptr},
      {"+44 (20 7946 0000", nullptr},
      {"+44 20) 7946 0000", nullptr},
      {"+44 () 20 7946 0000", nullptr},
      {"++16502530000", nullptr},
      {"+1650253000x", nullptr},
      {"+1 650 253 0000 #5", nullptr},
      {"+", nullptr},
  };
  for (const DigitsCase& c : cases) {
    const absl::StatusOr<std::string> canonical = internal::ReadInternationalDigits(c.text);
    ASSERT_EQ(canonical.ok(), c.canonical != nullptr) << c.text;
    if (canonical.ok()) {
      EXPECT_EQ(*canonical, c.canonical);
    } else {
      EXPECT_TRUE(FailsFor(canonical, kReasonContactPointSyntax));
    }
  }
}

TEST(ContactPointTest, StrangersTextNeitherBreaksNorPrints) {
  std::mt19937_64 random(TestSeed());
  const std::regex e164("\\+[1-9][0-9]{3,14}");
  const std::string alphabet = "+0123456789 ()-./;=extphoneTEL:*#@.\xef\xbc\x8b\xc3\xa9\xff\x00\n";
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  std::string wrong;
  for (int i = 0; i < 4000; ++i) {
    std::string text = random() % 2 == 0 ? "+" : "";
    const size_t length = random() % 24;
    for (size_t c = 0; c < length; ++c) {
      text.push_back(random() % 3 == 0 ? alphabet[random() % alphabet.size()]
                                       : static_cast<char>('0' + random() % 10));
    }
    for (ContactPoint::Kind kind :
         {ContactPoint::KIND_EMAIL, ContactPoint::KIND_PHONE, ContactPoint::KIND_HANDLE}) {
      const absl::StatusOr<NormalizedContactPoint> point =
          NormalizeContactPoint(kind, text, random() % 2 == 0 ? "US" : "DE");
      if (!point.ok()) continue;
      if (!internal::IsValidUtf8(point->canonical)) wrong += text + "\n";
      if (kind == ContactPoint::KIND_PHONE && !std::regex_match(point->canonical, e164)) {
        wrong += text + "\n";
      }
    }
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(wrong, "");
}

TEST(ContactPointTest, ErrorsRepeatNothingOfTheInput) {
  for (const char* text : {"ann.secret", "+49 secret", "secret@secret@"}) {
    for (ContactPoint::Kind kind : {ContactPoint::KIND_EMAIL, ContactPoint::KIND_PHONE}) {
      const absl::StatusOr<NormalizedContactPoint> point = NormalizeContactPoint(kind, text, "DE");
      ASSERT_FALSE(point.ok());
      EXPECT_EQ(point.status().ToString().find("secret"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace frontdesk
