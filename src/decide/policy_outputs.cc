#include "decide/policy_outputs.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "decide/decision_inputs.h"
#include "decide/pipeline.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/v1/money.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using v1::OutputValue;

// Whether the value says anything of a field that has no presence.
bool IsValue(const OutputValue& value) {
  switch (value.value_case()) {
    case OutputValue::kStringValue:
      return !value.string_value().empty();
    case OutputValue::kIntValue:
      return value.int_value() != 0;
    case OutputValue::kBoolValue:
      return value.bool_value();
    case OutputValue::VALUE_NOT_SET:
      return false;
    default:
      return true;
  }
}

// The message of the command in the envelope, to be changed.
Message* MutableVerb(const domain::CommandInfo& info, v1::Command* command) {
  const FieldDescriptor* arm = v1::Command::descriptor()->FindFieldByName(std::string(info.arm));
  Message* entity_command = command->GetReflection()->MutableMessage(command, arm);
  return entity_command->GetReflection()->MutableMessage(
      entity_command, entity_command->GetDescriptor()->FindFieldByNumber(info.number));
}

// Puts the value into its field. Returns why that is not possible; empty: it is done.
std::string Fill(const UsedOutput& output, Message* verb) {
  const OutputValue& value = *output.value;
  if (value.value_case() != output.info->value_case) {
    return absl::StrCat("it is ", domain::OutputTypeText(value.value_case()), ", and the field is ",
                        domain::OutputTypeText(output.info->value_case));
  }
  const google::protobuf::Reflection& access = *verb->GetReflection();
  const FieldDescriptor* field = output.info->field;
  switch (value.value_case()) {
    case OutputValue::kStringValue:
      access.SetString(verb, field, value.string_value());
      break;
    case OutputValue::kIntValue:
      if (value.int_value() < std::numeric_limits<std::int32_t>::min() ||
          value.int_value() > std::numeric_limits<std::int32_t>::max()) {
        return "the number does not fit in 32 bits";
      }
      access.SetInt32(verb, field, static_cast<std::int32_t>(value.int_value()));
      break;
    case OutputValue::kBoolValue:
      access.SetBool(verb, field, value.bool_value());
      break;
    default:  // Money: a command knows no output of another type.
      access.MutableMessage(verb, field)->CopyFrom(value.money_value());
      break;
  }
  return "";
}

// "the output "amount" of the rule "fee"".
std::string NameOf(const OutputValue& value, const v1::Decision& decision) {
  return absl::StrCat(
      "the output \"", EscapeValue(value.name()), "\" of ",
      value.rule_id().empty()
          ? absl::StrCat("the default of the rule set \"", EscapeValue(decision.rule_set_id()))
          : absl::StrCat("the rule \"", EscapeValue(value.rule_id())),
      "\"");
}

// Refusals of a command with outputs.
class OutputRefusals {
 public:
  OutputRefusals(const Asked& asked, const v1::Decision& decision,
                 const std::vector<UsedOutput>& outputs)
      : asked_(asked), decision_(decision), outputs_(outputs) {}

  // The output does not go into its field.
  v1::Refusal Make(const UsedOutput& output, absl::string_view text) const {
    return Make(*output.value, FieldOf(output), text, NameOf(*output.value, decision_));
  }

  // The output to whose field the refusal belongs; null: none.
  const UsedOutput* FindOutput(const v1::Refusal& refusal) const {
    for (const UsedOutput& output : outputs_) {
      const std::string field = FieldOf(output);
      if (refusal.field() == field || absl::StartsWith(refusal.field(), absl::StrCat(field, "."))) {
        return &output;
      }
    }
    return nullptr;
  }

  // The refusal of the command with the outputs as one of them, or of all of them together.
  v1::Refusal Explain(const v1::Refusal& refusal) const {
    const std::string text = refusal.origin() == v1::Refusal::ORIGIN_ARGUMENT
                                 ? absl::StrCat(refusal.field(), " ", refusal.text())
                                 : refusal.text();
    const UsedOutput* output = FindOutput(refusal);
    std::string names =
        output != nullptr
            ? NameOf(*output->value, decision_)
            : absl::StrJoin(outputs_, ", ", [this](std::string* all, const UsedOutput& each) {
                absl::StrAppend(all, NameOf(*each.value, decision_));
              });
    v1::Refusal explained =
        Make(output == nullptr ? *outputs_[0].value : *output->value, refusal.field(), text, names);
    for (const v1::DetailValue& detail : refusal.details()) *explained.add_details() = detail;
    v1::DetailValue& cause = *explained.add_details();
    cause.set_name("cause");
    cause.set_value(refusal.reason());
    return explained;
  }

 private:
  std::string FieldOf(const UsedOutput& output) const {
    return absl::StrCat(asked_.info().field, ".", output.info->field->name());
  }

