#include "frontdesk/report/backtest.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/decide/amounts.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/report/reasons.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "google/protobuf/descriptor.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace report {
namespace {

// Every reason of an outcome with its rule, each once.
using Reasons = std::set<std::pair<std::string, std::string>>;

// One record, decided.
struct Tried {
  absl::Status status;
  v1::Verdict before = v1::VERDICT_UNSPECIFIED;
  v1::Verdict after = v1::VERDICT_UNSPECIFIED;
  absl::optional<v1::Money> before_amount;
  absl::optional<v1::Money> after_amount;
  Reasons before_reasons;
  Reasons after_reasons;
  bool is_changed_input = false;
};

Reasons ReasonsOf(const v1::Outcome& outcome) {
  Reasons reasons;
  for (const v1::Refusal& refusal : outcome.refusals()) {
    reasons.emplace(refusal.reason(), refusal.rule_id());
  }
  if (outcome.has_held()) reasons.emplace(outcome.held().reason(), outcome.held().rule_id());
  return reasons;
}

// The outcome as the record has it, without events.
v1::Outcome RecordedOutcome(const v1::JournalRecord& record) {
  v1::Outcome outcome;
  outcome.set_verdict(record.verdict());
  *outcome.mutable_refusals() = record.refusals();
  if (record.has_held()) *outcome.mutable_held() = record.held();
  if (record.has_decision()) *outcome.mutable_decision() = record.decision();
  return outcome;
}

// Whether the policy reads a total when it decides the command.
bool ReadsTotals(const Policy& policy, const v1::Command& command) {
  const domain::CommandInfo* info = domain::FindCommand(command);
  return info != nullptr && !policy.TotalsOf(*info).empty();
}

Tried Try(const Reader& reader, const v1::JournalRecord& record, const Policy& after,
          const BacktestOptions& options) {
  Tried tried;
  const v1::Command& command = record.command();
  const bool reads_totals = ReadsTotals(after, command);
  const absl::StatusOr<v1::RebuiltInput> rebuilt =
      reader.DecisionInputOf(record.record_id(), reads_totals ? &after : nullptr);
  if (!rebuilt.ok()) {
    tried.status = rebuilt.status();
    return tried;
  }
  tried.is_changed_input = rebuilt->fidelity() == v1::RebuiltInput::FIDELITY_CHANGED;
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
  absl::StatusOr<v1::Outcome> before = decide_before();
  absl::StatusOr<v1::Outcome> then = decide(rebuilt->input(), after);
  if (!before.ok() || !then.ok()) {
    tried.status = before.ok() ? then.status() : before.status();
    return tried;
  }
  tried.before = before->verdict();
  tried.after = then->verdict();
  tried.before_amount = AmountOf(rebuilt->input(), command, *before);
  tried.after_amount = AmountOf(rebuilt->input(), command, *then);
  tried.before_reasons = ReasonsOf(*before);
  tried.after_reasons = ReasonsOf(*then);
  return tried;
}

// Sums by currency.
class Sums {
 public:
  absl::Status Add(const absl::optional<v1::Money>& amount) {
    if (!amount.has_value()) return absl::OkStatus();
    v1::Money& sum = sums_[amount->currency_code()];
    if (sum.currency_code().empty()) sum.set_currency_code(amount->currency_code());
    FRONTDESK_ASSIGN_OR_RETURN(sum, AddMoney(sum, *amount));
    return absl::OkStatus();
  }
  void Put(google::protobuf::RepeatedPtrField<v1::Money>* field) const {
    for (const auto& [code, sum] : sums_) *field->Add() = sum;
  }

 private:
  std::map<std::string, v1::Money> sums_;
};

using Examples = std::vector<std::string>;

struct VerdictCell {
  std::int64_t count = 0;
  Sums before;
  Sums after;
  Examples examples;
};
using VerdictTable = std::map<std::pair<v1::Verdict, v1::Verdict>, VerdictCell>;

struct ReasonRow {
  std::int64_t before = 0;
  std::int64_t after = 0;
  Examples examples;
};

// Adds up what was tried, in the order of the journal.
class Totals {
 public:
  explicit Totals(int max_examples) : max_examples_(max_examples) {}

  absl::Status Add(const v1::JournalRecord& record, const Tried& tried,
                   v1::BacktestReport* report) {
    if (report->first_sequence() == 0) report->set_first_sequence(record.sequence());
    report->set_last_sequence(record.sequence());
    report->set_record_count(report->record_count() + 1);
    if (!tried.status.ok()) {
      report->set_undecided_count(report->undecided_count() + 1);
      auto& [count, examples] = undecided_[GetReason(tried.status)];
      ++count;
      AddExample(record, &examples);
      return absl::OkStatus();
    }
    report->set_decided_count(report->decided_count() + 1);
    if (!record.approval_id().empty()) report->set_approved_count(report->approved_count() + 1);
    if (tried.is_changed_input) {
      report->set_changed_input_count(report->changed_input_count() + 1);
    }
    if (tried.before != tried.after) report->set_changed_count(report->changed_count() + 1);
    const domain::CommandInfo* info = domain::FindCommand(record.command());
    const std::string point = info == nullptr ? std::string() : std::string(info->name);
    FRONTDESK_RETURN_IF_ERROR(AddVerdict(record, tried, &all_));
    FRONTDESK_RETURN_IF_ERROR(AddVerdict(record, tried, &commands_[point]));
    AddReasons(record, tried, point);
    return absl::OkStatus();
  }

