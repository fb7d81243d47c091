// Texts of strangers: every limit is reached and named, nothing crashes or hangs.
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cel/shop.h"
#include "gmock/gmock.h"

namespace frontdesk::cel::testing {
namespace {

std::string Repeat(absl::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) absl::StrAppend(&out, text);
  return out;
}

std::string Code(const std::shared_ptr<const Environment>& environment, absl::string_view text) {
  const std::string outcome = Outcome(environment, text);
  return outcome.substr(0, outcome.rfind(' '));
}

TEST(HostileTest, DeepText) {
  const auto environment = Bare();
  for (const int depth : {300, 10000}) {
    EXPECT_EQ(Code(environment, Repeat("(", depth) + "1" + Repeat(")", depth)),
              "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, Repeat("(", depth)), "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, Repeat("[", depth) + Repeat("]", depth)), "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, Repeat("{1:", depth) + "1" + Repeat("}", depth)),
              "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, "1" + Repeat(" + 1", depth)), "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, Repeat("-", depth) + "x"), "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, Repeat("!", depth) + "x"), "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, "x" + Repeat(".a", depth)), "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, "x" + Repeat("[0]", depth)), "issue LIMIT_NESTING");
    EXPECT_EQ(Code(environment, Repeat("true ? 1 : ", depth) + "1"),
              depth == 300 ? "issue LIMIT_NESTING" : "issue LIMIT_EXPRESSION_BYTES");
    EXPECT_EQ(Code(environment, Repeat("f(", depth)), "issue LIMIT_NESTING");
  }
  // Long chains of && and || are not deep.
  EXPECT_EQ(Outcome(environment, "true" + Repeat(" && true", 2000)), "true");
  EXPECT_EQ(Outcome(environment, "false" + Repeat(" || false", 2000)), "false");
}

TEST(HostileTest, TheDeepestAllowedRuns) {
  Limits limits;
  limits.max_nesting = 1000;
  limits.max_value_depth = 2000;
  const auto environment = Bare(limits);
  EXPECT_EQ(Outcome(environment, Repeat("(", 998) + "1" + Repeat(")", 998)), "1");
  EXPECT_EQ(Outcome(environment, "1" + Repeat(" + 1", 990)), "991");
  EXPECT_EQ(Outcome(environment, Repeat("!", 990) + "true"), "true");
  EXPECT_EQ(Code(environment, Repeat("[", 990) + Repeat("]", 990) + " == []"), "false");
  EXPECT_EQ(Outcome(environment, Repeat("[", 990) + Repeat("]", 990) + ".size()"), "1");
  // A thread with a small stack is enough for the default.
  std::string outcome;
  std::thread thread([&] {
    outcome = Outcome(Bare(), Repeat("(", 248) + "1" + Repeat(")", 248) + Repeat(" + 1", 200));
  });
  thread.join();
  EXPECT_EQ(outcome, "201");
}

TEST(HostileTest, TextLimits) {
  Limits limits;
  limits.max_expression_bytes = 10;
  EXPECT_EQ(Outcome(Bare(limits), "1 + 1 + 1 + 1"), "issue LIMIT_EXPRESSION_BYTES 1:1");
  limits = {};
  limits.max_ast_nodes = 5;
  EXPECT_EQ(Code(Bare(limits), "[1, 2, 3, 4, 5, 6]"), "issue LIMIT_AST_NODES");
  limits = {};
  limits.max_comprehension_nesting = 2;
  EXPECT_EQ(Code(Bare(limits), "[1].all(a, [1].all(b, true))"), "true");
  EXPECT_EQ(Outcome(Bare(limits), "[1].all(a, [1].all(b, [1].all(c, true)))"),
            "issue LIMIT_COMPREHENSION_NESTING 1:27");
  limits = {};
  limits.max_regex_bytes = 5;
  EXPECT_EQ(Outcome(Bare(limits), "'a'.matches('abcdef')"), "issue LIMIT_REGEX_SIZE 1:13");
  EXPECT_EQ(Outcome(Bare(limits), "'a'.matches('abc' + 'def')"), "issue LIMIT_REGEX_SIZE 1:13");
  EXPECT_EQ(Outcome(Bare(), "'a'.matches('((a{100}){100}){100}')"), "issue INVALID_REGEX 1:13");
  EXPECT_EQ(Outcome(Bare(), "'a'.matches(r'(\\pL{900}){1}')"), "issue LIMIT_REGEX_SIZE 1:13");
}

