#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "decide/command_run.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/fetch_for_commands.h"
#include "desk/state_reader.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "google/protobuf/stubs/logging.h"
#include "internal/message_utf8.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

constexpr std::size_t kDigestBytes = 16;

absl::Status CheckImportId(absl::string_view import_id) {
  if (import_id.empty()) return MakeError(kReasonImportMalformed, "an import has a name");
  if (const auto fault = FindIdFault(import_id)) {
    return MakeError(kReasonImportMalformed, absl::StrCat("the name of the import ", fault->text));
  }
  return absl::OkStatus();
}

bool IsReason(absl::string_view reason) {
  return reason.size() <= kMaxImportReasonBytes &&
         std::all_of(reason.begin(), reason.end(), [](char each) {
           return (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') || each == '_';
         });
}

// The fault of a row, for people; empty: it has none.
std::string FaultOf(const ImportInput& input) {
  if (const auto fault = FindIdFault(input.source, kMaxImportSourceBytes)) {
    return absl::StrCat("its source ", fault->text);
  }
  if (!IsReason(input.reason)) {
    return absl::StrCat("its reason is no word of A to Z, 0 to 9 and _ with at most ",
                        kMaxImportReasonBytes, " bytes");
  }
  if (input.text.size() > kMaxImportTextBytes || !internal::IsValidUtf8(input.text)) {
    return absl::StrCat("its text is not UTF-8, or has more than ", kMaxImportTextBytes, " bytes");
  }
  if (input.reason.empty() && !input.text.empty()) return "it has a text and no reason";
  if (!input.reason.empty() && input.command.command_case() != v1::Command::COMMAND_NOT_SET) {
    return "it has a reason and a command";
  }
  return "";
}

// Whether an error is not one of the command, so that the row can be decided later.
bool EndsImport(const absl::Status& status) {
  const std::string reason = GetReason(status);
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      // Ids of commands are refused: this one is of the id source.
      return reason.empty() || absl::StartsWith(reason, "ID_");
    case absl::StatusCode::kAlreadyExists:
      return reason == kReasonCommitRecordExists;
    case absl::StatusCode::kAborted:
      return reason != kReasonVersionConflict;
    case absl::StatusCode::kFailedPrecondition:
      return reason != kReasonFactMissing;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kOutOfRange:
      return reason.empty();
    default:
      return true;
  }
}

}  // namespace

namespace internal {

// One run of an import.
class CommandImport final : public CommandImporter {
 public:
  CommandImport(Desk* desk, absl::string_view import_id) : desk_(*desk), import_id_(import_id) {}

  absl::Status Add(absl::Span<const ImportInput> rows) override {
    if (failed_.ok()) failed_ = RunRows(rows);
    return failed_;
  }

  absl::StatusOr<v1::ImportReport> Finish() override {
    if (failed_.ok()) failed_ = CheckEnd();
    if (!failed_.ok()) return failed_;
    v1::ImportReport all = report();
    all.set_is_complete(true);
    return all;
  }

  v1::ImportReport report() const override {
    v1::ImportReport report;
    report.set_import_id(import_id_);
    report.set_row_count(row_count_);
    report.set_earlier_row_count(earlier_row_count_);
    for (const auto& [reason, count] : finding_counts_) {
      v1::ImportFindingCount& findings = *report.add_finding_counts();
      findings.set_reason(reason);
      findings.set_row_count(count.row_count);
      findings.set_finding_count(count.finding_count);
    }
    for (const auto& [key, row_count] : counts_) {
      v1::ImportCount& count = *report.add_counts();
      count.set_verb(std::get<0>(key));
      count.set_verdict(std::get<1>(key));
      count.set_reason(std::get<2>(key));
      count.set_row_count(row_count);
    }
    return report;
  }

