#include "python_rules.h"

#include "absl/strings/str_cat.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/v1/accessors.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

constexpr char kRules[] = R"(
  id: "orders" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "large" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "ORDER_LARGE"
          condition: "order.state == Order.State.STATE_PLACED && order.totals.total.units > 10000" }
)";
constexpr char kAnyRules[] = R"(
  id: "sales" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "large" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "SALE_LARGE"
          condition: "sale.total_cents > 10000 && buyer.tier == 'gold' && sale.status in ['PLACED', 'PICKING']" }
)";

std::shared_ptr<const rules::RuleSet> Compile(const char* text,
                                              const google::protobuf::Descriptor* input) {
  rules::CompileOptions options;
  options.accessors = &v1::Accessors();
  const rules::CompileResult result = rules::CompileText(text, input, options);
  if (!result.ok()) Die("a rule set does not compile");
  return result.rule_set;
}

v1::Decision Must(absl::StatusOr<v1::Decision> decision) {
  if (!decision.ok()) Die(decision.status().ToString());
  return *std::move(decision);
}

}  // namespace

RuleWorks::RuleWorks(const std::string& file, const std::vector<v1::OrderDecisionInput>& inputs)
    : inputs_(inputs) {
  google::protobuf::FileDescriptorProto proto;
  if (!google::protobuf::TextFormat::ParseFromString(file, &proto) ||
      pool_.BuildFile(proto) == nullptr) {
    Die("the message known at run time cannot be used");
  }
  const google::protobuf::Descriptor* const type = pool_.FindMessageTypeByName("shop.Question");
  for (int i = 0; i < static_cast<int>(inputs.size()); ++i) {
    sales_.emplace_back(factory_.GetPrototype(type)->New());
    const std::string text = absl::StrCat(
        "sale { id: '1001' total_cents: ", 9000 + i * 100, " currency: 'EUR' status: '",
        i % 2 == 0 ? "PLACED" : "SENT",
        "' channel: 'WEB' lines { sku: 'a' quantity: 2 } lines { sku: 'b' quantity: 1 } }",
        "buyer { id: 'c1' name: 'Ann' tier: '", i % 3 == 0 ? "gold" : "none",
        "' country: 'DE' tags: 'a' tags: 'b' }");
    if (!google::protobuf::TextFormat::ParseFromString(text, sales_.back().get())) {
      Die("a sale cannot be read");
    }
  }
  rules_ = Compile(kRules, v1::OrderDecisionInput::descriptor());
  any_rules_ = Compile(kAnyRules, type);
  options_.trace = rules::TraceLevel::kFired;
}

v1::Decision RuleWorks::Decide(int i) {
  return Must(rules_->Decide(inputs_[static_cast<size_t>(i)], options_, scratch_));
}

v1::Decision RuleWorks::DecideAny(int i) {
  return Must(any_rules_->Decide(*sales_[static_cast<size_t>(i)], options_, scratch_));
}

}  // namespace frontdesk
