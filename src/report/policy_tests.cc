#include "frontdesk/report/policy_tests.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/v1/money.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/message_differencer.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "report/message_names.h"
#include "report/policy_test_checks.h"
#include "report/policy_test_coverage.h"

namespace frontdesk {
namespace report {

absl::optional<absl::Time> ParseTestTime(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return absl::nullopt;
  if (ToTime(ToTimestamp(time)) != time) return absl::nullopt;
  return time;
}

absl::optional<v1::Command> MakeImport(const v1::EntityState& entity) {
  v1::Command command;
  v1::ImportSource source;
  source.set_system("test");
  switch (entity.state_case()) {
    case v1::EntityState::kCustomer: {
      auto& verb = *command.mutable_customer()->mutable_import_customer();
      *verb.mutable_customer() = entity.customer();
      *verb.mutable_source() = std::move(source);
      return command;
    }
    case v1::EntityState::kOrder: {
      auto& verb = *command.mutable_order()->mutable_import_order();
      *verb.mutable_order() = entity.order();
      *verb.mutable_source() = std::move(source);
      return command;
    }
    case v1::EntityState::kCase: {
      auto& verb = *command.mutable_case_()->mutable_import_case();
      *verb.mutable_case_() = entity.case_();
      *verb.mutable_source() = std::move(source);
      return command;
    }
    case v1::EntityState::kAccount: {
      auto& verb = *command.mutable_account()->mutable_import_account();
      *verb.mutable_account() = entity.account();
      *verb.mutable_source() = std::move(source);
      return command;
    }
    default:
      return absl::nullopt;
  }
}

namespace {

using internal::EscapeText;
using internal::EscapeValue;

std::string List(const std::vector<std::string>& words) {
  if (words.empty()) return "none";
  return absl::StrJoin(words, ", ", [](std::string* out, const std::string& word) {
    absl::StrAppend(out, EscapeText(word));
  });
}

template <class Field>
std::vector<std::string> Words(const Field& field) {
  return {field.begin(), field.end()};
}

std::vector<std::string> Reasons(const v1::Outcome& outcome) {
  std::vector<std::string> reasons;
  for (const v1::Refusal& refusal : outcome.refusals()) reasons.push_back(refusal.reason());
  if (outcome.has_held()) reasons.push_back(outcome.held().reason());
  return reasons;
}

template <class Field>
std::vector<std::string> InnerNames(const Field& envelopes) {
  std::vector<std::string> names;
  for (const auto& envelope : envelopes) names.emplace_back(InnerName(envelope));
  return names;
}

// The value of an output, for people.
std::string ValueText(const v1::OutputValue& output) {
  v1::OutputValue value = output;
  value.clear_name();
  value.clear_rule_id();
  return EscapeText(value.ShortDebugString());
}

// The pack as it is, but that every command is allowed.
v1::PolicyPack AllowingPack(const v1::PolicyPack& pack) {
  v1::PolicyPack allowing = pack;
  allowing.clear_rule_sets();
  allowing.clear_identity_requirements();
  allowing.clear_variables();
  v1::RuleSet& all = *allowing.add_rule_sets();
  all.set_id("tests");
  all.add_decision_points(std::string("*"));  // g++ 12 warns about the literal.
  all.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  return allowing;
}

// Whether decisions about the command read facts of the host.
bool ReadsFacts(const v1::Command& command) {
  const domain::CommandInfo* info = domain::FindCommand(command);
  return info != nullptr && info->decision_input != nullptr &&
         info->decision_input->FindFieldByName("catalog") != nullptr;
}

// Runs one test on a desk of its own.
class TestRun {
 public:
  TestRun(const std::shared_ptr<const Policy>& policy,
          const std::shared_ptr<const Policy>& allowing, const v1::PolicyTestFile& file,
          const v1::PolicyTest& test, PolicyCoverage* coverage)
      : policy_(policy), allowing_(allowing), file_(file), test_(test), coverage_(coverage) {}

  v1::PolicyTestResult Run() {
    result_.set_name(test_.name());
    const absl::Status status = RunSteps();
    if (!status.ok()) Differ(std::string(status.message()));
    result_.set_passed(result_.differences().empty());
    if (result_.passed()) result_.clear_explanation();
    return std::move(result_);
  }

 private:
  void Differ(std::string difference) { result_.add_differences(std::move(difference)); }