TEST(HostileTest, EvaluationLimits) {
  Limits limits;
  limits.max_comprehension_iterations = 1000;
  const std::string ten = "[0,1,2,3,4,5,6,7,8,9]";
  const std::string nested = absl::StrCat(ten, ".all(a, ", ten, ".all(b, ", ten, ".all(c, ", ten,
                                          ".all(d, a + b + c + d >= 0))))");
  EXPECT_EQ(Code(Bare(limits), nested), "error LIMIT_COMPREHENSION_ITERATIONS");
  EXPECT_EQ(Outcome(Bare(), nested), "true");
  limits = {};
  limits.max_cost = 1000;
  EXPECT_EQ(Code(Bare(limits), nested), "error LIMIT_COST");
  limits.max_cost = 3;
  EXPECT_EQ(Code(Bare(limits), "[dyn(1)].size() + [dyn(2)].size() > 1"), "true");
  EnvironmentBuilder builder;
  builder.SetLimits(limits).AddVariable("x", Type::Int());
  EXPECT_EQ(Code(BuildOrDie(builder), "x + x + x + x"), "error LIMIT_COST");
}

TEST(HostileTest, ExplodingValues) {
  const auto environment = Bare();
  // Doubles a text, or a list, with every step.
  std::string strings = "['0123456789']";
  std::string lists = "[[1]]";
  for (int i = 0; i < 40; ++i) {
    strings += ".map(x, x + x)";
    lists += ".map(x, x + x)";
  }
  EXPECT_EQ(Code(environment, strings), "error LIMIT_RESULT_SIZE");
  EXPECT_EQ(Code(environment, lists), "error LIMIT_MEMORY");
  std::string shared = "[0]";
  for (int i = 0; i < 40; ++i) shared += ".map(x, [x, x])";
  // The parts are shared, so this is small until it is looked at.
  EXPECT_EQ(Code(environment, shared + " == [[1]]"), "issue NO_MATCHING_OVERLOAD");
  EXPECT_EQ(Code(environment, "dyn(" + shared + ") == dyn(" + shared + ")"), "error LIMIT_COST");
  Scratch scratch;
  Activation activation(environment);
  const auto program = CompileOrDie(*environment, shared);
  const EvalResult result = program->Evaluate(activation, scratch);
  ASSERT_TRUE(result.ok());
  EXPECT_LT(ToText(result.value()).size(), 5000u);
  EXPECT_FALSE(Equals(result.value(), result.value()));
  EXPECT_EQ(OwnedValue(result.value()).value().error_reason(), "LIMIT_RESULT_SIZE");
  google::protobuf::Value json;
  EXPECT_FALSE(ToMessage(result.value(), &json).ok());
  EXPECT_EQ(Code(environment, "google.protobuf.ListValue{values: " + shared + "}"),
            "error LIMIT_MEMORY");
}

TEST(HostileTest, HugeResults) {
  Limits limits;
  limits.max_result_size = 1000;
  const auto environment = Bare(limits);
  const std::string text = "'" + std::string(600, 'a') + "'";
  EXPECT_EQ(Code(environment, text + " + " + text), "error LIMIT_RESULT_SIZE");
  EXPECT_EQ(Code(environment, text + ".replace('a', 'bb')"), "error LIMIT_RESULT_SIZE");
  EXPECT_EQ(Code(environment, "[" + text + "," + text + "].join()"), "error LIMIT_RESULT_SIZE");
  EXPECT_EQ(Code(environment, "'%s%s'.format([" + text + "," + text + "])"),
            "error LIMIT_RESULT_SIZE");
  EXPECT_EQ(Code(environment, "'%.999f'.format([1.0])"), "error LIMIT_RESULT_SIZE");
  limits = {};
  limits.max_memory_bytes = 100000;
  EXPECT_EQ(Code(Bare(limits),
                 "[0,1,2,3,4,5,6,7,8,9].map(a, [0,1,2,3,4,5,6,7,8,9].map(b, "
                 "[0,1,2,3,4,5,6,7,8,9].map(c, [0,1,2,3,4,5,6,7,8,9].map(d, "
                 "string(a) + string(b)))))"),
            "error LIMIT_MEMORY");
}

