#include "frontdesk/report/backtest.h"

#include <string>
#include <utility>
#include <vector>

#include "frontdesk/base/error.h"
#include "frontdesk/decide/amounts.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/report/reasons.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "google/protobuf/descriptor.h"
#include "internal/status_macros.h"
#include "rules/comparison.h"

namespace frontdesk {
namespace report {
namespace {

// Said in every form of the report.
constexpr absl::string_view kNotes[] = {
    "Each command is decided on the input of then. A changed verdict would have changed the "
    "commands after it; the report does not "
    "follow that up.",
    "A command that was approved is in the journal twice: when it was held, and when it was "
    "decided again. The approval counts under "
    "both policies, for the authorities that it granted.",
};

// A record that is tried. A plain struct.
struct Tried {
  v1::JournalRecord record;
  // Whether this version of the code makes another input.
  bool is_changed_input = false;
};

// The outcome as the record has it, without events.
v1::Outcome RecordedOutcome(const v1::JournalRecord& record) {
  v1::Outcome outcome;
  outcome.set_verdict(record.verdict());
  *outcome.mutable_refusals() = record.refusals();
  if (record.has_held()) *outcome.mutable_held() = record.held();
  if (record.has_decision()) *outcome.mutable_decision() = record.decision();
  return outcome;
}

rules::DecidedSide SideOf(const v1::DecisionInput& input, const v1::Command& command,
                          const v1::Outcome& outcome) {
  rules::DecidedSide side;
  side.verdict = outcome.verdict();
  side.amount = AmountOf(input, command, outcome);
  for (const v1::Refusal& refusal : outcome.refusals()) {
    side.reasons.emplace_back(refusal.reason(), refusal.rule_id());
  }
  if (outcome.has_held()) {
    side.reasons.emplace_back(outcome.held().reason(), outcome.held().rule_id());
  }
  return side;
}

// Whether the policy reads a total when it decides the command.
bool ReadsTotals(const Policy& policy, const v1::Command& command) {
  const domain::CommandInfo* info = domain::FindCommand(command);
  return info != nullptr && !policy.TotalsOf(*info).empty();
}

rules::Compared Try(const Reader& reader, const Policy& after, const BacktestOptions& options,
                    Tried* tried) {
  rules::Compared compared;
  const v1::JournalRecord& record = tried->record;
  const v1::Command& command = record.command();
  const bool reads_totals = ReadsTotals(after, command);
  const absl::StatusOr<v1::RebuiltInput> rebuilt =
      reader.DecisionInputOf(record.record_id(), reads_totals ? &after : nullptr);
  if (!rebuilt.ok()) {
    compared.status = rebuilt.status();
    return compared;
  }
  tried->is_changed_input = rebuilt->fidelity() == v1::RebuiltInput::FIDELITY_CHANGED;
  const auto decide = [&](const v1::DecisionInput& input, const Policy& policy) {
    return Decide(input, command, policy, options.limits, rules::TraceLevel::kFired);
  };
  const auto decide_before = [&]() -> absl::StatusOr<v1::Outcome> {
    if (options.before == nullptr) return RecordedOutcome(record);
    if (!reads_totals && !ReadsTotals(*options.before, command)) {
      return decide(rebuilt->input(), *options.before);
    }
    FRONTDESK_ASSIGN_OR_RETURN(const v1::RebuiltInput with_totals,
                               reader.DecisionInputOf(record.record_id(), options.before.get()));
    return decide(with_totals.input(), *options.before);
  };
  const absl::StatusOr<v1::Outcome> before = decide_before();
  const absl::StatusOr<v1::Outcome> then =
      before.ok() ? decide(rebuilt->input(), after) : absl::StatusOr<v1::Outcome>(before.status());
  if (!then.ok()) {
    compared.status = then.status();
    return compared;
  }
  compared.before = SideOf(rebuilt->input(), command, *before);
  compared.after = SideOf(rebuilt->input(), command, *then);
  return compared;
}

v1::PolicyRef RefOf(const Policy& policy) {
  v1::PolicyRef ref;
  ref.set_hash(policy.hash());
  ref.set_name(policy.pack().name());
  ref.set_version(policy.pack().version());
  return ref;
}

// Fills a group with the records of a page that reached policy; false: there are no more.
absl::StatusOr<bool> ReadGroup(const Reader& reader, const BacktestOptions& options, LogPage* page,
                               std::vector<Tried>* group) {
  group->clear();
  FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::JournalRecord> records, reader.Journal(*page));
  if (!records.empty()) page->after = records.back().sequence();
  for (v1::JournalRecord& record : records) {
    if (record.sequence() > options.last_sequence) return false;
    if (record.has_input_hash()) group->push_back({std::move(record)});
  }
  return records.size() == static_cast<std::size_t>(page->page_size) &&
         page->after < options.last_sequence;
}

absl::Status AddRecord(const Tried& tried, const rules::Compared& compared,
                       rules::Comparison* comparison, v1::BacktestReport* report) {
  const v1::JournalRecord& record = tried.record;
  if (report->first_sequence() == 0) report->set_first_sequence(record.sequence());
  report->set_last_sequence(record.sequence());
  if (compared.status.ok()) {
    if (!record.approval_id().empty()) report->set_approved_count(report->approved_count() + 1);
    if (tried.is_changed_input) {
      report->set_changed_input_count(report->changed_input_count() + 1);
    }
  }
  const domain::CommandInfo* info = domain::FindCommand(record.command());
  return comparison->Add(record.record_id(), info == nullptr ? absl::string_view() : info->name,
                         compared);
}

void PutComparison(const rules::Comparison& comparison, v1::BacktestReport* report) {
  report->set_record_count(comparison.decided_count() + comparison.undecided_count());
  report->set_decided_count(comparison.decided_count());
  report->set_undecided_count(comparison.undecided_count());
  report->set_changed_count(comparison.changed_count());
  rules::PutVerdicts(comparison.all(), report->mutable_verdicts());
  for (const auto& [name, table] : comparison.points()) {
    v1::CommandChanges& command = *report->add_commands();
    command.set_decision_point(std::string(name));
    rules::PutVerdicts(*table, command.mutable_verdicts());
  }
  comparison.PutReasons(report->mutable_reasons());
  comparison.PutUndecided(report->mutable_undecided());
}

// The field `name` of the command's message that holds money; null when it has none.
const v1::Money* MoneyField(const google::protobuf::Message& command, const char* name) {
  const auto* field = command.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->message_type() != v1::Money::descriptor() ||
      !command.GetReflection()->HasField(command, field)) {
    return nullptr;
  }
  return &static_cast<const v1::Money&>(command.GetReflection()->GetMessage(command, field));
}

}  // namespace

