// Programs: no allocation in steady state, cost, lifetime.
#include <cstdlib>
#include <new>

#include "cel/shop.h"
#include "gmock/gmock.h"

namespace {

// Counts allocations of this thread while it is told to.
thread_local bool counting = false;
thread_local int64_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  if (counting) ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace frontdesk::cel::testing {
namespace {

TEST(ProgramTest, NoAllocationInSteadyState) {
  const auto environment = Shop(/*accessors=*/true);
  const Input input = GoldOrder();
  const char* texts[] = {
      "order.total.units > 10000 && customer.tier == TIER_GOLD && order.state in "
      "[Order.State.STATE_SHIPPED, Order.State.STATE_DELIVERED] && "
      "now - order.delivered_time < duration('720h')",
      "order.total.units + count * 2 > 7",
      "order.lines.exists(l, l.quantity * 2 == 6)",
      "order.lines.map(l, l.price.units).size() == 3",
      "note.startsWith('he') && note + '!' == 'hello!'",
      "note.matches('h.*o')",
      "[count, 5, 3].exists_one(x, x == 5)",
      "{'a': count}['a'] == 3",
      "'vip' in customer.tags",
      "1 / (count - 3) > 0 || flag",
      "size(note) == 5",
      "now.getHours() >= 0",
      "now.getHours('+01:00') >= 0",
      "has(customer.age) ? customer.age > 5 : flag",
  };
  for (const char* text : texts) {
    const auto program = CompileOrDie(*environment, text);
    Scratch scratch;
    for (int i = 0; i < 3; ++i) program->EvaluateBool(input, scratch);
    allocations = 0;
    counting = true;
    const BoolOutcome outcome = program->EvaluateBool(input, scratch);
    counting = false;
    EXPECT_EQ(allocations, 0) << text;
    EXPECT_EQ(outcome, BoolOutcome::kTrue) << text;
    allocations = 0;
    counting = true;
    (void)program->Evaluate(input, scratch);
    counting = false;
    EXPECT_EQ(allocations, 0) << text;
  }
}

TEST(ProgramTest, OutlivesItsEnvironmentAndCopies) {
  std::shared_ptr<const Program> program;
  {
    const auto environment = Shop();
    program = CompileOrDie(*environment, "flag && order.lines.exists(l, l.quantity == 2)");
  }
  const Program copy = *program;
  const Program conjunct = program->conjuncts()[1];
  program.reset();
  Scratch scratch;
  EXPECT_EQ(copy.EvaluateBool(GoldOrder(), scratch), BoolOutcome::kTrue);
  EXPECT_EQ(conjunct.EvaluateBool(GoldOrder(), scratch), BoolOutcome::kTrue);
  EXPECT_EQ(conjunct.text(), "order.lines.exists(l, l.quantity == 2)");
}

TEST(ProgramTest, CostIsMetered) {
  const auto environment = Shop();
  Scratch scratch;
  const auto plain = CompileOrDie(*environment, "count + 1 > 2");
  EXPECT_GE(plain->fixed_cost(), 3);
  plain->EvaluateBool(GoldOrder(), scratch);
  EXPECT_EQ(scratch.metered_cost(), 0);
  const auto loop = CompileOrDie(*environment, "order.lines.all(l, l.quantity > 0)");
  loop->EvaluateBool(GoldOrder(), scratch);
  EXPECT_EQ(scratch.iterations(), 3);
  EXPECT_GE(scratch.metered_cost(), 6);
}

TEST(ProgramTest, ScratchIsReusedByManyPrograms) {
  const auto environment = Shop();
  Scratch scratch;
  const Input input = GoldOrder();
  const auto list = CompileOrDie(*environment, "order.lines.map(l, l.product + '!')");
  const auto number = CompileOrDie(*environment, "count");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ToText(list->Evaluate(input, scratch).value()), "[\"P1!\", \"P2!\", \"P3!\"]");
    EXPECT_EQ(ToText(number->Evaluate(input, scratch).value()), "3");
  }
  const OwnedValue kept(list->Evaluate(input, scratch).value());
  number->Evaluate(input, scratch);
  EXPECT_EQ(ToText(kept.value()), "[\"P1!\", \"P2!\", \"P3!\"]");
}

}  // namespace
}  // namespace frontdesk::cel::testing
