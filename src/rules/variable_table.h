// The variables of a pack while its sets are compiled. Private to rules/.
#ifndef FRONTDESK_RULES_VARIABLE_TABLE_H_
#define FRONTDESK_RULES_VARIABLE_TABLE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/rules/variables.h"
#include "rules/compiled_rule.h"
#include "rules/issue_list.h"
#include "rules/rule_checks.h"
#include "rules/rule_environment.h"
#include "rules/variable_reads.h"

namespace frontdesk {
namespace rules {

// An issue inside of an expression; without a reason of its own it has that of the language.
struct ExpressionIssue {
  cel::Issue issue;
  std::string reason;
};

class VariableCompiler {
 public:
  VariableCompiler(const google::protobuf::RepeatedPtrField<v1::Variable>& variables,
                   std::vector<const google::protobuf::Descriptor*> inputs,
                   const CompileOptions& options);

  // The variables that an expression over `input` reads, to compile it with. False when one of them cannot be read: then `issues`
  // says so, or Finish() does. The numbers of those that it reads, also through others, are added to `used`.
  bool Declare(const std::string& text, const google::protobuf::Descriptor& input,
               const cel::Environment& environment, std::vector<cel::SourceVariable>* declared,
               std::set<int32_t>* used, std::vector<ExpressionIssue>* issues);

  // All expressions that read them are compiled with the same environments.
  EnvironmentMap* environments() { return options_.environments; }

  // Those compiled so far for an input, by number.
  const std::vector<std::shared_ptr<const CompiledVariable>>& Compiled(
      const google::protobuf::Descriptor& input) {
    return by_input_[&input].compiled;
  }

  // Runs a set's own check on a variable that it reads. False when it finds an error.
  bool Check(const CompiledVariable& variable, const ExpressionCheck& check);

  std::vector<v1::Issue> Finish();

 private:
  struct Source {
    const v1::Variable* variable = nullptr;
    std::string path;  // Of the expression.
    std::vector<std::string> reads;
    int depth = 0;           // 0 until it is known.
    bool is_open = false;    // Being looked at, for cycles.
    bool is_broken = false;  // An issue says so.
    bool is_read = false;
  };
  struct Entry {
    bool is_compiled = false;
    int32_t number = -1;  // -1: it does not fit.
    std::vector<ExpressionIssue> issues;
  };
  struct ByInput {
    std::map<int, Entry> entries;  // By the place among the variables.
    std::vector<std::shared_ptr<const CompiledVariable>> compiled;
  };

  void CheckNames();
  void FindReads();
  void Measure(int index, std::vector<int>* chain);
  void ReportCycle(const std::vector<int>& chain, int index);
  const Entry& Compile(int index, const google::protobuf::Descriptor& input,
                       const cel::Environment& environment);
  void Keep(int index, const google::protobuf::Descriptor& input,
            std::shared_ptr<const cel::Program> program, const std::set<int32_t>& used,
            Entry* entry);
  void ReportFindings(const CompiledVariable& variable,
                      const std::vector<ExpressionFinding>& findings);
  void ReportDepth(Source* source);
  bool FitsAny(int index);
  void ReportMisfit(int index);
  // Once for each place and reason.
  void Report(const std::string& path, const ExpressionIssue& issue);
  std::string UnknownText(const std::string& name) const;

  const google::protobuf::RepeatedPtrField<v1::Variable>& variables_;
  const std::vector<const google::protobuf::Descriptor*> inputs_;
  EnvironmentMap own_environments_;
  CompileOptions options_;
  IssueList issues_;
  IssueReporter report_;
  std::vector<Source> sources_;
  absl::flat_hash_map<std::string, int> by_name_;
  std::map<const google::protobuf::Descriptor*, ByInput> by_input_;
  std::set<std::tuple<std::string, std::string, int32_t>> reported_;
  std::set<std::string> impure_functions_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_VARIABLE_TABLE_H_
