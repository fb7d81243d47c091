// A compiled rule set, as the compiler leaves it and decisions read it. Private to rules/.
#ifndef FRONTDESK_RULES_COMPILED_RULE_H_
#define FRONTDESK_RULES_COMPILED_RULE_H_

#include <memory>
#include <set>
#include <string>
#include <typeinfo>
#include <vector>

#include "frontdesk/cel/environment.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/rules/rule_set.h"
#include "rules/effective_range.h"
#include "rules/exposure.h"
#include "rules/hit_policies.h"
#include "rules/outputs.h"

namespace frontdesk {
namespace rules {

// One operand of a condition's top-level &&.
struct CompiledConjunct {
  cel::Program program;
  bool reads_variables = false;
};

struct CompiledDetail {
  std::shared_ptr<const cel::Program> program;
  bool reads_variables = false;
  NodeExposure exposure;
  // The field that the whole expression reads, for the names of its enum; null for anything else.
  const google::protobuf::FieldDescriptor* field = nullptr;
};

struct CompiledRule {
  const v1::Rule* rule = nullptr;  // In the rule set's source.
  int index = 0;                   // Its place in the text.
  EffectiveRange effective;        // Its own and its group's; empty for one that is disabled.
  std::vector<CompiledConjunct> conjuncts;
  std::shared_ptr<const cel::Program> condition;  // The whole of it. Null once the set is compiled.
  // Whether its condition calls only functions that are pure (cel::FunctionOverload). Others are called by decisions alone: the
  // analysis never runs them.
  bool is_pure = true;
  std::vector<CompiledDetail> details;  // In the order of the rule's.
  std::vector<CompiledOutput> outputs;
};

// A variable of the pack, for one type of input.
struct CompiledVariable {
  std::string name;  // "variables.late"
  std::string path;  // Of its expression in the text of the pack.
  std::shared_ptr<const cel::Program> program;
  bool reads_variables = false;
  std::vector<int32_t>
      reads;            // The numbers of the variables that it reads, also through others; sorted.
  bool is_pure = true;  // It and those that it reads.
  NodeExposure exposure;
  // The field that the whole expression reads; null for anything else.
  const google::protobuf::FieldDescriptor* field = nullptr;
};

class RuleIndex;

struct CompiledRuleSet {
  v1::RuleSet source;  // Normalized.
  std::string hash;
  const google::protobuf::Descriptor* input = nullptr;
  const std::type_info* input_type = nullptr;  // Of its generated class; null where it has none.
  std::string container;
  bool has_effective_times = false;
  bool counts_always = true;  // Every rule does, whatever the time is.
  bool has_outputs = false;
  HitPlan hit_plan;
  RuleLimits limits;
  DataClassSource data_class;
  AbsenceText absence_text;  // May be null.
  VariableExposures variable_exposures;
  std::set<std::string> reading_functions;
  std::vector<OrderedMessage> ordered_messages;
  std::vector<CompiledRule> rules;  // By order number.
  // The whole condition of each rule; empty where the set has an index, or reads variables.
  std::vector<cel::Program> conditions;
  // Of the rules; null for a set of few.
  std::shared_ptr<const RuleIndex> index;
  std::vector<CompiledOutput> default_outputs;
  // The variables by number; empty when no rule reads one.
  std::vector<std::shared_ptr<const CompiledVariable>> variables;
  std::shared_ptr<const cel::Environment> environment;
  // Whether rules that the index answers have no conjuncts here: see compact_set.h.
  bool is_compact = false;
};

// For the parts of the room that look into a RuleSet.
struct RuleSetAccess {
  static const CompiledRuleSet& Get(const RuleSet& rule_set) { return *rule_set.rep_; }
};

// "line:column: message [CEL_CODE]", without values.
std::string ErrorText(const cel::Issue& issue);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_COMPILED_RULE_H_
