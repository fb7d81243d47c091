#include "internal/fold_text.h"

#include <string>

#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

struct FoldCase {
  const char* name;
  absl::string_view text;
  absl::string_view folded;
};

class FoldTextTest : public ::testing::TestWithParam<FoldCase> {};

TEST_P(FoldTextTest, Folds) {
  EXPECT_EQ(FoldText(GetParam().text), GetParam().folded);
  EXPECT_EQ(FoldText(GetParam().folded), GetParam().folded) << "folding twice changes nothing";
}

INSTANTIATE_TEST_SUITE_P(
    Cases, FoldTextTest,
    ::testing::Values(
        FoldCase{"Empty", "", ""}, FoldCase{"Ascii", "O'Neill-Smith 3rd", "o'neill-smith3rd"},
        FoldCase{"Blanks", " \t\n\v\f\r\xC2\x85\xC2\xA0\xE1\x9A\x80\xE2\x80\x82\xE3\x80\x80", ""},
        FoldCase{"NoBlank", "a\xE2\x80\x8B", "a\xE2\x80\x8B"},  // zero width space
        FoldCase{"SharpS", "Strauß", "strauss"}, FoldCase{"CapitalSharpS", "STRAUẞ", "strauss"},
        FoldCase{"Latin1", "ÉÀÖÞ×", "éàöþ×"}, FoldCase{"LatinPairs", "ĀāŹźŸ", "āāźźÿ"},
        FoldCase{"LongS", "ſ", "s"}, FoldCase{"Kelvin", "\xE2\x84\xAA", "k"},
        FoldCase{"Turkish", "İIı", "i̇iı"}, FoldCase{"GreekSigma", "ΣΑΣς", "σασσ"},
        FoldCase{"GreekThree", "ΐ", "\xCE\xB9\xCC\x88\xCC\x81"},
        FoldCase{"Cyrillic", "ЁЖИК Ӂ", "ёжикӂ"}, FoldCase{"Armenian", "և", "եւ"},
        FoldCase{"Ligature", "ﬃ", "ffi"}, FoldCase{"Deseret", "𐐀", "𐐨"},
        FoldCase{"Han", "王 小明", "王小明"}, FoldCase{"NotUtf8", "A\xFF", "a\xEF\xBF\xBD"}),
    [](const auto& info) { return info.param.name; });

TEST(FoldTextTest, DecomposedTextStaysDifferent) {
  EXPECT_NE(FoldText("é"), FoldText("e\xCC\x81"));
  EXPECT_NE(FoldText("é"), FoldText("e"));
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
