#include "frontdesk/desk/desk.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "decide/command_run.h"
#include "desk/desk_entry.h"
#include "desk/finder.h"
#include "desk/kept_policies.h"
#include "desk/make_batch.h"
#include "desk/relations.h"
#include "desk/row_reader.h"
#include "desk/state_reader.h"
#include "domain/row_lists.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

absl::Status CheckOptions(const DeskOptions& options) {
  ErrorBuilder errors(kReasonDeskOptionsInvalid);
  const auto require = [&errors](bool good, absl::string_view field, absl::string_view text) {
    if (!good) errors.Add(field, kReasonDeskOptionsInvalid, text);
  };
  require(options.policy != nullptr, "policy", "a policy is required");
  require(options.limits.max_command_bytes > 0, "limits.max_command_bytes",
          "the limit is not positive");
  require(options.limits.max_facts_bytes > 0, "limits.max_facts_bytes",
          "the limit is not positive");
  require(options.limits.max_events_per_command > 0, "limits.max_events_per_command",
          "the limit is not positive");
  require(options.limits.max_policy_cost > 0, "limits.max_policy_cost",
          "the limit is not positive");
  require(options.limits.max_case_ancestors > 0, "limits.max_case_ancestors",
          "the limit is not positive");
  require(options.limits.max_related > 0, "limits.max_related", "the limit is not positive");
  require(options.find_limits.max_text_bytes > 0, "find_limits.max_text_bytes",
          "the limit is not positive");
  require(options.find_limits.max_scanned > 0, "find_limits.max_scanned",
          "the limit is not positive");
  require(options.find_limits.max_related > 0, "find_limits.max_related",
          "the limit is not positive");
  require(options.find_limits.max_rows > 0, "find_limits.max_rows", "the limit is not positive");
  require(options.find_limits.max_compared > 0 && options.find_limits.max_compared < kMaxPageSize,
          "find_limits.max_compared", "the limit is not in 1 to 999");
  require(options.find_limits.max_duplicates > 0, "find_limits.max_duplicates",
          "the limit is not positive");
  require(options.max_commit_attempts > 0, "max_commit_attempts", "the limit is not positive");
  require(options.remember_for > absl::ZeroDuration(), "remember_for", "the time is not positive");
  require(options.max_clock_skew >= absl::ZeroDuration(), "max_clock_skew", "the time is negative");
  require(options.max_clock_lead > absl::ZeroDuration(), "max_clock_lead",
          "the time is not positive");
  return errors.Build();
}

absl::Status CheckRef(const v1::EntityRef& entity) {
  if (entity.kind() == v1::ENTITY_KIND_UNSPECIFIED || !v1::EntityKind_IsValid(entity.kind())) {
    return MakeError(kReasonEntityRefMalformed, "the kind of the entity is not set, or not known");
  }
  return internal::CheckEntityId(entity.id(), "id");
}

// The newest instant to write down with a record of `instant`; nothing when the one that is written down is near enough. So few
// commands meet at its row.
absl::optional<event_log::NewTime> NewNewestTime(const google::protobuf::Timestamp& instant,
                                                 const internal::ClockLimits& clocks,
                                                 const internal::StateReader& reader) {
  if (!clocks.bounds_lead()) return absl::nullopt;
  const absl::optional<absl::Time>& newest = reader.newest_time();
  const absl::Time time = *internal::DecodeTime(instant);
  if (reader.newest_time_row() != nullptr && newest.has_value() &&
      time - *newest <= clocks.lead_step()) {
    return absl::nullopt;
  }
  const bool is_older = newest.has_value() && time < *newest;
  return event_log::NewTime{is_older ? internal::EncodeTime(*newest) : instant,
                            reader.newest_time_row()};
}

absl::Status CheckRowList(v1::EntityKind kind, absl::string_view list) {
  if (domain::FindRowList(kind, list) != nullptr) return absl::OkStatus();
  return MakeError(kReasonRowListUnknown, absl::StrCat(internal::EscapeValue(list),
                                                       " is no list of rows of such entities"));
}

// The number of an id that a desk without a source gave; 0 for any other.
std::int64_t NumberOfOwnId(absl::string_view id) {
  std::int64_t number = 0;
  return absl::ConsumePrefix(&id, "r") && absl::SimpleAtoi(id, &number) ? number : 0;
}

v1::Command MakeResolution(const ApprovalResolution& resolution) {
  v1::Command command;
  *command.mutable_actor() = resolution.actor;
  *command.mutable_now() = resolution.now;
  command.set_late_entry(resolution.late_entry);
  command.set_idempotency_key(resolution.idempotency_key);
  return command;
}

}  // namespace

Desk::Desk(DeskOptions options)
    : log_(std::make_unique<event_log::EventLog>(std::move(options.store),
                                                 event_log::EventLogOptions{Evolve})),
      id_source_(std::move(options.id_source)),
      limits_(options.limits),
      find_limits_(options.find_limits),
      max_commit_attempts_(options.max_commit_attempts),
      remember_for_(options.remember_for),
      max_clock_skew_(options.max_clock_skew),
      max_clock_lead_(options.max_clock_lead),
      trace_(options.trace),
      kept_policies_(std::make_unique<internal::KeptPolicies>()),
      policy_(std::move(options.policy)) {}

