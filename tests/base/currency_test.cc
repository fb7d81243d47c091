#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "base/testing.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

TEST(CurrencyTest, Exponents) {
  struct Case {
    const char* code;
    int exponent;
  };
  const Case cases[] = {{"USD", 2}, {"EUR", 2}, {"JPY", 0}, {"KRW", 0}, {"ISK", 0},
                        {"HUF", 2}, {"BHD", 3}, {"KWD", 3}, {"TND", 3}, {"CLF", 4},
                        {"CLP", 0}, {"UYW", 4}, {"UYI", 0}, {"MRU", 2}, {"SLE", 2}};
  for (const Case& c : cases) {
    const absl::StatusOr<int> exponent = CurrencyExponent(c.code);
    ASSERT_TRUE(exponent.ok()) << exponent.status();
    EXPECT_EQ(*exponent, c.exponent) << c.code;
  }
}

TEST(CurrencyTest, CodesThatAreNone) {
  for (const char* code :
       {"", "US", "USDX", "usd", "Usd", "ZZZ", "AAA", "U$D", "US\xc3", "DEM", "{{{", "@@@"}) {
    EXPECT_TRUE(FailsFor(CurrencyExponent(code), kReasonMoneyCurrencyUnknown)) << code;
  }
  EXPECT_TRUE(
      FailsFor(CurrencyExponent(absl::string_view("US\0", 3)), kReasonMoneyCurrencyUnknown));
}

TEST(CurrencyTest, CodesWithoutMinorUnit) {
  for (const char* code : {"XAU", "XAG", "XTS", "XXX", "XDR", "XBA"}) {
    EXPECT_TRUE(FailsFor(CurrencyExponent(code), kReasonMoneyCurrencyNoMinorUnit)) << code;
  }
}

TEST(CurrencyTest, TableIsSortedAndUnique) {
  const absl::Span<const CurrencyInfo> table = Currencies();
  std::set<int> numbers;
  for (size_t i = 0; i < table.size(); ++i) {
    if (i > 0) {
      EXPECT_LT(table[i - 1].code, table[i].code);
    }
    EXPECT_TRUE(numbers.insert(table[i].number).second) << table[i].code;
    EXPECT_EQ(table[i].code.size(), 3u);
    EXPECT_GE(table[i].exponent, -1);
    EXPECT_LE(table[i].exponent, 4);
  }
  EXPECT_EQ(table.size(), 179u);
}

// The text between <name> and </name> behind `*position`, which is moved behind it.
std::string NextElement(const std::string& text, const std::string& name, size_t* position) {
  const std::string open = "<" + name + ">";
  const size_t begin = text.find(open, *position);
  if (begin == std::string::npos) {
    *position = begin;
    return "";
  }
  const size_t end = text.find("</" + name + ">", begin);
  *position = end;
  return text.substr(begin + open.size(), end - begin - open.size());
}

TEST(CurrencyTest, EqualsThePublishedList) {
  const char* shared = std::getenv("FRONTDESK_SHARED");
  std::ifstream file(std::string(shared != nullptr ? shared : "") +
                     "/data/iso4217/iso-4217-list-one.xml");
  if (!file.is_open()) GTEST_SKIP() << "the published list is not here";
  std::stringstream content;
  content << file.rdbuf();
  const std::string text = content.str();
  std::map<std::string, std::pair<int, int>> published;
  for (size_t at = 0;;) {
    const std::string entry = NextElement(text, "CcyNtry", &at);
    if (at == std::string::npos) break;
    size_t inside = 0;
    const std::string code = NextElement(entry, "Ccy", &inside);
    if (code.empty()) continue;  // A territory without a currency.
    const std::string number = NextElement(entry, "CcyNbr", &inside);
    const std::string exponent = NextElement(entry, "CcyMnrUnts", &inside);
    published[code] = {std::stoi(number), exponent == "N.A." ? -1 : std::stoi(exponent)};
  }
  std::map<std::string, std::pair<int, int>> ours;
  for (const CurrencyInfo& info : Currencies()) {
    ours[std::string(info.code)] = {info.number, info.exponent};
  }
  EXPECT_GT(published.size(), 150u);
  EXPECT_EQ(ours, published);
}

}  // namespace
}  // namespace frontdesk
