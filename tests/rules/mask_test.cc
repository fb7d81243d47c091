// Personal data planted in every place never appears in a trace, an issue or an error.
#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "frontdesk/rules/data_class.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::HasSubstr;
using testing::MakeInput;
using testing::MustDecide;

// Every field that may not be shown holds this word (numbers: 4711).
constexpr char kPlanted[] = "Plantagenet";
constexpr char kPlantedNumber[] = "4711";

bakery::Input Planted() {
  return MakeInput(absl::StrReplaceAll(R"(
    order {
      order_id: 'o1' state: STATE_BAKED total_units: 100 code: '$P' note: '$P note'
      lines { product_id: 'bun' quantity: 2 icing_text: 'Dear $P' }
      lines { product_id: 'tart' quantity: 5 icing_text: '$P' }
      labels { key: 'shelf' value: 'x' }
      dedications { key: '$P' value: '$P too' } dedications { key: 'other' value: '$P' }
      counts { key: '$P' value: 3 } counts { key: 'other' value: 4 }
      box { label: 'shown box' } private_box { label: '$P' weight_grams: 4711 } plain_box { label: '$P' weight_grams: 7 }
      extra { fields { key: '$P' value { string_value: '$P' } } fields { key: 'k' value { string_value: '$P' } } }
      attachment { [type.googleapis.com/bakery.Line] { icing_text: '$P' product_id: 'bun' } }
      nickname { value: '$P' }
    }
    customer {
      customer_id: 'c1' name: '$P' allergy: '$P nuts' token: '$P' birth_year: 4711 tier: TIER_GOLD
      address { street: '$P street' country_code: 'CH' } aliases: '$P' aliases: 'King $P'
    }
    phrase: '$P')",
                                       {{"$P", kPlanted}}));
}

// Conditions that read what is planted in every way the language has.
const char* const kConditions[] = {
    "customer.name == 'x'",
    "customer.name != 'x' && customer.allergy != 'x' && customer.token != 'x'",
    "phrase != ''",
    "order.note + customer.name != 'x'",
    "customer.name.size() > 3",
    "size(customer.name + 'x') > 3",
    "customer.birth_year + 1 > 2000",
    "customer.address.street.startsWith('Plant')",
    "customer.address != Address{street: 'x'}",
    "customer != Customer{}",
    "order != Order{}",
    "order.lines != []",
    "order.lines[0] != Line{}",
    "order.lines[0].icing_text != ''",
    "order.lines.all(line, line.icing_text != '')",
    "order.lines.exists(line, line.icing_text.contains('x'))",
    "order.lines.map(line, line.icing_text)[0] != ''",
    "order.lines.filter(line, line.icing_text != '')[0].icing_text != ''",
    "customer.aliases != []",
    "customer.aliases[1] != ''",
    "customer.aliases.exists(alias, alias == 'x')",
    "order.dedications.size() == 2",
    "order.dedications != {}",
    "order.dedications[customer.name] != ''",
    "order.dedications['other'] != ''",
    "order.dedications.exists(key, key == 'other')",
    "order.dedications.all(key, order.dedications[key] != '')",
    "customer.name in order.dedications",
    "customer.name in customer.aliases",
    "order.counts.exists(key, order.counts[key] == 3)",
    "order.counts[customer.name] == 3",
    "order.counts[order.code] == 3",
    "order.counts != {}",
    "order.code != ''",
    "order.nickname != ''",
    "order.private_box.label != ''",
    "order.private_box.weight_grams != 0",
    "order.private_box != Box{}",
    "order.plain_box.label != ''",
    "order.plain_box != Box{}",
    "order.extra.k != ''",
    "order.extra['k'] != ''",
    "order.extra != {}",
    "order.extra.exists(key, key == 'k')",
    "order.attachment != Line{}",
    "has(customer.name) && has(order.extra.k)",
    "(order.express ? customer.name : order.note) != ''",
    "[customer.name, order.order_id] != []",
    "{customer.name: 1} != {}",
    "Line{product_id: customer.name} != Line{}",
    "[customer][0].name != ''",
    "customer.name < order.note",
    "customer.name.matches('x.*')",
    "string(customer.birth_year) != ''",
    "bytes(customer.name) != b''",
    // Errors.
    "int(customer.name) > 0",
    "order.labels[customer.name] == 'x'",
    "order.counts[customer.name + 'x'] == 1",
    "order.dedications[customer.name + 'x'] == ''",
    "order.extra[customer.name + 'x'] == ''",
    "timestamp(customer.name) < now",
    "duration(customer.name) < duration('1s')",
    "double(customer.name) > 0.0",
    "customer.name.matches(customer.name + '(')",
    "{customer.name: 1, customer.name: 2} != {}",
    "customer.aliases[customer.birth_year] != ''",
    "customer.birth_year / (order.total_units - 100) > 1",
    "customer.name.substring(4711) != ''",
    "order.extra.k > 5",
    "dyn(customer.name) > 5",
    "now.getHours(customer.name) == 1",
};

