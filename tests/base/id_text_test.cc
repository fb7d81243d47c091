#include "frontdesk/base/id_text.h"

#include <cstddef>
#include <string>

#include "frontdesk/base/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

TEST(IdTextTest, Ids) {
  for (const std::string& id :
       {std::string(), std::string("o1"), std::string("Tier 2 / \"night\" \\ 'desk'"),
        std::string("<CAF.7@mail.example>"), std::string("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80"),
        std::string("\xef\xbf\xbd"), std::string(kMaxIdBytes, 'x')}) {
    const auto fault = FindIdFault(id);
    EXPECT_FALSE(fault.has_value()) << id << ": " << fault->text;
  }
}

// Each byte at each place of ids of each size, among letters.
TEST(IdTextTest, AnIdForAnImport) {
  EXPECT_EQ(ImportId("crm", "4711"), "4711");
  EXPECT_EQ(ImportId("old desk", "INC\t4711"), "old desk-32492f9af0c63f3aad56cffcdbc54e46");
  for (const std::string& raw : {std::string(), std::string("a\0b", 3), std::string(" "),
                                 std::string(kMaxIdBytes + 1, 'x'), std::string("\xff")}) {
    const std::string id = ImportId("crm", raw);
    EXPECT_EQ(id.size(), 4u + 32u);
    EXPECT_FALSE(FindIdFault(id).has_value());
    EXPECT_EQ(id, ImportId("crm", raw));
    EXPECT_NE(id, ImportId("cr", "m" + raw));
    EXPECT_EQ(ImportId("c\nrm", raw).substr(0, 7), "import-");
  }
}

TEST(IdTextTest, EveryByteAtEveryPlace) {
  for (std::size_t size = 2; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string id(size, byte % 2 == 0 ? '!' : '~');
        id[at] = static_cast<char>(byte);
        const bool is_fault = byte < ' ' || byte > '~';
        ASSERT_EQ(FindIdFault(id).has_value(), is_fault) << size << " " << at << " " << byte;
      }
    }
  }
}

TEST(IdTextTest, TheFaultHasAReasonAPlaceAndNoPartOfTheId) {
  struct Case {
    std::string id;
    const Reason& reason;
    size_t offset;
    const char* text;
  };
  const Case cases[] = {
      {std::string(kMaxIdBytes + 1, 'x'), kReasonIdTooLong, kMaxIdBytes,
       "has 1025 bytes; at most 1024 bytes are possible"},
      {"secret\xc3", kReasonIdEncoding, 6, "is not UTF-8 at byte 6"},
      {"secret\n2", kReasonIdCharacter, 6, "has the character U+000A at byte 6; "},
      {std::string("a\0b", 3), kReasonIdCharacter, 1, "has the character U+0000 at byte 1; "},
      {"\xc3\xa9\xe2\x80\xae", kReasonIdCharacter, 2, "has the character U+202E at byte 2; "},
      {"a\xe2\x80\x8c", kReasonIdCharacter, 1, "has the character U+200C at byte 1; "},
      {"a\xf3\xa0\x80\x81", kReasonIdCharacter, 1, "has the character U+E0001 at byte 1; "},
      {"\xef\xbb\xbfo1", kReasonIdCharacter, 0, "has the character U+FEFF at byte 0; "},
      {" ", kReasonIdCharacter, 0, "has only blanks"},
      {"\xc2\xa0\xe2\xa0\x80 ", kReasonIdCharacter, 0, "has only blanks"},
      // A fault of the encoding comes first.
      {"a\n\xff", kReasonIdEncoding, 2, "is not UTF-8 at byte 2"},
  };
  for (const Case& each : cases) {
    const auto fault = FindIdFault(each.id);
    ASSERT_TRUE(fault.has_value()) << each.text;
    EXPECT_EQ(*fault->reason, each.reason) << each.text;
    EXPECT_EQ(fault->offset, each.offset) << each.text;
    EXPECT_EQ(fault->text.find(each.text), 0u) << fault->text;
    EXPECT_EQ(fault->text.find("secret"), std::string::npos) << fault->text;
  }
  EXPECT_TRUE(FindIdFault("12345", 4).has_value());
  EXPECT_FALSE(FindIdFault("1234", 4).has_value());
  EXPECT_FALSE(FindIdFault(" a", 4).has_value());
  EXPECT_FALSE(FindIdFault("").has_value());
}

}  // namespace
}  // namespace frontdesk
