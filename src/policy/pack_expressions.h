// The parts that all expressions of a pack share: options, functions, variables, checks. Private.
#ifndef FRONTDESK_POLICY_PACK_EXPRESSIONS_H_
#define FRONTDESK_POLICY_PACK_EXPRESSIONS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/source_map.h"
#include "frontdesk/rules/variables.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Used while the sections of one pack are compiled, one after the other. Thread-compatible.
class PackExpressions {
 public:
  // Everything is referred to. `inputs` are the types of input of all sets of the pack.
  PackExpressions(const v1::PolicyPack& pack, const PolicyOptions& options, const std::string& file,
                  const rules::SourceMap& source,
                  std::vector<const google::protobuf::Descriptor*> inputs);
  PackExpressions(const PackExpressions&) = delete;
  PackExpressions& operator=(const PackExpressions&) = delete;

  // The options that all sets have in common, variables included.
  const rules::CompileOptions& options() const { return options_; }

  // The checks of every expression, and `own` ones after them.
  rules::ExpressionCheck MakeCheck(std::vector<rules::ExpressionCheck> own) const;

  // Adds the issues of the variables, once all sets are compiled.
  void Finish(PackIssues* issues) const;

 private:
  const rules::ExpressionCheck attribute_check_;
  const rules::ExpressionCheck word_check_;
  // All sets of a pack have the same functions and limits.
  std::map<const google::protobuf::Descriptor*, std::shared_ptr<const cel::Environment>>
      environments_;
  rules::CompileOptions options_;
  std::unique_ptr<rules::VariableTable> variables_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_PACK_EXPRESSIONS_H_
