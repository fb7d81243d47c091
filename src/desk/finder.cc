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

}  // namespace

absl::StatusOr<FoundPage> ReadPage(const event_log::View& view, FindPlan plan,
                                   absl::optional<IndexPosition> after, int page_size,
                                   int max_scanned) {
  const v1::EntityKind kind = plan.query.kind;
  IndexScan scan(view, std::move(plan.query), after, std::min(page_size + 1, kMaxPiece));
  FoundPage page;
  for (int scanned = 0;; ++scanned) {
    FRONTDESK_ASSIGN_OR_RETURN(absl::optional<IndexPosition> position, scan.Next());
    if (!position.has_value()) return page;
    if (scanned == max_scanned) {
      page.has_more = true;
      page.next = std::move(after);
      return page;
    }
    FRONTDESK_ASSIGN_OR_RETURN(auto state, GetState(view, kind, position->id));
    if (state == nullptr)
      return MakeError(kReasonStoreCorrupt, "the index has an entity that does not exist");
    if (plan.is_meant == nullptr || plan.is_meant(*state)) {
      if (page.states.size() == static_cast<std::size_t>(page_size)) {
        page.has_more = true;
        page.next = std::move(after);
        return page;
      }
      page.states.push_back(std::move(state));
    }
    after = std::move(position);
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
