// The C++ side of the area `python`: the work that python_bench.py does through the package. Reads lines "NAME COUNT" and answers
// each with the CPU time of COUNT calls in nanoseconds and with the last result.
//
//   frontdesk_python_bench POLICY_FILE SALE_FILE
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/cel/cel.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/accessors.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "printed_rows.h"
#include "python_rules.h"

namespace frontdesk {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
constexpr char kOnMessage[] =
    "order.state == Order.State.STATE_PLACED && order.totals.total.units > 10000";
constexpr char kOnDict[] =
    "order.state == 'placed' && order.total > 10000 && customer.tier != 'blocked'";

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) Die(value.status().ToString());
  return *std::move(value);
}

std::string Canonical(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return absl::BytesToHexString(bytes);
}

v1::Command CreateCustomer(int i) {
  v1::CreateCustomer verb;
  verb.set_customer_id(absl::StrCat("customer-", i));
  verb.set_given_name("Ann");
  verb.set_tier(i % 3 == 0 ? "gold" : "");
  return MakeCommand(MakeActor("anna"), kNow, verb);
}

v1::Command CancelOrder() {
  v1::CancelOrder verb;
  verb.set_order_id("1001");
  verb.set_reason("no longer needed");
  return MakeCommand(MakeActor("anna"), kNow, verb);
}

v1::OrderDecisionInput OrderInput(int i) {
  v1::OrderDecisionInput input;
  input.mutable_order()->set_order_id("1001");
  input.mutable_order()->set_state(i % 2 == 0 ? v1::Order::STATE_PLACED : v1::Order::STATE_SHIPPED);
  input.mutable_order()->mutable_totals()->mutable_total()->set_units(9000 + i * 100);
  input.mutable_order()->mutable_totals()->mutable_total()->set_currency_code("EUR");
  return input;
}

class Works {
 public:
  Works(const std::string& policy_text, const std::string& sale_text) {
    DeskOptions options;
    options.policy = Policy::FromText(policy_text, "policy").policy;
    if (options.policy == nullptr) Die("the policy cannot be used");
    policy_ = options.policy;
    desk_ = Must(Desk::Open(options));
    Must(desk_->Execute(CreateCustomer(-1)));
    on_message_ = Compile(kOnMessage, true);
    on_dict_ = Compile(kOnDict, false);
    for (int i = 0; i < 64; ++i) {
      inputs_.push_back(OrderInput(i));
      v1::DecisionInput input;
      *input.mutable_order() = inputs_.back();
      *input.mutable_order()->mutable_command() = CancelOrder().order();
      *input.mutable_order()->mutable_now() = CancelOrder().now();
      decision_inputs_.push_back(std::move(input));
    }
    rules_ = std::make_unique<RuleWorks>(sale_text, inputs_);
  }

  // The time of `count` calls, and the result of the last one.
  std::pair<std::int64_t, std::string> Run(const std::string& name, int count) {
    if (name == "build_command") return Time(count, [](int) { return CancelOrder(); });
    if (name == "execute") {
      std::vector<v1::Command> commands;
      for (int i = 0; i < count; ++i) commands.push_back(CreateCustomer(next_customer_++));
      return Time(count, [&](int i) { return Must(desk_->Execute(commands[i])); });
    }
    if (name == "get") {
      const v1::EntityRef ref = Ref(v1::ENTITY_KIND_CUSTOMER, "customer--1");
      return Time(count, [&](int) { return Must(desk_->Get(ref)); });
    }
    if (name == "evaluate_message") {
      return Time(count,
                  [&](int i) { return Result(on_message_->Evaluate(inputs_[i % 64], scratch_)); });
    }
    if (name == "evaluate_dict") return Time(count, [&](int i) { return EvaluateDict(i % 64); });
    if (name == "decide") {
      return Time(count, [&](int i) { return Must(policy_->Decide(decision_inputs_[i % 64])); });
    }
    if (name == "rules_decide") return Time(count, [&](int i) { return rules_->Decide(i % 64); });
    if (name == "rules_decide_any") {
      return Time(count, [&](int i) { return rules_->DecideAny(i % 64); });
    }
    Die(absl::StrCat("there is no work ", name));
  }

 private:
  static std::string Text(const google::protobuf::Message& message) { return Canonical(message); }
  static std::string Text(const std::shared_ptr<const v1::EntityState>& state) {
    return Canonical(*state);
  }
  static std::string Text(bool value) { return value ? "True" : "False"; }

  template <typename Call>
  static std::pair<std::int64_t, std::string> Time(int count, Call call) {
    decltype(call(0)) last{};
    const std::int64_t begin = ThreadNanoseconds();
    for (int i = 0; i < count; ++i) last = call(i);
    const std::int64_t spent = ThreadNanoseconds() - begin;
    return {spent, Text(last)};
  }

  static bool Result(const cel::EvalResult& result) {
    if (!result.ok()) Die("an expression has no value");
    return result.value().bool_value();
  }

  // A map made of the entries that the expression reads, as the package makes it of a dict.
  bool EvaluateDict(int i) {
    activation_->Clear();
    cel::ValueArena& arena = activation_->arena();
    const std::vector<std::pair<cel::Value, cel::Value>> order = {
        {cel::Value::String("state"), arena.NewString(i % 2 == 0 ? "placed" : "shipped")},
        {cel::Value::String("total"), cel::Value::Int(9000 + i * 100)}};
    const std::vector<std::pair<cel::Value, cel::Value>> customer = {
        {cel::Value::String("tier"), arena.NewString("gold")}};
    if (!activation_->Set("order", arena.NewMap(order)).ok()) Die("order cannot be set");
    if (!activation_->Set("customer", arena.NewMap(customer)).ok()) Die("customer cannot be set");
    return Result(on_dict_->Evaluate(*activation_, scratch_));
  }

  std::shared_ptr<const cel::Program> Compile(const char* text, bool on_message) {
    cel::EnvironmentBuilder builder;
    builder.AddAccessors(v1::Accessors());
    builder.SetContainer("frontdesk.v1");
    if (on_message) {
      builder.SetRootMessage(v1::OrderDecisionInput::descriptor());
    } else {
      builder.AddVariable("order", cel::Type::Dyn());
      builder.AddVariable("customer", cel::Type::Dyn());
    }
    const std::shared_ptr<const cel::Environment> environment = Must(builder.Build());
    if (!on_message) activation_ = std::make_unique<cel::Activation>(environment);
    environments_.push_back(environment);
    const cel::CompileResult result = environment->Compile(text, {});
    if (!result.ok()) Die("an expression does not compile");
    return result.program;
  }

  std::shared_ptr<const Policy> policy_;
  std::unique_ptr<Desk> desk_;
  std::vector<std::shared_ptr<const cel::Environment>> environments_;
  std::unique_ptr<cel::Activation> activation_;
  std::shared_ptr<const cel::Program> on_message_, on_dict_;
  std::vector<v1::OrderDecisionInput> inputs_;
  std::vector<v1::DecisionInput> decision_inputs_;
  std::unique_ptr<RuleWorks> rules_;
  cel::Scratch scratch_;
  int next_customer_ = 0;
};

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

int Main(int argc, char** argv) {
  if (argc != 3) Die("expected the paths of the policy and of the file with the sale");
  Works works(ReadFile(argv[1]), ReadFile(argv[2]));
  std::string name;
  int count = 0;
  while (std::cin >> name >> count) {
    const auto [nanoseconds, result] = works.Run(name, count);
    std::cout << nanoseconds << " " << result << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
