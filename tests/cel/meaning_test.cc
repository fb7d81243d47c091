// The values of expressions as the language defines them: a table for each part of it. Places of errors are tested elsewhere.
#include <string>

#include "cel/shop.h"
#include "gtest/gtest.h"

namespace frontdesk::cel::testing {
namespace {

// The outcome; of an error only the code.
std::string Meaning(const char* text) {
  static const auto* const environment = new std::shared_ptr<const Environment>(Bare());
  const std::string outcome = Outcome(*environment, text);
  return outcome.rfind("error ", 0) == 0 ? outcome.substr(0, outcome.find(' ', 6)) : outcome;
}

template <size_t kCount>
void ExpectAll(const Case (&cases)[kCount]) {
  for (const Case& test : cases) EXPECT_EQ(Meaning(test.text), test.outcome) << test.text;
}

TEST(MeaningTest, Literals) {
  ExpectAll({
      {"0x1F", "31"},
      {"-0x10", "-16"},
      {"0x1Fu", "31u"},
      {"1e3", "1000.0"},
      {".5 + 1.0", "1.5"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"'\\x41\\u0042\\103'", "\"ABC\""},
      {"'\\U0001F600'.size()", "1"},
      {"r'\\n'.size()", "2"},
      {"'\\n'.size()", "1"},
      {"'''a'b'''", "\"a'b\""},
      {"b'\\xff'.size()", "1"},
      {"\"a\\\"b\".size()", "3"},
      {"{'a': 1}.a", "1"},
      {"[1, 2, 3].size()", "3"},
      {"{1: 2, 3: 4}.size()", "2"},
      {"{1: 2, 1: 3}", "error DUPLICATE_KEY"},
  });
}

TEST(MeaningTest, OperatorsBindAsInOtherLanguages) {
  ExpectAll({
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"10 - 3 - 2", "5"},
      {"10 - (3 - 2)", "9"},
      {"100 / 10 / 2", "5"},
      {"7 % 4 * 2", "6"},
      {"-2 * -3", "6"},
      {"2 - -1", "3"},
      {"!true || true", "true"},
      {"true || false && false", "true"},
      {"(true || false) && false", "false"},
      {"1 < 2 && 2 < 1", "false"},
      {"false ? 1 : true ? 2 : 3", "2"},
      {"1 + 1 == 2", "true"},
      {"-7 / 2", "-3"},
      {"-7 % 3", "-1"},
      {"7 % -3", "1"},
      {"7.0 / 2.0", "3.5"},
      {"5u - 3u", "2u"},
      {"3u - 5u", "error INTEGER_OVERFLOW"},
      {"2u * 3u + 7u / 2u + 7u % 4u", "12u"},
      {"1.5 - 0.5 * 2.0", "0.5"},
      {"-(1.5)", "-1.5"},
      {"'a' + 'b' + 'c'", "\"abc\""},
      {"b'a' + b'b'", "b\"ab\""},
      {"[1] + [2, 3]", "[1, 2, 3]"},
      {"[] + [1]", "[1]"},
  });
}

// Each comparison below, equal and above, on the quick way of known types and on the general one.
TEST(MeaningTest, Comparisons) {
  const struct {
    const char* less;
    const char* more;
  } pairs[] = {
      {"4", "5"},
      {"-1", "0"},
      {"4u", "5u"},
      {"4.5", "5.5"},
      {"'a'", "'b'"},
      {"'a'", "'aa'"},
      {"''", "'a'"},
      {"b'a'", "b'b'"},
      {"false", "true"},
      {"timestamp(4)", "timestamp(5)"},
      {"timestamp('2024-01-01T00:00:00.1Z')", "timestamp('2024-01-01T00:00:00.2Z')"},
      {"duration('1s')", "duration('1.000000001s')"},
      {"duration('-1s')", "duration('1s')"},
      {"dyn(4)", "dyn(4.5)"},
      {"dyn(4u)", "dyn(5)"},
      {"dyn(-1)", "dyn(0u)"},
      {"dyn(9223372036854775807)", "dyn(9223372036854775808u)"},
  };
  for (const auto& [less, more] : pairs) {
    for (const bool general : {false, true}) {
      const auto side = [general](const char* text) {
        return general ? std::string("dyn(") + text + ")" : std::string(text);
      };
      const auto holds = [&](const char* a, const char* op, const char* b) {
        return Meaning((side(a) + op + side(b)).c_str());
      };
      const std::string place = std::string(less) + " and " + more;
      EXPECT_EQ(holds(less, " < ", more), "true") << place;
      EXPECT_EQ(holds(less, " <= ", more), "true") << place;
      EXPECT_EQ(holds(less, " > ", more), "false") << place;
      EXPECT_EQ(holds(less, " >= ", more), "false") << place;
      EXPECT_EQ(holds(less, " == ", more), "false") << place;
      EXPECT_EQ(holds(less, " != ", more), "true") << place;
      EXPECT_EQ(holds(more, " < ", less), "false") << place;
      EXPECT_EQ(holds(more, " <= ", less), "false") << place;
      EXPECT_EQ(holds(more, " > ", less), "true") << place;
      EXPECT_EQ(holds(more, " >= ", less), "true") << place;
      for (const char* same : {less, more}) {
        EXPECT_EQ(holds(same, " < ", same), "false") << same;
        EXPECT_EQ(holds(same, " <= ", same), "true") << same;
        EXPECT_EQ(holds(same, " > ", same), "false") << same;
        EXPECT_EQ(holds(same, " >= ", same), "true") << same;
        EXPECT_EQ(holds(same, " == ", same), "true") << same;
        EXPECT_EQ(holds(same, " != ", same), "false") << same;
      }
    }
  }
}

TEST(MeaningTest, Equality) {
  ExpectAll({
      {"[1, [2]] == [1, [2]]", "true"},
      {"[1, [2]] == [1, [3]]", "false"},
      {"[1] == [1, 2]", "false"},
      {"[1, 2] == [1]", "false"},
      {"{'a': [1]} == {'a': [1]}", "true"},
      {"{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"},
      {"{'a': 1} == {'a': 1, 'b': 2}", "false"},
      {"{'a': 1, 'b': 2} == {'a': 1}", "false"},
      {"{'a': 1} == {'b': 1}", "false"},
      {"{'a': 1} == {'a': 2}", "false"},
      {"dyn(1) == dyn(1u) && dyn(1u) == dyn(1.0)", "true"},
      {"dyn([1]) == dyn([1.0])", "true"},
      {"dyn(1) == dyn('1')", "false"},
      {"dyn(null) == dyn(0)", "false"},
      {"null == null", "true"},
      {"double('NaN') == double('NaN')", "false"},
      {"double('NaN') != double('NaN')", "true"},
      {"dyn(double('NaN')) >= 1.0 || dyn(double('NaN')) < 1.0", "false"},
      {"type(1) == int", "true"},
      {"type(1) == type(1u)", "false"},
      {"type('a') == string && type(b'a') == bytes && type([1]) == list", "true"},
  });
}

TEST(MeaningTest, ListsAndMaps) {
  ExpectAll({
      {"[10, 20, 30][0]", "10"},
      {"[10, 20, 30][2]", "30"},
      {"[10, 20, 30][dyn(1u)]", "20"},
      {"[10, 20, 30][dyn(1.0)]", "20"},
      {"[10, 20, 30][dyn(1.5)]", "error INDEX_OUT_OF_RANGE"},
      {"[10, 20, 30][3]", "error INDEX_OUT_OF_RANGE"},
      {"[10, 20, 30][dyn(-1)]", "error INDEX_OUT_OF_RANGE"},
      {"[10, 20, 30][dyn(18446744073709551615u)]", "error INDEX_OUT_OF_RANGE"},
      {"{1: 'a'}[1]", "\"a\""},
      {"{1: 'a'}[dyn(1.0)]", "\"a\""},
      {"{1: 'a'}[dyn(1u)]", "\"a\""},
      {"{1: 'a'}[dyn(1.5)]", "error NO_SUCH_KEY"},
      {"{1: 'a'}[2]", "error NO_SUCH_KEY"},
      {"{true: 'a'}[true]", "\"a\""},
      {"2 in [1, 2]", "true"},
      {"3 in [1, 2]", "false"},
      {"3 in []", "false"},
      {"dyn(1.0) in [1, 2]", "true"},
      {"'a' in {'a': 1}", "true"},
      {"'b' in {'a': 1}", "false"},
      {"dyn(1.0) in {1: 2}", "true"},
      {"dyn(1.5) in {1: 2}", "false"},
      {"has({'a': 1}.a)", "true"},
      {"has({'a': 1}.b)", "false"},
  });
}

TEST(MeaningTest, Macros) {
  ExpectAll({
      {"[1, 2, 3].all(x, x > 0)", "true"},
      {"[1, 2, 3].all(x, x > 1)", "false"},
      {"[].all(x, x > 1)", "true"},
      {"[1, 2, 3].exists(x, x > 2)", "true"},
      {"[1, 2, 3].exists(x, x > 3)", "false"},
      {"[].exists(x, true)", "false"},
      {"[1, 2, 3].exists_one(x, x > 2)", "true"},
      {"[1, 2, 3].exists_one(x, x > 1)", "false"},
      {"[1, 2, 3].exists_one(x, x > 3)", "false"},
      {"[1, 2, 3].map(x, x * 2)", "[2, 4, 6]"},
      {"[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]"},
      {"[1, 2, 3].filter(x, x != 2)", "[1, 3]"},
      {"{'a': 1, 'b': 2}.map(k, k)", "[\"a\", \"b\"]"},
      {"{'a': 1, 'b': 2}.all(k, k < 'b')", "false"},
      {"{'a': 1, 'b': 2}.exists(k, v, k == 'b' && v == 2)", "true"},
      {"{'a': 1, 'b': 2}.exists(k, v, k == 'b' && v == 1)", "false"},
      {"[5, 6].all(i, v, v == i + 5)", "true"},
      {"[5, 6].transformList(i, v, i + v)", "[5, 7]"},
      {"[5, 6].transformList(i, v, i > 0, v)", "[6]"},
      {"{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10)", "{\"b\": 20}"},
      {"{'a': 1}.transformMapEntry(k, v, {v: k})", "{1: \"a\"}"},
      {"cel.bind(x, 2, x * x)", "4"},
      {"[1, 2].map(x, [3, 4].map(y, x * y))", "[[3, 4], [6, 8]]"},
      {"[1, 2].map(x, [3, 4].filter(x, x > 3))", "[[4], [4]]"},
      {"[0, 1].exists(x, 1 / x == 1)", "true"},
      {"[0, 2].exists(x, 1 / x == 1)", "error DIVISION_BY_ZERO"},
      {"[0, 2].all(x, 1 / x == 1)", "false"},
      {"[1, 0].map(x, 1 / x)", "error DIVISION_BY_ZERO"},
  });
}

TEST(MeaningTest, Conversions) {
  ExpectAll({
      {"int(9223372036854774784.0)", "9223372036854774784"},
      {"int(9223372036854775808.0)", "error INTEGER_OVERFLOW"},
      {"int(-9223372036854775808.0)", "error INTEGER_OVERFLOW"},
      {"int(9223372036854775807u)", "9223372036854775807"},
      {"int(9223372036854775808u)", "error INTEGER_OVERFLOW"},
      {"int(timestamp(7))", "7"},
      {"int('-12')", "-12"},
      {"uint(18446744073709549568.0)", "18446744073709549568u"},
      {"uint(18446744073709551616.0)", "error INTEGER_OVERFLOW"},
      {"uint(0)", "0u"},
      {"uint(-1)", "error INTEGER_OVERFLOW"},
      {"uint('-1')", "error CONVERSION_FAILED"},
      {"double(3)", "3.0"},
      {"double(3u)", "3.0"},
      {"double('x')", "error CONVERSION_FAILED"},
      {"bool('true') && bool('1') && bool('t')", "true"},
      {"bool('false') || bool('0') || bool('f')", "false"},
      {"string(1u) + string(-1) + string(false)", "\"1-1false\""},
      {"bytes('a') == b'a'", "true"},
      {"timestamp(1) == timestamp('1970-01-01T00:00:01Z')", "true"},
      {"duration('1m') == duration('60s')", "true"},
      {"string(duration('-1.5s'))", "\"-1.5s\""},
      {"dyn(1) + 1", "2"},
  });
}

TEST(MeaningTest, Texts) {
  ExpectAll({
      {"'Zo\u00eb'.size()", "3"},
      {"'abc'.contains('')", "true"},
      {"'abc'.contains('d')", "false"},
      {"'abc'.startsWith('b')", "false"},
      {"'abc'.endsWith('b')", "false"},
      {"'abc'.matches('b')", "true"},
      {"'abc'.matches('^b')", "false"},
      {"'h\u00e9llo'.charAt(0) + 'h\u00e9llo'.charAt(4)", "\"ho\""},
      {"'abc'.charAt(3)", "\"\""},
      {"'hello'.indexOf('l', 3)", "3"},
      {"'hello'.indexOf('l', 4)", "-1"},
      {"'hello'.indexOf('')", "0"},
      {"'hello'.indexOf('x')", "-1"},
      {"'hello'.lastIndexOf('l')", "3"},
      {"'hello'.lastIndexOf('l', 2)", "2"},
      {"'hello'.lastIndexOf('x')", "-1"},
      {"'a\u00e9a'.lastIndexOf('a')", "2"},
      {"'abcd'.substring(1)", "\"bcd\""},
      {"'abcd'.substring(4)", "\"\""},
      {"'abcd'.substring(5)", "error INDEX_OUT_OF_RANGE"},
      {"'abcd'.substring(2, 4)", "\"cd\""},
      {"'abcd'.substring(1, 2)", "\"b\""},
      {"'abcd'.substring(2, 2)", "\"\""},
      {"'aaa'.replace('a', 'b')", "\"bbb\""},
      {"'aaa'.replace('a', 'b', 1)", "\"baa\""},
      {"'aaa'.replace('a', 'b', 0)", "\"aaa\""},
      {"'aaa'.replace('a', 'b', -1)", "\"bbb\""},
      {"'a,b,c'.split(',')", "[\"a\", \"b\", \"c\"]"},
      {"'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]"},
      {"'a,b,c'.split(',', 1)", "[\"a,b,c\"]"},
      {"'a,b,c'.split(',', 0)", "[]"},
      {"'a,b,c'.split(',', -1)", "[\"a\", \"b\", \"c\"]"},
      {"'abc'.split('', 2)", "[\"a\", \"bc\"]"},
      {"''.split(',')", "[\"\"]"},
      {"' x'.trim() + 'y '.trim() + ' '.trim()", "\"xy\""},
      {"'\\u00a0x\\u2003'.trim()", "\"x\""},
      {"'a b'.trim()", "\"a b\""},
      {"['a', 'b', 'c'].join()", "\"abc\""},
      {"['a', 'b', 'c'].join(', ')", "\"a, b, c\""},
      {"['a'].join(', ') + [''].join()", "\"a\""},
      {"'abc'.reverse()", "\"cba\""},
      {"'aB1'.lowerAscii() + 'aB1'.upperAscii()", "\"ab1AB1\""},
      {"'%d %s %.1f %x %o %b'.format([5, true, 2.25, 255, 8, 5])", "\"5 true 2.2 ff 10 101\""},
      {"'%s'.format([[1, 'a', {'k': null}]])", "\"[1, a, {k: null}]\""},
      {"'100%%'.format([])", "\"100%\""},
  });
}

TEST(MeaningTest, Times) {
  ExpectAll({
      {"timestamp('2024-02-29T23:59:59.5Z') + duration('500ms')",
       "timestamp(\"2024-03-01T00:00:00Z\")"},
      {"duration('1s') + timestamp(1)", "timestamp(\"1970-01-01T00:00:02Z\")"},
      {"timestamp(0) - duration('500ms')", "timestamp(\"1969-12-31T23:59:59.5Z\")"},
      {"timestamp(1) - timestamp(3)", "duration(\"-2s\")"},
      {"timestamp('2024-01-01T00:00:00.25Z') - timestamp('2024-01-01T00:00:01Z')",
       "duration(\"-0.75s\")"},
      {"duration('90s') - duration('1m')", "duration(\"30s\")"},
      {"duration('1.5s').getMilliseconds()", "500"},
      {"duration('-1.5s').getMilliseconds()", "-500"},
      {"duration('3661s').getHours()", "1"},
      {"duration('3661s').getMinutes()", "61"},
      {"duration('3661.9s').getSeconds()", "3661"},
      {"timestamp('2024-12-31T23:30:00Z').getFullYear('+01:00')", "2025"},
      {"timestamp('2024-12-31T23:30:00Z').getMonth('+01:00')", "0"},
      {"timestamp('2024-12-31T23:30:00Z').getMonth()", "11"},
      {"timestamp('2024-12-31T23:30:00Z').getDayOfYear()", "365"},
      {"timestamp('2024-12-29T00:00:00Z').getDayOfWeek()", "0"},
      {"timestamp('2024-12-28T00:00:00Z').getDayOfWeek()", "6"},
      {"timestamp('2024-12-31T23:30:00Z').getHours('-02:30')", "21"},
      {"timestamp('2024-12-31T23:30:00Z').getMinutes('-02:15')", "15"},
      {"timestamp('1969-12-31T23:59:59.75Z').getMilliseconds()", "750"},
  });
}

TEST(MeaningTest, Mathematics) {
  ExpectAll({
      {"math.greatest(1, 3, 2)", "3"},
      {"math.least(2, 1, 3)", "1"},
      {"math.greatest([1.5, 2.5])", "2.5"},
      {"math.least([2, -1])", "-1"},
      {"math.abs(-3) + math.abs(3)", "6"},
      {"math.abs(-1.5)", "1.5"},
      {"math.sign(-5) + math.sign(0) + math.sign(7)", "0"},
      {"math.sign(-5)", "-1"},
      {"math.ceil(1.1)", "2.0"},
      {"math.floor(-1.1)", "-2.0"},
      {"math.trunc(-1.9)", "-1.0"},
      {"math.round(2.5)", "3.0"},
      {"math.round(-2.5)", "-3.0"},
      {"math.sqrt(16)", "4.0"},
      {"math.isNaN(double('NaN')) && !math.isNaN(1.0)", "true"},
      {"math.isInf(1.0 / 0.0) && !math.isInf(1.0)", "true"},
      {"math.isFinite(1.0) && !math.isFinite(1.0 / 0.0)", "true"},
      {"math.bitAnd(6, 3)", "2"},
      {"math.bitOr(6, 3)", "7"},
      {"math.bitXor(6, 3)", "5"},
      {"math.bitNot(0)", "-1"},
      {"math.bitShiftLeft(1, 4)", "16"},
      {"math.bitShiftRight(16, 3)", "2"},
      {"math.bitShiftLeft(1, 64)", "0"},
  });
}

TEST(MeaningTest, Optionals) {
  ExpectAll({
      {"optional.of(1).hasValue()", "true"},
      {"optional.none().hasValue()", "false"},
      {"optional.of(1).value()", "1"},
      {"optional.ofNonZeroValue(0)", "optional.none()"},
      {"optional.ofNonZeroValue('')", "optional.none()"},
      {"optional.ofNonZeroValue([1])", "optional.of([1])"},
      {"optional.none().or(optional.of(2))", "optional.of(2)"},
      {"optional.of(1).or(optional.of(2))", "optional.of(1)"},
      {"optional.none().orValue(2)", "2"},
      {"optional.of(1).optMap(x, x + 1)", "optional.of(2)"},
      {"optional.of(1).optFlatMap(x, optional.of(x + 1))", "optional.of(2)"},
      {"optional.of(1) == optional.of(1)", "true"},
      {"optional.of(1) == optional.of(2)", "false"},
      {"{'a': 1}[?'a']", "optional.of(1)"},
      {"{'a': 1}[?'b']", "optional.none()"},
      {"[1][?0].value() + [1][?1].orValue(5)", "6"},
      {"{'a': {'b': 1}}.?a.?b", "optional.of(1)"},
      {"[?optional.of(1), ?optional.none(), 2]", "[1, 2]"},
  });
}

}  // namespace
}  // namespace frontdesk::cel::testing