  // The command with the actor and the time of the test, where it names none.
  v1::Command Complete(v1::Command command) const {
    if (!command.has_actor()) {
      if (test_.has_actor()) {
        *command.mutable_actor() = test_.actor();
      } else if (file_.has_actor()) {
        *command.mutable_actor() = file_.actor();
      } else {
        *command.mutable_actor() = MakeActor("tester");
      }
    }
    const std::string& time = test_.time().empty() ? file_.time() : test_.time();
    if (!command.has_now() && !time.empty()) {
      *command.mutable_now() = ToTimestamp(*ParseTestTime(time));
    }
    return command;
  }

  // The facts of the file and those given with the command.
  v1::Facts MakeFacts(const v1::Command& command, const v1::Facts& given) const {
    if (!ReadsFacts(command)) return given;
    v1::Facts facts = file_.facts();
    facts.MergeFrom(given);
    return facts;
  }

  absl::Status RunSteps() {
    FRONTDESK_RETURN_IF_ERROR(OpenDesk());
    FRONTDESK_RETURN_IF_ERROR(GiveEntities(file_.entities(), "entity of the file"));
    FRONTDESK_RETURN_IF_ERROR(GiveEntities(test_.entities(), "entity"));
    FRONTDESK_RETURN_IF_ERROR(GiveCommands(file_.commands(), "command of the file"));
    FRONTDESK_RETURN_IF_ERROR(GiveCommands(test_.commands(), "command"));
    PolicyActivation activation;
    activation.actor = MakeActor("tester", v1::Actor::KIND_SYSTEM);
    activation.now = ToTimestamp(first_);
    FRONTDESK_RETURN_IF_ERROR(desk_->Activate(policy_, activation).status());
    for (int i = 0; i < test_.decided_commands_size(); ++i) {
      const v1::ImportLine& line = test_.decided_commands(i);
      absl::StatusOr<v1::Outcome> outcome = Execute(line.command(), line.facts());
      if (!outcome.ok()) {
        return MakeFault(absl::StrCat("decided command ", i + 1), outcome.status());
      }
      coverage_->Add(*outcome);
    }
    absl::StatusOr<v1::Outcome> outcome = ExecuteTested();
    if (!outcome.ok()) return MakeFault("the command", outcome.status());
    coverage_->Add(*outcome);
    Compare(*outcome);
    Explain(*outcome);
    return absl::OkStatus();
  }

  // A desk on which everything is allowed, at the earliest instant of the test.
  absl::Status OpenDesk() {
    first_ = absl::InfiniteFuture();
    const auto look = [this](const v1::Command& command) {
      const absl::optional<absl::Time> now = ToTime(Complete(command).now());
      if (now.has_value()) first_ = std::min(first_, *now);
    };
    for (const v1::ImportLine& line : file_.commands()) look(line.command());
    for (const v1::ImportLine& line : test_.commands()) look(line.command());
    for (const v1::ImportLine& line : test_.decided_commands()) look(line.command());
    look(test_.command());
    DeskOptions options;
    options.policy = allowing_;
    options.trace = rules::TraceLevel::kFull;
    FRONTDESK_ASSIGN_OR_RETURN(desk_, Desk::Open(std::move(options)));
    return absl::OkStatus();
  }

  absl::Status GiveEntities(const google::protobuf::RepeatedPtrField<v1::EntityState>& entities,
                            absl::string_view what) {
    for (int i = 0; i < entities.size(); ++i) {
      absl::optional<v1::Command> import = MakeImport(entities[i]);
      *import->mutable_now() = ToTimestamp(first_);
      FRONTDESK_RETURN_IF_ERROR(Give(*import, {}, absl::StrCat(what, " ", i + 1)));
    }
    return absl::OkStatus();
  }

  absl::Status GiveCommands(const google::protobuf::RepeatedPtrField<v1::ImportLine>& lines,
                            absl::string_view what) {
    for (int i = 0; i < lines.size(); ++i) {
      FRONTDESK_RETURN_IF_ERROR(
          Give(lines[i].command(), lines[i].facts(), absl::StrCat(what, " ", i + 1)));
    }
    return absl::OkStatus();
  }

