#include "frontdesk/desk/reader.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/find_limits.h"
#include "desk/finder.h"
#include "desk/relations.h"
#include "desk/row_reader.h"
#include "desk/state_reader.h"
#include "domain/row_lists.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/desk/desk_options.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/policy.pb.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

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

std::size_t DefaultCachedBytes(const store::Store& store) {
  return store.IsInMemory() ? kMaxMemoryStateBytes : kMaxStateBytes;
}

}  // namespace

void internal::CheckFindLimits(const FindLimits& limits, ErrorBuilder* errors) {
  const auto require = [errors](bool good, absl::string_view field, absl::string_view text) {
    if (!good) errors->Add(field, kReasonDeskOptionsInvalid, text);
  };
  require(limits.max_text_bytes > 0, "find_limits.max_text_bytes", "the limit is not positive");
  require(limits.max_scanned > 0, "find_limits.max_scanned", "the limit is not positive");
  require(limits.max_counted > 0, "find_limits.max_counted", "the limit is not positive");
  require(limits.max_related > 0, "find_limits.max_related", "the limit is not positive");
  require(limits.max_rows > 0, "find_limits.max_rows", "the limit is not positive");
  require(limits.max_prefix_words > 0, "find_limits.max_prefix_words", "the limit is not positive");
  require(limits.max_compared > 0 && limits.max_compared < kMaxPageSize, "find_limits.max_compared",
          "the limit is not in 1 to 999");
  require(limits.max_duplicates > 0, "find_limits.max_duplicates", "the limit is not positive");
}

Reader::Reader(std::shared_ptr<store::Store> store,
               absl::optional<std::size_t> max_cached_state_bytes,
               std::shared_ptr<const Policy> policy, const CommandLimits& limits,
               const FindLimits& find_limits)
    : log_(std::make_unique<event_log::EventLog>(
          store, event_log::EventLogOptions{Evolve, max_cached_state_bytes.value_or(
                                                        DefaultCachedBytes(*store))})),
      limits_(limits),
      find_limits_(find_limits),
      active_policy_(std::make_unique<internal::ActivePolicy>(std::move(policy))) {}

Reader::~Reader() = default;

absl::StatusOr<std::unique_ptr<Reader>> Reader::Open(ReaderOptions options) {
  ErrorBuilder errors(kReasonDeskOptionsInvalid);
  if (options.store == nullptr) {
    errors.Add("store", kReasonDeskOptionsInvalid, "a store is required");
  }
  internal::CheckFindLimits(options.find_limits, &errors);
  // It decides nothing: policies of the store are compiled with its options.
  PolicyResult none = Policy::Compile(v1::PolicyPack(), std::move(options.policy_options));
  if (none.policy == nullptr) {
    errors.Add("policy_options", kReasonDeskOptionsInvalid, none.status().message());
  }
  FRONTDESK_RETURN_IF_ERROR(errors.Build());
  return std::unique_ptr<Reader>(new Reader(std::move(options.store),
                                            options.max_cached_state_bytes, std::move(none.policy),
                                            CommandLimits(), options.find_limits));
}

absl::StatusOr<std::shared_ptr<const v1::EntityState>> Reader::Get(
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

absl::StatusOr<std::shared_ptr<const v1::EntityState>> Reader::GetAsOf(const v1::EntityRef& entity,
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

absl::StatusOr<std::shared_ptr<const v1::FindResponse>> Reader::Find(
    const v1::FindRequest& request) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_RETURN_IF_ERROR(view.CheckRows());
  FRONTDESK_ASSIGN_OR_RETURN(const std::string region, active_policy_->ReadRegion(view));
  return internal::AnswerFind(request, region, find_limits_, view);
}

absl::StatusOr<std::int64_t> Reader::Count(const v1::FindRequest& request) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_RETURN_IF_ERROR(view.CheckRows());
  FRONTDESK_ASSIGN_OR_RETURN(const std::string region, active_policy_->ReadRegion(view));
  return internal::AnswerCount(request, region, find_limits_, view);
}

absl::StatusOr<std::vector<v1::Event>> Reader::History(const v1::EntityRef& entity,
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

absl::StatusOr<Rows> Reader::ReadRows(const v1::EntityRef& entity, absl::string_view list,
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

}  // namespace frontdesk