  static v1::Refusal Make(const OutputValue& value, absl::string_view field, absl::string_view text,
                          absl::string_view names) {
    v1::Refusal refusal =
        MakeRefusal(v1::Refusal::ORIGIN_POLICY, kReasonPolicyOutputNotPossible, field,
                    absl::StrCat("with ", names, " the command is not possible: ", text));
    refusal.set_rule_id(value.rule_id());
    v1::DetailValue& name = *refusal.add_details();
    name.set_name("output");
    name.set_value(value.name());
    return refusal;
  }

  const Asked& asked_;
  const v1::Decision& decision_;
  const std::vector<UsedOutput>& outputs_;
};

// The refusals of the command without outputs; nothing where it is not complete without them.
absl::StatusOr<absl::optional<domain::Decided>> DecideWithout(const Asked& asked,
                                                              const Policy& policy,
                                                              const v1::DecisionInput& input) {
  if (!CheckArguments(asked, policy, {}).empty()) return absl::optional<domain::Decided>();
  FRONTDESK_ASSIGN_OR_RETURN(domain::Decided decided,
                             FindEntity(asked.info().entity_kind)->decide(input));
  return absl::make_optional(std::move(decided));
}

bool Contains(const std::vector<v1::Refusal>& refusals, const v1::Refusal& wanted) {
  return absl::c_any_of(refusals, [&wanted](const v1::Refusal& each) {
    return each.reason() == wanted.reason() && each.field() == wanted.field();
  });
}

}  // namespace

domain::PolicyFields OpenFields(const Asked& asked, const Policy& policy) {
  domain::PolicyFields fields;
  const domain::CommandInfo& info = asked.info();
  if (info.outputs.empty() || !policy.Computes(info)) return fields;
  const Message& verb = asked.message();
  for (const domain::OutputInfo& output : info.outputs) {
    if (policy.Computes(info, output.name) && !verb.GetReflection()->HasField(verb, output.field)) {
      fields.open.push_back(output.field);
    }
  }
  return fields;
}

std::vector<UsedOutput> UsedOutputs(const Asked& asked, const v1::Decision& decision) {
  std::vector<UsedOutput> used;
  if (decision.outputs().empty() || asked.info().outputs.empty()) return used;
  const Message& verb = asked.message();
  for (const domain::OutputInfo& info : asked.info().outputs) {
    if (verb.GetReflection()->HasField(verb, info.field)) continue;
    const OutputValue* value = rules::FindOutput(decision, info.name);
    if (value != nullptr && IsValue(*value)) used.push_back({value, &info});
  }
  return used;
}

absl::StatusOr<domain::Decided> DecideWithOutputs(const Asked& asked, const Policy& policy,
                                                  const v1::Decision& decision,
                                                  const std::vector<UsedOutput>& outputs,
                                                  const PolicyCall& call,
                                                  const v1::DecisionInput& input) {
  const OutputRefusals refusals(asked, decision, outputs);
  domain::Decided refused;
  v1::Command command = asked.command();
  domain::PolicyFields fields;
  for (const UsedOutput& output : outputs) {
    const std::string fault = Fill(output, MutableVerb(asked.info(), &command));
    if (!fault.empty()) refused.refusals.push_back(refusals.Make(output, fault));
    fields.filled.push_back(output.info->field);
  }
  if (refused.refused()) return refused;
  const Asked filled(command, asked.now());
  for (const v1::Refusal& refusal : CheckArguments(filled, policy, fields)) {
    refused.refusals.push_back(refusals.Explain(refusal));
  }
  if (refused.refused()) return refused;

  const Entity& entity = *FindEntity(asked.info().entity_kind);
  v1::DecisionInput again = input;
  SetCommand(command, &again);
  // No command that knows an output is decided at further points.
  FurtherDecisions further;
  FRONTDESK_RETURN_IF_ERROR(entity.assess(policy, call, &again, &further));
  FRONTDESK_ASSIGN_OR_RETURN(domain::Decided decided, entity.decide(again));
  if (!decided.refused()) return decided;
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<domain::Decided> without,
                             DecideWithout(asked, policy, input));
  // Refusals of policy come first.
  std::vector<v1::Refusal> invariants;
  for (v1::Refusal& refusal : decided.refusals) {
    const bool is_of_output = refusals.FindOutput(refusal) != nullptr ||
                              (without.has_value() && !Contains(without->refusals, refusal));
    if (is_of_output) {
      refused.refusals.push_back(refusals.Explain(refusal));
    } else {
      invariants.push_back(std::move(refusal));
    }
  }
  for (v1::Refusal& refusal : invariants) refused.refusals.push_back(std::move(refusal));
  return refused;
}

}  // namespace internal
}  // namespace frontdesk