  absl::Status Give(const v1::Command& command, const v1::Facts& facts, absl::string_view what) {
    absl::StatusOr<v1::Outcome> outcome = Execute(command, facts);
    if (!outcome.ok()) return MakeFault(what, outcome.status());
    if (outcome->verdict() == v1::VERDICT_DONE) return absl::OkStatus();
    std::string reasons;
    for (const v1::Refusal& refusal : outcome->refusals()) {
      absl::StrAppend(&reasons, reasons.empty() ? "" : "; ", EscapeValue(refusal.reason()),
                      refusal.field().empty() ? "" : " at ", EscapeText(refusal.field()));
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "an entity or command that is given is not possible: ", what, " is refused: ", reasons));
  }

  static absl::Status MakeFault(absl::string_view what, const absl::Status& status) {
    std::string text = absl::StrCat(what, " cannot be decided: ", status.message());
    if (const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(status)) {
      absl::StrAppend(&text, " (", detail->reason(), ")");
      for (const v1::FieldViolation& violation : detail->violations()) {
        absl::StrAppend(&text, "; ", EscapeText(violation.field()), ": ",
                        EscapeText(violation.text()));
      }
    }
    return absl::InvalidArgumentError(text);
  }

  absl::StatusOr<v1::Outcome> Execute(const v1::Command& command, const v1::Facts& facts) {
    const v1::Command complete = Complete(command);
    return desk_->Execute(complete, MakeFacts(complete, facts));
  }

  // The command of the test, with the policy that it offers.
  absl::StatusOr<v1::Outcome> ExecuteTested() {
    const v1::Command& command = test_.command();
    const bool offers = command.desk().has_activate_policy() &&
                        command.desk().activate_policy().policy_hash().empty();
    if (!offers) return Execute(command, test_.facts());
    v1::PolicyPack pack = policy_->pack();
    const v1::PolicyRef& offered = test_.offered_policy();
    if (!offered.name().empty()) pack.set_name(offered.name());
    if (!offered.version().empty()) pack.set_version(offered.version());
    const PolicyResult compiled = Policy::Compile(pack, policy_->options());
    FRONTDESK_RETURN_IF_ERROR(compiled.status());
    const v1::Command complete = Complete(command);
    PolicyActivation activation;
    activation.actor = complete.actor();
    activation.now = complete.now();
    activation.note = complete.note();
    return desk_->Activate(compiled.policy, activation);
  }

  void CompareList(absl::string_view what, const std::vector<std::string>& found,
                   const std::vector<std::string>& expected) {
    if (found == expected) return;
    Differ(absl::StrCat("the ", what, ": ", List(found), "; expected: ", List(expected)));
  }

  void Compare(const v1::Outcome& outcome) {
    const v1::ExpectedOutcome& expected = test_.expected();
    result_.set_verdict(outcome.verdict());
    const std::vector<std::string> reasons = Reasons(outcome);
    *result_.mutable_reasons() = {reasons.begin(), reasons.end()};
    if (outcome.verdict() != expected.verdict()) {
      Differ(absl::StrCat("the verdict is ", VerdictName(outcome.verdict()),
                          "; expected: ", VerdictName(expected.verdict())));
    }
    if (expected.reasons_size() > static_cast<int>(reasons.size()) ||
        !std::equal(expected.reasons().begin(), expected.reasons().end(), reasons.begin())) {
      CompareList("reasons", reasons, Words(expected.reasons()));
    }
    if (expected.rule_ids_size() > 0) {
      CompareList("rules that decided", Words(outcome.decision().fired_rule_ids()),
                  Words(expected.rule_ids()));
    }
    if (!expected.authority().empty() && outcome.held().authority() != expected.authority()) {
      CompareList("authority", {outcome.held().authority()}, {expected.authority()});
    }
    if (expected.effects_size() > 0 || expected.no_effects()) {
      CompareList("effects", InnerNames(outcome.effects()), Words(expected.effects()));
    }
    if (expected.events_size() > 0) {
      CompareList("events", InnerNames(outcome.events()), Words(expected.events()));
    }
    for (const v1::OutputValue& output : expected.outputs()) CompareOutput(outcome, output);
  }