  void Put(v1::BacktestReport* report) const {
    PutVerdicts(all_, report->mutable_verdicts());
    for (const auto& [point, table] : commands_) {
      v1::CommandChanges& command = *report->add_commands();
      command.set_decision_point(point);
      PutVerdicts(table, command.mutable_verdicts());
    }
    for (const auto& [key, row] : reasons_) {
      v1::ReasonChange& reason = *report->add_reasons();
      const auto& [point, word, rule] = key;
      reason.set_decision_point(point);
      reason.set_reason(word);
      reason.set_rule_id(rule);
      reason.set_before_count(row.before);
      reason.set_after_count(row.after);
      *reason.mutable_record_ids() = {row.examples.begin(), row.examples.end()};
    }
    for (const auto& [word, row] : undecided_) {
      v1::UndecidedRecords& undecided = *report->add_undecided();
      undecided.set_reason(word);
      undecided.set_count(row.first);
      *undecided.mutable_record_ids() = {row.second.begin(), row.second.end()};
    }
  }

 private:
  void AddExample(const v1::JournalRecord& record, Examples* examples) const {
    if (examples->size() < static_cast<std::size_t>(max_examples_)) {
      examples->push_back(record.record_id());
    }
  }

  absl::Status AddVerdict(const v1::JournalRecord& record, const Tried& tried,
                          VerdictTable* table) const {
    VerdictCell& cell = (*table)[{tried.before, tried.after}];
    ++cell.count;
    if (tried.before != tried.after) AddExample(record, &cell.examples);
    FRONTDESK_RETURN_IF_ERROR(cell.before.Add(tried.before_amount));
    return cell.after.Add(tried.after_amount);
  }

  void AddReasons(const v1::JournalRecord& record, const Tried& tried, const std::string& point) {
    Reasons all = tried.before_reasons;
    all.insert(tried.after_reasons.begin(), tried.after_reasons.end());
    for (const auto& [word, rule] : all) {
      ReasonRow& row = reasons_[{point, word, rule}];
      const bool before = tried.before_reasons.count({word, rule}) > 0;
      const bool after = tried.after_reasons.count({word, rule}) > 0;
      row.before += before ? 1 : 0;
      row.after += after ? 1 : 0;
      if (before != after) AddExample(record, &row.examples);
    }
  }

  static void PutVerdicts(const VerdictTable& table,
                          google::protobuf::RepeatedPtrField<v1::VerdictChange>* field) {
    for (const auto& [verdicts, cell] : table) {
      v1::VerdictChange& change = *field->Add();
      change.set_before(verdicts.first);
      change.set_after(verdicts.second);
      change.set_count(cell.count);
      cell.before.Put(change.mutable_before_amounts());
      cell.after.Put(change.mutable_after_amounts());
      *change.mutable_record_ids() = {cell.examples.begin(), cell.examples.end()};
    }
  }

  const int max_examples_;
  VerdictTable all_;
  std::map<std::string, VerdictTable> commands_;
  // By command, reason and rule.
  std::map<std::tuple<std::string, std::string, std::string>, ReasonRow> reasons_;
  std::map<std::string, std::pair<std::int64_t, Examples>> undecided_;
};

v1::PolicyRef RefOf(const Policy& policy) {
  v1::PolicyRef ref;
  ref.set_hash(policy.hash());
  ref.set_name(policy.pack().name());
  ref.set_version(policy.pack().version());
  return ref;
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
  if (after == nullptr || options.max_examples < 0 || options.group_size <= 0) {
    return MakeError(kReasonReportOptionsInvalid,
                     "a policy is needed, and limits that are positive");
  }
  v1::BacktestReport report;
  if (options.before != nullptr) *report.mutable_before() = RefOf(*options.before);
  *report.mutable_after() = RefOf(*after);
  Totals totals(options.max_examples);
  LogPage page;
  page.after = options.after_sequence;
  page.page_size = options.group_size;
  for (bool is_last = false; !is_last;) {
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<v1::JournalRecord> records, reader.Journal(page));
    is_last = records.size() < static_cast<std::size_t>(page.page_size);
    if (!records.empty()) page.after = records.back().sequence();
    const auto end = std::remove_if(records.begin(), records.end(), [&](const auto& record) {
      return record.sequence() > options.last_sequence || !record.has_input_hash();
    });
    is_last = is_last || page.after >= options.last_sequence;
    records.erase(end, records.end());
    std::vector<Tried> tried(records.size());
    const std::function<void(int)> work = [&](int index) {
      tried[index] = Try(reader, records[index], *after, options);
    };
    const int count = static_cast<int>(records.size());
    if (options.executor) {
      options.executor(count, work);
    } else {
      for (int i = 0; i < count; ++i) work(i);
    }
    for (int i = 0; i < count; ++i) {
      FRONTDESK_RETURN_IF_ERROR(totals.Add(records[i], tried[i], &report));
    }
    if (options.progress && !options.progress(report.record_count())) break;
  }
  totals.Put(&report);
  return report;
}

}  // namespace report
}  // namespace frontdesk