void ExpectNothingPlanted(const std::string& text, const std::string& about) {
  EXPECT_FALSE(absl::StrContains(text, kPlanted)) << about << "\n" << text;
  EXPECT_FALSE(absl::StrContains(text, kPlantedNumber)) << about << "\n" << text;
}

TEST(Mask, NothingPlantedAppearsInATrace) {
  const bakery::Input input = Planted();
  for (const std::string condition : kConditions) {
    // Conditions hold nothing planted themselves, apart from the fixed numbers of two.
    const auto set = testing::OneRule(condition);
    ASSERT_NE(set, nullptr) << condition;
    v1::Decision decision = MustDecide(*set, input);
    for (v1::RuleTrace& rule : *decision.mutable_rules()) {
      for (v1::ConjunctTrace& conjunct : *rule.mutable_conjuncts()) {
        conjunct.clear_text();
        conjunct.clear_counterfactual();
      }
    }
    ExpectNothingPlanted(decision.DebugString(), condition);
    ExpectNothingPlanted(FormatDecision(decision), condition);
  }
}

TEST(Mask, NothingPlantedAppearsInADetail) {
  const char* const expressions[] = {
      "customer.name",
      "'Dear ' + customer.name",
      "customer.name + order.order_id",
      "customer.birth_year",
      "customer.birth_year + 1",
      "string(customer.birth_year)",
      "customer",
      "customer.address",
      "order",
      "order.lines",
      "order.lines[0]",
      "order.lines.map(line, line.icing_text)",
      "order.lines.filter(line, line.quantity > 1)",
      "order.lines.map(line, {'text': line.icing_text})",
      "customer.aliases.join(', ')",
      "order.dedications",
      "order.dedications.map(key, key)",
      "order.counts",
      "order.code",
      "order.private_box",
      "order.private_box.label",
      "order.private_box.weight_grams",
      "order.plain_box",
      "order.extra",
      "order.extra.k",
      "order.attachment",
      "order.nickname",
      "order.express ? 'x' : customer.name",
      "[customer.name]",
      "{'name': customer.name}",
      "Line{product_id: customer.name}",
      "cel.bind(n, customer.name, n + 'x')",
      "'%s'.format([customer.name])",
      "optional.of(customer.name)",
      "customer.?name",
      "customer.?address.?street.orValue('none')",
      "dyn(customer.name)",
      "dyn(customer)",
      "{'c': customer}",
      "bytes(customer.name)",
      "customer.name.lowerAscii().upperAscii()",
      "order.lines.map(line, line)",
      // Errors.
      "int(customer.name)",
      "order.labels[customer.name]",
  };
  const bakery::Input input = Planted();
  for (const std::string expression : expressions) {
    v1::RuleSet source;
    source.set_id("details");
    v1::Rule* rule = source.add_rules();
    rule->set_id("r1");
    rule->set_condition("true");
    rule->set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule->set_reason("REFUSED");
    rule->add_details()->set_name("detail");
    rule->mutable_details(0)->set_expression(expression);
    const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor());
    ASSERT_TRUE(compiled.ok()) << expression << "\n" << FormatIssues(compiled.issues);
    const v1::Decision decision = MustDecide(*compiled.rule_set, input);
    ExpectNothingPlanted(decision.DebugString(), expression);
    for (const DecisionReason& reason : DecisionReasons(decision))
      ExpectNothingPlanted(reason.text, expression);
    EXPECT_FALSE(absl::StrContains(absl::AsciiStrToLower(decision.DebugString()), "plantagenet"))
        << expression;
  }
}

