#include "frontdesk/report/frames.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/import.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/log.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/repeated_field.h"
#include "internal/status_macros.h"
#include "report/frame_builder.h"
#include "report/message_names.h"

namespace frontdesk {
namespace report {
namespace {

constexpr ColumnType kText = ColumnType::kText;
constexpr ColumnType kCategory = ColumnType::kCategory;
constexpr ColumnType kTime = ColumnType::kTime;
constexpr ColumnType kInteger = ColumnType::kInteger;
constexpr ColumnType kAmount = ColumnType::kAmount;

// Entries of an account that are read at a time.
constexpr int kRowPage = 1'000;

class PageReader {
 public:
  explicit PageReader(const Reader& reader) : reader_(reader) {}

  absl::Status Add(const v1::LogChange& change) {
    const std::int64_t position = change.entry().position();
    for (const v1::Event& event : change.events()) {
      AddEvent(position, event);
      // Its first event is what makes an entity.
      if (event.version() == 1) FRONTDESK_RETURN_IF_ERROR(AddEntity(event.entity()));
    }
    if (change.has_record()) AddRecord(change.record());
    return absl::OkStatus();
  }

  std::vector<Frame> Take() && {
    std::vector<Frame> frames;
    for (FrameBuilder* each : {&cases_, &orders_, &entries_, &events_, &decisions_, &refusals_}) {
      frames.push_back(std::move(*each).Take());
    }
    return frames;
  }

 private:
  void AddEvent(std::int64_t position, const v1::Event& event) {
    events_.Integer(position);
    events_.Text(event.event_id());
    events_.Time(event.has_time(), event.time());
    events_.Time(event.has_occur_time(), event.occur_time());
    events_.Category(InnerName(event));
    events_.Enum(v1::EntityKind_descriptor(), event.entity().kind());
    events_.Text(event.entity().id());
    events_.Integer(event.version());
    events_.Category(event.actor_id());
    events_.Text(event.record_id());
    events_.EndRow();
  }

  void AddRecord(const v1::JournalRecord& record) {
    const domain::CommandInfo* const verb = domain::FindCommand(record.command());
    decisions_.Integer(record.sequence());
    decisions_.Text(record.record_id());
    decisions_.Time(record.has_time(), record.time());
    decisions_.Category(verb == nullptr ? absl::string_view() : verb->name);
    decisions_.Enum(v1::EntityKind_descriptor(), record.entity().kind());
    decisions_.Text(record.entity().id());
    decisions_.Category(record.command().actor().actor_id());
    decisions_.Enum(v1::Verdict_descriptor(), record.verdict());
    const bool is_refused = record.refusals_size() > 0;
    decisions_.Category(is_refused ? record.refusals(0).reason() : record.held().reason());
    decisions_.Category(is_refused ? record.refusals(0).rule_id() : record.held().rule_id());
    decisions_.Category(record.policy_name());
    decisions_.EndRow();
    for (int i = 0; i < record.refusals_size(); ++i) {
      const v1::Refusal& refusal = record.refusals(i);
      refusals_.Text(record.record_id());
      refusals_.Time(record.has_time(), record.time());
      refusals_.Category(verb == nullptr ? absl::string_view() : verb->name);
      refusals_.Integer(i + 1);
      refusals_.Category(refusal.reason());
      refusals_.Enum(v1::Refusal::Origin_descriptor(), refusal.origin());
      refusals_.Category(refusal.rule_id());
      refusals_.Category(refusal.field());
      refusals_.EndRow();
    }
  }

  absl::Status AddEntity(const v1::EntityRef& entity) {
    if (entity.kind() != v1::ENTITY_KIND_CASE && entity.kind() != v1::ENTITY_KIND_ORDER &&
        entity.kind() != v1::ENTITY_KIND_ACCOUNT) {
      return absl::OkStatus();
    }
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, reader_.Get(entity));
    if (state->has_case_()) AddCase(state->case_());
    if (state->has_order()) AddOrder(state->order());
    return state->has_account() ? AddEntries(*state) : absl::OkStatus();
  }