absl::optional<v1::Money> AmountOf(const v1::DecisionInput& input, const v1::Command& command,
                                   const v1::Outcome& outcome) {
  const v1::Money* const given = GivenAmount(input, command, outcome.decision());
  const v1::Money& refund = input.order().assessment().refund_amount();
  if (given != nullptr && given != &refund) return *given;
  if (refund.units() != 0) return refund;
  const google::protobuf::Message* verb = domain::GetCommandMessage(command);
  if (verb == nullptr) return absl::nullopt;
  for (const char* name : {"amount", "remedy_amount"}) {
    if (const v1::Money* money = MoneyField(*verb, name)) return *money;
  }
  return absl::nullopt;
}

absl::StatusOr<v1::BacktestReport> Backtest(const Reader& reader,
                                            const std::shared_ptr<const Policy>& after,
                                            const BacktestOptions& options) {
  if (after == nullptr || !rules::IsValid(options)) {
    return MakeError(kReasonReportOptionsInvalid,
                     "a policy is needed, and limits that are positive");
  }
  v1::BacktestReport report;
  if (options.before != nullptr) *report.mutable_before() = RefOf(*options.before);
  *report.mutable_after() = RefOf(*after);
  for (const absl::string_view note : kNotes) report.add_notes(std::string(note));
  rules::Comparison comparison(options);
  LogPage page;
  page.after = options.after_sequence;
  page.page_size = options.group_size;
  FRONTDESK_RETURN_IF_ERROR(rules::CompareGroups<Tried>(
      options, [&](std::vector<Tried>* group) { return ReadGroup(reader, options, &page, group); },
      [&](Tried& tried, cel::Scratch&) { return Try(reader, *after, options, &tried); },
      [&](const Tried& tried, const rules::Compared& compared) {
        return AddRecord(tried, compared, &comparison, &report);
      }));
  PutComparison(comparison, &report);
  return report;
}

}  // namespace report
}  // namespace frontdesk
