// Everything that happened about a customer, in one list.
#include <algorithm>
#include <cstdint>
#include <queue>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "desk/desk_entry.h"
#include "desk/find_query.h"
#include "desk/index_scan.h"
#include "desk/page_token.h"
#include "desk/relations.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/event_log/reasons.h"
#include "internal/canonical.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

// Events of an entity that are read at a time.
constexpr int kPiece = 16;

// The place of an event on a timeline: that of its record in the log, and its own among the events of the record. Of two entities
// no events have the same place.
struct Place {
  std::int64_t position = 0;
  std::int64_t number = 0;

  friend bool operator<(const Place& a, const Place& b) {
    return a.position != b.position ? a.position < b.position : a.number < b.number;
  }
};

absl::Status CheckRequest(const v1::TimelineRequest& request) {
  ErrorBuilder errors(kReasonFindMalformed);
  for (int i = 0; i < request.entity_kinds_size(); ++i) {
    const v1::EntityKind kind = request.entity_kinds(i);
    if (kind == v1::ENTITY_KIND_UNSPECIFIED || !v1::EntityKind_IsValid(kind)) {
      errors.Add(absl::StrCat("entity_kinds[", i, "]"), kReasonFindFieldOutOfRange,
                 "the kind of entities is not known");
    }
  }
  if (request.page_size() < 0 || request.page_size() > kMaxPageSize) {
    errors.Add("page_size", kReasonFindFieldOutOfRange,
               absl::StrCat("a page has 1 to ", kMaxPageSize, " events"));
  }
  if (request.has_entity() && !request.customer_id().empty()) {
    errors.Add("entity", kReasonFindFieldExclusive,
               "customer and entity are both set; exactly one is possible");
  }
  if (request.has_entity() && (request.entity().kind() == v1::ENTITY_KIND_UNSPECIFIED ||
                               !v1::EntityKind_IsValid(request.entity().kind()))) {
    errors.Add("entity.kind", kReasonFindFieldOutOfRange, "the kind of the entity is not known");
  }
  FRONTDESK_RETURN_IF_ERROR(errors.Build());
  return request.has_entity() ? internal::CheckEntityId(request.entity().id(), "entity.id")
                              : internal::CheckEntityId(request.customer_id(), "customer_id");
}

// The events of one entity, in the direction of the timeline.
class Stream {
 public:
  Stream(const event_log::View& view, v1::EntityRef entity, bool oldest_first)
      : view_(view), entity_(std::move(entity)), oldest_first_(oldest_first) {}

  // Goes to the first event, or to the first behind `after`. False: there is none.
  absl::StatusOr<bool> Begin(std::int64_t last_version, const absl::optional<Place>& after) {
    last_version_ = last_version;
    version_ = oldest_first_ ? 1 : last_version;
    if (after.has_value()) {
      // The first version in 1 to last + 1 whose place is behind `after`, or for the other direction not before it.
      std::int64_t from = 1;
      std::int64_t to = last_version + 1;
      while (from < to) {
        const std::int64_t middle = from + (to - from) / 2;
        version_ = middle;
        FRONTDESK_RETURN_IF_ERROR(Load(1));
        const bool is_behind = oldest_first_ ? *after < place_ : !(place_ < *after);
        if (is_behind) {
          to = middle;
        } else {
          from = middle + 1;
        }
      }
      piece_.clear();
      version_ = oldest_first_ ? from : from - 1;
    }
    if (IsOver()) return false;
    // Of many entities no event is on the page.
    FRONTDESK_RETURN_IF_ERROR(Load(1));
    return true;
  }

  // Goes to the next event. False: there is none.
  absl::StatusOr<bool> Next() {
    version_ += oldest_first_ ? 1 : -1;
    if (IsOver()) return false;
    FRONTDESK_RETURN_IF_ERROR(Load(kPiece));
    return true;
  }

  const Place& place() const { return place_; }

  // Gives the present event.
  void Take(v1::TimelineEntry* entry) {
    v1::Event& event = piece_[version_ - first_];
    entry->set_text(EventText(event));
    *entry->mutable_event() = std::move(event);
    entry->set_verb(verb_);
    entry->set_position(place_.position);
  }

