// The evaluation of the expressions of one decision, with the variables that they read. Private to rules/.
#ifndef FRONTDESK_RULES_EVALUATOR_H_
#define FRONTDESK_RULES_EVALUATOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "frontdesk/cel/activation.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/cel/variable_source.h"
#include "google/protobuf/message.h"
#include "rules/compiled_rule.h"

namespace frontdesk {
namespace rules {

// The values of the variables for one input: each is evaluated when it is first read, and kept. Thread-compatible.
class VariableValues final : public cel::VariableSource {
 public:
  // The arguments are referred to. The cost of the variables goes to the budget of `scratch`.
  VariableValues(const CompiledRuleSet& set, const google::protobuf::Message& input,
                 const cel::Scratch& scratch);

  // The activation refers to it.
  VariableValues(const VariableValues&) = delete;
  VariableValues& operator=(const VariableValues&) = delete;

  cel::Value Get(int32_t index, cel::ValueArena& arena) override;
  const cel::Activation& activation() const { return activation_; }

 private:
  struct Slot {
    // Null until the variable has been read. Its value is in here.
    std::unique_ptr<cel::Scratch> scratch;
    cel::Value value;
    // Of an error.
    std::string reason, text;
  };

  void Evaluate(const CompiledVariable& variable, Slot* slot);

  const CompiledRuleSet& set_;
  const google::protobuf::Message& input_;
  const cel::Scratch& scratch_;
  cel::Activation activation_;
  std::vector<Slot> slots_;
};

// Evaluates programs of a set on one input. Thread-compatible.
class Evaluator {
 public:
  // The arguments are referred to.
  Evaluator(const CompiledRuleSet& set, const google::protobuf::Message& input,
            cel::Scratch& scratch)
      : input_(input), scratch_(scratch) {
    if (!set.variables.empty()) variables_.emplace(set, input, scratch);
  }

  const google::protobuf::Message& input() const { return input_; }
  cel::Scratch& scratch() const { return scratch_; }

  // `reads_variables`: whether the program does.
  cel::EvalResult Evaluate(const cel::Program& program, bool reads_variables) const {
    if (reads_variables) return program.Evaluate(variables_->activation(), scratch_);
    return program.Evaluate(input_, scratch_);
  }
  cel::BoolOutcome EvaluateBool(const cel::Program& program, bool reads_variables) const {
    if (reads_variables) return program.EvaluateBool(variables_->activation(), scratch_);
    return program.EvaluateBool(input_, scratch_);
  }
  cel::Explanation Explain(const cel::Program& program, bool reads_variables,
                           const cel::ExplainOptions& options) const {
    if (reads_variables) return program.Explain(variables_->activation(), scratch_, options);
    return program.Explain(input_, scratch_, options);
  }

 private:
  const google::protobuf::Message& input_;
  cel::Scratch& scratch_;
  absl::optional<VariableValues> variables_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_EVALUATOR_H_
