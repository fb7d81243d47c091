// All rules of a set that hold for an input.
#ifndef FRONTDESK_PYTHON_SRC_RULE_MATCHES_H_
#define FRONTDESK_PYTHON_SRC_RULE_MATCHES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/rules/rule_set.h"
#include "google/protobuf/message.h"

namespace frontdesk::python {

// Numbers of rules in RuleSet::source(), ascending.
struct RuleNumbers {
  std::vector<int32_t> matches;
  std::vector<int32_t> errors;
};

// Appends the rules in effect whose conditions hold to `numbers->matches`, and those whose conditions err to `numbers->errors`.
// Conditions alone count: details and outputs are not evaluated. Errors are those of RuleSet::Decide.
absl::Status FindRules(const rules::RuleSet& rule_set, const google::protobuf::Message& input,
                       const rules::DecideOptions& options, cel::Scratch& scratch,
                       RuleNumbers* numbers);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_RULE_MATCHES_H_