 private:
  bool IsOver() const { return version_ < 1 || version_ > last_version_; }

  // Has the present event, and its place. Reads up to `piece` events.
  absl::Status Load(int piece) {
    const bool is_read =
        version_ >= first_ && version_ < first_ + static_cast<std::int64_t>(piece_.size());
    if (!is_read) {
      first_ = oldest_first_ ? version_ : std::max<std::int64_t>(1, version_ - piece + 1);
      LogPage page;
      page.after = first_ - 1;
      page.page_size = oldest_first_ ? piece : static_cast<int>(version_ - first_ + 1);
      FRONTDESK_ASSIGN_OR_RETURN(piece_, view_.History(entity_, page));
    }
    if (version_ >= first_ + static_cast<std::int64_t>(piece_.size())) {
      return MakeError(kReasonStoreCorrupt, "an entity has fewer events than its version says");
    }
    const v1::Event& event = piece_[version_ - first_];
    place_ = Place();
    verb_.clear();
    // One that no command caused comes first.
    if (event.record_id().empty()) return absl::OkStatus();
    FRONTDESK_ASSIGN_OR_RETURN(const auto record, view_.GetRecord(event.record_id()));
    const absl::string_view id = event.event_id();
    if (record == nullptr || !absl::SimpleAtoi(id.substr(id.rfind('-') + 1), &place_.number)) {
      return MakeError(kReasonStoreCorrupt, "an event has no journal record");
    }
    place_.position = record->sequence();
    const domain::CommandInfo* const verb = domain::FindCommand(record->command());
    if (verb != nullptr) verb_ = std::string(verb->name);
    return absl::OkStatus();
  }

  const event_log::View& view_;
  v1::EntityRef entity_;
  bool oldest_first_;
  std::int64_t last_version_ = 0;
  std::int64_t version_ = 0;
  // Those from version `first_` on.
  std::vector<v1::Event> piece_;
  std::int64_t first_ = 1;
  Place place_;
  std::string verb_;
};

// The entities of a timeline.
class Entities {
 public:
  Entities(const event_log::View& view, const v1::TimelineRequest& request, int max_related)
      : view_(view),
        kinds_(request.entity_kinds().begin(), request.entity_kinds().end()),
        max_related_(max_related) {}

  absl::Status Read(const v1::Customer& customer) {
    FRONTDESK_ASSIGN_OR_RETURN(
        const std::vector<std::string> ids,
        internal::CustomerWithMerged(view_, customer.customer_id(), max_related_));
    for (const std::string& id : ids) FRONTDESK_RETURN_IF_ERROR(Add(v1::ENTITY_KIND_CUSTOMER, id));
    for (const internal::FindPlan& plan :
         {internal::PlanInteractions(ids), internal::PlanOrders(ids), internal::PlanAllCases(ids),
          internal::PlanAllApprovals(ids)}) {
      FRONTDESK_RETURN_IF_ERROR(AddAll(plan));
    }
    for (const v1::PaymentMethod& method : customer.payment_methods()) {
      if (method.account_id().empty()) continue;
      FRONTDESK_RETURN_IF_ERROR(Add(v1::ENTITY_KIND_ACCOUNT, method.account_id()));
    }
    return absl::OkStatus();
  }

  // One entity with the approvals of commands that address it.
  absl::Status ReadOne(const v1::EntityRef& entity) {
    FRONTDESK_RETURN_IF_ERROR(Add(entity.kind(), entity.id()));
    return AddAll(internal::PlanApprovalsOf(entity));
  }

  const std::set<std::pair<v1::EntityKind, std::string>>& all() const { return all_; }

