#include "rule_matches.h"

#include "frontdesk/v1/decision.pb.h"

namespace frontdesk::python {

absl::Status FindRules(const rules::RuleSet& rule_set, const google::protobuf::Message& input,
                       const rules::DecideOptions& options, cel::Scratch& scratch,
                       RuleNumbers* numbers) {
  rules::DecideOptions traced = options;
  traced.trace = rules::TraceLevel::kFull;
  const absl::StatusOr<v1::Decision> decision = rule_set.Decide(input, traced, scratch);
  if (!decision.ok()) return decision.status();
  for (int i = 0; i < decision->rules_size(); ++i) {
    switch (decision->rules(i).result()) {
      case v1::RuleTrace::RESULT_FIRED:
      case v1::RuleTrace::RESULT_MATCHED:
      case v1::RuleTrace::RESULT_APPROVED:
        numbers->matches.push_back(i);
        break;
      case v1::RuleTrace::RESULT_ERROR: {
        // It may be an output that errs, or a detail.
        const absl::StatusOr<int> found = rule_set.FindMatch(input, nullptr, scratch, i, i + 1);
        if (!found.ok()) return found.status();
        (*found == i ? numbers->matches : numbers->errors).push_back(i);
        break;
      }
      default:
        break;
    }
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::python
