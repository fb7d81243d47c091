#include "desk/finder.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "desk/page_token.h"
#include "desk/relations.h"
#include "desk/shared_answer.h"
#include "desk/text_search.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/reasons.h"
#include "internal/canonical.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {
namespace {

// How much of each index key is read at a time, at most.
constexpr int kMaxPiece = 256;
// How many entities are read at a time, at least, when not all of them may be meant.
constexpr int kMinPiece = 16;

// The bytes that a page token is bound to: the query, with the region in effect.
std::string QueryBytes(const v1::FindRequest& request, const std::string& default_region_code) {
  v1::FindRequest query = request;
  query.clear_page_size();
  query.clear_page_token();
  if (query.customers().has_phone() && query.customers().phone().region_code().empty()) {
    query.mutable_customers()->mutable_phone()->set_region_code(default_region_code);
  }
  return CanonicalBytes(query);
}

// Reads the next `most` entities of a list, or as many as there are: their places and, in the same order, their states.
absl::Status ReadEntities(const event_log::View& view, v1::EntityKind kind, int most,
                          IndexScan* scan, std::vector<IndexPosition>* places,
                          std::vector<event_log::StoredState>* states) {
  places->clear();
  while (places->size() < static_cast<std::size_t>(most)) {
    FRONTDESK_ASSIGN_OR_RETURN(absl::optional<IndexPosition> place, scan->Next());
    if (!place.has_value()) break;
    places->push_back(*std::move(place));
  }
  FRONTDESK_ASSIGN_OR_RETURN(*states, view.GetAll(kind, *places));
  for (const event_log::StoredState& stored : *states) {
    if (stored.state == nullptr)
      return MakeError(kReasonStoreCorrupt, "the index has an entity that does not exist");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FoundPage> ReadPage(const event_log::View& view, FindPlan plan,
                                   absl::optional<IndexPosition> after, int page_size,
                                   int max_scanned) {
  const v1::EntityKind kind = plan.query.kind;
  IndexScan scan(view, std::move(plan.query), after, std::min(page_size + 1, kMaxPiece));
  FoundPage page;
  std::vector<IndexPosition> places;
  std::vector<event_log::StoredState> states;
  std::size_t at = 0;
  for (int scanned = 0;; ++scanned, ++at) {
    if (at == places.size()) {
      // One more than there is room for, and one more than may be scanned: they show that there is more.
      int most = page_size + 1 - static_cast<int>(page.states.size());
      if (plan.is_meant != nullptr) most = std::max(most, kMinPiece);
      most = std::min({most - 1, kMaxPiece, max_scanned - scanned}) + 1;
      FRONTDESK_RETURN_IF_ERROR(ReadEntities(view, kind, most, &scan, &places, &states));
      if (places.empty()) return page;
      at = 0;
    }
    const bool is_meant = plan.is_meant == nullptr || plan.is_meant(*states[at].state);
    const bool is_full = page.states.size() == static_cast<std::size_t>(page_size);
    if (scanned == max_scanned || (is_meant && is_full)) {
      page.has_more = true;
      page.next = std::move(after);
      return page;
    }
    if (is_meant) page.states.push_back(std::move(states[at].state));
    after = std::move(places[at]);
  }
}

absl::StatusOr<std::shared_ptr<const v1::FindResponse>> AnswerFind(
    const v1::FindRequest& request, const std::string& default_region_code,
    const FindLimits& limits, const event_log::View& view) {
  FRONTDESK_RETURN_IF_ERROR(CheckFindRequest(request, limits));
  const std::string query_bytes = QueryBytes(request, default_region_code);
  absl::optional<IndexPosition> after;
  if (!request.page_token().empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(after, ReadPageToken(query_bytes, request.page_token()));
  }
  const int page_size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  FoundPage page;
  if (request.has_texts()) {
    FRONTDESK_ASSIGN_OR_RETURN(
        page, ReadTextPage(view, request.texts(), limits, std::move(after), page_size));
  } else {
    FRONTDESK_ASSIGN_OR_RETURN(FindPlan plan, PlanFind(request, default_region_code, limits, view));
    FRONTDESK_ASSIGN_OR_RETURN(
        page, ReadPage(view, std::move(plan), std::move(after), page_size, limits.max_scanned));
  }
  SharedAnswer<v1::FindResponse> answer;
  v1::FindResponse& response = *answer.message();
  response.mutable_found()->Reserve(static_cast<int>(page.states.size()));
  for (auto& state : page.states) {
    if (request.has_approvals() &&
        ShownApprovalState(request.approvals(), state->approval()) != state->approval().state()) {
      const auto shown = std::make_shared<v1::EntityState>(*state);
      shown->mutable_approval()->set_state(v1::Approval::STATE_EXPIRED);
      state = shown;
    }
    const v1::EntityState& found = *state;
    response.mutable_found()->UnsafeArenaAddAllocated(answer.Lend(std::move(state), found));
  }
  if (page.has_more) response.set_next_page_token(MakePageToken(query_bytes, *page.next));
  return answer.Take();
}

absl::StatusOr<std::int64_t> AnswerCount(const v1::FindRequest& request,
                                         const std::string& default_region_code,
                                         const FindLimits& limits, const event_log::View& view) {
  FRONTDESK_RETURN_IF_ERROR(CheckFindRequest(request, limits));
  if (request.has_texts()) {
    ErrorBuilder errors(kReasonFindMalformed);
    errors.Add("texts", kReasonFindFieldOutOfRange, "a search of words is not counted");
    return errors.Build();
  }
  FRONTDESK_ASSIGN_OR_RETURN(FindPlan plan, PlanFind(request, default_region_code, limits, view));
  const v1::EntityKind kind = plan.query.kind;
  IndexScan scan(view, std::move(plan.query), absl::nullopt, kMaxPiece);
  std::int64_t count = 0;
  for (int scanned = 0;; ++scanned) {
    FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<IndexPosition> position, scan.Next());
    if (!position.has_value()) return count;
    if (scanned == limits.max_counted) {
      return MakeError(kReasonFindCountTooMany,
                       absl::StrCat("max_counted is ", limits.max_counted));
    }
    if (plan.is_meant != nullptr) {
      FRONTDESK_ASSIGN_OR_RETURN(const auto state, GetState(view, kind, position->id));
      if (state == nullptr)
        return MakeError(kReasonStoreCorrupt, "the index has an entity that does not exist");
      if (!plan.is_meant(*state)) continue;
    }
    ++count;
  }
}

}  // namespace internal
}  // namespace frontdesk
