#include "decide/counted.h"

#include <string>
#include <vector>

#include "decide/lend.h"
#include "frontdesk/decide/amounts.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/rules/decision.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const v1::Money* AmountIn(const Message* message,
                          const std::vector<const FieldDescriptor*>& fields) {
  if (message == nullptr || fields.empty() ||
      fields.front()->containing_type() != message->GetDescriptor()) {
    return nullptr;
  }
  for (const FieldDescriptor* field : fields) {
    const google::protobuf::Reflection& access = *message->GetReflection();
    if (!access.HasField(*message, field)) return nullptr;
    message = &access.GetMessage(*message, field);
  }
  return static_cast<const v1::Money*>(message);
}

// The amount that policy computed for a field that the command leaves out; null: none.
const v1::Money* ComputedAmount(const domain::CommandInfo& info, const v1::Command& command,
                                const v1::Decision& decision) {
  if (info.outputs.empty() || decision.outputs().empty()) return nullptr;
  const Message& verb = *domain::GetCommandMessage(command);
  for (const domain::OutputInfo& output : info.outputs) {
    if (output.value_case != v1::OutputValue::kMoneyValue) continue;
    if (verb.GetReflection()->HasField(verb, output.field)) continue;
    const v1::OutputValue* const value = rules::FindOutput(decision, output.name);
    if (value != nullptr && value->has_money_value()) return &value->money_value();
  }
  return nullptr;
}

}  // namespace

const v1::Money* AskedAmount(const v1::DecisionInput& input, const v1::Command& command) {
  const domain::CommandInfo* const info = domain::FindCommand(command);
  return info == nullptr ? nullptr : AmountIn(internal::InputArm(input), info->amount_fields);
}

const v1::Money* GivenAmount(const v1::DecisionInput& input, const v1::Command& command,
                             const v1::Decision& decision) {
  const domain::CommandInfo* const info = domain::FindCommand(command);
  if (info == nullptr) return nullptr;
  const v1::Money* const computed = ComputedAmount(*info, command, decision);
  return computed != nullptr ? computed : AskedAmount(input, command);
}

const std::string& internal::CountedCustomerId(const Asked& asked, const v1::DecisionInput& input) {
  const std::string* customer_id = nullptr;
  switch (input.input_case()) {
    case v1::DecisionInput::kCustomer:
      return asked.entity_id();
    case v1::DecisionInput::kOrder:
      customer_id = &input.order().order().customer_id();
      break;
    case v1::DecisionInput::kAccount:
      customer_id = &input.account().account().customer_id();
      break;
    case v1::DecisionInput::kCase:
      customer_id = &input.case_().case_().customer_id();
      break;
    case v1::DecisionInput::kInteraction:
      customer_id = &input.interaction().interaction().customer_id();
      break;
    case v1::DecisionInput::kDesk:
    case v1::DecisionInput::INPUT_NOT_SET:
      break;
  }
  return customer_id == nullptr || customer_id->empty() ? asked.ReferencedId("customer")
                                                        : *customer_id;
}

void internal::FillCounted(const Asked& asked, const v1::DecisionInput& input,
                           const v1::Outcome& outcome, v1::JournalRecord* record) {
  const domain::CommandInfo& info = asked.info();
  if (!info.counts_for_totals()) return;
  google::protobuf::Arena* const arena = record->GetArena();
  v1::CountedCommand& counted = *record->mutable_counted();
  counted.set_customer_id(CountedCustomerId(asked, input));
  const v1::Money* const amount = AmountIn(InputArm(input), info.amount_fields);
  if (amount != nullptr && record->approval_id().empty()) {
    counted.unsafe_arena_set_allocated_asked(LendTo(arena, *amount));
  }
  if (outcome.verdict() != v1::VERDICT_DONE || outcome.has_existing_entity()) return;
  const v1::Money* const computed = ComputedAmount(info, asked.command(), outcome.decision());
  const v1::Money* const given = computed != nullptr ? computed : amount;
  if (given != nullptr) counted.unsafe_arena_set_allocated_given(LendTo(arena, *given));
}

}  // namespace frontdesk
