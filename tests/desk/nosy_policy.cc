#include "desk/nosy_policy.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "desk/planter.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/row_lists.pb.h"
#include "frontdesk/v1/total.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace testing {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

// Conditions over a text $, and others that cannot be evaluated, which must be reported without
// the value.
const std::vector<const char*> kPredicates = {
    "$ != 'nobody'",
    "$ == 'nobody' || size($ + '!') > 0",
    "$.startsWith('W') || !$.startsWith('W')",
    "[$, $ + '!'].size() == 2",
};
const std::vector<const char*> kErring = {
    "int($) > 0",
    "timestamp($) > timestamp(0)",
    "duration($) > duration('1s')",
    "'x'.matches('(' + $)",
    "{'a': 1}[$] > 0",
    "$.substring(1000) == ''",
};

// Details of a text $: every way in which it may come out, in each place of an operator.
const std::vector<const char*> kTextShapes = {
    "$",
    "true ? $ : 'x'",
    "false ? 'x' : $",
    "$ == '' ? 'x' : $ + 'x'",
    "'x' + $",
    "[$, 'x']",
    "['x', $].join('-')",
    "{'x': $}",
    "{$: 'x'}",
    "[$].map(text, text)",
    "[$].filter(text, text != '')",
    "[['x', $]].map(texts, texts[1])",
    "{'x': $}.map(key, {'x': $}[key])",
    "{$: 'x'}.map(key, key)",
    "cel.bind(text, $, text + 'x')",
    "'%s, %s'.format(['x', $])",
    "optional.of($)",
    "optional.none().orValue($)",
    "optional.of($).optMap(text, text + 'x')",
    "dyn($)",
    "bytes($)",
    "$.lowerAscii().upperAscii()",
    "$.substring(0) + string(size($))",
    "$.split(' ')",
};
// The same of a message.
const std::vector<const char*> kMessageShapes = {
    "$", "[$]", "{'x': $}", "dyn($)", "true ? $ : $", "[$].map(one, one)", "optional.of($)",
};

// Makes policies that read every personal field. Each field gets one condition and one detail, the next ones of the lists.
class PolicyMaker {
 public:
  PolicyMaker(v1::PolicyOutcome outcome, const std::vector<const char*>& predicates,
              std::size_t first, std::size_t stride)
      : outcome_(outcome), predicates_(predicates), next_(first), stride_(stride), fields_(first) {}

  v1::PolicyPack Make() {
    pack_.set_name("nosy");
    std::map<const Descriptor*, std::vector<std::string>> points;
    for (const domain::CommandInfo& info : domain::Commands()) {
      const Descriptor* input = domain::DecisionInputDescriptor(info.entity_kind);
      if (input != nullptr) points[input].emplace_back(info.name);
    }
    for (const auto& [input, commands] : points) {
      rules_ = pack_.add_rule_sets();
      rules_->set_id(input->name());
      rules_->set_hit_policy(v1::HIT_POLICY_ALL);
      rules_->set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
      for (const std::string& command : commands) rules_->add_decision_points(command);
      AddFields(*input, "", "$", "$", 0, 0);
    }
    return pack_;
  }

 private:
  // `frame` is the condition so far, in which $ is the value reached here, and `detail` the same for values; `path` leads
  // to it.
  void AddFields(const Descriptor& type, const std::string& path, const std::string& frame,
                 const std::string& detail, int depth, int nesting) {
    if (depth > 5) return;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      // A rule reads lists of rows in the command only.
      if (field->options().HasExtension(v1::row_list) && path.rfind("command.", 0) != 0) continue;
      // Nor can it read what is kept apart from it: POLICY_FIELD_HIDDEN.
      if (field->options().GetExtension(v1::hidden_from_rules)) continue;
      // Totals by their functions only; no field of them is personal.
      if (field->message_type() == v1::Totals::descriptor()) continue;
      // Nor commands that policy does not decide.
      const domain::CommandInfo* command = domain::FindCommandByMessage(field->message_type());
      if (command != nullptr && domain::DecisionInputDescriptor(command->entity_kind) == nullptr) {
        continue;
      }
      std::string reached = path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
      std::string inner = frame, inner_detail = detail;
      int deeper = nesting;
      if (field->is_repeated()) {
        if (nesting == 2) continue;
        const std::string variable = absl::StrCat("x", ++deeper);
        const auto go_over = [&](const std::string& outer, const char* macro) {
          return absl::StrReplaceAll(
              outer, {{"$", absl::StrCat(reached, ".", macro, "(", variable, ", $)")}});
        };
        inner = go_over(frame, "exists");
        inner_detail = go_over(detail, "map");
        reached = variable;
      }
      if (field->type() == FieldDescriptor::TYPE_STRING && IsPersonal(*field)) {
        AddRule(inner, reached, inner_detail, kTextShapes);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                 field->message_type()->file()->package() == "frontdesk.v1") {
        if (depth < 2) AddRule("true", reached, inner_detail, kMessageShapes);
        AddFields(*field->message_type(), reached, inner, inner_detail, depth + 1, deeper);
      }
    }
  }

  void AddRule(const std::string& frame, const std::string& reached, const std::string& detail,
               const std::vector<const char*>& shapes) {
    const auto fill = [&reached](absl::string_view outer, absl::string_view shape) {
      return absl::StrReplaceAll(outer, {{"$", absl::StrReplaceAll(shape, {{"$", reached}})}});
    };
    if (fields_++ % stride_ != 0) return;
    v1::Rule* rule = rules_->add_rules();
    rule->set_id(absl::StrCat("r", rules_->rules_size()));
    rule->set_order(rules_->rules_size());
    rule->set_condition(fill(frame, predicates_[next_ % predicates_.size()]));
    rule->set_outcome(outcome_);
    rule->set_reason("NOSY");
    if (outcome_ == v1::POLICY_OUTCOME_HOLD) rule->set_authority("supervisor");
    rule->add_details()->set_name("value");
    rule->mutable_details(0)->set_expression(fill(detail, shapes[next_ % shapes.size()]));
    ++next_;
  }

  const v1::PolicyOutcome outcome_;
  const std::vector<const char*>& predicates_;
  std::size_t next_;
  const std::size_t stride_;
  std::size_t fields_;
  v1::PolicyPack pack_;
  v1::RuleSet* rules_ = nullptr;
};

}  // namespace

std::size_t NosyShapeCount() { return kTextShapes.size(); }

std::shared_ptr<const Policy> NosyPolicy(v1::PolicyOutcome outcome, Nosiness nosiness,
                                         std::size_t first, std::size_t stride) {
  const auto& predicates = nosiness == Nosiness::kErrs ? kErring : kPredicates;
  PolicyOptions options;
  options.rule_limits.max_rules = 100'000;
  PolicyResult result =
      Policy::Compile(PolicyMaker(outcome, predicates, first, stride).Make(), options);
  EXPECT_TRUE(result.status().ok()) << result.status();
  return result.policy;
}

}  // namespace testing
}  // namespace frontdesk
