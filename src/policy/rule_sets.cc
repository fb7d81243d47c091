#include "policy/rule_sets.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/reasons.h"
#include "internal/near_name.h"
#include "policy/command_checks.h"
#include "policy/total_functions.h"

namespace frontdesk {
namespace internal {
namespace {

constexpr absl::string_view kFallback = "*";
// The command whose input ReopenOnMessage reads.
constexpr absl::string_view kReopenReads = "AddCasePart";

bool Names(const v1::RuleSet& source, absl::string_view decision_point) {
  for (const std::string& name : source.decision_points()) {
    if (name == decision_point) return true;
  }
  return false;
}

class RuleSetCompiler {
 public:
  RuleSetCompiler(const v1::PolicyPack& pack, const std::vector<PolicyTotal>& totals,
                  const PackExpressions& expressions, PackIssues* issues)
      : pack_(pack), totals_(totals), expressions_(expressions), issues_(issues) {}

  CompiledRuleSets Compile() {
    for (int i = 0; i < pack_.rule_sets_size(); ++i) CompileRuleSet(i);
    return std::move(compiled_);
  }

 private:
  void CompileRuleSet(int index) {
    const v1::RuleSet& source = pack_.rule_sets(index);
    const std::string path = absl::StrCat("rule_sets[", index, "]");
    if (!source.id().empty() && !ids_.insert(source.id()).second) {
      issues_->AddError(kReasonPolicyRuleSetIdDuplicate, absl::StrCat(path, ".id"),
                        "an earlier rule set has this id");
    }
    std::vector<const domain::CommandInfo*> commands;
    const google::protobuf::Descriptor* input = CheckDecisionPoints(source, path, index, &commands);
    const bool is_fallback = Names(source, kFallback);
    const bool reopens = Names(source, kReopenOnMessage);
    if (reopens) CheckNoHold(source, path);
    // Without a known command there is nothing to check conditions against; that is an issue already.
    const bool has_expressions = source.rules_size() > 0 || source.default_outputs_size() > 0;
    if (input == nullptr && !is_fallback && has_expressions && source.decision_points_size() > 0)
      return;

    rules::CompileOptions options = expressions_.options();
    options.field_path = path;
    std::set<int> read_totals;
    options.expression_check = MakeCheck(commands, &read_totals);
    if (!commands.empty()) options.facts = MakeInputFacts(commands);
    // A message that no rule matches leaves its case as it is.
    options.default_expected = !reopens;
    // A set for all other commands has no rules, and so no input.
    rules::CompileResult result =
        rules::RuleSet::Compile(source, is_fallback ? nullptr : input, options);
    for (v1::Issue& issue : result.issues) {
      // That rules of a fallback have nothing to read follows from their not being allowed at all.
      if (is_fallback && issue.reason() == kReasonRuleSetInputMissing) continue;
      issues_->Add(std::move(issue));
    }
    for (v1::Issue& note : result.notes) compiled_.notes.push_back(std::move(note));
    for (const domain::CommandInfo* command : commands) {
      if (reopens && command->name == kReopenReads && !Names(source, command->name)) continue;
      compiled_.by_command[command->message] = result.rule_set;
      AddOutputs(source, *command);
    }
    AddTotals(commands, read_totals);
    if (result.rule_set != nullptr) CheckOutputTypes(source, path, commands, *result.rule_set);
    CheckOutputNames(source, path, commands);
    if (is_fallback) compiled_.fallback = result.rule_set;
    if (reopens) compiled_.reopen_on_message = result.rule_set;
  }

  // The outputs that rules of the set compute for the command. A set for all other commands has no rules, and nothing to compute from.
  void AddOutputs(const v1::RuleSet& source, const domain::CommandInfo& command) {
    std::set<std::string, std::less<>> names;
    const auto add = [&](const google::protobuf::RepeatedPtrField<v1::RuleOutput>& outputs) {
      for (const v1::RuleOutput& output : outputs) {
        if (absl::c_any_of(command.outputs, [&output](const domain::OutputInfo& info) {
              return info.name == output.name();
            })) {
          names.insert(output.name());
        }
      }
    };
    for (const v1::Rule& rule : source.rules()) add(rule.outputs());
    add(source.default_outputs());
    if (!names.empty()) compiled_.outputs[command.message] = std::move(names);
  }

  // A set of ReopenOnMessage reads the input of AddCasePart.
  void AddTotals(const std::vector<const domain::CommandInfo*>& commands,
                 const std::set<int>& read) {
    if (read.empty()) return;
    compiled_.read_totals.insert(read.begin(), read.end());
    for (const domain::CommandInfo* command : commands) {
      compiled_.totals[command->message].insert(read.begin(), read.end());
    }
  }