  void AddCase(const v1::Case& shown) {
    cases_.Text(shown.case_id());
    cases_.Enum(v1::Case::State_descriptor(), shown.state());
    cases_.Category(shown.state_name());
    cases_.Enum(v1::Case::Kind_descriptor(), shown.kind());
    cases_.Integer(shown.priority() == 0 ? kNoNumber : shown.priority());
    cases_.Text(shown.customer_id());
    cases_.Category(shown.queue_id());
    cases_.Category(shown.assignee_id());
    cases_.Text(shown.subject());
    cases_.Time(shown.has_open_time(), shown.open_time());
    cases_.Time(shown.has_resolved_since_time(), shown.resolved_since_time());
    cases_.Time(shown.has_close_time(), shown.close_time());
    const bool has_resolution = shown.resolutions_size() > 0;
    const v1::Resolution& last = has_resolution ? shown.resolutions(shown.resolutions_size() - 1)
                                                : v1::Resolution::default_instance();
    cases_.Category(last.code());
    cases_.Category(last.remedy());
    cases_.Amount(last.has_remedy_amount(), last.remedy_amount());
    cases_.Integer(shown.part_count());
    cases_.Integer(shown.reopen_count());
    cases_.Integer(shown.reassignment_count());
    cases_.EndRow();
  }

  void AddOrder(const v1::Order& shown) {
    orders_.Text(shown.order_id());
    orders_.Enum(v1::Order::State_descriptor(), shown.state());
    orders_.Text(shown.customer_id());
    orders_.Time(shown.has_place_time(), shown.place_time());
    orders_.Time(shown.has_deliver_time(), shown.deliver_time());
    orders_.Time(shown.has_cancel_time(), shown.cancel_time());
    orders_.Category(shown.cancel_reason());
    // One currency for all amounts of an order.
    orders_.Integer(shown.totals().has_total() ? shown.totals().total().units() : kNoNumber);
    orders_.Integer(shown.has_captured_amount() ? shown.captured_amount().units() : kNoNumber);
    orders_.Integer(shown.has_refunded_amount() ? shown.refunded_amount().units() : kNoNumber);
    orders_.Category(shown.currency_code());
    orders_.Integer(shown.lines_size());
    orders_.EndRow();
  }

  absl::Status AddEntries(const v1::EntityState& state) {
    RowPage page;
    page.page_size = kRowPage;
    for (;;) {
      FRONTDESK_ASSIGN_OR_RETURN(const Rows rows,
                                 reader_.ReadRows(state.entity(), "entries", page));
      for (const v1::LedgerEntry& entry : rows.state.account().entries()) {
        entries_.Text(state.entity().id());
        entries_.Enum(v1::Account::Kind_descriptor(), state.account().kind());
        entries_.Text(state.account().customer_id());
        entries_.Integer(entry.sequence());
        entries_.Time(entry.has_time(), entry.time());
        entries_.Integer(entry.amount().units());
        entries_.Amount(entry.has_balance_after(), entry.balance_after());
        entries_.Category(entry.cause());
        entries_.Text(entry.order_id());
        entries_.EndRow();
      }
      if (!rows.next.has_value()) return absl::OkStatus();
      page.after = rows.next;
    }
  }

