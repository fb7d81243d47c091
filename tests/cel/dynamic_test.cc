// Messages of a descriptor pool made at run time: no generated code of them is used.
#include "cel/shop.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"

namespace frontdesk::cel::testing {
namespace {

class DynamicTest : public ::testing::Test {
 protected:
  DynamicTest() : factory_(&pool_) { Copy(Input::descriptor()->file()); }

  void Copy(const google::protobuf::FileDescriptor* file) {
    if (pool_.FindFileByName(file->name()) != nullptr) return;
    for (int i = 0; i < file->dependency_count(); ++i) Copy(file->dependency(i));
    google::protobuf::FileDescriptorProto proto;
    file->CopyTo(&proto);
    ASSERT_NE(pool_.BuildFile(proto), nullptr);
  }

  std::shared_ptr<const Environment> Build(bool own_factory) {
    EnvironmentBuilder builder;
    builder.SetDescriptorPool(&pool_, own_factory ? nullptr : &factory_)
        .SetRootMessage(pool_.FindMessageTypeByName("frontdesk.cel.testing.Input"))
        .SetContainer("frontdesk.cel.testing");
    return BuildOrDie(builder);
  }

  std::unique_ptr<google::protobuf::Message> ToDynamic(const Input& input) {
    std::unique_ptr<google::protobuf::Message> message(
        factory_.GetPrototype(pool_.FindMessageTypeByName("frontdesk.cel.testing.Input"))->New());
    EXPECT_TRUE(message->ParseFromString(input.SerializeAsString()));
    return message;
  }

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
};

TEST_F(DynamicTest, SameAsGenerated) {
  Input input = GoldOrder();
  input.mutable_extra()->PackFrom(input.customer());
  (*input.mutable_facts()->mutable_fields())["a"]
      .mutable_list_value()
      ->add_values()
      ->set_bool_value(true);
  input.mutable_limit()->set_value(3);
  const auto generated = Shop();
  const auto message = ToDynamic(input);
  const char* texts[] = {
      "order.total.units > 10000 && customer.tier == TIER_GOLD",
      "order.state in [Order.State.STATE_SHIPPED, Order.State.STATE_DELIVERED]",
      "now - order.delivered_time < duration('720h')",
      "order.lines.map(l, l.price.units * l.quantity)",
      "customer.attributes",
      "facts",
      "limit + 1",
      "customer.nickname",
      "extra.email",
      "extra == customer",
      "Money{units: 4, currency: 'EUR'}",
      "Input{facts: {'x': 1}}.facts.x",
      "has(order.cash) || has(order.card)",
      "order.lines_by_number[2].product",
      "order.total",
  };
  for (const bool own_factory : {true, false}) {
    const auto environment = Build(own_factory);
    for (const char* text : texts) {
      const auto expected = CompileOrDie(*generated, text);
      const auto program = CompileOrDie(*environment, text);
      Scratch scratch, other;
      EXPECT_EQ(ToText(program->Evaluate(*message, scratch).value()),
                ToText(expected->Evaluate(input, other).value()))
          << text;
      // A generated message of the same type is read too.
      EXPECT_EQ(ToText(program->Evaluate(input, scratch).value()),
                ToText(expected->Evaluate(input, other).value()))
          << text;
    }
  }
}

TEST_F(DynamicTest, AnyOfUnknownType) {
  const auto environment = Build(true);
  Input input;
  input.mutable_extra()->set_type_url("type.googleapis.com/no.such.Type");
  const auto message = ToDynamic(input);
  const auto program = CompileOrDie(*environment, "extra.id == 'x'");
  Scratch scratch;
  const EvalResult result = program->Evaluate(*message, scratch);
  EXPECT_EQ(result.reason(), "INVALID_ANY");
}

// A key that comes twice on the wire counts once, with its last value, whatever class the message is of.
TEST_F(DynamicTest, KeysThatComeTwice) {
  std::string bytes;
  for (const int64_t value : {1, 2}) {
    Input input;
    (*input.mutable_scores())["a"] = value;
    (*input.mutable_scores())["b"] = 7;
    bytes += input.SerializeAsString();
  }
  Input generated;
  ASSERT_TRUE(generated.ParseFromString(bytes));
  std::unique_ptr<google::protobuf::Message> dynamic(
      factory_.GetPrototype(pool_.FindMessageTypeByName("frontdesk.cel.testing.Input"))->New());
  ASSERT_TRUE(dynamic->ParseFromString(bytes));
  for (const char* text : {"scores", "scores.size()", "scores.a", "scores['b']", "'c' in scores",
                           "scores.map(k, k)", "scores.transformMap(k, v, v + 1)"}) {
    Scratch scratch, other;
    const auto fast = CompileOrDie(*Shop(), text);
    const auto slow = CompileOrDie(*Build(false), text);
    EXPECT_EQ(ToText(slow->Evaluate(*dynamic, scratch).value()),
              ToText(fast->Evaluate(generated, other).value()))
        << text;
  }
}

}  // namespace
}  // namespace frontdesk::cel::testing