 private:
  absl::Status AddAll(const internal::FindPlan& plan) {
    if (!IsWanted(plan.query.kind)) return absl::OkStatus();
    internal::IndexScan scan(view_, plan.query, absl::nullopt, kMaxPageSize);
    for (;;) {
      FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<IndexPosition> found, scan.Next());
      if (!found.has_value()) return absl::OkStatus();
      FRONTDESK_RETURN_IF_ERROR(Add(plan.query.kind, found->id));
    }
  }

  bool IsWanted(v1::EntityKind kind) const { return kinds_.empty() || kinds_.count(kind) > 0; }

  absl::Status Add(v1::EntityKind kind, const std::string& id) {
    if (!IsWanted(kind)) return absl::OkStatus();
    all_.emplace(kind, id);
    if (all_.size() <= static_cast<std::size_t>(max_related_)) return absl::OkStatus();
    return MakeError(kReasonFindRelatedTooMany, absl::StrCat("max_related is ", max_related_));
  }

  const event_log::View& view_;
  const std::set<int> kinds_;
  const int max_related_;
  std::set<std::pair<v1::EntityKind, std::string>> all_;
};

// The request that a token is valid for.
std::string RequestBytes(v1::TimelineRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat("timeline/", internal::CanonicalBytes(request));
}

absl::StatusOr<v1::Timeline> ReadTimeline(const event_log::View& view,
                                          const v1::TimelineRequest& request,
                                          const FindLimits& limits) {
  FRONTDESK_RETURN_IF_ERROR(CheckRequest(request));
  const std::string request_bytes = RequestBytes(request);
  absl::optional<Place> after;
  if (!request.page_token().empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(const IndexPosition token,
                               internal::ReadPageToken(request_bytes, request.page_token()));
    after.emplace();
    after->position = token.sort;
    if (!absl::SimpleAtoi(token.id, &after->number)) {
      return MakeError(kReasonFindPageTokenInvalid, "the page token is not of this request");
    }
  }
  Entities entities(view, request, limits.max_related);
  std::string customer_id;
  if (request.has_entity()) {
    const v1::EntityRef& entity = request.entity();
    FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                               internal::GetState(view, entity.kind(), entity.id()));
    if (state == nullptr) return internal::EntityNotFoundError(entity.kind(), entity.id());
    FRONTDESK_RETURN_IF_ERROR(entities.ReadOne(entity));
  } else {
    FRONTDESK_ASSIGN_OR_RETURN(
        const auto customer,
        internal::StandingCustomer(view, request.customer_id(), limits.max_related));
    if (customer == nullptr) {
      return internal::EntityNotFoundError(v1::ENTITY_KIND_CUSTOMER, request.customer_id());
    }
    customer_id = customer->entity().id();
    FRONTDESK_RETURN_IF_ERROR(entities.Read(customer->customer()));
  }

  std::vector<Stream> streams;
  const auto is_later = [&](std::size_t a, std::size_t b) {
    return request.oldest_first() ? streams[b].place() < streams[a].place()
                                  : streams[a].place() < streams[b].place();
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(is_later)> next(is_later);
  streams.reserve(entities.all().size());
  for (const auto& [kind, id] : entities.all()) {
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, internal::GetState(view, kind, id));
    // The account of a payment method need not exist.
    if (state == nullptr) continue;
    streams.emplace_back(view, state->entity(), request.oldest_first());
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_one, streams.back().Begin(state->version(), after));
    if (has_one) next.push(streams.size() - 1);
  }
  v1::Timeline timeline;
  timeline.set_customer_id(customer_id);
  const int page_size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  Place last;
  while (!next.empty() && timeline.entries_size() < page_size) {
    const std::size_t stream = next.top();
    next.pop();
    last = streams[stream].place();
    streams[stream].Take(timeline.add_entries());
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_more, streams[stream].Next());
    if (has_more) next.push(stream);
  }
  if (!next.empty()) {
    timeline.set_next_page_token(internal::MakePageToken(
        request_bytes, IndexPosition{last.position, absl::StrCat(last.number)}));
  }
  return timeline;
}

}  // namespace

absl::StatusOr<v1::Timeline> Reader::Timeline(const v1::TimelineRequest& request) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_RETURN_IF_ERROR(view.CheckRows());
  return ReadTimeline(view, request, find_limits_);
}

}  // namespace frontdesk
