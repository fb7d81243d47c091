// Conditions over fields have a quick way of their own. Here each is compared with the general way: the plan of an
// explanation, in which nothing is taken together.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cel/shop.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"

namespace frontdesk::cel::testing {
namespace {

// A value, or an error with its position.
std::string Told(const Program& program, const Value& value) {
  if (!value.is_error()) return ToText(value);
  const Issue issue = program.ErrorIssue(value);
  return absl::StrCat(issue.code, " ", issue.line, ":", issue.column);
}

std::string Told(BoolOutcome outcome, const Program& program, Scratch& scratch) {
  if (outcome == BoolOutcome::kError) return Told(program, program.LastError(scratch).value());
  return outcome == BoolOutcome::kTrue ? "true" : "false";
}

// Our messages in a pool of their own.
class DynamicShop {
 public:
  DynamicShop() {
    Add(Input::descriptor()->file());
    descriptor_ = pool_.FindMessageTypeByName(Input::descriptor()->full_name());
    EnvironmentBuilder builder;
    builder.SetDescriptorPool(&pool_, &factory_)
        .SetRootMessage(descriptor_)
        .SetContainer("frontdesk.cel.testing");
    environment = BuildOrDie(builder);
  }
  std::unique_ptr<google::protobuf::Message> Copy(const Input& input) {
    std::unique_ptr<google::protobuf::Message> copy(factory_.GetPrototype(descriptor_)->New());
    EXPECT_TRUE(copy->ParseFromString(input.SerializeAsString()));
    return copy;
  }
  std::shared_ptr<const Environment> environment;