// Ways in which a text becomes part of another one, or comes back from a place that it was put in.
const char* const kWays[] = {
    "(true || order.express ? $ : 'x')",
    "(order.express ? 'x' : $)",
    "(!order.express ? $ : 'x')",
    "(order.total_units > 5 ? $ : order.total_units > 3 ? 'x' : 'y')",
    "(order.total_units > 5 ? (order.total_units > 3 ? $ : 'x') : 'y')",
    "($ + 'x')",
    "('x' + $)",
    "[$][0]",
    "['x', $][1]",
    "[[$]][0][0]",
    "([$] + ['x'])[0]",
    "{'k': $}.k",
    "{'k': $}['k']",
    "{'k': {'m': $}}.k.m",
    "{'k': $}.map(k, {'k': $}[k])[0]",
    "{$: 'x'}.map(k, k)[0]",
    "{$: 'x'}.transformList(k, v, k)[0]",
    "{'k': $}.transformList(k, v, v)[0]",
    "{'k': 'x'}.transformMap(k, v, $).k",
    "[$].transformMapEntry(i, v, {v: 'x'}).map(k, k)[0]",
    "['x'].transformMapEntry(i, v, {'k': $}).k",
    "cel.bind(b, $, b)",
    "cel.bind(b, 'x', $)",
    "cel.bind(b, [$], b[0])",
    "[$].map(m, m)[0]",
    "[$].map(m, true, m)[0]",
    "['x'].map(m, $)[0]",
    "[$].filter(m, m != '')[0]",
    "[$, 'x'].transformList(i, m, m)[0]",
    "optional.of($).value()",
    "optional.of($).orValue('')",
    "optional.of('x').optMap(o, $).value()",
    "optional.of($).optMap(o, o + '!').value()",
    "optional.of($).optFlatMap(o, optional.of(o)).value()",
    "optional.none().or(optional.of($)).value()",
    "[$][?0].orValue('x')",
    "{'k': $}[?'k'].orValue('x')",
    "{'k': $}.?k.orValue('x')",
    "'%s'.format([$])",
    "'%s-%s'.format(['x', $])",
    "$.replace('zz', 'y')",
    "'zz'.replace('z', $)",
    "[$].join()",
    "['a', 'b'].join($)",
    "$.split('zz')[0]",
    "$.substring(0)",
    "$.trim()",
    "$.reverse().reverse()",
    "string(bytes($))",
    "string($)",
    "dyn($)",
    "strings.quote($)",
    "Line{icing_text: $}.icing_text",
    "Line{product_id: $}.product_id",
    "[Line{product_id: $}][0].product_id",
    "Order{labels: {'k': $}}.labels.k",
    "Order{lines: [Line{product_id: $}]}.lines[0].product_id",
    "Customer{aliases: [$]}.aliases[0]",
};
const char* const kPlaces[] = {"customer.name",
                               "customer.allergy",
                               "customer.token",
                               "customer.aliases[0]",
                               "customer.address.street",
                               "order.note",
                               "order.code",
                               "phrase",
                               "order.lines[1].icing_text",
                               "order.dedications['other']",
                               "order.nickname",
                               "order.private_box.label",
                               "order.plain_box.label",
                               "string(customer.birth_year)",
                               "order.extra.k"};

v1::Decision DecideWithDetail(const std::string& condition, const std::string& expression) {
  v1::RuleSet source;
  source.set_id("details");
  v1::Rule* rule = source.add_rules();
  rule->set_id("r1");
  rule->set_condition(condition);
  rule->set_outcome(v1::POLICY_OUTCOME_REFUSE);
  rule->set_reason("REFUSED");
  rule->add_details()->set_name("detail");
  rule->mutable_details(0)->set_expression(expression);
  const CompileResult compiled = RuleSet::Compile(source, bakery::Input::descriptor());
  EXPECT_TRUE(compiled.ok()) << expression << "\n" << FormatIssues(compiled.issues);
  if (!compiled.ok()) return {};
  return MustDecide(*compiled.rule_set, Planted());
}

// The trace without the texts of the rule itself.
std::string Told(v1::Decision decision) {
  for (v1::RuleTrace& rule : *decision.mutable_rules()) {
    for (v1::ConjunctTrace& conjunct : *rule.mutable_conjuncts()) {
      conjunct.clear_text();
      conjunct.clear_counterfactual();
    }
  }
  return absl::StrCat(decision.DebugString(), FormatDecision(decision));
}

std::string Composed(std::initializer_list<absl::string_view> ways, absl::string_view place) {
  std::string text(place);
  for (const absl::string_view way : ways) {
    text = absl::StrReplaceAll(way, {{"$", text}});
  }
  return text;
}

