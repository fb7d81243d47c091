#include "rules/evaluator.h"

#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace rules {

VariableValues::VariableValues(const CompiledRuleSet& set, const google::protobuf::Message& input,
                               const cel::Scratch& scratch)
    : set_(set),
      input_(input),
      scratch_(scratch),
      activation_(set.environment),
      slots_(set.variables.size()) {
  // Another message is an error of each evaluation.
  activation_.SetRoot(input).IgnoreError();
  activation_.SetSource(this);
}

void VariableValues::Evaluate(const CompiledVariable& variable, Slot* slot) {
  slot->scratch = std::make_unique<cel::Scratch>();
  slot->scratch->SetBudget(scratch_.budget());
  const cel::EvalResult result = variable.reads_variables
                                     ? variable.program->Evaluate(activation_, *slot->scratch)
                                     : variable.program->Evaluate(input_, *slot->scratch);
  // The budget may end before the value does.
  slot->scratch->SetBudget(nullptr);
  slot->value = result.value();
  if (result.ok()) return;
  const cel::Issue issue = result.issue();
  slot->reason = issue.code;
  slot->text = absl::StrCat(variable.name, " cannot be evaluated: ", issue.line, ":", issue.column,
                            ": ", issue.message);
}

cel::Value VariableValues::Get(int32_t index, cel::ValueArena& arena) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  if (slot.scratch == nullptr) Evaluate(*set_.variables[static_cast<size_t>(index)], &slot);
  if (slot.reason.empty()) return slot.value;
  return arena.NewError(slot.reason, slot.text);
}

}  // namespace rules
}  // namespace frontdesk
