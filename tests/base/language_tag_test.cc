#include "frontdesk/base/language_tag.h"

#include <string>

#include "frontdesk/base/time_zone_name.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

// Of RFC 5646, appendix A, besides some of every branch of the grammar.
TEST(LanguageTagTest, WellFormed) {
  for (const char* tag : {"de",
                          "fr",
                          "ja",
                          "i-enochian",
                          "zh-Hant",
                          "zh-Hans",
                          "sr-Cyrl",
                          "zh-cmn-Hans-CN",
                          "cmn-Hans-CN",
                          "zh-yue-HK",
                          "sr-Latn-RS",
                          "sl-rozaj",
                          "sl-rozaj-biske",
                          "sl-nedis",
                          "de-CH-1901",
                          "sl-IT-nedis",
                          "hy-Latn-IT-arevela",
                          "es-419",
                          "es-005",
                          "de-CH-x-phonebk",
                          "x-whatever",
                          "qaa-Qaaa-QM-x-southern",
                          "en-US-u-islamcal",
                          "zh-CN-a-myext-x-private",
                          "en-a-myext-b-another",
                          "ar-a-aaa-b-bbb-a1-ccc",
                          "EN-gb-OED",
                          "art-lojban",
                          "zh-min-nan",
                          "no-nyn",
                          "sgn-BE-FR",
                          "english",
                          "abcdefgh",
                          "en-x-1-2"}) {
    EXPECT_TRUE(IsLanguageTag(tag)) << tag;
  }
}

TEST(LanguageTagTest, NotWellFormed) {
  for (const char* tag : {"",
                          "a",
                          "en_US",
                          "en-",
                          "-en",
                          "en--US",
                          "de-419-DE",
                          "a-DE",
                          "x",
                          "x-",
                          "i-unknown",
                          "en-x",
                          "en-u",
                          "en-u-a",
                          "de-1901-1901",
                          "en-a-bbb-a-ccc",
                          "abcdefghi",
                          "en-abcdefghi",
                          "en-U\xc3\xa9",
                          "en US",
                          "en\n",
                          "1en",
                          "zh-cmn-hak-yue-abc",
                          "en-a-b"}) {
    EXPECT_FALSE(IsLanguageTag(tag)) << tag;
  }
  EXPECT_TRUE(IsLanguageTag("x-" + std::string("a-", 2) + "b"));
  std::string longest = "x";
  while (longest.size() + 2 <= kMaxLanguageTagBytes) longest += "-a";
  EXPECT_TRUE(IsLanguageTag(longest)) << longest.size();
  EXPECT_FALSE(IsLanguageTag(longest + "-ab"));
}

TEST(TimeZoneNameTest, FormOfANameOfTheDatabase) {
  for (const char* name : {"UTC", "GMT0", "EST5EDT", "Etc/GMT+5", "Etc/GMT-14", "Europe/Berlin",
                           "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "W-SU"}) {
    EXPECT_TRUE(IsTimeZoneName(name)) << name;
  }
  for (const char* name : {"", "localtime", "posixrules", "posix/Europe/Berlin", "right/UTC",
                           "/etc/localtime", "../UTC", "Europe/../UTC", "Europe/", "/Europe",
                           "Europe//Berlin", "+02:00", "Europe/Berlin ", "Europe/B\xc3\xa9rlin",
                           "Europe/Berlin\n", "A/B/C/D", "utc", "Europe/Berlin.", ":UTC"}) {
    EXPECT_FALSE(IsTimeZoneName(name)) << name;
  }
  EXPECT_TRUE(IsTimeZoneName(std::string(kMaxTimeZoneNameBytes, 'A')));
  EXPECT_FALSE(IsTimeZoneName(std::string(kMaxTimeZoneNameBytes + 1, 'A')));
}

}  // namespace
}  // namespace frontdesk