// Every way with the planted text in every place, alone and behind one other; as a detail, and read by a condition.
TEST(Mask, NothingPlantedComesOutOfAnyWay) {
  for (const char* way : kWays) {
    for (const char* place : kPlaces) {
      const std::string text = Composed({way}, place);
      const v1::Decision decision = DecideWithDetail(absl::StrCat(text, " != 'q'"), text);
      ASSERT_EQ(decision.rules_size(), 1);
      EXPECT_EQ(decision.rules(0).details_size(), 1) << text << decision.DebugString();
      ExpectNothingPlanted(Told(decision), text);
    }
  }
  size_t other = 0;
  for (const char* first : kWays) {
    for (const char* second : kWays) {
      const std::string text = Composed({first, second}, kPlaces[other++ % std::size(kPlaces)]);
      ExpectNothingPlanted(Told(DecideWithDetail("true", text)), text);
    }
  }
}

// A text that a function of the host makes of a message may hold anything of it, and is masked as its most secret field is.
TEST(Mask, TextsMadeOfAMessageAreMaskedAsItsFields) {
  const auto describe = [](const std::string& argument, const google::protobuf::Descriptor* type) {
    CompileOptions options;
    cel::FunctionOverload overload;
    overload.id = "describe_message";
    overload.parameters = {cel::Type::Message(type)};
    overload.result = cel::Type::String();
    overload.implementation = [](absl::Span<const cel::Value> arguments,
                                 cel::ValueArena& arena) -> absl::StatusOr<cel::Value> {
      return arena.NewString(arguments[0].message_value().ShortDebugString());
    };
    options.functions.push_back({"describe", overload});
    v1::RuleSet source;
    source.set_id("details");
    v1::Rule* rule = source.add_rules();
    rule->set_id("r1");
    rule->set_condition(absl::StrCat("describe(", argument, ") != ''"));
    rule->set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule->set_reason("REFUSED");
    rule->add_details()->set_name("detail");
    rule->mutable_details(0)->set_expression(absl::StrCat("describe(", argument, ")"));
    const CompileResult compiled =
        RuleSet::Compile(source, bakery::Input::descriptor(), std::move(options));
    EXPECT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
    return compiled.ok() ? MustDecide(*compiled.rule_set, Planted()) : v1::Decision();
  };
  for (const char* argument : {"customer", "dyn(customer)", "[customer][0]", "{'c': customer}.c"}) {
    const v1::Decision decision = describe(argument, bakery::Customer::descriptor());
    ExpectNothingPlanted(Told(decision), argument);
    ASSERT_EQ(decision.rules_size(), 1) << argument;
    ASSERT_EQ(decision.rules(0).details_size(), 1) << argument;
    EXPECT_EQ(decision.rules(0).details(0).value(), "<secret>") << argument;
  }
  // A message of a public field is shown.
  const v1::Decision decision = describe("order.box", bakery::Box::descriptor());
  ASSERT_EQ(decision.rules_size(), 1);
  ASSERT_EQ(decision.rules(0).details_size(), 1);
  EXPECT_THAT(decision.rules(0).details(0).value(), HasSubstr("shown box"));
}

// Public values are shown, by the same ways: the test above would pass if everything were masked.
TEST(Mask, PublicValuesComeOutOfMostWays) {
  int shown = 0;
  for (const char* way : kWays) {
    const v1::Decision decision = DecideWithDetail("true", Composed({way}, "order.order_id"));
    ASSERT_EQ(decision.rules_size(), 1);
    ASSERT_EQ(decision.rules(0).details_size(), 1) << way;
    shown += absl::StrContains(decision.rules(0).details(0).value(), "o1");
  }
  EXPECT_GT(shown, 40);
}

// The reads of one condition.
std::string ReadOf(const std::string& condition, size_t index = 0) {
  const auto set = testing::OneRule(condition);
  if (set == nullptr) return "does not compile";
  const v1::Decision decision = MustDecide(*set, Planted());
  const v1::ConjunctTrace& conjunct = decision.rules(0).conjuncts(0);
  if (conjunct.reads_size() <= static_cast<int>(index)) return "not read";
  return absl::StrCat(conjunct.reads(static_cast<int>(index)).path(), "=",
                      conjunct.reads(static_cast<int>(index)).value());
}