  void CompareOutput(const v1::Outcome& outcome, const v1::OutputValue& expected) {
    const std::string name = EscapeText(expected.name());
    const v1::OutputValue* found = rules::FindOutput(outcome.decision(), expected.name());
    if (found == nullptr) {
      Differ(absl::StrCat("there is no output ", name, "; expected: ", ValueText(expected)));
      return;
    }
    v1::OutputValue same = *found;
    if (expected.rule_id().empty()) same.clear_rule_id();
    if (google::protobuf::util::MessageDifferencer::Equals(same, expected)) return;
    if (!expected.rule_id().empty() && found->rule_id() != expected.rule_id()) {
      Differ(absl::StrCat("the output ", name, " is of rule ", EscapeValue(found->rule_id()),
                          "; expected: ", EscapeValue(expected.rule_id())));
      return;
    }
    Differ(absl::StrCat("the output ", name, " is ", ValueText(*found),
                        "; expected: ", ValueText(expected)));
  }

  void Explain(const v1::Outcome& outcome) {
    if (result_.differences().empty()) return;
    if (!outcome.record_id().empty()) {
      const absl::StatusOr<v1::Explanation> explanation = desk_->Explain(outcome.record_id());
      if (explanation.ok()) result_.set_explanation(explanation->text());
      return;
    }
    // The command did not reach policy.
    std::string text;
    for (const v1::Refusal& refusal : outcome.refusals()) {
      absl::StrAppend(&text, EscapeValue(refusal.reason()), refusal.field().empty() ? "" : ", ",
                      EscapeText(refusal.field()), ": ", EscapeText(refusal.text()), "\n");
    }
    result_.set_explanation(text);
  }

  const std::shared_ptr<const Policy>& policy_;
  const std::shared_ptr<const Policy>& allowing_;
  const v1::PolicyTestFile& file_;
  const v1::PolicyTest& test_;
  PolicyCoverage* const coverage_;
  v1::PolicyTestResult result_;
  std::unique_ptr<Desk> desk_;
  absl::Time first_;
};

}  // namespace

absl::StatusOr<v1::PolicyTestReport> RunPolicyTests(const std::shared_ptr<const Policy>& policy,
                                                    const v1::PolicyTestFile& file,
                                                    const PolicyTestOptions& options) {
  std::vector<v1::Issue> issues;
  CheckPolicyTests(
      file, options, [](v1::Issue*) {}, &issues);
  if (rules::HasErrors(issues)) return rules::IssuesToStatus(issues);
  PolicyResult allowing = Policy::Compile(AllowingPack(policy->pack()), policy->options());
  FRONTDESK_RETURN_IF_ERROR(allowing.status());
  v1::PolicyTestReport report;
  PolicyCoverage coverage(policy->pack(), &report);
  std::int64_t count = 0;
  for (const v1::PolicyTest& test : file.tests()) {
    v1::PolicyTestResult& result = *report.add_results();
    result = TestRun(policy, allowing.policy, file, test, &coverage).Run();
    if (result.passed()) {
      report.set_passed_count(report.passed_count() + 1);
    } else {
      report.set_failed_count(report.failed_count() + 1);
    }
    if (options.progress && !options.progress(++count)) break;
  }
  return report;
}

void MergePolicyTestReports(const v1::PolicyTestReport& from, v1::PolicyTestReport* into) {
  for (const v1::PolicyTestResult& result : from.results()) *into->add_results() = result;
  into->set_passed_count(into->passed_count() + from.passed_count());
  into->set_failed_count(into->failed_count() + from.failed_count());
  if (into->rules().empty()) {
    *into->mutable_rules() = from.rules();
    return;
  }
  std::map<std::pair<std::string, std::string>, v1::RuleCoverage*> rules;
  for (v1::RuleCoverage& rule : *into->mutable_rules()) {
    rules[{rule.rule_set_id(), rule.rule_id()}] = &rule;
  }
  for (const v1::RuleCoverage& rule : from.rules()) {
    const auto found = rules.find({rule.rule_set_id(), rule.rule_id()});
    if (found == rules.end()) continue;
    v1::RuleCoverage& sum = *found->second;
    sum.set_fired_count(sum.fired_count() + rule.fired_count());
    sum.set_true_count(sum.true_count() + rule.true_count());
    sum.set_false_count(sum.false_count() + rule.false_count());
    sum.set_error_count(sum.error_count() + rule.error_count());
    for (int i = 0; i < sum.parts_size() && i < rule.parts_size(); ++i) {
      v1::PartCoverage& part = *sum.mutable_parts(i);
      part.set_true_count(part.true_count() + rule.parts(i).true_count());
      part.set_false_count(part.false_count() + rule.parts(i).false_count());
      part.set_error_count(part.error_count() + rule.parts(i).error_count());
    }
  }
}

}  // namespace report
}  // namespace frontdesk
