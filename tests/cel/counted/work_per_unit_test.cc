// A unit of cost is about the same work in every program. Work is counted in basic blocks of the code of the language, not in
// time.
#include <algorithm>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/random_programs.h"
#include "gmock/gmock.h"

namespace {
uint64_t blocks = 0;
}  // namespace

// Called by each basic block of the library (gcc's and clang's -fsanitize-coverage=trace-pc).
extern "C" void __sanitizer_cov_trace_pc();
extern "C" void __sanitizer_cov_trace_pc() { ++blocks; }

namespace frontdesk::cel::testing {
namespace {

// Beginning and ending an evaluation, and the place of an error, are the work of 15 units.
constexpr double kFixedUnits = 15;

struct Measured {
  double blocks_a_unit = 0;
  std::string text;
  std::string reason;
};

Measured Measure(const Program& program, const Input& input) {
  Scratch scratch;
  program.Evaluate(input, scratch);  // A thing that is made once is there.
  const uint64_t before = blocks;
  const EvalResult result = program.Evaluate(input, scratch);
  const double done = static_cast<double>(blocks - before);
  const double units = static_cast<double>(program.fixed_cost() + scratch.metered_cost());
  return {done / (units + kFixedUnits), std::string(program.text()), std::string(result.reason())};
}

double MedianOf(std::vector<Measured> all) {
  std::nth_element(
      all.begin(), all.begin() + all.size() / 2, all.end(),
      [](const Measured& a, const Measured& b) { return a.blocks_a_unit < b.blocks_a_unit; });
  return all[all.size() / 2].blocks_a_unit;
}

// No program does more than this many times the work of the median program with a unit.
constexpr double kFactor = 16;

TEST(WorkPerUnitTest, RandomProgramsStayWithinAFactor) {
  const uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  const auto environment = Shop(true);
  std::vector<Measured> all;
  int failed = 0;
  for (uint64_t i = 0; i < 4000; ++i) {
    const RandomProgram random = MakeRandomProgram(seed + i);
    const CompileResult compiled = environment->Compile(random.text);
    if (!compiled.ok()) continue;
    all.push_back(Measure(*compiled.program, random.input));
    failed += !all.back().reason.empty();
  }
  ASSERT_GT(all.size(), 2000u);
  EXPECT_GT(failed, 80);
  const double median = MedianOf(all);
  std::cout << "median " << median << " blocks a unit\n";
  std::sort(all.begin(), all.end(),
            [](const Measured& a, const Measured& b) { return a.blocks_a_unit > b.blocks_a_unit; });
  std::cout << "most " << all[0].blocks_a_unit << " in " << all[0].text << " " << all[0].reason
            << "\n";
  for (const Measured& each : all) {
    ASSERT_LE(each.blocks_a_unit, median * kFactor)
        << each.text << " " << each.reason << " (seed " << seed << ")";
  }
}

// The same of calls over much data, each kind of work by itself, also those that fail in the end.
TEST(WorkPerUnitTest, EveryKindOfWorkStaysWithinAFactor) {
  Input input = GoldOrder();
  input.set_note(std::string(20000, 'a'));
  for (int i = 0; i < 2000; ++i) {
    input.mutable_order()->add_points(i * 7919 % 5000);
    input.mutable_order()->add_lines()->set_product(absl::StrCat("p", i % 100));
    (*input.mutable_scores())[absl::StrCat("key", i)] = i;
    input.mutable_customer()->add_tags(absl::StrCat("t", i));
    (*input.mutable_facts()->mutable_fields())[absl::StrCat("key", i)].set_number_value(i);
  }
  input.mutable_extra()->PackFrom(input.order());
  const char* const texts[] = {
      "note.size() > 5",
      "note.contains('b')",
      "note.contains('aaaaaaaaaaaaaaaaaaaaaaab')",
      "note.startsWith(note)",
      "note.indexOf('b') == 1",
      "note.lastIndexOf('ba') == 1",
      "note.replace('a', 'b') == ''",
      "note.replace('', '-') == ''",
      "note.replace('aaaa', '') == ''",
      "note.split('') == []",
      "note.split('a') == []",
      "note.substring(100).size() > 1",
      "note.charAt(10000) == 'a'",
      "note.trim().size() > 1",
      "note.lowerAscii() == note.upperAscii()",
      "note.reverse() == note",
      "strings.quote(note) == note",
      "bytes(note) == b''",
      "string(bytes(note)) == ''",
      "base64.encode(bytes(note)) == ''",
      "base64.decode(note + 'a==') == b''",
      "int(note) == 1",
      "double(note) == 1.0",
      "timestamp(note) == now",
      "duration(note) == order.grace",
      "bool(note)",
      "'%s'.format([note]) == ''",
      "'%x'.format([note]) == ''",
      "'%s'.format([bytes(note)]) == ''",
      "'%s%d'.format([note, 'x']) == ''",
      "'%s'.format([order.points]) == ''",
      "'%s'.format([scores]) == ''",
      "'%s'.format([facts]) == ''",
      "'%s'.format([customer.tags]) == ''",
      "'%.1000f'.format([1.5e300]) == ''",
      "order.points.map(p, '%d|%x|%o|%b'.format([p, p, p, p])).size() == 1",
      "order.points.map(p, '%.3f|%e'.format([p, p])).size() == 1",
      "order.points.map(p, string(p)).join(',') == ''",
      "order.points.map(p, string(double(p) / 7.0)).size() == 1",
      "order.points.map(p, int(string(p))).size() == 1",
      "customer.tags.join(note.substring(19900)) == ''",
      "dyn(customer.tags + ['x']).join('') == ''",
      "order.points == order.points.map(p, p)",
      "order.lines == order.lines",
      "order == order",
      "scores == scores",
      "facts == facts",
      "extra == order",
      "[order.points] == [order.points]",
      "-1 in order.points",
      "'x' in customer.tags",
      "order.lines[0] in order.lines.filter(l, l.quantity > 5)",
      "'none' in scores",
      "scores['key77'] == 1",
      "has(scores.key77)",
      "facts.key77 == 1.0",
      "order.points.all(p, scores.key5 == 5)",
      "order.points.all(p, p in order.points)",
      "order.points.all(p, p >= 0)",
      "order.points.exists(p, p * 2 - p / 3 + p % 5 < 0)",
      "order.lines.all(l, l.product != '' && l.quantity >= 0)",
      "order.lines.exists(l, l.price.units > 5 || l.weight > 1.5)",
      "order.points.filter(p, p > 10).map(p, p + 1).size() == 1",
      "order.points.exists_one(p, p == 5)",
      "order.points.map(p, [p, p]).size() == 1",
      "order.points.map(p, {p: p}).size() == 1",
      "order.points.map(p, {'a': p, 'b': p, 'c': p}).size() == 1",
      "order.points.map(p, Money{units: p}).size() == 1",
      "order.points.map(p, Line{product: 'x', quantity: 1, price: Money{units: p}}).size() == 1",
      "order.points.map(p, Order{id: note}.id == '').size() == 1",
      "order.points.map(p, optional.of(p).orValue(1)).size() == 1",
      "order.points.map(p, optional.ofNonZeroValue(order.lines[0])).size() == 1",
      "order.points.map(p, duration(string(p) + 's')).size() == 1",
      "order.points.map(p, timestamp(p).getHours('Europe/Berlin')).size() == 1",
      "order.points.map(p, timestamp(p).getFullYear()).size() == 1",
      "order.points.map(p, string(timestamp(p))).size() == 1",
      "order.points.map(p, type(p) == int).size() == 1",
      "order.points.map(p, math.greatest(p, 5)).size() == 1",
      "math.least(order.points.map(p, p)) == 1",
      "order.points.transformList(i, p, i + p).size() == 1",
      "order.points.transformMapEntry(i, p, {i: p}).size() == 1",
      "scores.transformMap(k, v, v + 1).size() == 1",
      "scores.map(k, k).size() == 1",
      "scores.all(k, v, v >= 0 && k != '')",
      "facts.all(k, facts[k] != null)",
      "order.points.all(p, has(order.card) && has(customer.age) == false)",
      "order.points.all(p, dyn(order).id == 'W1')",
      "order.points.all(p, extra != null)",
      "order.points.map(p, cel.bind(x, p + 1, x * x)).size() == 1",
      "order.points.all(p, flag ? p >= 0 : p < 0)",
      "order.points.all(p, order.points[p % 2000] >= 0)",
      "order.points.all(p, order.points[p] >= 0 || true)",
      "order.points.all(p, 1 / 0 == p || true)",
      "order.points.map(p, note + 'x').size() == 1",
  };
  const auto environment = Shop(true);
  std::vector<Measured> all;
  for (const char* text : texts) {
    const auto program = CompileOrDie(*environment, text);
    if (program == nullptr) continue;
    all.push_back(Measure(*program, input));
  }
  const double median = MedianOf(all);
  std::cout << "median " << median << " blocks a unit\n";
  for (const Measured& each : all) {
    EXPECT_LE(each.blocks_a_unit, median * kFactor) << each.text << " " << each.reason;
  }
}

}  // namespace
}  // namespace frontdesk::cel::testing