Desk::~Desk() = default;

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(DeskOptions options) {
  FRONTDESK_RETURN_IF_ERROR(CheckOptions(options));
  if (options.store == nullptr) options.store = store::MakeMemoryStore();
  return std::unique_ptr<Desk>(new Desk(std::move(options)));
}

absl::StatusOr<v1::Outcome> Desk::Execute(const v1::Command& command, const v1::Facts& facts) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  const std::shared_ptr<const Policy> policy = this->policy();
  const internal::ClockLimits clocks{max_clock_skew_, max_clock_lead_};
  internal::CommandRun run(*policy, limits_, clocks, trace_, command, facts);
  std::string record_id;
  for (int attempt = 0; attempt < max_commit_attempts_; ++attempt) {
    FRONTDESK_ASSIGN_OR_RETURN(absl::optional<event_log::View> view, log_->Read());
    internal::StateReader reader(*view, remember_for_);
    FRONTDESK_RETURN_IF_ERROR(run.Run(&reader));
    const bool remembers = run.is_to_remember();
    if (run.is_remembered() || (!run.has_record() && !remembers)) return run.TakeOutcome();

    // No lock is held: the source may do what it likes.
    if (run.has_record() && record_id.empty()) {
      FRONTDESK_ASSIGN_OR_RETURN(record_id,
                                 NextRecordId(*internal::DecodeTime(run.record().time()), *view));
    }
    event_log::Batch batch = internal::MakeBatch(record_id, reader, &run);
    if (batch.record.has_value()) {
      batch.newest_time = NewNewestTime(batch.record->time(), clocks, reader);
      if (!IsKept(*policy)) batch.policy = {policy->hash(), policy->kept()};
    }
    if (remembers) {
      event_log::NewOutcome& remembered = batch.remembered.emplace();
      remembered.idempotency_key = command.idempotency_key();
      remembered.before = reader.outdated();
      *remembered.outcome.mutable_time() = command.now();
      remembered.outcome.set_body_hash(run.body_hash());
      *remembered.outcome.mutable_outcome() = run.outcome();
    }
    // A store in memory copies the rows that it changes only while somebody reads them.
    view.reset();
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::CommitVerdict verdict, log_->Commit(batch));
    if (verdict == event_log::CommitVerdict::kCommitted) {
      if (batch.policy.has_value()) SetKept(*policy);
      return run.TakeOutcome();
    }
    if (verdict == event_log::CommitVerdict::kRecordExists && id_source_ != nullptr) {
      return MakeError(kReasonCommitRecordExists, "a journal record has this id already");
    }
    if (verdict == event_log::CommitVerdict::kRecordExists) knows_newest_id_ = false;
    // The desk's own ids are in the order of the journal where commands race for one entity.
    if (id_source_ == nullptr) record_id.clear();
  }
  return MakeError(kReasonCommitContended,
                   absl::StrCat("max_commit_attempts is ", max_commit_attempts_));
}

absl::StatusOr<std::string> Desk::NextRecordId(absl::Time now, const event_log::View& view) {
  if (id_source_ != nullptr) {
    std::string id = id_source_->NextId(now);
    if (const auto fault = FindIdFault(id)) {
      return MakeError(*fault->reason, absl::StrCat("an id of the id source ", fault->text));
    }
    if (id.empty()) return MakeError(kReasonIdCharacter, "an id of the id source is empty");
    return id;
  }
  // Other desks on the same store count too: where their ids get in the way, this one goes on behind the newest record.
  std::int64_t used = view.sequence();
  if (!knows_newest_id_.exchange(true)) {
    LogPage newest;
    newest.after = view.sequence() - 1;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<v1::JournalRecord> records, view.Journal(newest));
    if (!records.empty()) used = std::max(used, NumberOfOwnId(records.back().record_id()));
  }
  const std::lock_guard<std::mutex> lock(ids_mutex_);
  last_id_ = std::max(last_id_, used) + 1;
  return absl::StrCat("r", absl::Dec(last_id_, absl::kZeroPad10));
}

bool Desk::IsKept(const Policy& policy) const {
  const std::lock_guard<std::mutex> lock(policy_mutex_);
  return kept_hash_ == policy.hash();
}

void Desk::SetKept(const Policy& policy) {
  const std::lock_guard<std::mutex> lock(policy_mutex_);
  kept_hash_ = policy.hash();
}

absl::StatusOr<v1::Outcome> Desk::Preview(const v1::Command& command, const v1::Facts& facts,
                                          absl::optional<rules::TraceLevel> trace) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  const std::shared_ptr<const Policy> policy = this->policy();
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  internal::StateReader reader(view, remember_for_);
  internal::CommandRun run(*policy, limits_, {max_clock_skew_, max_clock_lead_},
                           trace.value_or(trace_), command, facts);
  FRONTDESK_RETURN_IF_ERROR(run.Run(&reader));
  return run.TakeOutcome();
}