TEST(Mask, SaysWhatIsMaskedAndShowsTheRest) {
  EXPECT_EQ(ReadOf("customer.name != ''"), "customer.name=<personal>");
  EXPECT_EQ(ReadOf("customer.allergy != ''"), "customer.allergy=<sensitive>");
  EXPECT_EQ(ReadOf("customer.token != ''"), "customer.token=<secret>");
  EXPECT_EQ(ReadOf("customer.birth_year > 0"), "customer.birth_year=<personal>");
  EXPECT_EQ(ReadOf("order.code != ''"), "order.code=<unclassified>");
  EXPECT_EQ(ReadOf("order.private_box.weight_grams > 0"),
            "order.private_box.weight_grams=<personal>");
  EXPECT_EQ(ReadOf("order.plain_box.label != ''"), "order.plain_box.label=<unclassified>");
  EXPECT_EQ(ReadOf("order.plain_box.weight_grams > 0"), "order.plain_box.weight_grams=7");
  EXPECT_EQ(ReadOf("order.box.label != ''"), "order.box.label=\"shown box\"");
  EXPECT_EQ(ReadOf("order.total_units > 0"), "order.total_units=100");
  EXPECT_EQ(ReadOf("customer.tier > 0"), "customer.tier=Tier.TIER_GOLD");
  EXPECT_EQ(ReadOf("order.labels['shelf'] == 'x'"), "order.labels[\"shelf\"]=\"x\"");
  EXPECT_EQ(ReadOf("order.dedications['other'] != ''"), "order.dedications[\"other\"]=<personal>");
  EXPECT_EQ(ReadOf("customer.address != Address{}"),
            "customer.address=Address{street: <personal>, country_code: \"CH\"}");
  EXPECT_THAT(ReadOf("order.lines != []"),
              HasSubstr("Line{product_id: \"bun\", quantity: 2, icing_text: <personal>}"));
}

TEST(Mask, AHostMayChooseTheClassOfAField) {
  CompileOptions options;
  options.data_class = [](const google::protobuf::FieldDescriptor& field) {
    return field.name() == "total_units" ? v1::DATA_CLASS_SECRET : DataClassOf(field);
  };
  const auto set = testing::OneRule("order.total_units > 0", options);
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(MustDecide(*set, Planted()).rules(0).conjuncts(0).reads(0).value(), "<secret>");
}

TEST(Mask, IsReadFromDescriptorsOfAnyPool) {
  // The same files in a pool of its own, as a host has them that loads descriptors at run time.
  google::protobuf::DescriptorPool pool;
  std::vector<const google::protobuf::FileDescriptor*> files = {
      bakery::Input::descriptor()->file()};
  for (size_t i = 0; i < files.size(); ++i) {
    for (int d = 0; d < files[i]->dependency_count(); ++d) files.push_back(files[i]->dependency(d));
  }
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    if (pool.FindFileByName((*file)->name()) != nullptr) continue;
    google::protobuf::FileDescriptorProto proto;
    (*file)->CopyTo(&proto);
    ASSERT_NE(pool.BuildFile(proto), nullptr) << (*file)->name();
  }
  const google::protobuf::Descriptor* descriptor = pool.FindMessageTypeByName("bakery.Input");
  ASSERT_NE(descriptor, nullptr);
  EXPECT_EQ(DataClassOf(*descriptor->FindFieldByName("phrase")), v1::DATA_CLASS_PERSONAL);

  v1::RuleSet source;
  source.set_id("dynamic");
  v1::Rule* rule = source.add_rules();
  rule->set_id("r1");
  rule->set_condition("customer.name != '' && order.state == Order.State.STATE_BAKED");
  rule->set_outcome(v1::POLICY_OUTCOME_ALLOW);
  const CompileResult compiled = RuleSet::Compile(source, descriptor);
  ASSERT_TRUE(compiled.ok()) << FormatIssues(compiled.issues);
  google::protobuf::DynamicMessageFactory factory(&pool);
  std::unique_ptr<google::protobuf::Message> input(factory.GetPrototype(descriptor)->New());
  bakery::Input planted = Planted();
  planted.mutable_order()->clear_attachment();
  ASSERT_TRUE(input->ParseFromString(planted.SerializeAsString()));
  const absl::StatusOr<v1::Decision> decision = compiled.rule_set->Decide(*input);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(decision->outcome(), v1::POLICY_OUTCOME_ALLOW);
  EXPECT_EQ(decision->rules(0).conjuncts(0).reads(0).value(), "<personal>");
  EXPECT_EQ(decision->rules(0).conjuncts(1).reads(0).value(), "Order.State.STATE_BAKED");
  ExpectNothingPlanted(decision->DebugString(), "dynamic");
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
