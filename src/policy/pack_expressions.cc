#include "policy/pack_expressions.h"

#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "frontdesk/cel/time_zone.h"
#include "frontdesk/v1/accessors.h"
#include "policy/attribute_functions.h"
#include "policy/entity_functions.h"
#include "policy/money_functions.h"
#include "policy/row_list_check.h"
#include "policy/total_functions.h"
#include "policy/units_check.h"
#include "policy/vocabulary.h"

namespace frontdesk {
namespace internal {
namespace {

// The meaning of an entity that the input of a decision lacks.
std::string AbsenceText(const google::protobuf::FieldDescriptor& field) {
  static constexpr std::pair<absl::string_view, absl::string_view> kTexts[] = {
      {"customer", "the desk does not know this customer"},
      {"other_customer", "the command names no second customer that the desk knows"},
      {"base_customer", "the command names no version of the customer that it began from"},
      {"order", "the desk does not know this order"},
      {"account", "the desk does not know this account"},
      {"case", "the desk does not know this case"},
      {"other_case", "the command names no second case that the desk knows"},
      {"interaction", "there is no interaction that the desk knows"},
      {"approval", "the command is not decided under an approval"},
      {"occur_time", "the command is no late entry"},
  };
  // Of the inputs alone: a case holds fields of the same names.
  const std::string& type = field.containing_type()->name();
  if (!absl::EndsWith(type, "DecisionInput") && type != "ServiceLevelInput") return "";
  for (const auto& [name, text] : kTexts) {
    if (field.name() == name) return std::string(text);
  }
  return "";
}

rules::CompileOptions MakeOptions(const PolicyOptions& own, const std::string& file,
                                  const rules::SourceMap& source) {
  rules::CompileOptions options;
  options.file = file;
  options.source = source;
  options.container = "frontdesk.v1";
  options.functions = AttributeFunctions();
  AddMoneyFunctions(&options);
  AddEntityFunctions(&options);
  AddTotalFunctions(&options);
  options.functions.insert(options.functions.end(), own.functions.begin(), own.functions.end());
  options.accessors = &v1::Accessors();
  options.absence_text = AbsenceText;
  options.time_zones = own.time_zones ? own.time_zones : cel::SystemTimeZones();
  options.limits = own.rule_limits;
  options.expression_limits = own.expression_limits;
  return options;
}

}  // namespace

PackExpressions::PackExpressions(const v1::PolicyPack& pack, const PolicyOptions& options,
                                 const std::string& file, const rules::SourceMap& source,
                                 std::vector<const google::protobuf::Descriptor*> inputs)
    : attribute_check_(MakeAttributeCheck(pack)),
      word_check_(MakeWordCheck(pack)),
      options_(MakeOptions(options, file, source)) {
  options_.environments = &environments_;
  variables_ =
      std::make_unique<rules::VariableTable>(pack.variables(), std::move(inputs), options_);
  options_.variables = variables_.get();
}

rules::ExpressionCheck PackExpressions::MakeCheck(std::vector<rules::ExpressionCheck> own) const {
  std::vector<rules::ExpressionCheck> checks = {attribute_check_, CheckRowLists, CheckUnits,
                                                word_check_};
  checks.insert(checks.end(), std::make_move_iterator(own.begin()),
                std::make_move_iterator(own.end()));
  return [checks = std::move(checks)](const cel::Expr& root) {
    std::vector<rules::ExpressionFinding> findings;
    for (const rules::ExpressionCheck& check : checks) {
      for (rules::ExpressionFinding& finding : check(root)) findings.push_back(std::move(finding));
    }
    return findings;
  };
}

void PackExpressions::Finish(PackIssues* issues) const {
  for (v1::Issue& issue : variables_->Finish()) issues->Add(std::move(issue));
}

}  // namespace internal
}  // namespace frontdesk
