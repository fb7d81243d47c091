// Variables: named expressions that the rules of several sets read as `variables.NAME`.
//
//   std::map<const google::protobuf::Descriptor*, std::shared_ptr<const frontdesk::cel::Environment>> made;
//   frontdesk::rules::CompileOptions options;
//   options.environments = &made;
//   frontdesk::rules::VariableTable variables(
//       pack.variables(), {frontdesk::v1::OrderDecisionInput::descriptor()}, options);
//   options.variables = &variables;
//   frontdesk::rules::CompileResult compiled = frontdesk::rules::RuleSet::Compile(
//       pack.rule_sets(0), frontdesk::v1::OrderDecisionInput::descriptor(), options);
//   const std::vector<frontdesk::v1::Issue> issues = variables.Finish();
#ifndef FRONTDESK_RULES_VARIABLES_H_
#define FRONTDESK_RULES_VARIABLES_H_

#include <memory>
#include <vector>

#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/error.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/repeated_field.h"

namespace frontdesk {
namespace rules {

class VariableCompiler;

// The variables of a pack. A variable is compiled for a type of input when a set with that input first reads it, directly or through
// another variable. It has the type of its expression. Used while compiling only. Thread-compatible.
class VariableTable {
 public:
  // `variables` is the field `variables` of the text that options.file and options.source are about; it must outlive the table.
  // `inputs` are the types of input of all sets that are compiled with the table. `options` are those of the sets, without the
  // parts that one set has for itself.
  VariableTable(const google::protobuf::RepeatedPtrField<v1::Variable>& variables,
                std::vector<const google::protobuf::Descriptor*> inputs,
                const CompileOptions& options);
  ~VariableTable();
  VariableTable(const VariableTable&) = delete;
  VariableTable& operator=(const VariableTable&) = delete;

  // The issues of the variables, once all sets are compiled:
  //   variables                RULE_LIMIT_VARIABLES; then there are none
  //   variables[].name         RULE_VARIABLE_NAME_MISSING, RULE_VARIABLE_NAME_MALFORMED, RULE_VARIABLE_NAME_DUPLICATE,
  //                            RULE_LIMIT_NAME_BYTES
  //   variables[].expression   RULE_VARIABLE_EXPRESSION_MISSING; RULE_VARIABLE_UNKNOWN, RULE_VARIABLE_TEST; RULE_VARIABLE_CYCLE,
  //                            RULE_LIMIT_VARIABLE_DEPTH; where the variable fits no input, the language's own codes with the prefix
  //                            CEL_, of the input that it fits best; RULE_ENUM_TYPE, RULE_ENUM_NUMBER and
  //                            RULE_NULL_COMPARED (warnings); what the
  //                            expression_check of a set that reads it finds
  //   variables[].documentation  RULE_LIMIT_TEXT_BYTES
  //   variables[]              RULE_VARIABLE_UNREAD (warning)
  std::vector<v1::Issue> Finish();

 private:
  friend class RuleSetCompiler;
  std::unique_ptr<VariableCompiler> rep_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_VARIABLES_H_
