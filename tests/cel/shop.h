// Shared by the tests of the language: an environment over the test shop, one order, and short ways to evaluate.
#ifndef FRONTDESK_TESTS_CEL_SHOP_H_
#define FRONTDESK_TESTS_CEL_SHOP_H_

#include <memory>
#include <string>

#include "frontdesk/cel/cel.h"
#include "gtest/gtest.h"
#include "tests/cel/protos/shop.pb.h"

namespace frontdesk::cel::testing {

// Accessors of Input, Order, Money, Customer and Line, written by hand.
const AccessorTable& ShopAccessors();

inline void Prepare(EnvironmentBuilder& builder) {
  builder.SetRootMessage(Input::descriptor())
      .SetContainer("frontdesk.cel.testing")
      .SetTimeZones(SystemTimeZones());
}

inline std::shared_ptr<const Environment> BuildOrDie(EnvironmentBuilder& builder) {
  absl::StatusOr<std::shared_ptr<const Environment>> built = builder.Build();
  EXPECT_TRUE(built.ok()) << built.status();
  return built.ok() ? *built : *EnvironmentBuilder().Build();
}

// The shop, with or without accessors.
inline std::shared_ptr<const Environment> Shop(bool accessors = false) {
  EnvironmentBuilder builder;
  Prepare(builder);
  if (accessors) builder.AddAccessors(ShopAccessors());
  return BuildOrDie(builder);
}

// An environment with nothing but the language.
inline std::shared_ptr<const Environment> Bare(const Limits& limits = {}) {
  EnvironmentBuilder builder;
  builder.SetLimits(limits);
  return BuildOrDie(builder);
}

inline Input GoldOrder() {
  Input input;
  Order& order = *input.mutable_order();
  order.set_id("W1");
  order.set_state(Order::STATE_DELIVERED);
  order.mutable_total()->set_currency("EUR");
  order.mutable_total()->set_units(12500);
  order.mutable_delivered_time()->set_seconds(1700000000);
  order.mutable_grace()->set_seconds(3600);
  for (int i = 1; i <= 3; ++i) {
    Line& line = *order.add_lines();
    line.set_product(std::string("P") + std::to_string(i));
    line.set_quantity(i);
    line.mutable_price()->set_units(i * 100);
    (*order.mutable_lines_by_number())[i] = line;
  }
  order.set_signature(std::string("\x00\xff", 2));
  order.set_card("4111");
  order.add_points(5);
  order.add_points(7);
  order.add_tiers(TIER_GOLD);
  Customer& customer = *input.mutable_customer();
  customer.set_id("C1");
  customer.set_tier(TIER_GOLD);
  customer.set_email("ada@example.com");
  customer.add_tags("vip");
  (*customer.mutable_attributes())["color"] = "blue";
  (*customer.mutable_attributes())["size"] = "M";
  input.mutable_now()->set_seconds(1700000000 + 3600);
  input.set_note("hello");
  input.set_count(3);
  input.set_small(4);
  input.set_ratio(0.5);
  input.set_flag(true);
  return input;
}

// The program of `text`; that of `null`, with the issues as a test failure, when it does not compile.
inline std::shared_ptr<const Program> CompileOrDie(const Environment& environment,
                                                   absl::string_view text) {
  CompileResult compiled = environment.Compile(text);
  EXPECT_TRUE(compiled.ok()) << text << "\n" << FormatIssues(compiled.issues);
  return compiled.ok() ? compiled.program : environment.Compile("null").program;
}

// The value of `text` over `input` as text, "error CODE line:column", or "issue CODE line:column".
inline std::string Outcome(const Environment& environment, absl::string_view text,
                           const Input& input) {
  const CompileResult compiled = environment.Compile(text);
  const auto place = [](const Issue& issue) {
    return " " + issue.code + " " + std::to_string(issue.line) + ":" + std::to_string(issue.column);
  };
  if (!compiled.ok()) {
    for (const Issue& issue : compiled.issues) {
      if (issue.severity == Severity::kError) return "issue" + place(issue);
    }
    return "issue without error";
  }
  Scratch scratch;
  const EvalResult result = compiled.program->Evaluate(input, scratch);
  return result.ok() ? ToText(result.value()) : "error" + place(result.issue());
}

// The same without variables.
inline std::string Outcome(const std::shared_ptr<const Environment>& environment,
                           absl::string_view text) {
  const CompileResult compiled = environment->Compile(text);
  const auto place = [](const Issue& issue) {
    return " " + issue.code + " " + std::to_string(issue.line) + ":" + std::to_string(issue.column);
  };
  if (!compiled.ok()) {
    for (const Issue& issue : compiled.issues) {
      if (issue.severity == Severity::kError) return "issue" + place(issue);
    }
    return "issue without error";
  }
  Scratch scratch;
  Activation activation(environment);
  const EvalResult result = compiled.program->Evaluate(activation, scratch);
  return result.ok() ? ToText(result.value()) : "error" + place(result.issue());
}

struct Case {
  const char* text;
  const char* outcome;
};

}  // namespace frontdesk::cel::testing

#endif  // FRONTDESK_TESTS_CEL_SHOP_H_