  // An output has the type of the field that it fills, in every command of the set that knows it.
  void CheckOutputTypes(const v1::RuleSet& source, const std::string& path,
                        const std::vector<const domain::CommandInfo*>& commands,
                        const rules::RuleSet& compiled) {
    std::map<std::string, std::string> faults;  // By the name of the output.
    for (const rules::OutputKind& kind : compiled.output_kinds()) {
      for (const domain::CommandInfo* command : commands) {
        for (const domain::OutputInfo& info : command->outputs) {
          if (info.name != kind.name || info.value_case == kind.value_case) continue;
          faults.emplace(kind.name, absl::StrCat("the output '", kind.name, "' is ",
                                                 domain::OutputTypeText(kind.value_case), ", but ",
                                                 command->name, " fills ", info.field->name(),
                                                 " by it, which is ",
                                                 domain::OutputTypeText(info.value_case)));
        }
      }
    }
    const auto add = [&](const google::protobuf::RepeatedPtrField<v1::RuleOutput>& outputs,
                         const std::string& field) {
      for (int i = 0; i < outputs.size(); ++i) {
        const auto fault = faults.find(outputs[i].name());
        if (fault == faults.end()) continue;
        issues_->AddError(kReasonPolicyOutputType, absl::StrCat(field, "[", i, "].expression"),
                          fault->second);
      }
    };
    add(source.default_outputs(), absl::StrCat(path, ".default_outputs"));
    for (int i = 0; i < source.rules_size(); ++i) {
      add(source.rules(i).outputs(), absl::StrCat(path, ".rules[", i, "].outputs"));
    }
  }

  // "; did you mean 'amount'?" for an output that no command of the set knows, if it is near to one that a command knows; else "".
  static std::string OutputHint(absl::string_view name,
                                const std::vector<const domain::CommandInfo*>& commands) {
    // Rules may compute outputs of their own: "count" is no slip for "amount".
    NearName near(name, 1);
    for (const domain::CommandInfo* command : commands) {
      for (const domain::OutputInfo& info : command->outputs) {
        if (info.name == name) return "";
        near.Consider(info.name);
      }
    }
    // The name of the field itself.
    for (const domain::CommandInfo* command : commands) {
      for (const domain::OutputInfo& info : command->outputs) {
        if (info.field->name() == name) return absl::StrCat("; did you mean '", info.name, "'?");
      }
    }
    return near.Hint();
  }

  void CheckOutputNames(const v1::RuleSet& source, const std::string& path,
                        const std::vector<const domain::CommandInfo*>& commands) {
    const auto check = [&](const google::protobuf::RepeatedPtrField<v1::RuleOutput>& outputs,
                           const std::string& field) {
      for (int i = 0; i < outputs.size(); ++i) {
        const std::string hint = OutputHint(outputs[i].name(), commands);
        if (hint.empty()) continue;
        issues_->AddWarning(
            kReasonPolicyOutputUnknown, absl::StrCat(field, "[", i, "].name"),
            absl::StrCat("no command of the set knows the output '", outputs[i].name(), "'", hint));
      }
    };
    check(source.default_outputs(), absl::StrCat(path, ".default_outputs"));
    for (int i = 0; i < source.rules_size(); ++i) {
      check(source.rules(i).outputs(), absl::StrCat(path, ".rules[", i, "].outputs"));
    }
  }

  // The checks of an expression of a rule set that decides `commands`. The places of the totals that it reads are added to
  // `read_totals`.
  rules::ExpressionCheck MakeCheck(const std::vector<const domain::CommandInfo*>& commands,
                                   std::set<int>* read_totals) const {
    std::vector<rules::ExpressionCheck> checks = {MakeTotalCheck(totals_, commands, read_totals)};
    if (!commands.empty()) checks.push_back(MakeCommandCheck(commands));
    return expressions_.MakeCheck(std::move(checks));
  }

  // A decision point within another command cannot wait for an approval.
  void CheckNoHold(const v1::RuleSet& source, const std::string& path) {
    for (int i = 0; i < source.rules_size(); ++i) {
      if (source.rules(i).outcome() != v1::POLICY_OUTCOME_HOLD) continue;
      issues_->AddError(kReasonPolicyHoldNotPossible, absl::StrCat(path, ".rules[", i, "].outcome"),
                        "a rule of ReopenOnMessage can allow or refuse, but not hold");
    }
  }

