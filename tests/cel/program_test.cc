// Programs: no allocation in steady state, cost, lifetime.
#include <cstdlib>
#include <new>

#include "cel/shop.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"

namespace {

// Counts allocations of this thread while `counting` is set.
thread_local bool counting = false;
thread_local int64_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  if (counting) ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (counting) ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace frontdesk::cel::testing {
namespace {

// Conditions that must not allocate, each true of GoldOrder().
const char* const kSteady[] = {
    "order.total.units > 10000 && customer.tier == TIER_GOLD && order.state in "
    "[Order.State.STATE_SHIPPED, Order.State.STATE_DELIVERED] && "
    "now - order.delivered_time < duration('720h')",
    "order.total.units + count * 2 > 7",
    "order.lines.exists(l, l.quantity * 2 == 6)",
    "order.lines.all(l, l.quantity > 0 && l.price.units < 1000)",
    "order.lines.map(l, l.price.units).size() == 3",
    "order.lines.filter(l, l.quantity > 1).size() == 2",
    "customer.attributes.exists(k, v, v == 'blue')",
    "order.lines_by_number[2].product == 'P2'",
    "note.startsWith('he') && note + '!' == 'hello!'",
    "note.matches('h.*o')",
    "[count, 5, 3].exists_one(x, x == 5)",
    "{'a': count}['a'] == 3",
    "'vip' in customer.tags",
    "note in ['hello', 'you']",
    "1 / (count - 3) > 0 || flag",
    "size(note) == 5",
    "now.getHours() >= 0",
    "has(customer.age) ? customer.age > 5 : flag",
    "cel.bind(total, order.total, total.units > 5 && total.currency == 'EUR')",
    "ratio < 0.75 && small == 4u && order.grace == duration('1h')",
};

// One evaluation after a few others that warmed up the scratch.
void ExpectNoAllocation(const Program& program, const google::protobuf::Message& input) {
  Scratch scratch;
  for (int i = 0; i < 3; ++i) program.EvaluateBool(input, scratch);
  allocations = 0;
  counting = true;
  const BoolOutcome outcome = program.EvaluateBool(input, scratch);
  counting = false;
  EXPECT_EQ(allocations, 0) << program.text();
  EXPECT_EQ(outcome, BoolOutcome::kTrue) << program.text();
  counting = true;
  (void)program.Evaluate(input, scratch);
  counting = false;
  EXPECT_EQ(allocations, 0) << program.text();
}

TEST(ProgramTest, NoAllocationInSteadyState) {
  const Input input = GoldOrder();
  for (const bool accessors : {true, false}) {
    const auto environment = Shop(accessors);
    for (const char* text : kSteady) ExpectNoAllocation(*CompileOrDie(*environment, text), input);
  }
  const auto zoned = CompileOrDie(*Shop(), "now.getHours('+01:00') >= 0");
  ExpectNoAllocation(*zoned, input);
}

TEST(ProgramTest, NoAllocationForDynamicMessages) {
  google::protobuf::DynamicMessageFactory factory;
  EnvironmentBuilder builder;
  builder.SetDescriptorPool(google::protobuf::DescriptorPool::generated_pool(), &factory)
      .SetRootMessage(Input::descriptor())
      .SetContainer("frontdesk.cel.testing");
  const auto environment = BuildOrDie(builder);
  std::unique_ptr<google::protobuf::Message> input(
      factory.GetPrototype(Input::descriptor())->New());
  ASSERT_TRUE(input->ParseFromString(GoldOrder().SerializeAsString()));
  for (const char* text : kSteady) ExpectNoAllocation(*CompileOrDie(*environment, text), *input);
}

TEST(ProgramTest, NoAllocationForVariables) {
  EnvironmentBuilder builder;
  builder.AddVariable("order", Type::Message(Order::descriptor()))
      .AddVariable("count", Type::Int())
      .AddVariable("names", Type::List(Type::String()));
  const auto environment = BuildOrDie(builder);
  const Input input = GoldOrder();
  Activation activation(environment);
  const Value names[] = {Value::String("a"), Value::String("b")};
  ASSERT_TRUE(activation.Set("order", Value::Message(&input.order())).ok());
  ASSERT_TRUE(activation.Set("count", Value::Int(3)).ok());
  ASSERT_TRUE(activation.Set("names", activation.arena().NewList(names)).ok());
  for (const char* text :
       {"order.total.units > 10000 && count == 3", "'b' in names",
        "names.exists(n, n == 'b' && count < 4)", "order.lines.all(l, l.quantity > 0)"}) {
    const auto program = CompileOrDie(*environment, text);
    Scratch scratch;
    for (int i = 0; i < 3; ++i) program->EvaluateBool(activation, scratch);
    allocations = 0;
    counting = true;
    const BoolOutcome outcome = program->EvaluateBool(activation, scratch);
    counting = false;
    EXPECT_EQ(allocations, 0) << text;
    EXPECT_EQ(outcome, BoolOutcome::kTrue) << text;
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
