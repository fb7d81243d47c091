// The deduced types, as text: a row an expression. "refused" for an expression that is not accepted.
#include <string>
#include <vector>

#include "cel/shop.h"

namespace frontdesk::cel::testing {
namespace {

std::string Deduced(const Environment& environment, const std::string& text) {
  const CompileResult compiled = environment.Compile(text);
  return compiled.ok() ? compiled.program->result_type().ToString() : "refused";
}

std::shared_ptr<const Environment> Declared() {
  EnvironmentBuilder builder;
  Prepare(builder);
  const Type a = Type::Parameter("A"), b = Type::Parameter("B");
  builder.AddVariable("d", Type::Dyn())
      .AddVariable("any", Type::Any())
      .AddVariable("wi", Type::Wrapper(Type::Int()))
      .AddVariable("ws", Type::Wrapper(Type::String()))
      .AddVariable("sm", Type::Map(Type::String(), Type::Int()))
      .AddVariable("nested",
                   Type::Map(Type::String(), Type::List(Type::Map(Type::Int(), Type::Dyn()))))
      .AddVariable("box", Type::Opaque("box", {Type::Int()}))
      .AddOpaqueType("box");
  const auto function = [&](const char* name, const char* id, std::vector<Type> parameters,
                            Type result, bool member) {
    FunctionOverload overload;
    overload.id = id;
    overload.parameters = std::move(parameters);
    overload.result = std::move(result);
    overload.member = member;
    builder.AddFunction(name, overload);
  };
  function("pair", "pair", {a, b}, Type::Map(a, Type::List(b)), false);
  function("same", "same", {a, a}, a, false);
  function("wrap", "wrap", {a}, Type::Opaque("box", {a}), false);
  function("open", "open", {Type::Opaque("box", {a})}, a, true);
  function("first", "first", {Type::List(a)}, a, true);
  return BuildOrDie(builder);
}

struct Row {
  const char* text;
  const char* type;
};

void CheckRows(const std::vector<Row>& rows) {
  const auto environment = Declared();
  for (const Row& row : rows) EXPECT_EQ(Deduced(*environment, row.text), row.type) << row.text;
}

TEST(DeductionTest, Literals) {
  CheckRows({
      {"null", "null_type"},
      {"true", "bool"},
      {"1", "int"},
      {"0xFF", "int"},
      {"0XFF", "refused"},
      {"1u", "uint"},
      {"1.5", "double"},
      {"'a'", "string"},
      {"b'a'", "bytes"},
      {"[]", "list(dyn)"},
      {"[1]", "list(int)"},
      {"[1, 2u]", "list(dyn)"},
      {"[1, 'a']", "list(dyn)"},
      {"[1, d]", "list(dyn)"},
      {"[d, 1]", "list(dyn)"},
      {"['a', null]", "list(dyn)"},
      {"[null, 1]", "list(dyn)"},
      {"[wi, 1]", "list(wrapper(int))"},
      {"[1, wi]", "list(wrapper(int))"},
      {"[wi, ws]", "list(dyn)"},
      {"[[], [1]]", "list(list(int))"},
      {"[[1], []]", "list(list(int))"},
      {"[[1], [d]]", "list(list(dyn))"},
      {"{}", "map(dyn, dyn)"},
      {"{'a': 1}", "map(string, int)"},
      {"{1: 2u, 2u: 3}", "map(dyn, dyn)"},
      {"{'a': 1, 'b': d}", "map(string, dyn)"},
      {"[{}, {'a': 1}]", "list(map(string, int))"},
      {"Money{units: 1}", "frontdesk.cel.testing.Money"},
      {"frontdesk.cel.testing.Money{}", "frontdesk.cel.testing.Money"},
      {".frontdesk.cel.testing.Money{}", "frontdesk.cel.testing.Money"},
      {"google.protobuf.Int64Value{value: 1}", "wrapper(int)"},
      {"google.protobuf.Struct{}", "map(string, dyn)"},
      {"google.protobuf.ListValue{}", "list(dyn)"},
      {"google.protobuf.Value{}", "dyn"},
      {"google.protobuf.Any{}", "google.protobuf.Any"},
      {"google.protobuf.Duration{}", "google.protobuf.Duration"},
      {"[Money{}, null]", "list(frontdesk.cel.testing.Money)"},
      {"Order{total: null}", "frontdesk.cel.testing.Order"},
      {"Order{id: null}", "refused"},
      {"Customer{nickname: 'x'}", "frontdesk.cel.testing.Customer"},
      {"Customer{nickname: null}", "frontdesk.cel.testing.Customer"},
      {"Customer{nickname: 1}", "refused"},
      {"Customer{tier: TIER_GOLD}", "frontdesk.cel.testing.Customer"},
      {"Customer{tier: 7}", "frontdesk.cel.testing.Customer"},
      {"Customer{tags: [d]}", "frontdesk.cel.testing.Customer"},
      {"Customer{tags: d}", "frontdesk.cel.testing.Customer"},
  });
}

TEST(DeductionTest, NamesAndSelections) {
  CheckRows({
      {"order", "frontdesk.cel.testing.Order"},
      {"order.total.units", "int"},
      {"order.state", "int"},
      {"Order.State.STATE_SHIPPED", "int"},
      {"TIER_GOLD", "int"},
      {"Tier.TIER_GOLD", "int"},
      {"order.delivered_time", "google.protobuf.Timestamp"},
      {"order.grace", "google.protobuf.Duration"},
      {"order.lines", "list(frontdesk.cel.testing.Line)"},
      {"order.lines_by_number", "map(int, frontdesk.cel.testing.Line)"},
      {"order.lines_by_number[1].price", "frontdesk.cel.testing.Money"},
      {"customer.nickname", "wrapper(string)"},
      {"customer.age", "int"},
      {"extra", "google.protobuf.Any"},
      {"extra.anything[0].at.all", "dyn"},
      {"facts", "map(string, dyn)"},
      {"facts.a.b", "dyn"},
      {"fact", "dyn"},
      {"list", "list(dyn)"},
      {"limit", "wrapper(int)"},
      {"sm.a", "int"},
      {"sm['a']", "int"},
      {"sm[1]", "refused"},
      {"nested.a[0][1]", "dyn"},
      {"d.a.b", "dyn"},
      {"d[0]", "dyn"},
      {"int", "type(int)"},
      {"type", "type(type)"},
      {"list == dyn(list)", "bool"},
      {"null_type", "type(null_type)"},
      {"google.protobuf.Timestamp", "type(google.protobuf.Timestamp)"},
      {"Money", "type(frontdesk.cel.testing.Money)"},
      {"type(1)", "type(int)"},
      {"type(type(1))", "type(type(int))"},
      {"has(order.total)", "bool"},
      {"has(facts.a.b)", "bool"},
      {"dyn", "refused"},
  });
}

TEST(DeductionTest, Operators) {
  CheckRows({
      {"1 + 2", "int"},
      {"1 + d", "int"},
      {"d + d", "dyn"},
      {"d - timestamp(0)", "google.protobuf.Duration"},
      {"timestamp(0) - d", "dyn"},
      {"timestamp(0) + duration('1s')", "google.protobuf.Timestamp"},
      {"duration('1s') + timestamp(0)", "google.protobuf.Timestamp"},
      {"[1] + [2]", "list(int)"},
      {"[] + [1]", "list(int)"},
      {"[1] + ['a']", "refused"},
      {"wi + 1", "int"},
      {"wi + wi", "int"},
      {"wi == null", "bool"},
      {"1 == null", "refused"},
      {"order.total == null", "bool"},
      {"order.total == order", "refused"},
      {"1 == 1u", "refused"},
      {"1 < 1.0", "refused"},
      {"dyn(1) < 1.0", "bool"},
      {"1 == d", "bool"},
      {"[] == [1]", "bool"},
      {"[] == 1", "refused"},
      {"1 in [1]", "bool"},
      {"1 in ['a']", "refused"},
      {"d in ['a']", "bool"},
      {"1 in d", "bool"},
      {"'a' in sm", "bool"},
      {"-d", "dyn"},
      {"!d", "bool"},
      {"d && true", "bool"},
      {"true ? 1 : 2", "int"},
      {"true ? 1 : 'a'", "refused"},
      {"true ? 1 : d", "dyn"},
      {"true ? wi : 1", "wrapper(int)"},
      {"true ? null : wi", "wrapper(int)"},
      {"true ? 1 : null", "refused"},
      {"true ? Money{} : null", "frontdesk.cel.testing.Money"},
      {"true ? [] : [1]", "list(int)"},
      {"any == 1", "bool"},
  });
}

TEST(DeductionTest, MacrosAndOptionals) {
  CheckRows({
      {"[1].map(x, [x, x])", "list(list(int))"},
      {"[1].map(x, [x, x]).map(x, [x, x])", "list(list(list(int)))"},
      {"[{}.map(c, c, c)] + [{}.map(c, c, c)]", "list(list(bool))"},
      {"{}.map(c, [c, type(c)])", "list(list(dyn))"},
      {"sm.map(k, k)", "list(string)"},
      {"sm.filter(k, true)", "list(string)"},
      {"d.map(x, x)", "list(dyn)"},
      {"d.filter(x, x > 1)", "list(dyn)"},
      {"d.all(x, x)", "bool"},
      {"[1].all(x, x)", "refused"},
      {"order.points.exists(p, p > 1) && p < 5", "refused"},
      {"sm.transformMap(k, v, string(v))", "map(string, string)"},
      {"[1].transformMap(i, v, 'x')", "map(int, string)"},
      {"sm.transformList(k, v, v)", "list(int)"},
      {"sm.transformMapEntry(k, v, {v: k})", "map(int, string)"},
      {"cel.bind(x, 1, [x])", "list(int)"},
      {"optional.of(1)", "optional_type(int)"},
      {"optional.none()", "optional_type(dyn)"},
      {"optional.none().orValue(1)", "int"},
      {"optional.of(1).or(optional.none())", "optional_type(int)"},
      {"order.?total", "optional_type(frontdesk.cel.testing.Money)"},
      {"order.?total.units", "optional_type(int)"},
      {"order.?total.?units", "optional_type(int)"},
      {"d.?x", "optional_type(dyn)"},
      {"[1][?0]", "optional_type(int)"},
      {"sm[?'a']", "optional_type(int)"},
      {"optional.of([1])[0]", "optional_type(int)"},
      {"[?optional.of(1), 2]", "list(int)"},
      {"[?1]", "refused"},
      {"[?{}['a']]", "list(dyn)"},
      {"{?'a': optional.of(1)}", "map(string, int)"},
      {"{?'a': {}['b'], 'c': 1}", "map(string, int)"},
      {"Customer{?nickname: optional.of('x')}", "frontdesk.cel.testing.Customer"},
      {"Customer{?nickname: 'x'}", "refused"},
      {"optional.of(1).optMap(x, string(x))", "optional_type(string)"},
      {"optional.of(1).optFlatMap(x, optional.of('a'))", "optional_type(string)"},
      {"optional.of(1).optFlatMap(x, 'a')", "refused"},
      {"math.greatest(1, 2)", "int"},
      {"math.greatest(1, 2.0)", "dyn"},
      {"math.greatest([1, 2])", "int"},
      {"math.greatest([1, 2.0])", "dyn"},
      {"math.greatest(1, 2, d)", "dyn"},
      {"math.greatest([])", "refused"},
      {"math.greatest(1, 2, 'c')", "refused"},
      {"math.least([1, false])", "refused"},
      {"math.least([1], [2])", "refused"},
      {"math.least(1, {}, 2)", "refused"},
  });
}

TEST(DeductionTest, TypeParametersAndAbstractTypes) {
  CheckRows({
      {"pair(1, 'a')", "map(int, list(string))"},
      {"pair('a', [])", "map(string, list(list(dyn)))"},
      {"pair(d, 1)", "map(dyn, list(int))"},
      {"same(1, 2)", "int"},
      {"same(1, 'a')", "refused"},
      {"same(1, d)", "dyn"},
      {"same(1, wi)", "wrapper(int)"},
      {"same([], [1])", "list(int)"},
      {"same(null, Money{})", "frontdesk.cel.testing.Money"},
      {"wrap('a')", "box(string)"},
      {"wrap('a').open()", "string"},
      {"box.open()", "int"},
      {"wrap([]).open()", "list(dyn)"},
      {"wrap(wrap(1))", "box(box(int))"},
      {"[wrap(1), box]", "list(box(int))"},
      {"same(box, wrap(2)).open()", "int"},
      {"same(box, wrap('a'))", "refused"},
      {"[[1]].first().first()", "int"},
      {"[].first()", "dyn"},
      {"'a'.first()", "refused"},
  });
}

TEST(OptionalEntryTest, AreMarked) {
  const auto environment = Shop();
  const auto optional = [&](const char* text) {
    const AstResult checked = environment->Check(text);
    EXPECT_TRUE(checked.ok()) << text;
    std::string out;
    const Expr root = checked.ast->root();
    for (size_t i = 0; i < root.child_count(); ++i) out += root.is_optional(i) ? '?' : '.';
    return out;
  };
  EXPECT_EQ(optional("[1, ?optional.of(2), 3]"), ".?.");
  EXPECT_EQ(optional("[1, 2]"), "..");
  EXPECT_EQ(optional("Order{id: 'x', ?total: optional.none()}"), ".?");
  EXPECT_EQ(optional("{?'a': optional.of(1), 'b': 2}"), "??..");
}

}  // namespace
}  // namespace frontdesk::cel::testing