// Work that is not proportional to the text: each of these would take minutes without its cost.
TEST(HostileTest, SlowFunctions) {
  const auto environment = Shop();
  Input input;
  input.set_note(std::string(500000, 'a'));
  for (int i = 0; i < 1000; ++i) {
    input.mutable_order()->add_points(i);
    (*input.mutable_customer()->mutable_attributes())[absl::StrCat("key", i)] = "value";
  }
  // Every point with every point: a million rounds.
  const auto rounds = [](absl::string_view body) {
    return absl::StrCat("order.points.all(p, order.points.all(q, ", body, "))");
  };
  const std::string half = "cel.bind(half, note.substring(250000) + 'b', ";
  const std::string texts[] = {
      // Looking for a text in another takes the product of their sizes.
      half + "note.contains(half))",
      half + "note.indexOf(half) > 0)",
      half + "note.lastIndexOf(half) > 0)",
      half + "note.replace(half, '') == '')",
      half + "note.split(half).size() == 2)",
      // Large texts once a round.
      rounds("note.startsWith(note)"),
      rounds("note.endsWith(note)"),
      rounds("note == note"),
      rounds("!(note < note)"),
      rounds("!(note in ['1','2','3','4','5','6','7','8','9','10'])"),
      rounds("{note: 1}[note] == 1"),
      rounds("note in {note: 1}"),
      rounds("{note: 1}.size() == 1"),
      rounds("double(note) == 1.0 || true"),
      rounds("int(note) == 1 || true"),
      rounds("timestamp(note) == now || true"),
      rounds("duration(note) > duration('1s') || true"),
      rounds("note.size() > 0"),
      rounds("note.trim() != ''"),
      rounds("note.matches('a*b') || true"),
      rounds("bytes(note) == b'' || true"),
      // Maps of messages have no index.
      rounds("customer.attributes['key7'] == 'value'"),
      rounds("'nokey' in customer.attributes || true"),
      // A pattern or a zone that is new each time.
      rounds("'a'.matches('(a|b){' + string(p % 9 + 1) + '}') || true"),
      rounds("'a'.matches('((a{99}){9}){' + string(p % 9 + 1) + '}') || true"),
      rounds("now.getHours('Zone' + string(p * q)) > 0 || true"),
  };
  for (const std::string& text : texts) {
    EXPECT_EQ(Outcome(*environment, text, input).substr(0, 17), "error LIMIT_COST ") << text;
  }
  // Texts that are made take memory too, and that ends first.
  EXPECT_THAT(Outcome(*environment, rounds("base64.encode(bytes(note)) != ''"), input),
              ::testing::StartsWith("error LIMIT_MEMORY "));
}

// Parts of one large text are cheap to have and dear to copy.
TEST(HostileTest, ManyViewsOfOneText) {
  const auto environment = Shop();
  Input input;
  input.set_note(std::string(900000, 'a'));
  std::string map = "{note: 0";
  for (int i = 1; i < 60; ++i) absl::StrAppend(&map, ", note.substring(", i, "): ", i);
  EXPECT_EQ(Code(Bare(), "1"), "1");
  EXPECT_THAT(Outcome(*environment, "'%s'.format([" + map + "}])", input),
              ::testing::StartsWith("error LIMIT_"));
  EXPECT_THAT(Outcome(*environment, "[note, note].join() == ''", input),
              ::testing::StartsWith("error LIMIT_RESULT_SIZE"));
}

TEST(HostileTest, ZonesByOtherSpellingsAreNotAskedFor) {
  const TimeZoneSource zones = SystemTimeZones();
  EXPECT_TRUE(zones("Europe/Berlin").has_value());
  for (const char* name :
       {"", "/Europe/Berlin", "Europe//Berlin", "Europe/./Berlin", "Europe/../Europe/Berlin",
        "./UTC", ":UTC", "Europe", "Europe/Berlin/"}) {
    EXPECT_FALSE(zones(name).has_value()) << name;
  }
}

TEST(HostileTest, DeepValues) {
  const auto environment = Shop();
  Input input;
  google::protobuf::Value* value = input.mutable_fact();
  for (int i = 0; i < 5000; ++i) value = value->mutable_list_value()->add_values();
  value->set_bool_value(true);
  EXPECT_EQ(Outcome(*environment, "fact == fact", input), "error LIMIT_VALUE_DEPTH 1:6");
  EXPECT_EQ(Outcome(*environment, "'%s'.format([fact])", input), "error LIMIT_VALUE_DEPTH 1:6");
  EXPECT_EQ(Outcome(*environment, "Input{fact: fact}.fact == 1", input),
            "error LIMIT_VALUE_DEPTH 1:13");
  EXPECT_EQ(Outcome(*environment, "fact[0][0][0].size()", input), "1");
  Scratch scratch;
  const auto program = CompileOrDie(*environment, "fact");
  EXPECT_LT(ToText(program->Evaluate(input, scratch).value()).size(), 5000u);
  EXPECT_FALSE(Equals(program->Evaluate(input, scratch).value(), Value::Int(1)));
}