  static absl::StatusOr<std::vector<v1::ImportRow>> Read(const Reader& reader,
                                                         absl::string_view import_id,
                                                         const LogPage& page) {
    const DeskEntry call(&reader);
    FRONTDESK_RETURN_IF_ERROR(call.Check());
    FRONTDESK_RETURN_IF_ERROR(CheckImportId(import_id));
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, reader.log_->Read());
    return view.ImportRows(import_id, page);
  }

  static absl::StatusOr<std::vector<std::string>> List(const Reader& reader,
                                                       const ImportPage& page) {
    const DeskEntry call(&reader);
    FRONTDESK_RETURN_IF_ERROR(call.Check());
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, reader.log_->Read());
    return view.Imports(page);
  }

 private:
  struct Item {
    const ImportInput& input;
    std::int64_t row = 0;
    std::string verb;
    std::string digest;
  };

  struct FindingCount {
    std::int64_t row_count = 0;
    std::int64_t finding_count = 0;
  };

  // The result of a row that is to be committed.
  struct Made {
    v1::ImportRow row;
    // Whether its verdict is remembered under the key of the command.
    bool is_remembered = false;
  };

  absl::Status RunRows(absl::Span<const ImportInput> rows) {
    const DeskEntry call(&desk_);
    FRONTDESK_RETURN_IF_ERROR(call.Check());
    std::vector<Item> items;
    for (const ImportInput& input : rows) {
      const std::int64_t row = last_row_ + static_cast<std::int64_t>(items.size()) + 1;
      const std::string fault = FaultOf(input);
      if (!fault.empty()) {
        return MakeError(kReasonImportMalformed, absl::StrCat("row ", row, ": ", fault));
      }
      const domain::CommandInfo* const info = domain::FindCommand(input.command);
      items.push_back({input, row, info == nullptr ? "" : std::string(info->name),
                       DigestOf(input, info != nullptr)});
    }
    last_row_ += static_cast<std::int64_t>(items.size());
    return RunItems(items);
  }

  std::string DigestOf(const ImportInput& input, bool has_verb) const {
    const std::size_t bytes = input.command.ByteSizeLong();
    std::string hash;
    if (!has_verb) {
      hash = Sha256(input.reason);
    } else if (bytes > desk_.limits_.max_command_bytes) {
      hash = Sha256(absl::StrCat(bytes));
    } else {
      // The envelope is not checked yet: its texts may be no UTF-8.
      const google::protobuf::LogSilencer silencer;
      hash = BodyHash(input.command);
    }
    hash.resize(kDigestBytes);
    return hash;
  }

  absl::Status RunItems(const std::vector<Item>& items) {
    if (items.empty()) return absl::OkStatus();
    std::vector<const Item*> open;
    FRONTDESK_RETURN_IF_ERROR(CountEarlier(items, &open));
    // A command to the desk may change the policy, and so is no part of a group.
    for (auto next = open.begin(); next != open.end();) {
      const auto end = std::find_if(
          next, open.end(), [](const Item* item) { return item->input.command.has_desk(); });
      if (next == end) {
        FRONTDESK_RETURN_IF_ERROR(RunRow(**next));
        ++next;
      } else {
        FRONTDESK_RETURN_IF_ERROR(RunGroup({next, end}));
        next = end;
      }
    }
    return absl::OkStatus();
  }

  // Counts the rows that have a result, and returns the others.
  absl::Status CountEarlier(const std::vector<Item>& items, std::vector<const Item*>* open) {
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, desk_.log_->Read());
    std::vector<v1::ImportRow> earlier;
    for (const Item& item : items) {
      FRONTDESK_ASSIGN_OR_RETURN(absl::optional<v1::ImportRow> row, FindRow(view, item));
      if (row.has_value()) {
        earlier.push_back(*std::move(row));
      } else {
        open->push_back(&item);
      }
    }
    for (const v1::ImportRow& row : earlier) CountAsEarlier(row);
    return absl::OkStatus();
  }

  // The result that the row has; nothing when it has none.
  absl::StatusOr<absl::optional<v1::ImportRow>> FindRow(const event_log::View& view,
                                                        const Item& item) const {
    FRONTDESK_ASSIGN_OR_RETURN(absl::optional<v1::ImportRow> row,
                               view.FindImportRow(import_id_, item.row));
    if (row.has_value() && (row->verb() != item.verb || row->digest() != item.digest)) {
      return MakeError(kReasonImportNotContinued,
                       absl::StrCat(Shown(item.row, item.input.source),
                                    " has the result of another row", EarlierSource(*row),
                                    ". Give the rows of the first run again, or import these "
                                    "under another name"));
    }
    return row;
  }

  absl::Status CheckEnd() const {
    const DeskEntry call(&desk_);
    FRONTDESK_RETURN_IF_ERROR(call.Check());
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, desk_.log_->Read());
    LogPage page;
    page.after = last_row_;
    page.page_size = 1;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::ImportRow> more,
                               view.ImportRows(import_id_, page));
    if (more.empty()) return absl::OkStatus();
    return MakeError(
        kReasonImportNotContinued,
        absl::StrCat("the import ends behind row ", last_row_, ", but ",
                     Shown(more.front().row(), more.front().source()),
                     " has a result. Give that row too, and those behind it, or import "
                     "these under another name"));
  }

  static std::string Shown(std::int64_t row, absl::string_view source) {
    return source.empty() ? absl::StrCat("row ", row)
                          : absl::StrCat("row ", row, " (", source, ")");
  }

  static std::string EarlierSource(const v1::ImportRow& row) {
    return row.source().empty() ? "" : absl::StrCat(", which came from ", row.source());
  }

  absl::Status RunGroup(const std::vector<const Item*>& items) {
    std::vector<const v1::Command*> commands;
    for (const Item* item : items) commands.push_back(&item->input.command);
    FRONTDESK_ASSIGN_OR_RETURN(event_log::Group group, BeginGroupFor(commands, *desk_.log_));
    std::vector<Made> made;
    absl::Status failure;
    for (const Item* item : items) {
      CommandRun run(desk_.limits_, {desk_.max_clock_skew_, desk_.max_clock_lead_}, desk_.trace_,
                     item->input.command, item->input.facts);
      std::string record_id;
      event_log::Batch batch;
      failure = DecideRow(*item, group.view(), &run, &record_id, &batch);
      if (failure.ok()) failure = group.Add(batch);
      if (!failure.ok()) break;
      made.push_back({std::move(batch.import_row->row), batch.remembered.has_value()});
    }
    std::vector<const Item*> again;
    const absl::StatusOr<std::vector<event_log::CommitVerdict>> verdicts =
        desk_.log_->CommitGroup(std::move(group));
    if (!verdicts.ok()) {
      // One row is too large, and no row of the group is committed.
      if (GetReason(verdicts.status()) != kReasonStoreRowTooLarge) return verdicts.status();
      again.assign(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(made.size()));
    } else {
      for (std::size_t i = 0; i < made.size(); ++i) {
        const event_log::CommitVerdict verdict = (*verdicts)[i];
        if (verdict == event_log::CommitVerdict::kCommitted) {
          CountCommitted(*items[i], made[i]);
        } else {
          FRONTDESK_RETURN_IF_ERROR(desk_.CheckRetry(verdict));
          again.push_back(items[i]);
        }
      }
    }
    for (const Item* item : again) FRONTDESK_RETURN_IF_ERROR(RunRow(*item));
    return failure;
  }

  // A row by itself, again as long as others change what it reads.
  absl::Status RunRow(const Item& item) {
    CommandRun run(desk_.limits_, {desk_.max_clock_skew_, desk_.max_clock_lead_}, desk_.trace_,
                   item.input.command, item.input.facts);
    std::string record_id;
    for (int attempt = 0; attempt < desk_.max_commit_attempts_; ++attempt) {
      event_log::Batch batch;
      {
        // Not open during the commit: see Desk::Run.
        FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, desk_.log_->Read());
        FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<v1::ImportRow> row, FindRow(view, item));
        if (row.has_value()) {
          CountAsEarlier(*row);
          return absl::OkStatus();
        }
        FRONTDESK_RETURN_IF_ERROR(DecideRow(item, view, &run, &record_id, &batch));
      }
      absl::StatusOr<event_log::CommitVerdict> verdict = desk_.log_->Commit(batch);
      if (!verdict.ok() && GetReason(verdict.status()) == kReasonStoreRowTooLarge) {
        v1::ImportRow row = RowOf(item);
        FillError(verdict.status(), &row);
        batch = event_log::Batch();
        batch.import_row = {import_id_, std::move(row)};
        verdict = desk_.log_->Commit(batch);
      }
      FRONTDESK_RETURN_IF_ERROR(verdict.status());
      if (*verdict == event_log::CommitVerdict::kCommitted) {
        CountCommitted(item, {batch.import_row->row, batch.remembered.has_value()});
        return absl::OkStatus();
      }
      FRONTDESK_RETURN_IF_ERROR(desk_.CheckRetry(*verdict));
      if (desk_.id_source_ == nullptr) record_id.clear();
    }
    return MakeError(kReasonCommitContended,
                     absl::StrCat("max_commit_attempts is ", desk_.max_commit_attempts_));
  }

  // The changes of a row with its result. They refer to the run. An error is one that ends the import.
  absl::Status DecideRow(const Item& item, const event_log::View& view, CommandRun* run,
                         std::string* record_id, event_log::Batch* batch) {
    v1::ImportRow row = RowOf(item);
    if (!item.input.reason.empty()) {
      row.add_reasons(item.input.reason);
      row.set_text(item.input.text);
    } else {
      ActiveAt active;
      StateReader reader(view, desk_.remember_for_);
      absl::StatusOr<absl::optional<event_log::Batch>> decided =
          desk_.Decide(item.input.command, nullptr, view, &reader, &active, run, record_id);
      if (decided.ok()) {
        if (decided->has_value()) *batch = **std::move(decided);
        FillOutcome(run->outcome(), &row);
      } else {
        if (EndsImport(decided.status())) return decided.status();
        FillError(decided.status(), &row);
      }
      if (batch->record == nullptr) AddReads(item, active, &reader, batch);
    }
    batch->import_row = {import_id_, std::move(row)};
    return absl::OkStatus();
  }

  // A result counts only as long as everything is there on which it was decided: it may be of another row of the group.
  static void AddReads(const Item& item, const ActiveAt& active, StateReader* reader,
                       event_log::Batch* batch) {
    // Those of a verdict that is remembered are there already.
    if (batch->remembered.has_value()) return;
    batch->read_entities = reader->ReadEntities();
    batch->read_indexes = reader->TakeIndexes();
    if (active.policy != nullptr) batch->read_entities.push_back({DeskEntity(), active.head});
    const std::string& key = item.input.command.idempotency_key();
    if (reader->has_read_outcome()) batch->read_outcome = {key, reader->outcome_row()};
  }

  static v1::ImportRow RowOf(const Item& item) {
    v1::ImportRow row;
    row.set_row(item.row);
    row.set_source(item.input.source);
    row.set_verb(item.verb);
    row.set_digest(item.digest);
    return row;
  }

  static void FillOutcome(const v1::Outcome& outcome, v1::ImportRow* row) {
    row->set_verdict(outcome.verdict());
    row->set_record_id(outcome.record_id());
    for (const v1::Refusal& refusal : outcome.refusals()) row->add_reasons(refusal.reason());
    if (outcome.refusals_size() > 0) {
      const v1::Refusal& leading = outcome.refusals(0);
      row->set_text(leading.field().empty() ? leading.text()
                                            : absl::StrCat(leading.field(), ": ", leading.text()));
    }
    // A command that is not done has no events.
    for (const v1::Event& event : outcome.events()) {
      if (event.customer().has_customer_imported()) {
        AddFindings(event.customer().customer_imported().findings(), row);
      } else if (event.case_().has_case_imported()) {
        AddFindings(event.case_().case_imported().findings(), row);
      } else if (event.order().has_order_imported()) {
        AddFindings(event.order().order_imported().findings(), row);
      }
    }
    if (outcome.has_held()) {
      row->add_reasons(outcome.held().reason());
      row->set_text(outcome.held().text());
    }
  }

  static void AddFindings(const google::protobuf::RepeatedPtrField<v1::ImportFinding>& findings,
                          v1::ImportRow* row) {
    row->mutable_findings()->MergeFrom(findings);
  }

  static void FillError(const absl::Status& status, v1::ImportRow* row) {
    row->add_reasons(GetReason(status));
    row->set_text(std::string(status.message()));
    if (const auto detail = GetErrorDetail(status)) {
      for (const v1::FieldViolation& violation : detail->violations()) {
        row->add_reasons(violation.reason());
      }
    }
  }

  void CountCommitted(const Item& item, const Made& made) {
    Count(made.row);
    if (made.is_remembered) desk_.ForgetOutcomes(item.input.command);
    if (item.input.command.has_desk()) desk_.RefreshPolicy();
  }

  void CountAsEarlier(const v1::ImportRow& row) {
    Count(row);
    ++earlier_row_count_;
  }

  void Count(const v1::ImportRow& row) {
    ++row_count_;
    ++counts_[{row.verb(), row.verdict(), row.reasons_size() > 0 ? row.reasons(0) : ""}];
    std::set<absl::string_view> reasons;
    for (const v1::ImportFinding& finding : row.findings()) {
      FindingCount& count = finding_counts_[finding.reason()];
      ++count.finding_count;
      if (reasons.insert(finding.reason()).second) ++count.row_count;
    }
  }

  Desk& desk_;
  const std::string import_id_;
  absl::Status failed_;
  // The last row that was given.
  std::int64_t last_row_ = 0;
  std::int64_t row_count_ = 0;
  std::int64_t earlier_row_count_ = 0;
  // By verb, verdict and leading reason.
  std::map<std::tuple<std::string, v1::Verdict, std::string>, std::int64_t> counts_;
  // By reason.
  std::map<std::string, FindingCount> finding_counts_;
};

}  // namespace internal