  const Reader& reader_;
  FrameBuilder cases_{"cases",
                      {{"case_id", kText},
                       {"state", kCategory},
                       {"state_name", kCategory},
                       {"kind", kCategory},
                       {"priority", kInteger},
                       {"customer_id", kText},
                       {"queue_id", kCategory},
                       {"assignee_id", kCategory},
                       {"subject", kText},
                       {"open_time", kTime},
                       {"resolve_time", kTime},
                       {"close_time", kTime},
                       {"code", kCategory},
                       {"remedy", kCategory},
                       {"remedy_amount", kAmount},
                       {"currency", kCategory},
                       {"part_count", kInteger},
                       {"reopen_count", kInteger},
                       {"reassignment_count", kInteger}}};
  FrameBuilder orders_{"orders",
                       {{"order_id", kText},
                        {"state", kCategory},
                        {"customer_id", kText},
                        {"place_time", kTime},
                        {"deliver_time", kTime},
                        {"cancel_time", kTime},
                        {"cancel_reason", kCategory},
                        {"total", kAmount},
                        {"captured", kAmount},
                        {"refunded", kAmount},
                        {"currency", kCategory},
                        {"line_count", kInteger}}};
  FrameBuilder entries_{"entries",
                        {{"account_id", kText},
                         {"kind", kCategory},
                         {"customer_id", kText},
                         {"sequence", kInteger},
                         {"time", kTime},
                         {"amount", kAmount},
                         {"balance_after", kAmount},
                         {"currency", kCategory},
                         {"cause", kCategory},
                         {"order_id", kText}}};
  FrameBuilder events_{"events",
                       {{"position", kInteger},
                        {"event_id", kText},
                        {"time", kTime},
                        {"occur_time", kTime},
                        {"event", kCategory},
                        {"entity_kind", kCategory},
                        {"entity_id", kText},
                        {"version", kInteger},
                        {"actor_id", kCategory},
                        {"record_id", kText}}};
  FrameBuilder decisions_{"decisions",
                          {{"position", kInteger},
                           {"record_id", kText},
                           {"time", kTime},
                           {"verb", kCategory},
                           {"entity_kind", kCategory},
                           {"entity_id", kText},
                           {"actor_id", kCategory},
                           {"verdict", kCategory},
                           {"reason", kCategory},
                           {"rule_id", kCategory},
                           {"policy", kCategory}}};
  FrameBuilder refusals_{"refusals",
                         {{"record_id", kText},
                          {"time", kTime},
                          {"verb", kCategory},
                          {"place", kInteger},
                          {"reason", kCategory},
                          {"origin", kCategory},
                          {"rule_id", kCategory},
                          {"field", kCategory}}};
};

void AddImportRow(absl::string_view import_id, const v1::ImportRow& row, FrameBuilder* imports) {
  imports->Category(import_id);
  imports->Integer(row.row());
  imports->Text(row.source());
  imports->Category(row.verb());
  if (row.verdict() != v1::VERDICT_UNSPECIFIED) {
    imports->Enum(v1::Verdict_descriptor(), row.verdict());
  } else {
    imports->Category(row.verb().empty() ? "no_command" : "error");
  }
  imports->Category(row.reasons_size() > 0 ? row.reasons(0) : "");
  imports->Text(row.text());
  imports->Text(row.record_id());
  imports->Integer(row.findings_size());
  std::set<std::string> reasons;
  for (const v1::ImportFinding& finding : row.findings()) reasons.insert(finding.reason());
  imports->Text(absl::StrJoin(reasons, " "));
  imports->EndRow();
}

}  // namespace

absl::StatusOr<FramePage> ReadFrames(const Reader& reader, std::int64_t after, int most_entries) {
  // Changes are read in smaller pieces: they have whole events.
  constexpr int kPiece = 100;
  PageReader page_reader(reader);
  FramePage page;
  page.next = after;
  for (int left = std::clamp(most_entries, 1, 10'000); left > 0;) {
    LogPage piece;
    piece.after = page.next;
    piece.page_size = std::min(left, kPiece);
    google::protobuf::Arena arena;
    auto& changes =
        *google::protobuf::Arena::CreateMessage<google::protobuf::RepeatedPtrField<v1::LogChange>>(
            &arena);
    FRONTDESK_RETURN_IF_ERROR(reader.ReadLog(piece, &changes));
    for (const v1::LogChange& change : changes) {
      FRONTDESK_RETURN_IF_ERROR(page_reader.Add(change));
      page.next = change.entry().position();
    }
    left -= changes.size();
    if (changes.size() < piece.page_size) break;
  }
  page.frames = std::move(page_reader).Take();
  return page;
}

absl::StatusOr<ImportFramePage> ReadImportFrame(const Reader& reader, const ImportPosition& after,
                                                int most_rows) {
  FrameBuilder imports{"imports",
                       {{"import_id", kCategory},
                        {"row", kInteger},
                        {"source", kText},
                        {"verb", kCategory},
                        {"verdict", kCategory},
                        {"reason", kCategory},
                        {"text", kText},
                        {"record_id", kText},
                        {"finding_count", kInteger},
                        {"findings", kText}}};
  ImportFramePage page;
  page.next = after;
  for (int left = std::clamp(most_rows, 1, 10'000); left > 0;) {
    std::vector<v1::ImportRow> rows;
    if (!page.next.import_id.empty()) {
      LogPage piece;
      piece.after = page.next.row;
      piece.page_size = left;
      FRONTDESK_ASSIGN_OR_RETURN(rows, ReadImport(reader, page.next.import_id, piece));
    }
    if (rows.empty()) {
      ImportPage following;
      following.after = page.next.import_id;
      following.page_size = 1;
      FRONTDESK_ASSIGN_OR_RETURN(const auto names, ListImports(reader, following));
      if (names.empty()) break;
      page.next = {names[0], 0};
      continue;
    }
    for (const v1::ImportRow& row : rows) AddImportRow(page.next.import_id, row, &imports);
    page.next.row = rows.back().row();
    left -= static_cast<int>(rows.size());
  }
  page.frame = std::move(imports).Take();
  return page;
}

}  // namespace report
}  // namespace frontdesk