TEST(HostileTest, AnyInAny) {
  const auto environment = Shop();
  Input input;
  google::protobuf::Any any;
  const auto wrap = [&any](int times) {
    for (int i = 0; i < times; ++i) {
      google::protobuf::Any outer;
      outer.set_type_url("type.googleapis.com/google.protobuf.Any");
      outer.set_value(any.SerializeAsString());
      any = outer;
    }
  };
  wrap(250);
  *input.mutable_extra() = any;
  EXPECT_EQ(Outcome(*environment, "extra == 1", input), "error LIMIT_VALUE_DEPTH 1:1");
  // Each layer is parsed, so of very many the memory ends first.
  wrap(1750);
  *input.mutable_extra() = any;
  EXPECT_EQ(Outcome(*environment, "extra == 1", input), "error LIMIT_MEMORY 1:1");
  input.mutable_extra()->set_type_url("type.googleapis.com/frontdesk.cel.testing.Customer");
  input.mutable_extra()->set_value("\xff\xff\xff");
  EXPECT_EQ(Outcome(*environment, "extra == 1", input), "error INVALID_ANY 1:1");
  // A string that is not UTF-8 in a proto3 message is malformed; nothing is printed about it.
  input.mutable_extra()->set_value(std::string("\x0a\x01\xff", 3));
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(Outcome(*environment, "extra == 1", input), "error INVALID_ANY 1:1");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(HostileTest, StringsThatAreNotUtf8) {
  const auto environment = Shop();
  Input input;
  input.set_note(std::string("a\xff\xc3", 3));
  ::testing::internal::CaptureStderr();
  const Case cases[] = {
      {"note.size()", "3"},
      {"note.charAt(1).size()", "1"},
      {"note.reverse().size()", "3"},
      {"note.matches('a')", "true"},
      {"note == 'a'", "false"},
      {"Input{note: note}.note", "error INVALID_UNICODE 1:13"},
      {"Input{fact: note}.fact", "error INVALID_UNICODE 1:13"},
      {"note", "\"a\\ufffd\\ufffd\""},
      {"string(bytes(note))", "error INVALID_UNICODE 1:1"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Outcome(*environment, test.text, input), test.outcome) << test.text;
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

// Types that double with every call stay bounded.
TEST(HostileTest, ExplodingTypes) {
  EnvironmentBuilder builder;
  FunctionOverload pair;
  pair.id = "pair";
  pair.parameters = {Type::Parameter("T")};
  pair.result = Type::Opaque("pair", {Type::Parameter("T"), Type::Parameter("T")});
  builder.AddFunction("pair", pair).AddOpaqueType("pair");
  const auto environment = BuildOrDie(builder);
  const CompileResult compiled =
      environment->Compile(Repeat("pair(", 60) + "1" + Repeat(")", 60) + " == 1");
  EXPECT_FALSE(compiled.issues.empty());
  EXPECT_LT(FormatIssues(compiled.issues).size(), 10000u);
}

TEST(HostileTest, RandomBytesAndTokens) {
  const auto environment = Shop();
  const Input input = GoldOrder();
  const uint32_t seed = 20240229;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  uint64_t state = seed;
  const auto next = [&](uint32_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 33) % bound;
  };
  const char* tokens[] = {"(",
                          ")",
                          "[",
                          "]",
                          "{",
                          "}",
                          ",",
                          ".",
                          "?",
                          ":",
                          "!",
                          "-",
                          "+",
                          "*",
                          "/",
                          "%",
                          "&&",
                          "||",
                          "==",
                          "<",
                          "in",
                          "true",
                          "1",
                          "2u",
                          "0.5",
                          "'a'",
                          "b'x'",
                          "null",
                          "order",
                          "total",
                          "x",
                          "lines",
                          "has",
                          "all",
                          "map",
                          "exists",
                          "size",
                          "customer",
                          "tier",
                          "now",
                          "Money",
                          "units",
                          "duration('1s')",
                          ".?",
                          "[?",
                          "cel.bind",
                          "note"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const int length = 1 + static_cast<int>(next(14));
    for (int i = 0; i < length; ++i) {
      if (next(20) == 0) {
        text += static_cast<char>(next(256));
      } else {
        absl::StrAppend(&text, tokens[next(std::size(tokens))], " ");
      }
    }
    const std::string outcome = Outcome(*environment, text, input);
    EXPECT_FALSE(outcome.empty()) << text;
    EXPECT_NE(outcome, "issue without error") << text;
  }
}

}  // namespace
}  // namespace frontdesk::cel::testing
