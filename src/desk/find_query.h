// Checks of a request to find entities. Private.
#ifndef FRONTDESK_SRC_DESK_FIND_QUERY_H_
#define FRONTDESK_SRC_DESK_FIND_QUERY_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "desk/index_scan.h"
#include "frontdesk/desk/find.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/find.pb.h"

namespace frontdesk {
namespace internal {

// Checks a request, with all violations: INVALID_ARGUMENT FIND_MALFORMED.
absl::Status CheckFindRequest(const v1::FindRequest& request, const FindLimits& limits);

// How a request is answered. A plain struct.
struct FindPlan {
  // All that can be meant.
  IndexQuery query;
  // Which of these is. Null: all.
  std::function<bool(const v1::EntityState&)> is_meant;
};

// The plan of a request that was checked and is no search of words; `default_region_code` is where national telephone numbers
// are read that name no region. The error of NormalizeContactPoint() for a number or address that
// cannot be read.
absl::StatusOr<FindPlan> PlanFind(const v1::FindRequest& request,
                                  const std::string& default_region_code, const FindLimits& limits,
                                  const event_log::View& view);

// The plans for the lists of a customer's file: `ids` are those of the customer and of all that were
// merged into it.
FindPlan PlanOrders(const std::vector<std::string>& ids);
FindPlan PlanInteractions(const std::vector<std::string>& ids);
FindPlan PlanOpenCases(const std::vector<std::string>& ids);

FindPlan PlanPendingApprovals(const std::vector<std::string>& ids,
                              const google::protobuf::Timestamp& now);

// All of their cases and approvals, and all approvals of commands that address an entity.
FindPlan PlanAllCases(const std::vector<std::string>& ids);
FindPlan PlanAllApprovals(const std::vector<std::string>& ids);
FindPlan PlanApprovalsOf(const v1::EntityRef& entity);

// The state in which a query shows an approval: EXPIRED where it has a time.
v1::Approval::State ShownApprovalState(const v1::ApprovalQuery& query,
                                       const v1::Approval& approval);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_FIND_QUERY_H_