  // Adds the commands of a rule set to `commands` and returns the decision input that they share, if any.
  const google::protobuf::Descriptor* CheckDecisionPoints(
      const v1::RuleSet& source, const std::string& path, int index,
      std::vector<const domain::CommandInfo*>* commands) {
    const google::protobuf::Descriptor* input = nullptr;
    for (int i = 0; i < source.decision_points_size(); ++i) {
      const std::string& name = source.decision_points(i);
      const std::string field = absl::StrCat(path, ".decision_points[", i, "]");
      if (name.empty()) continue;  // The rule set's own compilation reports it.
      const auto [taken, is_new] = decision_points_.emplace(name, index);
      if (!is_new && taken->second != index) {
        issues_->AddError(kReasonPolicyDecisionPointDuplicate, field,
                          "an earlier rule set decides this command already");
      }
      if (name == kFallback) continue;
      const bool is_message = name == kReopenOnMessage;
      const domain::CommandInfo* command = FindDecidedCommand(is_message ? kReopenReads : name);
      if (command == nullptr) {
        issues_->AddError(
            kReasonPolicyDecisionPointUnknown, field,
            absl::StrCat("policy decides no command '", name, "'", NearCommandHint(name)));
        continue;
      }
      const google::protobuf::Descriptor* own =
          domain::DecisionInputDescriptor(command->entity_kind);
      if (input != nullptr && own != input) {
        issues_->AddError(
            kReasonPolicyDecisionPointsMixed, field,
            absl::StrCat("decided on ", own->name(), ", those before it on ", input->name()));
        continue;
      }
      input = own;
      if (absl::c_find(*commands, command) == commands->end()) commands->push_back(command);
    }
    return input;
  }

  const v1::PolicyPack& pack_;
  const std::vector<PolicyTotal>& totals_;
  const PackExpressions& expressions_;
  PackIssues* const issues_;
  CompiledRuleSets compiled_;
  std::set<std::string> ids_;
  std::map<std::string, int> decision_points_;  // to the rule set that has it
};

}  // namespace

const domain::CommandInfo* FindDecidedCommand(absl::string_view name) {
  const domain::CommandInfo* command = domain::FindCommandByName(name);
  if (command == nullptr || domain::DecisionInputDescriptor(command->entity_kind) == nullptr) {
    return nullptr;
  }
  return command;
}

std::string NearCommandHint(absl::string_view name) {
  NearName near(name);
  for (const domain::CommandInfo& command : domain::Commands()) {
    if (FindDecidedCommand(command.name) != nullptr) near.Consider(command.name);
  }
  const std::string hint = near.Hint();
  return hint.empty() ? "; an example of a name is CancelOrder" : hint;
}

void CheckUndecided(const v1::PolicyPack& pack, PackIssues* issues) {
  std::set<absl::string_view> named;
  for (const v1::RuleSet& set : pack.rule_sets()) {
    named.insert(set.decision_points().begin(), set.decision_points().end());
  }
  if (named.empty() || named.count(kFallback) > 0) return;
  std::vector<absl::string_view> missing;
  for (const domain::CommandInfo& command : domain::Commands()) {
    if (FindDecidedCommand(command.name) != nullptr && named.count(command.name) == 0) {
      missing.push_back(command.name);
    }
  }
  if (missing.empty()) return;
  constexpr size_t kMaxNames = 3;
  const size_t shown = std::min(missing.size(), kMaxNames);
  std::string names = absl::StrJoin(missing.begin(), missing.begin() + shown, ", ");
  if (missing.size() > shown) absl::StrAppend(&names, " and ", missing.size() - shown, " more");
  issues->AddWarning(
      kReasonPolicyVerbsUndecided, "",
      absl::StrCat("no rule set decides ", names,
                   ": they are refused with POLICY_NO_RULE; add a rule set for \"*\", with "
                   "default_outcome: POLICY_OUTCOME_REFUSE if that is meant"));
}

void CheckRuleSetLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                        PackIssues* issues) {
  if (pack.rule_sets_size() <= options.max_rule_sets) return;
  issues->AddError(kReasonPolicyLimitRuleSets, "rule_sets",
                   absl::StrCat("a pack has at most ", options.max_rule_sets, " rule sets"));
}

std::vector<const google::protobuf::Descriptor*> ListDecisionInputs(const v1::PolicyPack& pack) {
  std::vector<const google::protobuf::Descriptor*> inputs;
  for (const v1::RuleSet& set : pack.rule_sets()) {
    for (const std::string& name : set.decision_points()) {
      const domain::CommandInfo* command =
          FindDecidedCommand(name == kReopenOnMessage ? kReopenReads : name);
      if (command == nullptr) continue;
      const auto* input = domain::DecisionInputDescriptor(command->entity_kind);
      if (!absl::c_linear_search(inputs, input)) inputs.push_back(input);
    }
  }
  return inputs;
}

CompiledRuleSets CompileRuleSets(const v1::PolicyPack& pack, const std::vector<PolicyTotal>& totals,
                                 const PackExpressions& expressions, PackIssues* issues) {
  return RuleSetCompiler(pack, totals, expressions, issues).Compile();
}

}  // namespace internal
}  // namespace frontdesk