absl::StatusOr<std::unique_ptr<CommandImporter>> CommandImporter::Make(
    Desk* desk, absl::string_view import_id) {
  FRONTDESK_RETURN_IF_ERROR(CheckImportId(import_id));
  return std::make_unique<internal::CommandImport>(desk, import_id);
}

absl::StatusOr<v1::ImportReport> ImportCommands(Desk* desk, absl::string_view import_id,
                                                NextImportRow next,
                                                const ImportCommandsOptions& options) {
  if (options.group_size <= 0) {
    return MakeError(kReasonDeskOptionsInvalid, "the group size is not positive");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<CommandImporter> importer,
                             CommandImporter::Make(desk, import_id));
  while (true) {
    std::vector<ImportInput> rows;
    absl::StatusOr<bool> has_row = true;
    while (rows.size() < static_cast<std::size_t>(options.group_size)) {
      has_row = next(&rows.emplace_back());
      if (has_row.ok() && *has_row) continue;
      rows.pop_back();
      break;
    }
    // Those before an error of their source are done.
    FRONTDESK_RETURN_IF_ERROR(importer->Add(rows));
    if (!has_row.ok()) return has_row.status();
    const bool goes_on =
        rows.empty() || !options.progress || options.progress(importer->report().row_count());
    if (!*has_row) return importer->Finish();
    if (!goes_on) return importer->report();
  }
}

absl::StatusOr<std::vector<v1::ImportRow>> ReadImport(const Reader& reader,
                                                      absl::string_view import_id,
                                                      const LogPage& page) {
  return internal::CommandImport::Read(reader, import_id, page);
}

absl::StatusOr<std::vector<std::string>> ListImports(const Reader& reader, const ImportPage& page) {
  return internal::CommandImport::List(reader, page);
}

}  // namespace frontdesk
