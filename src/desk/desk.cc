#include "frontdesk/desk/desk.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/finder.h"
#include "desk/relations.h"
#include "desk/retention.h"
#include "desk/row_reader.h"
#include "desk/state_reader.h"
#include "domain/row_lists.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

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

absl::Status CheckRowList(v1::EntityKind kind, absl::string_view list) {
  if (domain::FindRowList(kind, list) != nullptr) return absl::OkStatus();
  return MakeError(kReasonRowListUnknown, absl::StrCat(internal::EscapeValue(list),
                                                       " is no list of rows of such entities"));
}

}  // namespace

Desk::Desk(DeskOptions options)
    : log_(std::make_unique<event_log::EventLog>(
          std::move(options.store),
          event_log::EventLogOptions{Evolve, options.max_cached_state_bytes})),
      id_source_(std::move(options.id_source)),
      limits_(options.limits),
      find_limits_(options.find_limits),
      max_cached_state_bytes_(options.max_cached_state_bytes),
      max_commit_attempts_(options.max_commit_attempts),
      remember_for_(options.remember_for),
      max_clock_skew_(options.max_clock_skew),
      max_clock_lead_(options.max_clock_lead),
      trace_(options.trace),
      active_policy_(std::make_unique<internal::ActivePolicy>(std::move(options.policy))),
      retention_(std::make_unique<internal::Retention>()) {}

Desk::~Desk() = default;

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(DeskOptions options) {
  FRONTDESK_RETURN_IF_ERROR(CheckOptions(options));
  if (options.store == nullptr) options.store = store::MakeMemoryStore();
  const std::shared_ptr<const Policy> policy = options.policy;
  const absl::optional<PolicyActivation> activation = std::move(options.activate);
  std::unique_ptr<Desk> desk(new Desk(std::move(options)));
  FRONTDESK_RETURN_IF_ERROR(desk->BeginWith(policy, activation));
  return desk;
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> Desk::Get(
    const v1::EntityRef& entity, absl::Span<const absl::string_view> lists) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_RETURN_IF_ERROR(CheckRef(entity));
  for (const absl::string_view list : lists) {
    FRONTDESK_RETURN_IF_ERROR(CheckRowList(entity.kind(), list));
  }
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(auto state, internal::GetState(view, entity.kind(), entity.id()));
  if (state == nullptr) return internal::EntityNotFoundError(entity.kind(), entity.id());
  if (lists.empty()) return state;
  const auto whole = std::make_shared<v1::EntityState>(*state);
  internal::RowReader reader(view, find_limits_.max_rows);
  for (const absl::string_view list : std::set<absl::string_view>(lists.begin(), lists.end())) {
    FRONTDESK_RETURN_IF_ERROR(reader.ReadInto(list, whole.get()));
  }
  return std::shared_ptr<const v1::EntityState>(whole);
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> Desk::GetAsOf(const v1::EntityRef& entity,
                                                                     absl::Time time) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_RETURN_IF_ERROR(CheckRef(entity));
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t version,
                             view.VersionAsOf(entity.kind(), entity.id(), time));
  FRONTDESK_ASSIGN_OR_RETURN(auto state, view.GetAt(entity.kind(), entity.id(), version));
  if (state == nullptr) return internal::EntityNotFoundError(entity.kind(), entity.id());
  return state;
}

absl::StatusOr<std::shared_ptr<const v1::FindResponse>> Desk::Find(
    const v1::FindRequest& request) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(const std::string region, active_policy_->ReadRegion(view));
  return internal::AnswerFind(request, region, find_limits_, view);
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

std::shared_ptr<const Policy> Desk::policy() const { return active_policy_->last(); }

absl::StatusOr<std::unique_ptr<Desk>> Desk::Fork(std::shared_ptr<IdSource> id_source,
                                                 std::shared_ptr<const Policy> policy) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  DeskOptions options;
  options.policy = policy != nullptr ? policy : active_policy_->given();
  FRONTDESK_ASSIGN_OR_RETURN(options.store, log_->CloneStore());
  options.id_source = id_source != nullptr ? std::move(id_source) : id_source_;
  options.limits = limits_;
  options.find_limits = find_limits_;
  options.max_cached_state_bytes = max_cached_state_bytes_;
  options.max_commit_attempts = max_commit_attempts_;
  options.remember_for = remember_for_;
  options.max_clock_skew = max_clock_skew_;
  options.max_clock_lead = max_clock_lead_;
  options.trace = trace_;
  std::unique_ptr<Desk> fork(new Desk(std::move(options)));
  fork->active_policy_->GiveAllOf(*active_policy_);
  if (policy != nullptr) {
    fork->active_policy_->Give(policy);
    FRONTDESK_RETURN_IF_ERROR(fork->BeginWithFirst(*policy, /*is_fork=*/true).status());
  }
  fork->RefreshPolicy();
  return fork;
}

}  // namespace frontdesk