 private:
  void Add(const google::protobuf::FileDescriptor* file) {
    if (pool_.FindFileByName(file->name()) != nullptr) return;
    for (int i = 0; i < file->dependency_count(); ++i) Add(file->dependency(i));
    google::protobuf::FileDescriptorProto proto;
    file->CopyTo(&proto);
    ASSERT_NE(pool_.BuildFile(proto), nullptr);
  }
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const google::protobuf::Descriptor* descriptor_ = nullptr;
};

// Orders that differ in the fields that conditions read.
std::vector<Input> Inputs() {
  std::vector<Input> inputs = {Input(), GoldOrder(), GoldOrder(), GoldOrder(), GoldOrder()};
  inputs[2].mutable_now()->set_nanos(-1);  // No time.
  inputs[2].mutable_customer()->set_age(40);
  inputs[3].mutable_order()->mutable_grace()->set_seconds(int64_t{1} << 60);  // No duration.
  inputs[3].mutable_order()->mutable_lines(1)->mutable_price()->set_units(-5);
  inputs[3].set_ratio(std::numeric_limits<double>::quiet_NaN());
  inputs[3].set_flag(false);
  inputs[3].set_note("P2");
  inputs[4].mutable_order()->clear_lines();
  inputs[4].mutable_order()->mutable_delivered_time()->set_seconds(-62135596800);
  inputs[4].mutable_customer()->set_tier(static_cast<Tier>(77));
  inputs[4].mutable_customer()->set_blocked(true);
  return inputs;
}

const char* const kTerms[] = {
    "flag",
    "!flag",
    "flag == true",
    "customer.blocked",
    "order.total.units > 10000",
    "order.total.units != count",
    "10000 >= order.total.units",
    "count in [1, 2, 3]",
    "!(count in [1, 2, 3])",
    "note in ['hello', 'P2']",
    "note == order.lines[0].product",
    "note == customer.id",
    "note < customer.email",
    "customer.tier == TIER_GOLD",
    "small > 3u",
    "ratio < 0.75",
    "!(ratio < 0.75)",
    "ratio != ratio",
    "ratio == 0.5",
    "now > order.delivered_time",
    "now == timestamp('2023-11-14T23:13:20Z')",
    "now - order.delivered_time < duration('720h')",
    "order.grace > duration('59m')",
    "order.grace == duration('1h')",
    "has(order.total)",
    "has(order.lines)",
    "has(customer.age)",
    "!has(order.cash)",
    "order.lines.all(l, l.quantity > 0)",
    "order.lines.all(l, l.quantity > 0 && l.price.units < order.total.units)",
    "order.lines.exists(l, l.product == note || l.price.units == 200)",
    "order.lines.exists(l, l.quantity == count && l.price.units > 100)",
    "!order.lines.exists(l, has(l.replaced))",
    "order.lines.all(l, order.lines.exists(m, m.quantity == l.quantity))",
    "order.lines.all(l, order.points.exists(p, p > l.quantity))",
    "order.points.all(p, p in [5, 7])",
    "order.tiers.exists(t, t == TIER_GOLD)",
    "customer.tags.exists(t, t == 'vip')",
    "order.events.all(e, e < now)",
    "friends.exists(f, f.tags.exists(t, t == note))",
    "order.lines.all(l, l.quantity > 10 / (count - 3))",
    "1 / (count - 3) > 0",
    "note.startsWith('he')",
    "order.lines.filter(l, l.quantity > 1 && l.price.units > 100).size() == 2",
    "order.lines.exists_one(l, l.quantity == 2 && flag)",
    "cel.bind(l, order.lines[0], l.quantity == 1 && l.price.units == 100)",
    "[1, 2, 3].all(x, x < 4 && count > 0)",
    "dyn([1, 'a']).exists(x, x == 1)",
    "[order.total, order.cash].all(m, m.units > 0 || m.currency == '')",
};

// Every term, and random chains of them with &&, || and !.
std::vector<std::string> Conditions() {
  std::vector<std::string> texts(std::begin(kTerms), std::end(kTerms));
  uint64_t state = 7;
  const auto next = [&](uint32_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 33) % bound;
  };
  for (int i = 0; i < 300; ++i) {
    std::string text = kTerms[next(std::size(kTerms))];
    for (uint32_t terms = next(6); terms > 0; --terms) {
      if (next(4) == 0) text = absl::StrCat("!(", text, ")");
      text = absl::StrCat("(", text, next(2) == 0 ? ") && " : ") || ",
                          kTerms[next(std::size(kTerms))]);
    }
    texts.push_back(text);
  }
  return texts;
}

TEST(ConditionTest, TheQuickWayIsTheGeneralWay) {
  const auto with = Shop(/*accessors=*/true);
  const auto without = Shop();
  DynamicShop dynamic;
  const std::vector<Input> inputs = Inputs();
  for (const std::string& text : Conditions()) {
    for (const auto& environment : {with, without, dynamic.environment}) {
      const auto program = CompileOrDie(*environment, text);
      ASSERT_NE(program, nullptr);
      for (size_t i = 0; i < inputs.size(); ++i) {
        SCOPED_TRACE(absl::StrCat(text, " input ", i));
        std::unique_ptr<google::protobuf::Message> copy;
        if (environment == dynamic.environment) copy = dynamic.Copy(inputs[i]);
        const google::protobuf::Message& input =
            copy == nullptr ? static_cast<const google::protobuf::Message&>(inputs[i]) : *copy;
        Scratch scratch;
        const std::string expected = Told(*program, program->Explain(input, scratch).value);
        EXPECT_EQ(Told(program->EvaluateBool(input, scratch), *program, scratch), expected);
        EXPECT_EQ(Told(*program, program->Evaluate(input, scratch).value()), expected);
        Activation activation(environment);
        ASSERT_TRUE(activation.SetRoot(input).ok());
        EXPECT_EQ(Told(program->EvaluateBool(activation, scratch), *program, scratch), expected);
      }
    }
  }
}

// A long chain reads more messages than it keeps at hand.
TEST(ConditionTest, LongChains) {
  const auto environment = Shop(/*accessors=*/true);
  std::string text = "flag";
  for (int i = 0; i < 60; ++i) {
    absl::StrAppend(&text, " && order.lines.all(l, l.quantity != ", i + 4,
                    " || l.price.units < 0)");
  }
  EXPECT_EQ(Outcome(*environment, text, GoldOrder()), "true");
  EXPECT_EQ(Outcome(*environment, text + " && count == 4", GoldOrder()), "false");
}

TEST(ConditionTest, LoopsKeepTheLimits) {
  EnvironmentBuilder builder;
  Prepare(builder);
  Limits limits;
  limits.max_comprehension_iterations = 5;
  builder.AddAccessors(ShopAccessors()).SetLimits(limits);
  const auto environment = BuildOrDie(builder);
  EXPECT_EQ(Outcome(*environment, "order.lines.all(l, l.quantity > 0)", GoldOrder()), "true");
  EXPECT_EQ(
      Outcome(*environment, "order.lines.all(l, order.lines.all(m, m.quantity > 0))", GoldOrder()),
      "error LIMIT_COMPREHENSION_ITERATIONS 1:32");
  // Only what is visited counts.
  EXPECT_EQ(Outcome(*environment, "order.lines.all(l, order.lines.exists(m, m.quantity == 1))",
                    GoldOrder()),
            "error LIMIT_COMPREHENSION_ITERATIONS 1:32");
  EXPECT_EQ(Outcome(*environment, "order.lines.exists(l, order.lines.exists(m, m.quantity == 3))",
                    GoldOrder()),
            "true");
}

TEST(ConditionTest, UsageIsMetered) {
  const auto environment = Shop(/*accessors=*/true);
  const auto program = CompileOrDie(*environment, "order.lines.all(l, l.quantity < 3)");
  Scratch scratch;
  EXPECT_EQ(program->EvaluateBool(GoldOrder(), scratch), BoolOutcome::kFalse);
  EXPECT_EQ(scratch.iterations(), 3);
  EXPECT_GE(scratch.metered_cost(), 6);
  EXPECT_EQ(CompileOrDie(*environment, "flag && count == 3")->EvaluateBool(GoldOrder(), scratch),
            BoolOutcome::kTrue);
  EXPECT_EQ(scratch.iterations(), 0);
  EXPECT_EQ(scratch.metered_cost(), 0);
}

// A factory of dynamic messages over the generated pool: all its messages are of one C++ class.
TEST(ConditionTest, DynamicMessagesAreToldApart) {
  google::protobuf::DynamicMessageFactory factory;
  EnvironmentBuilder builder;
  builder.SetDescriptorPool(google::protobuf::DescriptorPool::generated_pool(), &factory)
      .SetRootMessage(Input::descriptor())
      .SetContainer("frontdesk.cel.testing")
      .AddAccessors(ShopAccessors());
  const auto environment = BuildOrDie(builder);
  const auto program = CompileOrDie(*environment, "order.total.units > 0 && flag");
  Scratch scratch;
  std::unique_ptr<google::protobuf::Message> other(
      factory.GetPrototype(Money::descriptor())->New());
  EXPECT_EQ(program->EvaluateBool(*other, scratch), BoolOutcome::kError);
  EXPECT_EQ(program->LastError(scratch).reason(), "ROOT_MISMATCH");
  EXPECT_EQ(program->EvaluateBool(GoldOrder(), scratch), BoolOutcome::kTrue);
  std::unique_ptr<google::protobuf::Message> input(
      factory.GetPrototype(Input::descriptor())->New());
  ASSERT_TRUE(input->ParseFromString(GoldOrder().SerializeAsString()));
  EXPECT_EQ(program->EvaluateBool(*input, scratch), BoolOutcome::kTrue);
}

}  // namespace
}  // namespace frontdesk::cel::testing