absl::StatusOr<v1::Outcome> Desk::Approve(absl::string_view approval_id,
                                          const ApprovalResolution& resolution,
                                          const v1::Facts& facts) {
  v1::Command command = MakeResolution(resolution);
  command.mutable_desk()->mutable_approve()->set_approval_id(std::string(approval_id));
  command.mutable_desk()->mutable_approve()->set_note(resolution.note);
  return Execute(command, facts);
}

absl::StatusOr<v1::Outcome> Desk::Decline(absl::string_view approval_id,
                                          const ApprovalResolution& resolution) {
  v1::Command command = MakeResolution(resolution);
  command.mutable_desk()->mutable_decline()->set_approval_id(std::string(approval_id));
  command.mutable_desk()->mutable_decline()->set_note(resolution.note);
  return Execute(command);
}

absl::StatusOr<v1::EntityState> Desk::Get(const v1::EntityRef& entity,
                                          absl::Span<const absl::string_view> lists) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_RETURN_IF_ERROR(CheckRef(entity));
  for (const absl::string_view list : lists) {
    FRONTDESK_RETURN_IF_ERROR(CheckRowList(entity.kind(), list));
  }
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             internal::GetState(view, entity.kind(), entity.id()));
  if (state == nullptr) return internal::EntityNotFoundError(entity.kind(), entity.id());
  v1::EntityState whole = *state;
  internal::RowReader reader(view, find_limits_.max_rows);
  for (const absl::string_view list : std::set<absl::string_view>(lists.begin(), lists.end())) {
    FRONTDESK_RETURN_IF_ERROR(reader.ReadInto(list, &whole));
  }
  return whole;
}

absl::StatusOr<v1::FindResponse> Desk::Find(const v1::FindRequest& request) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  return internal::AnswerFind(request, policy()->pack().default_region_code(), find_limits_, view);
}

absl::StatusOr<std::vector<v1::Event>> Desk::History(const v1::EntityRef& entity,
                                                     const LogPage& page) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_RETURN_IF_ERROR(CheckRef(entity));
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             internal::GetState(view, entity.kind(), entity.id()));
  if (state == nullptr) return internal::EntityNotFoundError(entity.kind(), entity.id());
  return view.History(entity, page);
}

absl::StatusOr<Rows> Desk::ReadRows(const v1::EntityRef& entity, absl::string_view list,
                                    const RowPage& page) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_RETURN_IF_ERROR(CheckRef(entity));
  FRONTDESK_RETURN_IF_ERROR(CheckRowList(entity.kind(), list));
  const domain::RowList* rows = domain::FindRowList(entity.kind(), list);
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             internal::GetState(view, entity.kind(), entity.id()));
  if (state == nullptr) return internal::EntityNotFoundError(entity.kind(), entity.id());
  Rows read;
  *read.state.mutable_entity() = entity;
  read.state.set_version(state->version());
  google::protobuf::Message* holder = domain::SetEntity(entity.kind(), &read.state);
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<StoredRow> found,
                             view.Rows(entity, rows->field->number(), state->version(), page));
  for (const StoredRow& row : found) {
    FRONTDESK_RETURN_IF_ERROR(internal::AddRow(row, *rows, holder));
  }
  if (!found.empty() && static_cast<int>(found.size()) >= page.page_size) {
    read.next = found.back().position;
  }
  return read;
}

absl::StatusOr<std::vector<PendingEffect>> Desk::PendingEffects(const LogPage& page) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  return view.PendingEffects(page);
}

absl::Status Desk::AcknowledgeEffect(absl::string_view effect_id) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  return log_->AcknowledgeEffect(effect_id);
}

std::shared_ptr<const Policy> Desk::policy() const {
  std::lock_guard<std::mutex> lock(policy_mutex_);
  return policy_;
}

absl::Status Desk::SetPolicy(std::shared_ptr<const Policy> policy) {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  if (policy == nullptr) return MakeError(kReasonDeskOptionsInvalid, "a policy is required");
  std::lock_guard<std::mutex> lock(policy_mutex_);
  policy_.swap(policy);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Fork(std::shared_ptr<IdSource> id_source) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  DeskOptions options;
  options.policy = policy();
  FRONTDESK_ASSIGN_OR_RETURN(options.store, log_->CloneStore());
  options.id_source = id_source != nullptr ? std::move(id_source) : id_source_;
  options.limits = limits_;
  options.find_limits = find_limits_;
  options.max_commit_attempts = max_commit_attempts_;
  options.remember_for = remember_for_;
  options.max_clock_skew = max_clock_skew_;
  options.max_clock_lead = max_clock_lead_;
  options.trace = trace_;
  return std::unique_ptr<Desk>(new Desk(std::move(options)));
}

}  // namespace frontdesk
