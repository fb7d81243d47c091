// Writing what became of one rule. Private to rules/.
#ifndef FRONTDESK_RULES_TRACE_H_
#define FRONTDESK_RULES_TRACE_H_

#include <string>
#include <vector>

#include "frontdesk/v1/decision.pb.h"
#include "google/protobuf/message.h"
#include "rules/compiled_rule.h"
#include "rules/evaluator.h"

namespace frontdesk {
namespace rules {

class TraceWriter {
 public:
  TraceWriter(const CompiledRuleSet& set, const Evaluator& evaluator)
      : set_(set),
        evaluator_(evaluator),
        input_(evaluator.input()),
        printer_(set.data_class, set.container),
        bytes_left_(set.limits.max_trace_bytes) {}

  // Id, outcome, reason, text, authority.
  void WriteHead(const CompiledRule& rule, v1::RuleTrace* trace) const;

  // Evaluates the condition; with `conjuncts` writes what became of each. RESULT_MATCHED, RESULT_NOT_MATCHED or (with
  // trace->error set) RESULT_ERROR.
  v1::RuleTrace::Result WriteConjuncts(const CompiledRule& rule, bool conjuncts,
                                       v1::RuleTrace* trace);

  // Evaluates the details. False with `error` set when one cannot be evaluated; `details` is then empty.
  bool EvaluateDetails(const CompiledRule& rule, std::vector<v1::DetailValue>* details,
                       std::string* error);

  // The same for outputs; those without a value are left out. `rule_id` is put into them.
  bool EvaluateOutputs(const std::vector<CompiledOutput>& outputs, const std::string& rule_id,
                       std::vector<v1::OutputValue>* values, std::string* error);

 private:
  // The conjuncts that do not hold, from `first` on, which does not.
  int MissesFrom(const std::vector<CompiledConjunct>& conjuncts, size_t first) const;
  void WriteResult(const CompiledConjunct& conjunct, cel::BoolOutcome outcome,
                   v1::ConjunctTrace* trace) const;
  void WriteReads(const CompiledConjunct& conjunct, v1::ConjunctTrace* trace);
  // The detail is a field, other than a text, that is not set.
  bool IsUnsetField(const CompiledDetail& detail, const cel::Value& value) const;
  // The output is a field that is not set, or no amount.
  bool HasNoValue(const CompiledOutput& output, const cel::Value& value,
                  const v1::OutputValue& written) const;
  // The path of a variable is not that of a field; null for other reads.
  const CompiledVariable* VariableOf(const cel::Read& read) const;
  // The value that was read, masked as its class wants it, or "not set".
  std::string ValueText(const ExposureTable& exposures, const cel::Read& read) const;
  // The amount or price of which `read` is a part; "" for any other read, and where it must not be shown.
  std::string AmountOf(const ExposureTable& exposures, const cel::Read& read) const;

  const CompiledRuleSet& set_;
  const Evaluator& evaluator_;
  const google::protobuf::Message& input_;
  MaskingPrinter printer_;
  size_t bytes_left_;  // For conjuncts.
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_TRACE_H_
